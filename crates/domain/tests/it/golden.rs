//! Stored events never change form (design, section 3): the lines of `tests/golden/events-v1.jsonl` are what the log of
//! form 1 holds, and they must read to the same values for ever.
//!
//! To add an event: a sample below, and the line that the failing test prints at the end of the file. A line that is
//! there is never changed; a new form gets a new file and an upcaster.

use std::collections::BTreeSet;
use std::path::Path;

use domain::appointment::{
    Agreed, AppointmentFact, Channel, Closed, DayPart, Interpreter, IssuedLink, NotSent, NoticeKind, Odd,
    Place, Said, SlotRefusal, StartRule, Wanted, WishedDay, WishedTime,
};
use domain::canned::{CannedKind, ReplyKind};
use domain::disclosure::FindingKind;
use domain::event::{Actor, CustomerFact, Event, FORM, Fact, InteractionFact, Purpose, StaffFact};
use domain::id::{Address, AppointmentId, InteractionId, MessageId, OfferId, StaffId};
use domain::intent::Topic;
use domain::interaction::{
    CallOutcome, Delivery, EndReason, OfferKind, SafetyAnswer, SafetyKind, SafetyStep,
};
use domain::segments::Encoding;
use domain::staff::Presence;
use serde::de::DeserializeOwned;
use uuid::Uuid;

const ID: InteractionId = InteractionId(Uuid::from_u128(0x0193_4a5b_7000_7000_8000_0000_0000_0001));
const MESSAGE: MessageId = MessageId(Uuid::from_u128(0x0193_4a5b_7000_7000_8000_0000_0000_0002));
const OFFER: OfferId = OfferId(Uuid::from_u128(0x0193_4a5b_7000_7000_8000_0000_0000_0003));
const AT: i64 = 1_795_003_200_000;

fn ana() -> StaffId {
    StaffId::from("ana")
}

fn event(by: Actor, clause: Option<&str>, fact: Fact) -> Event {
    Event { at: AT, by, clause: clause.map(str::to_owned), fact }
}

fn interaction_facts() -> Vec<InteractionFact> {
    use InteractionFact as F;
    let mut facts = vec![
        F::Opened {
            channel: "sms".into(),
            line: "sms-main".into(),
            our_address: Address::from("+18556849242"),
            customer: Address::from("+15735550101"),
            queue: "sms-general".into(),
            language: "en".into(),
            open_hours: true,
            sticky: Some(ana()),
        },
        F::MessageReceived {
            message: MESSAGE,
            provider_id: "SM0001".into(),
            masked: vec![
                FindingKind::SocialSecurityNumber,
                FindingKind::Dcn,
                FindingKind::EbtCard,
                FindingKind::BirthDate,
            ],
            media: 1,
            characters: 42,
            flood: false,
            case_specific: true,
            topics: vec![Topic::SnapTiming, Topic::Interview],
            wants_supervisor: false,
            abuse: Some(SafetyKind::Victim),
        },
        F::CustomerOptedOut,
        F::CustomerOptedIn,
        F::Queued { queue: "sms-general".into(), waiting_since: AT },
        F::Offered { offer: OFFER, staff: ana(), until: AT + 20_000, kind: OfferKind::Queue },
        F::Offered {
            offer: OFFER,
            staff: "sofia".into(),
            until: AT + 20_000,
            kind: OfferKind::Transfer { from: ana(), supervisor: true },
        },
        F::Accepted { offer: OFFER, staff: ana(), from: None },
        F::Declined { offer: OFFER, staff: ana() },
        F::Ignored { offer: OFFER, staff: ana() },
        F::Withdrawn { offer: OFFER, staff: ana(), reason: "the interaction ended.".into() },
        F::MessageSent {
            message: MESSAGE,
            purpose: Purpose::Reply,
            canned: None,
            reply_kind: ReplyKind::FreeText,
            segments: 1,
            encoding: Encoding::Gsm7,
        },
        F::MessageSent {
            message: MESSAGE,
            purpose: Purpose::Scripted(CannedKind::DelayNotice),
            canned: Some("delay-notice".into()),
            reply_kind: ReplyKind::Canned,
            segments: 2,
            encoding: Encoding::Ucs2,
        },
        F::SentAgain { message: MESSAGE },
    ];
    facts.extend(procedure_facts());
    facts.extend(facts_by_step());
    facts
}

