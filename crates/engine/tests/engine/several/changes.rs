//! What people change in one process, others go by; and nobody's change is lost to another's.

use farthing_core::reason::Reason;
use farthing_core::rows::{
    AdminAct, Client, ClientStatus, KycLevel, Merchant, MerchantStatus, PaymentState, Rate, Record as _,
    User, UserStatus, Wallet,
};
use farthing_core::samples;
use farthing_core::time::HOUR_MS;
use farthing_crypto::PrivateKey;
use farthing_engine::testing::{Card, Codes, Stage, actor, pay_request, revoke_request};
use farthing_engine::{AdminError, Select};
use tokio_util::sync::CancellationToken;

use super::Town;
use super::leases::until;

async fn two() -> [Stage; 2] {
    let town = Town::of(&[0, 0]).await;
    town.processes.try_into().unwrap_or_else(|_| unreachable!("two were asked for"))
}

async fn outcome(stage: &Stage, id: &str, card: &Card) -> Result<(PaymentState, Option<Reason>), Reason> {
    let paid = stage.engine.pay(&stage.caller(), pay_request(id, 1_000, &card.token), &Codes).await;
    paid.map(|paid| (paid.payment.state, paid.payment.failure)).map_err(|failure| failure.reason())
}

async fn merchant(stage: &Stage) -> Merchant {
    stage.rows::<Merchant>(Select::key(samples::merchant().key())).await.remove(0)
}

async fn client(stage: &Stage) -> Client {
    stage.rows::<Client>(Select::key(samples::client().key())).await.remove(0)
}

/// The schedules bring a change to the other process, without anybody asking for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_in_one_process_takes_effect_in_the_others() {
    let [left, right] = two().await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(right.engine.clone().run_schedules(stop.clone()));
    let suspended = Merchant { status: MerchantStatus::Suspended, ..samples::merchant() };
    left.engine.set_merchant(&actor(), suspended).await.unwrap();
    until(async || right.caller().merchant.status == MerchantStatus::Suspended).await;
    left.engine.set_merchant(&actor(), samples::merchant()).await.unwrap();
    until(async || right.caller().merchant.status == MerchantStatus::Active).await;
    stop.cancel();
    running.await.unwrap();
}

/// What is not configuration is read with each payment: a user frozen, or an agreement taken back, in one process pays in
/// no other, though the others know the token.
#[tokio::test]
async fn users_and_agreements_count_at_once_everywhere() {
    let [left, right] = two().await;
    let card = left.add_card("1", 100_000).await;
    assert_eq!(outcome(&right, "order-1", &card).await, Ok((PaymentState::Succeeded, None)));
    let user = left.engine.user(&card.user_id).await.unwrap().unwrap();
    let frozen = User { status: UserStatus::Frozen, ..user.clone() };
    left.engine.change_user(&actor(), user.clone(), frozen.clone()).await.unwrap();
    let failed = (PaymentState::Failed, Some(Reason::UserStatusAbnormal));
    assert_eq!(outcome(&right, "order-2", &card).await, Ok(failed));
    left.engine.change_user(&actor(), frozen, user).await.unwrap();
    assert_eq!(outcome(&right, "order-3", &card).await, Ok((PaymentState::Succeeded, None)));
    left.engine.revoke(&left.caller(), &revoke_request(&card.token)).await.unwrap();
    assert_eq!(outcome(&right, "order-4", &card).await, Err(Reason::AccessTokenInvalid));
}

/// Of two people who change a merchant at once the second is told to look again, and nothing of hers is kept; with what
/// she finds then both changes are there.
#[tokio::test]
async fn of_two_changes_of_a_merchant_none_is_lost() {
    let [left, right] = two().await;
    let looked_at = merchant(&right).await;
    let suspended = Merchant { status: MerchantStatus::Suspended, ..looked_at.clone() };
    left.engine.change_merchant(&actor(), looked_at.clone(), suspended.clone()).await.unwrap();
    let acts = async || left.rows::<AdminAct>(Select::from(AdminAct::TABLE)).await.len();
    let before = acts().await;
    let renamed = Merchant { name: "Other".to_owned(), ..looked_at.clone() };
    let changed = right.engine.change_merchant(&actor(), looked_at, renamed).await;
    assert!(matches!(changed, Err(AdminError::Changed(key)) if key == samples::merchant().key()));
    assert_eq!((merchant(&right).await, acts().await), (suspended.clone(), before));
    let both = Merchant { name: "Other".to_owned(), ..suspended.clone() };
    right.engine.change_merchant(&actor(), suspended, both.clone()).await.unwrap();
    assert_eq!(merchant(&left).await, both);
}

