//! Connections that are lost in every part of a batch, on the way there and on the way back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use farthing_core::decision::{Rows, Rule as _};
use farthing_core::ids::JobId;
use farthing_core::rows::{Commit, Table};
use farthing_store::{Answer, Select, StoreError, read_all, run};
use farthing_store_postgres::{PostgresOptions, PostgresStore};

use crate::ground::{Database, bring_up, options, runtime};
use crate::proxy::{Part, Proxy, Trick};
use crate::rules::{Debit, Does, balance, debit, make_wallets};

/// The id of the batch that is disturbed.
const BATCH: &str = "the disturbed batch";
const PARTS: [Part; 3] = [Part::Load, Part::Write(BATCH), Part::Commit];

/// A store with one writer, whose connections all go through a proxy.
struct Stage {
    database: Database,
    proxy: Proxy,
    store: PostgresStore,
}

impl Stage {
    async fn open(database: Database) -> Option<Self> {
        let text = database.connection();
        let value = |key: &str| text.split(' ').find_map(|pair| pair.strip_prefix(key)).map(str::to_owned);
        let (host, port) = (value("host=")?, value("port=")?);
        // A socket of this machine has no port to stand before.
        let proxy = (!host.starts_with('/')).then(|| Proxy::start((host, port.parse().unwrap())))?;
        let pairs = text.split(' ').filter(|pair| !pair.starts_with("host=") && !pair.starts_with("port="));
        let rest: Vec<&str> = pairs.collect();
        let behind = format!("host=127.0.0.1 port={} sslmode=disable {}", proxy.port(), rest.join(" "));
        // Long enough for the server to end what was left open, which takes it two seconds.
        let options = PostgresOptions { writer_count: 1, answer_timeout_ms: 3_500, ..options(&behind) };
        let store = PostgresStore::open(options, bring_up()).unwrap();
        make_wallets(&store, &[("W", 10)]).await;
        // From here on every statement is prepared, so a batch is two messages.
        assert_eq!(debit(&store, "W", "before").await, Ok(Answer::Done(9)));
        Some(Self { database, proxy, store })
    }

    /// Debits the wallet while the proxy plays a trick; tells the answer, and how often it was decided.
    async fn debit_under(&self, part: Part, trick: Trick) -> (Result<Answer<i64>, StoreError>, u32) {
        let decided = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&decided);
        let rule = Debit::of("W", "disturbed");
        let counts = Does {
            keys: rule.rows(),
            decide: move |rows: &Rows| {
                counted.fetch_add(1, Ordering::SeqCst);
                rule.decide(rows)
            },
        };
        self.proxy.arm(part, trick);
        let answer = run(&self.store, JobId::new(BATCH), counts).await;
        assert!(!self.proxy.is_armed(), "{part:?} was never seen");
        (answer, decided.load(Ordering::SeqCst))
    }

    /// Whether the debit was carried out exactly so often.
    async fn check(&self, debit_count: i64) {
        assert_eq!(balance(&self.store, "W").await, Ok(Some(9 - debit_count)));
        let commits = read_all::<Commit>(&self.store, Select::from(Table::Commit)).await.unwrap();
        let of_batch = commits.iter().filter(|commit| commit.commit_id.as_str() == BATCH).count();
        assert_eq!(i64::try_from(of_batch), Ok(debit_count));
    }
}

/// In whatever part the connection is lost, and however: the batch is carried out once, and its caller is told what it
/// did. It is decided again only where it is known that nothing has landed.
async fn counts_once_under(trick: Trick) {
    for part in PARTS {
        let Some(stage) = Database::fresh().map(Stage::open) else { return };
        let Some(stage) = stage.await else { return };
        let (answer, decided) = stage.debit_under(part, trick).await;
        assert_eq!(answer, Ok(Answer::Done(8)), "{part:?} {trick:?}");
        // The commit follows the writes unasked.
        let has_landed = part != Part::Load && trick == Trick::SwallowTheAnswer;
        // Nothing was decided yet where the load is lost; what has landed is not decided again.
        let expected = if part == Part::Load || has_landed { 1 } else { 2 };
        assert_eq!(decided, expected, "{part:?} {trick:?}");
        stage.check(1).await;
    }
}

#[test]
fn a_batch_whose_answers_are_lost_counts_once() {
    runtime().block_on(counts_once_under(Trick::SwallowTheAnswer));
}

#[test]
fn a_batch_that_is_cut_off_counts_once() {
    runtime().block_on(counts_once_under(Trick::CutBefore));
}

#[test]
fn a_batch_whose_server_is_left_hanging_counts_once() {
    runtime().block_on(counts_once_under(Trick::HangBefore));
}

#[test]
fn a_batch_on_a_line_that_goes_silent_counts_once() {
    runtime().block_on(counts_once_under(Trick::GoSilent));
}

/// The answer to a commit is lost together with the server: when it is back soon, what has landed is told; nothing is
/// done twice.
#[test]
fn a_lost_commit_is_found_when_the_server_is_back_soon() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let Some(stage) = Stage::open(database).await else { return };
        let is_back = async {
            while stage.proxy.is_armed() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
            stage.proxy.open_the_door();
        };
        let disturbed = stage.debit_under(Part::Commit, Trick::SwallowTheAnswerAndShut);
        let ((answer, decided), ()) = tokio::join!(disturbed, is_back);
        assert_eq!((answer, decided), (Ok(Answer::Done(8)), 1));
        stage.check(1).await;
    });
}

/// Only where the end of a commit cannot be found out in time, it is told that it is not known. It has landed all the
/// same, and the repeat tells it.
#[test]
fn a_commit_whose_end_cannot_be_found_out_is_unknown() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let Some(stage) = Stage::open(database).await else { return };
        let (answer, decided) = stage.debit_under(Part::Commit, Trick::SwallowTheAnswerAndShut).await;
        assert!(matches!(answer, Err(StoreError::Unavailable { .. })), "{answer:?}");
        assert_eq!(decided, 1);
        assert_eq!(stage.database.ask("SELECT balance_minor FROM wallets"), [Some("8".to_owned())]);
        stage.proxy.open_the_door();
        assert_eq!(debit(&stage.store, "W", "disturbed").await, Ok(Answer::Replayed(8)));
        stage.check(1).await;
    });
}
