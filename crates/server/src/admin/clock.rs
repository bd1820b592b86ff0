//! A world's clock: what it shows, and moving it.

use farthing_core::ids::WorldId;
use farthing_core::rows::World;
use farthing_core::rules::move_clock::ClockMove;
use farthing_core::time::DAY_MS;
use farthing_dialect_kit::time_text::parse_date_time;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::moments::moment;
use super::problem::Problem;
use super::reply::Reply;
use super::worlds;

/// How far a clock is moved at once, at most: a hundred years, milliseconds. Further is surely a slip.
const ADVANCE_MS_MAX: i64 = 36_525 * DAY_MS;

/// Exactly one of the three.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveBody {
    advance_ms: Option<i64>,
    set: Option<String>,
    auto: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ClockMode {
    Running,
    Frozen,
}

#[derive(Serialize)]
struct ClockView {
    world_id: WorldId,
    now: String,
    real_now: String,
    mode: ClockMode,
    /// How far the clock is ahead of the real time, milliseconds; negative when it stands still behind it.
    ahead_ms: i64,
}

fn view(call: &Call, world: World) -> ClockView {
    let real_now = call.engine().real_now();
    let now = world.now(real_now);
    ClockView {
        world_id: world.world_id,
        now: moment(now),
        real_now: moment(real_now),
        mode: if world.frozen_at.is_some() { ClockMode::Frozen } else { ClockMode::Running },
        ahead_ms: now.since_ms(real_now),
    }
}

pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    let world = worlds::named(&call).await?;
    Ok(Reply::ok(&view(&call, world)))
}

pub(super) async fn change(call: Call) -> Result<Reply, Problem> {
    let by = call.body::<MoveBody>()?.clock_move()?;
    let world_id = worlds::named(&call).await?.world_id;
    let world = call.engine().move_clock(&call.actor(), &world_id, by).await?;
    Ok(Reply::ok(&view(&call, world)))
}

impl MoveBody {
    fn clock_move(self) -> Result<ClockMove, Problem> {
        match (self.advance_ms, self.set, self.auto) {
            (Some(by_ms), None, None) if by_ms > ADVANCE_MS_MAX => {
                Err(Problem::field("advance_ms", format!("{by_ms}; at most {ADVANCE_MS_MAX} are taken")))
            }
            (Some(by_ms), None, None) => Ok(ClockMove::Advance { by_ms }),
            (None, Some(text), None) => {
                let at = parse_date_time(&text).map_err(|error| Problem::field("set", error))?;
                Ok(ClockMove::Freeze { at })
            }
            (None, None, Some(true)) => Ok(ClockMove::Run),
            (None, None, Some(false)) => {
                Err(Problem::field("auto", "only true is taken; to stop the clock, set it to a moment"))
            }
            _ => Err(Problem::field("advance_ms, set, auto", "give exactly one of them")),
        }
    }
}