/// What the procedures record.
fn procedure_facts() -> Vec<InteractionFact> {
    use InteractionFact as F;
    vec![
        F::CustomerDelayed { silent_since: AT - 180_000 },
        F::DelayRanOut,
        F::FocusMoved { staff: ana(), to: ID },
        F::ResearchStarted,
        F::ResearchEnded,
        F::CheckInMissed { number: 2 },
        F::CheckedIn,
        F::CaseSpecificMarked { yes: true },
        F::SendRefused {
            code: "case_fact".into(),
            found: vec![FindingKind::BenefitAmount, FindingKind::CaseStatus, FindingKind::Notice],
        },
        F::WaySelected {
            way: CannedKind::Referral,
            response: "referral-customer-service".into(),
            reason: Some("no internet".into()),
        },
        F::SupervisorRequested { alerted: vec!["sofia".into(), "theo".into()], step: 1 },
        F::SupervisorAlertWidened { alerted: vec!["casey".into()], step: 2 },
        F::SupervisorRequestUnmet,
        F::SupervisorRequestMet { staff: "sofia".into() },
        F::SafetyOpened { kind: SafetyKind::Reporting },
        F::SafetyCompleted {
            notice: MESSAGE,
            recipients: vec!["child-abuse-primary".into(), "home-visit".into()],
        },
        F::Finished { code: "general".into(), referral: false, handle_ms: 70_000 },
    ]
}

/// Facts that hold one of several steps or states, each of them once.
fn facts_by_step() -> Vec<InteractionFact> {
    use InteractionFact as F;
    let mut facts = Vec::new();
    let deliveries = [
        Delivery::Pending,
        Delivery::Accepted { provider_id: "SM0002".into() },
        Delivery::Sent,
        Delivery::Delivered,
        Delivery::Failed { code: "30003".into(), reason: "The phone is off or out of reach.".into() },
    ];
    facts.extend(deliveries.map(|delivery| F::DeliveryChanged { message: MESSAGE, delivery }));
    let steps = [
        SafetyStep::SafetyChecked { answer: SafetyAnswer::Safe },
        SafetyStep::SafetyChecked { answer: SafetyAnswer::InDanger },
        SafetyStep::SafetyChecked { answer: SafetyAnswer::Unknown },
        SafetyStep::HotlineGiven,
        SafetyStep::CallAnnounced,
        SafetyStep::Called { outcome: CallOutcome::Reached },
        SafetyStep::Called { outcome: CallOutcome::NotReached },
        SafetyStep::Called { outcome: CallOutcome::NotSafe },
        SafetyStep::ReportFiled { filed_at: AT, reference: "CAN-2026-118".into() },
    ];
    facts.extend(steps.map(|step| F::SafetyStepDone { step, note: Some(MESSAGE) }));
    let reasons = [EndReason::Finished, EndReason::NoResponse, EndReason::OptedOut, EndReason::Keyword];
    facts.extend(reasons.map(|reason| F::Ended { reason }));
    facts
}

fn staff_facts() -> Vec<StaffFact> {
    use StaffFact as F;
    let presences = [
        Presence::OffQueue,
        Presence::OnQueue,
        Presence::NotReady { reason: "break".into() },
        Presence::NotResponding { reason: "line_lost".into() },
    ];
    let mut facts: Vec<StaffFact> = presences.map(|to| F::PresenceChanged { to, lasted_ms: 600_000 }).into();
    facts.extend([
        F::CapacityReserved { interaction: ID, offer: OFFER },
        F::CapacityTaken { interaction: ID },
        F::WrapUpBegan { interaction: ID },
        F::CapacityReleased { interaction: ID },
        F::OfferIgnored { offer: OFFER },
        F::LineLost,
        F::LineBack,
        F::Acknowledged { procedure: "sms".into(), version: "2025-04-22".into() },
        F::SafetyHeld { interaction: ID },
        F::SafetyReleased { interaction: ID },
    ]);
    facts
}

