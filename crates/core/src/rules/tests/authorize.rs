//! Asking for an authorization, and deciding on it.

use std::sync::Arc;

use super::{Step, pick, split, step, walk};
use crate::decision::Decision;
use crate::ids::{AuthorizationId, DeliveryId, UserId, WorldId};
use crate::reason::Reason;
use crate::rows::{
    Authorization, AuthorizationState, Contract, Delivery, Json, KybStatus, MerchantStatus, Notice, Product,
    Record, SecretKind, SecretRef, User, UserStatus, Wallet,
};
use crate::rules::decide_authorization::{CODE_LIFETIME_MS, DecideAuthorization};
use crate::rules::request_authorization::RequestAuthorization;
use crate::samples::{
    METHOD, Shelf, approve, approved_authorization, authorization, authorization_id, code_fingerprint,
    decline, done, fingerprint, merchant, merchant_id, noon, refused, request_authorization, user, wallet,
    world_id,
};
use crate::time::MINUTE_MS;

fn merchant_of(rule: &mut RequestAuthorization) -> &mut crate::rows::Merchant {
    Arc::make_mut(&mut rule.merchant)
}

/// Proves the order of the checks of a request for authorization.
#[test]
fn each_mend_of_a_request_brings_up_the_next_check() {
    use Reason::*;
    let mut worst = merchant();
    worst.status = MerchantStatus::Unregistered;
    worst.kyb = KybStatus::NotQualified;
    worst.contracts = Json(vec![Contract::with_defaults(Product::CashierPayment)]);
    let steps: Vec<Step<RequestAuthorization>> = vec![
        step("the merchant is not registered", MerchantNotRegistered, |s| {
            merchant_of(s).status = MerchantStatus::Suspended;
        }),
        step("the merchant is suspended", MerchantStatusInvalid, |s| {
            merchant_of(s).status = MerchantStatus::Active;
        }),
        step("its business is not known", MerchantKybNotQualified, |s| {
            merchant_of(s).kyb = KybStatus::Qualified;
        }),
        step("its contract is for another product", ProductNotContracted, |s| {
            let methods = vec!["DANA".to_owned()];
            let narrow = Contract { methods, ..Contract::with_defaults(Product::AgreementPayment) };
            merchant_of(s).contracts.0.push(narrow);
        }),
        step("the method is not covered", NoPayOptions, |s| {
            merchant_of(s).contracts.0[1].methods.push(METHOD.to_owned());
        }),
    ];
    let rule = RequestAuthorization { merchant: Arc::new(worst), ..request_authorization() };
    walk(rule, steps, |rule| match Shelf::default().decide(rule) {
        Decision::Refused(refusal) => Some(refusal.reason),
        _ => None,
    });
}

/// Proves that a request writes the authorization and nothing else: nobody is told before the user has decided.
#[test]
fn a_request_is_kept_until_the_user_decides() {
    let (change, outcome) = done(Shelf::stocked().decide(&request_authorization()));
    assert_eq!(outcome, authorization());
    assert_eq!(split(&change.writes), (vec![authorization().into_row()], Vec::new()));
    assert!(change.entries.is_empty());
}

/// Proves that a merchant's own id for an agreement is found by its hash, and serves one authorization only.
#[test]
fn a_merchants_own_id_serves_one_authorization() {
    let mut named =
        RequestAuthorization { merchant_agreement: Some(fingerprint(0x77)), ..request_authorization() };
    named.request.merchant_agreement_id = Some("agreement-1".to_owned());
    let mut shelf = Shelf::stocked();
    let (change, made) = done(shelf.decide(&named));
    assert_eq!(made.merchant_agreement_id.as_deref(), Some("agreement-1"));
    let reference = SecretRef {
        merchant_id: merchant_id(),
        fingerprint: fingerprint(0x77),
        kind: SecretKind::MerchantAgreement,
        target: authorization_id().to_string(),
    };
    assert_eq!(split(&change.writes), (vec![made.into_row(), reference.into_row()], Vec::new()));
    shelf.run(&named).unwrap();
    let again = RequestAuthorization { authorization_id: AuthorizationId::new("Z2"), ..named };
    assert_eq!(refused(shelf.decide(&again)).reason, Reason::RepeatInconsistent);
    let other = RequestAuthorization { merchant_agreement: Some(fingerprint(0x78)), ..again };
    done(shelf.decide(&other));
}

struct Situation {
    rule: DecideAuthorization,
    shelf: Shelf,
}

impl Situation {
    fn put(&mut self, record: impl Record) {
        self.shelf = std::mem::take(&mut self.shelf).with(record);
    }
}

