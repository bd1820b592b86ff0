//! Worlds, the version of the configuration, and the record of who changed it.

use super::record::record;
use super::value::Json;
use crate::ids::WorldId;
use crate::time::Timestamp;

record! {
    /// The one row that says how often the configuration was changed.
    ConfigVersion, "config_versions", key 1 {
        /// Always `1`: there is one row.
        row: i64,
        /// Grows by one with every change of a merchant, a client or a world.
        version: i64,
    }
}

impl ConfigVersion {
    /// The key of the only row.
    pub const ROW: i64 = 1;
}

record! {
    /// A clock with its merchants, clients and users.
    ///
    /// World time never runs backwards: it is frozen at `frozen_at`, or is the real time plus `offset_ms`.
    World, "worlds", key 1 {
        /// Its id.
        world_id: WorldId,
        /// How far world time is ahead of real time while the clock runs, milliseconds.
        offset_ms: i64,
        /// Where the clock stands still, if it does.
        frozen_at: Option<Timestamp>,
        /// Real time of its making.
        created_at: Timestamp,
    }
}

impl World {
    /// What this world's clock shows when the real time is `real_now`.
    #[must_use]
    pub fn now(&self, real_now: Timestamp) -> Timestamp {
        self.frozen_at.unwrap_or_else(|| real_now.plus_ms(self.offset_ms))
    }
}

record! {
    /// One act of a person (or a script) through the admin API.
    AdminAct, "admin_acts", key 1 {
        /// Its id; time-ordered.
        act_id: String,
        /// When, real time.
        acted_at: Timestamp,
        /// Who: the name of the token or login.
        actor: String,
        /// What was done, e.g. `wallet.fund`.
        action: String,
        /// To what, e.g. a wallet's id.
        subject: String,
        /// What it looked like before; `null` for something new.
        before: Json<serde_json::Value>,
        /// What it looks like now.
        after: Json<serde_json::Value>,
        /// Why, if a reason was given.
        why: Option<String>,
    }
}
