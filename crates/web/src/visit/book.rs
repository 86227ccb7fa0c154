//! The five steps. Steps about offices and times are read (`GET`), so that they can be kept, sent on and gone back to; from
//! the phone number on they are sent (`POST`). Only the button of the last step changes anything.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::appointment::{
    AppointmentCommand, Channel, Refused, ResourceCenter, Rules, SlotRefusal, phone_number,
};
use domain::event::Actor;
use domain::id::AppointmentId;
use domain::time::Millis;
use engine::AppointmentError;

use super::asked::{Asked, Kept, speaks};
use super::grid::{Grid, Made, reach};
use super::others::{near, others};
use super::plan::{Around, Fault, Plan, Step};
use super::say::{self, Call};
use super::words::Words;
use super::{counted, page, slowed, unlisted, words};
use crate::App;
use crate::error::Error;
use crate::page::go;
use crate::request::{Caller, RequestId};
use crate::session::SignedIn;
use crate::shown;

/// A step in the line above the form.
pub(super) struct StepShown {
    pub(super) number: usize,
    pub(super) title: &'static str,
    pub(super) done: bool,
    pub(super) here: bool,
}

/// A sentence above the last step when it could not be done, and where it leads.
pub(super) struct Said {
    pub(super) sentence: String,
    pub(super) link: Option<(String, &'static str)>,
    pub(super) status: StatusCode,
    pub(super) wait: Option<u32>,
}

/// What stands around every step.
pub(super) struct Frame {
    pub(super) steps: Vec<StepShown>,
    pub(super) number: usize,
    pub(super) method: &'static str,
    pub(super) faults: Vec<Fault>,
    pub(super) so_far: Vec<(&'static str, String)>,
    /// What was typed about the contact is carried on unseen.
    pub(super) kept: bool,
    pub(super) back: Option<(usize, Vec<Kept>)>,
    pub(super) switch: Vec<Kept>,
    pub(super) said: Option<Said>,
    pub(super) call: Option<Call>,
}

impl Frame {
    /// The sentence about this field, if it has one.
    pub(super) fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.sentence.as_str())
    }
}

/// An office to choose.
pub(super) struct OfficeShown {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) hours: String,
    pub(super) interpreters: String,
    pub(super) chosen: bool,
}

/// A group of offices under its heading.
pub(super) struct OfficeGroup {
    pub(super) title: String,
    pub(super) offices: Vec<OfficeShown>,
}

#[derive(Template)]
#[template(path = "visit/office.html")]
struct OfficeStep {
    w: &'static Words,
    frame: Frame,
    near: String,
    find_kept: Vec<Kept>,
    kept: Vec<Kept>,
    groups: Vec<OfficeGroup>,
    same_area: bool,
    nothing: bool,
    counties: Vec<String>,
    lead: Option<String>,
}

/// A kind of visit to choose.
struct KindShown {
    id: String,
    title: String,
    about: String,
    bring: String,
    minutes: u16,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "visit/kind.html")]
struct KindStep {
    w: &'static Words,
    frame: Frame,
    kept: Vec<Kept>,
    kinds: Vec<KindShown>,
}

#[derive(Template)]
#[template(path = "visit/time.html")]
struct TimeStep {
    w: &'static Words,
    frame: Frame,
    grid: Grid,
}

#[derive(Template)]
#[template(path = "visit/contact.html")]
struct ContactStep<'a> {
    w: &'static Words,
    frame: Frame,
    kept: Vec<Kept>,
    asked: &'a Asked,
    speaks_spanish: bool,
    texts: String,
    languages: Vec<String>,
}

#[derive(Template)]
#[template(path = "visit/confirm.html")]
struct ConfirmStep {
    w: &'static Words,
    frame: Frame,
    kept: Vec<Kept>,
    rows: Vec<Row>,
    tells: Vec<Tell>,
    bring: String,
}

/// A line of what will be booked, and the step that changes it.
pub(super) struct Row {
    pub(super) title: &'static str,
    pub(super) value: String,
    pub(super) step: Option<usize>,
}

pub(super) async fn show(
    State(app): State<App>,
    me: Option<SignedIn>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let words = words(&asked.lang, &headers);
    steps(&app, me.as_ref(), asked.tidy().without_contact(), words, None).await
}

