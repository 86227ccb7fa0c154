//! The desk's lines from cards and entries made by hand: order of the list, offers, transcript, what a nudge touches.

use domain::canned::ReplyKind;
use domain::disclosure::FindingKind;
use domain::event::{Actor, Purpose};
use domain::id::{Address, InteractionId, MessageId, OfferId, StaffId};
use domain::interaction::{Delay, Delivery, Offer, OfferKind, Phase, Turn};
use domain::sop::{Duty, DutyKind};
use domain::view::{Card, Entry, What};
use uuid::Uuid;

use super::{find, list, words};

fn interaction(n: u128) -> InteractionId {
    InteractionId(Uuid::from_u128(n))
}

fn card(n: u128, owner: &str, due: Option<i64>) -> Card {
    let duty = |due| Duty {
        key: "silence".to_owned(),
        kind: DutyKind::Silence,
        title: "Customer's turn".to_owned(),
        clause: "SMS-DELAY-1".to_owned(),
        started: 0,
        due,
        script: None,
    };
    Card {
        id: interaction(n),
        channel: "sms".to_owned(),
        customer: Address::from("+15735550142"),
        queue: "sms-general".to_owned(),
        language: "en".to_owned(),
        phase: Phase::Active,
        owner: Some(StaffId::from(owner)),
        duties: due.into_iter().map(duty).collect(),
        opened_at: i64::try_from(n).unwrap(),
        ..serde_json::from_value(empty()).unwrap()
    }
}

fn empty() -> serde_json::Value {
    serde_json::json!({
        "id": Uuid::nil(), "channel": "", "customer": "", "queue": "", "language": "", "phase": "active", "owner": null,
        "offer": null, "opened_at": 0, "open_hours": true, "waiting_since": null, "accepted_at": null, "duties": [],
        "turn": { "turn": "nobody" }, "unread": 0, "inbound": 0, "staff_texts": 0, "last_message": null,
        "last_is_customer": false, "last_customer_message": null, "last_inbound_at": null, "case_specific": false, "topics": [],
        "clarifying": [], "greeted_first": null, "said_goodbye": false, "referral_reason": null, "ways": [],
        "hint_supervisor": false, "hint_abuse": null, "supervisor": null, "safety": null, "opted_out": false,
        "flooded": false, "check_ins": 0, "check_ins_missed": 0, "refused": 0, "ended_at": null, "end_reason": null,
        "code": null, "done_at": null, "handle_ms": null, "entries": 0, "reply_kinds": {}, "outbound": 0
    })
}

fn silent(mut card: Card) -> Card {
    card.turn = Turn::Customer { since: 0, delay: Delay::Flagged { at: 1 } };
    card
}

#[test]
fn the_list_begins_with_whose_clock_runs_out_next() {
    let me = StaffId::from("ana");
    let cards =
        [card(1, "ana", None), card(2, "ana", Some(900)), card(3, "ben", Some(1)), card(4, "ana", Some(300))];
    let mine: Vec<_> = list::mine(&cards, &me).iter().map(|card| card.id).collect();
    assert_eq!(mine, [interaction(4), interaction(2), interaction(1)]);
}

#[test]
fn only_offers_to_me_ring_and_the_one_that_runs_out_first_is_first() {
    let me = StaffId::from("ana");
    let offered = |n: u128, to: &str, until: i64| {
        let offer = Offer {
            id: OfferId(Uuid::from_u128(n)),
            staff: StaffId::from(to),
            at: 0,
            until,
            kind: OfferKind::Queue,
        };
        Card { offer: Some(offer), owner: None, phase: Phase::Waiting, ..card(n, "ana", None) }
    };
    let cards = [offered(1, "ana", 500), offered(2, "ben", 100), offered(3, "ana", 200)];
    let ringing: Vec<_> = list::ringing(&cards, &me).iter().map(|card| card.id).collect();
    assert_eq!(ringing, [interaction(3), interaction(1)]);
    assert!(list::mine(&cards, &me).is_empty(), "an offer is not mine before it is accepted");
}

