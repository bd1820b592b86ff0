//! Callers that hang up, dawdle, or send more than one thing.

use std::time::Duration;

use farthing_dialect_antom::endpoint::Operation;
use farthing_server::listen::Limits;
use farthing_stories::{Draft, TestGateway, on_every_store, pay_fields};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

on_every_store! {
    money_moves_once_although_the_caller_hangs_up
    headers_that_trickle_are_cut_off
    a_body_that_does_not_come_is_told_so
    many_requests_go_over_one_connection
}

/// The caller closes its socket right after sending; what was asked for is done all the same, once.
async fn money_moves_once_although_the_caller_hangs_up(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "ann", 100_000).await;
    for number in 0..20 {
        let fields = pay_fields(&format!("order-{number}"), &payer.access_token, 100);
        let bytes = Draft::new(gateway, &shop, Operation::Pay, fields.to_string()).bytes();
        let mut stream =
            TcpStream::connect(gateway.api_addr()).await.expect("the gateway accepts connections");
        stream.write_all(&bytes).await.expect("the gateway reads");
        drop(stream);
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    while gateway.balance_minor(&payer).await > 98_000 {
        assert!(Instant::now() < deadline, "{} is left", gateway.balance_minor(&payer).await);
        sleep(Duration::from_millis(5)).await;
    }
    for number in 0..20 {
        let repeated = shop.pay(&format!("order-{number}"), &payer, 100).await.reply;
        assert_eq!(repeated.result_code, "SUCCESS");
    }
    assert_eq!(gateway.balance_minor(&payer).await, 98_000);
}

/// A byte now and then does not keep a connection: the time for all headers together is limited.
async fn headers_that_trickle_are_cut_off(gateway: &TestGateway) {
    let limits = Limits { header_timeout_ms: 600, linger_timeout_ms: 200, ..Limits::default() };
    let short_of_time = TestGateway::start_with(gateway.kind, limits).await;
    let before = short_of_time.contents().await;
    let (shop, payer) = (short_of_time.shop(), short_of_time.rich_payer());
    let fields = pay_fields("order-1", &payer.access_token, 100);
    let bytes = Draft::new(&short_of_time, &shop, Operation::Pay, fields.to_string()).bytes();
    let stream = TcpStream::connect(short_of_time.api_addr()).await.expect("the gateway accepts connections");
    let (mut reading, mut writing) = stream.into_split();
    let trickling = tokio::spawn(async move {
        for byte in bytes {
            if writing.write_all(&[byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
    });
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(20), reading.read_to_end(&mut answer)).await;
    let _closed_or_reset = read.expect("the gateway cuts the connection");
    assert!(answer.is_empty(), "nobody is answered who has not asked: {answer:?}");
    trickling.abort();
    assert_eq!(short_of_time.contents().await, before);
    short_of_time.stop().await;
}

async fn a_body_that_does_not_come_is_told_so(gateway: &TestGateway) {
    let limits = Limits { body_timeout_ms: 300, linger_timeout_ms: 200, ..Limits::default() };
    let short_of_time = TestGateway::start_with(gateway.kind, limits).await;
    let shop = short_of_time.shop();
    let draft = Draft::new(&short_of_time, &shop, Operation::InquiryPayment, r#"{"paymentRequestId":"a"}"#);
    let mut bytes = draft.bytes();
    bytes.truncate(bytes.len() - 5);
    let answer = short_of_time.raw(bytes).await.expect("the gateway says what is wrong");
    assert_eq!(answer.code(), "PARAM_ILLEGAL");
    assert!(answer.message().contains("did not arrive in time"), "{}", answer.message());
    short_of_time.stop().await;
}

async fn many_requests_go_over_one_connection(gateway: &TestGateway) {
    let shop = gateway.shop();
    let draft = Draft::new(gateway, &shop, Operation::InquiryPayment, r#"{"paymentRequestId":"a"}"#);
    let keep =
        String::from_utf8(draft.bytes()).expect("all of it is text").replace("connection: close\r\n", "");
    let mut stream = TcpStream::connect(gateway.api_addr()).await.expect("the gateway accepts connections");
    // The second is sent before the first is answered.
    stream.write_all(format!("{keep}{keep}").as_bytes()).await.expect("the gateway reads");
    stream.write_all(&draft.bytes()).await.expect("the gateway reads");
    let mut answers = String::new();
    timeout(Duration::from_secs(20), stream.read_to_string(&mut answers))
        .await
        .expect("the last request ends the connection")
        .expect("answers are text");
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3);
    assert_eq!(answers.matches("ORDER_NOT_EXIST").count(), 3);
}
