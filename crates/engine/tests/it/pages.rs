//! The knowledge base over a store: publishing, dated changes of settings, readings, imports, files, questions.

use std::collections::BTreeMap;

use domain::command::Command;
use domain::id::StaffId;
use domain::knowledge::{Audience, Draft, Kind, Memo, Required, SettingChange, Source, Viewer, procedure_of};
use domain::permission::Role;
use domain::staff::Presence;
use engine::pages::{KnowledgeError, Question, QuestionState, Route, Shipped};
use jiff::civil::date;
use serde_json::json;
use store::Store as _;

use crate::world::{MINUTE, World, pack, refusal};

const DAY: i64 = 24 * 60 * MINUTE;

fn draft(slug: &str) -> Draft {
    Draft {
        slug: slug.to_owned(),
        language: "en".to_owned(),
        title: "Lost cards".to_owned(),
        body: "Call the number on the back. {#SMS-T-1}\n".to_owned(),
        ..Draft::default()
    }
}

fn memo(slug: &str, memo: Memo) -> Draft {
    let memo = Memo {
        number: "IM-40".to_owned(),
        issuing_role: "Director".to_owned(),
        kind: "hours".to_owned(),
        actions: vec!["Review it.".to_owned()],
        ..memo
    };
    Draft { kind: Kind::Memo, memo: Some(memo), ..draft(slug) }
}

/// Written by the editor, approved by the manager.
async fn publish(world: &World, draft: Draft) -> Result<u32, KnowledgeError> {
    let slug = draft.slug.clone();
    let base =
        world.engine.library().page(&slug).and_then(|(_, page)| page.editions.last().map(|e| e.number));
    let draft = Draft { base: base.unwrap_or(0), ..draft };
    let saved = world.engine.save_draft(0, draft, "erin").await?;
    let saved = world.engine.submit_draft(&slug, saved.version, "erin").await?;
    Ok(world.engine.approve_draft(&slug, saved.version, "morgan").await?.number)
}

fn staff() -> Viewer {
    Viewer { audience: Audience::Staff, day: date(2100, 1, 1) }
}

#[tokio::test]
async fn a_page_is_published_by_two_and_reads_the_same_after_a_restart() {
    let mut world = World::staffed(&[]).await;
    assert_eq!(publish(&world, draft("lost-cards")).await.unwrap(), 1);
    let opened = world.engine.open_page("lost-cards", staff(), None).await.unwrap();
    assert_eq!(opened.text.body, draft("x").body);
    assert!(world.engine.draft("lost-cards").await.unwrap().is_none(), "the draft is gone");
    world.restart().await;
    assert_eq!(world.engine.open_page("lost-cards", staff(), None).await.unwrap(), opened);
    let lines = world.store.audit_latest(50).await.unwrap();
    for action in ["save_draft", "submit_draft", "publish_page"] {
        assert!(lines.iter().any(|line| line.action == action), "{action}");
    }
}

#[tokio::test]
async fn two_editors_never_overwrite_each_other() {
    let world = World::staffed(&[]).await;
    let saved = world.engine.save_draft(0, draft("lost-cards"), "erin").await.unwrap();
    let mine = Draft { body: "mine".to_owned(), ..draft("lost-cards") };
    let theirs = Draft { body: "theirs".to_owned(), ..draft("lost-cards") };
    world.engine.save_draft(saved.version, mine, "erin").await.unwrap();
    let late = world.engine.save_draft(saved.version, theirs, "casey").await;
    assert!(matches!(late, Err(KnowledgeError::Conflict)), "{late:?}");
    assert_eq!(world.engine.draft("lost-cards").await.unwrap().unwrap().1.body, "mine");
}

