//! `barebus unit` with a systemd that means no good, or says things in another way.

use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use barebus::{ObjectPath, Options};
use barebus_systemd::{Error, JobEnd, Mode, Systemd};
use barebus_tests::peer::{Peer, message, pair};

use crate::common::{BAREBUS, Folder, refused, stdout};

#[test]
fn no_description_steers_a_terminal_or_misleads_its_reader() {
    let description =
        "a\u{2028}b\u{200b}c\u{61c}d\u{feff}e\u{202e}f\u{1b}[2Jg\u{e0041}h\u{ad}i\ttab é漢";
    let folder = Folder::new("unit-list");
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    let server = thread::spawn(move || {
        for _ in 0..2 {
            let mut peer = Peer::new(listener.accept().unwrap().0);
            assert!(peer.authenticate());
            let call = peer.called("ListUnits").unwrap();
            let none = ObjectPath::parse("/").unwrap();
            let unit = (
                "x.service",
                description,
                "loaded",
                "active",
                "running",
                "",
                none,
                0_u32,
                "",
                none,
            );
            let reply = peer.reply(&call, None, &([unit].as_slice(),));
            peer.write(&reply);
            peer.drain();
        }
    });
    let list = |option: Option<&str>| {
        let mut command = Command::new(BAREBUS);
        command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);
        stdout(command.args(["unit", "list"]).args(option))
    };
    assert_eq!(
        list(None).lines().last().unwrap(),
        "x.service loaded active running a\\u{2028}b\\u{200b}c\\u{61c}d\\u{feff}e\\u{202e}f\\u{1b}[2Jg\\u{e0041}h\\u{ad}i\\ttab é漢"
    );
    let json = list(Some("--json"));
    assert!(
        json.contains(
            r#""description":"a\u2028b\u200bc\u061cd\ufeffe\u202ef\u001b[2Jg\udb40\udc41h\u00adi\ttab é漢""#
        ),
        "{json}"
    );
    server.join().unwrap();
}

#[test]
fn the_newline_at_the_end_of_an_errors_text_is_no_part_of_it() {
    for (text, told) in [
        ("It is not there.\n", "It is not there. (org.example.Error)"),
        ("One\ntwo \r\n", "One\\ntwo (org.example.Error)"),
        ("\n", "org.example.Error"),
    ] {
        let folder = Folder::new("newline");
        let listener = UnixListener::bind(folder.join("socket")).unwrap();
        let server = thread::spawn(move || {
            let mut peer = Peer::new(listener.accept().unwrap().0);
            assert!(peer.authenticate());
            let call = peer.called("GetUnitFileState").unwrap();
            let reply = peer.error(&call, None, "org.example.Error", text);
            peer.write(&reply);
            peer.drain();
        });
        let mut command = Command::new(BAREBUS);
        command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);
        let line = refused(command.args(["unit", "state", "x.service"]), 1, &[]);
        assert_eq!(line, format!("barebus: GetUnitFileState of x.service: {told}\n"));
        server.join().unwrap();
    }
}

const JOB: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/systemd1/job/1");
const OTHER: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/systemd1/job/2");

/// JobRemoved of a job.
fn removed(peer: &mut Peer, job: ObjectPath<'_>) -> Vec<u8> {
    let mut header = peer.signal_header(None, "org.freedesktop.systemd1.Manager", "JobRemoved");
    header.path = Some(ObjectPath::from_static("/org/freedesktop/systemd1"));
    message(&header, &(1_u32, job, "x.service", "done"))
}

/// Waits for a job of a systemd that says `before` while it queues the job, and then does as `then` says.
fn wait_for_job(
    call_timeout: Option<Duration>,
    timeout: Option<Duration>,
    before: impl FnOnce(&mut Peer) -> Vec<u8> + Send,
    then: impl FnOnce(&mut Peer) + Send,
) -> Result<JobEnd, Error> {
    let (client, server) = pair().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut peer = Peer::new(server);
            assert!(peer.authenticate());
            let subscribe = peer.called("Subscribe").unwrap();
            let reply = peer.reply(&subscribe, None, &());
            peer.write(&reply);
            let start = peer.called("StartUnit").unwrap();
            let said = before(&mut peer);
            let reply = peer.reply(&start, None, &(JOB,));
            peer.write(&[said, reply].concat());
            then(&mut peer);
        });
        let connection = Options::direct().call_timeout(call_timeout).over(client).unwrap();
        let systemd = Systemd::over(connection);
        let job = systemd.start_unit("x.service", Mode::Replace).unwrap();
        match timeout {
            Some(timeout) => systemd.wait_within(&job, timeout),
            None => systemd.wait(&job),
        }
    })
}

#[test]
fn waiting_for_a_job_ends_in_time_though_systemd_answers_nothing() {
    // Longer than it takes until systemd is asked for the job: on a slow machine, longer than 2 s. The time of a call, which is without
    // limit, does not matter.
    let mut limit = Duration::from_millis(2100);
    loop {
        let (sender, receiver) = channel();
        let waited = wait_for_job(
            None,
            Some(limit),
            |_| Vec::new(),
            move |peer| {
                sender.send(peer.called("ListJobs").is_some()).unwrap();
                peer.drain();
            },
        );
        assert!(waited.as_ref().is_err_and(Error::is_timeout), "{waited:?}");
        if receiver.recv().unwrap() {
            break;
        }
        limit *= 2;
    }
}

#[test]
fn waiting_for_a_job_ends_in_time_though_other_jobs_end_all_the_while() {
    let signals = |peer: &mut Peer| {
        let others = removed(peer, OTHER).repeat(50_000);
        // Whoever reads all of them finds the job's end.
        let ours = removed(peer, JOB);
        peer.write(&[others, ours].concat());
        peer.drain();
    };
    let waited = wait_for_job(None, Some(Duration::from_millis(1)), |_| Vec::new(), signals);
    assert!(waited.as_ref().is_err_and(Error::is_timeout), "{waited:?}");
}

#[test]
fn waiting_for_a_job_without_a_limit_outlasts_a_question_without_an_answer() {
    // The time of a call does not matter.
    let waited = wait_for_job(
        Some(Duration::from_secs(2)),
        None,
        |_| Vec::new(),
        |peer| {
            assert!(peer.called("ListJobs").is_some());
            let ours = removed(peer, JOB);
            peer.write(&ours);
            peer.drain();
        },
    );
    assert!(waited.as_ref().is_ok_and(JobEnd::is_success), "{waited:?}");
}