fn customer_facts() -> Vec<CustomerFact> {
    use CustomerFact as F;
    vec![F::Texted { language: "es".into() }, F::OptedOut, F::OptedIn, F::ContactEnded { staff: Some(ana()) }]
}

const VISIT: AppointmentId = AppointmentId(Uuid::from_u128(0x0193_4a5b_7000_7000_8000_0000_0000_0004));

fn place(start: i64) -> Place {
    Place { office: "boone".into(), start, claims: vec!["slot:boone:20261123T1500Z:000".into()] }
}

fn agreed(interpreter: Option<Interpreter>) -> Agreed {
    Agreed {
        place: place(AT),
        visit_type: "interview".into(),
        minutes: 60,
        phone: Address::from("+15735550101"),
        texts: true,
        language: "es".into(),
        interpreter,
        companions: Some(2),
        details: Some(MESSAGE),
        tried_by_phone: Some(true),
        told: vec!["PHONE-APPT-5".into()],
        untold: vec!["PHONE-APPT-6".into()],
        interaction: Some(ID),
    }
}

fn flags() -> Vec<AppointmentFact> {
    let closed = [
        Closed::Weekday,
        Closed::Holiday { name: "Truman Day".into() },
        Closed::Closure { reason: "Ice".into() },
    ];
    let starts = [StartRule::Hour, StartRule::HalfHour, StartRule::Both];
    let mut all = vec![
        SlotRefusal::UnknownOffice,
        SlotRefusal::UnknownVisitType,
        SlotRefusal::Past,
        SlotRefusal::BeyondHorizon { until: jiff::civil::date(2027, 1, 19) },
        SlotRefusal::NoSuchHour,
        SlotRefusal::SecondHour,
        SlotRefusal::OutsideHours,
        SlotRefusal::TooSoon { earliest: Some(AT) },
        SlotRefusal::Taken,
    ];
    all.extend(closed.map(|why| SlotRefusal::Closed { why }));
    all.extend(starts.map(|rule| SlotRefusal::NotAStart { rule }));
    all.into_iter().map(|why| AppointmentFact::Flagged { why }).collect()
}

fn appointment_facts() -> Vec<AppointmentFact> {
    use AppointmentFact as F;
    let needed = Interpreter::Needed { kind: "Bosnian".into() };
    let interpreters = [Some(needed), Some(Interpreter::NotNeeded), None, None, None];
    let booked = Channel::ALL.into_iter().zip(interpreters);
    let mut facts: Vec<F> =
        booked.map(|(channel, interpreter)| F::Booked { channel, agreed: agreed(interpreter) }).collect();
    facts.extend(flags());
    facts.extend([
        F::WalkedIn { office: "boone".into(), visit_type: "other".into(), phone: None },
        F::Confirmed { channel: Channel::Sms },
        F::Moved { channel: Channel::Phone, from: place(AT), to: place(AT + 3_600_000) },
        F::Cancelled { channel: Channel::Page, reason: Some(MESSAGE) },
        F::CheckedIn,
        F::Missed,
        F::AttendanceAsked,
        F::FlagCleared,
        F::CompanionsCompleted { companions: 1, details: MESSAGE },
        F::CommentWritten,
        F::AnotherTimeWished,
        F::NoticeDelivery { notice: MESSAGE, delivery: Delivery::Delivered },
        F::Reminded { reminder: 1 },
        F::TaskQueued { task: MESSAGE },
        F::TaskAccepted { task: MESSAGE, number: "4711".into() },
    ]);
    let link = Some(IssuedLink { digest: "9f86d081".into(), until: AT });
    facts.extend(NoticeKind::ALL.into_iter().take(FIRST_KINDS).map(|kind| notice(kind, link.clone())));
    let reasons = [NotSent::OptedOut, NotSent::NoTexts, NotSent::TooLate, NotSent::NoWording];
    facts.extend(reasons.map(|why| F::NoticeSkipped { kind: NoticeKind::Reminder, why }));
    facts
}

/// Occasions of texts that the lines after them hold.
const SECOND_KINDS: usize = 12;
/// Occasions of texts that the first lines of the book's facts hold.
const FIRST_KINDS: usize = 9;

