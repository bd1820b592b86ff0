//! Where the database is, and how it is spoken to.

use std::path::PathBuf;

use tokio_postgres::config::{SslMode, TargetSessionAttrs};

use crate::tls::MakeTls;

/// A database, read from a connection string.
///
/// Its debug text does not show the password.
#[derive(Clone, Debug)]
pub struct Target {
    pub(crate) config: tokio_postgres::Config,
    pub(crate) tls: MakeTls,
}

/// Why a connection string is of no use.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// It cannot be read. The text itself is not repeated, because a password may stand in it.
    #[error("the connection string of the database cannot be read: {detail}")]
    Unreadable {
        /// What is wrong with it.
        detail: String,
    },
    /// The `sslmode` is none of those there are.
    #[error("sslmode={mode} is not known; use disable, prefer, require or verify-full")]
    UnknownMode {
        /// What was given.
        mode: String,
    },
    /// A root certificate would not be looked at.
    #[error(
        "sslrootcert is only looked at with sslmode=verify-full, not with sslmode={mode}; change one of the two"
    )]
    UnusedRoots {
        /// The mode that was given.
        mode: String,
    },
    /// There is nothing to verify the server's certificate with.
    #[error("sslmode=verify-full needs sslrootcert=FILE, the certificates (PEM) that vouch for the server")]
    NoRoots,
    /// The root certificates cannot be used.
    #[error("{detail}")]
    Roots {
        /// Which file, and why.
        detail: String,
    },
}

impl Target {
    /// Reads a connection string: `key=value` pairs or an URL, as PostgreSQL's own programs take them.
    ///
    /// Of the `ssl` settings, these are understood: `sslmode`, which is `prefer` when it is missing; and `sslrootcert`,
    /// a file of certificates. `disable` never encrypts, `prefer` does if the server can, `require` insists;
    /// neither of the two looks at the certificate. `verify-full` insists on a certificate of the server's name, for
    /// which one in the file vouches. Servers do not encrypt over a Unix socket, so the last two refuse one.
    ///
    /// # Errors
    /// In order of checking: [`TargetError::Unreadable`], [`TargetError::UnknownMode`], [`TargetError::UnusedRoots`],
    /// [`TargetError::NoRoots`], [`TargetError::Roots`].
    ///
    /// Source: none; our choice, after the settings of PostgreSQL's own client library.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let taken = Taken::out_of(text)?;
        let unreadable = |error: tokio_postgres::Error| TargetError::Unreadable {
            detail: crate::failure::with_causes(&error),
        };
        let mut config: tokio_postgres::Config = taken.rest.parse().map_err(unreadable)?;
        let mode = taken.mode.as_deref().unwrap_or("prefer");
        config.ssl_mode(match mode {
            "disable" => SslMode::Disable,
            "prefer" => SslMode::Prefer,
            "require" | "verify-full" => SslMode::Require,
            _ => return Err(TargetError::UnknownMode { mode: mode.to_owned() }),
        });
        if config.get_application_name().is_none() {
            config.application_name("farthing");
        }
        // A server that may not be written to is a copy, which lags behind what was answered.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self { config, tls: tls(mode, taken.roots)? })
    }
}

fn tls(mode: &str, roots: Option<PathBuf>) -> Result<MakeTls, TargetError> {
    match (mode, roots) {
        ("verify-full", Some(roots)) => MakeTls::verified(&roots)
            .map_err(|error| TargetError::Roots { detail: crate::failure::with_causes(&error) }),
        ("verify-full", None) => Err(TargetError::NoRoots),
        (_, Some(_)) => Err(TargetError::UnusedRoots { mode: mode.to_owned() }),
        (_, None) => Ok(MakeTls::unverified()),
    }
}

/// A connection string without the settings that are ours to read.
#[derive(Default)]
struct Taken {
    rest: String,
    mode: Option<String>,
    roots: Option<PathBuf>,
}

impl Taken {
    fn out_of(text: &str) -> Result<Self, TargetError> {
        let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if is_url { Ok(Self::out_of_url(text)) } else { Self::out_of_pairs(text) }
    }

