//! What people change: merchants, clients, keys, users, wallets. It takes effect, is kept, and harms no balance.

use farthing_core::ids::WalletId;
use farthing_core::money::Money;
use farthing_core::reason::Reason;
use farthing_core::rows::{
    AdminAct, Client, ClientKey, Json, Merchant, MerchantStatus, PaymentState, Record as _, User, UserStatus,
};
use farthing_core::samples;
use farthing_core::time::HOUR_MS;
use farthing_crypto::PrivateKey;
use farthing_engine::testing::{Card, Codes, Stage, actor, pay_request};
use farthing_engine::{AdminError, Select};

use crate::stores::on_both_stores;

on_both_stores! {
    a_change_takes_effect_here_at_once_and_elsewhere_when_noticed,
    what_exists_is_not_made_twice_and_what_is_missing_not_changed,
    a_frozen_user_pays_nothing,
    new_limits_leave_the_balance_alone,
    a_wallet_is_funded_in_its_currency_and_never_overdrawn,
    a_key_is_rotated_with_an_overlap,
}

async fn outcome(stage: &Stage, id: &str, card: &Card) -> Result<(PaymentState, Option<Reason>), Reason> {
    let paid = stage.engine.pay(&stage.caller(), pay_request(id, 1_000, &card.token), &Codes).await;
    paid.map(|paid| (paid.payment.state, paid.payment.failure)).map_err(|failure| failure.reason())
}

/// Payments say by which version of the configuration they were decided.
async fn a_change_takes_effect_here_at_once_and_elsewhere_when_noticed(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let beside = stage.beside(2, true).await;
    let first =
        stage.engine.pay(&stage.caller(), pay_request("order-0", 1, &card.token), &Codes).await.unwrap();
    let closed = Merchant { status: MerchantStatus::Suspended, ..samples::merchant() };
    stage.engine.set_merchant(&actor(), closed).await.unwrap();
    assert_eq!(outcome(&stage, "order-1", &card).await, Err(Reason::MerchantStatusInvalid));
    assert_eq!(outcome(&beside, "order-2", &card).await, Ok((PaymentState::Succeeded, None)));
    beside.engine.refresh_directory().await.unwrap();
    assert_eq!(outcome(&beside, "order-3", &card).await, Err(Reason::MerchantStatusInvalid));
    stage.engine.set_merchant(&actor(), samples::merchant()).await.unwrap();
    let last =
        stage.engine.pay(&stage.caller(), pay_request("order-1", 1, &card.token), &Codes).await.unwrap();
    assert_eq!(last.payment.config_version, first.payment.config_version + 2);
}

/// Nothing is changed then, and nothing is kept of the attempt.
async fn what_exists_is_not_made_twice_and_what_is_missing_not_changed(stage: Stage) {
    let acts = || stage.rows::<AdminAct>(Select::from(AdminAct::TABLE));
    let before = acts().await.len();
    let made = stage.engine.add_merchant(&actor(), samples::merchant()).await;
    assert!(matches!(made, Err(AdminError::Exists(key)) if key == samples::merchant().key()));
    let stranger = User { user_id: farthing_core::ids::UserId::new("U-none"), ..samples::user() };
    let set = stage.engine.set_user(&actor(), stranger.clone()).await;
    assert!(matches!(set, Err(AdminError::Missing(key)) if key == stranger.key()));
    assert_eq!(acts().await.len(), before);
    stage.engine.set_client(&actor(), samples::client()).await.unwrap();
    assert_eq!(acts().await.len(), before + 1, "an act that was done is kept");
}

/// Freezing counts from the next payment on, thawing too.
async fn a_frozen_user_pays_nothing(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let user = stage.engine.user(&card.user_id).await.unwrap().unwrap();
    let frozen = User { status: UserStatus::Frozen, ..user.clone() };
    stage.engine.set_user(&actor(), frozen).await.unwrap();
    let failed = (PaymentState::Failed, Some(Reason::UserStatusAbnormal));
    assert_eq!(outcome(&stage, "order-1", &card).await, Ok(failed));
    stage.engine.set_user(&actor(), user).await.unwrap();
    assert_eq!(outcome(&stage, "order-2", &card).await, Ok((PaymentState::Succeeded, None)));
    assert_eq!(outcome(&stage, "order-1", &card).await, Ok(failed), "the failed one stays failed");
}

