use farthing_core::ids::{PaymentId, RefundId, RequestId};
use farthing_core::request::{AgreementName, CardSource, RefundAmount};
use proptest::prelude::*;

use super::*;
use crate::decode::{AntomRequest, decode_request};
use crate::endpoint::Operation;
use crate::samples::noon;

fn round_trip(operation: Operation, fields: &Value) -> AntomRequest {
    decode_request(operation, &encode_request(fields), noon()).unwrap()
}

fn any_money() -> impl Strategy<Value = Money> {
    (1..10_000_000_000_000_i64, prop::sample::select(Currency::all().collect::<Vec<_>>())).prop_map(
        // Rupiah are whole; every other currency takes any amount.
        |(amount, currency)| {
            Money::new(if currency.code() == "IDR" { amount * 100 } else { amount }, currency)
        },
    )
}

fn any_product() -> impl Strategy<Value = Product> {
    // The third product is another dialect's.
    prop::sample::select(vec![Product::AgreementPayment, Product::CashierPayment])
}

fn any_text(chars_max: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>().prop_filter("not kept", |letter| *letter != '\0'), 1..=chars_max)
        .prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    /// What a client writes, the server reads: decode(encode(x)) = x for everything the core is told.
    #[test]
    fn a_pay_comes_through(
        request_id in any_text(64), product in any_product(), amount in any_money(), method in "[A-Z_]{5,64}",
        token in any_text(128), order_description in any_text(256), settlement in any_money(),
        notify_url in prop::option::of("https://[a-z]{1,20}\\.test/[a-z0-9]{0,20}"),
    ) {
        let draft = PayDraft {
            request_id: request_id.clone(),
            product,
            amount,
            method: method.clone(),
            access_token: Some(Secret::new(token.clone())),
            card: None,
            capture: CaptureMode::AtOnce,
            order_description: order_description.clone(),
            settlement_currency: Some(settlement.currency),
            notify_url: notify_url.clone(),
            redirect_url: Some("https://shop.test/back".to_owned()),
        };
        let AntomRequest::Pay(read) = round_trip(Operation::Pay, &draft.fields()) else { panic!("a pay") };
        prop_assert_eq!(read.request_id.as_str(), &request_id);
        prop_assert_eq!((read.product, read.amount), (product, amount));
        prop_assert_eq!(read.method, method);
        let expected_token = (product == Product::AgreementPayment).then_some(token.as_str());
        prop_assert_eq!(read.payer_token.as_ref().map(Secret::reveal), expected_token);
        prop_assert_eq!(read.settlement_currency, Some(settlement.currency));
        prop_assert_eq!(read.notify_url, notify_url);
        prop_assert_eq!(read.document["order"]["orderDescription"].as_str(), Some(order_description.as_str()));
    }

    #[test]
    fn names_and_refunds_come_through(id in any_text(64), request_id in any_text(64), amount in any_money()) {
        for name in [
            PaymentName::Id(PaymentId::new(id.clone())),
            PaymentName::Request(RequestId::new(id.clone())),
        ] {
            let fields = payment_name_fields(&name);
            let AntomRequest::InquiryPayment(read) = round_trip(Operation::InquiryPayment, &fields) else { panic!("a name") };
            prop_assert_eq!(&read, &name);
            let AntomRequest::Cancel(read) = round_trip(Operation::Cancel, &fields) else { panic!("a name") };
            prop_assert_eq!(&read.payment, &name);
        }
        for name in [RefundName::Id(RefundId::new(id.clone())), RefundName::Request(RequestId::new(id.clone()))] {
            let fields = refund_name_fields(&name);
            let AntomRequest::InquiryRefund(read) = round_trip(Operation::InquiryRefund, &fields) else { panic!("a name") };
            prop_assert_eq!(&read, &name);
        }
        let draft = RefundDraft {
            request_id: request_id.clone(), payment_id: id.clone(), amount, capture_id: None, refund_reason: None, notify_url: None,
        };
        let AntomRequest::Refund(read) = round_trip(Operation::Refund, &draft.fields()) else { panic!("a refund") };
        prop_assert_eq!(read.request_id.as_str(), &request_id);
        prop_assert_eq!((read.payment, read.amount), (PaymentName::Id(PaymentId::new(id.clone())), RefundAmount::Of(amount)));
        for is_last in [true, false] {
            let draft = CaptureDraft { request_id: request_id.clone(), payment_id: id.clone(), amount, is_last };
            let AntomRequest::Capture(read) = round_trip(Operation::Capture, &draft.fields()) else { panic!("a capture") };
            prop_assert_eq!(read.request_id.as_str(), &request_id);
            prop_assert_eq!(&read.payment, &PaymentName::Id(PaymentId::new(id.clone())));
            prop_assert_eq!((read.amount, read.is_last), (amount, is_last));
        }
    }

    #[test]
    fn authorizations_come_through(auth_state in any_text(256), secret in any_text(128), method in "[A-Z_]{1,64}") {
        let draft = ConsultDraft {
            method: method.clone(),
            auth_state: auth_state.clone(),
            redirect_url: "https://shop.test/back".to_owned(),
            scopes: vec!["AGREEMENT_PAY".to_owned()],
            notify_url: Some("https://shop.test/auth".to_owned()),
            auth_client_id: Some("SECONDARY_1".to_owned()),
        };
        let AntomRequest::Consult(read) = round_trip(Operation::Consult, &draft.fields()) else { panic!("a consult") };
        prop_assert_eq!((&read.method, &read.auth_state), (&method, &auth_state));
        prop_assert_eq!((read.redirect_url, read.scopes), (draft.redirect_url, draft.scopes));
        prop_assert_eq!((read.notify_url, read.auth_client_id), (draft.notify_url, draft.auth_client_id));

        for grant in [
            Grant::AuthorizationCode(Secret::new(secret.clone())),
            Grant::RefreshToken(Secret::new(secret.clone())),
        ] {
            let AntomRequest::ApplyToken(read) = round_trip(Operation::ApplyToken, &apply_token_fields(&method, &grant)) else {
                panic!("a grant")
            };
            prop_assert_eq!(&read.method, &method);
            match (&read.grant, &grant) {
                (Grant::AuthorizationCode(read), Grant::AuthorizationCode(_))
                | (Grant::RefreshToken(read), Grant::RefreshToken(_)) => prop_assert_eq!(read.reveal(), &secret),
                other => panic!("{other:?}"),
            }
        }
        let AntomRequest::Revoke(read) = round_trip(Operation::Revoke, &revoke_fields(&Secret::new(secret.clone()))) else {
            panic!("a revoke")
        };
        let AgreementName::AccessToken(token) = &read.agreement else { panic!("a token") };
        prop_assert_eq!(token.reveal(), &secret);
    }

    #[test]
    fn no_answer_makes_it_panic(body in any::<Vec<u8>>(), text in any::<String>()) {
        let _read_or_refused = parse_reply(&body);
        let _read_or_refused = parse_reply(format!("{{\"result\":{text}}}").as_bytes());
    }
}

