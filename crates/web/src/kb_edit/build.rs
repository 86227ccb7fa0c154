//! Building changes of settings out of what somebody filled into the memo's form: hours by weekday, a closed day, a number
//! of the procedure, the words of a canned response, a field of a queue.
//!
//! Each kind has its own few fields, whose names begin with its word; the button of a kind sends only that kind on.

use std::collections::BTreeMap;

use domain::knowledge::{Fault, SettingChange, spans_words, weekday_word};
use domain::pack::{OpenSpan, Pack};
use engine::records::{CANNED, HOURS, QUEUE, SOP_SMS};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::settings::SOP_NUMBERS;
use crate::admin::form::{Field, Given, Input};

/// The field of each weekday and its words.
const DAYS: [(&str, &str); 7] = [
    ("hours_monday", "Monday"),
    ("hours_tuesday", "Tuesday"),
    ("hours_wednesday", "Wednesday"),
    ("hours_thursday", "Thursday"),
    ("hours_friday", "Friday"),
    ("hours_saturday", "Saturday"),
    ("hours_sunday", "Sunday"),
];

/// The field that counts for each day from Monday to Friday.
const WORKDAYS: &str = "hours_workdays";

/// A group of fields that makes one kind of change.
pub(super) struct Builder {
    pub(super) word: &'static str,
    pub(super) title: &'static str,
    pub(super) button: &'static str,
    pub(super) fields: Vec<Field>,
    /// Something in it has to be mended, so it is shown open.
    pub(super) open: bool,
}

impl Builder {
    /// Whether somebody wrote into it. What a list has chosen counts for nothing, for a list always has something.
    fn is_filled(&self, given: &Given) -> bool {
        let typed = |field: &&Field| matches!(field.input, Input::Text | Input::Date | Input::Area(..));
        self.fields.iter().filter(typed).any(|field| !given.text(&field.name).is_empty())
    }

    /// Writes the faults of its fields below them, with what was typed, and opens it. Answers whether there were any.
    pub(super) fn mark(&mut self, faults: &[Fault], given: &Given) -> bool {
        for fault in faults {
            if let Some(field) = self.fields.iter_mut().find(|field| field.name == fault.field) {
                field.error.clone_from(&fault.says);
                self.open = true;
            }
        }
        if self.open {
            given.back_into(&mut self.fields);
        }
        self.open
    }
}

/// The changes that were filled in without pressing their button, so that saving loses none of them (IM31-HOURS-5).
/// The group named `but` is left out: its button was pressed.
pub(super) fn filled(
    given: &Given,
    pack: &Pack,
    today: Date,
    but: &str,
) -> Vec<Result<SettingChange, Fault>> {
    let groups = builders(pack, today).into_iter();
    groups
        .filter(|group| group.word != but && group.is_filled(given))
        .map(|group| read(group.word, given, pack))
        .collect()
}

fn dates(word: &str) -> [Field; 2] {
    [
        Field::new(format!("{word}_from"), "First day", Input::Date, ""),
        Field::new(format!("{word}_until"), "Last day", Input::Date, "").hint("Empty: for good."),
    ]
}

fn hours_options(pack: &Pack) -> Vec<(String, String)> {
    pack.queues.hours.iter().map(|hours| (hours.id.clone(), hours.title.clone())).collect()
}

fn select(name: &str, label: &str, options: Vec<(String, String)>) -> Field {
    let first = options.first().map(|(value, _)| value.clone()).unwrap_or_default();
    Field::new(name, label, Input::Select(options), first)
}

/// The groups, empty, for a new change.
pub(super) fn builders(pack: &Pack, today: Date) -> Vec<Builder> {
    let builder = |word, title, button, fields| Builder { word, title, button, fields, open: false };
    vec![
        builder("hours", "Opening hours from a day", "Add the hours", hours_fields(pack, today)),
        builder("closed", "A closed day", "Add the closed day", closed_fields(pack)),
        builder("sop", "A number of the SMS Text SOP", "Add the setting", sop_fields(pack, today)),
        builder("canned", "The words of a canned response", "Add the words", canned_fields(pack)),
        builder("queue", "A setting of a queue", "Add the queue's setting", queue_builder(pack)),
    ]
}

