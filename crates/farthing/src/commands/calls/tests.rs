use clap::Parser as _;
use farthing_client::{Exchange, Response, SignatureVerdict, SignedRequest};
use farthing_core::rows::{ClientSettings, Dialect};
use farthing_core::samples;
use farthing_dialect_antom::client::parse_reply;
use farthing_dialect_antom::edition::Edition;
use farthing_dialect_antom::endpoint;
use farthing_dialect_antom::reply::{PayView, PayerView, encode_pay};
use serde_json::json;

use super::*;
use crate::cli::{Cli, Command};

fn profile(dialect: Dialect) -> ClientProfile {
    serde_json::from_value(json!({
        "dialect": dialect.word(), "clientId": "SANDBOX_1", "merchantId": "M1", "merchantPrivateKey": "",
        "gatewayPublicKey": "", "apiUrl": "http://localhost", "accessToken": "TOKEN", "currency": "HKD",
        "paymentMethodType": "ALIPAY_HK",
    }))
    .unwrap()
}

/// A payment verb of the command line, as it was typed.
fn typed(line: &str) -> Command {
    let words = ["farthing"].into_iter().chain(line.split_whitespace());
    Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line:?}: {error}")).command
}

/// What a line asks for in a dialect: the operation's name and the fields.
fn asked_for(line: &str, dialect: Dialect) -> anyhow::Result<(&'static str, Value)> {
    fn of(verb: &impl Verb, dialect: Dialect) -> anyhow::Result<(&'static str, Value)> {
        Ok((verb.operation(dialect)?.name(), verb.fields(&profile(dialect))?))
    }
    match typed(line) {
        Command::Pay(args) => {
            let operation = args.operation(dialect)?;
            let body = args.call().body(operation, &profile(dialect), &args)?;
            Ok((operation.name(), serde_json::from_slice(&body)?))
        }
        Command::Inquire(args) => of(&args, dialect),
        Command::InquireRefund(args) => of(&args, dialect),
        Command::Cancel(args) => of(&args, dialect),
        Command::Refund(args) => of(&args, dialect),
        Command::Capture(args) => of(&args, dialect),
        Command::Consult(args) => of(&args, dialect),
        Command::ApplyToken(args) => of(&args, dialect),
        Command::Revoke(args) => of(&args, dialect),
        other => panic!("{other:?}"),
    }
}

fn fields(line: &str, dialect: Dialect) -> Value {
    asked_for(line, dialect).unwrap_or_else(|error| panic!("{line:?} in {dialect:?}: {error}")).1
}

/// What the profile knows need not be typed; what is typed goes before it.
#[test]
fn a_payment_is_made_of_the_line_and_the_profile() {
    for dialect in [Dialect::Antom, Dialect::Alipay] {
        let fields = |line: &str| fields(line, dialect);
        let paid = fields("pay --amount 12.34 --request-id r1");
        assert_eq!(paid["paymentAmount"], json!({"currency": "HKD", "value": "1234"}));
        assert_eq!(
            paid["paymentMethod"],
            json!({"paymentMethodType": "ALIPAY_HK", "paymentMethodId": "TOKEN"})
        );
        assert_eq!(paid["paymentRequestId"], json!("r1"));

        let typed = fields(
            "pay --amount 500 --currency JPY --token T --method GCASH --field order.orderDescription=Tea",
        );
        assert_eq!(typed["paymentAmount"], json!({"currency": "JPY", "value": "500"}));
        assert_eq!(typed["paymentMethod"], json!({"paymentMethodType": "GCASH", "paymentMethodId": "T"}));
        assert_eq!(typed["order"]["orderDescription"], json!("Tea"));

        let cashier = fields("pay --cashier --amount 1");
        assert_eq!(cashier["productCode"], json!("CASHIER_PAYMENT"));
        assert_eq!(cashier["paymentMethod"], json!({"paymentMethodType": "ALIPAY_HK"}));
        assert!(cashier["paymentRedirectUrl"].is_string());
    }
}

