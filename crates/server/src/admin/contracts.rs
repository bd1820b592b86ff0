//! A merchant's contracts as they are asked for. They are shown as the core keeps them.

use std::collections::BTreeMap;

use farthing_core::money::Currency;
use farthing_core::rows::{CancelWindow, Contract, Product, RefundPolicy, RefundWindow};
use serde::Deserialize;

use super::check;
use super::problem::Problem;

/// A contract; whatever is left out is as [`Contract::with_defaults`] has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContractBody {
    product: Product,
    methods: Option<Vec<String>>,
    currencies: Option<Vec<Currency>>,
    amount_max_minor: Option<BTreeMap<Currency, i64>>,
    settlement_currencies: Option<Vec<Currency>>,
    expiry_ms: Option<i64>,
    cancel_window: Option<CancelWindow>,
    refund_window: Option<RefundWindow>,
    refund_policy: Option<RefundPolicy>,
}

/// The contracts asked for; one for every product when nothing is said.
pub(super) fn contracts(bodies: Option<Vec<ContractBody>>) -> Result<Vec<Contract>, Problem> {
    let Some(bodies) = bodies else {
        return Ok(Product::ALL.iter().copied().map(Contract::with_defaults).collect());
    };
    let mut contracts: Vec<Contract> = Vec::new();
    for body in bodies {
        if contracts.iter().any(|earlier| earlier.product == body.product) {
            let why = format!("two contracts for {}; one is taken", body.product.word());
            return Err(Problem::field("contracts", why));
        }
        contracts.push(body.into_contract()?);
    }
    Ok(contracts)
}

impl ContractBody {
    fn into_contract(self) -> Result<Contract, Problem> {
        let defaults = Contract::with_defaults(self.product);
        let contract = Contract {
            product: self.product,
            methods: self.methods.unwrap_or_default(),
            currencies: self.currencies.unwrap_or_default(),
            amount_max_minor: self.amount_max_minor.unwrap_or_default(),
            settlement_currencies: self.settlement_currencies.unwrap_or_default(),
            expiry_ms: self.expiry_ms.unwrap_or(defaults.expiry_ms),
            cancel_window: self.cancel_window.unwrap_or(defaults.cancel_window),
            refund_window: self.refund_window.unwrap_or(defaults.refund_window),
            refund_policy: self.refund_policy.unwrap_or(defaults.refund_policy),
        };
        check_numbers(&contract)?;
        for method in &contract.methods {
            check::id("contracts.methods", method.clone())?;
        }
        Ok(contract)
    }
}

fn check_numbers(contract: &Contract) -> Result<(), Problem> {
    if contract.expiry_ms <= 0 {
        return Err(Problem::field(
            "contracts.expiry_ms",
            format!("{} is not above zero", contract.expiry_ms),
        ));
    }
    for amount in contract.amount_max_minor.values() {
        check::not_negative("contracts.amount_max_minor", Some(*amount))?;
    }
    let cancel_ms = match contract.cancel_window {
        CancelWindow::AfterMidnightMs(after_ms) => after_ms,
        CancelWindow::DurationMs(duration_ms) => duration_ms,
        CancelWindow::UnpaidOnly => 0,
    };
    check::not_negative("contracts.cancel_window", Some(cancel_ms)).map(drop)
}
