//! Agreements that a merchant names by an id of its own, and codes that are turned in twice.

use farthing_core::reason::Reason;
use farthing_core::request::{
    AgreementName, ApplyTokenRequest, ConsultRequest, Grant, RevokeRequest, Secret,
};
use farthing_core::rows::{
    AgreementState, Authorization, AuthorizationState, Delivery, PaymentState, Record as _,
};
use farthing_core::samples;
use farthing_core::time::MINUTE_MS;
use farthing_engine::testing::{Card, Codes, Stage, pay_request};
use farthing_engine::{Select, Tokens};

use crate::stores::on_both_stores;

on_both_stores! {
    asking_again_gives_the_same_authorization_until_the_user_decides,
    an_own_id_means_one_agreement_of_one_merchant,
    where_an_agreement_stands_is_told_by_its_own_id,
    an_agreement_is_taken_back_by_its_own_id_once,
    a_code_that_is_turned_in_again_gives_the_same_tokens_while_it_counts,
    of_many_who_ask_at_once_for_one_id_all_get_one_authorization,
}

const OWN_ID: &str = "agreement-1";

fn asked() -> ConsultRequest {
    ConsultRequest { merchant_agreement_id: Some(OWN_ID.to_owned()), ..samples::consult_request() }
}

async fn consult(stage: &Stage) -> Result<Authorization, Reason> {
    stage.engine.consult(&stage.caller(), asked()).await.map_err(|failure| failure.reason())
}

/// The user agrees with the card's wallet; returns the code.
async fn agree(stage: &Stage, asked: &Authorization, card: &Card) -> Secret {
    let (merchant_id, id) = (samples::merchant_id(), &asked.authorization_id);
    let agreed = stage.engine.approve_authorization(&merchant_id, id, &card.wallet_id, &card.user_id).await;
    agreed.unwrap().auth_code
}

async fn turn_in(stage: &Stage, code: &Secret, repeats_are_answered: bool) -> Result<Tokens, Reason> {
    let request = ApplyTokenRequest {
        method: samples::METHOD.to_owned(),
        repeats_are_answered,
        grant: Grant::AuthorizationCode(code.clone()),
    };
    stage.engine.apply_token(&stage.caller(), request).await.map_err(|failure| failure.reason())
}

async fn notices(stage: &Stage, kind: &str) -> usize {
    let select = Select::from(Delivery::TABLE).equal("kind", &kind.to_owned());
    stage.rows::<Delivery>(select).await.len()
}

/// Pending: the same. Approved, used or declined: the id is used up.
async fn asking_again_gives_the_same_authorization_until_the_user_decides(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let first = consult(&stage).await.unwrap();
    assert_eq!(consult(&stage).await.as_ref(), Ok(&first));
    let code = agree(&stage, &first, &card).await;
    assert_eq!(consult(&stage).await, Err(Reason::RepeatInconsistent));
    turn_in(&stage, &code, false).await.unwrap();
    assert_eq!(consult(&stage).await, Err(Reason::RepeatInconsistent));
    let rows = stage.rows::<Authorization>(Select::from(Authorization::TABLE)).await;
    assert_eq!(rows.len(), 1);
    let unnamed = stage.engine.consult(&stage.caller(), samples::consult_request()).await.unwrap();
    assert_ne!(unnamed.authorization_id, first.authorization_id, "without an id each time is a new one");
}

/// Another merchant may use the same id for an agreement of its own, and learns nothing of this one.
async fn an_own_id_means_one_agreement_of_one_merchant(stage: Stage) {
    let first = consult(&stage).await.unwrap();
    let other = stage.caller_as(&stage.add_merchant("M2", "C2").await);
    let standing = stage.engine.agreement_standing(&other, OWN_ID).await;
    assert_eq!(standing.unwrap_err().reason(), Reason::AuthorizationNotOpen);
    let theirs = stage.engine.consult(&other, asked()).await.unwrap();
    assert_ne!(theirs.authorization_id, first.authorization_id);
    assert_eq!(theirs.merchant_id, other.merchant.merchant_id);
}

