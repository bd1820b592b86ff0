//! What is known about a message whose signature did not verify.

use farthing_core::rows::{ClientSettings, Dialect};
use farthing_core::time::Timestamp;
use farthing_crypto::PublicKey;

/// Which way a message goes, and so whose key should have signed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageKind {
    /// From the client to the gateway, signed by the client.
    Request,
    /// The gateway's answer to it, signed by the gateway.
    Reply,
    /// From the gateway to the client's address, signed by the gateway.
    Notification,
}

/// A public key with the version by which messages name it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedKey {
    /// The version.
    pub version: String,
    /// The key.
    pub key: PublicKey,
}

/// A public key of another client than the one the message names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherClientKey {
    /// Whose it is.
    pub client_id: String,
    /// The key.
    pub key: PublicKey,
}

/// A message as it was received, and the keys that it may have been signed with.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// In which dialect it speaks.
    pub dialect: Dialect,
    /// Which way it goes.
    pub kind: MessageKind,
    /// Its method; for a reply, that of the request.
    pub method: &'a str,
    /// Its request target or URL as received; for a reply, that of the request.
    pub target: &'a str,
    /// Its headers, under names in any case.
    pub headers: &'a [(String, String)],
    /// Its body as received.
    pub body: &'a [u8],
    /// The id under which the client is registered; empty where nobody is known.
    pub client_id: &'a str,
    /// The keys of that client, the newest last.
    pub client_keys: &'a [NamedKey],
    /// The keys of the gateway, the newest last.
    pub gateway_keys: &'a [NamedKey],
    /// Keys of other clients, the likeliest first; a few of them are tried.
    pub other_client_keys: &'a [OtherClientKey],
    /// The client's settings.
    pub settings: &'a ClientSettings,
    /// The real time at which the message arrived.
    pub real_now: Timestamp,
}

impl<'a> Evidence<'a> {
    /// The value of a header that is there and not empty; the name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        let found = self.headers.iter().find(|(named, _value)| named.eq_ignore_ascii_case(name));
        found.map(|(_name, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The keys of who should have signed.
    pub(crate) fn right_keys(&self) -> &'a [NamedKey] {
        match self.kind {
            MessageKind::Request => self.client_keys,
            MessageKind::Reply | MessageKind::Notification => self.gateway_keys,
        }
    }

    /// The keys of the other end.
    pub(crate) fn opposite_keys(&self) -> &'a [NamedKey] {
        match self.kind {
            MessageKind::Request => self.gateway_keys,
            MessageKind::Reply | MessageKind::Notification => self.client_keys,
        }
    }
}
