//! From a draft to an edition: what must be there, who may approve, and what becomes of the edition before.
//!
//! Publishing needs two people, as a changed wording does (SMS-SCRIPT-1). A memo needs its structured fields (the clauses
//! `*-MEMO-*`); names of persons do not belong in them, only roles.

use std::fmt;

use jiff::civil::Date;

use super::model::{
    Audience, BODY_MAX, Draft, DraftState, Edition, Kind, Memo, Page, SettingChange, Source, Text, Withdrawn,
    is_slug,
};
use super::spoken::is_usual;
use crate::time::Millis;

const TITLE_MAX: usize = 200;
const SUMMARY_MAX: usize = 600;
const REASON_MIN: usize = 4;
const NUMBER_MAX: usize = 40;
const ODD_DAY: &str = "Give a day between the years 1900 and 2999.";
/// Addresses below `/kb` and `/help` that are no pages of the knowledge base.
const RESERVED: [&str; 15] = [
    "search",
    "edit",
    "file",
    "forms",
    "ask",
    "inbox",
    "reading",
    "question",
    "categories",
    "by-clause",
    "hot-tips",
    "editable",
    "new",
    "vote",
    "print",
];

/// Why a draft cannot go on; each has a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field, as the form names it.
    pub field: &'static str,
    /// The sentence.
    pub says: String,
    /// The clause, where one asks for it.
    pub clause: Option<&'static str>,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.says)
    }
}

fn fault(field: &'static str, says: impl Into<String>) -> Fault {
    Fault { field, says: says.into(), clause: None }
}

/// Everything that is missing or wrong in a draft that shall be published; empty when it may go to review.
#[must_use]
pub fn check(draft: &Draft, page: Option<&Page>, today: Date) -> Vec<Fault> {
    let mut out = Vec::new();
    if !is_slug(&draft.slug) {
        out.push(fault(
            "slug",
            "The address needs lower-case letters, digits and single hyphens, at most 80.",
        ));
    }
    if RESERVED.contains(&draft.slug.as_str()) {
        out.push(fault("slug", "This address belongs to a page of the program. Choose another."));
    }
    if draft.title.trim().is_empty() || draft.title.chars().count() > TITLE_MAX {
        out.push(fault("title", format!("A title of 1 to {TITLE_MAX} characters is needed.")));
    }
    if draft.summary.chars().count() > SUMMARY_MAX {
        out.push(fault("summary", format!("The summary may have {SUMMARY_MAX} characters at most.")));
    }
    if draft.body.len() > BODY_MAX {
        out.push(fault("body", "The text is longer than 5 MB. Split it into several pages."));
    }
    let needs_text = !matches!(draft.kind, Kind::Section | Kind::Link);
    if needs_text && draft.body.trim().is_empty() {
        out.push(fault("body", "There is no text yet."));
    }
    if draft.kind == Kind::Link && !draft.target.as_deref().is_some_and(is_web_address) {
        out.push(fault("target", "A link needs an address that begins with https:// or http://."));
    }
    if !matches!(draft.language.as_str(), "en" | "es") {
        out.push(fault("language", "Choose English or Spanish."));
    }
    if let (Some(from), Some(until)) = (draft.from, draft.until)
        && until < from
    {
        out.push(fault("until", "The last day lies before the first day."));
    }
    let odd = |day: Option<Date>| day.is_some_and(|day| !is_usual(day));
    for (field, day) in [("from", draft.from), ("until", draft.until)] {
        if odd(day) {
            out.push(fault(field, ODD_DAY));
        }
    }
    if draft.until.is_some_and(|until| until < today) {
        out.push(fault("until", "The last day is over already."));
    }
    if draft.parent.as_deref() == Some(draft.slug.as_str()) {
        out.push(fault("parent", "A page cannot lie below itself."));
    }
    if draft.own_number.as_ref().is_some_and(|number| number.chars().count() > NUMBER_MAX) {
        out.push(fault("own_number", format!("A number has {NUMBER_MAX} characters at most.")));
    }
    match (draft.kind, &draft.memo) {
        (Kind::Memo, Some(memo)) => check_memo(draft, memo, page, today, &mut out),
        (Kind::Memo, None) => out.push(cited("number", "A memo needs its number, subject and issuing role.")),
        (_, Some(_)) => out.push(fault("kind", "Only a memo has a memo's particulars.")),
        (_, None) => {}
    }
    out
}

fn cited(field: &'static str, says: &str) -> Fault {
    Fault { field, says: says.to_owned(), clause: Some("IM33-MEMO-1") }
}

