//! Calls of our methods.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use barebus::{ErrorName, MessageType};
use barebus_tests::peer::{OWNER, Peer, Sent, message};

use crate::scene::{patient, play, works};

/// Calls `member` of the client and returns the answer.
fn ask(peer: &mut Peer, member: &str) -> Sent {
    let call = peer.call(Some(OWNER), "org.example.Ours", member);
    peer.write(&call);
    peer.receive().unwrap()
}

/// Greets, and waits until the client is ready to be called.
fn begin(peer: &mut Peer) {
    peer.greet();
    let call = peer.called("Echo").unwrap();
    let reply = peer.echo(&call, Some(OWNER));
    peer.write(&reply);
}

fn error_name(sent: &Sent) -> Option<&str> {
    sent.message().header().error_name.map(ErrorName::as_str)
}

/// Waits for a script. This does not wake the driver.
fn told(script: &mpsc::Receiver<()>) {
    tokio::task::block_in_place(|| script.recv().expect("the script goes through"));
}

#[test]
fn calls_are_answered_refused_or_dropped_and_no_caller_is_left_waiting() {
    const NO_REPLY: Option<&str> = Some("org.freedesktop.DBus.Error.NoReply");

    let (sender, seen) = mpsc::channel();
    let script = move |peer: &mut Peer| {
        begin(peer);
        let answer = ask(peer, "Answered");
        assert_eq!(answer.message().body::<(&str,)>().unwrap(), ("here you are",));
        assert_eq!(error_name(&ask(peer, "Refused")), Some("org.example.No"));
        assert_eq!(error_name(&ask(peer, "Dropped")), NO_REPLY);
        sender.send(()).unwrap();
        // Calls are no longer taken.
        assert_eq!(error_name(&ask(peer, "Late")), NO_REPLY);
        sender.send(()).unwrap();
    };
    play(&patient().serve_calls(), script, |bus, _driver| async move {
        let mut incoming = bus.incoming().unwrap();
        works(&bus).await;
        assert!(bus.incoming().is_none(), "there is one already");
        for _ in 0..3 {
            let call = incoming.next().await.unwrap().unwrap();
            assert!(call.expects_reply());
            let member = call.message().unwrap().header().member.unwrap().as_str().to_owned();
            match &*member {
                "Answered" => call.reply(&("here you are",), Vec::new()).unwrap(),
                "Refused" => {
                    call.reply_error("org.example.No", "no").unwrap();
                }
                _ => drop(call),
            }
        }
        told(&seen);
        drop(incoming);
        told(&seen);
        assert!(bus.incoming().is_some());
    });
}

#[test]
fn calls_that_wait_when_nobody_takes_them_any_more_are_answered_with_an_error() {
    const CALLS: usize = 300;
    const ROUNDS: usize = 100;

    let (sender, seen) = mpsc::channel();
    let script = move |peer: &mut Peer| {
        peer.greet();
        for _ in 0..ROUNDS {
            let echo = peer.called("Echo").unwrap();
            for _ in 0..CALLS {
                let call = peer.call(Some(OWNER), "org.example.Ours", "Late");
                peer.write(&call);
            }
            let reply = peer.echo(&echo, Some(OWNER));
            peer.write(&reply);
            for _ in 0..CALLS {
                assert!(error_name(&peer.receive().expect("an answer")).is_some());
            }
            sender.send(()).unwrap();
        }
    };
    play(&patient().serve_calls(), script, |bus, _driver| async move {
        for _ in 0..ROUNDS {
            let incoming = bus.incoming().unwrap();
            works(&bus).await;
            assert_eq!(incoming.dropped(), 0);
            drop(incoming);
            told(&seen);
        }
    });
}

#[test]
fn calls_that_find_no_place_are_answered_with_an_error() {
    const CALLS: usize = 3000;

    let (sender, seen) = mpsc::channel();
    let script = move |peer: &mut Peer| {
        begin(peer);
        let text = "x".repeat(1000);
        let calls: Vec<u8> = (0..CALLS)
            .flat_map(|_| {
                let header = peer.call_header(Some(OWNER), "org.example.Ours", "Much");
                message(&header, &(&*text,))
            })
            .collect();
        let mut writer = Peer::new(peer.stream().try_clone().unwrap());
        let writing = thread::spawn(move || writer.write(&calls));
        let (mut refused, mut answered) = (0, 0);
        while refused + answered < CALLS {
            match peer.receive().unwrap().message().header().message_type {
                MessageType::Error => refused += 1,
                MessageType::MethodReturn => answered += 1,
                other => panic!("{other:?}"),
            }
        }
        assert!(writing.join().unwrap());
        assert!(refused >= 2000 && answered >= 500, "{refused} {answered}");
        sender.send(()).unwrap();
    };
    play(&patient().serve_calls(), script, |bus, _driver| async move {
        let mut incoming = bus.incoming().unwrap();
        works(&bus).await;
        // Not read until it has overflowed: 1 MiB holds fewer than 1,000 calls of more than 1,000 bytes.
        while incoming.dropped() < 2000 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let answering = tokio::spawn(async move {
            while let Some(Ok(call)) = incoming.next().await {
                call.reply(&(), Vec::new()).unwrap();
            }
        });
        told(&seen);
        // It ends with the connection, if not before.
        answering.abort();
    });
}
