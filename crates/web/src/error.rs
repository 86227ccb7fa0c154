//! What a request can end in, other than its answer: a refusal with a way on, or an error with a request id.
//!
//! A handler returns `Result<_, Error>` and uses `?` on the engine's, the store's and the templates' errors. The answer
//! is dressed in [`crate::request`], where it is known whether a whole page, a fragment or a machine asked: a page, a
//! toast in `#toasts`, or JSON. A refusal is no error: it becomes a toast with its sentence, the clause, and a button for
//! each act that leads on. A button carries `data-act` (the tag of [`Instead`]) and `data-response`; a click on it is
//! sent as the DOM event `refusal:act` on `document`, with `detail: { act, response }`.
//! To show a refusal in its place instead, match on [`Error::Refused`] and render [`refusal_block`].

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::refusal::{Instead, Refusal};
use engine::EngineError;
use engine::pages::KnowledgeError;
use store::StoreError;

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule says no, and what to do instead.
    #[error("refused: {}", .0.code)]
    Refused(Box<Refusal>),
    /// Nobody is signed in.
    #[error("sign-in is needed")]
    SignInNeeded,
    /// Signed in, but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// The form did not come from our own page.
    #[error("the form does not come from this site's own page")]
    Forged,
    /// Nothing there.
    #[error("not found")]
    NotFound,
    /// The input makes no sense; the sentence says what to change.
    #[error("{0}")]
    Invalid(String),
    /// Somebody else changed the same thing meanwhile.
    #[error("changed by somebody else meanwhile")]
    Changed,
    /// Too many tries; seconds until the next.
    #[error("too many tries")]
    TooMany(u64),
    /// More bytes than the limit.
    #[error("the request is too large")]
    TooLarge,
    /// The store cannot read or write now.
    #[error("the store is unavailable")]
    Unavailable(String),
    /// The search has no index at this moment; pages are read as always.
    #[error("the search rests")]
    SearchRests(String),
    /// A fault of the program.
    #[error("a fault of the program")]
    Fault(String),
}

impl Error {
    /// A fault of the program; the detail goes to the log with the request id, never to the screen.
    pub fn fault(detail: impl std::fmt::Display) -> Self {
        Self::Fault(detail.to_string())
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) | Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::SignInNeeded => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::Forged => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Changed => StatusCode::CONFLICT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable(_) | Self::SearchRests(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused(refusal) => Self::Refused(refusal),
            EngineError::Store(error) => error.into(),
            EngineError::NotFound(_) => Self::NotFound,
            EngineError::Busy => {
                Self::Unavailable("too many people act on this at the same moment".to_owned())
            }
            EngineError::Invalid(sentence) => Self::Invalid(sentence),
        }
    }
}

