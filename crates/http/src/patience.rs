//! How long a connection is waited for: until it says what it wants, until it wants something more,
//! and until it takes what it is answered.
//!
//! hyper's own timers begin once it knows which version of HTTP is spoken, which takes a byte that
//! a client needn't send; on HTTP/1 they know no difference between a head that is slow and a
//! connection that a proxy keeps for later; and none of them limits writing. Either way a connection
//! that does nothing would keep its place for ever, or be closed under a request on its way.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::activity::{Activity, Awaited};

/// What a client of HTTP/2 sends first. As long as it is cut short, the version isn't known.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long is waited for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The version, and the head of a request from its first byte on.
    pub head: Duration,
    /// The next request.
    pub request: Duration,
    /// Something of an answer to be taken.
    pub stall: Duration,
}

/// A connection that ends where it is waited for in vain.
#[derive(Debug)]
pub struct Patient<S> {
    stream: S,
    activity: Arc<Activity>,
    patience: Patience,
    opening: Option<Opening>,
    /// For the head or the request that is waited for.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Since the last write that wasn't taken.
    stalled: Option<Pin<Box<Sleep>>>,
}

/// The time before the version is known.
#[derive(Debug)]
struct Opening {
    ends: Pin<Box<Sleep>>,
    /// How much of the preface has come.
    preface: usize,
}

/// A version of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl Opening {
    /// The version that these bytes, which come next, tell.
    fn version(&mut self, bytes: &[u8]) -> Option<Version> {
        let rest = PREFACE.get(self.preface..).unwrap_or_default();
        self.preface += bytes.len();
        if bytes.starts_with(rest) {
            return Some(Version::Two);
        }
        (!rest.starts_with(bytes)).then_some(Version::One)
    }
}

impl<S> Patient<S> {
    /// Waits so long.
    pub fn new(stream: S, activity: Arc<Activity>, patience: Patience) -> Self {
        let opening = Opening { ends: Box::pin(sleep(patience.head)), preface: 0 };
        Self { stream, activity, patience, opening: Some(opening), waiting: None, stalled: None }
    }

