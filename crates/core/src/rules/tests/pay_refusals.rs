//! Pay: what is refused, in which order, and what of it leaves a record.

use std::sync::Arc;

use super::{Step, step, walk};
use crate::decision::Decision;
use crate::ids::RequestId;
use crate::reason::{Finality, Reason};
use crate::rows::{
    Agreement, AgreementState, Contract, Json, KybStatus, KycLevel, MerchantStatus, PaymentState, PlannedEnd,
    Product, User, UserStatus, Wallet,
};
use crate::rules::pay::{Course, Pay, PayOutcome, Planned};
use crate::samples::{
    AMOUNT_MINOR, METHOD, Shelf, access_fingerprint, agreement, currency, fingerprint, later, merchant,
    moment, noon, pay, pay_later, user, wallet,
};
use crate::time::MINUTE_MS;

struct Situation {
    pay: Pay,
    agreement: Option<Agreement>,
    user: Option<User>,
    wallet: Option<Wallet>,
}

impl Situation {
    /// Everything is wrong at once.
    fn worst() -> Self {
        let mut pay = pay();
        pay.payer = None;
        pay.payer_fingerprint = None;
        pay.request.settlement_currency = Some(currency("EUR"));
        let mut merchant = merchant();
        merchant.status = MerchantStatus::Unregistered;
        merchant.kyb = KybStatus::NotQualified;
        merchant.contracts = Json(Vec::new());
        pay.merchant = Arc::new(merchant);
        Self { pay, agreement: None, user: None, wallet: None }
    }

    fn merchant(&mut self) -> &mut crate::rows::Merchant {
        Arc::make_mut(&mut self.pay.merchant)
    }

    fn contract(&mut self) -> &mut Contract {
        &mut self.merchant().contracts.0[0]
    }

    fn agreement(&mut self) -> &mut Agreement {
        self.agreement.as_mut().unwrap()
    }

    fn user(&mut self) -> &mut User {
        self.user.as_mut().unwrap()
    }

    fn wallet(&mut self) -> &mut Wallet {
        self.wallet.as_mut().unwrap()
    }

    fn decide(&self) -> Decision<PayOutcome> {
        let mut shelf = Shelf::default();
        if let Some(agreement) = &self.agreement {
            shelf = shelf.with(agreement.clone());
        }
        if let Some(user) = &self.user {
            shelf = shelf.with(user.clone());
        }
        if let Some(wallet) = &self.wallet {
            shelf = shelf.with(wallet.clone());
        }
        shelf.decide(&self.pay)
    }
}

/// Nothing is wrong.
fn best() -> Situation {
    Situation { pay: pay(), agreement: Some(agreement()), user: Some(user()), wallet: Some(wallet()) }
}

/// The reason of a refusal or of a recorded failure, which must be kept exactly as the table of reasons says.
fn judge(situation: &Situation) -> Option<Reason> {
    match situation.decide() {
        Decision::Refused(refusal) => {
            assert!(!refusal.reason.leaves_a_record(), "{:?} must leave a record", refusal.reason);
            Some(refusal.reason)
        }
        Decision::Done { outcome: PayOutcome::Recorded(payment), .. } => {
            let reason = payment.failure?;
            assert_eq!(payment.state, PaymentState::Failed);
            assert!(reason.leaves_a_record(), "{reason:?} must leave no record");
            Some(reason)
        }
        other => panic!("{other:?}"),
    }
}

/// A contract that covers nothing of the sample request.
fn narrow_contract() -> Contract {
    Contract {
        methods: vec!["DANA".to_owned()],
        currencies: vec![currency("JPY")],
        amount_max_minor: [(currency("HKD"), AMOUNT_MINOR - 1)].into(),
        settlement_currencies: vec![currency("USD"), currency("JPY")],
        ..Contract::with_defaults(Product::AgreementPayment)
    }
}

/// An agreement that is revoked, out of time, about another kind of wallet and with a secondary merchant.
fn spent_agreement() -> Agreement {
    Agreement {
        state: AgreementState::Revoked,
        access_expires_at: noon(),
        method: "DANA".to_owned(),
        auth_client_id: Some("S1".to_owned()),
        ..agreement()
    }
}

