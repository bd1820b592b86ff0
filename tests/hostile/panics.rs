//! A panic in one request.

use farthing_dialect_alphapay::endpoint::Operation as AlphaOperation;
use farthing_stories::TestGateway;
use serde_json::json;

use crate::tricky_store::{self, PANICS};

/// In every dialect it is told as what it is, something that nobody knows the end of; and the next request, whoever
/// sends it, is answered as ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_told_as_unknown_and_harms_nobody_else() {
    let (gateway, _tricks) = tricky_store::start(Default::default()).await;
    let (shop, legacy, hk, alpha) =
        (gateway.shop(), gateway.legacy_shop(), gateway.hk_shop(), gateway.alpha_shop());
    let id = format!("{PANICS}1");
    for _ in 0..3 {
        for told in [shop.inquire(&id).await.reply, legacy.inquire(&id).await.reply] {
            assert_eq!(told.body["result"]["resultCode"], "UNKNOWN_EXCEPTION");
            assert_eq!(told.body["result"]["resultStatus"], "U");
        }
        let content = hk.content(
            farthing_dialect_alipayhk::endpoint::Operation::PayQuery,
            None,
            &hk.naming("merchantTransId", &id),
        );
        let told =
            hk.call_at(farthing_dialect_alipayhk::endpoint::Operation::PayQuery.path(), &content).await;
        assert_eq!((told.code.as_str(), told.status.as_str()), ("UNKNOWN_EXCEPTION", "U"));
        // AlphaPay has no code of that name; this is its word for the same.
        let told = alpha.call(AlphaOperation::InquiryPayment, &json!({"paymentId": id})).await;
        assert_eq!(told.result(), ("SYSTEM_ERROR", "U"));
        pays(&gateway).await;
    }
    gateway.stop().await;
}

async fn pays(gateway: &TestGateway) {
    let payer = gateway.rich_payer();
    let paid = gateway.shop().pay("order-1", &payer, 100).await.reply;
    assert_eq!(paid.result_code, "SUCCESS");
}
