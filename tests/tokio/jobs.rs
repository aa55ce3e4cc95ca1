//! Jobs of systemd in tokio's tasks.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use barebus::{ObjectPath, Options};
use barebus_systemd::interface::manager::{OBJECT, property::VERSION};
use barebus_systemd::tokio::Systemd;
use barebus_systemd::{JobEnd, JobResult, Mode};
use barebus_tests::peer::{Peer, Sent, message};

use tokio::runtime::Builder;

use crate::boxes::{FAILING, LONG as LONG_UNIT, daemon};
use crate::scene::{LONG, runtime, stage, staged};

/// Plays a directly connected systemd that queues job N for `N.service`: sends what it starts.
fn serve(peer: &mut Peer, started: &Sender<u32>, mut act: impl FnMut(&mut Peer, u32)) {
    assert!(peer.authenticate());
    while let Some(sent) = peer.receive() {
        let reply = match sent.member() {
            "StartUnit" => {
                let job = number(&sent);
                let path = path(job);
                let reply = peer.reply(&sent, None, &(ObjectPath::parse(&path).unwrap(),));
                peer.write(&reply);
                let _ = started.send(job);
                act(peer, job);
                continue;
            }
            "ListJobs" => {
                let none: &[(u32, &str, &str, &str, ObjectPath<'_>, ObjectPath<'_>)] = &[];
                peer.reply(&sent, None, &(none,))
            }
            "GetAll" => {
                let none: &[(&str, barebus::AsVariant<&str>)] = &[];
                peer.reply(&sent, None, &(barebus::wire::Entries(none),))
            }
            _ => peer.reply(&sent, None, &()),
        };
        peer.write(&reply);
    }
}

fn number(sent: &Sent) -> u32 {
    let (unit, _) = sent.message().body::<(&str, &str)>().unwrap();
    unit.trim_end_matches(".service").parse().unwrap()
}

fn path(job: u32) -> String {
    format!("/org/freedesktop/systemd1/job/{job}")
}

fn removed(peer: &mut Peer, job: u32) {
    let mut header = peer.signal_header(None, "org.freedesktop.systemd1.Manager", "JobRemoved");
    header.path = Some(ObjectPath::from_static("/org/freedesktop/systemd1"));
    let path = path(job);
    let body = (job, ObjectPath::parse(&path).unwrap(), format!("{job}.service"), "done");
    let signal = message(&header, &body);
    peer.write(&signal);
}

/// Plays `script` against `act`.
fn play<F: Future>(
    script: impl FnOnce(&mut Peer) + Send + 'static,
    act: impl FnOnce(Systemd) -> F,
) -> F::Output {
    staged(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = thread::spawn(move || script(&mut Peer::new(theirs)));
        let runtime = runtime();
        let result = runtime.block_on(async {
            let (systemd, driver) = Systemd::over(Options::direct().over(ours).unwrap());
            let driver = tokio::spawn(driver);
            let result =
                tokio::time::timeout(LONG, act(systemd)).await.expect("the scene ends in time");
            // All handles are gone.
            tokio::time::timeout(LONG, driver).await.expect("the driver ends").unwrap().unwrap();
            result
        });
        drop(runtime);
        server.join().unwrap();
        result
    })
}

fn done(end: Result<JobEnd, barebus_systemd::Error>) {
    assert_eq!(end.unwrap(), JobEnd::Result(JobResult::Done));
}

/// Whoever reads for all can be dropped at any time.
#[test]
fn tasks_that_are_given_up_leave_nobody_waiting() {
    let (started, jobs) = channel();
    let script = move |peer: &mut Peer| {
        let mut before = Vec::new();
        serve(peer, &started, |peer, job| {
            before.push(job);
            // The last one ends all.
            if job == 20 {
                before.drain(..).for_each(|job| removed(peer, job));
            }
        });
    };
    play(script, |systemd| async move {
        let mut tasks = Vec::new();
        for job in 1..20 {
            let job = systemd.start_unit(&format!("{job}.service"), Mode::Replace).await.unwrap();
            let systemd = systemd.clone();
            tasks.push(tokio::spawn(async move { systemd.wait(&job).await }));
        }
        tokio::task::yield_now().await;
        for task in tasks.iter().step_by(2) {
            task.abort();
        }
        let last = systemd.start_unit("20.service", Mode::Replace).await.unwrap();
        for (index, task) in tasks.into_iter().enumerate() {
            match task.await {
                Ok(end) => done(end),
                Err(error) => assert!(error.is_cancelled() && index % 2 == 0),
            }
        }
        done(systemd.wait(&last).await);
    });
    assert_eq!(jobs.iter().count(), 20);
}

#[test]
fn jobs_beyond_the_limit_wait_their_turn() {
    let (started, jobs) = channel();
    let script = move |peer: &mut Peer| serve(peer, &started, removed);
    play(script, |systemd| async move {
        systemd.set_job_limit(3);
        let tasks: Vec<_> = (1..=300)
            .map(|job| {
                let systemd = systemd.clone();
                tokio::spawn(async move {
                    let unit = format!("{job}.service");
                    let job = systemd.start_unit(&unit, Mode::Replace).await.unwrap();
                    systemd.wait(&job).await
                })
            })
            .collect();
        for task in tasks {
            done(task.await.unwrap());
        }
    });
    assert_eq!(jobs.iter().count(), 300);
}

