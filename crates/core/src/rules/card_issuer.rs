//! The built-in card issuer of the sandbox: what a card says, and the taking of its money.
//!
//! It knows the test cards and amounts that the vendors' documentation names, and takes every other card that is
//! well-formed. No card is charged anywhere; the money comes from, and goes back to, the account `outside:cards`.

use super::Moment;
use crate::card::{brand_of, check_not_over};
use crate::ids::{CardId, Fingerprint, PaymentId};
use crate::journal::{Account, Line, transfer};
use crate::money::Money;
use crate::reason::{Reason, Refusal};
use crate::request::{CardRequest, CardSource};
use crate::rows::{
    AcquirerFacts, CardFacts, Contract, EntryKind, Json, Payment, PaymentState, SavedCard, SecretKind,
    SecretRef, ThreeDsFacts,
};
use crate::time::{DAY_MS, Timestamp};

/// How long an authorization can be captured.
///
/// Source: ANTOM-FACTS §3.5.
pub const AUTHORIZATION_LIFETIME_MS: i64 = 7 * DAY_MS;
/// How long a card payment that is not captured in parts can be cancelled.
///
/// Source: ANTOM-FACTS §3.4.
pub const CARD_CANCEL_MS: i64 = 7 * DAY_MS;

/// What a card of the documentation does when it is used, by its first eight and last four digits.
///
/// Source: ANTOM-FACTS §5 (cards that fail, and one that needs no 3-D Secure).
const TEST_CARDS: [(&str, &str, TestCard); 3] = [
    ("40546927", "4822", TestCard::Declined),
    ("51627704", "1357", TestCard::Declined),
    ("40355010", "0008", TestCard::NeedsNoAuthentication),
];

/// Amounts that a risk control stops, whatever the currency: the newest of the documentation, and an older one.
///
/// Source: ANTOM-FACTS §5.
const RISKY_AMOUNTS_MINOR: [i64; 2] = [1_111_001_111, 11];

/// The countries of the documentation's test cards; every other card is from the United States.
///
/// Source: ANTOM-FACTS §5.
const ISSUING_COUNTRIES: [(&str, &str); 5] =
    [("94902200", "KR"), ("42940974", "BR"), ("40060554", "MX"), ("46007293", "CL"), ("43103777", "PE")];

#[derive(Clone, Copy, PartialEq, Eq)]
enum TestCard {
    Declined,
    NeedsNoAuthentication,
}

/// A card that is to pay, with what the merchant kept of it where it named a kept one.
#[derive(Clone, Debug)]
pub struct CardAtHand {
    /// What the request says.
    pub request: CardRequest,
    /// The kept card that its token stands for; `None` where nobody has that token, or a number was given.
    pub saved: Option<SavedCard>,
}

/// Fresh ids and a token for a card that is to be kept.
#[derive(Clone, Debug)]
pub struct FreshCard {
    /// For the card.
    pub card_id: CardId,
    /// The keyed hash of its token.
    pub token_fingerprint: Fingerprint,
    /// The token, encrypted.
    pub token_sealed: Vec<u8>,
}

/// Reads the card at hand, before the issuer is asked.
///
/// # Errors
/// In order of checking: [`Reason::PaymentMethodDataInvalid`] (no such kept card), those of
/// [`CardGiven::check`](crate::card::CardGiven::check), [`Reason::CardExpiryInvalid`] (a kept card is over).
pub(crate) fn read_card(
    card: &CardAtHand,
    payment_id: &PaymentId,
    now: Timestamp,
) -> Result<CardFacts, Refusal> {
    let mut facts = match (&card.request.source, &card.saved) {
        (CardSource::Given(given), _) => {
            given.check(now)?;
            CardFacts {
                first_digits: given.first_digits.clone(),
                last_digits: given.last_digits.clone(),
                expiry_month: given.expiry_month.clone(),
                expiry_year: given.expiry_year.clone(),
                cvv_result: given.has_cvv.then(|| "M".to_owned()),
                avs_result: given.has_address.then(|| "Y".to_owned()),
                ..CardFacts::default()
            }
        }
        (CardSource::Saved(_), Some(saved)) => {
            check_not_over(&saved.card.0.expiry_month, &saved.card.0.expiry_year, now)?;
            CardFacts { card_id: Some(saved.card_id.clone()), ..saved.card.0.clone() }
        }
        (CardSource::Saved(_), None) => {
            let detail = "no card is kept under this token";
            return Err(Refusal::new(Reason::PaymentMethodDataInvalid, detail));
        }
    };
    let starts = |(digits, _): &&(&str, &str)| facts.first_digits == *digits;
    let country = ISSUING_COUNTRIES.iter().find(starts).map_or("US", |(_, country)| country);
    facts.issuing_country = country.to_owned();
    facts.brand = brand_of(&facts.first_digits).to_owned();
    facts.issuer = "Farthing Test Bank".to_owned();
    facts.funding = "CREDIT".to_owned();
    facts.network_transaction_id = Some(last_digits(payment_id, 15));
    facts.authorization_code = Some(last_digits(payment_id, 6));
    facts.is_to_be_saved = card.request.is_to_be_saved && facts.card_id.is_none();
    facts.customer_id = card.request.customer_id.clone();
    let is_exempt = behaviour(&facts) == Some(TestCard::NeedsNoAuthentication);
    facts.needs_authentication = card.request.asks_authentication && !is_exempt;
    Ok(facts)
}

