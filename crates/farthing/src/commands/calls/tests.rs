use clap::Parser as _;
use farthing_client::{Exchange, Response, SignatureVerdict, SignedRequest};
use farthing_core::samples;
use farthing_dialect_antom::client::parse_reply;
use farthing_dialect_antom::reply::{PayView, PayerView, encode_pay};
use serde_json::json;

use super::*;
use crate::cli::{Cli, Command};

fn pay_args(line: &str) -> pay::PayArgs {
    let words = ["farthing", "pay"].into_iter().chain(line.split_whitespace());
    match Cli::try_parse_from(words).unwrap().command {
        Command::Pay(args) => args,
        other => panic!("{other:?}"),
    }
}

fn profile() -> ClientProfile {
    serde_json::from_value(json!({
        "clientId": "SANDBOX_1", "merchantPrivateKey": "", "gatewayPublicKey": "", "apiUrl": "http://localhost",
        "accessToken": "TOKEN", "currency": "HKD", "paymentMethodType": "ALIPAY_HK",
    }))
    .unwrap()
}

fn body(line: &str) -> Value {
    let args = pay_args(line);
    let draft = |profile: &ClientProfile| pay::draft(&args, profile);
    serde_json::from_slice(&args.call().body(Operation::Pay, &profile(), draft).unwrap()).unwrap()
}

/// What the profile knows need not be typed; what is typed goes before it.
#[test]
fn a_payment_is_made_of_the_line_and_the_profile() {
    let fields = body("--amount 12.34 --request-id r1");
    assert_eq!(fields["paymentAmount"], json!({"currency": "HKD", "value": "1234"}));
    assert_eq!(
        fields["paymentMethod"],
        json!({"paymentMethodType": "ALIPAY_HK", "paymentMethodId": "TOKEN"})
    );
    assert_eq!(fields["paymentRequestId"], json!("r1"));

    let fields =
        body("--amount 500 --currency JPY --token T --method GCASH --field order.orderDescription=Tea");
    assert_eq!(fields["paymentAmount"], json!({"currency": "JPY", "value": "500"}));
    assert_eq!(fields["paymentMethod"], json!({"paymentMethodType": "GCASH", "paymentMethodId": "T"}));
    assert_eq!(fields["order"]["orderDescription"], json!("Tea"));

    let cashier = body("--cashier --amount 1");
    assert_eq!(cashier["productCode"], json!("CASHIER_PAYMENT"));
    assert_eq!(cashier["paymentMethod"], json!({"paymentMethodType": "ALIPAY_HK"}));
    assert!(cashier["paymentRedirectUrl"].is_string());
}

/// Two calls without an id of one's own are two payments.
#[test]
fn a_fresh_request_id_is_never_the_same() {
    assert_ne!(body("--amount 1")["paymentRequestId"], body("--amount 1")["paymentRequestId"]);
}

fn exchange() -> Exchange {
    let payer = PayerView { psp_name: Some("Evil\u{1b}[2J".to_owned()), ..PayerView::default() };
    let payment = samples::paid_payment();
    let view =
        PayView { payment: &payment, redirect_url: None, payer: Some(&payer), ids_while_in_process: true };
    let answer = encode_pay(&view);
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
    Shown { operation: Operation::Pay, parts: parts.to_vec(), body: json!({"paymentRequestId": "r1"}) }
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
