use farthing_core::rows::{Dialect, PlannedEnd};
use farthing_core::rules::pay::{Course, Planned};
use farthing_core::rules::refund_payment::{Afterwards, LaterResult};
use farthing_core::time::Timestamp;
use proptest::prelude::*;

use super::super::course::PayFlow;
use super::super::fault::FaultKind;
use super::super::test_codes::Codes;
use super::*;

const ANTOM: Codes = Codes(Dialect::Antom);

fn noon() -> Timestamp {
    Timestamp::from_ms(1_574_827_261_000)
}

/// So many milliseconds after noon.
fn after_ms(ms: i64) -> Timestamp {
    noon().plus_ms(ms)
}

fn read(place: Place, selector: &str) -> Result<Script, Refusal> {
    Script::read(&format!("order-1~{selector}"), place, &ANTOM)
}

fn pay(selector: &str) -> Script {
    read(Place::Pay, selector).unwrap_or_else(|refusal| panic!("{selector}: {}", refusal.detail))
}

fn at_once(selector: &str) -> Course {
    pay(selector).course(PayFlow::AtOnce, noon())
}

fn approved(selector: &str) -> Course {
    pay(selector).course(PayFlow::UserApproves, noon())
}

fn open() -> Course {
    Course::Later { planned: None, user_done: false, open_reason: None }
}

fn planned(end: PlannedEnd, ms: i64) -> Course {
    let planned = Some(Planned { due_at: after_ms(ms), end });
    Course::Later { planned, user_done: false, open_reason: None }
}

fn afterwards(place: Place, selector: &str) -> Afterwards {
    let script = read(place, selector).unwrap_or_else(|refusal| panic!("{selector}: {}", refusal.detail));
    script.afterwards(noon())
}

fn told(script: &Script, place: Place) -> Option<&'static str> {
    script.answer(place).map(|told| told.code)
}

fn detail(place: Place, selector: &str) -> String {
    let refusal = read(place, selector).map(|_| ()).expect_err(selector);
    assert_eq!(refusal.reason, Reason::ParameterIllegal, "{selector}");
    refusal.detail
}

// What is refused.

/// An unknown word is refused with the nearest known one at its place: a code, a status, a fault.
#[test]
fn an_unknown_word_is_refused_with_the_nearest_known_one() {
    for (place, selector, near) in [
        (Place::Pay, "USER_BALANCE_NOT_ENOUGHT", "USER_BALANCE_NOT_ENOUGH"),
        (Place::Pay, "user_balance_not_enough", "USER_BALANCE_NOT_ENOUGH"),
        (Place::Pay, "SUCCES", "SUCCESS"),
        (Place::Pay, "drop-replay", "drop-reply"),
        (Place::Pay, "payment:PENDIN", "PENDING"),
        (Place::Pay, "payment:INVALID_CARDS", "INVALID_CARD"),
        (Place::Pay, "notify:duplicated", "duplicate"),
        (Place::Pay, "notify:oldkey", "old-key"),
        (Place::Refund, "transaction:FAILD", "FAIL"),
        (Place::Refund, "garble", "garble-reply"),
    ] {
        let detail = detail(place, selector);
        let named = selector.rsplit(':').next().unwrap();
        assert!(detail.contains(named), "{selector}: {detail}");
        assert!(detail.contains(&format!("nearest known one is {near}")), "{selector}: {detail}");
    }
}

