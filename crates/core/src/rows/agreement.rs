//! From a merchant's wish to debit a wallet to the agreement with its tokens.

use super::record::record;
use super::value::Json;
use crate::ids::{
    AgreementId, AuthorizationId, ClientId, Fingerprint, MerchantId, UserId, WalletId, WorldId,
};
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// What became of a request for authorization.
    AuthorizationState {
        /// The user has not decided.
        Pending = "pending",
        /// The user agreed; a code waits to be turned into tokens.
        Approved = "approved",
        /// The user did not agree.
        Declined = "declined",
        /// The code was turned into tokens.
        Used = "used",
    }
}

record! {
    /// A merchant's request that a user agrees to debits.
    Authorization, "authorizations", key 2 {
        /// Whose request.
        merchant_id: MerchantId,
        /// Its id.
        authorization_id: AuthorizationId,
        /// The client that asked; it is notified.
        client_id: ClientId,
        /// The world.
        world_id: WorldId,
        /// The kind of wallet, e.g. `ALIPAY_HK`.
        method: String,
        /// The merchant's own text; comes back unchanged.
        auth_state: String,
        /// Where the user is sent afterwards.
        redirect_url: String,
        /// Where notifications about it go; the client's address when missing.
        notify_url: Option<String>,
        /// The secondary merchant it is for, if any.
        auth_client_id: Option<String>,
        /// The merchant's own id for the agreement, where its dialect has one.
        merchant_agreement_id: Option<String>,
        /// What was asked for.
        scopes: Json<Vec<String>>,
        /// What became of it.
        state: AuthorizationState,
        /// The user who decided.
        user_id: Option<UserId>,
        /// The wallet the user chose.
        wallet_id: Option<WalletId>,
        /// The keyed hash of the code.
        code_fingerprint: Option<Fingerprint>,
        /// Until when the code can be used, world time.
        code_expires_at: Option<Timestamp>,
        /// The agreement that the code was turned into.
        agreement_id: Option<AgreementId>,
        /// Everything else the request said, as JSON.
        request: Json<serde_json::Value>,
        /// World time of its making.
        created_at: Timestamp,
        /// Real time of its making.
        recorded_at: Timestamp,
    }
}

word_column! {
    /// Whether an agreement holds.
    AgreementState {
        /// It holds.
        Active = "active",
        /// It was taken back, by the merchant or the user.
        Revoked = "revoked",
    }
}

record! {
    /// A user's agreement that a merchant may debit a wallet, with the tokens that stand for it.
    Agreement, "agreements", key 2 {
        /// Who may debit.
        merchant_id: MerchantId,
        /// Its id.
        agreement_id: AgreementId,
        /// The authorization it came from; none for the ready-made one of `farthing dev`.
        authorization_id: Option<AuthorizationId>,
        /// The client that asked; it is notified.
        client_id: ClientId,
        /// The world.
        world_id: WorldId,
        /// The user.
        user_id: UserId,
        /// The wallet.
        wallet_id: WalletId,
        /// The kind of wallet, e.g. `ALIPAY_HK`.
        method: String,
        /// The merchant's own text from the authorization.
        auth_state: String,
        /// The secondary merchant it is for, if any.
        auth_client_id: Option<String>,
        /// The merchant's own id for the agreement, where its dialect has one.
        merchant_agreement_id: Option<String>,
        /// Where notifications about it go; the client's address when missing.
        notify_url: Option<String>,
        /// What was agreed to.
        scopes: Json<Vec<String>>,
        /// Whether it holds.
        state: AgreementState,
        /// The keyed hash of the access token that counts.
        access_fingerprint: Fingerprint,
        /// That token, encrypted.
        access_sealed: Vec<u8>,
        /// Until when it counts, world time.
        access_expires_at: Timestamp,
        /// The keyed hash of the refresh token that counts.
        refresh_fingerprint: Fingerprint,
        /// That token, encrypted.
        refresh_sealed: Vec<u8>,
        /// Until when it counts, world time.
        refresh_expires_at: Timestamp,
        /// World time of its making.
        created_at: Timestamp,
        /// World time of its end.
        revoked_at: Option<Timestamp>,
        /// Real time of its making.
        recorded_at: Timestamp,
    }
}

impl Agreement {
    /// Whether this access token may be used at `now`: it is the current one, not expired, not revoked.
    #[must_use]
    pub fn accepts(&self, access: Fingerprint, now: Timestamp) -> bool {
        self.state == AgreementState::Active
            && self.access_fingerprint == access
            && now < self.access_expires_at
    }
}

word_column! {
    /// What kind of secret text a reference is for.
    SecretKind {
        /// An authorization code; the target is an authorization.
        AuthCode = "auth_code",
        /// An access token; the target is an agreement.
        AccessToken = "access_token",
        /// A refresh token; the target is an agreement.
        RefreshToken = "refresh_token",
        /// A merchant's own id for an agreement; the target is an authorization.
        MerchantAgreement = "merchant_agreement",
        /// The token of a saved card; the target is that card.
        CardToken = "card_token",
    }
}

record! {
    /// Which authorization or agreement a secret text belongs to. Never changes once written.
    SecretRef, "secret_refs", key 2 {
        /// The merchant the secret was given to.
        merchant_id: MerchantId,
        /// The keyed hash of the secret.
        fingerprint: Fingerprint,
        /// What kind of secret.
        kind: SecretKind,
        /// The id of the authorization or agreement.
        target: String,
    }
}
