//! Errors in a program: one type for `?`, one line for people, and methods instead of patterns.

use std::error::Error as _;
use std::os::unix::net::UnixListener;
use std::{fs, io, thread};

use barebus::wire::OwnedBody;
use barebus::{
    Attempt, AttemptError, CallError, Connection, Error, FdsError, Guid, MatchRule, MatchRuleBuf,
    Message, NoReply, ObjectPath, OpenError, Options, Proxy, SendError, SessionError,
};
use barebus_sasl::{Client, Mechanism, Pacing};
use barebus_systemd::interface::manager::{OBJECT, property::VERSION};
use barebus_systemd::setting::Properties;
use barebus_systemd::{Systemd, UnitKind, UnitName};
use barebus_tests::peer::{BUS, Peer, SERVICE};

use crate::scene::{LONG, SHORT, method, patient, play, play_owned};

const INTERFACE: &str = "org.example.Interface";

/// The `main` of a program, with all kinds of errors.
fn program(bus: &mut Connection, name: &str) -> Result<(), Error> {
    let mut proxy = Proxy::new(bus, name, "/", INTERFACE)?;
    let (_,): (i32,) = proxy.call("Echo", &("text",))?.body()?;
    ObjectPath::parse("no path")?;
    MatchRule::parse("no rule")?;
    Options::bus().open("no address")?;
    bus.request(VERSION.get(OBJECT))?;
    Ok(())
}

/// Plays a service that refuses everything.
fn refuse(peer: &mut Peer) {
    assert!(peer.greet());
    while let Some(sent) = peer.receive() {
        if ["GetNameOwner", "AddMatch"].contains(&sent.member()) {
            peer.answer_as_bus(&sent);
        } else {
            let refusal = peer.error(&sent, Some(BUS), "org.example.Refused", "not today");
            peer.write(&refusal);
        }
    }
}

#[test]
fn debug_is_one_readable_line() {
    let text = |error: &Error| format!("{error:?}");
    play(&patient(), refuse, |bus| {
        let error = program(bus, SERVICE).unwrap_err();
        assert_eq!(text(&error), "not today (org.example.Refused)");
        assert_eq!(error.remote_name(), Some("org.example.Refused"));
        assert!(!error.is_timeout() && !error.is_disconnected());
        let error = program(bus, "bad name").unwrap_err();
        assert_eq!(
            text(&error),
            "cannot use \"bad name\" as destination: a character is not allowed at byte 3"
        );
    });
    play_owned(&patient(), refuse, |bus| {
        let error = Systemd::over(bus).unit_file_state("x.service").unwrap_err();
        let error = Error::from(error);
        assert_eq!(text(&error), "GetUnitFileState of x.service: not today (org.example.Refused)");
        assert_eq!(error.remote_name(), Some("org.example.Refused"));
    });
    play(&patient(), Peer::serve_echo, |bus| {
        let error = program(bus, SERVICE).unwrap_err();
        assert!(text(&error).starts_with("the reply cannot be used: "), "{error}");
    });
}

#[test]
fn a_timeout_and_an_end_of_the_connection_are_asked_for() {
    let silent = |peer: &mut Peer| {
        assert!(peer.greet());
        assert!(peer.called("Echo").is_some());
        peer.drain();
    };
    play(&patient().call_timeout(Some(SHORT)), silent, |bus| {
        let error = Error::from(bus.call(&method("Echo"), &()).unwrap_err());
        assert!(error.is_timeout() && !error.is_disconnected(), "{error}");
    });
    play(&patient().handshake_timeout(SHORT), Peer::drain, |bus| {
        let error = Error::from(bus.call(&method("Echo"), &()).unwrap_err());
        assert!(error.is_timeout() && error.is_disconnected(), "{error}");
    });
    let hanging_up = |peer: &mut Peer| {
        assert!(peer.greet());
        peer.hang_up();
    };
    play(&patient(), hanging_up, |bus| {
        let error = Error::from(bus.call(&method("Echo"), &()).unwrap_err());
        assert!(!error.is_timeout() && error.is_disconnected(), "{error}");
        // The error is permanent.
        let error = Error::from(bus.call(&method("Echo"), &()).unwrap_err());
        assert!(!error.is_timeout() && error.is_disconnected(), "{error}");
    });
}

#[test]
fn opening_timed_out_if_one_of_the_servers_did_not_answer_in_time() {
    let attempt = |kind: io::ErrorKind| Attempt {
        address: "unix:path=/x".into(),
        error: AttemptError::Io(kind.into()),
    };
    let [late, refused] = [io::ErrorKind::TimedOut, io::ErrorKind::ConnectionRefused];
    for (kinds, is_timeout) in [
        (&[late][..], true),
        (&[late, refused], true),
        (&[refused, late], true),
        (&[refused], false),
        (&[], false),
    ] {
        let errors = kinds.iter().map(|kind| OpenError::Unreachable(vec![attempt(*kind)]));
        let error = errors.reduce(OpenError::and_then).unwrap_or(OpenError::NoAddress);
        assert_eq!(error.is_timeout(), is_timeout, "{kinds:?}");
    }
}

