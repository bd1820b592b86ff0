//! The accept loop.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::{Request, Response};
use hyper::body::Body as HttpBody;
use hyper::service::Service;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::answer::HandlerService;
use super::bind::BindError;
use super::connection::drive;
use super::handler::Handler;
use super::limits::Limits;
use super::places::{NoPlace, Place, Places};
use super::read_body::StagedBody;
use super::request::Origin;
use super::request_id::RequestIds;
use super::router::RouterService;
use super::tally::Tally;

/// How long the loop waits when the system has nothing left to accept with.
const ACCEPT_PAUSE_MS: u64 = 100;

/// What a listener is given to live with; several listeners may share all of it.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The limits of each connection.
    pub limits: Limits,
    /// Cancelled when the gateway shall stop: no connection is accepted after it, open exchanges end.
    pub cancel: CancellationToken,
    /// Handlers run in here. Wait for it after [`Listener::serve`] came back: what a late or abandoned
    /// request started may still be at work.
    pub tracker: TaskTracker,
    /// Names the requests.
    pub request_ids: RequestIds,
}

/// A bound address, plain or with TLS, that has not yet accepted anything.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    local_addr: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
    tally: Arc<Tally>,
}

impl Listener {
    /// Binds `addr`; port 0 takes any free port. Connections queue up from now on.
    ///
    /// # Errors
    /// [`BindError`], which says what to do.
    pub async fn bind(addr: SocketAddr) -> Result<Listener, BindError> {
        let bound = async {
            let socket = TcpListener::bind(addr).await?;
            let local_addr = socket.local_addr()?;
            Ok(Listener { socket, local_addr, tls: None, tally: Arc::default() })
        };
        bound.await.map_err(|error| BindError::new(addr, error))
    }

    /// Speaks TLS on every connection, with the certificate in `config`.
    pub fn with_tls(mut self, config: Arc<ServerConfig>) -> Listener {
        self.tls = Some(config);
        self
    }

    /// The address with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The counts of this listener, which outlive it.
    pub fn tally(&self) -> Arc<Tally> {
        Arc::clone(&self.tally)
    }

    /// Serves until `around.cancel` is cancelled and the open exchanges have ended, at most
    /// [`Limits::drain_timeout_ms`] later. Then the remaining connections are cut; handlers are not.
    pub async fn serve(self, handler: Arc<dyn Handler>, around: Surroundings) {
        let around = Arc::new(around);
        let (shared, tally) = (Arc::clone(&around), self.tally());
        let service = move |origin| HandlerService {
            handler: Arc::clone(&handler),
            around: Arc::clone(&shared),
            tally: Arc::clone(&tally),
            origin,
        };
        self.run(around, service).await;
    }

    /// The same for a router. The limits on headers, connections, idle time and the whole exchange hold;
    /// the size of a body is the router's to limit.
    pub async fn serve_router(self, router: Router, around: Surroundings) {
        let around = Arc::new(around);
        let (shared, tally) = (Arc::clone(&around), self.tally());
        let service = move |origin| RouterService {
            router: router.clone(),
            around: Arc::clone(&shared),
            tally: Arc::clone(&tally),
            origin,
        };
        self.run(around, service).await;
    }

    async fn run<S, B>(self, around: Arc<Surroundings>, service_for: impl Fn(Origin) -> S)
    where
        S: Service<Request<StagedBody>, Response = Response<B>> + Send + 'static,
        S::Future: Send + Unpin,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        B: HttpBody + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let Listener { socket, tls, tally, .. } = self;
        let places = Places::new(around.limits.clone());
        let graceful = GracefulShutdown::new();
        let connections = TaskTracker::new();
        let kill = CancellationToken::new();
        // Also when this future itself is dropped, its connections go with it.
        let _kill_on_drop = kill.clone().drop_guard();
        while let Some((stream, peer)) = next_connection(&socket, &around.cancel, &tally).await {
            let place = match places.take(peer.ip()) {
                Ok(place) => place,
                Err(why) => {
                    note_refused(&tally, why);
                    continue;
                }
            };
            tally.note_accepted();
            let open = Open {
                place,
                tls: tls.clone().map(TlsAcceptor::from),
                around: Arc::clone(&around),
                tally: Arc::clone(&tally),
                watcher: graceful.watcher(),
                kill: kill.clone(),
            };
            let service = service_for(Origin { peer, over_tls: tls.is_some() });
            connections.spawn(open.serve(stream, service));
        }
        drop(socket);
        let limit = Duration::from_millis(around.limits.drain_timeout_ms);
        if timeout(limit, graceful.shutdown()).await.is_err() {
            tracing::warn!(open = connections.len(), "connections are cut: they did not end in time");
        }
        kill.cancel();
        connections.close();
        connections.wait().await;
    }
}

