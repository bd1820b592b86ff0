//! How others find a running gateway: `DIR/run.json`, the admin token, and the line that says it is ready.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use farthing_server::listen::Listener;
use serde_json::json;

use crate::private_file::write_owner_only;

/// Where each listener is reached.
pub(crate) struct Addresses {
    /// Over http, or over https where that is all there is.
    pub(crate) api: String,
    /// Over https.
    pub(crate) tls: Option<String>,
    pub(crate) admin: String,
}

impl Addresses {
    /// Those of these listeners; of the first two at least one is there. `admin_tls` says how the third is spoken to.
    pub(crate) fn of(
        api: Option<&Listener>,
        tls: Option<&Listener>,
        admin: &Listener,
        admin_tls: bool,
    ) -> Self {
        let plain = api.map(|listener| format!("http://{}", listener.local_addr()));
        let tls = tls.map(|listener| format!("https://{}", listener.local_addr()));
        let scheme = if admin_tls { "https" } else { "http" };
        Self {
            api: plain.or_else(|| tls.clone()).unwrap_or_default(),
            tls,
            admin: format!("{scheme}://{}", admin.local_addr()),
        }
    }
}

/// `DIR/run.json`.
pub(crate) struct RunFile;

impl RunFile {
    /// Says how this process is reached.
    pub(crate) fn write(path: &Path, addresses: &Addresses, token_file: &Path) -> anyhow::Result<()> {
        let token_file =
            std::path::absolute(token_file).context("the path of the token file cannot be told")?;
        let content = json!({
            "pid": std::process::id(),
            "api": addresses.api,
            "tls": addresses.tls,
            "admin": addresses.admin,
            "token_file": token_file,
        });
        write_owner_only(path, &content.to_string())
    }

    /// Takes it back at the end; one that is left over names a process that is gone.
    pub(crate) fn remove(path: &Path) {
        if let Err(error) = std::fs::remove_file(path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "the run file could not be removed");
        }
    }
}

/// The token of the admin API: the one written before, or a fresh one.
pub(crate) fn admin_token(path: &Path) -> anyhow::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(text) if text.trim().len() >= 32 => Ok(text.trim().to_owned()),
        _ => {
            let token = farthing_crypto::random_token_hex(32);
            write_owner_only(path, &token)?;
            Ok(token)
        }
    }
}

/// The one line on standard output: all listeners answer.
pub(crate) fn print_ready(addresses: &Addresses, after: Duration) -> anyhow::Result<()> {
    let line = json!({
        "ready": true,
        "api": addresses.api,
        "tls": addresses.tls,
        "admin": addresses.admin,
        "ms": u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("the ready line could not be written")
}