/// Limits are set on a wallet read long ago; what was paid since stays paid.
async fn new_limits_leave_the_balance_alone(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let mut old = stage.engine.wallet(&card.wallet_id).await.unwrap().unwrap();
    assert_eq!(outcome(&stage, "order-1", &card).await, Ok((PaymentState::Succeeded, None)));
    old.day_count_max = Some(2);
    stage.engine.set_wallet_limits(&actor(), old).await.unwrap();
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 99_000);
    assert_eq!(outcome(&stage, "order-2", &card).await, Ok((PaymentState::Succeeded, None)));
    let failed = (PaymentState::Failed, Some(Reason::PaymentCountExceedsLimit));
    assert_eq!(outcome(&stage, "order-3", &card).await, Ok(failed));
    stage.advance_ms(24 * HOUR_MS).await;
    assert_eq!(outcome(&stage, "order-4", &card).await, Ok((PaymentState::Succeeded, None)));
}

/// Money comes in and goes out; nothing is refused without a name, and nothing refused moves any.
async fn a_wallet_is_funded_in_its_currency_and_never_overdrawn(stage: Stage) {
    let card = stage.add_card("1", 500).await;
    let unknown = WalletId::new("W-none");
    let yen = Money::new(1, samples::currency("JPY"));
    for (wallet_id, amount, reason) in [
        (&unknown, samples::hkd(1), Reason::UserNotFound),
        (&card.wallet_id, samples::hkd(0), Reason::ParameterIllegal),
        (&card.wallet_id, samples::hkd(i64::MIN), Reason::ParameterIllegal),
        (&card.wallet_id, samples::hkd(i64::MAX), Reason::ParameterIllegal),
        (&card.wallet_id, yen, Reason::WalletCurrencyDiffers),
        (&card.wallet_id, samples::hkd(-501), Reason::BalanceNotEnough),
    ] {
        let funded = stage.engine.fund_wallet(&actor(), wallet_id, amount).await;
        assert_eq!(funded.unwrap_err().reason(), reason, "{amount}");
    }
    let emptied = stage.engine.fund_wallet(&actor(), &card.wallet_id, samples::hkd(-500)).await.unwrap();
    assert_eq!((emptied.balance_minor, emptied.chain_count), (0, 2));
    assert_eq!(stage.verify().await.findings, []);
}

/// The old key is accepted until the overlap is over; a request that names no version means the newest.
async fn a_key_is_rotated_with_an_overlap(stage: Stage) {
    let [old, new] = [0, 1].map(|_| PrivateKey::generate().public_key().to_spki_base64());
    let keys = Json(vec![ClientKey { version: "1".to_owned(), public_key: old.clone(), valid_until: None }]);
    stage.engine.set_client(&actor(), Client { keys, ..samples::client() }).await.unwrap();
    let accepted = |version: Option<&str>| {
        let client = stage.engine.known_client(&samples::client_id()).unwrap();
        client.key(version, stage.engine.real_now()).map(|key| key.to_spki_base64())
    };
    assert_eq!(accepted(None), Some(old.clone()));
    let rotate = |version: &str| {
        let (version, key) = (version.to_owned(), new.clone());
        let engine = stage.engine.clone();
        async move { engine.rotate_client_key(&actor(), &samples::client_id(), version, key, HOUR_MS).await }
    };
    let taken = rotate("1").await;
    assert!(
        matches!(taken, Err(AdminError::Failure(failure)) if failure.reason() == Reason::ParameterIllegal)
    );
    rotate("2").await.unwrap();
    stage.advance_ms(365 * 24 * HOUR_MS).await;
    assert_eq!(accepted(Some("1")), Some(old), "the overlap is real time");
    assert_eq!((accepted(Some("2")), accepted(None)), (Some(new.clone()), Some(new.clone())));
    assert_eq!(accepted(Some("3")), None);
    stage.elapse_ms(HOUR_MS);
    assert_eq!((accepted(Some("1")), accepted(None)), (None, Some(new)));
}