/// A step with contact in it, and the booking itself.
pub(super) async fn step(
    State(app): State<App>,
    me: Option<SignedIn>,
    caller: Caller,
    request: RequestId,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Result<Response, Error> {
    let words = words(&asked.lang, &headers);
    let asked = asked.tidy();
    if asked.act != "book" {
        return steps(&app, me.as_ref(), asked, words, None).await.map(unlisted);
    }
    match book(&app, &asked, &counted(caller.0), &request.0, words).await? {
        Booked::Done(id) => Ok(go(&format!("/visit/done/{id}?lang={}", words.language))),
        Booked::Not(why) => {
            let wait = why.as_ref().and_then(|why| why.wait());
            let response = unlisted(steps(&app, me.as_ref(), asked, words, why).await?);
            Ok(match wait {
                Some(seconds) => slowed(response, seconds),
                None => response,
            })
        }
    }
}

/// What came of the last button.
enum Booked {
    Done(AppointmentId),
    /// The steps show what is wrong; some of it only the attempt could tell.
    Not(Option<Why>),
}

/// Why it was not booked, as far as the choices alone do not say it.
enum Why {
    /// A sentence above the last step.
    Said(Said),
    /// The number has as many visits ahead as it may have.
    NumberFull,
}

impl Why {
    fn wait(&self) -> Option<u32> {
        match self {
            Self::Said(said) => said.wait,
            Self::NumberFull => None,
        }
    }
}

fn said(status: StatusCode, sentence: impl Into<String>) -> Said {
    Said { sentence: sentence.into(), link: None, status, wait: None }
}

async fn book(
    app: &App,
    asked: &Asked,
    address: &str,
    cause: &str,
    words: &'static Words,
) -> Result<Booked, Error> {
    let (pack, zone) = (app.engine.pack(), app.engine.zone());
    let rules = Rules::of(&pack, &zone).ok_or(Error::NotFound)?;
    let around = Around { rules, agency: &pack.agency, now: app.engine.now(), words };
    let whole = Asked { step: String::new(), ..asked.clone() };
    let plan = Plan::of(&whole, &around);
    let (Step::Confirm, Some(start)) = (plan.step, plan.start) else { return Ok(Booked::Not(None)) };
    let number = phone_number(&asked.phone);
    if let Err(slow) = app.engine.may_book(address, number.as_ref()) {
        let wait = say::wait(slow.retry_after_seconds.into(), words);
        let said = said(StatusCode::TOO_MANY_REQUESTS, format!("{} {wait}", words.busy_book));
        return Ok(Booked::Not(Some(Why::Said(Said { wait: Some(slow.retry_after_seconds), ..said }))));
    }
    let id = asked.appointment().unwrap_or_else(|| AppointmentId(app.engine.fresh()));
    let request = asked.request(start, &rules, reach(&rules, around.now).0, words);
    let command =
        AppointmentCommand::Book { channel: Channel::Page, by: Actor::Customer, request: Box::new(request) };
    match app.engine.handle_appointment(id, command, cause).await {
        Ok(done) => {
            if let Some(number) = number.filter(|_| done.events > 0) {
                app.engine.has_booked(&number);
            }
            Ok(Booked::Done(id))
        }
        Err(AppointmentError::Refused(refused)) => Ok(Booked::Not(why(&refused, id, words))),
        Err(AppointmentError::Engine(error)) => match Error::from(error) {
            Error::Unavailable(detail) => {
                tracing::error!(detail, "a visit could not be saved");
                let said = said(StatusCode::SERVICE_UNAVAILABLE, words.fault_store);
                Ok(Booked::Not(Some(Why::Said(said))))
            }
            error => Err(error),
        },
    }
}

fn why(refused: &Refused, id: AppointmentId, words: &'static Words) -> Option<Why> {
    match refused.code {
        "too_many_open" => Some(Why::NumberFull),
        "exists" => {
            let link = (format!("/visit/done/{id}?lang={}", words.language), words.fault_exists_see);
            Some(Why::Said(Said { link: Some(link), ..said(StatusCode::CONFLICT, words.fault_exists) }))
        }
        _ => Some(Why::Said(said(StatusCode::UNPROCESSABLE_ENTITY, words.fault_again))),
    }
}

/// Shows the step that comes next, or the one that was asked for.
async fn steps(
    app: &App,
    me: Option<&SignedIn>,
    mut asked: Asked,
    words: &'static Words,
    why: Option<Why>,
) -> Result<Response, Error> {
    let (pack, zone) = (app.engine.pack(), app.engine.zone());
    let rules = Rules::of(&pack, &zone).ok_or(Error::NotFound)?;
    let around = Around { rules, agency: &pack.agency, now: app.engine.now(), words };
    asked.lang = words.language.to_owned();
    if matches!(why, Some(Why::NumberFull)) {
        asked.step = Step::Contact.number().to_string();
    }
    let mut plan = Plan::of(&asked, &around);
    let saved = !matches!(&why, Some(Why::Said(said)) if said.status != StatusCode::UNPROCESSABLE_ENTITY);
    let refusal = if saved { refused(app, &plan).await? } else { None };
    if let Some(refusal) = &refusal {
        plan.refuse(refusal, &around);
    }
    let said = match why {
        Some(Why::NumberFull) if plan.step == Step::Contact => {
            plan.faults = vec![Fault::new("phone", say::or_call(words.fault_phone_full, &pack.agency))];
            None
        }
        Some(Why::Said(said)) if plan.step == Step::Confirm => Some(said),
        _ => None,
    };
    if plan.step >= Step::Contact && asked.appointment().is_none() {
        asked.id = AppointmentId(app.engine.fresh()).to_string();
    }
    let at = At { app, me, asked: &asked, around: &around, plan: &plan };
    let frame = at.frame(said, say::call(&pack.agency));
    match plan.step {
        Step::Office => at.office(frame),
        Step::Kind => at.kind(frame),
        Step::Time => at.time(frame, refusal.is_some()).await,
        Step::Contact => at.contact(frame),
        Step::Confirm => at.confirm(frame),
    }
}

/// Why the chosen time cannot be had, when it cannot.
async fn refused(app: &App, plan: &Plan<'_>) -> Result<Option<SlotRefusal>, Error> {
    match (plan.office, plan.kind, plan.start) {
        (Some(office), Some(kind), Some(start)) => {
            Ok(app.engine.check_slot(&office.id, &kind.id, start).await?)
        }
        _ => Ok(None),
    }
}

/// One visitor at one step.
struct At<'a> {
    app: &'a App,
    me: Option<&'a SignedIn>,
    asked: &'a Asked,
    around: &'a Around<'a>,
    plan: &'a Plan<'a>,
}

