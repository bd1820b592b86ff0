//! One caller who sends far more than anybody should, and the others.

use std::sync::Arc;
use std::time::Duration;

use farthing_dialect_antom::endpoint::Operation;
use farthing_server::dialects::{RefusalLimits, TrafficLimits};
use farthing_server::limits::GatewayLimits;
use farthing_server::listen::Limits;
use farthing_stories::{Draft, RawAnswer, Shop, StoreKind, TestGateway, TestKey};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::tricky_store::{self, HELD};

const TOO_MUCH: &str = "REQUEST_TRAFFIC_EXCEED_LIMIT";

fn inquiry(gateway: &TestGateway, shop: &Shop, id: &str) -> Draft {
    Draft::new(gateway, shop, Operation::InquiryPayment, json!({"paymentRequestId": id}).to_string())
}

async fn raw(gateway: &TestGateway, draft: &Draft) -> RawAnswer {
    gateway.raw(draft.bytes()).await.expect("every request is answered")
}

/// A refusal that cost nothing: no body, no signature, and when to come again.
fn assert_unsigned(answer: &RawAnswer) {
    assert_eq!((answer.status, answer.body.as_slice()), (429, &b""[..]), "{answer:?}");
    assert_eq!((answer.header("signature"), answer.header("retry-after")), (None, Some("1")));
}

fn traffic(traffic: TrafficLimits, refusals: RefusalLimits) -> GatewayLimits {
    GatewayLimits { traffic, refusals, ..GatewayLimits::default() }
}

/// 300 requests of one client meet a store that is slow for it: two are worked on, four wait, the rest are refused, a few
/// of them signed. Meanwhile every call of the other client is answered, and at the end so are the six.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_one_client_floods_another_is_served() {
    let limits = traffic(
        TrafficLimits { at_work_per_client_max: 2, waiting_per_client_max: 4, ..TrafficLimits::default() },
        RefusalLimits {
            signed_per_client_per_s: 1,
            signed_per_client_at_once: 5,
            ..RefusalLimits::default()
        },
    );
    let (gateway, tricks) = tricky_store::start(limits).await;
    let gateway = Arc::new(gateway);
    let noisy = gateway.add_shop("noisy").await;
    let mut flood = JoinSet::new();
    for number in 0..300 {
        let (gateway, draft) = (gateway.clone(), inquiry(&gateway, &noisy, &format!("{HELD}{number}")));
        flood.spawn(async move { raw(&gateway, &draft).await });
    }
    let (mut signed, mut unsigned) = (0, 0);
    for _ in 0..294 {
        let answer = flood.join_next().await.expect("294 are refused").expect("no call panics");
        if answer.status == 200 {
            assert_eq!(answer.code(), TOO_MUCH);
            signed += 1;
        } else {
            assert_unsigned(&answer);
            unsigned += 1;
        }
    }
    assert!(signed >= 5 && unsigned >= 200, "{signed} signed, {unsigned} unsigned");
    let payer = gateway.rich_payer();
    for number in 0..40 {
        let paid = gateway.shop().pay(&format!("order-{number}"), &payer, 100).await.reply;
        assert_eq!(paid.result_code, "SUCCESS", "the other client is served");
    }
    assert_eq!((flood.len(), tricks.held()), (6, 2), "two at work, four in line");
    tricks.release();
    while let Some(answer) = flood.join_next().await {
        assert_eq!(answer.expect("no call panics").code(), "ORDER_NOT_EXIST", "who stood in line is served");
    }
    Arc::into_inner(gateway).expect("no call is left").stop().await;
}

/// The refusal has a name in every dialect, and a signature as long as it is told seldom.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_above_its_rate_is_told_so_in_its_dialect() {
    let limits = traffic(
        TrafficLimits {
            requests_per_client_per_s: 1,
            requests_per_client_at_once: 1,
            ..TrafficLimits::default()
        },
        RefusalLimits::default(),
    );
    let gateway = TestGateway::start_with(StoreKind::Memory, limits).await;
    let (shop, legacy) = (gateway.shop(), gateway.legacy_shop());
    let (hk, alpha) = (gateway.hk_shop(), gateway.alpha_shop());
    let (mut antom, mut older, mut of_hk, mut of_alpha) = (vec![], vec![], vec![], vec![]);
    for _ in 0..6 {
        antom.push(shop.inquire("a").await.reply.result_code);
        older.push(legacy.inquire("a").await.reply.result_code);
        of_hk.push(hk.query("a").await.code);
        of_alpha.push(alpha.inquire("1").await.code);
    }
    for codes in [antom, older, of_hk, of_alpha] {
        assert_ne!(codes[0], TOO_MUCH, "the first is within the rate");
        assert!(codes.iter().any(|code| code == TOO_MUCH), "{codes:?}");
    }
    gateway.stop().await;
}

