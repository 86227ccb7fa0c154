//! From the text of a page to its blocks. The grammar of CommonMark is the library's; what is counted, refused, and
//! what braces and boxes mean is decided here.
//!
//! Blocks are collected in a stack of open frames whose height is limited, so no depth of nesting can use up the stack
//! of the program, neither here nor in those who walk over the blocks afterwards.

use pulldown_cmark::{Alignment, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::attrs::{self, Attrs};
use super::error::{MarkupError, MarkupReason};
use super::limits::{MAX_BLOCKS, MAX_BYTES, MAX_CELLS, MAX_DEPTH, MAX_INLINE_DEPTH, MAX_LINK, MAX_LINKS};
use super::marks;
use super::target::Target;
use super::tree::{Align, Block, Body, Inline, Item, Labels, Page, Row};

/// Reads a page.
///
/// # Errors
/// [`MarkupError`] with the line, when the text is over one of the limits. There is no text that is wrong otherwise.
pub fn parse(text: &str) -> Result<Page, MarkupError> {
    if text.len() > MAX_BYTES {
        return Err(MarkupError::new(1, MarkupReason::TooLong(text.len())));
    }
    let lines = Lines::of(text);
    marks::refuse_deep_lines(text)?;
    let mut builder = Builder { source: text, ..Builder::default() };
    builder.frames.push(Frame::new(Kind::Page, 1));
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        builder.offset = range.start;
        builder.line = lines.at(range.start);
        builder.event(event)?;
    }
    Ok(marks::finish(builder.close()))
}

/// Where each line begins.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|&end| end < offset) + 1
    }
}

struct Frame {
    kind: Kind,
    line: usize,
    blocks: Vec<Block>,
}

enum Kind {
    Page,
    Quote,
    List { start: Option<u64>, items: Vec<Item> },
    Item,
}

impl Frame {
    fn new(kind: Kind, line: usize) -> Self {
        Self { kind, line, blocks: Vec::new() }
    }
}

/// Running text that is being collected.
#[derive(Default)]
struct Run {
    line: usize,
    /// The open spans, outermost first; the first one is the block itself.
    spans: Vec<Vec<Inline>>,
    wraps: Vec<Wrap>,
}

enum Wrap {
    Emphasis,
    Strong,
    Strike,
    Link(Target),
    Image(Target),
    /// Nested too deep to be shown; its words stand in the span around it.
    Skipped,
}

#[derive(Default)]
struct Grid {
    line: usize,
    aligns: Vec<Align>,
    head: Vec<Vec<Inline>>,
    rows: Vec<Row>,
    cells: Vec<Vec<Inline>>,
    row_line: usize,
}

