//! Alerts that must not be missed. Each stays until its reason is gone, and each leads on.

use domain::interaction::Phase;
use domain::sop::DutyKind;
use domain::staff::Presence;
use domain::time::Millis;
use domain::view::Card;

use super::look::Look;
use super::{queues, words};
use crate::shown;

/// A duty that is overdue for longer than this is an alert.
pub(crate) const OVERDUE_MS: Millis = 60_000;

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alert {
    /// The same as long as it is the same alert; the page rings for a new one.
    pub(crate) key: String,
    pub(crate) bad: bool,
    pub(crate) sentence: String,
    pub(crate) clause: Option<String>,
    pub(crate) since: Option<String>,
    /// Where it leads, with words.
    pub(crate) to: Option<(String, &'static str)>,
    /// An interaction that a supervisor may take over here and now (SMS-SUPV-2).
    pub(crate) take: Option<String>,
}

/// What the program itself suffers from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Troubles {
    /// Dead letters nobody took care of.
    pub(crate) letters: usize,
    /// Effects that were given up.
    pub(crate) dead: usize,
    /// Why the store cannot be trusted now.
    pub(crate) store: Option<String>,
    /// Whether the reader may act on those.
    pub(crate) operator: bool,
}

/// All of them, the gravest first.
pub(crate) fn alerts(look: &Look, troubles: &Troubles) -> Vec<Alert> {
    let mut out = Vec::new();
    out.extend(troubles.store.as_ref().map(|why| store(why)));
    out.extend(look.cards.iter().filter_map(|card| supervisor(look, card)));
    out.extend(look.cards.iter().filter_map(|card| safety(look, card)));
    out.extend(not_responding(look));
    out.extend(look.cards.iter().filter_map(|card| overdue(look, card)));
    out.extend(queue_troubles(look));
    out.extend(look.cards.iter().filter(|card| card.flooded).map(flood));
    out.extend(given_up(troubles));
    out.sort_by_key(|alert| !alert.bad);
    out
}

fn read(card: &Card) -> Option<(String, &'static str)> {
    Some((format!("/floor/interactions/{}", card.id), "Read along"))
}

fn who(look: &Look, card: &Card) -> String {
    card.owner.as_ref().map_or_else(|| "nobody yet".to_owned(), |id| look.name(id))
}

fn supervisor(look: &Look, card: &Card) -> Option<Alert> {
    let request = card.supervisor.as_ref().filter(|request| request.met_at.is_none())?;
    Some(Alert {
        key: format!("supervisor-{}", card.id),
        bad: true,
        sentence: format!(
            "{} asks for a supervisor. With {}.",
            shown::phone(&card.customer),
            who(look, card)
        ),
        clause: Some("SMS-SUPV-2".to_owned()),
        since: Some(words::elapsed(request.at, &look.zone)),
        to: read(card),
        take: matches!(card.phase, Phase::Waiting | Phase::Active).then(|| card.id.to_string()),
    })
}

fn safety(look: &Look, card: &Card) -> Option<Alert> {
    let customer = shown::phone(&card.customer);
    let (sentence, since, clause) = match (&card.safety, card.hint_abuse) {
        (Some(safety), _) if safety.completed_at.is_none() => (
            format!("Child-abuse contact with {customer}. {} is not to be disturbed.", who(look, card)),
            safety.opened_at,
            "SMS-ABUSE-1",
        ),
        (None, Some(_)) if card.phase == Phase::Waiting => (
            format!("The words of {customer} point to child abuse, and nobody has accepted it yet."),
            card.last_inbound_at.unwrap_or(card.opened_at),
            "SMS-ABUSE-1",
        ),
        _ => return None,
    };
    Some(Alert {
        key: format!("safety-{}-{}", card.id, card.safety.is_some()),
        bad: true,
        sentence,
        clause: Some(clause.to_owned()),
        since: Some(words::elapsed(since, &look.zone)),
        to: read(card),
        take: None,
    })
}

fn not_responding(look: &Look) -> Vec<Alert> {
    let lost = look.members.iter().filter(|m| matches!(m.presence, Presence::NotResponding { .. }));
    lost.filter_map(|member| {
        let held = look.held_by(&member.id).count();
        let first = look.held_by(&member.id).next()?;
        let reason = words::presence_reason(&member.presence, &look.pack).unwrap_or_default();
        let many =
            if held == 1 { "1 open interaction".to_owned() } else { format!("{held} open interactions") };
        Some(Alert {
            key: format!("lost-{}-{}", member.id, member.since),
            bad: true,
            sentence: format!("{} is not responding ({reason}) and has {many}.", member.name),
            clause: None,
            since: Some(words::elapsed(member.since, &look.zone)),
            to: read(first),
            take: None,
        })
    })
    .collect()
}