/// A place or status where there is none, and what only something else makes.
#[test]
fn words_at_the_wrong_place_are_refused() {
    for selector in [
        "payment:drop-reply",
        "transaction:garble-reply",
        "transaction:CANCELLED",
        "transaction:PENDING",
        "inquiry:PROCESSING",
        "refund:FAILED",
        "cancel:CLOSED",
        "inquiry:duplicate",
        "notify:drop-reply",
        "notify:PENDING",
    ] {
        assert!(detail(Place::Pay, selector).contains("unknown outcome"), "{selector}");
    }
    for selector in
        ["payment:PARTIAL_REFUND", "FULL_REFUND", "payment:OFFLINE_QRCODE", "inquiry:OFFLINE_QRCODE"]
    {
        let detail = detail(Place::Pay, selector);
        assert!(detail.starts_with("no selector makes the status"), "{selector}: {detail}");
    }
    assert!(detail(Place::Pay, "payment:PARTIAL_REFUND").contains("real refund"));
    assert!(detail(Place::Pay, "payment:OFFLINE_QRCODE").contains("setting of the client"));
    assert!(detail(Place::Pay, "999").contains("999"));
    assert!(detail(Place::Pay, "payment:REQUEST_TRAFFIC_EXCEED_LIMIT").contains("about calls"));
    assert!(read(Place::Refund, "transaction:REQUEST_TRAFFIC_EXCEED_LIMIT").is_ok(), "SEED-000 has it there");
}

/// The id of a payment decides about all that follows; that of a refund, capture or declaration about itself.
#[test]
fn an_id_decides_about_what_it_made() {
    for own in [Place::Pay, Place::Refund, Place::Capture, Place::Declare] {
        for place in Place::ALL {
            let allowed = match own {
                Place::Pay => true,
                Place::Refund => {
                    matches!(place, Place::Refund | Place::Transaction | Place::InquiryRefund | Place::Notify)
                }
                Place::Capture => matches!(place, Place::Capture | Place::Transaction | Place::Notify),
                _ => place == own,
            };
            let read = read(own, &format!("{}:SUCCESS", place.word()));
            assert_eq!(read.is_ok(), allowed, "{own:?} {place:?}");
            if let Err(refusal) = read {
                assert!(refusal.detail.contains(own.word()) && refusal.detail.contains(place.word()));
            }
        }
    }
}

/// Two items for one place are refused however the place is written.
#[test]
fn a_place_has_one_item() {
    for selector in ["SUCCESS,pay:SUCCESS", "p:SUCCESS,PROCESS_FAIL", "payment:SUCCESS,y:PROCESS_FAIL", "A,B"]
    {
        assert!(detail(Place::Pay, selector).contains("two items for"), "{selector}");
    }
}

/// Delays and counts stand only where they mean something.
#[test]
fn delays_and_counts_are_refused_where_they_mean_nothing() {
    for (place, selector, named) in [
        (Place::Pay, "SUCCESS@never", "for ever"),
        (Place::Pay, "inquiry:SYSTEM_ERROR@never", "for ever"),
        (Place::Pay, "SUCCESS@61m", "an hour at most"),
        (Place::Pay, "SUCCESS@9223372036854775807ms", "an hour at most"),
        (Place::Pay, "payment:SUCCESS*2", "count"),
        (Place::Refund, "transaction:SUCCESS*2", "count"),
        (Place::Pay, "payment:PENDING@30s", "leaves it open"),
        (Place::Pay, "payment:UNKNOWN_EXCEPTION@30s", "leaves it open"),
        (Place::Refund, "transaction:PROCESSING@1s", "leaves it open"),
        (Place::Pay, "notify:SUCCESS@never", "notify:drop"),
        (Place::Pay, "notify:drop@1s", "no delay"),
        (Place::Pay, "notify:early@1s", "no delay"),
    ] {
        let detail = detail(place, selector);
        assert!(detail.contains(named), "{selector}: {detail}");
    }
}

