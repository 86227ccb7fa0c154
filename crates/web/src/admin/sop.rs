//! The settings of the SMS Text SOP: the version in force with each number and its clause, the versions before and after,
//! and a new version dated from a day.
//!
//! A version that has been in force is never changed: a new one takes over on its first day, and staff acknowledge it
//! again (SMS-GEN-2).

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::pack::{Pack, SmsSopVersion};
use domain::permission::Permission;
use engine::records::SOP_SMS;
use jiff::civil::Date;

use super::form::{Field, Given, Input};
use super::frame::{Edit, Frame, Said, page as whole};
use super::{in_force, record};
use crate::App;
use crate::error::Error;
use crate::floor::words;
use crate::page::go;
use crate::session::SignedIn;

/// A setting with its clause.
struct Setting {
    name: &'static str,
    value: String,
    clause: String,
}

struct Version {
    name: String,
    title: String,
    from: String,
    until: String,
    state: &'static str,
    in_force: bool,
    settings: Vec<Setting>,
}

#[derive(Template)]
#[template(path = "admin/sop.html")]
struct Body {
    frame: Frame,
    versions: Vec<Version>,
    /// What memos have changed, as HTML that was escaped already.
    notices: String,
    may: bool,
}

fn settings(version: &SmsSopVersion, pack: &Pack) -> Vec<Setting> {
    let one = |name, value: String, clause: &str| Setting { name, value, clause: clause.to_owned() };
    let title = |id: &str| pack.response(id).map_or_else(|| id.to_owned(), |response| response.title.clone());
    let order: Vec<String> = version
        .self_service_order
        .value
        .iter()
        .filter_map(|kind| {
            serde_json::to_value(kind).ok()?.as_str().map(|word| word.replace("self_service_", ""))
        })
        .collect();
    let titles = |ids: &[String]| ids.iter().map(|id| title(id)).collect::<Vec<_>>().join(", ");
    let mut out = vec![
        one(
            "Silence that makes a customer delay",
            words::seconds(version.customer_silent_seconds.value),
            &version.customer_silent_seconds.clause,
        ),
        one(
            "Time to reply after the delay notice",
            words::seconds(version.delay_reply_seconds.value),
            &version.delay_reply_seconds.clause,
        ),
        one(
            "Check-in while staff look something up",
            words::seconds(version.check_in_seconds.value),
            &version.check_in_seconds.clause,
        ),
        one(
            "Hotline",
            format!("{}, {}", version.hotline.name, version.hotline.number),
            &version.hotline.clause,
        ),
        one("Mandated report", version.report_address.value.clone(), &version.report_address.clause),
        one("Order of self-service", order.join(", "), &version.self_service_order.clause),
        one("Referrals, only with a reason", titles(&version.referrals.value), &version.referrals.clause),
        one(
            "Clarifying questions when no topic fits",
            titles(&version.clarify_other.value),
            &version.clarify_other.clause,
        ),
        one(
            "Notice to acknowledge",
            version.acknowledgement.notice.value.clone(),
            &version.acknowledgement.notice.clause,
        ),
    ];
    for (step, id) in version.responses.all() {
        let clause = pack.response(id).and_then(|response| response.clause.clone()).unwrap_or_default();
        let name = match step {
            "greeting" => "Greeting",
            "goodbye" => "Goodbye",
            "delay_notice" => "Delay notice",
            "delay_wrap_up" => "Wrap-up text after silence",
            "cannot_answer" => "Cannot answer by text",
            "check_in" => "Check-in",
            "safety_check" => "Safety question",
            "hotline" => "Hotline referral",
            "call_notice" => "Notice of our call",
            "opt_out_confirmation" => "Confirmation of a stop",
            "opt_in_confirmation" => "Confirmation of a start",
            "help" => "Answer to HELP",
            "media_refused" => "Answer to a picture or file",
            other => other,
        };
        out.push(Setting { name, value: title(id), clause });
    }
    out
}

/// `GET /admin/sop`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let pack = app.engine.pack();
    let today = words::date(app.engine.now(), &app.engine.zone());
    let version = |version: &SmsSopVersion| {
        let in_force = version.is_in_force(today);
        let before = version.in_force_from > today;
        Version {
            name: version.version.clone(),
            title: version.title.clone(),
            from: version.in_force_from.to_string(),
            until: version.in_force_until.map_or_else(|| "further notice".to_owned(), |day| day.to_string()),
            state: if in_force {
                "In force"
            } else if before {
                "Takes over later"
            } else {
                "No longer in force"
            },
            in_force,
            settings: settings(version, &pack),
        }
    };
    let mut versions: Vec<Version> = pack.sop_sms.iter().map(version).collect();
    versions.reverse();
    let mut notices = String::new();
    for version in &pack.sop_sms {
        notices.push_str(&in_force::notice(&app, SOP_SMS, &version.version).await?);
    }
    let frame = Frame::new(&me, "/admin/sop", &query);
    let body = Body { frame, versions, notices, may: me.may(Permission::Settings) };
    whole("Procedure settings", &me).show(&app, &body)
}

fn newest(pack: &Pack) -> Result<&SmsSopVersion, Error> {
    pack.sop_sms.last().ok_or(Error::NotFound)
}

