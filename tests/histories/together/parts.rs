//! The model of refunds and captures.

use farthing_core::reason::Reason;
use farthing_core::rows::PaymentState::{Cancelled, Failed, Processing, Succeeded};
use farthing_core::time::DAY_MS;

use super::books::{Ask, Books, Part, Said, Target};

const YEAR_MS: i64 = 365 * DAY_MS;

impl Books {
    pub(crate) fn refund(&mut self, ask: &Ask, now_ms: i64) -> Said {
        if let Some(Target::Refund(at)) = self.requests.get(&ask.name) {
            return self.seen_refund(*at, ask);
        }
        let payment = &self.payments[ask.payment];
        let reason = match payment.stand(now_ms) {
            (Cancelled, _) => Reason::PaymentCancelled,
            (Failed, Some(Reason::PaymentClosed)) => Reason::PaymentClosed,
            (Failed | Processing, _) => Reason::PaymentStateInvalid,
            _ if now_ms > payment.paid_ms + YEAR_MS => Reason::RefundWindowExceeded,
            _ if ask.amount_minor > payment.refundable_minor() => Reason::RefundAmountExceeded,
            _ => return self.make_refund(ask),
        };
        Said::Refused(reason)
    }

    pub(crate) fn seen_refund(&self, at: usize, ask: &Ask) -> Said {
        let seen = &self.refunds[at];
        let same = (seen.payment, seen.amount_minor) == (ask.payment, ask.amount_minor);
        if same { Said::SeenRefund(at) } else { Said::Refused(Reason::RepeatInconsistent) }
    }

    fn make_refund(&mut self, ask: &Ask) -> Said {
        match ask.later {
            Some(_) => self.payments[ask.payment].reserved_minor += ask.amount_minor,
            None => self.give_back(ask.payment, ask.amount_minor),
        }
        self.refunds.push(Part::new(ask));
        let at = self.refunds.len() - 1;
        self.requests.insert(ask.name.clone(), Target::Refund(at));
        Said::Refund(at)
    }

    pub(crate) fn capture(&mut self, ask: &Ask, now_ms: i64) -> Said {
        if let Some(Target::Capture(at)) = self.requests.get(&ask.name) {
            return self.seen_capture(*at, ask);
        }
        let payment = &self.payments[ask.payment];
        let left_minor = payment.amount_minor - payment.captured_minor - payment.capturing_minor;
        let reason = match payment.stands.0 {
            Succeeded if payment.is_over(now_ms) => Reason::AuthorizationExpired,
            Cancelled if payment.released => Reason::AuthorizationExpired,
            Cancelled => Reason::AuthorizationCancelled,
            Failed | Processing => Reason::PaymentStateInvalid,
            Succeeded if !payment.holds => Reason::AuthorizationMissing,
            Succeeded if payment.closed => Reason::MultipleCapturesNotSupported,
            Succeeded if ask.amount_minor > left_minor => Reason::CaptureAmountExceeded,
            Succeeded => return self.make_capture(ask),
        };
        Said::Refused(reason)
    }

    pub(crate) fn seen_capture(&self, at: usize, ask: &Ask) -> Said {
        let seen = &self.captures[at];
        let same = (seen.payment, seen.amount_minor) == (ask.payment, ask.amount_minor);
        if same { Said::SeenCapture(at) } else { Said::Refused(Reason::RepeatInconsistent) }
    }

    fn make_capture(&mut self, ask: &Ask) -> Said {
        let payment = &mut self.payments[ask.payment];
        payment.closed = ask.is_last;
        match ask.later {
            Some(_) => payment.capturing_minor += ask.amount_minor,
            None => payment.captured_minor += ask.amount_minor,
        }
        self.captures.push(Part::new(ask));
        let at = self.captures.len() - 1;
        self.requests.insert(ask.name.clone(), Target::Capture(at));
        Said::Capture(at)
    }

    pub(crate) fn complete_capture(&mut self, capture: usize) {
        let Some(fails) = self.captures[capture].open.take() else { return };
        let Part { payment: at, amount_minor, is_last, .. } = self.captures[capture];
        let payment = &mut self.payments[at];
        payment.capturing_minor -= amount_minor;
        if fails || payment.stands.0 != Succeeded {
            payment.closed &= !is_last;
            self.captures[capture].failed = true;
        } else {
            payment.captured_minor += amount_minor;
        }
    }

    pub(crate) fn complete_refund(&mut self, refund: usize) {
        let Some(fails) = self.refunds[refund].open.take() else { return };
        let (at, amount_minor) = (self.refunds[refund].payment, self.refunds[refund].amount_minor);
        self.payments[at].reserved_minor -= amount_minor;
        if fails && self.payments[at].stands.0 == Succeeded {
            self.refunds[refund].failed = true;
        } else {
            self.give_back(at, amount_minor);
        }
    }
}
