//! What staff do: on a bad day anything that the desk offers, sensible or not; when everything settles, what is right.
//!
//! It owns no rule: the engine refuses what may not be.

use domain::canned::CannedKind;
use domain::command::{Command, Reply, Script, Target};
use domain::id::{InteractionId, MessageId, StaffId};
use domain::interaction::{CallOutcome, Delay, EndReason, Phase, SafetyAnswer, SafetyStep, Turn};
use domain::sop::safety::Step;
use domain::staff::Presence;
use domain::view::{Card, What};
use engine::EngineError;
use engine::ports::Ids;

use crate::day::Day;

const SAY: &[&str] = &[
    "Which program do you ask about?",
    "You can do that at mydss.mo.gov.",
    "Let me look into the general rules for you.",
    "SNAP is paid between the 1st and the 22nd of each month.",
    "Buenos días, ¿en qué le puedo ayudar?",
];
/// None of these may ever leave (SMS-GEN-4, SMS-SUPV-3).
const NEVER: &[&str] = &[
    "Your SNAP benefit is $291 this month and your case was approved.",
    "Your DCN is 12345678.",
    "A supervisor will call you back today.",
];
const CANNED: &[&str] = &[
    "clarify-program",
    "anything-else",
    "self-online-status",
    "cannot-answer",
    "referral-customer-service",
    "delay-notice",
];
const SCRIPTS: &[Script] = &[
    Script::Greeting,
    Script::CheckIn,
    Script::DelayNotice,
    Script::DelayWrapUpAndGoodbye,
    Script::Goodbye,
    Script::Hotline,
];

impl Day {
    async fn presence_of(&self, staff: &StaffId) -> Presence {
        let members = self.world.engine.members().await.unwrap_or_default();
        members.into_iter().find(|m| &m.id == staff).map(|m| m.presence).unwrap_or_default()
    }

    async fn cards_of(&self, staff: &StaffId) -> Vec<Card> {
        let cards = self.world.engine.cards().await.unwrap_or_default();
        cards.into_iter().filter(|card| card.owner.as_ref() == Some(staff)).collect()
    }

    /// One act of one person on a bad day.
    pub(crate) async fn staff_acts(&mut self, staff: &StaffId) {
        self.moods(staff).await;
        let cards = self.world.engine.cards().await.unwrap_or_default();
        for card in &cards {
            if let Some(offer) = card.offer.as_ref().filter(|offer| &offer.staff == staff) {
                let (id, offer, staff) = (card.id, offer.id, staff.clone());
                match self.rng.below(10) {
                    0..=5 => {
                        self.act(Command::Accept { id, offer, staff }).await;
                    }
                    6 => {
                        self.act(Command::Decline { id, offer, staff }).await;
                    }
                    _ => {}
                }
                return;
            }
        }
        let supervisor = matches!(staff.0.as_str(), "sofia" | "theo");
        if supervisor && self.rng.chance(60) {
            if let Some(card) = self.rng.pick(&cards) {
                self.act(Command::TakeOver { id: card.id, staff: staff.clone() }).await;
            }
            return;
        }
        let mine: Vec<Card> = cards.into_iter().filter(|card| card.owner.as_ref() == Some(staff)).collect();
        let Some(card) = self.rng.pick(&mine).cloned() else { return };
        if card.phase == Phase::WrapUp {
            let code = "general".to_owned();
            self.act(Command::Finish { id: card.id, staff: staff.clone(), code }).await;
        } else {
            self.work(staff, &card).await;
        }
    }

    async fn moods(&mut self, staff: &StaffId) {
        match self.presence_of(staff).await {
            Presence::OnQueue => match self.rng.below(120) {
                0 => self.change(staff, Presence::NotReady { reason: "break".to_owned() }).await,
                1 => self.change(staff, Presence::OffQueue).await,
                2 | 3 => {
                    self.act(Command::LoseLine { staff: staff.clone() }).await;
                }
                4..=12 => {
                    self.act(Command::RegainLine { staff: staff.clone() }).await;
                }
                _ => {}
            },
            _ if self.rng.chance(250) => {
                let came = self.world.on_queue(staff).await.is_ok();
                self.trace.line(&format!("{staff} on queue {came}"));
            }
            _ => {}
        }
    }