/// What contradicts itself is refused, so that nobody wonders what happens.
#[test]
fn contradictions_are_refused() {
    for selector in [
        "ACCESS_DENIED,payment:SUCCESS@30s",
        "ACCESS_DENIED,payment:INVALID_CARD",
        "REQUEST_TRAFFIC_EXCEED_LIMIT,payment:SUCCESS",
        "PROCESS_FAIL,payment:SUCCESS",
        "PROCESS_FAIL,payment:INVALID_CARD@30s",
        "PROCESS_FAIL,payment:PROCESSING",
        "CANCELLED,payment:PROCESS_FAIL",
        "SUCCESS,payment:PROCESSING",
        "SUCCESS,payment:UNKNOWN_EXCEPTION",
        "SUCCESS,payment:CANCELLED@1s",
    ] {
        assert!(detail(Place::Pay, selector).contains("cannot follow"), "{selector}");
    }
    for selector in [
        "PROCESS_FAIL,transaction:SUCCESS",
        "SUCCESS,transaction:PROCESS_FAIL",
        "SUCCESS,transaction:SUCCESS@1s",
        "REQUEST_TRAFFIC_EXCEED_LIMIT,transaction:SUCCESS",
    ] {
        assert!(detail(Place::Refund, selector).contains("cannot follow"), "{selector}");
    }
}

// The examples of the grammar.

/// Each example does what it is there to show.
#[test]
fn the_examples_of_the_grammar_do_what_they_show() {
    assert_eq!(Script::read("order-1042", Place::Pay, &ANTOM).map(|script| script.items), Ok(vec![]));
    let script = |id| Script::read(id, Place::Pay, &ANTOM).unwrap();
    let balance = script("order-1042~USER_BALANCE_NOT_ENOUGH");
    assert_eq!(balance.course(PayFlow::AtOnce, noon()), Course::Fail(Reason::BalanceNotEnough));
    let later = script("order-7~PAYMENT_IN_PROCESS,payment:SUCCESS@30s");
    assert_eq!(later.course(PayFlow::AtOnce, noon()), planned(PlannedEnd::Succeed, 30_000));
    assert_eq!(later.course(PayFlow::UserApproves, noon()), planned(PlannedEnd::Succeed, 30_000));
    let inquiry = script("order-3~inquiry:SYSTEM_ERROR*2");
    assert_eq!(inquiry.course(PayFlow::AtOnce, noon()), Course::Rules);
    assert_eq!(
        (told(&inquiry, Place::Inquiry), inquiry.calls(Place::Inquiry)),
        (Some("SYSTEM_ERROR"), Some(2))
    );
    assert_eq!((told(&inquiry, Place::Pay), inquiry.calls(Place::Pay)), (None, None));
    assert_eq!(inquiry.without(Place::Inquiry).answer(Place::Inquiry), None);
    let dropped = script("order-9~drop-reply");
    assert_eq!(dropped.fault(Place::Pay), Some(Fault { hold_ms: 0, kind: Some(FaultKind::DropReply) }));
    assert_eq!(dropped.course(PayFlow::AtOnce, noon()), Course::Rules);
    let refund = Script::read("refund-2~PROCESS_FAIL", Place::Refund, &ANTOM).unwrap();
    assert_eq!(refund.afterwards(noon()), Afterwards::Refuse(Reason::ProcessFailed));
    assert_eq!(told(&refund, Place::Refund), Some("PROCESS_FAIL"));
    let uuid = "9b2f0a64-6f0f-4f0e-9a55-3a3a64cbb1d7~p:132,y:217@30s";
    assert!(uuid.len() <= 64);
    assert_eq!(
        script(uuid).course(PayFlow::AtOnce, noon()),
        planned(PlannedEnd::Fail(Reason::BalanceNotEnough), 30_000)
    );
}

#[test]
fn an_id_without_selector_follows_the_rules() {
    for script in [Script::default(), Script::read("order-1", Place::Pay, &ANTOM).unwrap(), pay("SUCCESS")] {
        assert_eq!(script.course(PayFlow::AtOnce, noon()), Course::Rules);
        assert_eq!(script.course(PayFlow::UserApproves, noon()), Course::Rules);
        assert_eq!(script.afterwards(noon()), Afterwards::Rules);
        assert_eq!(script.notify(), NotifyPlan::default());
        for place in Place::ALL {
            assert_eq!((script.answer(place), script.fault(place), script.calls(place)), (None, None, None));
        }
    }
}

