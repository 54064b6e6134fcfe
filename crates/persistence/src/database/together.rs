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
pub(super) struct Together(Arc<Mutex<HashMap<Question, Open>>>);

/// A question that is asked.
#[derive(Debug, Default)]
struct Open {
    /// How many ask it now.
    askers: usize,
    turns: Arc<Turns>,
}

/// One question's answers, under way and next.
struct Turns {
    running: Semaphore,
    /// Weakly: who waits for it keeps it, and it keeps the turns.
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
        let mut questions = locked(&self.0);
        let open = questions.entry(question.clone()).or_default();
        open.askers += 1;
        Asking { together: self, question, turns: Arc::clone(&open.turns) }
    }

    #[cfg(test)]
    fn size(&self) -> usize {
        locked(&self.0).len()
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut questions = locked(&self.together.0);
        if let Some(open) = questions.get_mut(&self.question) {
            open.askers -= 1;
            if open.askers == 0 {
                questions.remove(&self.question);
            }
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
        let turns = Arc::clone(self);
        let begun = async move {
            // Nobody closes it, so there is a turn.
            let _turn = turns.running.acquire().await;
            // Whoever asks from now on asks after this one began.
            *locked(&turns.next) = None;
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

    use tokio::sync::{Barrier, Notify};
    use tokio::task::JoinHandle;

    use super::*;

    /// A database whose statements end when they are told to, and answer how many had begun.
    #[derive(Clone, Default)]
    struct Slow {
        begun: Arc<AtomicUsize>,
        done: Arc<Notify>,
        fails: bool,
    }

    impl Slow {
        fn fetch(&self) -> impl Future<Output = Answer> + Send + use<> {
            let Self { begun, done, fails } = self.clone();
            let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
            async move {
                done.notified().await;
                if fails { Err(DbErr::Custom(number.to_string())) } else { Ok(number.to_string().into()) }
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
        fn of(slow: Slow) -> Self {
            Self { together: Together::default(), slow, sql: "SELECT".into() }
        }

        fn with(&self, values: [i64; 2]) -> JoinHandle<Answer> {
            let (together, slow) = (self.together.clone(), self.slow.clone());
            let values: Vec<Value> = values.into_iter().map(Value::from).collect();
            let question = Question::new(&self.sql, &values);
            tokio::spawn(async move { together.ask(question, move || slow.fetch()).await })
        }

        /// So many who ask the same, one after the other.
        async fn by(&self, count: i64) -> Vec<JoinHandle<Answer>> {
            let mut asked = Vec::new();
            for instant in 0..count {
                asked.push(self.with([instant, 7]));
                settled().await;
            }
            asked
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

    /// The answer, or what the error says.
    async fn answer(asked: JoinHandle<Answer>) -> String {
        match asked.await.expect("nobody stopped it") {
            Ok(text) => text.to_string(),
            Err(error) => error.to_string(),
        }
    }

    async fn answers(asked: Vec<JoinHandle<Answer>>) -> Vec<String> {
        let mut answers = Vec::new();
        for asked in asked {
            answers.push(answer(asked).await);
        }
        answers
    }

    #[tokio::test]
    async fn who_comes_while_a_question_is_answered_shares_the_next_answer() {
        let all = Asked::of(Slow::default());
        let asked = all.by(10).await;
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
        assert_eq!(answers(asked).await, ["1", "2", "3", "3", "3", "3", "3", "3", "3", "3"]);
        assert_eq!(answer(late).await, "4");
        assert_eq!(all.together.size(), 0, "nothing is kept");
    }

    #[tokio::test]
    async fn other_values_are_another_question() {
        let all = Asked::of(Slow::default());
        let asked: Vec<_> = (0..6).map(|value| all.with([1, value])).collect();
        settled().await;
        assert_eq!(all.begun(), 6);
        all.slow.done.notify_waiters();
        assert_eq!(answers(asked).await, ["1", "2", "3", "4", "5", "6"]);
    }

    #[tokio::test]
    async fn whoever_goes_away_leaves_the_answer_to_the_others() {
        let all = Asked::of(Slow::default());
        let mut asked = all.by(4).await;
        // Of the first one that is answered, and of the one that would have put the next statement.
        asked[0].abort();
        asked[2].abort();
        settled().await;
        assert_eq!(all.begun(), 3, "the next has its turn");
        all.slow.done.notify_waiters();
        assert_eq!(answers(asked.split_off(3)).await, ["3"]);
        settled().await;
        assert_eq!(all.together.size(), 0, "nothing is kept");
    }

    #[tokio::test]
    async fn an_error_is_told_to_all_who_share_it() {
        let all = Asked::of(Slow { fails: true, ..Slow::default() });
        let asked = all.by(5).await;
        all.slow.done.notify_waiters();
        settled().await;
        all.slow.done.notify_waiters();
        let told = answers(asked).await;
        assert!(told[0].ends_with('1') && told[1].ends_with('2'), "{told:?}");
        assert!(told[2..].iter().all(|error| error.ends_with('3')), "{told:?}");
        assert_eq!(all.together.size(), 0, "nothing is kept");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nothing_is_kept_where_the_last_ones_leave_at_the_same_moment() {
        let together = Together::default();
        let sql: Arc<str> = "SELECT".into();
        for _ in 0..5_000 {
            let start = Arc::new(Barrier::new(4));
            let asked: Vec<_> = (0..4)
                .map(|_| {
                    let (together, start) = (together.clone(), Arc::clone(&start));
                    let question = Question::new(&sql, &[]);
                    tokio::spawn(async move {
                        start.wait().await;
                        together.ask(question, || async { Ok("".into()) }).await
                    })
                })
                .collect();
            answers(asked).await;
            assert_eq!(together.size(), 0);
        }
    }
}
