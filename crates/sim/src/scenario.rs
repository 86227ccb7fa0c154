//! Scenarios that a supervisor can read, played on the production engine with a clock moved by the script.
//!
//! ```text
//! at 10:00:00                                  the clock of the agency (Monday, 23 November 2026)
//! queue sms-general automatic                  its delay texts go by themselves
//! ana on queue
//! customer +15735550100 texts "hello"
//! ana accepts +15735550100
//! ana replies +15735550100 "What do you need?"
//! ana sends +15735550100 greeting              one click; any script of the procedure
//! ana does +15735550100 research on            research on|off, supervisor, victim, reporting, safe, called, filed,
//!                                              end, done, transfer sofia
//! advance 3:00
//! expect ana sees duty SMS-DELAY-2 in +15735550100
//! expect +15735550100 was sent "…"             the last text, or a part of it
//! expect refused SMS-SUPV-3                    the act before was refused under this clause
//! ```
//!
//! A line that begins with `#` is a comment. The last part, after `transcript +1573…`, is the transcript that must come
//! out, line by line. To add a verb: a line in [`Player::line`].

use anyhow::{Context as _, bail, ensure};
use domain::command::{Command, Reply, Script, Target};
use domain::id::{InteractionId, MessageId, StaffId};
use domain::interaction::{CallOutcome, EndReason, Phase, SafetyAnswer, SafetyKind, SafetyStep};
use domain::pack::Queue;
use domain::refusal::Refusal;
use domain::staff::Presence;
use domain::time::{Millis, clock_time};
use domain::view::{Card, What};
use engine::ports::Ids;
use engine::{Change, EngineError};
use store::{RowQuery, Store};

use crate::peers::Faults;
use crate::rng::Rng;
use crate::world::World;

/// Monday, 23 November 2026, midnight in the agency's time zone.
const MIDNIGHT: Millis = 1_795_413_600_000;

/// Plays a scenario. Lines of the transcript part are returned as they came out beside as they were wanted.
///
/// # Errors
/// With the number and the words of the line that did not hold.
pub async fn play(text: &str) -> anyhow::Result<()> {
    let world = World::new(MIDNIGHT + 10 * 3_600_000, Rng::new(7), Faults::default()).await?;
    let mut player = Player { world, refused: None, sids: 0 };
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(number) = line.strip_prefix("transcript ") {
            let wanted: Vec<String> =
                lines.map(|(_, l)| l.trim().to_owned()).filter(|l| !l.is_empty()).collect();
            return player.compare(number, &wanted).await;
        }
        player.line(line).await.with_context(|| format!("line {}: {line}", at + 1))?;
    }
    Ok(())
}

struct Player {
    world: World,
    refused: Option<Refusal>,
    sids: u64,
}

/// The words between the first and the last quotation mark.
fn quoted(line: &str) -> Option<&str> {
    let (from, to) = (line.find('"')?, line.rfind('"')?);
    line.get(from + 1..to)
}

fn span(text: &str) -> anyhow::Result<Millis> {
    let parts: Vec<Millis> = text.split(':').map(str::parse).collect::<Result<_, _>>()?;
    match parts.as_slice() {
        [m, s] => Ok((m * 60 + s) * 1000),
        [h, m, s] => Ok((h * 3600 + m * 60 + s) * 1000),
        _ => bail!("a time is written 3:00 or 10:00:00"),
    }
}

