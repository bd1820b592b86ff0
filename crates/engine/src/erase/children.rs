//! What belongs to a payment: its refunds, captures, declarations, and the notifications about them.

use farthing_core::ids::MerchantId;
use farthing_core::rows::{
    Capture, Declaration, Delivery, Erasable as _, Payment, PaymentDetails, Record, Refund, Row,
};
use farthing_core::rules::erase_payment::ErasePayment;
use farthing_store::Select;

use super::{Erase, ids_of};
use crate::engine::Engine;
use crate::error::Failure;

/// A payment with what belongs to it.
struct Family<'a> {
    payment: &'a Payment,
    details: Vec<Row>,
    refunds: Vec<Row>,
    captures: Vec<Row>,
    declarations: Vec<Row>,
}

impl Engine {
    pub(super) async fn rules_of_payments(
        &self,
        payments: &[&Payment],
        act_id: &str,
    ) -> Result<Vec<Erase>, Failure> {
        let mut answers =
            self.look(payments.iter().flat_map(|payment| selects_of(payment)).collect()).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let families = payments.iter().map(|payment| Family {
            payment,
            details: next(),
            refunds: next(),
            captures: next(),
            declarations: next(),
        });
        // Most of an older pass is erased already, and not looked at further.
        let families: Vec<Family<'_>> = families.filter(Family::has_something_left).collect();
        let mut rules = Vec::with_capacity(families.len());
        for family in families {
            let told = self
                .look(family.subjects().map(|subject| about(&family.payment.merchant_id, &subject)).collect())
                .await?;
            let delivery_ids = told.iter().flat_map(|rows| ids_of(rows)).collect();
            rules.push(Erase::Payment(ErasePayment {
                merchant_id: family.payment.merchant_id.clone(),
                payment_id: family.payment.payment_id.clone(),
                refund_ids: records::<Refund>(&family.refunds).map(|row| row.refund_id.clone()).collect(),
                capture_ids: records::<Capture>(&family.captures).map(|row| row.capture_id.clone()).collect(),
                declaration_ids: records::<Declaration>(&family.declarations)
                    .map(|row| row.request_id.clone())
                    .collect(),
                delivery_ids,
                act_id: act_id.to_owned(),
                salt: self.ids.salt(),
                moment: self.moment(&family.payment.world_id),
            }));
        }
        Ok(rules)
    }

    pub(super) async fn look(&self, selects: Vec<Select>) -> Result<Vec<Vec<Row>>, Failure> {
        if selects.is_empty() { Ok(Vec::new()) } else { Ok(self.store.read(selects).await?) }
    }
}

impl Family<'_> {
    fn has_something_left(&self) -> bool {
        records::<PaymentDetails>(&self.details).any(|row| !row.is_erased())
            || records::<Refund>(&self.refunds).any(|row| !row.is_erased())
            || records::<Capture>(&self.captures).any(|row| !row.is_erased())
            || records::<Declaration>(&self.declarations).any(|row| !row.is_erased())
    }

    /// What notifications are about.
    fn subjects(&self) -> impl Iterator<Item = String> {
        std::iter::once(self.payment.payment_id.to_string())
            .chain(records::<Refund>(&self.refunds).map(|row| row.refund_id.to_string()))
            .chain(records::<Capture>(&self.captures).map(|row| row.capture_id.to_string()))
    }
}

fn selects_of(payment: &Payment) -> [Select; 4] {
    let of_payment = |table| {
        Select::from(table)
            .equal("merchant_id", &payment.merchant_id)
            .equal("payment_id", &payment.payment_id)
    };
    [
        Select::key(PaymentDetails::key_of(&payment.merchant_id, &payment.payment_id)),
        of_payment(Refund::TABLE),
        of_payment(Capture::TABLE),
        of_payment(Declaration::TABLE),
    ]
}

fn about(merchant_id: &MerchantId, subject: &str) -> Select {
    Select::from(Delivery::TABLE).equal("subject", &subject.to_owned()).equal("merchant_id", merchant_id)
}

fn records<'r, R: Record + 'r>(rows: &'r [Row]) -> impl Iterator<Item = &'r R> {
    rows.iter().filter_map(R::from_row)
}
