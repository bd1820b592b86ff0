//! Authorized cards: captures in parts, their results, releases and cancels.

use super::{Step, lines, merchant_account, pick, rows_of, split, step, walk};
use crate::ids::{CaptureId, DeliveryId, PaymentId, RequestId};
use crate::journal::{Account, capture_digest, payment_digest};
use crate::money::Money;
use crate::reason::Reason;
use crate::rows::{
    Capture, CaptureState, Delivery, EntryKind, Notice, Payment, PaymentState, PlannedResult, Record,
    RequestKey,
};
use crate::rules::capture_payment::{CaptureOutcome, CapturePayment, means_the_same};
use crate::rules::complete_capture::CompleteCapture;
use crate::rules::refund_payment::{Afterwards, LaterResult, RefundPayment};
use crate::samples::{
    AMOUNT_MINOR, NOTIFY_URL, Shelf, asker, authorize_card, authorized_payment, cancel, cancelled_payment,
    capture, capture_id, capture_of, card_payment, complete_capture, currency, done, expire, failed_payment,
    hkd, merchant_id, moment, noon, payment_id, refund_of, refused, replayed, taken_up, waiting_payment,
    world_id,
};
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};

fn soon() -> Timestamp {
    noon().plus_ms(MINUTE_MS)
}

/// When the authorization lapses: seven days after it was made.
fn end() -> Timestamp {
    noon().plus_ms(7 * DAY_MS)
}

fn held_shelf() -> Shelf {
    let mut shelf = Shelf::stocked();
    shelf.run(&authorize_card()).unwrap();
    shelf
}

fn payment_on(shelf: &Shelf) -> Payment {
    shelf.find::<Payment>(&Payment::key_of(&merchant_id(), &payment_id())).unwrap().clone()
}

fn last_capture(amount_minor: i64, number: u32) -> CapturePayment {
    let mut capture = capture_of(hkd(amount_minor), number, soon());
    capture.request.is_last = true;
    capture
}

/// A capture that is taken up, with a result in a minute.
fn later_capture(amount_minor: i64, number: u32) -> CapturePayment {
    CapturePayment { course: taken_up(soon(), None), ..capture_of(hkd(amount_minor), number, soon()) }
}

fn failing(number: u32) -> CompleteCapture {
    CompleteCapture { failure: Some(Reason::ProcessFailed), ..complete_capture(number, soon()) }
}

/// Proves what an authorization is: paid from now on, but nothing taken, for seven days.
#[test]
fn an_authorization_holds_and_takes_nothing() {
    let shelf = held_shelf();
    let held = payment_on(&shelf);
    assert_eq!(held, authorized_payment());
    assert_eq!((held.state, held.paid_at), (PaymentState::Succeeded, Some(noon())));
    assert_eq!((held.authorized_minor, held.captured_minor, held.refundable_minor()), (AMOUNT_MINOR, 0, 0));
    assert_eq!((held.captures_later, held.auth_expires_at), (true, Some(end())));
    assert_eq!(held.capturable_minor(end().plus_ms(-1)), AMOUNT_MINOR);
    assert_eq!(held.capturable_minor(end()), 0);
    let (entry, postings) = &shelf.journal()[0];
    assert_eq!((entry.kind, postings.len()), (EntryKind::PaymentAuthorized, 0));
}

struct Situation {
    rule: CapturePayment,
    payment: Payment,
}

