//! The ten ways in which a payer is met, and the words for wallets.

use farthing_core::rows::{Payment, PaymentDetails, Product};
use serde_json::Value;

/// How the payer is met.
///
/// Source: SEED-004 (`scenarioCode`, its allowed values); ALPHAPAY-FACTS §5.2, §11.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scenario {
    /// A web page shows a QR code, which the payer's wallet reads.
    OnlineQrcode,
    /// A browser on a computer goes to the wallet's own page.
    OnlineWeb,
    /// A page that is open inside the wallet goes to the cashier.
    Jsapi,
    /// A page that is open inside the wallet calls the wallet itself.
    NativeJsapi,
    /// A browser on a phone goes to the cashier.
    OnlineWap,
    /// An app calls the wallet's app.
    App,
    /// A program inside the wallet calls it.
    MiniApp,
    /// The payer types a card, or a kept one is used.
    CreditCard,
    /// The shop shows a code, which the payer's wallet reads.
    OfflineQrcode,
    /// The shop reads the code that the payer's wallet shows.
    Offline,
}

/// What `paymentInfo` holds for a scenario.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Given {
    /// `paymentUrl` and `paymentQRImage`.
    pub qr: bool,
    /// `payUrl`.
    pub pay_url: bool,
    /// `channelPayUrl`.
    pub channel_pay_url: bool,
    /// `sdkParams`.
    pub sdk_params: bool,
}

/// The word of the API and the core's word for each wallet.
const METHODS: [(&str, &str); 3] =
    [("Alipay", "ALIPAY_CN"), ("Wechat", "WECHATPAY"), ("UnionPay", "UNIONPAY")];

/// The core's word for a payment by card.
pub const CARD: &str = "CARD";

/// The core's word for the wallet of a code that says nothing about it, and of a code that any wallet may read.
pub const ANY_WALLET: &str = METHODS[0].1;

impl Scenario {
    /// Every scenario, in the order of the source.
    pub const ALL: [Self; 10] = [
        Self::OnlineQrcode,
        Self::OnlineWeb,
        Self::Jsapi,
        Self::NativeJsapi,
        Self::OnlineWap,
        Self::App,
        Self::MiniApp,
        Self::CreditCard,
        Self::OfflineQrcode,
        Self::Offline,
    ];

    /// The words of [`Self::ALL`], in the same order.
    pub const WORDS: [&str; 10] = [
        "ONLINE_QRCODE",
        "ONLINE_WEB",
        "JSAPI",
        "NATIVE_JSAPI",
        "ONLINE_WAP",
        "APP",
        "MINI_APP",
        "CREDIT_CARD",
        "OFFLINE_QRCODE",
        "OFFLINE",
    ];

    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        let index = Self::ALL.iter().position(|scenario| *scenario == self);
        Self::WORDS[index.expect("every scenario is in the list")]
    }

    /// The scenario with this word; letters of another case make another word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.word() == word)
    }

    /// Whether it belongs to the online group.
    #[must_use]
    pub fn is_online(self) -> bool {
        !matches!(self, Self::OfflineQrcode | Self::Offline)
    }

    /// The core's product.
    #[must_use]
    pub fn product(self) -> Product {
        match self {
            Self::Offline => Product::InStorePayment,
            _ => Product::CashierPayment,
        }
    }

    /// Whether the result may be known within the call; every other order is accepted first and paid later.
    ///
    /// Source: ALPHAPAY-FACTS §5.3.
    #[must_use]
    pub fn may_end_in_the_call(self) -> bool {
        matches!(self, Self::Offline | Self::CreditCard)
    }

    /// The wallets that may be named, none where the field is passed over.
    ///
    /// Source: ALPHAPAY-FACTS §5.2 (`Alipay` or `UnionPay` only with ONLINE_WEB; passed over with OFFLINE_QRCODE).
    #[must_use]
    pub fn wallets(self) -> &'static [&'static str] {
        match self {
            Self::OnlineWeb => &["Alipay", "UnionPay"],
            Self::CreditCard | Self::OfflineQrcode => &[],
            _ => &["Alipay", "Wechat", "UnionPay"],
        }
    }

    /// Whether the wallet must be named; with OFFLINE the payer's code says which it is.
    #[must_use]
    pub fn needs_wallet(self) -> bool {
        !self.wallets().is_empty() && self != Self::Offline
    }

    /// Whether the payer's id in the wallet must be named.
    ///
    /// Source: ALPHAPAY-FACTS §5.1, §5.2.
    #[must_use]
    pub fn needs_customer(self) -> bool {
        matches!(self, Self::NativeJsapi | Self::MiniApp)
    }

    /// What `paymentInfo` holds.
    ///
    /// Source: ALPHAPAY-FACTS §5.2.
    #[must_use]
    pub fn gives(self) -> Given {
        let nothing = Given::default();
        match self {
            Self::OnlineQrcode => Given { qr: true, pay_url: true, ..nothing },
            Self::OfflineQrcode => Given { qr: true, ..nothing },
            Self::OnlineWeb | Self::Jsapi => Given { pay_url: true, ..nothing },
            Self::OnlineWap => Given { pay_url: true, channel_pay_url: true, ..nothing },
            Self::NativeJsapi | Self::App | Self::MiniApp => Given { sdk_params: true, ..nothing },
            Self::CreditCard | Self::Offline => nothing,
        }
    }
}

