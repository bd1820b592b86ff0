//! The people who may use the admin side, and what they prove themselves by.

use serde_json::{Value, json};

use super::record::record;
use super::value::Json;
use crate::ids::{Digest, PersonId};
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// What a person may do on the admin side. A later role may all that an earlier one may.
    Role {
        /// Reads.
        Viewer = "viewer",
        /// Acts on payments, deliveries, users and wallets, too.
        Operator = "operator",
        /// Changes the configuration, too: merchants, clients, keys, rates, people.
        Admin = "admin",
    }
}

impl Role {
    /// Whether this role may do what needs `least`.
    #[must_use]
    pub fn includes(self, least: Self) -> bool {
        self.rank() >= least.rank()
    }

    fn rank(self) -> u8 {
        match self {
            Self::Viewer => 0,
            Self::Operator => 1,
            Self::Admin => 2,
        }
    }
}

word_column! {
    /// What a token of the admin side is for.
    TokenKind {
        /// For commands and scripts; shown once to the person, who keeps it.
        Personal = "personal",
        /// For a browser, from a login to its end.
        Session = "session",
    }
}

record! {
    /// A person who may use the admin side, or could once. The name is never given to somebody else, for the record of
    /// acts speaks by it.
    Person, "people", key 1 {
        /// The name by which the person logs in and stands in the record of acts.
        person_id: PersonId,
        /// What the person may do.
        role: Role,
        /// The password as a PHC string (argon2id with its salt); without one there is no login.
        password: Option<String>,
        /// How often the credentials were renewed. A token counts only while it was made under this number.
        generation: i64,
        /// Real time of the making.
        created_at: Timestamp,
        /// Real time of the removal, for somebody who may come in no more.
        removed_at: Option<Timestamp>,
    }
}

impl Person {
    /// Whether the person may come in.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        self.removed_at.is_none()
    }

    /// What the record of acts may tell of the person: everything but the password's hash.
    #[must_use]
    pub fn told(&self) -> Json<Value> {
        Json(json!({
            "person_id": self.person_id,
            "role": self.role,
            "has_password": self.password.is_some(),
            "generation": self.generation,
            "removed_at": self.removed_at,
        }))
    }
}

record! {
    /// A token by which a person comes in; the token itself is not kept.
    AdminToken, "admin_tokens", key 1 {
        /// The SHA-256 of the token, which is 256 random bits.
        token_digest: Digest,
        /// Whose it is.
        person_id: PersonId,
        /// What it is for.
        kind: TokenKind,
        /// The generation of the person's credentials under which it was made.
        generation: i64,
        /// Real time of its making.
        created_at: Timestamp,
        /// Real time from which it counts no more, whatever happens.
        expires_at: Option<Timestamp>,
        /// When a session was last used, real time, to within a minute; for a personal token its making.
        used_at: Timestamp,
        /// Real time of the logout.
        ended_at: Option<Timestamp>,
    }
}

impl AdminToken {
    /// Whether it lets `person` in at `real_now`. One that may lie idle for `idle_ms` only says so.
    #[must_use]
    pub fn counts(&self, person: &Person, idle_ms: Option<i64>, real_now: Timestamp) -> bool {
        person.is_admitted()
            && self.person_id == person.person_id
            && self.generation == person.generation
            && self.ended_at.is_none()
            && self.expires_at.is_none_or(|end| real_now < end)
            && idle_ms.is_none_or(|idle_ms| real_now < self.used_at.plus_ms(idle_ms))
    }
}
