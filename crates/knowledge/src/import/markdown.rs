//! Markdown from elsewhere, or from our own pack. The text stays as it is; front matter is read, the first heading
//! becomes the title, names become roles.

use super::among::Among;
use super::error::Reason;
use super::memo;
use super::roles::RoleMap;
use super::text;
use super::types::{self, Document, Imported, Limits, MemoHead, Notice, NoticeKind};
use super::{Refusal, check, fields};
use crate::front::{self, FrontMatter, Kind, Memo};
use crate::markup::slug;

/// Reads a Markdown file.
pub(super) fn read(
    name: &str,
    text: &str,
    limits: &Limits,
    (roles, among): (&RoleMap, &Among),
) -> Result<Imported, Refusal> {
    if text.lines().count() > limits.max_nodes {
        return Err((Some(limits.max_nodes + 1), Reason::TooManyNodes(limits.max_nodes)));
    }
    let mut imported = Imported::default();
    let mut document = Document::default();
    let (mut body, offset) = match () {
        () if text.starts_with("+++") => {
            let (matter, body) = front::read(text).map_err(|error| {
                (Some(error.line), Reason::Markup { title: types::stem(name), reason: error.reason })
            })?;
            let offset = text.lines().count() - body.lines().count();
            ours(matter, &mut document);
            (body, offset)
        }
        () if text.starts_with("---\n") => foreign(text, &mut document),
        () => (text.to_owned(), 0),
    };
    if document.title.is_empty() {
        document.title = take_heading(&mut body).unwrap_or_else(|| types::stem(name));
    }
    let printed = take_updated(&mut body);
    document.updated = document.updated.or(printed);
    let body = among.markdown(name, &body);
    document.title = roles.replace(&document.title);
    document.markdown = named(&body, &document.title, roles, &mut imported.notices);
    document.slug = slug(&types::stem(name));
    if document.markdown.trim().is_empty() {
        return Err((None, Reason::NoBody));
    }
    if let Err(error) = crate::markup::parse(&document.markdown) {
        let title = document.title.clone();
        return Err((Some(error.line + offset), Reason::Markup { title, reason: error.reason }));
    }
    let front = document.front.clone();
    let changes = front.as_ref().and_then(|front| front.memo.as_ref()).map_or(0, |memo| memo.changes.len());
    if changes > 0 {
        let title = document.title.clone();
        imported.notices.push(Notice { line: None, kind: NoticeKind::Settings { title, count: changes } });
    }
    check(&mut document, &mut imported.notices)?;
    if let Some(front) = front {
        fields_of(&front, &mut document);
    }
    imported.documents.push(document);
    Ok(imported)
}

/// Takes over what our own front matter says.
fn ours(matter: FrontMatter, document: &mut Document) {
    document.title.clone_from(&matter.title);
    document.kind = matter.kind;
    document.updated = matter.updated;
    document.memo = matter.memo.as_ref().map(head);
    document.front = Some(matter);
}

fn fields_of(front: &FrontMatter, document: &mut Document) {
    for (given, found) in [(&front.forms, &mut document.forms), (&front.manual, &mut document.manual)] {
        if !given.is_empty() {
            found.clone_from(given);
        }
    }
    if let Some(memo) = &mut document.memo {
        memo.effective_from = front.effective_from.or(memo.effective_from);
        memo.effective_until = front.effective_until.or(memo.effective_until);
    }
}

fn head(memo: &Memo) -> MemoHead {
    MemoHead {
        number: memo.number.clone(),
        subject: memo.subject.clone(),
        from_role: memo.issuing_role.clone(),
        manual_revised: memo.revises.clone(),
        forms_revised: memo.forms_revised.clone(),
        forms_introduced: memo.forms_introduced.clone(),
        actions: memo.action.clone(),
        attachments: memo.attachments.clone(),
        ..MemoHead::default()
    }
}

/// Front matter of other systems: `key: value` lines between `---`. Title and date are taken; the rest has no place.
fn foreign(text: &str, document: &mut Document) -> (String, usize) {
    let mut end = None;
    for (at, line) in text.lines().enumerate().skip(1) {
        if line.trim_end() == "---" {
            end = Some(at);
            break;
        }
    }
    let Some(end) = end else { return (text.to_owned(), 0) };
    for line in text.lines().take(end).skip(1) {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim().trim_matches(['"', '\'']);
        match key.trim().to_lowercase().as_str() {
            "title" => value.clone_into(&mut document.title),
            "updated" | "date" | "modified" | "lastmod" => {
                document.updated = fields::date(value).or(document.updated)
            }
            _ => {}
        }
    }
    document.kind = Kind::Article;
    (text.lines().skip(end + 1).collect::<Vec<_>>().join("\n"), end + 1)
}

/// The first heading, if the text begins with one of the first level.
fn take_heading(body: &mut String) -> Option<String> {
    let start = body.len() - body.trim_start().len();
    let line = body.get(start..)?.lines().next()?;
    let words = line.strip_prefix("# ")?.trim();
    let words =
        words.rfind(" {#").map_or(words, |at| words.get(..at).unwrap_or(words)).trim_end_matches([' ', '#']);
    let title = words.replace(['*', '`'], "");
    let rest = body.get(start + line.len()..)?.trim_start_matches('\n').to_owned();
    *body = rest;
    Some(title).filter(|title| !title.is_empty())
}

/// The day that the first or the last line prints as the page's update; the page shows it by itself.
fn take_updated(body: &mut String) -> Option<jiff::civil::Date> {
    let day = |line: &str| text::updated(line.trim().trim_matches(['*', '_']).trim());
    let first = body.trim_start().lines().next().unwrap_or_default().to_owned();
    let last = body.trim_end().lines().next_back().unwrap_or_default().to_owned();
    if let Some(found) = day(&last) {
        body.truncate(body.trim_end().len() - last.len());
        body.truncate(body.trim_end().len());
        body.push('\n');
        return Some(found);
    }
    let found = day(&first)?;
    let rest = body.trim_start().get(first.len()..).unwrap_or_default().trim_start_matches(['\n', '\r']);
    *body = rest.to_owned();
    Some(found)
}

/// The text with names replaced, senders as roles, and initials left out.
fn named(body: &str, title: &str, roles: &RoleMap, notices: &mut Vec<Notice>) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut total = 0;
    let mut is_memo = false;
    for (at, line) in body.lines().enumerate() {
        let line_number = Some(at + 1);
        if let Some(value) = line.trim_start().strip_prefix("FROM:") {
            is_memo = true;
            let (role, notice) = roles.sender(value.trim(), "FROM:", title);
            notices.extend(notice.map(|kind| Notice { line: line_number, kind }));
            lines.push(format!("FROM: {role}"));
            continue;
        }
        if is_memo && memo::is_initials(line.trim()) {
            let kind = NoticeKind::Initials { title: title.to_owned() };
            notices.push(Notice { line: line_number, kind });
            continue;
        }
        let (line, count) = roles.counted(line);
        total += count;
        lines.push(line);
    }
    if total > 0 {
        notices.push(Notice {
            line: None,
            kind: NoticeKind::Replaced { title: title.to_owned(), count: total },
        });
    }
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}
