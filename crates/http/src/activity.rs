//! What each connection is about, so that it is known how long to wait for it, and whose place is
//! the first to be given to another.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use hyper::body::{Bytes, Frame, SizeHint};
use tokio::time::Instant;

use crate::peer::subscriber;

/// What one connection is about.
#[derive(Debug)]
pub struct Activity {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Requests that are answered now.
    under_way: usize,
    /// Since when none is.
    idle_since: Instant,
    /// Since when the head of one arrives.
    head_since: Option<Instant>,
    /// HTTP/2, where requests and more come in frames.
    multiplexed: bool,
    /// A protocol of its own by now, with time limits of its own.
    upgraded: bool,
    /// To be closed, since its place is needed.
    dismissed: bool,
    /// Who waits for something to be read.
    waker: Option<Waker>,
}

/// What a connection is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// Nothing: it is our turn.
    Nothing,
    /// The rest of a request's head, since then.
    Head(Instant),
    /// A request, since then.
    Request(Instant),
    /// Nothing any more.
    Dismissed,
}

impl Default for Activity {
    fn default() -> Self {
        let state = State {
            under_way: 0,
            idle_since: Instant::now(),
            head_since: None,
            multiplexed: false,
            upgraded: false,
            dismissed: false,
            waker: None,
        };
        Self { state: Mutex::new(state) }
    }
}

impl Activity {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something was read.
    pub fn heard(&self) {
        let mut state = self.state();
        if state.under_way == 0 && state.head_since.is_none() && !state.multiplexed && !state.upgraded {
            state.head_since = Some(Instant::now());
        }
    }

    /// It is HTTP/2.
    pub fn multiplexed(&self) {
        let mut state = self.state();
        state.multiplexed = true;
        state.head_since = None;
    }

    /// It isn't HTTP any more.
    pub fn upgraded(&self) {
        self.state().upgraded = true;
    }

    /// The head of a request is there; it is under way until this is dropped.
    pub fn begin(self: &Arc<Self>) -> UnderWay {
        let mut state = self.state();
        state.under_way += 1;
        state.head_since = None;
        UnderWay(Arc::clone(self))
    }

    /// What it is waited for. Wakes the context when it is dismissed.
    pub fn awaited(&self, context: &Context<'_>) -> Awaited {
        let mut state = self.state();
        if state.waker.as_ref().is_none_or(|waker| !waker.will_wake(context.waker())) {
            state.waker = Some(context.waker().clone());
        }
        if state.dismissed {
            return Awaited::Dismissed;
        }
        match state.waits_since() {
            None => Awaited::Nothing,
            Some(since) if state.head_since.is_some() => Awaited::Head(since),
            Some(since) => Awaited::Request(since),
        }
    }

    fn waits_since(&self) -> Option<Instant> {
        self.state().waits_since()
    }

    fn dismiss(&self) {
        let mut state = self.state();
        if state.waits_since().is_some() {
            state.dismissed = true;
            if let Some(waker) = state.waker.take() {
                waker.wake();
            }
        }
    }
}

impl State {
    fn waits_since(&self) -> Option<Instant> {
        let waits = self.under_way == 0 && !self.upgraded && !self.dismissed;
        waits.then(|| self.head_since.unwrap_or(self.idle_since))
    }
}

/// A request under way.
#[derive(Debug)]
pub struct UnderWay(Arc<Activity>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.under_way -= 1;
        if state.under_way == 0 {
            state.idle_since = Instant::now();
        }
    }
}

/// The body of an answer: as long as it goes on, its request is under way.
#[derive(Debug)]
pub struct Answering {
    body: Body,
    _under_way: UnderWay,
}

impl Answering {
    /// This body of this request's answer.
    pub fn new(body: Body, under_way: UnderWay) -> Self {
        Self { body, _under_way: under_way }
    }
}

impl hyper::body::Body for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// All connections of the server loop.
#[derive(Debug, Default)]
pub struct Crowd {
    all: Mutex<HashMap<u64, (IpAddr, Arc<Activity>)>>,
    numbers: AtomicU64,
}

/// One of the crowd, until it is dropped.
#[derive(Debug)]
pub struct Member {
    crowd: Arc<Crowd>,
    number: u64,
}

