//! Codes and tokens: turned in, refreshed, taken back.

use super::{Step, pick, split, step, walk};
use crate::decision::{Decision, Rule};
use crate::ids::{AgreementId, AuthorizationId, DeliveryId};
use crate::reason::Reason;
use crate::rows::{
    Agreement, AgreementState, Authorization, AuthorizationState, Delivery, Notice, Record, SecretKind,
    SecretRef,
};
use crate::rules::exchange_auth_code::{
    ACCESS_TOKEN_LIFETIME_MS, ExchangeAuthCode, REFRESH_TOKEN_LIFETIME_MS,
};
use crate::rules::refresh_token::RefreshToken;
use crate::rules::revoke_agreement::RevokeAgreement;
use crate::samples::{
    METHOD, Shelf, access_fingerprint, agreement, agreement_id, approved_authorization, authorization,
    authorization_id, code_fingerprint, done, exchange_auth_code, fingerprint, merchant_id, moment, noon,
    pay, refresh_fingerprint, refresh_token, refused, revoke_agreement, token_pair,
};
use crate::time::{MINUTE_MS, Timestamp};

struct Situation<R> {
    rule: R,
    shelf: Shelf,
}

impl<R> Situation<R> {
    fn put(&mut self, record: impl Record) {
        self.shelf = std::mem::take(&mut self.shelf).with(record);
    }
}

fn judge<R: Rule>(situation: &Situation<R>) -> Option<Reason> {
    match situation.shelf.decide(&situation.rule) {
        Decision::Refused(refusal) => Some(refusal.reason),
        _ => None,
    }
}

fn code_end() -> Timestamp {
    approved_authorization().code_expires_at.unwrap()
}

/// Proves the order of the checks of a code that is turned in.
#[test]
fn each_mend_of_an_exchange_brings_up_the_next_check() {
    use Reason::*;
    let rule = ExchangeAuthCode {
        authorization_id: AuthorizationId::new("none"),
        code_fingerprint: fingerprint(1),
        method: "DANA".to_owned(),
        ..exchange_auth_code(code_end())
    };
    let used = Authorization { state: AuthorizationState::Used, ..approved_authorization() };
    let steps: Vec<Step<Situation<ExchangeAuthCode>>> = vec![
        step("there is no such authorization", AuthCodeUnknown, |s| {
            s.rule.authorization_id = authorization_id();
        }),
        step("it has another code", AuthCodeUnknown, |s| s.rule.code_fingerprint = code_fingerprint()),
        step("the code was used", AuthCodeUsed, |s| s.put(approved_authorization())),
        step("the code expires this very millisecond", AuthCodeExpired, |s| {
            s.rule.moment = moment(code_end().plus_ms(-1));
        }),
        step("the code is for another kind of wallet", ContractMismatch, |s| {
            s.rule.method = METHOD.to_owned()
        }),
    ];
    walk(Situation { rule, shelf: Shelf::default().with(used) }, steps, judge);
}

/// Proves that nobody's code is taken for an authorization that has none: pending and declined ones.
#[test]
fn an_authorization_without_consent_has_no_code() {
    for state in [AuthorizationState::Pending, AuthorizationState::Declined] {
        let shelf = Shelf::default().with(Authorization { state, ..authorization() });
        assert_eq!(refused(shelf.decide(&exchange_auth_code(noon()))).reason, Reason::AuthCodeUnknown);
    }
}

fn references(agreement: &Agreement) -> [SecretRef; 2] {
    let reference = |kind, fingerprint| SecretRef {
        merchant_id: merchant_id(),
        fingerprint,
        kind,
        target: agreement.agreement_id.to_string(),
    };
    [
        reference(SecretKind::AccessToken, agreement.access_fingerprint),
        reference(SecretKind::RefreshToken, agreement.refresh_fingerprint),
    ]
}

/// Proves what a code turns into: an agreement with tokens that are found by their hashes; the code is used up.
#[test]
fn a_code_becomes_an_agreement_once() {
    let mut shelf = Shelf::stocked().with(approved_authorization());
    let now = noon().plus_ms(MINUTE_MS);
    let (change, made) = done(shelf.decide(&exchange_auth_code(now)));
    let blank = Agreement {
        agreement_id: AgreementId::new("A2"),
        created_at: now,
        recorded_at: moment(now).real_now,
        ..agreement()
    };
    assert_eq!(made, token_pair(0xd1).put_into(blank, now));
    assert_eq!(made.access_expires_at, now.plus_ms(ACCESS_TOKEN_LIFETIME_MS));
    assert_eq!(made.refresh_expires_at, now.plus_ms(REFRESH_TOKEN_LIFETIME_MS));
    let used = Authorization {
        state: AuthorizationState::Used,
        agreement_id: Some(made.agreement_id.clone()),
        ..approved_authorization()
    };
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!(told.notice.0, Notice::TokenCreated { agreement: Box::new(made.clone()) });
    assert_eq!(told.delivery_id, DeliveryId::new("D5"));
    let [access, refresh] = references(&made);
    let (inserts, updates) = split(&change.writes);
    assert_eq!(inserts, [made.into_row(), told.into_row(), access.into_row(), refresh.into_row()]);
    assert_eq!(updates, [used.into_row()]);
    shelf.run(&exchange_auth_code(now)).unwrap();
    assert_eq!(refused(shelf.decide(&exchange_auth_code(now))).reason, Reason::AuthCodeUsed);
}

