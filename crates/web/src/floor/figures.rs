//! Figures over done contacts: the share answered without a referral (SMS-GEN-8), how replies were written (SMS-GEN-11),
//! missed check-ins (SMS-HOLD-1) and refused sends, in all, per worker and per day.
//!
//! Pure: cards in, figures out. A contact that ended by itself because only a keyword came was answered by nobody and
//! does not count.

use std::collections::BTreeMap;

use domain::canned::CannedKind;
use domain::id::StaffId;
use domain::interaction::EndReason;
use domain::pack::Pack;
use domain::time::Millis;
use domain::view::Card;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::words;

/// How the share is made, as the screens state it.
pub(crate) const FORMULA: &str = "Answered without referral = done contacts whose wrap-up code is no referral and in which no referral to the Customer Service Center was sent, divided by all done contacts. Contacts that ended by themselves on a keyword do not count.";

/// Counts over some contacts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) done: u32,
    pub(crate) referred: u32,
    pub(crate) canned: u32,
    pub(crate) edited: u32,
    pub(crate) free: u32,
    pub(crate) check_ins: u32,
    pub(crate) missed: u32,
    pub(crate) refused: u32,
    pub(crate) handle_ms: Millis,
}

impl Figures {
    fn add(&mut self, card: &Card, pack: &Pack) {
        let written = |kind: &str| card.reply_kinds.get(kind).copied().unwrap_or_default();
        self.done += 1;
        self.referred += u32::from(is_referral(card, pack));
        self.canned += written("canned");
        self.edited += written("canned_edited");
        self.free += written("free_text");
        self.check_ins += card.check_ins;
        self.missed += card.check_ins_missed;
        self.refused += card.refused;
        self.handle_ms += card.handle_ms.unwrap_or_default();
    }

    /// Of so many contacts or replies, this many, as `80 %`; nothing of nothing.
    fn share(part: u32, whole: u32) -> Option<String> {
        (whole > 0).then(|| {
            let tenths = (u64::from(part) * 1000 + u64::from(whole) / 2) / u64::from(whole);
            if tenths.is_multiple_of(10) {
                format!("{} %", tenths / 10)
            } else {
                format!("{}.{} %", tenths / 10, tenths % 10)
            }
        })
    }

    /// The share answered without a referral (SMS-GEN-8).
    pub(crate) fn without_referral(&self) -> Option<String> {
        Self::share(self.done.saturating_sub(self.referred), self.done)
    }

    /// Replies by staff.
    pub(crate) fn replies(&self) -> u32 {
        self.canned + self.edited + self.free
    }

    /// Shares of canned, canned and edited, and free text (SMS-GEN-11).
    pub(crate) fn mix(&self) -> Option<[String; 3]> {
        let all = self.replies();
        Some([Self::share(self.canned, all)?, Self::share(self.edited, all)?, Self::share(self.free, all)?])
    }

    /// Mean time from acceptance to done.
    pub(crate) fn mean_handle(&self) -> Option<String> {
        (self.done > 0).then(|| crate::shown::span(self.handle_ms / i64::from(self.done)))
    }
}

/// Whether the customer was sent on to the Customer Service Center (SMS-GEN-8), by the code or by what was sent.
pub(crate) fn is_referral(card: &Card, pack: &Pack) -> bool {
    let by_code = pack.wrap_up.codes.iter().any(|code| code.referral && card.code.as_ref() == Some(&code.id));
    by_code || card.ways.contains(&CannedKind::Referral)
}

/// Whether somebody answered it, so that it counts.
pub(crate) fn counts(card: &Card) -> bool {
    card.done_at.is_some() && !matches!(card.end_reason, Some(EndReason::Keyword | EndReason::Visit))
}

/// All together.
pub(crate) fn total<'a>(cards: impl IntoIterator<Item = &'a Card>, pack: &Pack) -> Figures {
    let mut out = Figures::default();
    cards.into_iter().filter(|card| counts(card)).for_each(|card| out.add(card, pack));
    out
}

