//! Payments as they stand.

use farthing_core::ids::{AgreementId, ClientId, MerchantId, PaymentId, RequestId, WalletId, WorldId};
use farthing_core::money::Currency;
use farthing_core::rows::{Merchant, Payment, PaymentState, Product, Record as _};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

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
    captured_minor: i64,
    refunded_minor: i64,
    reserved_minor: i64,
    refundable_minor: i64,
    open_attempts: i64,
    agreement_id: Option<AgreementId>,
    wallet_id: Option<WalletId>,
    settlement_currency: Option<Currency>,
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
        failure: payment.failure.map(farthing_core::reason::Reason::name),
        captured_minor: payment.captured_minor,
        refunded_minor: payment.refunded_minor,
        reserved_minor: payment.reserved_minor,
        open_attempts: payment.open_attempts,
        agreement_id: payment.agreement_id,
        wallet_id: payment.wallet_id,
        settlement_currency: payment.settlement_currency,
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
