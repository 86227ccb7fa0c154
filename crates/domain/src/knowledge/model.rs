//! Pages, editions, drafts and memoranda as they are kept.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::permission::Role;
use crate::time::Millis;

/// Longest text of a page, in bytes.
pub const BODY_MAX: usize = 5 * 1024 * 1024;
/// Longest slug, in characters.
const SLUG_MAX: usize = 80;

/// What a page is. The documents' menu names all of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A heading of the navigation tree with pages below it.
    Section,
    /// Instructions or policy.
    #[default]
    Article,
    /// A memorandum.
    Memo,
    /// A hot tip.
    HotTip,
    /// A form of the forms manual.
    Form,
    /// A way to another site.
    Link,
    /// The place from which work is handed to another unit.
    HandOff,
    /// The place of a calculator.
    Calculator,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Section,
        Self::Article,
        Self::Memo,
        Self::HotTip,
        Self::Form,
        Self::Link,
        Self::HandOff,
        Self::Calculator,
    ];

    /// The word in files and addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Article => "article",
            Self::Memo => "memo",
            Self::HotTip => "hot_tip",
            Self::Form => "form",
            Self::Link => "link",
            Self::HandOff => "hand_off",
            Self::Calculator => "calculator",
        }
    }

    /// The word on screens.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Section => "Section",
            Self::Article => "Article",
            Self::Memo => "Memo",
            Self::HotTip => "Hot tip",
            Self::Form => "Form",
            Self::Link => "Link",
            Self::HandOff => "Hand-off",
            Self::Calculator => "Calculator",
        }
    }

    /// Whether pages of this kind are known by a number of their own; a memo's stands among its particulars.
    #[must_use]
    pub const fn has_own_number(self) -> bool {
        matches!(self, Self::HotTip | Self::Form)
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Who may read a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anybody, in the help centre.
    Public,
    /// Everyone who signs in.
    #[default]
    Staff,
    /// Supervisors and above.
    Supervisors,
}

impl Audience {
    /// Every audience, the widest first.
    pub const ALL: [Self; 3] = [Self::Public, Self::Staff, Self::Supervisors];

    /// The word in files and forms.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Staff => "staff",
            Self::Supervisors => "supervisors",
        }
    }

    /// The audience with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|audience| audience.word() == word)
    }

    /// The narrowest audience that someone with these roles belongs to; nobody signed in is the public.
    #[must_use]
    pub fn of(roles: &[Role]) -> Self {
        if roles.is_empty() {
            Self::Public
        } else if roles.iter().any(|role| *role != Role::Technician) {
            Self::Supervisors
        } else {
            Self::Staff
        }
    }
}

/// Where a page came from. A newer pack never writes over what a person has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The agency's pack.
    Pack,
    /// `hearthline import knowledge`.
    Import,
    /// Somebody at the editor.
    #[default]
    Editor,
}

/// A page: what stays when its text changes, and the list of its editions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Page {
    /// Short name in addresses; never changes.
    pub slug: String,
    /// What it is.
    pub kind: Kind,
    /// The page above it in the navigation tree.
    pub parent: Option<String>,
    /// Order among its neighbours.
    pub position: i32,
    /// Where a link leads.
    #[serde(default)]
    pub target: Option<String>,
    /// Its name in the trail above other pages, where it is not the title (KB-PAGE-4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail_name: Option<String>,
    /// False where the documents only name it.
    #[serde(default)]
    pub described: bool,
    /// `en` or `es`.
    pub language: String,
    /// The page of which this one is the other language.
    #[serde(default)]
    pub translation_of: Option<String>,
    /// Pages worth reading next.
    #[serde(default)]
    pub related: Vec<String>,
    /// Months after which somebody should look at it again; 0 for never.
    #[serde(default)]
    pub review_months: u16,
    /// When it was last looked at or published.
    #[serde(default)]
    pub reviewed_on: Option<Date>,
    /// Where it came from.
    #[serde(default)]
    pub source: Source,
    /// Everything that was ever published, oldest first.
    #[serde(default)]
    pub editions: Vec<Edition>,
}

