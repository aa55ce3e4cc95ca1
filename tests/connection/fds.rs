//! File descriptors: too many, too few, truncated, unannounced, not taken.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::process::Command;
use std::sync::mpsc::channel;
use std::sync::{Arc, OnceLock};

use barebus::{
    CallError, Connection, FdIndex, FdsError, MatchRule, NoReply, Reply, SendError, SessionError,
};
use barebus_tests::file_limit::FileLimit;
use barebus_tests::peer::{OWNER, Peer, Sent, are_closed, message, open_files, pair};
use barebus_wire::{BodyError, Endian, OwnedBody, OwnedValue};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::socket::{setsockopt, sockopt::SndBuf};

use crate::scene::{LONG, SHORT, Scene, ending, method, patient, play, play_sending, stage, works};

fn null() -> OwnedFd {
    File::open("/dev/null").unwrap().into()
}

/// The same descriptor, `count` times.
fn times(fd: &OwnedFd, count: usize) -> Vec<RawFd> {
    vec![fd.as_raw_fd(); count]
}

/// The reply to `call`, with `announced` descriptors.
fn reply(peer: &mut Peer, call: &Sent, announced: u32) -> Vec<u8> {
    let header = peer.reply_header(call, Some(OWNER), announced);
    message(&header, &(FdIndex(0),))
}

/// Greets, passes the call of `Give` to `answer`, and then echoes.
fn giving(answer: impl FnOnce(&mut Peer, &Sent) + Send + 'static) -> impl FnOnce(&mut Peer) + Send {
    move |peer| {
        assert!(peer.greet());
        let call = peer.called("Give").unwrap();
        answer(peer, &call);
        while let Some(call) = peer.called("Echo") {
            let reply = peer.echo(&call, Some(OWNER));
            peer.write(&reply);
        }
    }
}

/// Calls `Give`, passes the result to `act`, and checks that the connection still works and nothing stays open.
fn given(
    answer: impl FnOnce(&mut Peer, &Sent) + Send + 'static,
    act: impl FnOnce(Result<Reply<'_>, CallError>),
) {
    play(&patient(), giving(answer), |connection| {
        connection.establish().unwrap();
        let before = open_files();
        act(connection.call(&method("Give"), &()));
        works(connection);
        assert!(are_closed(before), "descriptors stay open");
    });
}

fn is_refused(result: &Result<Reply<'_>, CallError>, reason: FdsError) {
    assert!(
        matches!(result, Err(CallError::NoReply(NoReply::Fds(error))) if *error == reason),
        "{result:?} instead of {reason:?}"
    );
}

#[test]
fn every_number_of_fds_passes_both_ways() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        while let Some(call) = peer.called("Mirror") {
            let fds = peer.take_fds();
            let count = u32::try_from(fds.len()).unwrap();
            assert_eq!(call.message().header().unix_fds, count);
            let numbers: Vec<_> = fds.iter().map(AsRawFd::as_raw_fd).collect();
            let bytes = reply(peer, &call, count);
            peer.write_with(&bytes, &numbers);
        }
    };
    play(&patient(), script, |connection| {
        for count in 1..=253 {
            let fds = (0..count).map(|_| null()).collect();
            let call = connection.start_call(&method("Mirror"), &(FdIndex(0),), fds).unwrap();
            let reply = connection.wait(call).unwrap();
            assert_eq!(reply.header().unix_fds, count);
            let fds = reply.into_fds();
            assert_eq!(fds.len(), count as usize);
            for fd in &fds {
                let flags = FdFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFD).unwrap());
                assert!(flags.contains(FdFlag::FD_CLOEXEC));
            }
            let mut byte = [0; 1];
            assert_eq!(File::from(fds.into_iter().last().unwrap()).read(&mut byte).unwrap(), 0);
        }
    });
}