/// The next connection, or `None` when it is time to stop.
async fn next_connection(
    socket: &TcpListener,
    cancel: &CancellationToken,
    tally: &Tally,
) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let outcome = tokio::select! {
            biased;
            () = cancel.cancelled() => return None,
            outcome = socket.accept() => outcome,
        };
        match outcome {
            Ok(accepted) => return Some(accepted),
            Err(error) if is_of_one_peer(&error) => tally.note_accept_error(),
            Err(error) => {
                tally.note_accept_error();
                // Such as too many open files: trying again at once would only burn the processor.
                tracing::warn!(%error, pause_ms = ACCEPT_PAUSE_MS, "cannot accept connections");
                let pause = tokio::time::sleep(Duration::from_millis(ACCEPT_PAUSE_MS));
                tokio::select! { () = cancel.cancelled() => return None, () = pause => {} }
            }
        }
    }
}

/// Whether an error of `accept` only says that the waiting peer has gone.
fn is_of_one_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Tells the log about connections over the cap, but not of each one: there may be thousands a second.
fn note_refused(tally: &Tally, why: NoPlace) {
    let refused = match why {
        NoPlace::Full => tally.note_refused_over_cap(),
        NoPlace::OfThisAddress => tally.note_refused_of_address(),
    };
    if refused.is_power_of_two() {
        tracing::warn!(refused, limit = why.limit(), "a connection over the limit was closed at once");
    }
}

/// Answers leave as soon as they are written, rather than wait for the acknowledgement of the last.
fn send_at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        // The peer has gone already; reading will find the same.
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
}

/// An accepted connection with all it needs.
struct Open {
    place: Place,
    tls: Option<TlsAcceptor>,
    around: Arc<Surroundings>,
    tally: Arc<Tally>,
    watcher: Watcher,
    kill: CancellationToken,
}

impl Open {
    async fn serve<S, B>(self, stream: TcpStream, service: S)
    where
        S: Service<Request<StagedBody>, Response = Response<B>> + 'static,
        S::Future: Unpin,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        B: HttpBody + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        send_at_once(&stream);
        let limits = &self.around.limits;
        match &self.tls {
            None => drive(stream, service, limits, self.watcher, &self.kill, &self.tally).await,
            Some(acceptor) => {
                let Some(stream) = self.shake_hands(acceptor, stream).await else { return };
                drive(stream, service, limits, self.watcher, &self.kill, &self.tally).await;
            }
        }
        drop(self.place);
    }

    /// The TLS handshake within its limit; a stop order ends it.
    async fn shake_hands(&self, acceptor: &TlsAcceptor, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let limit = Duration::from_millis(self.around.limits.handshake_timeout_ms);
        let outcome = tokio::select! {
            outcome = timeout(limit, acceptor.accept(stream)) => outcome,
            () = self.around.cancel.cancelled() => return None,
        };
        match outcome {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_elapsed) => tracing::debug!("a TLS handshake took too long"),
        }
        self.tally.note_handshake_failed();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn accepted_connections_do_not_wait_to_fill_a_packet() {
        // Nagle's delay is off on the listener's own end.
        let listener = Listener::bind("127.0.0.1:0".parse().expect("an address")).await.expect("a free port");
        let _client = TcpStream::connect(listener.local_addr()).await.expect("a connection");
        let next = next_connection(&listener.socket, &CancellationToken::new(), &listener.tally).await;
        let (stream, _peer) = next.expect("one waits");
        assert!(!stream.nodelay().expect("a socket"), "it is on by default");
        send_at_once(&stream);
        assert!(stream.nodelay().expect("a socket"));
    }

    #[test]
    fn only_errors_of_one_peer_are_passed_over() {
        // Too many open files (EMFILE 24, ENFILE 23) make the loop pause, a peer that left does not.
        assert!(is_of_one_peer(&io::ErrorKind::ConnectionAborted.into()));
        for code in [23, 24] {
            assert!(!is_of_one_peer(&io::Error::from_raw_os_error(code)));
        }
    }
}
