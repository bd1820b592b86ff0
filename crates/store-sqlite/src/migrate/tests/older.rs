//! A database of the first schema is brought up with everything in it.

use farthing_core::ids::{MerchantId, PaymentId, RefundId};
use farthing_core::journal::{payment_digest, refund_digest};
use farthing_core::reason::Reason;
use farthing_core::rows::{
    Agreement, Attempt, Authorization, Delivery, Merchant, Notice, Payment, PlannedEnd, Record, Refund, Table,
};
use farthing_store::Select;

use super::*;
use crate::statements;

/// A row of every table that the second migration makes anew, and notices with rows of the first schema in them, as the
/// first program wrote them.
const ROWS: &str = r#"
    INSERT INTO merchants VALUES ('M1', 'main', 'Shop', 'active', 'qualified', '[]', 5);
    INSERT INTO authorizations VALUES
        ('M1', 'Z1', 'C1', 'main', 'ALIPAY_HK', 's', 'https://m', NULL, NULL, '[]', 'used', 'U1', 'W1',
         zeroblob(32), 7, 'A1', '{}', 1, 2);
    INSERT INTO agreements VALUES
        ('M1', 'A1', 'Z1', 'C1', 'main', 'U1', 'W1', 'ALIPAY_HK', 's', NULL, NULL, '[]', 'active', zeroblob(32),
         x'01', 9, zeroblob(32), x'02', 9, 1, NULL, 2);
    INSERT INTO payments VALUES
        ('M1', 'P1', 'R1', 'C1', 'main', 'agreement_payment', 'ALIPAY_HK',
         x'0101010101010101010101010101010101010101010101010101010101010101', 'HKD', 100, 'succeeded', 0, NULL, 100,
         10, 0, 0, 'A1', 'W1', 'USD', NULL, NULL, 1000, 2000, 1000, NULL, 3000, 4000, 1,
         x'0202020202020202020202020202020202020202020202020202020202020202', 900, 2, zeroblob(32));
    INSERT INTO attempts VALUES
        ('M1', 'P2', 'T1', 'main', 'open', 'sandbox', 5, 'fail', 'risk_rejected', 1, NULL);
    INSERT INTO refunds VALUES
        ('M1', 'F1', 'P1', 'R2', 'C1', 'main', 'HKD', 10, 'succeeded', NULL, NULL, '{}', 1500, 1500, 1400);
    INSERT INTO deliveries VALUES
        ('D1', 'main', 'M1', 'C1', 'refund_result', 'F1',
         '{"kind":"refund_result","refund":{"merchant_id":"M1","refund_id":"F1","payment_id":"P1","request_id":"R2",
           "client_id":"C1","world_id":"main","currency":"HKD","amount_minor":10,"state":"succeeded","failure":null,
           "notify_url":null,"document":"{}","created_at":1500,"refunded_at":1500,"recorded_at":1400}}',
         'https://m', 'pending', 0, 1, NULL, NULL, 1, NULL);
    INSERT INTO deliveries VALUES
        ('D2', 'main', 'M1', 'C1', 'payment_result', 'P1',
         '{"kind":"payment_result","payment":{"merchant_id":"M1","payment_id":"P1","request_id":"R1","client_id":"C1",
           "world_id":"main","product":"agreement_payment","method":"ALIPAY_HK","payer_fingerprint":null,
           "currency":"HKD","amount_minor":100,"state":"succeeded","user_done":false,"failure":null,
           "captured_minor":100,"refunded_minor":0,"reserved_minor":0,"open_attempts":0,"agreement_id":null,
           "wallet_id":"W1","settlement_currency":null,"notify_url":null,"redirect_url":null,"created_at":1000,
           "expires_at":2000,"paid_at":1000,"ended_at":null,"cancel_until":3000,"refund_until":4000,
           "config_version":1,"details_digest":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],
           "recorded_at":900,"chain_count":0,
           "chain_head":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}}',
         'https://m', 'pending', 0, 1, NULL, NULL, 1, NULL);
"#;

fn brought_up() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    bring_up_by(&MIGRATIONS[..1], &mut connection, bring_up_now()).unwrap();
    connection.execute_batch(ROWS).unwrap();
    bring_up(&mut connection, bring_up_now()).unwrap();
    connection
}

fn all<R: Record>(connection: &Connection) -> Vec<R> {
    let rows = statements::select(connection, &Select::from(R::TABLE)).ok().expect("every row can be read");
    rows.iter().map(|row| R::from_row(row).unwrap().clone()).collect()
}

fn hex(digest: farthing_core::ids::Digest) -> String {
    digest.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Proves that rows of the first schema are all there, with the digests that the journal has of them: the values were
/// computed apart from this code, over the columns of that schema.
#[test]
fn older_rows_keep_what_they_say_and_their_digests() {
    let connection = brought_up();
    let payments: Vec<Payment> = all(&connection);
    assert_eq!(payments.len(), 1);
    let payment = &payments[0];
    assert_eq!((payment.payment_id.as_str(), payment.amount_minor, payment.refunded_minor), ("P1", 100, 10));
    assert_eq!(
        (payment.refundable_minor(), payment.authorized_minor, payment.captures_later),
        (90, 0, false)
    );
    let digest = "63ea067e353ba8504efeeeacf857df5d42ac5c5b0761d010bda0625726ad166b";
    assert_eq!(hex(payment_digest(payment)), digest);
    let refunds: Vec<Refund> = all(&connection);
    assert_eq!(refunds[0].refund_id, RefundId::new("F1"));
    let digest = "4d870e0138985e9ebd6df966aebb7202ae60e23df435298060388b0f8618410a";
    assert_eq!(hex(refund_digest(&refunds[0])), digest);
    let attempts: Vec<Attempt> = all(&connection);
    assert_eq!(attempts[0].planned_end(), Some(PlannedEnd::Fail(Reason::RiskRejected)));
    assert_eq!(all::<Merchant>(&connection)[0].settlement.0.bank, None);
    assert_eq!(all::<Authorization>(&connection)[0].merchant_agreement_id, None);
    assert_eq!(all::<Agreement>(&connection)[0].wallet_id.as_str(), "W1");
}

/// Proves that notices that were not sent yet can still be read.
#[test]
fn older_notices_can_be_read() {
    let deliveries: Vec<Delivery> = all(&brought_up());
    let ids: Vec<(MerchantId, PaymentId)> = deliveries
        .iter()
        .map(|delivery| match &delivery.notice.0 {
            Notice::RefundResult { refund } => (refund.merchant_id.clone(), refund.payment_id.clone()),
            Notice::PaymentResult { payment } => (payment.merchant_id.clone(), payment.payment_id.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = (MerchantId::new("M1"), PaymentId::new("P1"));
    assert_eq!(ids, [expected.clone(), expected]);
}

/// Proves that a database which was brought up has the very schema of a new one.
#[test]
fn an_older_database_becomes_like_a_new_one() {
    let schema = |connection: &Connection| -> Vec<(String, String)> {
        let mut statement =
            connection.prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let connection = brought_up();
    assert_eq!(schema(&connection), schema(&migrated()));
    assert!(Table::ALL.iter().all(|table| connection.table_exists(None, table.spec().name).unwrap()));
}
