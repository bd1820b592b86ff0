//! Erasing: what is still needed is left, what is erased leaves no word of people, and each row of it is in the journal.

use super::{pick, rows_of, split};
use crate::decision::{Decision, Rule as _};
use crate::ids::DeliveryId;
use crate::journal::{capture_digest, declaration_digest, details_digest, payment_digest, refund_digest};
use crate::rows::{
    Agreement, AgreementState, Authorization, AuthorizationState, Capture, CardFacts, Declaration, Delivery,
    DeliveryState, EntryKind, Erasable as _, Json, Notice, Payment, PaymentDetails, PaymentState, Record,
    Refund, RowKey, User, UserStatus,
};
use crate::rules::erase_payment::{ErasePayment, ErasedRows, ErasureOutcome, Needed};
use crate::rules::erase_person::ErasePerson;
use crate::samples::{
    Shelf, admin_act, agreement, approved_authorization, authorization, authorized_payment, capture,
    card_payment, declaration, delivery, done, merchant_id, moment, noon, paid_payment, payment_details,
    processing_payment, refund, replayed, user,
};
use crate::time::MINUTE_MS;

const IS_OPEN: ErasureOutcome = ErasureOutcome::StillNeeded(Needed::IsOpen);
const IS_TOLD: ErasureOutcome = ErasureOutcome::StillNeeded(Needed::IsTold);

/// A notification of the payment that was heard.
fn heard(payment: &Payment) -> Delivery {
    let notice = Json(Notice::PaymentResult { payment: Box::new(payment.clone()) });
    Delivery { state: DeliveryState::Delivered, ended_at: Some(noon()), notice, ..delivery() }
}

fn rule(payment: &Payment) -> ErasePayment {
    ErasePayment {
        merchant_id: merchant_id(),
        payment_id: payment.payment_id.clone(),
        refund_ids: vec![refund().refund_id],
        capture_ids: vec![capture().capture_id],
        declaration_ids: vec![declaration().request_id],
        delivery_ids: vec![delivery().delivery_id],
        act_id: "ACT-1".to_owned(),
        salt: [9; 16],
        moment: moment(noon().plus_ms(MINUTE_MS)),
    }
}

fn shelf_of(payment: &Payment) -> Shelf {
    let details = PaymentDetails { payment_id: payment.payment_id.clone(), ..payment_details() };
    Shelf::stocked().with(payment.clone()).with(details).with(heard(payment))
}

fn outcome_of(payment: &Payment) -> ErasureOutcome {
    match shelf_of(payment).decide(&rule(payment)) {
        Decision::Done { outcome, .. } | Decision::Replayed(outcome) => outcome,
        Decision::Refused(refusal) => panic!("{refusal:?}"),
    }
}

#[test]
fn a_payment_is_left_while_anything_of_it_is_open() {
    let paid = paid_payment();
    let open = [
        processing_payment(),
        Payment { reserved_minor: 1, ..paid.clone() },
        Payment { capturing_minor: 1, ..paid.clone() },
        authorized_payment(),
    ];
    for payment in open {
        assert_eq!(outcome_of(&payment), IS_OPEN, "{payment:?}");
    }
    assert!(matches!(outcome_of(&paid), ErasureOutcome::Erased(_)));
    let lapsed = Payment { state: PaymentState::Cancelled, ended_at: Some(noon()), ..authorized_payment() };
    assert!(matches!(outcome_of(&lapsed), ErasureOutcome::Erased(_)));
}

#[test]
fn a_payment_is_left_until_its_merchant_was_told_and_one_that_is_not_there_is_none() {
    let payment = paid_payment();
    let telling = Delivery { state: DeliveryState::Pending, ended_at: None, ..heard(&payment) };
    assert_eq!(replayed(shelf_of(&payment).with(telling).decide(&rule(&payment))), IS_TOLD);
    let given_up = Delivery { state: DeliveryState::GivenUp, ..heard(&payment) };
    assert!(matches!(
        shelf_of(&payment).with(given_up).decide(&rule(&payment)),
        Decision::Done { outcome: ErasureOutcome::Erased(_), .. }
    ));
    assert_eq!(replayed(Shelf::stocked().decide(&rule(&payment))), ErasureOutcome::Missing);
}

