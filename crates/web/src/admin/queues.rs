//! Queues: order, offers, skills and how they are relaxed, limits, hours, automatic texts.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::canned::{CannedKind, CannedStatus};
use domain::pack::{Pack, Queue, Relax, SkillLevel};
use domain::permission::Permission;
use domain::time::instant;
use engine::records::QUEUE;

use super::codes::{NEW, id_field, id_of};
use super::form::{Field, Given, Input};
use super::frame::{Cell, Edit, Frame, Listing, Said, Table, page};
use super::{hours, in_force, record};
use crate::App;
use crate::error::Error;
use crate::floor::words;
use crate::page::go;
use crate::session::SignedIn;

const BACK: (&str, &str) = ("/admin/queues", "Queues and hours");
/// Value and words of a choice.
type Options = Vec<(String, String)>;

/// Steps of relaxation that the form offers.
const STEPS: usize = 4;

/// `GET /admin/queues`.
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let pack = app.engine.pack();
    let may = me.may(Permission::Settings);
    let rows = pack.queues.queues.iter().map(|queue| row(&app, &pack, queue)).collect();
    let queues = Table {
        title: "Queues".to_owned(),
        columns: vec!["Queue", "Skills", "Offer time", "Head start", "Hours"],
        rows,
        empty: "No queue is set up.",
        new: may.then_some(("/admin/queues/new", "New queue")),
    };
    let body = Listing {
        frame: Frame::new(&me, "/admin/queues", &query),
        title: "Queues and hours",
        intro: "Who may take what, in which order, and when.",
        search: Vec::new(),
        tables: vec![queues, hours::table(&app, &pack, may)],
    };
    page("Queues and hours", &me).show(&app, &body)
}

fn row(app: &App, pack: &Pack, queue: &Queue) -> Vec<Cell> {
    let skills: Vec<String> =
        queue.required.iter().map(|need| format!("{} {}", need.skill, need.level)).collect();
    let open = pack
        .queues
        .hours_of(&queue.id)
        .is_none_or(|hours| hours.is_open(instant(app.engine.now()), &app.engine.zone()));
    let hours = pack.queues.hours_of(&queue.id).map_or("always open", |hours| hours.title.as_str());
    vec![
        Cell::new(&queue.title)
            .sub(format!("{}, {}", queue.id, words::language(&queue.language)))
            .link(format!("/admin/queues/{}", queue.id))
            .badge_if(queue.delay_automatic, "badge--info", "Delay texts by themselves"),
        Cell::new(skills.join(", ")),
        Cell::new(words::seconds(queue.offer_timeout_seconds)),
        Cell::new(format!("{} min", queue.priority)),
        Cell::new(hours).badge(
            if open { "badge--ok" } else { "badge--quiet" },
            if open { "Open now" } else { "Closed now" },
        ),
    ]
}

/// Hours and answers outside of them, as options.
fn options(pack: &Pack) -> (Options, Options) {
    let hours = pack.queues.hours.iter().map(|hours| (hours.id.clone(), hours.title.clone())).collect();
    let replies = pack
        .canned
        .iter()
        .filter(|response| response.kind == CannedKind::AutoReply && response.status != CannedStatus::Retired)
        .map(|response| (response.id.clone(), response.title.clone()))
        .collect();
    (hours, replies)
}

fn level_options(withdrawn: &str) -> Vec<(String, String)> {
    (0..=5_u8)
        .map(|level| (level.to_string(), if level == 0 { withdrawn.to_owned() } else { level.to_string() }))
        .collect()
}

/// What a queue is for good; it is chosen once, when the queue is made.
fn identity(pack: &Pack, queue: &Queue) -> Vec<Field> {
    if !queue.id.is_empty() {
        let words = [&queue.id, &queue.channel, &queue.line, &queue.language].map(String::as_str).join(", ");
        return vec![
            Field::new("fixed", "Id, channel, line, language", Input::Fixed, words).clause("SMS-GEN-1"),
        ];
    }
    let (lines, languages) = lines_and_languages(pack);
    let hint = "New texts go to the first queue of their line and language. A further queue of the same two gets \
                interactions only when somebody hands them over.";
    vec![
        id_field(""),
        Field::new("line", "Line", Input::Select(lines), &queue.line).clause("SMS-GEN-1"),
        Field::new("language", "Language of its customers", Input::Select(languages), &queue.language)
            .hint(hint),
    ]
}

/// Lines and languages of the agency, as options.
fn lines_and_languages(pack: &Pack) -> (Options, Options) {
    let lines =
        pack.agency.lines.iter().map(|line| (line.id.clone(), format!("{} ({})", line.shown, line.id)));
    let languages = pack.agency.languages.iter().map(|code| (code.clone(), words::language(code)));
    (lines.collect(), languages.collect())
}

