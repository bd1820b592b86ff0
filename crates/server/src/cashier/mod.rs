//! The pages that users are sent to: an unpaid payment, a card that has to be authenticated, an open authorization.
//!
//! In a sandbox whoever opens a page plays the user and decides by its buttons. Anywhere else the pages show and change
//! nothing: there a wallet asks its own user.

mod page;

use farthing_core::ids::{AuthorizationId, MerchantId, PaymentId, WalletId};
use farthing_core::rows::{Authorization, AuthorizationState, Payment, PaymentState};
use farthing_engine::{Engine, Failure, UserAct};
use http::StatusCode;

use self::page::{Button, Notice, PageText};
use crate::consent;
use crate::listen::{Body, RawReply, RawRequest};

const PAYMENTS: &str = "/cashier/payments/";
const SHORT_PAYMENTS: &str = "/cashier/q/";
const AUTHORIZATIONS: &str = "/cashier/authorizations/";

/// A page.
pub(crate) enum Page {
    /// Of a payment.
    Payment(MerchantId, PaymentId),
    /// Of an authorization.
    Authorization(MerchantId, AuthorizationId),
}

/// The address of a payment's page.
pub(crate) fn payment_url(base: &str, payment: &Payment) -> String {
    format!("{base}{PAYMENTS}{}/{}", payment.merchant_id, payment.payment_id)
}

/// The address of the same page as it stands in a QR code.
///
/// Source: ALPHAPAY-FACTS §13 (paymentUrl and payUrl differ, and show the same order).
pub(crate) fn short_payment_url(base: &str, payment: &Payment) -> String {
    format!("{base}{SHORT_PAYMENTS}{}/{}", payment.merchant_id, payment.payment_id)
}

/// The address of an authorization's page.
pub(crate) fn authorization_url(base: &str, authorization: &Authorization) -> String {
    format!("{base}{AUTHORIZATIONS}{}/{}", authorization.merchant_id, authorization.authorization_id)
}

/// The page at a path, if one is there.
pub(crate) fn page_of(path: &str) -> Option<Page> {
    let parts =
        |rest: &str| rest.split_once('/').map(|(merchant, id)| (MerchantId::new(merchant), id.to_owned()));
    let of_payment = path.strip_prefix(PAYMENTS).or_else(|| path.strip_prefix(SHORT_PAYMENTS));
    if let Some((merchant_id, id)) = of_payment.and_then(parts) {
        return Some(Page::Payment(merchant_id, PaymentId::new(id)));
    }
    let (merchant_id, id) = path.strip_prefix(AUTHORIZATIONS).and_then(parts)?;
    Some(Page::Authorization(merchant_id, AuthorizationId::new(id)))
}

/// Shows a page, or does what a button of it says. A page that does not exist is told with 404.
pub(crate) async fn answer(engine: &Engine, base: &str, page: &Page, request: &RawRequest) -> RawReply {
    let answered = match request.head.method.as_str() {
        "GET" | "HEAD" => show(engine, base, page, None).await,
        "POST" if engine.is_sandbox() => press(engine, base, page, &request.body).await,
        _ => {
            let text = PageText::plain("Not allowed", "This page can only be looked at.");
            return page::html(StatusCode::METHOD_NOT_ALLOWED, &text).with_text("allow", "GET");
        }
    };
    answered.unwrap_or_else(|failure| {
        tracing::error!(%failure, "a cashier page could not be shown");
        let text = PageText::plain("Not available", "Please try again in a moment.");
        page::html(StatusCode::SERVICE_UNAVAILABLE, &text)
    })
}

async fn show(engine: &Engine, base: &str, page: &Page, notice: Option<Notice>) -> Result<RawReply, Failure> {
    let text = match page {
        Page::Payment(merchant_id, payment_id) => {
            let found = engine.find_payment(merchant_id, payment_id).await?;
            found.map(|payment| payment_text(engine, base, &payment))
        }
        Page::Authorization(merchant_id, id) => {
            let found = engine.find_authorization(merchant_id, id).await?;
            found.map(|authorization| authorization_text(engine, &authorization))
        }
    };
    Ok(match text {
        Some(text) => page::html(StatusCode::OK, &PageText { notice, ..text }),
        None => page::html(
            StatusCode::NOT_FOUND,
            &PageText::plain("Nothing is here", "This link leads to no payment."),
        ),
    })
}

async fn press(engine: &Engine, base: &str, page: &Page, body: &Body) -> Result<RawReply, Failure> {
    let form = match body {
        Body::Whole(bytes) => page::Form::read(bytes),
        _ => page::Form::default(),
    };
    let pressed = match page {
        Page::Payment(merchant_id, payment_id) => press_payment(engine, merchant_id, payment_id, &form).await,
        Page::Authorization(merchant_id, id) => press_authorization(engine, merchant_id, id, &form).await,
    };
    match pressed {
        Ok(Some(address)) => Ok(page::see_other(&address)),
        Ok(None) => show(engine, base, page, None).await,
        Err(Failure::Refused(refusal)) => {
            let detail = if refusal.detail.is_empty() { refusal.reason.name() } else { &refusal.detail };
            show(engine, base, page, Some(Notice(detail.to_owned()))).await
        }
        Err(failure) => Err(failure),
    }
}

