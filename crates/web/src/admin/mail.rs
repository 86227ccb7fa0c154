//! The local mail outbox: notices that the program wrote while no mail server is set up, so that they can be read.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::time::Millis;
use serde::Deserialize;
use store::RowQuery;

use super::frame::{Frame, Said, page as whole};
use crate::error::Error;
use crate::session::SignedIn;
use crate::{App, shown};

/// Kind of the rows.
const MAIL: &str = "mail";
/// Mails shown.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Mail {
    to: serde_json::Value,
    subject: String,
    text: String,
    at: Millis,
}

struct Line {
    to: String,
    subject: String,
    text: String,
    at: String,
}

#[derive(Template)]
#[template(path = "admin/mail.html")]
struct Body {
    frame: Frame,
    mails: Vec<Line>,
}

/// `GET /admin/mail`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let rows = RowQuery { kind: MAIL.to_owned(), group: None, after: None, descending: true, limit: MOST };
    let zone = app.engine.zone();
    let mut mails = Vec::new();
    for row in app.engine.store().rows(rows).await? {
        let mail: Mail = serde_json::from_str(&row.data).map_err(Error::fault)?;
        let to = match &mail.to {
            serde_json::Value::String(one) => one.clone(),
            serde_json::Value::Array(all) => {
                all.iter().filter_map(|one| one.as_str()).collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        };
        mails.push(Line { to, subject: mail.subject, text: mail.text, at: shown::date_time(mail.at, &zone) });
    }
    if !mails.is_empty() {
        let detail = serde_json::json!({ "mails": mails.len() });
        app.engine.note(&me.account.id.to_string(), "read_mail_outbox", "mail", detail).await?;
    }
    whole("Mail outbox", &me).show(&app, &Body { frame: Frame::new(&me, "/admin/mail", &query), mails })
}
