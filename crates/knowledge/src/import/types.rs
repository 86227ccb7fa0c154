//! What an import gives: documents, navigation, and notices of what was changed or left out.

use jiff::civil::Date;

use crate::front::{FrontMatter, Kind, Memo};
use crate::markup::{self, Target};

/// What is read at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest file in bytes.
    pub max_bytes: usize,
    /// The most documents in one file.
    pub max_documents: usize,
    /// The most lines of a text, or elements and texts of an HTML page.
    pub max_nodes: usize,
    /// How deep elements of an HTML page may be nested.
    pub max_depth: usize,
}

impl Default for Limits {
    /// 20 MB, 500 documents, 400,000 lines or elements, 256 elements deep.
    fn default() -> Self {
        Self { max_bytes: 20 * 1024 * 1024, max_documents: 500, max_nodes: 400_000, max_depth: 256 }
    }
}

/// What was read from a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    /// The documents in the order of the file.
    pub documents: Vec<Document>,
    /// The site's navigation, each place once. Files of one site bring the same; see [`merge_navigation`].
    pub navigation: Vec<NavEntry>,
    /// The name of the site, where the file says it.
    pub site: Option<String>,
    /// What was changed, left out, or should be looked at.
    pub notices: Vec<Notice>,
}

/// A page or a memo.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// A name for addresses, unique within the file: the title in small letters; for a memo `memo-` and its number.
    pub slug: String,
    /// The title; of a memo the whole line with its number.
    pub title: String,
    /// The title as the document prints it, where that is in nothing but capitals.
    pub printed_title: Option<String>,
    /// Article or memo, or what the front matter of a Markdown file says.
    pub kind: Kind,
    /// The way to the page, from the home page down, without the page itself.
    pub breadcrumb: Vec<String>,
    /// When the site says the page was updated.
    pub updated: Option<Date>,
    /// The head, if it is a memo.
    pub memo: Option<MemoHead>,
    /// The text in our markup, without title and without the head of a memo.
    pub markdown: String,
    /// Form numbers named in it, as `CS-201`, each once, in capitals. Numbers of memos are not among them.
    pub forms: Vec<String>,
    /// Sections of the policy manual named in it, as `0110.060.05`.
    pub manual: Vec<String>,
    /// Memos named in it, as `IM-37`.
    pub memos: Vec<String>,
    /// Links, mailboxes and telephones it leads to, each once.
    pub links: Vec<Target>,
    /// Telephone numbers named in it, as they are written.
    pub phones: Vec<String>,
    /// E-mail addresses named in it.
    pub emails: Vec<String>,
    /// Days named in it.
    pub dates: Vec<Date>,
    /// Pages the site leads on to at the foot of the page.
    pub neighbours: Vec<String>,
    /// The address the page has at its site, where the file says it.
    pub canonical: Option<String>,
    /// The name that stands for its file in links of others; empty if it was read by itself.
    pub file: String,
    /// Places that links to the file may name, with where they are on the page.
    pub places: Vec<(String, String)>,
    /// The front matter of a Markdown file that had ours.
    pub front: Option<FrontMatter>,
}

impl Document {
    /// All words a reader would see: title, head of the memo, text. To prove that an import lost nothing.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = format!("{}\n", self.printed_title.as_ref().unwrap_or(&self.title));
        for (label, value) in self.memo.iter().flat_map(|memo| &memo.head) {
            words.push_str(&format!("{label} {value}\n"));
        }
        // A document that was returned has been parsed before.
        if let Ok(page) = markup::parse(&self.markdown) {
            words.push_str(&markup::plain(&page));
        }
        words
    }

    /// The front matter to store the document with.
    #[must_use]
    pub fn front_matter(&self) -> FrontMatter {
        let mut matter = self.front.clone().unwrap_or_else(|| FrontMatter::titled(&self.title));
        matter.kind = self.kind;
        matter.updated = matter.updated.or(self.updated);
        if matter.forms.is_empty() {
            matter.forms.clone_from(&self.forms);
        }
        if matter.manual.is_empty() {
            matter.manual.clone_from(&self.manual);
        }
        if let (None, Some(memo)) = (&matter.memo, &self.memo) {
            matter.effective_from = matter.effective_from.or(memo.effective_from);
            matter.effective_until = matter.effective_until.or(memo.effective_until);
            matter.memo = Some(memo.matter());
        }
        matter
    }
}

