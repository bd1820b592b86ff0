//! People of the admin side: what lets them in, and what ends it.

use serde_json::{Value, json};

use super::split;
use crate::ids::Digest;
use crate::reason::Reason;
use crate::rows::{AdminAct, AdminToken, Json, Person, Proposal, ProposalState, Record, Role};
use crate::rules::change_person::ChangePerson;
use crate::rules::confirm::{Confirmation, Confirmed, DeclineProposal};
use crate::rules::fund_wallet::FundWallet;
use crate::rules::log_in::{LogIn, LogOut};
use crate::rules::recorded::Recorded;
use crate::rules::use_admin_token::UseAdminToken;
use crate::samples::{
    BALANCE_MINOR, Shelf, admin_act, admin_token, authorization, decline, done, fund_wallet, hkd, moment,
    noon, person, person_id, proposal, refused, replayed,
};
use crate::time::{DAY_MS, HOUR_MS, Timestamp};

fn later(by_ms: i64) -> Timestamp {
    moment(noon()).real_now.plus_ms(by_ms)
}

fn removal() -> ChangePerson {
    ChangePerson {
        person_id: person_id(),
        role: None,
        password: None,
        token: None,
        is_removed: true,
        real_now: later(5),
        act: admin_act("act-2"),
    }
}

fn log_in() -> LogIn {
    let session = AdminToken { token_digest: Digest([0xd2; 32]), ..admin_token() };
    LogIn { session, instead_of: None, act: admin_act("act-2") }
}

/// Proves that a role includes those below it and none above.
#[test]
fn a_role_includes_those_below_it() {
    let included = |role: Role| Role::ALL.iter().filter(move |least| role.includes(**least)).count();
    assert_eq!([Role::Viewer, Role::Operator, Role::Admin].map(included), [1, 2, 3]);
    assert!(Role::Operator.includes(Role::Viewer) && !Role::Operator.includes(Role::Admin));
}

/// Proves each reason for which a token does not count, alone.
#[test]
fn a_token_counts_until_any_one_thing_ends_it() {
    let (token, person) = (admin_token(), person());
    let idle_ms = Some(HOUR_MS);
    assert!(token.counts(&person, idle_ms, later(HOUR_MS - 1)));
    assert!(!token.counts(&person, idle_ms, later(HOUR_MS)), "it lay idle");
    assert!(token.counts(&person, None, later(12 * HOUR_MS - 1)), "what may lie idle does not end by it");
    assert!(!token.counts(&person, None, later(12 * HOUR_MS)), "its time is over");
    let no_more = [
        (AdminToken { ended_at: Some(later(0)), ..token.clone() }, person.clone()),
        (AdminToken { generation: 0, ..token.clone() }, person.clone()),
        (token.clone(), Person { generation: 2, ..person.clone() }),
        (token.clone(), Person { removed_at: Some(later(0)), ..person.clone() }),
        (token.clone(), Person { person_id: crate::ids::PersonId::new("bob"), ..person.clone() }),
    ];
    for (token, person) in no_more {
        assert!(!token.counts(&person, idle_ms, later(1)), "{token:?} {person:?}");
    }
}

/// Proves that every change makes what was given out before worthless, and that the act tells it without the hash.
#[test]
fn a_change_ends_every_token_and_is_told_without_the_password() {
    let shelf = Shelf::stocked().with(person()).with(admin_token());
    let fresh = AdminToken { token_digest: Digest([0xd3; 32]), generation: 0, ..admin_token() };
    let change = ChangePerson {
        role: Some(Role::Viewer),
        password: Some("$argon2id$new".to_owned()),
        token: Some(fresh.clone()),
        is_removed: false,
        ..removal()
    };
    let (written, after) = done(shelf.decide(&change));
    assert_eq!((after.role, after.generation, after.is_admitted()), (Role::Viewer, 2, true));
    assert!(!admin_token().counts(&after, None, later(5)));
    let fresh = AdminToken { generation: 2, ..fresh };
    assert!(fresh.counts(&after, None, later(5)));
    let act = AdminAct { before: person().told(), after: after.told(), ..admin_act("act-2") };
    assert!(!json!(act).to_string().contains("argon2id"));
    let (inserts, updates) = split(&written.writes);
    assert_eq!((inserts, updates), (vec![fresh.into_row(), act.into_row()], vec![after.into_row()]));
}