/// The scenario of a payment: as it was asked for, where it was made here. Of a payment made in another dialect, or
/// whose details were erased, only a card and the code of a wallet can be told; `None` for all others, and the field
/// is left out.
///
/// Source: our decision.
#[must_use]
pub fn scenario_of(payment: &Payment, details: Option<&PaymentDetails>) -> Option<Scenario> {
    let document = details.and_then(|details| serde_json::from_str::<Value>(&details.document).ok());
    scenario_in(payment, document.as_ref())
}

/// The same, of a document that was read already.
pub(crate) fn scenario_in(payment: &Payment, document: Option<&Value>) -> Option<Scenario> {
    let asked_for = document.and_then(|document| document.get("scenarioCode")?.as_str());
    asked_for.and_then(Scenario::parse).or_else(|| match payment.product {
        Product::InStorePayment => Some(Scenario::Offline),
        _ if payment.card.is_some() || payment.method == CARD => Some(Scenario::CreditCard),
        Product::CashierPayment | Product::AgreementPayment => None,
    })
}

/// The core's word for a wallet, `None` for an unknown one.
///
/// Source: ALPHAPAY-FACTS §11 (the words, letters of their case); which of the core's words they are, our decision.
#[must_use]
pub fn method_of_wallet(wallet: &str) -> Option<&'static str> {
    METHODS.iter().find(|(word, _)| *word == wallet).map(|(_, method)| *method)
}

/// How reports name a method: the wallet's word, `CreditCard` for cards, the core's own word for what this API does not
/// know.
///
/// Source: ALPHAPAY-FACTS §10.1.
#[must_use]
pub fn wallet_of_method(method: &str) -> &str {
    let wallet = METHODS.iter().find(|(_, known)| *known == method).map(|(word, _)| *word);
    wallet.unwrap_or(if method == CARD { "CreditCard" } else { method })
}

