//! The driver: its start, and all ways in which it ends.

use std::os::unix::net::UnixStream;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use barebus::{
    CallError, Cause, ConnectionError, Direction, MatchRule, Options, SendError, SessionError,
};
use barebus_tests::peer::{OWNER, Peer};
use barebus_tokio::{Connection, Driver};

use crate::scene::{
    SHORT, echo, method, patient, play, play_listening, rule, runtime, staged, works,
};

/// Time limit for a peer to read the last queued messages.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Whether the peer closed the connection.
fn is_closed(error: &ConnectionError) -> bool {
    matches!(error.cause, Cause::Session(SessionError::Closed { .. }))
}

fn is_connection(error: &CallError) -> bool {
    matches!(error, CallError::Connection(error) if is_closed(error))
}

#[test]
fn the_end_of_the_connection_settles_everything() {
    let script = |peer: &mut Peer| {
        peer.greet();
        for _ in 0..100 {
            peer.called("Silent").unwrap();
        }
        let last = peer.signal(Some(OWNER), "org.example.Interface", "Apple", &("the last",));
        peer.write(&last);
    };
    play(&patient().serve_calls(), script, |bus, driver| async move {
        let mut apples = bus.subscribe(&MatchRule::parse(&rule("Apple")).unwrap()).await.unwrap();
        let mut pears = bus.subscribe(&MatchRule::parse(&rule("Pear")).unwrap()).await.unwrap();
        let mut incoming = bus.incoming().unwrap();
        let waiting = tokio::spawn(async move {
            assert!(is_closed(&pears.next().await.unwrap().unwrap_err()));
            assert!(pears.next().await.is_none());
            assert!(is_closed(&incoming.next().await.unwrap().unwrap_err()));
            assert!(incoming.next().await.is_none());
        });
        let calls: Vec<_> =
            (0..100).map(|_| tokio::spawn(bus.call(&method("Silent"), &()))).collect();
        for call in calls {
            assert!(is_connection(&call.await.unwrap().unwrap_err()));
        }
        assert!(is_closed(&driver.await.unwrap().unwrap_err()));
        waiting.await.unwrap();
        // What arrived before the end is returned before it.
        let last = apples.next().await.unwrap().unwrap();
        assert_eq!(last.body::<(&str,)>().unwrap(), ("the last",));
        assert!(is_closed(&apples.next().await.unwrap().unwrap_err()));
        assert!(apples.next().await.is_none());
        // Later calls fail, too.
        assert!(is_connection(&echo(&bus, "").await.unwrap_err()));
        let rule = rule("Apple");
        let late = bus.subscribe(&MatchRule::parse(&rule).unwrap()).await;
        assert!(is_connection(&late.unwrap_err()));
        assert!(is_connection(&bus.send(&method("Echo"), &(), Vec::new()).unwrap_err()));
    });
}

#[test]
fn a_dropped_driver_closes_the_connection_and_tells_all_that_wait() {
    let (sender, called) = mpsc::channel();
    let script = move |peer: &mut Peer| {
        peer.greet();
        peer.called("Silent").unwrap();
        sender.send(()).unwrap();
        // Until it is closed.
        peer.drain();
    };
    play(&patient(), script, |bus, driver| async move {
        let mut stream = bus.subscribe(&MatchRule::parse(&rule("Apple")).unwrap()).await.unwrap();
        let next = tokio::spawn(async move { stream.next().await });
        let call = tokio::spawn(bus.call(&method("Silent"), &()));
        tokio::task::spawn_blocking(move || called.recv().unwrap()).await.unwrap();
        driver.abort();
        let error = call.await.unwrap().unwrap_err().to_string();
        assert!(error.ends_with("driving it: the driver was dropped"), "{error}");
        assert!(next.await.unwrap().unwrap().is_err());
        let error = echo(&bus, "").await.unwrap_err().to_string();
        assert!(error.ends_with("the driver was dropped"), "{error}");
        assert_eq!((bus.outstanding(), bus.unique_name()), (0, None));
    });
}

#[test]
fn when_all_handles_are_gone_what_is_queued_is_written_first() {
    let (sender, received) = mpsc::channel();
    let script = move |peer: &mut Peer| {
        peer.greet();
        let text = "x".repeat(1 << 20);
        for _ in 0..4 {
            let sent = peer.called("Take").unwrap();
            assert_eq!(sent.message().body::<(&str,)>().unwrap().0, text);
        }
        assert!(peer.receive().is_none(), "and then it is closed");
        sender.send(()).unwrap();
    };
    play(&patient(), script, |bus, driver| async move {
        let text = "x".repeat(1 << 20);
        for _ in 0..4 {
            bus.send(&method("Take"), &(&*text,), Vec::new()).unwrap();
        }
        drop(bus);
        driver.await.unwrap().unwrap();
        tokio::task::spawn_blocking(move || received.recv().unwrap()).await.unwrap();
    });
}