/// AlipayHK's amounts are in cents, too, its merchant is named in the body, and the token is none of its body's fields.
#[test]
fn a_payment_of_alipayhk_is_made_of_the_line_and_the_profile() {
    let line = "pay --amount 12.34 --request-id t1 --order Tea --notify-url https://shop.example/n --token T";
    let line = format!("{line} --field order.orderTitle=Green");
    let (name, paid) = asked_for(&line, Dialect::AlipayHk).unwrap();
    assert_eq!((name, &paid["order"]["orderTitle"]), ("agreementPay", &json!("Green")));
    assert_eq!((&paid["merchantId"], &paid["merchantTransId"]), (&json!("M1"), &json!("t1")));
    assert_eq!(paid["order"]["orderAmount"], json!({"currency": "HKD", "value": "1234"}));
    assert!(
        paid.to_string().contains("https://shop.example/n") && paid.to_string().contains("Green"),
        "{paid}"
    );
    assert!(!paid.to_string().contains("\"T\""), "the token travels in the head: {paid}");
    assert_eq!(asked_for("pay --cashier --amount 1", Dialect::AlipayHk).unwrap().0, "wapPay");
}

/// AlphaPay's scenario decides what else a payment needs.
#[test]
fn a_payment_of_alphapay_is_made_of_the_line_and_the_profile() {
    let pay = |more: &str| fields(&format!("pay --amount 12.34 --request-id r1 {more}"), Dialect::AlphaPay);
    let shown = pay("");
    assert_eq!(shown["scenarioCode"], json!("ONLINE_QRCODE"));
    assert_eq!(shown["paymentRequestId"], json!("r1"));
    assert!(shown.to_string().contains("1234"), "{shown}");
    let scanned = pay("--scenario OFFLINE --payment-code 281234567890123456");
    assert!(scanned.to_string().contains("281234567890123456"), "{scanned}");
    let card = pay("--card 4111111111111111 --expiry 01/30 --cvv 999 --keep-card");
    assert_eq!(card["scenarioCode"], json!("CREDIT_CARD"));
    assert!(card.to_string().contains("4111111111111111") && card.to_string().contains("remember"), "{card}");
    let refused = asked_for("pay --amount 1 --scenario MORSE", Dialect::AlphaPay).unwrap_err();
    assert!(refused.is::<exit::Usage>() && refused.to_string().contains("OFFLINE_QRCODE"), "{refused}");
}

/// A refund and an inquiry name the payment as each dialect does.
#[test]
fn a_refund_and_an_inquiry_are_made_in_each_dialect() {
    let cases = [
        (Dialect::Antom, "refund", "paymentId", "refundRequestId", "inquiryPayment", "paymentId"),
        (Dialect::Alipay, "refund", "paymentId", "refundRequestId", "inquiryPayment", "paymentId"),
        (Dialect::AlipayHk, "refund", "acquirementId", "merchantRefundId", "payQuery", "acquirementId"),
        (Dialect::AlphaPay, "refund", "paymentId", "refundRequestId", "inquiryPayment", "paymentId"),
    ];
    for (dialect, refund, payment_name, refund_name, inquiry, inquired_name) in cases {
        let (name, fields) =
            asked_for("refund P1 --amount 1.50 --request-id f1 --reason Late", dialect).unwrap();
        assert_eq!(name, refund, "{dialect:?}");
        assert_eq!(
            (&fields[payment_name], &fields[refund_name]),
            (&json!("P1"), &json!("f1")),
            "{dialect:?}"
        );
        let text = fields.to_string();
        assert!(text.contains("150") && text.contains("Late") && text.contains("HKD"), "{text}");
        let (name, fields) = asked_for("inquire P1", dialect).unwrap();
        assert_eq!((name, &fields[inquired_name]), (inquiry, &json!("P1")), "{dialect:?}");
        assert_eq!(asked_for("cancel P1", dialect).unwrap().1[inquired_name], json!("P1"), "{dialect:?}");
    }
    let by_own_id = fields("inquire --request-id t1", Dialect::AlipayHk);
    assert_eq!((&by_own_id["merchantTransId"], &by_own_id["merchantId"]), (&json!("t1"), &json!("M1")));
}

