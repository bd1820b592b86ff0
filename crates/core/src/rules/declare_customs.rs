//! Declare: a payment is reported to a customs office.

use std::sync::Arc;

use super::Moment;
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{Digest, PaymentId};
use crate::journal::{Detail, Entry, Event, Hasher};
use crate::reason::{Reason, Refusal};
use crate::request::{Asker, DeclareRequest};
use crate::rows::{
    Declaration, DeclarationState, EntryKind, Erasable as _, Merchant, Payment, PaymentState, RowKey,
};

/// The method whose payments are declared, and the currency they are declared in.
///
/// Source: ANTOM-FACTS §2.11.
const METHOD: &str = "ALIPAY_CN";
const CURRENCY: &str = "CNY";

/// A declaration that is asked for, with everything its decision needs besides the rows.
#[derive(Clone, Debug)]
pub struct DeclareCustoms {
    /// Who asks.
    pub asker: Asker,
    /// The merchant, as configured.
    pub merchant: Arc<Merchant>,
    /// What is asked for.
    pub request: DeclareRequest,
    /// The payment that is meant.
    pub payment_id: PaymentId,
    /// Why it fails at the customs, where a sandbox was told so.
    pub failure: Option<Reason>,
    /// When.
    pub moment: Moment,
    /// The number of the payment at the customs, digits.
    pub customs_payment_id: String,
    /// The number of the order at the customs, digits.
    pub customs_order_id: String,
}

impl Rule for DeclareCustoms {
    type Outcome = Declaration;

    fn rows(&self) -> Vec<RowKey> {
        vec![self.declaration_key(), self.payment_key()]
    }

    /// The declaration as it stands; the same request again gives the same.
    ///
    /// Refusals, in order of checking: [`Reason::RepeatInconsistent`], [`Reason::PaymentNotFound`],
    /// [`Reason::PaymentStateInvalid`], [`Reason::ProcessFailed`] (not paid by AlipayCN), [`Reason::CurrencyNotSupported`],
    /// [`Reason::DeclarationAmountExceeded`].
    ///
    /// Source: ANTOM-FACTS §2.11; the order is our own choice.
    fn decide(&self, rows: &Rows) -> Decision<Declaration> {
        if let Some(seen) = rows.find::<Declaration>(&self.declaration_key()) {
            return match self.means_the_same(seen) {
                true => Decision::Replayed(seen.clone()),
                false => Decision::Refused(Reason::RepeatInconsistent.into()),
            };
        }
        self.declare(rows).unwrap_or_else(Decision::Refused)
    }
}

impl DeclareCustoms {
    fn declare(&self, rows: &Rows) -> Result<Decision<Declaration>, Refusal> {
        let payment = rows.find::<Payment>(&self.payment_key()).ok_or(Reason::PaymentNotFound)?;
        let mut payment = payment.clone().as_of(self.moment.now);
        self.check(&payment)?;
        let declaration = self.new_declaration();
        if declaration.state == DeclarationState::Succeeded {
            payment.declared_minor += declaration.amount_minor;
        }
        let event = Event {
            kind: EntryKind::PaymentDeclared,
            happened_at: self.moment.now,
            recorded_at: self.moment.real_now,
            lines: Vec::new(),
        };
        let entry = Entry::for_payment(&mut payment, Some(Detail::Declaration(&declaration)), event);
        let change = Change::default().insert(declaration.clone()).update(payment).enter(entry);
        Ok(Decision::Done { change, outcome: declaration })
    }

    fn check(&self, payment: &Payment) -> Result<(), Refusal> {
        if payment.state != PaymentState::Succeeded {
            return Err(Refusal::new(Reason::PaymentStateInvalid, "only a payment that is paid is declared"));
        }
        if payment.method != METHOD {
            let detail = format!("only payments by {METHOD} are declared, this one is by {}", payment.method);
            return Err(Refusal::new(Reason::ProcessFailed, detail));
        }
        let amount = self.request.amount;
        if amount.currency.code() != CURRENCY || payment.currency != amount.currency {
            let detail = format!("payment and declaration must both be in {CURRENCY}");
            return Err(Refusal::new(Reason::CurrencyNotSupported, detail));
        }
        let left_minor = payment.captured_minor - payment.declared_minor;
        if amount.amount_minor > left_minor {
            let detail = format!("{left_minor} of {} are left", payment.captured_minor);
            return Err(Refusal::new(Reason::DeclarationAmountExceeded, detail));
        }
        Ok(())
    }

    fn new_declaration(&self) -> Declaration {
        let state =
            if self.failure.is_some() { DeclarationState::Failed } else { DeclarationState::Succeeded };
        Declaration {
            merchant_id: self.asker.merchant_id.clone(),
            request_id: self.request.request_id.clone(),
            payment_id: self.payment_id.clone(),
            client_id: self.asker.client_id.clone(),
            world_id: self.merchant.world_id.clone(),
            currency: self.request.amount.currency,
            amount_minor: self.request.amount.amount_minor,
            customs_code: self.request.customs_code.clone(),
            content_digest: self.content_digest(),
            customs_payment_id: self.customs_payment_id.clone(),
            customs_order_id: self.customs_order_id.clone(),
            state,
            failure: self.failure,
            document: self.request.document.to_string(),
            created_at: self.moment.now,
            modified_at: self.moment.now,
            recorded_at: self.moment.real_now,
        }
    }

    /// Of what was erased only the payment and the amount can still be compared.
    fn means_the_same(&self, seen: &Declaration) -> bool {
        let is_same_money = seen.payment_id == self.payment_id && seen.amount() == self.request.amount;
        match seen.is_erased() {
            true => is_same_money,
            false => seen.content_digest == self.content_digest(),
        }
    }

    /// Everything that was declared, and for which payment; a certificate is in it as a digest only.
    fn content_digest(&self) -> Digest {
        let mut hasher = Hasher::new("farthing declaration 1");
        hasher.text(self.payment_id.as_str());
        hasher.text(self.request.amount.currency.code());
        hasher.number(self.request.amount.amount_minor);
        hasher.text(&self.request.content);
        hasher.finish()
    }

    fn declaration_key(&self) -> RowKey {
        Declaration::key_of(&self.asker.merchant_id, &self.request.request_id)
    }

    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.asker.merchant_id, &self.payment_id)
    }
}
