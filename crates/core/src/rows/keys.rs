//! The names of rows, made from ids of the right kinds.

use super::{
    AdminToken, Agreement, Attempt, Authorization, Capture, Client, Column, Commit, ConfigVersion,
    Declaration, Delivery, Lease, Merchant, OutcomeRule, Payment, PaymentDetails, Person, Proposal, Rate,
    Record, Refund, RequestKey, RowKey, SavedCard, SecretRef, Settlement, User, Value, Wallet, World,
};
use crate::ids::{
    AgreementId, AttemptId, AuthorizationId, CaptureId, CardId, ClientId, DeliveryId, Digest, Fingerprint,
    JobId, MerchantId, Operation, OutcomeId, PaymentId, PersonId, ProposalId, RefundId, RequestId,
    SettlementId, UserId, WalletId, WorldId,
};

fn key<R: Record>(values: Vec<Value>) -> RowKey {
    RowKey { table: R::TABLE, values }
}

macro_rules! keys {
    ($($record:ident($($name:ident: $type:ty),*);)*) => {$(
        impl $record {
            /// The name of such a row.
            #[must_use]
            pub fn key_of($($name: $type),*) -> RowKey { key::<Self>(vec![$($name.to_value()),*]) }
        }
    )*};
}

keys! {
    World(world_id: &WorldId);
    Merchant(merchant_id: &MerchantId);
    Client(client_id: &ClientId);
    User(user_id: &UserId);
    Wallet(wallet_id: &WalletId);
    Authorization(merchant_id: &MerchantId, authorization_id: &AuthorizationId);
    Agreement(merchant_id: &MerchantId, agreement_id: &AgreementId);
    SecretRef(merchant_id: &MerchantId, fingerprint: Fingerprint);
    Payment(merchant_id: &MerchantId, payment_id: &PaymentId);
    PaymentDetails(merchant_id: &MerchantId, payment_id: &PaymentId);
    Attempt(merchant_id: &MerchantId, payment_id: &PaymentId, attempt_id: &AttemptId);
    Refund(merchant_id: &MerchantId, refund_id: &RefundId);
    Capture(merchant_id: &MerchantId, capture_id: &CaptureId);
    SavedCard(merchant_id: &MerchantId, card_id: &CardId);
    Declaration(merchant_id: &MerchantId, request_id: &RequestId);
    Settlement(merchant_id: &MerchantId, settlement_id: &SettlementId);
    Rate(from_currency: &crate::money::Currency, to_currency: &crate::money::Currency);
    OutcomeRule(outcome_id: &OutcomeId);
    Person(person_id: &PersonId);
    Proposal(proposal_id: &ProposalId);
    AdminToken(token_digest: Digest);
    Delivery(delivery_id: &DeliveryId);
    Lease(name: &String);
    Commit(commit_id: &JobId);
}

impl RequestKey {
    /// The name of such a row.
    #[must_use]
    pub fn key_of(merchant_id: &MerchantId, operation: Operation, request_id: &RequestId) -> RowKey {
        key::<Self>(vec![
            merchant_id.to_value(),
            Value::Text(operation.name().to_owned()),
            request_id.to_value(),
        ])
    }
}

impl ConfigVersion {
    /// The name of the only row.
    #[must_use]
    pub fn key_of_row() -> RowKey {
        key::<Self>(vec![Value::Int(Self::ROW)])
    }
}
