//! One ready-made row of every kind, and payments in every state.

use serde_json::json;

use super::shelf::{Shelf, done};
use super::{
    BALANCE_MINOR, METHOD, NOTIFY_URL, access_fingerprint, agreement_id, authorization_id, client_id,
    code_fingerprint, currency, delivery_id, merchant_id, moment, noon, outcome_id, person_id, proposal_id,
    refresh_fingerprint, user_id, wallet_id, world_id,
};
use super::{operations, token_pair};
use crate::decision::Change;
use crate::ids::{Digest, JobId};
use crate::money::Money;
use crate::reason::Reason;
use crate::rows::{
    AccountBalance, AdminAct, AdminToken, Agreement, AgreementState, Attempt, Authorization,
    AuthorizationState, BankAccount, Capture, Client, ClientKey, ClientSettings, ClientStatus, Commit,
    ConfigVersion, Contract, Declaration, Delivery, DeliveryAttempt, Dialect, JournalEntry, Json, KybStatus,
    KycLevel, Lease, Merchant, MerchantStatus, OutcomeRule, Payment, PaymentDetails, Person, PlannedEnd,
    Posting, Product, Proposal, ProposalState, Rate, Record, Refund, RequestKey, Role, Row, SavedCard, Seal,
    SecretKind, SecretRef, Settlement, SettlementTerms, TokenKind, User, UserStatus, Wallet, World,
};
use crate::rules::Moment;
use crate::rules::capture_payment::CaptureOutcome;
use crate::rules::complete_attempt::CompleteAttempt;
use crate::rules::decide_authorization::CODE_LIFETIME_MS;
use crate::rules::pay::{Course, Pay, PayOutcome};
use crate::rules::refund_payment::RefundOutcome;
use crate::rules::seal::{merkle_root, seal_hash};
use crate::time::{DAY_MS, MINUTE_MS, SECOND_MS};

/// The version of the configuration, at 1.
#[must_use]
pub fn config_version() -> ConfigVersion {
    ConfigVersion { row: ConfigVersion::ROW, version: 1 }
}

/// The world `main`, whose clock runs seven seconds ahead of real time, as [`super::moment`] has it.
#[must_use]
pub fn world() -> World {
    let Moment { now, real_now } = moment(noon());
    World { world_id: world_id(), offset_ms: now.since_ms(real_now), frozen_at: None, created_at: real_now }
}

/// A merchant in good standing with a contract for each product; it settles in USD and pays a fee of 2.50 %.
#[must_use]
pub fn merchant() -> Merchant {
    let contract = |product| Contract {
        settlement_currencies: vec![currency("USD")],
        ..Contract::with_defaults(product)
    };
    Merchant {
        merchant_id: merchant_id(),
        world_id: world_id(),
        name: "Bookshop".to_owned(),
        status: MerchantStatus::Active,
        kyb: KybStatus::Qualified,
        contracts: Json(Product::ALL.iter().copied().map(contract).collect()),
        settlement: Json(SettlementTerms { fee_basis_points: 250, bank: None }),
        created_at: moment(noon()).real_now,
    }
}

/// The account of a merchant that is settled; the sample merchant has none until a test gives it this one.
#[must_use]
pub fn bank_account() -> BankAccount {
    BankAccount {
        store_code: "S001".to_owned(),
        company_name: "Bookshop Ltd".to_owned(),
        transit_no: "00011".to_owned(),
        institution_no: "001".to_owned(),
        account_no: "1234567".to_owned(),
    }
}

/// What a Hong Kong dollar is worth in US dollars.
#[must_use]
pub fn rate() -> Rate {
    Rate {
        from_currency: currency("HKD"),
        to_currency: currency("USD"),
        price: "0.1284".to_owned(),
        quote_id: "Q1".to_owned(),
        set_at: moment(noon()).real_now,
    }
}

/// A rule of the sandbox that holds for two more payments.
#[must_use]
pub fn outcome_rule() -> OutcomeRule {
    OutcomeRule {
        outcome_id: outcome_id(),
        client_id: client_id(),
        operation: "pay".to_owned(),
        outcome: "RISK_REJECT".to_owned(),
        calls_left: Some(2),
        is_active: true,
        created_at: moment(noon()).real_now,
    }
}

