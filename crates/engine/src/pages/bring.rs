//! Pages of an agency's own site, as `knowledge::import` has read them, become drafts with a place in the tree.
//!
//! A page that was brought in before is found again by its name and its title (a memo by its number), and gets a new edition
//! only where its text differs. A page of the pack or of an editor that has the same name is never written over, and
//! neither is another page that an earlier import brought from a file of the same name: the new one stands beside it.
//! Only an entry of the pack's menu that is named and has no text yet is filled by the document of its name.
//!
//! What is brought in is never read by more people than the page of that name, or the section above it, is meant for.

use std::collections::{BTreeMap, BTreeSet};

use domain::knowledge::{Audience, Draft, Kind, Library, Memo, Page, Required, Source, is_slug, slug_of};
use domain::permission::Role;
use jiff::civil::Date;
use knowledge::front::{self, FrontMatter};
use knowledge::import::{Document, Imported, NavEntry, Pages, resolve};

use super::UNDATED;
use crate::Engine;

/// Names in addresses of pages whose own name is taken begin with this.
const TAKEN: &str = "agency";
/// The section for pages whose place nobody knows.
const ELSEWHERE: &str = "brought-in";
/// Who wrote them.
const IMPORT: &str = "import";

/// What an import becomes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Brought {
    /// Pages, with the date each prints.
    pub drafts: Vec<(Draft, Option<Date>)>,
    /// Sentences on what was done otherwise than one might expect.
    pub notes: Vec<String>,
}

impl Engine {
    /// Drafts for everything that was read, in an order in which parents come first.
    #[must_use]
    pub fn brought(&self, imported: Imported) -> Brought {
        let library = self.library();
        let mut places = Places::of(&library, self.today());
        let mut out = Vec::new();
        let titles: BTreeSet<String> = imported.documents.iter().map(|one| folded(&one.title)).collect();
        for entry in imported.navigation.iter().filter(|entry| !titles.contains(&folded(&entry.title))) {
            out.extend(places.entry(entry, &imported.navigation).map(|draft| (draft, None)));
        }
        for (position, document) in (1_i32..).zip(&imported.documents) {
            let listed =
                imported.navigation.iter().find(|entry| folded(&entry.title) == folded(&document.title));
            out.extend(places.document(&library, document, (position, listed)));
        }
        let mut pages = Pages::new();
        for (document, slug) in imported.documents.iter().zip(&places.of_documents) {
            // The first document of a file is where a link to the file leads.
            pages.entry(document.file.as_str()).or_insert_with(|| (slug.clone(), &document.places));
        }
        for (draft, _) in &mut out {
            draft.body = resolve(&draft.body, &pages);
        }
        Brought { drafts: out, notes: places.notes }
    }
}

/// Whether a page that an import brought is the one that this document is: by its title, or a memo by its number.
fn is_same(page: &Page, document: &Document) -> bool {
    let Some(newest) = page.editions.last() else { return true };
    let number = document.memo.as_ref().map(|memo| memo.number.as_str()).filter(|number| !number.is_empty());
    let known = newest.memo.as_ref().map(|memo| memo.number.as_str());
    let numbered = number.zip(known).is_some_and(|(mine, theirs)| mine.eq_ignore_ascii_case(theirs));
    numbered || folded(&newest.title) == folded(&document.title)
}

/// Whether an entry of the pack's menu waits for its text, or an earlier import gave it one.
fn is_filled_by(page: &Page, document: &Document) -> bool {
    let ours = page.editions.first().is_some_and(|edition| edition.author == super::publish::PACK);
    let open = match page.source {
        Source::Pack => page.is_bare(),
        Source::Import => ours,
        Source::Editor => false,
    };
    open && page.kind != Kind::Section && is_same(page, document)
}

/// Words in a title that say who the page is for, whatever the site's menu looks like.
const NARROW: [&str; 2] = ["supervisors only", "supervisor only"];

struct Places {
    /// Page by folded title; sections win, because pages are put below them.
    by_title: BTreeMap<String, String>,
    /// Links by where they lead.
    by_target: BTreeMap<String, String>,
    /// Who a page is for.
    audiences: BTreeMap<String, Audience>,
    taken: BTreeSet<String>,
    has_elsewhere: bool,
    /// Names given in this import.
    given: BTreeSet<String>,
    /// The address of each document, in their order.
    of_documents: Vec<String>,
    notes: Vec<String>,
}

