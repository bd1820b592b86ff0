//! The admin API: what the command line and the dashboard do, as JSON over HTTP.
//!
//! Everything lies under `/admin/v1` and wants `Authorization: Bearer TOKEN`, or the cookie of a login; `/healthz` and
//! `/readyz` are open. Each route says the least role that it needs. The
//! contract is `GET /admin/v1/openapi.json`, and a test holds the routes and the answers to it. Errors are problem
//! documents (RFC 9457) with a stable `reason`.
//!
//! The way of a request: `guard` looks at the host, the credentials and the role, `call` reads path, query and body, one function
//! per route (named in `routes`) asks the engine, and the answer is a typed view, one file per resource. A view
//! never carries a secret: no token, no sealed text, no private key.
//!
//! What is deliberately not here: rules (the engine and the core have them), and pages.
//!
//! Source: none for the resources; our decision. Problem documents: RFC 9457.

mod access;
mod acts;
mod agreements;
mod authorizations;
mod balances;
mod call;
mod cards;
mod check;
mod client_keys;
mod clients;
mod clock;
mod contracts;
mod cookie;
mod deliveries;
mod erasures;
mod guard;
mod health;
mod keys;
mod login;
mod login_limits;
mod merchants;
mod moments;
mod outcomes;
mod page;
mod passwords;
mod payments;
mod people;
mod problem;
mod proposals;
mod rates;
mod refusals;
mod reply;
mod routes;
mod settlements;
#[cfg(test)]
mod tests;
mod timeline;
mod users;
mod wallets;
mod worlds;

use std::sync::Arc;

use axum::Router;
use farthing_engine::Engine;
use tokio::sync::Mutex;

use crate::keyring::GatewayKeys;
use guard::Guard;
use login_limits::LoginLimits;
use passwords::Passwords;

/// The largest body that is read, bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// What the admin API is made of.
pub struct AdminParts {
    /// The use cases.
    pub engine: Arc<Engine>,
    /// The gateway's own keys.
    pub keys: Arc<GatewayKeys>,
    /// The token of this machine's owner, from a file that nobody else reads; whoever presents it is an admin.
    pub token: String,
    /// Host names, without ports, under which the API may be called besides the loopback ones.
    pub hosts: Vec<String>,
    /// Whether money that is moved by hand (a wallet funded, a payment approved in its user's place) needs a second
    /// person: one proposes it, another one confirms it.
    pub second_person: bool,
    /// Whether this is a sandbox, where worlds can be made and selectors switched on.
    pub sandbox: bool,
}

/// The admin API, to be served on a listener of its own.
///
/// # Panics
/// When the token is empty, which would let everybody in.
pub fn admin_router(parts: AdminParts) -> Router {
    let guard = Guard::new(&parts.token, parts.hosts);
    routes::router(Arc::new(App {
        engine: parts.engine,
        keys: parts.keys,
        guard,
        logins: LoginLimits::new(),
        passwords: Passwords::new(),
        second_person: parts.second_person,
        sandbox: parts.sandbox,
        changing: Mutex::new(()),
    }))
}

/// What every route can reach.
struct App {
    engine: Arc<Engine>,
    keys: Arc<GatewayKeys>,
    guard: Guard,
    logins: LoginLimits,
    passwords: Passwords,
    second_person: bool,
    sandbox: bool,
    /// Held by routes that read a row and write it back changed, so that they need not be asked again. The same in another
    /// process is told that the row has changed.
    changing: Mutex<()>,
}
