//! The appointment book's times: calendar, start rules, the late rule, seats and alternatives (`PHONE-APPT-7` to `-16`,
//! `PHONE-APPT-22`), and the shipped settings. `Book` is the world that the other modules of the book play in.

use std::cell::Cell;

use domain::appointment::{
    Appointment, AppointmentCommand, AppointmentFact, Channel, Claim, Closed, Closure, Decision, Interpreter,
    NewLink, Refused, Request, Rules, Seen, SlotRefusal, StartRule, Taken, Tried, Wish, World, claims,
    decide, time_words,
};
use domain::event::Actor;
use domain::id::AppointmentId;
use domain::pack::{Holiday, Pack};
use domain::time::Millis;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::support::{id, shipped};

/// A book with the shipped settings and a clock that tests set.
pub(crate) struct Book {
    pub(crate) pack: Pack,
    pub(crate) zone: TimeZone,
    pub(crate) now: Millis,
    pub(crate) taken: Taken,
    pub(crate) open_of_number: u32,
    pub(crate) opted_out: bool,
    pub(crate) link: Option<NewLink>,
    pub(crate) seen: Option<Seen>,
    pub(crate) kept: Option<String>,
    pub(crate) seed: Cell<u128>,
}

pub(crate) const ID: AppointmentId =
    AppointmentId(Uuid::from_u128(0x0193_4a5b_7000_7000_8000_0000_0000_0042));

/// An instant as Missouri writes it, such as `2026-11-20T15:31`.
pub(crate) fn at(text: &str) -> Millis {
    let wall: jiff::civil::DateTime = text.parse().expect("a time");
    wall.in_tz("America/Chicago").expect("the zone").timestamp().as_millisecond()
}

impl Book {
    pub(crate) fn at(now: &str) -> Self {
        let pack = shipped();
        let zone = pack.agency.zone().expect("the zone");
        Self {
            pack,
            zone,
            now: at(now),
            taken: Taken::default(),
            open_of_number: 0,
            opted_out: false,
            link: None,
            seen: None,
            kept: None,
            seed: Cell::new(1 << 100),
        }
    }

    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules::of(&self.pack, &self.zone).expect("the shipped pack has a book")
    }

    pub(crate) fn office(&mut self, office: &str) -> &mut domain::appointment::ResourceCenter {
        let book = self.pack.appointments.as_mut().expect("a book");
        book.offices.iter_mut().find(|one| one.id == office).expect("the office")
    }

    pub(crate) fn check(&self, office: &str, visit: &str, start: &str) -> Result<Vec<Claim>, SlotRefusal> {
        self.check_at(office, visit, at(start))
    }

    pub(crate) fn check_at(
        &self,
        office: &str,
        visit: &str,
        start: Millis,
    ) -> Result<Vec<Claim>, SlotRefusal> {
        let wish = Wish { office, visit_type: visit, now: self.now, taken: &self.taken };
        self.rules().check_slot(&wish, start)
    }

    /// Times on the wall that are free on a day.
    pub(crate) fn free(&self, office: &str, visit: &str, day: Date) -> Vec<String> {
        let wish = Wish { office, visit_type: visit, now: self.now, taken: &self.taken };
        let slots = self.rules().free_slots(&wish, day, 1);
        slots.iter().map(|slot| time_words(slot.start, &self.zone)).collect()
    }

    pub(crate) fn take(&mut self, office: &str, visit: &str, start: &str) {
        for claim in self.check(office, visit, start).expect("free") {
            assert!(self.taken.take(claim), "taken twice");
        }
    }

    pub(crate) fn world(&self) -> World<'_> {
        self.seed.set(self.seed.get() + (1 << 64));
        World {
            now: self.now,
            rules: self.rules(),
            agency: &self.pack.agency,
            taken: &self.taken,
            open_of_number: self.open_of_number,
            opted_out: self.opted_out,
            link: self.link.as_ref(),
            seen: self.seen.as_ref(),
            kept: self.kept.as_deref(),
            seed: Uuid::from_u128(self.seed.get()),
            ids: Cell::new(0),
        }
    }

    /// Runs a command and keeps what follows: state and seats.
    pub(crate) fn run(
        &mut self,
        state: &mut Option<Appointment>,
        command: &AppointmentCommand,
    ) -> Result<Decision, Refused> {
        let decision = decide(ID, state.as_ref(), command, &self.world())?;
        assert!(self.taken.apply(&decision.claims), "a seat is given twice: {:?}", decision.claims);
        state.clone_from(&decision.after);
        for event in &decision.events {
            if let AppointmentFact::Booked { agreed, .. } = &event.fact {
                let body = decision.bodies.iter().find(|body| Some(body.key) == agreed.details);
                self.kept = body.map(|body| body.text.clone());
            }
        }
        Ok(decision)
    }

    /// The state after a booking by phone.
    pub(crate) fn booked(&mut self, visit: &str, start: &str) -> Option<Appointment> {
        let mut state = None;
        let command = book(Channel::Phone, by_phone("boone", visit, at(start)));
        self.run(&mut state, &command).expect("booked");
        state
    }
}

