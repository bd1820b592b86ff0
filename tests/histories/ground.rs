//! The engine's side of a history: steps become use cases on a store in memory.

use std::sync::Arc;

use farthing_core::ids::{PaymentId, RequestId};
use farthing_core::money::Money;
use farthing_core::reason::Reason;
use farthing_core::request::{
    AgreementName, ApplyTokenRequest, CancelOfPaid, CancelOfUnseen, CancelRequest, CaptureMode,
    CaptureRequest, CardRequest, Grant, PayRequest, PaymentName, RefundAmount, RefundRequest, RevokeRequest,
    Secret,
};
use farthing_core::rows::{PaymentState, RefundState, User, UserStatus};
use farthing_core::rules::move_clock::ClockMove;
use farthing_core::samples;
use farthing_engine::testing::{Card, Codes, Stage, actor, cashier_request, pay_request, refund_request};
use farthing_engine::{AdminError, Failure, UserAct, WithDetails};

use crate::model::Told;
use crate::step::{Act, Counts, Course, Later, Part, Step};
use crate::together::desk::Desk;

/// What the wallets hold at first, cents.
pub(crate) const BALANCES_MINOR: [i64; 2] = [30_000, 8_000];

/// A stage with two wallets, and what was made on it so far, in the order of the model's lists.
pub(crate) struct Ground {
    pub(crate) stage: Stage,
    pub(crate) cards: Vec<Card>,
    tokens: Vec<Secret>,
    pub(crate) payments: Vec<(PayRequest, PaymentId)>,
    refunds: Vec<RefundRequest>,
    capture_count: usize,
    unseen_count: usize,
}

/// How a use case went wrong, as the reason that is told.
struct Refused(Reason);

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self(failure.reason())
    }
}

impl From<AdminError> for Refused {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Failure(failure) => failure.into(),
            unfit => panic!("histories change only what is there: {unfit}"),
        }
    }
}

/// What an id says after its name, so that its refund or capture is decided later.
fn selector_of(later: Later) -> String {
    match later {
        None => String::new(),
        Some((after_ms, false)) => format!("~transaction:SUCCESS@{after_ms}ms"),
        Some((after_ms, true)) => format!("~transaction:USER_BALANCE_NOT_ENOUGH@{after_ms}ms"),
    }
}

impl Ground {
    /// An engine whose ids follow from `seed`.
    pub(crate) async fn new(seed: u64) -> Self {
        let stage = Stage::set(Desk::new(Arc::default()), seed).await;
        let mut cards = Vec::new();
        for (number, balance_minor) in BALANCES_MINOR.into_iter().enumerate() {
            cards.push(stage.add_card(&number.to_string(), balance_minor).await);
        }
        let tokens = cards.iter().map(|card| card.token.clone()).collect();
        Self {
            stage,
            cards,
            tokens,
            payments: Vec::new(),
            refunds: Vec::new(),
            capture_count: 0,
            unseen_count: 0,
        }
    }