/// The core's word for the wallet that shows codes which begin so; [`ANY_WALLET`] where no known one does.
///
/// Source: the public ranges of the wallets (10 to 15, 25 to 30, 62); for the others our decision.
#[must_use]
pub fn method_of_payment_code(payment_code: &str) -> &'static str {
    match payment_code.get(..2).and_then(|digits| digits.parse::<u8>().ok()) {
        Some(10..=15) => METHODS[1].1,
        Some(62) => METHODS[2].1,
        _ => ANY_WALLET,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    /// Proves: SEED-004, the ten allowed values of `scenarioCode`, and that letters of another case are another word.
    #[test]
    fn the_ten_scenarios_are_those_of_the_source() {
        let words = "ONLINE_QRCODE ONLINE_WEB JSAPI NATIVE_JSAPI ONLINE_WAP APP MINI_APP CREDIT_CARD \
                     OFFLINE_QRCODE OFFLINE";
        assert_eq!(Scenario::WORDS.join(" "), words);
        for scenario in Scenario::ALL {
            assert_eq!(Scenario::parse(scenario.word()), Some(scenario));
            assert_eq!(Scenario::parse(&scenario.word().to_lowercase()), None);
            assert_eq!(scenario.is_online(), !scenario.word().starts_with("OFFLINE"), "{scenario:?}");
        }
    }

    /// Proves: ALPHAPAY-FACTS §5.2, what each scenario needs and gives, one line per scenario.
    #[test]
    fn each_scenario_needs_and_gives_what_the_source_says() {
        let told = |scenario: Scenario| {
            let given = scenario.gives();
            let flags = [
                (scenario.needs_wallet(), "wallet"),
                (scenario.needs_customer(), "customer"),
                (given.qr, "qr"),
                (given.pay_url, "payUrl"),
                (given.channel_pay_url, "channelPayUrl"),
                (given.sdk_params, "sdkParams"),
                (scenario.may_end_in_the_call(), "at once"),
            ];
            flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            Scenario::ALL.map(told),
            [
                "wallet qr payUrl",
                "wallet payUrl",
                "wallet payUrl",
                "wallet customer sdkParams",
                "wallet payUrl channelPayUrl",
                "wallet sdkParams",
                "wallet customer sdkParams",
                "at once",
                "qr",
                "at once",
            ]
        );
        assert_eq!(Scenario::OnlineWeb.wallets(), ["Alipay", "UnionPay"]);
        assert_eq!(Scenario::Offline.product(), Product::InStorePayment);
    }

    /// Proves: ALPHAPAY-FACTS §11, `Wechat` and not `WeChat`; and both ways between the words.
    #[test]
    fn wallets_have_a_word_here_and_one_in_the_core() {
        for (wallet, method) in METHODS {
            assert_eq!(method_of_wallet(wallet), Some(method));
            assert_eq!(wallet_of_method(method), wallet);
        }
        assert_eq!(method_of_wallet("WeChat"), None);
        assert_eq!(wallet_of_method(CARD), "CreditCard");
        assert_eq!(wallet_of_method("ALIPAY_HK"), "ALIPAY_HK");
    }

    /// The wallet follows from the first digits of its code; the sample of the source is one of Wechat's.
    #[test]
    fn a_code_tells_its_wallet() {
        for (code, method) in [
            ("133415595913801642", "WECHATPAY"),
            ("283415595913801642", "ALIPAY_CN"),
            ("6234155959138016421", "UNIONPAY"),
            ("ALIPAY", "ALIPAY_CN"),
            ("1", "ALIPAY_CN"),
            ("é", "ALIPAY_CN"),
        ] {
            assert_eq!(method_of_payment_code(code), method, "{code}");
        }
    }

    /// A payment made elsewhere has no scenario but for cards and codes of wallets; the document decides where there
    /// is one.
    #[test]
    fn a_payment_made_elsewhere_has_a_scenario_only_where_it_can_be_told() {
        let payment = samples::waiting();
        assert_eq!(scenario_of(&payment, Some(&samples::details())), Some(Scenario::OnlineQrcode));
        assert_eq!(scenario_of(&payment, None), None);
        let elsewhere = samples::details_of(&serde_json::json!({"order": {"orderDescription": "x"}}));
        assert_eq!(scenario_of(&payment, Some(&elsewhere)), None);
        let card = Payment { method: CARD.to_owned(), ..payment.clone() };
        assert_eq!(scenario_of(&card, Some(&elsewhere)), Some(Scenario::CreditCard));
        let in_store = Payment { product: Product::InStorePayment, ..payment };
        assert_eq!(scenario_of(&in_store, Some(&elsewhere)), Some(Scenario::Offline));
    }
}
