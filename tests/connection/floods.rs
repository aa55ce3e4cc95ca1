//! Peers that send too much or do not read.

use std::time::Duration;

use barebus::{CallError, Connection, MatchRule, NoReply, SendError};
use barebus_tests::cost::processor_time;
use barebus_tests::memory;
use barebus_tests::peer::{OWNER, Peer};

use crate::scene::{SHORT, hasty_calls, method, patient, play, play_sending, works};

/// Greets, waits for a call of `Echo`, writes `flood`, and answers the call. Then it answers a second call without a flood.
fn flooding(flood: impl FnOnce(&mut Peer) + Send + 'static) -> impl FnOnce(&mut Peer) + Send {
    move |peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        flood(peer);
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        while let Some(call) = peer.called("Echo") {
            let reply = peer.echo(&call, Some(OWNER));
            peer.write(&reply);
        }
    }
}

/// Writes a signal `count` times, with `len` bytes of text.
fn signals(peer: &mut Peer, member: &str, count: usize, len: usize) {
    let text = "x".repeat(len);
    let signal = peer.signal(Some(OWNER), "org.example.Interface", member, &(&*text,));
    let each = (64 * 1024 / signal.len()).clamp(1, count);
    let many = signal.repeat(each);
    for _ in 0..count / each {
        peer.write(&many);
    }
    peer.write(&signal.repeat(count % each));
}

fn noise(connection: &mut Connection) -> barebus::SubscriptionId {
    connection.subscribe(&MatchRule::parse("type='signal',member='Noise'").unwrap()).unwrap()
}

const LIMIT: usize = 1 << 20;

#[test]
fn signals_that_nobody_asked_for_take_no_memory() {
    let script = flooding(|peer| signals(peer, "Noise", 8000, 8000));
    play(&patient(), script, |connection| {
        let ((), peak) = memory::peak(|| works(connection));
        assert!(peak < 128 * 1024, "{peak}");
        let state = connection.session_state();
        assert_eq!((state.ignored(), state.dropped()), (1 + 8000, 0));
    });
}

#[test]
fn signals_that_wait_are_bounded_and_hold_up_no_reply() {
    let script = flooding(|peer| signals(peer, "Noise", 8000, 8000));
    play(&patient().queue_limits(LIMIT, LIMIT), script, |connection| {
        let id = noise(connection);
        let ((), peak) = memory::peak(|| works(connection));
        assert!(peak <= LIMIT + 128 * 1024, "{peak} bytes");
        let dropped = connection.session_state().dropped();
        let mut kept = 0;
        while connection.next_signal(id, Some(Duration::ZERO)).unwrap().is_some() {
            kept += 1;
        }
        assert_eq!((kept + dropped, kept > 100), (8000, true), "{kept} kept");
        // The queue has room again.
        works(connection);
        assert_eq!(connection.session_state().dropped(), dropped);
    });
}

#[test]
fn small_signals_are_sorted_in_linear_time() {
    let script = flooding(|peer| {
        signals(peer, "Noise", 100_000, 1);
        signals(peer, "Wanted", 1, 1);
    });
    play(&patient(), script, |connection| {
        noise(connection);
        let rule = MatchRule::parse("type='signal',member='Wanted'").unwrap();
        let wanted = connection.subscribe(&rule).unwrap();
        let begin = processor_time();
        let echo = connection.start_call(&method("Echo"), &("",), Vec::new()).unwrap();
        assert!(connection.next_signal(wanted, None).unwrap().is_some());
        connection.wait(echo).unwrap();
        // Examining the queue at each read would take minutes.
        let took = processor_time() - begin;
        assert!(took < Duration::from_secs(8), "{took:?}");
    });
}

#[test]
fn signals_of_an_ended_subscription_do_not_stay() {
    let script = flooding(|peer| signals(peer, "Noise", 1000, 100));
    play(&patient(), script, |connection| {
        works(connection);
        let ((), held) = memory::held(|| {
            let id = noise(connection);
            let echo = connection.start_call(&method("Echo"), &("",), Vec::new()).unwrap();
            connection.wait(echo).unwrap();
            connection.unsubscribe(id).unwrap();
        });
        // The queue keeps its capacity, but not the messages of some 200 bytes each.
        assert!(held < 1000 * 150, "{held} bytes");
    });
}

#[test]
fn a_signal_without_end_ends_no_deadline() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        peer.called("Echo").unwrap();
        let signal = peer.signal(
            Some(OWNER),
            "org.example.Interface",
            "Noise",
            &("x".repeat(5000).as_str(),),
        );
        while peer.write(&signal) {}
    };
    play(&patient().queue_limits(LIMIT, LIMIT), script, |connection| {
        let id = noise(connection);
        connection.set_call_timeout(Some(SHORT));
        let result = connection.call(&method("Echo"), &("",));
        assert!(matches!(result, Err(CallError::NoReply(NoReply::TimedOut))), "{result:?}");
        // The same for a signal that never arrives.
        let rule = MatchRule::parse("type='signal',member='Wanted'").unwrap();
        let refused = connection.subscribe(&rule);
        assert!(matches!(refused, Err(CallError::NoReply(NoReply::TimedOut))), "{refused:?}");
        connection.unsubscribe(id).unwrap();
    });
}

