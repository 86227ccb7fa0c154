//! What stands around the text of a page: trail, edition, notices, neighbours, related pages, older editions, files.

use domain::id::StaffId;
use domain::knowledge::{Attachment, Audience, Edition, Kind, Library, Page, Source, Standing, Viewer};
use engine::pages::{Opened, UNDATED};
use jiff::civil::Date;

use super::days::{day_of, day_words, printed};
use super::shape::Door;
use crate::App;
use crate::error::Error;

/// Entries listed on the page of a heading.
const CHILDREN_MAX: usize = 200;
/// Related pages listed.
const RELATED_MAX: usize = 6;

/// A page in a list.
pub(crate) struct Card {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) summary: String,
    /// What it is, where it is no plain article.
    pub(crate) kind: Option<&'static str>,
    /// The day in force or of the update, where one is printed.
    pub(crate) date: Option<String>,
    /// Only named by the documents.
    pub(crate) named_only: bool,
    /// Whose wording it is, where another page has the same title.
    pub(crate) origin: Option<&'static str>,
}

impl Card {
    /// The entry with the word that tells it from its twin.
    pub(crate) fn told_apart(self, library: &Library, page: &Page) -> Self {
        Self { origin: origin(library, page, &self.title), ..self }
    }
}

/// Whose wording a page is, where a page of the pack and an imported one share a title or a memo's number.
pub(crate) fn origin(library: &Library, page: &Page, title: &str) -> Option<&'static str> {
    library.told_apart(page, title).map(|source| match source {
        Source::Import => "the agency's page",
        Source::Pack | Source::Editor => "our words",
    })
}

/// A page as an entry of a list.
pub(crate) fn card(page: &Page, edition: &Edition, door: Door) -> Card {
    let day = edition.updated.or(Some(edition.from).filter(|from| *from != UNDATED));
    Card {
        slug: page.slug.clone(),
        title: edition.called(),
        href: door.page(&page.slug),
        summary: edition.summary.clone(),
        kind: Some(page.kind).filter(|kind| *kind != Kind::Article).map(Kind::title),
        date: day.map(|day| day_words(day, page.language == "es")),
        named_only: !page.described && page.kind != Kind::Section,
        origin: None,
    }
}

/// A sentence above the text, with a way on.
pub(crate) struct Notice {
    pub(crate) class: &'static str,
    pub(crate) words: String,
    pub(crate) link: Option<(String, String)>,
}

/// One line of the list of editions.
pub(crate) struct EditionLine {
    pub(crate) number: u32,
    pub(crate) from: String,
    pub(crate) standing: &'static str,
    pub(crate) note: String,
    pub(crate) href: String,
    pub(crate) here: bool,
}

/// A file of the page.
pub(crate) struct FileLine {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) kilobytes: u64,
    pub(crate) media: String,
}

/// Everything around a text.
pub(crate) struct Article {
    pub(crate) slug: String,
    pub(crate) number: u32,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) language: String,
    pub(crate) kind: Kind,
    pub(crate) public: bool,
    pub(crate) closed: bool,
    /// Whose wording it is, where there are two of it.
    pub(crate) origin: Option<&'static str>,
    pub(crate) programmes: Vec<String>,
    pub(crate) trail: Vec<Card>,
    /// The title as the document prints it, in capitals.
    pub(crate) printed_title: Option<String>,
    pub(crate) updated: Option<String>,
    pub(crate) edition_words: String,
    pub(crate) notices: Vec<Notice>,
    pub(crate) children: Vec<Card>,
    pub(crate) children_more: usize,
    pub(crate) previous: Option<Card>,
    pub(crate) next: Option<Card>,
    pub(crate) related: Vec<Card>,
    pub(crate) translation: Option<Card>,
    pub(crate) editions: Vec<EditionLine>,
    pub(crate) target: Option<String>,
    pub(crate) named_only: bool,
    pub(crate) forms: Vec<String>,
    pub(crate) manual: Vec<String>,
}

