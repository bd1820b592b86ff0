//! Why an address could not be listened on, and what to do about it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

/// Why [`Listener::bind`](super::Listener::bind) failed. Each text says what to do.
#[derive(Debug, Error)]
pub enum BindError {
    /// Another socket listens there.
    #[error(
        "{addr} is in use: another program listens there. Stop it (`ss -ltnp 'sport = :{port}'` shows which \
         one it is), or choose another port; port 0 takes any free one",
        port = addr.port()
    )]
    InUse {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// The system keeps this port for privileged programs.
    #[error(
        "no permission to listen on {addr}. Allow this program low ports with \
         `sudo setcap 'cap_net_bind_service=+ep' {binary}`, or every program with \
         `sudo sysctl net.ipv4.ip_unprivileged_port_start={port}`, or choose another port, for example \
         --tls-listen {ip}:8743",
        binary = binary.display(), port = addr.port(), ip = bracketed(addr)
    )]
    Denied {
        /// The address asked for.
        addr: SocketAddr,
        /// The program that needs the right.
        binary: PathBuf,
    },
    /// The address belongs to no interface of this machine.
    #[error(
        "{addr} is not an address of this machine. Use 127.0.0.1 for this machine only, 0.0.0.0 for all \
         its interfaces, or one that `ip addr` shows"
    )]
    NotOurs {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// Anything else that the system says.
    #[error("cannot listen on {addr}: {source}")]
    Other {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

impl BindError {
    pub(super) fn new(addr: SocketAddr, error: io::Error) -> BindError {
        match error.kind() {
            io::ErrorKind::AddrInUse => BindError::InUse { addr },
            io::ErrorKind::PermissionDenied => BindError::Denied { addr, binary: this_program() },
            io::ErrorKind::AddrNotAvailable => BindError::NotOurs { addr },
            _ => BindError::Other { addr, source: error },
        }
    }
}

fn this_program() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("farthing"))
}

/// The IP as it stands before a port.
fn bracketed(addr: &SocketAddr) -> String {
    match addr {
        SocketAddr::V4(addr) => addr.ip().to_string(),
        SocketAddr::V6(addr) => format!("[{}]", addr.ip()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(addr: &str, kind: io::ErrorKind) -> String {
        BindError::new(addr.parse().expect("an address"), kind.into()).to_string()
    }

    #[test]
    fn a_denied_low_port_names_three_ways_out() {
        // Each of the ways to get port 443, or to go without it, is in the text, ready to paste.
        let text = text_of("[::1]:443", io::ErrorKind::PermissionDenied);
        assert!(text.starts_with("no permission to listen on [::1]:443."), "{text}");
        let binary = std::env::current_exe().expect("a path");
        assert!(text.contains(&format!("setcap 'cap_net_bind_service=+ep' {}", binary.display())), "{text}");
        assert!(text.contains("net.ipv4.ip_unprivileged_port_start=443"), "{text}");
        assert!(text.contains("--tls-listen [::1]:8743"), "{text}");
    }

    #[test]
    fn each_kind_says_what_to_do() {
        // The address is always named, and what to do is not left to the reader.
        let in_use = text_of("127.0.0.1:8790", io::ErrorKind::AddrInUse);
        assert!(in_use.contains("127.0.0.1:8790 is in use") && in_use.contains("sport = :8790"), "{in_use}");
        let not_ours = text_of("192.0.2.1:80", io::ErrorKind::AddrNotAvailable);
        assert!(not_ours.contains("192.0.2.1:80 is not an address of this machine"), "{not_ours}");
        let other = text_of("127.0.0.1:80", io::ErrorKind::OutOfMemory);
        assert!(other.starts_with("cannot listen on 127.0.0.1:80: "), "{other}");
    }
}
