//! Captures, refunds in process, ended payments, declarations and settlements changed, removed and added.

use super::{Case, case};
use crate::verify::books::Books;

fn set(table: &str, key: &str, id: &str, what: &str) -> String {
    format!("UPDATE {table} SET {what} WHERE {key} = '{id}'")
}

impl Books {
    pub(super) fn captures(&self) -> Vec<Case> {
        let (held, captured, capturing) =
            (self.later.held.as_str(), self.later.captured.as_str(), self.later.capturing.as_str());
        let change = |what: &str| set("captures", "capture_id", captured, what);
        let hold = |what: &str| set("payments", "payment_id", held, what);
        let remove = format!("DELETE FROM captures WHERE capture_id = '{captured}'");
        let add = |payment_id: &str| {
            format!(
                "CREATE TEMP TABLE forged AS SELECT * FROM captures WHERE capture_id = '{captured}';
                 UPDATE forged SET capture_id = 'C-FORGED', request_id = 'capture-9', payment_id = '{payment_id}';
                 INSERT INTO captures SELECT * FROM forged"
            )
        };
        let both = [("captures", captured), ("payments", held)];
        vec![
            case("capture's amount changed", change("amount_minor = 1"), &both),
            case("capture's state changed", change("state = 'processing', captured_at = NULL"), &both),
            case("capture told of elsewhere", change("document = '{}'"), &[("captures", captured)]),
            case("capture called the last", change("is_last = 1"), &[("captures", captured)]),
            case(
                "capture in process made a success",
                set("captures", "capture_id", capturing, "state = 'succeeded', captured_at = 1"),
                &[("captures", capturing), ("payments", held)],
            ),
            case(
                "capture moved to another payment",
                change(&format!("payment_id = '{}'", self.later.released)),
                &[("captures", captured), ("payments", held), ("payments", &self.later.released)],
            ),
            case("capture removed", remove.clone(), &[("captures", captured), ("request_keys", "capture-1")]),
            case(
                "capture removed with its id",
                remove + ";DELETE FROM request_keys WHERE request_id = 'capture-1'",
                &[("captures", captured), ("payments", held)],
            ),
            case("capture added", add(held), &[("captures", "C-FORGED"), ("payments", held)]),
            case("capture added to no payment", add("P-NONE"), &[("captures", "C-FORGED")]),
            case(
                "captured too much",
                hold("captured_minor = 9501"),
                &[("payments", held), ("accounts", "merchant:M1 HKD")],
            ),
            case("held less than was captured", hold("authorized_minor = 3499"), &[("payments", held)]),
            case("held more than was asked for", hold("authorized_minor = 10001"), &[("payments", held)]),
            case("captures forgotten", hold("capturing_minor = 0"), &[("payments", held)]),
            case(
                "authorization prolonged",
                hold("auth_expires_at = auth_expires_at + 1"),
                &[("payments", held)],
            ),
            case("authorization made a sale", hold("auth_expires_at = NULL"), &[("payments", held)]),
            case("card exchanged", hold("card = '{}'"), &[("payments", held)]),
            case("acquirer exchanged", hold("acquirer = NULL"), &[("payments", held)]),
        ]
    }

    pub(super) fn open_refunds(&self) -> Vec<Case> {
        let (sold, reserved, failed) =
            (self.later.sold.as_str(), self.later.reserved.as_str(), self.later.unrefunded.as_str());
        let change = |id: &str, what: &str| set("refunds", "refund_id", id, what);
        vec![
            case(
                "refund in process made a success",
                change(reserved, "state = 'succeeded', refunded_at = 1"),
                &[("refunds", reserved), ("payments", sold)],
            ),
            case(
                "refund in process enlarged",
                change(reserved, "amount_minor = 701"),
                &[("refunds", reserved), ("payments", sold)],
            ),
            case(
                "refund's nonce called an id",
                change(reserved, "is_named_by_nonce = 0"),
                &[("refunds", reserved)],
            ),
            case(
                "refund's plan changed",
                change(reserved, "due_at = 5, planned = 'fail'"),
                &[("refunds", reserved)],
            ),
            case(
                "failed refund made a success",
                change(failed, "state = 'succeeded', failure = NULL, refunded_at = 1"),
                &[("refunds", failed), ("payments", sold)],
            ),
            case(
                "refund's failure changed",
                change(failed, "failure = 'process_failed'"),
                &[("refunds", failed)],
            ),
            case(
                "reserve freed by hand",
                set("payments", "payment_id", sold, "reserved_minor = 0"),
                &[("payments", sold)],
            ),
        ]
    }

