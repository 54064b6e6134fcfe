//! Whose turn it is: so many requests are executed at once, and where more want to be, those who ask take
//! turns, however many requests each of them has sent. A flood waits for itself, not others for the flood.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Who takes turns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// An account, or an API token.
    Known(Arc<str>),
    /// Anyone at this address.
    Address(IpAddr),
    /// Not even an address is known.
    Nobody,
}

/// The turns of this process.
#[derive(Clone)]
pub struct Turns(Arc<Mutex<Queue>>);

struct Queue {
    /// How many may be here at once, in turn or waiting.
    most: usize,
    /// How many have a turn at once.
    at_once: usize,
    here: usize,
    in_turn: usize,
    /// Only those who have something here.
    callers: HashMap<Who, Caller>,
    /// Those of them who wait, in the order in which they are served next.
    order: VecDeque<Who>,
}

#[derive(Default)]
struct Caller {
    here: usize,
    in_turn: usize,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

/// All places are taken, or all that one caller may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// A request that was let in. Free again when this is dropped.
pub struct Place {
    turns: Turns,
    who: Who,
}

/// A request that is executed, until this is dropped.
pub struct Turn {
    turns: Turns,
    /// Taken when it goes on to another.
    who: Option<Who>,
}

impl Turns {
    /// So many here at once, so many of them in turn.
    pub fn new(most: usize, at_once: usize) -> Self {
        Self(Arc::new(Mutex::new(Queue {
            most,
            at_once: at_once.max(1),
            here: 0,
            in_turn: 0,
            callers: HashMap::new(),
            order: VecDeque::new(),
        })))
    }

    /// Lets a request in.
    ///
    /// # Errors
    /// There is no place for it now.
    pub fn enter(&self, who: Who) -> Result<Place, Full> {
        let mut queue = self.queue();
        let mine = queue.callers.get(&who).map_or(0, |caller| caller.here);
        if queue.here >= queue.most || mine >= most_of(queue.most) {
            return Err(Full);
        }
        queue.here += 1;
        queue.callers.entry(who.clone()).or_default().here += 1;
        Ok(Place { turns: self.clone(), who })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, who: Who) -> Turn {
        Turn { turns: self.clone(), who: Some(who) }
    }

    /// Gives a turn that is free to the next who waits.
    fn go_on(&self) {
        let next = self.queue().next();
        if let Some((who, waiting)) = next {
            // Who has gone since gives it back by dropping it, and so it goes on.
            drop(waiting.send(self.turn(who)));
        }
    }
}

impl Queue {
    fn has_turn_for(&self, who: &Who) -> bool {
        let mine = self.callers.get(who).map_or(0, |caller| caller.in_turn);
        self.in_turn < self.at_once && mine < most_of(self.at_once)
    }

