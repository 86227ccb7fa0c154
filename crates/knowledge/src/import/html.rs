//! HTML saved from a knowledge site: the article, its breadcrumb and date, the menus as navigation; scripts, styles,
//! forms and the furniture of the site are left out.
//!
//! The article is found by the marks such sites share: the class of the text (`entry-content` and its kin), then
//! `article` and `main`, then `body`. What is furniture is told by element, role and class, never by its words.

use std::collections::HashSet;

use super::about;
use super::among::Among;
use super::error::Reason;
use super::outline::{Node, Outline, Span, squeeze, words};
use super::text;
use super::tree::{self, Dom, Id};
use super::types::{Limits, NavEntry, Notice, NoticeKind, Place, merge_navigation};
use super::{Refusal, fields};
use crate::markup::{Target, slug};

/// Reads a saved page.
pub(super) fn read(text: &str, limits: &Limits, (name, among): (&str, &Among)) -> Result<Outline, Refusal> {
    cut_off(text)?;
    let dom = tree::parse(text, limits)?;
    let elements = dom.elements();
    let mut outline = Outline { title: title(&dom, &elements), ..Outline::default() };
    if text.to_ascii_lowercase().contains("<html") && !text.to_ascii_lowercase().contains("</html") {
        outline.notices.push(Notice { line: None, kind: NoticeKind::Unclosed });
    }
    outline.canonical = elements.iter().find_map(|&id| {
        let canonical = dom.name(id) == "link" && dom.attr(id, "rel") == Some("canonical");
        canonical.then(|| dom.attr(id, "href")).flatten().map(str::to_owned)
    });
    outline.site = elements.iter().find_map(|&id| {
        (dom.attr(id, "property") == Some("og:site_name"))
            .then(|| dom.attr(id, "content"))
            .flatten()
            .map(str::to_owned)
    });
    head(&dom, &elements, &mut outline);
    let body = body(&dom, &elements).ok_or((None, Reason::NoBody))?;
    outline.places = about::places(&dom, &elements);
    let mut reader = Reader::new(&dom, &elements, &outline);
    reader.file = Some((name, among));
    reader.article = !matches!(dom.name(body), "main" | "body");
    reader.children(body, &mut outline.nodes, 0);
    outline.notices.append(&mut reader.notices);
    trim(&mut outline);
    if outline.nodes.is_empty() {
        return Err((None, Reason::NoBody));
    }
    Ok(outline)
}

/// Refuses a file that ends within a tag or a comment; anything else unclosed is mended as browsers do.
fn cut_off(text: &str) -> Result<(), Refusal> {
    let line = |at: usize| Some(text.get(..at).unwrap_or_default().matches('\n').count() + 1);
    if let Some(at) = text.rfind("<!--").filter(|&at| !text.get(at..).unwrap_or_default().contains("-->")) {
        return Err((line(at), Reason::CutOff));
    }
    let Some(at) = text.rfind('<') else { return Ok(()) };
    let tail = text.get(at + 1..).unwrap_or_default();
    let begins_tag =
        tail.is_empty() || tail.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
    if begins_tag && !tail.contains('>') { Err((line(at), Reason::CutOff)) } else { Ok(()) }
}

fn title(dom: &Dom, elements: &[Id]) -> Option<String> {
    let first = |name: &str| elements.iter().copied().find(|&id| dom.name(id) == name);
    let heading = first("h1").map(|id| squeeze(&dom.words(id)));
    let meta = || {
        let found = elements.iter().find(|&&id| dom.attr(id, "property") == Some("og:title"));
        found.and_then(|&id| dom.attr(id, "content")).map(squeeze)
    };
    let named = || {
        let title = squeeze(&dom.words(first("title")?));
        let cut = [" – ", " | ", " — ", " - "]
            .iter()
            .find_map(|mark| title.rsplit_once(mark))
            .map(|(first, _)| first.to_owned());
        Some(cut.unwrap_or(title))
    };
    heading.filter(|title| !title.is_empty()).map(|title| unmarked(&title)).or_else(meta).or_else(named)
}

/// A heading without the sign that links to it.
pub(super) fn unmarked(title: &str) -> String {
    title.trim_end_matches([' ', '#', '¶']).to_owned()
}

