//! What stands around every reading screen: the menu, and the day for which the whole site is read.
//!
//! "What was in force on 3 February 2021?" is asked once and answered everywhere: the day stands in the address, every link
//! within the knowledge base carries it on ([`Around::carry`]), and a line at the top says so and leads back to today. The
//! desk's panel and the screens of writing never carry a day.

use std::sync::Arc;

use domain::knowledge::{Viewer, is_usual};
use jiff::civil::Date;

use super::days::day_words;
use super::tree::Menu;
use super::{shelf, tree};
use crate::App;
use crate::error::Error;

/// Parts of the site below `/kb` that know no other day than today.
const TODAY_ONLY: [&str; 11] = [
    "edit",
    "file",
    "ask",
    "reading",
    "forms",
    "hot-tips",
    "inbox",
    "manual",
    "calculators",
    "by-clause",
    "question",
];

/// The menu and the day.
pub(super) struct Around {
    pub(super) tree: String,
    /// The address of this very screen, without a day.
    pub(super) here: String,
    /// The day asked for, where it is not today.
    pub(super) on: Option<Date>,
    pub(super) today: Date,
    /// What the search box holds, so that another day asks the same.
    pub(super) q: String,
}

/// The day that an address asks for; today is none.
pub(crate) fn day(text: Option<&str>, today: Date) -> Result<Option<Date>, Error> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = || Error::Invalid("Write the day as year, month and day, such as 2021-02-03.".to_owned());
    // A day with a clock behind it would be read as that day.
    let found: Date = if text.len() == 10 { text.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
    if !is_usual(found) {
        return Err(Error::Invalid("Choose a day between the years 1900 and 2999.".to_owned()));
    }
    Ok(Some(found).filter(|day| *day != today))
}

impl Around {
    /// For a screen at this address, with the branch of `path` open in the menu.
    pub(super) fn of(app: &App, viewer: Viewer, here: &str, path: &[String]) -> Self {
        Self {
            tree: tree::html(
                &nodes(app, viewer),
                path,
                Some(viewer.day).filter(|day| *day != app.engine.today()),
            ),
            ..Self::bare(app, viewer, here)
        }
    }

    /// Without a menu, for a piece of a screen.
    pub(super) fn bare(app: &App, viewer: Viewer, here: &str) -> Self {
        let today = app.engine.today();
        let on = Some(viewer.day).filter(|day| *day != today);
        Self { tree: String::new(), here: here.to_owned(), on, today, q: String::new() }
    }

    /// The value of the day's field.
    pub(super) fn picked(&self) -> String {
        self.on.unwrap_or(self.today).to_string()
    }

    /// The day in words.
    pub(super) fn day_words(&self) -> String {
        self.on.map(|day| day_words(day, false)).unwrap_or_default()
    }

    /// Whether the day is still to come.
    pub(super) fn is_later(&self) -> bool {
        self.on.is_some_and(|day| day > self.today)
    }

    /// The screen with the day in every link that stays among the reading screens.
    pub(super) fn carry(&self, html: String) -> String {
        match self.on {
            Some(day) => carried(&html, day),
            None => html,
        }
    }
}

/// The tree on the viewer's day; today's is kept ready.
pub(super) fn nodes(app: &App, viewer: Viewer) -> Arc<Menu> {
    if viewer.day == app.engine.today() {
        return shelf::tree(app, viewer.audience);
    }
    Arc::new(Menu::of(app.engine.library().tree(viewer)))
}

fn carried(html: &str, day: Date) -> String {
    const LINK: &str = " href=\"/kb";
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(LINK) {
        out.push_str(before);
        out.push_str(LINK);
        let (address, behind) = after.split_once('"').unwrap_or((after, ""));
        let stays = before.ends_with("data-today");
        if stays || !takes_day(address) {
            out.push_str(address);
        } else {
            let (path, anchor) =
                address.split_once('#').map_or((address, None), |(path, anchor)| (path, Some(anchor)));
            let join = if path.contains('?') { "&amp;" } else { "?" };
            out.push_str(&format!("{path}{join}on={day}"));
            if let Some(anchor) = anchor {
                out.push('#');
                out.push_str(anchor);
            }
        }
        out.push('"');
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Whether what follows `/kb` in an address is a reading screen that has no day or edition of its own.
fn takes_day(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let ours = path.is_empty() || path.starts_with('/');
    ours && !TODAY_ONLY.contains(&first) && !address.contains("on=") && !address.contains("edition=")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_day_goes_on_with_every_link_of_the_reading_screens_and_with_no_other() {
        let html = "<a href=\"/kb\">a</a><a href=\"/kb/im-31#x\">b</a><a href=\"/kb/search?q=a&amp;leaf=1\">c</a>\
                    <a href=\"/kb/edit/page/x\">d</a><a href=\"/kb/im-31?edition=1\">e</a><a data-today href=\"/kb/im-31\">f</a>\
                    <a href=\"/kbx\">g</a><a href=\"/help/x\">h</a>";
        let told = carried(html, date(2021, 2, 3));
        assert_eq!(
            told,
            "<a href=\"/kb?on=2021-02-03\">a</a><a href=\"/kb/im-31?on=2021-02-03#x\">b</a>\
             <a href=\"/kb/search?q=a&amp;leaf=1&amp;on=2021-02-03\">c</a><a href=\"/kb/edit/page/x\">d</a>\
             <a href=\"/kb/im-31?edition=1\">e</a><a data-today href=\"/kb/im-31\">f</a><a href=\"/kbx\">g</a>\
             <a href=\"/help/x\">h</a>"
        );
    }

    #[test]
    fn a_day_is_a_day_of_our_times_and_today_is_none() {
        let today = date(2026, 11, 21);
        assert_eq!(day(Some("2021-02-03"), today).unwrap(), Some(date(2021, 2, 3)));
        assert_eq!(day(Some("2026-11-21"), today).unwrap(), None);
        assert_eq!(day(None, today).unwrap(), None);
        for odd in
            ["yesterday", "2026-11-22T10:00", "-009999-01-01", "1899-12-31", "3000-01-01", "2026-02-30"]
        {
            assert!(day(Some(odd), today).is_err(), "{odd}");
        }
    }
}