/// Proves the order of the checks of a refresh token that is turned in.
#[test]
fn each_mend_of_a_refresh_brings_up_the_next_check() {
    use Reason::*;
    let end = agreement().refresh_expires_at;
    let rule = RefreshToken {
        agreement_id: AgreementId::new("none"),
        refresh_fingerprint: fingerprint(1),
        method: "DANA".to_owned(),
        ..refresh_token(end)
    };
    let revoked = Agreement { state: AgreementState::Revoked, ..agreement() };
    let steps: Vec<Step<Situation<RefreshToken>>> = vec![
        step("there is no such agreement", RefreshTokenUnknown, |s| s.rule.agreement_id = agreement_id()),
        step("it was revoked", RefreshTokenUnknown, |s| s.put(agreement())),
        step("the token was used", RefreshTokenUsed, |s| s.rule.refresh_fingerprint = refresh_fingerprint()),
        step("the token expires this very millisecond", RefreshTokenExpired, |s| {
            s.rule.moment = moment(agreement().refresh_expires_at.plus_ms(-1));
        }),
        step("the token is for another kind of wallet", ContractMismatch, |s| {
            s.rule.method = METHOD.to_owned()
        }),
    ];
    walk(Situation { rule, shelf: Shelf::default().with(revoked) }, steps, judge);
}

/// Proves that a refresh puts new tokens in place of the old, which stop counting; who agreed to what stays.
#[test]
fn a_refresh_replaces_both_tokens() {
    let mut shelf = Shelf::stocked();
    let (change, refreshed) = done(shelf.decide(&refresh_token(noon())));
    assert_eq!(refreshed, token_pair(0xe1).put_into(agreement(), noon()));
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!(told.notice.0, Notice::TokenCreated { agreement: Box::new(refreshed.clone()) });
    let [access, refresh] = references(&refreshed);
    let (inserts, updates) = split(&change.writes);
    assert_eq!(inserts, [told.into_row(), access.into_row(), refresh.into_row()]);
    assert_eq!(updates, [refreshed.into_row()]);
    shelf.run(&refresh_token(noon())).unwrap();
    assert_eq!(refused(shelf.decide(&refresh_token(noon()))).reason, Reason::RefreshTokenUsed);
    assert_eq!(refused(shelf.decide(&pay())).reason, Reason::AccessTokenInvalid, "the old access token");
    let mut with_new = pay();
    with_new.payer_fingerprint = Some(token_pair(0xe1).access_fingerprint);
    done(shelf.decide(&with_new));
}

/// Proves the order of the checks of a revocation by token; all of them say the same, for the token is all it has.
#[test]
fn each_mend_of_a_revocation_brings_up_the_next_check() {
    use Reason::AccessTokenInvalid;
    let rule = RevokeAgreement {
        agreement_id: AgreementId::new("none"),
        access_fingerprint: Some(refresh_fingerprint()),
        ..revoke_agreement(agreement().access_expires_at)
    };
    let revoked = Agreement { state: AgreementState::Revoked, ..agreement() };
    let steps: Vec<Step<Situation<RevokeAgreement>>> = vec![
        step("there is no such agreement", AccessTokenInvalid, |s| s.rule.agreement_id = agreement_id()),
        step("it was revoked before", AccessTokenInvalid, |s| s.put(agreement())),
        step("the token is not its access token", AccessTokenInvalid, |s| {
            s.rule.access_fingerprint = Some(access_fingerprint());
        }),
        step("the token expires this very millisecond", AccessTokenInvalid, |s| {
            s.rule.moment = moment(agreement().access_expires_at.plus_ms(-1));
        }),
    ];
    walk(Situation { rule, shelf: Shelf::default().with(revoked) }, steps, judge);
}

/// Proves that a revocation ends the agreement, tells the merchant, and lets no later payment through.
#[test]
fn a_revoked_agreement_pays_no_more() {
    let mut shelf = Shelf::stocked();
    let (change, outcome) = done(shelf.decide(&revoke_agreement(noon())));
    let revoked = Agreement { state: AgreementState::Revoked, revoked_at: Some(noon()), ..agreement() };
    assert_eq!(outcome, revoked);
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!(told.notice.0, Notice::TokenRevoked { agreement: Box::new(revoked.clone()), why: None });
    assert_eq!(split(&change.writes), (vec![told.into_row()], vec![revoked.into_row()]));
    shelf.run(&revoke_agreement(noon())).unwrap();
    assert_eq!(refused(shelf.decide(&pay())).reason, Reason::AccessTokenInvalid);
    assert_eq!(refused(shelf.decide(&revoke_agreement(noon()))).reason, Reason::AccessTokenInvalid);
    assert_eq!(refused(shelf.decide(&refresh_token(noon()))).reason, Reason::RefreshTokenUnknown);
}

/// Proves that a user needs no token, may come after it expired, and may say why.
#[test]
fn a_user_takes_an_agreement_back_without_a_token() {
    let late = agreement().access_expires_at.plus_ms(MINUTE_MS);
    let why = Some("no longer a customer".to_owned());
    let by_user = RevokeAgreement { access_fingerprint: None, why: why.clone(), ..revoke_agreement(late) };
    let mut shelf = Shelf::stocked();
    let (change, _) = done(shelf.decide(&by_user));
    let told: Delivery = pick(&change.writes).unwrap();
    assert!(matches!(told.notice.0, Notice::TokenRevoked { why: said, .. } if said == why));
    shelf.run(&by_user).unwrap();
    assert_eq!(refused(shelf.decide(&by_user)).reason, Reason::AccessTokenInvalid);
}