impl From<KnowledgeError> for Error {
    fn from(error: KnowledgeError) -> Self {
        match error {
            KnowledgeError::Faults(faults) => {
                Self::Invalid(faults.into_iter().next().map(|fault| fault.says).unwrap_or_default())
            }
            KnowledgeError::Conflict => Self::Changed,
            KnowledgeError::NotFound(_) => Self::NotFound,
            KnowledgeError::Engine(error) => error.into(),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::RecordConflict { .. } => Self::Changed,
            StoreError::Full | StoreError::Unavailable(_) => Self::Unavailable(error.to_string()),
            other => Self::fault(other),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::fault(error)
    }
}

/// The word for machines while the search index is made.
pub(crate) const SEARCH_RESTS: &str = "search_rests";

/// What the dressing in [`crate::request`] needs to know, carried in the extensions of the bare answer.
#[derive(Debug, Clone)]
pub(crate) struct Plain {
    /// Stable word for machines.
    pub(crate) code: &'static str,
    /// One sentence.
    pub(crate) sentence: String,
    /// What to do.
    pub(crate) advice: &'static str,
    /// For the log only.
    pub(crate) detail: Option<String>,
    /// Seconds until another try makes sense.
    pub(crate) retry_after: Option<u64>,
    /// The refusal, when it is one.
    pub(crate) refusal: Option<Box<Refusal>>,
}

impl Plain {
    pub(crate) fn new(code: &'static str, sentence: impl Into<String>, advice: &'static str) -> Self {
        Self { code, sentence: sentence.into(), advice, detail: None, retry_after: None, refusal: None }
    }
}

impl Plain {
    /// The same for a visitor who reads Spanish. Sentences about one field are said in general: whoever reads this has the
    /// form before them.
    pub(crate) fn in_spanish(self) -> Self {
        let seconds = self.retry_after.unwrap_or_default();
        let again = "Corríjalo e intente de nuevo. No se cambió nada.";
        let (sentence, advice) = match self.code {
            "not_found" => (
                "No hay nada en esta dirección.".to_owned(),
                "Revise la dirección o vuelva a la página de ayuda.",
            ),
            "changed" => (
                "Esta página cambió mientras usted la leía.".to_owned(),
                "Cárguela otra vez y repita lo que hizo. No se perdió nada.",
            ),
            "too_many" => {
                (format!("Demasiados intentos. Espere {seconds} segundos."), "Después intente de nuevo.")
            }
            "too_large" => (
                "Es más de lo que cabe en este formulario.".to_owned(),
                "Escriba menos e intente de nuevo. No se cambió nada.",
            ),
            "unavailable" => (
                "El servidor no puede guardar ni leer nada en este momento.".to_owned(),
                "Lo que escribió sigue en su pantalla. Intente de nuevo en unos segundos.",
            ),
            "fault" => (
                "Algo salió mal en el programa.".to_owned(),
                "Intente de nuevo. Si vuelve a pasar, envíenos un mensaje de texto.",
            ),
            "forged" => (
                "Este formulario no vino de una página de este sitio, o la página es de una visita anterior."
                    .to_owned(),
                "Cargue la página otra vez y repita lo que hizo. No se cambió nada.",
            ),
            "method_not_allowed" => (
                "Esta dirección no se puede usar así.".to_owned(),
                "Vuelva atrás y use el botón o el formulario de la página.",
            ),
            "forbidden" | "sign_in_needed" => {
                ("Esta página es para el personal.".to_owned(), "Vuelva a la página de ayuda.")
            }
            _ => ("Falta algo en lo que escribió, o es demasiado largo.".to_owned(), again),
        };
        Self { sentence, advice, ..self }
    }
}

impl From<Error> for Plain {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => {
                Self { refusal: Some(refusal.clone()), ..Self::new(refusal.code, refusal.sentence, "") }
            }
            Error::SignInNeeded => Self::new(
                "sign_in_needed",
                "You are not signed in, or your session has ended.",
                "Sign in and try again.",
            ),
            Error::Forbidden => Self::new(
                "forbidden",
                "Your role does not include this.",
                "If you need it for your work, ask an administrator to change your role.",
            ),
            Error::Forged => Self::new(
                "forged",
                "This form did not come from a page of this site, or the page is from an earlier session.",
                "Load the page again and repeat what you did. Nothing was changed.",
            ),
            Error::NotFound => Self::new(
                "not_found",
                "There is nothing at this address.",
                "Check the address, or go back to the start page.",
            ),
            Error::Invalid(sentence) => {
                Self::new("invalid", sentence, "Correct it and try again. Nothing was changed.")
            }
            Error::Changed => Self::new(
                "changed",
                "Somebody else changed this while you had it open.",
                "Load the page again to see their change, then make yours. Nothing was overwritten.",
            ),
            Error::TooMany(seconds) => Self {
                retry_after: Some(seconds),
                ..Self::new("too_many", format!("Too many tries. Wait {seconds} seconds."), "Then try again.")
            },
            Error::TooLarge => Self::new(
                "too_large",
                "That is more than this form may hold.",
                "Shorten it and try again. Nothing was changed.",
            ),
            Error::SearchRests(detail) => Self {
                detail: Some(detail),
                retry_after: Some(5),
                ..Self::new(
                    SEARCH_RESTS,
                    "The search rests at this moment. Every page can be read as always.",
                    "Use the menu or the categories. The search comes back by itself in a few seconds; if it does not, tell the operator.",
                )
            },
            Error::Unavailable(detail) => Self {
                detail: Some(detail),
                retry_after: Some(5),
                ..Self::new(
                    "unavailable",
                    "The server cannot save or read anything at this moment.",
                    "What you wrote is still on your screen. Try again in a few seconds; if it stays, tell the operator.",
                )
            },
            Error::Fault(detail) => Self {
                detail: Some(detail),
                ..Self::new(
                    "fault",
                    "Something went wrong in the program.",
                    "Try again. If it happens again, give the operator the request id below.",
                )
            },
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = status.into_response();
        response.extensions_mut().insert(Plain::from(self));
        response
    }
}

/// A button under a refusal.
pub(crate) struct Button {
    act: &'static str,
    response: String,
    label: String,
}

fn button(instead: &Instead) -> Button {
    let simple = |act, label: &str| Button { act, response: String::new(), label: label.to_owned() };
    match instead {
        Instead::Insert { response, label } => {
            Button { act: "insert", response: response.clone(), label: label.clone() }
        }
        Instead::SendAnyway => simple("send_anyway", "Send as it is"),
        Instead::GiveReferralReason => simple("give_referral_reason", "Choose the reason for the referral"),
        Instead::TransferToSupervisor => simple("transfer_to_supervisor", "Transfer to a supervisor"),
        Instead::Acknowledge => simple("acknowledge", "Read and acknowledge the procedure"),
        Instead::ReadMemo { slug, label } => {
            Button { act: "read_memo", response: slug.clone(), label: label.clone() }
        }
        Instead::SendWrapUpAndGoodbye => {
            simple("send_wrap_up_and_goodbye", "Send the wrap-up text and Goodbye")
        }
        Instead::SendDelayNotice => simple("send_delay_notice", "Send the first delay text"),
        Instead::SendGoodbye => simple("send_goodbye", "Send Goodbye"),
        Instead::EndUnanswered => simple("end_unanswered", "End without an answer"),
        Instead::OpenSafety => simple("open_safety", "Open the safety steps"),
        Instead::ChooseWrapUp => simple("choose_wrap_up", "Choose a wrap-up code"),
    }
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Block<'a> {
    sentence: &'a str,
    clause: Option<&'a str>,
    buttons: Vec<Button>,
}

/// A refusal as a block of HTML: sentence, clause, buttons. It is what the toast shows, and what a screen shows in place.
///
/// # Errors
/// When the template cannot be rendered.
pub fn refusal_block(refusal: &Refusal) -> Result<String, Error> {
    let buttons = refusal.instead.iter().map(button).collect();
    Ok(Block { sentence: &refusal.sentence, clause: refusal.clause, buttons }.render()?)
}
