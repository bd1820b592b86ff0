//! Inquiries: what happened to this payment, this refund?

use farthing_core::ids::{
    AuthorizationId, MerchantId, Operation, PaymentId, RefundId, RequestId, UserId, WalletId,
};
use farthing_core::reason::Reason;
use farthing_core::request::{PaymentName, RefundName, Secret};
use farthing_core::rows::{
    Authorization, Capture, Notice, Payment, PaymentDetails, Record, Refund, RequestKey, Row, User, Wallet,
};
use farthing_core::time::Timestamp;
use farthing_store::{Select, StoreError, read_all, read_one};

use crate::engine::{CACHED_REFERENCES_MAX, Caller, Engine};
use crate::error::Failure;
use crate::outcomes::Directed;
use crate::sandbox::{CodeTable, Place};

/// A payer as far as a merchant may see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PayerView {
    /// The kind of wallet, e.g. `ALIPAY_HK`.
    pub wallet: String,
    /// The user's id at the wallet.
    pub user_id: String,
    /// The user's login, masked.
    pub login_masked: String,
}

/// Whether an inquiry also reads what the merchant told about the payment: one more row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WithDetails {
    /// It does.
    Yes,
    /// It does for methods whose result tells of it: cards, and the wallets that SEED-000 names beside them.
    OfResult,
    /// It does not.
    No,
}

impl WithDetails {
    fn are_wanted(self, payment: &Payment) -> bool {
        match self {
            Self::Yes => true,
            Self::OfResult => {
                payment.card.is_some() || matches!(payment.method.as_str(), "GRABPAY_MY" | "GRABPAY_SG")
            }
            Self::No => false,
        }
    }
}

/// A payment with what belongs to it.
#[derive(Debug)]
pub struct InquiredPayment {
    /// The payment as it stands.
    pub payment: Payment,
    /// Its refunds, oldest first.
    pub refunds: Vec<Refund>,
    /// Its captures, oldest first.
    pub captures: Vec<Capture>,
    /// What the merchant told about it; only where that was asked for.
    pub details: Option<PaymentDetails>,
    /// The token of the card that was kept, or used.
    pub card_token: Option<Secret>,
    /// The payer, as far as a merchant may see.
    pub payer: Option<PayerView>,
}