pub(crate) fn ana() -> Actor {
    Actor::staff(&id("ana"))
}

pub(crate) fn book(channel: Channel, request: Request) -> AppointmentCommand {
    let by = if channel == Channel::Page { Actor::Customer } else { ana() };
    AppointmentCommand::Book { channel, by, request: Box::new(request) }
}

/// A complete request on the phone.
pub(crate) fn by_phone(office: &str, visit_type: &str, start: Millis) -> Request {
    Request {
        office: office.into(),
        visit_type: visit_type.into(),
        start,
        phone: "(573) 555-0101".into(),
        texts: true,
        language: "en".into(),
        reason: Some("My roof leaks and I want to ask about it".into()),
        companions: Some(Vec::new()),
        interpreter: Some(Interpreter::NotNeeded),
        note: String::new(),
        tried_by_phone: Some(Tried { tried: true, result: "needs papers".into() }),
        told: ["PHONE-APPT-3", "PHONE-APPT-4", "PHONE-APPT-5", "PHONE-APPT-6"].map(String::from).to_vec(),
        interaction: None,
    }
}

/// A complete request by text or on the page.
pub(crate) fn by_text(office: &str, visit_type: &str, start: Millis) -> Request {
    Request {
        reason: None,
        companions: None,
        interpreter: None,
        tried_by_phone: None,
        told: Vec::new(),
        ..by_phone(office, visit_type, start)
    }
}

#[test]
fn phone_appt_22_a_late_request_gets_nothing_before_noon_of_the_next_business_day() {
    // Friday 3:31 pm: Monday before noon is refused, noon itself is given.
    let mut book = Book::at("2026-11-20T15:31");
    let refused = book.check("boone", "other", "2026-11-23T11:30").expect_err("too soon");
    assert_eq!(refused, SlotRefusal::TooSoon { earliest: Some(at("2026-11-23T12:00")) });
    assert_eq!(refused.clause(), "PHONE-APPT-22");
    assert!(book.check("boone", "other", "2026-11-23T12:00").is_ok());
    assert_eq!(book.free("boone", "other", date(2026, 11, 23)).first().map(String::as_str), Some("12:00 pm"));
    // AMB-5: exactly 3:30:00 is not late; a millisecond more is.
    book.now = at("2026-11-20T15:30");
    assert!(book.check("boone", "other", "2026-11-23T08:00").is_ok());
    assert!(book.check("boone", "other", "2026-11-20T16:00").is_ok(), "the same day");
    book.now += 1;
    assert!(book.check("boone", "other", "2026-11-23T08:00").is_err());
    assert!(book.check("boone", "other", "2026-11-20T16:00").is_err());
}

#[test]
fn phone_appt_22_holidays_weekends_and_closures_are_no_business_days() {
    // The Wednesday before Thanksgiving, and Friday closed besides: the next business day is Monday.
    let mut book = Book::at("2026-11-25T16:00");
    let earliest = |book: &Book| match book.check("boone", "other", "2026-11-25T16:30") {
        Err(SlotRefusal::TooSoon { earliest }) => earliest,
        other => panic!("{other:?}"),
    };
    assert_eq!(earliest(&book), Some(at("2026-11-27T12:00")), "Thursday is a holiday");
    let day = date(2026, 11, 27);
    book.office("boone").closures.push(Closure {
        from: day,
        until: day,
        at: None,
        reason: "No power".into(),
    });
    assert_eq!(earliest(&book), Some(at("2026-11-30T12:00")));
    // A Saturday on which the office is open is no business day (AMB-5).
    let saturday = Book::at("2026-11-21T10:00");
    assert!(
        !saturday.rules().is_business_day(saturday.rules().office("boone").expect("it"), date(2026, 11, 21))
    );
}

