//! A card on the command line.

use clap::Args;
use farthing_core::request::Secret;
use farthing_dialect_antom::client::{CardDraft, CardDraftSource};
use serde_json::{Value, json};

use crate::exit::usage;

/// The card that pays.
#[derive(Args, Debug)]
#[command(next_help_heading = "Card")]
pub(crate) struct CardArgs {
    /// Pay with this card; the vendor's test cards are in the docs, any other valid number is taken in a sandbox
    #[arg(long = "card", value_name = "NUMBER", conflicts_with = "card_token")]
    number: Option<String>,
    /// When the card expires
    #[arg(long = "expiry", value_name = "MM/YY", default_value = "12/49", requires = "number")]
    expiry: String,
    /// The card's verification value
    #[arg(long, value_name = "DIGITS", default_value = "123", requires = "number")]
    cvv: String,
    /// Pay with a card that was kept, by its token
    #[arg(long, value_name = "TOKEN")]
    card_token: Option<String>,
    /// Keep the card; its token comes back
    #[arg(long)]
    keep_card: bool,
    /// Send the user through 3-D Secure
    #[arg(long = "3ds")]
    three_ds: bool,
    /// Authorize only; farthing capture takes the money
    #[arg(long)]
    authorize: bool,
}

impl CardArgs {
    /// Whether a card pays.
    pub(super) fn is_given(&self) -> bool {
        self.number.is_some() || self.card_token.is_some()
    }

    /// Whether it is only authorized.
    pub(super) fn is_authorization(&self) -> bool {
        self.authorize
    }

    fn month_and_year(&self) -> anyhow::Result<(&str, &str)> {
        self.expiry.split_once('/').ok_or_else(|| usage("write --expiry as MM/YY, e.g. 12/49"))
    }

    /// The card for Antom; none when none is given.
    ///
    /// # Errors
    /// A wrong usage when the expiry has another form.
    pub(super) fn antom(&self) -> anyhow::Result<Option<CardDraft>> {
        let source = match (&self.number, &self.card_token) {
            (Some(number), _) => {
                let (month, year) = self.month_and_year()?;
                CardDraftSource::Given {
                    number: Secret::new(number.as_str()),
                    cvv: Some(Secret::new(self.cvv.as_str())),
                    expiry_month: month.to_owned(),
                    expiry_year: year.to_owned(),
                }
            }
            (None, Some(token)) => CardDraftSource::Saved(Secret::new(token.as_str())),
            (None, None) => return Ok(None),
        };
        Ok(Some(CardDraft {
            source,
            asks_authentication: self.three_ds,
            is_to_be_saved: self.keep_card,
            customer_id: None,
        }))
    }

    /// The member `card` for AlphaPay; none when none is given.
    ///
    /// # Errors
    /// A wrong usage when the expiry has another form.
    pub(super) fn alphapay(&self) -> anyhow::Result<Option<Value>> {
        let mut card = match (&self.number, &self.card_token) {
            (Some(number), _) => {
                let (month, year) = self.month_and_year()?;
                let number_of =
                    |text: &str| text.parse::<u16>().map_or_else(|_| json!(text), |known| json!(known));
                json!({"info": {
                    "number": number, "cvv": self.cvv, "holder": "A PAYER",
                    "expMonth": number_of(month), "expYear": number_of(year),
                }})
            }
            (None, Some(token)) => json!({"cardId": token}),
            (None, None) => return Ok(None),
        };
        if self.keep_card {
            card["remember"] = json!(true);
            card["customerId"] = json!("customer-1");
            card["email"] = json!("payer@mail.example");
        }
        Ok(Some(card))
    }
}