/// What the class, id and role of an element say.
fn marks(dom: &Dom, id: Id) -> String {
    ["class", "id", "role", "aria-label"]
        .iter()
        .filter_map(|name| dom.attr(id, name))
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// Reads breadcrumb, date and menus, wherever they stand.
fn head(dom: &Dom, elements: &[Id], outline: &mut Outline) {
    let title = outline.title.clone().unwrap_or_default();
    let mut menus: Vec<Id> = Vec::new();
    for &id in elements {
        let marks = marks(dom, id);
        if outline.breadcrumb.is_empty() && marks.contains("breadcrumb") {
            outline.breadcrumb = breadcrumb(dom, id);
            outline.breadcrumb.retain(|entry| *entry != title);
        } else if matches!(dom.name(id), "nav" | "aside")
            && !marks.contains("breadcrumb")
            && !is_contents(&marks)
        {
            if !menus.iter().any(|&menu| is_within(dom, id, menu)) {
                menus.push(id);
            }
        } else if outline.updated.is_none()
            && (dom.name(id) == "time" || marks.contains("updated") || marks.contains("modified"))
        {
            let words = squeeze(&dom.words(id));
            outline.updated = text::updated(&words).or_else(|| {
                (dom.name(id) == "time")
                    .then(|| fields::date(dom.attr(id, "datetime").unwrap_or(&words)))
                    .flatten()
            });
        }
    }
    outline.updated = outline.updated.or_else(|| about::updated(dom, elements));
    for menu in menus {
        let place = if dom.name(menu) == "aside" || marks(dom, menu).contains("sidebar") {
            Place::Sidebar
        } else {
            Place::Menu
        };
        let mut entries = Vec::new();
        for list in dom.below(menu).into_iter().filter(|&id| is_list(dom, id)) {
            if !ancestors(dom, list).any(|above| is_list(dom, above)) {
                menu_entries(dom, list, place, &mut Vec::new(), &mut entries);
            }
        }
        merge_navigation(&mut outline.navigation, entries);
    }
}

fn is_list(dom: &Dom, id: Id) -> bool {
    matches!(dom.name(id), "ul" | "ol")
}

fn ancestors(dom: &Dom, id: Id) -> impl Iterator<Item = Id> {
    std::iter::successors(dom.parent(id), |&id| dom.parent(id))
}

pub(super) fn is_within(dom: &Dom, id: Id, other: Id) -> bool {
    ancestors(dom, id).any(|above| above == other)
}

fn breadcrumb(dom: &Dom, id: Id) -> Vec<String> {
    let parts: Vec<Id> = dom.below(id).into_iter().filter(|&id| matches!(dom.name(id), "li" | "a")).collect();
    let entries =
        parts.iter().copied().filter(|&part| !parts.iter().any(|&other| is_within(dom, part, other)));
    entries
        .map(|part| squeeze(&dom.words(part)))
        .filter(|entry| entry.chars().any(char::is_alphanumeric))
        .collect()
}

fn menu_entries(dom: &Dom, list: Id, place: Place, path: &mut Vec<String>, found: &mut Vec<NavEntry>) {
    for &item in dom.children(list).iter().filter(|&&id| dom.name(id) == "li") {
        let below = dom.below(item);
        let lists: Vec<Id> = below.iter().copied().filter(|&id| is_list(dom, id)).collect();
        let inner: Vec<Id> = lists
            .iter()
            .copied()
            .filter(|&id| !lists.iter().any(|&other| is_within(dom, id, other)))
            .collect();
        let link = below
            .iter()
            .copied()
            .find(|&id| dom.name(id) == "a" && !lists.iter().any(|&list| is_within(dom, id, list)));
        let own = || {
            dom.children(item)
                .iter()
                .filter(|id| !inner.contains(id))
                .map(|&id| dom.words(id))
                .collect::<String>()
        };
        let title = squeeze(&link.map_or_else(own, |link| dom.words(link)));
        if !title.is_empty() {
            let address = link.and_then(|link| dom.attr(link, "href")).map(str::to_owned);
            found.push(NavEntry { title: title.clone(), path: path.clone(), place, address });
        }
        path.push(title);
        for list in inner {
            menu_entries(dom, list, place, path, found);
        }
        path.pop();
    }
}

/// Classes of the element that holds the text of an article, the surest first.
const TEXT: &[&str] = &[
    "entry-content",
    "betterdocs-content",
    "wp-block-post-content",
    "post-content",
    "article-content",
    "article-body",
    "kb-content",
    "page-content",
    "markdown-body",
];

fn body(dom: &Dom, elements: &[Id]) -> Option<Id> {
    let long = |id: &Id| dom.words(*id).split_whitespace().nth(2).is_some();
    let by_class = TEXT.iter().find_map(|class| {
        let has = |id: &Id| {
            dom.attr(*id, "class").is_some_and(|marks| marks.split_whitespace().any(|mark| mark == *class))
        };
        elements.iter().copied().find(|id| has(id) && long(id))
    });
    let by_name = |name: &str| elements.iter().copied().find(|id| dom.name(*id) == name && long(id));
    by_class.or_else(|| by_name("article")).or_else(|| by_name("main")).or_else(|| by_name("body"))
}

fn is_contents(marks: &str) -> bool {
    marks.contains("table-of-contents")
        || marks.contains("table of contents")
        || marks.split([' ', '-', '_']).any(|mark| mark == "toc" || mark.starts_with("eztoc"))
}

/// Elements that have no words for a reader.
const SILENT: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "button", "input", "select", "textarea",
    "head", "link", "meta", "canvas", "base", "title", "frameset",
];

