//! All pages together: what is in force, who sees it, where it stands in the tree.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::model::{Audience, Edition, Kind, Page, Source, number_key};
use super::reading::{Owed, owed, reaches};
use crate::permission::Role;
use crate::time::{Millis, instant};

/// Deepest path from a page up to the root; a longer one is a circle.
const DEPTH_MAX: usize = 16;

/// Where an edition stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// In force.
    InForce,
    /// Takes force on a later day.
    Scheduled,
    /// Its last day is over.
    Expired,
    /// A later edition took its place.
    Replaced {
        /// Number of the later one.
        by: u32,
    },
    /// A later memo took its place.
    Superseded {
        /// That memo's page.
        by: String,
    },
    /// Taken back.
    Withdrawn,
}

impl Standing {
    /// The word on screens.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::InForce => "In force",
            Self::Scheduled => "Scheduled",
            Self::Expired => "Expired",
            Self::Replaced { .. } => "Replaced",
            Self::Superseded { .. } => "Superseded",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// The narrowest audience they belong to.
    pub audience: Audience,
    /// The day for which they ask.
    pub day: Date,
}

/// An entry of the navigation tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Page.
    pub slug: String,
    /// Title in force.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// Where a link leads.
    pub target: Option<String>,
    /// False where the documents only name it.
    pub described: bool,
    /// Whether there is a text to read.
    pub readable: bool,
    /// Where it came from, where a page from elsewhere has the same title or number.
    pub origin: Option<Source>,
    /// Entries below.
    pub below: Vec<Node>,
}

/// Every page, by its slug.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Library {
    pages: BTreeMap<String, (u64, Page)>,
    below: BTreeMap<Option<String>, Vec<String>>,
    /// Memo to the pages that name it as replaced, in any edition.
    superseded: BTreeMap<String, Vec<String>>,
    /// Pages that somebody has to read: asked for with every screen, so they are kept apart.
    to_read: Vec<String>,
    /// Page to those that say the same in another language.
    translations: BTreeMap<String, Vec<String>>,
    /// Titles and numbers of memos, in small letters, and where the pages come from that bear them.
    named: BTreeMap<String, BTreeSet<Source>>,
}

impl Library {
    /// Of pages with the versions of their records.
    #[must_use]
    pub fn new(pages: impl IntoIterator<Item = (u64, Page)>) -> Self {
        let mut out = Self {
            pages: pages.into_iter().map(|(v, page)| (page.slug.clone(), (v, page))).collect(),
            ..Self::default()
        };
        out.arrange();
        out
    }

    /// Puts or replaces one page.
    pub fn put(&mut self, version: u64, page: Page) {
        self.pages.insert(page.slug.clone(), (version, page));
        self.arrange();
    }

    /// Replaces the pages of a whole import at once.
    pub fn put_all(&mut self, pages: impl IntoIterator<Item = (u64, Page)>) {
        self.pages.extend(pages.into_iter().map(|(v, page)| (page.slug.clone(), (v, page))));
        self.arrange();
    }

    fn arrange(&mut self) {
        self.below.clear();
        self.superseded.clear();
        self.to_read.clear();
        self.translations.clear();
        self.named.clear();
        for (_, page) in self.pages.values() {
            if let Some(origin) = &page.translation_of {
                self.translations.entry(origin.clone()).or_default().push(page.slug.clone());
            }
            for name in names(page) {
                self.named.entry(name).or_default().insert(page.source);
            }
        }
        let mut order: Vec<&Page> = self.pages.values().map(|(_, page)| page).collect();
        order.sort_by(|a, b| (a.position, &a.slug).cmp(&(b.position, &b.slug)));
        for page in order {
            let parent =
                page.parent.clone().filter(|parent| parent != &page.slug && self.pages.contains_key(parent));
            self.below.entry(parent).or_default().push(page.slug.clone());
            let asks = |edition: &Edition| edition.memo.as_ref().is_some_and(|memo| memo.required.is_some());
            if page.editions.iter().any(asks) {
                self.to_read.push(page.slug.clone());
            }
            for edition in page.editions.iter().filter(|edition| edition.withdrawn.is_none()) {
                for old in edition.memo.iter().flat_map(|memo| &memo.supersedes) {
                    self.superseded.entry(old.clone()).or_default().push(page.slug.clone());
                }
            }
        }
    }

