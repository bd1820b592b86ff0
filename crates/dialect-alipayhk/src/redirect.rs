//! The way back of a user who agreed.

use farthing_core::request::Secret;
use farthing_core::rows::Authorization;
use farthing_dialect_kit::url_text::append_query;

/// The address to which a user who agreed is sent, with the code.
///
/// The code stands there under two names, because the sources use both. A `state` that the merchant did not give is
/// left out.
///
/// Source: ALIPAYHK-FACTS §5.1; that `client_id` is the id of the client is our decision.
#[must_use]
pub fn redirect_url(authorization: &Authorization, code: &Secret, client_id: &str) -> String {
    let state = Some(authorization.auth_state.as_str()).filter(|state| !state.is_empty());
    let parameters = [
        ("auth_code", Some(code.reveal())),
        ("authCode", Some(code.reveal())),
        ("auth_site", Some(authorization.method.as_str())),
        ("state", state),
        ("merchantAgreementId", authorization.merchant_agreement_id.as_deref()),
        ("client_id", Some(client_id)),
    ];
    let given: Vec<(&str, &str)> =
        parameters.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
    append_query(&authorization.redirect_url, &given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::authorization;

    /// Proves: ALIPAYHK-FACTS §5.1, the parameters of the redirect, each escaped, after what the address has already.
    #[test]
    fn the_user_comes_back_with_the_code() {
        let code = Secret::new("c&1");
        let url = redirect_url(&authorization(), &code, "4Q5XPV504B0A5302");
        assert_eq!(
            url,
            "https://shop.test/back?a=b&auth_code=c%261&authCode=c%261&auth_site=ALIPAY_HK&state=state%201\
             &merchantAgreementId=a3419524e24941a6ba0a9c659f78752c&client_id=4Q5XPV504B0A5302"
        );
        let bare =
            Authorization { auth_state: String::new(), merchant_agreement_id: None, ..authorization() };
        let url = redirect_url(&bare, &code, "C");
        assert_eq!(
            url,
            "https://shop.test/back?a=b&auth_code=c%261&authCode=c%261&auth_site=ALIPAY_HK&client_id=C"
        );
    }
}