impl Player {
    async fn line(&mut self, line: &str) -> anyhow::Result<()> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["at", time] => self.until(MIDNIGHT + span(time)?).await,
            ["advance", time] => self.until(self.world.now() + span(time)?).await,
            ["queue", id, "automatic"] => self.automatic(id).await,
            ["customer", number, "texts", ..] => self.text(number, quoted(line).context("no words")?).await,
            ["expect", rest @ ..] => self.expect(rest, line).await,
            [who, "on", "queue"] => Ok(self.world.on_queue(&StaffId::from(*who)).await?),
            [who, "off", "queue"] => {
                self.act(Command::SetPresence { staff: (*who).into(), to: Presence::OffQueue, by: None })
                    .await
            }
            [who, "accepts", number] => self.accept(who, number).await,
            [who, "replies", number, ..] => self.reply(who, number, quoted(line).context("no words")?).await,
            [who, "sends", number, name] => {
                let script = script(name)?;
                let id = self.card(number).await?.id;
                self.act(Command::SendScript { id, staff: (*who).into(), script }).await
            }
            [who, "does", number, rest @ ..] => self.does(who, number, rest).await,
            _ => bail!("these words are not known here"),
        }
    }

    /// Goes on second by second, as the loops would.
    async fn until(&mut self, to: Millis) -> anyhow::Result<()> {
        while self.world.now() < to {
            let left = to - self.world.now();
            // A night is slept through in minutes.
            self.world.clock.advance(left.min(if left > 3_600_000 { 60_000 } else { 1_000 }));
            self.settle().await?;
        }
        Ok(())
    }

    async fn settle(&mut self) -> anyhow::Result<()> {
        ensure!(self.world.passes().await, "a pass failed");
        let now = self.world.now();
        for call in self.world.net.take_calls() {
            // Reports come in their order, with the texts.
            ensure!(call.due <= now + 60_000, "a report of the far future");
            self.world.post(&call.url, &call.body).await?;
        }
        Ok(())
    }

    async fn act(&mut self, command: Command) -> anyhow::Result<()> {
        self.refused = None;
        match self.world.engine.handle(command, "scenario").await {
            Ok(_) => {}
            Err(EngineError::Refused(refusal)) => self.refused = Some(*refusal),
            Err(error) => return Err(error.into()),
        }
        self.settle().await
    }

    async fn automatic(&mut self, id: &str) -> anyhow::Result<()> {
        let queue: Queue = self.world.engine.pack().queues.queue(id).context("no such queue")?.clone();
        let data = Some(serde_json::to_value(Queue { delay_automatic: true, ..queue })?);
        let change = Change {
            kind: engine::records::QUEUE,
            id: id.to_owned(),
            expected: None,
            data,
            reason: String::new(),
        };
        Ok(self.world.engine.save(change, "scenario").await?)
    }

    async fn text(&mut self, number: &str, words: &str) -> anyhow::Result<()> {
        self.sids += 1;
        let body = World::text_form(&format!("SM{:032x}", self.sids), number, words, false);
        self.world.post(World::hook(), &body).await?;
        self.settle().await
    }

    /// The newest contact of a customer, done or not.
    async fn card(&self, number: &str) -> anyhow::Result<Card> {
        let query = RowQuery {
            kind: domain::view::INTERACTION.to_owned(),
            group: None,
            after: None,
            descending: false,
            limit: usize::MAX,
        };
        let rows = self.world.store.rows(query).await?;
        let cards = rows.iter().filter_map(|row| serde_json::from_str::<Card>(&row.data).ok());
        cards
            .filter(|card| card.customer.0 == number)
            .max_by_key(|card| (card.opened_at, card.id))
            .context("no contact")
    }

    async fn accept(&mut self, who: &str, number: &str) -> anyhow::Result<()> {
        let card = self.card(number).await?;
        let offer = card.offer.context("it is offered to nobody")?;
        ensure!(offer.staff.0 == who, "it is offered to {}", offer.staff);
        self.act(Command::Accept { id: card.id, offer: offer.id, staff: offer.staff }).await
    }

    async fn reply(&mut self, who: &str, number: &str, words: &str) -> anyhow::Result<()> {
        let id = self.card(number).await?.id;
        let message = MessageId(self.world.ids.fresh());
        let reply = Reply { text: words.to_owned(), confirmed: true, ..Reply::default() };
        self.act(Command::Reply { id, staff: who.into(), message, reply }).await
    }

    async fn does(&mut self, who: &str, number: &str, what: &[&str]) -> anyhow::Result<()> {
        let (id, staff) = (self.card(number).await?.id, StaffId::from(who));
        let now = self.world.now();
        self.act(deed(id, staff, what, now)?).await
    }

    async fn expect(&mut self, what: &[&str], line: &str) -> anyhow::Result<()> {
        match what {
            ["refused", clause] => {
                let refusal = self.refused.as_ref().context("nothing was refused")?;
                ensure!(
                    refusal.clause == Some(*clause),
                    "it was refused under {:?}: {}",
                    refusal.clause,
                    refusal.sentence
                );
            }
            ["nothing", "refused"] => ensure!(self.refused.is_none(), "refused: {:?}", self.refused),
            [who, "sees", "duty", clause, "in", number] => {
                let card = self.card(number).await?;
                ensure!(
                    card.owner.as_ref().is_some_and(|owner| owner.0 == *who),
                    "it is with {:?}",
                    card.owner
                );
                let duties: Vec<&str> = card.duties.iter().map(|duty| duty.clause.as_str()).collect();
                ensure!(duties.contains(clause), "the duties are {duties:?}");
            }
            [who, "sees", "alert"] => {
                ensure!(!self.world.engine.notices(&StaffId::from(*who)).await?.is_empty(), "no alert");
            }
            [who, "sees", "no", "alert"] => {
                ensure!(self.world.engine.notices(&StaffId::from(*who)).await?.is_empty(), "an alert");
            }
            [who, "is", "offered", number] => {
                let offer = self.card(number).await?.offer;
                ensure!(offer.as_ref().is_some_and(|offer| offer.staff.0 == *who), "the offer is {offer:?}");
            }
            [number, "is", "offered", "to", "nobody"] => {
                let offer = self.card(number).await?.offer;
                ensure!(offer.is_none(), "the offer is {offer:?}");
            }
            [number, "is", phase] => {
                let card = self.card(number).await?;
                let word = match card.phase {
                    Phase::Waiting => "waiting",
                    Phase::Active => "active",
                    Phase::WrapUp => "ended",
                    Phase::Done => "done",
                };
                ensure!(word == *phase, "it is {word}");
            }
            [number, "was", "sent", ..] => {
                let wanted = quoted(line).context("no words")?;
                let last = self
                    .world
                    .net
                    .delivered()
                    .into_iter()
                    .rev()
                    .find(|text| text.to == *number)
                    .context("nothing")?;
                ensure!(last.text.contains(wanted), "the last text was “{}”", last.text);
            }
            [number, "got", count, "texts"] => {
                let got = self.world.net.delivered().iter().filter(|text| text.to == *number).count();
                ensure!(got == count.parse::<usize>()?, "it got {got}");
            }
            ["mails", count] => {
                let sent = self.world.net.mails();
                ensure!(sent.len() == count.parse::<usize>()?, "{sent:?}");
            }
            _ => bail!("this cannot be expected here"),
        }
        Ok(())
    }

    async fn compare(&mut self, number: &str, wanted: &[String]) -> anyhow::Result<()> {
        let card = self.card(number).await?;
        let zone = self.world.engine.zone();
        let mut came = Vec::new();
        for (entry, text) in self.world.engine.transcript(card.id).await? {
            let clause = entry.clause.map(|clause| format!(" [{clause}]")).unwrap_or_default();
            let words = match entry.what {
                What::In { .. } => format!("customer: {}", text.unwrap_or_default()),
                What::Out { .. } => format!("{}: {}", entry.by.column(), text.unwrap_or_default()),
                What::Act { sentence, .. } => format!("- {sentence}"),
            };
            came.push(format!("{} {words}{clause}", clock_time(entry.at, &zone)));
        }
        let found = self.world.engine.replay(false).await?;
        ensure!(found.different == 0, "replay differs: {:?}", found.listed);
        ensure!(came == wanted, "the transcript came out as:\n{}\n", came.join("\n"));
        Ok(())
    }
}