/// An active client of the merchant with one key, whose text is no real key.
#[must_use]
pub fn client() -> Client {
    let key = ClientKey { version: "1".to_owned(), public_key: "a2V5".to_owned(), valid_until: None };
    Client {
        client_id: client_id(),
        merchant_id: merchant_id(),
        dialect: Dialect::Antom,
        status: ClientStatus::Active,
        keys: Json(vec![key]),
        settings: Json(ClientSettings::default()),
        created_at: moment(noon()).real_now,
    }
}

/// An operator, whose password is no real one.
#[must_use]
pub fn person() -> Person {
    Person {
        person_id: person_id(),
        role: Role::Operator,
        password: Some("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA".to_owned()),
        generation: 1,
        created_at: moment(noon()).real_now,
        removed_at: None,
    }
}

/// A session of the operator that ends in twelve hours.
#[must_use]
pub fn admin_token() -> AdminToken {
    let made_at = moment(noon()).real_now;
    AdminToken {
        token_digest: Digest([0xd1; 32]),
        person_id: person_id(),
        kind: TokenKind::Session,
        generation: 1,
        created_at: made_at,
        expires_at: Some(made_at.plus_ms(DAY_MS / 2)),
        used_at: made_at,
        ended_at: None,
    }
}

/// What the operator proposes: that 50.00 HKD come into the sample wallet. It can be confirmed for a day.
#[must_use]
pub fn proposal() -> Proposal {
    let proposed_at = moment(noon()).real_now;
    Proposal {
        proposal_id: proposal_id(),
        action: "wallet.fund".to_owned(),
        subject: "wallets(W1)".to_owned(),
        route: "/admin/v1/wallets/{wallet_id}/fund".to_owned(),
        names: Json(json!({ "wallet_id": wallet_id() })),
        body: Json(json!({ "amount_minor": 5000, "currency": "HKD" })),
        proposed_by: person_id().to_string(),
        proposed_at,
        expires_at: proposed_at.plus_ms(DAY_MS),
        why: None,
        state: ProposalState::Open,
        decided_by: None,
        decided_at: None,
    }
}

/// The record of a person's act, under this id.
#[must_use]
pub fn admin_act(act_id: &str) -> AdminAct {
    AdminAct {
        act_id: act_id.to_owned(),
        acted_at: moment(noon()).real_now,
        actor: "operator".to_owned(),
        action: "wallet.fund".to_owned(),
        subject: wallet_id().to_string(),
        before: Json(json!({"balance_minor": 0})),
        after: Json(json!({"balance_minor": BALANCE_MINOR})),
        why: Some("a test".to_owned()),
    }
}

/// An active, well known user.
#[must_use]
pub fn user() -> User {
    User {
        user_id: user_id(),
        world_id: world_id(),
        login_id: "+852-5555-0100".to_owned(),
        status: UserStatus::Active,
        kyc: KycLevel::Full,
        created_at: moment(noon()).real_now,
    }
}

/// The user's wallet with [`BALANCE_MINOR`] and no limits, not yet used today.
#[must_use]
pub fn wallet() -> Wallet {
    Wallet {
        wallet_id: wallet_id(),
        user_id: user_id(),
        world_id: world_id(),
        method: METHOD.to_owned(),
        currency: currency("HKD"),
        balance_minor: BALANCE_MINOR,
        amount_max_minor: None,
        day_amount_max_minor: None,
        day_count_max: None,
        basic_amount_max_minor: None,
        day: 0,
        day_amount_minor: 0,
        day_count: 0,
        chain_count: 0,
        chain_head: Digest::ZERO,
        created_at: moment(noon()).real_now,
    }
}