/// The descriptors of a program that is started now.
fn inherited() -> String {
    let output = Command::new("ls").arg("/proc/self/fd").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_program_that_is_started_meanwhile_inherits_none() {
    let before = {
        let _stage = stage();
        inherited()
    };
    let answer = |peer: &mut Peer, call: &Sent| {
        let bytes = reply(peer, call, 20);
        peer.write_with(&bytes, &times(&null(), 20));
    };
    given(answer, |result| {
        let fds = result.unwrap().into_fds();
        assert_eq!((fds.len(), inherited()), (20, before));
    });
}

#[test]
fn what_was_taken_outlives_the_connection() {
    let scene = Scene::begin();
    let (ours, theirs) = pair().unwrap();
    let answer = |peer: &mut Peer, call: &Sent| {
        let bytes = reply(peer, call, 1);
        peer.write_with(&bytes, &times(&null(), 1));
    };
    let server = std::thread::spawn(move || giving(answer)(&mut Peer::new(theirs)));
    let mut connection = patient().over(ours).unwrap();
    let reply = connection.call(&method("Give"), &()).unwrap();
    let body = OwnedBody::try_from(reply.message()).unwrap();
    let fd = reply.into_fds().remove(0);
    drop(connection);
    server.join().unwrap();
    assert_eq!(File::from(fd).read(&mut [0; 1]).unwrap(), 0);
    assert_eq!(body.values().unwrap(), [OwnedValue::UnixFd(FdIndex(0))]);
    scene.end();
}

#[test]
fn more_fds_than_a_message_may_carry_are_not_sent() {
    play(&patient(), Peer::serve_echo, |connection| {
        connection.establish().unwrap();
        let before = open_files();
        let fds = (0..254).map(|_| null()).collect();
        let result = connection.start_call(&method("Take"), &(), fds);
        assert!(matches!(result, Err(CallError::Send(SendError::TooManyFds { count: 254 }))));
        assert!(are_closed(before));
        works(connection);
    });
}

#[test]
fn an_fd_belongs_to_the_message_whose_byte_it_came_with() {
    let len = {
        let _stage = stage();
        let (ours, _theirs) = pair().unwrap();
        let mut peer = Peer::new(ours);
        let header = peer.reply_header_to(barebus_wire::Serial::FIRST, Some(OWNER), 1);
        message(&header, &(FdIndex(0),)).len()
    };
    for at in 0..=len {
        let (done, is_read) = channel();
        let answer = move |peer: &mut Peer, call: &Sent| {
            let mut bytes = reply(peer, call, 1);
            assert_eq!(bytes.len(), len);
            bytes.extend(peer.signal(Some(OWNER), "org.example.Interface", "After", &()));
            let fd = null();
            peer.write(&bytes[..at]);
            if at == len {
                // In one read with the reply they could belong to either message.
                is_read.recv().unwrap();
            }
            peer.write_with(&bytes[at..=at], &times(&fd, 1));
            peer.write(&bytes[at + 1..]);
        };
        given(answer, |result| {
            let _ = done.send(());
            if at < len {
                let reply = result.unwrap();
                let (index,) = reply.body::<(FdIndex,)>().unwrap();
                assert!(reply.fd(index).is_some());
            } else {
                // With the first byte of the next message it belongs to that message.
                is_refused(&result, FdsError::Count { announced: 1, received: 0 });
            }
        });
    }
}

#[test]
fn fds_must_be_as_many_as_announced() {
    for (announced, sent) in [(0, 1), (1, 0), (1, 2), (2, 1), (1, 3), (0, 253), (253, 252), (7, 0)]
    {
        let answer = move |peer: &mut Peer, call: &Sent| {
            let bytes = reply(peer, call, announced);
            let fd = null();
            peer.write_with(&bytes, &times(&fd, sent));
        };
        given(answer, |result| {
            is_refused(&result, FdsError::Count { announced, received: sent });
        });
    }
}

#[test]
fn four_thousand_million_announced_fds_take_nothing() {
    given(
        |peer, call| {
            let bytes = reply(peer, call, u32::MAX);
            peer.write(&bytes);
        },
        |result| is_refused(&result, FdsError::TooMany { announced: u32::MAX }),
    );
}

#[test]
fn fds_in_two_batches_are_one_messages_up_to_the_most_it_may_carry() {
    for (first, second) in [(100, 100), (250, 250)] {
        let announced = u32::try_from(first + second).unwrap();
        let answer = move |peer: &mut Peer, call: &Sent| {
            let bytes = reply(peer, call, announced);
            let fd = null();
            peer.write_with(&bytes[..20], &times(&fd, first));
            peer.write_with(&bytes[20..], &times(&fd, second));
        };
        given(answer, |result| {
            if announced <= 253 {
                assert_eq!(result.unwrap().into_fds().len(), first + second);
            } else {
                is_refused(&result, FdsError::TooMany { announced });
            }
        });
    }
}

#[test]
fn a_message_that_brings_fds_with_every_byte_ends_the_connection() {
    let answer = |peer: &mut Peer, call: &Sent| {
        let bytes = reply(peer, call, 3);
        let fd = null();
        for byte in &bytes {
            peer.write_with(&[*byte], &times(&fd, 253));
        }
    };
    play(&patient(), giving(answer), |connection| {
        assert!(connection.call(&method("Give"), &()).is_err());
        assert_eq!(ending(connection), SessionError::TooManyFds);
    });
}

#[test]
fn fds_that_were_not_announced_are_not_the_next_messages() {
    let answer = |peer: &mut Peer, call: &Sent| {
        let signal = peer.signal(Some(OWNER), "org.example.Interface", "Before", &());
        let fd = null();
        peer.write_with(&signal, &times(&fd, 1));
        let bytes = reply(peer, call, 1);
        peer.write(&bytes);
    };
    given(answer, |result| {
        is_refused(&result, FdsError::Count { announced: 1, received: 0 });
    });
}

#[test]
fn messages_with_fds_in_quick_succession_keep_their_own() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let calls = [(); 3].map(|()| peer.called("Give").unwrap());
        for (call, count) in calls.iter().zip([1, 2, 3]) {
            let fd = null();
            let bytes = reply(peer, call, count);
            peer.write_with(&bytes, &times(&fd, count as usize));
        }
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let calls =
            [(); 3].map(|()| connection.start_call(&method("Give"), &(), Vec::new()).unwrap());
        connection.flush().unwrap();
        std::thread::sleep(SHORT);
        for (call, count) in calls.into_iter().zip(1..) {
            assert_eq!(connection.wait(call).unwrap().into_fds().len(), count);
        }
    });
}