/// The head of a memo.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemoHead {
    /// Its number, as `IM-33`; empty if it has none. Not the number of a form.
    pub number: String,
    /// Its subject.
    pub subject: String,
    /// The role it comes from; empty if the file names none.
    pub from_role: String,
    /// Sections of the policy manual it revises.
    pub manual_revised: Vec<String>,
    /// Forms it revises.
    pub forms_revised: Vec<String>,
    /// Forms it introduces.
    pub forms_introduced: Vec<String>,
    /// What is attached to it.
    pub attachments: Vec<String>,
    /// What staff must do.
    pub actions: Vec<String>,
    /// Memos it refers to, by number.
    pub references: Vec<String>,
    /// The first day it says it takes effect.
    pub effective_from: Option<Date>,
    /// The last day, where it names one together with the first.
    pub effective_until: Option<Date>,
    /// The lines of the head in order, label and value, with names of persons replaced.
    pub head: Vec<(String, String)>,
}

impl MemoHead {
    fn matter(&self) -> Memo {
        Memo {
            number: self.number.clone(),
            subject: self.subject.clone(),
            issuing_role: self.from_role.clone(),
            action: self.actions.clone(),
            revises: self.manual_revised.clone(),
            forms_introduced: self.forms_introduced.clone(),
            forms_revised: self.forms_revised.clone(),
            ..Memo::default()
        }
    }
}

/// A place of the site's navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavEntry {
    /// Its words.
    pub title: String,
    /// The entries above it, from the top.
    pub path: Vec<String>,
    /// Which menu it stands in.
    pub place: Place,
    /// Where it leads, if the file says so.
    pub address: Option<String>,
}

/// A menu of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The menu at the top of every page.
    Menu,
    /// The lists of articles beside every page.
    Sidebar,
}

/// Adds the navigation of another file of the same site: places that are known already are not added again.
pub fn merge_navigation(known: &mut Vec<NavEntry>, more: Vec<NavEntry>) {
    let key = |entry: &NavEntry| (entry.place == Place::Menu, entry.path.clone(), entry.title.clone());
    let mut seen: std::collections::HashSet<_> = known.iter().map(key).collect();
    known.extend(more.into_iter().filter(|entry| seen.insert(key(entry))));
}

/// Something that was changed, left out, or should be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The line in the file, where it is known.
    pub line: Option<usize>,
    /// What it is.
    pub kind: NoticeKind,
}

/// What was changed or left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeKind {
    /// A person's name was left out, the role was kept.
    #[error("the name in the {label} line of \"{title}\" was left out; its role \"{role}\" was kept")]
    Name {
        /// The label of the line.
        label: String,
        /// The document.
        title: String,
        /// What was kept.
        role: String,
    },
    /// A sender without a role that could stand for it.
    #[error("the {label} line of \"{title}\" names no role; map the name to one and import again")]
    NoRole {
        /// The label of the line.
        label: String,
        /// The document.
        title: String,
    },
    /// A line of initials was left out.
    #[error("the line of initials of \"{title}\" was left out")]
    Initials {
        /// The document.
        title: String,
    },
    /// Names were replaced by roles as the map says.
    #[error("{count} names in \"{title}\" were replaced by roles")]
    Replaced {
        /// The document.
        title: String,
        /// How many.
        count: usize,
    },
    /// A link that cannot be kept; its words are.
    #[error("the link to \"{address}\" cannot be kept; its words are")]
    Link {
        /// Where it led.
        address: String,
    },
    /// A picture that has to be brought in as an attachment.
    #[error("the picture \"{address}\" is not brought in; attach it")]
    Picture {
        /// Where it is.
        address: String,
    },
    /// A file that a memo names.
    #[error("\"{title}\" names an attachment, \"{name}\", that is not brought in; attach it")]
    Attachment {
        /// The document.
        title: String,
        /// What the memo calls it.
        name: String,
    },
    /// A film, a recording or another page within the page.
    #[error("what is embedded from \"{address}\" is not brought in")]
    Embedded {
        /// Where it is.
        address: String,
    },
    /// A part of the page that belongs to the site and not to the page.
    #[error("left out as furniture of the site: {what}")]
    Furniture {
        /// Its words, shortened.
        what: String,
    },
    /// What may be names of persons, which do not belong into pages.
    #[error("\"{title}\" may name persons: {}. Map names to roles with --roles, and import again", names.join(", "))]
    Persons {
        /// The document.
        title: String,
        /// What reads as names, each once.
        names: Vec<String>,
    },
    /// Changes of settings, which need a second person.
    #[error(
        "{count} changes of settings of \"{title}\" are not brought in: a second person approves them in the editor"
    )]
    Settings {
        /// The document.
        title: String,
        /// How many.
        count: usize,
    },
    /// The file may be cut off.
    #[error("the file ends without closing its page; it may be cut off")]
    Unclosed,
    /// The file was not UTF-8.
    #[error("the file was read as {0}")]
    Encoding(&'static str),
}

/// A title out of a file name.
pub(super) fn stem(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem.trim().is_empty() { "Untitled".to_owned() } else { stem.replace(['_', '-'], " ") }
}
