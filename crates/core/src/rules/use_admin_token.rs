//! A session of the admin side is used, and so does not lie idle.

use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::Digest;
use crate::rows::{AdminToken, RowKey};
use crate::time::Timestamp;

/// One use of a session.
#[derive(Clone, Debug)]
pub struct UseAdminToken {
    /// Which.
    pub token_digest: Digest,
    /// The real time.
    pub real_now: Timestamp,
}

impl Rule for UseAdminToken {
    type Outcome = ();

    fn rows(&self) -> Vec<RowKey> {
        vec![AdminToken::key_of(self.token_digest)]
    }

    /// A session that has ended, or was used later already, stays as it is.
    fn decide(&self, rows: &Rows) -> Decision<()> {
        let known = rows.find::<AdminToken>(&AdminToken::key_of(self.token_digest));
        match known.filter(|token| token.ended_at.is_none() && token.used_at < self.real_now) {
            Some(token) => {
                let used = AdminToken { used_at: self.real_now, ..token.clone() };
                Decision::Done { change: Change::default().update(used), outcome: () }
            }
            None => Decision::Replayed(()),
        }
    }
}