#[test]
fn phone_appt_13_literacy_and_interviews_start_on_the_hour() {
    let book = Book::at("2026-11-20T08:00");
    for visit in ["literacy", "interview"] {
        let refused = book.check("boone", visit, "2026-11-23T09:30").expect_err("half past");
        assert_eq!(refused, SlotRefusal::NotAStart { rule: StartRule::Hour });
        assert_eq!(refused.clause(), "PHONE-APPT-13");
        assert!(book.check("boone", visit, "2026-11-23T09:00").is_ok());
    }
    assert_eq!(book.free("boone", "interview", date(2026, 11, 23)).len(), 9, "8:00 to 16:00");
}

#[test]
fn phone_appt_14_card_pick_up_starts_on_the_half_hour() {
    let book = Book::at("2026-11-20T08:00");
    let refused = book.check("boone", "ebt-card", "2026-11-23T09:00").expect_err("the hour");
    assert_eq!((refused.code(), refused.clause()), ("not_a_start", "PHONE-APPT-14"));
    assert!(book.check("boone", "ebt-card", "2026-11-23T09:30").is_ok());
    // AMB-64: anything else at either.
    assert!(book.check("boone", "other", "2026-11-23T09:30").is_ok());
    assert!(book.check("boone", "other", "2026-11-23T09:00").is_ok());
    assert_eq!(
        book.check("boone", "other", "2026-11-23T09:15").expect_err("quarter past").clause(),
        "AMB-64"
    );
    assert!(book.check_at("boone", "other", at("2026-11-23T09:00") + 1).is_err(), "not a whole minute");
}

#[test]
fn phone_appt_10_one_visit_per_start_time() {
    let mut book = Book::at("2026-11-20T08:00");
    book.take("boone", "interview", "2026-11-23T09:00");
    let refused = book.check("boone", "interview", "2026-11-23T09:00").expect_err("taken");
    assert_eq!((refused.code(), refused.clause()), ("taken", "PHONE-APPT-10"));
    assert!(book.check("boone", "ebt-card", "2026-11-23T09:30").is_ok(), "AMB-3: another start");
    assert!(book.check("cole", "interview", "2026-11-23T09:00").is_ok(), "another office");
    // An office with two seats takes two, and no third.
    book.take("greene", "interview", "2026-11-23T09:00");
    book.take("greene", "interview", "2026-11-23T09:00");
    assert_eq!(book.check("greene", "interview", "2026-11-23T09:00"), Err(SlotRefusal::Taken));
}

#[test]
fn phone_appt_10_amb_3_one_visit_per_clock_hour_where_the_office_says_so() {
    let mut book = Book::at("2026-11-20T08:00");
    book.take("cole", "interview", "2026-11-23T09:00");
    assert_eq!(book.check("cole", "ebt-card", "2026-11-23T09:30"), Err(SlotRefusal::Taken));
    assert!(book.check("cole", "ebt-card", "2026-11-23T08:30").is_ok());
    assert!(book.check("cole", "interview", "2026-11-23T10:00").is_ok());
    // The switch is turned while visits are booked: what is booked still counts, both ways.
    book.office("cole").one_per_clock_hour = false;
    assert_eq!(book.check("cole", "ebt-card", "2026-11-23T09:30"), Err(SlotRefusal::Taken));
    book.take("boone", "ebt-card", "2026-11-23T09:30");
    book.office("boone").one_per_clock_hour = true;
    assert_eq!(book.check("boone", "interview", "2026-11-23T09:00"), Err(SlotRefusal::Taken));
}

