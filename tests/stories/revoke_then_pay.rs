//! An agreement that is taken back.

use farthing_core::ids::AgreementId;
use farthing_core::rows::{Agreement, Record as _};
use farthing_engine::Select;
use farthing_stories::{Payer, TestGateway, TestReceiver, Transcript, on_every_store, text};
use insta::assert_json_snapshot;

on_every_store! {
    a_revoked_agreement_pays_nothing_more
    a_user_takes_the_agreement_back_and_the_merchant_is_told
}

async fn agreed(gateway: &TestGateway) -> (Payer, AgreementId) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let consented = shop.consult_and_agree(gateway, &user, "state-1").await;
    let granted = shop.apply_code(consented.auth_code.reveal()).await;
    let payer = Payer { access_token: text(&granted, "accessToken"), ..user };
    let agreements = gateway.engine.list::<Agreement>(Select::from(Agreement::TABLE)).await;
    let from_this_code = |known: &Agreement| known.authorization_id.is_some();
    let agreement = agreements.expect("the store answers").into_iter().find(from_this_code);
    (payer, agreement.expect("there is an agreement").agreement_id)
}

/// What was paid before stays paid and can be refunded; a repeat of it still tells what it led to.
async fn a_revoked_agreement_pays_nothing_more(gateway: &TestGateway) {
    let shop = gateway.shop();
    let (payer, _agreement_id) = agreed(gateway).await;
    let payment_id = shop.pay_and_succeed("order-1", &payer, 100).await;
    let mut story = Transcript::default();
    story.note("revoke", &shop.revoke(&payer.access_token).await);
    let before = gateway.contents().await;
    story.note("pay", &shop.pay("order-2", &payer, 100).await);
    story.note("revoke again", &shop.revoke(&payer.access_token).await);
    story.note("revoke of what never was", &shop.revoke("NOTHING").await);
    story.note("inquiryPayment of the refused pay", &shop.inquire("order-2").await);
    assert_eq!(gateway.contents().await, before, "a refused pay stores nothing");
    story.note("pay again what was paid before", &shop.pay("order-1", &payer, 100).await);
    story.note("refund of what was paid before", &shop.refund("refund-1", &payment_id, 100).await);
    assert_json_snapshot!("a_revoked_agreement_pays_nothing_more", story.shown());
}

/// Proves: ANTOM-FACTS §2.12 (TOKEN_CANCELED with the reason).
async fn a_user_takes_the_agreement_back_and_the_merchant_is_told(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    gateway.change_client(&shop, |client| client.settings.0.notify_url = Some(receiver.url("/all"))).await;
    let (payer, agreement_id) = agreed(gateway).await;
    // Code and token come close together, and on two connections: their order is nobody's promise.
    let mut notified = receiver.wait_for(2).await;
    notified.sort_by_key(|one| one.json()["authorizationNotifyType"].to_string());
    let why = Some("I do not shop there any more".to_owned());
    let revoked = gateway.engine.revoke_by_user(&shop.merchant_id, &agreement_id, why).await;
    revoked.expect("the agreement holds");
    let mut story = Transcript::default();
    story.note("pay", &shop.pay("order-1", &payer, 100).await);
    notified.push(receiver.wait_for(3).await.remove(2));
    assert_eq!(notified[2].json()["accessToken"], payer.access_token.as_str());
    notified.iter().for_each(|notification| story.notified(notification));
    assert_json_snapshot!("a_user_takes_the_agreement_back", story.shown());
}
