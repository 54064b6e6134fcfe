//! Work that keeps a core busy for long, done aside of what answers everyone: a large document is parsed,
//! validated and planned on threads of its own, so few at a time that small requests go on beside it.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::errors::{Code, Failure};

/// Documents from this size on are worked on aside. Most that programs send are smaller, and those are
/// quicker done than handed over.
pub(crate) const LARGE_BYTES: usize = 4 * 1024;

/// How many wait for their turn at most; one more is refused. Each holds its document.
const MOST_WAITING: usize = 64;

/// The place for it.
#[derive(Debug)]
pub(crate) struct Aside {
    running: Arc<Semaphore>,
    /// Those that wait and those that run.
    places: Semaphore,
}

impl Aside {
    /// On half of the machine's cores.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with((cores / 2).max(1), MOST_WAITING)
    }

    fn with(running: usize, waiting: usize) -> Self {
        Self { running: Arc::new(Semaphore::new(running)), places: Semaphore::new(running + waiting) }
    }

    /// Does it when its turn comes.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let _place = self.places.try_acquire().map_err(|_| busy())?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| busy())?;
        // The turn ends with the work, also where nobody waits for it any more.
        let done = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        match done.await {
            Ok(done) => Ok(done),
            // A defect is a defect wherever it happens: who catches panics says so.
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(busy()),
        }
    }
}

fn busy() -> Failure {
    Failure::new(Code::Unavailable, "too many large operations at a time; try again in a moment")
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn large_work_is_done_so_few_at_a_time_and_one_more_than_may_wait_is_refused() {
        let aside = Arc::new(Aside::with(1, 2));
        let (go, gone) = mpsc::channel::<()>();
        let gone = Arc::new(Mutex::new(gone));
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let start = || {
            let (aside, gone, now, most) = (aside.clone(), gone.clone(), now.clone(), most.clone());
            tokio::spawn(async move {
                aside
                    .run(move || {
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        gone.lock().unwrap().recv().unwrap();
                        now.fetch_sub(1, Ordering::SeqCst);
                    })
                    .await
            })
        };
        let begun: Vec<_> = (0..3).map(|_| start()).collect();
        while aside.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(aside.run(|| ()).await.map_err(|failure| failure.code), Err(Code::Unavailable));
        for _ in 0..3 {
            go.send(()).unwrap();
        }
        for work in begun {
            assert!(work.await.unwrap().is_ok());
        }
        assert_eq!(most.load(Ordering::SeqCst), 1);
        assert!(aside.run(|| ()).await.is_ok(), "there is place again");
    }
}
