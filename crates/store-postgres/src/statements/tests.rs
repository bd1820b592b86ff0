use farthing_core::rows::{AttemptState, CaptureState, DeliveryState, PaymentState, RefundState, Value};
use farthing_store::{Select, sql};

use super::*;
use crate::ground::{self, Database, runtime};
use crate::session::Use;

/// How the server means to carry out a statement, in a session with these settings.
fn plan(database: &Database, settings: &str, text: &str) -> String {
    runtime().block_on(async {
        let client = ground::connect(&database.connection()).await;
        client.batch_execute(settings).await.unwrap();
        let explained = format!("EXPLAIN (GENERIC_PLAN, COSTS OFF) {text}");
        // A server older than 16 knows no generic plans of bare texts; a prepared statement has one there.
        let rows = match client.simple_query(&explained).await {
            Ok(rows) => rows,
            Err(_) => {
                client
                    .batch_execute(&format!("SET plan_cache_mode = force_generic_plan; PREPARE p AS {text}"))
                    .await
                    .unwrap();
                let types = client
                    .query_one(
                        "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'p'",
                        &[],
                    )
                    .await
                    .unwrap();
                let values = vec!["NULL"; usize::try_from(types.get::<_, i32>(0)).unwrap()].join(", ");
                let values = if values.is_empty() { String::new() } else { format!("({values})") };
                client.simple_query(&format!("EXPLAIN (COSTS OFF) EXECUTE p{values}")).await.unwrap()
            }
        };
        let lines = rows.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::trim),
            _ => None,
        });
        lines.collect::<Vec<_>>().join("; ")
    })
}

fn writing() -> String {
    Use::Writing { lock_timeout_ms: 1000 }.settings()
}

/// Whatever the tables hold, the writer finds each row by the index of its key, and locks it where it finds it.
#[test]
fn the_writer_goes_to_rows_by_their_keys() {
    let Some(database) = Database::fresh() else { return };
    for table in Table::ALL {
        let (texts, name) = (TableTexts::new(*table), table.spec().name);
        let by_key = format!("Index Scan using {name}_pkey on {name}");
        for text in [&texts.load, &texts.look] {
            let plan = plan(&database, &writing(), text);
            assert!(plan.starts_with("Nested Loop; ->  ProjectSet; ->  Result; ->"), "{plan}\nfor {text}");
            assert!(plan.contains(&by_key) && !plan.contains("Seq Scan"), "{plan}\nfor {text}");
            let locks = std::ptr::eq(text, &texts.load) && !NEVER_CHANGED.contains(table);
            assert_eq!(plan.contains("LockRows"), locks, "{plan}\nfor {text}");
        }
        let text = write(&[Part { table: *table, is_update: true }]);
        let plan = plan(&database, &writing(), &text);
        assert!(plan.contains(&by_key) && !plan.contains("Seq Scan"), "{plan}\nfor {text}");
    }
}

