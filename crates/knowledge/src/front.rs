//! The front matter of a page file: TOML between two `+++` lines, before the text.
//!
//! It owns the form of the fields. What they mean for a page that is in force is not decided here. To add a field: one
//! line in [`FrontMatter`], with a default, so that files without it can still be read.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use crate::markup::{MarkupError, MarkupReason};

/// What stands before the text of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// The title.
    pub title: String,
    /// One or two sentences on what the page is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// What the page is.
    #[serde(default)]
    pub kind: Kind,
    /// The node of the navigation it stands under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Its place among the pages of the same parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// Who may read it.
    #[serde(default)]
    pub audience: Audience,
    /// The programmes it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programmes: Vec<String>,
    /// The language it is written in.
    #[serde(default)]
    pub language: Language,
    /// The page it is a translation of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation_of: Option<String>,
    /// When the text was last changed at its source.
    #[serde(default, deserialize_with = "date", skip_serializing_if = "Option::is_none")]
    pub updated: Option<Date>,
    /// The first day it is in force.
    #[serde(default, deserialize_with = "date", skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<Date>,
    /// The last day it is in force.
    #[serde(default, deserialize_with = "date", skip_serializing_if = "Option::is_none")]
    pub effective_until: Option<Date>,
    /// Whether the agency has yet to confirm it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
    /// After how many months it should be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_months: Option<u16>,
    /// Pages that belong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// The forms it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<String>,
    /// The sections of the policy manual it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub manual: Vec<String>,
    /// The documents it was written from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// A remark for editors.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Names of files that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// What makes it a memo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<Memo>,
}

/// What a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text to read.
    #[default]
    Article,
    /// A memorandum.
    Memo,
    /// A hot tip.
    HotTip,
    /// A form.
    Form,
    /// A link to another system.
    Link,
    /// Work handed to another unit.
    HandOff,
    /// Something that calculates.
    Calculator,
    /// A section of the navigation.
    Section,
}

/// Who may read a page; each includes the ones after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everyone.
    Public,
    /// Members of staff.
    #[default]
    Staff,
    /// Supervisors and above.
    Supervisors,
}

/// A language of the agency's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

/// The head of a memo. Memo numbers and form numbers are separate name spaces: the memo IM-33 and the form IM-33 have
/// nothing in common.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memo {
    /// Its number, as `IM-33`.
    pub number: String,
    /// Its subject.
    pub subject: String,
    /// The role that issues it; never a person's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuing_role: String,
    /// What kind of memo it is: policy, hours, form, manual revision and so on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// What staff must do, one sentence each. A single sentence may be written without a list.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub action: Vec<String>,
    /// Sections of the policy manual it revises.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub revises: Vec<String>,
    /// Forms it introduces.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub forms_introduced: Vec<String>,
    /// Forms it revises.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub forms_revised: Vec<String>,
    /// Memos it takes the place of, by number or slug.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<String>,
    /// Memos to read with it, by number or slug.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// Memos and sections it names.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub cites: Vec<String>,
    /// Forms it names without changing them.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub forms_cited: Vec<String>,
    /// What is attached to it.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
    /// The day it was issued, or a word where none is printed.
    #[serde(default, deserialize_with = "day_or_word", skip_serializing_if = "String::is_empty")]
    pub issued: String,
    /// Who has to read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// Programmes it concerns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programmes: Vec<String>,
    /// Changes of settings it brings; what they hold is read where settings are known.
    #[serde(default, rename = "change", skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<toml::Table>,
}

/// Who has to read a memo.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Roles, as the program names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Whether going on queue waits for it.
    #[serde(default)]
    pub hold_queue: bool,
    /// Days to read it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_days: Option<u16>,
}

impl FrontMatter {
    /// Front matter with a title, and everything else as it is without a word about it.
    #[must_use]
    pub fn titled(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            summary: String::new(),
            kind: Kind::default(),
            parent: None,
            position: None,
            audience: Audience::default(),
            programmes: Vec::new(),
            language: Language::default(),
            translation_of: None,
            updated: None,
            effective_from: None,
            effective_until: None,
            draft: false,
            review_months: None,
            related: Vec::new(),
            forms: Vec::new(),
            manual: Vec::new(),
            sources: Vec::new(),
            note: String::new(),
            files: Vec::new(),
            memo: None,
        }
    }
}