    fn out_of_url(text: &str) -> Self {
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let mut taken = Self { rest: base.to_owned(), ..Self::default() };
        let mut separator = '?';
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            if !taken.take(key, || percent_decoded(value)) {
                taken.rest.push(separator);
                taken.rest.push_str(pair);
                separator = '&';
            }
        }
        taken
    }

    fn out_of_pairs(text: &str) -> Result<Self, TargetError> {
        let mut taken = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (key, after) = rest.split_once('=').ok_or_else(|| TargetError::Unreadable {
                detail: "a setting has no = and no value".to_owned(),
            })?;
            let after = after.trim_start();
            let (value, value_bytes) = read_value(after);
            if !taken.take(key.trim(), || value) {
                taken.rest.push_str(&format!(" {}={}", key.trim(), &after[..value_bytes]));
            }
            rest = after[value_bytes..].trim_start();
        }
        Ok(taken)
    }

    fn take(&mut self, key: &str, value: impl FnOnce() -> String) -> bool {
        match key {
            "sslmode" => self.mode = Some(value()),
            "sslrootcert" => self.roots = Some(PathBuf::from(value())),
            _ => return false,
        }
        true
    }
}

/// The first value of a text, and how many bytes of the text it takes. It ends with a space, or with its quote.
fn read_value(text: &str) -> (String, usize) {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut characters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' if quoted => return (value, at + 1),
            ' ' | '\t' | '\n' if !quoted => return (value, at),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => value.push(character),
        }
    }
    (value, text.len())
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code =
            after.get(..2).filter(|_| first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode_of(text: &str) -> SslMode {
        Target::parse(text).unwrap().config.get_ssl_mode()
    }

    /// Both spellings, with our settings anywhere among the others.
    #[test]
    fn both_spellings_are_read() {
        let pairs = Target::parse(r"host=db.example sslmode = require user='a b\'c' dbname=shop").unwrap();
        assert_eq!((pairs.config.get_user(), pairs.config.get_dbname()), (Some("a b'c"), Some("shop")));
        assert_eq!(pairs.config.get_ssl_mode(), SslMode::Require);
        let url = Target::parse("postgres://u:p%40@h:5433/d?sslmode=disable&connect_timeout=3").unwrap();
        assert_eq!((url.config.get_password(), url.config.get_ports()), (Some(&b"p@"[..]), &[5433][..]));
        assert_eq!(url.config.get_connect_timeout(), Some(&std::time::Duration::from_secs(3)));
        assert_eq!(url.config.get_ssl_mode(), SslMode::Disable);
        assert_eq!(mode_of("host=h user=u"), SslMode::Prefer);
        assert_eq!(mode_of("postgresql://h/d?sslmode=prefer"), SslMode::Prefer);
    }

    /// The password is nowhere in what is logged, neither when all is well nor when the text cannot be read.
    #[test]
    fn the_password_is_not_shown() {
        let target = Target::parse("postgres://user:hidden@host/d").unwrap();
        assert!(!format!("{target:?}").contains("hidden"));
        for broken in ["host=h password=hidden port=x", "postgres://user:hidden@host:port/d", "hidden"] {
            let error = Target::parse(broken).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hidden"), "{error:?}");
        }
    }

    /// A certificate that nobody would look at, or that is missing, is refused with what to do.
    #[test]
    fn a_certificate_is_used_or_refused() {
        let refused = |text| Target::parse(text).unwrap_err();
        assert!(matches!(refused("host=h sslmode=verify-ca"), TargetError::UnknownMode { .. }));
        assert!(matches!(refused("host=h sslrootcert=/ca.pem"), TargetError::UnusedRoots { .. }));
        assert!(matches!(refused("host=h sslmode=verify-full"), TargetError::NoRoots));
        let absent = refused("postgres://h/d?sslmode=verify-full&sslrootcert=%2Fnonexistent%2Fca.pem");
        assert!(absent.to_string().contains("/nonexistent/ca.pem"), "{absent}");
    }
}
