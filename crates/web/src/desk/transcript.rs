//! Centre: the transcript as lines for the screen.
//!
//! Pure: entries and bodies in, lines out. Bodies are shown as they are stored, masked; nothing is unmasked here.

use std::collections::BTreeMap;

use domain::canned::ReplyKind;
use domain::event::{Actor, Purpose};
use domain::id::{InteractionId, StaffId};
use domain::interaction::Delivery;
use domain::pack::Pack;
use domain::time::Millis;
use domain::view::{Entry, What};
use jiff::tz::TimeZone;

use super::beside::About;
use super::words;

/// Lines shown at once; earlier ones are one click away.
pub(crate) const LINES_MAX: usize = 200;

/// At most so long before a customer's text was kept the answer to it was queued; a slow disk may lie between.
const ANSWERED_WITHIN_MS: Millis = 10_000;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) seq: i64,
    pub(crate) time: String,
    pub(crate) iso: String,
    /// Set on the first line of a day.
    pub(crate) day: Option<String>,
    /// The first text that came since staff last wrote.
    pub(crate) new_from_here: bool,
    pub(crate) who: String,
    /// `in`, `out` or `act`.
    pub(crate) side: &'static str,
    /// Written by the person who looks.
    pub(crate) mine: bool,
    pub(crate) text: String,
    /// Kinds of identifiers masked on arrival, in words.
    pub(crate) masked: Vec<String>,
    pub(crate) media: u32,
    pub(crate) out: Option<Out>,
    pub(crate) strong: bool,
    pub(crate) clause: Option<String>,
}

/// What is shown of a text of ours besides its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Out {
    pub(crate) state: &'static str,
    pub(crate) word: &'static str,
    /// Why it failed.
    pub(crate) reason: Option<String>,
    /// Key to send it again, when it failed.
    pub(crate) again: Option<String>,
    /// Canned, edited, free text or sent by the program.
    pub(crate) kind: String,
    pub(crate) segments: u32,
}

/// Who looks, and how names are found.
pub(crate) struct Look<'a> {
    pub(crate) me: &'a StaffId,
    pub(crate) pack: &'a Pack,
    pub(crate) zone: &'a TimeZone,
    pub(crate) name: &'a dyn Fn(&StaffId) -> String,
}

/// The lines of a transcript; `unread` is the number of texts that came since staff last wrote.
pub(crate) fn lines(entries: &[(Entry, Option<String>)], unread: u32, look: &Look<'_>) -> Vec<Line> {
    let new_seq = first_unread(entries, unread);
    let mut day_before = String::new();
    entries
        .iter()
        .map(|(entry, body)| {
            let mut line = line(entry, body.as_deref(), look);
            let day = words::day(entry.at, look.zone);
            if day != day_before {
                line.day = Some(day.clone());
                day_before = day;
            }
            // A text about a visit shares the place of the line before it.
            line.new_from_here = new_seq == Some(entry.seq) && matches!(entry.what, What::In { .. });
            line
        })
        .collect()
}

/// The same with the texts about the customer's visits at their times. They take the place in the count of the line before
/// them, so that nothing else moves. An answer is queued a moment before the text that it answers is kept; it stands right
/// behind that text, which is the first one kept since that has no answer yet.
pub(crate) fn with_visits(
    entries: Vec<(Entry, Option<String>)>,
    texts: Vec<About>,
    id: InteractionId,
) -> Vec<(Entry, Option<String>)> {
    let mut out = Vec::with_capacity(entries.len() + texts.len());
    let (mut answers, mut others) = (BTreeMap::new(), Vec::new());
    for about in texts {
        match answered(&entries, &answers, &about) {
            Some(seq) => {
                answers.insert(seq, about);
            }
            None => others.push(about),
        }
    }
    let mut others = others.into_iter().peekable();
    let mut before = 0;
    for (line, body) in entries {
        while let Some(about) = others.next_if(|about| about.notice.at <= line.at) {
            out.push(about_a_visit_at(about, before, id));
        }
        before = line.seq;
        out.push((line, body));
        out.extend(answers.remove(&before).map(|about| about_a_visit_at(about, before, id)));
    }
    out.extend(others.map(|about| about_a_visit_at(about, before, id)));
    out
}

/// The customer's text that this one answers; none when it answers none of these.
fn answered(
    entries: &[(Entry, Option<String>)],
    answers: &BTreeMap<i64, About>,
    about: &About,
) -> Option<i64> {
    let at = about.notice.at;
    let mut texts = entries.iter().map(|(entry, _)| entry).filter(|_| about.answers);
    let found = texts.find(|entry| {
        matches!(entry.what, What::In { .. }) && entry.at >= at && !answers.contains_key(&entry.seq)
    });
    found.filter(|entry| entry.at <= at.saturating_add(ANSWERED_WITHIN_MS)).map(|entry| entry.seq)
}