    async fn change(&mut self, staff: &StaffId, to: Presence) {
        self.act(Command::SetPresence { staff: staff.clone(), to, by: None }).await;
    }

    async fn work(&mut self, staff: &StaffId, card: &Card) {
        let (id, staff) = (card.id, staff.clone());
        match self.rng.below(100) {
            0..=34 => {
                let words = self.rng.pick(SAY).copied().unwrap_or("Hello.");
                self.written += 1;
                let words = format!("{words} ({})", self.written);
                self.say(id, &staff, &words, None).await;
            }
            35..=39 => self.say_never(id, &staff).await,
            40..=51 => {
                let canned = self.rng.pick(CANNED).copied().unwrap_or("anything-else");
                let words = self
                    .world
                    .engine
                    .pack()
                    .response(canned)
                    .and_then(|r| r.text.get("en").cloned())
                    .unwrap_or_default();
                self.say(id, &staff, &words, Some(canned)).await;
            }
            52..=71 => {
                let script = self.rng.pick(SCRIPTS).copied().unwrap_or(Script::CheckIn);
                self.act(Command::SendScript { id, staff, script }).await;
            }
            72..=75 => {
                let on = self.rng.chance(500);
                self.act(Command::Research { id, staff, on }).await;
            }
            76 => {
                self.act(Command::RequestSupervisor { id, staff }).await;
            }
            77..=80 => {
                let target = if self.rng.chance(300) {
                    Target::Queue { id: "sms-spanish".to_owned() }
                } else {
                    Target::Staff { id: self.rng.pick(&self.staff).cloned().unwrap_or_else(|| staff.clone()) }
                };
                self.act(Command::Transfer { id, staff, target }).await;
            }
            81..=84 => self.safety(id, &staff, card).await,
            85..=87 => self.send_again(id, &staff).await,
            88 => {
                let way = CannedKind::Referral;
                let (response, reason) =
                    ("referral-customer-service".to_owned(), Some("no internet at home".to_owned()));
                self.act(Command::SelectWay { id, staff, response, way, reason }).await;
            }
            _ => {
                self.act(Command::SendScript { id, staff: staff.clone(), script: Script::Goodbye }).await;
                self.act(Command::End { id, staff, reason: EndReason::Finished, confirmed: false }).await;
            }
        }
    }

    async fn say(&mut self, id: InteractionId, staff: &StaffId, words: &str, canned: Option<&str>) {
        let message = MessageId(self.world.ids.fresh());
        let reply = Reply {
            text: words.to_owned(),
            canned: canned.map(str::to_owned),
            referral_reason: Some("no internet at home".to_owned()),
            confirmed: true,
        };
        let command = Command::Reply { id, staff: staff.clone(), message, reply };
        if self.rng.chance(100) {
            // A double click.
            let _ = self.world.engine.handle_once(&format!("reply:{message}"), command.clone(), "sim").await;
            let _ = self.world.engine.handle_once(&format!("reply:{message}"), command, "sim").await;
        } else {
            self.act(command).await;
        }
    }

    async fn say_never(&mut self, id: InteractionId, staff: &StaffId) {
        let Some(words) = self.rng.pick(NEVER).copied() else { return };
        self.written += 1;
        let words = format!("{words} ({})", self.written);
        let message = MessageId(self.world.ids.fresh());
        let reply = Reply { text: words.clone(), confirmed: true, ..Reply::default() };
        self.refused.push(words.clone());
        let answer = self
            .world
            .engine
            .handle(Command::Reply { id, staff: staff.clone(), message, reply }, "sim")
            .await;
        match answer {
            Err(
                EngineError::Refused(_)
                | EngineError::Store(_)
                | EngineError::Busy
                | EngineError::NotFound(_),
            ) => {}
            other => self.found.push(format!("SMS-GEN-4, SMS-SUPV-3: “{words}” was answered with {other:?}")),
        }
    }