/// Reads a page file into its front matter and its text.
///
/// # Errors
/// [`MarkupError`] with the line, when there is no front matter, it is not closed, or a field is unknown or wrong.
pub fn read(file: &str) -> Result<(FrontMatter, String), MarkupError> {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let mut end = 0;
    let mut matter = None;
    for (at, line) in file.split_inclusive('\n').enumerate() {
        let fence = line.trim_end() == "+++";
        match (at, fence, &matter) {
            (0, true, _) => matter = Some(String::from("\n")),
            (0, false, _) => return Err(MarkupError::new(1, MarkupReason::NoFrontMatter)),
            (_, true, _) => {
                let body = file.get(end + line.len()..).unwrap_or_default();
                return Ok((
                    typed(&matter.unwrap_or_default())?,
                    body.trim_start_matches(['\r', '\n']).to_owned(),
                ));
            }
            (_, false, _) => matter.get_or_insert_default().push_str(line),
        }
        end += line.len();
    }
    let reason = if matter.is_some() { MarkupReason::OpenFrontMatter } else { MarkupReason::NoFrontMatter };
    Err(MarkupError::new(1, reason))
}

/// The line of a page file in which its text begins, from 1; to name lines of the file where the text is wrong.
#[must_use]
pub fn text_line(file: &str) -> usize {
    let mut fences = 0;
    for (at, line) in file.strip_prefix('\u{feff}').unwrap_or(file).lines().enumerate() {
        if fences < 2 && line.trim_end() == "+++" {
            fences += 1;
        } else if fences == 2 && !line.trim_end_matches('\r').is_empty() || at == 0 {
            return at + 1;
        }
    }
    file.lines().count() + 1
}

/// Writes a page file.
#[must_use]
pub fn write(matter: &FrontMatter, body: &str) -> String {
    // Every field is a string, a number, a date or a list of those, all of which TOML can hold.
    let written = toml::to_string(matter).unwrap_or_default();
    format!("+++\n{}+++\n\n{}", written, body.trim_start_matches(['\r', '\n']))
}

fn typed(matter: &str) -> Result<FrontMatter, MarkupError> {
    toml::from_str(matter).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let line = matter.get(..offset).unwrap_or_default().matches('\n').count() + 1;
        MarkupError::new(line, MarkupReason::FrontMatter(error.message().to_owned()))
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(one) if one.trim().is_empty() => Vec::new(),
        OneOrMore::One(one) => vec![one],
        OneOrMore::More(more) => more,
    })
}

/// A day as TOML's own date or as text, kept as text: many memos print none and say so with a word.
fn day_or_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => Ok(text.trim().to_owned()),
        toml::Value::Datetime(when) => Ok(when.to_string()),
        other => Err(serde::de::Error::custom(format!("{other} is not a date; write it as 2025-04-22"))),
    }
}

/// A day, as TOML's own date or as text; empty text is no day.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    let text = match &value {
        toml::Value::String(text) => text.trim().to_owned(),
        toml::Value::Datetime(when) => when.to_string(),
        other => {
            return Err(serde::de::Error::custom(format!("{other} is not a date; write it as 2025-04-22")));
        }
    };
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| serde::de::Error::custom(format!("\"{text}\" is not a date; write it as 2025-04-22")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "+++\ntitle = \"Hours\"\nkind = \"hot_tip\"\nupdated = 2025-04-22\neffective_from = \"2025-05-01\"\n\
        audience = \"public\"\n\n[memo]\nnumber = \"AB-1\"\nsubject = \"Hours\"\naction = \"Read it.\"\n\n\
        [[memo.change]]\nsetting = \"hours\"\nfrom = 2025-05-01\n+++\n\n# Text\n";

    #[test]
    fn a_page_file_is_read_and_written() {
        let (matter, body) = read(FILE).unwrap();
        assert_eq!(matter.kind, Kind::HotTip);
        assert_eq!(matter.updated, Some(jiff::civil::date(2025, 4, 22)));
        assert_eq!(matter.effective_from, Some(jiff::civil::date(2025, 5, 1)));
        let memo = matter.memo.as_ref().unwrap();
        assert_eq!(memo.action, ["Read it."]);
        assert_eq!(memo.changes.len(), 1);
        assert_eq!(body, "# Text\n");
        assert_eq!(FILE.lines().nth(text_line(FILE) - 1), Some("# Text"));
        assert_eq!(text_line("no front matter\n"), 1);
        assert_eq!(read(&write(&matter, &body)).unwrap(), (matter, body));
    }

    #[test]
    fn a_wrong_field_is_named_with_its_line() {
        let error = read("+++\ntitle = \"a\"\ncolour = \"red\"\n+++\n").unwrap_err();
        assert_eq!(error.line, 3);
        assert!(error.to_string().contains("colour"), "{error}");
        assert_eq!(read("+++\ntitle = \"a\"\nupdated = \"soon\"\n+++\n").unwrap_err().line, 3);
        assert_eq!(read("# Text").unwrap_err().reason, MarkupReason::NoFrontMatter);
        assert_eq!(read("+++\ntitle = 1").unwrap_err().reason, MarkupReason::OpenFrontMatter);
        assert_eq!(read("").unwrap_err().reason, MarkupReason::NoFrontMatter);
    }
}