// Pay.

/// A code that fails leaves a record, which tells the code by itself; one that says nothing was created leaves none.
#[test]
fn a_code_of_pay_fails_or_refuses_by_what_it_says() {
    for (code, reason) in [
        ("USER_BALANCE_NOT_ENOUGH", Reason::BalanceNotEnough),
        ("MERCHANT_NOT_REGISTERED", Reason::MerchantNotRegistered),
        ("SYSTEM_ERROR", Reason::SystemError),
        ("INVALID_CARD", Reason::CardInvalid),
    ] {
        assert_eq!((at_once(code), approved(code)), (Course::Fail(reason), Course::Fail(reason)), "{code}");
        assert_eq!(told(&pay(code), Place::Pay), None, "{code}");
    }
    for (code, reason) in [
        ("ACCESS_DENIED", Reason::AccessDenied),
        ("KEY_NOT_FOUND", Reason::KeyNotFound),
        ("NO_INTERFACE_DEF", Reason::OperationUnknown),
        ("PARAM_ILLEGAL", Reason::ParameterIllegal),
        ("REQUEST_TRAFFIC_EXCEED_LIMIT", Reason::TrafficLimitExceeded),
        ("ORDER_NOT_EXIST", Reason::PaymentNotFound),
        ("ORDER_IS_CLOSED", Reason::PaymentClosed),
        ("ORDER_IS_CANCELED", Reason::PaymentCancelled),
        ("REPEAT_REQ_INCONSISTENT", Reason::RepeatInconsistent),
    ] {
        assert_eq!(
            (at_once(code), approved(code)),
            (Course::Refuse(reason), Course::Refuse(reason)),
            "{code}"
        );
        assert_eq!(told(&pay(code), Place::Pay), Some(code), "{code}");
    }
}

/// A code that is open leaves the payment open, until `payment` says otherwise.
#[test]
fn an_open_code_of_pay_leaves_the_payment_processing() {
    assert_eq!((at_once("UNKNOWN_EXCEPTION"), approved("UNKNOWN_EXCEPTION")), (open(), open()));
    assert_eq!(at_once("PAYMENT_IN_PROCESS"), open());
    assert_eq!(told(&pay("PAYMENT_IN_PROCESS"), Place::Pay), None, "the record tells it");
    assert_eq!(told(&pay("UNKNOWN_EXCEPTION"), Place::Pay), Some("UNKNOWN_EXCEPTION"));
    assert_eq!(at_once("UNKNOWN_EXCEPTION,payment:SUCCESS"), planned(PlannedEnd::Succeed, 0));
    assert_eq!(
        at_once("UNKNOWN_EXCEPTION,payment:FRAUD_REJECT@1m"),
        planned(PlannedEnd::Fail(Reason::FraudRejected), 60_000)
    );
    assert_eq!(at_once("PAYMENT_IN_PROCESS,payment:SUCCESS@never"), open());
}

/// Where a system error is told as open, there is an open payment to be found.
#[test]
fn a_system_error_is_open_where_it_is_told_so() {
    for (dialect, is_open) in [
        (Dialect::Antom, false),
        (Dialect::Alipay, false),
        (Dialect::AlipayHk, true),
        (Dialect::AlphaPay, true),
    ] {
        let script = Script::read("a~SYSTEM_ERROR", Place::Pay, &Codes(dialect)).unwrap();
        let course = script.course(PayFlow::AtOnce, noon());
        let expected = if is_open { open() } else { Course::Fail(Reason::SystemError) };
        assert_eq!(course, expected, "{dialect:?}");
        assert_eq!(told(&script, Place::Pay), is_open.then_some("SYSTEM_ERROR"), "{dialect:?}");
    }
}

