//! From the markup of an edition to what a reader sees of it: the body as HTML, the contents list, the files.
//!
//! It owns where links lead: staff stay in `/kb`, visitors in `/help`. It does not own the HTML itself
//! ([`knowledge::markup`]), nor what stands around it ([`super::view`]).

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::ops::Range;

use domain::knowledge::{Attachment, Audience, Library, Text, Viewer};
use knowledge::markup::{self, Look, Target, Words};

/// The longest piece that is offered for a reply, in characters: a text message of ten segments.
pub(crate) const INSERT_MAX: usize = 1_530;

/// Bytes of HTML in one part of a very long page: a phone shows them in a moment.
const LEAF_BYTES: usize = 128 * 1024;
/// A page of so many parts is still read as one.
const LEAVES_MIN: usize = 3;

/// Through which door a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Door {
    /// `/kb`.
    Staff,
    /// `/help`.
    Public,
}

impl Door {
    /// What addresses of pages begin with.
    pub(crate) const fn base(self) -> &'static str {
        match self {
            Self::Staff => "/kb",
            Self::Public => "/help",
        }
    }

    /// The address of a page.
    pub(crate) fn page(self, slug: &str) -> String {
        format!("{}/{slug}", self.base())
    }

    /// The address of a paragraph.
    pub(crate) fn place(self, slug: &str, anchor: &str) -> String {
        if anchor.is_empty() { self.page(slug) } else { format!("{}/{slug}#{anchor}", self.base()) }
    }
}

/// A line of the contents list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) level: u8,
    pub(crate) anchor: String,
    pub(crate) title: String,
}

/// A paragraph, as it can be put into a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) anchor: String,
    pub(crate) text: String,
    pub(crate) clauses: Vec<String>,
    pub(crate) supervisors: bool,
}

/// The words below a heading, or a whole page, as they can be put into a reply at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    /// The heading; empty for the page.
    pub(crate) anchor: String,
    pub(crate) text: String,
    /// The parts that it is made of, from and until.
    pub(crate) parts: (usize, usize),
}

/// A page as one kind of reader sees it.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) html: String,
    /// The parts in which a very long page is read; none where it is read as one.
    pub(crate) leaves: Vec<Range<usize>>,
    pub(crate) contents: Vec<Line>,
    pub(crate) parts: Vec<Part>,
    pub(crate) wholes: Vec<Whole>,
    pub(crate) files: Vec<Attachment>,
    /// Why the markup could not be read; the text is then shown as it was typed.
    pub(crate) fault: Option<String>,
}

impl Shown {
    /// The contents list with sub-sections below their sections (KB-PAGE-6).
    pub(crate) fn contents_html(&self) -> String {
        Self::listed(self.contents.iter())
    }

    pub(super) fn listed<'a>(lines: impl Iterator<Item = &'a Line>) -> String {
        let mut out = String::new();
        let mut open: Vec<u8> = Vec::new();
        for line in lines {
            while open.last().is_some_and(|level| *level > line.level) {
                open.pop();
                out.push_str("</li></ol>");
            }
            if open.last() == Some(&line.level) {
                out.push_str("</li>");
            } else {
                open.push(line.level);
                out.push_str("<ol class=\"plain\">");
            }
            out.push_str("<li><a href=\"#");
            escape(&line.anchor, &mut out);
            out.push_str("\">");
            escape(&line.title, &mut out);
            out.push_str("</a>");
        }
        open.iter().for_each(|_| out.push_str("</li></ol>"));
        out
    }

    pub(crate) fn bytes(&self) -> usize {
        let parts: usize = self.parts.iter().map(|part| part.text.len() + part.anchor.len() + 64).sum();
        let wholes: usize = self.wholes.iter().map(|one| one.text.len() + one.anchor.len() + 64).sum();
        self.html.len() + parts + wholes + self.contents.len() * 96
    }

    /// The smallest piece of several paragraphs around a paragraph or below a heading, or the page.
    pub(crate) fn whole_at(&self, anchor: &str) -> Option<&Whole> {
        let part = self.parts.iter().position(|part| part.anchor == anchor);
        let holds = |one: &&Whole| {
            one.anchor == anchor || part.is_some_and(|at| one.parts.0 <= at && at < one.parts.1)
        };
        self.wholes.iter().filter(holds).min_by_key(|one| one.parts.1 - one.parts.0)
    }
}

