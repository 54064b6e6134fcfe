//! A question that many ask at the same time is put to the database once.
//!
//! The first ones are answered at once. Whoever asks the same while they are being answered shares the
//! *next* answer with all who came meanwhile, never one whose statement had begun before they asked: that
//! one may not know what was written just before. So everyone sees what they would have seen alone, and a
//! page that a thousand people open in the same second costs the database a few statements.
//!
//! The same means: the same statement with the same values, those of the viewer among them. Only the
//! instant at which something is asked doesn't count; between those who share an answer it differs by the
//! time one statement takes.

use std::collections::HashMap;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared, WeakShared};
use sea_orm::{DbErr, Value};
use tokio::sync::Semaphore;

/// So many statements of one question run side by side; more would only wait for each other's processors.
const AT_ONCE: usize = 2;

type Answer = Result<Arc<str>, DbErr>;
type Next = Shared<BoxFuture<'static, Answer>>;

/// A statement and the values that decide its answer.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// Told by its place, which nothing else takes while this holds it.
    sql: Arc<str>,
    /// Texts, numbers and truths; no floating-point numbers, which wouldn't equal themselves.
    values: Arc<[Value]>,
}

impl Question {
    /// The first value is the instant of asking.
    pub fn new(sql: &Arc<str>, values: &[Value]) -> Self {
        Self { sql: Arc::clone(sql), values: values.get(1..).unwrap_or_default().into() }
    }
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.sql, &other.sql) && self.values == other.values
    }
}

impl Eq for Question {}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sql.as_ptr().hash(state);
        for value in &*self.values {
            match value {
                Value::String(Some(text)) => text.hash(state),
                Value::BigInt(Some(number)) => number.hash(state),
                _ => {}
            }
        }
    }
}

/// The questions that are being answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Together(Arc<Mutex<HashMap<Question, Arc<Turns>>>>);

/// One question's answers, under way and next.
struct Turns {
    running: Semaphore,
    next: Mutex<Option<WeakShared<BoxFuture<'static, Answer>>>>,
}

impl std::fmt::Debug for Turns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turns").field("running", &self.running).finish_non_exhaustive()
    }
}

/// Somebody who asks. Nothing is kept of a question that nobody asks any more.
struct Asking<'t> {
    together: &'t Together,
    question: Question,
    turns: Arc<Turns>,
}

impl Together {
    /// The answer to a question. `fetch` asks the database.
    ///
    /// # Errors
    /// Those of `fetch`, the same for all who share it.
    pub async fn ask<F>(&self, question: Question, fetch: impl FnOnce() -> F + Send + 'static) -> Answer
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let asking = self.asking(question);
        let turns = &asking.turns;
        if let Ok(_turn) = turns.running.try_acquire() {
            // Apart: it would be moved about with every future that this one is part of.
            return Box::pin(fetch()).await;
        }
        turns.next(fetch).await
    }

    fn asking(&self, question: Question) -> Asking<'_> {
        let turns = Arc::clone(locked(&self.0).entry(question.clone()).or_default());
        Asking { together: self, question, turns }
    }

    #[cfg(test)]
    fn size(&self) -> usize {
        locked(&self.0).len()
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut questions = locked(&self.together.0);
        // The map's own and this one: nobody else asks.
        if Arc::strong_count(&self.turns) <= 2 {
            questions.remove(&self.question);
        }
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self { running: Semaphore::new(AT_ONCE), next: Mutex::default() }
    }
}

