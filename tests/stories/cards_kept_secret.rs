//! What is never kept of a card: not in the store, not in the log.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, OnceLock};

use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{TestGateway, TestReceiver, on_every_store};

use crate::cards_given::{
    CardWishes, GOOD_CARD, TypedCard, card_fields, card_token, page_of, press, saved_card_fields,
};

on_every_store! {
    nothing_of_a_card_is_kept_that_must_not_be
}

/// Everything that this process logs from the first listening on, down to the finest level.
static LOG: OnceLock<Log> = OnceLock::new();

#[derive(Default)]
struct Log(Mutex<Vec<u8>>);

impl Log {
    /// Begins to listen, once for all stories of the process: tasks of a gateway run on any thread.
    fn listen() -> &'static Self {
        let log = LOG.get_or_init(Self::default);
        static LISTENING: OnceLock<()> = OnceLock::new();
        LISTENING.get_or_init(|| {
            let lines = tracing_subscriber::fmt()
                .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
                .with_ansi(false)
                .with_writer(|| Writer);
            lines.try_init().expect("no other story listens to the log of the process");
        });
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.lines()).into_owned()
    }

    fn lines(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.get().expect("the log is there before anybody writes").lines().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Neither the number nor the CVV nor the date of a card that was typed, nor the token of one that is kept, is in any row;
/// nor in the log, which here is everything down to its finest level.
async fn nothing_of_a_card_is_kept_that_must_not_be(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    let log = Log::listen();
    let wishes = CardWishes { authenticate: true, keep: true, hold: false };
    let card = TypedCard { cvv: "8642", ..GOOD_CARD };
    let mut fields = card_fields("order-1", 10_000, card, wishes);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    let page = page_of(&shop.call(Operation::Pay, &fields).await);
    press(gateway, &page, "approve").await;
    let token = card_token(&shop.inquire("order-1").await.reply.body);
    receiver.wait_for(1).await;
    shop.call(Operation::Pay, &saved_card_fields("order-2", 100, &token)).await;
    let wrong = TypedCard { number: "4054695723100769", cvv: "86420975310", ..GOOD_CARD };
    shop.call(Operation::Pay, &card_fields("order-3", 100, wrong, CardWishes::default())).await;
    // Refused for its fields, so that a developer is told why; but not with what was typed.
    let too_long = TypedCard { number: "405469572310076840546957231007684", ..wrong };
    let told = shop.call(Operation::Pay, &card_fields("order-4", 100, too_long, CardWishes::default())).await;
    assert_eq!(told.reply.result_code, "PARAM_ILLEGAL");
    assert!(!told.reply.result_message.contains("95723100"), "{}", told.reply.result_message);

    let (stored, logged) = (gateway.contents().await.text(), log.text());
    assert!(stored.contains("405469******0768"), "what may be kept is there, so the right place is searched");
    assert!(logged.contains("refused"), "the log is there, so the right place is searched: {logged}");
    for secret in ["4054695723100768", "4054695723100769", "95723100", "86420975310", token.as_str()] {
        assert!(!stored.contains(secret), "{secret} is stored in the clear");
        assert!(!logged.contains(secret), "{secret} is in the log");
    }
    assert!(!stored.contains("8642"), "the CVV is stored");
}