    /// Payments that were ended after they were paid, and authorizations that lapsed.
    pub(super) fn ended_payments(&self) -> Vec<Case> {
        let (reversed, released) = (self.later.reversed.as_str(), self.later.released.as_str());
        let change = |id: &str, what: &str| set("payments", "payment_id", id, what);
        let revive = "state = 'succeeded', failure = NULL, ended_at = NULL";
        let last = format!("subject = 'payment:{reversed}' AND chain_number = 2");
        vec![
            case(
                "money kept after a reversal",
                change(reversed, "refunded_minor = 0"),
                &[("payments", reversed), ("accounts", "merchant:M1 HKD"), ("accounts", "outside:cards HKD")],
            ),
            case("reversal undone", change(reversed, revive), &[("payments", reversed)]),
            case("reason of a reversal changed", change(reversed, "failure = 'risk_rejected'"), &[("payments", reversed)]),
            case(
                "entry of a reversal removed with its postings",
                format!(
                    "DELETE FROM postings WHERE (commit_id, position) = (SELECT commit_id, position FROM journal WHERE {last});
                     DELETE FROM journal WHERE {last}"
                ),
                &[("payments", reversed), ("accounts", "outside:cards HKD")],
            ),
            case("release undone", change(released, "state = 'succeeded', ended_at = NULL"), &[("payments", released)]),
            case(
                "release told as a cancel",
                format!("UPDATE journal SET kind = 'payment_cancelled' WHERE kind = 'authorization_released' AND subject = 'payment:{released}'"),
                &[("journal", released)],
            ),
        ]
    }

    pub(super) fn declarations(&self) -> Vec<Case> {
        let declared = self.later.declared.as_str();
        let change = |id: &str, what: &str| set("declarations", "request_id", id, what);
        let add = |payment_id: &str| {
            format!(
                "CREATE TEMP TABLE forged AS SELECT * FROM declarations WHERE request_id = 'declare-1';
                 UPDATE forged SET request_id = 'declare-9', payment_id = '{payment_id}';
                 INSERT INTO declarations SELECT * FROM forged"
            )
        };
        let both = [("declarations", "declare-1"), ("payments", declared)];
        vec![
            case("declared amount changed", change("declare-1", "amount_minor = 1"), &both),
            case("customs office exchanged", change("declare-1", "customs_code = 'NINGBO'"), &both[..1]),
            case("customs number changed", change("declare-1", "customs_payment_id = '1'"), &both[..1]),
            case(
                "failed declaration made a success",
                change("declare-2", "state = 'succeeded', failure = NULL"),
                &[("declarations", "declare-2"), ("payments", declared)],
            ),
            case("declaration removed", "DELETE FROM declarations WHERE request_id = 'declare-1'", &both),
            case(
                "declaration added",
                add(declared),
                &[("declarations", "declare-9"), ("payments", declared)],
            ),
            case("declaration added to no payment", add("P-NONE"), &[("declarations", "declare-9")]),
            case(
                "declared sum changed",
                set("payments", "payment_id", declared, "declared_minor = 10001"),
                &[("payments", declared)],
            ),
        ]
    }

