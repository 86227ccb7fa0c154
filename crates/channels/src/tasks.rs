//! Tasks for a list of another system, in the shape of SharePoint's REST interface for list items: look for the key, else
//! add an item.
//!
//! **Owns** the bytes of the calls and what the answers mean. **Does not own** sockets, retries or what a task says. The
//! list has, besides `Title`, the columns that [`columns`] names; the key's column should be unique there, so that two
//! calls at once cannot make two items.
//!
//! The interface has no idempotency key of its own, so a task is looked for before it is added: what was taken by a call
//! whose answer was lost is found again.

use serde::{Deserialize, Serialize};

use crate::HttpRequest;

/// Bytes of an answer that are looked at.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The form that is asked for: plain JSON.
const JSON: &str = "application/json;odata=nometadata";

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Key: the same task handed over twice is one.
    pub key: String,
    /// Title.
    pub title: String,
    /// Office.
    pub office: String,
    /// Agreed day and time in words.
    pub agreed_time: String,
    /// The customer's number; may be empty.
    pub phone: String,
    /// Reason for the visit.
    pub reason: String,
}

/// What became of a visit whose task the list has. The customer's number and the reason stay as they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Title.
    pub title: String,
    /// Office.
    pub office: String,
    /// Agreed day and time in words.
    pub agreed_time: String,
    /// It will not take place.
    pub cancelled: bool,
}

/// The columns of an item that a change writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Changed {
    /// Title.
    pub title: String,
    /// Office.
    pub office: String,
    /// Agreed day and time in words.
    pub agreed_time: String,
}

/// The item as it travels. Its names are those of the list's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Item {
    /// Title.
    pub title: String,
    /// Office.
    pub office: String,
    /// Agreed day and time in words.
    pub agreed_time: String,
    /// The customer's number.
    pub phone_number: String,
    /// Reason for the visit.
    pub reason: String,
    /// Key.
    pub hearthline_key: String,
}

/// Columns of the list.
#[must_use]
pub const fn columns() -> [&'static str; 6] {
    ["Title", "Office", "AgreedTime", "PhoneNumber", "Reason", "HearthlineKey"]
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It went well.
    Done(T),
    /// Try again later; why, without what was sent.
    Later(String),
    /// It will never be taken as it is.
    Never(String),
}

/// The list.
#[derive(Clone)]
pub struct TaskList {
    url: String,
    token: String,
}

impl std::fmt::Debug for TaskList {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskList").field("url", &self.url).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Numbered {
    // SharePoint sends `ID` beside it, which is the same number.
    #[serde(rename = "Id")]
    id: u64,
}

#[derive(Deserialize)]
struct Listed {
    value: Vec<Numbered>,
}