#[test]
fn no_text_repeats_its_source() {
    play(&patient(), Peer::drain, |bus| {
        let errors = [
            Error::from(CallError::NoReply(NoReply::TimedOut)),
            Error::from(MatchRule::parse("no rule").unwrap_err()),
            Error::from(ObjectPath::parse("no path").unwrap_err()),
            Error::from(Options::bus().open("no address").unwrap_err()),
            Error::from(Options::bus().open("unix:path=/no/such/socket").unwrap_err()),
            Error::from(io::Error::from(io::ErrorKind::NotFound)),
            Error::from(Proxy::new(bus, "bad name", "/", INTERFACE).unwrap_err()),
            Error::from(MatchRuleBuf::signals().path("no path").rule().unwrap_err()),
            Error::from("no GUID".parse::<Guid>().unwrap_err()),
            Error::from(NoReply::TimedOut),
            Error::from(FdsError::Truncated),
            Error::from(SessionError::UnexpectedFds),
            Error::from(UnitName::parse("no unit").unwrap_err()),
            Error::from(Properties::new(UnitKind::Service).set("NoSetting", "1").unwrap_err()),
            Error::other("no such thing"),
        ];
        for error in errors {
            let text = error.to_string();
            assert!(!text.is_empty() && !text.contains('\n'), "{text}");
            let mut source = error.source();
            while let Some(cause) = source {
                assert!(!text.contains(&cause.to_string()), "{text}: {cause}");
                source = cause.source();
            }
        }
    });
}

#[test]
fn errors_of_all_layers_answer_the_same_questions() {
    assert!(Error::from(NoReply::TimedOut).is_timeout());
    let closed = SessionError::Closed { awaited: None, unfinished: 0 };
    assert!(Error::from(closed.clone()).is_disconnected());
    let refused = Client::new(barebus_sasl::Options {
        mechanisms: Mechanism::Anonymous.into(),
        negotiate_unix_fd: false,
        pacing: Pacing::StepByStep,
    })
    .receive(b"REJECTED EXTERNAL\r\n")
    .unwrap_err();
    let (error, text) = (Error::from(refused), refused.to_string());
    assert!(error.to_string().contains(&text) && error.is_disconnected(), "{error}");
    let nul = OwnedBody::new(&("a\0b",)).unwrap_err();
    let (error, text) = (Error::from(nul), nul.to_string());
    assert!(error.to_string().ends_with(&text) && !error.is_disconnected(), "{error}");
    assert!(Error::from(SendError::Ended(Box::new(closed))).is_disconnected());
    let other = Error::other(io::Error::other("no such thing"));
    assert_eq!(format!("{other:?}"), "no such thing");
    assert!(!other.is_timeout() && !other.is_disconnected() && other.remote_name().is_none());
}

/// What the text of an error leaves to its source, `{:?}` adds.
#[test]
fn debug_adds_the_causes_that_the_text_leaves_out() {
    #[derive(Debug)]
    struct Outer(io::Error);
    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("no such thing")
        }
    }
    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    let error = Error::other(Outer(io::Error::other("the disk is gone")));
    assert_eq!(error.to_string(), "no such thing");
    assert_eq!(format!("{error:?}"), "no such thing: the disk is gone");
}

