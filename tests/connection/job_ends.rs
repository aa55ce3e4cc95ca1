//! The ends of jobs, told early, late or never by a systemd that is played.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::played::{Played, path, play};
use barebus::{Connection, ObjectPath, Options};
use barebus_systemd::{Error, JobEnd, JobResult, Mode, Systemd};
use barebus_tests::peer::{BUS, OWNER, Peer, Sent, message};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::scene::{LONG, Script, patient, play_listening_owned, play_owned, stage};

fn done(end: Result<JobEnd, Error>) {
    assert_eq!(end.unwrap(), JobEnd::Result(JobResult::Done));
}

/// Another job is waited for meanwhile, so the ends of jobs are read before the reply is.
#[test]
fn a_result_that_comes_before_the_reply_is_found() {
    let script = |systemd: &mut Played<'_>| {
        assert_eq!(systemd.queue(), 9);
        let sent = systemd.called("StartUnit");
        for job in [3, 1, 2] {
            systemd.removed(job, if job == 1 { "failed" } else { "done" });
        }
        systemd.reply(&sent, &(path(1).as_ref(),));
        systemd.removed(9, "done");
    };
    play(script, |systemd| {
        let other = systemd.start_unit("9.service", Mode::Replace).unwrap();
        let later = systemd.later();
        let ends = systemd.all([Some(&other), None].map(|other| async move {
            match other {
                Some(job) => later.wait(job).await,
                None => {
                    let job = later.start_unit("1.service", Mode::Replace).await?;
                    later.wait(&job).await
                }
            }
        }));
        let [other, end] = ends.try_into().unwrap();
        done(other);
        assert_eq!(end.unwrap(), JobEnd::Result(JobResult::Failed));
    });
}

#[test]
fn the_subscription_leaves_before_the_call_and_with_it() {
    let (sender, sent) = channel();
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        // Nothing is answered before the call has come.
        let mut all = Vec::new();
        while all.iter().all(|sent: &Sent| sent.member() != "StartUnit") {
            all.push(peer.receive().unwrap());
        }
        sender.send(all.iter().map(|sent| sent.member().to_owned()).collect::<Vec<_>>()).unwrap();
        let mut systemd = Played { peer, name: Some(OWNER), calls: channel().0 };
        for sent in &all {
            match sent.member() {
                "Subscribe" => systemd.reply(sent, &()),
                "StartUnit" => systemd.reply(sent, &(path(1).as_ref(),)),
                _ => systemd.peer.answer_as_bus(sent),
            }
        }
        systemd.removed(1, "done");
        systemd.drain();
    };
    play_owned(&patient(), script, |bus| {
        let systemd = Systemd::over(bus);
        done(systemd.wait(&systemd.start_unit("1.service", Mode::Replace).unwrap()));
    });
    let sent: Vec<String> = sent.recv().unwrap();
    let place = |member: &str| sent.iter().position(|sent| sent == member).unwrap();
    assert!(place("AddMatch") < place("Subscribe") && place("Subscribe") < place("StartUnit"));
}

#[test]
fn jobs_beyond_the_limit_wait_their_turn_in_order() {
    let script = |systemd: &mut Played<'_>| {
        assert_eq!((systemd.queue(), systemd.queue()), (1, 2));
        // The third is not asked for before one has ended.
        systemd.assert_silent();
        systemd.removed(2, "done");
        assert_eq!(systemd.queue(), 3);
        systemd.removed(1, "done");
        assert_eq!(systemd.queue(), 4);
        systemd.removed(4, "done");
        systemd.removed(3, "done");
    };
    play(script, |systemd| {
        systemd.set_job_limit(2);
        let units = ["1.service", "2.service", "3.service", "4.service"];
        let jobs = systemd.start_units(&units, Mode::Replace);
        let jobs: Vec<_> = jobs.into_iter().map(Result::unwrap).collect();
        systemd.wait_all(&jobs).into_iter().for_each(done);
    });
}

