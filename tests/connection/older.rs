//! Versions of systemd that lack what is asked for first: the older member is called instead, or the error says that it is missing.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;

use barebus::wire::{OwnedBody, OwnedValue};
use barebus::{AsVariant, EncodeBody, FdIndex, ObjectPath, Options};
use barebus_systemd::setting::{NO_AUXILIARY, Properties};
use barebus_systemd::transient::TransientUnit;
use barebus_systemd::unit::{FileOptions, Status};
use barebus_systemd::word::{ActiveState, FileChangeKind};
use barebus_systemd::{Cause, Systemd, UnitKind};
use barebus_tests::peer::{Peer, Sent};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::scene::{LONG, Scene};

/// What a systemd lacks, and the error that it says so with.
type Lacks = &'static [(&'static str, &'static str)];

const METHOD: &str = "org.freedesktop.DBus.Error.UnknownMethod";

/// Plays a systemd on a direct connection that lacks some members. Returns the calls that were made.
fn with<R>(lacks: Lacks, act: impl FnOnce(&Systemd) -> R) -> (R, Vec<Call>) {
    with_fds(true, lacks, act)
}

/// The same over a transport that passes file descriptors, or that does not.
fn with_fds<R>(passes_fds: bool, lacks: Lacks, act: impl FnOnce(&Systemd) -> R) -> (R, Vec<Call>) {
    let scene = Scene::begin();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let server = thread::spawn(move || {
        let mut peer = Peer::new(theirs);
        let mut calls = Vec::new();
        // Nothing is sent, not even this, before the first call.
        peer.authenticate_with(passes_fds);
        while let Some(sent) = peer.receive() {
            calls.push(received(&sent));
            let missing = lacks.iter().find(|(member, _)| lacks_for(&sent, member));
            let answer = match missing {
                Some((member, error)) => {
                    let text = format!("Cannot set property {member}, or unknown property.");
                    peer.error(&sent, None, error, &text)
                }
                None => answer(&mut peer, &sent),
            };
            peer.write(&answer);
            // What it was sent is closed.
            drop(peer.take_fds());
        }
        calls
    });
    let options = Options::direct().handshake_timeout(LONG).call_timeout(Some(LONG));
    let systemd = Systemd::over(options.over(ours).unwrap());
    let result = act(&systemd);
    drop(systemd);
    let calls = server.join().unwrap();
    scene.end();
    (result, calls)
}

/// Whether a call cannot be answered without the member, a method or a property of a transient unit.
fn lacks_for(sent: &Sent, member: &str) -> bool {
    let properties = sent.message().body::<Start<'_>>().map(|(_, _, properties, _)| properties);
    let is_property = |(name, _): &(&str, OwnedValue)| *name == member;
    sent.member() == member || properties.is_ok_and(|list| list.iter().any(is_property))
}