#[tokio::test]
async fn im31_hours_3_a_memo_changes_the_hours_at_midnight_of_its_day_and_rolling_back_is_one_act() {
    let world = World::staffed(&[]).await;
    let hours = pack().queues.hours[0].clone();
    let today = world.engine.today();
    let monday = today.checked_add(jiff::Span::new().days(7)).unwrap();
    let day = format!("/{}", monday.strftime("%A").to_string().to_lowercase());
    let changes = vec![SettingChange {
        kind: "hours".to_owned(),
        id: hours.id.clone(),
        from: monday,
        until: None,
        set: BTreeMap::from([(day, json!(["01:00-02:00"]))]),
    }];
    let ready = memo("im-40", Memo { changes, ..Memo::default() });
    let preview = world.engine.preview_changes(&ready).await.unwrap();
    assert_eq!(preview.len(), 1);
    assert!(!preview[0].result.as_ref().unwrap().is_empty(), "the difference can be read before");
    publish(&world, ready).await.unwrap();
    let open_at_one = |world: &World| {
        let noon = monday.at(1, 30, 0, 0).to_zoned(world.engine.zone()).unwrap().timestamp();
        let pack = world.engine.pack();
        let found = pack.queues.hours.iter().find(|one| one.id == hours.id).unwrap();
        (found.is_open(noon, &world.engine.zone()), found.patterns.len())
    };
    assert_eq!(open_at_one(&world), (true, 1), "asked today about Monday");
    world.engine.withdraw_edition("im-40", 1, "taken back", "morgan").await.unwrap();
    assert_eq!(open_at_one(&world), (false, 0));
}

#[tokio::test]
async fn a_number_of_the_procedure_changes_at_midnight_and_ends_after_its_last_day() {
    let world = World::staffed(&[]).await;
    let title = |world: &World| world.engine.pack().wrap_up.codes[0].title.clone();
    let (before, id) = (title(&world), world.engine.pack().wrap_up.codes[0].id.clone());
    let tomorrow = world.engine.today().tomorrow().unwrap();
    let changes = vec![SettingChange {
        kind: "wrap_up_code".to_owned(),
        id,
        from: tomorrow,
        until: Some(tomorrow),
        set: BTreeMap::from([("/title".to_owned(), json!("For one day"))]),
    }];
    publish(&world, memo("im-41", Memo { changes, ..Memo::default() })).await.unwrap();
    assert_eq!(title(&world), before);
    world.advance(DAY);
    world.engine.fire_timers().await.unwrap();
    assert_eq!(title(&world), "For one day");
    world.advance(DAY);
    world.engine.fire_timers().await.unwrap();
    assert_eq!(title(&world), before);
}

#[tokio::test]
async fn changes_that_do_not_fit_are_refused_before_anything_is_written() {
    let world = World::staffed(&[]).await;
    let hours = pack().queues.hours[0].id.clone();
    let from = world.engine.today();
    for (kind, id, pointer, value) in [
        ("hours", hours.as_str(), "/mondey", json!([])),
        ("hours", "nowhere", "/monday", json!([])),
        ("hours", hours.as_str(), "/monday", json!(["25:00-26:00"])),
        ("account", "ana", "/roles", json!(["admin"])),
    ] {
        let set = BTreeMap::from([(pointer.to_owned(), value)]);
        let change = SettingChange { kind: kind.to_owned(), id: id.to_owned(), from, until: None, set };
        let slug = "im-42";
        let refused = publish(&world, memo(slug, Memo { changes: vec![change], ..Memo::default() })).await;
        assert!(matches!(refused, Err(KnowledgeError::Faults(_))), "{kind} {pointer}: {refused:?}");
        let (version, _) = world.engine.draft(slug).await.unwrap().expect("the draft stays");
        world.engine.discard_draft(slug, version, "erin").await.unwrap();
    }
    assert!(world.engine.library().page("im-42").is_none());
}