/// Elements that show something from elsewhere.
const EMBEDDED: &[&str] = &["iframe", "object", "embed", "audio", "video", "frame", "applet"];

/// Elements that belong to the site.
const SITE: &[&str] = &["nav", "footer", "dialog"];

/// A form with fewer letters than this asks something; a longer one is wrapped around the page.
const FORM: usize = 300;

/// Parts of class names of what belongs to the site.
const FURNITURE: &[&str] = &[
    "breadcrumb",
    "feedback",
    "helpful",
    "still-stuck",
    "social-share",
    "share-buttons",
    "skip-link",
    "screen-reader-text",
    "comments-area",
    "comment-respond",
    "post-navigation",
    "pagination",
    "doc-navigation",
    "site-header",
    "site-footer",
    "entry-meta",
    "sidebar",
];

/// Elements that begin a block of their own.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "table",
    "figure",
    "figcaption",
    "hr",
    "details",
    "summary",
    "address",
    "fieldset",
    "center",
    "aside",
    "form",
    "tr",
    "td",
    "th",
    "tbody",
    "thead",
    "tfoot",
    "caption",
    "body",
];

struct Reader<'a> {
    dom: &'a Dom,
    /// Elements that hold a block somewhere below.
    blocks: HashSet<Id>,
    host: Option<String>,
    title: String,
    /// Whether the text was found for sure, so that an `aside` in it is a part of it.
    article: bool,
    /// The file, and those that are brought in with it.
    file: Option<(&'a str, &'a Among)>,
    notices: Vec<Notice>,
}

/// Elements nested deeper than this within the text are read as words only.
const DEEP: usize = 200;

impl<'a> Reader<'a> {
    fn new(dom: &'a Dom, elements: &[Id], outline: &Outline) -> Self {
        let mut blocks = HashSet::new();
        for &id in elements.iter().filter(|&&id| BLOCKS.contains(&dom.name(id))) {
            for above in ancestors(dom, id) {
                if !blocks.insert(above) {
                    break;
                }
            }
        }
        let title = outline.title.clone().unwrap_or_default();
        let host = host(outline.canonical.as_deref());
        Self { dom, blocks, host, title, article: false, file: None, notices: Vec::new() }
    }