/// Gathers what stands around an opened page. `on` is the day that was asked for, where it is not today.
///
/// # Errors
/// When accounts cannot be read.
pub(crate) async fn article(
    app: &App,
    library: &Library,
    opened: &Opened,
    viewer: Viewer,
    (door, on, by_number): (Door, Option<Date>, bool),
) -> Result<Article, Error> {
    let (page, edition) = (&opened.page, &opened.edition);
    // On another day the trail, the neighbours and what lies below are those of that day, too.
    let now = viewer;
    let spanish = page.language == "es";
    let cards = |found: Vec<(&Page, &Edition)>| -> Vec<Card> {
        let told = |(page, edition)| card(page, edition, door).told_apart(library, page);
        found.into_iter().map(told).collect()
    };
    let below = library.children(Some(&page.slug), now);
    let children_more = below.len().saturating_sub(CHILDREN_MAX);
    let [previous, next] = library.neighbours(&page.slug, now);
    let neighbour = |found: Option<(&Page, &Edition)>| {
        found
            .filter(|(other, _)| other.language == page.language)
            .map(|(page, edition)| card(page, edition, door))
    };
    let other = if spanish { "en" } else { "es" };
    let translation = library.translation(&page.slug, other, now);
    let translation = translation.and_then(|found| library.readable(&found.slug, now));
    let related =
        page.related.iter().filter_map(|slug| library.readable(slug, now)).take(RELATED_MAX).collect();
    Ok(Article {
        slug: page.slug.clone(),
        number: edition.number,
        title: edition.title.clone(),
        summary: edition.summary.clone(),
        language: page.language.clone(),
        kind: page.kind,
        public: edition.audience == Audience::Public,
        closed: edition.audience == Audience::Supervisors,
        origin: origin(library, page, &edition.title),
        programmes: edition.programmes.clone(),
        trail: trail(library, page, now, door),
        printed_title: edition.printed_title.clone(),
        updated: updated(app, edition).map(|day| day_words(day, spanish)),
        edition_words: edition_words(app, edition).await?,
        notices: notices(app, library, page, edition, (on, by_number)),
        children: cards(below.into_iter().take(CHILDREN_MAX).collect()),
        children_more,
        previous: neighbour(previous),
        next: neighbour(next),
        related: cards(related),
        translation: translation.map(|(page, edition)| card(page, edition, door)),
        editions: editions(library, page, edition, now),
        target: page.target.clone().filter(|to| to.starts_with("https://") || to.starts_with("http://")),
        named_only: !page.described && page.kind != Kind::Section,
        forms: opened.text.forms.clone(),
        manual: opened.text.manual.clone(),
    })
}

/// From the root down, each by the name it has in the trail (KB-PAGE-4).
fn trail(library: &Library, page: &Page, viewer: Viewer, door: Door) -> Vec<Card> {
    let named = |(page, edition): (&Page, &Edition)| {
        let crumb = card(page, edition, door);
        let title = page.trail_name.clone().unwrap_or_else(|| crumb.title.clone());
        Card { title, ..crumb }
    };
    library.breadcrumb(&page.slug, viewer).into_iter().map(named).collect()
}

/// The day of the latest revision (KB-PAGE-9): what the document prints, or the day on which people published it here.
fn updated(app: &App, edition: &Edition) -> Option<Date> {
    let published = || day_of(edition.published_at, &app.engine.zone());
    edition.updated.or_else(|| edition.approver.is_some().then(published))
}

async fn edition_words(app: &App, edition: &Edition) -> Result<String, Error> {
    let mut words = format!("Edition {}", edition.number);
    if edition.from != UNDATED {
        words = format!("{words}, in force from {}", day_words(edition.from, false));
    }
    if let Some(until) = edition.until {
        words = format!("{words} until {}", day_words(until, false));
    }
    match &edition.approver {
        Some(approver) => {
            let (author, approver) = (name(app, &edition.author).await?, name(app, approver).await?);
            Ok(format!("{words}; written by {author}, approved by {approver}"))
        }
        None if edition.author == "pack" => Ok(format!("{words}; came with the agency's pack")),
        None => Ok(format!("{words}; the agency's own page, brought in as it stands")),
    }
}

async fn name(app: &App, id: &str) -> Result<String, Error> {
    let account = app.engine.account(&StaffId(id.to_owned())).await?;
    Ok(account.map_or_else(|| id.to_owned(), |(_, account)| account.name))
}