    /// The next of those who wait, with a turn that counts already.
    fn next(&mut self) -> Option<(Who, oneshot::Sender<Turn>)> {
        loop {
            let place = self.order.iter().position(|who| self.has_turn_for(who))?;
            let who = self.order.remove(place)?;
            let caller = self.callers.get_mut(&who)?;
            // Some have gone meanwhile.
            let waits = |tell: &oneshot::Sender<Turn>| !tell.is_closed();
            let waiting = std::iter::from_fn(|| caller.waiting.pop_front()).find(waits);
            if !caller.waiting.is_empty() {
                self.order.push_back(who.clone());
            }
            if let Some(waiting) = waiting {
                caller.in_turn += 1;
                self.in_turn += 1;
                return Some((who, waiting));
            }
        }
    }
}

impl Place {
    /// Waits until it is this request's turn.
    pub async fn turn(&self) -> Turn {
        let told = {
            let mut queue = self.turns.queue();
            if queue.has_turn_for(&self.who) {
                queue.in_turn += 1;
                if let Some(caller) = queue.callers.get_mut(&self.who) {
                    caller.in_turn += 1;
                }
                return self.turns.turn(self.who.clone());
            }
            let (tell, told) = oneshot::channel();
            let first = queue.callers.get_mut(&self.who).is_some_and(|caller| {
                caller.waiting.push_back(tell);
                caller.waiting.len() == 1
            });
            if first {
                queue.order.push_back(self.who.clone());
            }
            told
        };
        match told.await {
            Ok(turn) => turn,
            // Nobody drops who waits without a word; were it so, it is executed all the same.
            Err(_) => Turn { turns: self.turns.clone(), who: None },
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queue = self.turns.queue();
        queue.here -= 1;
        if let Some(caller) = queue.callers.get_mut(&self.who) {
            caller.here -= 1;
            if caller.here == 0 && caller.in_turn == 0 {
                queue.callers.remove(&self.who);
                queue.order.retain(|who| *who != self.who);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(who) = self.who.take() else { return };
        {
            let mut queue = self.turns.queue();
            queue.in_turn -= 1;
            if let Some(caller) = queue.callers.get_mut(&who) {
                caller.in_turn -= 1;
                if caller.here == 0 && caller.in_turn == 0 {
                    queue.callers.remove(&who);
                }
            }
        }
        self.turns.go_on();
    }
}

/// How many of them one caller may have: three quarters, so that there is always something for others.
fn most_of(all: usize) -> usize {
    (all - all / 4).max(1)
}

#[cfg(test)]
mod tests {
    use tokio::task::{JoinHandle, yield_now};

    use super::*;

    fn who(name: &str) -> Who {
        Who::Known(name.into())
    }

    /// One who waits for a turn, and has asked for it when this returns.
    async fn wait(turns: &Turns, name: &str) -> JoinHandle<Turn> {
        let place = turns.enter(who(name)).unwrap();
        let waiting = tokio::spawn(async move { place.turn().await });
        yield_now().await;
        waiting
    }

    #[tokio::test]
    async fn a_flood_waits_for_itself_and_not_others_for_the_flood() {
        let turns = Turns::new(100, 4);
        let mut flood = Vec::new();
        for _ in 0..20 {
            flood.push(wait(&turns, "flood").await);
        }
        let in_turn = flood.iter().filter(|one| one.is_finished()).count();
        assert_eq!(in_turn, 3, "three quarters of the turns are the most one may have");
        let other = wait(&turns, "other").await;
        assert!(other.is_finished(), "there is a turn for others");
        let (second, third) = (wait(&turns, "other").await, wait(&turns, "third").await);
        assert!(!second.is_finished() && !third.is_finished(), "all are taken");
        // Each who ends lets on the next caller, whose requests are as few as they may be.
        for _ in 0..3 {
            drop(flood.remove(0).await.unwrap());
            yield_now().await;
        }
        assert!(second.is_finished() && third.is_finished());
        let in_turn = flood.iter().filter(|one| one.is_finished()).count();
        assert_eq!(in_turn, 1, "the flood had its turn among them");
    }

    #[tokio::test]
    async fn one_caller_does_not_take_every_place() {
        let turns = Turns::new(4, 1);
        let mut places: Vec<Place> = (0..3).map(|_| turns.enter(who("one")).unwrap()).collect();
        assert_eq!(turns.enter(who("one")).err(), Some(Full));
        places.push(turns.enter(who("other")).unwrap());
        assert_eq!(turns.enter(who("third")).err(), Some(Full), "there are no more");
        drop(places.remove(0));
        places.push(turns.enter(who("third")).unwrap());
        assert_eq!(Turns::new(1, 1).enter(Who::Nobody).err(), None, "one place is for whoever comes");
    }

    #[tokio::test]
    async fn who_goes_away_while_waiting_is_passed_over() {
        let turns = Turns::new(10, 1);
        let first = wait(&turns, "a").await.await.unwrap();
        let (gone, stays) = (wait(&turns, "a").await, wait(&turns, "b").await);
        gone.abort();
        assert!(gone.await.is_err());
        let last = wait(&turns, "a").await;
        drop(first);
        drop(last.await.unwrap());
        drop(stays.await.unwrap());
        let queue = turns.queue();
        assert_eq!((queue.here, queue.in_turn), (0, 0));
        assert!(queue.callers.is_empty() && queue.order.is_empty(), "who has nothing here takes no memory");
    }

    #[tokio::test]
    async fn many_who_come_and_go_leave_every_turn_free() {
        let turns = Turns::new(1_000, 5);
        let mut all = Vec::new();
        for number in 0..300_u32 {
            let turns = turns.clone();
            let asking = tokio::spawn(async move {
                let place = turns.enter(who(&(number % 7).to_string())).unwrap();
                let turn = place.turn().await;
                yield_now().await;
                assert!(turns.queue().in_turn <= 5);
                drop(turn);
            });
            if number % 3 == 0 {
                yield_now().await;
                asking.abort();
            }
            all.push(asking);
        }
        for one in all {
            let ended = one.await;
            assert!(ended.is_ok() || ended.is_err_and(|error| error.is_cancelled()));
        }
        let queue = turns.queue();
        assert_eq!((queue.here, queue.in_turn, queue.callers.len(), queue.order.len()), (0, 0, 0, 0));
    }
}
