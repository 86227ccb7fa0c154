//! The canned response library: finding, suggesting, filling and recognising approved wordings.
//!
//! Owns the rules over a library given by the caller: search (SMS-SCRIPT-2), suggestions for the customer's last
//! words (SMS-GEN-7), merge slots (SMS-KEY-1), and what kind of reply was sent (SMS-GEN-11). Does not own the
//! storing, approving or versioning of responses, and never changes a wording but for its slots (SMS-GEN-12).
//!
//! To add a kind: a variant of [`CannedKind`], and an arm in [`needed_first`] if the customer's words alone call
//! for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::intent::{self, Hints, Topic, one_slip, words};

/// The language whose wording stands in when a response has none in the one asked for.
pub const FALLBACK_LANGUAGE: &str = "en";
/// Likeness (0 to 1) from which a free text counts as a retelling of a canned response (SMS-GEN-11).
pub const SIMILAR_ENOUGH: f32 = 0.5;
/// Share of the inserted words that must be left for a changed reply to count as edited, not as free text.
const STILL_THE_RESPONSE: f32 = 0.5;
/// Words of this many letters or more may hold one typing mistake in a search.
const SLIP_FROM: usize = 5;

/// An approved (or drafted) wording with what is needed to find it.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct CannedResponse {
    /// Stable name, unique in the library.
    pub id: String,
    /// What staff see in the list.
    pub title: String,
    /// Search keywords (SMS-SCRIPT-2).
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Channels it may be used on, such as `sms`.
    pub channels: Vec<String>,
    /// Subjects it answers.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// Its part in a procedure.
    pub kind: CannedKind,
    /// Whether staff may use it (SMS-SCRIPT-1).
    pub status: CannedStatus,
    /// The clause that prescribes the wording, if one does.
    #[serde(default)]
    pub clause: Option<String>,
    /// The wording by language code (`en`, `es`), with slots such as `{worker_first_name}`.
    pub text: BTreeMap<String, String>,
    /// Whether the wording may be changed before sending; prescribed wording may not (SMS-GEN-11).
    #[serde(default = "yes")]
    pub editable: bool,
    /// Counts up with every published change.
    #[serde(default = "first_version")]
    pub version: u32,
    /// How often it was sent.
    #[serde(default)]
    pub usage: u64,
    /// A remark for editors, never sent.
    #[serde(default)]
    pub note: String,
}

fn yes() -> bool {
    true
}

fn first_version() -> u32 {
    1
}

impl CannedResponse {
    /// The wording in `language`, else in [`FALLBACK_LANGUAGE`]; nothing if it has neither.
    pub fn wording(&self, language: &str) -> Option<&str> {
        self.text.get(language).or_else(|| self.text.get(FALLBACK_LANGUAGE)).map(String::as_str)
    }

    /// Whether it may be offered on `channel` in `language` (or the fallback).
    fn fits(&self, channel: &str, language: &str) -> bool {
        self.channels.iter().any(|known| known == channel) && self.wording(language).is_some()
    }
}

/// The part a response plays in a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CannedKind {
    /// SMS-KEY-1.
    Greeting,
    /// SMS-KEY-2, SMS-DELAY-5.
    Goodbye,
    /// SMS-DELAY-2.
    DelayNotice,
    /// SMS-DELAY-4.
    DelayWrapUp,
    /// SMS-HOLD-1.
    CheckIn,
    /// SMS-GEN-5, SMS-GEN-7: a clarifying question.
    Clarify,
    /// SMS-GEN-6: unlocked only after a clarifying question.
    CannotAnswer,
    /// SMS-GEN-9: how to do it online.
    SelfServiceOnline,
    /// SMS-GEN-9: how to do it by post.
    SelfServiceMail,
    /// SMS-GEN-9: how to do it by e-mail.
    SelfServiceEmail,
    /// SMS-GEN-10: to the Customer Service Center, with a reason only.
    Referral,
    /// SMS-ABUSE-2, SMS-ABUSE-8.
    Hotline,
    /// SMS-ABUSE-3.
    CallNotice,
    /// Sent by the line itself, out of hours for example.
    AutoReply,
    /// The one confirmation of a stop.
    OptOutConfirmation,
    /// The confirmation of a start.
    OptInConfirmation,
    /// The answer to HELP.
    Help,
    /// Pictures and files are not accepted as a way to hand in documents.
    MediaRefused,
    /// Any other answer.
    General,
}