#[tokio::test]
async fn im33_ack_1_going_on_queue_waits_for_the_memo_after_its_grace_time() {
    let world = World::staffed(&[]).await;
    world.on_queue("ana").await;
    world.on_queue("ben").await;
    let required = Required { due_days: 3, gate: true, grace_hours: 2, ..Required::default() };
    let number =
        publish(&world, memo("im-43", Memo { required: Some(required), ..Memo::default() })).await.unwrap();
    let ana = StaffId::from("ana");
    assert_eq!(world.engine.unread_of(&ana).len(), 1);
    let away = |to| Command::SetPresence { staff: ana.clone(), to, by: None };
    world.act(away(Presence::OffQueue)).await.unwrap();
    world.act(away(Presence::OnQueue)).await.unwrap();
    world.advance(3 * 60 * MINUTE);
    assert_eq!(world.member("ben").await.presence, Presence::OnQueue, "nobody is taken off the queue");
    world.act(away(Presence::OffQueue)).await.unwrap();
    assert_eq!(refusal(world.act(away(Presence::OnQueue)).await).code, "memo_unread");
    let read = |version: u32| Command::Acknowledge {
        staff: ana.clone(),
        procedure: procedure_of("im-43"),
        version: version.to_string(),
    };
    assert_eq!(refusal(world.act(read(number + 1)).await).code, "old_version");
    world.act(read(number)).await.unwrap();
    world.act(read(number)).await.unwrap();
    world.act(away(Presence::OnQueue)).await.unwrap();
    assert!(world.engine.unread_of(&ana).is_empty());
    world.sound().await;
}

#[tokio::test]
async fn im33_ack_1_a_units_review_closes_when_everyone_has_read_and_the_manager_confirms() {
    let world = World::staffed(&[]).await;
    let required = Required { roles: vec![Role::Technician], due_days: 3, ..Required::default() };
    let number =
        publish(&world, memo("im-33", Memo { required: Some(required), ..Memo::default() })).await.unwrap();
    let (_, units) = world.engine.reviews("im-33").await.unwrap();
    let unit = units.iter().max_by_key(|unit| unit.readers.len()).unwrap();
    let (office, people) =
        (unit.office.clone(), unit.readers.iter().map(|one| one.account.id.clone()).collect::<Vec<_>>());
    assert!(people.len() > 1, "a unit of several people");
    for (read, person) in people.iter().enumerate() {
        let early = world.engine.confirm_review("im-33", &office, "morgan").await;
        assert!(matches!(early, Err(KnowledgeError::Faults(_))), "{read} of {}", people.len());
        let procedure = procedure_of("im-33");
        let read = Command::Acknowledge { staff: person.clone(), procedure, version: number.to_string() };
        world.act(read).await.unwrap();
    }
    world.engine.confirm_review("im-33", &office, "morgan").await.unwrap();
    let (_, units) = world.engine.reviews("im-33").await.unwrap();
    let unit = units.iter().find(|unit| unit.office == office).unwrap();
    assert_eq!(unit.count(), (people.len(), people.len()));
    assert_eq!(unit.confirmed.as_ref().map(|one| one.by.as_str()), Some("morgan"));
}

#[tokio::test]
async fn an_import_is_whole_or_nothing_changes_nothing_twice_and_keeps_history() {
    let world = World::staffed(&[]).await;
    let both = || vec![(draft("one"), None), (Draft { title: "Two".to_owned(), ..draft("two") }, None)];
    let install = |drafts, dry| world.engine.install_pages(drafts, Source::Import, "import", dry);
    let dry = install(both(), true).await.unwrap();
    assert_eq!(dry.added, ["one", "two"]);
    assert!(world.engine.library().is_empty(), "a dry run writes nothing");
    assert_eq!(install(both(), false).await.unwrap().added.len(), 2);
    let again = install(both(), false).await.unwrap();
    assert_eq!((again.added.len(), again.updated.len(), again.unchanged), (0, 0, 2));
    let newer = vec![(Draft { body: "Newer words.".to_owned(), ..draft("one") }, None)];
    assert_eq!(install(newer, false).await.unwrap().updated, ["one"]);
    let library = world.engine.library();
    assert_eq!(library.page("one").unwrap().1.editions.len(), 2);
    assert_eq!(world.engine.page_text("one", 1).await.unwrap().body, draft("one").body, "history is kept");
}