    /// How many pages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Every page by slug.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.pages.values().map(|(_, page)| page)
    }

    /// A page with the version of its record.
    #[must_use]
    pub fn page(&self, slug: &str) -> Option<(u64, &Page)> {
        self.pages.get(slug).map(|(version, page)| (*version, page))
    }

    /// The edition in force on the day: the newest one that covers it and was not taken back.
    #[must_use]
    pub fn in_force<'a>(&self, page: &'a Page, day: Date) -> Option<&'a Edition> {
        page.editions.iter().rev().find(|edition| covers(edition, day))
    }

    /// Where this edition stands on the day.
    #[must_use]
    pub fn standing(&self, page: &Page, edition: &Edition, day: Date) -> Standing {
        if edition.withdrawn.is_some() {
            return Standing::Withdrawn;
        }
        if edition.from > day {
            return Standing::Scheduled;
        }
        if edition.until.is_some_and(|until| until < day) {
            return Standing::Expired;
        }
        let newest = self.in_force(page, day).map_or(edition.number, |found| found.number);
        if newest != edition.number {
            return Standing::Replaced { by: newest };
        }
        // Only what is in force on that day replaces anything, and nothing replaces what came after it.
        let replaces = |by: &&String| {
            let later = self.page(by).and_then(|(_, page)| self.in_force(page, day));
            later.is_some_and(|later| {
                let names = later.memo.as_ref().is_some_and(|memo| memo.supersedes.contains(&page.slug));
                names && later.published_at >= edition.published_at
            })
        };
        let later = self.superseded.get(&page.slug).and_then(|all| all.iter().find(replaces));
        later.map_or(Standing::InForce, |by| Standing::Superseded { by: by.clone() })
    }

    /// What is shown of a page: the edition in force; for staff, where it has expired, the last one that was, so that
    /// nobody looks in vain for a memo of last year. The public sees only what is in force.
    #[must_use]
    pub fn shown<'a>(&self, page: &'a Page, viewer: Viewer) -> Option<&'a Edition> {
        let in_force = self.in_force(page, viewer.day);
        let was = |edition: &&Edition| edition.withdrawn.is_none() && edition.from <= viewer.day;
        in_force.or_else(|| {
            let staff = viewer.audience > Audience::Public;
            page.editions.iter().rev().find(was).filter(|_| staff)
        })
    }

    /// The page and its edition to show, if this viewer may read it.
    #[must_use]
    pub fn readable(&self, slug: &str, viewer: Viewer) -> Option<(&Page, &Edition)> {
        let (_, page) = self.page(slug)?;
        let edition = self.shown(page, viewer)?;
        (edition.audience <= viewer.audience).then_some((page, edition))
    }

    /// From the root down to the page's parent.
    #[must_use]
    pub fn breadcrumb(&self, slug: &str, viewer: Viewer) -> Vec<(&Page, &Edition)> {
        let mut out = Vec::new();
        let mut seen = BTreeSet::from([slug]);
        let mut at = self.page(slug).and_then(|(_, page)| page.parent.as_deref());
        while let Some(parent) = at.filter(|parent| out.len() < DEPTH_MAX && seen.insert(parent)) {
            out.extend(self.readable(parent, viewer));
            at = self.page(parent).and_then(|(_, page)| page.parent.as_deref());
        }
        out.reverse();
        out
    }

    /// What lies directly below a page (below the root for none), as this viewer sees it.
    #[must_use]
    pub fn children(&self, slug: Option<&str>, viewer: Viewer) -> Vec<(&Page, &Edition)> {
        let below = self.below.get(&slug.map(str::to_owned));
        below.into_iter().flatten().filter_map(|slug| self.readable(slug, viewer)).collect()
    }

    /// The neighbours in the order of the category (KB-PAGE-10).
    #[must_use]
    pub fn neighbours(&self, slug: &str, viewer: Viewer) -> [Option<(&Page, &Edition)>; 2] {
        let Some((_, page)) = self.readable(slug, viewer).and_then(|_| self.page(slug)) else {
            return [None, None];
        };
        let Some(all) = self.below.get(&page.parent) else { return [None, None] };
        let Some(at) = all.iter().position(|other| other == slug) else { return [None, None] };
        let (before, after) = all.split_at(at);
        [
            before.iter().rev().find_map(|other| self.readable(other, viewer)),
            after.iter().skip(1).find_map(|other| self.readable(other, viewer)),
        ]
    }

    /// The tree for this viewer.
    #[must_use]
    pub fn tree(&self, viewer: Viewer) -> Vec<Node> {
        self.nodes(None, viewer, 0)
    }

    fn nodes(&self, slug: Option<&str>, viewer: Viewer, depth: usize) -> Vec<Node> {
        if depth > DEPTH_MAX {
            return Vec::new();
        }
        self.children(slug, viewer)
            .into_iter()
            .map(|(page, edition)| Node {
                slug: page.slug.clone(),
                title: edition.called(),
                kind: page.kind,
                target: page.target.clone(),
                described: page.described,
                readable: page.described || page.kind == Kind::Section,
                origin: self.told_apart(page, &edition.title),
                below: self.nodes(Some(&page.slug), viewer, depth + 1),
            })
            .collect()
    }

    /// The same page in another language, if this viewer may read it.
    #[must_use]
    pub fn translation(&self, slug: &str, language: &str, viewer: Viewer) -> Option<&Page> {
        let (_, page) = self.page(slug)?;
        let origin = page.translation_of.as_deref().unwrap_or(&page.slug);
        let others = self.translations.get(origin).into_iter().flatten().map(String::as_str);
        let mut others: Vec<&str> = others.chain([origin]).collect();
        others.sort_unstable();
        others
            .into_iter()
            .filter_map(|other| self.page(other).map(|(_, page)| page))
            .find(|other| other.language == language && other.slug != slug)
            .filter(|other| self.readable(&other.slug, viewer).is_some())
    }

    /// Whether a page from there has the title or the memo's number of this one, so that readers must be told them apart.
    #[must_use]
    pub fn has_twin(&self, page: &Page, title: &str, from: Source) -> bool {
        let number = page.editions.last().and_then(|edition| edition.memo.as_ref()).map(|memo| &memo.number);
        let mut names = std::iter::once(name(title)).chain(number.into_iter().map(|number| name(number)));
        names.any(|name| !name.is_empty() && self.named.get(&name).is_some_and(|all| all.contains(&from)))
    }

    /// The source of a page that has to be told apart from a page of the pack or of an import.
    #[must_use]
    pub fn told_apart(&self, page: &Page, title: &str) -> Option<Source> {
        let twin = match page.source {
            Source::Import => Source::Pack,
            Source::Pack => Source::Import,
            Source::Editor => return None,
        };
        self.has_twin(page, title, twin).then_some(page.source)
    }

    /// The page of this kind that stands under a number, other than the one named; numbers of hot tips and of forms are
    /// name spaces of their own.
    #[must_use]
    pub fn numbered(&self, kind: Kind, number: &str, but: &str) -> Option<(&Page, &Edition)> {
        let wanted = number_key(number);
        let same = |edition: &Edition| edition.number_of().is_some_and(|own| number_key(own) == wanted);
        self.pages().filter(|page| page.kind == kind && page.slug != but && !wanted.is_empty()).find_map(
            |page| {
                let newest = page.editions.iter().rev().find(|edition| edition.withdrawn.is_none())?;
                same(newest).then_some((page, newest))
            },
        )
    }

    /// Manual sections with the memos that revised them, as the memos of this viewer say (IM04-MEMO-2, IM172-MEMO-2).
    #[must_use]
    pub fn manual_index(&self, viewer: Viewer) -> BTreeMap<String, Vec<(&Page, &Edition)>> {
        self.index_of(viewer, |memo| memo.revises.clone())
    }

    /// Forms with the memos that introduced or revised them (IM10-MEMO-1, IM179-ACK-2). A form may bear a memo's number
    /// and is still something else: this list knows forms only.
    #[must_use]
    pub fn forms_index(&self, viewer: Viewer) -> BTreeMap<String, Vec<(&Page, &Edition)>> {
        self.index_of(viewer, |memo| [memo.forms_introduced.clone(), memo.forms_revised.clone()].concat())
    }

    fn index_of(
        &self,
        viewer: Viewer,
        names: impl Fn(&super::model::Memo) -> Vec<String>,
    ) -> BTreeMap<String, Vec<(&Page, &Edition)>> {
        let mut out: BTreeMap<String, Vec<(&Page, &Edition)>> = BTreeMap::new();
        for page in self.pages() {
            let Some(edition) =
                self.shown(page, viewer).filter(|edition| edition.audience <= viewer.audience)
            else {
                continue;
            };
            for name in edition.memo.iter().flat_map(&names) {
                out.entry(name).or_default().push((page, edition));
            }
        }
        for memos in out.values_mut() {
            memos.sort_by_key(|(_, edition)| edition.from);
        }
        out
    }

    /// Pages whose last look is further back than they ask for.
    #[must_use]
    pub fn unreviewed(&self, day: Date) -> Vec<&Page> {
        self.pages()
            .filter(|page| page.review_months > 0 && self.in_force(page, day).is_some())
            .filter(|page| {
                let looked = page.reviewed_on.or_else(|| page.editions.last().map(|edition| edition.from));
                looked.is_none_or(|on| {
                    let due = on.checked_add(jiff::Span::new().months(i64::from(page.review_months)));
                    due.is_ok_and(|due| due <= day)
                })
            })
            .collect()
    }

    /// The readings in force that someone with these roles has to do (the clauses `*-ACK-*`), the oldest first. Superseded
    /// memos need not be read any more.
    #[must_use]
    pub fn owed_by(&self, who: (&[Role], &str, &[String]), now: Millis, zone: &TimeZone) -> Vec<Owed> {
        let day = instant(now).to_zoned(zone.clone()).date();
        let (roles, office, programmes) = who;
        let mut out: Vec<Owed> = self
            .to_read
            .iter()
            .filter_map(|slug| self.page(slug).map(|(_, page)| page))
            .filter_map(|page| {
                let edition = self.in_force(page, day)?;
                let required = edition.memo.as_ref()?.required.as_ref()?;
                let stands = self.standing(page, edition, day) == Standing::InForce;
                (stands && reaches(required, roles, office, programmes)).then(|| owed(page, edition, zone))?
            })
            .collect();
        out.sort_by(|a, b| (a.since, &a.slug).cmp(&(b.since, &b.slug)));
        out
    }
}

/// A title or a number, whatever its letters.
fn name(text: &str) -> String {
    text.trim().to_ascii_lowercase()
}

/// What the newest edition of a page is called by.
fn names(page: &Page) -> impl Iterator<Item = String> {
    let newest = page.editions.last();
    let number = newest.and_then(|edition| edition.memo.as_ref()).map(|memo| name(&memo.number));
    newest.map(|edition| name(&edition.title)).into_iter().chain(number)
}

fn covers(edition: &Edition, day: Date) -> bool {
    edition.withdrawn.is_none() && edition.from <= day && edition.until.is_none_or(|until| day <= until)
}