/// The same of clients, users and wallets.
#[tokio::test]
async fn of_two_changes_of_a_client_a_user_or_a_wallet_none_is_lost() {
    let [left, right] = two().await;
    let card = left.add_card("1", 100_000).await;
    let before = client(&left).await;
    let disabled = Client { status: ClientStatus::Disabled, ..before.clone() };
    left.engine.change_client(&actor(), before.clone(), disabled).await.unwrap();
    let changed = right.engine.change_client(&actor(), before.clone(), before).await;
    assert!(matches!(changed, Err(AdminError::Changed(_))));

    let before = left.engine.user(&card.user_id).await.unwrap().unwrap();
    let frozen = User { status: UserStatus::Frozen, ..before.clone() };
    left.engine.change_user(&actor(), before.clone(), frozen.clone()).await.unwrap();
    let known_a_little = User { kyc: KycLevel::Basic, ..before.clone() };
    let changed = right.engine.change_user(&actor(), before, known_a_little).await;
    assert!(matches!(changed, Err(AdminError::Changed(_))));
    assert_eq!(right.engine.user(&card.user_id).await.unwrap(), Some(frozen));

    let before = left.engine.wallet(&card.wallet_id).await.unwrap().unwrap();
    let counted = Wallet { day_count_max: Some(3), ..before.clone() };
    left.engine.change_wallet_limits(&actor(), before.clone(), counted).await.unwrap();
    let limited = Wallet { amount_max_minor: Some(5), ..before.clone() };
    let changed = right.engine.change_wallet_limits(&actor(), before, limited).await;
    assert!(matches!(changed, Err(AdminError::Changed(_))));
}

/// Keys that two people add at once, in two processes: each is there, or its adding was not answered as done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_keys_added_at_once_none_is_lost() {
    let [left, right] = two().await;
    let key = PrivateKey::generate().public_key().to_spki_base64();
    let mut expected = client(&left).await.keys.0.len();
    for round in 0..20 {
        let add = |stage: &Stage, side: &str| {
            let (engine, version, key) = (stage.engine.clone(), format!("{side}-{round}"), key.clone());
            tokio::spawn(async move {
                engine.rotate_client_key(&actor(), &samples::client_id(), version, key, HOUR_MS).await
            })
        };
        for added in [add(&left, "left"), add(&right, "right")] {
            match added.await.unwrap() {
                Ok(_) => expected += 1,
                Err(AdminError::Changed(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(client(&left).await.keys.0.len(), expected);
    }
    assert!(expected >= 20, "at least one of each two is added");
}

/// A process that does not know yet that a rate was set by another one sets it all the same, and keeps what it was.
#[tokio::test]
async fn a_rate_is_set_over_one_that_another_process_has_set() {
    let [left, right] = two().await;
    let [usd, hkd] = ["USD", "HKD"].map(samples::currency);
    left.engine.set_rate(&actor(), usd, hkd, "7.8").await.unwrap();
    right.engine.set_rate(&actor(), usd, hkd, "7.9").await.unwrap();
    let rates = left.rows::<Rate>(Select::from(Rate::TABLE)).await;
    assert_eq!(rates.iter().map(|rate| rate.price.as_str()).collect::<Vec<_>>(), ["7.9"]);
    let acts =
        left.rows::<AdminAct>(Select::from(AdminAct::TABLE).equal("action", &"rate.set".to_owned())).await;
    assert_eq!(acts.last().unwrap().before.0["price"], "7.8");
}
