//! Every route, in one table: the router is built from it, and the OpenAPI document is held to it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};

use super::access::Access;
use super::call::{Call, ConfirmedCall};
use super::problem::{self, Problem};
use super::reply::Reply;
use super::{
    App, acts, agreements, authorizations, balances, cards, client_keys, clients, clock, deliveries,
    erasures, health, keys, login, merchants, outcomes, payments, people, proposals, rates, settlements,
    timeline, users, wallets, worlds,
};
use crate::listen::BoxFuture;

/// The contract, as it is served.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

const PREFIX: &str = "/admin/v1";

/// One method of one path.
pub(super) struct Route {
    pub(super) verb: Verb,
    pub(super) path: &'static str,
    /// What it asks of its caller.
    pub(super) access: Access,
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
    ($($verb:ident $access:ident $path:literal $answer:path;)*) => {
        &[$(Route { verb: Verb::$verb, access: Access::$access, path: $path, answer: |call| Box::pin($answer(call)) },)*]
    };
}

/// Every route with what it asks of its caller: viewers read; operators act on payments, deliveries, users and wallets;
/// admins change the configuration, and who may come in.
pub(super) const ROUTES: &[Route] = routes! {
    Get Open "/healthz" health::live;
    Get Open "/readyz" health::ready;
    Get Viewer "/admin/v1/openapi.json" openapi;
    Post Guest "/admin/v1/login" login::login;
    Post Viewer "/admin/v1/logout" login::logout;
    Get Viewer "/admin/v1/me" login::me;
    Get Viewer "/admin/v1/people" people::list;
    Post Admin "/admin/v1/people" people::add;
    Patch Admin "/admin/v1/people/{person_id}" people::change;
    Post Admin "/admin/v1/people/{person_id}/remove" people::remove;
    Get Viewer "/admin/v1/proposals" proposals::list;
    Post Operator "/admin/v1/proposals/{proposal_id}/confirm" proposals::confirm;
    Post Operator "/admin/v1/proposals/{proposal_id}/decline" proposals::decline;
    Get Viewer "/admin/v1/merchants" merchants::list;
    Post Admin "/admin/v1/merchants" merchants::add;
    Get Viewer "/admin/v1/merchants/{merchant_id}" merchants::show;
    Patch Admin "/admin/v1/merchants/{merchant_id}" merchants::change;
    Get Viewer "/admin/v1/merchants/{merchant_id}/balances" balances::list;
    Get Viewer "/admin/v1/merchants/{merchant_id}/settlements" settlements::list;
    Get Viewer "/admin/v1/merchants/{merchant_id}/cards" cards::list;
    Get Viewer "/admin/v1/clients" clients::list;
    Post Admin "/admin/v1/clients" clients::add;
    Get Viewer "/admin/v1/clients/{client_id}" clients::show;
    Patch Admin "/admin/v1/clients/{client_id}" clients::change;
    Post Admin "/admin/v1/clients/{client_id}/keys" client_keys::add;
    Get Viewer "/admin/v1/users/{user_id}" users::show;
    Patch Operator "/admin/v1/users/{user_id}" users::change;
    Get Viewer "/admin/v1/wallets" wallets::list;
    Post Operator "/admin/v1/wallets" wallets::add;
    Get Viewer "/admin/v1/wallets/{wallet_id}" wallets::show;
    Patch Operator "/admin/v1/wallets/{wallet_id}" wallets::change;
    Post Operator "/admin/v1/wallets/{wallet_id}/fund" wallets::fund;
    Get Viewer "/admin/v1/authorizations" authorizations::list;
    Get Viewer "/admin/v1/authorizations/{merchant_id}/{authorization_id}" authorizations::show;
    Post Operator "/admin/v1/authorizations/{merchant_id}/{authorization_id}/approve" authorizations::approve;
    Post Operator "/admin/v1/authorizations/{merchant_id}/{authorization_id}/decline" authorizations::decline;
    Get Viewer "/admin/v1/agreements" agreements::list;
    Post Operator "/admin/v1/agreements/{merchant_id}/{agreement_id}/revoke" agreements::revoke;
    Get Viewer "/admin/v1/payments" payments::list;
    Get Viewer "/admin/v1/payments/{merchant_id}/{payment_id}" timeline::show;
    Post Operator "/admin/v1/payments/{merchant_id}/{payment_id}/approve" payments::approve;
    Post Operator "/admin/v1/payments/{merchant_id}/{payment_id}/decline" payments::decline;
    Get Viewer "/admin/v1/deliveries" deliveries::list;
    Get Viewer "/admin/v1/deliveries/{delivery_id}" deliveries::show;
    Post Operator "/admin/v1/deliveries/{delivery_id}/resend" deliveries::resend;
    Get Viewer "/admin/v1/worlds" worlds::list;
    Post Admin "/admin/v1/worlds" worlds::add;
    Get Viewer "/admin/v1/worlds/{world_id}/clock" clock::show;
    Post Operator "/admin/v1/worlds/{world_id}/clock" clock::change;
    Get Viewer "/admin/v1/rates" rates::list;
    Post Admin "/admin/v1/rates" rates::set;
    Get Viewer "/admin/v1/outcomes" outcomes::list;
    Post Operator "/admin/v1/outcomes" outcomes::add;
    Post Operator "/admin/v1/outcomes/clear" outcomes::clear;
    Post Operator "/admin/v1/outcomes/{outcome_id}/clear" outcomes::clear_one;
    Get Viewer "/admin/v1/keys" keys::list;
    Post Admin "/admin/v1/keys/generate" keys::generate;
    Post Admin "/admin/v1/keys/import" keys::import;
    Post Admin "/admin/v1/keys/{version}/retire" keys::retire;
    Post Admin "/admin/v1/erasures" erasures::step;
    Get Viewer "/admin/v1/acts" acts::list;
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

async fn answer(app: Arc<App>, route: &'static Route, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answered = async {
        let identity = app.guard.admit(&app.engine, route.access, &parts).await?;
        (route.answer)(Call::read(Arc::clone(&app), route.path, identity, parts, body).await?).await
    };
    answered.await.map_or_else(Problem::into_response, Reply::into_response)
}

