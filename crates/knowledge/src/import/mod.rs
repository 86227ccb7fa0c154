//! Reading page exports of a knowledge site into documents of our markup: plain text as a browser saves it, HTML,
//! Markdown.
//!
//! Every reader turns its file into an outline (the page's parts and its blocks); memos, names, numbers and
//! the writing of Markdown are the same for all of them. Nothing is guessed from words of one agency: what is menu and
//! furniture follows from where it stands, from marks that such sites share, and from what is repeated.
//!
//! To add a kind of export: teach `recognise` to tell it, and add a reader that fills an outline.

mod about;
mod among;
mod capitals;
mod decode;
mod error;
mod fields;
mod html;
mod lists;
mod markdown;
mod memo;
mod outline;
mod persons;
mod roles;
mod text;
mod tree;
mod types;
mod write;

pub use among::{Among, Pages, resolve};
pub use error::{ImportError, Reason};
pub use roles::RoleMap;
pub use types::{
    Document, Imported, Limits, MemoHead, NavEntry, Notice, NoticeKind, Place, merge_navigation,
};

use crate::front::Kind;
use crate::markup::{self, MarkKind, MarkupReason};
use outline::Outline;

/// Reads one file. `name` is its name without folders, used for messages and where the file has no title.
///
/// # Errors
/// [`ImportError`] with the file, the line where there is one, and the reason. Nothing of a refused file is returned.
pub fn read(name: &str, bytes: &[u8], limits: &Limits, roles: &RoleMap) -> Result<Imported, ImportError> {
    read_among(name, bytes, limits, roles, &Among::default())
}

/// Reads one of several files that are brought in together; `name` is the one that [`Among`] knows it by. Links to the
/// others lead to names that stand for them, until [`resolve`] puts the pages' own in their place.
///
/// # Errors
/// As [`read`].
pub fn read_among(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    roles: &RoleMap,
    among: &Among,
) -> Result<Imported, ImportError> {
    let refuse = |(line, reason)| ImportError { file: name.to_owned(), line, reason };
    let text = decode::text(bytes, limits).map_err(refuse)?;
    let mut out = match recognise(name, &text) {
        Form::Html => {
            documents(name, html::read(&text, limits, (name, among)).map_err(refuse)?, limits, roles)
        }
        Form::Markdown => markdown::read(name, &text, limits, (roles, among)),
        Form::Text => documents(name, text::read(&text, limits).map_err(refuse)?, limits, roles),
    }
    .map_err(refuse)?;
    for document in &mut out.documents {
        document.file = among.key(name);
    }
    if roles.is_empty() {
        for document in &out.documents {
            let names = persons::of(&document.markdown);
            if !names.is_empty() {
                let title = document.title.clone();
                out.notices.push(Notice { line: None, kind: NoticeKind::Persons { title, names } });
            }
        }
    }
    Ok(out)
}

/// Where it is, and why a file is refused.
type Refusal = (Option<usize>, Reason);

enum Form {
    Text,
    Html,
    Markdown,
}

/// Tells the form from the content; the name decides only between text and Markdown when neither shows.
fn recognise(name: &str, text: &str) -> Form {
    let start: String = text.trim_start().chars().take(4_096).flat_map(char::to_lowercase).collect();
    let tags = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<article",
        "<main",
        "<div",
        "<?xml",
        "<!--",
        "<section",
    ];
    if tags.iter().any(|tag| start.starts_with(tag))
        || start.starts_with('<') && ["<p", "<body", "<title", "<h1"].iter().any(|tag| start.contains(tag))
    {
        return Form::Html;
    }
    if start.starts_with("+++") || start.starts_with("---\n") || start.starts_with("---\r\n") {
        return Form::Markdown;
    }
    let named = [".md", ".markdown"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    let exported =
        |line: &str| text::is_heading(line) || text::is_skip_link(line) || line.trim_start().starts_with('•');
    let heading = |line: &str| {
        let rest = line.trim_start_matches('#');
        (1..=6).contains(&(line.len() - rest.len())) && rest.starts_with(' ')
    };
    match (text.lines().any(exported), text.lines().any(heading)) {
        (true, _) if !named => Form::Text,
        (_, true) => Form::Markdown,
        _ if named => Form::Markdown,
        _ => Form::Text,
    }
}

