//! What readers say: whether a page was helpful, questions about it, and what they searched for.

use domain::id::StaffId;
use domain::permission::Role;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Commit, NewEffect};

use super::{KnowledgeError, Mailbox, audit, parse, record};
use crate::Engine;
use domain::effect::{Effect, MAIL_LANE};
use domain::knowledge::{Fault, visible};

/// Records that hold [`Feedback`].
const FEEDBACK: &str = "kb_feedback";
/// Records that hold [`Question`].
const QUESTION: &str = "kb_question";
/// Records that hold [`Searched`].
const SEARCHED: &str = "kb_searched";
/// Longest comment of a vote, in characters.
pub const VOTE_COMMENT_MAX: usize = 2_000;
/// Longest question, in characters.
const QUESTION_MAX: usize = 4_000;

/// One reader's vote on one edition (KB-PAGE-7, MEDSUP-PAGE-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Page.
    pub slug: String,
    /// Edition.
    pub edition: u32,
    /// Staff member, or a mark that stands for one visitor.
    pub reader: String,
    /// The reader's role on screens; `public` for visitors.
    pub role: String,
    /// Yes or no.
    pub helpful: bool,
    /// In their words.
    pub comment: String,
    /// When.
    pub at: i64,
    /// Whether an editor has dealt with it.
    #[serde(default)]
    pub settled: bool,
}

/// Where a question goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Route {
    /// The editors ("Still stuck? How can we help?", KB-PAGE-8).
    Editors,
    /// The asker's own supervisor (IM33-Q-1).
    Supervisor {
        /// Who.
        staff: Option<StaffId>,
    },
    /// The policy unit's mailbox; managers only (IM33-Q-2).
    PolicyUnit {
        /// Id of the mailbox.
        mailbox: String,
        /// Its address, as it was then.
        address: String,
    },
    /// An IM-14 request, for supervisors and above (IM33-Q-6).
    Im14,
}

/// Where a question stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum QuestionState {
    /// Nobody answered yet.
    #[default]
    Open,
    /// Answered.
    Answered {
        /// By whom.
        by: String,
        /// When.
        at: i64,
        /// How.
        answer: String,
    },
}

/// A question about a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Id.
    pub id: String,
    /// Page, where it began at one.
    pub slug: Option<String>,
    /// Edition.
    pub edition: Option<u32>,
    /// Staff member; empty for visitors.
    pub by: String,
    /// Programme, where it chooses the mailbox (IM33-Q-3 to IM33-Q-5).
    pub programme: String,
    /// In their words.
    pub text: String,
    /// Where it goes.
    pub route: Route,
    /// When.
    pub at: i64,
    /// Where it stands.
    #[serde(default)]
    pub state: QuestionState,
    /// Who sent it on to the policy unit, where somebody did (IM33-Q-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Forwarded>,
}

/// A question that a manager sent on to the policy unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarded {
    /// By whom.
    pub by: String,
    /// When.
    pub at: i64,
}

/// What was searched for on one day, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// The words, folded.
    pub text: String,
    /// The day.
    pub day: jiff::civil::Date,
    /// How often.
    pub times: u32,
    /// How often nothing was found.
    pub empty: u32,
    /// How often somebody opened a result.
    pub opened: u32,
}

impl Engine {
    /// A vote; the same reader's second vote on the same edition replaces the first.
    ///
    /// # Errors
    /// A fault when the comment is too long.
    pub async fn vote(&self, mut vote: Feedback) -> Result<(), KnowledgeError> {
        vote.comment = visible(&vote.comment).into_owned();
        limit("comment", &vote.comment, VOTE_COMMENT_MAX)?;
        vote.at = self.now();
        let id = format!("{}@{}:{}", vote.slug, vote.edition, vote.reader);
        let commit = Commit {
            records: vec![record(FEEDBACK, &id, None, &vote, vote.at, &vote.reader)?],
            ..Commit::default()
        };
        let position = self.commit(commit).await?;
        self.told(position, false);
        Ok(())
    }