impl TaskList {
    /// The list at this address (`https://…/_api/web/lists/getbytitle('…')`), with a bearer token.
    ///
    /// # Errors
    /// A sentence when the address is none: plain HTTP is for a system on this machine only.
    pub fn new(url: &str, token: &str) -> Result<Self, String> {
        let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
        if !url.starts_with("https://") && !local.iter().any(|begin| url.starts_with(begin)) {
            return Err("the list's address must begin with https:// (or http:// on this machine)".to_owned());
        }
        if url.ends_with('/') || url.contains(['?', '#', ' ']) {
            return Err(
                "the list's address must be the list itself, without a slash or a question at its end"
                    .to_owned(),
            );
        }
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the list's token is empty or holds characters that no header may hold".to_owned());
        }
        Ok(Self { url: url.to_owned(), token: token.to_owned() })
    }

    /// Asks whether the list has an item with this key.
    #[must_use]
    pub fn find(&self, key: &str) -> HttpRequest {
        // A quotation mark within a text is written twice (OData 4.01, 5.1.1.6.1).
        let filter = format!("HearthlineKey eq '{}'", key.replace('\'', "''"));
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("$select", "Id")
            .append_pair("$top", "1")
            .append_pair("$filter", &filter)
            .finish();
        HttpRequest {
            method: "GET",
            url: format!("{}/items?{query}", self.url),
            headers: self.headers(false),
            body: Vec::new(),
        }
    }

    /// Adds an item.
    #[must_use]
    pub fn add(&self, task: &Task) -> HttpRequest {
        let item = Item {
            title: task.title.clone(),
            office: task.office.clone(),
            agreed_time: task.agreed_time.clone(),
            phone_number: task.phone.clone(),
            reason: task.reason.clone(),
            hearthline_key: task.key.clone(),
        };
        HttpRequest {
            method: "POST",
            url: format!("{}/items", self.url),
            headers: self.headers(true),
            body: serde_json::to_vec(&item).unwrap_or_default(),
        }
    }

    /// Writes a change into the item with this number. The interface takes it as a merge: other columns stay. A cancelled
    /// visit is said in the title and beside the time, because lists have no column for it.
    #[must_use]
    pub fn change(&self, number: &str, change: &Change) -> HttpRequest {
        let cancelled = |text: &str, words: &str| match change.cancelled {
            true => format!("{words}{text}"),
            false => text.to_owned(),
        };
        let changed = Changed {
            title: cancelled(&change.title, "Cancelled: "),
            office: change.office.clone(),
            agreed_time: cancelled(&change.agreed_time, "Cancelled, was "),
        };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let mut headers = self.headers(true);
        headers.push(("X-HTTP-Method".to_owned(), "MERGE".to_owned()));
        headers.push(("If-Match".to_owned(), "*".to_owned()));
        HttpRequest {
            method: "POST",
            url: format!("{}/items({digits})", self.url),
            headers,
            body: serde_json::to_vec(&changed).unwrap_or_default(),
        }
    }

    fn headers(&self, with_body: bool) -> Vec<(String, String)> {
        let mut headers = vec![
            ("Authorization".to_owned(), format!("Bearer {}", self.token)),
            ("Accept".to_owned(), JSON.to_owned()),
        ];
        if with_body {
            headers.push(("Content-Type".to_owned(), JSON.to_owned()));
        }
        headers
    }
}

/// Reads the answer to [`TaskList::find`]: the item's number, if there is one.
#[must_use]
pub fn read_found(status: u16, body: &[u8]) -> Outcome<Option<String>> {
    if status != 200 {
        return refused(status);
    }
    match read::<Listed>(body) {
        Some(listed) => Outcome::Done(listed.value.first().map(|item| item.id.to_string())),
        None => Outcome::Later("The task system's answer cannot be read.".to_owned()),
    }
}

/// Reads the answer to [`TaskList::add`]: the item's number.
#[must_use]
pub fn read_added(status: u16, body: &[u8]) -> Outcome<String> {
    if status != 200 && status != 201 {
        return refused(status);
    }
    match read::<Numbered>(body) {
        Some(item) => Outcome::Done(item.id.to_string()),
        // It was taken all the same; the next attempt finds it by its key.
        None => Outcome::Later("The task system's answer has no number.".to_owned()),
    }
}

