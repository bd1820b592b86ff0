//! Where money moves by hand: one person proposes, another one confirms.

use farthing_engine::PROPOSAL_MS;
use serde_json::{Value, json};

use super::Desk;

const FUND: &str = "/admin/v1/wallets/W-DEMO-HKD/fund";
const PROPOSALS: &str = "/admin/v1/proposals";

/// A desk that asks for a second person, with two operators.
struct Two {
    desk: Desk,
    alice: String,
    bob: String,
}

impl Two {
    async fn open() -> Self {
        let desk = Desk::with_second_person().await;
        let (alice, bob) = (desk.person("alice", "operator").await, desk.person("bob", "operator").await);
        Self { desk, alice, bob }
    }

    /// Alice wants 5.00 to come into the demo wallet; gives the proposal's path.
    async fn fund(&self) -> String {
        let body = json!({"amount_minor": 500, "currency": "HKD"});
        let (status, proposal) = self.desk.ask_as(&self.alice, "POST", FUND, Some(body)).await;
        assert_eq!(
            (status, &proposal["state"], &proposal["proposed_by"]),
            (202, &json!("open"), &json!("alice"))
        );
        format!("{PROPOSALS}/{}", proposal["proposal_id"].as_str().unwrap())
    }

    async fn decide(&self, who: &str, proposal: &str, how: &str) -> (u16, Value) {
        self.desk.ask_as(who, "POST", &format!("{proposal}/{how}"), Some(json!({}))).await
    }

    async fn balance(&self) -> i64 {
        self.desk.get("/admin/v1/wallets/W-DEMO-HKD").await["balance_minor"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn money_comes_when_another_person_has_confirmed_it_and_only_once() {
    let two = Two::open().await;
    let before = two.balance().await;
    let proposal = two.fund().await;
    assert_eq!(two.balance().await, before, "nothing is done yet");
    let (status, problem) = two.decide(&two.alice, &proposal, "confirm").await;
    assert_eq!((status, &problem["reason"]), (403, &json!("same_person")));
    let (status, done) = two.decide(&two.bob, &proposal, "confirm").await;
    assert_eq!((status, &done["state"]), (200, &json!("done")));
    assert_eq!(done["result"]["balance_minor"], before + 500);
    for how in ["confirm", "decline"] {
        let (status, problem) = two.decide(&two.bob, &proposal, how).await;
        assert_eq!((status, &problem["reason"]), (409, &json!("wrong_state")));
    }
    assert_eq!(two.balance().await, before + 500);
    let mut acts = two.desk.get("/admin/v1/acts?limit=2").await;
    let acts = acts["items"].as_array_mut().unwrap();
    assert_eq!((&acts[0]["actor"], &acts[0]["action"]), (&json!("bob"), &json!("wallet.fund")));
    assert!(proposal.ends_with(acts[0]["before"]["proposal_id"].as_str().unwrap()));
    assert_eq!((&acts[1]["actor"], &acts[1]["action"]), (&json!("alice"), &json!("proposal.add")));
}

#[tokio::test]
async fn what_is_declined_or_too_old_is_not_done() {
    let two = Two::open().await;
    let before = two.balance().await;
    for who in [&two.alice, &two.bob] {
        let proposal = two.fund().await;
        let (status, declined) = two.decide(who, &proposal, "decline").await;
        assert_eq!((status, &declined["state"]), (200, &json!("declined")));
        assert_eq!(two.decide(&two.bob, &proposal, "confirm").await.0, 409);
    }
    let late = two.fund().await;
    two.desk.clock.advance_ms(PROPOSAL_MS);
    let (status, problem) = two.decide(&two.bob, &late, "confirm").await;
    assert!(
        status == 409 && problem["detail"].as_str().unwrap().contains("not confirmed in time"),
        "{problem}"
    );
    assert_eq!(two.balance().await, before);
    let open = two.desk.get(&format!("{PROPOSALS}?state=declined")).await;
    assert_eq!(open["items"].as_array().unwrap().len(), 2);
    let (status, _) = two.decide(&two.bob, &format!("{PROPOSALS}/nothing"), "confirm").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_payment_approved_in_its_users_place_waits_for_a_second_person() {
    // To decline it, or to leave it pending, moves no money, and needs nobody else.
    let two = Two::open().await;
    let (wanted, unwanted) =
        (two.desk.waiting_payment("order-1").await, two.desk.waiting_payment("order-2").await);
    let path = |payment_id| format!("/admin/v1/payments/{}/{payment_id}", wanted.merchant_id);
    let approve = format!("{}/approve", path(&wanted.payment_id));
    let body = json!({"wallet_id": "W-DEMO-HKD"});
    let (status, proposal) = two.desk.ask_as(&two.alice, "POST", &approve, Some(body)).await;
    assert_eq!((status, &proposal["action"]), (202, &json!("payment.approve")));
    let proposal = format!("{PROPOSALS}/{}", proposal["proposal_id"].as_str().unwrap());
    let (status, done) = two.decide(&two.bob, &proposal, "confirm").await;
    assert_eq!((status, &done["result"]["state"]), (200, &json!("succeeded")), "{done}");
    let act = &two.desk.get("/admin/v1/acts?limit=1").await["items"][0];
    assert_eq!((&act["actor"], &act["before"]["state"]), (&json!("bob"), &json!("processing")));
    let decline = format!("{}/decline", path(&unwanted.payment_id));
    assert_eq!(two.desk.ask_as(&two.alice, "POST", &decline, Some(json!({}))).await.0, 200);
}

#[tokio::test]
async fn no_other_door_moves_money_by_one_hand() {
    // A new wallet comes without money; what a rule refuses at the confirmation stays open.
    let two = Two::open().await;
    let wallet = json!({"wallet_id": "W-1", "user_id": "U-1", "method": "ALIPAY_HK", "currency": "HKD", "fund_minor": 5});
    let (status, problem) = two.desk.ask_as(&two.alice, "POST", "/admin/v1/wallets", Some(wallet)).await;
    assert!(status == 422 && problem["detail"].as_str().unwrap().contains("second person"), "{problem}");
    let body = json!({"amount_minor": -1_000_000_000_000_i64, "currency": "HKD"});
    let (_, proposal) = two.desk.ask_as(&two.alice, "POST", FUND, Some(body)).await;
    let proposal = format!("{PROPOSALS}/{}", proposal["proposal_id"].as_str().unwrap());
    let (status, problem) = two.decide(&two.bob, &proposal, "confirm").await;
    assert_eq!((status, &problem["reason"]), (409, &json!("balance_not_enough")));
    assert_eq!(two.decide(&two.bob, &proposal, "decline").await.0, 200);
}

#[tokio::test]
async fn of_two_who_confirm_at_once_one_does_it() {
    let two = Two::open().await;
    let carol = two.desk.person("carol", "admin").await;
    let (before, proposal) = (two.balance().await, two.fund().await);
    let (one, other) =
        tokio::join!(two.decide(&two.bob, &proposal, "confirm"), two.decide(&carol, &proposal, "confirm"));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert!(statuses == [200, 403] || statuses == [200, 409], "{statuses:?}");
    assert_eq!(two.balance().await, before + 500);
}