/// Proves that somebody removed stays so: no later change brings them back, and the name stays theirs.
#[test]
fn who_was_removed_cannot_be_changed() {
    let mut shelf = Shelf::stocked().with(person());
    let removed = shelf.run(&removal()).unwrap();
    assert_eq!((removed.removed_at, removed.generation), (Some(later(5)), 2));
    let change = ChangePerson { is_removed: false, role: Some(Role::Admin), ..removal() };
    assert_eq!(refused(shelf.decide(&change)).reason, Reason::UserNotFound);
    assert_eq!(refused(Shelf::stocked().decide(&change)).reason, Reason::UserNotFound);
}

/// Proves that a login loses against a removal or a new password that came while the password was being checked.
#[test]
fn a_login_under_old_credentials_is_refused() {
    let shelf = Shelf::stocked().with(person());
    let (change, ()) = done(shelf.decide(&log_in()));
    let rows = vec![log_in().session.into_row(), admin_act("act-2").into_row()];
    assert_eq!(split(&change.writes), (rows, Vec::new()));
    let renewed = Shelf::stocked().with(Person { generation: 2, ..person() });
    let removed = Shelf::stocked().with(Person { removed_at: Some(later(0)), ..person() });
    for shelf in [renewed, removed, Shelf::stocked()] {
        assert_eq!(refused(shelf.decide(&log_in())).reason, Reason::AccessDenied);
    }
}

/// Proves that a login ends the session before it, and a logout its own, each once.
#[test]
fn sessions_end_once() {
    let mut shelf = Shelf::stocked().with(person()).with(admin_token());
    let old = admin_token().token_digest;
    shelf.run(&LogIn { instead_of: Some(old), ..log_in() }).unwrap();
    let ended = shelf.find::<AdminToken>(&AdminToken::key_of(old)).unwrap().ended_at;
    assert_eq!(ended, Some(log_in().session.created_at));
    let log_out = |token_digest| LogOut { token_digest, real_now: later(9), act: admin_act("act-3") };
    replayed(shelf.decide(&log_out(old)));
    replayed(shelf.decide(&log_out(Digest([0; 32]))));
    let (change, ()) = done(shelf.decide(&log_out(log_in().session.token_digest)));
    let out = AdminToken { ended_at: Some(later(9)), ..log_in().session };
    assert_eq!(split(&change.writes), (vec![admin_act("act-3").into_row()], vec![out.into_row()]));
}

/// Proves that a use moves the time on, never back, and never brings an ended session to life.
#[test]
fn a_use_is_noted_while_the_session_lasts() {
    let used = |at_ms| UseAdminToken { token_digest: admin_token().token_digest, real_now: later(at_ms) };
    let mut shelf = Shelf::stocked().with(admin_token());
    shelf.run(&used(10)).unwrap();
    assert_eq!(shelf.find::<AdminToken>(&admin_token().key()).unwrap().used_at, later(10));
    replayed(shelf.decide(&used(9)));
    let ended = Shelf::stocked().with(AdminToken { ended_at: Some(later(1)), ..admin_token() });
    replayed(ended.decide(&used(10)));
    replayed(Shelf::stocked().decide(&used(10)));
}

