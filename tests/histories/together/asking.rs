//! From what a move says to a request as a merchant would send it.

use farthing_core::ids::RequestId;
use farthing_core::request::{CaptureMode, CaptureRequest, PaymentName, RefundAmount};
use farthing_core::rows::PaymentState;
use farthing_core::samples;
use farthing_engine::testing::{cashier_request, pay_request, refund_request};

use super::crowd::Crowd;
use super::moves::Call;
use super::wish::{CLIENTS, Wish};
use crate::step::{Act, Course, Later};

/// What an id says after its name, so that a payment goes another way than the rules say.
fn way_of(course: Course) -> String {
    match course {
        Course::Rules => String::new(),
        Course::Later(after_ms) => format!("~PAYMENT_IN_PROCESS,payment:SUCCESS@{after_ms}ms"),
        Course::Never => "~payment:SUCCESS@never".to_owned(),
        Course::Fail => "~USER_BALANCE_NOT_ENOUGH".to_owned(),
        Course::Reversed(after_ms) => format!("~SUCCESS,payment:USER_BALANCE_NOT_ENOUGH@{after_ms}ms"),
    }
}

fn way_of_part(later: Later) -> String {
    match later {
        None => String::new(),
        Some((after_ms, false)) => format!("~transaction:SUCCESS@{after_ms}ms"),
        Some((after_ms, true)) => format!("~transaction:USER_BALANCE_NOT_ENOUGH@{after_ms}ms"),
    }
}

impl Wish {
    /// The same request for one cent more.
    pub(crate) fn ask_for_more(&mut self) {
        match self {
            Self::Pay { request, .. } => request.amount.amount_minor += 1,
            Self::Capture { request, .. } => request.amount.amount_minor += 1,
            Self::Refund { request, amount_minor, .. } => {
                *amount_minor += 1;
                if let RefundAmount::Of(amount) = &mut request.amount {
                    amount.amount_minor += 1;
                }
            }
            other => unreachable!("{other:?} has no id of its own"),
        }
    }
}

