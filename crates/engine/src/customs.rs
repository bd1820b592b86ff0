//! Declarations to the customs.

use farthing_core::ids::RequestId;
use farthing_core::reason::{Finality, Reason};
use farthing_core::request::DeclareRequest;
use farthing_core::rows::Declaration;
use farthing_core::rules::declare_customs::DeclareCustoms;
use farthing_store::read_one;

use crate::engine::{Caller, Engine};
use crate::error::Failure;
use crate::ids::hex_lower;
use crate::outcomes::{Directed, hang_up_first};
use crate::sandbox::{CodeTable, Place};

impl Engine {
    /// Declares a part or the whole of a payment.
    ///
    /// # Errors
    /// [`Reason::ParameterIllegal`] (an unknown selector), [`Failure::Told`], those of [`DeclareCustoms`]; store failures.
    pub async fn declare(
        &self,
        caller: &Caller,
        request: DeclareRequest,
        codes: &dyn CodeTable,
    ) -> Result<Directed<Declaration>, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let payment = self.payment_named(merchant_id, &request.payment).await?;
        let script = self.script(caller, &request.request_id, Place::Declare, codes).await?;
        let fault = hang_up_first(script.fault(Place::Declare))?;
        let told = script.answer(Place::Declare);
        if let Some(told) = told.filter(|told| told.reason.finality() == Finality::Final) {
            return Err(Failure::Told(told));
        }
        let payment = payment.ok_or(Reason::PaymentNotFound)?;
        let now = caller.moment.now;
        let rule = DeclareCustoms {
            asker: caller.asker(),
            merchant: caller.merchant.clone(),
            request: self.veiled(request),
            payment_id: payment.payment_id,
            failure: None,
            moment: caller.moment,
            customs_payment_id: self.ids.number(now),
            customs_order_id: self.ids.number(now),
        };
        Ok(Directed { outcome: self.run(rule).await?, told, fault })
    }

    /// With the content as a keyed hash: it holds the numbers of people's papers, of which there are few enough to try
    /// them all against a plain one.
    fn veiled(&self, request: DeclareRequest) -> DeclareRequest {
        let keyed = self.vault.fingerprint("declaration", &request.content);
        DeclareRequest { content: hex_lower(&keyed), document: self.salted(request.document), ..request }
    }

    /// The declarations of these ids, each with the id; `None` where the merchant made none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn inquire_declarations(
        &self,
        caller: &Caller,
        ids: &[RequestId],
    ) -> Result<Vec<(RequestId, Option<Declaration>)>, Failure> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let key = Declaration::key_of(&caller.merchant.merchant_id, id);
            found.push((id.clone(), read_one::<Declaration>(&*self.store, key).await?));
        }
        Ok(found)
    }
}