impl At<'_> {
    fn method(&self) -> &'static str {
        if self.asked.has_contact() { "post" } else { "get" }
    }

    fn frame(&self, said: Option<Said>, call: Option<Call>) -> Frame {
        let (words, step) = (self.around.words, self.plan.step);
        let shown = |one: Step| StepShown {
            number: one.number(),
            title: one.title(words),
            done: one < step,
            here: one == step,
        };
        let back = (step > Step::Office).then(|| (step.number() - 1, self.asked.kept(&[])));
        Frame {
            steps: Step::ALL.into_iter().map(shown).collect(),
            number: step.number(),
            method: self.method(),
            faults: self.plan.faults.clone(),
            so_far: self.so_far(),
            kept: step < Step::Contact && !self.asked.phone.is_empty(),
            back,
            switch: self.asked.kept(&["lang"]),
            said,
            call,
        }
    }

    /// What was chosen before this step.
    fn so_far(&self) -> Vec<(&'static str, String)> {
        let (words, step) = (self.around.words, self.plan.step);
        let office = self.plan.office.filter(|_| step > Step::Office && step < Step::Confirm);
        let kind = self.plan.kind.filter(|_| step > Step::Kind && step < Step::Confirm);
        let start = self.plan.start.filter(|_| step == Step::Contact);
        let office = office.map(|office| (words.row_office, say::office(office, words)));
        let kind = kind.map(|kind| (words.row_kind, Rules::wording(&kind.title, words.language).to_owned()));
        let start = start
            .map(|at| (words.row_time, super::plan::capital(&say::moment(at, &self.around.rules, words))));
        [office, kind, start].into_iter().flatten().collect()
    }

    fn answer(&self, frame_wrong: bool, status: StatusCode, body: &impl Template) -> Result<Response, Error> {
        let words = self.around.words;
        let step = self.plan.step;
        let title = format!("{} ({} {} {} 5)", step.title(words), words.step, step.number(), words.of);
        let title = format!("{title} · {}", words.title);
        let status =
            if frame_wrong && status == StatusCode::OK { StatusCode::UNPROCESSABLE_ENTITY } else { status };
        page(&title, self.me, words, frame_wrong).status(status).show(self.app, body)
    }

    fn office_shown(&self, office: &ResourceCenter) -> OfficeShown {
        let around = self.around;
        let today = reach(&around.rules, around.now).0;
        OfficeShown {
            id: office.id.clone(),
            name: say::office(office, around.words),
            address: office.address.clone(),
            hours: say::hours(&around.rules, office, today, around.words),
            interpreters: say::languages(&office.interpreter_languages, around.words),
            chosen: office.id == self.asked.office,
        }
    }

    fn office(&self, mut frame: Frame) -> Result<Response, Error> {
        let (around, words) = (self.around, self.around.words);
        let found = near(&around.rules, &self.asked.near);
        let searched = !self.asked.near.is_empty();
        let nothing = searched && found.offices.is_empty();
        if self.asked.from == "near" && !searched {
            frame.faults = vec![Fault::new("near", words.fault_near)];
        }
        let mut groups = Vec::new();
        if searched && !nothing {
            let title = format!("{} {}", words.choose_office_for, self.asked.near);
            let mut offices: Vec<_> = found.offices.iter().map(|one| self.office_shown(one)).collect();
            if let [only] = offices.as_mut_slice() {
                // Where there is nothing to choose from, one press less; another office nearby can still be taken.
                only.chosen |= self.asked.office.is_empty();
            }
            groups.push(OfficeGroup { title, offices });
            if !found.nearby.is_empty() {
                let offices = found.nearby.iter().map(|one| self.office_shown(one)).collect();
                groups.push(OfficeGroup { title: words.also_near.to_owned(), offices });
            }
        } else if let Some(office) = self.plan.office {
            let offices = vec![self.office_shown(office)];
            groups.push(OfficeGroup { title: words.choose_office.to_owned(), offices });
        }
        let today = reach(&around.rules, around.now).0;
        let lead = around.rules.tells(today).find(|tell| tell.clause == "PHONE-APPT-3");
        let wrong = !frame.faults.is_empty();
        let body = OfficeStep {
            w: words,
            frame,
            near: self.asked.near.clone(),
            find_kept: self.asked.kept(&["near", "office"]),
            kept: self.asked.kept(&["office"]),
            groups,
            same_area: found.same_area,
            nothing,
            counties: around.rules.counties().into_iter().map(str::to_owned).collect(),
            lead: lead.map(|tell| Rules::wording(&tell.text, words.language).to_owned()),
        };
        self.answer(wrong, StatusCode::OK, &body)
    }

    fn kind(&self, frame: Frame) -> Result<Response, Error> {
        let language = self.around.words.language;
        let words_of = |texts| Rules::wording(texts, language).to_owned();
        let kinds = self.around.rules.book.visit_types.iter().filter(|kind| kind.public);
        let kinds = kinds.map(|kind| KindShown {
            id: kind.id.clone(),
            title: words_of(&kind.title),
            about: words_of(&kind.about),
            bring: words_of(&kind.bring),
            minutes: kind.minutes,
            chosen: kind.id == self.asked.kind,
        });
        let wrong = !frame.faults.is_empty();
        let body = KindStep {
            w: self.around.words,
            kinds: kinds.collect(),
            kept: self.asked.kept(&["kind"]),
            frame,
        };
        self.answer(wrong, StatusCode::OK, &body)
    }

    async fn time(&self, frame: Frame, refused: bool) -> Result<Response, Error> {
        let (Some(office), Some(kind)) = (self.plan.office, self.plan.kind) else {
            return Err(Error::NotFound);
        };
        let mut grid =
            grid(self.app, self.around, self.asked, (office, &kind.id), self.plan, refused).await?;
        grid.to = "/visit#days".to_owned();
        grid.method = self.method();
        grid.kept = self.asked.kept(&["day", "month", "start"]);
        grid.take_to = "/visit".to_owned();
        grid.take_method = self.method();
        grid.take_kept = self.asked.kept(&["day", "month", "start"]);
        let wrong = !frame.faults.is_empty();
        self.answer(wrong, StatusCode::OK, &TimeStep { w: self.around.words, frame, grid })
    }

    fn contact(&self, frame: Frame) -> Result<Response, Error> {
        let words = self.around.words;
        let languages =
            self.plan.office.map(|office| office.interpreter_languages.clone()).unwrap_or_default();
        let wrong = !frame.faults.is_empty();
        let kept = self.asked.kept(&["phone", "texts", "speak", "interpreter", "tongue"]);
        let speak = if self.asked.speak.is_empty() { words.language } else { speaks(&self.asked.speak) };
        let speaks_spanish = speak == "es";
        let texts = say::texts(&self.around.rules.book.rules.reminders, words);
        let languages = languages.iter().map(|one| say::language(one, words)).collect();
        let body = ContactStep { w: words, frame, kept, asked: self.asked, speaks_spanish, texts, languages };
        self.answer(wrong, StatusCode::OK, &body)
    }

    fn confirm(&self, frame: Frame) -> Result<Response, Error> {
        let (around, words, asked) = (self.around, self.around.words, self.asked);
        let (Some(office), Some(kind), Some(start)) = (self.plan.office, self.plan.kind, self.plan.start)
        else {
            return Err(Error::NotFound);
        };
        let row = |title, value: String, step: Step| Row { title, value, step: Some(step.number()) };
        let number = phone_number(&asked.phone).map_or_else(|| asked.phone.clone(), shown::phone);
        let speak = if asked.speak.is_empty() { words.language } else { asked.speak.as_str() };
        let texts = match (asked.texts.as_str(), speak) {
            ("yes", "es") => words.texts_yes_es,
            ("yes", _) => words.texts_yes,
            _ => words.texts_no,
        };
        let rows = vec![
            row(words.row_office, say::office(office, words), Step::Office),
            Row { title: words.row_address, value: office.address.clone(), step: None },
            row(words.row_kind, Rules::wording(&kind.title, words.language).to_owned(), Step::Kind),
            row(words.row_time, when(start, kind.minutes, &around.rules, words), Step::Time),
            row(words.row_phone, number, Step::Contact),
            row(words.row_texts, texts.to_owned(), Step::Contact),
            row(words.row_interpreter, say::interpreter(asked.interpreter().as_ref(), words), Step::Contact),
        ];
        let today = reach(&around.rules, around.now).0;
        let (wrong, status) = frame.said.as_ref().map_or((false, StatusCode::OK), |said| (true, said.status));
        let body = ConfirmStep {
            w: words,
            frame,
            kept: asked.kept(&[]),
            rows,
            tells: told(&around.rules, today, words, asked.texts == "yes"),
            bring: Rules::wording(&kind.bring, words.language).to_owned(),
        };
        self.answer(wrong, status, &body)
    }
}

