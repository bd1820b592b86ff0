//! `farthing clock`: the time of a sandbox's world.

use clap::{Args, Subcommand};
use farthing_client::escape_segment;
use farthing_dialect_kit::time_text::parse_date_time;
use serde_json::{Value, json};

use crate::admin_access::AdminArgs;
use crate::duration::parse_duration_ms;
use crate::table::show;

/// The clock of which world, and what to do with it.
#[derive(Args, Debug)]
pub(crate) struct ClockArgs {
    #[command(subcommand)]
    command: ClockCommand,
}

/// Which world's clock.
#[derive(Args, Debug)]
struct WorldArgs {
    /// The world whose clock it is
    #[arg(long, value_name = "ID", default_value = "main")]
    world: String,
    #[command(flatten)]
    admin: AdminArgs,
}

#[derive(Subcommand, Debug)]
enum ClockCommand {
    /// Say what time it is
    Show {
        #[command(flatten)]
        world: WorldArgs,
    },
    /// Move the clock forward; what has become due by then happens
    Advance {
        /// By how much, e.g. 90s, 15m, 25h, 7d
        #[arg(value_name = "DURATION", value_parser = parse_duration_ms)]
        by_ms: i64,
        #[command(flatten)]
        world: WorldArgs,
    },
    /// Stop the clock at a time, not before what it shows now
    Set {
        /// The time, e.g. 2026-11-23T12:00:00+08:00
        #[arg(value_parser = parse_moment)]
        time: String,
        #[command(flatten)]
        world: WorldArgs,
    },
    /// Let the clock run on, as fast as real time, from what it shows
    Auto {
        #[command(flatten)]
        world: WorldArgs,
    },
}

/// The text as it is, once it is known to be a moment.
fn parse_moment(text: &str) -> Result<String, String> {
    parse_date_time(text).map(|_moment| text.to_owned()).map_err(|error| error.to_string())
}

/// Does it.
pub(crate) async fn run(args: &ClockArgs) -> anyhow::Result<()> {
    match &args.command {
        ClockCommand::Show { world } => {
            let clock = world.admin.open().await?.read(&path_of(&world.world)).await?;
            world.admin.output.print(&clock, show)
        }
        ClockCommand::Advance { by_ms, world } => change(world, json!({"advance_ms": by_ms})).await,
        ClockCommand::Set { time, world } => change(world, json!({"set": time})).await,
        ClockCommand::Auto { world } => change(world, json!({"auto": true})).await,
    }
}

async fn change(world: &WorldArgs, body: Value) -> anyhow::Result<()> {
    let clock = world.admin.open().await?.post(&path_of(&world.world), body).await?;
    world.admin.output.print(&clock, show)
}

fn path_of(world_id: &str) -> String {
    format!("/worlds/{}/clock", escape_segment(world_id))
}
