//! Supervisor Requests, SMS-SUPV-1 to SMS-SUPV-3, AMB-21 and AMB-22.

use domain::command::{Command, Script};
use domain::event::{Fact, InteractionFact};
use domain::id::StaffId;
use domain::interaction::Phase;
use domain::refusal::Instead;
use domain::sop::DutyKind;
use domain::staff::Presence;
use domain::view;

use crate::support::{World, clock, id, refused};

fn requested() -> World {
    let mut world = World::new();
    world.now = clock("10:00:00");
    world.on_queue("sofia").on_queue("theo");
    world.begin("ana", "I want to talk to a supervisor");
    world.request_supervisor("ana").expect("requested");
    world
}

fn alerted(world: &World) -> Vec<String> {
    world.i().supervisor.iter().flat_map(|request| &request.alerted).map(|id| id.0.clone()).collect()
}

#[test]
fn sms_supv_1_the_immediate_and_the_available_supervisors_are_alerted_with_the_interaction() {
    let world = requested();
    assert_eq!(alerted(&world), ["sofia", "theo"]);
    let event = world.happened("supervisor_requested")[0];
    assert_eq!((event.at, event.clause.as_deref()), (clock("10:00:00"), Some("SMS-SUPV-1")));
    let notices = view::notice_rows(event, world.i());
    let groups: Vec<&str> = notices.iter().map(|row| row.group.as_str()).collect();
    assert_eq!(groups, ["sofia", "theo"]);
    for row in notices {
        let notice: view::Notice =
            serde_json::from_str(row.data.as_deref().expect("a notice")).expect("reads");
        assert_eq!(
            (notice.interaction, notice.at, notice.clause.as_str()),
            (world.id, event.at, "SMS-SUPV-1")
        );
    }
    assert_eq!(world.duty(DutyKind::Supervisor).expect("a duty").due, clock("10:01:00"));
}

#[test]
fn sms_supv_1_the_customers_wish_is_suggested_and_one_click_is_enough() {
    let mut world = World::contact("ana", "I want to talk to a supervisor");
    assert!(world.i().hint_supervisor);
    world.request_supervisor("ana").expect("requested");
    assert!(!world.i().hint_supervisor);
    assert_eq!(refused(world.request_supervisor("ana")), ("requested", Some("SMS-SUPV-1")));
}

#[test]
fn amb_21_each_office_alerts_by_its_own_procedure() {
    let mut world = World::new();
    world.on_queue("sofia").on_queue("theo");
    world.begin("ella", "Let me talk to your supervisor");
    world.pack.agency.offices.iter_mut().for_each(|office| {
        office.supervisor.alert = vec![domain::pack::SupervisorStep::ImmediateSupervisor];
        office.supervisor.accept_seconds = 45;
    });
    world.request_supervisor("ella").expect("requested");
    assert_eq!(alerted(&world), ["theo"], "the western office names its own supervisor only");
    let due = world.duty(DutyKind::Supervisor).expect("a duty").due;
    assert_eq!(due, world.now + 45_000);
}

#[test]
fn amb_22_when_nobody_takes_it_coordinator_and_then_manager_are_told() {
    let mut world = requested();
    world.at("10:00:59");
    assert_eq!(alerted(&world).len(), 2);
    world.at("10:01:00");
    assert_eq!(alerted(&world), ["sofia", "theo", "casey"]);
    world.at("10:02:00");
    assert_eq!(alerted(&world), ["sofia", "theo", "casey", "morgan"]);
    world.at("10:30:00");
    assert_eq!(world.happened("supervisor_alert_widened").len(), 2, "there is nobody left to alert");
    assert!(world.i().is_with(&id("ana")), "the contact stays with the technician");
}

#[test]
fn amb_22_with_no_supervisor_at_work_the_immediate_one_is_alerted_and_the_others_follow() {
    let mut world = World::contact("ana", "Supervisor please");
    world.request_supervisor("ana").expect("requested");
    assert_eq!(alerted(&world), ["sofia"]);
    world.advance(120);
    assert_eq!(alerted(&world), ["sofia", "casey", "morgan"]);
}

#[test]
fn amb_22_an_unmet_request_is_kept_for_review_when_the_contact_ends() {
    let mut world = requested();
    world.script("ana", Script::Goodbye).expect("goodbye");
    world.end("ana").expect("ended");
    assert_eq!(world.happened("supervisor_request_unmet").len(), 1);
}

