//! Payments as they stand.

use farthing_core::ids::{
    AgreementId, CardId, ClientId, MerchantId, PaymentId, RequestId, WalletId, WorldId,
};
use farthing_core::money::Currency;
use farthing_core::reason::Reason;
use farthing_core::rows::{
    AcquirerFacts, CardFacts, Json, Merchant, Payment, PaymentState, Product, Quote, Record as _,
};
use farthing_engine::{Select, UserAct};
use serde::{Deserialize, Serialize};

use super::authorizations::NoFields;
use super::call::Call;
use super::moments::{moment, moment_if_any};
use super::page::Slice;
use super::problem::Problem;
use super::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    merchant_id: String,
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Serialize)]
pub(super) struct PaymentView {
    merchant_id: MerchantId,
    payment_id: PaymentId,
    request_id: RequestId,
    client_id: ClientId,
    world_id: WorldId,
    product: Product,
    method: String,
    currency: Currency,
    amount_minor: i64,
    state: PaymentState,
    user_done: bool,
    failure: Option<&'static str>,
    open_reason: Option<&'static str>,
    authorized_minor: i64,
    auth_expires_at: Option<String>,
    capturing_minor: i64,
    captured_minor: i64,
    refunded_minor: i64,
    reserved_minor: i64,
    refundable_minor: i64,
    declared_minor: i64,
    open_attempts: i64,
    agreement_id: Option<AgreementId>,
    wallet_id: Option<WalletId>,
    card: Option<CardView>,
    acquirer: Option<AcquirerFacts>,
    settlement_currency: Option<Currency>,
    settlement_minor: Option<i64>,
    settlement_quote: Option<QuoteView>,
    notify_url: Option<String>,
    redirect_url: Option<String>,
    created_at: String,
    expires_at: String,
    paid_at: Option<String>,
    ended_at: Option<String>,
    cancel_until: Option<String>,
    refund_until: Option<String>,
    config_version: i64,
    recorded_at: String,
}

/// What is kept of the card.
#[derive(Serialize)]
pub(super) struct CardView {
    first_digits: String,
    last_digits: String,
    brand: String,
    expiry_month: String,
    expiry_year: String,
    funding: String,
    issuing_country: String,
    needs_authentication: bool,
    card_id: Option<CardId>,
}

/// The rate that was locked.
#[derive(Serialize)]
struct QuoteView {
    quote_id: String,
    from_currency: Currency,
    to_currency: Currency,
    price: String,
    locked_at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApproveBody {
    wallet_id: Option<String>,
    #[serde(default)]
    pending: bool,
}

/// A payment as it stands now in its world.
pub(super) fn view(call: &Call, payment: Payment) -> PaymentView {
    let payment = payment.clone().as_of(call.engine().moment(&payment.world_id).now);
    PaymentView {
        refundable_minor: payment.refundable_minor(),
        merchant_id: payment.merchant_id,
        payment_id: payment.payment_id,
        request_id: payment.request_id,
        client_id: payment.client_id,
        world_id: payment.world_id,
        product: payment.product,
        method: payment.method,
        currency: payment.currency,
        amount_minor: payment.amount_minor,
        state: payment.state,
        user_done: payment.user_done,
        failure: payment.failure.map(Reason::name),
        open_reason: payment.open_reason.map(Reason::name),
        authorized_minor: payment.authorized_minor,
        auth_expires_at: moment_if_any(payment.auth_expires_at),
        capturing_minor: payment.capturing_minor,
        captured_minor: payment.captured_minor,
        refunded_minor: payment.refunded_minor,
        reserved_minor: payment.reserved_minor,
        declared_minor: payment.declared_minor,
        open_attempts: payment.open_attempts,
        agreement_id: payment.agreement_id,
        wallet_id: payment.wallet_id,
        card: payment.card.map(|Json(card)| card_view(card)),
        acquirer: payment.acquirer.map(|Json(acquirer)| acquirer),
        settlement_currency: payment.settlement_currency,
        settlement_minor: payment.settlement_minor,
        settlement_quote: payment.settlement_quote.map(|Json(quote)| quote_view(quote)),
        notify_url: payment.notify_url,
        redirect_url: payment.redirect_url,
        created_at: moment(payment.created_at),
        expires_at: moment(payment.expires_at),
        paid_at: moment_if_any(payment.paid_at),
        ended_at: moment_if_any(payment.ended_at),
        cancel_until: moment_if_any(payment.cancel_until),
        refund_until: moment_if_any(payment.refund_until),
        config_version: payment.config_version,
        recorded_at: moment(payment.recorded_at),
    }
}

/// A merchant's payments, the newest first: payment ids begin with their time.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let merchant_id = MerchantId::new(query.merchant_id);
    if call.engine().list::<Merchant>(Select::key(Merchant::key_of(&merchant_id))).await?.is_empty() {
        return Err(Problem::not_found(format_args!("merchant {merchant_id}")));
    }
    let select = Select::from(Payment::TABLE).equal("merchant_id", &merchant_id);
    let select = slice.newest_first(select, "payment_id");
    let shown = |payment| view(&call, payment);
    slice.read(call.engine(), select, |payment: &Payment| payment.payment_id.to_string(), shown).await
}