impl Page {
    /// Whether the documents only name it: there is nothing to read, nothing below it and nowhere to go.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        !self.described && self.kind != Kind::Section && self.target.is_none()
    }
}

/// What is known of one published text without reading it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// From 1.
    pub number: u32,
    /// Title.
    pub title: String,
    /// The title as the document prints it, where that is in nothing but capitals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed_title: Option<String>,
    /// One or two sentences for lists.
    pub summary: String,
    /// Who may read it.
    pub audience: Audience,
    /// Programmes it is about, such as `SNAP`.
    pub programmes: Vec<String>,
    /// First day in force.
    pub from: Date,
    /// Last day in force.
    pub until: Option<Date>,
    /// The date the document itself prints as its update.
    #[serde(default)]
    pub updated: Option<Date>,
    /// Who wrote it.
    pub author: String,
    /// The second person; none for what came with the pack or an import.
    pub approver: Option<String>,
    /// When it was published.
    pub published_at: Millis,
    /// Why.
    #[serde(default)]
    pub note: String,
    /// Taken back.
    #[serde(default)]
    pub withdrawn: Option<Withdrawn>,
    /// The memorandum's particulars.
    #[serde(default)]
    pub memo: Option<Memo>,
    /// The number of a hot tip or a form. Each of these kinds is a name space of its own (AMB-NUMBER-COLLISION).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_number: Option<String>,
    /// SHA-256 of the text, so that an import of the same text changes nothing.
    #[serde(default)]
    pub hash: String,
}

impl Edition {
    /// The number of a memo, a hot tip or a form.
    #[must_use]
    pub fn number_of(&self) -> Option<&str> {
        let number = self.memo.as_ref().map(|memo| memo.number.as_str()).or(self.own_number.as_deref());
        number.map(str::trim).filter(|number| !number.is_empty())
    }

    /// What lists call it: the title behind its number, unless it begins with that already.
    #[must_use]
    pub fn called(&self) -> String {
        match self.number_of() {
            Some(number) if !self.title.to_lowercase().starts_with(&number.to_lowercase()) => {
                format!("{number}: {}", self.title)
            }
            _ => self.title.clone(),
        }
    }
}

/// A number as it is compared: letters and digits alone, in small letters (AMB-IM31A-CASE).
#[must_use]
pub fn number_key(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// An edition taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// When.
    pub at: Millis,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A published text; never changed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Text {
    /// The page.
    pub slug: String,
    /// The edition.
    pub number: u32,
    /// Markdown.
    pub body: String,
    /// Forms it names.
    #[serde(default)]
    pub forms: Vec<String>,
    /// Manual sections it names.
    #[serde(default)]
    pub manual: Vec<String>,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}

/// A file of a page. Its bytes are kept encrypted under the hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Hex SHA-256 of the bytes, which is its name in addresses.
    pub hash: String,
    /// The name people gave it; shown, never used as a path.
    pub name: String,
    /// Media type, found from the bytes.
    pub media: String,
    /// Size in bytes.
    pub size: u64,
}

/// A memorandum's particulars (the clauses `*-MEMO-*`). Its number is not a form's number, even where they look alike.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memo {
    /// Such as `IM-33`, unique within its year among memos.
    pub number: String,
    /// Issuing role, such as `Director`; never a person's name.
    pub issuing_role: String,
    /// `policy`, `form`, `clarification`, `reminder` or another word of the agency.
    pub kind: String,
    /// What staff shall do.
    #[serde(default)]
    pub actions: Vec<String>,
    /// Manual sections it revises.
    #[serde(default)]
    pub revises: Vec<String>,
    /// Forms it introduces.
    #[serde(default)]
    pub forms_introduced: Vec<String>,
    /// Forms it revises.
    #[serde(default)]
    pub forms_revised: Vec<String>,
    /// Slugs of memos it replaces.
    #[serde(default)]
    pub supersedes: Vec<String>,
    /// Slugs of memos to read with it.
    #[serde(default)]
    pub related: Vec<String>,
    /// The day it was issued, where it prints one.
    #[serde(default)]
    pub issued: Option<Date>,
    /// Who has to read it (the clauses `*-ACK-*`).
    #[serde(default)]
    pub required: Option<Required>,
    /// Changes of settings that it brings (IM31-HOURS-3).
    #[serde(default)]
    pub changes: Vec<SettingChange>,
}

