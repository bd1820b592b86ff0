//! Worlds: each a clock with its merchants and users.

use farthing_core::ids::WorldId;
use farthing_core::rows::{Record as _, World};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::check;
use super::moments::moment;
use super::page::Slice;
use super::problem::{self, Problem};
use super::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddBody {
    world_id: String,
}

#[derive(Serialize)]
struct WorldView {
    world_id: WorldId,
    created_at: String,
}

fn view(world: World) -> WorldView {
    WorldView { world_id: world.world_id, created_at: moment(world.created_at) }
}

pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.by_id::<World>(Select::from(World::TABLE));
    slice.read(call.engine(), select, |world: &World| world.world_id.to_string(), view).await
}

/// Production has one world, and its clock is the real one.
pub(super) async fn add(call: Call) -> Result<Reply, Problem> {
    let body: AddBody = call.body()?;
    if !call.app.sandbox {
        return Err(Problem::new(&problem::SANDBOX_ONLY, "worlds can be made in a sandbox only"));
    }
    let world_id = WorldId::new(check::id("world_id", body.world_id)?);
    let world = call.engine().add_world(&call.actor(), world_id, None).await?;
    Ok(Reply::created(&view(world)))
}

/// The world in the path.
pub(super) async fn named(call: &Call) -> Result<World, Problem> {
    let world_id = WorldId::new(call.path("world_id"));
    let found = call.engine().list::<World>(Select::key(World::key_of(&world_id))).await?.pop();
    found.ok_or_else(|| Problem::not_found(format_args!("world {world_id}")))
}