fn notice(kind: NoticeKind, link: Option<IssuedLink>) -> AppointmentFact {
    AppointmentFact::NoticeQueued {
        notice: MESSAGE,
        kind,
        line: "sms-main".into(),
        segments: 3,
        encoding: Encoding::Gsm7,
        link,
    }
}

/// Facts of visits that came after the first lines were written.
fn later_appointment_facts() -> Vec<AppointmentFact> {
    use AppointmentFact as F;
    let mut facts: Vec<F> = NoticeKind::ALL
        .into_iter()
        .take(SECOND_KINDS)
        .skip(FIRST_KINDS)
        .map(|kind| notice(kind, None))
        .collect();
    let day = jiff::civil::date(2026, 11, 27);
    let at_two = WishedTime { day, week: false, minute: Some(840), part: None };
    let morning = WishedTime { day, week: true, minute: None, part: Some(DayPart::Morning) };
    facts.extend([at_two, morning].map(|wish| F::DayWished { wish }));
    let days = [
        WishedDay::Today,
        WishedDay::Tomorrow,
        WishedDay::AfterTomorrow,
        WishedDay::Weekday(5),
        WishedDay::OfNextWeek(2),
        WishedDay::NextWeek,
        WishedDay::DayOfMonth(30),
        WishedDay::Calendar(12, 3),
    ];
    let afternoon = Some(DayPart::Afternoon);
    let moves = days
        .map(|day| Wanted::Move { said: Said { day: Some(day), minute: None, part: afternoon, odd: None } });
    let others = [Wanted::Confirm, Wanted::CannotCome, Wanted::Cancel];
    let wanted = moves.into_iter().chain(others);
    facts.extend(wanted.map(|wanted| F::WhichAsked { visits: vec![VISIT], wanted }));
    facts.extend([
        F::WhichAnswered { chosen: Some(VISIT) },
        F::Restored { channel: Channel::Sms, place: place(AT) },
        F::ReminderPutOff { reminder: 1, until: AT },
        F::TaskChangeQueued { task: MESSAGE, change: MESSAGE },
        F::TaskChanged { change: MESSAGE },
    ]);
    facts
}

/// Facts of visits that came after those.
fn last_appointment_facts() -> Vec<AppointmentFact> {
    use AppointmentFact as F;
    let mut facts: Vec<F> =
        NoticeKind::ALL.into_iter().skip(SECOND_KINDS).map(|kind| notice(kind, None)).collect();
    let days = [WishedDay::Exact(2027, 3, 15), WishedDay::InDays(3), WishedDay::InWeeks(2)];
    let said = days.map(|day| Said { day: Some(day), ..Said::default() });
    let odd = [Odd::Day, Odd::Hour].map(|odd| Said { odd: Some(odd), ..Said::default() });
    let asked = |said| F::WhichAsked { visits: vec![VISIT], wanted: Wanted::Move { said } };
    facts.extend(said.into_iter().chain(odd).map(asked));
    facts.push(F::WhichSetAside);
    facts
}

/// One event or more of every kind, with every author.
fn samples() -> Vec<Event> {
    let authors = [Actor::Customer, Actor::Staff { id: ana() }, Actor::System, Actor::Carrier];
    let interactions = interaction_facts().into_iter().map(|fact| Fact::Interaction { id: ID, fact });
    let staff = staff_facts().into_iter().map(|fact| Fact::Staff { id: ana(), fact });
    let customers = customer_facts()
        .into_iter()
        .map(|fact| Fact::Customer { address: Address::from("+15735550101"), fact });
    let clauses = [Some("SMS-GEN-4"), None];
    // Whatever came after the first lines were written stands behind them.
    let later = [
        Fact::Staff { id: ana(), fact: StaffFact::OfferDeclined { offer: OFFER } },
        Fact::Customer { address: Address::from("+15735550101"), fact: CustomerFact::HelpAnswered },
        Fact::Interaction { id: ID, fact: InteractionFact::EndedUnanswered { last_inbound_at: Some(AT) } },
    ];
    let of_visit = |facts: Vec<AppointmentFact>| {
        facts.into_iter().map(|fact| Fact::Appointment { id: VISIT, fact: Box::new(fact) })
    };
    let appointments = of_visit(appointment_facts());
    interactions
        .chain(staff)
        .chain(customers)
        .chain(later)
        .chain(appointments)
        .chain([Fact::Interaction { id: ID, fact: InteractionFact::Ended { reason: EndReason::Visit } }])
        .chain(of_visit(later_appointment_facts()))
        .chain(of_visit(last_appointment_facts()))
        .enumerate()
        .map(|(n, fact)| event(authors[n % authors.len()].clone(), clauses[n % clauses.len()], fact))
        .collect()
}

