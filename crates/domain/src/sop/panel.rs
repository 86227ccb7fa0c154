//! What the desk's procedure panel shows: what applies now, what is due, what is blocked and why.
//!
//! It decides nothing; it reads the card and the settings.

use serde::{Deserialize, Serialize};

use crate::canned::CannedKind;
use crate::command::Script;
use crate::interaction::{Delay, Phase, SafetyKind, Turn};
use crate::pack::{Pack, SmsSopVersion};
use crate::time::{seconds, span};
use crate::view::Card;

use super::safety;

/// The panel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Panel {
    /// What applies now.
    pub now: Vec<PanelItem>,
    /// What is due, with its clock among the card's duties.
    pub due: Vec<PanelItem>,
    /// What is blocked, and why.
    pub blocked: Vec<PanelItem>,
}

/// One line of the panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelItem {
    /// In a few words.
    pub title: String,
    /// In a sentence.
    pub sentence: String,
    /// Clause, empty where none of the agency's governs it.
    pub clause: String,
    /// One-click act.
    pub act: Option<PanelAct>,
}

/// What a click on a line does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum PanelAct {
    /// Send a script.
    Send {
        /// Which.
        script: Script,
    },
    /// Put a response into the reply box.
    Insert {
        /// Which.
        response: String,
    },
    /// Say that the customer asks for a supervisor.
    RequestSupervisor,
    /// Open the transfer.
    Transfer,
    /// Open the steps for a child-abuse contact.
    OpenSafety {
        /// Which.
        kind: SafetyKind,
    },
    /// Open the ways to send the customer.
    Ways,
    /// End it.
    End,
}

fn item(title: &str, sentence: impl Into<String>, clause: &str, act: Option<PanelAct>) -> PanelItem {
    PanelItem { title: title.to_owned(), sentence: sentence.into(), clause: clause.to_owned(), act }
}

/// The panel of one interaction.
#[must_use]
pub fn panel(card: &Card, pack: &Pack, sop: Option<&SmsSopVersion>) -> Panel {
    let mut panel = Panel::default();
    let Some(sop) = sop else { return panel };
    match card.phase {
        Phase::Waiting => panel.now.push(item(
            "Waiting",
            "It is in the queue. The clocks of the procedure begin when it is accepted.",
            "SMS-GEN-1",
            None,
        )),
        Phase::Active => active(&mut panel, card, pack, sop),
        Phase::WrapUp => panel.now.push(item(
            "Wrap-up",
            "Choose exactly one wrap-up code, then press done. Your place is free again after that.",
            "SMS-END-3",
            None,
        )),
        Phase::Done => panel.now.push(item("Done", "This interaction is complete.", "SMS-END-4", None)),
    }
    panel
}

fn active(panel: &mut Panel, card: &Card, pack: &Pack, sop: &SmsSopVersion) {
    for duty in &card.duties {
        let act = duty.script.map(|script| PanelAct::Send { script });
        panel.due.push(item(&duty.title, duty_sentence(duty.kind), &duty.clause, act));
    }
    hints(panel, card);
    opening(panel, card);
    questions(panel, card, pack, sop);
    silence(panel, card, sop);
    blocked(panel, card);
}

const fn duty_sentence(kind: super::DutyKind) -> &'static str {
    use super::DutyKind as K;
    match kind {
        K::Silence => "At the end of this clock the customer counts as in delay.",
        K::DelayNotice => "Send the notice; then the customer has fresh time to reply.",
        K::DelayReply => "Wait. Any word of the customer goes on with the contact.",
        K::DelayWrapUp => "Send the wrap-up text, followed by Goodbye.",
        K::DelayEnd => "Both texts are out: end it for no response.",
        K::CheckIn => "Answer, or let the customer know that you are still looking.",
        K::Safety => "The next step of this child-abuse contact.",
        K::Supervisor => "Hand it to a supervisor who is present.",
        K::WrapUp => "Choose exactly one wrap-up code.",
    }
}

fn hints(panel: &mut Panel, card: &Card) {
    if let Some(kind) = card.hint_abuse {
        let (sentence, clause) = match kind {
            SafetyKind::Victim => {
                ("The words may come from a victim of child abuse. Open the steps if so.", "SMS-ABUSE-1")
            }
            SafetyKind::Reporting => {
                ("The words may report child abuse of others. Open the steps if so.", "SMS-ABUSE-8")
            }
        };
        panel.now.push(item("Child abuse?", sentence, clause, Some(PanelAct::OpenSafety { kind })));
    }
    if card.hint_supervisor && card.supervisor.is_none() {
        let sentence = "The customer seems to ask for a supervisor. One click alerts them.";
        panel.now.push(item("Supervisor?", sentence, "SMS-SUPV-1", Some(PanelAct::RequestSupervisor)));
    }
    if let Some(request) = &card.supervisor
        && request.met_at.is_none()
    {
        let sentence = match request.alerted.len() {
            0 => "Nobody is there to be alerted. Transfer as soon as a supervisor is present.".to_owned(),
            1 => "One person is alerted. Transfer to a supervisor who is present.".to_owned(),
            many => format!("{many} people are alerted. Transfer to a supervisor who is present."),
        };
        panel.now.push(item("Supervisor requested", sentence, "SMS-SUPV-2", Some(PanelAct::Transfer)));
    }
    if let Some(safety) = &card.safety
        && safety.completed_at.is_none()
        && let Some(step) = safety::next(safety)
    {
        panel.now.push(item("Child-abuse contact", step.sentence(), step.clause(safety.kind), None));
    }
}