/// What the issuer and its risk control say of this amount.
///
/// # Errors
/// In order of checking: [`Reason::RiskRejected`], [`Reason::IssuerDeclined`].
pub(crate) fn ask_issuer(card: &CardFacts, amount: Money) -> Result<(), Refusal> {
    if RISKY_AMOUNTS_MINOR.contains(&amount.amount_minor) {
        return Err(Reason::RiskRejected.into());
    }
    if behaviour(card) == Some(TestCard::Declined) { Err(Reason::IssuerDeclined.into()) } else { Ok(()) }
}

/// Who the simulated acquirer of a card payment is, and how it names it.
pub(crate) fn acquirer(payment: &Payment) -> AcquirerFacts {
    AcquirerFacts {
        name: "Farthing Test Acquirer".to_owned(),
        reference_no: last_digits(&payment.payment_id, 23),
        request_id: payment.payment_id.to_string(),
        transaction_id: last_digits(&payment.payment_id, 16),
        merchant_id: payment.merchant_id.to_string(),
        result_code: "00".to_owned(),
        result_message: "approved".to_owned(),
    }
}

/// Takes or holds the payment's amount from its card, which was asked: what kind of entry this is, and its postings.
///
/// # Panics
/// When the payment has no card, which is a mistake in our own code.
pub(crate) fn take(payment: &mut Payment, contract: &Contract, now: Timestamp) -> (EntryKind, Vec<Line>) {
    let card = payment.card.as_mut().expect("only a card payment is taken from a card");
    if card.0.needs_authentication && card.0.three_ds.is_none() {
        card.0.three_ds = Some(authenticated(&payment.payment_id));
    }
    payment.state = PaymentState::Succeeded;
    payment.user_done = false;
    payment.paid_at = Some(now);
    payment.cancel_until = Some(now.plus_ms(CARD_CANCEL_MS));
    payment.refund_until = Some(contract.refund_window.end(now));
    if payment.captures_later {
        payment.authorized_minor = payment.amount_minor;
        payment.auth_expires_at = Some(now.plus_ms(AUTHORIZATION_LIFETIME_MS));
        return (EntryKind::PaymentAuthorized, Vec::new());
    }
    payment.captured_minor = payment.amount_minor;
    (EntryKind::PaymentSucceeded, capture_lines(payment, payment.amount()))
}

/// The postings that bring `amount` of a card payment to the merchant.
pub(crate) fn capture_lines(payment: &Payment, amount: Money) -> Vec<Line> {
    transfer(amount, &Account::OutsideCards, &Account::Merchant(payment.merchant_id.clone()))
}

/// The postings that bring `amount` of a card payment back from the merchant.
pub(crate) fn return_lines(payment: &Payment, amount: Money) -> Vec<Line> {
    transfer(amount, &Account::Merchant(payment.merchant_id.clone()), &Account::OutsideCards)
}

/// Keeps the card of a payment that was paid, if the payer asked for that: the rows to be inserted.
pub(crate) fn keep_card(
    payment: &mut Payment,
    fresh: Option<&FreshCard>,
    moment: Moment,
) -> Option<(SavedCard, SecretRef)> {
    let card = payment.card.as_mut().filter(|card| card.0.is_to_be_saved && card.0.card_id.is_none())?;
    let fresh = fresh?;
    card.0.card_id = Some(fresh.card_id.clone());
    let kept = CardFacts { three_ds: None, cvv_result: None, avs_result: None, ..card.0.clone() };
    let saved = SavedCard {
        merchant_id: payment.merchant_id.clone(),
        card_id: fresh.card_id.clone(),
        client_id: payment.client_id.clone(),
        world_id: payment.world_id.clone(),
        customer_id: card.0.customer_id.clone(),
        card: Json(kept),
        token_fingerprint: fresh.token_fingerprint,
        token_sealed: fresh.token_sealed.clone(),
        created_at: moment.now,
        recorded_at: moment.real_now,
    };
    let reference = SecretRef {
        merchant_id: payment.merchant_id.clone(),
        fingerprint: fresh.token_fingerprint,
        kind: SecretKind::CardToken,
        target: fresh.card_id.to_string(),
    };
    Some((saved, reference))
}

fn behaviour(card: &CardFacts) -> Option<TestCard> {
    let fits =
        |(first, last, _): &&(&str, &str, TestCard)| card.first_digits == *first && card.last_digits == *last;
    TEST_CARDS.iter().find(fits).map(|(_, _, behaviour)| *behaviour)
}

fn authenticated(payment_id: &PaymentId) -> ThreeDsFacts {
    ThreeDsFacts {
        version: "2.2.0".to_owned(),
        eci: "05".to_owned(),
        cavv: last_digits(payment_id, 20),
        ds_transaction_id: last_digits(payment_id, 24),
    }
}

/// So many of the last digits of a payment's id: numbers that look like others' and are repeatable.
fn last_digits(payment_id: &PaymentId, count: usize) -> String {
    let id = payment_id.as_str();
    id[id.len().saturating_sub(count)..].to_owned()
}