fn hours_fields(pack: &Pack, today: Date) -> Vec<Field> {
    let mut hours = vec![select("hours_id", "Opening hours", hours_options(pack))];
    hours.extend(dates("hours"));
    let same = Field::new(WORKDAYS, "Monday to Friday, all the same", Input::Text, "");
    hours.push(same.hint("Such as 6:00 am to 6:00 pm, or 06:00-18:00, or “closed”. Counts for each of the five days that is empty below."));
    for (name, label) in DAYS {
        hours.push(Field::new(name, label, Input::Text, "").hint(now(pack, today, label)));
    }
    hours
}

/// What the queues' calendars have on this weekday now, so that nobody has to look it up. Those of the offices would fill the
/// form; they stand under the offices.
fn now(pack: &Pack, today: Date, label: &str) -> String {
    let ahead = (0..7_i64).filter_map(|n| today.checked_add(jiff::Span::new().days(n)).ok());
    let Some(day) = ahead.into_iter().find(|day| weekday_word(day.weekday(), false) == label) else {
        return String::new();
    };
    let all: Vec<(&str, String)> = pack
        .queues
        .hours
        .iter()
        .filter(|one| pack.queues.queues.iter().any(|queue| queue.hours == one.id))
        .map(|one| (one.title.as_str(), spans_words(one.on_date(day), false)))
        .collect();
    match all.as_slice() {
        [] => String::new(),
        [(_, first), rest @ ..] if rest.iter().all(|(_, other)| other == first) => format!("Now {first}."),
        many => {
            let each: Vec<String> = many.iter().map(|(title, words)| format!("{title} {words}")).collect();
            format!("Now: {}.", each.join("; "))
        }
    }
}

fn closed_fields(pack: &Pack) -> Vec<Field> {
    vec![
        select("closed_id", "Opening hours", hours_options(pack)),
        Field::new("closed_date", "Closed day", Input::Date, ""),
        Field::new("closed_name", "Name of the closed day", Input::Text, "")
            .hint("Said to staff and customers."),
    ]
}

fn sop_fields(pack: &Pack, today: Date) -> Vec<Field> {
    let versions = pack
        .sop_sms
        .iter()
        .filter(|version| version.in_force_until.is_none_or(|until| until >= today))
        .map(|version| (version.version.clone(), format!("{}, {}", version.title, version.version)))
        .collect();
    let number = |(pointer, words): &(&str, &str)| ((*pointer).to_owned(), (*words).to_owned());
    let mut sop = vec![
        select("sop_id", "Version of the procedure", versions),
        select("sop_field", "Setting", SOP_NUMBERS.iter().map(number).collect()),
        Field::new("sop_value", "New value", Input::Text, ""),
    ];
    sop.extend(dates("sop"));
    sop
}

fn canned_fields(pack: &Pack) -> Vec<Field> {
    let editable = pack.canned.iter().filter(|one| one.editable);
    let responses = editable.map(|one| (one.id.clone(), one.title.clone())).collect();
    let named = |code: &String| (code.clone(), crate::floor::words::language(code));
    let mut canned = vec![
        select("canned_id", "Canned response", responses)
            .hint("Prescribed scripts keep their words and are not listed."),
        select("canned_language", "Language", pack.agency.languages.iter().map(named).collect()),
        Field::new("canned_text", "New words", Input::Area(3, false), ""),
    ];
    canned.extend(dates("canned"));
    canned
}

fn queue_builder(pack: &Pack) -> Vec<Field> {
    let queues = pack.queues.queues.iter().map(|queue| (queue.id.clone(), queue.title.clone())).collect();
    let mut queue = vec![
        select("queue_id", "Queue", queues),
        select("queue_field", "Setting", queue_fields(pack)),
        Field::new("queue_value", "New value", Input::Text, "")
            .hint("A number, yes or no, or words, as the setting has it."),
    ];
    queue.extend(dates("queue"));
    queue
}

