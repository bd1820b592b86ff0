//! What all systems of merchants have, whatever they speak.

use farthing_core::ids::{ClientId, MerchantId};

use crate::alpha_shop::AlphaShop;
use crate::hk_shop::HkShop;
use crate::shop::Shop;

/// A system of a merchant.
pub trait System {
    /// Whose it is.
    fn merchant_id(&self) -> &MerchantId;

    /// As whom it speaks.
    fn client_id(&self) -> &ClientId;
}

macro_rules! systems {
    ($($shop:ty)*) => {
        $(
            impl System for $shop {
                fn merchant_id(&self) -> &MerchantId {
                    &self.merchant_id
                }

                fn client_id(&self) -> &ClientId {
                    &self.client_id
                }
            }
        )*
    };
}

systems! { Shop HkShop AlphaShop }