    /// How many of each kind there are.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            agreements: self.tokens.len(),
            wallets: self.cards.len(),
            payments: self.payments.len(),
            refunds: self.refunds.len(),
        }
    }

    /// Does what a step says; `until_ms` is what the world's clock shows after it.
    pub(crate) async fn apply(&mut self, step: &Step, until_ms: i64) -> Told {
        self.try_to(step, until_ms).await.unwrap_or_else(|Refused(reason)| Told::Refused(reason))
    }

    async fn try_to(&mut self, step: &Step, until_ms: i64) -> Result<Told, Refused> {
        match *step {
            Step::Pay { agreement, amount_minor, course } => {
                let token = &self.tokens[agreement];
                let request = pay_request(&self.fresh_id(course), amount_minor, token);
                return self.pay(request).await;
            }
            Step::PayByCashier { amount_minor } => {
                let request = cashier_request(&self.fresh_id(Course::Rules), amount_minor);
                return self.pay(request).await;
            }
            Step::PayByCard { amount_minor, holds, asks, course } => {
                let mut request = cashier_request(&self.fresh_id(course), amount_minor);
                let card = samples::card_at_hand().request;
                request.method = "CARD".to_owned();
                request.card = Some(CardRequest { asks_authentication: asks, ..card });
                request.capture = if holds { CaptureMode::Later } else { CaptureMode::AtOnce };
                return self.pay(request).await;
            }
            Step::Decide { payment, act } => return self.decide(payment, act).await,
            Step::Capture { payment, part, is_last, later } => {
                return self.capture(payment, part, is_last, later).await;
            }
            Step::CancelThenPay { agreement, amount_minor } => {
                return self.cancel_then_pay(agreement, amount_minor).await;
            }
            Step::PayAgain { payment, other_amount } => {
                let mut request = self.payments[payment].0.clone();
                request.amount.amount_minor += i64::from(other_amount);
                return self.pay(request).await;
            }
            Step::Refund { payment, part, later } => {
                let (paid, payment_id) = &self.payments[payment];
                let id = format!("back-{}{}", self.refunds.len(), selector_of(later));
                let amount_minor = part.of(paid.amount.amount_minor);
                return self.refund(refund_request(&id, payment_id, amount_minor)).await;
            }
            Step::RefundAgain { refund, other_amount } => {
                let mut request = self.refunds[refund].clone();
                if let (true, RefundAmount::Of(amount)) = (other_amount, &mut request.amount) {
                    amount.amount_minor += 1;
                }
                return self.refund(request).await;
            }
            Step::Cancel { payment } => return self.cancel(payment).await,
            Step::Inquire { payment } => return self.inquire(payment).await,
            Step::Fund { wallet, amount_minor } => self.fund(wallet, amount_minor).await?,
            Step::Freeze { wallet, frozen } => self.freeze(wallet, frozen).await?,
            Step::Revoke { agreement } => {
                let agreement = AgreementName::AccessToken(self.tokens[agreement].clone());
                self.stage.engine.revoke(&self.stage.caller(), &RevokeRequest { agreement }).await?;
            }
            Step::Agree { wallet } => self.agree(wallet).await?,
            Step::Advance { by_ms } => {
                let by = ClockMove::Advance { by_ms };
                self.stage.engine.move_clock(&actor(), &samples::world_id(), by).await?;
            }
            Step::Elapse { .. } | Step::WaitFor { .. } => {
                self.stage.elapse_ms(until_ms - self.stage.now().ms())
            }
            Step::Sweep => {
                self.stage.engine.do_what_is_due().await?;
            }
            Step::Seal => {
                self.stage.engine.seal_pending().await?;
            }
        }
        Ok(Told::Done)
    }

    /// An id that no recorded payment has; one that was refused comes again, because it was not used up.
    fn fresh_id(&self, course: Course) -> String {
        let id = format!("order-{}", self.payments.len());
        match course {
            Course::Rules => id,
            Course::Later(after_ms) => format!("{id}~PAYMENT_IN_PROCESS,payment:SUCCESS@{after_ms}ms"),
            Course::Never => format!("{id}~payment:SUCCESS@never"),
            Course::Fail => format!("{id}~USER_BALANCE_NOT_ENOUGH"),
            Course::Reversed(after_ms) => {
                format!("{id}~SUCCESS,payment:USER_BALANCE_NOT_ENOUGH@{after_ms}ms")
            }
        }
    }

    async fn pay(&mut self, request: PayRequest) -> Result<Told, Refused> {
        let paid = self.stage.engine.pay(&self.stage.caller(), request.clone(), &Codes).await?;
        let result = (paid.payment.state, paid.payment.failure);
        if !paid.repeated {
            self.payments.push((request, paid.payment.payment_id));
        }
        Ok(Told::Payment { result, repeated: paid.repeated })
    }

    async fn refund(&mut self, request: RefundRequest) -> Result<Told, Refused> {
        let refunded = self.stage.engine.refund(&self.stage.caller(), request.clone(), &Codes).await?;
        if !refunded.repeated {
            self.refunds.push(request);
        }
        Ok(Told::Refund { amount_minor: refunded.refund.amount_minor, repeated: refunded.repeated })
    }

    async fn decide(&self, payment: usize, act: Act) -> Result<Told, Refused> {
        let act = match act {
            Act::Pay { wallet } => UserAct::Pay(Some(self.cards[wallet].wallet_id.clone())),
            Act::LeavePending => UserAct::LeavePending,
            Act::Decline => UserAct::Decline,
        };
        let payment_id = &self.payments[payment].1;
        let decided = self.stage.engine.decide_payment(&samples::merchant_id(), payment_id, act).await?;
        Ok(Told::Payment { result: (decided.state, decided.failure), repeated: false })
    }

    async fn capture(
        &mut self,
        payment: usize,
        part: Part,
        is_last: bool,
        later: Later,
    ) -> Result<Told, Refused> {
        let (paid, payment_id) = &self.payments[payment];
        let amount_minor = part.of(paid.amount.amount_minor);
        let request = CaptureRequest {
            request_id: RequestId::new(format!("take-{}{}", self.capture_count, selector_of(later))),
            payment: PaymentName::Id(payment_id.clone()),
            amount: samples::hkd(amount_minor),
            is_last,
            document: serde_json::json!({}),
        };
        let captured = self.stage.engine.capture(&self.stage.caller(), request, &Codes).await?;
        self.capture_count += 1;
        Ok(Told::Capture { amount_minor: captured.capture.amount_minor })
    }

    async fn cancel_then_pay(&mut self, agreement: usize, amount_minor: i64) -> Result<Told, Refused> {
        let id = format!("unseen-{}", self.unseen_count);
        self.unseen_count += 1;
        let request = CancelRequest {
            payment: PaymentName::Request(RequestId::new(id.as_str())),
            of_paid: CancelOfPaid::GiveBack,
            of_unseen: CancelOfUnseen::Remember,
        };
        let cancelled = self.stage.engine.cancel(&self.stage.caller(), &request, &Codes).await?;
        assert!(cancelled.outcome.is_none(), "nobody has seen {id}");
        self.pay(pay_request(&id, amount_minor, &self.tokens[agreement])).await
    }

    async fn cancel(&self, payment: usize) -> Result<Told, Refused> {
        let name = PaymentName::Id(self.payments[payment].1.clone());
        let request = CancelRequest {
            payment: name,
            of_paid: CancelOfPaid::GiveBack,
            of_unseen: CancelOfUnseen::Refuse,
        };
        let cancelled = self.stage.engine.cancel(&self.stage.caller(), &request, &Codes).await?;
        let payment = cancelled.outcome.expect("an unseen payment is refused");
        Ok(Told::Payment { result: (payment.state, payment.failure), repeated: false })
    }

    async fn inquire(&self, payment: usize) -> Result<Told, Refused> {
        let name = PaymentName::Request(self.payments[payment].0.request_id.clone());
        let caller = self.stage.caller();
        let found = self.stage.engine.inquire_payment(&caller, &name, WithDetails::No, &Codes).await?.outcome;
        let made = found.refunds.iter().filter(|refund| refund.state == RefundState::Succeeded);
        let refunded_minor: i64 = made.map(|refund| refund.amount_minor).sum();
        let has_ended = found.payment.state != PaymentState::Succeeded;
        let all_minor = found.payment.refunded_minor;
        assert!(refunded_minor == all_minor || (has_ended && refunded_minor < all_minor), "{found:?}");
        Ok(Told::Payment { result: (found.payment.state, found.payment.failure), repeated: false })
    }

    async fn fund(&self, wallet: usize, amount_minor: i64) -> Result<(), Refused> {
        let card = &self.cards[wallet];
        let amount: Money = samples::hkd(amount_minor);
        self.stage.engine.fund_wallet(&actor(), &card.wallet_id, amount).await?;
        Ok(())
    }

    async fn freeze(&self, wallet: usize, frozen: bool) -> Result<(), Refused> {
        let card = &self.cards[wallet];
        let user = self.stage.engine.user(&card.user_id).await?.expect("users are never removed");
        let status = if frozen { UserStatus::Frozen } else { UserStatus::Active };
        self.stage.engine.set_user(&actor(), User { status, ..user }).await?;
        Ok(())
    }

    /// The whole way from the merchant's wish over the user's consent to fresh tokens.
    async fn agree(&mut self, wallet: usize) -> Result<(), Refused> {
        let card = &self.cards[wallet];
        let (engine, caller) = (&self.stage.engine, self.stage.caller());
        let asked = engine.consult(&caller, samples::consult_request()).await?;
        let (merchant_id, id) = (&asked.merchant_id, &asked.authorization_id);
        let agreed = engine.approve_authorization(merchant_id, id, &card.wallet_id, &card.user_id).await?;
        let grant = Grant::AuthorizationCode(agreed.auth_code);
        let request =
            ApplyTokenRequest { method: samples::METHOD.to_owned(), repeats_are_answered: false, grant };
        self.tokens.push(engine.apply_token(&caller, request).await?.access_token);
        Ok(())
    }
}