#[tokio::test]
async fn a_newer_pack_never_writes_over_what_people_changed() {
    let world = World::staffed(&[]).await;
    let install = |drafts| world.engine.install_pages(drafts, Source::Pack, "pack", false);
    install(vec![(draft("one"), None)]).await.unwrap();
    publish(&world, Draft { body: "Ours.".to_owned(), ..draft("one") }).await.unwrap();
    let made = install(vec![(Draft { body: "The pack's.".to_owned(), ..draft("one") }, None)]).await.unwrap();
    assert_eq!(made.kept, ["one"]);
    let opened = world.engine.open_page("one", staff(), None).await.unwrap();
    assert_eq!(opened.text.body, "Ours.");
}

#[tokio::test]
async fn files_are_kept_once_under_their_hash_and_hostile_ones_are_refused() {
    let world = World::staffed(&[]).await;
    let first = world.engine.put_file("../../chart.pdf", b"%PDF-1.7 chart", "erin").await.unwrap();
    let second = world.engine.put_file("other.pdf", b"%PDF-1.7 chart", "erin").await.unwrap();
    assert_eq!((first.name.as_str(), &first.hash), ("chart.pdf", &second.hash));
    assert_eq!(world.engine.file(&first.hash).await.unwrap(), b"%PDF-1.7 chart");
    for (name, bytes) in
        [("x.svg", b"<svg onload=alert(1)>".as_slice()), ("x.exe", b"MZ\x90\0"), ("empty", b"")]
    {
        assert!(world.engine.put_file(name, bytes, "erin").await.is_err(), "{name}");
    }
    assert!(world.engine.put_file("big.pdf", &[b'%'; 6 * 1024 * 1024], "erin").await.is_err());
    for wrong in ["../../etc/passwd", "", &"0".repeat(64)] {
        assert!(world.engine.file(wrong).await.is_err(), "{wrong}");
    }
}

fn question(route: Route, text: &str) -> Question {
    Question {
        id: String::new(),
        slug: None,
        edition: None,
        by: "ana".to_owned(),
        programme: "SNAP".to_owned(),
        text: text.to_owned(),
        route,
        at: 0,
        state: QuestionState::Open,
        forwarded: None,
    }
}

#[tokio::test]
async fn im33_q_2_questions_go_only_where_the_asker_may_send_them() {
    let world = World::staffed(&[]).await;
    let unit =
        || Route::PolicyUnit { mailbox: "snap".to_owned(), address: "policy@example.invalid".to_owned() };
    let ask =
        |route, text: &'static str, roles: &'static [Role]| world.engine.ask(question(route, text), roles);
    assert!(ask(unit(), "May a card be mailed?", &[Role::Technician]).await.is_err(), "IM33-Q-2");
    assert!(ask(unit(), "Case 1234 5678 is odd", &[Role::Manager]).await.is_err(), "IM33-Q-6");
    assert!(ask(Route::Im14, "Case 12345678", &[Role::Technician]).await.is_err(), "IM33-Q-6");
    ask(Route::Im14, "Case 12345678", &[Role::Supervisor]).await.unwrap();
    ask(unit(), "May a card be mailed?", &[Role::Manager]).await.unwrap();
    // IM33-Q-1: a technician's question goes to the supervisor.
    let mine = Route::Supervisor { staff: Some("sofia".into()) };
    let asked = ask(mine, "May a card be mailed?", &[Role::Technician]).await.unwrap();
    world.engine.perform_effects().await.unwrap();
    let mails = world.out.mails.lock().unwrap().clone();
    assert_eq!(mails.len(), 1, "only the policy unit's question is a mail");
    assert_eq!(mails[0].to, ["policy@example.invalid"]);
    world.engine.answer(&asked.id, "Yes, within ten days.", "sofia").await.unwrap();
    let all = world.engine.questions().await.unwrap();
    assert!(all.iter().any(|one| matches!(one.state, QuestionState::Answered { .. })));
}

