//! Why a signature did not verify, told in a header. Only ever in a sandbox.

use bytes::Bytes;
use farthing_core::ids::ClientId;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::{ClientSettings, Dialect};
use farthing_crypto::PublicKey;
use farthing_doctor::{Evidence, MessageKind, NamedKey, OtherClientKey, diagnose};

use super::Api;
use crate::listen::{RawReply, RequestHead};

/// The header.
const HINT: &str = "farthing-hint";
/// How many other clients' keys are handed to the doctor.
const OTHER_CLIENTS_MAX: usize = 8;

impl Api {
    /// Puts the hint on an answer to a request whose signature did not verify; any other answer stays as it is.
    ///
    /// Source: none; our decision.
    pub(super) fn with_hint(
        &self,
        reply: RawReply,
        head: &RequestHead,
        (dialect, client_id): (Dialect, &str),
        body: &Bytes,
        refusal: &Refusal,
    ) -> RawReply {
        let is_signed = reply.status == http::StatusCode::OK;
        if !is_signed || !self.parts.engine.is_sandbox() || refusal.reason != Reason::SignatureInvalid {
            return reply;
        }
        let hint = self.hint(head, (dialect, client_id), body);
        match http::HeaderValue::from_str(&hint) {
            Ok(value) => reply.with_header(http::HeaderName::from_static(HINT), value),
            Err(_) => reply,
        }
    }

    fn hint(&self, head: &RequestHead, (dialect, client_id): (Dialect, &str), body: &Bytes) -> String {
        let engine = &self.parts.engine;
        let known = engine.known_client(&ClientId::new(client_id));
        let settings =
            known.as_ref().map_or_else(ClientSettings::default, |known| known.client.settings.0.clone());
        let headers: Vec<(String, String)> = head
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
        let client_keys = known.map_or_else(Vec::new, |known| {
            let keys = known.client.keys.0.iter();
            keys.filter_map(|key| named_key(&key.version, &key.public_key)).collect()
        });
        let (version, key) = self.parts.keys.current();
        let gateway_keys = [NamedKey { version: version.to_string(), key: key.public_key() }];
        let other_client_keys = self.other_keys(client_id);
        let diagnosis = diagnose(&Evidence {
            dialect,
            kind: MessageKind::Request,
            method: &head.method,
            target: &head.target,
            headers: &headers,
            body,
            client_id,
            client_keys: &client_keys,
            gateway_keys: &gateway_keys,
            other_client_keys: &other_client_keys,
            settings: &settings,
            real_now: engine.real_now(),
        });
        diagnosis.hint()
    }

    fn other_keys(&self, client_id: &str) -> Vec<OtherClientKey> {
        let directory = self.parts.engine.directory();
        let others = directory.clients().filter(|known| known.client.client_id.as_str() != client_id);
        others
            .filter_map(|known| {
                let newest = known.client.keys.0.last()?;
                let key = PublicKey::parse(&newest.public_key).ok()?;
                Some(OtherClientKey { client_id: known.client.client_id.to_string(), key })
            })
            .take(OTHER_CLIENTS_MAX)
            .collect()
    }
}

fn named_key(version: &str, text: &str) -> Option<NamedKey> {
    Some(NamedKey { version: version.to_owned(), key: PublicKey::parse(text).ok()? })
}
