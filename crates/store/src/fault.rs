//! A commit that fails where a test wants it to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::StoreError;

/// Makes one write of a commit fail. Clones share the same countdown.
#[derive(Clone, Debug, Default)]
pub struct FaultPoint(Arc<AtomicU64>);

impl FaultPoint {
    /// Lets the `n`-th step from now fail, counted from 1; 0 lets everything pass.
    ///
    /// Each row written is a step, and so is the end of the transaction.
    pub fn fail_at(&self, n: u64) {
        self.0.store(n, Ordering::SeqCst);
    }

    /// Whether a failure is still to come.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }

    /// To be called by a backend before each step of a commit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] at the step that was chosen.
    pub fn step(&self) -> Result<(), StoreError> {
        let before = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if before == Ok(1) {
            return Err(StoreError::Unavailable { detail: "a test made this write fail".to_owned() });
        }
        Ok(())
    }
}