/// A wallet of another currency, with every limit in the way and nothing in it.
fn poor_wallet() -> Wallet {
    Wallet {
        currency: currency("JPY"),
        balance_minor: AMOUNT_MINOR - 1,
        amount_max_minor: Some(AMOUNT_MINOR - 1),
        day_amount_max_minor: Some(AMOUNT_MINOR + 4),
        day_count_max: Some(3),
        basic_amount_max_minor: Some(AMOUNT_MINOR - 1),
        day: noon().day_gmt8(),
        day_amount_minor: 5,
        day_count: 3,
        ..wallet()
    }
}

fn merchant_steps() -> Vec<Step<Situation>> {
    use Reason::*;
    vec![
        step("the merchant is not registered", MerchantNotRegistered, |s| {
            s.merchant().status = MerchantStatus::Suspended;
        }),
        step("the merchant is suspended", MerchantStatusInvalid, |s| {
            s.merchant().status = MerchantStatus::Closed;
        }),
        step("the merchant is closed", MerchantStatusInvalid, |s| {
            s.merchant().status = MerchantStatus::Active
        }),
        step("its business is not known", MerchantKybNotQualified, |s| {
            s.merchant().kyb = KybStatus::Qualified
        }),
        step("it has no contract", ProductNotContracted, |s| {
            s.merchant().contracts = Json(vec![Contract::with_defaults(Product::CashierPayment)]);
        }),
        step("its contract is for another product", ProductNotContracted, |s| {
            s.merchant().contracts = Json(vec![narrow_contract()]);
        }),
        step("the currency is not covered", CurrencyNotSupported, |s| {
            s.contract().currencies.push(currency("HKD"));
        }),
        step("the method is not covered", NoPayOptions, |s| s.contract().methods.push(METHOD.to_owned())),
        step("the contract allows a cent less", PaymentAmountExceedsLimit, |s| {
            s.contract().amount_max_minor = [(currency("HKD"), AMOUNT_MINOR)].into();
        }),
        step("the contract does not settle in EUR", SettlementContractMismatch, |s| {
            s.pay.request.settlement_currency = None;
        }),
        step("two settlements are possible and none is named", SettlementContractMismatch, |s| {
            s.pay.request.settlement_currency = Some(currency("USD"));
        }),
    ]
}

fn token_steps() -> Vec<Step<Situation>> {
    use Reason::*;
    vec![
        step("no agreement has the token", AccessTokenInvalid, |s| s.pay.payer = pay().payer),
        step("there is no token", AccessTokenInvalid, |s| s.pay.payer_fingerprint = Some(fingerprint(1))),
        step("the agreement is gone", AccessTokenInvalid, |s| s.agreement = Some(spent_agreement())),
        step("another token counts", AccessTokenInvalid, |s| {
            s.pay.payer_fingerprint = Some(access_fingerprint())
        }),
        step("the agreement is revoked", AccessTokenInvalid, |s| {
            s.agreement().state = AgreementState::Active
        }),
        step("the token expires this very millisecond", AccessTokenInvalid, |s| {
            s.agreement().access_expires_at = noon().plus_ms(1);
        }),
        step("the token is for another kind of wallet", AccessTokenInvalid, |s| {
            s.agreement().method = METHOD.to_owned();
        }),
        step("the agreement is with a secondary merchant", ContractMismatch, |s| {
            s.pay.request.secondary_merchant = Some("S2".to_owned());
        }),
        step("the agreement is with another secondary merchant", ContractMismatch, |s| {
            s.pay.request.secondary_merchant = Some("S1".to_owned());
        }),
    ]
}