#[test]
fn replies_that_nobody_waits_for_take_no_memory() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let reply = peer.reply(&call, Some(OWNER), &("still here",));
        let other = peer.reply(&call, Some(":1.66"), &("x".repeat(1000).as_str(),));
        for _ in 0..500 {
            peer.write(&other.repeat(20));
        }
        peer.write(&reply);
        for _ in 0..500 {
            peer.write(&reply.repeat(20));
        }
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let ((), peak) = memory::peak(|| {
            works(connection);
            works(connection);
        });
        assert!(peak < 128 * 1024, "{peak}");
        assert_eq!(connection.session_state().ignored(), 1 + 20_000);
    });
}

#[test]
fn replies_that_find_no_place_are_told_of() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        while let Some(call) = peer.called("Echo") {
            let reply = peer.reply(&call, Some(OWNER), &("x".repeat(LIMIT / 4).as_str(),));
            peer.write(&reply);
        }
    };
    play(&patient().queue_limits(LIMIT, LIMIT), script, |connection| {
        let calls =
            [(); 8].map(|()| connection.start_call(&method("Echo"), &("",), Vec::new()).unwrap());
        connection.wait(calls[7]).unwrap();
        let mut full = 0;
        for call in &calls[..7] {
            match connection.wait(*call) {
                Ok(_) => {}
                Err(CallError::NoReply(NoReply::QueueFull)) => full += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((full, connection.session_state().dropped()), (4, 4));
    });
}

#[test]
fn calls_of_a_peer_that_does_not_read_the_answers_are_bounded() {
    let script = flooding(|peer| {
        let ping = peer.call(Some(OWNER), "org.freedesktop.DBus.Peer", "Ping");
        for _ in 0..2000 {
            peer.write(&ping.repeat(50));
        }
    });
    play(&patient().queue_limits(LIMIT, LIMIT), script, |connection| {
        let ((), peak) = memory::peak(|| works(connection));
        assert!(peak <= 4 * LIMIT, "{peak}");
        works(connection);
    });
}

#[test]
fn served_calls_that_wait_are_bounded_and_the_others_answered() {
    let script = flooding(|peer| {
        let call = peer.call(Some(OWNER), "org.example.Interface", "Question");
        for _ in 0..1000 {
            peer.write(&call.repeat(50));
        }
    });
    let options = patient().queue_limits(16 * LIMIT, LIMIT).serve_calls();
    play_sending(&options, script, |connection| {
        let begin = processor_time();
        works(connection);
        works(connection);
        assert!(connection.session_state().dropped() > 40_000);
        let took = processor_time() - begin;
        assert!(took < Duration::from_secs(8), "{took:?}");
    });
}

#[test]
fn a_peer_that_never_reads_ends_the_call_in_time() {
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        // Until the client is done.
        let _ = is_done.recv();
    };
    play_sending(&hasty_calls(), script, move |connection| {
        let _done = done;
        connection.establish().unwrap();
        let big = vec![7_u8; 64 << 20];
        let result = connection.call(&method("Take"), &(&big[..],));
        assert!(matches!(result, Err(CallError::NoReply(NoReply::TimedOut))), "{result:?}");
        // Half of it is still queued, so there is no room for anything else.
        let result = connection.call(&method("Echo"), &("",));
        assert!(matches!(result, Err(CallError::Send(SendError::QueueFull { .. }))), "{result:?}");
        let result = connection.flush();
        assert!(matches!(result, Err(CallError::NoReply(NoReply::TimedOut))), "{result:?}");
    });
}

#[test]
fn two_sides_that_write_to_one_another_both_get_through() {
    const LEN: usize = 32 << 20;
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        // Both buffers are full before either side reads.
        let signal =
            peer.signal(Some(OWNER), "org.example.Interface", "Big", &(&vec![7_u8; LEN][..],));
        peer.write(&signal);
        let call = peer.called("Take").unwrap();
        assert_eq!(call.message().body::<(&[u8],)>().unwrap().0.len(), LEN);
        let reply = peer.reply(&call, Some(OWNER), &());
        peer.write(&reply);
        peer.drain();
    };
    play_sending(&patient(), script, |connection| {
        connection.establish().unwrap();
        connection.call(&method("Take"), &(&vec![7_u8; LEN][..],)).unwrap();
    });
}

#[test]
fn what_was_sent_is_not_kept() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        for member in ["Take", "Echo"] {
            let call = peer.called(member).unwrap();
            let reply = peer.reply(&call, Some(OWNER), &("still here",));
            peer.write(&reply);
        }
        peer.drain();
    };
    play_sending(&patient(), script, |connection| {
        let big = vec![7_u8; 32 << 20];
        let ((), held) = memory::held(|| {
            connection.call(&method("Take"), &(&big[..],)).unwrap();
            works(connection);
        });
        assert!(held < 128 * 1024, "{held} bytes are kept");
    });
}
