//! Where a user is sent after agreeing to debits.

use farthing_core::request::Secret;
use farthing_core::rows::{Authorization, Dialect};
use farthing_dialect_kit::url_text::append_query;
use farthing_engine::Engine;

/// The merchant's address with the code on it, as the client's dialect spells it.
///
/// Source: ANTOM-FACTS §2.7 (authCode, authState); ALIPAYHK-FACTS §5.1.
pub(crate) fn redirect_url(engine: &Engine, authorization: &Authorization, code: &Secret) -> String {
    let client_id = &authorization.client_id;
    let dialect = engine.known_client(client_id).map_or(Dialect::Antom, |known| known.client.dialect);
    match dialect {
        Dialect::AlipayHk => farthing_dialect_alipayhk::redirect_url(authorization, code, client_id.as_str()),
        Dialect::Antom | Dialect::Alipay | Dialect::AlphaPay => {
            let added = [("authCode", code.reveal()), ("authState", authorization.auth_state.as_str())];
            append_query(&authorization.redirect_url, &added)
        }
    }
}
