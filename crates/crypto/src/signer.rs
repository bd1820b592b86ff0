//! What async code signs and verifies with, whoever does the work behind it.
//!
//! Both traits hand the work over at once and give back a future of a plain type, so that they can be used
//! as `Arc<dyn Signer>` and `Arc<dyn Verifier>` and no call needs a box. A hardware module implements them by
//! keeping the sending half of [`Answer::channel`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::sync::oneshot;

use crate::{Algorithm, PrivateKey, PublicKey};

/// Signs messages somewhere else than on the caller's thread.
pub trait Signer: Send + Sync {
    /// Hands over `message` to be signed. The work begins now, not when the answer is first polled; dropping the
    /// answer before its turn takes it back.
    ///
    /// # Errors
    /// The answer is [`SignError::Busy`] when too much waits already, [`SignError::Stopped`] when the signer ended.
    fn sign(&self, key: Arc<PrivateKey>, algorithm: Algorithm, message: Vec<u8>) -> Signing;
}

/// Verifies signatures somewhere else than on the caller's thread.
pub trait Verifier: Send + Sync {
    /// Hands over a message whose `signature` is to be verified; the answer says whether it holds. The work begins
    /// now, not when the answer is first polled; dropping the answer before its turn takes it back.
    ///
    /// # Errors
    /// The answer is [`VerifyError::Busy`] when too much waits already, [`VerifyError::Stopped`] when the verifier ended.
    /// Neither says anything about the signature, so neither may be told as a wrong one.
    fn verify(
        &self,
        key: Arc<PublicKey>,
        algorithm: Algorithm,
        message: Vec<u8>,
        signature: Vec<u8>,
    ) -> Verifying;
}

/// Why a message was not signed, in order of checking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignError {
    /// So many messages wait to be signed that this one was not taken.
    #[error("too many messages wait to be signed; try again when the load has gone down")]
    Busy,
    /// Nobody is left to sign: the signer ended, or this job broke it.
    #[error("the signer ended before it came to this message")]
    Stopped,
}

/// Why it is not known whether a signature holds, in order of checking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VerifyError {
    /// So many signatures wait to be verified that this one was not taken.
    #[error("too many signatures wait to be verified; try again when the load has gone down")]
    Busy,
    /// Nobody is left to verify: the verifier ended, or this job broke it.
    #[error("the verifier ended before it came to this signature")]
    Stopped,
}

/// The signature to come.
pub type Signing = Answer<Vec<u8>, SignError>;

/// Whether the signature holds, to come.
pub type Verifying = Answer<bool, VerifyError>;

/// An answer to come: known already, or sent by whoever took the work.
#[must_use = "the work is taken back when its answer is dropped"]
#[derive(Debug)]
pub struct Answer<T, E>(State<T, E>);

#[derive(Debug)]
enum State<T, E> {
    Known(Option<Result<T, E>>),
    Coming(oneshot::Receiver<Result<T, E>>),
}

impl<T, E> Answer<T, E> {
    /// An answer that is known at once.
    pub fn known(answer: Result<T, E>) -> Self {
        Self(State::Known(Some(answer)))
    }

    /// An answer to come, and the half that sends it. When that half is dropped unused, the answer is `Stopped`.
    pub fn channel() -> (oneshot::Sender<Result<T, E>>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(State::Coming(receiver)))
    }
}

impl<T: Unpin, E: Unpin + Stopped> Future for Answer<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Known(answer) => Poll::Ready(answer.take().expect("an answer is awaited once")),
            State::Coming(receiver) => {
                let received = ready!(Pin::new(receiver).poll(context));
                Poll::Ready(received.unwrap_or_else(|_dropped| Err(E::STOPPED)))
            }
        }
    }
}

/// An error that can say that nobody is left to answer.
pub trait Stopped {
    /// That error.
    const STOPPED: Self;
}

impl Stopped for SignError {
    const STOPPED: Self = Self::Stopped;
}

impl Stopped for VerifyError {
    const STOPPED: Self = Self::Stopped;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_nobody_sends_is_stopped() {
        let (sender, answer) = Signing::channel();
        drop(sender);
        assert_eq!(answer.await, Err(SignError::Stopped));
        let (sender, answer) = Verifying::channel();
        drop(sender);
        assert_eq!(answer.await, Err(VerifyError::Stopped));
        assert_eq!(Verifying::known(Ok(true)).await, Ok(true));
    }
}
