//! People of the admin side, seen from two processes on one store.

use farthing_core::ids::{Digest, PersonId};
use farthing_core::rows::{AdminAct, AdminToken, Person, Record as _, Role, TokenKind};
use farthing_core::time::MINUTE_MS;
use farthing_engine::testing::{Stage, actor};
use farthing_engine::{AdminError, NewPerson, PersonChange, SESSION_IDLE_MS, SESSION_MS, Select};

use crate::stores::on_both_stores;

on_both_stores! {
    a_removal_holds_at_once_in_every_process,
    a_session_is_kept_alive_by_its_use_in_any_process,
    of_two_people_with_one_name_the_first_stays,
}

fn alice() -> NewPerson {
    let person_id = PersonId::new("alice");
    NewPerson { person_id, role: Role::Operator, password: None, gets_token: true }
}

async fn acts(stage: &Stage) -> Vec<AdminAct> {
    stage.rows::<AdminAct>(Select::from(AdminAct::TABLE).descending("act_id").limit(1)).await
}

/// A token counts in the other process as soon as it is there, and no longer than until the person is removed.
async fn a_removal_holds_at_once_in_every_process(stage: Stage) {
    let beside = stage.beside(2, true).await;
    let token = stage.engine.add_person(&actor(), alice()).await.unwrap().token.unwrap();
    let came_in = beside.engine.admitted(token.reveal(), TokenKind::Personal).await.unwrap().unwrap();
    assert_eq!((came_in.person.role, came_in.token.generation), (Role::Operator, 1));
    assert!(beside.engine.admitted(token.reveal(), TokenKind::Session).await.unwrap().is_none());
    assert!(beside.engine.admitted("", TokenKind::Personal).await.unwrap().is_none());
    let removal = PersonChange { is_removed: true, ..PersonChange::default() };
    stage.engine.change_person(&actor(), &PersonId::new("alice"), removal).await.unwrap();
    assert!(beside.engine.admitted(token.reveal(), TokenKind::Personal).await.unwrap().is_none());
    let last = &acts(&stage).await[0];
    assert_eq!((last.action.as_str(), last.subject.as_str()), ("person.remove", "people(alice)"));
}

/// The last use is noted once a minute, whichever process sees it, and the age of a session is not put off by it.
async fn a_session_is_kept_alive_by_its_use_in_any_process(stage: Stage) {
    let beside = stage.beside(2, true).await;
    let person = stage.engine.add_person(&actor(), alice()).await.unwrap().person;
    let (token, session) = stage.engine.begin_session(&person, None).await.unwrap();
    let key = Select::key(AdminToken::key_of(session.token_digest));
    let begun_at = stage.engine.real_now();
    assert_eq!(session.expires_at, Some(begun_at.plus_ms(SESSION_MS)));
    let come_in = async |stage: &Stage| {
        stage.engine.admitted(token.reveal(), TokenKind::Session).await.unwrap().is_some()
    };
    stage.clock.advance_ms(MINUTE_MS - 1);
    assert!(come_in(&beside).await);
    assert_eq!(stage.rows::<AdminToken>(key.clone()).await[0].used_at, begun_at, "not yet a minute");
    stage.clock.advance_ms(SESSION_IDLE_MS - MINUTE_MS);
    assert!(come_in(&beside).await);
    assert_eq!(stage.rows::<AdminToken>(key).await[0].used_at, begun_at.plus_ms(SESSION_IDLE_MS - 1));
    stage.clock.advance_ms(SESSION_IDLE_MS - 1);
    assert!(come_in(&stage).await, "the other process's note counts here");
    stage.clock.advance_ms(SESSION_IDLE_MS);
    assert!(!come_in(&stage).await && !come_in(&beside).await);
}

/// Two processes add the same name: one person is there, and nothing of the other, no token either.
async fn of_two_people_with_one_name_the_first_stays(stage: Stage) {
    let beside = stage.beside(2, true).await;
    let by = actor();
    let (one, other) =
        tokio::join!(stage.engine.add_person(&by, alice()), beside.engine.add_person(&by, alice()));
    let (made, refused) = if one.is_ok() { (one, other) } else { (other, one) };
    let token = made.unwrap().token.unwrap();
    assert!(matches!(refused, Err(AdminError::Exists(_))), "{refused:?}");
    assert_eq!(stage.rows::<Person>(Select::from(Person::TABLE)).await.len(), 1);
    let tokens = stage.rows::<AdminToken>(Select::from(AdminToken::TABLE)).await;
    assert_eq!(tokens.len(), 1);
    assert_ne!(tokens[0].token_digest, Digest::ZERO);
    assert!(stage.engine.admitted(token.reveal(), TokenKind::Personal).await.unwrap().is_some());
}
