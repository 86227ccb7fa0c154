//! What a person does at the desk: each route turns its form into one command.
//!
//! The answer to a form is the place of refusals, empty or with the refusal in it, so that it always stands at the reply
//! box. A refusal is not an error, so its status is 200. The effect itself reaches the screen by the live stream. What
//! was typed is never part of the answer.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::command::{Command, Reply, Target};
use domain::id::{InteractionId, MessageId, OfferId, StaffId};
use domain::interaction::EndReason;
use domain::refusal::Refusal;
use domain::staff::Presence;
use engine::EngineError;
use serde::Deserialize;

use super::look::Look;
use super::{dialogs, panel, presence, safety, ways, words};
use crate::App;
use crate::error::{Error, refusal_block};
use crate::page::{done, html};
use crate::request::RequestId;
use crate::session::SignedIn;

#[derive(Template)]
#[template(path = "desk/refusal.html")]
struct RefusalPlace<'a> {
    block: &'a str,
    next: &'a str,
}

/// The place of refusals, empty. `next` is the id for the next text, when one went out.
fn clear(next: &str) -> Result<Response, Error> {
    Ok(html(RefusalPlace { block: "", next }.render()?))
}

/// The answer to a command about an interaction.
fn answer<T>(result: Result<T, EngineError>, next: &str) -> Result<Response, Error> {
    match result {
        Ok(_) => clear(next),
        Err(EngineError::Refused(refusal)) => {
            let block = refusal_block(&refusal)?;
            Ok(html(RefusalPlace { block: &block, next: "" }.render()?))
        }
        Err(other) => Err(other.into()),
    }
}