/// Pay tells one failure, and an inquiry another that pay's own table lacks.
#[test]
fn pay_and_its_inquiry_may_name_different_failures() {
    let script = pay("PROCESS_FAIL,payment:INVALID_CARD");
    assert_eq!(script.course(PayFlow::AtOnce, noon()), Course::Fail(Reason::CardInvalid));
    assert_eq!(told(&script, Place::Pay), Some("PROCESS_FAIL"));
    assert_eq!(told(&pay("PROCESS_FAIL,payment:PROCESS_FAIL"), Place::Pay), None, "the record tells it");
}

/// A payment that is taken and then ended by a risk control is paid back, at once or in its time.
#[test]
fn what_was_paid_and_then_fails_is_reversed() {
    for (code, reason) in [
        ("FRAUD_REJECT", Reason::FraudRejected),
        ("RISK_REJECT", Reason::RiskRejected),
        ("SUSPECTED_RISK", Reason::RiskSuspected),
        ("USER_BALANCE_NOT_ENOUGH", Reason::BalanceNotEnough),
    ] {
        for (delay, ms) in [("", 0), ("@30s", 30_000)] {
            let selector = format!("pay:SUCCESS,payment:{code}{delay}");
            assert_eq!(at_once(&selector), Course::Reversed { due_at: after_ms(ms), reason }, "{selector}");
            assert_eq!(approved(&selector), planned(PlannedEnd::Fail(reason), ms), "{selector}");
            assert_eq!(told(&pay(&selector), Place::Pay), None, "{selector}");
        }
    }
    assert_eq!(at_once("SUCCESS,payment:FRAUD_REJECT@never"), Course::Rules);
    assert_eq!(at_once("SUCCESS,payment:SUCCESS@30s"), Course::Rules, "what is paid stays paid");
    assert_eq!(approved("SUCCESS,payment:SUCCESS@30s"), planned(PlannedEnd::Succeed, 30_000));
}

/// `payment` alone is the answer where that is known at once; with a delay, or where a user approves, it comes later.
#[test]
fn a_result_alone_is_answered_at_once_or_comes_later() {
    for (word, end, course) in [
        ("SUCCESS", PlannedEnd::Succeed, Course::Rules),
        ("INVALID_CARD", PlannedEnd::Fail(Reason::CardInvalid), Course::Fail(Reason::CardInvalid)),
        // Here it is a result, and says nothing about a call.
        ("ACCESS_DENIED", PlannedEnd::Fail(Reason::AccessDenied), Course::Fail(Reason::AccessDenied)),
        ("CANCELLED", PlannedEnd::Cancel, Course::Cancel),
        ("CLOSED", PlannedEnd::Fail(Reason::PaymentClosed), Course::Fail(Reason::PaymentClosed)),
        ("FAIL", PlannedEnd::Fail(Reason::ProcessFailed), Course::Fail(Reason::ProcessFailed)),
        ("FAILED", PlannedEnd::Fail(Reason::ProcessFailed), Course::Fail(Reason::ProcessFailed)),
    ] {
        let (alone, delayed, never) =
            (format!("payment:{word}"), format!("payment:{word}@5s"), format!("payment:{word}@never"));
        assert_eq!((at_once(&alone), approved(&alone)), (course, planned(end, 0)), "{word}");
        assert_eq!(
            (at_once(&delayed), approved(&delayed)),
            (planned(end, 5_000), planned(end, 5_000)),
            "{word}"
        );
        assert_eq!((at_once(&never), approved(&never)), (open(), open()), "{word}");
        for selector in [alone, delayed, never] {
            assert_eq!(told(&pay(&selector), Place::Pay), None, "{selector}");
        }
    }
}

