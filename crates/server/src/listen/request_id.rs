//! Names for requests, by which log lines of one request are found.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The name of one request, unique as long as each process has a prefix of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

impl RequestId {
    /// The name as text: lower-case letters, digits and one dash when the prefix has no others.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives out [`RequestId`]s: the prefix, a dash and a count in hexadecimal.
///
/// Clones share one count, so that all listeners of a process name their requests apart.
#[derive(Debug, Clone)]
pub struct RequestIds {
    prefix: Arc<str>,
    given: Arc<AtomicU64>,
}

impl RequestIds {
    /// Starts a count at 1 under `prefix`, which is handed in (random at start, fixed in tests).
    pub fn new(prefix: &str) -> RequestIds {
        RequestIds { prefix: Arc::from(prefix), given: Arc::new(AtomicU64::new(0)) }
    }

    /// The next name.
    pub fn next_id(&self) -> RequestId {
        let number = self.given.fetch_add(1, Ordering::Relaxed) + 1;
        RequestId(format!("{}-{number:x}", self.prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_one_count() {
        // Two listeners of one process never give the same name to two requests.
        let first = RequestIds::new("r7");
        let second = first.clone();
        let names = [first.next_id(), second.next_id(), first.next_id()];
        assert_eq!(names.map(|id| id.to_string()), ["r7-1", "r7-2", "r7-3"]);
    }
}