impl CannedKind {
    /// Whether the line or a procedure sends it at its own time, so that it answers no question of a customer.
    fn answers_nothing(self) -> bool {
        use CannedKind::{
            AutoReply, CallNotice, CheckIn, DelayNotice, DelayWrapUp, Goodbye, Greeting, Help, MediaRefused,
            OptInConfirmation, OptOutConfirmation,
        };
        matches!(
            self,
            AutoReply
                | CallNotice
                | CheckIn
                | DelayNotice
                | DelayWrapUp
                | Goodbye
                | Greeting
                | Help
                | MediaRefused
                | OptInConfirmation
                | OptOutConfirmation
        )
    }
}

/// Where a response stands with the content owners (SMS-SCRIPT-1, AMB-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CannedStatus {
    /// Staff may use it.
    Approved,
    /// Waits for a content owner; shown only where drafts are asked for.
    Draft,
    /// No longer used; never listed.
    Retired,
}

// ---------------------------------------------------------------- search

/// Where a search word was found, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Text,
    Title,
    Keyword,
}

/// The responses that match every word of `query`, best first (SMS-SCRIPT-2).
///
/// A word matches the beginning of a word among keywords, title or any language's text, whatever its case and
/// accents; two words written together match apart and the other way round ("Good bye", "Goodbye": AMB-17); a
/// word of five letters or more may hold one slip, if nothing is found without. Order: keyword, then title, then
/// text; wording in `language` before the fallback; the more used first. An empty query lists all that may
/// be used. Drafts are among them only with `include_drafts`; retired ones never.
pub fn search<'a>(
    library: &'a [CannedResponse],
    query: &str,
    channel: &str,
    language: &str,
    include_drafts: bool,
) -> Vec<&'a CannedResponse> {
    let wanted = words(query);
    let mut found: Vec<_> = library
        .iter()
        .filter(|response| match response.status {
            CannedStatus::Approved => true,
            CannedStatus::Draft => include_drafts,
            CannedStatus::Retired => false,
        })
        .filter(|response| response.fits(channel, language))
        .filter_map(|response| {
            let (slips, fields) = match_all(&wanted, &indexed(response))?;
            let foreign = !response.text.contains_key(language);
            let used = std::cmp::Reverse(response.usage);
            Some(((slips, std::cmp::Reverse(fields), foreign, used), response))
        })
        .collect();
    if found.iter().any(|((slips, ..), _)| *slips == 0) {
        found.retain(|((slips, ..), _)| *slips == 0);
    }
    found.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.title.cmp(&y.title)));
    found.into_iter().map(|(_, response)| response).collect()
}

/// All words of a response with their field, neighbours also written together.
fn indexed(response: &CannedResponse) -> Vec<(Field, String)> {
    let mut out = Vec::new();
    let mut add = |field: Field, source: &str| {
        let list = words(source);
        for pair in list.windows(2) {
            out.push((field, pair.concat()));
        }
        out.extend(list.into_iter().map(|word| (field, word)));
    };
    for keyword in &response.keywords {
        add(Field::Keyword, keyword);
    }
    add(Field::Title, &response.title);
    for text in response.text.values() {
        add(Field::Text, text);
    }
    out
}

/// Slips made and the sum of the best fields, if every word is found. Two neighbours may be found as one.
fn match_all(wanted: &[String], index: &[(Field, String)]) -> Option<(usize, usize)> {
    // `best[i]` answers for the first i words.
    let mut best: Vec<Option<(usize, usize)>> = vec![Some((0, 0))];
    for (i, word) in wanted.iter().enumerate() {
        let alone = step(best.get(i).copied().flatten(), match_word(word, index, 1));
        let joined = i.checked_sub(1).and_then(|before| {
            let pair = format!("{}{word}", wanted.get(before)?);
            step(best.get(before).copied().flatten(), match_word(&pair, index, 2))
        });
        let better = match (alone, joined) {
            (Some(a), Some(b)) if b.0 < a.0 || (b.0 == a.0 && b.1 > a.1) => Some(b),
            (a, b) => a.or(b),
        };
        best.push(better);
    }
    best.pop().flatten()
}

