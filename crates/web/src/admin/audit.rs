//! The audit log: who looked at or changed what, filtered and page by page, and whether its chain is intact.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use store::{StoreError, StoredAudit};

use super::frame::{Frame, Said, page as whole};
use crate::error::Error;
use crate::session::SignedIn;
use crate::{App, shown};

/// Lines on one page.
const PAGE: usize = 50;
/// Lines read at once, and at most for one page, while a filter is looked for.
const WINDOW: i64 = 1_000;
const SCANNED_MAX: i64 = 20_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Filter {
    who: String,
    action: String,
    subject: String,
}

impl Filter {
    fn read(query: &BTreeMap<String, String>) -> Self {
        let get = |name: &str| query.get(name).map(|text| text.trim().to_lowercase()).unwrap_or_default();
        Self { who: get("who"), action: get("action"), subject: get("subject") }
    }

    fn fits(&self, line: &StoredAudit) -> bool {
        let has = |text: &str, wanted: &str| wanted.is_empty() || text.to_lowercase().contains(wanted);
        has(&line.actor, &self.who) && has(&line.action, &self.action) && has(&line.subject, &self.subject)
    }

    fn query(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        let all = [("who", &self.who), ("action", &self.action), ("subject", &self.subject)];
        for (name, value) in all.into_iter().filter(|(_, value)| !value.is_empty()) {
            out.append_pair(name, value);
        }
        out.finish()
    }
}

struct Line {
    seq: i64,
    at: String,
    who: String,
    action: String,
    subject: String,
    reason: String,
    detail: String,
    hash: String,
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct Body {
    frame: Frame,
    filter: Filter,
    query: String,
    lines: Vec<Line>,
    /// Where the next page begins.
    before: Option<i64>,
    /// How many lines are intact, or what is wrong.
    verified: Option<Result<u64, String>>,
}

/// The newest lines before `before` that fit, at most a page, and where the next page begins.
async fn found(
    app: &App,
    filter: &Filter,
    before: Option<i64>,
) -> Result<(Vec<StoredAudit>, Option<i64>), Error> {
    let store = app.engine.store();
    let newest = store.audit_latest(1).await?.first().map_or(0, |line| line.seq);
    let mut end = before.unwrap_or(newest + 1).clamp(1, newest + 1);
    let stop = (end - SCANNED_MAX).max(1);
    let mut out = Vec::new();
    while end > stop {
        let start = (end - WINDOW).max(stop);
        let count = usize::try_from(end - start).unwrap_or_default();
        for line in store.audit(start - 1, count).await?.into_iter().rev() {
            end = line.seq;
            if filter.fits(&line) {
                out.push(line);
                if out.len() == PAGE {
                    return Ok((out, (end > 1).then_some(end)));
                }
            }
        }
        end = start;
    }
    Ok((out, (end > 1).then_some(end)))
}

fn line(app: &App, line: StoredAudit) -> Line {
    let detail: serde_json::Value = serde_json::from_str(&line.detail).unwrap_or_default();
    let reason = detail.get("reason").and_then(|reason| reason.as_str()).unwrap_or_default().to_owned();
    Line {
        seq: line.seq,
        at: shown::date_time(line.at, &app.engine.zone()),
        who: line.actor,
        action: line.action.replace('_', " "),
        subject: line.subject,
        reason,
        detail: readable(&detail),
        hash: line.hash.chars().take(12).collect(),
    }
}

/// Before and after field by field, or the facts as they are.
fn readable(detail: &serde_json::Value) -> String {
    let null = serde_json::Value::Null;
    match (detail.get("before"), detail.get("after")) {
        (None, None) => {
            let facts = super::diff::flat(detail);
            facts
                .iter()
                .filter(|(name, _)| *name != "reason")
                .map(|(name, value)| format!("{name}: {value}\n"))
                .collect()
        }
        (before, after) => super::diff::differences(before.unwrap_or(&null), after.unwrap_or(&null))
            .iter()
            .filter(|one| !one.field.is_empty())
            .map(|one| format!("{}: {} → {}\n", one.field, or_nothing(&one.before), or_nothing(&one.after)))
            .collect(),
    }
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "(nothing)" } else { text }
}

async fn show(
    app: &App,
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    verified: Option<Result<u64, String>>,
) -> Result<Response, Error> {
    let filter = Filter::read(query);
    let before = query.get("before").and_then(|text| text.parse().ok());
    let (lines, before) = found(app, &filter, before).await?;
    let body = Body {
        frame: Frame::new(me, "/admin/audit", query),
        query: filter.query(),
        filter,
        lines: lines.into_iter().map(|one| line(app, one)).collect(),
        before,
        verified,
    };
    whole("Audit log", me).show(app, &body)
}

/// `GET /admin/audit`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    show(&app, &me, &query, None).await
}

/// `POST /admin/audit/verify`: walks the whole chain.
pub(crate) async fn verify(State(app): State<App>, me: SignedIn) -> Result<Response, Error> {
    let verified = match app.engine.store().verify_audit().await {
        Ok(lines) => Ok(lines),
        Err(StoreError::Corrupt { key, detail, .. }) => Err(format!("line {key}: {detail}")),
        Err(other) => return Err(other.into()),
    };
    show(&app, &me, &BTreeMap::new(), Some(verified)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_filtered_by_who_action_and_subject() {
        let line = StoredAudit {
            seq: 1,
            at: 0,
            actor: "sofia".to_owned(),
            action: "read_transcript".to_owned(),
            subject: "abc".to_owned(),
            detail: "{}".to_owned(),
            hash: String::new(),
        };
        let filter = |who: &str, action: &str| Filter {
            who: who.to_owned(),
            action: action.to_owned(),
            subject: String::new(),
        };
        assert!(filter("", "").fits(&line) && filter("sof", "transcript").fits(&line));
        assert!(!filter("theo", "").fits(&line));
    }

    #[test]
    fn a_change_reads_as_before_and_after() {
        let detail = serde_json::json!({ "before": { "title": "A" }, "after": { "title": "B", "draft": true }, "reason": "x" });
        assert_eq!(readable(&detail), "draft: (nothing) → true\ntitle: A → B\n");
        assert_eq!(readable(&serde_json::json!({ "phase": "Open" })), "phase: Open\n");
    }
}