fn form(app: &App, me: &SignedIn) -> Result<Edit, Error> {
    let pack = app.engine.pack();
    let base = newest(&pack)?;
    let frame = Frame::new(me, "/admin/sop", &BTreeMap::new());
    let mut edit = Edit::new(
        frame,
        "A new version of the SMS Text SOP's settings".to_owned(),
        ("/admin/sop", "Procedure settings"),
        "/admin/sop/new".to_owned(),
    );
    let number = |name: &str, label: &str, value: u32, clause: &str| {
        Field::new(name, format!("{label}, seconds"), Input::Number, value).clause(clause)
    };
    edit.fields = vec![
        Field::new("version", "Name of the version", Input::Text, "")
            .hint("The SOP's own revision, such as 2026-12-01. Staff acknowledge it by this name.")
            .clause("SMS-GEN-2")
            .required(),
        Field::new("from", "In force from", Input::Date, "")
            .hint("From tomorrow on; the version before ends the day before.")
            .required(),
        number(
            "silent",
            "Silence that makes a customer delay",
            base.customer_silent_seconds.value,
            &base.customer_silent_seconds.clause,
        ),
        number(
            "reply",
            "Time to reply after the delay notice",
            base.delay_reply_seconds.value,
            &base.delay_reply_seconds.clause,
        ),
        number(
            "check_in",
            "Check-in while staff look something up",
            base.check_in_seconds.value,
            &base.check_in_seconds.clause,
        ),
        Field::new(
            "notice",
            "Notice to acknowledge",
            Input::Area(3, false),
            &base.acknowledgement.notice.value,
        )
        .clause("SMS-GEN-2")
        .required(),
    ];
    Ok(edit)
}

fn read(given: &Given, pack: &Pack, today: Date, errors: &mut Vec<String>) -> Result<SmsSopVersion, Error> {
    let mut version = newest(pack)?.clone();
    version.version = given.filled("version", "Name of the version", 40, errors);
    if pack.sop_sms.iter().any(|known| known.version == version.version) {
        errors.push("Name of the version: there is one of this name.".to_owned());
    }
    if version.version.contains(['/', '?', '#', '%']) {
        errors.push("Name of the version: use letters, digits, “-” and “.”.".to_owned());
    }
    match given.text("from").parse::<Date>() {
        Ok(day) if day <= today => errors.push(
            "In force from: choose a day from tomorrow on; what was in force stays as it was.".to_owned(),
        ),
        Ok(day) if pack.sop_sms.iter().any(|known| known.in_force_from >= day) => {
            errors.push("In force from: a version begins on that day or later already.".to_owned());
        }
        Ok(day) => version.in_force_from = day,
        Err(_) => errors.push("In force from: give a day.".to_owned()),
    }
    version.in_force_until = None;
    version.customer_silent_seconds.value = given.number("silent", "Silence", 1..=86_400, errors);
    version.delay_reply_seconds.value = given.number("reply", "Time to reply", 1..=86_400, errors);
    version.check_in_seconds.value = given.number("check_in", "Check-in", 1..=86_400, errors);
    version.acknowledgement.notice.value = given.filled("notice", "Notice to acknowledge", 600, errors);
    Ok(version)
}

/// `GET /admin/sop/new`.
pub(crate) async fn new(State(app): State<App>, me: SignedIn) -> Result<Response, Error> {
    form(&app, &me)?.show(&app, &me)
}

/// `POST /admin/sop/new`.
pub(crate) async fn create(
    State(app): State<App>,
    me: SignedIn,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let mut errors = Vec::new();
    let today = words::date(app.engine.now(), &app.engine.zone());
    let version = read(&given, &app.engine.pack(), today, &mut errors)?;
    if given.reason().is_empty() {
        errors.push("Reason: say what the new version rests on.".to_owned());
    }
    if errors.is_empty() {
        return match record::save(&app, &me, SOP_SMS, &version.version, 0, &version, given.reason()).await? {
            None => Ok(go("/admin/sop?said=created")),
            Some(_) => Err(Error::Changed),
        };
    }
    let mut edit = form(&app, &me)?;
    given.back_into(&mut edit.fields);
    edit.errors = errors;
    edit.show(&app, &me)
}

#[cfg(test)]
mod tests {
    use super::super::super::floor::figures::tests::pack;
    use super::*;

    #[test]
    fn a_new_version_begins_tomorrow_at_the_earliest() {
        let pack = pack();
        let today = jiff::civil::date(2026, 11, 21);
        let errors_of = |from: &str| {
            let pairs = [
                ("version", "2026-12-01"),
                ("from", from),
                ("silent", "120"),
                ("reply", "300"),
                ("check_in", "180"),
                ("notice", "Read it."),
            ];
            let given =
                Given(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
            let mut errors = Vec::new();
            let version = read(&given, &pack, today, &mut errors).unwrap();
            (errors, version.customer_silent_seconds.value)
        };
        assert_eq!(errors_of("2026-12-01"), (Vec::new(), 120));
        assert_eq!(errors_of("2026-11-21").0.len(), 1);
        assert_eq!(errors_of("2020-01-01").0.len(), 1);
        assert_eq!(errors_of("").0.len(), 1);
    }
}
