//! How long a connection is waited for: until it says what it wants, and until it takes what it is
//! answered.
//!
//! hyper's own timers begin once it knows which version of HTTP is spoken, which takes a byte that
//! a client needn't send; and none of them limits writing on HTTP/1. Either way a connection that
//! does nothing would keep its place for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What a client of HTTP/2 sends first. As long as it is cut short, the version isn't known.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection that ends where it is waited for in vain. Once the version is known, silence on the
/// reading side is the business of others: hyper's timers, or those of a WebSocket, which may well
/// be silent for long.
#[derive(Debug)]
pub struct Patient<S> {
    stream: S,
    opening: Option<Opening>,
    longest_stall: Duration,
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

impl Opening {
    /// Whether these bytes, which come next, tell the version.
    fn is_over_with(&mut self, bytes: &[u8]) -> bool {
        let rest = PREFACE.get(self.preface..).unwrap_or_default();
        self.preface += bytes.len();
        bytes.len() >= rest.len() || !rest.starts_with(bytes)
    }
}

impl<S> Patient<S> {
    /// Waits so long for the version, and so long for each write to be taken in part.
    pub fn new(stream: S, opening: Duration, longest_stall: Duration) -> Self {
        let opening = Opening { ends: Box::pin(sleep(opening)), preface: 0 };
        Self { stream, opening: Some(opening), longest_stall, stalled: None }
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
        let longest = self.longest_stall;
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
        let Some(opening) = &mut me.opening else { return read };
        if read.is_pending() {
            return opening.ends.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()));
        }
        if opening.is_over_with(buffer.filled().get(before..).unwrap_or_default()) {
            me.opening = None;
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
    const STALL: Duration = Duration::from_secs(1);

    /// Both ends of a connection that takes 64 bytes before they are read.
    fn connection() -> (Patient<tokio::io::DuplexStream>, tokio::io::DuplexStream) {
        let (near, far) = tokio::io::duplex(64);
        (Patient::new(near, OPENING, STALL), far)
    }

    fn timed_out<T: std::fmt::Debug>(result: io::Result<T>) -> bool {
        result.unwrap_err().kind() == io::ErrorKind::TimedOut
    }

    #[tokio::test]
    async fn the_version_is_waited_for_and_silence_after_it_is_borne() {
        let mut buffer = [0; 64];
        for said in ["", "P", "PRI * HTTP/2.0"] {
            let (mut near, mut far) = connection();
            far.write_all(said.as_bytes()).await.unwrap();
            near.read_exact(&mut buffer[..said.len()]).await.unwrap();
            assert!(timed_out(near.read(&mut buffer).await), "{said}");
        }
        for said in ["G", "PRX", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
            let (mut near, mut far) = connection();
            far.write_all(said.as_bytes()).await.unwrap();
            near.read_exact(&mut buffer[..said.len()]).await.unwrap();
            let silence = tokio::time::timeout(OPENING * 3, near.read(&mut buffer)).await;
            assert!(silence.is_err(), "{said}");
        }
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
