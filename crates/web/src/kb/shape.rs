//! From the markup of an edition to what a reader sees of it: the body as HTML, the contents list, the files.
//!
//! It owns where links lead: staff stay in `/kb`, visitors in `/help`. It does not own the HTML itself
//! ([`knowledge::markup`]), nor what stands around it ([`super::view`]).

use std::fmt::Write as _;

use domain::knowledge::{Attachment, Audience, Library, Text, Viewer};
use knowledge::markup::{self, Look, Target, Words};

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

/// A page as one kind of reader sees it.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) html: String,
    pub(crate) contents: Vec<Line>,
    pub(crate) parts: Vec<Part>,
    pub(crate) files: Vec<Attachment>,
    /// Why the markup could not be read; the text is then shown as it was typed.
    pub(crate) fault: Option<String>,
}

impl Shown {
    /// The contents list with sub-sections below their sections (KB-PAGE-6).
    pub(crate) fn contents_html(&self) -> String {
        let mut out = String::new();
        let mut open: Vec<u8> = Vec::new();
        for line in &self.contents {
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
        self.html.len() + parts + self.contents.len() * 96
    }
}

/// Renders a text for this viewer.
pub(crate) fn shape(
    library: &Library,
    text: &Text,
    language: &str,
    viewer: Viewer,
    door: Door,
    print: bool,
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
    let contents = markup::contents(&parsed)
        .into_iter()
        .filter(|entry| supervisors || !entry.supervisors)
        .map(|entry| Line { level: entry.level, anchor: entry.anchor, title: entry.title })
        .collect();
    let parts = markup::passages(&parsed, supervisors)
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
        html: markup::html(&parsed, &look),
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
        shape(&Library::default(), &text, "en", viewer, door, false)
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
    fn the_contents_list_nests_as_the_headings_do() {
        // KB-PAGE-6
        let page = shaped("## One\n\n### Deeper\n\n## Two\n", Audience::Staff, Door::Staff);
        assert_eq!(
            page.contents_html(),
            "<ol class=\"plain\"><li><a href=\"#one\">One</a><ol class=\"plain\"><li><a href=\"#deeper\">Deeper</a></li></ol></li>\
             <li><a href=\"#two\">Two</a></li></ol>"
        );
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
