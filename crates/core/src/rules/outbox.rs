//! Outbox rows: what a change tells a merchant, written in the same commit as the change.

use crate::ids::{ClientId, DeliveryId, MerchantId, WorldId};
use crate::rows::{
    Agreement, Authorization, Capture, Client, Delivery, DeliveryState, Json, Notice, Payment, Refund,
};
use crate::time::Timestamp;

/// A place in the outbox for one notification: its fresh id and the world time it is made at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// The id of the delivery.
    pub delivery_id: DeliveryId,
    /// World time; the first try is due at once.
    pub now: Timestamp,
}

/// The notification of a payment's final result, if it is to be told anywhere.
#[must_use]
pub fn payment_result(payment: &Payment, slot: Slot) -> Option<Delivery> {
    let about = About {
        world_id: &payment.world_id,
        merchant_id: &payment.merchant_id,
        client_id: &payment.client_id,
        subject: payment.payment_id.as_str(),
        url: payment.notify_url.as_ref()?,
    };
    Some(about.delivery(slot, Notice::PaymentResult { payment: Box::new(payment.clone()) }))
}

/// The notification of a refund's final result, if it is to be told anywhere.
#[must_use]
pub fn refund_result(refund: &Refund, slot: Slot) -> Option<Delivery> {
    let about = About {
        world_id: &refund.world_id,
        merchant_id: &refund.merchant_id,
        client_id: &refund.client_id,
        subject: refund.refund_id.as_str(),
        url: refund.notify_url.as_ref()?,
    };
    Some(about.delivery(slot, Notice::RefundResult { refund: Box::new(refund.clone()) }))
}

/// The notification of a capture's final result, if it is to be told anywhere.
#[must_use]
pub fn capture_result(capture: &Capture, slot: Slot) -> Option<Delivery> {
    let about = About {
        world_id: &capture.world_id,
        merchant_id: &capture.merchant_id,
        client_id: &capture.client_id,
        subject: capture.capture_id.as_str(),
        url: capture.notify_url.as_ref()?,
    };
    Some(about.delivery(slot, Notice::CaptureResult { capture: Box::new(capture.clone()) }))
}

/// The notification that a user agreed, with the encrypted code, if it is to be told anywhere.
#[must_use]
pub fn auth_code_created(
    authorization: &Authorization,
    code_sealed: Vec<u8>,
    slot: Slot,
) -> Option<Delivery> {
    let about = About {
        world_id: &authorization.world_id,
        merchant_id: &authorization.merchant_id,
        client_id: &authorization.client_id,
        subject: authorization.authorization_id.as_str(),
        url: authorization.notify_url.as_ref()?,
    };
    let authorization = Box::new(authorization.clone());
    Some(about.delivery(slot, Notice::AuthCodeCreated { authorization, code_sealed }))
}

/// The notification that an agreement's tokens were made, if it is to be told anywhere.
#[must_use]
pub fn token_created(agreement: &Agreement, slot: Slot) -> Option<Delivery> {
    let notice = Notice::TokenCreated { agreement: Box::new(agreement.clone()) };
    Some(About::agreement(agreement)?.delivery(slot, notice))
}

/// The notification that an agreement was taken back, if it is to be told anywhere.
#[must_use]
pub fn token_revoked(agreement: &Agreement, why: Option<String>, slot: Slot) -> Option<Delivery> {
    let notice = Notice::TokenRevoked { agreement: Box::new(agreement.clone()), why };
    Some(About::agreement(agreement)?.delivery(slot, notice))
}

/// Where a notification goes: the address in the request wins over the client's.
///
/// Source: SEED-002 (paymentNotifyUrl), ANTOM-FACTS §1.8.
#[must_use]
pub fn address(in_request: Option<&String>, client: &Client) -> Option<String> {
    in_request.or(client.settings.0.notify_url.as_ref()).cloned()
}

/// What a notification is about and where it goes.
struct About<'a> {
    world_id: &'a WorldId,
    merchant_id: &'a MerchantId,
    client_id: &'a ClientId,
    subject: &'a str,
    url: &'a String,
}

impl<'a> About<'a> {
    fn agreement(agreement: &'a Agreement) -> Option<Self> {
        Some(Self {
            world_id: &agreement.world_id,
            merchant_id: &agreement.merchant_id,
            client_id: &agreement.client_id,
            subject: agreement.agreement_id.as_str(),
            url: agreement.notify_url.as_ref()?,
        })
    }

    fn delivery(&self, slot: Slot, notice: Notice) -> Delivery {
        Delivery {
            delivery_id: slot.delivery_id,
            world_id: self.world_id.clone(),
            merchant_id: self.merchant_id.clone(),
            client_id: self.client_id.clone(),
            kind: notice.kind().to_owned(),
            subject: self.subject.to_owned(),
            notice: Json(notice),
            url: self.url.clone(),
            state: DeliveryState::Pending,
            attempt_count: 0,
            next_attempt_at: slot.now,
            lease_owner: None,
            lease_until: None,
            created_at: slot.now,
            ended_at: None,
        }
    }
}