#[test]
fn an_answer_without_a_usable_result_is_refused_by_name() {
    for (body, expected) in [
        ("{}", ReplyError::NoResult { field: "result.resultCode" }),
        (r#"{"result":null}"#, ReplyError::NoResult { field: "result.resultCode" }),
        (r#"{"result":{"resultCode":1}}"#, ReplyError::NoResult { field: "result.resultCode" }),
        (r#"{"result":{"resultCode":"SUCCESS"}}"#, ReplyError::NoResult { field: "result.resultStatus" }),
        (
            r#"{"result":{"resultCode":"SUCCESS","resultStatus":"X"}}"#,
            ReplyError::UnknownStatus { letter: "X".to_owned() },
        ),
        ("[]", ReplyError::Json(JsonError::NotAnObject)),
    ] {
        assert_eq!(parse_reply(body.as_bytes()), Err(expected), "{body}");
    }
    let reply = parse_reply(br#"{"result":{"resultCode":"A","resultStatus":"U"},"x":1}"#).unwrap();
    assert_eq!((reply.result_code.as_str(), reply.result_status), ("A", ResultStatus::U));
    assert_eq!((reply.result_message.as_str(), &reply.body["x"]), ("", &json!(1)));
}

/// Cards, given and kept, captures by hand, declarations and rates come through as they were drafted.
#[test]
fn cards_declarations_and_rates_come_through() {
    let hkd = |minor| Money::new(minor, Currency::parse("HKD").unwrap());
    let card = |source| CardDraft {
        source,
        asks_authentication: true,
        is_to_be_saved: true,
        customer_id: Some("customer-1".to_owned()),
    };
    let draft = |card| PayDraft {
        request_id: "order-1".to_owned(),
        product: Product::CashierPayment,
        amount: hkd(100),
        method: "CARD".to_owned(),
        access_token: None,
        card: Some(card),
        capture: CaptureMode::Later,
        order_description: "Two cups".to_owned(),
        settlement_currency: None,
        notify_url: None,
        redirect_url: Some("https://shop.test/back".to_owned()),
    };
    let read = |draft: PayDraft| match round_trip(Operation::Pay, &draft.fields()) {
        AntomRequest::Pay(read) => {
            assert_eq!(read.capture, CaptureMode::Later);
            read.card.unwrap()
        }
        other => panic!("{other:?}"),
    };
    let given = read(draft(card(CardDraftSource::Given {
        number: Secret::new("4054695723100768"),
        cvv: Some(Secret::new("123")),
        expiry_month: "12".to_owned(),
        expiry_year: "29".to_owned(),
    })));
    assert!(given.asks_authentication && given.is_to_be_saved);
    assert_eq!(given.customer_id.as_deref(), Some("customer-1"));
    assert!(
        matches!(&given.source, CardSource::Given(card) if card.last_digits == "0768" && card.fault.is_none())
    );
    let kept = read(draft(card(CardDraftSource::Saved(Secret::new("card-token-1")))));
    assert_eq!(kept.source, CardSource::Saved(Secret::new("card-token-1")));

    let draft = DeclareDraft {
        request_id: "declare-1".to_owned(),
        payment_id: "P-1".to_owned(),
        amount: hkd(100),
        customs_code: "ZONGSHU".to_owned(),
        merchant_customs_code: "M-1".to_owned(),
        merchant_customs_name: "Cups".to_owned(),
        suborder_id: Some("sub-1".to_owned()),
    };
    let AntomRequest::Declare(read) = round_trip(Operation::Declare, &draft.fields()) else {
        panic!("a declare")
    };
    assert_eq!((read.customs_code.as_str(), read.amount), ("ZONGSHU", hkd(100)));
    assert!(read.content.contains("sub-1"));
    let names = ["declare-1".to_owned(), "declare-2".to_owned()];
    let fields = declaration_names_fields(&names);
    let AntomRequest::InquiryDeclarationRequests(read) =
        round_trip(Operation::InquiryDeclarationRequests, &fields)
    else {
        panic!("names")
    };
    assert_eq!(read, names.map(RequestId::new));
    let usd = Currency::parse("USD").unwrap();
    let fields = exchange_rate_fields(Product::CashierPayment, hkd(0).currency, usd);
    let AntomRequest::InquireExchangeRate(read) = round_trip(Operation::InquireExchangeRate, &fields) else {
        panic!("rates")
    };
    let [pair] = read.pairs[..] else { panic!("one pair") };
    assert_eq!((pair.sell, pair.buy), (Some(hkd(0).currency), Some(usd)));
}
