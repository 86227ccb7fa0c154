//! What every store does. Each case runs over the memory store and the one on disk.

mod beside;
mod effects;
mod log;
mod racing;
mod screens;

/// Makes a test of each case for each store.
macro_rules! cases {
    ($($module:ident :: $case:ident,)+) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$module::$case(std::sync::Arc::new(store::memory::MemoryStore::new())).await;
            })+
        }

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let folder = tempfile::tempdir().unwrap();
                let store = crate::given::open(&folder.path().join("hearthline.db"));
                super::$module::$case(std::sync::Arc::new(store)).await;
            })+
        }
    };
}

cases! {
    log::an_empty_store_shows_nothing,
    log::events_are_numbered_in_the_log_and_in_their_stream,
    log::a_stream_at_another_version_is_a_conflict,
    log::two_streams_are_written_together_or_not_at_all,
    log::the_same_input_is_accepted_once,
    log::a_snapshot_folds_in_every_event_of_its_stream,
    log::each_part_is_written,
    log::each_part_goes_back_with_a_refused_commit,
    log::a_commit_that_contradicts_itself_is_refused,
    effects::effects_are_leased_oldest_first_and_once,
    effects::texts_about_visits_let_others_go_first_until_they_are_old,
    effects::a_lease_that_ran_out_is_given_again,
    effects::an_older_unfinished_effect_holds_back_its_key_only,
    effects::a_failed_effect_waits_and_then_runs_again,
    effects::a_dead_effect_lets_the_next_go_and_can_be_sent_again,
    effects::results_for_unknown_or_finished_effects_change_nothing,
    effects::timers_of_a_stream_are_replaced,
    effects::next_due_is_the_earliest_that_can_happen,
    screens::rows_are_put_moved_and_deleted,
    screens::rows_are_asked_for_by_group_order_and_page,
    screens::equal_sorts_are_ordered_by_id,
    screens::rows_of_a_kind_are_cleared,
    beside::bodies_are_replaced_and_erased,
    beside::a_claim_has_one_owner,
    beside::claims_of_one_commit_apply_in_order,
    beside::claims_are_found_by_a_range_of_their_names,
    beside::a_look_answers_as_the_single_questions_do,
    beside::a_record_keeps_every_version,
    beside::a_record_changed_meanwhile_is_a_conflict,
    beside::a_deleted_record_can_be_made_anew,
    beside::audit_lines_are_chained_and_verified,
    beside::dead_letters_keep_their_bytes_until_resolved,
    racing::one_of_many_takes_a_claim,
    racing::one_of_many_moves_a_stream,
    racing::of_sixty_four_bookers_one_has_the_seat_a_thousand_times,
    racing::followers_of_the_log_miss_nothing,
    racing::no_effect_is_leased_twice,
    racing::the_audit_chain_holds_with_many_writers,
}
