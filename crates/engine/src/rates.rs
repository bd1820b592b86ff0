//! Exchange rates, as people set them.

use farthing_core::money::Currency;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::{Price, Rate, Record as _};
use farthing_core::rules::configure::Step;

use crate::administer::{Actor, AdminError};
use crate::engine::Engine;
use crate::error::Failure;

impl Engine {
    /// Sets what one unit of a currency is worth in another one, from now on.
    ///
    /// # Errors
    /// [`Reason::ParameterIllegal`] when the price is no positive decimal of at most 18 digits, or the currencies are the
    /// same; failures of the store.
    pub async fn set_rate(
        &self,
        actor: &Actor,
        from: Currency,
        to: Currency,
        price: &str,
    ) -> Result<Rate, AdminError> {
        let illegal =
            |detail: String| AdminError::from(Failure::from(Refusal::new(Reason::ParameterIllegal, detail)));
        if Price::parse(price).is_none() {
            return Err(illegal(format!("price: {price:?} is no positive decimal of at most 18 digits")));
        }
        if from == to {
            return Err(illegal(format!("{from} is always worth itself")));
        }
        let real_now = self.real_now();
        let rate = Rate {
            from_currency: from,
            to_currency: to,
            price: price.to_owned(),
            quote_id: self.ids.number(real_now),
            set_at: real_now,
        };
        let before = self.row::<Rate>(rate.key()).await?;
        let step = Step::Put(rate.clone().into_row());
        let json = |value: &Option<Rate>| serde_json::to_value(value).unwrap_or_default();
        let act =
            self.act(actor, "rate.set", format!("{from}/{to}"), json(&before), json(&Some(rate.clone())));
        self.configure(vec![step], act).await?;
        Ok(rate)
    }
}
