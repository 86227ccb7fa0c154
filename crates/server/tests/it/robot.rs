//! A staff member's browser, and a technician who works by it: accepts what is offered, greets, answers, finishes.

use std::collections::BTreeSet;
use std::io;

use serde_json::Value;

use crate::http::{Answer, call, form};
use crate::place::PASSWORD;

/// The shipped procedure's version, which is acknowledged before going on queue (SMS-GEN-2).
const SOP: &str = "2025-04-22";

/// A signed-in browser. Its session outlives the server's process.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) cookie: String,
    csrf: String,
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

impl Browser {
    pub(crate) fn sign_in(port: u16, name: &str) -> Self {
        let body = form(&[("name", name), ("password", PASSWORD)]);
        let answer = call(port, "POST", "/sign-in", &[FORM], &body).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.body);
        Self::with_cookie_of(port, &answer)
    }

    /// From an answer that sets the session's cookie.
    pub(crate) fn with_cookie_of(port: u16, answer: &Answer) -> Self {
        let cookie =
            answer.header("set-cookie").and_then(|whole| whole.split(';').next()).unwrap().to_owned();
        let session = call(port, "GET", "/api/v1/session", &[("Cookie", &cookie)], b"").unwrap();
        let session: Value = serde_json::from_str(&session.body).unwrap();
        Self { cookie, csrf: session["csrf"].as_str().unwrap().to_owned() }
    }

    pub(crate) fn get(&self, port: u16, path: &str) -> io::Result<Answer> {
        call(port, "GET", path, &[("Cookie", &self.cookie)], b"")
    }

    pub(crate) fn post(&self, port: u16, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        call(
            port,
            "POST",
            path,
            &[("Cookie", &self.cookie), ("X-CSRF-Token", &self.csrf), FORM],
            &form(fields),
        )
    }

    fn post_json(&self, port: u16, path: &str, body: &Value) -> io::Result<Answer> {
        let headers = [
            ("Cookie", self.cookie.as_str()),
            ("X-CSRF-Token", &self.csrf),
            ("Content-Type", "application/json"),
        ];
        call(port, "POST", path, &headers, body.to_string().as_bytes())
    }

    /// Reads the procedure and goes on queue.
    pub(crate) fn go_on_queue(&self, port: u16) -> io::Result<()> {
        self.post(port, "/desk/acknowledge", &[("version", SOP), ("read", "yes")])?;
        self.post(port, "/desk/presence", &[("to", "on_queue")])?;
        Ok(())
    }
}

/// A technician who does what the desk shows.
#[derive(Debug)]
pub(crate) struct Technician {
    pub(crate) browser: Browser,
    open: BTreeSet<String>,
    greeted: BTreeSet<String>,
}

impl Technician {
    pub(crate) fn new(browser: Browser) -> Self {
        Self { browser, open: BTreeSet::new(), greeted: BTreeSet::new() }
    }

    /// One look at the desk and whatever it asks for.
    pub(crate) fn work(&mut self, port: u16) -> io::Result<()> {
        let desk = self.browser.get(port, "/desk")?;
        for (interaction, offer) in offers(&desk.body) {
            self.browser.post(port, &format!("/desk/{interaction}/accept"), &[("offer", &offer)])?;
            self.open.insert(interaction);
        }
        self.open.extend(held(&desk.body));
        for id in self.open.clone() {
            self.tend(port, &id)?;
        }
        Ok(())
    }

    fn tend(&mut self, port: u16, id: &str) -> io::Result<()> {
        let answer = self.browser.get(port, &format!("/api/v1/interactions/{id}"))?;
        let Ok(card) = serde_json::from_str::<Value>(&answer.body) else { return Ok(()) };
        match card["phase"].as_str() {
            Some("done") => {
                self.open.remove(id);
            }
            Some("wrap_up") => {
                let code = serde_json::json!({ "code": "snap-timing" });
                self.browser.post_json(port, &format!("/api/v1/interactions/{id}/finish"), &code)?;
            }
            Some("active") if card["turn"]["turn"] == "staff" => {
                let answer = if self.greeted.contains(id) {
                    let message = uuid::Uuid::now_v7().simple().to_string();
                    let words = "Is your question about SNAP, or about MO HealthNet?";
                    let fields = [("message", message.as_str()), ("text", words), ("confirmed", "true")];
                    self.browser.post(port, &format!("/desk/{id}/reply"), &fields)?
                } else {
                    self.browser.post(port, &format!("/desk/{id}/script"), &[("script", "greeting")])?
                };
                if answer.status == 200 {
                    self.greeted.insert(id.to_owned());
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Interaction and offer of everything that rings.
fn offers(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in page.split("hx-post=\"/desk/").skip(1) {
        let Some((interaction, rest)) = part.split_once("/accept\"") else { continue };
        let offer = rest.split_once("name=\"offer\" value=\"").and_then(|(_, rest)| rest.split('"').next());
        if let Some(offer) = offer.filter(|_| !interaction.contains('"')) {
            found.push((interaction.to_owned(), offer.to_owned()));
        }
    }
    found
}

/// Interactions of the list.
fn held(page: &str) -> Vec<String> {
    page.split("data-open=\"").skip(1).filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
}