    /// Whether an element is no part of the text. What had words is reported.
    fn is_dropped(&mut self, id: Id) -> bool {
        let name = self.dom.name(id);
        if SILENT.contains(&name) {
            return true;
        }
        if EMBEDDED.contains(&name) {
            let address = ["src", "data"].iter().find_map(|key| self.dom.attr(id, key)).unwrap_or(name);
            let address = address.chars().take(200).collect();
            self.notices.push(Notice { line: None, kind: NoticeKind::Embedded { address } });
            return true;
        }
        // Such sites give headings ids like `2-toc`; only classes and roles say what an element is.
        let marks = ["class", "role"].iter().filter_map(|key| self.dom.attr(id, key));
        let marks = marks.collect::<Vec<_>>().join(" ").to_lowercase();
        let contents = is_contents(&marks);
        let dropped = contents
            || SITE.contains(&name)
            || name == "aside" && !self.article
            || name == "form" && self.dom.words(id).len() < FORM
            || self.dom.attr(id, "hidden").is_some()
            || FURNITURE.iter().any(|part| marks.contains(part))
            || marks.split(' ').any(|mark| mark == "navigation");
        let what: String = if dropped && !contents {
            squeeze(&self.dom.words(id)).chars().take(80).collect()
        } else {
            String::new()
        };
        if !what.is_empty() {
            self.notices.push(Notice { line: None, kind: NoticeKind::Furniture { what } });
        }
        dropped
    }

    /// The blocks among the children of an element; text between them becomes paragraphs.
    fn children(&mut self, id: Id, out: &mut Vec<Node>, depth: usize) {
        let dom = self.dom;
        let mut run: Vec<Span> = Vec::new();
        for &child in dom.children(id) {
            if let Some(text) = dom.text(child) {
                run.push(Span::Text(collapse(text)));
                continue;
            }
            if dom.name(child).is_empty() || self.is_dropped(child) {
                continue;
            }
            if depth < DEEP && (BLOCKS.contains(&dom.name(child)) || self.blocks.contains(&child)) {
                flush(&mut run, out);
                self.block(child, out, depth + 1);
            } else {
                self.inline(child, &mut run, depth + 1);
            }
        }
        flush(&mut run, out);
    }

    fn block(&mut self, id: Id, out: &mut Vec<Node>, depth: usize) {
        let dom = self.dom;
        match dom.name(id) {
            "h1" if unmarked(&squeeze(&dom.words(id))) == self.title => {}
            name @ ("h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
                let level = name.trim_start_matches('h').parse::<u8>().unwrap_or(2).saturating_sub(1).max(1);
                let spans = self.heading(id, depth);
                if !words(&spans).is_empty() {
                    out.push(Node::Heading(level, spans));
                }
            }
            "ul" | "ol" => self.list(id, out, depth),
            "blockquote" | "aside" => {
                let mut inner = Vec::new();
                self.children(id, &mut inner, depth);
                if !inner.is_empty() {
                    out.push(Node::Quote(inner));
                }
            }
            "pre" => out.push(Node::Pre(self.raw(id))),
            "table" => self.table(id, out, depth),
            _ => self.children(id, out, depth),
        }
    }