/// The payer pays, or has done everything and leaves the result open.
pub(super) async fn approve(call: Call) -> Result<Reply, Problem> {
    let body: ApproveBody = call.body()?;
    let act = match (body.pending, body.wallet_id) {
        (true, Some(_)) => {
            let detail = "no wallet pays while the result stays open; send wallet_id or pending, not both";
            return Err(Problem::field("wallet_id", detail));
        }
        (true, None) => UserAct::LeavePending,
        (false, wallet_id) => UserAct::Pay(wallet_id.map(WalletId::new)),
    };
    decide(call, act).await
}

/// The payer does not want it.
pub(super) async fn decline(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    decide(call, UserAct::Decline).await
}

async fn decide(call: Call, act: UserAct) -> Result<Reply, Problem> {
    let payment = named(&call).await?;
    let (merchant_id, payment_id) = (&payment.merchant_id, &payment.payment_id);
    if matches!(act, UserAct::Pay(_))
        && let Some(proposed) = call.proposed("payment.approve", payment.key()).await?
    {
        return Ok(proposed);
    }
    let (engine, actor) = (call.engine(), call.actor());
    let decided = match call.confirms() {
        Some(proposal) => {
            engine.decide_payment_confirmed(&actor, proposal, merchant_id, payment_id, act).await?
        }
        None => engine.decide_payment_by(&actor, merchant_id, payment_id, act).await?,
    };
    Ok(Reply::ok(&view(&call, decided)))
}

/// The payment in the path.
pub(super) async fn named(call: &Call) -> Result<Payment, Problem> {
    let merchant_id = MerchantId::new(call.path("merchant_id"));
    let payment_id = PaymentId::new(call.path("payment_id"));
    let key = Payment::key_of(&merchant_id, &payment_id);
    let found = call.engine().list::<Payment>(Select::key(key)).await?.pop();
    found.ok_or_else(|| Problem::not_found(format_args!("payment {payment_id} of merchant {merchant_id}")))
}

pub(super) fn card_view(card: CardFacts) -> CardView {
    CardView {
        first_digits: card.first_digits,
        last_digits: card.last_digits,
        brand: card.brand,
        expiry_month: card.expiry_month,
        expiry_year: card.expiry_year,
        funding: card.funding,
        issuing_country: card.issuing_country,
        needs_authentication: card.needs_authentication,
        card_id: card.card_id,
    }
}

fn quote_view(quote: Quote) -> QuoteView {
    QuoteView {
        quote_id: quote.quote_id,
        from_currency: quote.from_currency,
        to_currency: quote.to_currency,
        price: quote.price,
        locked_at: moment(quote.locked_at),
    }
}
