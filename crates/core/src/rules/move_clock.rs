//! A world's clock is moved. It never runs backwards.

use crate::decision::{Change, Decision, Rows, Rule, Write};
use crate::ids::WorldId;
use crate::reason::{Reason, Refusal};
use crate::rows::{AdminAct, ConfigVersion, Record, RowKey, World};
use crate::time::Timestamp;

/// How a clock is moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockMove {
    /// Forward by so many milliseconds; a running clock goes on running, a frozen one stays frozen.
    Advance {
        /// How far.
        by_ms: i64,
    },
    /// To this moment, where it stands still.
    Freeze {
        /// The moment; not before the world's now.
        at: Timestamp,
    },
    /// It runs on from where it stands, at the speed of real time.
    Run,
}

/// A clock that is moved.
#[derive(Clone, Debug)]
pub struct MoveClock {
    /// Whose clock.
    pub world_id: WorldId,
    /// How.
    pub by: ClockMove,
    /// The real time; world time is what the row says.
    pub real_now: Timestamp,
    /// Who did it.
    pub act: AdminAct,
}

impl Rule for MoveClock {
    type Outcome = World;

    fn rows(&self) -> Vec<RowKey> {
        vec![World::key_of(&self.world_id), ConfigVersion::key_of_row()]
    }

    /// Refused with [`Reason::ParameterIllegal`] when the world is unknown or the clock would run backwards.
    fn decide(&self, rows: &Rows) -> Decision<World> {
        let Some(world) = rows.find::<World>(&World::key_of(&self.world_id)) else {
            let detail = format!("there is no world {}", self.world_id);
            return Decision::Refused(Refusal::new(Reason::ParameterIllegal, detail));
        };
        match self.moved(world) {
            Err(refusal) => Decision::Refused(refusal),
            Ok(moved) => {
                let mut change = Change::default().update(moved.clone()).insert(self.act.clone());
                change.writes.extend(rows.find::<ConfigVersion>(&ConfigVersion::key_of_row()).map(bump));
                Decision::Done { change, outcome: moved }
            }
        }
    }
}

impl MoveClock {
    fn moved(&self, world: &World) -> Result<World, Refusal> {
        let now = world.now(self.real_now);
        let backwards = || {
            Refusal::new(Reason::ParameterIllegal, "a clock never runs backwards; start a new world instead")
        };
        match self.by {
            ClockMove::Advance { by_ms } if by_ms < 0 => Err(backwards()),
            ClockMove::Advance { by_ms } => Ok(match world.frozen_at {
                Some(at) => World { frozen_at: Some(at.plus_ms(by_ms)), ..world.clone() },
                None => World { offset_ms: world.offset_ms.saturating_add(by_ms), ..world.clone() },
            }),
            ClockMove::Freeze { at } if at < now => Err(backwards()),
            ClockMove::Freeze { at } => Ok(World { frozen_at: Some(at), ..world.clone() }),
            ClockMove::Run => {
                Ok(World { frozen_at: None, offset_ms: now.since_ms(self.real_now), ..world.clone() })
            }
        }
    }
}

fn bump(last: &ConfigVersion) -> Write {
    Write::Update(ConfigVersion { version: last.version + 1, ..last.clone() }.into_row())
}
