//! Erase: the data of people is taken out of what users agreed to, of users, and of acts that told of them. None of it
//! is in the journal.

use super::erase_payment::{ErasedRows, ErasureOutcome, Needed};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{DeliveryId, Digest};
use crate::rows::{
    AdminAct, Agreement, AgreementState, Authorization, AuthorizationState, Delivery, DeliveryState, Record,
    Row, RowKey, Table, User, UserStatus,
};
use crate::time::Timestamp;

/// A row about a person whose data is to be erased.
#[derive(Clone, Debug)]
pub struct ErasePerson {
    /// An authorization, an agreement, a user or an act.
    pub key: RowKey,
    /// The notifications about it.
    pub delivery_ids: Vec<DeliveryId>,
    /// The act that erases; it is kept before.
    pub act_id: String,
    /// World time.
    pub now: Timestamp,
}

impl Rule for ErasePerson {
    type Outcome = ErasureOutcome;

    fn rows(&self) -> Vec<RowKey> {
        std::iter::once(self.key.clone()).chain(self.delivery_ids.iter().map(Delivery::key_of)).collect()
    }

    /// Nothing is erased of an authorization that may still be used, of an agreement that holds, of a user who has not
    /// left, or while the merchant is still to be told.
    fn decide(&self, rows: &Rows) -> Decision<ErasureOutcome> {
        let decided = match self.key.table {
            Table::Authorization => self.of_authorization(rows),
            Table::Agreement => self.of_agreement(rows),
            Table::User => self.of_user(rows),
            Table::AdminAct => self.of_act(rows),
            other => panic!("{other:?} is not erased by itself"),
        };
        let (left, mut done) = match decided {
            Ok(decided) => decided,
            Err(outcome) => return Decision::Replayed(outcome),
        };
        let deliveries: Vec<&Delivery> =
            self.delivery_ids.iter().filter_map(|id| rows.find(&Delivery::key_of(id))).collect();
        if deliveries.iter().any(|delivery| delivery.state == DeliveryState::Pending) {
            return Decision::Replayed(ErasureOutcome::StillNeeded(Needed::IsTold));
        }
        let mut change = Change::default();
        change.writes.push(crate::decision::Write::Update(left));
        for delivery in deliveries {
            change = change.update(delivery.clone().without_people(Digest::ZERO, &self.act_id));
            done.deliveries += 1;
        }
        Decision::Done { change, outcome: ErasureOutcome::Erased(done) }
    }
}

/// What is left of the row, and how it is counted; or why nothing is to be written.
type Decided = Result<(Row, ErasedRows), ErasureOutcome>;

impl ErasePerson {
    fn found<'r, R: Record>(&self, rows: &'r Rows) -> Result<&'r R, ErasureOutcome> {
        rows.find::<R>(&self.key).ok_or(ErasureOutcome::Missing)
    }

    fn of_authorization(&self, rows: &Rows) -> Decided {
        let found = self.found::<Authorization>(rows)?;
        let may_be_used = match found.state {
            AuthorizationState::Used | AuthorizationState::Declined => false,
            AuthorizationState::Approved => found.code_expires_at.is_some_and(|until| self.now < until),
            AuthorizationState::Pending => true,
        };
        let counted = ErasedRows { authorizations: 1, ..ErasedRows::default() };
        left(found.is_erased(), may_be_used, found.clone().erased(&self.act_id), counted)
    }

    fn of_agreement(&self, rows: &Rows) -> Decided {
        let found = self.found::<Agreement>(rows)?;
        let left_over = found.clone().without_people();
        let counted = ErasedRows { agreements: 1, ..ErasedRows::default() };
        left(left_over == *found, found.state == AgreementState::Active, left_over, counted)
    }

    fn of_user(&self, rows: &Rows) -> Decided {
        let found = self.found::<User>(rows)?;
        let left_over = found.clone().without_people();
        let counted = ErasedRows { users: 1, ..ErasedRows::default() };
        left(left_over == *found, found.status != UserStatus::Closed, left_over, counted)
    }

    fn of_act(&self, rows: &Rows) -> Decided {
        let found = self.found::<AdminAct>(rows)?;
        let left_over = found.clone().without_people();
        let counted = ErasedRows { acts: 1, ..ErasedRows::default() };
        left(left_over == *found, false, left_over, counted)
    }
}

fn left(is_erased: bool, is_needed: bool, left: impl Record, counted: ErasedRows) -> Decided {
    if is_erased {
        Err(ErasureOutcome::NothingLeft)
    } else if is_needed {
        Err(ErasureOutcome::StillNeeded(Needed::IsOpen))
    } else {
        Ok((left.into_row(), counted))
    }
}
