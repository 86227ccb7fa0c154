//! The offices' task system of demonstrations and tests: a real list behind a real port of this machine, which answers as
//! SharePoint's REST interface does and keeps its items in a file of the data folder.
//!
//! It refuses what the real one would: a wrong token, a task without one of its three data, a key that is there already.

use std::fs::{File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as AtPath, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use channels::tasks::{Changed, Item};
use serde_json::json;
use tokio::net::TcpListener;

use super::random_hex;
use crate::config::{Secret, TaskSystem};

const LIST: &str = "/_api/web/lists/getbytitle('Appointments')";
const ITEMS: &str = "task-list.jsonl";
const TOKEN: &str = "task-list.token";
const FILTER: &str = "HearthlineKey eq '";

/// See the module.
pub(crate) struct TaskStandIn {
    token: String,
    file: PathBuf,
    items: Mutex<Vec<Item>>,
}

impl TaskStandIn {
    /// The files that it makes in the data folder.
    pub(crate) const FILES: [&'static str; 2] = [ITEMS, TOKEN];

    /// Opens a free port of this machine and serves until the program ends. Returns the settings that lead there.
    pub(crate) async fn start(folder: &Path) -> anyhow::Result<TaskSystem> {
        let (file, token_file) = (folder.join(ITEMS), folder.join(TOKEN));
        let token = random_hex(16)?;
        own(&token_file, true)
            .and_then(|mut open| open.write_all(token.as_bytes()))
            .with_context(|| format!("{} cannot be written to", token_file.display()))?;
        let known = std::fs::read_to_string(&file).unwrap_or_default();
        let mut items: Vec<Item> = Vec::new();
        // A later line of the same key is a change of the item.
        for item in known.lines().filter_map(|line| serde_json::from_str::<Item>(line).ok()) {
            match items.iter_mut().find(|one| one.hearthline_key == item.hearthline_key) {
                Some(one) => *one = item,
                None => items.push(item),
            }
        }
        let list = Arc::new(Self { token, file, items: Mutex::new(items) });
        let router = Router::new()
            .route(&format!("{LIST}/items"), get(look).post(add))
            .route(&format!("{LIST}/{{item}}"), post(change))
            .with_state(list);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no port for the task list")?;
        let port = listener.local_addr()?.port();
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the stand-in of the task system ended");
            }
        });
        let list_url = format!("http://127.0.0.1:{port}{LIST}");
        Ok(TaskSystem { list_url, token: Secret::File(token_file) })
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        given == Some(format!("Bearer {}", self.token).as_str())
    }

    /// The number of a new item.
    fn keep(&self, item: Item) -> Result<usize, StatusCode> {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if items.iter().any(|known| known.hearthline_key == item.hearthline_key) {
            return Err(StatusCode::CONFLICT);
        }
        self.write(&item)?;
        items.push(item);
        Ok(items.len())
    }

    /// Writes a change into the item with this number, counted from 1.
    fn change(&self, number: usize, changed: Changed) -> Result<(), StatusCode> {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        let place = number.checked_sub(1).ok_or(StatusCode::NOT_FOUND)?;
        let item = items.get_mut(place).ok_or(StatusCode::NOT_FOUND)?;
        let Changed { title, office, agreed_time } = changed;
        let after = Item { title, office, agreed_time, ..item.clone() };
        self.write(&after)?;
        *item = after;
        Ok(())
    }

    fn write(&self, item: &Item) -> Result<(), StatusCode> {
        let line = serde_json::to_string(item).map_err(|_| StatusCode::BAD_REQUEST)?;
        let written = own(&self.file, false).and_then(|mut file| writeln!(file, "{line}"));
        written.map_err(|_| StatusCode::INSUFFICIENT_STORAGE)
    }
}