/// A title without what differs between two writings of it: capitals, spaces and signs.
fn folded(title: &str) -> String {
    let letters = title.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect::<String>();
    let words = if letters.trim().is_empty() { title } else { &letters };
    words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Places {
    fn of(library: &Library, day: Date) -> Self {
        let (mut by_title, mut by_target, mut audiences) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut pages: Vec<_> = library.pages().collect();
        // What an import brought comes last, so that a second import finds the same pages as the first.
        pages.sort_by_key(|page| (page.kind != Kind::Section, page.source == Source::Import));
        for page in &pages {
            let Some(edition) = library.in_force(page, day).or_else(|| page.editions.last()) else {
                continue;
            };
            by_title.entry(folded(&edition.title)).or_insert_with(|| page.slug.clone());
            audiences.insert(page.slug.clone(), edition.audience);
            if let Some(target) = &page.target {
                by_target.entry(led(target)).or_insert_with(|| page.slug.clone());
            }
        }
        // A page of the pack may have another title than its entry of the menu.
        for page in pages {
            if let Some(name) = &page.trail_name {
                by_title.entry(folded(name)).or_insert_with(|| page.slug.clone());
            }
        }
        // What an import brought may be brought again under its name.
        let taken = library
            .pages()
            .filter(|page| page.source != Source::Import)
            .map(|page| page.slug.clone())
            .collect();
        Self {
            by_title,
            by_target,
            audiences,
            taken,
            has_elsewhere: library.page(ELSEWHERE).is_some(),
            given: BTreeSet::new(),
            of_documents: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn name(&self, wanted: &str) -> String {
        let wanted = if is_slug(wanted) { wanted.to_owned() } else { slug_of(wanted) };
        let wanted = if wanted.is_empty() { "page".to_owned() } else { wanted };
        if self.taken.contains(&wanted) { slug_of(&format!("{TAKEN} {wanted}")) } else { wanted }
    }

    /// The name itself, or with a number behind it where this import gave it to another page already.
    fn once(&mut self, name: &str) -> String {
        let numbered = (2_u32..).map(|n| slug_of(&format!("{name} {n}")));
        let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.given.contains(name));
        let free = free.unwrap_or_else(|| name.to_owned());
        self.given.insert(free.clone());
        free
    }

    /// The narrowest of those that this title, the page above and the page of the same name are for.
    fn audience(&self, title: &str, others: [Option<&String>; 2]) -> Audience {
        let said = folded(title);
        let own = if NARROW.iter().any(|words| said.contains(words)) {
            Audience::Supervisors
        } else {
            Audience::Staff
        };
        let known = others.into_iter().flatten().filter_map(|slug| self.audiences.get(slug)).copied();
        known.fold(own, Audience::max)
    }

    /// The name for a document: the one it had before, or one that no other document has.
    fn of_document(&mut self, library: &Library, document: &Document) -> String {
        let wanted = self.name(&document.slug);
        let known = library.page(&wanted).map(|(_, page)| page);
        let again = known.is_some_and(|page| page.source == Source::Import && is_same(page, document));
        let named = self.by_title.get(&folded(&document.title)).filter(|name| !self.given.contains(*name));
        let filled = named.and_then(|name| library.page(name)).map(|(_, page)| page);
        if let Some(page) = filled.filter(|page| !again && is_filled_by(page, document)) {
            return self.once(&page.slug);
        }
        let theirs = |name: &str| {
            let known = library.page(name).map(|(_, page)| page);
            known.is_some_and(|page| page.source != Source::Import || !is_same(page, document))
        };
        if !theirs(&wanted) {
            return self.once(&wanted);
        }
        let numbered = (2_u32..).map(|n| slug_of(&format!("{wanted} {n}")));
        let free = numbered.take(1_000).find(|name| !theirs(name)).unwrap_or_else(|| wanted.clone());
        let name = self.once(&free);
        let other = library.page(&wanted).and_then(|(_, page)| page.editions.last());
        let other = other.map(|edition| edition.title.clone()).unwrap_or_default();
        self.notes.push(format!(
            "\"{}\" has the address {name}: {wanted} belongs to another page, \"{other}\".",
            document.title
        ));
        name
    }

    fn parent(&self, path: &[String]) -> Option<String> {
        path.iter().rev().find_map(|title| self.by_title.get(&folded(title)).cloned())
    }

    /// A place of the site's menu that this site does not have yet.
    fn entry(&mut self, entry: &NavEntry, all: &[NavEntry]) -> Option<Draft> {
        if self.by_title.contains_key(&folded(&entry.title)) {
            return None;
        }
        // Another name for a place that is there leads to it, too.
        let known = entry.address.as_ref().and_then(|address| self.by_target.get(&led(address))).cloned();
        if let Some(slug) = known {
            self.by_title.insert(folded(&entry.title), slug);
            return None;
        }
        let above = all.iter().any(|other| other.path.last() == Some(&entry.title));
        let target = entry.address.clone().filter(|address| address.starts_with("http"));
        let kind = match (&target, above) {
            (_, true) => Kind::Section,
            (Some(_), false) => Kind::Link,
            (None, false) => Kind::Article,
        };
        let name = self.name(&slug_of(&entry.title));
        let slug = self.once(&name);
        let parent = self.parent(&entry.path).filter(|parent| parent != &slug);
        self.by_title.insert(folded(&entry.title), slug.clone());
        let audience = self.audience(&entry.title, [parent.as_ref(), None]);
        self.audiences.insert(slug.clone(), audience);
        Some(Draft { slug, kind, parent, target, audience, title: entry.title.clone(), ..brought() })
    }

    fn document(
        &mut self,
        library: &Library,
        document: &Document,
        (position, listed): (i32, Option<&NavEntry>),
    ) -> Vec<(Draft, Option<Date>)> {
        let mut out = Vec::new();
        let slug = self.of_document(library, document);
        self.of_documents.push(slug.clone());
        let before = library.page(&slug).map(|(_, page)| page);
        let same = self.by_title.get(&folded(&document.title)).filter(|other| *other != &slug).cloned();
        let known = before.and_then(|page| page.parent.clone());
        let near =
            same.as_ref().and_then(|other| library.page(other)).and_then(|(_, page)| page.parent.clone());
        let memos = || document.memo.as_ref().and_then(|_| self.by_title.get("memos").cloned());
        let menu = || listed.and_then(|entry| self.parent(&entry.path));
        let place = known.or_else(|| self.parent(&document.breadcrumb)).or_else(menu).or(near).or_else(memos);
        let parent = place.filter(|parent| parent != &slug).unwrap_or_else(|| {
            if !self.has_elsewhere {
                out.push((
                    Draft {
                        slug: ELSEWHERE.to_owned(),
                        kind: Kind::Section,
                        title: "Brought in".to_owned(),
                        position: 900,
                        ..brought()
                    },
                    None,
                ));
            }
            ELSEWHERE.to_owned()
        });
        self.has_elsewhere |= parent == ELSEWHERE;
        let memo = document.memo.as_ref();
        let from = memo.and_then(|memo| memo.effective_from).or(document.updated).unwrap_or(UNDATED);
        let until = memo.and_then(|memo| memo.effective_until).filter(|until| *until >= from);
        let narrow = before.map(|page| &page.slug).or(same.as_ref());
        let audience = self.audience(&document.title, [Some(&parent), narrow]);
        let kind = if memo.is_some() { Kind::Memo } else { Kind::Article };
        let mut draft = Draft {
            slug: slug.clone(),
            kind: before.map_or(kind, |page| if memo.is_some() { Kind::Memo } else { page.kind }),
            parent: Some(parent),
            // Which files come in with it must not make another edition of a page.
            position: before.map_or(500 + position, |page| page.position),
            target: before.and_then(|page| page.target.clone()),
            trail_name: before.and_then(|page| page.trail_name.clone()),
            audience,
            title: document.title.clone(),
            printed_title: document.printed_title.clone(),
            related: same.into_iter().collect(),
            body: with_attachments(document),
            from: Some(from),
            until,
            memo: memo.map(|head| Memo {
                number: head.number.clone(),
                issuing_role: head.from_role.clone(),
                kind: "memorandum".to_owned(),
                actions: head.actions.clone(),
                revises: head.manual_revised.clone(),
                forms_introduced: head.forms_introduced.clone(),
                forms_revised: head.forms_revised.clone(),
                ..Memo::default()
            }),
            ..brought()
        };
        if let Some(front) = &document.front {
            take_front(&mut draft, front, library);
            if before.is_some_and(|page| is_filled_by(page, document)) {
                draft.audience = draft.audience.max(audience);
            }
        }
        self.audiences.insert(slug.clone(), draft.audience);
        self.by_title.entry(folded(&document.title)).or_insert(slug);
        out.push((draft, document.updated));
        out
    }
}

/// Where a link leads, in one writing.
fn led(address: &str) -> String {
    let address = address.trim().trim_end_matches('/');
    let bare = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    bare.map_or(address, |rest| rest.strip_prefix("www.").unwrap_or(rest)).to_lowercase()
}

/// The text, with the attachments that a memo names before it: they are files of their own, which no text brings along.
fn with_attachments(document: &Document) -> String {
    let named = document.memo.as_ref().map(|memo| memo.attachments.join("; ")).unwrap_or_default();
    if named.is_empty() {
        return document.markdown.clone();
    }
    let plain: String = named
        .chars()
        .flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain(std::iter::once(c)))
        .collect();
    format!(
        "> [!NOTE]\n> The memo names an attachment that was not brought in: {plain}\n\n{}",
        document.markdown
    )
}

/// What a page file says of itself. Changes of settings are left out: a second person approves them in the editor.
fn take_front(draft: &mut Draft, front: &FrontMatter, library: &Library) {
    draft.summary.clone_from(&front.summary);
    draft.kind = match front.kind {
        front::Kind::Article => Kind::Article,
        front::Kind::Memo => Kind::Memo,
        front::Kind::HotTip => Kind::HotTip,
        front::Kind::Form => Kind::Form,
        front::Kind::Link => Kind::Link,
        front::Kind::HandOff => Kind::HandOff,
        front::Kind::Calculator => Kind::Calculator,
        front::Kind::Section => Kind::Section,
    };
    draft.audience = match front.audience {
        front::Audience::Public => Audience::Public,
        front::Audience::Staff => Audience::Staff,
        front::Audience::Supervisors => Audience::Supervisors,
    };
    draft.language = match front.language {
        front::Language::En => "en",
        front::Language::Es => "es",
    }
    .to_owned();
    draft.programmes.clone_from(&front.programmes);
    draft.translation_of.clone_from(&front.translation_of);
    draft.review_months = front.review_months.unwrap_or(draft.review_months);
    draft.position = front.position.and_then(|at| i32::try_from(at).ok()).unwrap_or(draft.position);
    for slug in front.related.iter().filter(|slug| **slug != draft.slug) {
        if !draft.related.contains(slug) {
            draft.related.push(slug.clone());
        }
    }
    if let Some(parent) = front.parent.as_ref().filter(|parent| library.page(parent).is_some()) {
        draft.parent = Some(parent.clone());
    }
    let from = front.effective_from.or(front.updated);
    draft.from = from.or(draft.from);
    draft.until =
        front.effective_until.filter(|until| draft.from.is_none_or(|from| *until >= from)).or(draft.until);
    let Some((memo, told)) = draft.memo.as_mut().zip(front.memo.as_ref()) else { return };
    memo.kind.clone_from(&told.kind);
    memo.supersedes.clone_from(&told.supersedes);
    memo.related.clone_from(&told.related);
    memo.issued = told.issued.parse().ok();
    memo.required = told.review.as_ref().map(|review| Required {
        roles: review.roles.iter().filter_map(|word| Role::from_word(word)).collect(),
        due_days: review.due_days.unwrap_or(super::shipped::DUE_DAYS),
        gate: review.hold_queue,
        ..Required::default()
    });
}

fn brought() -> Draft {
    Draft {
        language: "en".to_owned(),
        from: Some(UNDATED),
        authors: vec![IMPORT.to_owned()],
        ..Draft::default()
    }
}