/// Answers with two descriptors and `indices`.
fn answer_with(indices: (FdIndex, FdIndex)) -> impl Fn(&mut Peer, &Sent) {
    move |peer, call| {
        let header = peer.reply_header(call, Some(OWNER), 2);
        let fd = null();
        peer.write_with(&message(&header, &indices), &times(&fd, 2));
    }
}

#[test]
fn a_repeated_index_names_the_same_fd() {
    given(answer_with((FdIndex(1), FdIndex(1))), |result| {
        let reply = result.unwrap();
        let (one, again) = reply.body::<(FdIndex, FdIndex)>().unwrap();
        let number = |index| reply.fd(index).map(|fd: BorrowedFd<'_>| fd.as_raw_fd());
        assert!(number(one).is_some());
        assert_eq!(number(one), number(again));
        assert!(reply.body::<(&str,)>().is_err(), "a body that is not as expected leaks nothing");
    });
}

#[test]
fn an_index_beyond_the_fds_is_refused_by_its_number_and_theirs() {
    for beyond in [2, u32::MAX] {
        given(answer_with((FdIndex(1), FdIndex(beyond))), |result| {
            let reply = result.unwrap();
            let refused = reply.body::<(FdIndex, FdIndex)>().unwrap_err();
            let BodyError::FdIndex { index, count, error } = refused else { panic!("{refused}") };
            assert_eq!((index, count, reply.message().validate()), (beyond, 2, Err(error)));
            assert_eq!(reply.fd(FdIndex(beyond)).map(|fd| fd.as_raw_fd()), None);
        });
    }
}

#[test]
fn fds_of_the_other_byte_order_are_taken() {
    let answer = |peer: &mut Peer, call: &Sent| {
        let mut header = peer.reply_header(call, Some(OWNER), 2);
        header.endian = if Endian::NATIVE == Endian::Little { Endian::Big } else { Endian::Little };
        let fd = null();
        peer.write_with(&message(&header, &(FdIndex(1),)), &times(&fd, 2));
    };
    given(answer, |result| {
        let reply = result.unwrap();
        let (index,) = reply.body::<(FdIndex,)>().unwrap();
        assert!(index == FdIndex(1) && reply.fd(index).is_some());
    });
}

#[test]
fn fds_that_the_system_cut_off_are_told_of_and_the_rest_closed() {
    for room in [0, 1, 10] {
        let (opened, is_open) = channel();
        let answer = move |peer: &mut Peer, call: &Sent| {
            let bytes = reply(peer, call, 200);
            let fd = null();
            opened.send(()).unwrap();
            peer.write_with(&bytes, &times(&fd, 200));
            let signal = peer.signal(Some(OWNER), "org.example.Interface", "After", &());
            peer.write(&signal);
        };
        play(&patient(), giving(answer), |connection| {
            connection.establish().unwrap();
            let before = open_files();
            let call = connection.start_call(&method("Give"), &(), Vec::new()).unwrap();
            connection.flush().unwrap();
            is_open.recv().unwrap();
            let limit = FileLimit::set(before + 1 + room);
            is_refused(&connection.wait(call), FdsError::Truncated);
            drop(limit);
            assert!(are_closed(before));
            works(connection);
        });
    }
}

#[test]
fn fds_of_an_invalid_message_are_closed() {
    let answer = |peer: &mut Peer, call: &Sent| {
        let fd = null();
        let good = reply(peer, call, 200);
        let mut bad = peer.signal(Some(OWNER), "org.example.Interface", "Bad", &());
        bad[1] = 0;
        peer.write_with(&bad, &times(&fd, 200));
        peer.write_with(&good, &times(&fd, 200));
    };
    play(&patient(), giving(answer), |connection| {
        connection.establish().unwrap();
        let before = open_files();
        assert!(connection.call(&method("Give"), &()).is_err());
        assert!(matches!(ending(connection), SessionError::InvalidMessage(_)));
        assert!(are_closed(before), "closed before the connection is");
    });
}

#[test]
fn fds_of_half_a_message_are_closed_with_it() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Give").unwrap();
        let bytes = reply(peer, &call, 100);
        let fd = null();
        peer.write_with(&bytes[..bytes.len() - 1], &times(&fd, 100));
        drop(fd);
        peer.hang_up();
        peer.drain();
    };
    play(&patient(), script, |connection| {
        connection.establish().unwrap();
        let before = open_files();
        assert!(connection.call(&method("Give"), &()).is_err());
        assert!(matches!(ending(connection), SessionError::Closed { unfinished: 1.., .. }));
        assert!(are_closed(before), "closed before the connection is");
    });
}

