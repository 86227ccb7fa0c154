//! The clause catalogue: every requirement with how strongly it is enforced, how, and where it stands.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::pack::{Clause, Enforce};

use super::frame::{Frame, Said, page as whole};
use crate::App;
use crate::error::Error;
use crate::session::SignedIn;

/// Clauses shown at once.
const MOST: usize = 200;

struct Line {
    id: String,
    says: String,
    script: Option<String>,
    how: String,
    source: String,
    enforce: &'static str,
    class: &'static str,
    questions: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "admin/clauses.html")]
struct Body {
    frame: Frame,
    words: String,
    enforce: String,
    lines: Vec<Line>,
    all: usize,
    most: usize,
}

fn enforced(enforce: Enforce) -> (&'static str, &'static str) {
    match enforce {
        Enforce::Automatic => ("automatic", "badge--ok"),
        Enforce::Blocked => ("blocked", "badge--bad"),
        Enforce::Prompted => ("prompted", "badge--info"),
        Enforce::Documented => ("documented", "badge--quiet"),
    }
}

/// Every word is in the id, the requirement, the way it is held, or the source.
fn fits(clause: &Clause, words: &str) -> bool {
    let all = format!("{} {} {} {}", clause.id, clause.says, clause.how, clause.source).to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

/// `GET /admin/clauses`.
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let get = |name: &str| query.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let words = query.get("q").map_or_else(|| "SMS-".to_owned(), |text| text.trim().to_owned());
    let enforce = get("enforce");
    let pack = app.engine.pack();
    let mut found: Vec<&Clause> =
        pack.clauses.clauses.values().filter(|clause| fits(clause, &words)).collect();
    found.retain(|clause| enforce.is_empty() || enforced(clause.enforce).0 == enforce);
    let line = |clause: &&Clause| {
        let (word, class) = enforced(clause.enforce);
        let lines = if clause.lines.is_empty() { String::new() } else { format!(", {}", clause.lines) };
        Line {
            id: clause.id.clone(),
            says: clause.says.clone(),
            script: clause.script.clone(),
            how: clause.how.clone(),
            source: format!("{}{lines}", clause.source),
            enforce: word,
            class,
            questions: pack
                .clauses
                .ambiguities_of(&clause.id)
                .map(|open| {
                    (open.id.clone(), format!("{} What we do: {}", open.what, open.proposed_resolution))
                })
                .collect(),
        }
    };
    let body = Body {
        frame: Frame::new(&me, "/admin/clauses", &query),
        lines: found.iter().take(MOST).map(line).collect(),
        all: found.len(),
        most: MOST,
        words,
        enforce,
    };
    whole("Clauses", &me).show(&app, &body)
}

#[cfg(test)]
mod tests {
    use super::super::super::floor::figures::tests::pack;
    use super::*;

    #[test]
    fn clauses_are_found_by_every_word() {
        let pack = pack();
        let found = |words: &str| pack.clauses.clauses.values().filter(|clause| fits(clause, words)).count();
        assert!(found("sms-gen-8") == 1 && found("hotline 1-800") >= 1);
        assert_eq!(found("sms-gen-8 nothing-of-this-kind"), 0);
    }
}