fn payer_steps() -> Vec<Step<Situation>> {
    use Reason::*;
    vec![
        step("there are no user and no wallet", UserNotFound, |s| s.wallet = Some(poor_wallet())),
        step("there is no user", UserNotFound, |s| {
            s.wallet = None;
            s.user = Some(User { status: UserStatus::Closed, kyc: KycLevel::None, ..user() });
        }),
        step("there is no wallet", UserNotFound, |s| s.wallet = Some(poor_wallet())),
        step("the user has left", UserNotFound, |s| s.user().status = UserStatus::Frozen),
        step("the user is frozen", UserStatusAbnormal, |s| s.user().status = UserStatus::Active),
        step("the user is not known", UserKycNotQualified, |s| s.user().kyc = KycLevel::Basic),
        step("the user is known too little for this amount", UserKycNotQualified, |s| {
            s.wallet().basic_amount_max_minor = Some(AMOUNT_MINOR);
        }),
        step("the wallet holds yen", WalletCurrencyDiffers, |s| s.wallet().currency = currency("HKD")),
        step("a cent above the limit of one payment", UserAmountExceedsLimit, |s| {
            s.wallet().amount_max_minor = Some(AMOUNT_MINOR);
        }),
        step("a cent above the limit of one day", UserAmountExceedsLimit, |s| {
            s.wallet().day_amount_max_minor = Some(AMOUNT_MINOR + 5);
        }),
        step("one payment above the limit of one day", PaymentCountExceedsLimit, |s| {
            s.wallet().day_count_max = Some(4);
        }),
        step("a cent is missing", BalanceNotEnough, |s| s.wallet().balance_minor = AMOUNT_MINOR),
    ]
}

fn all_steps() -> Vec<Step<Situation>> {
    merchant_steps().into_iter().chain(token_steps()).chain(payer_steps()).collect()
}

/// Proves the order of the checks, and for each reason that it leaves a record exactly where the table says so.
#[test]
fn each_mend_brings_up_the_next_check_in_the_declared_order() {
    walk(Situation::worst(), all_steps(), judge);
}

/// Proves that each check that shares its reason with a neighbour speaks when it is alone.
#[test]
fn each_cause_alone_is_enough() {
    use Reason::*;
    let alone: Vec<Step<Situation>> = vec![
        step("suspended", MerchantStatusInvalid, |s| s.merchant().status = MerchantStatus::Suspended),
        step("closed", MerchantStatusInvalid, |s| s.merchant().status = MerchantStatus::Closed),
        step("no contract", ProductNotContracted, |s| drop(s.merchant().contracts.0.remove(0))),
        step("settled elsewhere", SettlementContractMismatch, |s| {
            s.pay.request.settlement_currency = Some(currency("EUR"));
        }),
        step("settlement open", SettlementContractMismatch, |s| {
            s.pay.request.settlement_currency = None;
            s.contract().settlement_currencies.push(currency("EUR"));
        }),
        step("token of nobody", AccessTokenInvalid, |s| s.pay.payer = None),
        step("no token", AccessTokenInvalid, |s| s.pay.payer_fingerprint = None),
        step("no agreement", AccessTokenInvalid, |s| s.agreement = None),
        step("another token", AccessTokenInvalid, |s| s.pay.payer_fingerprint = Some(fingerprint(1))),
        step("revoked", AccessTokenInvalid, |s| s.agreement().state = AgreementState::Revoked),
        step("expired", AccessTokenInvalid, |s| s.agreement().access_expires_at = noon()),
        step("another method", AccessTokenInvalid, |s| s.agreement().method = "DANA".to_owned()),
        step("secondary merchant", ContractMismatch, |s| {
            s.agreement().auth_client_id = Some("S1".to_owned())
        }),
        step("no user", UserNotFound, |s| s.user = None),
        step("no wallet", UserNotFound, |s| s.wallet = None),
        step("gone", UserNotFound, |s| s.user().status = UserStatus::Closed),
        step("unknown", UserKycNotQualified, |s| s.user().kyc = KycLevel::None),
        step("one payment", UserAmountExceedsLimit, |s| s.wallet().amount_max_minor = Some(AMOUNT_MINOR - 1)),
        step("one day", UserAmountExceedsLimit, |s| s.wallet().day_amount_max_minor = Some(AMOUNT_MINOR - 1)),
        step("no payments", PaymentCountExceedsLimit, |s| s.wallet().day_count_max = Some(0)),
    ];
    assert_eq!(judge(&best()), None);
    for cause in alone {
        let mut situation = best();
        (cause.mend)(&mut situation);
        assert_eq!(judge(&situation), Some(cause.reason), "{}", cause.wrong);
    }
}

