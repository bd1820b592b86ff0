//! Payments, refunds and request ids changed, removed and added.

use super::{Case, case};
use crate::verify::books::Books;

impl Books {
    pub(super) fn payments(&self) -> Vec<Case> {
        let (paid, failed) = (self.paid.as_str(), self.failed.as_str());
        let set = |what: &str, id: &str| format!("UPDATE payments SET {what} WHERE payment_id = '{id}'");
        let set_details =
            |what: &str| format!("UPDATE payment_details SET {what} WHERE payment_id = '{paid}'");
        let success = "state = 'succeeded', failure = NULL, ended_at = NULL, paid_at = created_at";
        vec![
            case("amount changed", set("amount_minor = 10001", paid), &[("payments", paid)]),
            case("state changed", set(success, failed), &[("payments", failed)]),
            case("refunds forgotten", set("refunded_minor = 0", paid), &[("payments", paid)]),
            case("refunded too much", set("refunded_minor = 10001", paid), &[("payments", paid)]),
            case("wallet exchanged", set("wallet_id = 'W-poor'", paid), &[("payments", paid)]),
            case("address changed", set("notify_url = 'https://evil.example/'", paid), &[("payments", paid)]),
            case("chain forgotten", set("chain_count = 0", paid), &[("journal", paid)]),
            case("chain exchanged", set("chain_head = zeroblob(32)", paid), &[("journal", paid)]),
            case("payment added", copy_payment(paid), &[("payments", "99999999999999999999999999999999")]),
            case("details changed", set_details("document = '{}'"), &[("payments", paid)]),
            case("details salted anew", set_details("salt = zeroblob(16)"), &[("payments", paid)]),
            case(
                "details removed",
                "DELETE FROM payment_details",
                &[("payments", paid), ("payments", failed)],
            ),
        ]
    }

    pub(super) fn removed_payments(&self) -> Vec<Case> {
        let (paid, failed, refund) = (self.paid.as_str(), self.failed.as_str(), self.refund.as_str());
        let row = |id: &str| format!("DELETE FROM payments WHERE payment_id = '{id}'");
        let torn = [("journal", paid), ("refunds", refund), ("request_keys", "order-1")];
        let [made, refunded] = [1, 2].map(|number| self.batch(&format!("payment:{paid}"), number));
        vec![
            case("payment removed", row(paid), &torn),
            case("failed payment removed", row(failed), &[("journal", failed), ("request_keys", "order-2")]),
            case(
                "payment removed with all its rows",
                remove_with_rows(paid),
                &[("commits", &made), ("commits", &refunded), ("seals", "1"), ("wallets", "W-1")],
            ),
            case(
                "payment removed with all its rows and batches",
                remove_with_batches(paid),
                &[("seals", "1"), ("wallets", "W-1")],
            ),
            case(
                "failed payment removed with all its rows and batches",
                remove_with_batches(failed),
                &[("seals", "1")],
            ),
        ]
    }

    pub(super) fn refunds(&self) -> Vec<Case> {
        let (paid, refund) = (self.paid.as_str(), self.refund.as_str());
        let set = |what: &str| format!("UPDATE refunds SET {what} WHERE refund_id = '{refund}'");
        let remove = format!("DELETE FROM refunds WHERE refund_id = '{refund}'");
        let add = |payment_id: &str| {
            format!(
                "CREATE TEMP TABLE forged AS SELECT * FROM refunds WHERE refund_id = '{refund}';
                 UPDATE forged SET refund_id = 'R-FORGED', request_id = 'back-9', payment_id = '{payment_id}';
                 INSERT INTO refunds SELECT * FROM forged"
            )
        };
        vec![
            case("refund changed", set("amount_minor = 1"), &[("refunds", refund), ("payments", paid)]),
            case("refund told of elsewhere", set("document = '{}'"), &[("refunds", refund)]),
            case(
                "refund moved to another payment",
                set(&format!("payment_id = '{}'", self.recent)),
                &[("refunds", refund)],
            ),
            case("refund removed", remove.clone(), &[("refunds", refund), ("request_keys", "back-1")]),
            case(
                "refund removed with its id",
                remove + ";DELETE FROM request_keys WHERE request_id = 'back-1'",
                &[("refunds", refund)],
            ),
            case("refund added", add(paid), &[("refunds", "R-FORGED")]),
            case("refund added to no payment", add("P-NONE"), &[("refunds", "R-FORGED")]),
        ]
    }

    pub(super) fn request_ids(&self) -> Vec<Case> {
        let (paid, failed, refund) = (self.paid.as_str(), self.failed.as_str(), self.refund.as_str());
        let retarget =
            |id: &str, to: &str| format!("UPDATE request_keys SET target = '{to}' WHERE request_id = '{id}'");
        let add = |operation: &str, id: &str, to: &str| {
            format!("INSERT INTO request_keys VALUES ('M1', '{operation}', '{id}', '{to}')")
        };
        let remove = |id: &str| format!("DELETE FROM request_keys WHERE request_id = '{id}'");
        let exchange = remove("order-2") + ";" + &add("pay", "order-8", paid);
        vec![
            case(
                "pay id retargeted",
                retarget("order-1", failed),
                &[("payments", paid), ("request_keys", "order-1")],
            ),
            case(
                "pay id led nowhere",
                retarget("order-1", "P-NONE"),
                &[("payments", paid), ("request_keys", "order-1")],
            ),
            case(
                "refund id retargeted",
                retarget("back-1", "R-NONE"),
                &[("refunds", refund), ("request_keys", "back-1")],
            ),
            case("pay id removed", remove("order-1"), &[("payments", paid)]),
            case("refund id removed", remove("back-1"), &[("refunds", refund)]),
            case("pay id added to a payment", add("pay", "order-8", paid), &[("request_keys", "order-8")]),
            case(
                "refund id added to a refund",
                add("refund", "back-8", refund),
                &[("request_keys", "back-8")],
            ),
            case("pay id added to nothing", add("pay", "order-8", "P-NONE"), &[("request_keys", "order-8")]),
            case(
                "one id removed and another added",
                exchange,
                &[("payments", failed), ("request_keys", "order-8")],
            ),
        ]
    }
}

fn copy_payment(id: &str) -> String {
    format!(
        "CREATE TEMP TABLE forged AS SELECT * FROM payments WHERE payment_id = '{id}';
         UPDATE forged SET payment_id = '99999999999999999999999999999999', request_id = 'order-9';
         INSERT INTO payments SELECT * FROM forged"
    )
}

/// Removes a payment and every row that tells of it, but not the batches they came with.
fn remove_with_rows(id: &str) -> String {
    format!(
        "DELETE FROM postings WHERE (commit_id, position) IN
             (SELECT commit_id, position FROM journal WHERE subject = 'payment:{id}');
         DELETE FROM journal WHERE subject = 'payment:{id}';
         DELETE FROM request_keys WHERE target = '{id}'
             OR target IN (SELECT refund_id FROM refunds WHERE payment_id = '{id}');
         DELETE FROM deliveries WHERE subject = '{id}';
         DELETE FROM refunds WHERE payment_id = '{id}';
         DELETE FROM payment_details WHERE payment_id = '{id}';
         DELETE FROM payments WHERE payment_id = '{id}'"
    )
}

fn remove_with_batches(id: &str) -> String {
    let batches = format!(
        "DELETE FROM commits WHERE commit_id IN (SELECT commit_id FROM journal WHERE subject = 'payment:{id}');"
    );
    batches + &remove_with_rows(id)
}