#[test]
fn fds_of_ignored_messages_are_closed() {
    let answer = |peer: &mut Peer, call: &Sent| {
        let fd = null();
        for sender in [OWNER, ":1.66"] {
            for _ in 0..20 {
                let mut header = peer.signal_header(Some(sender), "org.example.Interface", "Noise");
                header.unix_fds = 20;
                peer.write_with(&message(&header, &()), &times(&fd, 20));
            }
        }
        let mut forged = peer.reply_header(call, Some(":1.66"), 20);
        peer.write_with(&message(&forged, &()), &times(&fd, 20));
        forged.sender = Some(barebus_tests::peer::bus_name(OWNER));
        peer.write_with(&message(&forged, &()), &times(&fd, 20));
    };
    given(answer, |result| assert_eq!(result.unwrap().into_fds().len(), 20));
}

#[test]
fn fds_of_signals_that_wait_are_bounded() {
    // It stays open while descriptors are counted here, whichever side is faster.
    let fd = Arc::new(OnceLock::new());
    let lent = Arc::clone(&fd);
    let answer = move |peer: &mut Peer, call: &Sent| {
        let fd = lent.get().unwrap();
        for _ in 0..2000 {
            let mut header = peer.signal_header(Some(OWNER), "org.example.Interface", "Noise");
            header.unix_fds = 3;
            peer.write_with(&message(&header, &()), &times(fd, 3));
        }
        let bytes = reply(peer, call, 3);
        peer.write_with(&bytes, &times(fd, 3));
    };
    let options = patient().queue_limits(1 << 20, 1 << 20);
    play(&options, giving(answer), move |connection| {
        let rule = MatchRule::parse("type='signal',member='Noise'").unwrap();
        let id = connection.subscribe(&rule).unwrap();
        fd.set(null()).unwrap();
        let before = open_files();
        let reply = connection.call(&method("Give"), &()).unwrap();
        assert_eq!(reply.into_fds().len(), 3);
        // A thread closes dropped descriptors.
        assert!(are_closed(before + 64), "{} descriptors are open", open_files() - before);
        let kept = open_files() - before;
        assert!(kept >= 30, "{kept} descriptors are open");
        assert_eq!(connection.session_state().dropped(), 2000 - kept as u64 / 3);
        let signal = connection.next_signal(id, Some(LONG)).unwrap().unwrap();
        assert_eq!(signal.into_fds().len(), 3);
        connection.unsubscribe(id).unwrap();
        assert!(are_closed(before));
        drop(fd);
    });
}