impl Engine {
    /// The payment that the caller's merchant means, with what it told about it where `details` are asked for.
    ///
    /// # Errors
    /// [`Reason::PaymentNotFound`], also for another merchant's payment; [`Failure::HungUp`]; store failures.
    pub async fn inquire_payment(
        &self,
        caller: &Caller,
        name: &PaymentName,
        details: WithDetails,
        codes: &dyn CodeTable,
    ) -> Result<Directed<InquiredPayment>, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let payment = self.payment_named(merchant_id, name).await?.ok_or(Reason::PaymentNotFound)?;
        let places = (Place::Pay, Place::Inquiry);
        let (told, fault) = self.direct(caller, &payment.request_id, places, codes).await?;
        let inquired = self.with_belongings(payment, details, caller.moment.now).await?;
        Ok(Directed { outcome: inquired, told, fault })
    }

    /// A payment as it stands at `now`, with everything that belongs to it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn with_belongings(
        &self,
        payment: Payment,
        details: WithDetails,
        now: Timestamp,
    ) -> Result<InquiredPayment, Failure> {
        // A refund that failed has left no trace on the payment, so it is looked for whenever money was taken.
        let refunds = if payment.captured_minor > 0 { self.refunds_of(&payment).await? } else { Vec::new() };
        let has_captures = payment.auth_expires_at.is_some();
        let captures = if has_captures { self.captures_of(&payment).await? } else { Vec::new() };
        let payer = self.payer_view(&payment).await?;
        let details = if details.are_wanted(&payment) { self.payment_details(&payment).await? } else { None };
        let card_token = self.card_token(&payment).await?;
        Ok(InquiredPayment { payment: payment.as_of(now), refunds, captures, payer, details, card_token })
    }

    /// What the merchant told about a payment.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn payment_details(&self, payment: &Payment) -> Result<Option<PaymentDetails>, Failure> {
        let key = PaymentDetails::key_of(&payment.merchant_id, &payment.payment_id);
        Ok(read_one::<PaymentDetails>(&*self.store, key).await?)
    }

    /// The refund that the caller's merchant means.
    ///
    /// # Errors
    /// [`Reason::RefundNotFound`], also for another merchant's refund; [`Failure::HungUp`]; store failures.
    pub async fn inquire_refund(
        &self,
        caller: &Caller,
        name: &RefundName,
        codes: &dyn CodeTable,
    ) -> Result<Directed<Refund>, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let refund_id = match name {
            RefundName::Id(id) => Some(id.clone()),
            RefundName::Request(request_id) => {
                self.target(merchant_id, Operation::Refund, request_id).await?.map(RefundId::new)
            }
        };
        let refund_id = refund_id.ok_or(Reason::RefundNotFound)?;
        let refund = read_one::<Refund>(&*self.store, Refund::key_of(merchant_id, &refund_id)).await?;
        let refund = refund.ok_or(Reason::RefundNotFound)?;
        let places = (Place::Refund, Place::InquiryRefund);
        let (told, fault) = self.direct(caller, &refund.request_id, places, codes).await?;
        Ok(Directed { outcome: refund, told, fault })
    }

    /// The refunds of a payment, oldest first.
    pub(crate) async fn refunds_of(&self, payment: &Payment) -> Result<Vec<Refund>, StoreError> {
        let select = Select::from(Refund::TABLE)
            .equal("merchant_id", &payment.merchant_id)
            .equal("payment_id", &payment.payment_id);
        let mut refunds = read_all::<Refund>(&*self.store, select).await?;
        refunds.sort_by(|left, right| {
            (left.recorded_at, left.refund_id.as_str()).cmp(&(right.recorded_at, right.refund_id.as_str()))
        });
        Ok(refunds)
    }

    pub(crate) async fn payment_named(
        &self,
        merchant_id: &MerchantId,
        name: &PaymentName,
    ) -> Result<Option<Payment>, StoreError> {
        match name {
            PaymentName::Id(payment_id) => self.payment_by_id(merchant_id, payment_id).await,
            PaymentName::Request(request_id) => self.payment_by_request(merchant_id, request_id).await,
        }
    }

    pub(crate) async fn payment_by_id(
        &self,
        merchant_id: &MerchantId,
        payment_id: &PaymentId,
    ) -> Result<Option<Payment>, StoreError> {
        read_one::<Payment>(&*self.store, Payment::key_of(merchant_id, payment_id)).await
    }

    pub(crate) async fn payment_by_request(
        &self,
        merchant_id: &MerchantId,
        request_id: &RequestId,
    ) -> Result<Option<Payment>, StoreError> {
        match self.target(merchant_id, Operation::Pay, request_id).await? {
            Some(target) if target != RequestKey::TOMBSTONE => {
                self.payment_by_id(merchant_id, &PaymentId::new(target)).await
            }
            _ => Ok(None),
        }
    }

    pub(crate) async fn target(
        &self,
        merchant_id: &MerchantId,
        operation: Operation,
        request_id: &RequestId,
    ) -> Result<Option<String>, StoreError> {
        let key = RequestKey::key_of(merchant_id, operation, request_id);
        Ok(read_one::<RequestKey>(&*self.store, key).await?.map(|found| found.target))
    }

    /// The payer of a payment. A user's id and login never change, so they are kept in memory once read.
    pub(crate) async fn payer_view(&self, payment: &Payment) -> Result<Option<PayerView>, StoreError> {
        let Some(wallet_id) = &payment.wallet_id else { return Ok(None) };
        if let Some(known) = self.payer_views.lock().expect("no holder of this lock panics").get(wallet_id) {
            return Ok(Some(known.clone()));
        }
        let Some(wallet) = read_one::<Wallet>(&*self.store, Wallet::key_of(wallet_id)).await? else {
            return Ok(None);
        };
        self.learn_payer(wallet.wallet_id, wallet.method, &wallet.user_id).await
    }

    /// Reads the user of a wallet of the kind `method`, and keeps the view of it in memory.
    pub(crate) async fn learn_payer(
        &self,
        wallet_id: WalletId,
        method: String,
        user_id: &UserId,
    ) -> Result<Option<PayerView>, StoreError> {
        let Some(user) = read_one::<User>(&*self.store, User::key_of(user_id)).await? else {
            return Ok(None);
        };
        let view = PayerView {
            wallet: method,
            user_id: user.user_id.to_string(),
            login_masked: mask_login(&user.login_id),
        };
        let mut views = self.payer_views.lock().expect("no holder of this lock panics");
        if views.len() >= CACHED_REFERENCES_MAX {
            views.clear();
        }
        views.insert(wallet_id, view.clone());
        Ok(Some(view))
    }

    /// The payer that a notice is about, as far as a merchant may see; `None` where the notice tells of none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn payer_of_notice(&self, notice: &Notice) -> Result<Option<PayerView>, Failure> {
        match notice {
            Notice::PaymentResult { payment } => Ok(self.payer_view(payment).await?),
            Notice::TokenCreated { agreement } => self.agreement_user(agreement).await,
            Notice::RefundResult { .. }
            | Notice::CaptureResult { .. }
            | Notice::AuthCodeCreated { .. }
            | Notice::TokenRevoked { .. } => Ok(None),
        }
    }

    /// A payment as it stands now, for pages.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_payment(
        &self,
        merchant_id: &MerchantId,
        payment_id: &PaymentId,
    ) -> Result<Option<Payment>, Failure> {
        let payment = self.payment_by_id(merchant_id, payment_id).await?;
        Ok(payment.map(|payment| {
            let now = self.moment(&payment.world_id).now;
            payment.as_of(now)
        }))
    }

    /// An authorization, for pages.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_authorization(
        &self,
        merchant_id: &MerchantId,
        authorization_id: &AuthorizationId,
    ) -> Result<Option<Authorization>, Failure> {
        let key = Authorization::key_of(merchant_id, authorization_id);
        Ok(read_one::<Authorization>(&*self.store, key).await?)
    }

    /// Rows of any kind, for pages and lists.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn look_up(&self, selects: Vec<Select>) -> Result<Vec<Vec<Row>>, Failure> {
        Ok(self.store.read(selects).await?)
    }

    /// Rows of one kind, for pages and lists.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list<R: Record>(&self, select: Select) -> Result<Vec<R>, Failure> {
        Ok(read_all::<R>(&*self.store, select).await?)
    }
}

