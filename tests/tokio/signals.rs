//! Signals: each stream gets its own, and no stream blocks another.

use std::future::poll_fn;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::pin::pin;
use std::task::Poll;

use barebus::{CallError, ConnectionError, FdIndex, MatchRule};
use barebus_tests::peer::{BUS, OWNER, Peer, message};
use barebus_tokio::{Connection, Signal, SignalStream};
use futures_core::Stream;

use crate::scene::{SHORT, echo, method, patient, play, rule, works};

async fn subscribe(bus: &Connection, member: &str) -> Result<SignalStream, CallError> {
    bus.subscribe(&MatchRule::parse(&rule(member)).unwrap()).await
}

async fn text(stream: &mut SignalStream) -> String {
    stream.next().await.unwrap().unwrap().body::<(&str,)>().unwrap().0.into()
}

/// Sends the signal that each call of `Emit` names, and answers `Echo`, until the client closes the connection.
fn serve(peer: &mut Peer) {
    if !peer.greet() {
        return;
    }
    while let Some(sent) = peer.receive() {
        let answer = match sent.member() {
            "Emit" => {
                let (member, text) = sent.message().body::<(&str, &str)>().unwrap();
                peer.signal(Some(OWNER), "org.example.Interface", member, &(text,))
            }
            "Echo" => peer.echo(&sent, Some(OWNER)),
            _ => {
                peer.answer_as_bus(&sent);
                continue;
            }
        };
        peer.write(&answer);
    }
}

fn emit(bus: &Connection, member: &str, text: &str) {
    bus.send(&method("Emit"), &(member, text), Vec::new()).unwrap();
}

#[test]
fn each_stream_is_given_what_it_asks_for() {
    play(&patient(), serve, |bus, _driver| async move {
        let mut apples = subscribe(&bus, "Apple").await.unwrap();
        let mut pears = subscribe(&bus, "Pear").await.unwrap();
        let mut again = subscribe(&bus, "Apple").await.unwrap();
        for (member, text) in
            [("Apple", "one"), ("Pear", "two"), ("Plum", "none"), ("Apple", "three")]
        {
            emit(&bus, member, text);
        }
        for stream in [&mut apples, &mut again] {
            assert_eq!([text(stream).await, text(stream).await], ["one", "three"]);
        }
        assert_eq!(text(&mut pears).await, "two");
        works(&bus).await;
        for stream in [&mut apples, &mut pears, &mut again] {
            assert!(tokio::time::timeout(SHORT, stream.next()).await.is_err(), "no more");
        }
    });
}

#[test]
fn it_is_the_stream_that_others_combine() {
    async fn first(stream: impl Stream<Item = Result<Signal, ConnectionError>>) -> Signal {
        let mut stream = pin!(stream);
        poll_fn(|cx| stream.as_mut().poll_next(cx)).await.unwrap().unwrap()
    }
    play(&patient(), serve, |bus, _driver| async move {
        let stream = subscribe(&bus, "Apple").await.unwrap();
        emit(&bus, "Apple", "one");
        let signal = first(stream).await;
        assert_eq!(signal.body::<(&str,)>().unwrap(), ("one",));
        assert_eq!(signal.message().unwrap().header().member.unwrap().as_str(), "Apple");
    });
}

#[test]
fn waiting_for_a_signal_can_be_given_up_and_loses_none() {
    play(&patient(), serve, |bus, _driver| async move {
        let mut stream = subscribe(&bus, "Apple").await.unwrap();
        assert!(tokio::time::timeout(SHORT, stream.next()).await.is_err());
        emit(&bus, "Apple", "one");
        works(&bus).await;
        let mut next = Box::pin(stream.next());
        poll_fn(|_| Poll::Ready(())).await;
        assert!(next.as_mut().await.is_some());
        drop(next);
        emit(&bus, "Apple", "two");
        assert_eq!(text(&mut stream).await, "two");
    });
}

#[test]
fn bodies_are_typed_and_a_wrong_one_costs_only_its_signal() {
    async fn first<T>(stream: impl Stream<Item = T>) -> Option<T> {
        let mut stream = pin!(stream);
        poll_fn(|cx| stream.as_mut().poll_next(cx)).await
    }
    play(&patient(), serve, |bus, _driver| async move {
        let mut texts = subscribe(&bus, "Apple").await.unwrap().bodies::<(String,)>();
        let mut numbers = subscribe(&bus, "Apple").await.unwrap().bodies::<(u32,)>();
        emit(&bus, "Apple", "one");
        emit(&bus, "Apple", "two");
        assert_eq!(first(&mut texts).await.unwrap().unwrap(), ("one".to_owned(),));
        assert_eq!(texts.next().await.unwrap().unwrap(), ("two".to_owned(),));
        for _ in 0..2 {
            let error = numbers.next().await.unwrap().unwrap_err();
            let CallError::Body { of: Some(of), .. } = error else { panic!("{error}") };
            assert!(of.starts_with("org.example."), "{of}");
        }
        assert_eq!(numbers.signals().dropped(), 0);
    });
}

