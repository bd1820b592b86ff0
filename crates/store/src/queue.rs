//! A bounded queue from many tasks to a few threads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};

/// A queue that never makes the sender wait: it takes an item, or says why not.
#[derive(Debug)]
pub struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    items_max: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    /// How many threads are asleep; a sender wakes one only if there is one, which spares a system call under load.
    sleepers: usize,
    closed: bool,
}

/// Why a queue did not take an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotQueued {
    /// As many items wait as it may hold.
    Full {
        /// How many that is.
        items_max: usize,
    },
    /// Nobody will look into it any more.
    Closed,
}

impl<T> Queue<T> {
    /// An empty queue for at most `items_max` items.
    #[must_use]
    pub fn new(items_max: usize) -> Self {
        let state = State { items: VecDeque::new(), sleepers: 0, closed: false };
        Self { state: Mutex::new(state), filled: Condvar::new(), items_max }
    }

    /// Adds an item at the end.
    ///
    /// # Errors
    /// In order of checking: [`NotQueued::Closed`], [`NotQueued::Full`].
    pub fn push(&self, item: T) -> Result<(), NotQueued> {
        let mut state = self.lock();
        if state.closed {
            return Err(NotQueued::Closed);
        }
        if state.items.len() >= self.items_max {
            return Err(NotQueued::Full { items_max: self.items_max });
        }
        state.items.push_back(item);
        let wake = state.sleepers > 0;
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// How many items wait.
    pub(crate) fn waiting_count(&self) -> usize {
        self.lock().items.len()
    }

    /// Takes what waits, at most `count_max` items, and sleeps only while nothing does.
    ///
    /// Nothing comes back only when the queue is closed and empty.
    #[must_use]
    pub fn take(&self, count_max: usize) -> Vec<T> {
        let mut state = self.lock();
        while state.items.is_empty() && !state.closed {
            state.sleepers += 1;
            state = self.filled.wait(state).expect("nobody panics while holding this lock");
            state.sleepers -= 1;
        }
        let count = count_max.min(state.items.len());
        state.items.drain(..count).collect()
    }

    /// Takes no more items; those that wait are still handed out.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// Takes no more items and drops those that wait, for the case that nobody is left to take them.
    pub fn abandon(&self) {
        self.close();
        let dropped = std::mem::take(&mut self.lock().items);
        drop(dropped);
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().expect("nobody panics while holding this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A full or closed queue says so, and what was queued before the close still comes out, in order.
    #[test]
    fn refuses_when_full_or_closed_and_hands_out_the_rest() {
        let queue = Queue::new(3);
        for item in 0..3 {
            assert_eq!(queue.push(item), Ok(()));
        }
        assert_eq!(queue.push(3), Err(NotQueued::Full { items_max: 3 }));
        assert_eq!(queue.take(2), [0, 1]);
        queue.close();
        assert_eq!(queue.push(4), Err(NotQueued::Closed));
        assert_eq!(queue.take(2), [2]);
        assert!(queue.take(2).is_empty());
    }

    /// A sleeping taker is woken by an item and by the close.
    #[test]
    fn wakes_a_sleeping_taker() {
        let queue = Queue::new(1);
        std::thread::scope(|scope| {
            let taker = scope.spawn(|| (queue.take(1), queue.take(1)));
            while queue.lock().sleepers == 0 {
                std::thread::yield_now();
            }
            queue.push(7).unwrap();
            queue.close();
            assert_eq!(taker.join().unwrap(), (vec![7], vec![]));
        });
    }
}