/// How much of a masked login is told, characters.
///
/// Source: SEED-001 (displayCustomerId).
const MASKED_CHARS_MAX: usize = 64;

/// A login with its middle hidden: `al***@mail.example`, `138****0000`. Of a very long one, the first 64 characters of that.
#[must_use]
pub fn mask_login(login: &str) -> String {
    let (name, host) = match login.split_once('@') {
        Some((name, host)) => (name, format!("@{host}")),
        None => (login, String::new()),
    };
    let letters: Vec<char> = name.chars().collect();
    let shown = if letters.len() > 7 { (3, 4) } else { (letters.len().min(2), 0) };
    let head: String = letters[..shown.0].iter().collect();
    let tail: String = letters[letters.len() - shown.1..].iter().collect();
    let hidden = if shown.1 == 0 { "***" } else { "****" };
    format!("{head}{hidden}{tail}{host}").chars().take(MASKED_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::mask_login;

    #[test]
    fn a_login_is_shown_with_its_middle_hidden() {
        assert_eq!(mask_login("13812340000"), "138****0000");
        assert_eq!(mask_login("alice@mail.example"), "al***@mail.example");
        assert_eq!(mask_login("a"), "a***");
        assert_eq!(mask_login(""), "***");
        assert_eq!(mask_login(&format!("alice@{}", "x".repeat(250))), format!("al***@{}", "x".repeat(58)));
    }
}