/// A request for authorization on which the user has not decided.
#[must_use]
pub fn authorization() -> Authorization {
    Authorization {
        merchant_id: merchant_id(),
        authorization_id: authorization_id(),
        client_id: client_id(),
        world_id: world_id(),
        method: METHOD.to_owned(),
        auth_state: "state-1".to_owned(),
        redirect_url: "https://merchant.example/back".to_owned(),
        notify_url: Some(NOTIFY_URL.to_owned()),
        auth_client_id: None,
        merchant_agreement_id: None,
        scopes: Json(vec!["AGREEMENT_PAY".to_owned()]),
        state: AuthorizationState::Pending,
        user_id: None,
        wallet_id: None,
        code_fingerprint: None,
        code_expires_at: None,
        agreement_id: None,
        request: Json(json!({"osType": "IOS"})),
        created_at: noon(),
        recorded_at: moment(noon()).real_now,
    }
}

/// The same after the user agreed at noon; its code waits to be turned in.
#[must_use]
pub fn approved_authorization() -> Authorization {
    Authorization {
        state: AuthorizationState::Approved,
        user_id: Some(user_id()),
        wallet_id: Some(wallet_id()),
        code_fingerprint: Some(code_fingerprint()),
        code_expires_at: Some(noon().plus_ms(CODE_LIFETIME_MS)),
        ..authorization()
    }
}

/// The agreement that the merchant debits the wallet, with tokens made a day ago.
#[must_use]
pub fn agreement() -> Agreement {
    let tokens = crate::rules::exchange_auth_code::TokenPair {
        access_fingerprint: access_fingerprint(),
        refresh_fingerprint: refresh_fingerprint(),
        ..token_pair(0xa2)
    };
    let unmade = Agreement {
        merchant_id: merchant_id(),
        agreement_id: agreement_id(),
        authorization_id: Some(authorization_id()),
        client_id: client_id(),
        world_id: world_id(),
        user_id: user_id(),
        wallet_id: wallet_id(),
        method: METHOD.to_owned(),
        auth_state: "state-1".to_owned(),
        auth_client_id: None,
        merchant_agreement_id: None,
        notify_url: Some(NOTIFY_URL.to_owned()),
        scopes: Json(vec!["AGREEMENT_PAY".to_owned()]),
        state: AgreementState::Active,
        access_fingerprint: access_fingerprint(),
        access_sealed: Vec::new(),
        access_expires_at: noon(),
        refresh_fingerprint: refresh_fingerprint(),
        refresh_sealed: Vec::new(),
        refresh_expires_at: noon(),
        created_at: noon().plus_ms(-DAY_MS),
        revoked_at: None,
        recorded_at: moment(noon().plus_ms(-DAY_MS)).real_now,
    };
    tokens.put_into(unmade, noon().plus_ms(-DAY_MS))
}

/// The reference from the agreement's access token to the agreement.
#[must_use]
pub fn secret_ref() -> SecretRef {
    SecretRef {
        merchant_id: merchant_id(),
        fingerprint: access_fingerprint(),
        kind: SecretKind::AccessToken,
        target: agreement_id().to_string(),
    }
}

/// The payment after it was paid at noon.
#[must_use]
pub fn paid_payment() -> Payment {
    recorded(&operations::pay()).1
}

/// The payment after it failed at noon: the wallet did not hold enough.
#[must_use]
pub fn failed_payment() -> Payment {
    recorded(&Pay { course: Course::Fail(Reason::BalanceNotEnough), ..operations::pay() }).1
}

/// The payment taken up at noon, with an attempt that is open for a minute.
#[must_use]
pub fn processing_payment() -> Payment {
    recorded(&operations::pay_later(noon().plus_ms(MINUTE_MS))).1
}

/// The payment as a cashier payment that waits for its user since noon.
#[must_use]
pub fn waiting_payment() -> Payment {
    recorded(&operations::cashier_pay()).1
}

/// The payment after it was paid at noon and cancelled a minute later.
#[must_use]
pub fn cancelled_payment() -> Payment {
    let paid = paid_payment();
    let cancel = operations::cancel(&paid, noon().plus_ms(MINUTE_MS));
    done(Shelf::stocked().with(paid).decide(&cancel)).1
}