/// Proves the order of the checks of a capture.
#[test]
fn each_mend_brings_up_the_next_check() {
    use Reason::*;
    let mut rule = capture_of(Money::new(AMOUNT_MINOR, currency("JPY")), 1, end());
    rule.payment_id = PaymentId::new("none");
    rule.course = Afterwards::Refuse(RiskRejected);
    let steps: Vec<Step<Situation>> = vec![
        step("a sandbox was told so", RiskRejected, |s| s.rule.course = Afterwards::Rules),
        step("there is no such payment", PaymentNotFound, |s| s.rule.payment_id = payment_id()),
        step("the authorization lapses this very millisecond", AuthorizationExpired, |s| {
            s.payment = authorized_payment().as_of(end());
        }),
        step("that was written down", AuthorizationExpired, |s| {
            s.rule.moment = moment(end().plus_ms(-1));
            s.payment = Payment { ended_at: Some(soon()), ..s.payment.clone() };
        }),
        step("it was cancelled", AuthorizationCancelled, |s| s.payment = cancelled_payment()),
        step("it never was authorized, and is cancelled", AuthorizationCancelled, |s| {
            s.payment = failed_payment();
        }),
        step("it failed", PaymentStateInvalid, |s| s.payment = waiting_payment()),
        step("it is not decided", PaymentStateInvalid, |s| s.payment = card_payment()),
        step("it was taken at once", AuthorizationMissing, |s| {
            s.payment = Payment { captures_closed: true, captured_minor: 1, ..authorized_payment() };
        }),
        step("it is in another currency", CurrencyNotSupported, |s| {
            s.rule.request.amount = hkd(AMOUNT_MINOR)
        }),
        step("the last capture was made", MultipleCapturesNotSupported, |s| {
            s.payment = Payment { captured_minor: 1, capturing_minor: 2, ..authorized_payment() };
        }),
        step("more than what is left", CaptureAmountExceeded, |s| {
            s.rule.request.amount = hkd(AMOUNT_MINOR - 2);
        }),
        step("a cent more than what is left", CaptureAmountExceeded, |s| {
            s.rule.request.amount = hkd(AMOUNT_MINOR - 3);
        }),
    ];
    walk(Situation { rule, payment: authorized_payment() }, steps, |s| {
        let mut shelf = Shelf::stocked().with(s.payment.clone());
        shelf.run(&s.rule).err().map(|refusal| refusal.reason)
    });
}

/// Proves every row of a capture: key, capture and notification are new, the payment is changed, the money comes.
#[test]
fn a_capture_writes_four_rows_and_one_entry() {
    let part_minor = AMOUNT_MINOR / 4;
    let (change, outcome) = done(held_shelf().decide(&capture_of(hkd(part_minor), 1, soon())));
    let expected = Capture {
        merchant_id: merchant_id(),
        capture_id: capture_id(),
        payment_id: payment_id(),
        request_id: RequestId::new("capture-1"),
        client_id: asker().client_id,
        world_id: world_id(),
        currency: currency("HKD"),
        amount_minor: part_minor,
        is_last: false,
        state: CaptureState::Succeeded,
        failure: None,
        due_at: None,
        planned: None,
        planned_reason: None,
        notify_url: Some(NOTIFY_URL.to_owned()),
        document: serde_json::json!({"captureAmount": part_minor}).to_string(),
        created_at: soon(),
        captured_at: Some(soon()),
        recorded_at: moment(soon()).real_now,
    };
    assert_eq!(outcome, CaptureOutcome::Recorded(Box::new(expected.clone())));
    let (entry, _) = rows_of(&change.entries[0]);
    let unchained = Payment { captured_minor: part_minor, ..authorized_payment() };
    assert_eq!((entry.kind, entry.state_digest), (EntryKind::CaptureSucceeded, payment_digest(&unchained)));
    assert_eq!(entry.detail_id.as_deref(), Some(capture_id().as_str()));
    assert_eq!(entry.detail_digest, Some(capture_digest(&expected)));
    let moved = [("outside:cards".to_owned(), -part_minor), ("merchant:M1".to_owned(), part_minor)];
    assert_eq!(lines(&change.entries[0]), moved);
    let key = RequestKey {
        merchant_id: merchant_id(),
        operation: "capture".to_owned(),
        request_id: expected.request_id.clone(),
        target: capture_id().to_string(),
    };
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!(told.notice.0, Notice::CaptureResult { capture: Box::new(expected.clone()) });
    assert_eq!(
        (told.delivery_id.clone(), told.kind.as_str()),
        (DeliveryId::new("D-capture-1"), "capture_result")
    );
    let payment = Payment { chain_count: 2, chain_head: entry.hash, ..unchained };
    let (inserts, updates) = split(&change.writes);
    assert_eq!(inserts, [key.into_row(), expected.into_row(), told.into_row()]);
    assert_eq!(updates, [payment.into_row()]);
}

/// Proves that parts add up to what is held, and not one unit more.
#[test]
fn parts_add_up_to_the_authorization_and_no_further() {
    let mut shelf = held_shelf();
    for (number, part_minor) in (1..).zip([1, 2_499, 2_500, 4_999, 1]) {
        shelf.run(&capture_of(hkd(part_minor), number, soon())).unwrap();
    }
    assert_eq!(payment_on(&shelf).captured_minor, AMOUNT_MINOR);
    let one_more = shelf.run(&capture_of(hkd(1), 6, soon())).unwrap_err();
    assert_eq!(
        (one_more.reason, one_more.detail.as_str()),
        (Reason::CaptureAmountExceeded, "0 of 10000 are left")
    );
    assert_eq!(shelf.posted_minor(&merchant_account()), i128::from(AMOUNT_MINOR));
}