#[test]
fn calls_beyond_the_limit_wait_their_turn_in_order() {
    let script = |systemd: &mut Played<'_>| {
        let first = systemd.called("StartUnit");
        // The others are not sent before it is answered.
        systemd.assert_silent();
        let reply = systemd.peer.reply(&first, systemd.name, &(path(1).as_ref(),));
        systemd.peer.write(&reply);
        assert_eq!((systemd.queue(), systemd.queue()), (2, 3));
        (1..=3).for_each(|job| systemd.removed(job, "done"));
    };
    play(script, |systemd| {
        systemd.set_call_limit(1);
        let later = systemd.later();
        let start = async |unit: &'static str| {
            let job = later.start_unit(unit, Mode::Replace).await?;
            later.wait(&job).await
        };
        let units = ["1.service", "2.service", "3.service"];
        let mut pending = Vec::from(units.map(|unit| systemd.begin(start(unit))));
        while !pending.is_empty() {
            pending.retain_mut(|operation| operation.poll().map(done).is_none());
            if !pending.is_empty() {
                turn(systemd);
            }
        }
    });
}

#[test]
fn a_call_that_the_bus_has_no_place_for_is_sent_again_when_a_reply_has_come() {
    let script = |systemd: &mut Played<'_>| {
        let first = systemd.called("StartUnit");
        let second = systemd.called("StartUnit");
        let refused = "org.freedesktop.DBus.Error.LimitsExceeded";
        let refusal = systemd.peer.error(&second, Some(BUS), refused, "");
        systemd.peer.write(&refusal);
        systemd.reply(&first, &(path(1).as_ref(),));
        assert_eq!(systemd.queue(), 2);
        (1..=2).for_each(|job| systemd.removed(job, "done"));
    };
    play(script, |systemd| {
        let jobs = systemd.start_units(&["1.service", "2.service"], Mode::Replace);
        let jobs: Vec<_> = jobs.into_iter().map(Result::unwrap).collect();
        systemd.wait_all(&jobs).into_iter().for_each(done);
    });
}

#[test]
fn another_limit_is_told() {
    let script = |systemd: &mut Played<'_>| {
        // The second time nothing else is outstanding.
        for _ in 0..2 {
            let sent = systemd.called("StartUnit");
            systemd.error(&sent, "org.freedesktop.DBus.Error.LimitsExceeded");
        }
    };
    play(script, |systemd| {
        let error = systemd.start_unit("1.service", Mode::Replace).unwrap_err();
        assert_eq!(error.remote_name(), Some("org.freedesktop.DBus.Error.LimitsExceeded"));
    });
}

#[test]
fn systemd_is_asked_once_for_all_jobs_when_nothing_comes() {
    let script = |systemd: &mut Played<'_>| {
        (1..=3).for_each(|job| assert_eq!(systemd.queue(), job));
        systemd.list(&[1, 2, 3]);
        // Asked once more, and now one is missing.
        systemd.list(&[1, 3]);
        systemd.tell_state("active");
        systemd.removed(1, "done");
        systemd.removed(3, "done");
    };
    let calls = play(script, |systemd| {
        let jobs = systemd.start_units(&["1.service", "2.service", "3.service"], Mode::Replace);
        let jobs: Vec<_> = jobs.into_iter().map(Result::unwrap).collect();
        let begin = Instant::now();
        let mut ends: VecDeque<_> = systemd.wait_all(&jobs).into();
        // Two questions, each after 2 s without a word.
        assert!(begin.elapsed() >= Duration::from_secs(4));
        done(ends.pop_front().unwrap());
        let lost = ends.pop_front().unwrap().unwrap();
        assert_eq!(lost.to_string(), "lost (active)");
        assert!(!lost.is_success());
        done(ends.pop_front().unwrap());
    });
    assert_eq!(calls.iter().filter(|call| *call == "ListJobs").count(), 2);
}

#[test]
fn jobs_are_looked_up_when_systemd_comes_back_under_another_name() {
    const NEW: &str = ":1.43";
    let script = |systemd: &mut Played<'_>| {
        assert_eq!((systemd.queue(), systemd.queue()), (1, 2));
        for (old, new) in [(OWNER, ""), ("", NEW)] {
            let names = ("org.freedesktop.systemd1", old, new);
            let mut header =
                systemd.peer.signal_header(Some(BUS), "org.freedesktop.DBus", "NameOwnerChanged");
            header.path = Some(ObjectPath::from_static("/org/freedesktop/DBus"));
            let signal = message(&header, &names);
            systemd.peer.write(&signal);
        }
        systemd.name = Some(NEW);
        systemd.list(&[2]);
        systemd.tell_state("failed");
        systemd.removed(2, "done");
    };
    let calls = play(script, |systemd| {
        let jobs = systemd.start_units(&["1.service", "2.service"], Mode::Replace);
        let jobs: Vec<_> = jobs.into_iter().map(Result::unwrap).collect();
        assert_eq!(systemd.wait(&jobs[0]).unwrap().to_string(), "lost (failed)");
        done(systemd.wait(&jobs[1]));
    });
    // Subscribed again, before it was asked.
    let calls: Vec<_> = calls.iter().map(String::as_str).filter(|call| *call != "GetAll").collect();
    assert_eq!(
        calls.get(..5).unwrap(),
        ["Subscribe", "StartUnit", "StartUnit", "Subscribe", "ListJobs"]
    );
}