/// Proves that the record of an act is part of the effect's own change, and that without an effect there is none.
#[test]
fn an_act_is_recorded_with_its_effect_or_not_at_all() {
    let recorded = |amount_minor| Recorded {
        rule: fund_wallet(hkd(amount_minor)),
        act: admin_act("act-2"),
        after: |wallet: &crate::rows::Wallet| json!({ "balance_minor": wallet.balance_minor }),
    };
    let (change, wallet) = done(Shelf::stocked().decide(&recorded(5)));
    let mut acts = change.writes.iter().map(crate::decision::Write::row).filter_map(AdminAct::from_row);
    let act = acts.next_back().unwrap();
    assert_eq!(
        (act.act_id.as_str(), &act.after),
        ("act-2", &Json(json!({ "balance_minor": wallet.balance_minor })))
    );
    assert!(!change.entries.is_empty(), "the effect itself is there");
    refused(Shelf::stocked().decide(&recorded(i64::MIN)));
    let mut shelf = Shelf::stocked().with(authorization());
    shelf.run(&decline()).unwrap();
    let again = Recorded {
        rule: decline(),
        act: admin_act("act-3"),
        after: |_: &crate::rows::Authorization| Value::Null,
    };
    assert!(!matches!(shelf.decide(&again), crate::decision::Decision::Done { .. }), "done before: no act");
}

fn confirmation(by: &str, at_ms: i64) -> Confirmation {
    let proposal_id = proposal().proposal_id;
    Confirmation { proposal_id, decided_by: by.to_owned(), real_now: later(at_ms) }
}

fn confirmed(by: &str, at_ms: i64) -> Confirmed<FundWallet> {
    Confirmed { rule: fund_wallet(hkd(5000)), confirmation: confirmation(by, at_ms) }
}

/// Proves that what is confirmed is done once, with the proposal, in one change, and by nobody but another person.
#[test]
fn a_proposal_is_done_once_and_by_another_person() {
    let mut shelf = Shelf::stocked().with(proposal());
    assert_eq!(refused(shelf.decide(&confirmed("alice", 1))).reason, Reason::AccessDenied, "her own");
    assert_eq!(refused(Shelf::stocked().decide(&confirmed("bob", 1))).reason, Reason::AccessDenied, "none");
    assert_eq!(refused(shelf.decide(&confirmed("bob", DAY_MS))).reason, Reason::AccessDenied, "too late");
    let wallet = shelf.run(&confirmed("bob", DAY_MS - 1)).unwrap();
    assert_eq!(wallet.balance_minor, BALANCE_MINOR + 5000);
    let done = shelf.find::<Proposal>(&proposal().key()).unwrap();
    let decided = Proposal {
        state: ProposalState::Done,
        decided_by: Some("bob".to_owned()),
        decided_at: Some(later(DAY_MS - 1)),
        ..proposal()
    };
    assert_eq!(*done, decided);
    assert_eq!(refused(shelf.decide(&confirmed("carol", 1))).reason, Reason::AccessDenied, "a second time");
}

/// Proves that a refusal of the rule itself leaves the proposal open.
#[test]
fn what_cannot_be_done_stays_proposed() {
    let shelf = Shelf::stocked().with(proposal());
    let too_much = Confirmed { rule: fund_wallet(hkd(-BALANCE_MINOR - 1)), ..confirmed("bob", 1) };
    assert_eq!(refused(shelf.decide(&too_much)).reason, Reason::BalanceNotEnough);
}

/// Proves that anybody may decline, also who proposed it, that it is recorded, and that it ends the proposal.
#[test]
fn a_declined_proposal_is_over() {
    for by in ["alice", "bob"] {
        let mut shelf = Shelf::stocked().with(proposal());
        let decline = DeclineProposal { confirmation: confirmation(by, 1), act: admin_act("act-2") };
        let declined = shelf.run(&decline).unwrap();
        assert_eq!((declined.state, declined.decided_by.as_deref()), (ProposalState::Declined, Some(by)));
        let act = shelf.all::<AdminAct>().next().unwrap();
        assert_eq!(act.after.0["subject"], "wallets(W1)");
        assert_eq!(refused(shelf.decide(&decline)).reason, Reason::AccessDenied);
        assert_eq!(refused(shelf.decide(&confirmed("carol", 2))).reason, Reason::AccessDenied);
    }
}
