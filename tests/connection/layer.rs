//! The layer for systemd: what it sends, and what it makes of refusals, where no real systemd shows it.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use barebus::wire::OwnedBody;
use barebus_systemd::Mode;
use barebus_systemd::transient::TransientUnit;
use barebus_systemd::unit::BindMount;
use barebus_tests::peer::{BUS, OWNER, Peer, Sent};

use crate::job_ends::turn;
use crate::played::{Played, path, play};
use crate::scene::{patient, play_owned};

const DENIED: &str = "org.freedesktop.DBus.Error.AccessDenied";

/// No image can be mounted in a box, which has no loop devices.
#[test]
fn an_image_is_mounted_with_options_for_each_partition() {
    type Arguments<'a> = (&'a str, &'a str, &'a str, bool, bool, Vec<(&'a str, &'a str)>);

    const OPTIONS: [(&str, &str); 2] = [("root", "nosuid"), ("usr", "nodev")];
    let script = |systemd: &mut Played<'_>| {
        let sent = systemd.called("MountImageUnit");
        let expected = ("a.service", "/srv/tools.raw", "/opt/tools", true, false, OPTIONS.into());
        assert_eq!(sent.message().body::<Arguments<'_>>().unwrap(), expected);
        systemd.reply(&sent, &());
        let sent = systemd.called("MountImageUnit");
        systemd.error(&sent, DENIED);
    };
    play(script, |systemd| {
        let mount = BindMount {
            source: "/srv/tools.raw",
            destination: "/opt/tools",
            read_only: true,
            make_destination: false,
        };
        systemd.mount_image_unit("a.service", mount, &OPTIONS).unwrap();
        let error = systemd.mount_image_unit("a.service", mount, &[]).unwrap_err();
        assert_eq!(error.operation, "MountImageUnit of a.service");
    });
}

#[test]
fn debug_of_an_operation_says_whether_it_is_over() {
    let script = |systemd: &mut Played<'_>| {
        let sent = systemd.called("Get");
        systemd.error(&sent, DENIED);
    };
    play(script, |systemd| {
        let later = systemd.later();
        let mut version = systemd.begin(async { later.version().await });
        assert_eq!(format!("{version:?}"), "Pending { is_over: false, .. }");
        while version.poll().is_none() {
            turn(systemd);
        }
        assert_eq!(format!("{version:?}"), "Pending { is_over: true, .. }");
        drop(version);
        assert!(format!("{systemd:?}").starts_with("Systemd { connection: "), "{systemd:?}");
    });
}

#[test]
fn the_mode_of_a_transient_unit_is_sent() {
    let script = |systemd: &mut Played<'_>| {
        for mode in ["fail", "replace-irreversibly"] {
            let sent = systemd.called("StartTransientUnit");
            let arguments = OwnedBody::try_from(&sent.message()).unwrap().values().unwrap();
            assert_eq!(arguments[..2], ["a.scope".into(), mode.into()]);
            systemd.reply(&sent, &(path(1).as_ref(),));
        }
    };
    play(script, |systemd| {
        let mut unit = TransientUnit::new("a.scope").unwrap();
        drop(systemd.start_transient_unit(unit).unwrap());
        unit = TransientUnit::new("a.scope").unwrap();
        unit.mode(Mode::ReplaceIrreversibly);
        drop(systemd.start_transient_unit(unit).unwrap());
    });
}

#[test]
fn a_reexec_that_is_refused_is_an_error() {
    let script = |systemd: &mut Played<'_>| {
        let sent = systemd.called("Reexecute");
        systemd.error(&sent, DENIED);
    };
    play(script, |systemd| {
        let error = systemd.reexecute().unwrap_err();
        assert_eq!((&*error.operation, error.remote_name()), ("Reexecute", Some(DENIED)));
    });
}

/// systemd does not answer: the bus says so when its connection has ended.
#[test]
fn a_systemd_that_does_not_come_back_from_a_reexec_is_waited_for_so_long() {
    const ABSENCE: Duration = Duration::from_millis(250);
    let script = |systemd: &mut Played<'_>| {
        let sent = systemd.called("Reexecute");
        let ended = systemd.peer.error(&sent, Some(BUS), "org.freedesktop.DBus.Error.NoReply", "");
        systemd.peer.write(&ended);
    };
    play(script, |systemd| {
        systemd.set_absence(ABSENCE);
        let begin = Instant::now();
        let error = systemd.reexecute().unwrap_err();
        assert!(error.is_timeout() && error.operation == "Reexecute", "{error}");
        assert!(begin.elapsed() >= ABSENCE, "{:?}", begin.elapsed());
    });
}

#[test]
fn a_subscription_that_systemd_refuses_is_an_error_and_asked_for_again() {
    let (sender, calls) = channel();
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        let mut is_refused = true;
        while let Some(sent) = peer.receive() {
            let of_systemd = |sent: &Sent| ["Subscribe", "Unsubscribe"].contains(&sent.member());
            if !of_systemd(&sent) {
                peer.answer_as_bus(&sent);
                continue;
            }
            sender.send(sent.member().to_owned()).unwrap();
            let answer = match is_refused {
                true => peer.error(&sent, Some(OWNER), DENIED, "no"),
                false => peer.reply(&sent, Some(OWNER), &()),
            };
            // The second subscription alone is accepted.
            is_refused = !is_refused;
            peer.write(&answer);
        }
    };
    play_owned(&patient(), script, |bus| {
        let systemd = barebus_systemd::Systemd::over(bus);
        let error = systemd.subscribe().unwrap_err();
        assert_eq!((&*error.operation, error.remote_name()), ("Subscribe", Some(DENIED)));
        systemd.subscribe().unwrap();
        let error = systemd.unsubscribe().unwrap_err();
        assert_eq!((&*error.operation, error.remote_name()), ("Unsubscribe", Some(DENIED)));
    });
    assert_eq!(calls.iter().collect::<Vec<_>>(), ["Subscribe", "Subscribe", "Unsubscribe"]);
}
