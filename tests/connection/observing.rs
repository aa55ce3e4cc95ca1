//! Observers: what they see of a connection.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use barebus::{Connection, Direction, MessageType, ObservedTooLate};
use barebus_tests::peer::{CLIENT, Peer};

use crate::scene::{method, patient, play, play_listening, play_sending, works};
use crate::second::{answering, serving};

type Seen = Arc<Mutex<Vec<(Direction, String)>>>;

/// Notes each message by its member, or by its type.
fn observe(bus: &mut Connection) -> Result<Seen, ObservedTooLate> {
    let seen = Seen::default();
    let (noted, begin) = (Arc::clone(&seen), SystemTime::now());
    bus.observe(move |observed| {
        let message = observed.message().unwrap();
        assert_eq!(message.as_bytes(), observed.bytes);
        // What is in it is nobody's business who logs the observer's argument.
        let shown = format!("{observed:?}");
        assert!(shown.contains(&format!("len: {}", observed.bytes.len())), "{shown}");
        assert!(!shown.contains("bytes"), "{shown}");
        assert!((begin..=SystemTime::now()).contains(&observed.time));
        let header = message.header();
        let name = match header.message_type {
            MessageType::MethodReturn => "reply",
            _ => header.member.unwrap().as_str(),
        };
        noted.lock().unwrap().push((observed.direction, name.to_owned()));
    })?;
    Ok(seen)
}

fn of(direction: Direction, seen: &Seen) -> Vec<String> {
    let mut seen = seen.lock().unwrap().clone();
    seen.retain(|(of, _)| *of == direction);
    seen.into_iter().map(|(_, name)| name).collect()
}

#[test]
fn each_message_is_seen_once_in_both_directions() {
    play_sending(&patient(), Peer::serve_echo, |bus| {
        let seen = observe(bus).unwrap();
        works(bus);
        assert_eq!(of(Direction::Sent, &seen), ["Hello", "GetNameOwner", "Echo"]);
        let received = ["reply", "NameAcquired", "reply", "reply"];
        assert_eq!(of(Direction::Received, &seen), received);
        // Longer than a read, and than a write.
        let long = "x".repeat(1 << 20);
        let reply = bus.call(&method("Echo"), &(&long,)).unwrap();
        assert_eq!(reply.body::<(&str,)>().unwrap(), (&*long,));
        assert_eq!(of(Direction::Sent, &seen).last().unwrap(), "Echo");
        assert_eq!(of(Direction::Received, &seen).len(), received.len() + 3);
    });
}

#[test]
fn a_connection_that_has_sent_something_is_not_observed() {
    play(&patient(), Peer::serve_echo, |bus| {
        works(bus);
        let error = observe(bus).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot observe the connection: it has sent something; observe it before the first call"
        );
        works(bus);
    });
}

#[test]
fn the_second_attempt_at_authentication_is_seen_from_its_beginning() {
    play_listening(&patient(), "", vec![answering("REJECTED\r\n"), serving()], |bus| {
        let seen = observe(bus).unwrap();
        works(bus);
        assert_eq!(bus.unique_name(), Some(CLIENT));
        let opening = ["Hello", "GetNameOwner", "Echo"];
        assert_eq!(of(Direction::Sent, &seen), [opening, opening].concat());
        let received = ["reply", "NameAcquired", "reply", "reply"];
        assert_eq!(of(Direction::Received, &seen), received);
    });
}

#[test]
fn after_an_observer_has_panicked_the_connection_goes_on() {
    play(&patient(), Peer::serve_echo, |bus| {
        let mut count = 0;
        bus.observe(move |_| {
            count += 1;
            if count == 2 {
                // Without the hook: the backtrace that it prints takes memory for good.
                std::panic::resume_unwind(Box::new("on purpose"));
            }
        })
        .unwrap();
        let broken = std::panic::AssertUnwindSafe(|| bus.call(&method("Echo"), &("",)).is_ok());
        assert!(std::panic::catch_unwind(broken).is_err());
        works(bus);
    });
}