/// What is no result stays open in every flow, and an inquiry tells the code that was named.
#[test]
fn an_open_result_stays_open() {
    let user_done = Course::Later { planned: None, user_done: true, open_reason: None };
    let unknown =
        Course::Later { planned: None, user_done: false, open_reason: Some(Reason::UnknownException) };
    for (word, course) in [
        ("PROCESSING", open()),
        ("PAYMENT_IN_PROCESS", open()),
        ("PENDING", user_done),
        ("UNKNOWN_EXCEPTION", unknown),
    ] {
        for selector in [
            format!("payment:{word}"),
            format!("payment:{word}@never"),
            format!("PAYMENT_IN_PROCESS,payment:{word}"),
        ] {
            assert_eq!((at_once(&selector), approved(&selector)), (course, course), "{selector}");
        }
    }
}

/// A status for pay itself is the state in which pay leaves the payment.
#[test]
fn a_status_of_pay_is_what_it_leaves() {
    assert_eq!(at_once("CANCELLED"), Course::Cancel);
    assert_eq!(at_once("CLOSED"), Course::Fail(Reason::PaymentClosed));
    assert_eq!(at_once("FAILED"), Course::Fail(Reason::ProcessFailed));
    assert_eq!(at_once("PROCESSING,payment:SUCCESS@1h"), planned(PlannedEnd::Succeed, 3_600_000));
    let end = Some(Planned { due_at: after_ms(500), end: PlannedEnd::Succeed });
    let course = Course::Later { planned: end, user_done: true, open_reason: None };
    assert_eq!(approved("PENDING,payment:SUCCESS@500ms"), course);
}

/// Numbers stand for codes at every place.
#[test]
fn three_digits_stand_for_a_code() {
    assert_eq!(at_once("217"), at_once("USER_BALANCE_NOT_ENOUGH"));
    assert_eq!(at_once("p:101"), Course::Refuse(Reason::AccessDenied));
    assert_eq!(at_once("y:310"), Course::Fail(Reason::CardInvalid));
    assert_eq!(at_once("p:100,y:330@1s"), at_once("SUCCESS,payment:FRAUD_REJECT@1s"));
    assert_eq!(told(&pay("i:121"), Place::Inquiry), Some("SYSTEM_ERROR"));
}

// Refunds, captures and the other calls.

/// A refund's or capture's code refuses it or takes it up, and `transaction` says what comes of it.
#[test]
fn refunds_and_captures_follow_their_own_code_and_their_result() {
    let never = |reason| Afterwards::Later(LaterResult { due_at: None, reason });
    let due = |ms, reason| Afterwards::Later(LaterResult { due_at: Some(after_ms(ms)), reason });
    for place in [Place::Refund, Place::Capture] {
        for (selector, expected) in [
            ("SUCCESS", Afterwards::Rules),
            ("SUCCESS,transaction:SUCCESS", Afterwards::Rules),
            ("drop-reply", Afterwards::Rules),
            ("SUCCESS@2s", Afterwards::Rules),
            ("REFUND_AMOUNT_EXCEED", Afterwards::Refuse(Reason::RefundAmountExceeded)),
            ("REQUEST_TRAFFIC_EXCEED_LIMIT", Afterwards::Refuse(Reason::TrafficLimitExceeded)),
            ("UNKNOWN_EXCEPTION", never(None)),
            ("REFUND_IN_PROCESS", never(None)),
            ("UNKNOWN_EXCEPTION,transaction:SUCCESS@30s", due(30_000, None)),
            ("UNKNOWN_EXCEPTION,transaction:PROCESS_FAIL", due(0, Some(Reason::ProcessFailed))),
            ("transaction:SUCCESS", due(0, None)),
            ("transaction:SUCCESS@30s", due(30_000, None)),
            ("transaction:RISK_REJECT", due(0, Some(Reason::RiskRejected))),
            ("transaction:RISK_REJECT@30s", due(30_000, Some(Reason::RiskRejected))),
            ("transaction:RISK_REJECT@never", never(Some(Reason::RiskRejected))),
            ("transaction:FAIL", due(0, Some(Reason::ProcessFailed))),
            ("transaction:UNKNOWN_EXCEPTION", never(Some(Reason::UnknownException))),
            ("transaction:PROCESSING", never(None)),
            ("drop-reply,transaction:FAILED", due(0, Some(Reason::ProcessFailed))),
        ] {
            assert_eq!(afterwards(place, selector), expected, "{place:?} {selector}");
        }
    }
}