/// Opens a file for writing that nobody but the program's own user may read: numbers and reasons lie in it. One that an
/// earlier version left open to others is closed to them.
fn own(path: &Path, anew: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    let file = if anew { options.write(true).truncate(true) } else { options.append(true) }.open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

async fn look(
    State(list): State<Arc<TaskStandIn>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if !list.knows(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let query = query.unwrap_or_default();
    let wanted = key_of(&query);
    let items = list.items.lock().unwrap_or_else(PoisonError::into_inner);
    let found = items
        .iter()
        .zip(1_usize..)
        .filter(|(item, _)| wanted.as_ref().is_none_or(|wanted| &item.hearthline_key == wanted));
    let value: Vec<serde_json::Value> = found
        .map(|(item, number)| {
            let mut value = json!(item);
            if let Some(object) = value.as_object_mut() {
                object.insert("Id".to_owned(), json!(number));
            }
            value
        })
        .collect();
    axum::Json(json!({ "value": value })).into_response()
}

/// The key in `$filter`, of the one form that we ask in.
fn key_of(query: &str) -> Option<String> {
    let url = reqwest::Url::parse(&format!("http://localhost/?{query}")).ok()?;
    let filter = url.query_pairs().find(|(name, _)| name == "$filter")?.1.into_owned();
    Some(filter.strip_prefix(FILTER)?.strip_suffix('\'')?.replace("''", "'"))
}

/// A merge into `items(7)`: the one way in which the interface changes an item.
async fn change(
    State(list): State<Arc<TaskStandIn>>,
    AtPath(item): AtPath<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !list.knows(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|given| given == value);
    if !is("x-http-method", "MERGE") || !is("if-match", "*") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let number = item.strip_prefix("items(").and_then(|rest| rest.strip_suffix(')'));
    let Some(number) = number.and_then(|digits| digits.parse::<usize>().ok()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(changed) = serde_json::from_slice::<Changed>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match list.change(number, changed) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(status) => status.into_response(),
    }
}

async fn add(State(list): State<Arc<TaskStandIn>>, headers: HeaderMap, body: Bytes) -> Response {
    if !list.knows(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(item) = serde_json::from_slice::<Item>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let needed = [&item.agreed_time, &item.phone_number, &item.reason, &item.hearthline_key];
    if needed.iter().any(|value| value.trim().is_empty()) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    match list.keep(item) {
        Ok(number) => (StatusCode::CREATED, axum::Json(json!({ "Id": number }))).into_response(),
        Err(status) => status.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use engine::ports::{OfficeTask, TaskChange, TaskFault, Tasks as _};

    use super::*;
    use crate::drivers::{Outside, TaskHandOff};

    fn task(id: &str) -> OfficeTask {
        OfficeTask {
            id: id.to_owned(),
            title: "SharePoint task: In Person Appt Scheduler".to_owned(),
            office: "Boone".to_owned(),
            time: "Wednesday, December 2 at 9:00 am".to_owned(),
            start: 1_796_223_600_000,
            phone: Some("+15735550101".to_owned()),
            reason: "It's \"private\" & more: 50% ñ".to_owned(),
        }
    }

    fn hand_off(system: &TaskSystem) -> TaskHandOff {
        TaskHandOff::new(system, Arc::new(Outside::new(None).unwrap())).unwrap()
    }

    #[tokio::test]
    async fn a_task_over_a_real_port_gets_its_number_and_the_same_key_gets_the_same() {
        // PHONE-APPT-17
        let folder = tempfile::tempdir().unwrap();
        let system = TaskStandIn::start(folder.path()).await.unwrap();
        let out = hand_off(&system);
        assert_eq!(out.submit(task("a'b")).await.unwrap(), "1");
        assert_eq!(out.submit(task("c")).await.unwrap(), "2");
        assert_eq!(out.submit(task("a'b")).await.unwrap(), "1", "handed over twice it is one");
        // Another process finds what was kept.
        let again = TaskStandIn::start(folder.path()).await.unwrap();
        assert_eq!(hand_off(&again).submit(task("c")).await.unwrap(), "2");
        let kept = std::fs::read_to_string(folder.path().join(ITEMS)).unwrap();
        assert_eq!(kept.lines().count(), 2);
        for name in TaskStandIn::FILES {
            let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name} is nobody else's to read");
        }
        assert!(kept.contains("+15735550101") && kept.contains("December 2"));
    }

    #[tokio::test]
    async fn a_moved_or_cancelled_visit_changes_its_item_and_no_other() {
        // PHONE-APPT-17
        let folder = tempfile::tempdir().unwrap();
        let system = TaskStandIn::start(folder.path()).await.unwrap();
        let out = hand_off(&system);
        out.submit(task("a")).await.unwrap();
        out.submit(task("b")).await.unwrap();
        let moved = TaskChange {
            task: "b".to_owned(),
            title: "SharePoint task: In Person Appt Scheduler".to_owned(),
            office: "Cole".to_owned(),
            time: "Friday, December 4 at 10:00 am".to_owned(),
            start: 1_796_400_000_000,
            cancelled: false,
        };
        out.update(moved.clone()).await.unwrap();
        out.update(TaskChange { cancelled: true, ..moved.clone() }).await.unwrap();
        let unknown = TaskChange { task: "c".to_owned(), ..moved };
        assert!(matches!(out.update(unknown).await, Err(TaskFault::Never(_))));
        // Another process finds the items as they are now, each under its number.
        let again = TaskStandIn::start(folder.path()).await.unwrap();
        assert_eq!(hand_off(&again).submit(task("b")).await.unwrap(), "2");
        let kept = std::fs::read_to_string(folder.path().join(ITEMS)).unwrap();
        let last: Item = serde_json::from_str(kept.lines().last().unwrap()).unwrap();
        assert_eq!((last.hearthline_key.as_str(), last.office.as_str()), ("b", "Cole"));
        assert_eq!(last.agreed_time, "Cancelled, was Friday, December 4 at 10:00 am");
        assert_eq!(last.reason, task("b").reason, "number and reason stay");
        let first: Item = serde_json::from_str(kept.lines().next().unwrap()).unwrap();
        assert_eq!(first.agreed_time, "Wednesday, December 2 at 9:00 am");
    }

    #[tokio::test]
    async fn what_is_not_whole_is_refused_and_a_wrong_token_or_a_closed_door_waits() {
        // PHONE-APPT-17
        let folder = tempfile::tempdir().unwrap();
        let system = TaskStandIn::start(folder.path()).await.unwrap();
        let without = OfficeTask { phone: None, ..task("x") };
        assert!(matches!(hand_off(&system).submit(without).await, Err(TaskFault::Never(_))));
        let wrong = folder.path().join("wrong");
        std::fs::write(&wrong, "nothing").unwrap();
        let strange = TaskSystem { token: Secret::File(wrong.clone()), ..system };
        let Err(TaskFault::Later(reason)) = hand_off(&strange).submit(task("x")).await else { panic!() };
        assert!(reason.contains("token"), "{reason}");
        let closed =
            TaskSystem { list_url: "http://127.0.0.1:1/list".to_owned(), token: Secret::File(wrong) };
        let Err(TaskFault::Later(reason)) = hand_off(&closed).submit(task("x")).await else { panic!() };
        assert!(reason.contains("reached"), "{reason}");
    }
}