fn check_memo(draft: &Draft, memo: &Memo, page: Option<&Page>, today: Date, out: &mut Vec<Fault>) {
    if memo.number.trim().is_empty() {
        out.push(cited("number", "A memo needs its number, such as IM-33."));
    }
    if memo.issuing_role.trim().is_empty() {
        out.push(cited("issuing_role", "A memo names the role that issues it, such as Director."));
    }
    if memo.kind.trim().is_empty() {
        out.push(cited("memo_kind", "Say what kind of memo it is, such as policy or form."));
    }
    if memo.actions.iter().all(|action| action.trim().is_empty()) {
        out.push(cited("actions", "A memo says what staff shall do."));
    }
    if draft.audience == Audience::Public {
        out.push(fault("audience", "A memo is for staff; write a public page of its own for customers."));
    }
    if memo.supersedes.contains(&draft.slug) {
        out.push(fault("supersedes", "A memo cannot replace itself; publish a new edition instead."));
    }
    if memo.issued.is_some_and(|day| !is_usual(day)) {
        out.push(fault("issued", ODD_DAY));
    }
    if memo.required.as_ref().is_some_and(|required| required.due_days > 365) {
        out.push(fault("due_days", "Ask for the reading within a year."));
    }
    // What an edition before this one brought already is not new.
    let known = |change: &SettingChange| {
        page.iter()
            .flat_map(|page| &page.editions)
            .filter_map(|edition| edition.memo.as_ref())
            .any(|memo| memo.changes.contains(change))
    };
    for change in &memo.changes {
        if change.from < today && !known(change) {
            out.push(fault("changes", "A change of settings takes force today or later, never in the past."));
        }
        if [Some(change.from), change.until].into_iter().flatten().any(|day| !is_usual(day)) {
            out.push(fault("changes", ODD_DAY));
        }
        if change.until.is_some_and(|until| until < change.from) {
            out.push(fault("changes", "A change of settings ends before it begins."));
        }
        if change.set.is_empty() {
            out.push(fault("changes", "A change of settings sets nothing."));
        }
    }
}

fn is_web_address(text: &str) -> bool {
    text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !rest.chars().any(|c| c.is_whitespace() || c.is_control())
    })
}

/// Asks for review.
///
/// # Errors
/// What is missing.
pub fn submit(
    mut draft: Draft,
    page: Option<&Page>,
    by: &str,
    at: Millis,
    today: Date,
) -> Result<Draft, Vec<Fault>> {
    let faults = check(&draft, page, today);
    if !faults.is_empty() {
        return Err(faults);
    }
    draft.state = DraftState::InReview { by: by.to_owned(), at };
    Ok(draft)
}

/// The second person wants something changed.
///
/// # Errors
/// Without a reason, or when it is not in review.
pub fn send_back(mut draft: Draft, by: &str, at: Millis, reason: &str) -> Result<Draft, Fault> {
    if !matches!(draft.state, DraftState::InReview { .. }) {
        return Err(fault("state", "This draft is not in review."));
    }
    if reason.trim().chars().count() < REASON_MIN {
        return Err(fault("reason", format!("Say what should be changed, in {REASON_MIN} letters or more.")));
    }
    draft.state = DraftState::SentBack { by: by.to_owned(), at, reason: reason.trim().to_owned() };
    Ok(draft)
}

/// What an approval makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Approved {
    /// The page with its new edition.
    pub page: Page,
    /// The edition's text.
    pub text: Text,
}

/// The second person approves: the draft becomes the page's next edition.
///
/// # Errors
/// When it is not in review, when the approver wrote in it, when another edition was published since it began, or what
/// is missing.
pub fn approve(
    page: Option<&Page>,
    draft: &Draft,
    by: &str,
    at: Millis,
    today: Date,
) -> Result<Approved, Vec<Fault>> {
    if !matches!(draft.state, DraftState::InReview { .. }) {
        return Err(vec![fault("state", "This draft is not in review.")]);
    }
    if draft.authors.iter().any(|author| author == by) {
        return Err(vec![fault("approver", "You wrote in this draft. A second person has to approve it.")]);
    }
    let faults = check(draft, page, today);
    if !faults.is_empty() {
        return Err(faults);
    }
    let newest = page.and_then(|page| page.editions.last()).map_or(0, |edition| edition.number);
    if newest != draft.base {
        return Err(vec![fault(
            "base",
            format!(
                "Edition {newest} was published since this draft began from edition {}. Compare and take over what is missing.",
                draft.base
            ),
        )]);
    }
    Ok(publish(page, draft, Some(by), at, today))
}