/// Reads the answer to [`TaskList::change`].
#[must_use]
pub fn read_changed(status: u16) -> Outcome<()> {
    match status {
        200 | 204 => Outcome::Done(()),
        _ => refused(status),
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    body.get(..body.len().min(ANSWER_BYTES_MAX)).and_then(|body| serde_json::from_slice(body).ok())
}

fn refused<T>(status: u16) -> Outcome<T> {
    match status {
        // A column or a value that the list does not take: a person has to look at it.
        400 | 413 | 422 => Outcome::Never(format!("The task system refused the task ({status}).")),
        401 | 403 => Outcome::Later(format!("The task system does not know our token ({status}).")),
        404 => Outcome::Later("The task system has no such list (404).".to_owned()),
        // Somebody added the same key at the same moment; the next attempt finds it.
        409 => Outcome::Later("The task system has this key already (409).".to_owned()),
        _ => Outcome::Later(format!("The task system answered {status}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> TaskList {
        TaskList::new("https://tenant.example/_api/web/lists/getbytitle('Visits')", "secret").unwrap()
    }

    #[test]
    fn an_item_holds_the_three_data_of_the_clause_and_nothing_of_a_case() {
        // PHONE-APPT-17
        let task = Task {
            key: "k1".to_owned(),
            title: "Visit".to_owned(),
            office: "Boone".to_owned(),
            agreed_time: "Wednesday at 9:00 am".to_owned(),
            phone: "+15735550101".to_owned(),
            reason: "Lost \"papers\"".to_owned(),
        };
        let request = list().add(&task);
        let item: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let names: Vec<&String> = item.as_object().unwrap().keys().collect();
        assert_eq!(names.len(), columns().len());
        for name in columns() {
            assert!(item[name].is_string(), "{name}");
        }
        assert_eq!(item["AgreedTime"], "Wednesday at 9:00 am");
        assert_eq!(item["PhoneNumber"], "+15735550101");
        assert_eq!(item["Reason"], "Lost \"papers\"");
    }

    #[test]
    fn a_change_is_merged_into_the_item_and_leaves_number_and_reason_alone() {
        // PHONE-APPT-17
        let moved = Change {
            title: "Visit".to_owned(),
            office: "Boone".to_owned(),
            agreed_time: "Friday at 9:00 am".to_owned(),
            cancelled: false,
        };
        let request = list().change("12", &moved);
        assert!(request.url.ends_with("/items(12)"), "{}", request.url);
        let header =
            |name: &str| request.headers.iter().find(|(one, _)| one == name).map(|(_, v)| v.as_str());
        assert_eq!((header("X-HTTP-Method"), header("If-Match")), (Some("MERGE"), Some("*")));
        let item: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(item.as_object().unwrap().len(), 3);
        assert_eq!((&item["Title"], &item["AgreedTime"]), (&"Visit".into(), &"Friday at 9:00 am".into()));
        let request = list().change("12", &Change { cancelled: true, ..moved });
        let item: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(item["Title"], "Cancelled: Visit");
        assert_eq!(item["AgreedTime"], "Cancelled, was Friday at 9:00 am");
        assert_eq!((read_changed(204), read_changed(200)), (Outcome::Done(()), Outcome::Done(())));
        assert!(matches!(read_changed(412), Outcome::Later(_)));
        assert!(matches!(read_changed(400), Outcome::Never(_)));
    }

    #[test]
    fn a_key_cannot_leave_its_quotation_marks() {
        let request = list().find("x' or 1 eq 1 or HearthlineKey eq 'y");
        assert!(request.url.contains("%27x%27%27+or+1"), "{}", request.url);
        assert_eq!(request.method, "GET");
    }

    #[test]
    fn answers_are_understood() {
        assert_eq!(read_found(200, br#"{"value":[{"Id":7}]}"#), Outcome::Done(Some("7".to_owned())));
        assert_eq!(read_found(200, br#"{"value":[]}"#), Outcome::Done(None));
        assert_eq!(read_added(201, br#"{"Id":12}"#), Outcome::Done("12".to_owned()));
        assert_eq!(read_added(201, br#"{"ID":3,"Id":3}"#), Outcome::Done("3".to_owned()));
        for (status, body) in
            [(200, &b"<html>"[..]), (401, b""), (404, b""), (409, b""), (429, b""), (503, b"")]
        {
            assert!(matches!(read_found(status, body), Outcome::Later(_)), "{status}");
        }
        assert!(matches!(read_added(400, b""), Outcome::Never(_)));
        assert!(matches!(read_added(201, b"{}"), Outcome::Later(_)));
    }

    #[test]
    fn an_address_that_would_show_the_token_to_others_is_refused() {
        for url in ["http://tenant.example/list", "ftp://x", "", "https://x/list/", "https://x/list?a=b"] {
            assert!(TaskList::new(url, "t").is_err(), "{url}");
        }
        assert!(TaskList::new("http://127.0.0.1:9/list", "t").is_ok());
        assert!(TaskList::new("https://x/list", "a b").is_err());
        assert!(!format!("{:?}", list()).contains("secret"));
    }
}
