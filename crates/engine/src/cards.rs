//! Kept cards: found by their tokens, and the tokens of new ones.

use farthing_core::ids::{CardId, MerchantId};
use farthing_core::request::{CardRequest, CardSource, Secret};
use farthing_core::rows::{Payment, SavedCard, SecretKind, SecretRef};
use farthing_core::rules::card_issuer::{CardAtHand, FreshCard};
use farthing_core::time::Timestamp;
use farthing_store::read_one;

use crate::engine::Engine;
use crate::error::Failure;

impl Engine {
    /// The card that a request names, with what is kept of it.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn card_at_hand(
        &self,
        merchant_id: &MerchantId,
        request: &CardRequest,
    ) -> Result<CardAtHand, Failure> {
        let saved = match &request.source {
            CardSource::Given(_) => None,
            CardSource::Saved(token) => self.saved_card(merchant_id, token).await?,
        };
        Ok(CardAtHand { request: request.clone(), saved })
    }

    async fn saved_card(
        &self,
        merchant_id: &MerchantId,
        token: &Secret,
    ) -> Result<Option<SavedCard>, Failure> {
        let key = SecretRef::key_of(merchant_id, self.fingerprint(token));
        let reference = read_one::<SecretRef>(&*self.store, key).await?;
        let Some(found) = reference.filter(|found| found.kind == SecretKind::CardToken) else {
            return Ok(None);
        };
        let key = SavedCard::key_of(merchant_id, &CardId::new(found.target));
        Ok(read_one::<SavedCard>(&*self.store, key).await?)
    }

    /// Ids and a token for a card that may be kept.
    pub(crate) fn fresh_card(&self, now: Timestamp) -> FreshCard {
        let token = Secret::new(self.ids.token(now));
        FreshCard {
            card_id: self.ids.card_id(now),
            token_fingerprint: self.fingerprint(&token),
            token_sealed: self.vault.seal(token.reveal().as_bytes()),
        }
    }

    /// The token of the kept card of a payment, if it has one.
    ///
    /// # Errors
    /// Those of the store; [`Reason::SystemError`](farthing_core::reason::Reason::SystemError) when it cannot be decrypted.
    pub async fn card_token(&self, payment: &Payment) -> Result<Option<Secret>, Failure> {
        let Some(card_id) = payment.card.as_ref().and_then(|card| card.0.card_id.as_ref()) else {
            return Ok(None);
        };
        let key = SavedCard::key_of(&payment.merchant_id, card_id);
        let saved = read_one::<SavedCard>(&*self.store, key).await?;
        saved.map(|saved| self.unseal(&saved.token_sealed)).transpose()
    }
}
