//! Several faults in one exchange.

use std::fs::File;
use std::time::Duration;

use barebus::{CallError, Cause, Connection, MatchRule, NoReply};
use nix::errno::Errno;

use crate::case::{Case, Expected, TIMEOUT, acting, count, recorded, stage};
use crate::exchange::{SMALL, Way, options, service};
use crate::plan::{Call, Fault, Planned, aside, play};
use crate::server::{Server, Shared};

#[test]
fn an_exchange_in_pieces_of_any_size_is_right() {
    let _stage = stage();
    for way in Way::ALL {
        for size in [1, 2, 3, 7, 15, 16, 17, 100] {
            let short = Fault::Short(size);
            let plan =
                [Planned::lasting(Call::Send, 0, short), Planned::lasting(Call::Recvmsg, 0, short)];
            let mut case = Case::new(way, &plan);
            // The clock advances with each piece.
            case.timeout = Duration::from_secs(100);
            case.sizes = SMALL;
            case.leads_to(Expected::Right);
        }
    }
}

#[test]
fn an_exchange_in_bytes_with_interruptions_in_between_is_right() {
    let _stage = stage();
    for way in Way::ALL {
        // Interrupted, one byte, not ready, one byte, and so on.
        let faults = |call| {
            let every =
                |first, every, fault| Planned { call, first, every, times: usize::MAX, fault };
            [
                every(0, 4, Fault::Error(Errno::EINTR)),
                every(2, 4, Fault::Error(Errno::EAGAIN)),
                every(1, 2, Fault::Short(1)),
            ]
        };
        let plan = [faults(Call::Send), faults(Call::Recvmsg)].concat();
        let mut case = Case::new(way, &plan);
        case.timeout = Duration::from_secs(100);
        case.sizes = SMALL;
        case.leads_to(Expected::Right);
    }
}

/// Plays each way with one fault at each system call of that kind, and another at the next one.
fn twice(call: Call, first: Fault, then: Errno) {
    let _stage = stage();
    let doing: &'static [&'static str] = match call {
        Call::Send => &["writing"],
        _ => &["reading"],
    };
    for way in Way::ALL {
        for index in 0..count(&recorded(way), call) {
            let plan = [
                Planned::once(call, index, first),
                Planned::once(call, index + 1, Fault::Error(then)),
            ];
            Case::new(way, &plan).leads_to(Expected::Ends(doing, then));
        }
    }
}

#[test]
fn an_interrupted_read_and_then_a_reset_end_the_connection() {
    twice(Call::Recvmsg, Fault::Error(Errno::EINTR), Errno::ECONNRESET);
}

#[test]
fn an_interrupted_write_and_then_a_reset_end_the_connection() {
    twice(Call::Send, Fault::Error(Errno::EINTR), Errno::ECONNRESET);
}

#[test]
fn a_write_that_has_to_wait_and_then_a_broken_pipe_end_the_connection() {
    twice(Call::Send, Fault::Error(Errno::EAGAIN), Errno::EPIPE);
}

#[test]
fn a_read_of_one_byte_and_then_a_reset_end_the_connection() {
    twice(Call::Recvmsg, Fault::Short(1), Errno::ECONNRESET);
}

#[test]
fn after_half_a_message_and_a_broken_pipe_nothing_is_written_again() {
    let _stage = stage();
    for way in Way::ALL {
        for index in 0..count(&recorded(way), Call::Send) {
            for size in [1, 8, 16, 17, 60] {
                let plan = [
                    Planned::once(Call::Send, index, Fault::Short(size)),
                    Planned::lasting(Call::Send, index + 1, Fault::Error(Errno::EPIPE)),
                ];
                let expected = Expected::Ends(&["writing"], Errno::EPIPE);
                // The server detects repeated messages by their serials. Here there are none.
                let case = Case::new(way, &plan);
                let before = usize::from(way == Way::TurnedAway);
                case.leads_to_and(expected, |seen| {
                    // If authentication was not complete, the client tries again on a second stream.
                    let again = usize::from(case.has_retried(seen) && index <= before);
                    let sends = count(&seen.calls, Call::Send);
                    assert!(sends == index + 2 || sends == index + 2 + again, "{sends}");
                });
            }
        }
    }
}

