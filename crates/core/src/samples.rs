//! Ready-made rows, requests and rules for tests and benchmarks, here and in other crates.
//!
//! Everything fits together: merchant `M1` speaks through client `C1`; user `U1` agreed (`A1`) that it debits wallet
//! `W1`, which holds 1000.00 HKD. [`Shelf::stocked`] holds these rows and carries out rules over them.

mod operations;
mod records;
mod shelf;

pub use operations::{
    approve, approve_payment, authorize_card, begin_delivery, cancel, cancel_unseen, capture_of,
    card_at_hand, card_of, card_pay, cashier_pay, cny_pay, complete_attempt, complete_capture,
    complete_refund, consult_request, declare, decline, end_delivery, exchange_auth_code, expire, fresh_ids,
    fund_wallet, in_store_pay, later, move_clock, pay, pay_later, pay_request, pay_reversed, refresh_token,
    refund_of, request_authorization, revoke_agreement, settle, taken_up, token_pair, use_outcome,
};
pub use records::{
    account_balance, admin_act, admin_token, agreement, approved_authorization, attempt, authorization,
    authorized_payment, bank_account, cancelled_payment, capture, card_payment, client, commit,
    config_version, declaration, delivery, delivery_attempt, every_row, failed_payment, journal_entry, lease,
    merchant, outcome_rule, paid_payment, payment_details, person, posting, processing_payment, proposal,
    rate, refund, request_key, reversed_payment, saved_card, seal, secret_ref, settlement, user,
    waiting_payment, wallet, world,
};
pub use shelf::{Shelf, done, refused, replayed};

use crate::ids::{
    AgreementId, AttemptId, AuthorizationId, CaptureId, CardId, ClientId, DeliveryId, Fingerprint,
    MerchantId, OutcomeId, PaymentId, PersonId, ProposalId, RefundId, SettlementId, UserId, WalletId,
    WorldId,
};
use crate::money::{Currency, Money};
use crate::request::Asker;
use crate::rules::Moment;
use crate::time::{SECOND_MS, Timestamp};

/// The payment method of the samples.
pub const METHOD: &str = "ALIPAY_HK";
/// Where the samples' notifications go.
pub const NOTIFY_URL: &str = "https://merchant.example/notify";
/// What the sample wallet holds, smallest units.
pub const BALANCE_MINOR: i64 = 100_000;
/// What the sample payment takes, smallest units.
pub const AMOUNT_MINOR: i64 = 10_000;

/// The moment of the samples: 2026-11-23T12:00:00+08:00.
#[must_use]
pub fn noon() -> Timestamp {
    Timestamp::from_ms(1_795_406_400_000)
}

/// This world time, with a real time seven seconds behind it, so that a test notices when the two are mixed up.
#[must_use]
pub fn moment(now: Timestamp) -> Moment {
    Moment { now, real_now: now.plus_ms(-7 * SECOND_MS) }
}

/// The currency with this code.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap_or_else(|| panic!("{code} is no currency"))
}

/// So many cents of the Hong Kong dollar.
#[must_use]
pub fn hkd(amount_minor: i64) -> Money {
    Money::new(amount_minor, currency("HKD"))
}

/// A keyed hash that is told from others by one byte.
#[must_use]
pub fn fingerprint(byte: u8) -> Fingerprint {
    Fingerprint([byte; 32])
}

/// The keyed hash of the sample agreement's access token.
#[must_use]
pub fn access_fingerprint() -> Fingerprint {
    fingerprint(0xa1)
}

/// The keyed hash of the sample agreement's refresh token.
#[must_use]
pub fn refresh_fingerprint() -> Fingerprint {
    fingerprint(0xb1)
}

/// The keyed hash of the approved sample authorization's code.
#[must_use]
pub fn code_fingerprint() -> Fingerprint {
    fingerprint(0xc1)
}

/// The keyed hash of the kept sample card's token.
#[must_use]
pub fn card_fingerprint() -> Fingerprint {
    fingerprint(0xf1)
}

/// Who asks in the samples: merchant `M1` through client `C1`.
#[must_use]
pub fn asker() -> Asker {
    Asker { merchant_id: merchant_id(), client_id: client_id() }
}

macro_rules! sample_ids {
    ($($(#[$doc:meta])* $name:ident: $type:ident = $text:literal;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name() -> $type { $type::new($text) }
    )*};
}

sample_ids! {
    /// The sample world, `main`.
    world_id: WorldId = "main";
    /// The sample merchant, `M1`.
    merchant_id: MerchantId = "M1";
    /// The sample client, `C1`.
    client_id: ClientId = "C1";
    /// The sample user, `U1`.
    user_id: UserId = "U1";
    /// The sample wallet, `W1`.
    wallet_id: WalletId = "W1";
    /// The sample authorization, `Z1`.
    authorization_id: AuthorizationId = "Z1";
    /// The sample agreement, `A1`.
    agreement_id: AgreementId = "A1";
    /// The sample payment.
    payment_id: PaymentId = "20261123120000000000000000000001";
    /// The sample refund, the first of [`refund_of`].
    refund_id: RefundId = "20261123120000000000002000000001";
    /// The sample capture, the first of [`capture_of`].
    capture_id: CaptureId = "20261123120000000000003000000001";
    /// The sample settlement.
    settlement_id: SettlementId = "20261123120000000000004000000001";
    /// The kept sample card, `K1`.
    card_id: CardId = "K1";
    /// The sample rule of the sandbox, `O1`.
    outcome_id: OutcomeId = "O1";
    /// The sample person, `alice`.
    person_id: PersonId = "alice";
    /// The sample proposal, `R1`.
    proposal_id: ProposalId = "R1";
    /// The sample attempt, `T1`.
    attempt_id: AttemptId = "T1";
    /// The sample delivery, `D1`.
    delivery_id: DeliveryId = "D1";
}