/// Every select that is made while payments go on, and every slice of a long read, finds its rows by an index and in
/// order, without a scan of the table and without sorting.
#[test]
fn selects_of_the_hot_paths_use_an_index() {
    let Some(database) = Database::fresh() else { return };
    let (world, merchant) = ("main".to_owned(), "M".to_owned());
    let text = |text: &str| text.to_owned();
    let key = |table: Table| RowKey { table, values: vec![Value::Text(text("x")); table.spec().key_len] };
    let entry_key =
        RowKey { table: Table::JournalEntry, values: vec![Value::Text(text("C")), Value::Int(0)] };
    let from = Select::from;
    let selects = [
        (Select::key(key(Table::RequestKey)), "request_keys_pkey"),
        (Select::key(key(Table::Payment)), "payments_pkey"),
        (Select::key(key(Table::PaymentDetails)), "payment_details_pkey"),
        (Select::key(key(Table::SecretRef)), "secret_refs_pkey"),
        (Select::key(key(Table::Commit)), "commits_pkey"),
        (
            from(Table::Payment)
                .equal("world_id", &world)
                .equal("state", &PaymentState::Processing)
                .at_most("expires_at", &5_i64)
                .ascending("expires_at")
                .limit(9),
            "payments_to_expire",
        ),
        (
            from(Table::Payment).equal("merchant_id", &merchant).descending("payment_id").limit(9),
            "payments_pkey",
        ),
        (
            from(Table::Payment)
                .equal("merchant_id", &merchant)
                .below("payment_id", &text("P"))
                .descending("payment_id")
                .limit(9),
            "payments_pkey",
        ),
        (from(Table::Payment).after_key(key(Table::Payment)).limit(9), "payments_pkey"),
        (
            from(Table::Payment).equal("merchant_id", &text("x")).after_key(key(Table::Payment)).limit(9),
            "payments_pkey",
        ),
        (
            from(Table::Payment)
                .equal("merchant_id", &merchant)
                .above("paid_at", &4_i64)
                .below("paid_at", &5_i64)
                .ascending("paid_at")
                .limit(9),
            "payments_paid",
        ),
        (
            from(Table::Refund)
                .equal("world_id", &world)
                .equal("state", &RefundState::Processing)
                .at_most("due_at", &5_i64)
                .ascending("due_at")
                .limit(9),
            "refunds_due",
        ),
        (
            from(Table::Capture)
                .equal("world_id", &world)
                .equal("state", &CaptureState::Processing)
                .at_most("due_at", &5_i64)
                .ascending("due_at")
                .limit(9),
            "captures_due",
        ),
        (
            from(Table::Attempt)
                .equal("world_id", &world)
                .equal("state", &AttemptState::Open)
                .at_most("due_at", &5_i64)
                .ascending("due_at")
                .limit(9),
            "attempts_due",
        ),
        (
            from(Table::Delivery)
                .equal("world_id", &world)
                .equal("state", &DeliveryState::Pending)
                .at_most("next_attempt_at", &5_i64)
                .ascending("next_attempt_at")
                .limit(9),
            "deliveries_due",
        ),
        (
            from(Table::Refund).equal("merchant_id", &merchant).equal("payment_id", &text("P")),
            "refunds_by_payment",
        ),
        (
            from(Table::Capture).equal("merchant_id", &merchant).equal("payment_id", &text("P")),
            "captures_by_payment",
        ),
        (from(Table::Delivery).equal("subject", &text("P")), "deliveries_by_subject"),
        (from(Table::DeliveryAttempt).equal("delivery_id", &text("D")), "delivery_attempts_pkey"),
        (
            from(Table::JournalEntry).equal("subject", &text("payment:P")).ascending("chain_number"),
            "journal_subject_chain_number_key",
        ),
        (from(Table::JournalEntry).equal("commit_id", &text("C")), "journal_pkey"),
        (from(Table::JournalEntry).after_key(entry_key).limit(9), "journal_pkey"),
        (from(Table::Posting).equal("commit_id", &text("C")), "postings_pkey"),
        (from(Table::Commit).is_null("seal_number").limit(9), "commits_unsealed"),
        (from(Table::Commit).equal("seal_number", &7_i64), "commits_by_seal"),
        (from(Table::Wallet).equal("user_id", &text("U")), "wallets_by_user"),
        (from(Table::Client).equal("merchant_id", &merchant), "clients_by_merchant"),
    ];
    // An empty table is read whole, and so is a small one; what counts is what the server does when they are large.
    let settings = "SET enable_seqscan = off; SET enable_bitmapscan = off";
    let sorted = format!("{settings}; SET enable_sort = off");
    for (select, index) in &selects {
        let (text, _) = sql::select(select, sql::Placeholders::Dollar);
        let settings = if select.row_count_max().is_some() { &sorted } else { settings };
        let plan = plan(&database, settings, &text);
        assert!(plan.contains(&format!("using {index} on")), "{plan}\nfor {text}");
        assert!(plan.contains("Index Cond") || *index == "commits_unsealed", "{plan}\nfor {text}");
        if select.row_count_max().is_some() {
            // Sorting what the index leaves equal is fine.
            assert!(!plan.contains("->  Sort;"), "{plan}\nfor {text}");
        }
    }
}

/// One statement writes several tables, its values numbered through, and compares what is written once.
#[test]
fn one_statement_writes_all_parts() {
    let parts =
        [Part { table: Table::Commit, is_update: false }, Part { table: Table::Client, is_update: true }];
    let text = write(&parts);
    assert!(text.starts_with(
        r#"WITH w0 AS (INSERT INTO "commits" ("commit_id", "entry_count", "seal_number") SELECT unnest($1::text[]), unnest($2::int8[]), unnest($3::int8[])), w1 AS (UPDATE "clients" AS t SET "dialect" = u.c2"#
    ), "{text}");
    assert!(text.contains(r#"unnest($4::text[]) AS c0"#), "{text}");
    assert!(text.ends_with(
        r#"WHERE t."client_id" = u.c0 AND t."merchant_id" IS NOT DISTINCT FROM u.c1 RETURNING 1) SELECT 1 / CASE WHEN (SELECT count(*) FROM w1) = cardinality($4::text[]) THEN 1 ELSE 0 END"#
    ), "{text}");
}
