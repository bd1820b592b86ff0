//! Money comes into a wallet from outside, or leaves it.

use super::Moment;
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::WalletId;
use crate::journal::{Account, Entry, Event, transfer};
use crate::money::Money;
use crate::reason::{Reason, Refusal};
use crate::rows::{AdminAct, EntryKind, RowKey, Wallet};

/// A funding of a wallet.
#[derive(Clone, Debug)]
pub struct FundWallet {
    /// Which wallet.
    pub wallet_id: WalletId,
    /// How much comes in; negative when money leaves.
    pub amount: Money,
    /// When.
    pub moment: Moment,
    /// Who did it, for the record.
    pub act: AdminAct,
}

impl Rule for FundWallet {
    type Outcome = Wallet;

    fn rows(&self) -> Vec<RowKey> {
        vec![Wallet::key_of(&self.wallet_id)]
    }

    /// Refusals, in order of checking: [`Reason::UserNotFound`] (no such wallet), [`Reason::ParameterIllegal`] (zero,
    /// or out of range), [`Reason::WalletCurrencyDiffers`], [`Reason::BalanceNotEnough`].
    fn decide(&self, rows: &Rows) -> Decision<Wallet> {
        match self.fund(rows) {
            Err(refusal) => Decision::Refused(refusal),
            Ok(mut wallet) => {
                let change = self.record(&mut wallet);
                Decision::Done { change: change.update(wallet.clone()), outcome: wallet }
            }
        }
    }
}

impl FundWallet {
    fn fund(&self, rows: &Rows) -> Result<Wallet, Refusal> {
        let wallet = rows.find::<Wallet>(&Wallet::key_of(&self.wallet_id)).ok_or(Reason::UserNotFound)?;
        if self.amount.amount_minor == 0 {
            return Err(Refusal::new(Reason::ParameterIllegal, "the amount must not be zero"));
        }
        if self.amount.amount_minor == i64::MIN {
            return Err(Refusal::new(Reason::ParameterIllegal, "the amount is out of range"));
        }
        if wallet.currency != self.amount.currency {
            let detail = format!("the wallet holds {}, not {}", wallet.currency, self.amount.currency);
            return Err(Refusal::new(Reason::WalletCurrencyDiffers, detail));
        }
        let sum = wallet.balance().checked_add(self.amount);
        let balance = sum.map_err(|error| Refusal::new(Reason::ParameterIllegal, error.to_string()))?;
        if balance.amount_minor < 0 {
            let detail = format!("the wallet holds {} only", wallet.balance());
            return Err(Refusal::new(Reason::BalanceNotEnough, detail));
        }
        Ok(Wallet { balance_minor: balance.amount_minor, ..wallet.clone() })
    }

    fn record(&self, wallet: &mut Wallet) -> Change {
        let inside = Account::Wallet(wallet.wallet_id.clone());
        let moved = Money::new(self.amount.amount_minor.abs(), self.amount.currency);
        let lines = if self.amount.amount_minor > 0 {
            transfer(moved, &Account::OutsideFunding, &inside)
        } else {
            transfer(moved, &inside, &Account::OutsideFunding)
        };
        let event = Event {
            kind: EntryKind::WalletFunded,
            happened_at: self.moment.now,
            recorded_at: self.moment.real_now,
            lines,
        };
        Change::default().enter(Entry::for_wallet(wallet, event)).insert(self.act.clone())
    }
}