#[test]
fn a_direct_connection_is_opened_again_and_the_jobs_are_looked_up() {
    let (sender, calls) = channel();
    let other = sender.clone();
    let before: Script = Box::new(move |peer| {
        let mut systemd = Played::direct(peer, sender);
        assert_eq!((systemd.queue(), systemd.queue()), (1, 2));
        systemd.peer.hang_up();
    });
    let after: Script = Box::new(move |peer| {
        let mut systemd = Played::direct(peer, other);
        systemd.list(&[2]);
        systemd.tell_state("inactive");
        systemd.removed(2, "done");
        let version = systemd.called("Get");
        systemd.reply(&version, &(barebus::AsVariant("300"),));
        systemd.drain();
    });
    let options = Options::direct().handshake_timeout(LONG).call_timeout(Some(LONG));
    play_listening_owned(&options, "", vec![before, after], |connection: Connection| {
        let systemd = Systemd::over(connection);
        let jobs = systemd.start_units(&["1.service", "2.service"], Mode::Replace);
        let jobs: Vec<_> = jobs.into_iter().map(Result::unwrap).collect();
        assert_eq!(systemd.wait(&jobs[0]).unwrap().to_string(), "lost (inactive)");
        done(systemd.wait(&jobs[1]));
        assert_eq!(systemd.version().unwrap(), "300");
    });
    let calls: Vec<_> = calls.iter().collect();
    assert_eq!(calls.iter().filter(|call| *call == "Subscribe").count(), 2, "{calls:?}");
}

#[test]
fn a_systemd_that_does_not_come_back_is_told_in_time() {
    let (sender, _calls) = channel();
    let script: Script = Box::new(move |peer| {
        let mut systemd = Played::direct(peer, sender);
        assert_eq!(systemd.queue(), 1);
        systemd.peer.hang_up();
    });
    let options = Options::direct().handshake_timeout(LONG).call_timeout(Some(LONG));
    play_listening_owned(&options, "", vec![script], |connection| {
        let systemd = Systemd::over(connection);
        systemd.set_absence(Duration::from_millis(100));
        let job = systemd.start_unit("1.service", Mode::Replace).unwrap();
        let error = systemd.wait(&job).unwrap_err();
        assert!(error.is_disconnected(), "{error}");
    });
}

/// It accepts connections and closes them, as a systemd that cannot start again.
#[test]
fn a_systemd_that_closes_every_connection_is_given_up_in_time() {
    let _stage = stage();
    let name = format!("barebus-job-ends-{}", std::process::id());
    let place = SocketAddr::from_abstract_name(&name).unwrap();
    let listener = UnixListener::bind_addr(&place).unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let server = {
        let is_over = Arc::clone(&is_over);
        thread::spawn(move || {
            let mut first = Peer::new(listener.accept().unwrap().0);
            assert_eq!(Played::direct(&mut first, channel().0).queue(), 1);
            drop(first);
            while !is_over.load(Ordering::Relaxed) {
                drop(listener.accept().unwrap());
            }
        })
    };
    let options = Options::direct().handshake_timeout(LONG).call_timeout(Some(LONG));
    let systemd = Systemd::over(options.open(&format!("unix:abstract={name}")).unwrap());
    systemd.set_absence(Duration::from_millis(100));
    let job = systemd.start_unit("1.service", Mode::Replace).unwrap();
    let error = systemd.wait(&job).unwrap_err();
    assert!(error.is_disconnected(), "{error}");
    is_over.store(true, Ordering::Relaxed);
    drop(UnixStream::connect_addr(&place).unwrap());
    server.join().unwrap();
}

