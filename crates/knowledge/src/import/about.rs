//! What an HTML page tells beside its text: names of places in it that others link to, and the day of its update where no
//! class says which words these are.

use jiff::civil::Date;

use super::html::{is_within, unmarked};
use super::outline::squeeze;
use super::text;
use super::tree::{Dom, Id};

/// The names of headings, their own or of what stands in them, with their words.
pub(super) fn places(dom: &Dom, elements: &[Id]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for &id in elements.iter().filter(|&&id| matches!(dom.name(id), "h2" | "h3" | "h4" | "h5" | "h6")) {
        let words = unmarked(&squeeze(&dom.words(id)));
        for part in std::iter::once(id).chain(dom.below(id)) {
            let names = ["id", "name"].iter().filter_map(|key| dom.attr(part, key));
            found.extend(names.map(|name| (name.to_owned(), words.clone())));
        }
    }
    found
}

/// The day that the site prints as the page's update where no class tells it: in the foot of the page, or in the line right
/// below its title.
pub(super) fn updated(dom: &Dom, elements: &[Id]) -> Option<Date> {
    let day = |id: Id| text::updated(&squeeze(&dom.words(id)));
    let title = elements.iter().position(|&id| dom.name(id) == "h1");
    let below = title.and_then(|at| {
        let title = *elements.get(at)?;
        let mut after = elements.iter().skip(at + 1).filter(|&&id| !is_within(dom, id, title));
        after.find(|&&id| matches!(dom.name(id), "p" | "div" | "span" | "small" | "em")).copied()
    });
    let foot = elements.iter().rev().filter(|&&id| dom.name(id) == "footer");
    let mut feet = foot.flat_map(|&id| {
        let parts = std::iter::once(id).chain(dom.below(id));
        parts.flat_map(|part| std::iter::once(part).chain(dom.children(part).iter().copied()))
    });
    below.and_then(day).or_else(|| feet.find_map(day))
}