/// One thing that customers are told.
pub(super) struct Tell {
    /// What must be known first for the words to make sense, on a line of its own.
    pub(super) lead: Option<&'static str>,
    pub(super) words: String,
}

/// What customers are told on this day, in the page's language (PHONE-APPT-3, -5 and -6). The line of PHONE-APPT-4 is left
/// out: it says that a visit can be asked for online, to somebody who is doing just that. The sentence of PHONE-APPT-5
/// speaks of "any other reason", so where texts go, the ways to change a visit without a call stand before it.
pub(super) fn told(
    rules: &Rules<'_>,
    today: jiff::civil::Date,
    words: &'static Words,
    texts: bool,
) -> Vec<Tell> {
    let shown = rules.tells(today).filter(|tell| tell.clause != "PHONE-APPT-4");
    let tell = |tell: &domain::appointment::Tell| Tell {
        lead: (texts && tell.clause == "PHONE-APPT-5").then_some(words.how_change_text),
        words: Rules::wording(&tell.text, words.language).to_owned(),
    };
    shown.map(tell).collect()
}

/// Day, time and length in one line.
pub(super) fn when(start: Millis, minutes: u16, rules: &Rules<'_>, words: &Words) -> String {
    let moment = super::plan::capital(&say::moment(start, rules, words));
    format!("{moment} ({minutes} {})", words.minutes)
}