fn few_signatures() -> RefusalLimits {
    RefusalLimits { signed_per_address_per_s: 1, signed_per_address_at_once: 5, ..RefusalLimits::default() }
}

/// Nonsense from one address is told what is wrong with it a few times, and then refused at no cost; a good request from
/// the same address is answered all the while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_signatures_are_answered_with_a_signature_only_so_often() {
    let gateway =
        TestGateway::start_with(StoreKind::Memory, traffic(TrafficLimits::default(), few_signatures())).await;
    let shop = gateway.shop();
    let before = gateway.contents().await;
    let good = inquiry(&gateway, &shop, "a");
    let bad = [
        good.clone().with(|draft| draft.key = TestKey::Stranger),
        good.clone().with(|draft| draft.client_id = "NOBODY".to_owned()),
        good.clone().with(|draft| draft.method = "GET".to_owned()),
        good.clone().to_path("/no/such/path"),
        good.clone().without("signature"),
    ];
    let (mut signed, mut unsigned) = (0, 0);
    for _ in 0..20 {
        for draft in &bad {
            let answer = raw(&gateway, draft).await;
            if answer.status == 200 {
                assert!(answer.header("signature").is_some(), "{answer:?}");
                signed += 1;
            } else {
                assert_unsigned(&answer);
                assert_eq!(answer.header("farthing-hint"), None, "no work is spent on explaining it");
                unsigned += 1;
            }
        }
        assert_eq!(good.send(&gateway).await.code(), "ORDER_NOT_EXIST");
    }
    assert!(signed >= 5 && unsigned >= 50, "{signed} signed, {unsigned} unsigned");
    let hk_nonsense = gateway.hk_shop().post("/api/alipay/intl/x/y.htm", b"{}").await;
    assert_unsigned(&hk_nonsense.expect("every request is answered"));
    let alpha = gateway.alpha_shop();
    let draft = alpha.draft(farthing_dialect_alphapay::endpoint::Operation::InquiryPayment, &json!({}));
    let alpha_nonsense = alpha.post(&draft.with(|draft| draft.key = TestKey::Stranger)).await;
    assert_unsigned(&alpha_nonsense.expect("every request is answered"));
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    gateway.stop().await;
}

/// Behind a trusted proxy each caller has a budget of its own; without one the header says nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_budget_it_is_says_a_trusted_proxy_and_nobody_else() {
    for (trusted_proxies, is_believed) in
        [(vec!["127.0.0.1".parse().expect("an address")], true), (vec![], false)]
    {
        let limits = GatewayLimits {
            connections: Limits { trusted_proxies, ..Limits::default() },
            ..traffic(TrafficLimits::default(), few_signatures())
        };
        let gateway = TestGateway::start_with(StoreKind::Memory, limits).await;
        let bad = inquiry(&gateway, &gateway.shop(), "a").with(|draft| draft.key = TestKey::Stranger);
        while raw(&gateway, &bad.clone().and("x-forwarded-for", "203.0.113.1")).await.status == 200 {}
        let other = raw(&gateway, &bad.clone().and("x-forwarded-for", "203.0.113.2")).await;
        assert_eq!(other.status == 200, is_believed, "{other:?}");
        gateway.stop().await;
    }
}

/// What is refused at the door leaves room at the door: places of callers who are gone are given again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_connections_passes() {
    let limits = Limits { connections_max: 32, ..Limits::default() };
    let gateway = TestGateway::start_with(StoreKind::Memory, limits).await;
    let shop = gateway.shop();
    let mut flood = JoinSet::new();
    for _ in 0..500 {
        let addr = gateway.api_addr();
        flood.spawn(async move {
            let stream = tokio::net::TcpStream::connect(addr).await;
            sleep(Duration::from_millis(200)).await;
            drop(stream);
        });
    }
    while flood.join_next().await.is_some() {}
    let draft = inquiry(&gateway, &shop, "a");
    for _ in 0..500 {
        if let Some(answer) = gateway.raw(draft.bytes()).await {
            assert_eq!(answer.code(), "ORDER_NOT_EXIST");
            gateway.stop().await;
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the places did not become free");
}