#[test]
fn phone_appt_11_a_closed_office_takes_nobody() {
    let mut book = Book::at("2026-11-20T08:00");
    let closed = |why| Err(SlotRefusal::Closed { why });
    let holiday = Closed::Holiday { name: "Thanksgiving Day".into() };
    assert_eq!(book.check("boone", "other", "2026-11-26T09:00"), closed(holiday));
    assert_eq!(book.check("boone", "other", "2026-11-28T09:00"), closed(Closed::Weekday));
    let (from, until) = (date(2026, 12, 1), date(2026, 12, 2));
    let reason = "Water damage".to_owned();
    book.office("boone").closures.push(Closure { from, until, at: None, reason: reason.clone() });
    assert_eq!(book.check("boone", "other", "2026-12-02T09:00"), closed(Closed::Closure { reason }));
    assert!(book.check("boone", "other", "2026-12-03T09:00").is_ok());
    let day = date(2026, 12, 4);
    let at = Some("10:00-12:00".to_owned().try_into().expect("a span"));
    book.office("boone").closures.push(Closure { from: day, until: day, at, reason: "Training".into() });
    assert!(book.check("boone", "interview", "2026-12-04T09:00").is_ok());
    assert!(book.check("boone", "other", "2026-12-04T11:30").is_err());
    assert!(book.check("boone", "other", "2026-12-04T12:00").is_ok());
    // The visit must end before the office closes.
    assert_eq!(book.check("boone", "interview", "2026-11-23T17:00"), Err(SlotRefusal::OutsideHours));
    assert!(book.check("boone", "ebt-card", "2026-11-23T16:30").is_ok());
    assert_eq!(book.check("boone", "other", "2026-11-23T07:30"), Err(SlotRefusal::OutsideHours));
    for refused in
        [book.check("nowhere", "other", "2026-11-23T09:00"), book.check("boone", "other", "2026-11-20T07:30")]
    {
        assert_eq!(refused.expect_err("refused").clause(), "PHONE-APPT-11");
    }
}

#[test]
fn phone_appt_12_the_message_names_slot_and_office() {
    let book = Book::at("2026-11-20T08:00");
    let start = at("2026-11-23T09:00");
    let english = SlotRefusal::Taken.sentence("boone", start, &book.rules(), "en");
    assert_eq!(english, "Monday, November 23 at 9:00 am at Boone Resource Center (demo) is taken.");
    let spanish = SlotRefusal::Taken.sentence("boone", start, &book.rules(), "es");
    assert!(spanish.contains("lunes 23 de noviembre") && spanish.contains("Boone"), "{spanish}");
}

#[test]
fn the_horizon_ends_sixty_days_ahead_and_leap_days_count() {
    let mut book = Book::at("2026-11-20T08:00");
    assert!(book.check("boone", "other", "2027-01-19T09:00").is_ok(), "sixty days");
    let refused = book.check("boone", "other", "2027-01-20T09:00");
    assert_eq!(refused, Err(SlotRefusal::BeyondHorizon { until: date(2027, 1, 19) }));
    assert_eq!(book.check("boone", "other", "2026-11-20T08:00"), Err(SlotRefusal::Past), "now is over");
    // 29 February 2028 is a Tuesday; 1 March comes after it.
    book.now = at("2028-02-28T16:00");
    assert_eq!(
        book.free("boone", "interview", date(2028, 2, 29)),
        ["12:00 pm", "1:00 pm", "2:00 pm", "3:00 pm", "4:00 pm"]
    );
    assert!(book.check("boone", "interview", "2028-03-01T08:00").is_ok());
    assert!("2027-02-29T09:00".parse::<jiff::civil::DateTime>().is_err());
}

/// Boone, open in the night of Saturday to Sunday.
fn night(now: &str) -> Book {
    let mut book = Book::at(now);
    let hours = book.pack.appointments.as_mut().expect("a book").hours.first_mut().expect("hours");
    hours.sunday = vec!["00:00-06:00".to_owned().try_into().expect("a span")];
    book
}

#[test]
fn the_hour_that_does_not_exist_is_skipped() {
    let book = night("2026-03-01T08:00");
    let spring = date(2026, 3, 8);
    assert_eq!(book.rules().start_at(spring, 150), Err(SlotRefusal::NoSuchHour));
    // The end of the calendar is no night on which the clocks change.
    let end = book.rules().start_at(date(9999, 12, 31), 540).expect("far ahead");
    assert!(matches!(book.check_at("boone", "other", end), Err(SlotRefusal::BeyondHorizon { .. })));
    let begin = book.rules().start_at(date(-9999, 1, 1), 540).expect("long over");
    assert_eq!(book.check_at("boone", "other", begin), Err(SlotRefusal::Past));
    assert_eq!(
        book.free("boone", "other", spring),
        [
            "12:00 am", "12:30 am", "1:00 am", "1:30 am", "3:00 am", "3:30 am", "4:00 am", "4:30 am",
            "5:00 am", "5:30 am"
        ]
    );
    // Reminders and the late rule keep the wall clock: noon of the Monday after is noon there.
    let late = night("2026-03-06T15:31");
    assert_eq!(late.check("boone", "other", "2026-03-09T12:00").map(drop), Ok(()));
    assert!(late.check("boone", "other", "2026-03-09T11:30").is_err());
}