/// What the form of a new queue begins with: as the first queue there is, or the program's own values.
fn fresh(pack: &Pack) -> Queue {
    let line = pack.agency.lines.first();
    let plain = Queue {
        id: String::new(),
        title: String::new(),
        channel: line.map_or_else(|| "sms".to_owned(), |line| line.channel.clone()),
        line: line.map(|line| line.id.clone()).unwrap_or_default(),
        language: pack.agency.languages.first().cloned().unwrap_or_default(),
        priority: 0,
        ageing_points_per_minute: 1,
        offer_timeout_seconds: 20,
        sticky_seconds: 300,
        required: pack
            .queues
            .skills
            .first()
            .map(|skill| SkillLevel { skill: skill.id.clone(), level: 1 })
            .into_iter()
            .collect(),
        relax: Vec::new(),
        waiting_max: 500,
        hours: pack.queues.hours.first().map(|hours| hours.id.clone()).unwrap_or_default(),
        delay_automatic: false,
        auto_reply: String::new(),
    };
    match pack.queues.queues.first() {
        Some(known) => Queue { id: String::new(), title: String::new(), ..known.clone() },
        None => plain,
    }
}

/// The queue of the address with its version; a fresh one and 0 for `new`.
async fn load(app: &App, me: &SignedIn, id: &str) -> Result<(u64, Queue), Error> {
    if id != NEW {
        return in_force::read(app, QUEUE, id).await;
    }
    if !me.may(Permission::Settings) {
        return Err(Error::Forbidden);
    }
    Ok((0, fresh(&app.engine.pack())))
}

fn fields(pack: &Pack, queue: &Queue) -> Vec<Field> {
    let (hours, replies) = options(pack);
    let number = |name: &str, label: &str, value: u32| Field::new(name, label, Input::Number, value);
    let mut out = identity(pack, queue);
    out.extend([
        Field::new("title", "Name on screens", Input::Text, &queue.title).required(),
        number("priority", "Head start over other queues, minutes", queue.priority)
            .hint("One point is one minute waited."),
        number("ageing_points_per_minute", "Points for each minute waited", queue.ageing_points_per_minute),
        number("offer_timeout_seconds", "Time to accept an offer, seconds", queue.offer_timeout_seconds),
        number(
            "sticky_seconds",
            "Keep a returning customer for their last technician, seconds",
            queue.sticky_seconds,
        ),
        number("waiting_max", "Interactions that may wait", queue.waiting_max),
    ]);
    for known in &pack.queues.skills {
        let level = queue.required.iter().find(|need| need.skill == known.id).map_or(0, |need| need.level);
        let label = format!("Asks for the skill: {}", known.title);
        out.push(Field::new(
            format!("skill:{}", known.id),
            label,
            Input::Select(level_options("not asked for")),
            level,
        ));
    }
    for step in 0..STEPS {
        let (after, level) = queue
            .relax
            .get(step)
            .map_or((String::new(), 0), |step| (step.after_seconds.to_string(), step.level));
        out.push(Field::new(
            format!("after:{step}"),
            format!("Relaxation {}: after so many seconds", step + 1),
            Input::Number,
            after,
        ));
        let label = format!("Relaxation {}: highest level still asked for", step + 1);
        out.push(Field::new(format!("level:{step}"), label, Input::Select(level_options("no step")), level));
    }
    out.push(Field::new("hours", "Opening hours", Input::Select(hours), &queue.hours).clause("AMB-54"));
    out.push(
        Field::new("auto_reply", "Answer outside of the hours", Input::Select(replies), &queue.auto_reply)
            .clause("AMB-54"),
    );
    let automatic = Field::new(
        "delay_automatic",
        "Send the delay texts by themselves",
        Input::Check,
        if queue.delay_automatic { "yes" } else { "" },
    );
    out.push(automatic.clause("AMB-44").hint("Otherwise the technician sends them with one click."));
    out
}