#[test]
fn a_systemd_that_hangs_up_on_its_private_socket_may_not_see_the_process() {
    let folder = std::env::temp_dir().join(format!("barebus-errors-{}", std::process::id()));
    fs::create_dir_all(folder.join("systemd")).unwrap();
    let listener = UnixListener::bind(folder.join("systemd/private")).unwrap();
    // Authentication is tried twice.
    let server = thread::spawn(move || {
        for _ in 0..2 {
            drop(listener.accept().unwrap());
        }
    });
    let address = format!("unix:path={}/systemd/private", folder.display());
    let mut bus = Options::direct().handshake_timeout(LONG).open(&address).unwrap();
    let error = bus.call(&method("Echo"), &()).unwrap_err();
    assert!(error.is_disconnected(), "{error}");
    let hint = "(systemd hangs up on its private socket when it cannot see the process: \
                another user's, or in another PID namespace)";
    assert!(error.to_string().ends_with(hint), "{error}");
    server.join().unwrap();
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn why_no_connection_was_opened_names_what_was_tried() {
    let attempt = |address: &str, error| Attempt { address: address.into(), error };
    let missing = || io::Error::from_raw_os_error(2);
    const MISSING: &str = "No such file or directory (os error 2)";
    let at = |address: &str, error| OpenError::Unreachable(vec![attempt(address, error)]);
    let unsupported = |transport: &str| AttemptError::Unsupported { transport: transport.into() };
    for (error, text) in [
        (OpenError::NoAddress, "the address lists no server".to_owned()),
        (
            OpenError::NotSet { variable: "XDG_RUNTIME_DIR" },
            "the environment does not say where the bus is: XDG_RUNTIME_DIR is not set".into(),
        ),
        (
            OpenError::NotSet { variable: "A and B" },
            "the environment does not say where the bus is: A and B are not set".into(),
        ),
        (
            OpenError::Unreachable(vec![
                attempt("unix:path=/a", AttemptError::Io(missing())),
                attempt("tcp:port=1", AttemptError::Key { key: "host", reason: "is missing" }),
            ]),
            format!(
                "cannot connect to unix:path=/a: {MISSING}; cannot connect to tcp:port=1: \
                 the key 'host' is missing"
            ),
        ),
        (
            at("x", unsupported("autolaunch")),
            "cannot connect to x: autolaunch is not supported".into(),
        ),
        (at("x", unsupported("launchd")), "cannot connect to x: launchd is not supported".into()),
        (
            at("x", unsupported("systemd")),
            "cannot connect to x: the transport is for servers only".into(),
        ),
        (at("x", unsupported("tcp")), "cannot connect to x: the transport is not built in".into()),
        (at("x", unsupported("pigeon")), "cannot connect to x: the transport is unknown".into()),
        (
            OpenError::Machine { name: "box".into(), error: missing() },
            format!("cannot find the container 'box': {MISSING}"),
        ),
        (
            OpenError::Capsule { name: "box".into(), error: missing() },
            format!("cannot find the capsule 'box': {MISSING}"),
        ),
        (OpenError::Prepare(missing()), format!("cannot prepare the socket: {MISSING}")),
    ] {
        assert_eq!(error.to_string(), text);
        assert!(!error.is_timeout(), "{text}");
    }
}

#[test]
fn a_failed_operation_of_systemd_says_what_to_do_and_whether_time_ran_out() {
    use barebus_systemd::{AccessError, ActiveState, Cause, Error};
    let setting = Properties::new(UnitKind::Service).set("NoSetting", "1").err().unwrap();
    let name = UnitName::parse("no unit").unwrap_err();
    let unreadable = Message::parse(&[]).unwrap_err();
    let slow = || Attempt {
        address: "unix:path=/x".into(),
        error: AttemptError::Io(io::ErrorKind::TimedOut.into()),
    };
    for (cause, text, is_timeout) in [
        (Cause::JobNotEnded(SHORT), "the job has not ended within", true),
        (
            Cause::UnitExists(ActiveState::Failed),
            "reset it, as `systemctl reset-failed` does",
            false,
        ),
        (Cause::UnitExists(ActiveState::Active), "it is active; use another name", false),
        (Cause::Io(io::ErrorKind::NotFound.into()), "the job: entity not found", false),
        (Cause::Io(io::ErrorKind::TimedOut.into()), "the job: timed out", true),
        (Cause::Call(CallError::NoReply(NoReply::TimedOut)), "the job: ", true),
        (Cause::Call(CallError::NotSubscribed), "the job: ", false),
        (Cause::Open(OpenError::NoAddress), "the job: the address lists no server", false),
        (Cause::Open(OpenError::Unreachable(vec![slow()])), "cannot connect to unix:path=/x", true),
        (Cause::from(name), "the job: cannot use 'no unit' as a unit name", false),
        (Cause::from(setting), "the job: cannot set 'NoSetting' of a service", false),
        (Cause::from(unreadable), "the job: the reply cannot be used: ", false),
        (
            Cause::from(AccessError::Root { pid: 7, error: OpenError::Unreachable(vec![slow()]) }),
            "cannot reach the systemd of process 7 from outside: cannot connect to unix:path=/x",
            true,
        ),
        (
            Cause::from(AccessError::NoRuntimeDir),
            "XDG_RUNTIME_DIR is not set; log in, or start the user's systemd",
            false,
        ),
    ] {
        let error = Error { operation: "the job".into(), cause };
        let shown = error.to_string();
        assert!(shown.contains(text), "{shown}");
        assert_eq!(error.is_timeout(), is_timeout, "{shown}");
        assert!(!error.is_disconnected() && !error.is_no_such_unit(), "{shown}");
        let kept = barebus::Error::from(error);
        assert_eq!((kept.to_string(), kept.is_timeout()), (shown, is_timeout));
    }
}
