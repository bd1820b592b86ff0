//! Who calls, and what a route asks of whoever does.

use farthing_core::rows::{AdminToken, Role};

/// By what name the holder of the token file stands in the record of acts.
pub(super) const OWNER: &str = "admin-token";
/// Under what name logins that failed stand in the record of acts.
pub(super) const NOBODY: &str = "login";

/// What a route asks of its caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Access {
    /// Nothing: whether this process lives is no secret.
    Open,
    /// An allowed host, but no credentials yet.
    Guest,
    /// At least to be a viewer.
    Viewer,
    /// At least to be an operator.
    Operator,
    /// To be an admin.
    Admin,
}

impl Access {
    /// The least role that may come in, where one is asked for.
    pub(super) fn least_role(self) -> Option<Role> {
        match self {
            Self::Open | Self::Guest => None,
            Self::Viewer => Some(Role::Viewer),
            Self::Operator => Some(Role::Operator),
            Self::Admin => Some(Role::Admin),
        }
    }
}

/// Somebody who came in.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    /// The name in the record of acts.
    pub(super) name: String,
    /// What they may do.
    pub(super) role: Role,
    /// By what they came in.
    pub(super) by: Credential,
}

/// By what somebody came in.
#[derive(Clone, Debug)]
pub(super) enum Credential {
    /// The token in a file of this machine's owner.
    OwnerToken,
    /// A person's own token, for commands and scripts.
    PersonalToken,
    /// A session of a browser.
    Session(AdminToken),
}

impl Identity {
    /// Whoever reads the token file runs this gateway.
    pub(super) fn owner() -> Self {
        Self { name: OWNER.to_owned(), role: Role::Admin, by: Credential::OwnerToken }
    }
}
