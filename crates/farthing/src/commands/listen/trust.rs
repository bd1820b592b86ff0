//! Whether a notification is to be believed.

use farthing_client::ClientProfile;
use farthing_core::rows::{Dialect, SignatureHash};
use farthing_core::time::Timestamp;
use farthing_doctor::{Diagnosis, MessageKind};

use super::super::doctor::{KnownKeys, Message};
use super::notification::Notification;

/// What the signature of a notification is worth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// The gateway has signed it.
    Verified,
    /// The gateway has not; why is said.
    Wrong(String),
    /// There is no key to hold it against; what to do is said.
    Unknown(String),
}

/// The profile of whom a notification tells: of the client that it names, else of anybody in its dialect, because the
/// gateway signs for all of them with one key.
pub(super) fn profile_of<'a>(
    notification: &Notification,
    profiles: &'a [ClientProfile],
) -> Option<&'a ClientProfile> {
    let speaks_it = |profile: &&ClientProfile| match notification.dialect {
        Dialect::Antom | Dialect::Alipay => matches!(profile.dialect, Dialect::Antom | Dialect::Alipay),
        other => profile.dialect == other,
    };
    let is_named = |profile: &&ClientProfile| profile.client_id == notification.client_id;
    profiles.iter().filter(speaks_it).find(is_named).or_else(|| profiles.iter().find(speaks_it))
}

/// Holds a notification against the gateway's key in the profile.
pub(super) fn judge(
    notification: &Notification,
    message: &Message,
    profile: Option<&ClientProfile>,
    real_now: Timestamp,
) -> Verdict {
    let Some(profile) = profile else {
        return Verdict::Unknown(
            "no key of the gateway is known; say with --data where farthing dev runs".to_owned(),
        );
    };
    let known = match KnownKeys::of_profile(profile, "1") {
        Ok(known) => known,
        Err(error) => return Verdict::Unknown(format!("{error:#}")),
    };
    let is_verified = |known: &KnownKeys| {
        let diagnosis = known.diagnose(message, MessageKind::Notification, real_now);
        (matches!(diagnosis, Diagnosis::Verifies { .. }), diagnosis)
    };
    match is_verified(&known) {
        (true, _) => Verdict::Verified,
        (false, _)
            if is_another_client_of_alipayhk(notification, profile) && is_verified(&other_hash(&known)).0 =>
        {
            Verdict::Verified
        }
        (false, diagnosis) => Verdict::Wrong(diagnosis.hint()),
    }
}

/// The hash is a setting of each client, and only the one of the profile is known.
fn is_another_client_of_alipayhk(notification: &Notification, profile: &ClientProfile) -> bool {
    notification.dialect == Dialect::AlipayHk && notification.client_id != profile.client_id
}

fn other_hash(known: &KnownKeys) -> KnownKeys {
    let mut other = known.clone();
    other.settings.signature_hash = match known.settings.signature_hash {
        SignatureHash::Sha1 => SignatureHash::Sha256,
        SignatureHash::Sha256 => SignatureHash::Sha1,
    };
    other
}
