//! What a call asks of an engine, and what it is told.

use std::sync::Arc;

use farthing_core::ids::{ClientId, MerchantId, PaymentId, UserId, WalletId};
use farthing_core::money::Money;
use farthing_core::reason::Reason;
use farthing_core::request::{
    AgreementName, CancelOfPaid, CancelOfUnseen, CancelRequest, CaptureRequest, PayRequest, PaymentName,
    RefundRequest, RevokeRequest, Secret,
};
use farthing_core::rows::{CaptureState, PaymentState, RefundState, User, UserStatus};
use farthing_core::rules::move_clock::ClockMove;
use farthing_core::samples;
use farthing_engine::testing::{Codes, actor};
use farthing_engine::{AdminError, Caller, Engine, Failure, StoreError, UserAct, WithDetails};

use super::courier;
use super::desk::Desk;
use super::moves::Work;
use crate::step::{Act, Course, Later};

/// A call as it was asked, with what the model needs to know of it.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    Pay { client: usize, request: Box<PayRequest>, agreement: Option<usize>, course: Course },
    Refund { client: usize, request: Box<RefundRequest>, payment: usize, amount_minor: i64, later: Later },
    Capture { client: usize, request: Box<CaptureRequest>, payment: usize, later: Later },
    Decide { payment: usize, act: Act, payment_id: PaymentId, wallet_id: Option<WalletId>, merchant: usize },
    Cancel { client: usize, payment: Option<usize>, name: PaymentName, leaves_paid: bool },
    Inquire { client: usize, payment: usize, payment_id: PaymentId },
    Fund { wallet: usize, wallet_id: WalletId, amount_minor: i64 },
    Freeze { wallet: usize, user_id: UserId, frozen: bool },
    Revoke { client: usize, agreement: usize, token: Secret },
    MoveClock { by_ms: i64 },
    Background(Work),
}

/// What a call was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    Done,
    /// Where a payment stands.
    Payment {
        id: String,
        state: PaymentState,
        failure: Option<Reason>,
        amount_minor: i64,
        repeated: bool,
    },
    Refund {
        id: String,
        state: RefundState,
        amount_minor: i64,
        repeated: bool,
    },
    Capture {
        id: String,
        state: CaptureState,
        amount_minor: i64,
        repeated: bool,
    },
    /// The request was not seen, and never will be.
    Remembered,
    Refused(Reason),
    /// What happened is not known.
    Unknown,
    /// Our own mistake.
    Broken(String),
}

impl From<Failure> for Told {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) if refusal.reason == Reason::UnknownException => {
                Self::Broken("something is missing that was there".to_owned())
            }
            Failure::Refused(refusal) => Self::Refused(refusal.reason),
            Failure::Store(
                StoreError::Busy { .. } | StoreError::Unavailable { .. } | StoreError::Conflict { .. },
            ) => Self::Unknown,
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<AdminError> for Told {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Failure(failure) => failure.into(),
            unfit => Self::Broken(unfit.to_string()),
        }
    }
}

/// The ids of the clients, and whose each is.
pub(crate) const CLIENTS: [(&str, usize); 3] = [("C1", 0), ("C2", 0), ("C3", 1)];
/// The ids of the merchants.
pub(crate) const MERCHANTS: [&str; 2] = ["M1", "M2"];

impl Wish {
    /// The client that asks; the first where a person or the user does.
    pub(crate) fn client(&self) -> usize {
        match self {
            Self::Pay { client, .. }
            | Self::Refund { client, .. }
            | Self::Capture { client, .. }
            | Self::Cancel { client, .. }
            | Self::Inquire { client, .. }
            | Self::Revoke { client, .. } => *client,
            _ => 0,
        }
    }

    pub(crate) fn merchant(&self) -> usize {
        CLIENTS[self.client()].1
    }
}

/// Who asks, as the process knows it now.
pub(crate) fn caller(engine: &Engine, client: usize) -> Caller {
    let known =
        engine.known_client(&ClientId::new(CLIENTS[client].0)).expect("every process knows the clients");
    engine.caller(known).expect("every process knows the merchants")
}

/// The call itself.
pub(crate) async fn ask(engine: Arc<Engine>, desk: Arc<Desk>, owner: String, wish: Wish) -> Told {
    answer(&engine, &desk, &owner, wish).await.unwrap_or_else(|told| told)
}

