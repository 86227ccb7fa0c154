//! The stream itself: renders on nudges, at most eight times a second, leaves out what did not change, beats every 15
//! seconds so that both ends notice a lost line, and ends when the browser, the session or the server does.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use async_trait::async_trait;
use axum::http::header;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use engine::{LineGuard, Nudge};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{mpsc, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_stream::wrappers::ReceiverStream;

use super::Fragment;
use crate::App;
use crate::error::Error;

const BEAT: Duration = Duration::from_secs(15);
const PACE: Duration = Duration::from_millis(125);
/// Every so many beats everything is rendered again: nudges may be lost, the log is not.
const AFRESH_EVERY: u32 = 2;

/// What a stream shows.
#[async_trait]
pub(crate) trait Source: Send + Sync + 'static {
    /// The fragments that the nudge touched, or all of them.
    async fn fragments(&self, app: &App, nudge: Option<&Nudge>) -> Result<Vec<Fragment>, Error>;

    /// Whether the one who watches still may.
    async fn may_go_on(&self, app: &App) -> bool;
}

/// Opens a stream. `line` is held as long as it is open.
pub(crate) fn open(app: App, source: impl Source, line: Option<LineGuard>) -> Response {
    let (to, from) = mpsc::channel(4);
    tokio::spawn(async move {
        let ended = Stream::new(app, source, to).run().await;
        tracing::debug!(?ended, "a live stream ended");
        drop(line);
    });
    let no_buffering =
        [(header::HeaderName::from_static("x-accel-buffering"), "no"), (header::CACHE_CONTROL, "no-store")];
    (no_buffering, Sse::new(ReceiverStream::new(from))).into_response()
}

/// Why a stream ended.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// The browser went away.
    Closed,
    /// The session ended.
    SignedOut,
    /// The server stops.
    Stopping,
}

/// What is to be rendered next.
#[derive(Debug)]
enum Due {
    Nothing,
    Touched(Nudge),
    Everything,
}

impl Due {
    /// Joins bursts: one rendering serves them all.
    fn add(&mut self, nudge: Nudge) {
        *self = match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => Self::Touched(nudge),
            Self::Everything => Self::Everything,
            Self::Touched(mut before) => {
                before.position = before.position.max(nudge.position);
                join(&mut before.streams, nudge.streams);
                join(&mut before.interactions, nudge.interactions);
                join(&mut before.staff, nudge.staff);
                Self::Touched(before)
            }
        };
    }
}

fn join<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

struct Stream<S> {
    app: App,
    source: S,
    to: mpsc::Sender<Result<Event, Infallible>>,
    due: Due,
    sent: HashMap<String, u64>,
    pace: Interval,
    beats: u32,
}

impl<S: Source> Stream<S> {
    fn new(app: App, source: S, to: mpsc::Sender<Result<Event, Infallible>>) -> Self {
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { app, source, to, due: Due::Everything, sent: HashMap::new(), pace, beats: 0 }
    }

    async fn run(mut self) -> Ended {
        // Subscribed before the first rendering, so that nothing falls between the two.
        let mut nudges = self.app.engine.nudges();
        let mut stopping = self.app.stopping();
        let mut beat = interval(BEAT);
        beat.tick().await;
        loop {
            if !matches!(self.due, Due::Nothing) {
                self.pace.tick().await;
                loop {
                    match nudges.try_recv() {
                        Ok(nudge) => self.due.add(nudge),
                        Err(TryRecvError::Lagged(_)) => self.due = Due::Everything,
                        Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                    }
                }
                if !self.render().await {
                    return Ended::Closed;
                }
            }
            let to = self.to.clone();
            tokio::select! {
                () = to.closed() => return Ended::Closed,
                () = stop(&mut stopping) => return Ended::Stopping,
                _ = beat.tick() => {
                    if let Some(ended) = self.beat().await {
                        return ended;
                    }
                }
                nudge = nudges.recv() => match nudge {
                    Ok(nudge) => self.due.add(nudge),
                    Err(RecvError::Lagged(_)) => self.due = Due::Everything,
                    Err(RecvError::Closed) => return Ended::Stopping,
                },
            }
        }
    }

    async fn beat(&mut self) -> Option<Ended> {
        if !self.source.may_go_on(&self.app).await {
            let goodbye = Event::default().event("signed-out").data("1");
            let _gone = self.to.send(Ok(goodbye)).await;
            return Some(Ended::SignedOut);
        }
        self.beats = self.beats.wrapping_add(1);
        if self.beats.is_multiple_of(AFRESH_EVERY) {
            self.due = Due::Everything;
        }
        // An event and not a comment, because a browser's script never sees comments and could not tell a dead line.
        let alive = Event::default().event("beat").data("1");
        self.to.send(Ok(alive)).await.is_err().then_some(Ended::Closed)
    }

    /// Renders what is due and sends what changed; false when nobody listens any more.
    async fn render(&mut self) -> bool {
        let due = std::mem::replace(&mut self.due, Due::Nothing);
        let first = self.sent.is_empty();
        let answer = match &due {
            Due::Nothing => return true,
            Due::Touched(nudge) => self
                .source
                .fragments(&self.app, Some(nudge))
                .await
                .map(|fragments| (nudge.position, fragments)),
            Due::Everything => self.everything().await,
        };
        match answer {
            Ok((position, fragments)) => {
                let changed: Vec<Fragment> =
                    fragments.into_iter().filter(|fragment| self.is_new(fragment)).collect();
                if changed.is_empty() && !first {
                    return true;
                }
                let now = self.app.engine.now();
                let data = serde_json::json!({ "now": now, "fragments": changed }).to_string();
                let event = Event::default().event("fragments").id(position.to_string()).data(data);
                self.to.send(Ok(event)).await.is_ok()
            }
            Err(error) => {
                tracing::warn!(%error, "a live screen cannot be rendered; it is tried again at the next beat");
                let trouble = Event::default().event("trouble").data("1");
                self.beats = AFRESH_EVERY.wrapping_sub(1);
                self.to.send(Ok(trouble)).await.is_ok()
            }
        }
    }

    async fn everything(&self) -> Result<(i64, Vec<Fragment>), Error> {
        let position = self.app.engine.store().head().await?;
        Ok((position, self.source.fragments(&self.app, None).await?))
    }

    fn is_new(&mut self, fragment: &Fragment) -> bool {
        let mut hasher = DefaultHasher::new();
        fragment.html.hash(&mut hasher);
        let hash = hasher.finish();
        self.sent.insert(fragment.id.clone(), hash) != Some(hash)
    }
}

/// Waits until the server stops; its answer must not keep the channel's lock.
async fn stop(stopping: &mut watch::Receiver<bool>) {
    let _told = stopping.wait_for(|stop| *stop).await.map(|_| ());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nudge(position: i64, stream: &str) -> Nudge {
        Nudge { position, streams: vec![stream.to_owned()], interactions: Vec::new(), staff: Vec::new() }
    }

    #[test]
    fn a_burst_becomes_one_rendering_that_misses_nothing() {
        let mut due = Due::Nothing;
        due.add(nudge(7, "staff-ana"));
        due.add(nudge(9, "settings"));
        due.add(nudge(8, "staff-ana"));
        let Due::Touched(all) = due else { panic!("touched") };
        assert_eq!((all.position, all.streams), (9, vec!["staff-ana".to_owned(), "settings".to_owned()]));
    }

    #[test]
    fn after_a_gap_everything_is_due_whatever_else_comes() {
        let mut due = Due::Everything;
        due.add(nudge(7, "staff-ana"));
        assert!(matches!(due, Due::Everything));
    }
}