#[test]
fn a_stream_that_nobody_reads_holds_up_nobody_and_counts_what_it_drops() {
    const SIGNALS: usize = 2000;

    play(&patient(), serve, |bus, _driver| async move {
        let mut slow = subscribe(&bus, "Apple").await.unwrap();
        let mut quick = subscribe(&bus, "Apple").await.unwrap();
        slow.set_queue_limit(100_000);
        quick.set_queue_limit(usize::MAX);
        let filling = "x".repeat(1000);
        for index in 0..SIGNALS {
            emit(&bus, "Apple", &format!("{index} {filling}"));
            if index % 100 == 0 {
                assert_eq!(echo(&bus, "meanwhile").await.unwrap(), "meanwhile");
            }
        }
        works(&bus).await;
        for index in 0..SIGNALS {
            assert!(text(&mut quick).await.starts_with(&format!("{index} ")));
        }
        let dropped = usize::try_from(slow.dropped()).unwrap();
        assert!((SIGNALS - 100..SIGNALS - 50).contains(&dropped), "{dropped}");
        assert_eq!((quick.dropped(), bus.dropped()), (0, 0));
        // The first signals were kept, and there is room again.
        for index in 0..SIGNALS - dropped {
            assert!(text(&mut slow).await.starts_with(&format!("{index} ")));
        }
        emit(&bus, "Apple", "later");
        assert_eq!(text(&mut slow).await, "later");
    });
}

#[test]
fn a_refused_subscription_is_the_buss_answer() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let call = peer.called_with("AddMatch", &rule("Apple"));
        let refusal = peer.error(&call, Some(BUS), "org.example.No", "no apples");
        peer.write(&refusal);
        peer.called("Echo");
    };
    play(&patient(), script, |bus, _driver| async move {
        let error = subscribe(&bus, "Apple").await.unwrap_err();
        assert_eq!(error.to_string(), "no apples (org.example.No)");
        bus.send(&method("Echo"), &(), Vec::new()).unwrap();
    });
}

#[test]
fn a_dropped_stream_ends_its_subscription() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let removed = peer.called("RemoveMatch").unwrap();
        assert_eq!(removed.message().body::<(&str,)>().unwrap().0, rule("Apple"));
        let signal = peer.signal(Some(OWNER), "org.example.Interface", "Apple", &("late",));
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&[signal, reply].concat());
    };
    play(&patient(), script, |bus, _driver| async move {
        let stream = subscribe(&bus, "Apple").await.unwrap();
        let again = subscribe(&bus, "Apple").await.unwrap();
        drop(stream);
        drop(again);
        works(&bus).await;
        // NameAcquired, and the late signal.
        assert_eq!((bus.ignored(), bus.dropped()), (2, 0));
    });
}

#[test]
fn a_subscription_that_is_given_up_before_the_bus_agrees_is_ended() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let asked = peer.called_with("AddMatch", &rule("Apple"));
        assert_eq!(
            peer.called("RemoveMatch").unwrap().message().body::<(&str,)>().unwrap().0,
            rule("Apple")
        );
        let agreed = peer.reply(&asked, Some(BUS), &());
        peer.write(&agreed);
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
    };
    play(&patient(), script, |bus, _driver| async move {
        assert!(tokio::time::timeout(SHORT, subscribe(&bus, "Apple")).await.is_err());
        works(&bus).await;
        assert_eq!(bus.outstanding(), 0);
    });
}

#[test]
fn streams_share_the_descriptors_of_a_signal() {
    let script = |peer: &mut Peer| {
        peer.greet();
        peer.called("Emit").unwrap();
        let mut header = peer.signal_header(Some(OWNER), "org.example.Interface", "Apple");
        header.unix_fds = 1;
        let zero = std::fs::File::open("/dev/zero").unwrap();
        peer.write_with(&message(&header, &(FdIndex(0),)), &[zero.as_raw_fd()]);
        // One more than announced.
        let header = peer.signal_header(Some(OWNER), "org.example.Interface", "Apple");
        peer.write_with(&message(&header, &()), &[zero.as_raw_fd()]);
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
    };
    play(&patient(), script, |bus, _driver| async move {
        let mut streams =
            [subscribe(&bus, "Apple").await.unwrap(), subscribe(&bus, "Apple").await.unwrap()];
        emit(&bus, "Apple", "");
        for stream in &mut streams {
            let signal = stream.next().await.unwrap().unwrap();
            let (index,) = signal.body::<(FdIndex,)>().unwrap();
            let fd = signal.fd(index).unwrap().try_clone_to_owned().unwrap();
            assert_eq!(std::fs::File::from(fd).read(&mut [1; 1]).unwrap(), 1);
        }
        works(&bus).await;
        assert_eq!(bus.dropped(), 1, "the signal with a descriptor too many");
    });
}

#[test]
fn a_signal_is_shown_with_its_values() {
    play(&patient(), serve, |bus, _driver| async move {
        let mut apples = subscribe(&bus, "Apple").await.unwrap();
        emit(&bus, "Apple", "one");
        let signal = apples.next().await.unwrap().unwrap();
        let shown = format!("{signal:?}");
        assert!(shown.starts_with("Signal { received: Message { message_type: Signal"), "{shown}");
        assert!(shown.ends_with("body: ('one',) } }"), "{shown}");
    });
}
