//! The payer's side of a payment: may this user pay this amount from this wallet now, and the taking of the money.

use crate::journal::{Account, Line, transfer};
use crate::money::Money;
use crate::reason::{Reason, Refusal};
use crate::rows::{Contract, KycLevel, Payment, PaymentState, User, UserStatus, Wallet};
use crate::time::Timestamp;

/// Whether `user` may pay `amount` out of `wallet` at `now`.
///
/// # Errors
/// In order of checking: [`Reason::UserNotFound`], [`Reason::UserStatusAbnormal`], [`Reason::UserKycNotQualified`],
/// [`Reason::WalletCurrencyDiffers`], [`Reason::UserAmountExceedsLimit`], [`Reason::PaymentCountExceedsLimit`],
/// [`Reason::BalanceNotEnough`].
///
/// Source: SEED-002 names the codes; their order is our own choice: who, what kind of money, how much, is it there.
pub(crate) fn check_payer(
    user: Option<&User>,
    wallet: Option<&Wallet>,
    amount: Money,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (Some(user), Some(wallet)) = (user, wallet) else { return Err(Reason::UserNotFound.into()) };
    check_user(user, wallet, amount)?;
    if wallet.currency != amount.currency {
        let detail = format!("the wallet holds {}, the payment is in {}", wallet.currency, amount.currency);
        return Err(Refusal::new(Reason::WalletCurrencyDiffers, detail));
    }
    check_limits(wallet, amount, now)?;
    if wallet.balance_minor < amount.amount_minor {
        return Err(Refusal::new(
            Reason::BalanceNotEnough,
            format!("{amount} is more than the wallet holds"),
        ));
    }
    Ok(())
}

fn check_user(user: &User, wallet: &Wallet, amount: Money) -> Result<(), Refusal> {
    match user.status {
        UserStatus::Active => {}
        UserStatus::Frozen => return Err(Reason::UserStatusAbnormal.into()),
        UserStatus::Closed => return Err(Reason::UserNotFound.into()),
    }
    let above_basic = wallet.basic_amount_max_minor.is_some_and(|max| amount.amount_minor > max);
    match user.kyc {
        KycLevel::Full => Ok(()),
        KycLevel::Basic if !above_basic => Ok(()),
        KycLevel::Basic => Err(Refusal::new(
            Reason::UserKycNotQualified,
            format!("{amount} is above the limit of basic KYC"),
        )),
        KycLevel::None => Err(Reason::UserKycNotQualified.into()),
    }
}

fn check_limits(wallet: &Wallet, amount: Money, now: Timestamp) -> Result<(), Refusal> {
    let (day_amount_minor, day_count) = wallet.day_totals(now);
    let too_much =
        |detail: &str| Err(Refusal::new(Reason::UserAmountExceedsLimit, format!("{amount} {detail}")));
    if wallet.amount_max_minor.is_some_and(|max| amount.amount_minor > max) {
        return too_much("is above the wallet's limit for one payment");
    }
    let above_day =
        |max: i64| i128::from(day_amount_minor) + i128::from(amount.amount_minor) > i128::from(max);
    if wallet.day_amount_max_minor.is_some_and(above_day) {
        return too_much("with the other payments of today is above the wallet's limit for one day");
    }
    if wallet.day_count_max.is_some_and(|max| day_count >= max) {
        let detail = format!("the wallet has made its {day_count} payments of today");
        return Err(Refusal::new(Reason::PaymentCountExceedsLimit, detail));
    }
    Ok(())
}

/// Takes `amount`, which was checked, out of the wallet and counts it for today.
pub(crate) fn debit(wallet: &mut Wallet, amount: Money, now: Timestamp) {
    let (day_amount_minor, day_count) = wallet.day_totals(now);
    wallet.balance_minor -= amount.amount_minor;
    assert!(wallet.balance_minor >= 0, "a debit is checked before it is made");
    wallet.day = wallet.day_of(now);
    wallet.day_amount_minor = day_amount_minor.saturating_add(amount.amount_minor);
    wallet.day_count = day_count + 1;
}

/// Puts what was taken back into the wallet.
///
/// # Errors
/// [`Reason::ProcessFailed`] when the balance would leave the range of 64 bits.
pub(crate) fn credit(wallet: &mut Wallet, amount: Money) -> Result<(), Refusal> {
    let sum = wallet.balance().checked_add(amount);
    wallet.balance_minor =
        sum.map_err(|error| Refusal::new(Reason::ProcessFailed, error.to_string()))?.amount_minor;
    Ok(())
}

/// Makes the payment a paid one and fixes its windows.
///
/// Source: SEED-000, SEED-002: paymentTime starts the cancellable and the refundable time.
pub(crate) fn mark_paid(payment: &mut Payment, contract: &Contract, paid_at: Timestamp) {
    payment.state = PaymentState::Succeeded;
    payment.user_done = false;
    payment.captured_minor = payment.amount_minor;
    payment.paid_at = Some(paid_at);
    payment.cancel_until = contract.cancel_window.end(paid_at);
    payment.refund_until = Some(contract.refund_window.end(paid_at));
}

/// Makes the payment a failed one.
pub(crate) fn mark_failed(payment: &mut Payment, reason: Reason, at: Timestamp) {
    payment.state = PaymentState::Failed;
    payment.user_done = false;
    payment.failure = Some(reason);
    payment.ended_at = Some(at);
}

/// The postings that bring a payment's money from the wallet to the merchant.
pub(crate) fn payment_lines(payment: &Payment, wallet: &Wallet) -> Vec<Line> {
    transfer(payment.amount(), &wallet_account(wallet), &Account::Merchant(payment.merchant_id.clone()))
}

/// The postings that bring `amount` of a payment back from the merchant to the wallet.
pub(crate) fn return_lines(payment: &Payment, wallet: &Wallet, amount: Money) -> Vec<Line> {
    transfer(amount, &Account::Merchant(payment.merchant_id.clone()), &wallet_account(wallet))
}

fn wallet_account(wallet: &Wallet) -> Account {
    Account::Wallet(wallet.wallet_id.clone())
}