impl Turns {
    /// The answer whose statement hasn't begun; `fetch` gets it where nobody waits for it yet.
    fn next<F>(self: &Arc<Self>, fetch: impl FnOnce() -> F + Send + 'static) -> Next
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let mut next = locked(&self.next);
        if let Some(waiting) = next.as_ref().and_then(WeakShared::upgrade) {
            return waiting;
        }
        // Weakly: the answer is kept in the turns, and would keep them.
        let turns = Arc::downgrade(self);
        let begun = async move {
            let turns = turns.upgrade();
            let _turn = match &turns {
                Some(turns) => turns.running.acquire().await.ok(),
                None => None,
            };
            // Whoever asks from now on asks after this one began.
            if let Some(turns) = &turns {
                *locked(&turns.next) = None;
            }
            fetch().await
        };
        let shared = begun.boxed().shared();
        *next = shared.downgrade();
        shared
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    /// A database whose statements end when they are told to, and answer how many had begun.
    #[derive(Clone, Default)]
    struct Slow {
        begun: Arc<AtomicUsize>,
        done: Arc<Notify>,
    }

    impl Slow {
        fn fetch(&self) -> impl Future<Output = Answer> + Send + use<> {
            let Self { begun, done } = self.clone();
            let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
            async move {
                done.notified().await;
                Ok(number.to_string().into())
            }
        }
    }

    /// Questions to one database, all by the same statement.
    struct Asked {
        together: Together,
        slow: Slow,
        sql: Arc<str>,
    }

    impl Asked {
        fn new() -> Self {
            Self { together: Together::default(), slow: Slow::default(), sql: "SELECT".into() }
        }

        fn with(&self, values: [i64; 2]) -> JoinHandle<Answer> {
            let (together, slow) = (self.together.clone(), self.slow.clone());
            let values: Vec<Value> = values.into_iter().map(Value::from).collect();
            let question = Question::new(&self.sql, &values);
            tokio::spawn(async move { together.ask(question, move || slow.fetch()).await })
        }

        fn begun(&self) -> usize {
            self.slow.begun.load(Ordering::SeqCst)
        }
    }

    async fn settled() {
        // One thread: whoever can go on has gone on after this.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    async fn answer(asked: JoinHandle<Answer>) -> String {
        asked.await.expect("was not stopped").expect("has an answer").to_string()
    }

    #[tokio::test]
    async fn who_comes_while_a_question_is_answered_shares_the_next_answer() {
        let all = Asked::new();
        let mut asked = Vec::new();
        for instant in 0..10 {
            asked.push(all.with([instant, 7]));
            settled().await;
        }
        assert_eq!(all.begun(), AT_ONCE, "the others wait");
        all.slow.done.notify_one();
        settled().await;
        assert_eq!(all.begun(), AT_ONCE + 1, "one statement for all who waited");
        // It has begun: what was written meanwhile it may not know, so nobody joins it any more.
        let late = all.with([99, 7]);
        settled().await;
        all.slow.done.notify_waiters();
        settled().await;
        all.slow.done.notify_waiters();
        let mut answers = Vec::new();
        for asked in asked {
            answers.push(answer(asked).await);
        }
        assert_eq!(answers, ["1", "2", "3", "3", "3", "3", "3", "3", "3", "3"]);
        assert_eq!(answer(late).await, "4");
        assert_eq!(all.together.size(), 0, "nothing is kept");
    }

    #[tokio::test]
    async fn other_values_are_another_question() {
        let all = Asked::new();
        let asked: Vec<_> = (0..6).map(|value| all.with([1, value])).collect();
        settled().await;
        assert_eq!(all.begun(), 6);
        all.slow.done.notify_waiters();
        for asked in asked {
            answer(asked).await;
        }
    }

    #[tokio::test]
    async fn whoever_goes_away_leaves_the_answer_to_the_others() {
        let all = Asked::new();
        let mut asked = Vec::new();
        for instant in 0..4 {
            asked.push(all.with([instant, 7]));
            settled().await;
        }
        // Of the first one that is answered, and of the one that would have put the next statement.
        asked[0].abort();
        asked[2].abort();
        settled().await;
        assert_eq!(all.begun(), 3, "the next has its turn");
        all.slow.done.notify_waiters();
        assert_eq!(answer(asked.pop().expect("is one")).await, "3");
        drop(asked);
        settled().await;
        assert_eq!(all.together.size(), 0, "nothing is kept");
    }

    #[tokio::test]
    async fn an_error_is_told_to_all_who_share_it() {
        let together = Together::default();
        let sql: Arc<str> = "SELECT".into();
        let fetch = || async { Err(DbErr::Custom("no".to_owned())) };
        let asked = together.ask(Question::new(&sql, &[]), fetch).await;
        assert!(asked.is_err());
        assert_eq!(together.size(), 0);
    }
}
