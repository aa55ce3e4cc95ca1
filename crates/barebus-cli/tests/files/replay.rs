//! `replay --peer`: what a peer gets, and what is told when it hangs up.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::process::{Command, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use barebus::wire::MessageType;
use barebus_tests::peer::{PATIENCE, Peer, Sent};
use barebus_text::capture::PcapngWriter;

use crate::common::{BAREBUS, Folder, stdout, text};
use crate::support::{bad_boolean, bytes};

/// A peer at a socket in `folder`, which does as `act` says once it has authenticated.
fn peer<T: Send + 'static>(
    folder: &Folder,
    act: impl FnOnce(Peer) -> T + Send + 'static,
) -> JoinHandle<T> {
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    thread::spawn(move || {
        let mut peer = Peer::new(listener.accept().unwrap().0);
        assert!(peer.authenticate());
        act(peer)
    })
}

fn replay(folder: &Folder, words: &[&str], file: &str) -> Command {
    let mut command = Command::new(BAREBUS);
    command.args(["--peer", &format!("unix:path={}", folder.join("socket")), "replay"]);
    command.args(words).arg(folder.join(file));
    command
}

/// Calls with these arguments, and one signal and one reply after them, as they are on a bus.
fn recording(folder: &Folder, name: &str, arguments: &[u32]) {
    let head = "sender=:1.5 destination=a.b";
    let call = |number| {
        format!(
            "method_call serial={} path=/x interface=a.b member=M {head} signature=u : u {number}\n",
            number + 70
        )
    };
    let mut lines: String = arguments.iter().map(call).collect();
    lines +=
        "signal serial=90 path=/x interface=a.b member=S sender=:1.5 signature=s : s \"text\"\n";
    lines += "method_return serial=91 reply_serial=70 sender=a.b destination=:1.5\n";
    std::fs::write(folder.join(name), bytes(&["encode", "--text", "-"], lines.as_bytes())).unwrap();
}

/// Answers every call with its argument, and returns the messages.
fn answer(mut peer: Peer) -> Vec<Sent> {
    let mut received = Vec::new();
    while let Some(sent) = peer.receive() {
        if sent.message().header().message_type == MessageType::MethodCall {
            let (number,) = sent.message().body::<(u32,)>().unwrap();
            let reply = peer.reply(&sent, None, &(number,));
            peer.write(&reply);
        }
        received.push(sent);
    }
    received
}

#[test]
fn a_peer_gets_the_messages_with_new_serials_and_without_names() {
    let folder = Folder::new("replay-peer");
    recording(&folder, "raw", &[3, 4]);
    let server = peer(&folder, answer);
    assert_eq!(
        stdout(&mut replay(&folder, &[], "raw")),
        "sent 3 (2 calls, 1 signals), answered 2, failed 0, skipped 1\nthe other side did not hang up\n"
    );
    let received = server.join().unwrap();
    let heads: Vec<_> = received
        .iter()
        .map(|sent| {
            let message = sent.message();
            let header = message.header();
            assert_eq!((header.sender, header.destination), (None, None));
            let names = (header.path.unwrap().as_str(), header.interface.unwrap().as_str());
            assert_eq!(names, ("/x", "a.b"));
            (header.message_type, sent.member().to_owned(), message.signature().to_string())
        })
        .collect();
    let call = (MessageType::MethodCall, "M".to_owned(), "u".to_owned());
    let signal = (MessageType::Signal, "S".to_owned(), "s".to_owned());
    assert_eq!(heads, [call.clone(), call, signal]);
    let mut serials: Vec<u32> = received.iter().map(|sent| sent.serial().get()).collect();
    assert!(serials.iter().all(|serial| *serial < 70), "{serials:?}");
    serials.dedup();
    assert_eq!(serials.len(), 3);
}

#[test]
fn replies_of_a_peer_are_compared_with_the_recorded_ones() {
    let folder = Folder::new("replay-peer-check");
    let lines = "method_call serial=1 path=/x interface=a.b member=M signature=u : u 1\n\
                 method_return serial=1 reply_serial=1 signature=u : u 1\n\
                 method_call serial=2 path=/x interface=a.b member=M signature=u : u 2\n\
                 method_return serial=2 reply_serial=2 signature=u : u 7\n";
    std::fs::write(folder.join("lines"), lines).unwrap();
    let server = peer(&folder, answer);
    let Output { status, stdout, stderr } =
        replay(&folder, &["--check"], "lines").output().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(text(stdout).contains(", answered 2, compared 2, differing 1, failed 0, skipped 2\n"));
    let complaint = text(stderr);
    assert!(complaint.contains("line 3: the reply was ") && complaint.contains('7'), "{complaint}");
    server.join().unwrap();
}

#[test]
fn no_more_calls_are_in_flight_than_asked_for() {
    for (limit, raw) in [(1, false), (3, false), (3, true)] {
        let folder = Folder::new(&format!("replay-in-flight-{limit}-{raw}"));
        recording(&folder, "raw", &(0..10).collect::<Vec<_>>());
        let server = peer(&folder, move |mut peer| {
            let stream = peer.stream().try_clone().unwrap();
            let (mut open, mut most, mut answered) = (Vec::new(), 0, 0);
            while answered < 10 {
                // As many as there will be: the program waits for an answer then.
                while open.len() < limit.min(10 - answered) {
                    let Some(sent) = peer.receive() else { return most };
                    open.push(sent);
                    most = most.max(open.len());
                }
                stream.set_nonblocking(true).unwrap();
                while let Some(sent) = peer.receive() {
                    if sent.member() == "M" {
                        open.push(sent);
                    }
                    most = most.max(open.len());
                }
                stream.set_nonblocking(false).unwrap();
                let call = open.remove(0);
                let reply = peer.reply(&call, None, &(0_u32,));
                peer.write(&reply);
                answered += 1;
            }
            peer.drain();
            most
        });
        let limit_text = limit.to_string();
        let mut words = vec!["--in-flight", &limit_text, "--only=call"];
        words.extend(raw.then_some("--raw"));
        let printed = stdout(&mut replay(&folder, &words, "raw"));
        assert!(printed.starts_with("sent 10 (10 calls, 0 signals), answered 10,"), "{printed}");
        assert_eq!(server.join().unwrap(), limit);
    }
}

