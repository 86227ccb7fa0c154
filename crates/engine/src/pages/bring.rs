//! Pages of an agency's own site, as `knowledge::import` has read them, become drafts with a place in the tree.
//!
//! A page that was brought in before is found again by its name and gets a new edition only where its text differs. A page
//! of the pack or of an editor that has the same name is never written over: the agency's page stands beside it.

use std::collections::{BTreeMap, BTreeSet};

use domain::knowledge::{Draft, Kind, Library, Memo, Source, is_slug, slug_of};
use jiff::civil::Date;
use knowledge::import::{Document, Imported, NavEntry};

use super::UNDATED;
use crate::Engine;

/// Names in addresses of pages whose own name is taken begin with this.
const TAKEN: &str = "agency";
/// The section for pages whose place nobody knows.
const ELSEWHERE: &str = "brought-in";
/// Who wrote them.
const IMPORT: &str = "import";

impl Engine {
    /// Drafts for everything that was read, in an order in which parents come first.
    #[must_use]
    pub fn brought(&self, imported: Imported) -> Vec<(Draft, Option<Date>)> {
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
        out
    }
}

struct Places {
    /// Page by folded title; sections win, because pages are put below them.
    by_title: BTreeMap<String, String>,
    taken: BTreeSet<String>,
    has_elsewhere: bool,
    /// Names given in this import.
    given: BTreeSet<String>,
}

fn folded(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Places {
    fn of(library: &Library, day: Date) -> Self {
        let mut by_title = BTreeMap::new();
        let mut pages: Vec<_> = library.pages().collect();
        pages.sort_by_key(|page| page.kind != Kind::Section);
        for page in pages {
            let newest = library.in_force(page, day).or_else(|| page.editions.last());
            if let Some(edition) = newest {
                by_title.entry(folded(&edition.title)).or_insert_with(|| page.slug.clone());
            }
        }
        // What an import brought may be brought again under its name.
        let taken = library
            .pages()
            .filter(|page| page.source != Source::Import)
            .map(|page| page.slug.clone())
            .collect();
        Self { by_title, taken, has_elsewhere: library.page(ELSEWHERE).is_some(), given: BTreeSet::new() }
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

    fn parent(&self, path: &[String]) -> Option<String> {
        path.iter().rev().find_map(|title| self.by_title.get(&folded(title)).cloned())
    }

    /// A place of the site's menu that this site does not have yet.
    fn entry(&mut self, entry: &NavEntry, all: &[NavEntry]) -> Option<Draft> {
        if self.by_title.contains_key(&folded(&entry.title)) {
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
        let body = if kind == Kind::Article {
            "The menu of the site that was brought in names this page; its text was not among the files.\n"
                .to_owned()
        } else {
            String::new()
        };
        Some(Draft { slug, kind, parent, target, title: entry.title.clone(), body, ..brought() })
    }

    fn document(
        &mut self,
        library: &Library,
        document: &Document,
        (position, listed): (i32, Option<&NavEntry>),
    ) -> Vec<(Draft, Option<Date>)> {
        let mut out = Vec::new();
        let name = self.name(&document.slug);
        let slug = self.once(&name);
        let same = self.by_title.get(&folded(&document.title)).filter(|other| *other != &slug).cloned();
        let known = library.page(&slug).and_then(|(_, page)| page.parent.clone());
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
        let draft = Draft {
            slug: slug.clone(),
            kind: if memo.is_some() { Kind::Memo } else { Kind::Article },
            parent: Some(parent),
            position: 500 + position,
            title: document.title.clone(),
            related: same.into_iter().collect(),
            body: document.markdown.clone(),
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
        self.by_title.entry(folded(&document.title)).or_insert(slug);
        out.push((draft, document.updated));
        out
    }
}

fn brought() -> Draft {
    Draft {
        language: "en".to_owned(),
        from: Some(UNDATED),
        authors: vec![IMPORT.to_owned()],
        ..Draft::default()
    }
}