/// Every row that is erased is written, has an entry of its own kind with the digest of what is left, and moves no money.
#[test]
fn what_is_erased_is_entered_row_by_row() {
    let payment = paid_payment();
    let of_payment = |request: &str| format!(r#"{{"buyer":"{request}"}}"#);
    let shelf = shelf_of(&payment)
        .with(Refund { payment_id: payment.payment_id.clone(), document: of_payment("r"), ..refund() })
        .with(Capture { payment_id: payment.payment_id.clone(), document: of_payment("c"), ..capture() })
        .with(Declaration {
            payment_id: payment.payment_id.clone(),
            document: of_payment("d"),
            ..declaration()
        });
    let (change, outcome) = done(shelf.decide(&rule(&payment)));
    let counted = ErasedRows {
        payments: 1,
        refunds: 1,
        captures: 1,
        declarations: 1,
        deliveries: 1,
        ..ErasedRows::default()
    };
    assert_eq!(outcome, ErasureOutcome::Erased(counted));
    let (inserts, updates) = split(&change.writes);
    assert_eq!((inserts.len(), updates.len()), (0, 6));

    let left = pick::<Payment>(&change.writes).unwrap();
    let details = pick::<PaymentDetails>(&change.writes).unwrap();
    let (refund, capture) =
        (pick::<Refund>(&change.writes).unwrap(), pick::<Capture>(&change.writes).unwrap());
    let declaration = pick::<Declaration>(&change.writes).unwrap();
    assert_eq!((details.document.as_str(), &details.salt), (r#"{"erased_by":"ACT-1"}"#, &vec![9; 16]));
    assert_eq!(left.details_digest, details_digest(&details.salt, &details.document));
    assert_eq!(
        (left.amount(), left.state, left.captured_minor),
        (payment.amount(), payment.state, payment.captured_minor)
    );
    assert!(refund.is_erased() && capture.is_erased() && declaration.is_erased());
    assert_eq!(declaration.content_digest.0, [0; 32]);

    let entries: Vec<_> = change.entries.iter().map(rows_of).collect();
    assert!(entries.iter().all(|(_, postings)| postings.is_empty()));
    let told: Vec<_> = entries.iter().map(|(entry, _)| (entry.kind, entry.detail_digest)).collect();
    assert_eq!(
        told,
        [
            (EntryKind::PaymentErased, None),
            (EntryKind::RefundErased, Some(refund_digest(&refund))),
            (EntryKind::CaptureErased, Some(capture_digest(&capture))),
            (EntryKind::DeclarationErased, Some(declaration_digest(&declaration))),
        ]
    );
    let (last, _) = entries.last().unwrap();
    assert_eq!((last.state_digest, last.chain_number), (payment_digest(&left), payment.chain_count + 4));
    assert_eq!((left.chain_count, left.chain_head), (last.chain_number, last.hash));
    let now = moment(noon().plus_ms(MINUTE_MS));
    assert_eq!((last.happened_at, last.recorded_at), (now.now, now.real_now));
}

/// The digits, the dates and what 3-D Secure said go; what tells no card from another stays, and so does who carried it out.
#[test]
fn of_a_card_its_kind_is_left() {
    let facts = CardFacts { customer_id: Some("c-1".to_owned()), ..card_payment().card.unwrap().0 };
    let payment = Payment {
        card: Some(Json(facts.clone())),
        redirect_url: Some("https://shop.example/?of=me".to_owned()),
        ..card_payment()
    };
    let (change, _) = done(shelf_of(&payment).decide(&rule(&payment)));
    let left = pick::<Payment>(&change.writes).unwrap();
    let card = left.card.clone().unwrap().0;
    let blank = CardFacts {
        first_digits: String::new(),
        last_digits: String::new(),
        expiry_month: String::new(),
        expiry_year: String::new(),
        three_ds: None,
        customer_id: None,
        card_id: None,
        ..facts
    };
    assert_eq!((card, left.redirect_url.as_ref(), &left.acquirer), (blank, None, &payment.acquirer));
    let told = pick::<Delivery>(&change.writes).unwrap();
    let Notice::PaymentResult { payment: told } = told.notice.0 else { panic!("a payment was told") };
    assert_eq!((told.card, told.redirect_url, told.details_digest), (left.card, None, left.details_digest));
}

#[test]
fn the_same_again_finds_nothing_left() {
    let payment = paid_payment();
    let mut shelf = shelf_of(&payment);
    shelf.run(&rule(&payment)).unwrap();
    assert_eq!(replayed(shelf.decide(&rule(&payment))), ErasureOutcome::NothingLeft);
    let later = Refund { payment_id: payment.payment_id.clone(), ..refund() };
    let (change, outcome) =
        done(shelf.with(later).decide(&ErasePayment { act_id: "ACT-2".to_owned(), ..rule(&payment) }));
    assert_eq!(outcome, ErasureOutcome::Erased(ErasedRows { refunds: 1, ..ErasedRows::default() }));
    assert!(pick::<PaymentDetails>(&change.writes).is_none(), "the details name the act that erased them");
}

fn person(key: RowKey) -> ErasePerson {
    let delivery_ids: Vec<DeliveryId> = vec![delivery().delivery_id];
    ErasePerson { key, delivery_ids, act_id: "ACT-1".to_owned(), now: noon() }
}

fn judge(row: impl Record) -> ErasureOutcome {
    let rule = person(row.key());
    assert!(rule.rows().contains(&row.key()));
    match Shelf::stocked().with(row).decide(&rule) {
        Decision::Done { outcome, .. } | Decision::Replayed(outcome) => outcome,
        Decision::Refused(refusal) => panic!("{refusal:?}"),
    }
}

#[test]
fn authorizations_agreements_and_users_are_left_while_they_may_be_used() {
    let until = |by_ms| Some(noon().plus_ms(by_ms));
    let approved = approved_authorization();
    assert_eq!(judge(authorization()), IS_OPEN);
    assert_eq!(judge(Authorization { code_expires_at: until(1), ..approved.clone() }), IS_OPEN);
    assert_eq!(judge(agreement()), IS_OPEN);
    for status in [UserStatus::Active, UserStatus::Frozen] {
        assert_eq!(judge(User { status, ..user() }), IS_OPEN);
    }
    let erased = ErasedRows { authorizations: 1, ..ErasedRows::default() };
    let ended = [
        Authorization { state: AuthorizationState::Declined, ..authorization() },
        Authorization { state: AuthorizationState::Used, ..approved.clone() },
        Authorization { code_expires_at: until(0), ..approved },
    ];
    for ended in ended {
        assert_eq!(judge(ended), ErasureOutcome::Erased(erased));
    }
    let revoked = Agreement { state: AgreementState::Revoked, auth_state: "me".to_owned(), ..agreement() };
    assert_eq!(judge(revoked), ErasureOutcome::Erased(ErasedRows { agreements: 1, ..ErasedRows::default() }));
    let closed = User { status: UserStatus::Closed, ..user() };
    assert_eq!(
        judge(closed.clone()),
        ErasureOutcome::Erased(ErasedRows { users: 1, ..ErasedRows::default() })
    );
    assert_eq!(judge(closed.without_people()), ErasureOutcome::NothingLeft);
    assert_eq!(judge(admin_act("A-1")), ErasureOutcome::NothingLeft, "it tells of no login");
    assert_eq!(replayed(Shelf::default().decide(&person(user().key()))), ErasureOutcome::Missing);
}

#[test]
fn what_an_authorization_said_goes_from_it_and_from_its_notification() {
    let row = Authorization {
        state: AuthorizationState::Used,
        auth_state: "me".to_owned(),
        ..approved_authorization()
    };
    let notice = Notice::AuthCodeCreated { authorization: Box::new(row.clone()), code_sealed: vec![1] };
    let told = Delivery { state: DeliveryState::Delivered, notice: Json(notice), ..delivery() };
    let shelf = Shelf::stocked().with(row.clone());
    let pending = Delivery { state: DeliveryState::Pending, ..told.clone() };
    assert_eq!(replayed(shelf.clone().with(pending).decide(&person(row.key()))), IS_TOLD);
    let (change, _) = done(shelf.with(told).decide(&person(row.key())));
    let left = pick::<Authorization>(&change.writes).unwrap();
    assert_eq!((left.auth_state.as_str(), left.redirect_url.as_str()), ("", ""));
    assert_eq!(left.request.0, serde_json::json!({"erased_by": "ACT-1"}));
    let Notice::AuthCodeCreated { authorization, .. } = pick::<Delivery>(&change.writes).unwrap().notice.0
    else {
        panic!("a code was told")
    };
    assert_eq!(*authorization, left);
}