fn step(before: Option<(usize, usize)>, now: Option<(usize, usize)>) -> Option<(usize, usize)> {
    let (before, now) = (before?, now?);
    Some((before.0 + now.0, before.1 + now.1))
}

/// The best place of one word: whether by a slip, and the field's worth times the words it stands for.
fn match_word(word: &str, index: &[(Field, String)], stands_for: usize) -> Option<(usize, usize)> {
    let worth = |field: Field| (field as usize + 1) * stands_for;
    let exact = index.iter().filter(|(_, known)| known.starts_with(word)).map(|(field, _)| *field).max();
    if let Some(field) = exact {
        return Some((0, worth(field)));
    }
    if word.chars().count() < SLIP_FROM {
        return None;
    }
    let near = |known: &str| {
        let length = word.chars().count();
        // The word may be the mistyped beginning of a longer one.
        let beginnings = [length.saturating_sub(1), length, length + 1];
        known.chars().count() + 1 >= SLIP_FROM
            && beginnings.iter().any(|n| one_slip(word, &known.chars().take(*n).collect::<String>()))
    };
    let slipped = index.iter().filter(|(_, known)| near(known)).map(|(field, _)| *field).max();
    slipped.map(|field| (1, worth(field)))
}

// ---------------------------------------------------------------- suggestions

/// The best `n` approved responses for the customer's last words, best first; fewer when nothing fits.
///
/// What the words call for comes first ([`needed_first`]: the hotline for abuse words, clarifying questions for a
/// question about the own case, SMS-GEN-5 and SMS-GEN-7), those of equal standing in library order. The rest is
/// ranked by the weight of shared words (BM25) and shared topics. A referral (SMS-GEN-10) comes after its equals,
/// and greetings, notices and confirmations, which have their own time, are never suggested.
pub fn suggest<'a>(
    library: &'a [CannedResponse],
    last_words: &str,
    channel: &str,
    language: &str,
    n: usize,
) -> Vec<&'a CannedResponse> {
    let hints = intent::hints(last_words);
    let query: BTreeSet<String> = content_words(last_words).into_iter().collect();
    let usable: Vec<&CannedResponse> = library
        .iter()
        .filter(|r| {
            r.status == CannedStatus::Approved && !r.kind.answers_nothing() && r.fits(channel, language)
        })
        .collect();
    let documents: Vec<Vec<String>> = usable.iter().map(|r| weighted_words(r, language)).collect();
    let weights = Weights::of(&documents);
    let mut ranked: Vec<(usize, f32, &CannedResponse)> = Vec::new();
    for (response, document) in usable.into_iter().zip(&documents) {
        let topics = topic_score(response, &hints);
        let first = needed_first(response, &hints, &query);
        let mut score = weights.bm25(&query, document) + topics;
        if matches!(response.kind, CannedKind::Referral | CannedKind::CannotAnswer) {
            score *= 0.5;
        }
        if first > 0 {
            ranked.push((first, topics, response));
        } else if score > 0.0 {
            ranked.push((0, score, response));
        }
    }
    // A stable sort: equals stay in library order, which is the SOP's own.
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)));
    ranked.into_iter().take(n).map(|(_, _, response)| response).collect()
}

/// How urgently the customer's words alone call for this kind of response; 0 for not at all.
fn needed_first(response: &CannedResponse, hints: &Hints, query: &BTreeSet<String>) -> usize {
    match response.kind {
        CannedKind::Hotline if hints.abuse_victim || hints.abuse_report => 2,
        CannedKind::Clarify if hints.case_specific => {
            let on_topic = response.topics.iter().any(|topic| hints.topics.contains(topic));
            let by_keyword = response
                .keywords
                .iter()
                .flat_map(|keyword| content_words(keyword))
                .any(|keyword| query.contains(&keyword));
            // Where topics are known, a shared keyword alone ("card", "benefits") says too little.
            usize::from(on_topic || (by_keyword && (response.topics.is_empty() || hints.topics.is_empty())))
        }
        _ => 0,
    }
}

