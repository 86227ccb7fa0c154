//! Links between files that are brought in together.
//!
//! While a file is read nobody knows yet which address the page of another file will have. Its link therefore leads to a
//! name that stands for the file, and whoever gives the addresses puts the page's own in its place with [`resolve`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What names that stand for a file begin with.
const MARK: &str = "brought-in-file-";

#[expect(clippy::expect_used, reason = "the pattern is a literal that the tests compile")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a literal pattern")
}

static PLACES: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"kb:{MARK}(\d+)(?:#([A-Za-z0-9._:%-]+))?")));
/// The address of a link, in brackets or behind the name that others use for it.
static INLINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(\]\(\s*<?|^ {0,3}\[[^\]]+\]:\s*<?)([^()<>\s]+)"));

/// The files of one import by their paths.
#[derive(Debug, Clone, Default)]
pub struct Among {
    files: BTreeMap<String, usize>,
}

impl Among {
    /// The files with these names, which may have folders.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let files = names.into_iter().enumerate().map(|(at, name)| (path("", name).to_lowercase(), at));
        Self { files: files.collect() }
    }

    /// The name that stands for a file; empty if it is none of them.
    pub(super) fn key(&self, name: &str) -> String {
        self.files.get(&path("", name).to_lowercase()).map_or_else(String::new, |at| format!("{MARK}{at}"))
    }

    /// The address as our markup has it, if it leads from this file to one of the others, or to a place in it.
    pub(super) fn link(&self, from: &str, address: &str) -> Option<String> {
        if self.files.is_empty() || address.starts_with(['#', '/', '\\']) || address.contains(':') {
            return None;
        }
        let (file, place) = address.split_once('#').unwrap_or((address, ""));
        let file = decoded(file.split('?').next().unwrap_or_default());
        let folder = from.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder);
        let at = self.files.get(&path(folder, &file).to_lowercase())?;
        Some(if place.is_empty() { format!("kb:{MARK}{at}") } else { format!("kb:{MARK}{at}#{place}") })
    }

    /// A Markdown text with its links to the other files as our markup has them; what stands in a block of code stays.
    pub(super) fn markdown(&self, from: &str, body: &str) -> String {
        if self.files.is_empty() {
            return body.to_owned();
        }
        let mut code = false;
        let mut lines = Vec::new();
        for line in body.split('\n') {
            code ^= line.trim_start().starts_with("```");
            let put = |found: &Captures| {
                let part = |at| found.get(at).map_or("", |part| part.as_str());
                let address = self.link(from, part(2)).unwrap_or_else(|| part(2).to_owned());
                format!("{}{address}", part(1))
            };
            lines.push(if code { line.into() } else { INLINE.replace_all(line, put) });
        }
        lines.join("\n")
    }
}

/// The names that stand for a file, with the address of its page, and where places in the file are on the page.
pub type Pages<'a> = BTreeMap<&'a str, (String, &'a [(String, String)])>;

/// A text with the addresses of pages in place of the names that stand for files. A place in a file that the page does not
/// have leads to its beginning.
#[must_use]
pub fn resolve(body: &str, pages: &Pages<'_>) -> String {
    let put = |found: &Captures| {
        let part = |at| found.get(at).map_or("", |part| part.as_str());
        let key = format!("{MARK}{}", part(1));
        let Some((slug, places)) = pages.get(key.as_str()) else { return part(0).to_owned() };
        let place = places.iter().find(|(theirs, _)| theirs == part(2));
        place.map_or_else(|| format!("kb:{slug}"), |(_, ours)| format!("kb:{slug}#{ours}"))
    };
    PLACES.replace_all(body, put).into_owned()
}

/// A path in one writing: the folder it starts from, single slashes, no way up or round.
fn path(folder: &str, name: &str) -> String {
    let whole = format!("{folder}/{name}");
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The letters of an address that are written as numbers.
fn decoded(address: &str) -> String {
    let mut out = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let number = (first == b'%').then(|| after.get(..2)).flatten();
        let number = number.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        out.push(number.unwrap_or(first));
        rest = if number.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(out).unwrap_or_else(|_| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_a_file_by_its_path_from_where_it_stands() {
        let among = Among::new(["/x/one.html", "/x/d/Four file.md", "/x/two.html"]);
        assert_eq!(among.key("/x/one.html"), "brought-in-file-0");
        let from = |file: &str, address: &str| among.link(file, address);
        assert_eq!(from("/x/one.html", "two.html#part").as_deref(), Some("kb:brought-in-file-2#part"));
        assert_eq!(from("/x/one.html", "./d/four%20file.md?x=1").as_deref(), Some("kb:brought-in-file-1"));
        assert_eq!(from("/x/d/Four file.md", "../one.html").as_deref(), Some("kb:brought-in-file-0"));
        for other in
            ["#part", "three.html", "https://a.example/one.html", "/x/one.html", "", "100%", "d/../.."]
        {
            assert_eq!(from("/x/one.html", other), None, "{other}");
        }
        assert_eq!(Among::default().link("/x/one.html", "two.html"), None);
    }

    #[test]
    fn links_of_markdown_are_turned_outside_of_code() {
        let among = Among::new(["a.md", "b.md"]);
        let text = "See [b](b.md \"title\") and [c](c.md).\n\n[r]: <b.md#x>\n\n```\n[b](b.md)\n```\n";
        let turned = among.markdown("a.md", text);
        assert_eq!(
            turned,
            "See [b](kb:brought-in-file-1 \"title\") and [c](c.md).\n\n[r]: <kb:brought-in-file-1#x>\n\n```\n[b](b.md)\n```\n"
        );
        let places = [("x".to_owned(), "ours".to_owned())];
        let pages = Pages::from([("brought-in-file-1", ("bee".to_owned(), places.as_slice()))]);
        let text = resolve(&turned, &pages);
        assert!(text.contains("[b](kb:bee \"title\")") && text.contains("<kb:bee#ours>"), "{text}");
        assert_eq!(resolve("[y](kb:brought-in-file-1#gone)", &pages), "[y](kb:bee)");
    }
}
