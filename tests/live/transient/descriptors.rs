//! File descriptors that services are given.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use super::{in_all_places, run_here, shell};

/// A pipe-like pair: what is written to the second is read from the first.
fn pair() -> (UnixStream, UnixStream) {
    UnixStream::pair().unwrap()
}

#[test]
fn standard_streams_are_those_that_were_given() {
    const TEST: &str = "transient::descriptors::standard_streams_are_those_that_were_given";
    in_all_places(TEST, |systemd, place| {
        let (mut output, their_output) = pair();
        let (mut errors, their_errors) = pair();
        let (input, mut our_input) = pair();
        let mut unit = shell(place, "streams", "cat; echo this went wrong >&2");
        unit.stdin(input).stdout(their_output).stderr(their_errors);
        our_input.write_all(b"read and written").unwrap();
        drop(our_input);
        let end = run_here(systemd, unit).unwrap();
        assert!(end.is_success(), "{end}");
        // Both end: nobody has the other ends any more, neither we nor systemd.
        let (mut written, mut wrong) = (String::new(), String::new());
        output.read_to_string(&mut written).unwrap();
        errors.read_to_string(&mut wrong).unwrap();
        assert_eq!((&*written, &*wrong), ("read and written", "this went wrong\n"));
    });
}

#[test]
fn nothing_stays_open_sent_or_refused() {
    const TEST: &str = "transient::descriptors::nothing_stays_open_sent_or_refused";
    in_all_places(TEST, |systemd, place| {
        let ends = |unit: Option<&str>| {
            let (mut ours, theirs) = pair();
            let mut service = shell(place, "closed", "exit 0");
            service.stdout(theirs);
            match unit {
                // Never sent.
                None => drop(service),
                Some("refused") => {
                    service.property("NoSuchSetting", true).unwrap();
                    run_here(systemd, service).unwrap_err();
                }
                // The same thing, older properties tried as well.
                Some("twice") => {
                    service.set("ExecStartPre", ":/bin/true $X").unwrap();
                    service.property("NoSuchSetting", true).unwrap();
                    run_here(systemd, service).unwrap_err();
                }
                Some(_) => assert!(run_here(systemd, service).unwrap().is_success()),
            }
            let mut rest = Vec::new();
            ours.read_to_end(&mut rest).unwrap();
        };
        for how in [None, Some("refused"), Some("twice"), Some("sent")] {
            ends(how);
        }
    });
}

/// 252 has no such property.
#[test]
fn named_descriptors_come_after_the_streams_or_are_unsupported() {
    const TEST: &str =
        "transient::descriptors::named_descriptors_come_after_the_streams_or_are_unsupported";
    in_all_places(TEST, |systemd, place| {
        let (mut output, theirs) = pair();
        let mut unit = shell(place, "named", "echo $LISTEN_FDS $LISTEN_FDNAMES; cat <&3");
        let file: OwnedFd = File::open("/etc/os-release").unwrap().into();
        unit.stdout(theirs).extra_descriptor("release", file);
        let version: u32 = systemd
            .version()
            .unwrap()
            .split(|c: char| !c.is_ascii_digit())
            .next()
            .unwrap()
            .parse()
            .unwrap();
        match run_here(systemd, unit) {
            Ok(end) => {
                assert!(end.is_success() && version >= 256, "{end}");
                let mut text = String::new();
                output.read_to_string(&mut text).unwrap();
                assert!(text.starts_with("1 release\n"), "{text}");
                assert!(text.contains("NAME="), "{text}");
            }
            Err(error) => {
                assert!(version < 257 && error.is_unsupported(), "{error}");
                assert!(error.to_string().contains("ExtraFileDescriptors"), "{error}");
            }
        }
    });
}