#[test]
fn whoever_does_not_read_the_last_words_is_not_waited_for() {
    let (sender, over) = mpsc::channel();
    let script = move |peer: &mut Peer| {
        peer.greet();
        over.recv().unwrap();
    };
    play(&patient(), script, |bus, driver| async move {
        let text = "x".repeat(8 << 20);
        bus.send(&method("Take"), &(&*text,), Vec::new()).unwrap();
        let begin = Instant::now();
        drop(bus);
        driver.await.unwrap().unwrap();
        assert!(begin.elapsed() >= LAST_WORDS);
        sender.send(()).unwrap();
    });
}

#[test]
fn the_driver_goes_on_for_a_call_and_for_a_stream_without_a_handle() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        thread::sleep(SHORT);
        peer.write(&reply);
        let signal = peer.signal(Some(OWNER), "org.example.Interface", "Apple", &());
        thread::sleep(SHORT);
        peer.write(&signal);
        peer.drain();
    };
    play(&patient(), script, |bus, driver| async move {
        let mut stream = bus.subscribe(&MatchRule::parse(&rule("Apple")).unwrap()).await.unwrap();
        let call = bus.call(&method("Echo"), &("alone",));
        drop(bus);
        assert_eq!(call.await.unwrap().body::<(&str,)>().unwrap(), ("alone",));
        assert!(stream.next().await.unwrap().is_ok());
        let begin = Instant::now();
        drop(stream);
        driver.await.unwrap().unwrap();
        // It does not wait as for a peer that does not read.
        assert!(begin.elapsed() < LAST_WORDS);
    });
}

#[test]
fn it_need_not_be_spawned() {
    staged(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = thread::spawn(move || Peer::new(theirs).serve_echo());
        // Opened outside of any runtime.
        let (bus, driver) = Connection::new(patient().over(ours).unwrap());
        let one_thread =
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        one_thread.block_on(async {
            tokio::select! {
                end = driver => panic!("{end:?}"),
                () = works(&bus) => {}
            }
        });
        let error = one_thread.block_on(echo(&bus, "")).unwrap_err().to_string();
        assert!(error.ends_with("the driver was dropped"), "{error}");
        drop((bus, one_thread));
        server.join().unwrap();
    });
}

/// A driver, and the number of its polls.
struct Counted(Driver, Arc<AtomicUsize>);

impl Future for Counted {
    type Output = Result<(), ConnectionError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.0).poll(cx)
    }
}

#[test]
fn it_sleeps_while_nothing_happens_even_when_it_cannot_write() {
    staged(|| {
        let (sender, go_on) = mpsc::channel();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = thread::spawn(move || {
            let mut peer = Peer::new(theirs);
            peer.greet();
            let call = peer.called("Echo").unwrap();
            let reply = peer.echo(&call, Some(OWNER));
            peer.write(&reply);
            go_on.recv().unwrap();
            // The rest of the large call, and another one.
            while let Some(call) = peer.called("Echo") {
                let reply = peer.echo(&call, Some(OWNER));
                peer.write(&reply);
            }
        });
        runtime().block_on(async {
            let (bus, driver) = Connection::new(patient().over(ours).unwrap());
            let polls = Arc::new(AtomicUsize::new(0));
            let driver = tokio::spawn(Counted(driver, Arc::clone(&polls)));
            works(&bus).await;
            let great = "x".repeat(4 << 20);
            for blocked in [false, true] {
                if blocked {
                    bus.send(&method("Take"), &(&*great,), Vec::new()).unwrap();
                }
                // Wait until all events are handled. A driver that does not sleep never gets there.
                let mut is_quiet = false;
                for _ in 0..100 {
                    let before = polls.load(Ordering::Relaxed);
                    tokio::time::sleep(SHORT).await;
                    is_quiet = polls.load(Ordering::Relaxed) == before;
                    if is_quiet {
                        break;
                    }
                }
                assert!(is_quiet, "blocked: {blocked}");
            }
            sender.send(()).unwrap();
            works(&bus).await;
            drop(bus);
            driver.await.unwrap().unwrap();
        });
        server.join().unwrap();
    });
}

