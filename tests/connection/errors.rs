//! Errors in a program: one type for `?`, one line for people, and methods instead of patterns.

use std::error::Error as _;
use std::io;

use barebus::{
    Attempt, AttemptError, CallError, Connection, Error, FdsError, Guid, MatchRule, MatchRuleBuf,
    NoReply, ObjectPath, OpenError, Options, Proxy, SendError, SessionError,
};
use barebus_systemd::interface::manager::{OBJECT, property::VERSION};
use barebus_systemd::setting::Properties;
use barebus_systemd::{Systemd, UnitKind, UnitName};
use barebus_tests::peer::{BUS, Peer, SERVICE};

use crate::scene::{SHORT, method, patient, play, play_owned};

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
    assert!(Error::from(SendError::Ended(Box::new(closed))).is_disconnected());
    let other = Error::other(io::Error::other("no such thing"));
    assert_eq!(format!("{other:?}"), "no such thing");
    assert!(!other.is_timeout() && !other.is_disconnected() && other.remote_name().is_none());
}
