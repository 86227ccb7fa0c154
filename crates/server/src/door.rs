//! The door: accepts connections, bounds how many there are, and ends those that say nothing.
//!
//! Owns what a peer may cost before a request of it was read. What a request may cost is `web`'s. Browsers, carriers and
//! proxies in front speak HTTP/1.1 to it; a proxy speaks HTTP/2 to browsers. There is no room for a peer that opens
//! connections and stays silent: it is ended after [`FIRST_WAIT`], and until then it holds one of [`most_open`] places.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How long a new connection may say nothing, in seconds.
const FIRST_WAIT: Duration = Duration::from_secs(10);
/// How long the head of a request may take, and a kept connection may rest between two requests. Longer than the minute
/// for which common proxies keep theirs, so that the proxy ends it and no request meets a closed connection.
const HEADER_WAIT: Duration = Duration::from_secs(75);
/// Connections open at the same time; an idle one costs some 20 kB.
const MOST_OPEN: u64 = 16_384;
/// File handles left to the data file, the index, carriers and mail.
const OTHER_HANDLES: u64 = 96;
/// How long to wait after a connection could not be accepted.
const AGAIN: Duration = Duration::from_millis(100);

/// How many connections may be open at once. The system's limit of file handles is raised to what it allows before.
fn most_open() -> usize {
    let handles = rlimit::increase_nofile_limit(MOST_OPEN + OTHER_HANDLES).unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit of file handles could not be read");
        1_024
    });
    let most = handles.saturating_sub(OTHER_HANDLES).clamp(16, MOST_OPEN);
    if most < MOST_OPEN {
        tracing::info!(most, handles, "fewer connections than usual fit the limit of file handles");
    }
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// Accepts connections until `asked` says that it is enough; gives back those that are still open.
pub(crate) async fn open(
    listener: TcpListener,
    router: axum::Router,
    asked: impl Future<Output = ()>,
) -> GracefulShutdown {
    let door = Door::new(router);
    let mut asked = std::pin::pin!(asked);
    loop {
        tokio::select! {
            () = door.let_in(&listener) => {}
            () = &mut asked => return door.open,
        }
    }
}

struct Door {
    router: axum::Router,
    builder: Builder<TokioExecutor>,
    open: GracefulShutdown,
    places: Arc<Semaphore>,
    /// Goes with the door; then nobody is waited for who has said nothing yet.
    going: watch::Sender<()>,
}

impl Door {
    fn new(router: axum::Router) -> Self {
        let mut builder = Builder::new(TokioExecutor::new()).http1_only();
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_WAIT);
        Self {
            router,
            builder,
            open: GracefulShutdown::new(),
            places: Arc::new(Semaphore::new(most_open())),
            going: watch::channel(()).0,
        }
    }

    /// Waits for a place, then for a peer, and serves it beside.
    async fn let_in(&self, listener: &TcpListener) {
        if self.places.available_permits() == 0 {
            tracing::warn!("every place for a connection is taken; the next peer waits");
        }
        let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let service = self.router.clone().layer(Extension(ConnectInfo(peer)));
                self.serve(stream, TowerToHyperService::new(service), place);
            }
            Err(error) => {
                // Out of file handles, or a peer gone before it was heard: the next one may fare better in a moment.
                tracing::warn!(%error, "a connection could not be accepted");
                engine::run::pause(AGAIN).await;
            }
        }
    }

    fn serve(
        &self,
        stream: TcpStream,
        service: TowerToHyperService<axum::Router>,
        place: OwnedSemaphorePermit,
    ) {
        let (watcher, builder, going) = (self.open.watcher(), self.builder.clone(), self.going.subscribe());
        tokio::spawn(async move {
            if has_spoken(&stream, going).await {
                let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
                if let Err(error) = watcher.watch(connection).await {
                    tracing::debug!(%error, "a connection ended early");
                }
            }
            drop(place);
        });
    }
}

/// Waits for a peer's first byte.
async fn has_spoken(stream: &TcpStream, mut going: watch::Receiver<()>) -> bool {
    let mut first = [0_u8; 1];
    tokio::select! {
        heard = tokio::time::timeout(FIRST_WAIT, stream.peek(&mut first)) => matches!(heard, Ok(Ok(1..))),
        _ = going.changed() => false,
    }
}