    async fn send_again(&mut self, id: InteractionId, staff: &StaffId) {
        let lines = self.world.engine.transcript(id).await.unwrap_or_default();
        let failed = lines.iter().rev().find_map(|(entry, _)| match &entry.what {
            What::Out { message, delivery: domain::interaction::Delivery::Failed { .. }, .. } => {
                Some(*message)
            }
            _ => None,
        });
        if let Some(message) = failed {
            self.act(Command::SendAgain { id, staff: staff.clone(), message }).await;
        }
    }

    /// Opens the steps, or does the next one.
    async fn safety(&mut self, id: InteractionId, staff: &StaffId, card: &Card) {
        let staff = staff.clone();
        let Some(safety) = card.safety.as_ref().filter(|safety| safety.completed_at.is_none()) else {
            if let Some(kind) = card.hint_abuse.filter(|_| card.safety.is_none()) {
                self.act(Command::OpenSafety { id, staff, kind }).await;
            }
            return;
        };
        let step =
            |step| Command::DoSafetyStep { id, staff: staff.clone(), step, note: Some("noted".to_owned()) };
        let script = |script| Command::SendScript { id, staff: staff.clone(), script };
        let command = match domain::sop::safety::next(safety) {
            Some(Step::SafetyChecked) => step(SafetyStep::SafetyChecked { answer: SafetyAnswer::Safe }),
            Some(Step::HotlineGiven) => script(Script::Hotline),
            Some(Step::CallAnnounced) => script(Script::CallNotice),
            Some(Step::Called) => step(SafetyStep::Called { outcome: CallOutcome::NotReached }),
            Some(Step::ReportFiled) => {
                step(SafetyStep::ReportFiled { filed_at: self.world.now(), reference: "R-7".to_owned() })
            }
            None => return,
        };
        self.act(command).await;
    }

    /// A willing person: on queue, accepts, answers, finishes.
    pub(crate) async fn staff_settles(&mut self, staff: &StaffId) {
        self.act(Command::RegainLine { staff: staff.clone() }).await;
        if self.presence_of(staff).await != Presence::OnQueue {
            let came = self.world.on_queue(staff).await;
            if let Err(error) = came {
                self.found.push(format!("{staff} cannot go on queue: {error}"));
            }
        }
        for card in self.world.engine.cards().await.unwrap_or_default() {
            if let Some(offer) = card.offer.filter(|offer| &offer.staff == staff) {
                self.act(Command::Accept { id: card.id, offer: offer.id, staff: staff.clone() }).await;
            }
        }
        for card in self.cards_of(staff).await {
            self.close(staff, &card).await;
        }
    }

    async fn close(&mut self, staff: &StaffId, card: &Card) {
        let (id, staff) = (card.id, staff.clone());
        if card.phase == Phase::WrapUp {
            self.act(Command::Finish { id, staff, code: "general".to_owned() }).await;
            return;
        }
        if card.safety.as_ref().is_some_and(|safety| safety.completed_at.is_none()) {
            if card.opted_out
                && matches!(
                    card.safety.as_ref().and_then(domain::sop::safety::next),
                    Some(Step::HotlineGiven | Step::CallAnnounced)
                )
            {
                // Nothing may be sent to them any more; the contact waits for their START.
                self.wants_texts_again(&card.customer.0);
            }
            self.safety(id, &staff, card).await;
            return;
        }
        if matches!(&card.turn, Turn::Customer { delay: Delay::NoticeSent { .. }, .. }) && !card.opted_out {
            // The customer's five minutes are kept (SMS-DELAY-3).
            return;
        }
        self.act(Command::SendScript { id, staff: staff.clone(), script: Script::DelayNotice }).await;
        self.act(Command::SendScript { id, staff: staff.clone(), script: Script::DelayWrapUpAndGoodbye })
            .await;
        self.act(Command::SendScript { id, staff: staff.clone(), script: Script::Goodbye }).await;
        self.act(Command::End { id, staff, reason: EndReason::Finished, confirmed: false }).await;
    }
}
