//! The lines of files that wait to be taken apart. A photo takes up to ten bytes of memory a pixel for a
//! second or so: only so many are under way at a time, and only so much memory, of which a large one
//! takes more.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::stopwatch::Stopwatch;

const MEBIBYTE: u64 = 1 << 20;

/// How much work on files of a kind this process does at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueLimits {
    /// Files at a time.
    pub at_once: usize,
    /// MiB of memory that those take together. One that would take more goes alone.
    pub mebibytes: u32,
    /// How many wait besides; one more is turned away at once rather than left to time out.
    pub waiting: usize,
    /// How long one may take, once it is its turn.
    pub longest: Duration,
}

impl QueueLimits {
    /// For photos.
    pub const PHOTOS: Self =
        Self { at_once: 2, mebibytes: 512, waiting: 32, longest: Duration::from_mins(1) };
    /// For documents and recordings, of which documents take memory.
    pub(super) const OTHERS: Self =
        Self { at_once: 2, mebibytes: 1024, waiting: 32, longest: Duration::from_mins(2) };
}

/// Why a file wasn't worked on.
#[derive(Debug, thiserror::Error)]
pub(super) enum QueueError {
    /// The line is full, or it took too long: the same file may be taken later.
    #[error("too many files at a time")]
    Busy,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The line, and those whose turn it is.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    places: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    memory: Arc<Semaphore>,
    work: QueueLimits,
}

impl Queue {
    pub fn new(work: QueueLimits) -> Self {
        let work = QueueLimits { at_once: work.at_once.max(1), mebibytes: work.mebibytes.max(1), ..work };
        Self {
            places: Arc::new(Semaphore::new(work.at_once.saturating_add(work.waiting))),
            workers: Arc::new(Semaphore::new(work.at_once)),
            memory: Arc::new(Semaphore::new(
                usize::try_from(work.mebibytes).unwrap_or(Semaphore::MAX_PERMITS),
            )),
            work,
        }
    }

