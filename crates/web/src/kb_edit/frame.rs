//! What surrounds every page of writing: the list of parts by permission, the good news after a form, dates in words.

use std::collections::BTreeMap;

use domain::knowledge::Standing;
use domain::permission::Permission;
use engine::Engine;
use engine::pages::UNDATED;
use jiff::civil::Date;

use crate::admin::frame::{Entry, Frame, Group};
use crate::page::{Area, Page};
use crate::session::SignedIn;

type Part = (&'static str, &'static str, Permission);

const PARTS: [(&str, &[Part]); 4] = [
    (
        "Reading",
        &[
            ("Knowledge base", "/kb", Permission::Knowledge),
            ("Memos", "/kb/memos", Permission::Knowledge),
            ("To read", "/kb/reading", Permission::Knowledge),
            ("Forms manual", "/kb/forms", Permission::Knowledge),
            ("Hot tips", "/kb/hot-tips", Permission::Knowledge),
            ("Ask a policy question", "/kb/ask", Permission::Knowledge),
        ],
    ),
    (
        "Writing",
        &[
            ("Drafts", "/kb/edit", Permission::KnowledgeWrite),
            ("New page or memo", "/kb/edit/new", Permission::KnowledgeWrite),
            ("Memos to work on", "/kb/edit/memos", Permission::KnowledgeWrite),
        ],
    ),
    (
        "People",
        &[
            ("Who has read", "/kb/edit/readers", Permission::KnowledgeReaders),
            ("Questions of my people", "/kb/inbox", Permission::KnowledgeReaders),
        ],
    ),
    (
        "Looking after",
        &[
            ("Questions to editors", "/kb/edit/questions", Permission::KnowledgeWrite),
            ("Feedback", "/kb/edit/feedback", Permission::KnowledgeWrite),
            ("Searches", "/kb/edit/searches", Permission::KnowledgeWrite),
            ("Broken links", "/kb/edit/links", Permission::KnowledgeWrite),
            ("Not looked at for long", "/kb/edit/stale", Permission::KnowledgeWrite),
        ],
    ),
];

/// The sentence for what `?said=` names.
fn said(word: &str) -> Option<&'static str> {
    Some(match word {
        "saved" => "The draft is saved. Readers do not see it before a second person has approved it.",
        "begun" => "The draft is begun. Readers go on seeing the edition in force.",
        "there" => "Somebody has begun a draft of this page already; here it is.",
        "submitted" => "Sent for review. A second person reads it and approves it or sends it back.",
        "back" => "Sent back. The authors see your reason in the draft.",
        "approved" => "Approved. It is in force from its first day; without one, from now on.",
        "discarded" => "The draft is thrown away. Nothing that was published changed.",
        "withdrawn" => "Taken back, and the settings it brought with it.",
        "reviewed" => "Noted: the page is still right. It comes up again after its months.",
        "read" => "Noted: you have read it.",
        "asked" => "Your question is sent. The answer appears on this page.",
        "answered" => "Answered. The asker sees it under their questions.",
        "recorded" => "The answer is recorded and the question closed.",
        "forwarded" => {
            "Sent on to the policy unit. The asker sees where it went; record the answer here when it comes."
        }
        "settled" => "Settled.",
        "closed" => "The review is confirmed and closed.",
        _ => return None,
    })
}

/// The frame for this person; `at` is the part that is open.
pub(super) fn frame(me: &SignedIn, at: &str, query: &BTreeMap<String, String>) -> Frame {
    let group = |(title, parts): &(&'static str, &[Part])| Group {
        title,
        entries: parts
            .iter()
            .filter(|(_, _, permission)| me.may(*permission))
            .map(|(title, address, _)| Entry { title, address, active: *address == at })
            .collect(),
    };
    let groups = PARTS.iter().map(group).filter(|group| !group.entries.is_empty()).collect();
    Frame {
        label: "Knowledge base",
        groups,
        csrf: me.csrf.clone(),
        said: query.get("said").and_then(|word| said(word)),
    }
}

/// A whole page.
pub(super) fn page<'a>(title: &str, me: &'a SignedIn) -> Page<'a> {
    Page::new(format!("{title} · Knowledge base"), Area::Knowledge)
        .me(me)
        .style("admin.css")
        .style("kb.css")
        .style("kb_edit.css")
        .style("visits_dark.css")
        .style("kb_dark.css")
        .script("kb_edit.js")
}

/// `Monday, April 5, 2021`; documents without a date say so (AMB-MEMO-DATES).
pub(crate) fn day(date: Date) -> String {
    if date == UNDATED {
        return "no date printed".to_owned();
    }
    date.strftime("%A, %B %-d, %Y").to_string()
}

/// `Apr 5, 2021`.
pub(super) fn short(date: Date) -> String {
    if date == UNDATED {
        return "no date printed".to_owned();
    }
    date.strftime("%b %-d, %Y").to_string()
}

/// A memo by number and subject. Many subjects begin with the number already.
pub(crate) fn named(number: &str, title: &str) -> String {
    if title.starts_with(number) { title.to_owned() } else { format!("{number}: {title}") }
}

/// The last day of a reading in words: what is due at midnight is due by the end of the day before.
pub(super) fn due(at: domain::time::Millis, zone: &jiff::tz::TimeZone) -> String {
    let last = domain::time::instant(at.saturating_sub(1)).to_zoned(zone.clone()).date();
    format!("by the end of {}", last.strftime("%A, %b %-d, %Y"))
}

/// Class of the badge and its words.
pub(super) fn standing(standing: &Standing) -> (&'static str, String) {
    match standing {
        Standing::InForce => ("badge--ok", standing.word().to_owned()),
        Standing::Scheduled => ("badge--info", standing.word().to_owned()),
        Standing::Expired => ("badge--quiet", standing.word().to_owned()),
        Standing::Replaced { by } => ("badge--quiet", format!("Replaced by edition {by}")),
        Standing::Superseded { by } => ("badge--quiet", format!("Superseded by {by}")),
        Standing::Withdrawn => ("badge--bad", "Taken back".to_owned()),
    }
}

/// People's names by account, for screens; whoever has no account any more keeps the account's name.
pub(super) async fn names(engine: &Engine) -> Result<BTreeMap<String, String>, crate::Error> {
    let accounts = engine.accounts().await?;
    let mut out: BTreeMap<String, String> =
        accounts.into_iter().map(|(_, account)| (account.id.to_string(), account.name)).collect();
    out.insert("pack".to_owned(), "the agency's data pack".to_owned());
    Ok(out)
}

pub(super) fn name(names: &BTreeMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}
