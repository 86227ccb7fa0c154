//! Done contacts as CSV, one row for each. Facts only: no words of customers or staff, nothing of child-abuse contacts.
//! Taking it leaves an audit line.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::time::{Millis, instant};
use domain::view::Card;

use super::done::{self, Filter};
use super::figures;
use super::look::Look;
use super::words;
use crate::App;
use crate::error::Error;
use crate::session::SignedIn;

const COLUMNS: [&str; 24] = [
    "interaction",
    "channel",
    "customer",
    "queue",
    "language",
    "worker",
    "opened",
    "accepted",
    "ended",
    "done",
    "handle_seconds",
    "end_reason",
    "wrap_up_code",
    "referral",
    "referral_reason",
    "texts_in",
    "texts_by_staff",
    "canned",
    "canned_edited",
    "free_text",
    "check_ins",
    "check_ins_missed",
    "refused_sends",
    "greeted_first",
];

/// A cell. A spreadsheet would run a cell that begins with one of these as a formula; a quote in front makes it text.
fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = if risky { format!("'{text}") } else { text.to_owned() };
    if safe.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

fn row(look: &Look, card: &Card) -> Vec<String> {
    let time = |at: Option<Millis>| at.map(|at| instant(at).to_string()).unwrap_or_default();
    let written = |kind: &str| card.reply_kinds.get(kind).copied().unwrap_or_default().to_string();
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    vec![
        card.id.to_string(),
        card.channel.clone(),
        card.customer.to_string(),
        card.queue.clone(),
        card.language.clone(),
        card.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        time(Some(card.opened_at)),
        time(card.accepted_at),
        time(card.ended_at),
        time(card.done_at),
        card.handle_ms.map(|ms| (ms / 1000).to_string()).unwrap_or_default(),
        card.end_reason.map(words::end_reason).unwrap_or_default().to_owned(),
        card.code.clone().unwrap_or_default(),
        yes(figures::is_referral(card, &look.pack)),
        card.referral_reason.clone().unwrap_or_default(),
        card.inbound.to_string(),
        card.staff_texts.to_string(),
        written("canned"),
        written("canned_edited"),
        written("free_text"),
        card.check_ins.to_string(),
        card.check_ins_missed.to_string(),
        card.refused.to_string(),
        card.greeted_first.map(yes).unwrap_or_default(),
    ]
}

/// `GET /floor/done.csv`.
pub(crate) async fn csv(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Error> {
    let look = Look::take(&app.engine).await?;
    let filter = Filter::read(&query, words::date(look.now, &look.zone));
    let (cards, _) = done::found(&app, &filter, &look.pack, &look.zone).await?;
    let detail = serde_json::json!({ "query": filter.query(), "rows": cards.len() });
    app.engine.note(&me.account.id.to_string(), "export_done", "done contacts", detail).await?;
    let mut text = COLUMNS.join(",");
    text.push_str("\r\n");
    for card in &cards {
        let cells: Vec<String> = row(&look, card).iter().map(|value| cell(value)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    let name = format!("attachment; filename=\"done-contacts-{}-{}.csv\"", filter.from, filter.to);
    let about = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((about, text).into_response())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::super::figures::tests::{done, pack};
    use super::*;

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_defused() {
        assert_eq!(cell("+15735550142"), "'+15735550142");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@x"), "'@x");
        assert_eq!(cell("-2"), "'-2");
        assert_eq!(cell("no e-mail, \"none\""), "\"no e-mail, \"\"none\"\"\"");
        assert_eq!(cell("plain"), "plain");
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let look = Look {
            now: 0,
            zone: TimeZone::UTC,
            pack: Arc::new(pack()),
            cards: Vec::new(),
            members: Vec::new(),
        };
        let cells = row(&look, &done(1, 0, "referred-csc"));
        assert_eq!(cells.len(), COLUMNS.len());
        let place = COLUMNS.iter().position(|name| *name == "referral").unwrap();
        assert_eq!(cells[place], "yes");
    }
}