#[test]
fn signals_with_wrong_fds_are_refused_and_bounded() {
    let answer = |peer: &mut Peer, call: &Sent| {
        let mut header = peer.signal_header(Some(OWNER), "org.example.Interface", "Noise");
        header.unix_fds = 1;
        let many = message(&header, &()).repeat(100);
        for _ in 0..500 {
            peer.write(&many);
        }
        let bytes = reply(peer, call, 0);
        peer.write(&bytes);
    };
    let options = patient().queue_limits(1 << 20, 1 << 20);
    play(&options, giving(answer), |connection| {
        let rule = MatchRule::parse("type='signal',member='Noise'").unwrap();
        connection.subscribe(&rule).unwrap();
        let ((), peak) =
            barebus_tests::memory::peak(|| drop(connection.call(&method("Give"), &()).unwrap()));
        assert!(peak <= 2 << 20, "{peak} bytes");
        assert!(connection.session_state().dropped() > 30_000);
        let event = connection.next_event(Some(SHORT)).unwrap();
        let missing = FdsError::Count { announced: 1, received: 0 };
        assert!(matches!(event, Some(barebus::Event::Refused(error)) if error == missing));
    });
}

#[test]
fn fds_of_a_message_in_many_writes_leave_once_with_its_first_byte() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Take").unwrap();
        assert_eq!(call.message().header().unix_fds, 3);
        assert_eq!(call.message().body::<(&[u8],)>().unwrap().0.len(), 5 << 20);
        assert_eq!(peer.take_fds().len(), 3);
        let reply = peer.reply(&call, Some(OWNER), &());
        peer.write(&reply);
        peer.drain();
    };
    let options = patient();
    let act = |connection: &mut Connection| {
        connection.establish().unwrap();
        setsockopt(&*connection, SndBuf, &4096).unwrap();
        let before = open_files();
        let fds = (0..3).map(|_| null()).collect();
        let body = (&vec![7_u8; 5 << 20][..],);
        let call = connection.start_call(&method("Take"), &body, fds).unwrap();
        connection.flush().unwrap();
        connection.wait(call).unwrap();
        assert!(are_closed(before), "descriptors that were sent are closed");
    };
    play_sending(&options, script, act);
}

#[test]
fn fds_that_were_never_sent_are_closed_with_the_connection() {
    let script = |peer: &mut Peer| {
        peer.read();
    };
    play(&patient(), script, |connection| {
        let fds = (0..100).map(|_| null()).collect();
        let call = connection.start_call(&method("Take"), &(), fds).unwrap();
        assert!(connection.wait(call).is_err());
    });
}
