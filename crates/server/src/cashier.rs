//! The pages that users are sent to: what an unpaid payment or an open authorization looks like.
//!
//! They show, and change nothing: in this version a user's decision is made through the admin API or the commands.

use farthing_core::ids::{AuthorizationId, MerchantId, PaymentId};
use farthing_core::rows::{Authorization, AuthorizationState, Payment};
use farthing_engine::Engine;
use http::StatusCode;

use crate::listen::RawReply;

const PAYMENTS: &str = "/cashier/payments/";
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

/// The address of an authorization's page.
pub(crate) fn authorization_url(base: &str, authorization: &Authorization) -> String {
    format!("{base}{AUTHORIZATIONS}{}/{}", authorization.merchant_id, authorization.authorization_id)
}

/// The page at a path, if one is there.
pub(crate) fn page_of(path: &str) -> Option<Page> {
    let parts =
        |rest: &str| rest.split_once('/').map(|(merchant, id)| (MerchantId::new(merchant), id.to_owned()));
    if let Some((merchant_id, id)) = path.strip_prefix(PAYMENTS).and_then(parts) {
        return Some(Page::Payment(merchant_id, PaymentId::new(id)));
    }
    let (merchant_id, id) = path.strip_prefix(AUTHORIZATIONS).and_then(parts)?;
    Some(Page::Authorization(merchant_id, AuthorizationId::new(id)))
}

/// Shows a page; one that does not exist is told with 404.
pub(crate) async fn show(engine: &Engine, page: &Page) -> RawReply {
    let text = match page {
        Page::Payment(merchant_id, payment_id) => {
            let found = engine.find_payment(merchant_id, payment_id).await;
            found.map(|found| found.map(payment_text))
        }
        Page::Authorization(merchant_id, id) => {
            let found = engine.find_authorization(merchant_id, id).await;
            found.map(|found| found.map(|authorization| authorization_text(engine, &authorization)))
        }
    };
    match text {
        Ok(Some((title, lines))) => html(StatusCode::OK, &title, &lines),
        Ok(None) => {
            html(StatusCode::NOT_FOUND, "Nothing is here", &["This link leads to no payment.".to_owned()])
        }
        Err(error) => {
            tracing::error!(%error, "a cashier page could not be shown");
            let line = "Please try again in a moment.".to_owned();
            html(StatusCode::SERVICE_UNAVAILABLE, "Not available", &[line])
        }
    }
}

fn payment_text(payment: Payment) -> (String, Vec<String>) {
    let title = format!("Payment of {}", payment.amount());
    let lines = vec![
        format!("Payment {} is {}.", payment.payment_id, payment.state.word()),
        format!("To be paid with {}.", payment.method),
    ];
    (title, lines)
}

fn authorization_text(engine: &Engine, authorization: &Authorization) -> (String, Vec<String>) {
    let id = &authorization.authorization_id;
    let state = authorization.state.word();
    let mut lines = vec![format!(
        "A merchant asks to debit your {} wallet; the request is {state}.",
        authorization.method
    )];
    if engine.is_sandbox() && authorization.state == AuthorizationState::Pending {
        lines.push(format!(
            "To agree in the sandbox: farthing authorization approve {id} --wallet W-DEMO-HKD"
        ));
        lines.push(format!("To decline: farthing authorization decline {id}"));
    }
    ("Authorize automatic payments".to_owned(), lines)
}

fn html(status: StatusCode, title: &str, lines: &[String]) -> RawReply {
    let paragraphs: String = lines.iter().map(|line| format!("<p>{}</p>\n", escape(line))).collect();
    let title = escape(title);
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n{paragraphs}</body>\n</html>\n"
    );
    RawReply::new(status, body)
        .with_text("content-type", "text/html; charset=utf-8")
        .with_text("content-security-policy", "default-src 'none'")
        .with_text("cache-control", "no-store")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_by_its_address_and_nothing_else_is() {
        let found = page_of("/cashier/payments/M-DEMO/2026");
        assert!(
            matches!(found, Some(Page::Payment(merchant, id)) if merchant.as_str() == "M-DEMO" && id.as_str() == "2026")
        );
        assert!(page_of("/cashier/authorizations/M/1").is_some());
        assert!(page_of("/cashier/payments/2026").is_none());
        assert!(page_of("/v1/payments/pay").is_none());
    }

    /// What stands in an id or a name must not become part of the page.
    #[test]
    fn texts_are_escaped() {
        assert_eq!(escape("<b>\"&\"</b>"), "&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;");
    }
}
