//! Antom v1 and its older edition.

use farthing_core::reason::Reason;
use farthing_core::rows::Product;
use farthing_dialect_antom::codes::{Code, Table};
use farthing_dialect_antom::edition::Edition;
use farthing_dialect_antom::endpoint::{Operation as Endpoint, Prefix};
use farthing_dialect_antom::error::error_code;
use farthing_dialect_antom::reply::pay_code;
use serde_json::{Value, json};

use crate::answers::CodeAndStatus;
use crate::document::{About, Dialect, Inner, Operation};

const DESCRIPTION: &str = "The header `signature` is `algorithm=RSA256, keyVersion=1, signature=...` with the percent-escaped \
    Base64 of an RSA signature (PKCS#1 v1.5, SHA-256) over `POST <path>\\n<client-id>.<request-time>.<body>`, the body byte for \
    byte. Answers are signed the same way, with `response-time`. What came of a call is in `result`, with HTTP 200 in every case: \
    another method and another media type are told so, too. A success tells everything that is required; U tells some of it or \
    none, F nothing but its result. Null and an empty text count as not there; a number and a truth value may be texts; fields \
    that are not named are taken, and a JSON object that names a member twice is not.";

const HEADERS: [(&str, &str); 2] =
    [("client-id", "Who calls."), ("request-time", "When it was sent; it is signed, and not looked at.")];

const PARTS: [(&str, &str); 13] = [
    ("Payer", "pspName? pspCustomerId? displayCustomerId?"),
    ("RedirectActionForm", "method:=GET redirectUrl:url actionFormType:=RedirectActionForm"),
    ("Quote", "quoteId quoteCurrencyPair quotePrice?:number quoteStartTime:time guaranteed:boolean"),
    ("Told", "currency value:digits"),
    (
        "Acquirer",
        "acquirerName? referenceRequestId? acquirerTransactionId? acquirerMerchantId? acquirerResultCode? acquirerResultMessage?",
    ),
    ("ThreeDs", "threeDSVersion? eci? cavv? dsTransactionId?"),
    ("Plan", "installmentNum?:integer interval? creditPayFeeType? feePercentage?:integer"),
    (
        "ResultInfo",
        "cardNo? cardBrand? cardToken? issuerName? issuingCountry? funding? paymentMethodRegion? threeDSResult?:ThreeDs \
         avsResultRaw? cvvResultRaw? networkTransactionId? creditPayPlan?:Plan cardBin? lastFour? expiryMonth? expiryYear? \
         authorizationCode? refusalCodeRaw? refusalReasonRaw?",
    ),
    (
        "Transaction",
        "transactionResult:TransactionResult transactionId? transactionType:REFUND|CAPTURE \
         transactionStatus:PROCESSING|SUCCESS|FAIL transactionAmount:Told transactionRequestId transactionTime?:time",
    ),
    ("LegacyRedirect", "method:=GET redirectUrl:url"),
    (
        "LegacyTransaction",
        "transactionResult:TransactionResult transactionId? \
         transactionType:REFUND|CAPTURE|PAYMENT|AUTHORIZATION|CANCEL|VOID \
         transactionStatus:PROCESSING|SUCCESS|FAIL|CANCELLED transactionAmount:Told transactionRequestId transactionTime?:time",
    ),
    ("PaymentQuote", "buyCurrency sellCurrency quoteId exchangeRate"),
    (
        "DeclarationRecord",
        "declarationRequestId customsPaymentId customsOrderId customs?:texts merchantCustomsInfo?:texts declarationAmount:Told \
         splitOrder:true|false declarationRequestStatus:PROCESSING|SUCCESS|FAIL lastModifiedTime:time \
         customsDeclarationResultCode?:DeclarationCode customsDeclarationResultDesc? customsDeclarationReturnTime?:time",
    ),
];

const PAY: &str = "paymentRequestId paymentId paymentAmount:Told paymentTime?:time paymentCreateTime:time authExpiryTime?:time \
    pspCustomerInfo?:Payer grossSettlementAmount?:Told settlementQuote?:Quote paymentResultInfo?:ResultInfo \
    acquirerInfo?:Acquirer normalUrl?:url redirectActionForm?:RedirectActionForm";

const INQUIRY_PAYMENT: &str = "paymentStatus:SUCCESS|FAIL|PROCESSING|PENDING|CANCELLED paymentResultCode:PaymentResultCode \
    paymentResultMessage paymentRequestId paymentId paymentAmount:Told paymentCreateTime:time paymentTime?:time \
    authExpiryTime?:time pspCustomerInfo?:Payer redirectActionForm?:RedirectActionForm acquirerReferenceNo? \
    transactions?:[Transaction] customsDeclarationAmount?:Told grossSettlementAmount?:Told settlementQuote?:Quote \
    paymentResultInfo?:ResultInfo acquirerInfo?:Acquirer";