fn opening(panel: &mut Panel, card: &Card) {
    if card.staff_texts == 0 && !card.opted_out {
        let act = Some(PanelAct::Send { script: Script::Greeting });
        panel.now.push(item(
            "Greet",
            "Begin with the Greeting; your first name is filled in.",
            "SMS-KEY-1",
            act,
        ));
    }
}

fn questions(panel: &mut Panel, card: &Card, pack: &Pack, sop: &SmsSopVersion) {
    if !card.case_specific {
        return;
    }
    let asked = card.clarifying.len();
    let sentence = if asked == 0 {
        "The question is about their own case. Ask clarifying questions and answer with general policy."
            .to_owned()
    } else {
        let questions = if asked == 1 { "question" } else { "questions" };
        format!(
            "{asked} clarifying {questions} sent. If it cannot be answered by text, say so with the response for it."
        )
    };
    let response = if asked == 0 {
        sop.clarify_for(&card.topics).first().cloned()
    } else {
        Some(sop.responses.cannot_answer.clone())
    };
    let act = response.filter(|id| pack.response(id).is_some()).map(|response| PanelAct::Insert { response });
    let clause = if asked == 0 { "SMS-GEN-5" } else { "SMS-GEN-6" };
    panel.now.push(item("About their own case", sentence, clause, act));
    panel.now.push(item(
        "Where to send the customer",
        "Online, mail and e-mail come before the Customer Service Center.",
        "SMS-GEN-9",
        Some(PanelAct::Ways),
    ));
}

fn silence(panel: &mut Panel, card: &Card, sop: &SmsSopVersion) {
    let Turn::Customer { delay, .. } = &card.turn else { return };
    match delay {
        Delay::None => {}
        Delay::Flagged { .. } | Delay::NoticeSent { .. } => panel.now.push(item(
            "Customer delay",
            format!(
                "After {} of silence comes the notice, then {} to reply. Go on with your other interaction meanwhile.",
                span(seconds(sop.customer_silent_seconds.value)),
                span(seconds(sop.delay_reply_seconds.value))
            ),
            "SMS-DELAY-6",
            None,
        )),
        Delay::RanOut { .. } | Delay::WrapUpSent { .. } => {}
        Delay::GoodbyeSent { .. } => {
            panel.now.push(item("No response", "The wrap-up text and Goodbye are out. End it.", "SMS-DELAY-5", Some(PanelAct::End)));
        }
    }
}

fn blocked(panel: &mut Panel, card: &Card) {
    if card.opted_out {
        panel.blocked.push(item(
            "Replies",
            "The customer wants no more texts; nothing can be sent.",
            "",
            None,
        ));
        return;
    }
    panel.blocked.push(item(
        "Case facts",
        "No identifier, benefit amount, case status or notice of this person leaves by text.",
        "SMS-GEN-4",
        None,
    ));
    if card.referral_reason.is_none() {
        let sentence = "The Customer Service Center may be named once you say why nothing else serves.";
        panel.blocked.push(item("Referral", sentence, "SMS-GEN-10", Some(PanelAct::Ways)));
    }
    if card.case_specific && card.clarifying.is_empty() {
        let sentence = "“Cannot answer by text” opens after a clarifying question.";
        panel.blocked.push(item("Cannot answer", sentence, "SMS-GEN-6", None));
    }
    if card.supervisor.is_some() || card.hint_supervisor {
        let sentence = "Do not tell the customer that a supervisor will call back.";
        panel.blocked.push(item("Supervisor call back", sentence, "SMS-SUPV-3", None));
    }
    if matches!(
        &card.turn,
        Turn::Customer { delay: Delay::Flagged { .. } | Delay::NoticeSent { .. } | Delay::RanOut { .. }, .. }
    ) {
        let sentence = "Ending for no response waits for the texts of the procedure.";
        panel.blocked.push(item("End", sentence, "SMS-DELAY-3", None));
    }
}

/// The sign of a way, for lists in the order of the settings (SMS-GEN-9).
#[must_use]
pub const fn way_title(kind: CannedKind) -> &'static str {
    match kind {
        CannedKind::SelfServiceOnline => "Online",
        CannedKind::SelfServiceMail => "Mail",
        CannedKind::SelfServiceEmail => "E-mail",
        _ => "Customer Service Center",
    }
}
