//! A page as safe HTML. All tags that can come out are written out in this file; all text goes through [`escape`].

use std::fmt::Write as _;

use super::marks::words;
use super::target::Target;
use super::tree::{Align, Block, Body, BoxKind, Inline, Item, Labels, Page, Row};

/// How a page is to be shown, and what the place that shows it knows.
pub struct Look<'a> {
    /// The address of a page of the knowledge base by slug and anchor; `None` if there is no such page for this
    /// reader. The link is then shown as words, and marked if [`Look::mark_broken`].
    pub page: &'a dyn Fn(&str, Option<&str>) -> Option<String>,
    /// The address of an attachment by its name.
    pub file: &'a dyn Fn(&str) -> Option<String>,
    /// The address of a clause by its id; `None` shows no clause links at all.
    pub clause: Option<&'a dyn Fn(&str) -> String>,
    /// Whether what is for supervisors only is shown.
    pub supervisors: bool,
    /// Whether it goes on paper: no links to headings, addresses written out.
    pub print: bool,
    /// Whether links to pages that are not there are marked. For readers who can mend them.
    pub mark_broken: bool,
    /// The level of the topmost headings: 2 below the title of a page.
    pub top_level: u8,
    /// The words that are not the author's, in the language of the page.
    pub words: Words<'a>,
}

/// The words around the author's.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Above a note.
    pub note: &'a str,
    /// Above a warning.
    pub warning: &'a str,
    /// Above prescribed words.
    pub script: &'a str,
    /// Above what only supervisors see.
    pub supervisors: &'a str,
    /// Read aloud for the `#` behind a heading, before its words.
    pub link_to: &'a str,
    /// Behind a link to a page that is not there.
    pub broken: &'a str,
    /// The name of a table, before its number.
    pub table: &'a str,
    /// Read aloud for a clause link, before the clause.
    pub clause: &'a str,
}

impl Words<'_> {
    /// For pages in English.
    pub const ENGLISH: Words<'static> = Words {
        note: "Note",
        warning: "Warning",
        script: "Script",
        supervisors: "Supervisors only",
        link_to: "Link to this section:",
        broken: "(no such page)",
        table: "Table",
        clause: "Clause",
    };

    /// For pages in Spanish.
    pub const SPANISH: Words<'static> = Words {
        note: "Nota",
        warning: "Advertencia",
        script: "Guion",
        supervisors: "Solo para supervisores",
        link_to: "Enlace a esta sección:",
        broken: "(no existe esta página)",
        table: "Tabla",
        clause: "Cláusula",
    };
}

impl Default for Look<'_> {
    /// For a reader who is no supervisor, in English, with no address known.
    fn default() -> Self {
        Self {
            page: &|_, _| None,
            file: &|_| None,
            clause: None,
            supervisors: false,
            print: false,
            mark_broken: false,
            top_level: 2,
            words: Words::ENGLISH,
        }
    }
}

/// The page as HTML, without its title. Nothing in it can run, load from elsewhere, or leave its place.
#[must_use]
pub fn html(page: &Page, look: &Look<'_>) -> String {
    let mut writer = Writer { out: String::new(), look, tables: 0, lists: 0 };
    writer.blocks(&page.blocks);
    writer.out
}

/// The HTML of a page in parts, each of about so many bytes or one block more: a part begins with a block of the page,
/// and with a heading where one comes before it has half as many bytes more. Together they are [`html`].
#[must_use]
pub fn html_in_parts(page: &Page, look: &Look<'_>, bytes: usize) -> Vec<String> {
    let mut writer = Writer { out: String::new(), look, tables: 0, lists: 0 };
    let mut parts = Vec::new();
    for block in &page.blocks {
        let heading = matches!(block.body, Body::Heading { .. });
        let full =
            writer.out.len() >= bytes && (heading || writer.out.len() >= bytes.saturating_add(bytes / 2));
        if full {
            parts.push(std::mem::take(&mut writer.out));
        }
        writer.blocks(std::slice::from_ref(block));
    }
    parts.push(writer.out);
    parts
}

struct Writer<'a> {
    out: String,
    look: &'a Look<'a>,
    tables: usize,
    lists: usize,
}