fn about_a_visit_at(about: About, seq: i64, interaction: InteractionId) -> (Entry, Option<String>) {
    let entry = Entry {
        interaction,
        seq,
        at: about.notice.at,
        by: Actor::System,
        clause: Some("SMS-APPT-1".to_owned()),
        what: What::Out {
            message: about.notice.id,
            purpose: Purpose::Reply,
            canned: None,
            reply_kind: ReplyKind::FreeText,
            segments: 0,
            delivery: about.notice.delivery,
        },
    };
    (entry, about.words)
}

fn first_unread(entries: &[(Entry, Option<String>)], unread: u32) -> Option<i64> {
    let place = usize::try_from(unread).ok()?.checked_sub(1)?;
    let mut texts = entries.iter().rev().filter(|(entry, _)| matches!(entry.what, What::In { .. }));
    texts.nth(place).map(|(entry, _)| entry.seq)
}

fn line(entry: &Entry, body: Option<&str>, look: &Look<'_>) -> Line {
    let mut line = Line {
        seq: entry.seq,
        time: words::time_of_day(entry.at, look.zone),
        iso: words::iso(entry.at),
        day: None,
        new_from_here: false,
        who: who(&entry.by, look),
        side: "act",
        mine: matches!(&entry.by, Actor::Staff { id } if id == look.me),
        text: body.unwrap_or_default().to_owned(),
        masked: Vec::new(),
        media: 0,
        out: None,
        strong: false,
        clause: entry.clause.clone().filter(|id| look.pack.clauses.is_citable(id)),
    };
    match &entry.what {
        What::In { masked, media, .. } => {
            line.side = "in";
            line.masked = masked.iter().map(|kind| kind.title().to_owned()).collect();
            line.masked.dedup();
            line.media = *media;
        }
        What::Out { message, purpose, canned, reply_kind, segments, delivery } => {
            let (state, word) = words::delivery(delivery);
            let failed = match delivery {
                Delivery::Failed { reason, .. } => Some(reason.clone()),
                _ => None,
            };
            line.side = "out";
            line.out = Some(Out {
                state,
                word,
                again: (failed.is_some() && !about_a_visit(&entry.by, purpose)).then(|| message.to_string()),
                reason: failed,
                kind: kind(&entry.by, purpose, canned.as_deref(), *reply_kind, look.pack),
                segments: *segments,
            });
        }
        What::Act { sentence, strong } => {
            line.text = named(sentence, look);
            line.strong = *strong;
        }
    }
    line
}

fn who(actor: &Actor, look: &Look<'_>) -> String {
    match actor {
        Actor::Customer => "Customer".to_owned(),
        Actor::Staff { id } if id == look.me => "You".to_owned(),
        Actor::Staff { id } => (look.name)(id),
        Actor::System => "Sent by the program".to_owned(),
        Actor::Carrier => "Carrier".to_owned(),
    }
}

/// The sentence with accounts and queues by their names.
fn named(sentence: &str, look: &Look<'_>) -> String {
    let mut out = String::with_capacity(sentence.len());
    for piece in sentence.split_inclusive([' ', ',']) {
        let word = piece.trim_end_matches([' ', ',', '.', ';', ':']);
        let rest = piece.get(word.len()..).unwrap_or_default();
        if let Some(queue) = look.pack.queues.queue(word) {
            out.push_str(&format!("“{}”", queue.title));
        } else {
            out.push_str(&(look.name)(&StaffId::from(word)));
        }
        out.push_str(rest);
    }
    out
}

/// The program answers nobody by itself: a text of its own that is no script belongs to a visit, and is sent again there.
fn about_a_visit(by: &Actor, purpose: &Purpose) -> bool {
    matches!(by, Actor::System) && *purpose == Purpose::Reply
}

/// How a text of ours was written (SMS-GEN-11).
fn kind(by: &Actor, purpose: &Purpose, canned: Option<&str>, reply: ReplyKind, pack: &Pack) -> String {
    let title = canned.and_then(|id| pack.response(id)).map(|response| response.title.clone());
    let scripted = matches!(purpose, Purpose::Scripted(_)) || matches!(by, Actor::System);
    match (title, reply) {
        (None, _) if about_a_visit(by, purpose) => "About a visit".to_owned(),
        (Some(title), ReplyKind::CannedEdited) => format!("{title}, edited"),
        (Some(title), _) => title,
        (None, _) if scripted => "Script".to_owned(),
        (None, _) => "Free text".to_owned(),
    }
}