fn invalid(sentence: &str) -> Error {
    Error::Invalid(sentence.to_owned())
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Carries one command about an interaction out.
async fn act(app: &App, RequestId(cause): RequestId, command: Command) -> Result<Response, Error> {
    answer(app.engine.handle(command, &cause).await, "")
}

/// The choice of the presence menu.
#[derive(Debug, Deserialize)]
pub(crate) struct PresenceForm {
    to: String,
}

/// `POST /desk/presence`. Going on queue asks for the acknowledgement first, where it is missing (SMS-GEN-2).
pub(crate) async fn set_presence(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Form(form): Form<PresenceForm>,
) -> Result<Response, Error> {
    let to = presence::choice(&form.to).ok_or_else(|| invalid("Choose one of the presences in the menu."))?;
    if to == Presence::OnQueue {
        let look = Look::at(&app.engine, &me, None).await?;
        if let Some(sop) = presence::unread_procedure(&look.pack, &look.person, look.now, &look.zone) {
            return Ok(html(dialogs::acknowledgement(sop)?));
        }
    }
    app.engine.handle(Command::SetPresence { staff: me.account.id, to, by: None }, &cause).await?;
    Ok(done())
}

/// What was read.
#[derive(Debug, Deserialize)]
pub(crate) struct AcknowledgeForm {
    version: String,
    #[serde(default)]
    read: String,
}

/// `POST /desk/acknowledge` (SMS-GEN-2). The page then asks for the presence again.
pub(crate) async fn acknowledge(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Form(form): Form<AcknowledgeForm>,
) -> Result<Response, Error> {
    if form.read != "yes" {
        return Err(invalid("Tick that you have read it."));
    }
    let command =
        Command::Acknowledge { staff: me.account.id, procedure: "sms".to_owned(), version: form.version };
    app.engine.handle(command, &cause).await?;
    Ok(html(dialogs::ACKNOWLEDGED.to_owned()))
}

/// Which offer.
#[derive(Debug, Deserialize)]
pub(crate) struct OfferForm {
    offer: String,
}

/// `POST /desk/{id}/accept`.
pub(crate) async fn accept(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<OfferForm>,
) -> Result<Response, Error> {
    let offer: OfferId = id(&form.offer)?;
    let key = format!("accept:{offer}:{}", me.account.id);
    let command = Command::Accept { id: id(&interaction)?, offer, staff: me.account.id };
    app.engine.handle_once(&key, command, &cause).await?;
    Ok(done())
}

/// `POST /desk/{id}/decline`.
pub(crate) async fn decline(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<OfferForm>,
) -> Result<Response, Error> {
    let offer: OfferId = id(&form.offer)?;
    let key = format!("decline:{offer}:{}", me.account.id);
    let command = Command::Decline { id: id(&interaction)?, offer, staff: me.account.id };
    app.engine.handle_once(&key, command, &cause).await?;
    Ok(done())
}

/// The reply box.
#[derive(Debug, Deserialize)]
pub(crate) struct ReplyForm {
    message: String,
    text: String,
    #[serde(default)]
    canned: String,
    #[serde(default)]
    confirmed: String,
    #[serde(default)]
    referral_reason: String,
}

impl ReplyForm {
    fn reply(self) -> Reply {
        let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Reply {
            // Browsers send line ends as two characters; one is what was typed and what is counted.
            text: self.text.replace("\r\n", "\n"),
            canned: some(self.canned),
            referral_reason: some(self.referral_reason),
            confirmed: self.confirmed == "true",
        }
    }
}

/// `POST /desk/{id}/reply`. The text's id came with the form, so a double click is one text.
pub(crate) async fn reply(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<ReplyForm>,
) -> Result<Response, Error> {
    let message: MessageId = id(&form.message)?;
    if let Some(refusal) = other_words(&app, message, &form.text).await? {
        let block = refusal_block(&refusal)?;
        let next = app.engine.fresh().simple().to_string();
        return Ok(html(RefusalPlace { block: &block, next: &next }.render()?));
    }
    let command =
        Command::Reply { id: id(&interaction)?, staff: me.account.id, message, reply: form.reply() };
    let result = app.engine.handle_once(&format!("reply:{message}"), command, &cause).await;
    answer(result, &app.engine.fresh().simple().to_string())
}

/// The answer to an earlier try was lost, its words went out, and the box now holds others: they are not dropped
/// silently as a repetition, but sent as a text of their own on the next press.
async fn other_words(app: &App, message: MessageId, text: &str) -> Result<Option<Refusal>, Error> {
    let sent = app.engine.store().bodies(&[message.to_string()]).await.map_err(engine::EngineError::Store)?;
    let differs = sent.into_iter().flatten().next().is_some_and(|body| body != text);
    let sentence =
        "Your earlier words went out although the answer was lost. Send again to send these as a new text.";
    Ok(differs.then(|| Refusal::plain("other_words", sentence)))
}

/// One of the procedure's scripts.
#[derive(Debug, Deserialize)]
pub(crate) struct ScriptForm {
    script: String,
    /// The dialog to show afterwards.
    #[serde(default)]
    then: String,
}

/// `POST /desk/{id}/script`.
pub(crate) async fn script(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<ScriptForm>,
) -> Result<Response, Error> {
    let script = panel::script(&form.script).ok_or_else(|| invalid("This script is not known."))?;
    let interaction: InteractionId = id(&interaction)?;
    let command = Command::SendScript { id: interaction, staff: me.account.id.clone(), script };
    if form.then == "end" {
        app.engine.handle(command, &request.0).await?;
        return dialogs::end(&app, &me, interaction).await;
    }
    act(&app, request, command).await
}

/// Which failed text.
#[derive(Debug, Deserialize)]
pub(crate) struct AgainForm {
    message: String,
}

/// `POST /desk/{id}/again`.
pub(crate) async fn again(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<AgainForm>,
) -> Result<Response, Error> {
    let command =
        Command::SendAgain { id: id(&interaction)?, staff: me.account.id, message: id(&form.message)? };
    act(&app, request, command).await
}

/// On or off.
#[derive(Debug, Deserialize)]
pub(crate) struct ResearchForm {
    on: bool,
}

/// `POST /desk/{id}/research` (SMS-HOLD-1).
pub(crate) async fn research(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<ResearchForm>,
) -> Result<Response, Error> {
    act(&app, request, Command::Research { id: id(&interaction)?, staff: me.account.id, on: form.on }).await
}

/// Yes or no.
#[derive(Debug, Deserialize)]
pub(crate) struct CaseForm {
    yes: bool,
}

/// `POST /desk/{id}/case` (SMS-GEN-5).
pub(crate) async fn case(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<CaseForm>,
) -> Result<Response, Error> {
    act(
        &app,
        request,
        Command::MarkCaseSpecific { id: id(&interaction)?, staff: me.account.id, yes: form.yes },
    )
    .await
}

/// Where the customer is sent.
#[derive(Debug, Deserialize)]
pub(crate) struct WayForm {
    response: String,
    way: String,
    #[serde(default)]
    reason: String,
}

/// `POST /desk/{id}/way` (SMS-GEN-9, SMS-GEN-10).
pub(crate) async fn way(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<WayForm>,
) -> Result<Response, Error> {
    let way = ways::kind(&form.way).ok_or_else(|| invalid("This way is not known."))?;
    let reason = Some(form.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let command = Command::SelectWay {
        id: id(&interaction)?,
        staff: me.account.id,
        response: form.response,
        way,
        reason,
    };
    act(&app, request, command).await
}

/// `POST /desk/{id}/supervisor` (SMS-SUPV-1).
pub(crate) async fn supervisor(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
) -> Result<Response, Error> {
    act(&app, request, Command::RequestSupervisor { id: id(&interaction)?, staff: me.account.id }).await
}

/// `staff:<account>` or `queue:<id>`.
#[derive(Debug, Deserialize)]
pub(crate) struct TransferForm {
    to: String,
}

/// `POST /desk/{id}/transfer`.
pub(crate) async fn transfer(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<TransferForm>,
) -> Result<Response, Error> {
    let target = match form.to.split_once(':') {
        Some(("staff", who)) => Target::Staff { id: StaffId::from(who) },
        Some(("queue", queue)) => Target::Queue { id: queue.to_owned() },
        _ => return Err(invalid("Choose a person or a queue.")),
    };
    act(&app, request, Command::Transfer { id: id(&interaction)?, staff: me.account.id, target }).await
}

/// `POST /desk/{id}/take`: a supervisor takes what they were alerted to (SMS-SUPV-2).
pub(crate) async fn take(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(interaction): Path<String>,
) -> Result<Response, Error> {
    let command = Command::TakeOver { id: id(&interaction)?, staff: me.account.id };
    app.engine.handle(command, &cause).await?;
    Ok(done())
}

/// Victim, or reporting about others.
#[derive(Debug, Deserialize)]
pub(crate) struct SafetyForm {
    kind: String,
}

/// `POST /desk/{id}/safety` (SMS-ABUSE-1, SMS-ABUSE-8).
pub(crate) async fn open_safety(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<SafetyForm>,
) -> Result<Response, Error> {
    let kind = safety::kind(&form.kind).ok_or_else(|| invalid("Choose which kind of contact it is."))?;
    act(&app, request, Command::OpenSafety { id: id(&interaction)?, staff: me.account.id, kind }).await
}

/// One step with what was entered.
#[derive(Debug, Deserialize)]
pub(crate) struct StepForm {
    step: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    filed_at: String,
}

/// `POST /desk/{id}/step` (SMS-ABUSE-1 to SMS-ABUSE-5).
pub(crate) async fn step(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<StepForm>,
) -> Result<Response, Error> {
    let filed_at = words::from_local_field(&form.filed_at, &app.engine.zone());
    let step = safety::step(&form.step, &form.value, filed_at).map_err(invalid)?;
    let note = Some(form.note.trim().to_owned()).filter(|note| !note.is_empty());
    act(&app, request, Command::DoSafetyStep { id: id(&interaction)?, staff: me.account.id, step, note })
        .await
}

/// Why it ends.
#[derive(Debug, Deserialize)]
pub(crate) struct EndForm {
    #[serde(default)]
    reason: String,
    /// `yes` behind the second question, whether it is to end without an answer.
    #[serde(default)]
    confirmed: String,
}

/// `POST /desk/{id}/end` (SMS-END-1). Where the customer's last words have no answer, it takes a second word (SMS-HOLD-1).
pub(crate) async fn end(
    State(app): State<App>,
    me: SignedIn,
    request: RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<EndForm>,
) -> Result<Response, Error> {
    let reason = if form.reason == "no_response" { EndReason::NoResponse } else { EndReason::Finished };
    let confirmed = form.confirmed == "yes";
    let command = Command::End { id: id(&interaction)?, staff: me.account.id, reason, confirmed };
    act(&app, request, command).await
}

/// The wrap-up code.
#[derive(Debug, Deserialize)]
pub(crate) struct FinishForm {
    #[serde(default)]
    code: String,
}

/// `POST /desk/{id}/finish` (SMS-END-3, SMS-END-4).
pub(crate) async fn finish(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(interaction): Path<String>,
    Form(form): Form<FinishForm>,
) -> Result<Response, Error> {
    let interaction: InteractionId = id(&interaction)?;
    let key = format!("finish:{interaction}:{}:{}", me.account.id, form.code);
    let command = Command::Finish { id: interaction, staff: me.account.id, code: form.code };
    answer(app.engine.handle_once(&key, command, &cause).await, "")
}

#[cfg(test)]
mod tests {
    use domain::refusal::{Instead, Refusal};

    use super::*;

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn sms_gen_10_a_refusal_stands_at_the_reply_box_with_its_clause_and_its_way_on() {
        let refusal = Refusal::clause("referral_reason", "SMS-GEN-10", "Say why nothing else serves.")
            .or(Instead::GiveReferralReason)
            .or(Instead::Insert { response: "online".to_owned(), label: "Use “Online”".to_owned() });
        let response = answer::<()>(Err(EngineError::Refused(Box::new(refusal))), "next").unwrap();
        let body = text(response).await;
        assert!(body.contains(r#"id="desk-refusal""#) && body.contains("Say why nothing else serves."));
        assert!(body.contains("SMS-GEN-10") && body.contains(r#"data-act="give_referral_reason""#));
        assert!(body.contains(r#"data-act="insert" data-response="online""#));
        assert!(
            !body.contains(r#"data-next="next""#),
            "a refused text keeps its id, so that it is sent once"
        );
    }

    #[tokio::test]
    async fn what_went_out_clears_the_place_and_gives_the_next_texts_id() {
        let body = text(answer(Ok(()), "n2").unwrap()).await;
        assert!(body.contains(r#"data-next="n2""#) && !body.contains("refusal__sentence"));
    }

    #[test]
    fn sms_gen_12_the_text_goes_as_it_stood_in_the_box() {
        let form = ReplyForm {
            message: String::new(),
            text: " one\r\ntwo ".to_owned(),
            canned: String::new(),
            confirmed: String::new(),
            referral_reason: " ".to_owned(),
        };
        let expected =
            Reply { text: " one\ntwo ".to_owned(), canned: None, referral_reason: None, confirmed: false };
        assert_eq!(form.reply(), expected);
    }
}