#[test]
fn subscribers_are_counted_and_nobody_else_s_subscription_is_ended() {
    let calls = play(
        |systemd| systemd.drain(),
        |systemd| {
            systemd.subscribe().unwrap();
            systemd.subscribe().unwrap();
            systemd.unsubscribe().unwrap();
            systemd.unsubscribe().unwrap();
        },
    );
    assert_eq!(calls, ["Subscribe", "Unsubscribe"]);

    // Somebody has subscribed by hand.
    let (sender, calls) = channel();
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        while let Some(sent) = peer.receive() {
            sender.send(sent.member().to_owned()).unwrap();
            let name = "org.freedesktop.systemd1.AlreadySubscribed";
            let answer = peer.error(&sent, Some(OWNER), name, "");
            match sent.member() {
                "Subscribe" => drop(peer.write(&answer)),
                _ => peer.answer_as_bus(&sent),
            }
        }
    };
    play_owned(&patient(), script, |bus| {
        let systemd = Systemd::over(bus);
        systemd.subscribe().unwrap();
        systemd.unsubscribe().unwrap();
    });
    assert!(!calls.iter().any(|call| call == "Unsubscribe"));
}

#[test]
fn an_event_loop_waits_for_jobs_beside_other_operations() {
    let script = |systemd: &mut Played<'_>| {
        assert_eq!((systemd.queue(), systemd.queue()), (1, 2));
        let version = systemd.called("Get");
        systemd.removed(2, "done");
        systemd.reply(&version, &(barebus::AsVariant("300"),));
        systemd.removed(1, "done");
    };
    play(script, |systemd| {
        let (ends, told): (Sender<_>, Receiver<_>) = channel();
        let wait = async |unit: &'static str| {
            let later = systemd.later();
            let job = later.start_unit(unit, Mode::Replace).await?;
            later.wait(&job).await
        };
        let mut first = systemd.begin(wait("1.service"));
        let mut second = systemd.begin(wait("2.service"));
        let later = systemd.later();
        let mut version = systemd.begin(async move { later.version().await });
        let mut left = 3;
        while left > 0 {
            let mut note = |name: &'static str| {
                left -= 1;
                ends.send(name).unwrap();
            };
            if let Some(end) = first.poll() {
                done(end);
                note("first");
            }
            if let Some(end) = second.poll() {
                done(end);
                note("second");
            }
            if let Some(version) = version.poll() {
                assert_eq!(version.unwrap(), "300");
                note("version");
            }
            if left > 0 {
                turn(systemd);
            }
        }
        assert_eq!(told.try_iter().count(), 3);
    });
}

/// Nobody depends on another operation that is not polled.
#[test]
fn a_blocking_wait_goes_on_beside_operations_that_are_not_polled() {
    let script = |systemd: &mut Played<'_>| {
        assert_eq!((systemd.queue(), systemd.queue()), (1, 2));
        systemd.removed(2, "done");
        systemd.list(&[1]);
        systemd.removed(1, "done");
    };
    play(script, |systemd| {
        let [first, second] =
            ["1.service", "2.service"].map(|unit| systemd.start_unit(unit, Mode::Replace).unwrap());
        let later = systemd.later();
        let mut waiting = systemd.begin(later.wait(&first));
        assert!(waiting.poll().is_none());
        done(systemd.wait(&second));
        done(systemd.wait(&first));
        done(waiting.poll().unwrap());
    });
}

#[test]
fn the_end_of_the_bus_is_told_at_once() {
    let script = |systemd: &mut Played<'_>| {
        assert_eq!(systemd.queue(), 1);
        systemd.peer.hang_up();
    };
    play(script, |systemd| {
        let job = systemd.start_unit("1.service", Mode::Replace).unwrap();
        assert!(systemd.wait(&job).unwrap_err().is_disconnected());
        assert!(systemd.start_unit("2.service", Mode::Replace).unwrap_err().is_disconnected());
    });
}

/// One turn of a loop that is told levels.
pub(crate) fn turn(systemd: &Systemd) {
    let mut interest = PollFlags::POLLIN;
    interest.set(PollFlags::POLLOUT, systemd.wants_write());
    let socket = systemd.socket().unwrap();
    let mut asked = [PollFd::new(socket.as_fd(), interest)];
    let deadline = systemd.next_deadline().unwrap_or_else(|| Instant::now() + LONG);
    let left = deadline.saturating_duration_since(Instant::now()).as_micros().div_ceil(1000);
    poll(&mut asked, PollTimeout::try_from(left).unwrap()).unwrap();
    systemd.process().unwrap();
}