const LEGACY_INQUIRY: &str = "paymentStatus:SUCCESS|FAIL|PROCESSING|CANCELLED paymentResultCode:PaymentResultCode \
    paymentResultMessage paymentRequestId paymentId paymentAmount:Told authExpiryTime?:time paymentCreateTime:time \
    paymentTime?:time pspCustomerInfo?:Payer redirectActionForm?:LegacyRedirect transactions?:[LegacyTransaction] \
    customsDeclarationAmount?:Told";

/// The document of an edition.
pub(crate) fn dialect(edition: Edition) -> Dialect {
    let (word, title) = match edition {
        Edition::Antom => ("antom", "Antom v1, as Farthing serves it"),
        Edition::Alipay => ("alipay", "The older Alipay edition of Antom v1, as Farthing serves it"),
    };
    let told_of = |table: Table| pairs(table.rows());
    Dialect {
        word,
        title,
        description: DESCRIPTION,
        prefixes: Prefix::ALL.into_iter().map(Prefix::text).collect(),
        request_headers: &HEADERS,
        signature_header: Some("signature"),
        reply_headers: &["signature", "response-time", "client-id"],
        parts: &PARTS,
        inner: vec![
            ("PaymentResultCode", Inner::Code(told_of(Table::PaymentResult))),
            ("TransactionResult", Inner::Result(told_of(Table::TransactionResult))),
            ("DeclarationCode", Inner::Code(told_of(Table::Declare))),
        ],
        result: "result",
        result_members: "resultMessage",
        failures_tell_more: false,
        is_enveloped: false,
        operations: Endpoint::ALL.into_iter().map(|endpoint| operation(edition, endpoint)).collect(),
    }
}

fn operation(edition: Edition, endpoint: Endpoint) -> Operation {
    Operation {
        name: endpoint.name(),
        path: endpoint.path(),
        about: about(edition, endpoint),
        fields: endpoint.fields(),
        narrowed: None,
        codes: codes(edition, endpoint),
    }
}

/// The codes of the operation's table and of the gateway's, which stands behind it: those that reasons lead to, and those
/// that a sandbox can be told to answer. Before a client is known, it is spoken to in the current edition.
fn codes(edition: Edition, endpoint: Endpoint) -> Vec<CodeAndStatus> {
    let table = edition.table(endpoint.table());
    let own = pairs(table.rows())
        .into_iter()
        .chain(table.common().map_or_else(Vec::new, |common| pairs(common.rows())));
    let reasons = Reason::ALL.iter().copied();
    let of_reasons = reasons.clone().map(|reason| error_code(edition, table, reason));
    let of_strangers =
        STRANGERS.into_iter().map(|reason| error_code(Edition::Antom, endpoint.table(), reason));
    let of_pay = reasons.flat_map(|reason| {
        let is_pay = endpoint == Endpoint::Pay;
        Product::ALL.iter().filter(move |_| is_pay).map(move |product| pay_code(edition, *product, reason))
    });
    let led_to = of_reasons.chain(of_strangers).chain(of_pay).map(pair);
    own.chain(led_to).collect()
}

/// Why a request is refused whose client is not known.
const STRANGERS: [Reason; 5] = [
    Reason::ClientUnknown,
    Reason::ParameterIllegal,
    Reason::MethodNotSupported,
    Reason::MediaTypeNotAcceptable,
    Reason::UnknownException,
];

fn pairs(rows: &'static [Code]) -> Vec<CodeAndStatus> {
    rows.iter().map(pair).collect()
}

fn pair(row: &'static Code) -> CodeAndStatus {
    (row.code, row.status.letter())
}