#[derive(Default)]
struct Builder<'a> {
    source: &'a str,
    offset: usize,
    line: usize,
    frames: Vec<Frame>,
    run: Option<Run>,
    code: Option<(usize, String)>,
    table: Option<Grid>,
    count: usize,
    cells: usize,
    links: usize,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>) -> Result<(), MarkupError> {
        match event {
            Event::Start(tag) => return self.start(tag),
            Event::End(tag) => return self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.push(Inline::Code(text.into_string())),
            Event::Html(text) => {
                for line in text.lines() {
                    self.text(line);
                    self.push(Inline::Break { hard: true });
                }
            }
            Event::InlineHtml(text) => self.text(&text),
            Event::SoftBreak => self.push(Inline::Break { hard: false }),
            Event::HardBreak => self.push(Inline::Break { hard: true }),
            Event::Rule => {
                self.settle()?;
                return self.block(self.line, Labels::default(), Body::Rule);
            }
            other => {
                if let Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) =
                    other
                {
                    self.text(&text);
                }
            }
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), MarkupError> {
        let line = self.line;
        match tag {
            Tag::Emphasis => self.open(Wrap::Emphasis),
            Tag::Strong => self.open(Wrap::Strong),
            Tag::Strikethrough => self.open(Wrap::Strike),
            Tag::Link { dest_url, .. } => {
                let target = self.target(&dest_url)?;
                self.open(Wrap::Link(target));
            }
            Tag::Image { dest_url, .. } => {
                let target = self.target(&dest_url)?;
                self.open(Wrap::Image(target));
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.row_line = line;
                }
            }
            Tag::TableCell => self.begin(),
            block => {
                self.settle()?;
                self.start_block(block)?;
            }
        }
        Ok(())
    }

    fn start_block(&mut self, tag: Tag<'_>) -> Result<(), MarkupError> {
        let line = self.line;
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::HtmlBlock => self.begin(),
            Tag::CodeBlock(_) => self.code = Some((line, String::new())),
            Tag::BlockQuote(_) => self.frame(Kind::Quote)?,
            Tag::List(start) => self.frame(Kind::List { start, items: Vec::new() })?,
            Tag::Item => self.frame(Kind::Item)?,
            Tag::Table(aligns) => {
                let aligns = aligns.iter().map(align).collect();
                self.table = Some(Grid { line, aligns, ..Grid::default() });
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), MarkupError> {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image => {
                self.close_span();
                Ok(())
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.paragraph(false),
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::CodeBlock => match self.code.take() {
                Some((line, text)) => self.block(line, Labels::default(), Body::Code { text }),
                None => Ok(()),
            },
            TagEnd::TableCell => self.cell(),
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.head = std::mem::take(&mut table.cells);
                }
                Ok(())
            }
            TagEnd::TableRow => self.row(),
            TagEnd::Table => match self.table.take() {
                Some(Grid { line, aligns, head, rows, .. }) => {
                    self.block(line, Labels::default(), Body::Table { aligns, head, rows })
                }
                None => Ok(()),
            },
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                self.settle()?;
                self.close_frame()
            }
            _ => Ok(()),
        }
    }

    fn target(&mut self, address: &str) -> Result<Target, MarkupError> {
        self.links += 1;
        if address.len() > MAX_LINK {
            return Err(self.refuse(MarkupReason::LinkTooLong(address.len())));
        }
        if self.links > MAX_LINKS {
            return Err(self.refuse(MarkupReason::TooManyLinks));
        }
        // The library gives the address of `<a@b>` without its scheme.
        let bare = !address.contains(':') && address.contains('@') && self.source_at(0) == Some(b'<');
        Ok(if bare { Target::read(&format!("mailto:{address}")) } else { Target::read(address) })
    }

    fn source_at(&self, back: usize) -> Option<u8> {
        self.source.as_bytes().get(self.offset.checked_sub(back)?).copied()
    }

    fn refuse(&self, reason: MarkupReason) -> MarkupError {
        MarkupError::new(self.line, reason)
    }

    fn frame(&mut self, kind: Kind) -> Result<(), MarkupError> {
        let depth =
            self.frames.iter().filter(|frame| matches!(frame.kind, Kind::Quote | Kind::List { .. })).count();
        if depth >= MAX_DEPTH && !matches!(kind, Kind::Item) {
            return Err(self.refuse(MarkupReason::TooDeep));
        }
        self.frames.push(Frame::new(kind, self.line));
        Ok(())
    }

    fn close_frame(&mut self) -> Result<(), MarkupError> {
        let Some(Frame { kind, line, mut blocks }) = self.frames.pop() else { return Ok(()) };
        match kind {
            Kind::Page => Ok(()),
            Kind::Quote => {
                let (kind, labels) = marks::box_kind(&mut blocks);
                self.block(line, labels, Body::Quote { kind, blocks })
            }
            Kind::List { start, items } => self.block(line, Labels::default(), Body::List { start, items }),
            Kind::Item => {
                // The anchors of the first paragraph are those of the item: a reader links to the item.
                let labels = match blocks.first_mut() {
                    Some(Block { body: Body::Paragraph { .. }, labels, .. }) => std::mem::take(labels),
                    _ => Labels::default(),
                };
                self.counted()?;
                if let Some(Frame { kind: Kind::List { items, .. }, .. }) = self.frames.last_mut() {
                    items.push(Item { line, labels, blocks });
                }
                Ok(())
            }
        }
    }

    fn counted(&mut self) -> Result<(), MarkupError> {
        self.count += 1;
        if self.count > MAX_BLOCKS { Err(self.refuse(MarkupReason::TooManyBlocks)) } else { Ok(()) }
    }

    fn block(&mut self, line: usize, labels: Labels, body: Body) -> Result<(), MarkupError> {
        self.counted()?;
        if let Some(frame) = self.frames.last_mut() {
            frame.blocks.push(Block { line, labels, supervisors: false, body });
        }
        Ok(())
    }

    /// Ends running text that no paragraph closes: that of an item without empty lines around it.
    fn settle(&mut self) -> Result<(), MarkupError> {
        if self.run.is_some() { self.paragraph(true) } else { Ok(()) }
    }

    fn begin(&mut self) {
        self.run = Some(Run { line: self.line, spans: vec![Vec::new()], wraps: Vec::new() });
    }

    fn take_run(&mut self) -> (usize, Vec<Inline>, Attrs) {
        while self.run.as_ref().is_some_and(|run| !run.wraps.is_empty()) {
            self.close_span();
        }
        let Some(mut run) = self.run.take() else { return (self.line, Vec::new(), Attrs::default()) };
        let mut inlines = run.spans.pop().unwrap_or_default();
        while matches!(inlines.last(), Some(Inline::Break { .. })) {
            inlines.pop();
        }
        let attrs = attrs::take(&mut inlines);
        (run.line, inlines, attrs)
    }

    fn paragraph(&mut self, tight: bool) -> Result<(), MarkupError> {
        let (line, inlines, attrs) = self.take_run();
        if inlines.is_empty() && attrs.anchors.is_empty() {
            return Ok(());
        }
        self.block(line, waiting(attrs), Body::Paragraph { inlines, tight })
    }

    fn heading(&mut self, level: HeadingLevel) -> Result<(), MarkupError> {
        let (line, inlines, attrs) = self.take_run();
        let level = level as u8;
        let supervisors = attrs.supervisors;
        // An empty heading says nothing to anyone, unless it begins the supervisors' section.
        if inlines.is_empty() && !supervisors && attrs.anchors.is_empty() {
            return Ok(());
        }
        self.block(line, waiting(attrs), Body::Heading { level, shown: level, inlines, supervisors })
    }

    fn cell(&mut self) -> Result<(), MarkupError> {
        self.cells += 1;
        if self.cells > MAX_CELLS {
            return Err(self.refuse(MarkupReason::TooManyCells));
        }
        let mut run = self.run.take().unwrap_or_default();
        let inlines = run.spans.drain(..).next().unwrap_or_default();
        if let Some(table) = &mut self.table {
            table.cells.push(inlines);
        }
        Ok(())
    }

    fn row(&mut self) -> Result<(), MarkupError> {
        self.counted()?;
        if let Some(table) = &mut self.table {
            let mut cells = std::mem::take(&mut table.cells);
            let last = cells.iter_mut().rev().find(|cell| !cell.is_empty());
            let labels = waiting(last.map(attrs::take).unwrap_or_default());
            table.rows.push(Row { line: table.row_line, labels, cells });
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
            return;
        }
        let escaped = self.source_at(1) == Some(b'\\') && self.source_at(0) == Some(b'{');
        match text.strip_prefix('{').filter(|_| escaped) {
            Some(rest) => {
                self.push(Inline::Brace);
                if !rest.is_empty() {
                    self.push(Inline::Text(rest.to_owned()));
                }
            }
            None if text.is_empty() => {}
            None => self.push(Inline::Text(text.to_owned())),
        }
    }

    fn push(&mut self, inline: Inline) {
        if self.run.is_none() {
            self.begin();
        }
        let Some(span) = self.run.as_mut().and_then(|run| run.spans.last_mut()) else { return };
        match (span.last_mut(), inline) {
            (Some(Inline::Text(before)), Inline::Text(more)) => before.push_str(&more),
            (_, inline) => span.push(inline),
        }
    }

    fn open(&mut self, wrap: Wrap) {
        if self.run.is_none() {
            self.begin();
        }
        let Some(run) = self.run.as_mut() else { return };
        let is_link = matches!(wrap, Wrap::Link(_) | Wrap::Image(_));
        if run.spans.len() > MAX_INLINE_DEPTH && !is_link || run.spans.len() > 2 * MAX_INLINE_DEPTH {
            run.wraps.push(Wrap::Skipped);
        } else {
            run.wraps.push(wrap);
            run.spans.push(Vec::new());
        }
    }

    fn close_span(&mut self) {
        let Some(run) = self.run.as_mut() else { return };
        let inlines = match run.wraps.last() {
            None | Some(Wrap::Skipped) => Vec::new(),
            Some(_) => run.spans.pop().unwrap_or_default(),
        };
        let inline = match run.wraps.pop() {
            None | Some(Wrap::Skipped) => return,
            Some(Wrap::Emphasis) => Inline::Emphasis(inlines),
            Some(Wrap::Strong) => Inline::Strong(inlines),
            Some(Wrap::Strike) => Inline::Strike(inlines),
            Some(Wrap::Link(target)) => Inline::Link { target, inlines },
            Some(Wrap::Image(target)) => Inline::Image { target, alt: marks::words(&inlines) },
        };
        self.push(inline);
    }

    fn close(mut self) -> Vec<Block> {
        self.frames.drain(..).next().map(|page| page.blocks).unwrap_or_default()
    }
}

/// Anchors wait in `more` until the whole page is read and ids can be given out.
fn waiting(attrs: Attrs) -> Labels {
    Labels { more: attrs.anchors, ..Labels::default() }
}

fn align(alignment: &Alignment) -> Align {
    match alignment {
        Alignment::Right => Align::End,
        Alignment::Center => Align::Centre,
        Alignment::None | Alignment::Left => Align::Start,
    }
}