/// Nothing, waiting, declined or agreed: each is told apart, and the token is that of the agreement.
async fn where_an_agreement_stands_is_told_by_its_own_id(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let unknown = stage.engine.agreement_standing(&stage.caller(), OWN_ID).await;
    assert_eq!(unknown.unwrap_err().reason(), Reason::AuthorizationNotOpen);
    let asked = consult(&stage).await.unwrap();
    let waiting = stage.engine.agreement_standing(&stage.caller(), OWN_ID).await.unwrap();
    assert_eq!((waiting.authorization.state, waiting.agreement), (AuthorizationState::Pending, None));
    assert_eq!(waiting.access_token, None);
    let code = agree(&stage, &asked, &card).await;
    let tokens = turn_in(&stage, &code, false).await.unwrap();
    let agreed = stage.engine.agreement_standing(&stage.caller(), OWN_ID).await.unwrap();
    assert_eq!(agreed.authorization.state, AuthorizationState::Used);
    assert_eq!(agreed.agreement, Some(tokens.agreement));
    assert_eq!(agreed.access_token, Some(tokens.access_token.clone()));
    let paid = pay_request("order-1", 100, &tokens.access_token);
    let paid = stage.engine.pay(&stage.caller(), paid, &Codes).await.unwrap();
    assert_eq!(paid.payment.state, PaymentState::Succeeded);
}

/// The second time nothing happens and nothing is told; an id without an agreement is refused.
async fn an_agreement_is_taken_back_by_its_own_id_once(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let revoke = RevokeRequest { agreement: AgreementName::Merchant(OWN_ID.to_owned()) };
    let asked = consult(&stage).await.unwrap();
    let nothing = stage.engine.revoke(&stage.caller(), &revoke).await;
    assert_eq!(nothing.unwrap_err().reason(), Reason::AccessTokenInvalid);
    let code = agree(&stage, &asked, &card).await;
    let tokens = turn_in(&stage, &code, false).await.unwrap();
    let revoked = stage.engine.revoke(&stage.caller(), &revoke).await.unwrap();
    assert_eq!((revoked.state, revoked.revoked_at), (AgreementState::Revoked, Some(stage.now())));
    stage.elapse_ms(1);
    assert_eq!(stage.engine.revoke(&stage.caller(), &revoke).await.unwrap(), revoked);
    assert_eq!(notices(&stage, "token_revoked").await, 1);
    let late = pay_request("order-1", 100, &tokens.access_token);
    let late = stage.engine.pay(&stage.caller(), late, &Codes).await;
    assert_eq!(late.unwrap_err().reason(), Reason::AccessTokenInvalid);
}

/// Only where the dialect answers repeats, and only until the code would have been over.
async fn a_code_that_is_turned_in_again_gives_the_same_tokens_while_it_counts(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let asked = consult(&stage).await.unwrap();
    let code = agree(&stage, &asked, &card).await;
    let first = turn_in(&stage, &code, true).await.unwrap();
    stage.advance_ms(9 * MINUTE_MS).await;
    let again = turn_in(&stage, &code, true).await.unwrap();
    assert_eq!(
        (again.agreement, again.access_token, again.refresh_token, again.user),
        (first.agreement, first.access_token, first.refresh_token, first.user)
    );
    assert_eq!(turn_in(&stage, &code, false).await.unwrap_err(), Reason::AuthCodeUsed);
    assert_eq!(notices(&stage, "token_created").await, 1, "a repeat is not told anew");
    stage.advance_ms(MINUTE_MS).await;
    assert_eq!(turn_in(&stage, &code, true).await.unwrap_err(), Reason::AuthCodeUsed);
    let unknown = Secret::new("no such code");
    assert_eq!(turn_in(&stage, &unknown, true).await.unwrap_err(), Reason::AuthCodeUnknown);
}

/// Who comes second is told what the first was told, not that the id was used.
async fn of_many_who_ask_at_once_for_one_id_all_get_one_authorization(stage: Stage) {
    let asking: Vec<_> = (0..16)
        .map(|_| {
            let stage = stage.clone();
            tokio::spawn(async move { consult(&stage).await })
        })
        .collect();
    let mut told = Vec::new();
    for one in asking {
        told.push(one.await.unwrap().unwrap());
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
}