/// A record in process tells so by itself; any other code has to be told.
#[test]
fn a_code_is_told_where_the_record_does_not_tell_it() {
    for (place, selector, expected) in [
        (Place::Refund, "REFUND_IN_PROCESS", None),
        (Place::Refund, "PAYMENT_IN_PROCESS", Some("PAYMENT_IN_PROCESS")),
        (Place::Refund, "UNKNOWN_EXCEPTION", Some("UNKNOWN_EXCEPTION")),
        (Place::Refund, "transaction:RISK_REJECT", None),
        (Place::Refund, "SUCCESS", None),
        (Place::Capture, "CAPTURE_IN_PROCESS", None),
        (Place::Capture, "REFUND_IN_PROCESS", Some("REFUND_IN_PROCESS")),
        (Place::Declare, "PARAM_ILLEGAL", Some("PARAM_ILLEGAL")),
    ] {
        let script = read(place, selector).unwrap();
        assert_eq!(told(&script, place), expected, "{place:?} {selector}");
    }
}

/// What follows a payment is told what the payment's id says, each place its own.
#[test]
fn a_payment_id_speaks_for_the_calls_that_follow() {
    let script =
        pay("i:PAYMENT_IN_PROCESS,x:PROCESS_FAIL*1,r:INVALID_CARD,c:ACCESS_DENIED,q:SYSTEM_ERROR,d:SUCCESS");
    for (place, code) in [
        (Place::Pay, None),
        (Place::Inquiry, Some("PAYMENT_IN_PROCESS")),
        (Place::Cancel, Some("PROCESS_FAIL")),
        (Place::Refund, Some("PROCESS_FAIL")),
        (Place::Capture, Some("ACCESS_DENIED")),
        (Place::InquiryRefund, Some("SYSTEM_ERROR")),
        (Place::Declare, None),
    ] {
        assert_eq!(told(&script, place), code, "{place:?}");
    }
    assert_eq!(script.calls(Place::Cancel), Some(1));
    assert_eq!(script.course(PayFlow::AtOnce, noon()), Course::Rules);
    assert_eq!(
        pay("r:ACCESS_DENIED,t:PROCESS_FAIL").afterwards(noon()),
        afterwards(Place::Refund, "t:PROCESS_FAIL")
    );
}

// What breaks.

/// Each fault stands alone or with a delay, a delay alone holds back, and none of them changes what happens.
#[test]
fn faults_are_for_the_answer_and_leave_the_rules_alone() {
    for (selector, hold_ms, kind) in [
        ("drop-request", 0, Some(FaultKind::DropRequest)),
        ("drop-reply@2s", 2_000, Some(FaultKind::DropReply)),
        ("garble-reply*3", 0, Some(FaultKind::GarbleReply)),
        ("SUCCESS@2s", 2_000, None),
        ("SUCCESS@1h", 3_600_000, None),
    ] {
        assert_eq!(pay(selector).fault(Place::Pay), Some(Fault { hold_ms, kind }), "{selector}");
        assert_eq!(
            (at_once(selector), told(&pay(selector), Place::Pay)),
            (Course::Rules, None),
            "{selector}"
        );
        let script = pay(&format!("inquiry:{selector}"));
        assert_eq!(script.fault(Place::Inquiry), Some(Fault { hold_ms, kind }), "{selector}");
        assert_eq!(script.fault(Place::Pay), None, "{selector}");
    }
    assert_eq!(pay("SUCCESS@0ms").fault(Place::Pay), None);
    assert_eq!(pay("garble-reply*3").calls(Place::Pay), Some(3));
    let held = pay("USER_BALANCE_NOT_ENOUGH@1s,payment:INVALID_CARD");
    assert_eq!(held.fault(Place::Pay), Some(Fault { hold_ms: 1_000, kind: None }));
    assert_eq!(pay("payment:SUCCESS@5s").fault(Place::Payment), None, "a result is no call");
    assert_eq!(at_once("drop-reply,payment:SUCCESS@5s"), planned(PlannedEnd::Succeed, 5_000));
}