impl Crowd {
    /// One more, from this address.
    pub fn join(self: &Arc<Self>, address: IpAddr, activity: Arc<Activity>) -> Member {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let one = (subscriber(address), activity);
        self.all.lock().unwrap_or_else(PoisonError::into_inner).insert(number, one);
        Member { crowd: Arc::clone(self), number }
    }

    /// Closes those who have let us wait for longest, so many at most: of the address that has the most
    /// connections first, so that who opens thousands makes room for them alone.
    pub fn dismiss_idlest(&self, most: usize) {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of_address: HashMap<IpAddr, usize> = HashMap::new();
        for (address, _) in all.values() {
            *of_address.entry(*address).or_default() += 1;
        }
        let rank = |address| Reverse(of_address.get(address).copied().unwrap_or_default());
        let waiting = all
            .values()
            .filter_map(|(address, activity)| Some(((rank(address), activity.waits_since()?), activity)));
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_unstable_by_key(|(place, _)| *place);
        for (_, activity) in waiting.into_iter().take(most) {
            activity.dismiss();
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.crowd.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn awaited(activity: &Activity) -> Awaited {
        activity.awaited(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_head_is_waited_for_from_its_first_byte_on() {
        let activity = Arc::new(Activity::default());
        assert!(matches!(awaited(&activity), Awaited::Request(_)));
        activity.heard();
        let Awaited::Head(first) = awaited(&activity) else { panic!("{activity:?}") };
        activity.heard();
        assert_eq!(awaited(&activity), Awaited::Head(first), "more bytes give no more time");
        let (one, other) = (activity.begin(), activity.begin());
        activity.heard();
        assert_eq!(awaited(&activity), Awaited::Nothing, "it is a body that comes");
        drop(one);
        assert_eq!(awaited(&activity), Awaited::Nothing);
        drop(other);
        assert!(matches!(awaited(&activity), Awaited::Request(_)));
    }

    #[test]
    fn frames_are_no_heads_and_another_protocol_is_not_waited_for() {
        let activity = Arc::new(Activity::default());
        activity.heard();
        activity.multiplexed();
        activity.heard();
        assert!(matches!(awaited(&activity), Awaited::Request(_)));
        activity.upgraded();
        assert_eq!(awaited(&activity), Awaited::Nothing);
    }

    #[test]
    fn who_has_waited_longest_goes_first_and_nobody_at_work() {
        let crowd = Arc::new(Crowd::default());
        let activities: Vec<Arc<Activity>> = (0..4).map(|_| Arc::default()).collect();
        for (activity, later) in activities.iter().zip(1..) {
            activity.state().idle_since += std::time::Duration::from_secs(later);
        }
        let here = IpAddr::from([192, 0, 2, 1]);
        let members: Vec<Member> = activities.iter().map(|one| crowd.join(here, one.clone())).collect();
        let _at_work = activities[0].begin();
        crowd.dismiss_idlest(1);
        let dismissed =
            || activities.iter().map(|one| awaited(one) == Awaited::Dismissed).collect::<Vec<_>>();
        assert_eq!(dismissed(), [false, true, false, false]);
        crowd.dismiss_idlest(9);
        assert_eq!(dismissed(), [false, true, true, true]);
        drop(members);
        assert!(crowd.all.lock().unwrap().is_empty());
    }

    #[test]
    fn who_has_the_most_connections_makes_room_first() {
        let crowd = Arc::new(Crowd::default());
        let join = |last: u8, later: u64| {
            let activity: Arc<Activity> = Arc::default();
            activity.state().idle_since += std::time::Duration::from_secs(later);
            (crowd.join(IpAddr::from([192, 0, 2, last]), Arc::clone(&activity)), activity)
        };
        let (_member, alone) = join(1, 0);
        let many: Vec<_> = (1..5).map(|later| join(2, later)).collect();
        crowd.dismiss_idlest(2);
        let dismissed: Vec<bool> = many.iter().map(|(_, one)| awaited(one) == Awaited::Dismissed).collect();
        assert_eq!(dismissed, [true, true, false, false]);
        assert_ne!(awaited(&alone), Awaited::Dismissed, "it is idle for longer, and has one place");
        crowd.dismiss_idlest(9);
        assert_eq!(awaited(&alone), Awaited::Dismissed, "where nobody else is idle it makes room too");
    }
}