/// "Review with appropriate staff", made definite.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Required {
    /// Roles; empty for all.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Offices; empty for all.
    #[serde(default)]
    pub offices: Vec<String>,
    /// Programmes; empty for all.
    #[serde(default)]
    pub programmes: Vec<String>,
    /// Days to read it in, from the day it takes force.
    pub due_days: u16,
    /// Whether going on queue waits for it.
    #[serde(default)]
    pub gate: bool,
    /// Hours after which the gate closes, so that the floor does not empty at midnight.
    #[serde(default)]
    pub grace_hours: u16,
}

/// One setting that changes with a memo. The keys of `set` are JSON pointers into the record, such as `/monday`; one that
/// ends in `/-` adds to a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingChange {
    /// Kind of record: `hours`, `queue`, `canned`, `sop_sms`.
    pub kind: String,
    /// Its id; `*` for every one of the kind.
    pub id: String,
    /// First day.
    pub from: Date,
    /// Last day; none for good.
    #[serde(default)]
    pub until: Option<Date>,
    /// What is set.
    pub set: BTreeMap<String, Value>,
}

/// A text being worked on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The page, which may not exist yet.
    pub slug: String,
    /// Edition it began from; 0 for a new page.
    pub base: u32,
    /// What it is.
    pub kind: Kind,
    /// Place in the tree.
    pub parent: Option<String>,
    /// Order among its neighbours.
    pub position: i32,
    /// Where a link leads.
    #[serde(default)]
    pub target: Option<String>,
    /// Its name in the trail above other pages, where it is not the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail_name: Option<String>,
    /// `en` or `es`.
    pub language: String,
    /// The page of which it is the other language.
    #[serde(default)]
    pub translation_of: Option<String>,
    /// Pages worth reading next.
    #[serde(default)]
    pub related: Vec<String>,
    /// Months after which somebody should look at it again.
    #[serde(default)]
    pub review_months: u16,
    /// Title.
    pub title: String,
    /// The title as a document that was brought in prints it, where that is in nothing but capitals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed_title: Option<String>,
    /// One or two sentences.
    pub summary: String,
    /// Who may read it.
    pub audience: Audience,
    /// Programmes.
    #[serde(default)]
    pub programmes: Vec<String>,
    /// Markdown.
    pub body: String,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// First day in force; none for the day of the approval.
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day in force.
    #[serde(default)]
    pub until: Option<Date>,
    /// The memorandum's particulars.
    #[serde(default)]
    pub memo: Option<Memo>,
    /// The number of a hot tip or a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_number: Option<String>,
    /// Why it changes.
    #[serde(default)]
    pub note: String,
    /// Who wrote in it, the first author first.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Where it stands.
    #[serde(default)]
    pub state: DraftState,
}

/// Where a draft stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DraftState {
    /// Being written.
    #[default]
    Writing,
    /// Waits for a second person.
    InReview {
        /// Who asked.
        by: String,
        /// When.
        at: Millis,
    },
    /// The second person wants something changed.
    SentBack {
        /// Who.
        by: String,
        /// When.
        at: Millis,
        /// What.
        reason: String,
    },
}

/// The id of the record that keeps an edition's text.
#[must_use]
pub fn edition_id(slug: &str, number: u32) -> String {
    format!("{slug}@{number}")
}

/// Whether this may be a page's name in addresses: lower-case letters, digits and single hyphens, at most 80.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= SLUG_MAX
        && text.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// A name in addresses made of a title; empty when the title has neither letters nor digits.
#[must_use]
pub fn slug_of(title: &str) -> String {
    let mut out = String::new();
    for letter in title.chars() {
        let plain = match letter.to_lowercase().next().unwrap_or(letter) {
            'á' | 'à' | 'ä' => 'a',
            'é' | 'è' => 'e',
            'í' => 'i',
            'ó' | 'ö' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            out.push(plain);
        } else if !out.is_empty() && !out.ends_with('-') && plain != '\'' && plain != '’' {
            out.push('-');
        }
        if out.len() >= SLUG_MAX {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}