/// Each word for notifications does its one thing.
#[test]
fn notifications_go_wrong_as_they_are_told() {
    let plan = NotifyPlan::default();
    for (selector, expected) in [
        ("notify:duplicate", NotifyPlan { duplicate: true, ..plan }),
        ("notify:drop*2", NotifyPlan { drop: true, sends: Some(2), ..plan }),
        ("notify:garble", NotifyPlan { garble: true, ..plan }),
        ("notify:old-key", NotifyPlan { old_key: true, ..plan }),
        ("notify:early", NotifyPlan { early: true, ..plan }),
        ("notify:shuffle", NotifyPlan { shuffle: true, ..plan }),
        ("notify:SUCCESS@30s", NotifyPlan { delay_ms: 30_000, ..plan }),
        ("n:duplicate@1m", NotifyPlan { duplicate: true, delay_ms: 60_000, ..plan }),
        ("notify:SUCCESS", plan),
    ] {
        assert_eq!(pay(selector).notify(), expected, "{selector}");
        assert_eq!(read(Place::Refund, selector).unwrap().notify(), expected, "{selector}");
        assert_eq!(
            (at_once(selector), pay(selector).fault(Place::Notify)),
            (Course::Rules, None),
            "{selector}"
        );
    }
}

proptest! {
    /// Whatever an id looks like, it is read or refused, and what is read can be followed.
    #[test]
    fn no_id_makes_it_panic(id in "\\PC{0,80}", selector in "[a-zA-Z0-9_:*@,~-]{0,60}") {
        for id in [id, format!("a~{selector}")] {
            follow(&id);
        }
    }

    /// The same for ids that are nearly right.
    #[test]
    fn no_selector_makes_it_panic(items in prop::collection::vec(item_text(), 1..4)) {
        follow(&format!("order~{}", items.join(",")));
    }
}

fn item_text() -> impl Strategy<Value = String> {
    let place = prop::sample::select(vec!["", "p:", "y:", "i:", "t:", "x:", "r:", "c:", "q:", "d:", "n:"]);
    let word = prop::sample::select(vec![
        "SUCCESS",
        "132",
        "217",
        "999",
        "PENDING",
        "CANCELLED",
        "CLOSED",
        "PROCESSING",
        "FAILED",
        "ACCESS_DENIED",
        "UNKNOWN_EXCEPTION",
        "drop-reply",
        "duplicate",
        "early",
        "NO_SUCH_CODE",
    ]);
    let count = prop::sample::select(vec!["", "", "*2", "*0", "*4294967296"]);
    let delay =
        prop::sample::select(vec!["", "", "@30s", "@never", "@9223372036854775807ms", "@9999999999999999h"]);
    (place, word, count, delay).prop_map(|(place, word, count, delay)| format!("{place}{word}{count}{delay}"))
}

fn follow(id: &str) {
    for own in Place::ALL {
        let Ok(script) = Script::read(id, own, &ANTOM) else { continue };
        for flow in [PayFlow::AtOnce, PayFlow::UserApproves] {
            let _course = script.course(flow, noon());
        }
        let _followed = (script.afterwards(noon()), script.notify());
        for place in Place::ALL {
            assert!(script.answer(place).is_none() || is_call(place));
            assert!(script.fault(place).is_none() || is_call(place));
            assert_eq!(script.clone().without(place).item(place), None);
        }
    }
}
