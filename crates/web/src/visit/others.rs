//! What else can be had when a time cannot: other days at the office, other offices nearby (PHONE-APPT-9), and which
//! offices lie near what somebody typed.

use domain::appointment::{ResourceCenter, Rules, Slot};
use domain::time::Millis;
use jiff::civil::Date;

use super::grid::{Others, wall_value};
use super::say::{self, moment};
use super::words::Words;
use crate::App;
use crate::error::Error;

/// Offices found for a word, and whether they were only near it.
pub(super) struct Near<'a> {
    pub(super) offices: Vec<&'a ResourceCenter>,
    /// Offices of other counties that those found name as near.
    pub(super) nearby: Vec<&'a ResourceCenter>,
    /// None serves the ZIP code itself; these share its first three digits.
    pub(super) same_area: bool,
}

/// Offices for a county or a ZIP code: those that serve it, else counties whose name holds the word, else those of the
/// same postal area.
pub(super) fn near<'a>(rules: &Rules<'a>, typed: &str) -> Near<'a> {
    let mut offices = rules.find_offices(typed);
    let mut same_area = false;
    if offices.is_empty() {
        let small = typed.trim().to_lowercase();
        let all = rules.book.offices.iter();
        let is_zip = |text: &str| text.len() >= 5 && text.bytes().take(5).all(|byte| byte.is_ascii_digit());
        if is_zip(&small) {
            let exact = small.get(..5).unwrap_or_default();
            offices = rules.find_offices(exact);
            same_area = offices.is_empty();
            let area = small.get(..3).unwrap_or_default();
            if same_area {
                offices = all.filter(|one| one.zips.iter().any(|zip| zip.starts_with(area))).collect();
            }
        } else if small.chars().count() >= 3 {
            let letters = |text: &str| -> String {
                text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
            };
            let wanted = letters(small.strip_suffix(" county").unwrap_or(&small));
            let fits = |one: &&ResourceCenter| {
                letters(&one.county).contains(&wanted) || letters(&one.address).contains(&wanted)
            };
            offices = if wanted.is_empty() { Vec::new() } else { all.filter(fits).collect() };
        }
    }
    let found: Vec<&str> = offices.iter().map(|one| one.id.as_str()).collect();
    let mut nearby: Vec<&ResourceCenter> = Vec::new();
    for id in offices.iter().flat_map(|one| &one.nearby) {
        let new = !found.contains(&id.as_str()) && nearby.iter().all(|one| one.id != *id);
        nearby.extend(rules.office(id).filter(|_| new));
    }
    Near { same_area: same_area && !offices.is_empty(), offices, nearby }
}

/// The other times of a wish, in the order in which they are named. Times of the same day stand in the calendar itself.
pub(super) async fn others(
    app: &App,
    rules: &Rules<'_>,
    words: &'static Words,
    (office, kind): (&ResourceCenter, &str),
    wanted: Millis,
) -> Result<Vec<Others>, Error> {
    let found = app.engine.alternatives(&office.id, kind, wanted).await?;
    let pick = |slot: &Slot| {
        let name = rules.office(&slot.office).map_or_else(String::new, |office| say::office(office, words));
        let when = moment(slot.start, rules, words);
        let said =
            if slot.office == office.id { super::plan::capital(&when) } else { format!("{name}: {when}") };
        (format!("{}@{}", slot.office, wall_value(slot.start, rules.zone)), said)
    };
    let group = |title, slots: &[Slot]| Others { title, picks: slots.iter().map(pick).collect() };
    let mut groups =
        vec![group(words.other_later, &found.later_days), group(words.other_nearby, &found.nearby)];
    groups.retain(|group| !group.picks.is_empty());
    if groups.is_empty() {
        let first = first_nearby(app, rules, office, kind).await?;
        groups.extend((!first.is_empty()).then(|| group(words.other_nearby, &first)));
    }
    Ok(groups)
}

/// The first free time of each office nearby, whenever it is: for an office that has none at all.
async fn first_nearby(
    app: &App,
    rules: &Rules<'_>,
    office: &ResourceCenter,
    kind: &str,
) -> Result<Vec<Slot>, Error> {
    let most = usize::from(rules.book.rules.alternatives_max);
    let today: Date = super::grid::reach(rules, app.engine.now()).0;
    let county = rules.book.offices.iter().filter(|one| one.county == office.county && one.id != office.id);
    let named = office.nearby.iter().filter_map(|id| rules.office(id));
    let mut first: Vec<Slot> = Vec::new();
    for one in county.chain(named) {
        if first.len() < most && first.iter().all(|slot| slot.office != one.id) {
            let days = rules.book.rules.horizon_days.saturating_add(1);
            first.extend(app.engine.free_slots(&one.id, kind, today, days).await?.into_iter().next());
        }
    }
    first.sort_by_key(|slot| slot.start);
    Ok(first)
}