#[test]
fn the_shipped_knowledge_reads_and_every_place_in_the_menu_is_there() {
    let shipped = Shipped::read(&crate::world::files()).expect("the shipped knowledge");
    assert!(shipped.drafts.len() > 250, "{} pages", shipped.drafts.len());
    let slugs: std::collections::BTreeSet<_> = shipped.drafts.iter().map(|(draft, _)| &draft.slug).collect();
    assert_eq!(slugs.len(), shipped.drafts.len(), "no name twice");
    for (draft, _) in &shipped.drafts {
        if let Some(parent) = &draft.parent {
            assert!(slugs.contains(parent), "{} lies below {parent}", draft.slug);
        }
    }
}

/// Brings a file in, as the import does.
async fn bring(world: &World, name: &str, text: &str) -> (engine::pages::Installed, Vec<String>) {
    use knowledge::import::{Limits, RoleMap, read};
    let imported = read(name, text.as_bytes(), &Limits::default(), &RoleMap::new()).unwrap();
    let brought = world.engine.brought(imported);
    let made = world.engine.install_pages(brought.drafts, Source::Import, "import", false).await.unwrap();
    (made, brought.notes)
}

#[tokio::test]
async fn another_page_from_a_file_of_the_same_name_gets_an_address_of_its_own_and_says_so() {
    let world = World::staffed(&[]).await;
    let (made, notes) = bring(&world, "a/hours.md", "# Hours of the desk\n\nFrom eight.\n").await;
    assert!(made.added.contains(&"hours".to_owned()) && notes.is_empty());
    let (made, notes) = bring(&world, "b/hours.md", "# Hours of the archive\n\nFrom nine.\n").await;
    assert_eq!((made.added.as_slice(), made.updated.len()), (&["hours-2".to_owned()][..], 0));
    assert!(notes[0].contains("hours-2") && notes[0].contains("Hours of the desk"), "{notes:?}");
    // Both are found again by their titles.
    let (made, notes) = bring(&world, "c/hours.md", "# Hours of the archive\n\nFrom ten.\n").await;
    assert_eq!((made.added.len(), made.updated.as_slice(), notes.len()), (0, &["hours-2".to_owned()][..], 1));
    let (made, notes) = bring(&world, "a/hours.md", "# Hours of the desk\n\nFrom seven.\n").await;
    assert_eq!((made.updated.as_slice(), notes.len()), (&["hours".to_owned()][..], 0));
}

#[tokio::test]
async fn a_page_file_brings_its_audience_its_readers_and_its_days_and_no_settings() {
    let world = World::staffed(&[]).await;
    let file = "+++\ntitle = \"IM-50: Desk\"\nkind = \"memo\"\naudience = \"supervisors\"\nprogrammes = [\"SNAP\"]\n\
        effective_from = 2026-03-01\nsources = [\"x\"]\nnote = \"y\"\n[memo]\nnumber = \"IM-50\"\nsubject = \"Desk\"\n\
        issuing_role = \"Director\"\nkind = \"policy\"\nissued = 2026-02-20\naction = [\"Read it.\"]\n[memo.review]\n\
        roles = [\"supervisor\"]\nhold_queue = true\ndue_days = 3\n[[memo.change]]\nkind = \"hours\"\n+++\n\nWords.\n";
    bring(&world, "im-50.md", file).await;
    let library = world.engine.library();
    let edition = library.page("im-50").unwrap().1.editions.last().unwrap().clone();
    assert_eq!((edition.audience, edition.from), (Audience::Supervisors, date(2026, 3, 1)));
    let memo = edition.memo.unwrap();
    assert_eq!((memo.issued, memo.changes.len()), (Some(date(2026, 2, 20)), 0));
    let required = memo.required.unwrap();
    assert_eq!(
        (required.roles.as_slice(), required.due_days, required.gate),
        (&[Role::Supervisor][..], 3, true)
    );
}

