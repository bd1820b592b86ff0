//! Requests about a payment that was made: refunds, captures, declarations; and exchange rates.

use farthing_core::money::{Currency, Money};
use farthing_core::rows::Product;
use serde_json::{Value, json};

use super::{amount_fields, product_code, put};

/// A refund to be asked for.
#[derive(Clone, Debug)]
pub struct RefundDraft {
    /// The merchant's own id for it.
    pub request_id: String,
    /// The gateway's id of the payment.
    pub payment_id: String,
    /// How much.
    pub amount: Money,
    /// The gateway's id of the capture to give back from, where there are several.
    pub capture_id: Option<String>,
    /// Why, if it is to be said.
    pub refund_reason: Option<String>,
    /// Where the result is to be sent, if not to the client's own address.
    pub notify_url: Option<String>,
}

impl RefundDraft {
    /// The fields of the request.
    ///
    /// Source: ANTOM-FACTS §2.4.
    #[must_use]
    pub fn fields(&self) -> Value {
        let mut fields = json!({
            "refundRequestId": self.request_id,
            "paymentId": self.payment_id,
            "refundAmount": amount_fields(self.amount),
        });
        put(&mut fields, "captureId", self.capture_id.as_deref());
        put(&mut fields, "refundReason", self.refund_reason.as_deref());
        put(&mut fields, "refundNotifyUrl", self.notify_url.as_deref());
        fields
    }
}

/// A capture to be asked for.
#[derive(Clone, Debug)]
pub struct CaptureDraft {
    /// The merchant's own id for it.
    pub request_id: String,
    /// The gateway's id of the authorized payment.
    pub payment_id: String,
    /// How much.
    pub amount: Money,
    /// Whether the rest of the authorization is given up with it.
    pub is_last: bool,
}

impl CaptureDraft {
    /// The fields of the request.
    ///
    /// Source: ANTOM-FACTS §2.6.
    #[must_use]
    pub fn fields(&self) -> Value {
        let mut fields = json!({
            "captureRequestId": self.request_id,
            "paymentId": self.payment_id,
            "captureAmount": amount_fields(self.amount),
        });
        put(&mut fields, "isLastCapture", self.is_last.then_some("true"));
        fields
    }
}

/// A declaration to the customs to be asked for.
#[derive(Clone, Debug)]
pub struct DeclareDraft {
    /// The merchant's own id for it.
    pub request_id: String,
    /// The gateway's id of the payment.
    pub payment_id: String,
    /// How much.
    pub amount: Money,
    /// The code of the customs office, e.g. `ZONGSHU`.
    pub customs_code: String,
    /// The merchant's number there.
    pub merchant_customs_code: String,
    /// The merchant's name there.
    pub merchant_customs_name: String,
    /// The part of the order it is for, where the order is split.
    pub suborder_id: Option<String>,
}

impl DeclareDraft {
    /// The fields of the request.
    ///
    /// Source: ANTOM-FACTS §2.11.
    #[must_use]
    pub fn fields(&self) -> Value {
        let is_split = if self.suborder_id.is_some() { "true" } else { "false" };
        let mut fields = json!({
            "declarationRequestId": self.request_id,
            "paymentId": self.payment_id,
            "declarationAmount": amount_fields(self.amount),
            "customs": {"customsCode": self.customs_code, "region": "CN"},
            "merchantCustomsInfo": {
                "merchantCustomsCode": self.merchant_customs_code,
                "merchantCustomsName": self.merchant_customs_name,
            },
            "splitOrder": is_split,
        });
        put(&mut fields, "suborderId", self.suborder_id.as_deref());
        fields
    }
}

/// The fields that name declarations, for an inquiry; at most ten.
///
/// Source: ANTOM-FACTS §2.11.
#[must_use]
pub fn declaration_names_fields(request_ids: &[String]) -> Value {
    json!({"declarationRequestIds": request_ids})
}

/// The fields that ask what one currency is worth in another one.
///
/// Source: ANTOM-FACTS §2.10.
#[must_use]
pub fn exchange_rate_fields(product: Product, sell: Currency, buy: Currency) -> Value {
    json!({
        "productCode": product_code(product), "sellCurrency": sell.code(), "buyCurrency": buy.code(),
    })
}