/// Fields of a queue that are one value; its id and its channel stay.
fn queue_fields(pack: &Pack) -> Vec<(String, String)> {
    let first = pack.queues.queues.first().and_then(|queue| serde_json::to_value(queue).ok());
    let Some(Value::Object(map)) = first else { return Vec::new() };
    map.iter()
        .filter(|(name, value)| {
            !matches!(name.as_str(), "id" | "channel" | "line") && !value.is_array() && !value.is_object()
        })
        .map(|(name, _)| (format!("/{name}"), name.replace('_', " ")))
        .collect()
}

fn fault(field: &'static str, says: impl Into<String>) -> Fault {
    Fault { field, says: says.into(), clause: None }
}

fn day(given: &Given, name: &'static str, what: &str) -> Result<Date, Fault> {
    given.text(name).parse().map_err(|_| fault(name, format!("{what}: choose the day.")))
}

fn until(given: &Given, name: &'static str) -> Result<Option<Date>, Fault> {
    match given.text(name) {
        text if text.is_empty() => Ok(None),
        text => text.parse().map(Some).map_err(|_| fault(name, "The last day is no day.")),
    }
}

/// The change that one group of fields describes.
///
/// # Errors
/// What is missing, and what to do.
pub(super) fn read(word: &str, given: &Given, pack: &Pack) -> Result<SettingChange, Fault> {
    match word {
        "hours" => read_hours(given),
        "closed" => {
            let (from, name) = (day(given, "closed_date", "A closed day")?, given.text("closed_name"));
            if name.is_empty() {
                return Err(fault("closed_name", "A closed day: give it a name, such as the reason."));
            }
            let set = BTreeMap::from([("/holidays/-".to_owned(), json!({"date": from, "name": name}))]);
            Ok(SettingChange { kind: HOURS.to_owned(), id: given.text("closed_id"), from, until: None, set })
        }
        "sop" => {
            let from = day(given, "sop_from", "A number of the SOP")?;
            let id = given.text("sop_id");
            let field = given.text("sop_field");
            let known = pack.sop_sms.iter().find(|version| version.version == id);
            let data = known.and_then(|version| serde_json::to_value(version).ok());
            let value = value_like("sop_value", data.as_ref(), &field, &given.text("sop_value"))?;
            let set = BTreeMap::from([(field, value)]);
            Ok(SettingChange { kind: SOP_SMS.to_owned(), id, from, until: until(given, "sop_until")?, set })
        }
        "canned" => {
            let (from, text) = (day(given, "canned_from", "A canned response")?, given.text("canned_text"));
            let (id, language) = (given.text("canned_id"), given.text("canned_language"));
            if text.is_empty() {
                return Err(fault("canned_text", "A canned response: write the new words."));
            }
            let known = pack.response(&id).filter(|response| response.editable);
            if !known.is_some_and(|response| response.text.contains_key(&language)) {
                return Err(fault(
                    "canned_language",
                    "A canned response: it has no words in that language, or they are prescribed.",
                ));
            }
            let set = BTreeMap::from([(format!("/text/{language}"), json!(text))]);
            Ok(SettingChange { kind: CANNED.to_owned(), id, from, until: until(given, "canned_until")?, set })
        }
        "queue" => {
            let (from, id) = (day(given, "queue_from", "A queue's setting")?, given.text("queue_id"));
            let field = given.text("queue_field");
            let data = pack.queues.queue(&id).and_then(|queue| serde_json::to_value(queue).ok());
            let value = value_like("queue_value", data.as_ref(), &field, &given.text("queue_value"))?;
            let set = BTreeMap::from([(field, value)]);
            Ok(SettingChange { kind: QUEUE.to_owned(), id, from, until: until(given, "queue_until")?, set })
        }
        _ => Err(fault("changes", "There is no such kind of change.")),
    }
}