/// A verb that a dialect lacks is a wrong usage, and the text says what the dialect has instead.
#[test]
fn what_a_dialect_lacks_is_said_with_what_it_has_instead() {
    use Dialect::{AlipayHk, AlphaPay};
    for (line, dialect, instead) in [
        ("capture P1 --amount 1", AlipayHk, "taken at once"),
        ("capture P1 --amount 1", AlphaPay, "taken at once"),
        ("consult", AlphaPay, "approve each payment"),
        ("apply-token CODE", AlphaPay, "approve each payment"),
        ("revoke TOKEN", AlphaPay, "approve each payment"),
        ("inquire-refund R1", AlipayHk, "refund again with the same --request-id"),
        ("inquire --request-id r1", AlphaPay, "give the gateway's id of the payment"),
        ("cancel --request-id r1", AlphaPay, "give the gateway's id of the payment"),
        ("inquire-refund --request-id r1", AlphaPay, "give the gateway's id of the refund"),
        ("pay --amount 1 --card 4111111111111111", AlipayHk, "leave --card away"),
        ("pay --amount 1 --card 4111111111111111 --authorize", AlphaPay, "taken at once"),
    ] {
        let refused = asked_for(line, dialect).unwrap_err();
        assert!(refused.is::<exit::Usage>(), "{line:?} in {dialect:?}: {refused}");
        let text = refused.to_string();
        assert!(text.starts_with(verb::name_of(dialect)) && text.contains(instead), "{line:?}: {text}");
    }
    // Every other verb is there in every dialect.
    for line in ["pay --amount 1", "inquire P1", "cancel P1", "refund P1 --amount 1"] {
        for dialect in Dialect::ALL {
            asked_for(line, *dialect).unwrap_or_else(|error| panic!("{line:?} in {dialect:?}: {error}"));
        }
    }
}

/// Who AlipayHK's merchant is must be known before anything is sent.
#[test]
fn a_merchant_that_is_not_known_is_asked_for() {
    let Command::Inquire(args) = typed("inquire P1") else { panic!("inquire was typed") };
    let nameless = ClientProfile { merchant_id: None, ..profile(Dialect::AlipayHk) };
    let refused = args.fields(&nameless).unwrap_err();
    assert!(refused.is::<exit::Usage>() && refused.to_string().contains("--merchant-id"), "{refused}");
}

/// Two calls without an id of one's own are two payments.
#[test]
fn a_fresh_request_id_is_never_the_same() {
    let id = || fields("pay --amount 1", Dialect::Antom)["paymentRequestId"].clone();
    assert_ne!(id(), id());
}

fn exchange() -> Exchange {
    let payer = PayerView { psp_name: Some("Evil\u{1b}[2J".to_owned()), ..PayerView::default() };
    let payment = samples::paid_payment();
    let settings = ClientSettings::default();
    let view = PayView {
        payment: &payment,
        details: None,
        card_token: None,
        redirect_url: None,
        payer: Some(&payer),
        settings: &settings,
    };
    let answer = encode_pay(Edition::Antom, &view);
    Exchange {
        request: SignedRequest {
            method: "POST",
            url: "http://localhost/v1/payments/pay".to_owned(),
            path: "/v1/payments/pay".to_owned(),
            headers: vec![("client-id", "C1".to_owned())],
            body: br#"{"paymentRequestId":"r1"}"#.to_vec(),
            bytes_to_sign: b"POST /v1/payments/pay\nC1.t.{}".to_vec(),
        },
        response: Response {
            status: 200,
            headers: vec![("response-time".to_owned(), "t".to_owned())],
            body: answer.clone(),
            signature: SignatureVerdict::Verified,
        },
        reply: parse_reply(&answer).unwrap(),
    }
}

fn shown(parts: &[Part]) -> Shown {
    Shown {
        operation: endpoint::Operation::Pay.into(),
        parts: parts.to_vec(),
        body: json!({"paymentRequestId": "r1"}),
    }
}

#[test]
fn an_exchange_is_shown_as_asked_for() {
    insta::assert_snapshot!("answered", shown(&[]).answered(&exchange()));
    insta::assert_snapshot!("whole_exchange", shown(&Part::ALL).answered(&exchange()));
    insta::assert_json_snapshot!("whole_exchange_json", shown(&Part::ALL).answered_json(&exchange()));
}

/// Nothing that came over the wire can drive the terminal.
#[test]
fn an_exchange_is_shown_without_control_characters() {
    let text = shown(&Part::ALL).answered(&exchange());
    assert!(!text.contains('\u{1b}'), "{text}");
}