/// The server answers a call, sends a signal, and closes the stream while the client is about to make another call.
/// With `unread`, it leaves data of the client unread, so the kernel reports a reset.
fn what_came_before(unread: bool, plan: &[Planned], expected: (&str, Errno)) {
    let _stage = stage();
    let server = Server::listening(0);
    let address = server.borrow().address.clone();
    let act = || {
        let mut connection = options(Way::Waiting, TIMEOUT).open(&address).unwrap();
        scene(&mut connection, &server, unread, expected);
    };
    let ((), seen) = play(plan, 1000, acting(&server), act);
    assert_eq!(seen.stuck, None);
    assert!(seen.took < TIMEOUT, "waited in vain: {:?}", seen.took);
    assert!(plan.is_empty() || seen.hits == [1]);
}

fn scene(connection: &mut Connection, server: &Shared, unread: bool, expected: (&str, Errno)) {
    let rule = MatchRule::parse("type='signal',member='Emitted'").unwrap();
    let id = connection.subscribe(&rule).unwrap();
    let emitting = connection.start_call(&service("Emit"), &(), Vec::new()).unwrap();
    let echoing = connection.start_call(&service("Echo"), &("before",), Vec::new()).unwrap();
    connection.flush().unwrap();
    aside(|| server.borrow_mut().act());
    if unread {
        connection.send(&service("Echo"), &("unread",)).unwrap();
    }
    aside(|| server.borrow_mut().hang_up());
    let late = connection.start_call(&service("Echo"), &("late",), Vec::new()).unwrap();
    // The last answer is awaited first, so the late call is written before anything is read.
    let is_end = |error: CallError| {
        let CallError::Connection(error) = error else { panic!("{error:?}") };
        let Cause::Io { doing, error, .. } = error.cause else { panic!("{error:?}") };
        assert_eq!((doing, error.raw_os_error()), (expected.0, Some(expected.1 as i32)));
    };
    let reply = connection.wait(echoing).unwrap();
    assert_eq!(reply.body::<(&str,)>().unwrap(), ("before",));
    connection.wait(emitting).unwrap();
    let signal = connection.next_signal(id, None).unwrap().unwrap();
    assert_eq!(signal.into_fds().len(), 1);
    is_end(connection.wait(late).unwrap_err());
    is_end(connection.call(&service("Echo"), &("later",)).unwrap_err());
}

#[test]
fn what_came_before_the_other_end_closed_is_given_when_a_write_fails() {
    what_came_before(false, &[], ("writing", Errno::EPIPE));
}

#[test]
fn what_came_before_a_reset_is_given_when_a_write_fails() {
    what_came_before(true, &[], ("writing", Errno::EPIPE));
}

#[test]
fn what_came_before_is_given_whatever_a_write_fails_with() {
    for errno in [Errno::EPIPE, Errno::ECONNRESET, Errno::ENOBUFS, Errno::ENOMEM, Errno::EIO] {
        // First the subscription, second what the descriptors cause, third both calls.
        let plan = [Planned::once(Call::Send, 2, Fault::Error(errno))];
        what_came_before(false, &plan, ("writing", errno));
    }
}

#[test]
fn a_call_whose_descriptors_cannot_pass_ends_at_once() {
    let _stage = stage();
    let (server, stream) = Server::direct();
    stream.set_nonblocking(true).unwrap();
    let file = File::open("/dev/null").unwrap();
    let act = || {
        // The write of the last authentication line ends the call.
        let options = options(Way::Given, TIMEOUT).step_by_step().unix_fds(false);
        let mut connection = options.over(stream).unwrap();
        let mut call = service("Echo");
        call.destination = None;
        let id = connection.start_call(&call, &(), vec![file.into()]).unwrap();
        let result = connection.wait(id).map(|_| ());
        assert!(matches!(result, Err(CallError::NoReply(NoReply::FdsNotNegotiated))), "{result:?}");
    };
    let ((), seen) = play(&[], 1000, acting(&server), act);
    assert_eq!(seen.stuck, None);
    assert!(seen.took < TIMEOUT, "waited in vain: {:?}", seen.took);
}