fn read_hours(given: &Given) -> Result<SettingChange, Fault> {
    let from = day(given, "hours_from", "Opening hours")?;
    let (mut set, mut wrong) = (BTreeMap::new(), Vec::<Fault>::new());
    let same = given.text(WORKDAYS);
    for (at, (name, label)) in DAYS.into_iter().enumerate() {
        let own = given.text(name);
        let (field, text) = if own.is_empty() && at < 5 { (WORKDAYS, &same) } else { (name, &own) };
        if text.is_empty() {
            continue;
        }
        let label = if field == WORKDAYS { "Monday to Friday" } else { label };
        match day_spans(text) {
            Ok(spans) => {
                set.insert(format!("/{}", name.trim_start_matches("hours_")), json!(spans));
            }
            // The one field of five days is told once.
            Err(_) if wrong.iter().any(|known| known.field == field) => {}
            Err(says) => wrong.push(fault(field, format!("{label}: {}.", says.replace('`', "\"")))),
        }
    }
    // Every day that is not understood is named at once, beside the first of them.
    if let Some(first) = wrong.first() {
        let all: Vec<&str> = wrong.iter().map(|one| one.says.as_str()).collect();
        return Err(fault(first.field, all.join(" ")));
    }
    if set.is_empty() {
        return Err(fault(WORKDAYS, "Opening hours: fill in at least one weekday."));
    }
    Ok(SettingChange {
        kind: HOURS.to_owned(),
        id: given.text("hours_id"),
        from,
        until: until(given, "hours_until")?,
        set,
    })
}

/// `7am`, `7:30 pm`, `noon` or `07:00` as the clock of the spans, `HH:MM`; what is neither stays as it was typed.
fn clock(text: &str, closes: bool) -> String {
    let plain: String =
        text.chars().filter(|c| !c.is_whitespace() && *c != '.').flat_map(char::to_lowercase).collect();
    match plain.as_str() {
        "noon" => return "12:00".to_owned(),
        "midnight" => return if closes { "24:00" } else { "00:00" }.to_owned(),
        _ => {}
    }
    let half = plain
        .strip_suffix("am")
        .map(|rest| (rest, 0))
        .or_else(|| plain.strip_suffix("pm").map(|rest| (rest, 12)));
    let Some((digits, later)) = half else {
        // 7:00 is 07:00; a bare 7 could be either half of the day.
        return if plain.len() == 4 && plain.contains(':') { format!("0{plain}") } else { plain };
    };
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "00"));
    match (hour.parse::<u16>(), minute.parse::<u16>()) {
        (Ok(hour @ 1..=12), Ok(minute @ 0..=59)) if minute < 60 => match (hour % 12 + later, minute) {
            (0, 0) if closes => "24:00".to_owned(),
            (hour, minute) => format!("{hour:02}:{minute:02}"),
        },
        _ => text.to_owned(),
    }
}

/// `06:00-12:00, 13:00-18:00`, `7am to 5pm`, or `closed`.
fn day_spans(text: &str) -> Result<Vec<OpenSpan>, String> {
    if text.eq_ignore_ascii_case("closed") {
        return Ok(Vec::new());
    }
    let mut out: Vec<OpenSpan> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let part = part.replace(['–', '—'], "-").replace(" to ", "-");
        let span = match part.split_once('-') {
            Some((from, until)) => {
                OpenSpan::try_from(format!("{}-{}", clock(from, false), clock(until, true)))
            }
            None => OpenSpan::try_from(part.clone()),
        };
        let span = span.map_err(|says| match says.contains("ends before") {
            true => says,
            false => format!("`{part}` is not understood; write 6:00 am to 6:00 pm, 06:00-18:00 or closed"),
        })?;
        if out.last().is_some_and(|last| span.from_minute() < last.until_minute()) {
            return Err("the spans overlap or are out of order".to_owned());
        }
        out.push(span);
    }
    Ok(out)
}