/// Worth of shared topics: the customer's narrowest topic counts most.
fn topic_score(response: &CannedResponse, hints: &Hints) -> f32 {
    let shared = hints.topics.iter().enumerate().filter(|(_, topic)| response.topics.contains(topic));
    shared.map(|(rank, _)| 4.0 / (1.0 + rank as f32)).sum()
}

/// A response as one bag of words: keywords three times, title twice, wording once.
fn weighted_words(response: &CannedResponse, language: &str) -> Vec<String> {
    let keywords: Vec<String> = response.keywords.iter().flat_map(|k| content_words(k)).collect();
    let title = content_words(&response.title);
    let text = content_words(response.wording(language).unwrap_or_default());
    [&keywords, &keywords, &keywords, &title, &title, &text].into_iter().flatten().cloned().collect()
}

/// Words that carry meaning, plural and singular alike; slots and small words are left out.
fn content_words(text: &str) -> Vec<String> {
    let bare = slots(text)
        .map(|part| match part {
            Part::Plain(plain) => plain,
            Part::Slot(_) => " ",
        })
        .collect::<String>();
    words(&bare)
        .into_iter()
        .filter(|word| !SMALL.split(' ').any(|small| small == word))
        .map(singular)
        .collect()
}

fn singular(word: String) -> String {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') && stem != "statu" => stem.to_owned(),
        _ => word,
    }
}

/// Small words of both languages; "no" and "not" stay, they turn a sentence round.
const SMALL: &str = "help know like need want a about all am an and any are as at be been but by can could did do does for from get go had has \
    have he her hello hi his how i if im in into is it its ive just me my of ok on or our out please she so some \
    that the their them then there they this to too up us was we were what when where which who why will with \
    would yes yet you your al algo como con cual cuando de del donde el ella en eres es esa ese esta este esto \
    estoy favor fue gracias ha hay hola la las le les lo los mas me mi mis muy nos o para pero por que se si \
    sin son su sus te tengo tu un una y ya yo";

/// How rare, and so how telling, each word is in the library at hand.
struct Weights {
    rarity: BTreeMap<String, f32>,
    unseen: f32,
    average_length: f32,
}

impl Weights {
    fn of(documents: &[Vec<String>]) -> Self {
        let total = documents.len() as f32;
        let mut holders: BTreeMap<String, f32> = BTreeMap::new();
        for document in documents {
            for word in document.iter().collect::<BTreeSet<_>>() {
                *holders.entry(word.clone()).or_default() += 1.0;
            }
        }
        let rarity_of = |held: f32| (1.0 + (total - held + 0.5) / (held + 0.5)).ln();
        let lengths: usize = documents.iter().map(Vec::len).sum();
        Self {
            rarity: holders.into_iter().map(|(word, held)| (word, rarity_of(held))).collect(),
            unseen: rarity_of(0.0),
            average_length: (lengths as f32 / total.max(1.0)).max(1.0),
        }
    }

    fn rarity(&self, word: &str) -> f32 {
        self.rarity.get(word).copied().unwrap_or(self.unseen)
    }

    /// Okapi BM25 with its customary constants (k1 = 1.2, b = 0.75).
    fn bm25(&self, query: &BTreeSet<String>, document: &[String]) -> f32 {
        const K1: f32 = 1.2;
        const B: f32 = 0.75;
        let length = 1.0 - B + B * document.len() as f32 / self.average_length;
        query
            .iter()
            .map(|word| {
                let times = document.iter().filter(|known| *known == word).count() as f32;
                self.rarity(word) * times * (K1 + 1.0) / (times + K1 * length)
            })
            .sum()
    }

    /// Cosine of two bags of words, each word weighted by its rarity; 0 when either is empty.
    fn cosine(&self, a: &BTreeSet<String>, b: &BTreeSet<String>) -> f32 {
        let size =
            |set: &BTreeSet<String>| set.iter().map(|word| self.rarity(word).powi(2)).sum::<f32>().sqrt();
        let shared: f32 = a.intersection(b).map(|word| self.rarity(word).powi(2)).sum();
        let sizes = size(a) * size(b);
        if sizes > 0.0 { (shared / sizes).min(1.0) } else { 0.0 }
    }
}

// ---------------------------------------------------------------- slots

