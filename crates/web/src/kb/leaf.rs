//! Very long pages, read in parts: which part a place is in, and the way to the others.
//!
//! Links name a place of the page and no part of it. The server is never told what stands behind `#`, so the page's script
//! asks again with `?at=` when the place is not in the part that came; without a script the parts are leafed through.

use super::shape::{Line, Shown, ids};

/// One part of a page, or all of it.
pub(crate) struct Leaf<'a> {
    shown: &'a Shown,
    pub(crate) html: &'a str,
    /// From 0.
    pub(crate) number: usize,
    pub(crate) count: usize,
    /// What the address says besides the part, such as `edition=2&`.
    pub(crate) keep: String,
    pub(crate) spanish: bool,
}

impl Shown {
    /// The part that has a place; the first where none has.
    pub(crate) fn leaf_of(&self, anchor: &str) -> usize {
        let mut escaped = String::new();
        super::shape::escape(anchor, &mut escaped);
        let at = (!anchor.is_empty()).then(|| self.html.find(&format!(" id=\"{escaped}\""))).flatten();
        at.and_then(|at| self.leaves.iter().position(|leaf| leaf.contains(&at))).unwrap_or_default()
    }

    /// A part by its number, or the last; all of a page that is read as one.
    pub(crate) fn leaf(&self, number: usize, keep: String, spanish: bool) -> Leaf<'_> {
        let number = number.min(self.leaves.len().saturating_sub(1));
        let part = self.leaves.get(number).and_then(|part| self.html.get(part.clone()));
        let count = self.leaves.len().max(1);
        Leaf { shown: self, html: part.unwrap_or(&self.html), number, count, keep, spanish }
    }

    /// The part that an address asks for: the one of a place, or one by its number from 1.
    pub(crate) fn asked(&self, at: &str, leaf: &str) -> usize {
        let number = leaf.trim().parse::<usize>().unwrap_or_default().saturating_sub(1);
        if at.is_empty() { number } else { self.leaf_of(at) }
    }
}

impl Leaf<'_> {
    /// Whether there are others.
    pub(crate) fn is_part(&self) -> bool {
        self.count > 1
    }

    /// The contents list of this part.
    pub(crate) fn contents(&self) -> String {
        if !self.is_part() {
            return self.shown.contents_html();
        }
        let here = ids(self.html);
        let lines: Vec<&Line> =
            self.shown.contents.iter().filter(|line| here.contains(line.anchor.as_str())).collect();
        Shown::listed(lines.into_iter())
    }

    /// The part before, from 1.
    pub(crate) fn before(&self) -> Option<usize> {
        (self.number > 0).then_some(self.number)
    }

    /// The part behind, from 1.
    pub(crate) fn behind(&self) -> Option<usize> {
        (self.number + 1 < self.count).then_some(self.number + 2)
    }
}