fn script(name: &str) -> anyhow::Result<Script> {
    Ok(match name {
        "greeting" => Script::Greeting,
        "goodbye" => Script::Goodbye,
        "delay-notice" => Script::DelayNotice,
        "wrap-up-and-goodbye" => Script::DelayWrapUpAndGoodbye,
        "check-in" => Script::CheckIn,
        "safety-check" => Script::SafetyCheck,
        "hotline" => Script::Hotline,
        "call-notice" => Script::CallNotice,
        _ => bail!("there is no script {name}"),
    })
}

fn deed(id: InteractionId, staff: StaffId, what: &[&str], now: Millis) -> anyhow::Result<Command> {
    let step = |step| Command::DoSafetyStep { id, staff: staff.clone(), step, note: None };
    Ok(match what {
        ["research", on] => Command::Research { id, staff, on: *on == "on" },
        ["supervisor"] => Command::RequestSupervisor { id, staff },
        ["transfer", to] => Command::Transfer { id, staff, target: Target::Staff { id: (*to).into() } },
        ["victim"] => Command::OpenSafety { id, staff, kind: SafetyKind::Victim },
        ["reporting"] => Command::OpenSafety { id, staff, kind: SafetyKind::Reporting },
        ["safe"] => step(SafetyStep::SafetyChecked { answer: SafetyAnswer::Safe }),
        ["called"] => step(SafetyStep::Called { outcome: CallOutcome::Reached }),
        ["filed"] => step(SafetyStep::ReportFiled { filed_at: now, reference: "R-1".to_owned() }),
        ["end"] => Command::End { id, staff, reason: EndReason::Finished, confirmed: false },
        ["no-response"] => Command::End { id, staff, reason: EndReason::NoResponse, confirmed: false },
        ["done"] => Command::Finish { id, staff, code: "general".to_owned() },
        _ => bail!("this deed is not known here"),
    })
}
