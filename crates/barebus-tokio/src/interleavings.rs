//! What must hold in every order of the steps of tasks, driver and peer.
//!
//! shuttle runs the threads of a test one at a time and picks who goes on at each lock. A wake-up that is lost is a deadlock, which shuttle
//! reports. The connection is a session without a socket.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use barebus::wire::MatchRule;
use barebus::{CallError, CallId, ConnectionError, MethodCall, SubscriptionId};
use shuttle::future::block_on;
use shuttle::rand::{Rng, thread_rng};
use shuttle::{check_pct, check_random, thread};

use crate::received::{Reply, Signal};
use crate::shared::{Handle, Shared};
use played::{Mock, Peer, Wire};

mod played;

/// Orders of each kind that are tried.
const RANDOM: usize = 100;
const WITH_FEW_SWITCHES: usize = 100;

fn check(test: fn()) {
    check_random(test, RANDOM);
    check_pct(test, WITH_FEW_SWITCHES, 3);
}

/// A handle, and the thread of its driver. `steps`: after how many polls the driver is dropped.
fn drive(wire: &Arc<Wire>, steps: usize) -> (Arc<Handle<Mock>>, thread::JoinHandle<Option<bool>>) {
    let shared = Arc::new(Shared::new(Mock::new()));
    let handle = Arc::new(Handle(Arc::clone(&shared)));
    let wire = Arc::clone(wire);
    let driver = thread::spawn(move || {
        let mut left = steps;
        let end = block_on(poll_fn(|cx| {
            if left == 0 {
                return Poll::Ready(None);
            }
            left -= 1;
            let drive = |state: &mut _, cx: &mut Context<'_>, _: &mut _| wire.transfer(state, cx);
            shared.drive(cx, &mut Vec::new(), drive).map(|end| Some(end.is_ok()))
        }));
        shared.abandon();
        wire.close();
        end
    });
    (handle, driver)
}

const FOREVER: usize = usize::MAX;

/// A call that is given up when it is dropped, as `PendingReply` is.
struct Call(Arc<Handle<Mock>>, Option<CallId>);

impl Call {
    fn new(handle: &Arc<Handle<Mock>>, number: u32) -> Result<Self, CallError> {
        let call = MethodCall::from_static("a.b", "/", "a.b", "Echo");
        let id = handle.start_call(|mock| mock.call(&call, number))?;
        Ok(Self(Arc::clone(handle), Some(id)))
    }

    fn poll(&mut self, cx: &Context<'_>) -> Poll<Result<u32, CallError>> {
        let id = self.1.expect("it is not polled after its end");
        let end = self.0.poll_reply(id, cx);
        if end.is_ready() {
            self.1 = None;
        }
        end.map(|end| end.map(|reply: Reply| reply.body::<(u32,)>().unwrap().0))
    }

    fn wait(mut self) -> Result<u32, CallError> {
        block_on(poll_fn(|cx| self.poll(cx)))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(id) = self.1 {
            self.0.give_up(id);
        }
    }
}

fn subscribe(handle: &Handle<Mock>) -> SubscriptionId {
    handle.subscribe(|mock| mock.subscribe(&MatchRule::parse("type='signal'").unwrap())).unwrap()
}

fn next(handle: &Handle<Mock>, id: SubscriptionId) -> Result<u32, ConnectionError> {
    block_on(poll_fn(|cx| handle.poll_signal(id, cx)))
        .map(|signal: Signal| signal.body::<(u32,)>().unwrap().0)
}

#[test]
fn each_call_gets_its_own_answer_and_the_driver_ends_with_the_last_handle() {
    check(|| {
        let wire = Wire::new();
        let (handle, driver) = drive(&wire, FOREVER);
        let peer = Peer::answer(&wire);
        let callers = [1, 2, 3].map(|number| {
            let handle = Arc::clone(&handle);
            thread::spawn(move || {
                assert_eq!(Call::new(&handle, number).unwrap().wait().unwrap(), number)
            })
        });
        drop(handle);
        callers.into_iter().for_each(|caller| caller.join().unwrap());
        assert_eq!(driver.join().unwrap(), Some(true));
        peer.join().unwrap();
    });
}

#[test]
fn a_call_that_moves_to_another_task_wakes_that_one() {
    check(|| {
        let wire = Wire::new();
        let (handle, driver) = drive(&wire, FOREVER);
        let peer = Peer::answer(&wire);
        let mut call = Call::new(&handle, 7).unwrap();
        drop(handle);
        let first = block_on(poll_fn(|cx| Poll::Ready(call.poll(cx))));
        let other = thread::spawn(move || match first {
            Poll::Ready(end) => end.unwrap(),
            Poll::Pending => call.wait().unwrap(),
        });
        assert_eq!(other.join().unwrap(), 7);
        assert_eq!(driver.join().unwrap(), Some(true));
        peer.join().unwrap();
    });
}

