//! Callers that are gone before they have their answer.

use std::time::Duration;

use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Draft, TestGateway, on_every_store, pay_fields};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

on_every_store! {
    a_payment_whose_caller_vanished_is_there_whole_or_not_at_all
    a_caller_that_has_said_everything_and_closed_its_end_is_answered
}

/// How a caller leaves.
#[derive(Clone, Copy, Debug)]
enum Leaving {
    /// With a reset.
    Reset,
    /// By closing, as usual.
    Close,
    /// By closing its own end, and then with a reset once the answer begins.
    HalfCloseThenReset,
}

async fn leave(gateway: &TestGateway, sent: &[u8], after: Duration, leaving: Leaving) {
    let mut stream = TcpStream::connect(gateway.api_addr()).await.expect("the gateway accepts connections");
    stream.write_all(sent).await.expect("the gateway reads");
    sleep(after).await;
    match leaving {
        Leaving::Close => {}
        Leaving::Reset => stream.set_zero_linger().expect("an option of every socket"),
        Leaving::HalfCloseThenReset => {
            stream.shutdown().await.expect("one end can be closed");
            let _one_byte = timeout(Duration::from_secs(20), stream.read(&mut [0; 1])).await;
            stream.set_zero_linger().expect("an option of every socket");
        }
    }
}

/// Cut off in the head, in the body, one byte before the end, and at moments after it. What was not sent whole has no
/// effect; what was sent whole has one or none, and the repeat tells: one payment, one debit.
async fn a_payment_whose_caller_vanished_is_there_whole_or_not_at_all(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "ann", 1_000_000).await;
    let mut orders = Vec::new();
    for leaving in [Leaving::Reset, Leaving::Close, Leaving::HalfCloseThenReset] {
        for part in 0..8 {
            for after_us in [0, 300, 3_000] {
                let id = format!("{leaving:?}-{part}-{after_us}");
                let fields = pay_fields(&id, &payer.access_token, 100);
                let bytes = Draft::new(gateway, &shop, Operation::Pay, fields.to_string()).bytes();
                let sent = match part {
                    0..=4 => bytes.len() * part / 5,
                    5 => bytes.len() - 1,
                    _ => bytes.len(),
                };
                leave(gateway, &bytes[..sent], Duration::from_micros(after_us), leaving).await;
                orders.push((id, sent == bytes.len()));
            }
        }
    }
    settled(gateway).await;
    for (id, was_whole) in &orders {
        let told = shop.inquire(id).await.reply;
        let is_there = told.result_code == "SUCCESS";
        assert!(is_there || told.result_code == "ORDER_NOT_EXIST", "{id}: {told:?}");
        assert!(!is_there || *was_whole, "{id} was never sent whole");
        let before = gateway.balance_minor(&payer).await;
        assert_eq!(shop.pay(id, &payer, 100).await.reply.result_code, "SUCCESS");
        let cost = before - gateway.balance_minor(&payer).await;
        assert_eq!(cost, if is_there { 0 } else { 100 }, "{id}");
    }
    let count = i64::try_from(orders.len()).expect("a few");
    assert_eq!(gateway.balance_minor(&payer).await, 1_000_000 - 100 * count);
}

/// Waits until what was begun is done: until what is stored stays as it is for a while.
async fn settled(gateway: &TestGateway) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut known = gateway.contents().await;
    loop {
        sleep(Duration::from_millis(300)).await;
        let now = gateway.contents().await;
        if now == known {
            return;
        }
        assert!(Instant::now() < deadline, "payments go on");
        known = now;
    }
}

/// As programs do that know nothing more to say.
async fn a_caller_that_has_said_everything_and_closed_its_end_is_answered(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "ann", 1_000).await;
    let fields = pay_fields("order-1", &payer.access_token, 100);
    let draft = Draft::new(gateway, &shop, Operation::Pay, fields.to_string());
    let mut stream = TcpStream::connect(gateway.api_addr()).await.expect("the gateway accepts connections");
    stream.write_all(&draft.bytes()).await.expect("the gateway reads");
    stream.shutdown().await.expect("one end can be closed");
    let mut answer = String::new();
    let read = timeout(Duration::from_secs(20), stream.read_to_string(&mut answer)).await;
    read.expect("an answer in time").expect("no reset");
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"SUCCESS\""), "{answer}");
    assert_eq!(gateway.balance_minor(&payer).await, 900);
}
