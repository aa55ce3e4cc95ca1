//! Calls: any number, in any order, dropped at any time.

use std::fs::File;
use std::future::poll_fn;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::pin::pin;
use std::sync::mpsc;
use std::task::Poll;

use barebus::wire::{EncodeBody, EncodeError, Signature, Writer};
use barebus::{CallError, FdIndex, Flags, NoReply, SendError};
use barebus_tests::peer::{OWNER, Peer, message};
use barebus_tokio::{Connection, Driver, Incoming, IncomingCall, PendingReply, SignalStream};

use crate::scene::{SHORT, echo, method, patient, play, works};

#[test]
fn what_is_shared_among_threads_can_be() {
    const fn is_send<T: Send + 'static>() {}
    const fn is_sync<T: Sync>() {}
    const {
        is_send::<Connection>();
        is_sync::<Connection>();
        is_send::<Driver>();
        is_send::<PendingReply>();
        is_send::<SignalStream>();
        is_send::<Incoming>();
        is_send::<IncomingCall>();
        is_send::<barebus_tokio::Reply>();
        is_send::<barebus_tokio::Signal>();
        is_sync::<barebus_tokio::Signal>();
    }
}

#[test]
fn calls_of_many_tasks_are_answered_each() {
    play(&patient(), Peer::serve_echo, |bus, _driver| async move {
        let tasks: Vec<_> = (0..8)
            .map(|task| {
                let bus = bus.clone();
                tokio::spawn(async move {
                    for call in 0..50 {
                        let text = format!("{task}.{call}");
                        assert_eq!(echo(&bus, &text).await.unwrap(), text);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!((bus.outstanding(), bus.dropped()), (0, 0));
        assert_eq!(bus.unique_name().as_deref(), Some(":1.7"));
    });
}

#[test]
fn calls_leave_in_the_order_of_their_making_and_are_answered_in_any() {
    const CALLS: usize = 100;

    let script = |peer: &mut Peer| {
        peer.greet();
        let calls: Vec<_> = (0..CALLS).map(|_| peer.called("Echo").unwrap()).collect();
        for (index, call) in calls.iter().enumerate() {
            assert_eq!(call.message().body::<(&str,)>().unwrap().0, index.to_string());
        }
        for call in calls.iter().rev() {
            let reply = peer.echo(call, Some(OWNER));
            peer.write(&reply);
        }
    };
    play(&patient(), script, |bus, _driver| async move {
        // None is polled before all are created.
        let calls: Vec<_> =
            (0..CALLS).map(|index| bus.call(&method("Echo"), &(&*index.to_string(),))).collect();
        for (index, call) in calls.into_iter().enumerate() {
            assert_eq!(call.await.unwrap().body::<(&str,)>().unwrap().0, index.to_string());
        }
    });
}

#[test]
fn a_dropped_call_is_forgotten_and_its_reply_ignored() {
    let (sender, has_come) = mpsc::channel();
    let script = move |peer: &mut Peer| {
        peer.greet();
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        let slow = peer.called("Slow").unwrap();
        sender.send(()).unwrap();
        let call = peer.called("Echo").unwrap();
        let late = peer.reply(&slow, Some(OWNER), &());
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&[late, reply].concat());
    };
    play(&patient(), script, |bus, _driver| async move {
        works(&bus).await;
        let slow = bus.call(&method("Slow"), &());
        tokio::task::spawn_blocking(move || has_come.recv().unwrap()).await.unwrap();
        // The queries about the name have been answered, but perhaps not yet processed.
        while bus.outstanding() != 1 {
            tokio::task::yield_now().await;
        }
        let given_up = tokio::time::timeout(SHORT, slow).await;
        assert!(given_up.is_err());
        assert_eq!(bus.outstanding(), 0);
        works(&bus).await;
        assert_eq!(bus.ignored(), 2, "NameAcquired, and the reply that came late");
    });
}

#[test]
fn a_reply_that_has_come_before_the_call_is_dropped_is_dropped_with_it() {
    play(&patient(), Peer::serve_echo, |bus, _driver| async move {
        for _ in 0..100 {
            let dropped = bus.call(&method("Echo"), &("not looked at",));
            works(&bus).await;
            drop(dropped);
            drop(bus.call(&method("Echo"), &("nor this",)));
        }
        works(&bus).await;
        assert_eq!(bus.outstanding(), 0);
    });
}

#[test]
fn a_call_without_reply_times_out_and_nothing_else_does() {
    play(&patient(), Peer::serve_echo, |bus, _driver| async move {
        works(&bus).await;
        bus.set_call_timeout(Some(SHORT));
        // The scripted service answers Echo alone.
        let silence = bus.call(&method("Silent"), &()).await;
        assert!(matches!(silence, Err(CallError::NoReply(NoReply::TimedOut))), "{silence:?}");
        bus.set_call_timeout(None);
        works(&bus).await;
        let patient = bus.call(&method("Silent"), &());
        assert!(tokio::time::timeout(2 * SHORT, patient).await.is_err());
    });
}

#[test]
fn an_error_is_the_callees_answer() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let call = peer.called("Fail").unwrap();
        let error = peer.error(&call, Some(OWNER), "org.example.Failed", "it did not go well");
        peer.write(&error);
    };
    play(&patient(), script, |bus, _driver| async move {
        let error = bus.call(&method("Fail"), &()).await.unwrap_err();
        assert_eq!(error.remote_name(), Some("org.example.Failed"));
    });
}

#[test]
fn what_cannot_be_sent_is_told_by_the_future() {
    play(&patient(), Peer::serve_echo, |bus, _driver| async move {
        let call = method("Echo").flags(Flags::NO_REPLY_EXPECTED);
        let refused = bus.call(&call, &("",)).await;
        assert!(matches!(refused, Err(CallError::Send(SendError::NoReplyExpected))));
        let refused = bus.call(&method("Echo"), &("a\0b",)).await;
        assert!(matches!(refused, Err(CallError::Send(SendError::Encode(_)))));
        works(&bus).await;
    });
}

#[test]
fn a_reply_is_given_once() {
    play(&patient(), Peer::serve_echo, |bus, _driver| async move {
        let mut call = pin!(bus.call(&method("Echo"), &("once",)));
        assert!(call.as_mut().await.is_ok());
        let again = call.await;
        assert!(matches!(again, Err(CallError::NoReply(NoReply::NotOutstanding))));
    });
}

#[test]
fn the_task_that_polled_last_is_woken() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let call = peer.called("Echo").unwrap();
        peer.called("Now").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
    };
    play(&patient(), script, |bus, _driver| async move {
        let mut call = Box::pin(bus.call(&method("Echo"), &("moved",)));
        // Polled here, and awaited elsewhere.
        poll_fn(|cx| {
            assert!(call.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        let elsewhere = tokio::spawn(call);
        tokio::task::yield_now().await;
        bus.send(&method("Now"), &(), Vec::new()).unwrap();
        assert_eq!(elsewhere.await.unwrap().unwrap().body::<(&str,)>().unwrap(), ("moved",));
    });
}

#[test]
fn descriptors_pass_both_ways() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let call = peer.called("Mirror").unwrap();
        let fds = peer.take_fds();
        assert_eq!(fds.len(), 2);
        let header = peer.reply_header(&call, Some(OWNER), 2);
        let bytes = message(&header, &(FdIndex(1),));
        peer.write_with(&bytes, &fds.iter().map(AsRawFd::as_raw_fd).collect::<Vec<_>>());
    };
    play(&patient(), script, |bus, _driver| async move {
        let fds =
            vec![File::open("/dev/zero").unwrap().into(), File::open("/dev/null").unwrap().into()];
        let reply = bus.call_with_fds(&method("Mirror"), &(FdIndex(1),), fds).await.unwrap();
        let (index,) = reply.body::<(FdIndex,)>().unwrap();
        assert!(reply.fd(index).is_some());
        assert!(reply.fd(FdIndex(2)).is_none());
        let ends: Vec<_> = reply
            .into_fds()
            .into_iter()
            .map(|fd| File::from(fd).read(&mut [0; 1]).unwrap())
            .collect();
        assert_eq!(ends, [1, 0]);
    });
}

/// Arguments that panic when they are marshalled.
struct Panicking;

impl EncodeBody for Panicking {
    fn signature(&self) -> Signature<'_> {
        Signature::EMPTY
    }

    fn encode_body(&self, _: &mut Writer<'_>) -> Result<(), EncodeError> {
        panic!("as it is meant to")
    }
}

#[test]
fn a_task_that_panics_while_it_calls_harms_no_other() {
    play(&patient(), Peer::serve_echo, |bus, _driver| async move {
        works(&bus).await;
        let calling = bus.clone();
        let panicked =
            tokio::spawn(async move { calling.call(&method("Echo"), &Panicking).await.map(drop) });
        assert!(panicked.await.unwrap_err().is_panic());
        works(&bus).await;
        assert_eq!(bus.outstanding(), 0);
    });
}