    /// Every vote.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn votes(&self) -> Result<Vec<Feedback>, KnowledgeError> {
        let records = self.inner.store.records(FEEDBACK).await?;
        records.iter().map(|one| Ok(parse(&one.data, FEEDBACK, &one.id)?)).collect()
    }

    /// An editor has dealt with a comment.
    ///
    /// # Errors
    /// [`KnowledgeError::NotFound`].
    pub async fn settle_vote(&self, vote: &Feedback, by: &str) -> Result<(), KnowledgeError> {
        let id = format!("{}@{}:{}", vote.slug, vote.edition, vote.reader);
        let found = self.inner.store.record(FEEDBACK, &id).await?;
        let found = found.ok_or_else(|| KnowledgeError::NotFound("vote".to_owned()))?;
        let mut vote: Feedback = parse(&found.data, FEEDBACK, &id)?;
        vote.settled = true;
        let change = record(FEEDBACK, &id, Some(found.version), &vote, self.now(), by)?;
        let position = self.commit(Commit { records: vec![change], ..Commit::default() }).await?;
        self.told(position, false);
        Ok(())
    }

    /// The mailbox of the policy unit for a programme, by the pack's routes (IM33-Q-3 to IM33-Q-5).
    #[must_use]
    pub fn policy_mailbox(&self, programme: &str) -> Option<Mailbox> {
        let shipped = &self.inner.shipped;
        let route = shipped
            .routes
            .iter()
            .find(|route| route.programmes.iter().any(|one| one.eq_ignore_ascii_case(programme)))?;
        let wanted = route.mailbox.as_deref()?;
        shipped.mailboxes.iter().find(|mailbox| mailbox.id == wanted).cloned()
    }

    /// Every programme that has a mailbox at the policy unit, with the mailbox.
    #[must_use]
    pub fn policy_programmes(&self) -> Vec<(String, Mailbox)> {
        let programmes = self.inner.shipped.routes.iter().flat_map(|route| &route.programmes);
        programmes.filter_map(|one| Some((one.clone(), self.policy_mailbox(one)?))).collect()
    }

    /// A question, sent where the asker may send it.
    ///
    /// # Errors
    /// A fault with its clause when the route is not open to these roles, or the words are missing or too many.
    pub async fn ask(&self, mut question: Question, roles: &[Role]) -> Result<Question, KnowledgeError> {
        question.text = visible(&question.text).into_owned();
        if question.text.trim().chars().count() < 4 {
            return Err(cited("text", "Write your question first.", None).into());
        }
        limit("text", &question.text, QUESTION_MAX)?;
        let is = |wanted: &[Role]| roles.iter().any(|role| wanted.contains(role));
        match &question.route {
            Route::PolicyUnit { .. } if !is(&[Role::Manager]) => {
                let says = "Only managers write to the policy unit. Send the question to your supervisor.";
                return Err(cited("route", says, Some("IM33-Q-2")).into());
            }
            Route::PolicyUnit { .. } if names_a_case(&question.text) => {
                let says = "This question names a case. Send it as an IM-14 request instead.";
                return Err(cited("route", says, Some("IM33-Q-6")).into());
            }
            Route::Im14 if !is(&[Role::Supervisor, Role::Coordinator, Role::Manager]) => {
                let says =
                    "IM-14 requests are for supervisors and above. Send the question to your supervisor.";
                return Err(cited("route", says, Some("IM33-Q-6")).into());
            }
            Route::Im14 if !names_a_case(&question.text) => {
                let says = "An IM-14 request is about one particular case. Give its case number (DCN), eight digits or more; a question about no case goes another way.";
                return Err(cited("case", says, Some("IM33-Q-6")).into());
            }
            _ => {}
        }
        question.at = self.now();
        question.id = self.fresh().to_string();
        question.state = QuestionState::Open;
        let detail = json!({"page": question.slug, "route": question.route});
        let mut commit = Commit {
            records: vec![record(QUESTION, &question.id, Some(0), &question, question.at, &question.by)?],
            audit: vec![audit(question.at, &question.by, "ask_question", &question.id, detail)],
            ..Commit::default()
        };
        if let Route::PolicyUnit { address, .. } = &question.route {
            commit.effects.push(mail(&question, address, question.at)?);
        }
        let position = self.commit(commit).await?;
        self.told(position, false);
        Ok(question)
    }

    /// A manager sends somebody's question on to the mailbox of the policy unit that this programme has (IM33-Q-2). The
    /// asker sees where it went, and the answer once it is recorded.
    ///
    /// # Errors
    /// A fault with its clause for anybody but a manager, for a programme without a mailbox, for a question that names a
    /// case or is not open any more; [`KnowledgeError::NotFound`].
    pub async fn forward(
        &self,
        id: &str,
        programme: &str,
        (by, roles): (&str, &[Role]),
    ) -> Result<(), KnowledgeError> {
        if !roles.contains(&Role::Manager) {
            return Err(cited("route", "Only managers write to the policy unit.", Some("IM33-Q-2")).into());
        }
        let Some(mailbox) = self.policy_mailbox(programme) else {
            let says = "Choose the programme; it chooses the mailbox of the policy unit.";
            return Err(cited("programme", says, Some("IM33-Q-3")).into());
        };
        let found = self.inner.store.record(QUESTION, id).await?;
        let found = found.ok_or_else(|| KnowledgeError::NotFound("question".to_owned()))?;
        let mut question: Question = parse(&found.data, QUESTION, id)?;
        let settled = question.state != QuestionState::Open;
        if settled || matches!(question.route, Route::PolicyUnit { .. } | Route::Im14) {
            let says = if settled {
                "This question is answered already."
            } else {
                "This question has gone to the policy unit already."
            };
            return Err(cited("route", says, None).into());
        }
        if names_a_case(&question.text) {
            let says =
                "This question names a case, so no e-mail leaves. Make it an IM-14 request of your own.";
            return Err(cited("route", says, Some("IM33-Q-6")).into());
        }
        let at = self.now();
        let address = mailbox.address.clone();
        question.programme = programme.to_owned();
        question.route = Route::PolicyUnit { mailbox: mailbox.id, address: mailbox.address };
        question.forwarded = Some(Forwarded { by: by.to_owned(), at });
        let commit = Commit {
            records: vec![record(QUESTION, id, Some(found.version), &question, at, by)?],
            audit: vec![audit(at, by, "forward_question", id, json!({"route": question.route}))],
            effects: vec![mail(&question, &address, at)?],
            ..Commit::default()
        };
        let position = self.commit(commit).await?;
        self.told(position, false);
        Ok(())
    }

    /// Every question, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn questions(&self) -> Result<Vec<Question>, KnowledgeError> {
        let records = self.inner.store.records(QUESTION).await?;
        let mut out: Vec<Question> = Vec::new();
        for one in records {
            out.push(parse(&one.data, QUESTION, &one.id)?);
        }
        out.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
        Ok(out)
    }

    /// Answers a question; the asker sees it.
    ///
    /// # Errors
    /// [`KnowledgeError::NotFound`]; a fault without words.
    pub async fn answer(&self, id: &str, answer: &str, by: &str) -> Result<(), KnowledgeError> {
        if answer.trim().is_empty() {
            return Err(cited("answer", "Write the answer first.", None).into());
        }
        limit("answer", answer, QUESTION_MAX)?;
        let found = self.inner.store.record(QUESTION, id).await?;
        let found = found.ok_or_else(|| KnowledgeError::NotFound("question".to_owned()))?;
        let mut question: Question = parse(&found.data, QUESTION, id)?;
        let at = self.now();
        question.state = QuestionState::Answered { by: by.to_owned(), at, answer: answer.trim().to_owned() };
        let commit = Commit {
            records: vec![record(QUESTION, id, Some(found.version), &question, at, by)?],
            audit: vec![audit(at, by, "answer_question", id, json!({}))],
            ..Commit::default()
        };
        let position = self.commit(commit).await?;
        self.told(position, false);
        Ok(())
    }

    /// Counts a search once the reader paused or opened a result. Words are kept, never who typed them.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn count_search(&self, text: &str, found: bool, opened: bool) -> Result<(), KnowledgeError> {
        let folded: String = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let folded: String = folded.chars().take(200).collect();
        if folded.is_empty() {
            return Ok(());
        }
        let day = self.today();
        let id = format!("{day}:{}", super::files::sha256(folded.as_bytes()).get(..16).unwrap_or_default());
        for _ in 0..8 {
            let before = self.inner.store.record(SEARCHED, &id).await?;
            let mut count = match &before {
                Some(found) => parse(&found.data, SEARCHED, &id)?,
                None => Searched { text: folded.clone(), day, times: 0, empty: 0, opened: 0 },
            };
            if opened {
                count.opened += 1;
            } else {
                count.times += 1;
                count.empty += u32::from(!found);
            }
            let version = before.map_or(0, |found| found.version);
            let change = record(SEARCHED, &id, Some(version), &count, self.now(), "reader")?;
            match self.commit(Commit { records: vec![change], ..Commit::default() }).await {
                Err(store::StoreError::RecordConflict { .. }) => tokio::task::yield_now().await,
                other => return Ok(other.map(|_| ())?),
            }
        }
        Ok(())
    }

    /// What was searched for, day by day.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn searches(&self) -> Result<Vec<Searched>, KnowledgeError> {
        let records = self.inner.store.records(SEARCHED).await?;
        records.iter().map(|one| Ok(parse(&one.data, SEARCHED, &one.id)?)).collect()
    }
}