#[test]
fn sms_supv_2_only_a_supervisor_who_is_present_and_free_can_be_chosen() {
    let mut world = requested();
    world.presence("theo", Presence::NotReady { reason: "meeting".into() }).expect("busy");
    assert_eq!(refused(world.transfer_to("ana", "theo")), ("not_present", Some("SMS-SUPV-2")));
    world.on_queue("ben");
    assert_eq!(
        refused(world.transfer_to("ana", "ben")),
        ("supervisor_first", Some("SMS-SUPV-2")),
        "not a technician"
    );
    assert_eq!(
        refused(world.transfer_to_queue("ana", "sms-spanish")),
        ("supervisor_first", Some("SMS-SUPV-2"))
    );
    world.transfer_to("ana", "sofia").expect("the one who is available");
    assert!(world.i().is_with(&id("ana")), "until it is accepted the technician keeps it");
    let transcript_before = world.i().entries;
    world.accept("sofia").expect("accepted");
    assert!(world.i().is_with(&id("sofia")));
    assert_eq!((world.person("ana").load(), world.person("sofia").load()), (0, 1));
    assert!(world.i().entries > transcript_before && world.i().inbound == 1, "the whole contact came along");
    assert_eq!(world.happened("supervisor_request_met")[0].clause.as_deref(), Some("SMS-SUPV-2"));
    assert!(world.duty(DutyKind::Supervisor).is_none());
}

#[test]
fn sms_supv_2_a_supervisor_without_a_free_place_is_not_available() {
    let mut world = requested();
    let mine = world.id;
    for customer in ["+15735550102", "+15735550103"] {
        world.customer_from(customer, "Hello");
        world.take("theo");
    }
    world.id = mine;
    assert_eq!(refused(world.transfer_to("ana", "theo")), ("no_capacity", Some("SMS-SUPV-2")));
}

#[test]
fn sms_supv_2_a_supervisor_takes_it_over_at_once_and_the_notices_go() {
    let mut world = requested();
    assert_eq!(refused(world.take_over("ben")), ("supervisors_only", Some("SMS-SUPV-2")));
    let events = world.take_over("sofia").expect("taken over");
    let met = events.iter().find(|event| event.kind() == "supervisor_request_met").expect("met");
    assert!(view::notice_rows(met, world.i()).iter().all(|row| row.data.is_none()), "the alerts are gone");
    assert_eq!((world.person("ana").load(), world.person("sofia").load()), (0, 1));
    assert_eq!(refused(world.take_over("sofia")), ("has_it", None));
    world.at("10:10:00");
    assert!(world.happened("supervisor_alert_widened").is_empty(), "nobody else is alerted");
}

#[test]
fn sms_supv_2_a_supervisor_takes_a_waiting_contact_or_a_running_offer_too() {
    let mut world = World::new();
    world.on_queue("sofia").on_queue("ana").customer("Hello");
    world.offer("ana").expect("offered");
    world.take_over("sofia").expect("taken over");
    assert_eq!((world.person("ana").load(), world.person("sofia").load()), (0, 1));
    assert_eq!(world.i().phase, Phase::Active);
    world.script("sofia", Script::Goodbye).expect("goodbye");
    world.end("sofia").expect("ended");
    assert_eq!(refused(world.take_over("theo")), ("ended", None));
}

#[test]
fn sms_supv_3_the_promise_of_a_call_back_is_refused_and_transfer_is_suggested() {
    for text in ["A supervisor will call you back.", "Un supervisor le devolverá la llamada."] {
        let mut world = requested();
        let refusal = world.says("ana", text).expect_err(text);
        assert_eq!((refusal.code, refusal.clause), ("supervisor_callback", Some("SMS-SUPV-3")));
        assert_eq!(refusal.instead, [Instead::TransferToSupervisor]);
        assert!(world.sent().is_empty());
        let recorded = world.happened("send_refused");
        assert!(
            matches!(&recorded[0].fact, Fact::Interaction { fact: InteractionFact::SendRefused { code, .. }, .. } if code == "supervisor_callback")
        );
    }
}

#[test]
fn sms_supv_3_no_command_makes_a_callback() {
    // Exhaustive on purpose: a new command must be looked at here.
    let makes_a_callback = |command: &Command| match command {
        Command::ReceiveMessage { .. }
        | Command::ReportDelivery { .. }
        | Command::Offer { .. }
        | Command::WithdrawOffer { .. }
        | Command::Requeue { .. }
        | Command::Accept { .. }
        | Command::Decline { .. }
        | Command::Reply { .. }
        | Command::SendScript { .. }
        | Command::SendAgain { .. }
        | Command::Research { .. }
        | Command::MarkCaseSpecific { .. }
        | Command::SelectWay { .. }
        | Command::RequestSupervisor { .. }
        | Command::Transfer { .. }
        | Command::TakeOver { .. }
        | Command::OpenSafety { .. }
        | Command::DoSafetyStep { .. }
        | Command::End { .. }
        | Command::Finish { .. }
        | Command::InteractionTimer { .. }
        | Command::SetPresence { .. }
        | Command::LoseLine { .. }
        | Command::RegainLine { .. }
        | Command::Acknowledge { .. }
        | Command::StaffTimer { .. } => false,
    };
    let world = requested();
    let request = Command::RequestSupervisor { id: world.id, staff: StaffId::from("ana") };
    assert!(!makes_a_callback(&request));
    let approved = world.pack.canned.iter().flat_map(|response| response.text.values());
    assert!(approved.into_iter().all(|text| !domain::disclosure::promises_supervisor_callback(text)));
}