#[test]
fn the_speed_is_that_of_the_recording_or_a_multiple_or_none() {
    let folder = Folder::new("replay-speed");
    recording(&folder, "raw", &[1, 2, 3]);
    let raw = std::fs::read(folder.join("raw")).unwrap();
    let capture = |distance: Duration, name: &str| {
        let mut file = Vec::new();
        let writer = PcapngWriter::start(None, "test", None, &mut file);
        let mut rest = &raw[..];
        let mut time = Duration::from_secs(1_800_000_000);
        for _ in 0..3 {
            let len = barebus::wire::frame_len(rest).unwrap().unwrap();
            writer.packet(time, &rest[..len], &mut file);
            rest = &rest[len..];
            time += distance;
        }
        std::fs::write(folder.join(name), file).unwrap();
    };
    capture(Duration::from_millis(150), "short");
    capture(Duration::from_secs(36_000), "long");
    // Two distances; only that it was not faster can be told for sure.
    for (words, file, at_least) in [
        (&[][..], "short", 300),
        (&["--speed=1"], "short", 300),
        (&["--speed=2"], "short", 150),
        (&["--speed=720000"], "long", 100),
        (&["--speed=max"], "long", 0),
        (&["--speed=2", "--raw"], "short", 150),
        (&["--speed=max", "--raw"], "long", 0),
    ] {
        let server = peer(&folder, answer);
        let begin = Instant::now();
        let printed = stdout(&mut replay(&folder, words, file));
        let took = begin.elapsed();
        assert!(printed.starts_with("sent 3 (3 calls, 0 signals), answered 3,"), "{printed}");
        assert!(took >= Duration::from_millis(at_least), "{words:?}: {took:?}");
        server.join().unwrap();
        std::fs::remove_file(folder.join("socket")).unwrap();
    }
}

#[test]
fn raw_bytes_leave_as_they_are_also_invalid_ones() {
    let folder = Folder::new("replay-raw-peer");
    let (bad, _) = bad_boolean();
    recording(&folder, "raw", &[5]);
    let mut all = std::fs::read(folder.join("raw")).unwrap();
    all.extend(&bad);
    // Not even the beginning of a message.
    all.extend(b"\xff\0nonsense");
    std::fs::write(folder.join("all"), &all).unwrap();
    let len = all.len();
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    let server = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut received = Vec::new();
        let mut answers = stream.try_clone().unwrap();
        let mut read = |received: &mut Vec<u8>| {
            let mut room = [0; 4096];
            let count = stream.read(&mut room).unwrap();
            assert!(count > 0, "it hangs up after {}", received.len());
            received.extend(&room[..count]);
        };
        let begin = b"BEGIN\r\n";
        let end = loop {
            read(&mut received);
            if let Some(at) = received.windows(begin.len()).position(|part| part == begin) {
                break at + begin.len();
            }
        };
        received.drain(..end);
        answers.write_all(b"OK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n").unwrap();
        while received.len() < len {
            read(&mut received);
        }
        received
    });
    let mut command = replay(&folder, &["--raw"], "all");
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let (printed, complaint) = (text(stdout), text(stderr));
    assert_eq!(server.join().unwrap(), all);
    assert_eq!(status.code(), Some(3), "{printed}{complaint}");
    let place = format!("{}: message at offset {}", folder.join("all"), len - 10);
    assert!(
        printed.contains(&format!("the other side hung up after message 5 ({place}): ")),
        "{printed}"
    );
    assert!(printed.starts_with("sent 5 (2 calls, 1 signals, 2 others), answered 0,"), "{printed}");
}

#[test]
fn a_peer_that_hangs_up_is_told_with_the_number_of_the_message() {
    let folder = Folder::new("replay-hang-up");
    recording(&folder, "raw", &[1, 2, 3, 4]);
    for (words, json) in [(&[][..], false), (&["--raw"][..], false), (&["-o", "json"], true)] {
        let server = peer(&folder, |mut peer| {
            for is_last in [false, true] {
                let sent = peer.receive().unwrap();
                let (number,) = sent.message().body::<(u32,)>().unwrap();
                if !is_last {
                    let reply = peer.reply(&sent, None, &(number,));
                    peer.write(&reply);
                }
            }
        });
        // One call at a time, so it is the second one that was not answered.
        let words = [&["--in-flight=1"], words].concat();
        let Output { status, stdout, .. } = replay(&folder, &words, "raw").output().unwrap();
        let printed = text(stdout);
        assert_eq!(status.code(), Some(3), "{printed}");
        let place = format!("{}: message at offset ", folder.join("raw"));
        let expected = match json {
            false => format!("the other side hung up after message 2 ({place}"),
            true => format!("\"hung_up\":{{\"number\":2,\"after\":\"{place}"),
        };
        assert!(printed.contains(&expected), "{printed}");
        server.join().unwrap();
        std::fs::remove_file(folder.join("socket")).unwrap();
    }
}