/// A wallet of another user, world and kind.
fn foreign_wallet() -> Wallet {
    Wallet {
        user_id: UserId::new("U2"),
        world_id: WorldId::new("other"),
        method: "DANA".to_owned(),
        ..wallet()
    }
}

/// Proves the order of the checks of a consent.
#[test]
fn each_mend_of_a_consent_brings_up_the_next_check() {
    use Reason::*;
    let rule = DecideAuthorization { authorization_id: AuthorizationId::new("none"), ..approve() };
    let used = Authorization { state: AuthorizationState::Used, ..approved_authorization() };
    let steps: Vec<Step<Situation>> = vec![
        step("there is no such authorization", AuthorizationNotOpen, |s| {
            s.rule.authorization_id = authorization_id();
        }),
        step("it was used", AuthorizationNotOpen, |s| s.put(approved_authorization())),
        step("it was approved", AuthorizationNotOpen, |s| {
            s.put(Authorization { state: AuthorizationState::Declined, ..authorization() });
        }),
        step("it was declined", AuthorizationNotOpen, |s| s.put(authorization())),
        step("there are no user and no wallet", UserNotFound, |s| {
            s.put(User { status: UserStatus::Closed, ..user() });
        }),
        step("there is no wallet", UserNotFound, |s| s.put(foreign_wallet())),
        step("the user has left", UserNotFound, |s| s.put(User { status: UserStatus::Frozen, ..user() })),
        step("the user is frozen", UserStatusAbnormal, |s| s.put(user())),
        step("the wallet belongs to somebody else", ContractMismatch, |s| {
            s.put(Wallet { user_id: user().user_id, ..foreign_wallet() });
        }),
        step("the wallet lives in another world", ContractMismatch, |s| {
            s.put(Wallet { method: "DANA".to_owned(), world_id: world_id(), ..wallet() });
        }),
        step("the wallet is of another kind", ContractMismatch, |s| s.put(wallet())),
    ];
    walk(Situation { rule, shelf: Shelf::default().with(used) }, steps, |s| match s.shelf.decide(&s.rule) {
        Decision::Refused(refusal) => Some(refusal.reason),
        _ => None,
    });
}

/// Proves that each thing about a wallet alone keeps it from being chosen.
#[test]
fn a_wallet_of_another_user_world_or_kind_is_not_chosen() {
    let mine = wallet();
    for other in [
        Wallet { user_id: UserId::new("U2"), ..mine.clone() },
        Wallet { world_id: WorldId::new("other"), ..mine.clone() },
        Wallet { method: "DANA".to_owned(), ..mine.clone() },
    ] {
        let shelf = Shelf::stocked().with(authorization()).with(other);
        assert_eq!(refused(shelf.decide(&approve())).reason, Reason::ContractMismatch);
    }
}

/// Proves what a consent writes: who, which wallet, and a code that is found by its hash and lives ten minutes.
#[test]
fn a_consent_makes_a_code() {
    let shelf = Shelf::stocked().with(authorization());
    let (change, outcome) = done(shelf.decide(&approve()));
    assert_eq!(outcome, approved_authorization());
    assert_eq!(CODE_LIFETIME_MS, 10 * MINUTE_MS);
    let reference = SecretRef {
        merchant_id: merchant_id(),
        fingerprint: code_fingerprint(),
        kind: SecretKind::AuthCode,
        target: authorization_id().to_string(),
    };
    let told: Delivery = pick(&change.writes).unwrap();
    let authorization = Box::new(approved_authorization());
    let code_sealed = vec![0xc2; 4];
    assert_eq!(told.notice.0, Notice::AuthCodeCreated { authorization, code_sealed });
    assert_eq!((told.delivery_id.clone(), told.next_attempt_at), (DeliveryId::new("D4"), noon()));
    let (inserts, updates) = split(&change.writes);
    assert_eq!(inserts, [reference.into_row(), told.into_row()]);
    assert_eq!(updates, [approved_authorization().into_row()]);
}

/// Proves that a user who does not agree is asked for nothing more, and that this is final.
#[test]
fn a_decline_is_final_and_makes_no_code() {
    let mut shelf = Shelf::stocked().with(authorization());
    let (change, outcome) = done(shelf.decide(&decline()));
    assert_eq!(outcome, Authorization { state: AuthorizationState::Declined, ..authorization() });
    assert_eq!(split(&change.writes), (Vec::new(), vec![outcome.into_row()]));
    shelf.run(&decline()).unwrap();
    for after in [approve(), decline()] {
        assert_eq!(refused(shelf.decide(&after)).reason, Reason::AuthorizationNotOpen);
    }
}
