//! Each system call of an exchange fails in turn, in every way.

use nix::errno::Errno;

use crate::case::{Case, ERRORS, Expected, count, recorded, stage};
use crate::exchange::Way;
use crate::plan::{Call, Fault, Planned};

#[test]
fn an_exchange_makes_the_same_calls_every_time() {
    let _stage = stage();
    for way in Way::ALL {
        Case::new(way, &[]).leads_to(Expected::Right);
        let calls = recorded(way);
        assert_eq!(calls, recorded(way), "{way:?}");
        assert!(count(&calls, Call::Send) >= 8, "{way:?}: {calls:?}");
        assert!(count(&calls, Call::Recvmsg) >= 8, "{way:?}: {calls:?}");
        assert!(count(&calls, Call::Poll) >= 2, "{way:?}: {calls:?}");
    }
}

/// The expected result if the `index`th system call of its kind fails in this way.
fn expected(way: Way, call: Call, index: usize, errno: Errno) -> Expected {
    match (call, errno) {
        // The client works without these: it waits with poll(2), reports that the machine has no ID, reads the next
        // file. A descriptor is closed even if close(2) fails.
        (Call::Fcntl | Call::Open | Call::Read | Call::Close, _) => Expected::Right,
        // For the second connection.
        (Call::SetSockOpt, _) if index == 3 => Expected::Right,
        (Call::SetSockOpt, _) if index == 1 => Expected::NotOpened(errno),
        (Call::Socket | Call::Connect | Call::SetSockOpt, Errno::EINTR) => Expected::Right,
        // The error of connect(2) after the time limit.
        (Call::Socket | Call::Connect | Call::SetSockOpt, Errno::EAGAIN) => {
            if index == 0 {
                Expected::NotOpenedInTime
            } else {
                Expected::NotOpenedAgainInTime
            }
        }
        (Call::Socket | Call::Connect | Call::SetSockOpt, _) => {
            if index == 0 {
                Expected::NotOpened(errno)
            } else {
                Expected::NotOpenedAgain(errno)
            }
        }
        (Call::Poll | Call::Send | Call::Recvmsg, Errno::EINTR | Errno::EAGAIN) => Expected::Right,
        (Call::Send, Errno::EMFILE | Errno::ETOOMANYREFS) => Expected::FdsRefused(errno),
        (Call::Send, _) => Expected::Ends(&["writing"], errno),
        (Call::Recvmsg, _) => Expected::Ends(&["reading"], errno),
        (Call::Poll, _) => Expected::Ends(&["reading", "waiting for the socket"], errno),
        _ => panic!("{way:?} makes {call:?}"),
    }
}

/// Checks the result of an exchange for each system call and each error.
fn each_call_fails(way: Way) {
    let _stage = stage();
    let calls = recorded(way);
    for (position, call) in calls.iter().enumerate() {
        // poll(2) of an event loop is called by the user.
        if (way, *call) == (Way::Looping, Call::Poll) {
            continue;
        }
        let index = count(&calls[..position], *call);
        for errno in ERRORS {
            let plan = [Planned::once(*call, index, Fault::Error(errno))];
            Case::new(way, &plan).leads_to(expected(way, *call, index, errno));
        }
    }
}

#[test]
fn each_call_fails_of_a_connection_that_waits() {
    each_call_fails(Way::Waiting);
}

#[test]
fn each_call_fails_of_a_connection_that_was_turned_away_first() {
    each_call_fails(Way::TurnedAway);
}

#[test]
fn each_call_fails_of_a_connection_over_a_given_stream() {
    each_call_fails(Way::Given);
}

#[test]
fn each_call_fails_of_a_connection_in_an_event_loop() {
    each_call_fails(Way::Looping);
}

/// Plays each way with a fault at each system call of that kind, once and repeatedly.
fn each(call: Call, fault: Fault, once: Option<Expected>, lasting: Option<Expected>) {
    let _stage = stage();
    for way in Way::ALL {
        for index in 0..count(&recorded(way), call) {
            if let Some(expected) = once {
                Case::new(way, &[Planned::once(call, index, fault)]).leads_to(expected);
            }
            if let Some(expected) = lasting {
                Case::new(way, &[Planned::lasting(call, index, fault)]).leads_to(expected);
            }
        }
    }
}

#[test]
fn a_write_of_one_byte_is_gone_on_with() {
    each(Call::Send, Fault::Short(1), Some(Expected::Right), None);
}

#[test]
fn a_read_of_one_byte_is_gone_on_with() {
    each(Call::Recvmsg, Fault::Short(1), Some(Expected::Right), None);
}

#[test]
fn the_end_of_the_stream_at_any_read_is_told() {
    each(Call::Recvmsg, Fault::EndOfFile, Some(Expected::Closed), Some(Expected::Closed));
}

#[test]
fn descriptors_that_are_cut_off_cost_one_message() {
    let one = Some(Expected::OneWithoutFds);
    each(Call::Recvmsg, Fault::CutOff(0), one, None);
    each(Call::Recvmsg, Fault::CutOff(1), one, None);
}

#[test]
fn a_stream_that_takes_nothing_any_more_ends_in_time() {
    each(Call::Send, Fault::Error(Errno::EAGAIN), None, Some(Expected::Late));
}

#[test]
fn a_stream_that_brings_nothing_any_more_ends_in_time() {
    each(Call::Recvmsg, Fault::Error(Errno::EAGAIN), None, Some(Expected::Late));
}

#[test]
fn a_machine_id_that_comes_in_bytes_or_not_at_all_is_told() {
    each(Call::Read, Fault::Short(1), Some(Expected::Right), Some(Expected::Right));
    each(Call::Read, Fault::EndOfFile, Some(Expected::Right), Some(Expected::Right));
}

#[test]
fn a_hundred_interruptions_of_one_call_are_borne() {
    let _stage = stage();
    let interrupted = Fault::Error(Errno::EINTR);
    for way in Way::ALL {
        let calls = recorded(way);
        for call in [Call::Connect, Call::Poll, Call::Send, Call::Recvmsg] {
            if (way, call) == (Way::Looping, Call::Poll) {
                continue;
            }
            for first in 0..count(&calls, call) {
                let plan = [Planned { call, first, every: 1, times: 100, fault: interrupted }];
                Case::new(way, &plan).leads_to(Expected::Right);
            }
        }
    }
}

#[test]
fn interruptions_without_end_hold_up_no_deadline() {
    let _stage = stage();
    let interrupted = Fault::Error(Errno::EINTR);
    let polls = count(&recorded(Way::Given), Call::Poll);
    for first in 0..polls {
        let plan = [Planned::lasting(Call::Poll, first, interrupted)];
        Case::new(Way::Given, &plan).leads_to(Expected::Late);
    }
    for call in [Call::Socket, Call::SetSockOpt, Call::Connect] {
        let plan = [Planned::lasting(call, 0, interrupted)];
        Case::new(Way::Waiting, &plan).leads_to(Expected::NotOpenedInTime);
        let first = if call == Call::SetSockOpt { 2 } else { 1 };
        let plan = [Planned::lasting(call, first, interrupted)];
        Case::new(Way::TurnedAway, &plan).leads_to(Expected::NotOpenedAgainInTime);
    }
}