#[test]
fn the_hour_that_comes_twice_is_offered_once() {
    let mut book = night("2026-10-30T08:00");
    let autumn = date(2026, 11, 1);
    let free = book.free("boone", "other", autumn);
    assert_eq!(free.iter().filter(|time| time.as_str() == "1:30 am").count(), 1);
    assert_eq!(free.len(), 12);
    let first = book.rules().start_at(autumn, 90).expect("it exists");
    assert!(book.check_at("boone", "other", first).is_ok());
    assert_eq!(book.check_at("boone", "other", first + 3_600_000), Err(SlotRefusal::SecondHour));
    // One visit per clock hour holds in that night too.
    book.office("boone").one_per_clock_hour = true;
    for claim in book.check_at("boone", "other", first).expect("free") {
        book.taken.take(claim);
    }
    assert_eq!(book.free("boone", "other", autumn).len(), 10);
}

#[test]
fn phone_appt_7_offices_are_found_by_county_or_zip_and_show_their_day() {
    let mut book = Book::at("2026-11-20T08:00");
    let names = |book: &Book, wanted: &str| -> Vec<String> {
        book.rules().find_offices(wanted).iter().map(|office| office.id.clone()).collect()
    };
    assert_eq!(names(&book, "jackson county"), ["jackson-midtown", "jackson-independence"]);
    assert_eq!(names(&book, "65203"), ["boone"]);
    assert_eq!(names(&book, " Saint Louis "), ["st-louis-north", "st-louis-south"]);
    assert!(names(&book, "Atlantis").is_empty());
    book.take("boone", "interview", "2026-11-23T09:00");
    let wish = Wish { office: "boone", visit_type: "interview", now: book.now, taken: &book.taken };
    let day = book.rules().day_view(&wish, date(2026, 11, 23));
    let nine = day.iter().find(|state| state.start == at("2026-11-23T09:00")).expect("it is shown");
    assert_eq!(nine.refusal, Some(SlotRefusal::Taken));
    assert!(day.iter().filter(|state| state.refusal.is_none()).count() == 8);
}

fn named(book: &Book, office: &str, visit: &str, wanted: &str) -> (Vec<String>, Vec<String>, Vec<Date>) {
    let wish = Wish { office, visit_type: visit, now: book.now, taken: &book.taken };
    let found = book.rules().alternatives(&wish, at(wanted));
    let times = found.same_day.iter().map(|slot| time_words(slot.start, &book.zone)).collect();
    let nearby = found.nearby.iter().map(|slot| slot.office.clone()).collect();
    let days =
        found.later_days.iter().map(|slot| domain::appointment::calendar::day_of(slot.start, &book.zone));
    (times, nearby, days.collect())
}

#[test]
fn phone_appt_9_alternatives_are_of_the_right_kind_and_near() {
    let mut book = Book::at("2026-11-20T08:00");
    book.take("boone", "interview", "2026-11-23T09:00");
    let (times, nearby, days) = named(&book, "boone", "interview", "2026-11-23T09:00");
    assert_eq!(times, ["10:00 am", "8:00 am", "11:00 am"]);
    assert_eq!(nearby, ["cole"], "an office named as near");
    assert_eq!(days, [date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 27)], "not Thanksgiving Day");
    let (_, nearby, _) = named(&book, "jackson-midtown", "interview", "2026-11-23T09:00");
    assert_eq!(nearby, ["jackson-independence", "clay"], "the county first");
    // Nothing at the office that day: the other ways out remain.
    let (times, nearby, days) = named(&book, "boone", "interview", "2026-11-26T09:00");
    assert!(times.is_empty() && nearby.is_empty(), "a holiday everywhere");
    assert_eq!(days.first(), Some(&date(2026, 11, 27)));
}