/// Where the user goes then: back to the merchant once the payment is paid.
///
/// Source: SEED-004 (redirectUrl: after a successful payment).
async fn press_payment(
    engine: &Engine,
    merchant_id: &MerchantId,
    payment_id: &PaymentId,
    form: &page::Form,
) -> Result<Option<String>, Failure> {
    let act = match form.action.as_str() {
        "approve" => UserAct::Pay(form.wallet.as_deref().map(WalletId::new)),
        "pending" => UserAct::LeavePending,
        "decline" => UserAct::Decline,
        _ => return Ok(None),
    };
    let payment = engine.decide_payment(merchant_id, payment_id, act).await?;
    let is_done = payment.state == PaymentState::Succeeded || payment.user_done;
    Ok(payment.redirect_url.filter(|_| is_done))
}

async fn press_authorization(
    engine: &Engine,
    merchant_id: &MerchantId,
    id: &AuthorizationId,
    form: &page::Form,
) -> Result<Option<String>, Failure> {
    match form.action.as_str() {
        "approve" => {
            let wallet_id = WalletId::new(form.wallet.as_deref().unwrap_or_default());
            let wallet = engine.wallet(&wallet_id).await?;
            let wallet = wallet.ok_or_else(|| {
                let detail = format!("there is no wallet {wallet_id}");
                Failure::from(farthing_core::reason::Refusal::new(
                    farthing_core::reason::Reason::UserNotFound,
                    detail,
                ))
            })?;
            let consented =
                engine.approve_authorization(merchant_id, id, &wallet_id, &wallet.user_id).await?;
            Ok(Some(consent::redirect_url(engine, &consented.authorization, &consented.auth_code)))
        }
        "decline" => {
            engine.decline_authorization(merchant_id, id).await?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

fn payment_text(engine: &Engine, base: &str, payment: &Payment) -> PageText {
    let merchant = engine.directory().merchant(&payment.merchant_id);
    let shop = merchant.map_or_else(|| payment.merchant_id.to_string(), |merchant| merchant.name.clone());
    let amount = page::amount_text(payment.amount());
    let is_open = payment.state == PaymentState::Processing && !payment.user_done;
    let mut lines = vec![format!("To {shop}"), state_line(engine, payment)];
    if let (true, Some(card)) = (is_open, &payment.card) {
        lines.push(format!(
            "{} card ending in {}: confirm that it is you who pays.",
            card.0.brand, card.0.last_digits
        ));
    }
    let can_decide = is_open && engine.is_sandbox() && payment.open_attempts == 0;
    let buttons = if can_decide { payment_buttons(payment) } else { Vec::new() };
    let qr_code = (is_open && payment.card.is_none()).then(|| short_payment_url(base, payment));
    let way_back = payment.redirect_url.clone().filter(|_| !is_open);
    PageText { title: amount, lines, buttons, wallet: None, qr_code, way_back, notice: None }
}

fn payment_buttons(payment: &Payment) -> Vec<Button> {
    let approve = if payment.card.is_some() { "Confirm and pay" } else { "Pay" };
    vec![
        Button { action: "approve", text: approve, is_main: true },
        Button { action: "pending", text: "Leave it pending", is_main: false },
        Button { action: "decline", text: "Decline", is_main: false },
    ]
}

fn state_line(engine: &Engine, payment: &Payment) -> String {
    match payment.state {
        PaymentState::Processing if payment.user_done => "The result is on its way.".to_owned(),
        PaymentState::Processing => {
            let now = engine.moment(&payment.world_id).now;
            let left_s = (payment.expires_at.since_ms(now) / 1_000).max(0);
            format!("Can be paid for {} more minutes and {} seconds.", left_s / 60, left_s % 60)
        }
        PaymentState::Succeeded => "Paid. Thank you.".to_owned(),
        PaymentState::Cancelled => "Cancelled.".to_owned(),
        PaymentState::Failed => match payment.failure {
            Some(farthing_core::reason::Reason::PaymentClosed) => "The time to pay is over.".to_owned(),
            Some(reason) => format!("Not paid: {}.", reason.name().replace('_', " ")),
            None => "Not paid.".to_owned(),
        },
    }
}

fn authorization_text(engine: &Engine, authorization: &Authorization) -> PageText {
    let merchant = engine.directory().merchant(&authorization.merchant_id);
    let shop =
        merchant.map_or_else(|| authorization.merchant_id.to_string(), |merchant| merchant.name.clone());
    let is_open = authorization.state == AuthorizationState::Pending;
    let line = match authorization.state {
        AuthorizationState::Pending => format!("{shop} asks to debit your {} wallet.", authorization.method),
        AuthorizationState::Approved | AuthorizationState::Used => "You have agreed.".to_owned(),
        AuthorizationState::Declined => "You have not agreed.".to_owned(),
    };
    let can_decide = is_open && engine.is_sandbox();
    let buttons = vec![
        Button { action: "approve", text: "Agree", is_main: true },
        Button { action: "decline", text: "Do not agree", is_main: false },
    ];
    PageText {
        title: "Automatic payments".to_owned(),
        lines: vec![line],
        buttons: if can_decide { buttons } else { Vec::new() },
        wallet: can_decide.then(|| "W-DEMO-HKD".to_owned()),
        qr_code: None,
        way_back: None,
        notice: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_by_its_address_and_nothing_else_is() {
        for path in ["/cashier/payments/M-DEMO/2026", "/cashier/q/M-DEMO/2026"] {
            let found = page_of(path);
            assert!(
                matches!(found, Some(Page::Payment(merchant, id)) if merchant.as_str() == "M-DEMO" && id.as_str() == "2026")
            );
        }
        assert!(page_of("/cashier/authorizations/M/1").is_some());
        assert!(page_of("/cashier/payments/2026").is_none());
        assert!(page_of("/v1/payments/pay").is_none());
    }
}