/// The payment after a card paid it at noon.
#[must_use]
pub fn card_payment() -> Payment {
    recorded(&operations::card_pay()).1
}

/// The payment after a card was authorized for it at noon; nothing is captured yet.
#[must_use]
pub fn authorized_payment() -> Payment {
    recorded(&operations::authorize_card()).1
}

/// The payment after it was paid at noon and ended a minute later because a risk control saw fraud.
#[must_use]
pub fn reversed_payment() -> Payment {
    let due = noon().plus_ms(MINUTE_MS);
    let mut shelf = Shelf::stocked();
    shelf.run(&operations::pay_reversed(due, Reason::FraudRejected)).expect("the sample payment is paid");
    let end = PlannedEnd::Reverse(Reason::FraudRejected);
    done(shelf.decide(&CompleteAttempt { end, ..operations::complete_attempt(due) })).1
}

/// A capture of a quarter of the authorized payment, a minute after it was authorized.
#[must_use]
pub fn capture() -> Capture {
    let amount = super::hkd(super::AMOUNT_MINOR / 4);
    let capture = operations::capture_of(amount, 1, noon().plus_ms(MINUTE_MS));
    match done(Shelf::stocked().with(authorized_payment()).decide(&capture)).1 {
        CaptureOutcome::Recorded(capture) => *capture,
        CaptureOutcome::SeenBefore(id) => panic!("{id} is on a fresh shelf"),
    }
}

/// The card of [`card_payment`], kept because its payer wanted so.
#[must_use]
pub fn saved_card() -> SavedCard {
    let mut pay = operations::card_pay();
    let card = pay.card.as_mut().expect("the sample payment by card has a card");
    card.request.is_to_be_saved = true;
    card.request.customer_id = Some("customer-1".to_owned());
    written(&recorded(&pay).0)
}

/// A declaration of a quarter of a payment in CNY, a minute after it was paid.
#[must_use]
pub fn declaration() -> Declaration {
    let mut shelf = Shelf::stocked_in_cny();
    shelf.run(&operations::cny_pay()).expect("the sample payment is paid");
    let amount = Money::new(super::AMOUNT_MINOR / 4, currency("CNY"));
    done(shelf.decide(&operations::declare(amount, 1, noon().plus_ms(MINUTE_MS)))).1
}

/// What the sample merchant was paid for its sample day.
#[must_use]
pub fn settlement() -> Settlement {
    let (_, settled) = done(Shelf::stocked().decide(&operations::settle()));
    settled.expect("the sample day is settled on a fresh shelf")
}

/// A refund of a quarter of the paid payment, a minute after it was paid.
#[must_use]
pub fn refund() -> Refund {
    let refund = operations::refund_of(super::hkd(super::AMOUNT_MINOR / 4), 1, noon().plus_ms(MINUTE_MS));
    match done(Shelf::stocked().with(paid_payment()).decide(&refund)).1 {
        RefundOutcome::Recorded(refund) => *refund,
        RefundOutcome::SeenBefore(id) => panic!("{id} is on a fresh shelf"),
        RefundOutcome::PaidMeanwhile => panic!("the sample refund names the wallet that paid"),
    }
}

/// The open attempt of [`processing_payment`].
#[must_use]
pub fn attempt() -> Attempt {
    written(&recorded(&operations::pay_later(noon().plus_ms(MINUTE_MS))).0)
}

/// The request key of the payment.
#[must_use]
pub fn request_key() -> RequestKey {
    written(&recorded(&operations::pay()).0)
}

/// What the merchant told about the payment.
#[must_use]
pub fn payment_details() -> PaymentDetails {
    written(&recorded(&operations::pay()).0)
}

/// The notification of [`paid_payment`], not yet tried.
#[must_use]
pub fn delivery() -> Delivery {
    let delivery: Delivery = written(&recorded(&operations::pay()).0);
    assert_eq!(
        delivery.delivery_id,
        delivery_id(),
        "the sample payment tells its result in the sample delivery"
    );
    delivery
}

