//! A world's clock: moved forward, stopped, let run; never back.

use proptest::prelude::*;

use super::{pick, split};
use crate::ids::WorldId;
use crate::reason::Reason;
use crate::rows::{AdminAct, ConfigVersion, World};
use crate::rules::move_clock::{ClockMove, MoveClock};
use crate::samples::{Shelf, done, moment, move_clock, noon, refused, world, world_id};
use crate::time::{DAY_MS, HOUR_MS, Timestamp};

fn real_noon() -> Timestamp {
    moment(noon()).real_now
}

fn world_on(shelf: &Shelf) -> World {
    shelf.find::<World>(&World::key_of(&world_id())).unwrap().clone()
}

/// Proves that neither way of moving a clock moves it back, and that a standing clock may be stopped where it stands.
#[test]
fn a_clock_is_not_moved_backwards() {
    let frozen = World { frozen_at: Some(noon()), ..world() };
    for world in [world(), frozen] {
        let shelf = Shelf::stocked().with(world);
        for by in [ClockMove::Advance { by_ms: -1 }, ClockMove::Freeze { at: noon().plus_ms(-1) }] {
            let refusal = refused(shelf.decide(&move_clock(by, real_noon())));
            assert_eq!(refusal.reason, Reason::ParameterIllegal, "{by:?}");
        }
        for by in [ClockMove::Advance { by_ms: 0 }, ClockMove::Freeze { at: noon() }, ClockMove::Run] {
            let (_, moved) = done(shelf.decide(&move_clock(by, real_noon())));
            assert_eq!(moved.now(real_noon()), noon(), "{by:?}");
        }
    }
}

/// Proves that an unknown world is named.
#[test]
fn an_unknown_world_has_no_clock() {
    let unknown = MoveClock { world_id: WorldId::new("W9"), ..move_clock(ClockMove::Run, real_noon()) };
    let refusal = refused(Shelf::stocked().decide(&unknown));
    assert_eq!((refusal.reason, refusal.detail.as_str()), (Reason::ParameterIllegal, "there is no world W9"));
}

/// Proves that an advanced clock goes on as it was: a running one runs, a frozen one stands.
#[test]
fn an_advanced_clock_goes_on_as_it_was() {
    let mut shelf = Shelf::stocked();
    let day = ClockMove::Advance { by_ms: DAY_MS };
    let running = shelf.run(&move_clock(day, real_noon())).unwrap();
    assert_eq!(running.now(real_noon()), noon().plus_ms(DAY_MS));
    assert_eq!(running.now(real_noon().plus_ms(HOUR_MS)), noon().plus_ms(DAY_MS + HOUR_MS));
    let mut shelf = Shelf::stocked().with(World { frozen_at: Some(noon()), ..world() });
    let standing = shelf.run(&move_clock(day, real_noon())).unwrap();
    assert_eq!(standing.now(real_noon().plus_ms(HOUR_MS)), noon().plus_ms(DAY_MS));
}

/// Proves that a clock that runs again goes on from where it stood.
#[test]
fn a_clock_runs_on_from_where_it_stood() {
    let mut shelf = Shelf::stocked();
    let target = noon().plus_ms(DAY_MS);
    shelf.run(&move_clock(ClockMove::Freeze { at: target }, real_noon())).unwrap();
    let later = real_noon().plus_ms(3 * HOUR_MS);
    let running = shelf.run(&move_clock(ClockMove::Run, later)).unwrap();
    assert_eq!((running.now(later), running.frozen_at), (target, None));
    assert_eq!(running.now(later.plus_ms(1)), target.plus_ms(1));
}

/// Proves what is written: the world, who moved it, and the version that caches go by.
#[test]
fn a_move_writes_world_act_and_version() {
    let shelf = Shelf::stocked();
    let rule = move_clock(ClockMove::Advance { by_ms: 1 }, real_noon());
    let (change, moved) = done(shelf.decide(&rule));
    assert_eq!(pick::<World>(&change.writes), Some(moved));
    assert_eq!(pick::<AdminAct>(&change.writes), Some(rule.act));
    assert_eq!(pick::<ConfigVersion>(&change.writes).map(|it| it.version), Some(2));
    let (inserts, updates) = split(&change.writes);
    assert_eq!((inserts.len(), updates.len()), (1, 2));
}

fn clock_move() -> impl Strategy<Value = ClockMove> {
    prop_oneof![
        (-HOUR_MS..DAY_MS).prop_map(|by_ms| ClockMove::Advance { by_ms }),
        Just(ClockMove::Advance { by_ms: i64::MAX }),
        (-DAY_MS..30 * DAY_MS).prop_map(|by_ms| ClockMove::Freeze { at: noon().plus_ms(by_ms) }),
        Just(ClockMove::Run),
    ]
}

proptest! {
    /// Proves that no list of moves, with real time going on between them, ever shows an earlier world time.
    #[test]
    fn world_time_never_runs_backwards(moves in prop::collection::vec((clock_move(), 0..HOUR_MS), 1..20)) {
        let mut shelf = Shelf::stocked();
        let mut real_now = real_noon();
        let mut seen = noon();
        for (number, (by, passed_ms)) in (0..).zip(moves) {
            real_now = real_now.plus_ms(passed_ms);
            let before = world_on(&shelf).now(real_now);
            prop_assert!(before >= seen);
            let mut rule = move_clock(by, real_now);
            rule.act.act_id = format!("act-{number}");
            let refused = shelf.run(&rule).is_err();
            seen = world_on(&shelf).now(real_now);
            prop_assert!(seen >= before, "{by:?} went back from {before:?} to {seen:?}");
            prop_assert!(!refused || seen == before, "a refused move moves nothing");
        }
    }
}