fn read(pack: &Pack, given: &Given, before: &Queue, errors: &mut Vec<String>) -> Queue {
    let (hours, replies) = options(pack);
    let mut queue = before.clone();
    if queue.id.is_empty() {
        let (lines, languages) = lines_and_languages(pack);
        queue.line = given.choice("line", "Line", &lines, errors);
        queue.language = given.choice("language", "Language", &languages, errors);
        if let Some(line) = pack.agency.line(&queue.line) {
            queue.channel.clone_from(&line.channel);
        }
    }
    queue.title = given.filled("title", "Name on screens", 60, errors);
    queue.priority = given.number("priority", "Head start", 0..=1440, errors);
    queue.ageing_points_per_minute =
        given.number("ageing_points_per_minute", "Points for each minute waited", 0..=1000, errors);
    queue.offer_timeout_seconds =
        given.number("offer_timeout_seconds", "Time to accept an offer", 1..=86_400, errors);
    queue.sticky_seconds = given.number("sticky_seconds", "Keep a returning customer", 0..=86_400, errors);
    queue.waiting_max = given.number("waiting_max", "Interactions that may wait", 1..=100_000, errors);
    queue.hours = given.choice("hours", "Opening hours", &hours, errors);
    queue.auto_reply = given.choice("auto_reply", "Answer outside of the hours", &replies, errors);
    let worded =
        pack.response(&queue.auto_reply).is_some_and(|response| response.text.contains_key(&queue.language));
    if !worded {
        errors.push(format!(
            "Answer outside of the hours: it has no text in {}.",
            words::language(&queue.language)
        ));
    }
    queue.delay_automatic = given.checked("delay_automatic");
    queue.required = pack
        .queues
        .skills
        .iter()
        .map(|known| SkillLevel {
            skill: known.id.clone(),
            level: given.number(
                &format!("skill:{}", known.id),
                &format!("Skill {}", known.title),
                0..=5,
                errors,
            ),
        })
        .filter(|need| need.level > 0)
        .collect();
    if queue.required.is_empty() {
        errors.push("Skills: a queue asks for at least one.".to_owned());
    }
    queue.relax = relax(given, errors);
    queue
}

fn relax(given: &Given, errors: &mut Vec<String>) -> Vec<Relax> {
    let mut out: Vec<Relax> = Vec::new();
    for step in 0..STEPS {
        let label = format!("Relaxation {}", step + 1);
        let level: u8 = given.number(&format!("level:{step}"), &label, 0..=5, errors);
        if level == 0 {
            continue;
        }
        let after_seconds = given.number(&format!("after:{step}"), &label, 1..=86_400, errors);
        if out.last().is_some_and(|last| after_seconds <= last.after_seconds || level >= last.level) {
            errors.push(format!("{label}: each step must come later and ask for less than the one before."));
        }
        out.push(Relax { after_seconds, level });
    }
    out
}

fn form(app: &App, me: &SignedIn, query: &BTreeMap<String, String>, version: u64, queue: &Queue) -> Edit {
    let frame = Frame::new(me, "/admin/queues", query);
    let new = version == 0;
    let (title, id) = if new { ("New queue", NEW) } else { (queue.title.as_str(), queue.id.as_str()) };
    let mut edit = Edit::new(frame, title.to_owned(), BACK, format!("/admin/queues/{id}"));
    edit.version = version;
    edit.fields = fields(&app.engine.pack(), queue);
    edit.may = me.may(Permission::Settings);
    edit.history = (!new).then(|| format!("/admin/queues/{id}/history"));
    edit
}

/// `GET /admin/queues/{id}`; the id `new` is an empty form.
pub(crate) async fn edit(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let (version, queue) = load(&app, &me, &id).await?;
    let mut edit = form(&app, &me, &query, version, &queue);
    edit.before = format!("{}{}", in_force::notice(&app, QUEUE, &id).await?, edit.before);
    edit.show(&app, &me)
}

/// `POST /admin/queues/{id}`.
pub(crate) async fn save(
    State(app): State<App>,
    me: SignedIn,
    Path(address): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let (version, before) = load(&app, &me, &address).await?;
    let mut errors = Vec::new();
    let id = id_of(&app, QUEUE, &address, &given, &mut errors).await?;
    let after = Queue { id: id.clone(), ..read(&app.engine.pack(), &given, &before, &mut errors) };
    let mut conflict = None;
    if errors.is_empty() {
        conflict = record::save_sound(&app, &me, (QUEUE, &id), &given, &after, &mut errors).await?;
        if conflict.is_none() && errors.is_empty() {
            return Ok(go(&format!("/admin/queues/{id}?said=saved")));
        }
    }
    let mut edit = form(&app, &me, &BTreeMap::new(), version, &before);
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_relaxation_come_later_and_ask_for_less() {
        let given = |pairs: &[(&str, &str)]| {
            let mut all: BTreeMap<String, String> =
                (0..STEPS).map(|step| (format!("level:{step}"), "0".to_owned())).collect();
            all.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            Given(all.into_iter().collect())
        };
        let mut errors = Vec::new();
        let good = relax(
            &given(&[("after:0", "60"), ("level:0", "2"), ("after:1", "180"), ("level:1", "1")]),
            &mut errors,
        );
        assert_eq!((good.len(), errors.len()), (2, 0));
        relax(
            &given(&[("after:0", "60"), ("level:0", "2"), ("after:1", "60"), ("level:1", "1")]),
            &mut errors,
        );
        assert_eq!(errors.len(), 1);
    }
}