    /// Nothing comes: whether that was waited for long enough.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let awaited = self.activity.awaited(context);
        if awaited == Awaited::Dismissed {
            return Poll::Ready(Ok(()));
        }
        if let Some(opening) = &mut self.opening {
            return opening.ends.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()));
        }
        let (until, ended) = match awaited {
            Awaited::Head(since) => (since + self.patience.head, Some(Err(io::ErrorKind::TimedOut.into()))),
            Awaited::Request(since) => (since + self.patience.request, Some(Ok(()))),
            // hyper may not ask again when an answer has ended and nothing came meanwhile, so the timer
            // has to wake it.
            Awaited::Nothing | Awaited::Dismissed => (Instant::now() + self.patience.request / 4, None),
        };
        let mut waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep_until(until))).as_mut();
        if waiting.deadline() > until {
            waiting.as_mut().reset(until);
        }
        while waiting.as_mut().poll(context).is_ready() {
            // It may have been set for something earlier: resetting it for each request would cost more.
            match ended {
                Some(ended) if Instant::now() >= until => return Poll::Ready(ended),
                _ => waiting.as_mut().reset(until),
            }
        }
        Poll::Pending
    }

    /// What came of a write, or that it has been waited for too long.
    fn patiently<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let longest = self.patience.stall;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(longest)));
        stalled.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let me = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut me.stream).poll_read(context, buffer);
        if read.is_pending() {
            // Where it is enough, it has ended, as if the client had said so.
            return me.wait(context);
        }
        me.activity.heard();
        if let Some(opening) = &mut me.opening
            && let Some(version) = opening.version(buffer.filled().get(before..).unwrap_or_default())
        {
            me.opening = None;
            if version == Version::Two {
                me.activity.multiplexed();
            }
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let me = self.get_mut();
        let written = Pin::new(&mut me.stream).poll_write(context, bytes);
        me.patiently(written, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let me = self.get_mut();
        let written = Pin::new(&mut me.stream).poll_write_vectored(context, bytes);
        me.patiently(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const OPENING: Duration = Duration::from_millis(100);
    const REQUEST: Duration = Duration::from_secs(2);
    const STALL: Duration = Duration::from_secs(1);

    /// Both ends of a connection that takes 64 bytes before they are read.
    fn connection() -> (Patient<tokio::io::DuplexStream>, tokio::io::DuplexStream) {
        let (near, far) = tokio::io::duplex(64);
        let patience = Patience { head: OPENING, request: REQUEST, stall: STALL };
        (Patient::new(near, Arc::default(), patience), far)
    }

    fn timed_out<T: std::fmt::Debug>(result: io::Result<T>) -> bool {
        result.unwrap_err().kind() == io::ErrorKind::TimedOut
    }

    #[tokio::test]
    async fn the_version_is_waited_for_and_the_rest_of_a_head() {
        let mut buffer = [0; 64];
        for said in ["", "P", "PRI * HTTP/2.0", "G", "PRX"] {
            let (mut near, mut far) = connection();
            far.write_all(said.as_bytes()).await.unwrap();
            near.read_exact(&mut buffer[..said.len()]).await.unwrap();
            assert!(timed_out(near.read(&mut buffer).await), "{said}");
        }
    }

    #[tokio::test]
    async fn silence_is_borne_while_it_is_our_turn_and_for_a_while_after() {
        let mut buffer = [0; 64];
        let (mut near, mut far) = connection();
        let activity = Arc::clone(&near.activity);
        far.write_all(b"G").await.unwrap();
        near.read_exact(&mut buffer[..1]).await.unwrap();
        let under_way = activity.begin();
        let silence = tokio::time::timeout(OPENING * 3, near.read(&mut buffer)).await;
        assert!(silence.is_err());
        drop(under_way);
        let begun = Instant::now();
        assert_eq!(near.read(&mut buffer).await.unwrap(), 0, "an end, and no error");
        assert!(begun.elapsed() + OPENING >= REQUEST);
        // HTTP/2 says something now and then that is no request.
        let (mut near, mut far) = connection();
        far.write_all(PREFACE).await.unwrap();
        near.read_exact(&mut buffer[..PREFACE.len()]).await.unwrap();
        far.write_all(b"ping").await.unwrap();
        near.read_exact(&mut buffer[..4]).await.unwrap();
        let silence = tokio::time::timeout(OPENING * 3, near.read(&mut buffer)).await;
        assert!(silence.is_err());
    }

    #[tokio::test]
    async fn who_is_dismissed_ends_at_once() {
        let (mut near, _far) = connection();
        let crowd = Arc::new(crate::activity::Crowd::default());
        let _member = crowd.join([127, 0, 0, 1].into(), Arc::clone(&near.activity));
        let mut buffer = [0; 64];
        let dismissing = async { crowd.dismiss_idlest(1) };
        let (read, ()) = tokio::join!(near.read(&mut buffer), dismissing);
        assert_eq!(read.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_preface_that_comes_byte_by_byte_gets_no_more_time() {
        let (mut near, mut far) = connection();
        let begun = tokio::time::Instant::now();
        let slow = async {
            for byte in PREFACE {
                tokio::time::sleep(OPENING / 10).await;
                far.write_all(&[*byte]).await.unwrap();
            }
        };
        let reading = async {
            let mut byte = [0];
            loop {
                if let Err(error) = near.read_exact(&mut byte).await {
                    return error.kind();
                }
            }
        };
        tokio::select! {
            () = slow => panic!("the preface was waited for"),
            kind = reading => assert_eq!(kind, io::ErrorKind::TimedOut),
        }
        assert!(begun.elapsed() >= OPENING);
    }

    #[tokio::test]
    async fn writes_are_waited_for_as_long_as_some_of_them_is_taken() {
        let (mut near, mut far) = connection();
        let taken = async {
            let mut few = [0; 32];
            for _ in 0..4 {
                tokio::time::sleep(STALL * 2 / 5).await;
                far.read_exact(&mut few).await.unwrap();
            }
            far
        };
        let (written, far) = tokio::join!(near.write_all(&[0; 192]), taken);
        written.unwrap();
        assert!(timed_out(near.write_all(&[0; 192]).await));
        drop(far);
    }
}