#[test]
fn a_dropped_call_is_given_up_and_disturbs_no_other() {
    check(|| {
        let wire = Wire::new();
        let (handle, driver) = drive(&wire, FOREVER);
        // The dropped call gets no answer that would end it.
        let peer = Peer::answer_from(&wire, 2);
        let dropped = {
            let mut call = Call::new(&handle, 1).unwrap();
            thread::spawn(move || {
                let _ = block_on(poll_fn(|cx| Poll::Ready(call.poll(cx))));
            })
        };
        assert_eq!(Call::new(&handle, 2).unwrap().wait().unwrap(), 2);
        dropped.join().unwrap();
        let state = handle.lock();
        assert!(state.calls.is_empty());
        assert_eq!(state.connection.as_ref().unwrap().outstanding(), 0);
        drop(state);
        drop(handle);
        assert_eq!(driver.join().unwrap(), Some(true));
        peer.join().unwrap();
    });
}

#[test]
fn each_stream_gets_every_signal_in_order_while_others_come_and_go() {
    check(|| {
        let wire = Wire::new();
        let (handle, driver) = drive(&wire, FOREVER);
        let id = subscribe(&handle);
        let passing = Arc::clone(&handle);
        let passing = thread::spawn(move || {
            let id = subscribe(&passing);
            let _ = block_on(poll_fn(|cx| Poll::Ready(passing.poll_signal(id, cx))));
            passing.unsubscribe(id);
        });
        let peer = Peer::signal(&wire, 3);
        let numbers = [(); 3].map(|()| next(&handle, id).unwrap());
        assert_eq!(numbers, [0, 1, 2]);
        passing.join().unwrap();
        handle.unsubscribe(id);
        assert!(handle.lock().streams.is_empty() && handle.lock().unsettled.is_empty());
        drop(handle);
        assert_eq!(driver.join().unwrap(), Some(true));
        peer.join().unwrap();
    });
}

/// Whoever waits for something that the peer never sends.
fn wait_in_vain(handle: &Arc<Handle<Mock>>) -> [thread::JoinHandle<()>; 3] {
    handle.start_incoming();
    let [caller, listener, server] = [(); 3].map(|()| Arc::clone(handle));
    [
        thread::spawn(move || {
            let end = Call::new(&caller, 1).and_then(Call::wait);
            assert!(matches!(end, Err(CallError::Connection(_))), "{end:?}");
        }),
        thread::spawn(move || {
            let rule = MatchRule::parse("type='signal'").unwrap();
            match listener.subscribe(|mock| mock.subscribe(&rule)) {
                Ok(id) => {
                    next(&listener, id).unwrap_err();
                    listener.unsubscribe(id);
                }
                Err(error) => assert!(matches!(error, CallError::Connection(_)), "{error:?}"),
            }
        }),
        thread::spawn(move || {
            let end = block_on(poll_fn(|cx| server.poll_call(cx)));
            assert!(end.is_err());
        }),
    ]
}

#[test]
fn a_driver_that_is_dropped_at_any_time_wakes_everybody() {
    check(|| {
        let wire = Wire::new();
        let steps = thread_rng().gen_range(1..4);
        let (handle, driver) = drive(&wire, steps);
        let waiting = wait_in_vain(&handle);
        // The driver needs to be polled that often.
        while !handle.lock().is_over {
            handle.change(|_| ());
            thread::yield_now();
        }
        waiting.into_iter().for_each(|it| it.join().unwrap());
        assert_eq!(driver.join().unwrap(), None);
        assert!(Call::new(&handle, 1).is_err());
    });
}

#[test]
fn a_peer_that_hangs_up_at_any_time_wakes_everybody() {
    check(|| {
        let wire = Wire::new();
        let (handle, driver) = drive(&wire, FOREVER);
        let waiting = wait_in_vain(&handle);
        let peer = Peer::hang_up(&wire);
        waiting.into_iter().for_each(|it| it.join().unwrap());
        assert_eq!(driver.join().unwrap(), Some(false));
        peer.join().unwrap();
        assert!(handle.lock().is_over);
    });
}

#[test]
fn calls_of_ours_arrive_once_each_and_a_dropped_one_is_answered() {
    check(|| {
        let wire = Wire::new();
        let (handle, driver) = drive(&wire, FOREVER);
        assert!(handle.start_incoming() && !handle.start_incoming());
        let peer = Peer::call(&wire, 2);
        for number in 0..2 {
            let (call, reply_to) = block_on(poll_fn(|cx| handle.poll_call(cx))).unwrap();
            assert_eq!(call.message().unwrap().body::<(u32,)>().unwrap().0, number);
            handle.change(|_| drop(reply_to));
        }
        handle.end_incoming();
        drop(handle);
        // The peer waits for both answers.
        peer.join().unwrap();
        assert_eq!(driver.join().unwrap(), Some(true));
    });
}

#[test]
fn the_played_connection_is_established() {
    let mock = Mock::new();
    assert!(mock.is_established());
    assert_eq!(mock.outstanding(), 0);
}