/// The arguments of `StartTransientUnit`.
type Start<'a> =
    (&'a str, &'a str, Vec<(&'a str, OwnedValue)>, Vec<(&'a str, Vec<(&'a str, OwnedValue)>)>);

/// A call's member and arguments.
type Call = (String, Vec<OwnedValue>);

fn received(sent: &Sent) -> Call {
    let body = OwnedBody::try_from(&sent.message()).unwrap();
    (sent.member().into(), body.values().unwrap())
}

fn call(member: &str, arguments: &impl EncodeBody) -> Call {
    (member.into(), OwnedBody::new(arguments).unwrap().values().unwrap())
}

/// What it answers.
fn answer(peer: &mut Peer, sent: &Sent) -> Vec<u8> {
    let change = [("symlink", "/etc/x", "/usr/x")];
    let about_wrong = received(sent).1.first() == Some(&OwnedValue::from(vec!["wrong.service"]));
    match sent.member() {
        // No answer of theirs.
        "EnableUnitFiles" | "DisableUnitFiles" if about_wrong => peer.reply(sent, None, &(7,)),
        "EnableUnitFiles"
        | "EnableUnitFilesWithFlags"
        | "DisableUnitFilesWithFlagsAndInstallInfo" => peer.reply(sent, None, &(true, change)),
        "DisableUnitFiles" | "DisableUnitFilesWithFlags" => peer.reply(sent, None, &(change,)),
        "GetUnitByPIDFD" => {
            let path = ObjectPath::from_static("/org/freedesktop/systemd1/unit/b_2eservice");
            peer.reply(sent, None, &(path, "b.service", &[0_u8; 16][..]))
        }
        "GetUnitByPID" => {
            let path = ObjectPath::from_static("/org/freedesktop/systemd1/unit/a_2eservice");
            peer.reply(sent, None, &(path,))
        }
        "StartTransientUnit" => {
            let path = ObjectPath::from_static("/org/freedesktop/systemd1/job/7");
            peer.reply(sent, None, &(path,))
        }
        "Get" => peer.reply(sent, None, &(AsVariant("failed"),)),
        "GetAll" => {
            let (interface,) = sent.message().body::<(&str,)>().unwrap();
            let properties: BTreeMap<&str, OwnedValue> = match interface {
                "org.freedesktop.systemd1.Unit" => [("ActiveState", "active".into())].into(),
                _ => BTreeMap::new(),
            };
            peer.reply(sent, None, &(properties,))
        }
        _ => peer.reply(sent, None, &()),
    }
}

#[test]
fn enabling_and_disabling_fall_back_to_the_older_methods() {
    let enable = |lacks| {
        with(lacks, |systemd| {
            let options = FileOptions::new().force();
            let changes = systemd.enable_unit_files(&["a.service"], options).unwrap();
            assert_eq!(changes.carries_install_info, Some(true));
            assert_eq!(changes.changes[0].kind, FileChangeKind::Symlink);
            assert_eq!(changes.changes[0].source, "/usr/x");
        })
        .1
    };
    let newest = call("EnableUnitFilesWithFlags", &(["a.service"], 2_u64));
    let reload = call("Reload", &());
    assert_eq!(enable(&[]), [newest.clone(), reload.clone()]);
    assert_eq!(
        enable(&[("EnableUnitFilesWithFlags", METHOD)]),
        [newest, call("EnableUnitFiles", &(["a.service"], false, true)), reload]
    );

    let disable = |lacks| {
        with(lacks, |systemd| {
            let options = FileOptions::new().runtime().without_reload();
            systemd.disable_unit_files(&["a.service"], options).unwrap().carries_install_info
        })
    };
    let newest = call("DisableUnitFilesWithFlagsAndInstallInfo", &(["a.service"], 1_u64));
    let older = call("DisableUnitFilesWithFlags", &(["a.service"], 1_u64));
    let oldest = call("DisableUnitFiles", &(["a.service"], true));
    let (info, calls) = disable(&[]);
    assert_eq!((info, calls), (Some(true), vec![newest.clone()]));
    let (info, calls) = disable(&[("DisableUnitFilesWithFlagsAndInstallInfo", METHOD)]);
    assert_eq!(info, None);
    assert_eq!(calls, [newest.clone(), older.clone()]);
    let (info, calls) = disable(&[
        ("DisableUnitFilesWithFlagsAndInstallInfo", METHOD),
        ("DisableUnitFilesWithFlags", METHOD),
    ]);
    assert_eq!(info, None);
    assert_eq!(calls, [newest, older, oldest]);
}

#[test]
fn an_answer_that_cannot_be_read_is_the_error_of_the_method_that_gave_it() {
    const ALL: Lacks = &[
        ("EnableUnitFilesWithFlags", METHOD),
        ("DisableUnitFilesWithFlagsAndInstallInfo", METHOD),
        ("DisableUnitFilesWithFlags", METHOD),
    ];
    let ((enabled, disabled), _) = with(ALL, |systemd| {
        let (files, options) = (["wrong.service"], FileOptions::new());
        let enabled = systemd.enable_unit_files(&files, options);
        (
            enabled.unwrap_err().operation,
            systemd.disable_unit_files(&files, options).unwrap_err().operation,
        )
    });
    assert_eq!(enabled, "EnableUnitFiles of wrong.service");
    assert_eq!(disabled, "DisableUnitFiles of wrong.service");
}

#[test]
fn what_the_older_method_cannot_say_is_an_error() {
    let lacks: Lacks = &[
        ("EnableUnitFilesWithFlags", METHOD),
        ("DisableUnitFilesWithFlagsAndInstallInfo", METHOD),
        ("DisableUnitFilesWithFlags", METHOD),
        ("FreezeUnit", METHOD),
    ];
    let ((), calls) = with(lacks, |systemd| {
        let options = FileOptions::new().portable();
        assert!(systemd.enable_unit_files(&["a.service"], options).unwrap_err().is_unsupported());
        assert!(systemd.disable_unit_files(&["a.service"], options).unwrap_err().is_unsupported());
        let error = systemd.freeze_unit("a.service").unwrap_err();
        assert!(error.is_unsupported());
        assert!(error.to_string().starts_with("FreezeUnit of a.service: "), "{error}");
    });
    assert!(!calls.iter().any(|call| call.0 == "EnableUnitFiles"), "{calls:?}");
}

/// Another error than that of a missing method says that the operation failed.
#[test]
fn a_refusal_is_not_tried_again_with_the_older_method() {
    const LACKS: Lacks = &[("EnableUnitFilesWithFlags", "org.freedesktop.DBus.Error.AccessDenied")];
    let (error, calls) = with(LACKS, |systemd| {
        systemd.enable_unit_files(&["a.service"], FileOptions::new()).unwrap_err()
    });
    assert_eq!(error.remote_name(), Some("org.freedesktop.DBus.Error.AccessDenied"));
    assert_eq!(calls.len(), 1);
}

fn pidfd(pid: u32) -> OwnedFd {
    pidfd_open(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), PidfdFlags::empty()).unwrap()
}

#[test]
fn a_process_is_looked_for_by_its_descriptor() {
    let (unit, calls) =
        with(&[], |systemd| systemd.unit_by_pidfd(pidfd(std::process::id()).as_fd()).unwrap());
    assert_eq!(unit, "b.service");
    assert_eq!(calls, [call("GetUnitByPIDFD", &(FdIndex(0),))]);
}

#[test]
fn a_process_is_looked_for_by_its_number_where_no_descriptors_are_passed() {
    let (unit, calls) = with_fds(false, &[], |systemd| {
        systemd.unit_by_pidfd(pidfd(std::process::id()).as_fd()).unwrap()
    });
    assert_eq!(unit, "a.service");
    assert_eq!(calls, [call("GetUnitByPID", &(std::process::id(),))]);
}

#[test]
fn a_process_is_looked_for_by_its_number_where_systemd_takes_no_descriptors() {
    let (unit, calls) = with(&[("GetUnitByPIDFD", METHOD)], |systemd| {
        systemd.unit_by_pidfd(pidfd(std::process::id()).as_fd()).unwrap()
    });
    assert_eq!(unit, "a.service");
    let by_number = call("GetUnitByPID", &(std::process::id(),));
    assert_eq!(calls, [call("GetUnitByPIDFD", &(FdIndex(0),)), by_number]);
}

#[test]
fn a_process_that_has_ended_is_not_looked_for_by_its_number() {
    let (error, calls) = with(&[("GetUnitByPIDFD", METHOD)], |systemd| {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pidfd = pidfd(child.id());
        child.wait().unwrap();
        systemd.unit_by_pidfd(pidfd.as_fd()).unwrap_err()
    });
    assert!(error.is_unsupported(), "{error}");
    assert_eq!(calls.len(), 1);
}

#[test]
fn a_status_leaves_out_what_a_version_does_not_tell() {
    let (status, calls) = with(&[], |systemd| systemd.status("a.service").unwrap());
    let Status { active_state, freezer_state, result, resources, .. } = status;
    assert_eq!(active_state, ActiveState::Active);
    assert_eq!((freezer_state, result, resources.memory_peak), (None, None, None));
    assert_eq!(
        calls,
        [
            call("GetAll", &("org.freedesktop.systemd1.Unit",)),
            call("GetAll", &("org.freedesktop.systemd1.Service",))
        ]
    );
}

/// It answers neither question before both have come.
#[test]
fn a_status_takes_one_round_trip() {
    let scene = Scene::begin();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let server = thread::spawn(move || {
        let mut peer = Peer::new(theirs);
        assert!(peer.authenticate());
        let questions = [peer.receive().unwrap(), peer.receive().unwrap()];
        for question in &questions {
            let answer = answer(&mut peer, question);
            peer.write(&answer);
        }
    });
    let options = Options::direct().handshake_timeout(LONG).call_timeout(Some(LONG));
    let systemd = Systemd::over(options.over(ours).unwrap());
    assert_eq!(systemd.status("a.service").unwrap().active_state, ActiveState::Active);
    drop(systemd);
    server.join().unwrap();
    scene.end();
}

#[test]
fn a_name_that_is_invalid_is_refused_before_anything_is_sent() {
    let (error, calls) = with(&[], |systemd| systemd.status("a/b.service").unwrap_err());
    assert!(error.to_string().contains("cannot use 'a/b.service' as a unit name"), "{error}");
    assert!(calls.is_empty(), "{calls:?}");
}

const PROPERTY: &str = "org.freedesktop.DBus.Error.PropertyReadOnly";

/// The properties of the units that were made, in turn.
fn made(calls: &[Call]) -> Vec<&Vec<OwnedValue>> {
    calls.iter().filter(|(member, _)| member == "StartTransientUnit").map(|(_, all)| all).collect()
}

#[test]
fn a_transient_unit_is_made_with_older_properties() {
    let (job, calls) = with(&[("ExecStartEx", PROPERTY)], |systemd| {
        let mut unit = TransientUnit::new("a.service").unwrap();
        unit.set("ExecStart", ":-/bin/echo $A").unwrap();
        unit.stdout(std::fs::File::open("/dev/null").unwrap());
        systemd.start_transient_unit(unit).unwrap()
    });
    assert_eq!(job.unit(), "a.service");
    let mut older = Properties::new(UnitKind::Service);
    older.set("ExecStart", "-/bin/echo $$A").unwrap();
    older.property("StandardOutputFileDescriptor", FdIndex(0)).unwrap();
    let expected = call("", &("a.service", "fail", older, NO_AUXILIARY)).1;
    assert_eq!(made(&calls).get(1), Some(&&expected));
    assert_eq!(made(&calls).len(), 2);
}

#[test]
fn processes_are_taken_in_by_their_numbers() {
    let ((), calls) = with(&[("PIDFDs", PROPERTY)], |systemd| {
        let mut unit = TransientUnit::new("a.scope").unwrap();
        unit.pidfd(pidfd(std::process::id()));
        drop(systemd.start_transient_unit(unit).unwrap());
    });
    let mut older = Properties::new(UnitKind::Scope);
    older.property("PIDs", [std::process::id()]).unwrap();
    let expected = call("", &("a.scope", "fail", older, NO_AUXILIARY)).1;
    assert_eq!(made(&calls).get(1), Some(&&expected));
    assert_eq!(made(&calls).len(), 2);
}

#[test]
fn what_older_properties_cannot_say_is_asked_for_once() {
    let (error, calls) = with(&[("ExecStartEx", PROPERTY)], |systemd| {
        let mut unit = TransientUnit::new("a.service").unwrap();
        unit.set("ExecStart", "+/bin/true").unwrap();
        systemd.start_transient_unit(unit).unwrap_err()
    });
    assert_eq!(error.remote_name(), Some(PROPERTY));
    assert_eq!(made(&calls).len(), 1);
}

#[test]
fn a_unit_that_exists_is_asked_for_its_state() {
    const LACKS: Lacks = &[("StartTransientUnit", "org.freedesktop.systemd1.UnitExists")];
    let (error, calls) = with(LACKS, |systemd| {
        let unit = TransientUnit::new("a.service").unwrap();
        systemd.start_transient_unit(unit).unwrap_err()
    });
    assert!(matches!(error.cause, Cause::UnitExists(ActiveState::Failed)), "{error}");
    assert_eq!(made(&calls).len(), 1);
}