/// The text as a value of the same form as the one that stands there.
fn value_like(field: &'static str, data: Option<&Value>, pointer: &str, text: &str) -> Result<Value, Fault> {
    let now = data
        .and_then(|data| data.pointer(pointer))
        .ok_or_else(|| fault(field, "Choose a setting of the list."))?;
    if text.is_empty() {
        return Err(fault(field, "Give the new value."));
    }
    match now {
        Value::Number(_) => text
            .parse::<u32>()
            .map(|number| json!(number))
            .map_err(|_| fault(field, "The new value must be a whole number.")),
        Value::Bool(_) => match text.to_lowercase().as_str() {
            "yes" | "true" => Ok(json!(true)),
            "no" | "false" => Ok(json!(false)),
            _ => Err(fault(field, "The new value must be yes or no.")),
        },
        _ => Ok(json!(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn im31_hours_3_days_are_read_as_spans_closed_or_left_out() {
        assert_eq!(day_spans("closed").unwrap(), Vec::new());
        assert_eq!(day_spans("06:00-12:00, 13:00 - 18:00").unwrap().len(), 2);
        assert!(day_spans("06:00-12:00, 11:00-18:00").is_err());
        assert!(day_spans("6-18").is_err());
        for typed in ["7am-5pm", "7:00 am to 5:00 pm", "7:00-17:00", "7 a.m. – 5 p.m."] {
            assert_eq!(day_spans(typed).unwrap()[0].to_string(), "07:00-17:00", "{typed}");
        }
        assert_eq!(day_spans("12pm to midnight").unwrap()[0].to_string(), "12:00-24:00");
        assert!(
            day_spans("13am-5pm").is_err() && day_spans("early").unwrap_err().contains("6:00 am to 6:00 pm")
        );
        let given = Given(vec![
            ("hours_id".to_owned(), "office".to_owned()),
            ("hours_from".to_owned(), "2021-04-05".to_owned()),
            ("hours_monday".to_owned(), "06:00-18:00".to_owned()),
            ("hours_sunday".to_owned(), "closed".to_owned()),
        ]);
        let change = read_hours(&given).unwrap();
        assert_eq!(change.set.keys().collect::<Vec<_>>(), ["/monday", "/sunday"]);
        assert_eq!(change.set["/monday"], json!(["06:00-18:00"]));
        assert!(read_hours(&Given(vec![("hours_from".to_owned(), "2021-04-05".to_owned())])).is_err());
    }

    #[test]
    fn im31_hours_3_one_field_fills_monday_to_friday_and_a_day_of_its_own_counts_before_it() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let given = Given(vec![
            pair("hours_from", "2021-04-05"),
            pair("hours_workdays", "6:00 am to 6:00 pm"),
            pair("hours_wednesday", "closed"),
        ]);
        let set = read_hours(&given).unwrap().set;
        assert_eq!(set.len(), 5);
        assert_eq!((&set["/monday"], &set["/wednesday"]), (&json!(["06:00-18:00"]), &json!([])));
        let wrong = Given(vec![pair("hours_from", "2021-04-05"), pair("hours_workdays", "early")]);
        let fault = read_hours(&wrong).unwrap_err();
        assert_eq!(fault.field, WORKDAYS);
        assert!(fault.says.starts_with("Monday to Friday: \"early\""), "{}", fault.says);
    }

    #[test]
    fn a_value_keeps_the_form_that_its_setting_has() {
        let data = json!({"seconds": {"value": 180}, "automatic": false, "name": "x"});
        assert_eq!(value_like("sop_value", Some(&data), "/seconds/value", "240").unwrap(), json!(240));
        assert_eq!(value_like("sop_value", Some(&data), "/automatic", "Yes").unwrap(), json!(true));
        assert_eq!(value_like("sop_value", Some(&data), "/name", "y").unwrap(), json!("y"));
        assert!(value_like("sop_value", Some(&data), "/seconds/value", "many").is_err());
        assert!(value_like("sop_value", Some(&data), "/nowhere", "1").is_err());
    }
}