async fn answer(engine: &Engine, desk: &Desk, owner: &str, wish: Wish) -> Result<Told, Told> {
    let caller = caller(engine, wish.client());
    match wish {
        Wish::Pay { request, .. } => {
            let paid = engine.pay(&caller, *request, &Codes).await?;
            Ok(told(&paid.payment, paid.repeated))
        }
        Wish::Refund { request, .. } => {
            let made = engine.refund(&caller, *request, &Codes).await?;
            Ok(Told::Refund {
                id: made.refund.refund_id.to_string(),
                state: made.refund.state,
                amount_minor: made.refund.amount_minor,
                repeated: made.repeated,
            })
        }
        Wish::Capture { request, .. } => {
            let made = engine.capture(&caller, *request, &Codes).await?;
            Ok(Told::Capture {
                id: made.capture.capture_id.to_string(),
                state: made.capture.state,
                amount_minor: made.capture.amount_minor,
                repeated: made.repeated,
            })
        }
        Wish::Decide { act, payment_id, wallet_id, merchant, .. } => {
            let act = match act {
                Act::Pay { .. } => UserAct::Pay(wallet_id),
                Act::LeavePending => UserAct::LeavePending,
                Act::Decline => UserAct::Decline,
            };
            let merchant_id = MerchantId::new(MERCHANTS[merchant]);
            Ok(told(&engine.decide_payment(&merchant_id, &payment_id, act).await?, false))
        }
        Wish::Cancel { name, leaves_paid, payment, .. } => {
            let of_paid = if leaves_paid { CancelOfPaid::Refuse } else { CancelOfPaid::GiveBack };
            let of_unseen = if payment.is_some() { CancelOfUnseen::Refuse } else { CancelOfUnseen::Remember };
            let request = CancelRequest { payment: name, of_paid, of_unseen };
            let cancelled = engine.cancel(&caller, &request, &Codes).await?.outcome;
            Ok(cancelled.map_or(Told::Remembered, |payment| told(&payment, false)))
        }
        Wish::Inquire { payment_id, .. } => {
            let name = PaymentName::Id(payment_id);
            let found = engine.inquire_payment(&caller, &name, WithDetails::No, &Codes).await?.outcome;
            Ok(told(&found.payment, false))
        }
        Wish::Revoke { token, .. } => {
            let agreement = AgreementName::AccessToken(token);
            engine.revoke(&caller, &RevokeRequest { agreement }).await?;
            Ok(Told::Done)
        }
        other => by_person(engine, desk, owner, other).await,
    }
}

/// What people want, and what a process does by itself.
async fn by_person(engine: &Engine, desk: &Desk, owner: &str, wish: Wish) -> Result<Told, Told> {
    match wish {
        Wish::Fund { wallet_id, amount_minor, .. } => {
            let amount: Money = samples::hkd(amount_minor);
            engine.fund_wallet(&actor(), &wallet_id, amount).await?;
        }
        Wish::Freeze { user_id, frozen, .. } => {
            let user = engine.user(&user_id).await?;
            let user = user.ok_or_else(|| Told::Broken(format!("user {user_id} is gone")))?;
            let status = if frozen { UserStatus::Frozen } else { UserStatus::Active };
            engine.set_user(&actor(), User { status, ..user }).await?;
        }
        Wish::MoveClock { by_ms } => {
            engine.move_clock(&actor(), &samples::world_id(), ClockMove::Advance { by_ms }).await?;
        }
        Wish::Background(Work::Sweep) => _ = engine.do_what_is_due().await?,
        Wish::Background(Work::Seal) => _ = engine.seal_pending().await?,
        Wish::Background(Work::Refresh) => engine.refresh_directory().await?,
        Wish::Background(Work::Courier { twice }) => courier::round(engine, desk, owner, twice).await?,
        of_merchants => unreachable!("{of_merchants:?} is asked by a merchant"),
    }
    Ok(Told::Done)
}

fn told(payment: &farthing_core::rows::Payment, repeated: bool) -> Told {
    Told::Payment {
        id: payment.payment_id.to_string(),
        state: payment.state,
        failure: payment.failure,
        amount_minor: payment.amount_minor,
        repeated,
    }
}
