//! What is kept of cards: never the number, never the CVV.

use serde::{Deserialize, Serialize};

use super::record::record;
use super::value::Json;
use crate::ids::{CardId, ClientId, Fingerprint, MerchantId, WorldId};
use crate::time::Timestamp;

/// What is known of the card that pays, as far as it may be kept: of its number at most the first eight and the last
/// four digits.
///
/// Source: SEED-000 (paymentResultInfo for CARD); ANTOM-FACTS §2.2 (PaymentResultInfo).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CardFacts {
    /// The first eight digits.
    pub first_digits: String,
    /// The last four digits.
    pub last_digits: String,
    /// The brand, e.g. `VISA`; empty when no brand's numbers begin so.
    pub brand: String,
    /// The month in which it expires, two digits.
    pub expiry_month: String,
    /// The year in which it expires, two digits.
    pub expiry_year: String,
    /// Who issued it, as a name.
    pub issuer: String,
    /// The country of the issuer, two letters.
    pub issuing_country: String,
    /// `CREDIT` or `DEBIT`.
    pub funding: String,
    /// What 3-D Secure said, where the payer went through it.
    pub three_ds: Option<ThreeDsFacts>,
    /// What the issuer says of the CVV, e.g. `M` for a match; missing where none was given.
    pub cvv_result: Option<String>,
    /// What the issuer says of the address, e.g. `Y`; missing where none was given.
    pub avs_result: Option<String>,
    /// The network's id of the transaction.
    pub network_transaction_id: Option<String>,
    /// The issuer's code of the authorization.
    pub authorization_code: Option<String>,
    /// Whether the payer has to go through 3-D Secure before anything is taken.
    pub needs_authentication: bool,
    /// Whether the payer asked to keep the card.
    pub is_to_be_saved: bool,
    /// The merchant's own id of the customer, for a card that is to be kept.
    pub customer_id: Option<String>,
    /// The kept card, once it is kept or where one was used.
    pub card_id: Option<CardId>,
}

/// What 3-D Secure said.
///
/// Source: ANTOM-FACTS §2.2 (ThreeDSResult).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ThreeDsFacts {
    /// The version, e.g. `2.2.0`.
    pub version: String,
    /// The electronic commerce indicator, e.g. `05`.
    pub eci: String,
    /// The cryptogram of the authentication.
    pub cavv: String,
    /// The directory server's id of it.
    pub ds_transaction_id: String,
}

/// Who carries a payment out, where that is not the gateway itself.
///
/// Source: SEED-000 (acquirerReferenceNo, acquirerInfo); ANTOM-FACTS §2.2 (AcquirerInfo), 64 characters each.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AcquirerFacts {
    /// Its name.
    pub name: String,
    /// Its reference of the transaction.
    pub reference_no: String,
    /// The id under which it was asked.
    pub request_id: String,
    /// Its own id of the transaction.
    pub transaction_id: String,
    /// The merchant's id there.
    pub merchant_id: String,
    /// Its code for the result.
    pub result_code: String,
    /// Its message for the result.
    pub result_message: String,
}

record! {
    /// A card that a payer let a merchant keep, with the token that stands for it.
    SavedCard, "saved_cards", key 2 {
        /// Who keeps it.
        merchant_id: MerchantId,
        /// Its id.
        card_id: CardId,
        /// The client it was given to.
        client_id: ClientId,
        /// The world.
        world_id: WorldId,
        /// The merchant's own id of the customer, if it named one.
        customer_id: Option<String>,
        /// The card as far as it may be kept.
        card: Json<CardFacts>,
        /// The keyed hash of the token.
        token_fingerprint: Fingerprint,
        /// The token, encrypted.
        token_sealed: Vec<u8>,
        /// World time of its making.
        created_at: Timestamp,
        /// Real time of its making.
        recorded_at: Timestamp,
    }
}