/// The `attempt_number`th try of the delivery; the merchant acknowledged it.
#[must_use]
pub fn delivery_attempt(attempt_number: i64, moment: Moment) -> DeliveryAttempt {
    DeliveryAttempt {
        delivery_id: delivery_id(),
        attempt_number,
        attempted_at: moment.now,
        recorded_at: moment.real_now,
        http_status: Some(200),
        outcome: "acknowledged".to_owned(),
        duration_ms: 12,
    }
}

/// The lease of `process-1` on the work `seals`, taken at noon for ten seconds.
#[must_use]
pub fn lease() -> Lease {
    let taken_at = moment(noon()).real_now;
    Lease {
        name: "seals".to_owned(),
        owner: "process-1".to_owned(),
        held_until: taken_at.plus_ms(10 * SECOND_MS),
        taken_at,
    }
}

/// The batch `B1` with one entry, not yet sealed.
#[must_use]
pub fn commit() -> Commit {
    Commit { commit_id: JobId::new("B1"), entry_count: 1, seal_number: None }
}

/// The entry of the journal for [`paid_payment`], in batch `B1`.
#[must_use]
pub fn journal_entry() -> JournalEntry {
    paid_entry().0
}

/// Its first posting.
#[must_use]
pub fn posting() -> Posting {
    paid_entry().1.remove(0)
}

/// The first seal, over [`commit`]; its signature is none.
#[must_use]
pub fn seal() -> Seal {
    let unhashed = Seal {
        seal_number: 1,
        sealed_at: moment(noon()).real_now,
        commit_count: 1,
        entry_count: 1,
        root: merkle_root(&[journal_entry().hash]),
        previous: Digest::ZERO,
        hash: Digest::ZERO,
        key_id: "seal-key-1".to_owned(),
        signature: vec![1, 2, 3],
    };
    Seal { hash: seal_hash(&unhashed), ..unhashed }
}

/// What the merchant's account held at that seal.
#[must_use]
pub fn account_balance() -> AccountBalance {
    AccountBalance {
        account: format!("merchant:{}", merchant_id()),
        currency: currency("HKD"),
        seal_number: 1,
        balance_minor: super::AMOUNT_MINOR,
    }
}

/// One row of every table, in the order of [`crate::rows::Table::ALL`].
#[must_use]
pub fn every_row() -> Vec<Row> {
    vec![
        config_version().into_row(),
        world().into_row(),
        merchant().into_row(),
        client().into_row(),
        rate().into_row(),
        outcome_rule().into_row(),
        admin_act("act-1").into_row(),
        person().into_row(),
        admin_token().into_row(),
        proposal().into_row(),
        user().into_row(),
        wallet().into_row(),
        approved_authorization().into_row(),
        agreement().into_row(),
        secret_ref().into_row(),
        request_key().into_row(),
        paid_payment().into_row(),
        payment_details().into_row(),
        attempt().into_row(),
        refund().into_row(),
        capture().into_row(),
        saved_card().into_row(),
        declaration().into_row(),
        settlement().into_row(),
        delivery().into_row(),
        delivery_attempt(1, moment(noon())).into_row(),
        lease().into_row(),
        commit().into_row(),
        journal_entry().into_row(),
        posting().into_row(),
        seal().into_row(),
        account_balance().into_row(),
    ]
}

fn paid_entry() -> (JournalEntry, Vec<Posting>) {
    let entry = recorded(&operations::pay()).0.entries.remove(0);
    entry.into_rows(&JobId::new("B1"), 0)
}

/// What a pay on the stocked shelf writes, and the payment it records.
fn recorded(pay: &Pay) -> (Change, Payment) {
    match done(Shelf::stocked().decide(pay)) {
        (change, PayOutcome::Recorded(payment)) => (change, *payment),
        (_, outcome) => panic!("nothing is seen on a fresh shelf: {outcome:?}"),
    }
}

/// The first row of a kind that a change writes.
fn written<R: Record>(change: &Change) -> R {
    let rows = change.writes.iter().map(crate::decision::Write::row);
    rows.filter_map(R::from_row).next().expect("the change writes such a row").clone()
}