/// Lists from this depth on are set narrower by the style sheet, so that twelve and more still fit on a phone.
const DEEP: usize = 5;

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            if !block.supervisors || self.look.supervisors {
                self.block(block);
            }
        }
    }

    fn block(&mut self, Block { labels, body, .. }: &Block) {
        match body {
            Body::Heading { shown, inlines, supervisors, .. } => {
                self.heading(*shown, inlines, labels, *supervisors)
            }
            Body::Paragraph { inlines, tight: false } => {
                self.open("p", "", labels);
                self.inlines(inlines);
                self.clauses(labels);
                self.raw("</p>\n");
            }
            Body::Paragraph { inlines, tight: true } => {
                self.spans(labels, true);
                self.inlines(inlines);
                self.clauses(labels);
                self.raw("\n");
            }
            Body::List { start, items } => self.list(*start, items),
            Body::Quote { kind, blocks } => self.quote(*kind, blocks, labels),
            Body::Code { text } => {
                self.open("pre", " tabindex=\"0\"", labels);
                self.raw("<code>");
                escape(text, &mut self.out);
                self.raw("</code></pre>\n");
            }
            Body::Table { aligns, head, rows } => self.table(aligns, head, rows),
            Body::Rule => self.raw("<hr>\n"),
        }
    }

    fn raw(&mut self, tag: &str) {
        self.out.push_str(tag);
    }

    /// Writes an opening tag with the id, and empty elements for the further ids.
    fn open(&mut self, tag: &str, attributes: &str, labels: &Labels) {
        self.raw("<");
        self.raw(tag);
        if !labels.id.is_empty() {
            self.attribute("id", &labels.id);
        }
        self.raw(attributes);
        self.raw(">");
        self.spans(labels, false);
    }

    fn spans(&mut self, labels: &Labels, first: bool) {
        let own = Some(&labels.id).filter(|id| first && !id.is_empty());
        for id in own.into_iter().chain(&labels.more) {
            self.raw("<span");
            self.attribute("id", id);
            self.raw("></span>");
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        escape(value, &mut self.out);
        self.raw("\"");
    }

    fn clauses(&mut self, labels: &Labels) {
        let Some(address) = self.look.clause else { return };
        for clause in &labels.clauses {
            self.raw(" <a class=\"kb-clause\"");
            self.attribute("href", &address(clause));
            self.attribute("aria-label", &format!("{} {clause}", self.look.words.clause));
            self.raw(">");
            escape(clause, &mut self.out);
            self.raw("</a>");
        }
    }

    fn heading(&mut self, shown: u8, inlines: &[Inline], labels: &Labels, supervisors: bool) {
        let title = words(inlines);
        if title.trim().is_empty() {
            return;
        }
        let level = (shown.saturating_sub(2) + self.look.top_level).clamp(2, 6);
        let tag = format!("h{level}");
        self.open(&tag, " class=\"kb-heading\" tabindex=\"-1\"", labels);
        self.inlines(inlines);
        if !self.look.print {
            self.raw(" <a class=\"kb-heading__link\"");
            self.attribute("href", &format!("#{}", labels.id));
            self.attribute("aria-label", &format!("{} {}", self.look.words.link_to, title.trim()));
            self.raw(">#</a>");
        }
        let _ = writeln!(self.out, "</{tag}>");
        if supervisors || self.look.clause.is_some() && !labels.clauses.is_empty() {
            self.raw("<p class=\"kb-under-heading\">");
            if supervisors {
                self.raw("<span class=\"usa-tag\">");
                escape(self.look.words.supervisors, &mut self.out);
                self.raw("</span>");
            }
            self.clauses(labels);
            self.raw("</p>\n");
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Item]) {
        let class = if self.lists >= DEEP { "usa-list kb-list kb-list--deep" } else { "usa-list kb-list" };
        let tag = if start.is_some() { "ol" } else { "ul" };
        let _ = write!(self.out, "<{tag} class=\"{class}\"");
        if let Some(start) = start.filter(|&start| start != 1) {
            let _ = write!(self.out, " start=\"{}\"", start.min(999_999_999));
        }
        self.raw(">\n");
        self.lists += 1;
        for item in items {
            self.item(item);
        }
        self.lists -= 1;
        let _ = writeln!(self.out, "</{tag}>");
    }

    fn item(&mut self, item: &Item) {
        self.open("li", "", &item.labels);
        match item.blocks.split_first() {
            Some((Block { body: Body::Paragraph { inlines, tight }, .. }, rest)) => {
                self.raw(if *tight { "" } else { "<p>" });
                self.inlines(inlines);
                self.clauses(&item.labels);
                self.raw(if *tight { "\n" } else { "</p>\n" });
                self.blocks(rest);
            }
            _ => {
                self.clauses(&item.labels);
                self.blocks(&item.blocks);
            }
        }
        self.raw("</li>\n");
    }

    fn quote(&mut self, kind: BoxKind, blocks: &[Block], labels: &Labels) {
        let look = self.look.words;
        let (class, label) = match kind {
            BoxKind::Quote => {
                self.open("blockquote", " class=\"kb-quote\"", labels);
                self.blocks(blocks);
                self.clauses(labels);
                return self.raw("</blockquote>\n");
            }
            BoxKind::Note => ("note", look.note),
            BoxKind::Warning => ("warning", look.warning),
            BoxKind::Script => ("script", look.script),
            BoxKind::Supervisors => ("supervisors", look.supervisors),
        };
        self.open("div", &format!(" class=\"kb-box kb-box--{class}\""), labels);
        if !says_itself(blocks, label) || !labels.clauses.is_empty() {
            self.raw("<p class=\"kb-box__label\">");
            if !says_itself(blocks, label) {
                escape(label, &mut self.out);
            }
            self.clauses(labels);
            self.raw("</p>\n");
        }
        self.blocks(blocks);
        self.raw("</div>\n");
    }

    fn table(&mut self, aligns: &[Align], head: &[Vec<Inline>], rows: &[Row]) {
        self.tables += 1;
        self.raw("<div class=\"usa-table-container--scrollable kb-table\"");
        if !self.look.print {
            self.raw(" role=\"group\" tabindex=\"0\"");
            self.attribute("aria-label", &format!("{} {}", self.look.words.table, self.tables));
        }
        self.raw("><table class=\"usa-table\">\n");
        if head.iter().any(|cell| !words(cell).trim().is_empty()) {
            self.raw("<thead><tr>");
            for (at, cell) in head.iter().enumerate() {
                // An empty cell at the corner heads nothing.
                let empty = words(cell).trim().is_empty();
                self.cell(
                    if empty { "td" } else { "th" },
                    if empty { "" } else { " scope=\"col\"" },
                    cell,
                    aligns.get(at),
                );
            }
            self.raw("</tr></thead>\n");
        }
        self.raw("<tbody>\n");
        for row in rows {
            self.raw("<tr");
            if !row.labels.id.is_empty() {
                self.attribute("id", &row.labels.id);
            }
            self.raw(">");
            for (at, cell) in row.cells.iter().enumerate() {
                self.cell("td", "", cell, aligns.get(at));
                if at + 1 == row.cells.len() {
                    self.out.truncate(self.out.len() - "</td>".len());
                    self.spans(&row.labels, false);
                    self.clauses(&row.labels);
                    self.raw("</td>");
                }
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody></table></div>\n");
    }

    fn cell(&mut self, tag: &str, attributes: &str, cell: &[Inline], align: Option<&Align>) {
        let class = match align {
            Some(Align::Centre) => " class=\"text-center\"",
            Some(Align::End) => " class=\"text-right\"",
            Some(Align::Start) | None => "",
        };
        let _ = write!(self.out, "<{tag}{attributes}{class}>");
        self.inlines(cell);
        let _ = write!(self.out, "</{tag}>");
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            self.inline(inline);
        }
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text(text) => escape(text, &mut self.out),
            Inline::Brace => self.raw("{"),
            Inline::Code(text) => {
                self.raw("<code>");
                escape(text, &mut self.out);
                self.raw("</code>");
            }
            Inline::Break { hard } => self.raw(if *hard { "<br>\n" } else { "\n" }),
            Inline::Emphasis(inner) => self.wrapped("em", inner),
            Inline::Strong(inner) => self.wrapped("strong", inner),
            Inline::Strike(inner) => self.wrapped("del", inner),
            Inline::Link { target, inlines } => self.link(target, inlines),
            Inline::Image { target, alt } => self.image(target, alt),
        }
    }

    fn wrapped(&mut self, tag: &str, inner: &[Inline]) {
        let _ = write!(self.out, "<{tag}>");
        self.inlines(inner);
        let _ = write!(self.out, "</{tag}>");
    }

    fn link(&mut self, target: &Target, inlines: &[Inline]) {
        let look = self.look;
        let (address, attributes) = match target {
            Target::Web(address) => {
                (Some(address.clone()), " class=\"usa-link usa-link--external\" rel=\"noopener noreferrer\"")
            }
            Target::Mail(_) | Target::Phone(_) | Target::Here(_) => {
                (Some(target.address()), " class=\"usa-link\"")
            }
            Target::Page { slug, anchor } => {
                ((look.page)(slug, anchor.as_deref()), " class=\"usa-link kb-link\"")
            }
            Target::File(name) => ((look.file)(name), " class=\"usa-link kb-file\""),
            Target::Refused { .. } => return self.inlines(inlines),
        };
        let Some(address) = address else { return self.broken(inlines) };
        self.raw("<a");
        self.raw(attributes);
        self.attribute("href", &address);
        self.raw(">");
        self.inlines(inlines);
        self.raw("</a>");
        if let (true, Target::Web(address)) = (look.print, target)
            && words(inlines).trim() != address
        {
            self.raw(" <span class=\"kb-address\">(");
            escape(address, &mut self.out);
            self.raw(")</span>");
        }
    }

    fn broken(&mut self, inlines: &[Inline]) {
        if !self.look.mark_broken {
            return self.inlines(inlines);
        }
        self.raw("<span class=\"kb-broken\">");
        self.inlines(inlines);
        self.raw(" ");
        escape(self.look.words.broken, &mut self.out);
        self.raw("</span>");
    }

    fn image(&mut self, target: &Target, alt: &str) {
        let address = match target {
            Target::File(name) => (self.look.file)(name),
            _ => None,
        };
        let Some(address) = address else { return escape(alt, &mut self.out) };
        self.raw("<img class=\"kb-picture\" loading=\"lazy\"");
        self.attribute("src", &address);
        self.attribute("alt", alt);
        self.raw(">");
    }
}

/// Whether a box begins with the very word of its label, as an imported `NOTE:` does.
fn says_itself(blocks: &[Block], label: &str) -> bool {
    let Some(Block { body: Body::Paragraph { inlines, .. }, .. }) = blocks.first() else { return false };
    let text = words(inlines);
    text.trim_start().get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label))
}

/// Writes text so that it stays text, also within an attribute.
fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Characters that no browser shows, or that reorder the text around them.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}' => {}
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            other => out.push(other),
        }
    }
}