fn golden() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/events-v1.jsonl");
    std::fs::read_to_string(path).expect("the golden file").lines().map(str::to_owned).collect()
}

/// The names that a tagged enum knows, as its reader lists them when it meets one it does not know.
fn variants<T: DeserializeOwned>(json: &str) -> BTreeSet<String> {
    let Err(error) = serde_json::from_str::<T>(json) else { panic!("{json} must not be readable") };
    let message = error.to_string();
    let (_, names) = message.split_once("expected").expect("the reader lists what it knows");
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_golden_line_reads_to_the_same_value_and_is_written_the_same() {
    let lines = golden();
    let samples = samples();
    assert_eq!(FORM, 1, "a new form gets a file of its own beside this one");
    for (line, sample) in lines.iter().zip(&samples) {
        assert_eq!(&Event::read(1, line).expect("reads"), sample);
        assert_eq!(&sample.write().expect("writes"), line, "a stored event never changes form");
    }
    let missing: Vec<String> =
        samples.iter().skip(lines.len()).map(|sample| sample.write().expect("writes")).collect();
    assert!(missing.is_empty(), "add these lines to the golden file:\n{}", missing.join("\n"));
    assert_eq!(lines.len(), samples.len(), "a line is never taken away");
}

#[test]
fn every_kind_of_event_has_a_golden_line() {
    let kinds: BTreeSet<String> =
        golden().iter().map(|line| Event::read(1, line).expect("reads").kind()).collect();
    let unknown = r#"{"type":"no_such_event"}"#;
    for known in [
        variants::<InteractionFact>(unknown),
        variants::<StaffFact>(unknown),
        variants::<CustomerFact>(unknown),
        variants::<AppointmentFact>(unknown),
    ] {
        assert!(known.len() > 3, "{known:?}");
        let missing: Vec<&String> = known.iter().filter(|kind| !kinds.contains(*kind)).collect();
        assert!(missing.is_empty(), "no golden line for {missing:?}");
    }
}

#[test]
fn every_word_that_an_event_may_hold_stands_in_the_golden_file() {
    let text = golden().join("\n");
    let words = [
        variants::<Delivery>(r#"{"state":"?"}"#),
        variants::<Presence>(r#"{"state":"?"}"#),
        variants::<OfferKind>(r#"{"offer":"?"}"#),
        variants::<SafetyStep>(r#"{"step":"?"}"#),
        variants::<Actor>(r#"{"who":"?"}"#),
        variants::<EndReason>(r#""?""#),
        variants::<SafetyKind>(r#""?""#),
        variants::<SafetyAnswer>(r#""?""#),
        variants::<CallOutcome>(r#""?""#),
        variants::<Encoding>(r#""?""#),
        variants::<FindingKind>(r#""?""#),
        variants::<Channel>(r#""?""#),
        variants::<NoticeKind>(r#""?""#),
        variants::<Wanted>(r#"{"wanted":"?"}"#),
        variants::<DayPart>(r#""?""#),
        variants::<Odd>(r#""?""#),
        variants::<WishedDay>(r#""?""#),
        variants::<NotSent>(r#""?""#),
        variants::<Interpreter>(r#"{"interpreter":"?"}"#),
        variants::<SlotRefusal>(r#"{"slot":"?"}"#),
    ];
    for word in words.iter().flatten() {
        assert!(text.contains(&format!("\"{word}\"")), "{word}");
    }
}

#[test]
fn an_event_of_a_newer_form_or_another_shape_is_an_error_and_no_panic() {
    let line = &golden()[0];
    assert!(Event::read(2, line).is_err_and(|error| error.to_string().contains("newer")));
    assert!(Event::read(1, "{}").is_err() && Event::read(1, "").is_err());
}
