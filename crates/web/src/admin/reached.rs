//! Who is told by text that their visit cannot take place, and who has to be called: the same words before a closure is saved
//! and after (PHONE-APPT-11).

use askama::Template;
use domain::appointment::{Appointment, NoticeKind, ResourceCenter, Status};
use domain::interaction::Delivery;
use engine::Engine;

use crate::error::Error;
use crate::office::book::Book;
use crate::office::line::{Line, last_text, line};

/// Days of one closure whose visits are named; an office is read in parts of a month at most.
const DAYS_MAX: i32 = 31;
/// Visits that are named.
const NAMED_MAX: usize = 60;

/// Whether a text reaches a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// A text may go.
    Text,
    /// The visit has no number.
    NoNumber,
    /// The customer did not ask for texts about this visit.
    NotAsked,
    /// The number asked for no more texts.
    OptedOut,
}

impl Reach {
    pub(crate) async fn of(engine: &Engine, visit: &Appointment) -> Result<Self, Error> {
        let Some(number) = &visit.phone else { return Ok(Self::NoNumber) };
        if !visit.texts {
            return Ok(Self::NotAsked);
        }
        Ok(if engine.has_opted_out(number).await? { Self::OptedOut } else { Self::Text })
    }

    /// Class and words of the badge.
    pub(crate) const fn badge(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("badge--quiet", "gets a text"),
            Self::NoNumber => ("badge--warn", "no number: cannot be told"),
            Self::NotAsked => ("badge--warn", "asked for no texts: call"),
            Self::OptedOut => ("badge--warn", "opted out of texts: call"),
        }
    }
}

/// One visit that cannot take place, and whether its customer knows.
struct Told {
    line: Line,
    class: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "admin/reached.html")]
struct Body {
    visits: Vec<Told>,
    all: usize,
    /// Those for whom a text is on its way or arrived.
    by_text: usize,
    to_call: usize,
}

/// The section below the closures of an office; empty when no visit lies in one.
pub(crate) async fn section(engine: &Engine, book: &Book, office: &ResourceCenter) -> Result<String, Error> {
    let mut visits: Vec<Appointment> = Vec::new();
    for closure in office.closures.iter().filter(|closure| closure.until >= book.today) {
        let from = closure.from.max(book.today);
        let days = from.until(closure.until).map_or(0, |span| span.get_days()).min(DAYS_MAX - 1) + 1;
        let days = u16::try_from(days).unwrap_or(1);
        for day in engine.office_days(&office.id, from, days).await? {
            visits.extend(day.visits.into_iter().filter(|visit| cannot(visit, book)));
        }
    }
    visits.sort_by_key(|visit| (visit.place.start, visit.id));
    visits.dedup_by_key(|visit| visit.id);
    if visits.is_empty() {
        return Ok(String::new());
    }
    let (mut told, mut by_text, mut to_call) = (Vec::new(), 0, 0);
    for visit in &visits {
        let (class, words, reached) = what_came_of_it(engine, visit, book).await?;
        if reached {
            by_text += 1
        } else {
            to_call += 1
        }
        told.push(Told { line: line(visit, book), class, words });
    }
    told.truncate(NAMED_MAX);
    Ok(Body { visits: told, all: visits.len(), by_text, to_call }.render()?)
}

/// Booked, ahead, and the office is closed then.
fn cannot(visit: &Appointment, book: &Book) -> bool {
    visit.status == Status::Booked
        && visit.place.start > book.now
        && book.rules().still_open(&visit.place.office, &visit.visit_type, visit.place.start).is_err()
}

/// Class, words, and whether a text reaches the customer.
async fn what_came_of_it(
    engine: &Engine,
    visit: &Appointment,
    book: &Book,
) -> Result<(&'static str, String, bool), Error> {
    let notice = visit.notices.iter().rev().find(|notice| notice.kind == NoticeKind::OfficeClosed);
    if let Some(notice) = notice.filter(|_| visit.flagged.is_some()) {
        let failed = matches!(notice.delivery, Delivery::Failed { .. });
        let class = if failed { "badge--bad" } else { "badge--ok" };
        let words = last_text(notice, book).words;
        return Ok((class, if failed { format!("{words}: call") } else { words }, !failed));
    }
    let reach = Reach::of(engine, visit).await?;
    if reach == Reach::Text {
        return Ok(("badge--quiet", "the text is being written".to_owned(), true));
    }
    let (class, words) = reach.badge();
    Ok((class, words.to_owned(), false))
}