/// What can be said of an edition on a day that was asked for. Without a printed date nothing tells since when the words
/// hold, so nothing is claimed.
fn on_that_day(edition: &Edition, day: Date, today: Date) -> String {
    let verb = if day > today { "will be" } else { "was" };
    let (day, number) = (day_words(day, false), edition.number);
    if edition.from == UNDATED {
        return format!(
            "The document prints no date, so edition {number} is shown as it is. Whether it {verb} in force on {day} cannot be told."
        );
    }
    format!("This is the page as it {verb} in force on {day} (edition {number}).")
}

/// What the reader must know before they rely on the text.
fn notices(
    app: &App,
    library: &Library,
    page: &Page,
    edition: &Edition,
    (on, by_number): (Option<Date>, bool),
) -> Vec<Notice> {
    let today = app.engine.today();
    let standing = library.standing(page, edition, today);
    let mut out = Vec::new();
    let now = library.in_force(page, today).filter(|found| found.number != edition.number);
    let to_now = now.map(|found| {
        (Door::Staff.page(&page.slug), format!("Read edition {}, in force today", found.number))
    });
    let warn = |words: String, link| Notice { class: "notice--warn", words, link };
    if let Some(day) = on {
        out.push(Notice { class: "", words: on_that_day(edition, day, today), link: None });
        // The line at the top leads back to today; that a later edition stands says enough of today's.
        if edition.from == UNDATED && matches!(standing, Standing::InForce) {
            return out;
        }
    }
    match standing {
        Standing::InForce if on.is_some() => out.push(Notice {
            class: "notice--ok",
            words: format!("Edition {} is also the one in force today.", edition.number),
            link: None,
        }),
        Standing::InForce if by_number => out.push(Notice {
            class: "notice--ok",
            words: format!("Edition {} is the one in force today.", edition.number),
            link: None,
        }),
        Standing::InForce => {}
        Standing::Scheduled => out.push(warn(
            format!(
                "This edition is not in force yet. It takes force on {}.",
                day_words(edition.from, false)
            ),
            to_now,
        )),
        Standing::Expired => out.push(warn(
            format!(
                "This edition is no longer in force. Its last day was {}.",
                edition.until.map_or_else(String::new, |day| day_words(day, false))
            ),
            to_now,
        )),
        Standing::Replaced { by } => {
            out.push(warn(format!("This is an older edition. Edition {by} has taken its place."), to_now));
        }
        Standing::Superseded { by } => {
            // A memo for supervisors alone is not named to those who may read only this one.
            let staff = Viewer { audience: edition.audience.max(Audience::Staff), day: today };
            let later = library.readable(&by, staff);
            let link = later.map(|(_, later)| (Door::Staff.page(&by), format!("Read {}", later.title)));
            out.push(warn("A later memo has taken the place of this one.".to_owned(), link));
        }
        Standing::Withdrawn => {
            let reason = edition.withdrawn.as_ref().map_or("", |gone| gone.reason.as_str());
            out.push(warn(format!("This edition was taken back: {reason}"), to_now));
        }
    }
    out
}

/// Every edition that this reader may see, the newest first.
pub(crate) fn editions(library: &Library, page: &Page, here: &Edition, viewer: Viewer) -> Vec<EditionLine> {
    let seen = page.editions.iter().rev().filter(|edition| edition.audience <= viewer.audience);
    seen.map(|edition| EditionLine {
        number: edition.number,
        from: printed(edition.from),
        standing: library.standing(page, edition, viewer.day).word(),
        note: edition.note.clone(),
        href: format!("/kb/{}?edition={}", page.slug, edition.number),
        here: edition.number == here.number,
    })
    .collect()
}

/// The files as lines.
pub(crate) fn file_lines(files: &[Attachment], door: Door) -> Vec<FileLine> {
    let line = |file: &Attachment| FileLine {
        name: file.name.clone(),
        href: format!("{}/file/{}", door.base(), file.hash),
        kilobytes: file.size.div_ceil(1024),
        media: file.media.rsplit('/').next().unwrap_or_default().to_uppercase(),
    };
    files.iter().map(line).collect()
}