#[test]
fn calls_made_before_it_is_polled_are_not_lost() {
    staged(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = thread::spawn(move || Peer::new(theirs).serve_echo());
        let (bus, driver) = Connection::new(patient().over(ours).unwrap());
        let early = bus.call(&method("Echo"), &("early",));
        let runtime = runtime();
        let driver = runtime.spawn(driver);
        let reply = runtime.block_on(early).unwrap();
        assert_eq!(reply.body::<(&str,)>().unwrap(), ("early",));
        drop(bus);
        runtime.block_on(driver).unwrap().unwrap();
        drop(runtime);
        server.join().unwrap();
    });
}

#[test]
fn a_server_that_refuses_authentication_in_one_go_is_asked_again() {
    let refusing: crate::scene::Script = Box::new(|peer| {
        peer.read();
        peer.write(b"REJECTED EXTERNAL\r\n");
        peer.drain();
    });
    let scripts = vec![refusing, Box::new(Peer::serve_echo)];
    play_listening(&patient(), scripts, |bus, _driver| async move {
        works(&bus).await;
        works(&bus).await;
    });
}

#[test]
fn servers_are_taken_line_by_line_and_directly() {
    let direct = |peer: &mut Peer| {
        peer.authenticate();
        while let Some(call) = peer.receive() {
            let reply = peer.echo(&call, None);
            peer.write_slowly(&reply, 7, Duration::from_micros(50));
        }
    };
    play(&Options::direct(), direct, |bus, _driver| async move {
        works(&bus).await;
    });
    play(&patient().step_by_step(), Peer::serve_echo, |bus, _driver| async move {
        works(&bus).await;
    });
}

#[test]
fn a_silent_server_is_given_up_in_time() {
    play(&patient().handshake_timeout(SHORT), Peer::drain, |bus, driver| async move {
        let begin = Instant::now();
        let error = echo(&bus, "").await.unwrap_err();
        let CallError::Connection(error) = error else { panic!("{error:?}") };
        assert!(
            matches!(error.cause, Cause::Session(SessionError::HandshakeTimedOut { .. })),
            "{error:?}"
        );
        assert!(begin.elapsed() >= SHORT);
        assert!(driver.await.unwrap().is_err());
    });
}

#[test]
fn a_full_queue_refuses_the_call_and_goes_on_when_there_is_place() {
    let (sender, go_on) = mpsc::channel();
    let script = move |peer: &mut Peer| {
        peer.greet();
        go_on.recv().unwrap();
        while let Some(call) = peer.receive() {
            match call.member() {
                "Echo" => {
                    let reply = peer.echo(&call, Some(OWNER));
                    peer.write(&reply);
                }
                _ => peer.answer_as_bus(&call),
            }
        }
    };
    play(&patient().queue_limits(1 << 20, 1 << 20), script, |bus, _driver| async move {
        let text = "x".repeat(1 << 18);
        let refused = loop {
            match bus.send(&method("Take"), &(&*text,), Vec::new()) {
                Ok(()) => tokio::task::yield_now().await,
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, CallError::Send(SendError::QueueFull { .. })), "{refused}");
        sender.send(()).unwrap();
        while let Err(error) = echo(&bus, "at last").await {
            assert!(matches!(error, CallError::Send(SendError::QueueFull { .. })), "{error}");
            tokio::task::yield_now().await;
        }
        works(&bus).await;
    });
}

#[test]
fn the_former_owner_still_answers_and_wakes_the_task() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let call = peer.called("Silent").unwrap();
        let change = (barebus_tests::peer::SERVICE, OWNER, ":1.43");
        let signal = peer.signal(
            Some(barebus_tests::peer::BUS),
            barebus_tests::peer::BUS,
            "NameOwnerChanged",
            &change,
        );
        let reply = peer.reply(&call, Some(OWNER), &());
        peer.write(&[signal, reply].concat());
        peer.drain();
    };
    play(&patient(), script, |bus, _driver| async move {
        bus.call(&method("Silent"), &()).await.unwrap();
    });
}

#[test]
fn an_observed_connection_is_driven_as_any_other() {
    staged(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = thread::spawn(move || Peer::new(theirs).serve_echo());
        let mut connection = patient().over(ours).unwrap();
        let counts = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
        let [sent, received] = counts.clone();
        connection
            .observe(move |observed| {
                let count = if observed.direction == Direction::Sent { &sent } else { &received };
                count.fetch_add(1, Ordering::Relaxed);
            })
            .unwrap();
        let runtime = runtime();
        runtime.block_on(async {
            let (bus, driver) = Connection::new(connection);
            tokio::spawn(driver);
            works(&bus).await;
        });
        drop(runtime);
        server.join().unwrap();
        // Hello, GetNameOwner and Echo; their replies and NameAcquired.
        assert_eq!(counts.map(|count| count.load(Ordering::Relaxed)), [3, 4]);
    });
}