    fn raw(&self, id: Id) -> String {
        let mut text = String::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if let Some(words) = self.dom.text(id) {
                text.push_str(words);
            } else if self.dom.name(id) == "br" {
                text.push('\n');
            }
            open.extend(self.dom.children(id).iter().rev());
        }
        text
    }

    fn heading(&mut self, id: Id, depth: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        self.inline_children(id, &mut spans, depth);
        if let Some(Span::Text(last)) = spans.last_mut() {
            *last = unmarked(last);
        }
        spans
    }

    fn list(&mut self, id: Id, out: &mut Vec<Node>, depth: usize) {
        let dom = self.dom;
        let ordered = dom.name(id) == "ol";
        let start = dom.attr(id, "start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
        let mut items: Vec<Vec<Node>> = Vec::new();
        for &child in dom.children(id) {
            let mut inner = Vec::new();
            if dom.name(child) == "li" {
                self.children(child, &mut inner, depth + 1);
                items.extend((!inner.is_empty()).then_some(inner));
                continue;
            }
            // A list directly within a list belongs to the item before it.
            if let Some(text) = dom.text(child) {
                flush(&mut vec![Span::Text(collapse(text))], &mut inner);
            } else if !dom.name(child).is_empty() && !self.is_dropped(child) {
                self.block(child, &mut inner, depth + 1);
            }
            match items.last_mut() {
                Some(last) => last.append(&mut inner),
                None => items.extend((!inner.is_empty()).then_some(inner)),
            }
        }
        if !items.is_empty() {
            out.push(Node::List(ordered.then_some(start), items));
        }
    }

    fn table(&mut self, id: Id, out: &mut Vec<Node>, depth: usize) {
        let dom = self.dom;
        let below = dom.below(id);
        let own = |part: &Id| ancestors(dom, *part).find(|&above| dom.name(above) == "table") == Some(id);
        let mut rows: Vec<(bool, Vec<Vec<Span>>)> = Vec::new();
        for &part in below.iter().filter(|part| own(part)) {
            match dom.name(part) {
                "caption" => self.children(part, out, depth + 1),
                "tr" => rows.push(self.row(part, depth)),
                _ => {}
            }
        }
        rows.retain(|(_, cells)| cells.iter().any(|cell| !words(cell).is_empty()));
        let headed = rows.first().is_some_and(|(head, _)| *head) && rows.len() > 1;
        let mut rows = rows.into_iter().map(|(_, cells)| cells);
        let head = if headed { rows.next().unwrap_or_default() } else { Vec::new() };
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            out.push(Node::Table(head, rows));
        }
    }

    /// Whether a row is all heads, and its cells; a cell over several columns is followed by empty ones.
    fn row(&mut self, id: Id, depth: usize) -> (bool, Vec<Vec<Span>>) {
        let dom = self.dom;
        let mut cells = Vec::new();
        let mut head = true;
        for &cell in dom.children(id).iter().filter(|&&cell| matches!(dom.name(cell), "td" | "th")) {
            head &= dom.name(cell) == "th";
            let mut nodes = Vec::new();
            self.children(cell, &mut nodes, depth + 1);
            let mut spans = Vec::new();
            flatten(nodes, &mut spans);
            cells.push(spans);
            let width =
                dom.attr(cell, "colspan").and_then(|width| width.trim().parse::<usize>().ok()).unwrap_or(1);
            cells.extend(std::iter::repeat_n(Vec::new(), width.clamp(1, 50) - 1));
        }
        (head && !cells.is_empty(), cells)
    }

    fn inline_children(&mut self, id: Id, out: &mut Vec<Span>, depth: usize) {
        let dom = self.dom;
        for &child in dom.children(id) {
            if let Some(text) = dom.text(child) {
                out.push(Span::Text(collapse(text)));
            } else if !dom.name(child).is_empty() && !self.is_dropped(child) {
                self.inline(child, out, depth + 1);
            }
        }
    }

    fn inline(&mut self, id: Id, out: &mut Vec<Span>, depth: usize) {
        let dom = self.dom;
        if depth > DEEP + 20 {
            return out.push(Span::Text(collapse(&dom.words(id))));
        }
        let mut inner = Vec::new();
        match dom.name(id) {
            "br" => return out.push(Span::Break),
            "hr" | "wbr" => return,
            "img" => return self.picture(id, out),
            _ => self.inline_children(id, &mut inner, depth),
        }
        match dom.name(id) {
            "strong" | "b" => out.push(Span::Strong(inner)),
            "em" | "i" => out.push(Span::Emphasis(inner)),
            "code" | "kbd" | "samp" => out.push(Span::Code(words(&inner))),
            "a" => self.link(id, inner, out),
            name if BLOCKS.contains(&name) => {
                out.push(Span::Text(" ".to_owned()));
                out.append(&mut inner);
                out.push(Span::Text(" ".to_owned()));
            }
            _ => out.append(&mut inner),
        }
    }

    fn link(&mut self, id: Id, mut inner: Vec<Span>, out: &mut Vec<Span>) {
        let address = self.dom.attr(id, "href").unwrap_or_default().trim();
        let text = words(&inner);
        if address.starts_with('#') && text.chars().all(|c| matches!(c, '#' | '¶' | ' ')) {
            return;
        }
        match self.target(address) {
            Some(_) if text.is_empty() => out.append(&mut inner),
            Some(address) => out.push(Span::Link(address, inner)),
            None => {
                if !address.is_empty() && !address.starts_with('#') {
                    let address = address.chars().take(200).collect();
                    self.notices.push(Notice { line: None, kind: NoticeKind::Link { address } });
                }
                out.append(&mut inner);
            }
        }
    }

    /// The address as our markup has it: pages of the same site become pages of ours, by the end of their path.
    fn target(&self, address: &str) -> Option<String> {
        if let Some(beside) = self.file.and_then(|(name, among)| among.link(name, address)) {
            return Some(beside);
        }
        let absolute = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let (host, path) = match absolute {
            Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", address),
        };
        let ours = match absolute {
            Some(_) => self.host.as_deref() == Some(host) && path.len() > 1,
            None => path.starts_with(['/', '.']) && !path.starts_with("//") && !path.contains(':'),
        };
        if !ours {
            return (!matches!(Target::read(address), Target::Refused { .. } | Target::Here(_)))
                .then(|| address.to_owned());
        }
        let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
        let path = path.split('?').next().unwrap_or_default();
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let name = last.rsplit_once('.').map_or(last, |(name, _)| name);
        if name.trim_matches('.').is_empty() {
            return None;
        }
        let slug = slug(name);
        let anchored = format!("kb:{slug}#{fragment}");
        let fine = !fragment.is_empty() && !matches!(Target::read(&anchored), Target::Refused { .. });
        Some(if fine { anchored } else { format!("kb:{slug}") })
    }

    fn picture(&mut self, id: Id, out: &mut Vec<Span>) {
        let address: String = self.dom.attr(id, "src").unwrap_or_default().chars().take(200).collect();
        let alt = squeeze(self.dom.attr(id, "alt").unwrap_or_default());
        self.notices.push(Notice { line: None, kind: NoticeKind::Picture { address: address.clone() } });
        if !alt.is_empty() {
            out.push(Span::Picture(address, alt));
        }
    }
}

