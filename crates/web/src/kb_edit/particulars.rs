//! Everything but the text that differs between two drafts, in the words of the form: names of fields as people read them,
//! days as days.

use domain::knowledge::Draft;
use jiff::civil::Date;
use serde_json::Value;

use super::frame::day;
use crate::admin::diff::{self, Difference};
use crate::error::Error;

/// Fields by the name under which they are kept, as the form calls them.
const WORDS: [(&str, &str); 34] = [
    ("title", "Title"),
    ("printed title", "Title as the document prints it"),
    ("summary", "Summary for lists"),
    ("kind", "Kind of page"),
    ("parent", "Below"),
    ("position", "Order among its neighbours"),
    ("target", "Where the link leads"),
    ("trail name", "Name above other pages"),
    ("language", "Language"),
    ("translation of", "The other language of the page"),
    ("related", "Pages worth reading next"),
    ("review months", "Months until somebody looks at it again"),
    ("audience", "Who may read it"),
    ("programmes", "Programmes it is about"),
    ("from", "First day in force"),
    ("until", "Last day in force"),
    ("note", "Why it changes"),
    ("own number", "Number"),
    ("memo", "Particulars of the memo"),
    ("memo, number", "Number of the memo"),
    ("memo, issuing role", "Role that issues it"),
    ("memo, kind", "Kind of memo"),
    ("memo, issued", "Day it was issued"),
    ("memo, actions", "Necessary action"),
    ("memo, revises", "Manual sections it revises"),
    ("memo, forms introduced", "Forms it introduces"),
    ("memo, forms revised", "Forms it revises"),
    ("memo, supersedes", "Memos it replaces"),
    ("memo, related", "Memos to read with it"),
    ("memo, required", "Who has to read it"),
    ("memo, required, roles", "Roles that have to read it"),
    ("memo, required, due days", "Days to read it in"),
    ("memo, required, gate", "Going on queue waits for it"),
    ("memo, required, grace hours", "Hours before the queue waits"),
];

/// What differs, field by field.
///
/// # Errors
/// When a draft cannot be written down.
pub(super) fn particulars(before: &Draft, after: &Draft) -> Result<Vec<Difference>, Error> {
    let lines = diff::differences(&plain(before)?, &plain(after)?);
    Ok(lines.into_iter().map(|line| Difference { field: words(&line.field), ..line }).collect())
}

fn plain(draft: &Draft) -> Result<Value, Error> {
    let mut value = serde_json::to_value(draft).map_err(Error::fault)?;
    if let Some(map) = value.as_object_mut() {
        for gone in ["body", "authors", "state", "base", "slug"] {
            map.remove(gone);
        }
        // Changes of settings are said in words of their own.
        if let Some(memo) = map.get_mut("memo").and_then(Value::as_object_mut) {
            memo.remove("changes");
        }
    }
    say_days(&mut value);
    Ok(value)
}

/// Days as people write them; a document without a date says so (AMB-MEMO-DATES).
fn say_days(value: &mut Value) {
    match value {
        Value::String(text) if text.len() == 10 => {
            if let Ok(date) = text.parse::<Date>() {
                *text = day(date);
            }
        }
        Value::Bool(holds) => *value = Value::String(if *holds { "yes" } else { "no" }.to_owned()),
        Value::Array(list) => list.iter_mut().for_each(say_days),
        Value::Object(map) => map.values_mut().for_each(say_days),
        _ => {}
    }
}

fn words(field: &str) -> String {
    if let Some((_, words)) = WORDS.iter().find(|(known, _)| *known == field) {
        return (*words).to_owned();
    }
    let mut text = field.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use domain::knowledge::{Memo, Required};
    use jiff::civil::date;

    use super::*;

    #[test]
    fn particulars_are_said_in_the_words_of_the_form_and_days_as_days() {
        let memo = Memo { number: "IM-40".to_owned(), ..Memo::default() };
        let old = Draft {
            from: Some(engine::pages::UNDATED),
            note: "first".to_owned(),
            memo: Some(memo.clone()),
            ..Draft::default()
        };
        let required = Some(Required { gate: true, ..Required::default() });
        let new = Draft {
            from: Some(date(2027, 3, 8)),
            note: "second".to_owned(),
            memo: Some(Memo { required, issued: Some(date(2027, 3, 1)), ..memo }),
            ..Draft::default()
        };
        let lines = particulars(&old, &new).unwrap();
        let said: Vec<String> =
            lines.iter().map(|one| format!("{}: {} > {}", one.field, one.before, one.after)).collect();
        for wanted in [
            "First day in force: no date printed > Monday, March 8, 2027",
            "Why it changes: first > second",
            "Day it was issued:  > Monday, March 1, 2027",
            "Going on queue waits for it:  > yes",
        ] {
            assert!(said.iter().any(|line| line == wanted), "{wanted} in {said:?}");
        }
        assert!(lines.iter().all(|line| line.field.starts_with(char::is_uppercase)), "{said:?}");
    }
}