/// Proves that a captured authorization no longer lapses: what was taken stays taken.
#[test]
fn a_captured_authorization_is_not_released() {
    let mut shelf = held_shelf();
    shelf.run(&capture_of(hkd(1), 1, soon())).unwrap();
    let captured = payment_on(&shelf);
    assert_eq!(replayed(shelf.decide(&expire(end()))), captured);
    let late = shelf.decide(&capture_of(hkd(1), 2, end()));
    assert_eq!(refused(late).reason, Reason::AuthorizationExpired, "but nothing more is taken");
}

/// Proves that the last capture gives up the rest.
#[test]
fn nothing_is_captured_after_the_last() {
    let mut shelf = held_shelf();
    shelf.run(&last_capture(100, 1)).unwrap();
    assert_eq!(payment_on(&shelf).capturable_minor(soon()), 0);
    let late = shelf.decide(&capture_of(hkd(1), 2, soon()));
    assert_eq!(refused(late).reason, Reason::MultipleCapturesNotSupported);
}

/// Proves that a repeat points at the recorded capture, whatever it asks for, and what it is compared by.
#[test]
fn a_seen_id_is_answered_before_anything_is_checked() {
    let mut shelf = held_shelf();
    shelf.run(&capture_of(hkd(AMOUNT_MINOR), 1, soon())).unwrap();
    let other = CapturePayment { payment_id: PaymentId::new("none"), ..capture_of(hkd(1), 1, end()) };
    for repeat in [capture_of(hkd(AMOUNT_MINOR), 1, soon()), other] {
        assert_eq!(replayed(shelf.decide(&repeat)), CaptureOutcome::SeenBefore(capture_id()));
    }
    let request = capture_of(hkd(AMOUNT_MINOR / 4), 1, soon()).request;
    assert!(means_the_same(&capture(), &request, &payment_id()));
    assert!(!means_the_same(&capture(), &request, &PaymentId::new("other")), "payment");
    let mut dearer = request.clone();
    dearer.amount.amount_minor += 1;
    assert!(!means_the_same(&capture(), &dearer, &payment_id()), "amount");
    let mut last = request;
    last.is_last = true;
    assert!(!means_the_same(&capture(), &last, &payment_id()), "whether it is the last");
}

/// Proves that a capture whose result comes later reserves its part, tells nobody and moves nothing.
#[test]
fn a_capture_in_process_reserves_its_part() {
    let mut shelf = held_shelf();
    let (change, _) = done(shelf.decide(&later_capture(6_000, 1)));
    assert_eq!((lines(&change.entries[0]), pick::<Delivery>(&change.writes)), (Vec::new(), None));
    let open: Capture = pick(&change.writes).unwrap();
    assert_eq!((open.state, open.captured_at), (CaptureState::Processing, None));
    assert_eq!((open.due_at, open.planned), (Some(soon()), Some(PlannedResult::Succeed)));
    shelf.run(&later_capture(6_000, 1)).unwrap();
    let reserved = payment_on(&shelf);
    assert_eq!(
        (reserved.capturing_minor, reserved.captured_minor, reserved.refundable_minor()),
        (6_000, 0, 0)
    );
    let second = shelf.decide(&capture_of(hkd(4_001), 2, soon()));
    assert_eq!(refused(second).reason, Reason::CaptureAmountExceeded);
    assert_eq!(reserved.clone().as_of(end()), reserved, "it is not released while a capture is open");
    let cancelled = shelf.decide(&cancel(&reserved, soon()));
    assert_eq!(refused(cancelled).reason, Reason::PaymentStateInvalid, "nor cancelled");
}

/// Proves what a planned result of a capture is: a final reason fails it, another is only told until it succeeds.
#[test]
fn a_planned_capture_fails_for_a_final_reason_only() {
    let table = [
        (Some(Reason::ProcessFailed), Some(PlannedResult::Fail)),
        (Some(Reason::CaptureInProcess), Some(PlannedResult::Succeed)),
        (None, Some(PlannedResult::Succeed)),
    ];
    for (reason, planned) in table {
        let course = taken_up(soon(), reason);
        let (change, _) = done(held_shelf().decide(&CapturePayment { course, ..later_capture(1, 1) }));
        let open: Capture = pick(&change.writes).unwrap();
        assert_eq!((open.planned, open.planned_reason), (planned, reason));
    }
    let course = Afterwards::Later(LaterResult { due_at: None, reason: None });
    let (change, _) = done(held_shelf().decide(&CapturePayment { course, ..later_capture(1, 1) }));
    let open: Capture = pick(&change.writes).unwrap();
    assert_eq!((open.due_at, open.planned), (None, None), "it never comes");
}