#[test]
fn sms_delay_6_the_delay_flag_and_its_countdown_stand_on_the_card() {
    let me = StaffId::from("ana");
    let cards = [silent(card(1, "ana", Some(60_000))), card(2, "ana", Some(90_000))];
    let mine = list::mine(&cards, &me);
    let lines = list::lines(&mine, &[Some("hello there".to_owned()), None], Some(interaction(2)), 0);
    let delayed = lines.first().unwrap();
    assert_eq!(delayed.delay, Some("Customer delay"));
    assert!(delayed.duty.as_ref().is_some_and(|duty| duty.countdown.contains(r#"data-due="60000""#)));
    assert_eq!((delayed.selected, delayed.digit), (false, Some(1)));
    assert_eq!(delayed.turn_to, Some(interaction(2).to_string()), "the desk turns to the other one");
    assert!(lines.get(1).is_some_and(|line| line.selected && line.delay.is_none()));
}

#[test]
fn sms_delay_6_with_both_customers_silent_the_desk_stays() {
    let me = StaffId::from("ana");
    let cards = [silent(card(1, "ana", None)), silent(card(2, "ana", None))];
    let lines = list::lines(&list::mine(&cards, &me), &[None, None], None, 0);
    assert!(lines.iter().all(|line| line.delay.is_some() && line.turn_to.is_none()));
}

#[test]
fn every_step_of_the_delay_has_its_words() {
    let words = |delay| words::delay(&Turn::Customer { since: 0, delay });
    assert_eq!(words(Delay::None), None);
    assert_eq!(words(Delay::NoticeSent { at: 1 }), Some("Customer delay, notice sent"));
    assert_eq!(words(Delay::GoodbyeSent { at: 1 }), Some("Silent, ready to end"));
}

#[test]
fn the_open_interaction_stays_open_and_else_the_most_urgent_is() {
    let me = StaffId::from("ana");
    let cards = [card(1, "ana", Some(10)), card(2, "ana", Some(20))];
    let mine = list::mine(&cards, &me);
    assert_eq!(list::selected(&mine, Some(interaction(2))), Some(interaction(2)));
    assert_eq!(list::selected(&mine, Some(interaction(9))), Some(interaction(1)));
    assert_eq!(list::selected(&[], None), None);
}

#[test]
fn a_search_by_number_needs_three_digits() {
    let card = card(1, "ana", None);
    assert!(find::matches(&card, "0142") && !find::matches(&card, "42") && !find::matches(&card, "0143"));
}

mod transcript {
    use super::super::beside::About;
    use super::super::transcript::{self, Look};
    use super::*;
    use domain::appointment::{Appointment, Notice, NoticeKind};
    use domain::pack::Pack;
    use jiff::tz::TimeZone;
    use serde_json::json;

    fn entry(seq: i64, at: i64, by: Actor, what: What) -> (Entry, Option<String>) {
        let body = matches!(what, What::In { .. } | What::Out { .. }).then(|| format!("text {seq}"));
        (
            Entry { interaction: interaction(1), seq, at, by, clause: Some("SMS-DELAY-2".to_owned()), what },
            body,
        )
    }

    fn incoming(masked: Vec<FindingKind>) -> What {
        What::In { message: MessageId(Uuid::nil()), masked, media: 0 }
    }

    fn outgoing(delivery: Delivery) -> What {
        What::Out {
            message: MessageId(Uuid::from_u128(7)),
            purpose: Purpose::Reply,
            canned: None,
            reply_kind: ReplyKind::FreeText,
            segments: 1,
            delivery,
        }
    }

    fn lines(entries: &[(Entry, Option<String>)], unread: u32) -> Vec<transcript::Line> {
        let pack: Pack = crate::desk::view_test::pack();
        let me = StaffId::from("ana");
        let name = |id: &StaffId| format!("Name of {id}");
        let look = Look { me: &me, pack: &pack, zone: &TimeZone::UTC, name: &name };
        transcript::lines(entries, unread, &look)
    }

    #[test]
    fn a_failed_text_says_why_and_can_be_sent_again() {
        let failed = Delivery::Failed { code: "30003".to_owned(), reason: "the handset is off".to_owned() };
        let ana = Actor::Staff { id: StaffId::from("ana") };
        let all = lines(
            &[entry(1, 0, ana.clone(), outgoing(failed)), entry(2, 1, ana, outgoing(Delivery::Delivered))],
            0,
        );
        let out = all.first().and_then(|line| line.out.clone()).unwrap();
        assert_eq!(out.reason.as_deref(), Some("the handset is off"));
        assert_eq!(out.again, Some(MessageId(Uuid::from_u128(7)).to_string()));
        assert!(
            all.get(1)
                .and_then(|line| line.out.as_ref())
                .is_some_and(|out| out.again.is_none() && out.word == "Delivered")
        );
        assert_eq!(all.first().map(|line| line.who.as_str()), Some("You"));
    }

    #[test]
    fn sms_appt_1_texts_about_visits_stand_at_their_times_between_the_others() {
        let notice = |at: i64, delivery: Delivery| Notice {
            id: MessageId(Uuid::from_u128(9)),
            kind: NoticeKind::Booked,
            at,
            delivery,
        };
        let failed = Delivery::Failed { code: "1".to_owned(), reason: "the handset is off".to_owned() };
        let entries = vec![
            (entry(1, 10_000, Actor::Customer, incoming(Vec::new())).0, Some("2".to_owned())),
            entry(2, 30_000, Actor::Customer, incoming(Vec::new())),
        ];
        let about = |notice, words: &str, answers| About { notice, words: Some(words.to_owned()), answers };
        let texts = vec![
            about(notice(5_000, Delivery::Delivered), "Your visit is set", false),
            // The answer was queued a moment before the text that it answers was kept.
            about(notice(9_999, failed), "We will find another time", true),
        ];
        let id = entries[0].0.interaction;
        let shown = transcript::with_visits(entries, texts, id);
        // Both texts are new: the mark stands above the first, not above the answer to it once more.
        let marked: Vec<bool> = lines(&shown, 2).iter().map(|line| line.new_from_here).collect();
        assert_eq!(marked, [false, true, false, false]);
        let all = lines(&shown, 1);
        let words: Vec<&str> = all.iter().map(|line| line.text.as_str()).take(3).collect();
        assert_eq!(words, ["Your visit is set", "2", "We will find another time"]);
        let kinds: Vec<_> =
            all.iter().filter_map(|line| line.out.as_ref()).map(|out| out.kind.as_str()).collect();
        assert_eq!(kinds, ["About a visit", "About a visit"]);
        assert!(all.iter().filter_map(|line| line.out.as_ref()).all(|out| out.again.is_none()), "{all:?}");
        assert!(all[3].new_from_here, "what came since is still marked by its own place");
    }

    /// The order on the screen of the customer's texts at these times and the program's texts with what they answer.
    fn order(customer: &[(i64, &str)], program: &[(i64, &str, bool)]) -> Vec<String> {
        let entries: Vec<_> = (1_i64..)
            .zip(customer)
            .map(|(seq, (at, text))| {
                (entry(seq, *at, Actor::Customer, incoming(Vec::new())).0, Some((*text).to_owned()))
            })
            .collect();
        let texts = program.iter().map(|(at, text, answers)| About {
            notice: Notice {
                id: MessageId(Uuid::from_u128(9)),
                kind: NoticeKind::AnotherTime,
                at: *at,
                delivery: Delivery::Delivered,
            },
            words: Some((*text).to_owned()),
            answers: *answers,
        });
        let id = entries[0].0.interaction;
        let shown = transcript::with_visits(entries, texts.collect(), id);
        shown.into_iter().filter_map(|(_, text)| text).collect()
    }

    #[test]
    fn sms_appt_1_texts_of_the_same_second_stand_in_the_order_of_cause() {
        // What the program wrote by itself stands at its time, however soon the customer answers it.
        assert_eq!(order(&[(46_000, "2")], &[(44_500, "set; reply 2", false)]), ["set; reply 2", "2"]);
        // A quick exchange: every answer behind its own text.
        let quick = order(
            &[(1_000, "2"), (1_700, "Friday"), (2_300, "3")],
            &[
                (500, "set", false),
                (990, "which day?", true),
                (1_690, "Friday noted", true),
                (2_290, "off", true),
            ],
        );
        assert_eq!(quick, ["set", "2", "which day?", "Friday", "Friday noted", "3", "off"]);
        // On one tick of the clock, and with a slow disk between the answer and its text.
        let tick =
            order(&[(7, "2"), (7, "3"), (7, "hello")], &[(7, "set", false), (7, "a", true), (7, "b", true)]);
        assert_eq!(tick, ["set", "2", "a", "3", "b", "hello"]);
        assert_eq!(order(&[(9_000, "2")], &[(4_000, "slow", true)]), ["2", "slow"]);
        // The answer to a text of an earlier interaction is none to the first text of this one.
        assert_eq!(order(&[(90_000, "hello")], &[(4_000, "old", true)]), ["old", "hello"]);
    }

    #[test]
    fn sms_appt_1_whether_a_text_about_a_visit_answers_is_told_by_the_visit() {
        let change = |at, by: Actor, channel, what: &str| json!({ "at": at, "by": by, "channel": channel, "what": what, "from": null, "to": null });
        let ana = Actor::Staff { id: StaffId::from("ana") };
        let visit: Appointment = serde_json::from_value(json!({
            "id": Uuid::nil(), "status": "booked", "visit_type": "literacy", "minutes": 30, "phone": null, "texts": true,
            "place": { "office": "boone", "start": 0, "claims": [] }, "language": "en", "walk_in": false,
            "interpreter": null, "companions": null, "details": [], "comment_owed": false, "untold": [],
            "confirmed_at": null, "flagged": null, "wants_another_time": false, "placed_at": 0, "moves": 0,
            "reminded": [], "attendance_asked": false, "links": [], "notices": [], "task": null, "interaction": null,
            "revision": 0,
            "history": [
                change(10, Actor::Customer, Some("sms"), "confirmed"),
                change(20, Actor::Customer, Some("page"), "confirmed"),
                change(30, ana, Some("sms"), "cancelled"),
                change(40, Actor::System, None, "flagged"),
            ],
        }))
        .unwrap();
        let answers = |kind, at| {
            let id = MessageId(Uuid::nil());
            crate::desk::beside::is_answer(&visit, &Notice { id, kind, at, delivery: Delivery::Pending })
        };
        assert!(answers(NoticeKind::Confirmed, 10) && !answers(NoticeKind::Confirmed, 20));
        assert!(!answers(NoticeKind::Cancelled, 30), "staff cancelled it; no text of the customer did");
        assert!(!answers(NoticeKind::OfficeClosed, 40) && answers(NoticeKind::OfficeClosed, 50));
        assert!(answers(NoticeKind::WhichVisit, 1) && !answers(NoticeKind::Reminder, 1));
    }

    #[test]
    fn what_came_since_staff_last_wrote_is_marked_once_and_days_are_parted() {
        let day = 86_400_000;
        let texts = [
            entry(1, 0, Actor::Customer, incoming(Vec::new())),
            entry(
                2,
                1,
                Actor::System,
                What::Act { sentence: "Back in the queue.".to_owned(), strong: false },
            ),
            entry(3, day, Actor::Customer, incoming(vec![FindingKind::SocialSecurityNumber])),
            entry(4, day + 1, Actor::Customer, incoming(Vec::new())),
        ];
        let all = lines(&texts, 2);
        assert_eq!(
            all.iter().map(|line| line.new_from_here).collect::<Vec<_>>(),
            [false, false, true, false]
        );
        assert_eq!(all.iter().map(|line| line.day.is_some()).collect::<Vec<_>>(), [true, false, true, false]);
        assert!(all.get(2).is_some_and(|line| !line.masked.is_empty()));
        assert_eq!(all.get(1).and_then(|line| line.clause.as_deref()), Some("SMS-DELAY-2"));
    }
}

mod suggestions {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use domain::canned::CannedStatus;
    use domain::intent::Topic;
    use domain::permission::Role;
    use domain::staff::Presence;
    use domain::view::Person;
    use engine::records::Account;
    use jiff::tz::TimeZone;

    use super::super::look::Look;
    use super::super::{hints, presence, ways};
    use super::*;

    fn look() -> Look {
        let me = StaffId::from("ana");
        let account = Account {
            id: me.clone(),
            name: "Technician Ana".to_owned(),
            first_name: "Ana".to_owned(),
            roles: vec![Role::Technician],
            office: "csc-central".to_owned(),
            programmes: Vec::new(),
            supervisor: None,
            skills: BTreeMap::new(),
            sms_capacity: 2,
            password_hash: String::new(),
            disabled: false,
            demo: false,
            failed_sign_ins: 0,
            locked_until: 0,
        };
        let person = Person {
            id: me.clone(),
            presence: Presence::OnQueue,
            since: 0,
            set_by: None,
            held: Vec::new(),
            idle_since: 0,
            in_safety: false,
            line_lost_at: None,
            acknowledged: BTreeMap::new(),
            spent_ms: BTreeMap::new(),
        };
        let zone = TimeZone::get("America/Chicago").unwrap();
        let (pack, usage) = (Arc::new(pack()), BTreeMap::new());
        Look { me, account, now: 1_795_296_429_000, zone, pack, person, usage, cards: Vec::new() }
    }

    const WORDS: &str = "When will I get my SNAP benefits?";

    fn asked(clarifying: &[&str]) -> Card {
        let clarifying = clarifying.iter().map(|id| (*id).to_owned()).collect();
        Card { case_specific: true, topics: vec![Topic::SnapTiming], clarifying, ..card(1, "ana", None) }
    }

    #[test]
    fn sms_gen_7_the_three_questions_come_first_each_within_one_click() {
        let chips = hints::chips(&look(), &asked(&[]), WORDS);
        let texts: Vec<&str> =
            chips.iter().filter(|chip| chip.group == "clarify").map(|chip| chip.text.as_str()).collect();
        let wanted = [
            "When did you apply?",
            "Did you have an interview? If yes, when?",
            "Do you have an EBT card already?",
        ];
        assert_eq!(texts, wanted);
    }

    #[test]
    fn sms_key_1_the_greeting_is_offered_first_with_the_name_and_no_longer_once_somebody_wrote() {
        let look = look();
        let first = hints::chips(&look, &asked(&[]), WORDS);
        // SMS-GEN-12: exactly the stored wording, the slot filled.
        let greeting = "Hello, Thank you for contacting the Family Support Division. My name is Ana. I will be happy to assist \
                        with your question.";
        assert_eq!(first.first().map(|chip| chip.text.as_str()), Some(greeting));
        let written = Card { staff_texts: 1, ..asked(&[]) };
        assert!(hints::chips(&look, &written, WORDS).iter().all(|chip| chip.group != "first"));
    }

    #[test]
    fn sms_gen_5_a_question_that_was_asked_is_not_suggested_again() {
        let chips = hints::chips(&look(), &asked(&["clarify-applied-when"]), WORDS);
        assert!(!chips.iter().any(|chip| chip.id == "clarify-applied-when"));
    }

    #[test]
    fn sms_script_1_the_library_shows_no_draft_and_sms_script_2_finds_by_keyword() {
        let look = look();
        let all = hints::library(&look, "", "sms", "en");
        assert!(!all.is_empty());
        let approved = |id: &str| {
            look.pack.response(id).is_some_and(|response| response.status == CannedStatus::Approved)
        };
        assert!(all.iter().all(|item| approved(&item.id)));
        assert!(
            look.pack.canned.iter().any(|response| response.status == CannedStatus::Draft),
            "there are drafts to hide"
        );
        assert_eq!(
            hints::library(&look, "greet", "sms", "en").first().map(|item| item.id.as_str()),
            Some("greeting")
        );
        assert!(hints::library(&look, "xylophone", "sms", "en").is_empty());
    }

    #[test]
    fn sms_gen_9_online_mail_and_email_stand_above_the_referral() {
        let order: Vec<&str> = ways::ways(&look(), &asked(&[]), WORDS).iter().map(|way| way.kind).collect();
        assert_eq!(order, ["self_service_online", "self_service_mail", "self_service_email", "referral"]);
        assert!(order.iter().all(|word| ways::kind(word).is_some()));
        assert!(ways::REASONS.iter().all(|reason| domain::sop::ways::is_reason(reason)));
    }

    #[test]
    fn sms_gen_2_the_version_in_force_is_asked_for_until_it_is_acknowledged() {
        let mut look = look();
        let unread = |look: &Look| {
            presence::unread_procedure(&look.pack, &look.person, look.now, &look.zone)
                .map(|sop| sop.version.clone())
        };
        let version = unread(&look).unwrap();
        look.person.acknowledged.insert("sms".to_owned(), "1999-01-01".to_owned());
        assert_eq!(unread(&look), Some(version.clone()), "an older version does not count");
        look.person.acknowledged.insert("sms".to_owned(), version);
        assert_eq!(unread(&look), None);
    }
}

/// The shipped pack, read as the server reads it.
pub(super) fn pack() -> domain::pack::Pack {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd");
    let mut files = std::collections::BTreeMap::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ext| ext == "toml") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    domain::pack::parse(&files).unwrap()
}