/// What comes with a pack or an import becomes an edition without a second person; it says so by having no approver.
#[must_use]
pub fn install(
    page: Option<&Page>,
    draft: &Draft,
    (source, updated, hash): (Source, Option<Date>, String),
    at: Millis,
    today: Date,
) -> Approved {
    let mut made = publish(page, draft, None, at, today);
    made.page.source = source;
    if let Some(edition) = made.page.editions.last_mut() {
        edition.updated = updated;
        edition.hash = hash;
    }
    made
}

fn publish(page: Option<&Page>, draft: &Draft, approver: Option<&str>, at: Millis, today: Date) -> Approved {
    let mut page = page.cloned().unwrap_or_default();
    let number = page.editions.last().map_or(0, |edition| edition.number) + 1;
    page.slug.clone_from(&draft.slug);
    page.kind = draft.kind;
    page.parent.clone_from(&draft.parent);
    page.position = draft.position;
    page.target.clone_from(&draft.target);
    page.trail_name.clone_from(&draft.trail_name);
    page.described = draft.kind != Kind::Section && !draft.body.trim().is_empty();
    page.language.clone_from(&draft.language);
    page.translation_of.clone_from(&draft.translation_of);
    page.related.clone_from(&draft.related);
    page.review_months = draft.review_months;
    page.reviewed_on = Some(today);
    if approver.is_some() {
        page.source = Source::Editor;
    }
    page.editions.push(Edition {
        number,
        title: draft.title.trim().to_owned(),
        // What people call it otherwise is theirs.
        printed_title: draft
            .printed_title
            .clone()
            .filter(|printed| printed.to_lowercase() == draft.title.trim().to_lowercase()),
        summary: draft.summary.trim().to_owned(),
        audience: draft.audience,
        programmes: draft.programmes.clone(),
        from: draft.from.unwrap_or(today),
        until: draft.until,
        updated: None,
        author: draft.authors.first().cloned().unwrap_or_default(),
        approver: approver.map(str::to_owned),
        published_at: at,
        note: draft.note.trim().to_owned(),
        withdrawn: None,
        memo: draft.memo.clone(),
        own_number: draft.own_number.clone().filter(|_| draft.kind.has_own_number()),
        hash: String::new(),
    });
    let text = Text {
        slug: draft.slug.clone(),
        number,
        body: draft.body.clone(),
        forms: Vec::new(),
        manual: Vec::new(),
        attachments: draft.attachments.clone(),
    };
    Approved { page, text }
}

/// Takes an edition back. The one before it is in force again, and the changes of settings it brought go with it: rolling
/// back is one act.
///
/// # Errors
/// Without a reason, or when there is no such edition.
pub fn withdraw(mut page: Page, number: u32, by: &str, at: Millis, reason: &str) -> Result<Page, Fault> {
    if reason.trim().chars().count() < REASON_MIN {
        return Err(fault("reason", format!("Say why it is taken back, in {REASON_MIN} letters or more.")));
    }
    let edition = page.editions.iter_mut().find(|edition| edition.number == number);
    let Some(edition) = edition.filter(|edition| edition.withdrawn.is_none()) else {
        return Err(fault("edition", "This edition was taken back already."));
    };
    edition.withdrawn = Some(Withdrawn { at, by: by.to_owned(), reason: reason.trim().to_owned() });
    page.source = Source::Editor;
    Ok(page)
}

/// An old edition as a draft to publish again, or the newest one to work on.
#[must_use]
pub fn restore(page: &Page, edition: &Edition, text: &Text, by: &str) -> Draft {
    Draft {
        slug: page.slug.clone(),
        base: page.editions.last().map_or(0, |newest| newest.number),
        kind: page.kind,
        parent: page.parent.clone(),
        position: page.position,
        target: page.target.clone(),
        trail_name: page.trail_name.clone(),
        language: page.language.clone(),
        translation_of: page.translation_of.clone(),
        related: page.related.clone(),
        review_months: page.review_months,
        title: edition.title.clone(),
        printed_title: edition.printed_title.clone(),
        summary: edition.summary.clone(),
        audience: edition.audience,
        programmes: edition.programmes.clone(),
        body: text.body.clone(),
        attachments: text.attachments.clone(),
        from: None,
        until: edition.until,
        memo: edition.memo.clone(),
        own_number: edition.own_number.clone(),
        note: String::new(),
        authors: vec![by.to_owned()],
        state: DraftState::Writing,
    }
}