/// A slot that could not be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfilled {
    /// The slot's name, without braces.
    pub slot: String,
}

impl std::fmt::Display for Unfilled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the slot {{{}}} has no value", self.slot)
    }
}

impl std::error::Error for Unfilled {}

enum Part<'a> {
    Plain(&'a str),
    Slot(&'a str),
}

/// Cuts a wording at its slots: a brace, a lower-case name of letters, digits and underscores, a brace. Any other
/// brace is plain text.
fn slots(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = leading_slot(rest) {
            rest = after;
            return Some(Part::Slot(name));
        }
        // At least one character is plain, up to the next brace that opens a slot.
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(at, c)| *c == '{' && rest.get(*at..).is_some_and(|tail| leading_slot(tail).is_some()))
            .map_or(rest.len(), |(at, _)| at);
        let (plain, after) = rest.split_at(end);
        rest = after;
        Some(Part::Plain(plain))
    })
}

fn leading_slot(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    let named = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    named.then_some((name, after))
}

/// The wording with its slots filled, all else byte for byte (SMS-GEN-12, SMS-KEY-1, AMB-17).
///
/// A value is put in as it is and not searched for slots. Errors: [`Unfilled`] names the first slot that has no
/// value, or a blank one: a greeting without a name is not sent.
pub fn fill(text: &str, vars: &BTreeMap<&str, &str>) -> Result<String, Unfilled> {
    let mut out = String::with_capacity(text.len());
    for part in slots(text) {
        match part {
            Part::Plain(plain) => out.push_str(plain),
            Part::Slot(name) => match vars.get(name).filter(|value| !value.trim().is_empty()) {
                Some(value) => out.push_str(value),
                None => return Err(Unfilled { slot: name.to_owned() }),
            },
        }
    }
    Ok(out)
}

// ---------------------------------------------------------------- what was sent

/// How a reply came to be (SMS-GEN-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyKind {
    /// A response as it was inserted.
    Canned,
    /// A response changed or added to.
    CannedEdited,
    /// The staff member's own words.
    FreeText,
}

/// Tells what was sent from what had been inserted into the reply box, slots filled (SMS-GEN-11).
///
/// Blanks at either end do not count. A reply that keeps less than half of the inserted words is free text:
/// inserting something and writing over it is no way round the marker.
pub fn reply_kind(sent: &str, inserted: Option<&str>) -> ReplyKind {
    let Some(inserted) = inserted.map(str::trim).filter(|text| !text.is_empty()) else {
        return ReplyKind::FreeText;
    };
    let sent = sent.trim();
    if sent == inserted {
        return ReplyKind::Canned;
    }
    let original = words(inserted);
    let mut left = words(sent);
    let kept = original
        .iter()
        .filter(|word| match left.iter().position(|other| other == *word) {
            Some(at) => {
                left.swap_remove(at);
                true
            }
            None => false,
        })
        .count();
    if sent.contains(inserted) || (kept > 0 && kept as f32 >= STILL_THE_RESPONSE * original.len() as f32) {
        ReplyKind::CannedEdited
    } else {
        ReplyKind::FreeText
    }
}

/// The approved response on `channel` that `free_text` retells, with its likeness from [`SIMILAR_ENOUGH`] to 1
/// (SMS-GEN-11: the matching response is shown before free text goes out). Every language's wording is compared.
pub fn similar_to<'a>(
    library: &'a [CannedResponse],
    free_text: &str,
    channel: &str,
) -> Option<(&'a CannedResponse, f32)> {
    let own: BTreeSet<String> = content_words(free_text).into_iter().collect();
    let wordings: Vec<(&CannedResponse, Vec<String>)> = library
        .iter()
        .filter(|r| r.status == CannedStatus::Approved && r.channels.iter().any(|known| known == channel))
        .flat_map(|r| r.text.values().map(move |text| (r, content_words(text))))
        .collect();
    let documents: Vec<Vec<String>> = wordings.iter().map(|(_, document)| document.clone()).collect();
    let weights = Weights::of(&documents);
    wordings
        .into_iter()
        .map(|(response, document)| (response, weights.cosine(&own, &document.into_iter().collect())))
        .filter(|(_, likeness)| *likeness >= SIMILAR_ENOUGH)
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests;