fn about(edition: Edition, endpoint: Endpoint) -> About {
    let (summary, members, example) = match endpoint {
        Endpoint::Pay => return About { summary: "Takes money.", members: PAY, examples: pay_examples() },
        Endpoint::InquiryPayment => (
            "Says what became of a payment.",
            if edition == Edition::Antom { INQUIRY_PAYMENT } else { LEGACY_INQUIRY },
            json!({"paymentRequestId": "order-1042"}),
        ),
        Endpoint::Cancel => (
            "Calls a payment off; one that is paid is given back.",
            "paymentId paymentRequestId cancelTime?:time",
            json!({"paymentRequestId": "order-1042"}),
        ),
        Endpoint::Refund => (
            "Gives money back.",
            "refundRequestId refundId paymentId refundAmount:Told refundTime?:time",
            json!({"refundRequestId": "refund-1042", "paymentId": PAYMENT_ID, "refundAmount": hkd("1")}),
        ),
        Endpoint::InquiryRefund => (
            "Says what became of a refund.",
            "refundId refundRequestId refundAmount:Told refundStatus:PROCESSING|SUCCESS|FAIL refundTime?:time metadata?",
            json!({"refundRequestId": "refund-1042"}),
        ),
        Endpoint::Capture => (
            "Takes a part or the whole of an authorized payment.",
            "captureRequestId captureId paymentId captureAmount:Told captureTime?:time",
            json!({"captureRequestId": "capture-1042", "paymentId": PAYMENT_ID, "captureAmount": hkd("1")}),
        ),
        Endpoint::InquireExchangeRate => (
            "Says what currencies are worth in one another.",
            "quotes:[Quote] paymentQuotes?:[PaymentQuote]",
            json!({"productCode": "AGREEMENT_PAYMENT"}),
        ),
        Endpoint::Declare => (
            "Declares a payment to the customs.",
            "customsPaymentId customsOrderId identityCheckResult? clearingChannel clearingTransactionId \
             customsProviderRegistrationId?",
            json!({
                "declarationRequestId": "declaration-1042",
                "paymentId": PAYMENT_ID,
                "declarationAmount": {"currency": "CNY", "value": "1"},
                "customs": {"customsCode": "ZONGSHU", "region": "CN"},
                "merchantCustomsInfo": {"merchantCustomsCode": "IE20230516", "merchantCustomsName": "Shop"},
            }),
        ),
        Endpoint::InquiryDeclarationRequests => (
            "Says what became of declarations.",
            "declarationRequestsNotFound?:[text] declarationRecords?:[DeclarationRecord]",
            json!({"declarationRequestIds": ["declaration-1042"]}),
        ),
        Endpoint::Consult => (
            "Asks a user to agree to debits.",
            "normalUrl:url authUrl:url appIdentifier?",
            json!({
                "customerBelongsTo": "ALIPAY_HK",
                "authRedirectUrl": "https://shop.example/agreed",
                "scopes": ["AGREEMENT_PAY"],
                "authState": "663A8FA9",
                "terminalType": "WEB",
            }),
        ),
        Endpoint::ApplyToken => (
            "Turns a code or a refresh token into tokens.",
            "accessToken accessTokenExpiryTime:time refreshToken? refreshTokenExpiryTime?:time userLoginId? \
             pspCustomerInfo?:Payer",
            json!({"grantType": "AUTHORIZATION_CODE", "customerBelongsTo": "ALIPAY_HK", "authCode": "a-code"}),
        ),
        Endpoint::Revoke => ("Takes an agreement back.", "", json!({"accessToken": "a-token"})),
    };
    About { summary, members, examples: vec![("one", example)] }
}

const PAYMENT_ID: &str = "2026050119001234567890";

fn hkd(value: &str) -> Value {
    json!({"currency": "HKD", "value": value})
}

fn pay_examples() -> Vec<(&'static str, Value)> {
    let order =
        json!({"orderAmount": hkd("1000"), "referenceOrderId": "order-1042", "orderDescription": "A kettle"});
    let debit = json!({
        "productCode": "AGREEMENT_PAYMENT",
        "paymentRequestId": "order-1042",
        "order": order,
        "paymentAmount": hkd("1000"),
        "paymentMethod": {"paymentMethodType": "ALIPAY_HK", "paymentMethodId": "an-access-token"},
    });
    let mut page = debit.clone();
    page["productCode"] = "CASHIER_PAYMENT".into();
    page["paymentMethod"] = json!({"paymentMethodType": "ALIPAY_CN"});
    page["paymentRedirectUrl"] = "https://shop.example/thanks".into();
    page["env"] = json!({"terminalType": "WEB"});
    let mut card = page.clone();
    card["paymentMethod"] = json!({"paymentMethodType": "CARD", "paymentMethodMetaData": {
        "cardNo": "4054695723100768",
        "cvv": "123",
        "expiryMonth": "12",
        "expiryYear": "39",
        "cardholderName": {"firstName": "Ada", "lastName": "Lee"},
    }});
    card["paymentFactor"] = json!({"isAuthorization": true, "captureMode": "MANUAL"});
    vec![("debit", debit), ("page", page), ("card", card)]
}