/// Does what one person proposed and another one, whose role is enough for it, has confirmed.
pub(super) fn answer_confirmed(confirmed: ConfirmedCall) -> BoxFuture<Result<Reply, Problem>> {
    let ConfirmedCall { route, call } = confirmed;
    let role = call.identity().role;
    let fits = |known: &&Route| {
        let least = known.access.least_role();
        known.path == route && known.verb == Verb::Post && least.is_some_and(|least| role.includes(least))
    };
    match ROUTES.iter().find(fits) {
        Some(known) => (known.answer)(call),
        None => {
            let detail = format!("{route} is no route of this version, or needs another role");
            Box::pin(async { Err(Problem::new(&problem::WRONG_STATE, detail)) })
        }
    }
}

/// Only who may come in learns which paths there are.
async fn unknown_path(State(app): State<Arc<App>>, request: Request) -> Problem {
    let (parts, _body) = request.into_parts();
    match app.guard.admit(&app.engine, Access::Viewer, &parts).await {
        Err(problem) => problem,
        Ok(_) => {
            let detail = format!("{}; see {PREFIX}/openapi.json", parts.uri.path());
            Problem::new(&problem::PATH_UNKNOWN, detail)
        }
    }
}

async fn unknown_method(State(app): State<Arc<App>>, request: Request) -> Problem {
    let (parts, _body) = request.into_parts();
    match app.guard.admit(&app.engine, Access::Viewer, &parts).await {
        Err(problem) => problem,
        Ok(_) => {
            let detail = format!("{} {}; the header Allow has what there is", parts.method, parts.uri.path());
            Problem::new(&problem::METHOD_NOT_ALLOWED, detail)
        }
    }
}

async fn openapi(_call: Call) -> Result<Reply, Problem> {
    Ok(Reply::ready_made(OPENAPI))
}