/// Proves that a capture's result counts once: success takes the money, failure frees the part.
#[test]
fn the_result_of_a_capture_counts_once() {
    let mut shelf = held_shelf();
    shelf.run(&later_capture(6_000, 1)).unwrap();
    let (change, captured) = done(shelf.decide(&complete_capture(1, soon())));
    assert_eq!((captured.state, captured.captured_at), (CaptureState::Succeeded, Some(soon())));
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!(told.notice.0, Notice::CaptureResult { capture: Box::new(captured.clone()) });
    assert_eq!(rows_of(&change.entries[0]).0.detail_digest, Some(capture_digest(&captured)));
    shelf.run(&complete_capture(1, soon())).unwrap();
    let taken = payment_on(&shelf);
    assert_eq!((taken.capturing_minor, taken.captured_minor), (0, 6_000));
    for again in [complete_capture(1, end()), failing(1)] {
        assert_eq!(replayed(shelf.decide(&again)), captured);
    }
    assert_eq!(shelf.posted_minor(&Account::OutsideCards), -6_000);
}

/// Proves that a failed capture frees its part, and that a failed last one opens the authorization again.
#[test]
fn a_failed_capture_frees_its_part() {
    let mut shelf = held_shelf();
    shelf.run(&capture_of(hkd(1_000), 1, soon())).unwrap();
    let last = CapturePayment { course: taken_up(soon(), None), ..last_capture(2_000, 2) };
    shelf.run(&last).unwrap();
    assert!(payment_on(&shelf).captures_closed);
    let failed = shelf.run(&failing(2)).unwrap();
    assert_eq!((failed.state, failed.failure), (CaptureState::Failed, Some(Reason::ProcessFailed)));
    assert_eq!(failed.captured_at, None);
    let freed = payment_on(&shelf);
    assert_eq!((freed.capturing_minor, freed.captured_minor, freed.captures_closed), (0, 1_000, false));
    assert_eq!(freed.capturable_minor(soon()), AMOUNT_MINOR - 1_000);
    shelf.run(&capture_of(hkd(AMOUNT_MINOR - 1_000), 3, soon())).unwrap();
}

/// Proves that another capture's failure does not open what the last capture closed.
#[test]
fn another_captures_failure_does_not_undo_the_last() {
    let mut shelf = held_shelf();
    shelf.run(&later_capture(1_000, 1)).unwrap();
    shelf.run(&last_capture(2_000, 2)).unwrap();
    shelf.run(&failing(1)).unwrap();
    assert!(payment_on(&shelf).captures_closed);
}

/// Proves that an unknown capture, or one without its payment, has no result.
#[test]
fn an_unknown_capture_has_no_result() {
    let shelf = held_shelf();
    assert_eq!(refused(shelf.decide(&complete_capture(1, soon()))).reason, Reason::PaymentNotFound);
    let alone = Shelf::stocked().with(capture());
    assert_eq!(refused(alone.decide(&complete_capture(1, soon()))).reason, Reason::PaymentNotFound);
}

/// Proves that a result takes nothing any more once the payment was ended by a risk control.
#[test]
fn a_late_capture_takes_nothing_from_an_ended_payment() {
    let mut shelf = held_shelf();
    shelf.run(&later_capture(6_000, 1)).unwrap();
    let ended = Payment {
        state: PaymentState::Failed,
        failure: Some(Reason::FraudRejected),
        ended_at: Some(soon()),
        ..payment_on(&shelf)
    };
    let mut shelf = shelf.with(ended);
    let failed = shelf.run(&complete_capture(1, soon())).unwrap();
    assert_eq!((failed.state, failed.failure), (CaptureState::Failed, Some(Reason::AuthorizationCancelled)));
    assert_eq!((payment_on(&shelf).captured_minor, shelf.posted_minor(&merchant_account())), (0, 0));
}