fn cited(field: &'static str, says: &str, clause: Option<&'static str>) -> Fault {
    Fault { field, says: says.to_owned(), clause }
}

fn limit(field: &'static str, text: &str, max: usize) -> Result<(), KnowledgeError> {
    if text.chars().count() > max {
        return Err(cited(field, &format!("At most {max} characters."), None).into());
    }
    Ok(())
}

/// Whether a question holds what looks like a case number: eight digits or more in a row, hyphens and spaces aside.
fn names_a_case(text: &str) -> bool {
    let mut run = 0;
    for letter in text.chars() {
        match letter {
            '0'..='9' => run += 1,
            '-' | ' ' if run > 0 => {}
            _ => run = 0,
        }
        if run >= 8 {
            return true;
        }
    }
    false
}

fn mail(question: &Question, address: &str, not_before: i64) -> Result<NewEffect, KnowledgeError> {
    let effect = Effect::SendMail {
        to: vec![address.to_owned()],
        subject: format!("Policy question: {}", question.programme),
        text: question.text.clone(),
    };
    let data = serde_json::to_string(&effect).map_err(|e| crate::EngineError::Invalid(e.to_string()))?;
    Ok(NewEffect {
        id: format!("question-{}", question.id),
        lane: MAIL_LANE.to_owned(),
        order_key: question.id.clone(),
        kind: "send_mail".to_owned(),
        data,
        not_before,
    })
}

#[cfg(test)]
mod tests {
    use super::names_a_case;

    #[test]
    fn a_case_number_is_seen_through_its_separators() {
        for case in ["case 12345678", "DCN 1234-5678", "about 123 456 789 please"] {
            assert!(names_a_case(case), "{case}");
        }
        for none in ["section 0110.060.05", "form IM-6EVS since 2021", "within 30 days of 4/5/2021"] {
            assert!(!names_a_case(none), "{none}");
        }
    }
}