/// The host of an address.
fn host(address: Option<&str>) -> Option<String> {
    let (_, rest) = address?.split_once("://")?;
    rest.split(['/', '?', '#']).next().map(str::to_owned)
}

/// White space as a browser shows it: one space.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter = if letter.is_whitespace() { ' ' } else { letter };
        if letter != ' ' || !out.ends_with(' ') {
            out.push(letter);
        }
    }
    out
}

/// Makes a paragraph of running text, if there is any in it.
fn flush(run: &mut Vec<Span>, out: &mut Vec<Node>) {
    let spans = std::mem::take(run);
    let text = words(&spans);
    if text.is_empty() {
        return;
    }
    let note = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("note:"));
    out.push(if note { Node::Note(vec![Node::Para(spans)]) } else { Node::Para(spans) });
}

/// The words of blocks on one line, for a cell.
fn flatten(nodes: Vec<Node>, out: &mut Vec<Span>) {
    for node in nodes {
        if !out.is_empty() {
            out.push(Span::Text(" ".to_owned()));
        }
        match node {
            Node::Heading(_, mut spans) | Node::Para(mut spans) => out.append(&mut spans),
            Node::List(_, items) => items.into_iter().for_each(|item| {
                out.push(Span::Text(" ".to_owned()));
                flatten(item, out);
            }),
            Node::Quote(inner) | Node::Note(inner) => flatten(inner, out),
            Node::Pre(text) => out.push(Span::Text(text)),
            Node::Table(head, rows) => {
                for mut cell in head.into_iter().chain(rows.into_iter().flatten()) {
                    out.append(&mut cell);
                    out.push(Span::Text(" ".to_owned()));
                }
            }
        }
    }
}

/// Takes furniture off the end of the text, where no class told it apart, and the title off its beginning.
fn trim(outline: &mut Outline) {
    let first = outline.nodes.first().and_then(Node::line).and_then(|line| text::updated(&line));
    if first.is_some() && outline.nodes.len() > 1 {
        outline.updated = outline.updated.or(first);
        outline.nodes.remove(0);
    }
    while let Some(line) = outline.nodes.last().and_then(Node::line) {
        let date = text::updated(&line);
        if date.is_none() && !text::is_furniture(&line) {
            break;
        }
        outline.updated = outline.updated.or(date);
        outline.nodes.pop();
    }
}
