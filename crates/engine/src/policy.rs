//! What the operator has settled once for all merchants.

/// What the operator has settled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Whether card numbers may be sent to this gateway. Where they may not, a payment with one is refused with
    /// [`Reason::AccessDenied`](farthing_core::reason::Reason::AccessDenied) before anything of it is kept; kept cards, by
    /// their tokens, are not meant.
    pub accept_card_data: bool,
    /// After how many days what merchants told of people is erased, real time since it was recorded; never when missing.
    pub retention_days: Option<u32>,
}

impl Policy {
    /// A sandbox takes the documentation's test cards; anything else takes none. Nothing is erased by itself.
    #[must_use]
    pub fn for_sandbox(sandbox: bool) -> Self {
        Self { accept_card_data: sandbox, retention_days: None }
    }
}
