//! Every route, in one table: the router is built from it, and the OpenAPI document is held to it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};

use super::call::Call;
use super::problem::{self, Problem};
use super::reply::Reply;
use super::{
    App, acts, agreements, authorizations, balances, cards, client_keys, clients, clock, deliveries,
    erasures, health, keys, merchants, outcomes, payments, rates, settlements, timeline, users, wallets,
    worlds,
};
use crate::listen::BoxFuture;

/// The contract, as it is served.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

const PREFIX: &str = "/admin/v1";

/// One method of one path.
pub(super) struct Route {
    pub(super) verb: Verb,
    pub(super) path: &'static str,
    answer: fn(Call) -> BoxFuture<Result<Reply, Problem>>,
}

/// The methods in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verb {
    Get,
    Post,
    Patch,
}

macro_rules! routes {
    ($($verb:ident $path:literal $answer:path;)*) => {
        &[$(Route { verb: Verb::$verb, path: $path, answer: |call| Box::pin($answer(call)) },)*]
    };
}

/// Routes that need the token, and those that do not: whether this process lives is no secret.
pub(super) const ROUTES: &[Route] = routes! {
    Get "/healthz" health::live;
    Get "/readyz" health::ready;
    Get "/admin/v1/openapi.json" openapi;
    Get "/admin/v1/merchants" merchants::list;
    Post "/admin/v1/merchants" merchants::add;
    Get "/admin/v1/merchants/{merchant_id}" merchants::show;
    Patch "/admin/v1/merchants/{merchant_id}" merchants::change;
    Get "/admin/v1/merchants/{merchant_id}/balances" balances::list;
    Get "/admin/v1/merchants/{merchant_id}/settlements" settlements::list;
    Get "/admin/v1/merchants/{merchant_id}/cards" cards::list;
    Get "/admin/v1/clients" clients::list;
    Post "/admin/v1/clients" clients::add;
    Get "/admin/v1/clients/{client_id}" clients::show;
    Patch "/admin/v1/clients/{client_id}" clients::change;
    Post "/admin/v1/clients/{client_id}/keys" client_keys::add;
    Get "/admin/v1/users/{user_id}" users::show;
    Patch "/admin/v1/users/{user_id}" users::change;
    Get "/admin/v1/wallets" wallets::list;
    Post "/admin/v1/wallets" wallets::add;
    Get "/admin/v1/wallets/{wallet_id}" wallets::show;
    Patch "/admin/v1/wallets/{wallet_id}" wallets::change;
    Post "/admin/v1/wallets/{wallet_id}/fund" wallets::fund;
    Get "/admin/v1/authorizations" authorizations::list;
    Get "/admin/v1/authorizations/{merchant_id}/{authorization_id}" authorizations::show;
    Post "/admin/v1/authorizations/{merchant_id}/{authorization_id}/approve" authorizations::approve;
    Post "/admin/v1/authorizations/{merchant_id}/{authorization_id}/decline" authorizations::decline;
    Get "/admin/v1/agreements" agreements::list;
    Post "/admin/v1/agreements/{merchant_id}/{agreement_id}/revoke" agreements::revoke;
    Get "/admin/v1/payments" payments::list;
    Get "/admin/v1/payments/{merchant_id}/{payment_id}" timeline::show;
    Post "/admin/v1/payments/{merchant_id}/{payment_id}/approve" payments::approve;
    Post "/admin/v1/payments/{merchant_id}/{payment_id}/decline" payments::decline;
    Get "/admin/v1/deliveries" deliveries::list;
    Get "/admin/v1/deliveries/{delivery_id}" deliveries::show;
    Post "/admin/v1/deliveries/{delivery_id}/resend" deliveries::resend;
    Get "/admin/v1/worlds" worlds::list;
    Post "/admin/v1/worlds" worlds::add;
    Get "/admin/v1/worlds/{world_id}/clock" clock::show;
    Post "/admin/v1/worlds/{world_id}/clock" clock::change;
    Get "/admin/v1/rates" rates::list;
    Post "/admin/v1/rates" rates::set;
    Get "/admin/v1/outcomes" outcomes::list;
    Post "/admin/v1/outcomes" outcomes::add;
    Post "/admin/v1/outcomes/clear" outcomes::clear;
    Post "/admin/v1/outcomes/{outcome_id}/clear" outcomes::clear_one;
    Get "/admin/v1/keys" keys::list;
    Post "/admin/v1/keys/generate" keys::generate;
    Post "/admin/v1/keys/import" keys::import;
    Post "/admin/v1/keys/{version}/retire" keys::retire;
    Post "/admin/v1/erasures" erasures::step;
    Get "/admin/v1/acts" acts::list;
};

/// The router over the table.
pub(super) fn router(app: Arc<App>) -> Router {
    let add = |router: Router<Arc<App>>, route: &'static Route| {
        let answer = move |State(app): State<Arc<App>>, request: Request| answer(app, route, request);
        router.route(route.path, on(route.verb.filter(), answer))
    };
    ROUTES
        .iter()
        .fold(Router::new(), add)
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .with_state(app)
}

impl Verb {
    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
        }
    }
}

impl Route {
    /// Whether the token is needed.
    pub(super) fn is_guarded(&self) -> bool {
        self.path.starts_with(PREFIX)
    }
}

async fn answer(app: Arc<App>, route: &'static Route, request: Request) -> Response {
    let answered = async {
        if route.is_guarded() {
            app.guard.check(&request)?;
        }
        (route.answer)(Call::read(app, request).await?).await
    };
    answered.await.map_or_else(Problem::into_response, Reply::into_response)
}

/// Only who holds the token learns which paths there are.
async fn unknown_path(State(app): State<Arc<App>>, request: Request) -> Problem {
    match app.guard.check(&request) {
        Err(problem) => problem,
        Ok(()) => Problem::new(
            &problem::PATH_UNKNOWN,
            format!("{}; see {PREFIX}/openapi.json", request.uri().path()),
        ),
    }
}

async fn unknown_method(State(app): State<Arc<App>>, request: Request) -> Problem {
    match app.guard.check(&request) {
        Err(problem) => problem,
        Ok(()) => {
            let detail =
                format!("{} {}; the header Allow has what there is", request.method(), request.uri().path());
            Problem::new(&problem::METHOD_NOT_ALLOWED, detail)
        }
    }
}

async fn openapi(_call: Call) -> Result<Reply, Problem> {
    Ok(Reply::ready_made(OPENAPI))
}
