//! Users and their wallets.

use super::record::record;
use crate::ids::{Digest, UserId, WalletId, WorldId};
use crate::money::{Currency, Money};
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// Whether a user may pay.
    UserStatus {
        /// May pay.
        Active = "active",
        /// Is kept from paying.
        Frozen = "frozen",
        /// Has left; the wallet knows nobody of this name any more.
        Closed = "closed",
    }
}

word_column! {
    /// How well a user is known.
    KycLevel {
        /// Not at all: may not pay.
        None = "none",
        /// A little: may pay up to the wallet's `basic_amount_max_minor`.
        Basic = "basic",
        /// Well.
        Full = "full",
    }
}

record! {
    /// A user.
    User, "users", key 1 {
        /// The id.
        user_id: UserId,
        /// The world the user lives in.
        world_id: WorldId,
        /// What the user logs in with (a phone number, a mail address); shown masked only.
        login_id: String,
        /// Whether the user may pay.
        status: UserStatus,
        /// How well the user is known.
        kyc: KycLevel,
        /// Real time of making.
        created_at: Timestamp,
    }
}

record! {
    /// One user's balance in one currency.
    Wallet, "wallets", key 1 {
        /// The id.
        wallet_id: WalletId,
        /// Whose it is.
        user_id: UserId,
        /// The world it lives in.
        world_id: WorldId,
        /// The payment method it is reached by, e.g. `ALIPAY_HK`.
        method: String,
        /// Its currency.
        currency: Currency,
        /// What is in it, smallest units; never below zero.
        balance_minor: i64,
        /// The largest single payment.
        amount_max_minor: Option<i64>,
        /// The largest sum of payments in one day (GMT+8).
        day_amount_max_minor: Option<i64>,
        /// The largest number of payments in one day (GMT+8).
        day_count_max: Option<i64>,
        /// The largest single payment of a user with basic KYC.
        basic_amount_max_minor: Option<i64>,
        /// The day (GMT+8, counted from 1970) that the next two fields are about.
        day: i64,
        /// What was paid on that day, smallest units.
        day_amount_minor: i64,
        /// How many payments were made on that day.
        day_count: i64,
        /// How many entries of the journal are about this wallet itself (funding).
        chain_count: i64,
        /// The hash of the last of them.
        chain_head: Digest,
        /// Real time of making.
        created_at: Timestamp,
    }
}

impl Wallet {
    /// A wallet of `user` with nothing in it and no limits.
    #[must_use]
    pub fn empty(wallet_id: WalletId, user: &User, method: &str, currency: Currency) -> Self {
        Self {
            wallet_id,
            user_id: user.user_id.clone(),
            world_id: user.world_id.clone(),
            method: method.to_owned(),
            currency,
            balance_minor: 0,
            amount_max_minor: None,
            day_amount_max_minor: None,
            day_count_max: None,
            basic_amount_max_minor: None,
            day: 0,
            day_amount_minor: 0,
            day_count: 0,
            chain_count: 0,
            chain_head: Digest::ZERO,
            created_at: user.created_at,
        }
    }

    /// What is in it.
    #[must_use]
    pub fn balance(&self) -> Money {
        Money::new(self.balance_minor, self.currency)
    }

    /// The day (GMT+8) that a payment at `now` counts for.
    ///
    /// Midnight passes while payments are on their way, and one that was asked for before it may reach the wallet after one
    /// that was asked for later. It counts for the day that has begun then; else each such payment would begin the limits of
    /// that day anew. A wallet further ahead than that was used under a clock that was wrong.
    #[must_use]
    pub fn day_of(&self, now: Timestamp) -> i64 {
        let today = now.day_gmt8();
        if self.day == today + 1 { self.day } else { today }
    }

    /// The sum and the number of payments made on the day (GMT+8) that a payment at `now` counts for.
    #[must_use]
    pub fn day_totals(&self, now: Timestamp) -> (i64, i64) {
        if self.day == self.day_of(now) { (self.day_amount_minor, self.day_count) } else { (0, 0) }
    }
}