/// The calendar for a wish, with other times when the chosen day or time is not to be had.
pub(super) async fn grid(
    app: &App,
    around: &Around<'_>,
    asked: &Asked,
    (office, kind): (&ResourceCenter, &str),
    plan: &Plan<'_>,
    refused: bool,
) -> Result<Grid, Error> {
    let (rules, words) = (around.rules, around.words);
    let (today, last) = reach(&rules, around.now);
    let days = rules.book.rules.horizon_days.saturating_add(1);
    let free = app.engine.free_slots(&office.id, kind, today, days).await?;
    let made = Made {
        rules,
        office,
        now: around.now,
        free: &free,
        day: plan.day,
        month: super::asked::read_month(&asked.month).filter(|month| *month <= last),
        start: plan.start,
        words,
    };
    let mut grid = made.grid();
    let fault = |field: &str| {
        plan.faults.iter().find(|fault| fault.field == field).map(|fault| fault.sentence.clone())
    };
    grid.day_fault = fault("day");
    grid.start_fault = fault("times");
    if grid.day_fault.is_some() {
        grid.typed.clone_from(&asked.day);
    }
    if grid.parts.is_empty() || refused {
        let noon = made.chosen_day().at(12, 0, 0, 0).to_zoned(rules.zone.clone());
        let noon = noon.map_or(around.now, |noon| noon.timestamp().as_millisecond());
        let wanted = plan.start.filter(|_| refused).unwrap_or(noon);
        grid.others = others(app, &rules, words, (office, kind), wanted).await?;
    }
    Ok(grid)
}
