//! AlphaPay v2.0.

use farthing_dialect_alphapay::endpoint::Operation as Endpoint;
use farthing_dialect_alphapay::scenario::Scenario;
use serde_json::{Value, json};

use crate::document::{About, Dialect, Operation};

const DESCRIPTION: &str = "The header `Signature` is `algorithm=RS256, keyVersion=1, signature=...` with the percent-escaped Base64 \
    of an RSA signature (PKCS#1 v1.5, SHA-256) over `POST <path>\\n<Merchant-Code>.<Request-Time>.<Nonce>.<body>`, the body byte for \
    byte. Answers are signed the same way, with `Response-Time` and a `Nonce` of their own; an answer to a merchant code that is \
    not known is not signed and has none of the headers. What came of a call is in `result`, with HTTP 200 in every case. A \
    success tells everything that is required; a payment or refund that failed tells its ids. Null and an empty text count as not \
    there; a whole number and a truth value may be texts, an amount may not be a number; fields that are not named are taken.";

const HEADERS: [(&str, &str); 3] = [
    ("Merchant-Code", "Who calls."),
    ("Request-Time", "When it was sent: ISO 8601, at most five minutes from the gateway's time."),
    ("Nonce", "1 to 64 visible ASCII letters, different each time."),
];

const PARTS: [(&str, &str); 12] = [
    ("Told", "value:digits currency"),
    ("ToldOrder", "orderAmount:Told description? notifyUrl? redirectUrl? payAmount?:Told"),
    ("ToldMethod", "paymentMethodType? paymentCode?"),
    ("ToldCustomer", "appId? customerId?"),
    ("ToldCard", "cardId"),
    ("PaymentInfo", "paymentUrl?:url paymentQRImage? payUrl?:url channelPayUrl?:url sdkParams?:object"),
    ("ToldRefund", "refundAmount:Told description? notifyUrl?"),
    (
        "Transaction",
        "requestId? transactionId amount:digits currency transactionType:Credit|Debit settleAmount?:digits settleCurrency? \
         exchangeRate? paymentMethod createTime:time transactionTime?:time",
    ),
    ("Pagination", "page:integer pageLimit:integer totalPage:integer total:integer"),
    ("Settlement", "settleInfo:SettleInfo bankInfo?:BankInfo"),
    (
        "SettleInfo",
        "settleNo creditNum:digits debitNum:digits creditAmount:digits debitAmount:digits netAmount:digits serviceFee:digits \
         settleAmount:digits",
    ),
    ("BankInfo", "storeCode companyName transitNo institutionNo accountNo"),
];

/// The document.
pub(crate) fn dialect() -> Dialect {
    Dialect {
        word: "alphapay",
        title: "AlphaPay v2.0, as Farthing serves it",
        description: DESCRIPTION,
        prefixes: vec![""],
        request_headers: &HEADERS,
        signature_header: Some("Signature"),
        reply_headers: &["Signature", "Response-Time", "Nonce"],
        parts: &PARTS,
        inner: Vec::new(),
        result: "result",
        result_members: "resultMessage",
        failures_tell_more: true,
        is_enveloped: false,
        operations: Endpoint::ALL.into_iter().map(operation).collect(),
    }
}

fn operation(endpoint: Endpoint) -> Operation {
    let rows = endpoint.table().rows();
    Operation {
        name: endpoint.name(),
        path: endpoint.path(),
        about: about(endpoint),
        fields: endpoint.fields(),
        narrowed: None,
        codes: rows.iter().map(|row| (row.code, row.status.letter())).collect(),
    }
}

fn about(endpoint: Endpoint) -> About {
    let (summary, members, example) = match endpoint {
        Endpoint::Pay => return About { summary: "Takes money.", members: PAY, examples: pay_examples() },
        Endpoint::InquiryPayment => {
            ("Says what became of a payment.", INQUIRY_PAYMENT, json!({"paymentId": PAYMENT_ID}))
        }
        Endpoint::Cancel => (
            "Calls an unpaid payment off.",
            "paymentRequestId paymentId cancelTime?:time",
            json!({"paymentId": PAYMENT_ID}),
        ),
        Endpoint::Refund => (
            "Gives money back.",
            "refundId paymentId refundRequestId? refund?:ToldRefund refundTime?:time",
            json!({
                "paymentId": PAYMENT_ID,
                "refundRequestId": "refund-1042",
                "refund": {"refundAmount": {"value": "1", "currency": "CAD"}},
            }),
        ),
        Endpoint::InquiryRefund => (
            "Says what became of a refund.",
            "paymentId refundRequestId? refundId refundTime:time refundStatus:REFUND_IN_PROCESS|SUCCESS|FAILED refund:ToldRefund",
            json!({"refundId": PAYMENT_ID}),
        ),
        Endpoint::Transactions => (
            "Lists the payments and refunds of a day, which begins at midnight in UTC-8.",
            "transactions:[Transaction] pagination:Pagination",
            json!({"date": "20260501", "page": 1, "pageLimit": 10, "transactionType": "All"}),
        ),
        Endpoint::Settlements => {
            ("Lists what was paid out for a day.", "settlements:[Settlement]", json!({"date": "20260501"}))
        }
    };
    About { summary, members, examples: vec![("one", example)] }
}

const PAYMENT_ID: &str = "2026050119001234567890";

const PAY: &str = "scenarioCode? paymentRequestId order:ToldOrder paymentMethod?:ToldMethod customer?:ToldCustomer \
    card?:ToldCard paymentInfo?:PaymentInfo paymentCreateTime:time paymentExpireTime:time paymentId";

const INQUIRY_PAYMENT: &str = "scenarioCode? paymentRequestId order:ToldOrder paymentCreateTime:time \
    paymentExpireTime:time paymentTime?:time paymentId \
    paymentStatus:OFFLINE_QRCODE|PAYMENT_IN_PROCESS|CLOSED|FAILED|SUCCESS|PARTIAL_REFUND|FULL_REFUND";

/// One request for each scenario.
fn pay_examples() -> Vec<(&'static str, Value)> {
    Scenario::ALL.into_iter().map(|scenario| (scenario.word(), pay_example(scenario))).collect()
}

fn pay_example(scenario: Scenario) -> Value {
    let mut request = json!({
        "scenarioCode": scenario.word(),
        "paymentRequestId": "order-1042",
        "order": {"orderAmount": {"value": "1000", "currency": "CAD"}, "description": "A kettle"},
    });
    if scenario.needs_wallet() {
        request["paymentMethod"] = json!({"paymentMethodType": "Alipay"});
    }
    if scenario.needs_customer() {
        request["customer"] = json!({"appId": "wx1042", "customerId": "o1042"});
    }
    match scenario {
        Scenario::Offline => request["paymentMethod"] = json!({"paymentCode": "281042104210421042"}),
        Scenario::CreditCard => {
            let info = json!({"number": "4054695723100768", "cvv": "123", "holder": "Ada Lee", "expMonth": 12, "expYear": 39});
            request["card"] =
                json!({"info": info, "remember": true, "customerId": "ada", "email": "ada@example.com"});
        }
        _ => {}
    }
    request
}