#[tokio::test]
async fn im31_hours_3_a_page_says_the_hours_in_force_on_the_readers_day() {
    let world = World::staffed(&[]).await;
    let body = "Open: {hours:customer-service}. Else {hours:nobody}.\n".to_owned();
    publish(&world, Draft { body, ..draft("hours") }).await.unwrap();
    let monday = world.engine.today().checked_add(jiff::Span::new().days(21)).unwrap();
    let change = SettingChange {
        kind: "hours".to_owned(),
        id: "customer-service".to_owned(),
        from: monday,
        until: None,
        set: BTreeMap::from([("/saturday".to_owned(), json!(["09:00-12:00"]))]),
    };
    publish(&world, memo("memo-hours", Memo { changes: vec![change], ..Memo::default() })).await.unwrap();
    let on = async |day| {
        let viewer = Viewer { audience: Audience::Staff, day };
        world.engine.open_page("hours", viewer, None).await.unwrap()
    };
    let (today, then) = (on(world.engine.today()).await, on(monday).await);
    assert!(today.live && today.text.body.contains("closed on Saturday and Sunday"), "{}", today.text.body);
    assert!(then.text.body.contains("Saturday, 9:00 am to 12:00 pm"), "{}", then.text.body);
    assert!(then.text.body.contains("{hours:nobody}"), "what is not known stays as it was written");
    let kept = world.engine.page_text("hours", 1).await.unwrap();
    assert!(kept.body.contains("{hours:customer-service}"), "the editor keeps the place");
}

#[tokio::test]
async fn letters_that_nobody_sees_are_kept_by_their_number_and_odd_days_are_refused() {
    let world = World::staffed(&[]).await;
    let hidden =
        Draft { title: "Lost\u{202e}cards".to_owned(), body: "Words\u{0} here.\n".to_owned(), ..draft("x") };
    publish(&world, hidden).await.unwrap();
    let opened = world.engine.open_page("x", staff(), None).await.unwrap();
    assert_eq!(opened.edition.title, "Lost[U+202E]cards");
    assert_eq!(opened.text.body, "Words[U+0000] here.\n");
    for odd in [date(1899, 12, 31), date(3000, 1, 1)] {
        let refused = publish(&world, Draft { from: Some(odd), ..draft("odd") }).await;
        let Err(KnowledgeError::Faults(faults)) = refused else { panic!("{odd} is taken") };
        assert!(
            faults.iter().any(|fault| fault.field == "from" && fault.says.contains("1900")),
            "{faults:?}"
        );
        let (version, _) = world.engine.draft("odd").await.unwrap().unwrap();
        world.engine.discard_draft("odd", version, "erin").await.unwrap();
    }
}

#[tokio::test]
async fn what_waits_for_review_is_counted_for_those_who_did_not_write_it_also_after_a_restart() {
    let mut world = World::staffed(&[]).await;
    let (erin, morgan) = (StaffId::from("erin"), StaffId::from("morgan"));
    let saved = world.engine.save_draft(0, draft("one"), "erin").await.unwrap();
    assert_eq!(world.engine.waiting_for(&morgan), 0);
    let saved = world.engine.submit_draft("one", saved.version, "erin").await.unwrap();
    assert_eq!((world.engine.waiting_for(&morgan), world.engine.waiting_for(&erin)), (1, 0));
    world.restart().await;
    assert_eq!(world.engine.waiting_for(&morgan), 1);
    world.engine.approve_draft("one", saved.version, "morgan").await.unwrap();
    assert_eq!(world.engine.waiting_for(&morgan), 0);
}