#[test]
fn phone_appt_15_card_pick_up_goes_from_9_30_to_10_30_never_to_an_hour() {
    let mut book = Book::at("2026-11-20T08:00");
    let free = book.free("boone", "ebt-card", date(2026, 11, 23));
    assert_eq!(free.iter().position(|time| time == "9:30 am"), Some(1), "{free:?}");
    let (times, ..) = named(&book, "boone", "ebt-card", "2026-11-23T09:30");
    assert_eq!(times.first().map(String::as_str), Some("10:30 am"), "after 9:30 is turned down");
    assert!(times.iter().all(|time| time.contains(":30")));
    // AMB-4: 10:30 only when it can really be had.
    book.take("boone", "ebt-card", "2026-11-23T10:30");
    book.take("boone", "ebt-card", "2026-11-23T08:30");
    let (times, ..) = named(&book, "boone", "ebt-card", "2026-11-23T09:30");
    assert_eq!(times.first().map(String::as_str), Some("11:30 am"));
}

#[test]
fn phone_appt_16_literacy_goes_from_9_00_to_10_00_never_to_a_half_hour() {
    let book = Book::at("2026-11-20T08:00");
    let (times, ..) = named(&book, "boone", "literacy", "2026-11-23T09:00");
    assert_eq!(times.first().map(String::as_str), Some("10:00 am"));
    assert!(times.iter().all(|time| time.contains(":00")));
}

#[test]
fn claims_read_back_and_sort_by_time() {
    let book = Book::at("2026-11-20T08:00");
    let one = book.check("cole", "interview", "2026-11-23T09:00").expect("free");
    assert_eq!(one.len(), 2, "both starts of the clock hour");
    let names: Vec<String> = one.iter().map(Claim::name).collect();
    assert_eq!(names, ["slot:cole:20261123T1500Z:000", "slot:cole:20261123T1530Z:000"]);
    for (claim, name) in one.iter().zip(&names) {
        assert_eq!(Claim::parse(name).as_ref(), Some(claim));
        assert!(name.starts_with(&Claim::start_prefix(&claim.office, claim.start)));
    }
    for nonsense in ["", "slot", "slot:cole", "slot:cole:x:000", "slot:cole:20261123T1500Z:999", "line:a:b:c"]
    {
        assert_eq!(Claim::parse(nonsense), None, "{nonsense}");
    }
    assert!(claims::changes(&names, &names).is_empty());
}

#[test]
fn a_holiday_declared_later_shows_who_is_touched() {
    let mut book = Book::at("2026-11-20T08:00");
    let start = at("2026-12-08T09:00");
    assert_eq!(book.rules().still_open("boone", "interview", start), Ok(()));
    let hours = book.pack.queues.hours.first_mut().expect("hours");
    hours.holidays.push(Holiday { date: date(2026, 12, 8), name: "Day of mourning".into() });
    let why = book.rules().still_open("boone", "interview", start).expect_err("closed now");
    assert_eq!(why.clause(), "PHONE-APPT-11");
}

#[test]
fn the_shipped_book_says_what_the_documents_say() {
    let book = Book::at("2026-11-20T08:00");
    let rules = book.rules();
    let today = date(2026, 11, 20);
    for clause in ["PHONE-APPT-5", "PHONE-APPT-6"] {
        let script = book.pack.clauses.get(clause).and_then(|clause| clause.script.as_deref());
        let told = rules.tells(today).find(|tell| tell.clause == clause).expect("it is told");
        assert_eq!(told.text.get("en").map(String::as_str), script, "{clause} to the letter");
        assert!(told.exact && told.text.contains_key("es"));
    }
    let said = |clause: &str| {
        rules.tells(today).find(|tell| tell.clause == clause).map(|tell| tell.text["en"].clone())
    };
    // PHONE-APPT-3
    assert_eq!(
        said("PHONE-APPT-3").as_deref(),
        Some("Appointments are not required for customers to visit a Resource Center.")
    );
    // PHONE-APPT-4
    for part in ["mydss.mo.gov", "contact us page", "schedule an appointment button"] {
        assert!(said("PHONE-APPT-4").expect("it").contains(part));
    }
    // AMB-31: an expired line is not shown.
    assert_eq!(rules.tells(date(2025, 4, 21)).count(), 0);
    // AMB-64: every office of the shipped book is marked.
    assert!(rules.book.offices.iter().all(|office| office.demo && office.name.contains("demo")));
    assert!(rules.counties().contains(&"Boone"));
}

#[test]
fn a_pack_without_a_book_has_no_rules() {
    let mut book = Book::at("2026-11-20T08:00");
    book.pack.appointments = None;
    assert!(Rules::of(&book.pack, &book.zone).is_none());
}