/// Proves that an authorization that was not captured lapses by itself, to the millisecond, and that this is told.
#[test]
fn an_authorization_is_released_when_its_time_is_over() {
    let held = authorized_payment();
    assert_eq!(held.clone().as_of(end().plus_ms(-1)), held);
    let mut shelf = held_shelf();
    assert_eq!(replayed(shelf.decide(&expire(end().plus_ms(-1)))), held);
    let swept_at = end().plus_ms(90_000);
    let (change, released) = done(shelf.decide(&expire(swept_at)));
    assert_eq!((released.state, released.ended_at), (PaymentState::Cancelled, Some(end())));
    assert_eq!((released.failure, released.refunded_minor), (None, 0));
    let (entry, postings) = rows_of(&change.entries[0]);
    assert_eq!((entry.kind, entry.happened_at, postings.len()), (EntryKind::AuthorizationReleased, end(), 0));
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!(told.next_attempt_at, swept_at);
    shelf.run(&expire(swept_at)).unwrap();
    assert_eq!(replayed(shelf.decide(&expire(swept_at))), released);
    let late = shelf.decide(&capture_of(hkd(1), 1, swept_at));
    assert_eq!(refused(late).reason, Reason::AuthorizationExpired);
}

/// Proves that a cancel lets go of what is held, moves no money, and ends all captures; a captured one is refunded.
#[test]
fn an_authorization_is_cancelled_until_it_is_captured() {
    let mut shelf = held_shelf();
    let cancelled = shelf.run(&cancel(&authorized_payment(), soon())).unwrap();
    assert_eq!((cancelled.state, cancelled.refunded_minor), (PaymentState::Cancelled, 0));
    assert_eq!(cancelled.capturable_minor(soon()), 0);
    assert_eq!(shelf.journal().iter().map(|(_, postings)| postings.len()).sum::<usize>(), 0);
    let late = shelf.decide(&capture_of(hkd(1), 1, soon()));
    assert_eq!(refused(late).reason, Reason::AuthorizationCancelled);
    assert_eq!(replayed(shelf.decide(&expire(end()))), cancelled, "and it does not lapse any more");

    let mut captured = held_shelf();
    captured.run(&capture_of(hkd(1), 1, soon())).unwrap();
    let refusal = refused(captured.decide(&cancel(&payment_on(&captured), soon())));
    assert_eq!(refusal.reason, Reason::PaymentStateInvalid);
}

/// Proves that a cancel after the authorization lapsed answers what stands.
#[test]
fn a_lapsed_authorization_answers_a_cancel_as_it_stands() {
    let shelf = held_shelf();
    let released = replayed(shelf.decide(&cancel(&authorized_payment(), end())));
    assert_eq!((released.state, released.ended_at), (PaymentState::Cancelled, Some(end())));
}

fn card_refund(amount_minor: i64, named: Option<&str>, capture: Option<Capture>) -> RefundPayment {
    let mut refund = refund_of(hkd(amount_minor), 1, soon());
    refund.wallet_id = None;
    refund.request.capture_id = named.map(CaptureId::new);
    refund.capture = capture;
    refund
}

/// Proves that what was captured can be refunded and no more, with or without the capture's name.
#[test]
fn what_was_captured_can_be_refunded() {
    let mut shelf = held_shelf();
    let nothing = shelf.decide(&card_refund(1, None, None));
    assert_eq!(refused(nothing).reason, Reason::RefundAmountExceeded, "nothing was captured");
    shelf.run(&capture_of(hkd(2_500), 1, soon())).unwrap();
    let too_much = shelf.decide(&card_refund(2_501, None, None));
    assert_eq!(refused(too_much).reason, Reason::RefundAmountExceeded);
    for named in [None, Some(capture_id())] {
        let refund = card_refund(2_500, named.as_ref().map(CaptureId::as_str), Some(capture()));
        let mut shelf = shelf.clone();
        shelf.run(&refund).unwrap();
        assert_eq!(shelf.posted_minor(&merchant_account()), 0);
        let kept = shelf.all::<crate::rows::Refund>().next().unwrap();
        assert_eq!(kept.capture_id, named);
    }
}

/// Proves: ANTOM-FACTS §3.5, a refund that names a capture names one of its payment, and one that took money.
#[test]
fn a_named_capture_must_have_taken_money_of_this_payment() {
    let mut shelf = held_shelf();
    shelf.run(&capture_of(hkd(2_500), 1, soon())).unwrap();
    let others = [
        None,
        Some(Capture { payment_id: PaymentId::new("other"), ..capture() }),
        Some(Capture { state: CaptureState::Processing, ..capture() }),
        Some(Capture { state: CaptureState::Failed, ..capture() }),
    ];
    for other in others {
        let refusal = refused(shelf.decide(&card_refund(1, Some("x"), other)));
        assert_eq!(refusal.reason, Reason::ParameterIllegal);
        assert!(refusal.detail.starts_with("captureId: x "), "{}", refusal.detail);
    }
}