/// Proves that an agreement with nobody in particular serves any secondary merchant.
#[test]
fn an_agreement_without_a_secondary_merchant_serves_all() {
    let mut situation = best();
    situation.pay.request.secondary_merchant = Some("S1".to_owned());
    assert_eq!(judge(&situation), None);
}

/// The table of reasons stands in the order of the checks. One reason is found later than it stands: that a value
/// does not match the contract can here only be said once the token has led to the agreement.
#[test]
fn the_order_of_the_checks_is_that_of_the_table_of_reasons() {
    let reasons = all_steps().into_iter().map(|step| step.reason);
    let in_order: Vec<Reason> = reasons.filter(|reason| *reason != Reason::ContractMismatch).collect();
    assert!(in_order.is_sorted(), "{in_order:?}");
}

/// Every reason that a rule of pay can make settles the matter: a repeat of a final answer is the same answer.
#[test]
fn what_a_rule_refuses_is_final() {
    for step in all_steps() {
        assert_eq!(step.reason.finality(), Finality::Final, "{:?}", step.reason);
    }
}

/// A refusal writes nothing and so uses up no id: the same request succeeds once the cause is mended.
#[test]
fn a_refusal_leaves_the_request_id_free_and_a_recorded_failure_uses_it_up() {
    let mut shelf = Shelf::stocked().with(Agreement { state: AgreementState::Revoked, ..agreement() });
    assert_eq!(shelf.run(&pay()).unwrap_err().reason, Reason::AccessTokenInvalid);
    shelf = shelf.with(agreement()).with(User { status: UserStatus::Frozen, ..user() });
    let Ok(PayOutcome::Recorded(failed)) = shelf.run(&pay()) else { panic!("not recorded") };
    assert_eq!(failed.failure, Some(Reason::UserStatusAbnormal));
    shelf = shelf.with(user());
    assert_eq!(shelf.run(&pay()), Ok(PayOutcome::SeenBefore(failed.payment_id)), "it keeps its failure");
    let mut other = pay();
    other.request.request_id = RequestId::new("pay-2");
    other.fresh = crate::samples::fresh_ids(2);
    assert!(matches!(shelf.run(&other), Ok(PayOutcome::Recorded(paid)) if paid.was_paid()));
}

/// A plan that ends in success must be one that may be taken up: merchant, contract and token are checked at once,
/// the payer when the result arrives.
#[test]
fn a_planned_success_is_checked_before_it_is_taken_up() {
    let planned = later(Some(Planned { due_at: noon().plus_ms(MINUTE_MS), end: PlannedEnd::Succeed }));
    let judge_later = |s: &Situation| match s.decide() {
        Decision::Refused(refusal) => Some(refusal.reason),
        Decision::Done { outcome: PayOutcome::Recorded(payment), .. } => {
            assert_eq!((payment.state, payment.open_attempts), (PaymentState::Processing, 1));
            None
        }
        other => panic!("{other:?}"),
    };
    let situation =
        Situation { pay: Pay { course: planned, ..Situation::worst().pay }, ..Situation::worst() };
    walk(situation, merchant_steps().into_iter().chain(token_steps()).collect(), judge_later);
    assert_eq!(pay_later(noon().plus_ms(MINUTE_MS)).course, planned);
}

/// A sandbox may say any reason: told to refuse, nothing is written; told to fail, the failure is.
#[test]
fn a_told_refusal_leaves_nothing_and_a_told_failure_a_record() {
    for reason in Reason::ALL.iter().copied() {
        let told_to_refuse = Pay { course: Course::Refuse(reason), ..pay() };
        assert!(
            matches!(Shelf::stocked().decide(&told_to_refuse), Decision::Refused(it) if it.reason == reason)
        );
        let told_to_fail = Pay { course: Course::Fail(reason), moment: moment(noon()), ..pay() };
        let (_, PayOutcome::Recorded(failed)) = crate::samples::done(Shelf::stocked().decide(&told_to_fail))
        else {
            panic!("not recorded")
        };
        assert_eq!((failed.state, failed.failure), (PaymentState::Failed, Some(reason)));
    }
}