/// Makes documents of an outline: one, or one for each memo in it.
fn documents(name: &str, outline: Outline, limits: &Limits, roles: &RoleMap) -> Result<Imported, Refusal> {
    let Outline {
        title,
        site,
        breadcrumb,
        navigation,
        updated,
        neighbours,
        canonical,
        places,
        nodes,
        mut notices,
    } = outline;
    let title = title.filter(|title| !title.trim().is_empty());
    let parts = memo::split(title.as_deref(), nodes);
    if parts.len() > limits.max_documents {
        return Err((None, Reason::TooManyDocuments { found: parts.len(), limit: limits.max_documents }));
    }
    let mut documents: Vec<Document> = Vec::new();
    for part in parts {
        let mut part = part;
        if part.head.is_none() && part.title.is_none() {
            part.title = memo::take_title(&mut part.nodes);
        }
        let title = part.title.clone().unwrap_or_else(|| types::stem(name));
        roles.apply(&mut part, &mut notices);
        let markdown = write::markdown(&part.nodes);
        let printed = roles.replace(&title);
        let readable = capitals::readable(&printed, &markdown);
        let mut document = Document {
            slug: String::new(),
            printed_title: readable.as_ref().map(|_| printed.clone()),
            title: readable.unwrap_or(printed),
            kind: if part.head.is_some() { Kind::Memo } else { Kind::Article },
            breadcrumb: breadcrumb.clone(),
            updated,
            memo: part.head,
            neighbours: neighbours.clone(),
            canonical: canonical.clone(),
            markdown,
            ..Document::default()
        };
        document.places.clone_from(&places);
        check(&mut document, &mut notices)?;
        document.slug = free_slug(&document, &documents);
        documents.push(document);
    }
    if documents.iter().all(|document| document.markdown.trim().is_empty()) {
        return Err((None, Reason::NoBody));
    }
    Ok(Imported { documents, navigation, site, notices })
}

/// Holds the text against the rules of the markup, and reads the fields out of it.
fn check(document: &mut Document, notices: &mut Vec<Notice>) -> Result<(), Refusal> {
    let page = markup::parse(&document.markdown).map_err(|error| match error.reason {
        MarkupReason::TooDeep => (None, Reason::TooDeep),
        reason => (None, Reason::Markup { title: document.title.clone(), reason }),
    })?;
    for mark in markup::lint(&page) {
        let kind = match mark.kind {
            MarkKind::Link { address, .. } => NoticeKind::Link { address },
            MarkKind::Picture(address) => NoticeKind::Picture { address },
            _ => continue,
        };
        notices.push(Notice { line: None, kind });
    }
    for name in document.memo.iter().flat_map(|memo| &memo.attachments) {
        let (title, name) = (document.title.clone(), name.clone());
        notices.push(Notice { line: None, kind: NoticeKind::Attachment { title, name } });
    }
    fields::fill(document, &page);
    places(document, &page);
    Ok(())
}

/// Where the places of the file are on the page: headings by the words they have, everything else by its name.
fn places(document: &mut Document, page: &markup::Page) {
    let mut headings = markup::contents(page);
    let mut found = Vec::new();
    for (id, words) in std::mem::take(&mut document.places) {
        if let Some(at) = headings.iter().position(|heading| heading.title == words) {
            found.push((id, headings.remove(at).anchor));
        }
    }
    let known = markup::contents(page).into_iter().map(|heading| heading.anchor);
    let known = known.chain(markup::passages(page, true).into_iter().map(|passage| passage.anchor));
    let known: std::collections::BTreeSet<String> = known.filter(|anchor| !anchor.is_empty()).collect();
    found.extend(known.into_iter().map(|anchor| (anchor.clone(), anchor)));
    document.places = found;
}

fn free_slug(document: &Document, before: &[Document]) -> String {
    let base = match &document.memo {
        Some(memo) if !memo.number.is_empty() => format!("memo-{}", markup::slug(&memo.number)),
        _ => markup::slug(&document.title),
    };
    let taken = |slug: &str| before.iter().any(|other| other.slug == slug);
    let numbered = || (2..).map(|number| format!("{base}-{number}")).find(|slug| !taken(slug));
    if taken(&base) { numbered().unwrap_or(base) } else { base }
}