    /// Does this in its turn, off the async threads. `weigh` says how many bytes of memory it will take,
    /// without taking them; where it fails, that is the result.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn run<T: Send + 'static, E: Send + 'static>(
        &self,
        watch: &Stopwatch,
        weigh: impl FnOnce() -> Result<u64, E> + Send + 'static,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, QueueError> {
        // Neither the line, which is short, nor the work, which has a limit of its own, are the request's.
        let _held = watch.hold();
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| QueueError::Busy)?;
        // Both are served in the order of asking, and neither is ever closed.
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(io::Error::other)?;
        let bytes = match tokio::task::spawn_blocking(weigh).await.map_err(io::Error::other)? {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(error)),
        };
        let weight = u32::try_from(bytes.div_ceil(MEBIBYTE)).unwrap_or(u32::MAX).min(self.work.mebibytes);
        let memory = Arc::clone(&self.memory).acquire_many_owned(weight).await.map_err(io::Error::other)?;
        let working = tokio::task::spawn_blocking(move || {
            // Until the work is done, even when nobody waits for it any more.
            let _kept = (place, worker, memory);
            work()
        });
        let done = timeout(self.work.longest, working).await.map_err(|_| QueueError::Busy)?;
        Ok(done.map_err(io::Error::other)?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use futures::future::join_all;

    use super::*;

    /// A photo of so many MiB that is decoded when it is told to be.
    struct Slow {
        mebibytes: u64,
        begun: Sender<()>,
        go_on: Receiver<()>,
    }

    fn slow(mebibytes: u64) -> (Slow, Receiver<()>, Sender<()>) {
        let ((begun, has_begun), (go, go_on)) = (channel(), channel());
        (Slow { mebibytes, begun, go_on }, has_begun, go)
    }

    fn start(queue: &Queue, photo: Slow) -> tokio::task::JoinHandle<Result<Result<(), ()>, QueueError>> {
        let queue = queue.clone();
        tokio::spawn(async move {
            let Slow { mebibytes, begun, go_on } = photo;
            let work = move || {
                let _ = begun.send(());
                let _ = go_on.recv();
                Ok(())
            };
            queue.run(&Stopwatch::default(), move || Ok(mebibytes * MEBIBYTE), work).await
        })
    }

    async fn has_begun(begun: Receiver<()>) -> Receiver<()> {
        tokio::task::spawn_blocking(move || {
            begun.recv_timeout(Duration::from_mins(1)).unwrap();
            begun
        })
        .await
        .unwrap()
    }

    fn queue(work: QueueLimits) -> Queue {
        Queue::new(work)
    }

    const WORK: QueueLimits =
        QueueLimits { at_once: 2, mebibytes: 100, waiting: 2, longest: Duration::from_mins(1) };

    #[tokio::test]
    async fn large_photos_go_alone_and_small_ones_together() {
        let queue = queue(WORK);
        let (large, large_begun, large_on) = slow(1_000);
        let (small, small_begun, small_on) = slow(40);
        let (other, other_begun, other_on) = slow(60);
        let first = start(&queue, large);
        has_begun(large_begun).await;
        let second = start(&queue, small);
        while queue.workers.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(small_begun.try_recv().is_err(), "beside one that takes all the memory");
        large_on.send(()).unwrap();
        first.await.unwrap().unwrap().unwrap();
        let third = start(&queue, other);
        has_begun(small_begun).await;
        has_begun(other_begun).await;
        assert_eq!((queue.memory.available_permits(), queue.workers.available_permits()), (0, 0));
        for (go, under_way) in [(small_on, second), (other_on, third)] {
            go.send(()).unwrap();
            under_way.await.unwrap().unwrap().unwrap();
        }
        assert_eq!((queue.memory.available_permits(), queue.places.available_permits()), (100, 4));
    }

    #[tokio::test]
    async fn one_more_than_the_line_holds_is_turned_away_at_once() {
        let queue = queue(QueueLimits { at_once: 1, waiting: 3, ..WORK });
        let mut all = Vec::new();
        let mut go_on = Vec::new();
        for _ in 0..4 {
            let (photo, _, go) = slow(1);
            all.push(start(&queue, photo));
            go_on.push(go);
        }
        while queue.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = queue.run(&Stopwatch::default(), || Ok::<_, ()>(1), || Ok(())).await;
        assert!(matches!(refused, Err(QueueError::Busy)), "{refused:?}");
        drop(go_on);
        for done in join_all(all).await {
            done.unwrap().unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn the_limit_of_a_request_counts_neither_the_line_nor_the_work() {
        let queue = queue(QueueLimits { at_once: 1, ..WORK });
        let watch = Stopwatch::default();
        let (first, first_begun, go) = slow(1);
        let first = start(&queue, first);
        has_begun(first_begun).await;
        let go = Mutex::new(Some(go));
        let waits = queue.run(&watch, || Ok::<_, ()>(1), || Ok(()));
        let limit = Duration::from_millis(50);
        let limited = watch.limit(limit, waits);
        let later = async {
            tokio::time::sleep(4 * limit).await;
            drop(go.lock().unwrap().take());
        };
        let (done, ()) = tokio::join!(limited, later);
        done.unwrap().unwrap().unwrap();
        first.await.unwrap().unwrap().unwrap();
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up_and_keeps_its_place_until_it_ends() {
        let queue = queue(QueueLimits { longest: Duration::from_millis(20), at_once: 1, ..WORK });
        let (photo, _begun, go) = slow(7);
        let refused = start(&queue, photo).await.unwrap();
        assert!(matches!(refused, Err(QueueError::Busy)), "{refused:?}");
        assert_eq!((queue.workers.available_permits(), queue.memory.available_permits()), (0, 93));
        drop(go);
        let all = queue.memory.acquire_many(100).await;
        assert!(all.is_ok());
    }

    #[tokio::test]
    async fn what_can_not_be_read_takes_no_turn() {
        let queue = queue(WORK);
        let refused = queue.run(&Stopwatch::default(), || Err("broken"), || Ok(())).await;
        assert_eq!(refused.unwrap(), Err("broken"));
        assert_eq!((queue.places.available_permits(), queue.workers.available_permits()), (4, 2));
    }
}