fn overdue(look: &Look, card: &Card) -> Option<Alert> {
    // An open wish for a supervisor and an open child-abuse contact are alerts of their own.
    let duty = card
        .duties
        .iter()
        .filter(|duty| !matches!(duty.kind, DutyKind::Supervisor | DutyKind::Safety))
        .find(|duty| look.now - duty.due > OVERDUE_MS)?;
    Some(Alert {
        key: format!("overdue-{}-{}-{}", card.id, duty.key, duty.due),
        bad: duty.kind != DutyKind::WrapUp,
        sentence: format!(
            "Overdue: {}. {} with {}.",
            duty.title,
            shown::phone(&card.customer),
            who(look, card)
        ),
        clause: Some(duty.clause.clone()),
        since: Some(words::elapsed(duty.due, &look.zone)),
        to: read(card),
        take: None,
    })
}

fn queue_troubles(look: &Look) -> Vec<Alert> {
    let alert = |key: String, sentence: String| Alert {
        key,
        bad: true,
        sentence,
        clause: None,
        since: None,
        to: None,
        take: None,
    };
    let mut out = Vec::new();
    for (queue, line) in look.pack.queues.queues.iter().zip(queues::lines(look)) {
        if line.nobody {
            let sentence =
                format!("{}: {} waiting, and nobody on queue has the skills.", line.title, line.waiting);
            out.push(alert(format!("nobody-{}", queue.id), sentence));
        }
        if line.full {
            let sentence = format!(
                "{} is full: {} waiting, the limit is {}.",
                line.title, line.waiting, queue.waiting_max
            );
            out.push(alert(format!("full-{}", queue.id), sentence));
        }
    }
    out
}

fn flood(card: &Card) -> Alert {
    Alert {
        key: format!("flood-{}", card.id),
        bad: false,
        sentence: format!(
            "{} sends more texts than the limit allows. All are kept; those over the limit do not ring.",
            shown::phone(&card.customer)
        ),
        clause: None,
        since: None,
        to: read(card),
        take: None,
    }
}

fn store(why: &str) -> Alert {
    Alert {
        key: "store".to_owned(),
        bad: true,
        sentence: format!("The store has a problem: {why}. Tell the operator now."),
        clause: None,
        since: None,
        to: None,
        take: None,
    }
}

fn given_up(troubles: &Troubles) -> Vec<Alert> {
    let warn = |key: String, sentence: String, to: &'static str, label: &'static str| Alert {
        key,
        bad: false,
        sentence,
        clause: None,
        since: None,
        to: troubles.operator.then(|| (to.to_owned(), label)),
        take: None,
    };
    let mut out = Vec::new();
    if troubles.letters > 0 {
        let sentence =
            format!("Input that could not be understood: {} kept as dead letters.", troubles.letters);
        out.push(warn(format!("letters-{}", troubles.letters), sentence, "/admin/letters", "Dead letters"));
    }
    if troubles.dead > 0 {
        let sentence = format!("Sends that were given up: {}.", troubles.dead);
        out.push(warn(format!("dead-{}", troubles.dead), sentence, "/admin/outbox", "Outbox"));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::interaction::SupervisorRequest;
    use domain::sop::Duty;
    use jiff::tz::TimeZone;

    use super::super::figures::tests::{card, pack};
    use super::*;

    fn look(cards: Vec<Card>, now: Millis) -> Look {
        Look { now, zone: TimeZone::UTC, pack: Arc::new(pack()), cards, members: Vec::new() }
    }

    #[test]
    fn sms_supv_1_an_unmet_request_is_an_alert_until_it_is_met() {
        let mut asks = card(1, 0);
        asks.supervisor =
            Some(SupervisorRequest { at: 5, alerted: Vec::new(), step: 0, step_at: 5, met_at: None });
        let found = alerts(&look(vec![asks.clone()], 10), &Troubles::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].take.as_deref(), Some(asks.id.to_string().as_str()));
        asks.supervisor.as_mut().unwrap().met_at = Some(9);
        assert_eq!(alerts(&look(vec![asks], 10), &Troubles::default()), []);
    }

    #[test]
    fn a_duty_is_an_alert_after_more_than_a_minute() {
        let mut late = card(1, 0);
        late.duties = vec![Duty {
            key: "check_in".to_owned(),
            kind: DutyKind::CheckIn,
            title: "Answer or check in".to_owned(),
            clause: "SMS-HOLD-1".to_owned(),
            started: 0,
            due: 180_000,
            script: None,
        }];
        assert_eq!(alerts(&look(vec![late.clone()], 240_000), &Troubles::default()), []);
        let found = alerts(&look(vec![late], 240_001), &Troubles::default());
        assert!(found.len() == 1 && found[0].sentence.starts_with("Overdue: Answer or check in."));
    }

    #[test]
    fn what_breaks_the_store_stands_above_everything() {
        let mut asks = card(1, 0);
        asks.flooded = true;
        let troubles =
            Troubles { letters: 2, store: Some("the disk is full".to_owned()), ..Troubles::default() };
        let found = alerts(&look(vec![asks], 10), &troubles);
        assert_eq!(found.iter().map(|a| a.key.as_str()).next(), Some("store"));
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|alert| alert.key != "letters-2" || alert.to.is_none()));
    }
}
