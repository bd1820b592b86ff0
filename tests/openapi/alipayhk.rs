//! AlipayHK's functions.

use farthing_dialect_alipayhk::codes::Table;
use farthing_dialect_alipayhk::endpoint::{Operation as Endpoint, VERSIONS};
use serde_json::{Value, json};

use crate::answers::CodeAndStatus;
use crate::document::{About, Dialect, Operation};

const DESCRIPTION: &str = "`signature` is the Base64 of an RSA signature (PKCS#1 v1.5) over the text of the member `request`, or \
    `response`, exactly as it stands in the body; with SHA-1 unless the client is set otherwise or `head.signType` is RSA2. What \
    came of a call is in `response.body.resultInfo`, with HTTP 200 in every case. A success tells everything that is required; \
    anything else nothing but its result. The head of an answer repeats that of the request as far as it could be read. Functions \
    have further names, and paths are taken in any case of letters and without `.htm`; nothing but the function in the head \
    counts under another path of this API. Null and an empty text count as not there, and fields that are not named are taken.";

const PARTS: [(&str, &str); 4] = [
    ("ReplyHead", "clientId function reqMsgId respTime:time version"),
    ("Told", "currency value:digits"),
    (
        "Payment",
        "acquirementId merchantTransId orderAmount:Told payStatus:WAIT_PAY|SUCCESS|CLOSED|WAIT_BUYER_PAY|TRADE_SUCCESS|TRADE_CLOSED paymentTime?:time",
    ),
    (
        "Token",
        "accessToken? expiresIn?:time reExpiresIn?:time refreshToken? tokenStatus:ACTIVE|EXPIRED|CANCELLED|WAIT_AUTH",
    ),
];

/// The document.
pub(crate) fn dialect() -> Dialect {
    Dialect {
        word: "alipayhk",
        title: "AlipayHK's alipay.intl functions, as Farthing serves them",
        description: DESCRIPTION,
        prefixes: vec![""],
        request_headers: &[],
        signature_header: None,
        reply_headers: &[],
        parts: &PARTS,
        inner: Vec::new(),
        result: "resultInfo",
        result_members: "resultCodeId:digits resultMsg",
        failures_tell_more: false,
        is_enveloped: true,
        operations: Endpoint::ALL.into_iter().map(operation).collect(),
    }
}

fn operation(endpoint: Endpoint) -> Operation {
    Operation {
        name: endpoint.name(),
        path: endpoint.path(),
        about: about(endpoint),
        fields: endpoint.fields(),
        narrowed: Some(json!({"properties": {"head": {"properties": {
            "function": {"const": endpoint.function()},
            "version": {"enum": VERSIONS},
        }}}})),
        codes: codes(),
    }
}

/// Every function answers with both tables.
fn codes() -> Vec<CodeAndStatus> {
    let rows = Table::ALL.into_iter().flat_map(|table| table.rows());
    rows.map(|row| (row.code, row.status.letter())).collect()
}

fn about(endpoint: Endpoint) -> About {
    let (summary, members, body) = match endpoint {
        Endpoint::PrepareForRedirect => {
            ("Asks a user to agree to debits.", "authSiteUrl:url", agreement_wanted())
        }
        Endpoint::ApplyToken => (
            "Turns a code or a refresh token into tokens.",
            "accessTokenInfo:Token",
            with_agreement(
                json!({"grantType": "AUTHORIZATION_CODE", "authSite": "ALIPAY_HK", "authCode": "a-code"}),
            ),
        ),
        Endpoint::QueryByAuthInfo => (
            "Says where an agreement stands.",
            "accessTokenInfo:Token",
            with_agreement(json!({"merchantAgreementId": "agreement-7"})),
        ),
        Endpoint::CancelByAuthInfo => {
            ("Takes an agreement back.", "", with_agreement(json!({"merchantAgreementId": "agreement-7"})))
        }
        Endpoint::AgreementPay => ("Takes money by an agreement.", PAY, order("AUTO_DEBIT")),
        Endpoint::WapPay => {
            ("Lets the user pay in the wallet's app.", PAY, order("AGREEMENT_OR_CASHIER_PAY"))
        }
        Endpoint::PayQuery => (
            "Says what became of a payment.",
            "payment:Payment",
            json!({"merchantId": "M-DEMO", "merchantTransId": "order-1042"}),
        ),
        Endpoint::PayCancel => (
            "Calls a payment off; one that is paid is given back, one that never came is kept from coming.",
            "acquirementId? merchantTransId?",
            json!({"merchantId": "M-DEMO", "merchantTransId": "order-1042"}),
        ),
        Endpoint::Refund => (
            "Gives money back.",
            "acquirementId merchantRefundId refundAmount:Told refundId refundTime?:time",
            json!({
                "merchantId": "M-DEMO",
                "acquirementId": "2026050119001234567890",
                "merchantRefundId": "refund-1042",
                "refundAmount": {"currency": "HKD", "value": "1"},
            }),
        ),
    };
    About { summary, members, examples: vec![("one", envelope(endpoint, &body))] }
}

const PAY: &str = "acquirementId cashierUrl?:url merchantTransId orderAmount:Told \
    payStatus?:WAIT_PAY|SUCCESS|CLOSED|WAIT_BUYER_PAY|TRADE_SUCCESS|TRADE_CLOSED paymentTime?:time";

fn envelope(endpoint: Endpoint, body: &Value) -> Value {
    let head = json!({
        "version": VERSIONS[0],
        "function": endpoint.function(),
        "clientId": "DEMO4HK000000001",
        "reqTime": "2026-05-01T12:00:00+08:00",
        "reqMsgId": "1042",
        "accessToken": "an-access-token",
    });
    json!({"request": {"head": head, "body": body}, "signature": "the text of the member request, signed"})
}

fn with_agreement(mut body: Value) -> Value {
    body["authMerchantId"] = "M-DEMO".into();
    body
}

fn agreement_wanted() -> Value {
    with_agreement(json!({
        "authSite": "ALIPAY_HK",
        "scopes": ["AUTH_AGREEMENTPAY"],
        "terminalType": "WAP",
        "merchantRedirectUrl": "https://shop.example/agreed",
        "agreementPayAuthInfo": {"merchantAgreementId": "agreement-7"},
    }))
}

fn order(product: &str) -> Value {
    json!({
        "merchantId": "M-DEMO",
        "productCode": product,
        "merchantTransId": "order-1042",
        "order": {"orderAmount": {"currency": "HKD", "value": "1000"}, "orderTitle": "A kettle"},
    })
}