    pub(super) fn settlements(&self) -> Vec<Case> {
        let id = self.later.settlement.as_str();
        let change = |what: &str| set("settlements", "settlement_id", id, what);
        let own = [("settlements", id)];
        let subject = format!("settlement:{id} entry 1 ");
        let batch = self.batch(&format!("settlement:{id}"), 1);
        let add = format!(
            "CREATE TEMP TABLE forged AS SELECT * FROM settlements WHERE settlement_id = '{id}';
             UPDATE forged SET settlement_id = 'S-FORGED'; INSERT INTO settlements SELECT * FROM forged"
        );
        vec![
            case("fee changed", change("fee_minor = 0"), &[("settlements", id), ("accounts", "fees HKD")]),
            case(
                "payments of a day changed",
                change("credit_minor = 1"),
                &[("settlements", id), ("accounts", "outside:settlement HKD")],
            ),
            case("refunds of a day counted anew", change("debit_count = 7"), &own),
            case("day changed", change("settle_day = '20261121'"), &own),
            case(
                "settlement's chain exchanged",
                change("chain_head = zeroblob(32)"),
                &[("journal", &subject)],
            ),
            case(
                "settlement removed",
                format!("DELETE FROM settlements WHERE settlement_id = '{id}'"),
                &[("journal", &subject), ("request_keys", "20261122 HKD"), ("accounts", "fees HKD")],
            ),
            case("settlement added", add, &[("settlements", "S-FORGED")]),
            case(
                "entry of a settlement removed",
                format!("DELETE FROM journal WHERE subject = 'settlement:{id}'"),
                &[("settlements", id), ("commits", &batch)],
            ),
            case(
                "fee posted elsewhere",
                "UPDATE postings SET account = 'merchant:M9' WHERE account = 'fees'",
                &[("journal", &subject), ("settlements", id), ("accounts", "merchant:M9 HKD")],
            ),
        ]
    }

    pub(super) fn later_request_ids(&self) -> Vec<Case> {
        let (captured, reserved) = (self.later.captured.as_str(), self.later.reserved.as_str());
        let settlement = self.later.settlement.as_str();
        let retarget =
            |id: &str, to: &str| format!("UPDATE request_keys SET target = '{to}' WHERE request_id = '{id}'");
        let remove = |id: &str| format!("DELETE FROM request_keys WHERE request_id = '{id}'");
        let add = |operation: &str, id: &str, to: &str| {
            format!("INSERT INTO request_keys VALUES ('M1', '{operation}', '{id}', '{to}')")
        };
        vec![
            case(
                "capture id retargeted",
                retarget("capture-1", "C-NONE"),
                &[("captures", captured), ("request_keys", "capture-1")],
            ),
            case("capture id removed", remove("capture-1"), &[("captures", captured)]),
            case(
                "capture id added to a capture",
                add("capture", "capture-8", captured),
                &[("request_keys", "capture-8")],
            ),
            case("nonce removed", remove("refund-11"), &[("refunds", reserved)]),
            case(
                "nonce retargeted",
                retarget("refund-11", "R-NONE"),
                &[("refunds", reserved), ("request_keys", "refund-11")],
            ),
            case("day's id removed", remove("20261122 HKD"), &[("settlements", settlement)]),
            case(
                "another day's id added",
                add("settle", "20261120 HKD", settlement),
                &[("request_keys", "20261120 HKD")],
            ),
            case(
                "id of no operation added",
                add("lottery", "one", captured),
                &[("request_keys", "lottery, one")],
            ),
            case(
                "payment's id made a tombstone",
                retarget("sale-1", "cancelled"),
                &[("payments", &self.later.sold)],
            ),
        ]
    }
}

/// Money posted where no payment or settlement put it, in an entry that fits in all else.
pub(super) fn accounts() -> Vec<Case> {
    let forge = |from: &str, to: &str| {
        format!(
            "INSERT INTO postings SELECT commit_id, position, 98, '{from}', 'HKD', -5 FROM journal LIMIT 1;
             INSERT INTO postings SELECT commit_id, position, 99, '{to}', 'HKD', 5 FROM journal LIMIT 1"
        )
    };
    vec![
        case(
            "money moved to another merchant",
            forge("merchant:M1", "merchant:M2"),
            &[("accounts", "merchant:M1 HKD"), ("accounts", "merchant:M2 HKD")],
        ),
        case(
            "money moved from cards into fees",
            forge("outside:cards", "fees"),
            &[("accounts", "outside:cards HKD"), ("accounts", "fees HKD")],
        ),
        case(
            "money moved through an unknown account",
            forge("outside:nowhere", "outside:exchange"),
            &[("accounts", "outside:nowhere HKD"), ("accounts", "outside:exchange HKD")],
        ),
    ]
}
