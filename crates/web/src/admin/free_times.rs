//! What becomes of the free times of the next days when an office, a kind of visit or the rules of the book change: shown
//! before the change is saved (PHONE-APPT-11).
//!
//! Both pictures are computed by the same judgement that books; nothing is written.

use std::collections::BTreeSet;

use askama::Template;
use domain::appointment::{AppointmentBook, ResourceCenter, Rules, Taken, Wish, time_words};
use domain::time::Millis;
use engine::Engine;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::error::Error;
use crate::office::book::Book;
use crate::office::line::date_words;

/// Days looked at, and those of them that are shown.
const DAYS: u16 = 14;
const SHOWN: usize = 5;
/// Times that an example names.
const NAMED: usize = 8;

/// One day of every office.
struct Row {
    day: String,
    now: usize,
    then: usize,
    /// Visits that the day can take, now and then.
    places: (u32, u32),
    /// An office where it differs, and how.
    example: Option<Example>,
}

struct Example {
    office: String,
    gone: String,
    new: String,
}

#[derive(Template)]
#[template(path = "admin/free_times.html")]
struct Body {
    rows: Vec<Row>,
    differs: bool,
    /// A day takes more or fewer visits, whether the times that are free differ or not.
    holds_other: bool,
    /// The last day that can be booked, now and then, when it moves.
    last: Option<(String, String)>,
    /// The one office that is looked at; none for all together.
    office: Option<String>,
}

/// One office with what is taken there over the days.
struct Place<'a> {
    office: &'a ResourceCenter,
    taken: Taken,
}

/// The starts of these kinds that are free on a day, each with its kind.
fn free(
    rules: &Rules<'_>,
    place: &Place<'_>,
    kinds: &[String],
    now: Millis,
    day: Date,
) -> BTreeSet<(Millis, usize)> {
    let mut found = BTreeSet::new();
    for (at, kind) in kinds.iter().enumerate() {
        let wish = Wish { office: &place.office.id, visit_type: kind, now, taken: &place.taken };
        let states = rules.day_view(&wish, day).into_iter();
        found.extend(states.filter(|state| state.refusal.is_none()).map(|state| (state.start, at)));
    }
    found
}

/// The table for these kinds of visits, of one office or of all. `after` is the book as it would be.
pub(crate) async fn preview(
    engine: &Engine,
    book: &Book,
    after: &AppointmentBook,
    (kinds, only): (&[String], Option<&str>),
) -> Result<String, Error> {
    let mut places = Vec::new();
    for office in book.offices().iter().filter(|office| only.is_none_or(|id| office.id == id)) {
        let days = engine.office_days(&office.id, book.today, DAYS).await?;
        let claims = days.iter().flat_map(|day| &day.visits).flat_map(|visit| &visit.place.claims);
        let taken = Taken::from_names(claims.map(String::as_str));
        places.push(Place { office, taken });
    }
    let then = Rules { book: after, queues: &book.pack.queues, zone: &book.zone };
    let mut rows: Vec<Row> = Vec::new();
    for day in book.today.series(1.day()).take(usize::from(DAYS)) {
        let row = row(book, &then, &places, kinds, day);
        if (row.now > 0 || row.then > 0) && rows.len() < SHOWN {
            rows.push(row);
        }
    }
    let last = |rules: &Rules<'_>| {
        let days = i64::from(rules.book.rules.horizon_days);
        date_words(book.today.saturating_add(days.days()))
    };
    let (before, after) = (last(&book.rules()), last(&then));
    let differs = rows.iter().any(|row| row.example.is_some());
    let holds_other = rows.iter().any(|row| row.places.0 != row.places.1);
    let office = only.map(|id| book.office_name(id).to_owned());
    let body =
        Body { rows, differs, holds_other, last: (before != after).then_some((before, after)), office };
    Ok(body.render()?)
}

fn row(book: &Book, then: &Rules<'_>, places: &[Place<'_>], kinds: &[String], day: Date) -> Row {
    let mut row = Row { day: date_words(day), now: 0, then: 0, places: (0, 0), example: None };
    let rules = book.rules();
    for place in places {
        let before = free(&rules, place, kinds, book.now, day);
        let after = free(then, place, kinds, book.now, day);
        (row.now, row.then) = (row.now + before.len(), row.then + after.len());
        row.places.0 += rules.seats_of_day(place.office, day);
        row.places.1 += then.office(&place.office.id).map_or(0, |office| then.seats_of_day(office, day));
        if before != after && row.example.is_none() {
            row.example = Some(Example {
                office: place.office.name.clone(),
                gone: times(before.difference(&after), book),
                new: times(after.difference(&before), book),
            });
        }
    }
    row
}

/// `9:00 am, 10:00 am and 3 more`.
fn times<'s>(starts: impl Iterator<Item = &'s (Millis, usize)>, book: &Book) -> String {
    let all: BTreeSet<Millis> = starts.map(|(start, _)| *start).collect();
    let named: Vec<String> = all.iter().take(NAMED).map(|start| time_words(*start, &book.zone)).collect();
    let more = all.len().saturating_sub(NAMED);
    if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
}