#[test]
fn a_direct_connection_is_opened_again() {
    let name = format!("barebus-tokio-jobs-{}", std::process::id());
    staged(|| {
        let place = SocketAddr::from_abstract_name(&name).unwrap();
        let listener = UnixListener::bind_addr(&place).unwrap();
        let (started, jobs) = channel();
        let server = thread::spawn(move || {
            let mut first = Peer::new(listener.accept().unwrap().0);
            serve(&mut first, &started, |peer, job| {
                if job == 2 {
                    peer.hang_up()
                }
            });
            let mut second = Peer::new(listener.accept().unwrap().0);
            serve(&mut second, &started, removed);
        });
        let runtime = runtime();
        runtime.block_on(async {
            let options = Options::direct().handshake_timeout(LONG);
            let connection = options.open(&format!("unix:abstract={name}")).unwrap();
            let (systemd, driver) = Systemd::over(connection);
            let driver = tokio::spawn(driver);
            let jobs = systemd.start_units(&["1.service", "2.service"], Mode::Replace).await;
            let jobs: Vec<_> = jobs.into_iter().map(Result::unwrap).collect();
            for end in systemd.wait_all(&jobs).await {
                assert_eq!(end.unwrap().to_string(), "lost (inactive)");
            }
            let job = systemd.start_unit("3.service", Mode::Replace).await.unwrap();
            done(systemd.wait(&job).await);
            drop(systemd);
            driver.await.unwrap().unwrap();
        });
        drop(runtime);
        server.join().unwrap();
        assert_eq!(jobs.iter().count(), 3);
    });
}

/// The driver shares a thread with the task, which has not given it a turn since.
#[test]
fn a_call_after_systemd_has_hung_up_is_answered_on_a_new_connection() {
    let name = format!("barebus-tokio-idle-{}", std::process::id());
    staged(|| {
        let place = SocketAddr::from_abstract_name(&name).unwrap();
        let listener = UnixListener::bind_addr(&place).unwrap();
        let ((end, answered), (hung_up, ended)) = (channel(), channel());
        let server = thread::spawn(move || {
            for _ in 0..3 {
                let mut peer = Peer::new(listener.accept().unwrap().0);
                assert!(peer.authenticate());
                let sent = peer.receive().unwrap();
                let reply = peer.reply(&sent, None, &());
                peer.write(&reply);
                // Until the client is gone, for the last one.
                if answered.recv().is_ok() {
                    drop(peer);
                    hung_up.send(()).unwrap();
                }
            }
        });
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = Options::direct().handshake_timeout(LONG);
            let connection = options.open(&format!("unix:abstract={name}")).unwrap();
            let (systemd, driver) = Systemd::over(connection);
            let driver = tokio::spawn(driver);
            for _ in 0..2 {
                systemd.reset_failed().await.unwrap();
                end.send(()).unwrap();
                ended.recv().unwrap();
            }
            systemd.reset_failed().await.unwrap();
            drop((systemd, end));
            driver.await.unwrap().unwrap();
        });
        drop(runtime);
        server.join().unwrap();
    });
}

/// It cannot be opened again: it was not opened by an address.
#[test]
fn the_driver_ends_with_a_connection_that_is_not_opened_again() {
    staged(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = thread::spawn(move || {
            let mut peer = Peer::new(theirs);
            assert!(peer.authenticate());
            assert!(peer.receive().is_some());
        });
        let runtime = runtime();
        runtime.block_on(async {
            let (systemd, driver) = Systemd::over(Options::direct().over(ours).unwrap());
            let driver = tokio::spawn(driver);
            assert!(systemd.version().await.unwrap_err().is_disconnected());
            // The handle is still there.
            driver.await.unwrap().unwrap_err();
            let error = systemd.start_unit("1.service", Mode::Replace).await.unwrap_err();
            assert!(error.is_disconnected(), "{error}");
        });
        drop(runtime);
        server.join().unwrap();
    });
}

#[test]
fn jobs_of_a_real_systemd_are_waited_for() {
    let address = {
        // What the box itself has open is no scene's.
        let _stage = stage();
        daemon().system_bus_address()
    };
    staged(|| {
        runtime().block_on(async {
            let (systemd, driver) = Systemd::at(address).unwrap();
            let driver = tokio::spawn(driver);
            // The same connection, for what the type has no method for.
            let reply = systemd.connection().request(VERSION.get(OBJECT)).await.unwrap();
            assert_eq!(VERSION.value(&reply).unwrap(), systemd.version().await.unwrap());
            let (one, other) = tokio::join!(
                systemd.start_and_report(LONG_UNIT, Mode::Replace),
                systemd.start_unit(FAILING, Mode::Replace)
            );
            assert_eq!(one.unwrap().to_string(), "done; active (running)");
            let report = systemd.wait_unit(&other.unwrap()).await.unwrap();
            assert_eq!(report.to_string(), "failed: exit-code; failed (failed)");
            let job = systemd.stop_unit(LONG_UNIT, Mode::Replace).await.unwrap();
            done(systemd.wait_within(&job, Duration::from_secs(60)).await);
            drop(systemd);
            driver.await.unwrap().unwrap();
        });
    });
}
