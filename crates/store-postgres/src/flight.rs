//! Requests that are sent together and answered together.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::{MaybeDone, maybe_done};

/// Sends all requests at once, in their order, and waits for all of their answers.
///
/// A request of the driver is sent when it is first polled, and one connection answers in the order of asking. Each is
/// therefore polled once, before any of them is waited for; then they are waited for one after another.
pub(crate) async fn flight<F: Future>(requests: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut requests: Vec<_> = requests.map(|request| Box::pin(maybe_done(request))).collect();
    poll_fn(|context| {
        for request in &mut requests {
            // Whether it is done already is seen below.
            let _ = request.as_mut().poll(context);
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(requests.len());
    for mut request in requests {
        if matches!(*request, MaybeDone::Future(_)) {
            request.as_mut().await;
        }
        answers.push(request.as_mut().take_output().expect("what was waited for is done, and taken once"));
    }
    answers
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Every request is begun before any is waited for, in order, and answers keep the order of the requests.
    #[tokio::test]
    async fn all_are_begun_before_any_is_waited_for() {
        let seen = RefCell::new(Vec::new());
        let request = |n: u32| {
            let seen = &seen;
            async move {
                seen.borrow_mut().push(format!("begin {n}"));
                if n != 2 {
                    tokio::task::yield_now().await;
                }
                seen.borrow_mut().push(format!("end {n}"));
                n
            }
        };
        assert_eq!(flight((1..=3).map(request)).await, [1, 2, 3]);
        assert_eq!(seen.take(), ["begin 1", "begin 2", "end 2", "begin 3", "end 1", "end 3"]);
    }
}