/// Per day and worker, the newest day first, then by worker. Contacts that nobody had stand under `None`.
pub(crate) fn by_worker_and_day<'a>(
    cards: impl IntoIterator<Item = &'a Card>,
    pack: &Pack,
    zone: &TimeZone,
) -> Vec<(Date, Option<StaffId>, Figures)> {
    let mut groups: BTreeMap<(std::cmp::Reverse<Date>, Option<StaffId>), Figures> = BTreeMap::new();
    for card in cards.into_iter().filter(|card| counts(card)) {
        let day = words::date(card.done_at.unwrap_or_default(), zone);
        groups.entry((std::cmp::Reverse(day), card.owner.clone())).or_default().add(card, pack);
    }
    groups.into_iter().map(|((day, who), figures)| (day.0, who, figures)).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::interaction::{Phase, Turn};

    use super::*;

    pub(crate) fn pack() -> Pack {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd");
        let mut files = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "toml") {
                    let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                    files.insert(name, std::fs::read_to_string(&path).unwrap());
                }
            }
        }
        domain::pack::parse(&files).unwrap()
    }

    /// An open interaction, opened at `at`.
    pub(crate) fn card(number: u128, at: Millis) -> Card {
        let json = serde_json::json!({
            "id": uuid::Uuid::from_u128(number), "channel": "sms", "customer": "+15735550142", "queue": "sms-general",
            "language": "en", "phase": Phase::Active, "owner": "ana", "offer": null, "opened_at": at, "waiting_since": null,
            "accepted_at": at + 5_000, "duties": [], "turn": Turn::Nobody, "unread": 0, "inbound": 1, "staff_texts": 1,
            "last_message": null, "last_is_customer": false, "last_customer_message": null, "last_inbound_at": at,
            "case_specific": false, "topics": [], "reply_kinds": {}, "clarifying": [], "greeted_first": true,
            "said_goodbye": true, "referral_reason": null, "ways": [], "hint_supervisor": false, "hint_abuse": null,
            "supervisor": null, "safety": null, "opted_out": false, "flooded": false, "check_ins": 0,
            "check_ins_missed": 0, "refused": 0, "ended_at": null, "end_reason": null, "code": null, "done_at": null,
            "handle_ms": null, "entries": 3
        });
        serde_json::from_value(json).unwrap()
    }

    pub(crate) fn done(number: u128, at: Millis, code: &str) -> Card {
        let mut card = card(number, at);
        card.phase = Phase::Done;
        card.code = Some(code.to_owned());
        card.end_reason = Some(EndReason::Finished);
        card.done_at = Some(at + 60_000);
        card.handle_ms = Some(55_000);
        card
    }

    #[test]
    fn sms_gen_8_two_of_ten_referred_make_eighty_per_cent() {
        let pack = pack();
        let mut cards: Vec<Card> = (0..9).map(|n| done(n, 0, "general")).collect();
        cards.push(done(9, 0, "referred-csc"));
        // A referral that was sent counts, whatever code was chosen afterwards.
        cards[3].ways.push(CannedKind::Referral);
        let figures = total(&cards, &pack);
        assert_eq!((figures.done, figures.referred), (10, 2));
        assert_eq!(figures.without_referral().as_deref(), Some("80 %"));
    }

    #[test]
    fn sms_gen_8_both_signs_of_one_referral_count_once() {
        let pack = pack();
        let mut card = done(1, 0, "referred-csc");
        card.ways.push(CannedKind::Referral);
        assert_eq!(total([&card], &pack).referred, 1);
    }

    #[test]
    fn sms_gen_8_figures_are_per_worker_and_day() {
        let (pack, zone) = (pack(), TimeZone::UTC);
        const DAY: Millis = 86_400_000;
        let mut of_ben = done(3, DAY, "general");
        of_ben.owner = Some(StaffId::from("ben"));
        let cards = [done(1, 0, "general"), done(2, DAY, "referred-csc"), of_ben];
        let rows = by_worker_and_day(&cards, &pack, &zone);
        let seen: Vec<(String, String, Option<String>)> = rows
            .iter()
            .map(|(day, who, f)| (day.to_string(), who.clone().unwrap().to_string(), f.without_referral()))
            .collect();
        let row =
            |day: &str, who: &str, share: &str| (day.to_owned(), who.to_owned(), Some(share.to_owned()));
        assert_eq!(
            seen,
            [
                row("1970-01-02", "ana", "0 %"),
                row("1970-01-02", "ben", "100 %"),
                row("1970-01-01", "ana", "100 %")
            ]
        );
    }

    #[test]
    fn no_contacts_make_no_share_and_keywords_do_not_count() {
        let pack = pack();
        let mut keyword = done(1, 0, "general");
        keyword.end_reason = Some(EndReason::Keyword);
        let figures = total([&keyword], &pack);
        assert_eq!((figures.done, figures.without_referral(), figures.mix()), (0, None, None));
    }

    #[test]
    fn sms_gen_11_the_mix_of_replies_is_shown() {
        let pack = pack();
        let mut card = done(1, 0, "general");
        card.reply_kinds =
            [("canned".to_owned(), 2), ("canned_edited".to_owned(), 1), ("free_text".to_owned(), 1)].into();
        let mix = total([&card], &pack).mix().unwrap();
        assert_eq!(mix, ["50 %", "25 %", "25 %"].map(str::to_owned));
    }
}