/// The names of places in a piece of a page.
pub(crate) fn ids(html: &str) -> BTreeSet<&str> {
    html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What may be inserted at once: what stands below each heading, and the page, where it is short enough for a text and
/// more than a paragraph. Nothing that is for supervisors is ever part of it.
fn wholes(contents: &[Line], parts: &[Part]) -> Vec<Whole> {
    let levels: HashMap<&str, u8> = contents.iter().map(|line| (line.anchor.as_str(), line.level)).collect();
    let mut heads: Vec<(usize, u8)> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (at, part) in parts.iter().enumerate() {
        if let Some(level) = levels.get(part.anchor.as_str())
            && seen.insert(part.anchor.as_str())
        {
            heads.push((at, *level));
        }
    }
    let mut out: Vec<Whole> =
        joined(parts, 0, parts.len()).map(|text| whole("", text, 0, parts.len())).into_iter().collect();
    for (place, (at, level)) in heads.iter().enumerate() {
        let next = heads.iter().skip(place + 1).find(|(_, other)| other <= level);
        let until = next.map_or(parts.len(), |(at, _)| *at);
        let anchor = parts.get(*at).map_or("", |part| part.anchor.as_str());
        out.extend(joined(parts, at + 1, until).map(|text| whole(anchor, text, *at, until)));
    }
    out
}

fn whole(anchor: &str, text: String, from: usize, until: usize) -> Whole {
    Whole { anchor: anchor.to_owned(), text, parts: (from, until) }
}

/// Several paragraphs, each on a line of its own; none where they are fewer than two or more than a text holds.
fn joined(parts: &[Part], from: usize, until: usize) -> Option<String> {
    let (mut text, mut lines, mut length) = (String::new(), 0, 0);
    let open = parts.get(from..until)?.iter().filter(|part| !part.supervisors);
    for words in open.map(|part| part.text.trim()).filter(|words| !words.is_empty()) {
        length += words.chars().count() + 1;
        if length > INSERT_MAX {
            return None;
        }
        if lines > 0 {
            text.push('\n');
        }
        text.push_str(words);
        lines += 1;
    }
    (lines > 1).then_some(text)
}

/// Puts parts together, with where each begins and ends; a page of few parts is read as one.
fn leaves(parts: Vec<String>) -> (String, Vec<Range<usize>>) {
    let few = parts.len() <= LEAVES_MIN;
    let (mut html, mut leaves) = (String::new(), Vec::new());
    for part in parts {
        let from = html.len();
        html.push_str(&part);
        leaves.push(from..html.len());
    }
    if few {
        leaves.clear();
    }
    (html, leaves)
}

/// Renders a text for this viewer; `finish` has the last word on each part of it.
pub(crate) fn shape(
    library: &Library,
    text: &Text,
    language: &str,
    viewer: Viewer,
    (door, print): (Door, bool),
    finish: impl Fn(String) -> String,
) -> Shown {
    let parsed = match markup::parse(&text.body) {
        Ok(parsed) => parsed,
        Err(error) => {
            // What cannot be read cannot be told apart either: its closed parts would be open.
            let mut html = String::new();
            if viewer.audience >= Audience::Supervisors {
                html.push_str("<pre class=\"kb-raw\" tabindex=\"0\">");
                escape(&text.body, &mut html);
                html.push_str("</pre>");
            }
            return Shown { html, fault: Some(error.to_string()), ..Shown::default() };
        }
    };
    let supervisors = viewer.audience >= Audience::Supervisors;
    let to_page = |slug: &str, anchor: Option<&str>| {
        library.readable(slug, viewer).map(|_| door.place(slug, anchor.unwrap_or_default()))
    };
    let to_file = |name: &str| {
        let found = text.attachments.iter().find(|one| one.hash == name || one.name == name);
        found.map(|one| format!("{}/file/{}", door.base(), one.hash))
    };
    let to_clause = |id: &str| format!("/clause/{id}");
    let look = Look {
        page: &to_page,
        file: &to_file,
        clause: (door == Door::Staff).then_some(&to_clause),
        supervisors,
        print,
        mark_broken: door == Door::Staff,
        top_level: 2,
        words: if language == "es" { Words::SPANISH } else { Words::ENGLISH },
    };
    let most = if print { usize::MAX } else { LEAF_BYTES };
    let made = markup::html_in_parts(&parsed, &look, most).into_iter().map(finish).collect();
    let (html, leaves) = leaves(made);
    let contents: Vec<Line> = markup::contents(&parsed)
        .into_iter()
        .filter(|entry| supervisors || !entry.supervisors)
        .map(|entry| Line { level: entry.level, anchor: entry.anchor, title: entry.title })
        .collect();
    let parts: Vec<Part> = markup::passages(&parsed, supervisors)
        .into_iter()
        .filter(|one| !one.anchor.is_empty())
        .map(|one| Part {
            anchor: one.anchor,
            text: one.text,
            clauses: one.clauses,
            supervisors: one.supervisors,
        })
        .collect();
    let files = files(&parsed, &text.attachments);
    Shown {
        html,
        leaves,
        wholes: wholes(&contents, &parts),
        contents,
        parts,
        files: files.into_iter().filter(|(_, closed)| supervisors || !closed).map(|(one, _)| one).collect(),
        fault: None,
    }
}

/// The files of a page, and whether they are named only where supervisors read.
pub(crate) fn files(page: &markup::Page, attachments: &[Attachment]) -> Vec<(Attachment, bool)> {
    let links = markup::links(page);
    // A file that no link names could belong to a closed part: a name that the markup cannot say is no name of it.
    let has_closed = markup::passages(page, true).iter().any(|one| one.supervisors);
    attachments
        .iter()
        .map(|one| {
            let mut named = links
                .iter()
                .filter(|link| matches!(&link.target, Target::File(name) if *name == one.hash || *name == one.name))
                .peekable();
            let closed = if named.peek().is_some() { named.all(|link| link.supervisors) } else { has_closed };
            (one.clone(), closed)
        })
        .collect()
}

/// Writes text so that it stays text, also within an attribute.
pub(crate) fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => {
                let _ = write!(out, "&#39;");
            }
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn shaped(body: &str, audience: Audience, door: Door) -> Shown {
        let text = Text {
            body: body.to_owned(),
            attachments: ["open", "closed"]
                .map(|name| Attachment {
                    hash: name.repeat(4),
                    name: format!("{name}.pdf"),
                    media: "application/pdf".to_owned(),
                    size: 4,
                })
                .to_vec(),
            ..Text::default()
        };
        let viewer = Viewer { audience, day: date(2026, 11, 18) };
        shape(&Library::default(), &text, "en", viewer, (door, false), std::convert::identity)
    }

    const BODY: &str = "## For all\n\nWords. {#SMS-GEN-1}\n\n[a file](file:open.pdf)\n\n## Inside {.supervisors}\n\nSecret. [other](file:closed.pdf)\n";

    #[test]
    fn supervisors_parts_reach_nobody_else_in_text_contents_parts_or_files() {
        let all = shaped(BODY, Audience::Supervisors, Door::Staff);
        assert!(all.html.contains("Secret") && all.contents.len() == 2 && all.files.len() == 2);
        for audience in [Audience::Staff, Audience::Public] {
            let some = shaped(BODY, audience, Door::Staff);
            assert!(!some.html.contains("Secret") && !some.html.contains("Inside"));
            assert_eq!(some.contents.len(), 1);
            assert!(some.parts.iter().all(|part| !part.text.contains("Secret")));
            assert_eq!(some.files.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["open.pdf"]);
        }
    }

    #[test]
    fn what_stands_below_a_heading_goes_into_a_reply_whole_without_what_is_for_supervisors() {
        // SMS-GEN-4
        let body = "First.\n\n## One\n\nSay this.\n\n- And that.\n\n### Deeper\n\nOnly one.\n\n## Two\n\n> [!SUPERVISORS]\n> Not for all.\n\nAlone.\n";
        let page = shaped(body, Audience::Supervisors, Door::Staff);
        let text =
            |anchor: &str| page.wholes.iter().find(|one| one.anchor == anchor).map(|one| one.text.as_str());
        assert_eq!(text("one"), Some("Say this.\nAnd that.\nDeeper\nOnly one."));
        assert_eq!((text("deeper"), text("two")), (None, None), "a single paragraph has its own button");
        assert!(text("").is_some_and(|all| all.starts_with("First.\nOne\n") && !all.contains("Not for all")));
        let inner = page.parts.iter().find(|part| part.text == "Only one.").map(|part| part.anchor.clone());
        assert_eq!(page.whole_at(&inner.unwrap()).map(|one| one.anchor.as_str()), Some("one"));
        assert_eq!(page.whole_at("one").map(|one| one.anchor.as_str()), Some("one"));
        let long =
            shaped(&format!("## One\n\n{}\n\nmore\n", "word ".repeat(400)), Audience::Public, Door::Public);
        assert!(long.wholes.is_empty());
    }

    #[test]
    fn the_contents_list_nests_as_the_headings_do() {
        // KB-PAGE-6
        let page = shaped("## One\n\n### Deeper\n\n## Two\n", Audience::Staff, Door::Staff);
        assert_eq!(
            page.contents_html(),
            "<ol class=\"plain\"><li><a href=\"#one\">One</a><ol class=\"plain\"><li><a href=\"#deeper\">Deeper</a></li></ol></li>\
             <li><a href=\"#two\">Two</a></li></ol>"
        );
    }

    /// SMS-T-READ-1
    #[test]
    fn a_very_long_page_is_read_in_parts_that_lose_nothing_and_know_their_places() {
        let section = |at: usize| format!("## Section {at}\n\n{}\n\n", "Words of it. ".repeat(60));
        let body: String = (0..1_500).map(section).collect();
        let page = shaped(&body, Audience::Staff, Door::Staff);
        assert!(page.leaves.len() > 5, "{}", page.leaves.len());
        let mut all = String::new();
        for number in 0..page.leaves.len() {
            let leaf = page.leaf(number, String::new(), false);
            assert!(leaf.html.len() < 2 * LEAF_BYTES && leaf.html.starts_with("<h2"), "{number}");
            all.push_str(leaf.html);
        }
        assert_eq!(all, page.html);
        let at = page.leaf_of("section-1200");
        let leaf = page.leaf(at, String::new(), false);
        assert!(leaf.html.contains("id=\"section-1200\"") && leaf.contents().contains("#section-1200\""));
        assert!(!leaf.contents().contains("#section-1\""), "only the places of this part");
        assert_eq!(page.leaf_of("nowhere"), 0);
        let short = shaped(&body[..100_000], Audience::Staff, Door::Staff);
        assert!(short.leaves.is_empty());
        let leaf = short.leaf(7, String::new(), false);
        assert_eq!((leaf.html, leaf.count), (short.html.as_str(), 1));
    }

    #[test]
    fn visitors_see_no_clause_links_and_stay_in_the_help_centre() {
        let staff = shaped(BODY, Audience::Staff, Door::Staff);
        let visitor = shaped(BODY, Audience::Public, Door::Public);
        assert!(staff.html.contains("/clause/SMS-GEN-1") && staff.html.contains("/kb/file/"));
        assert!(!visitor.html.contains("/clause/") && !visitor.html.contains("/kb/"));
        assert!(visitor.html.contains("/help/file/"));
    }
}