impl Crowd<'_> {
    /// What a call asks for; `None` when it is about something of which there is none yet.
    pub(crate) fn wish(&self, call: Call) -> Option<Wish> {
        let payments = self.books.payments.len();
        Some(match call {
            Call::Pay { client, agreement, amount_minor, course } => {
                let client = client % CLIENTS.len();
                // Now and then a merchant uses another one's token.
                let is_own = !agreement.is_multiple_of(8);
                let own = CLIENTS[client].1 * 2 + agreement % 2;
                let agreement = if is_own { own } else { agreement / 8 % self.stand.tokens.len() };
                let id = format!("{}{}", self.fresh_id(client), way_of(course));
                let request = pay_request(&id, amount_minor, &self.stand.tokens[agreement]);
                Wish::Pay { client, request: Box::new(request), agreement: Some(agreement), course }
            }
            Call::PayByCashier { client, amount_minor } => {
                let client = client % CLIENTS.len();
                let request = cashier_request(&self.fresh_id(client), amount_minor);
                Wish::Pay { client, request: Box::new(request), agreement: None, course: Course::Rules }
            }
            Call::PayByCard { client, amount_minor, holds } => {
                let client = client % CLIENTS.len();
                let mut request = cashier_request(&self.fresh_id(client), amount_minor);
                request.method = "CARD".to_owned();
                request.card = Some(samples::card_at_hand().request);
                request.capture = if holds { CaptureMode::Later } else { CaptureMode::AtOnce };
                Wish::Pay { client, request: Box::new(request), agreement: None, course: Course::Rules }
            }
            Call::Capture { payment, part, is_last, later } => {
                let at = self.recent_by_card(payment)?;
                let request = CaptureRequest {
                    request_id: RequestId::new(format!("take-{}{}", self.tasks.len(), way_of_part(later))),
                    payment: PaymentName::Id(self.payment_id(at)),
                    amount: samples::hkd(part.of(self.books.payments[at].amount_minor)),
                    is_last,
                    document: serde_json::json!({}),
                };
                Wish::Capture { client: self.client_of(at), request: Box::new(request), payment: at, later }
            }
            Call::Decide { payment, act } => {
                // Most payments are decided by then; among all of them the few that are not would rarely be met.
                let waits = |at: &usize| self.books.payments[*at].stands.0 == PaymentState::Processing;
                let waiting: Vec<usize> = (0..payments).rev().filter(waits).take(4).collect();
                let at = waiting[payment.checked_rem(waiting.len())?];
                self.decide(at, act)
            }
            Call::Refund { payment, part, later, by_nonce } => {
                let at = self.recent(payment)?;
                let amount_minor = part.of(self.books.payments[at].amount_minor);
                let id = format!("back-{}{}", self.tasks.len(), way_of_part(later));
                let mut request = refund_request(&id, &self.payment_id(at), amount_minor);
                request.is_named_by_nonce = by_nonce;
                let client = self.client_of(at);
                Wish::Refund { client, request: Box::new(request), payment: at, amount_minor, later }
            }
            Call::Cancel { payment, leaves_paid } => {
                let at = self.recent(payment)?;
                let name = PaymentName::Id(self.payment_id(at));
                Wish::Cancel { client: self.client_of(at), payment: Some(at), name, leaves_paid }
            }
            Call::CancelRequest { request } => self.cancel_request(request),
            Call::Inquire { payment } => {
                let at = payment.checked_rem(payments)?;
                let payment_id = self.payment_id(at);
                Wish::Inquire { client: self.client_of(at), payment: at, payment_id }
            }
            Call::Fund { wallet, amount_minor } => {
                let wallet = wallet % self.stand.wallets.len();
                Wish::Fund { wallet, wallet_id: self.stand.wallets[wallet].0.clone(), amount_minor }
            }
            Call::Freeze { wallet, frozen } => {
                let wallet = wallet % self.stand.wallets.len();
                Wish::Freeze { wallet, user_id: self.stand.wallets[wallet].1.clone(), frozen }
            }
            Call::Revoke { agreement } => {
                let agreement = agreement % self.stand.tokens.len();
                let client = if agreement < 2 { 0 } else { 2 };
                Wish::Revoke { client, agreement, token: self.stand.tokens[agreement].clone() }
            }
            Call::MoveClock { by_ms } => Wish::MoveClock { by_ms },
            Call::Background(work) => Wish::Background(work),
        })
    }

    fn decide(&self, at: usize, act: Act) -> Wish {
        let (act, wallet_id) = match act {
            Act::Pay { wallet } => {
                let wallet = wallet % self.stand.wallets.len();
                (Act::Pay { wallet }, Some(self.stand.wallets[wallet].0.clone()))
            }
            other => (other, None),
        };
        let merchant = self.books.payments[at].merchant;
        Wish::Decide { payment: at, act, payment_id: self.payment_id(at), wallet_id, merchant }
    }

    /// One of the last few payments, so that what is asked of them meets.
    fn recent(&self, place: usize) -> Option<usize> {
        let payments = self.books.payments.len();
        let back = place.checked_rem(payments.min(6))?;
        Some(payments - 1 - back)
    }

    /// One of the last few payments by card; now and then whatever payment there is.
    fn recent_by_card(&self, place: usize) -> Option<usize> {
        let is_by_card = |at: &usize| self.books.payments[*at].by_card || place.is_multiple_of(16);
        let recent: Vec<usize> = (0..self.books.payments.len()).rev().filter(is_by_card).take(3).collect();
        Some(recent[place.checked_rem(recent.len())?])
    }

    /// Cancels what was asked for last, seen or not, or an id that nobody has used.
    fn cancel_request(&self, place: usize) -> Wish {
        let pays = self.asked.iter().rev().filter_map(|task| match &self.tasks[*task].wish {
            Wish::Pay { client, request, .. } => Some((*client, request.request_id.clone())),
            _ => None,
        });
        let recent: Vec<_> = pays.take(3).collect();
        let own = || (0, RequestId::new(self.fresh_id(0)));
        let (client, id) = recent.get(place % 4).cloned().unwrap_or_else(own);
        Wish::Cancel { client, payment: None, name: PaymentName::Request(id), leaves_paid: false }
    }

    /// The next id of a merchant. Both merchants count from nought, so that each has the other's ids as well.
    fn fresh_id(&self, client: usize) -> String {
        let merchant = CLIENTS[client].1;
        let is_pay = |task: &&usize| matches!(&self.tasks[**task].wish, Wish::Pay { .. });
        let asked = self.asked.iter().filter(is_pay);
        let count = asked.filter(|task| self.tasks[**task].wish.merchant() == merchant).count();
        format!("order-{count}")
    }

    fn client_of(&self, payment: usize) -> usize {
        let merchant = self.books.payments[payment].merchant;
        if merchant == 1 { 2 } else { payment % 2 }
    }
}
