//! What errors say to people.

use super::*;
use alloc::string::ToString;
use barebus_sasl::State;

#[test]
fn an_error_of_the_session_names_the_step_and_the_cause() {
    let awaited = Awaited::Authentication(State::WaitingForOk);
    for (error, text) in [
        (
            SessionError::HandshakeTimedOut { awaited },
            "the server did not answer in time: waiting for authentication (WaitingForOk)",
        ),
        (SessionError::UnexpectedFds, "file descriptors came where none may come"),
        (SessionError::TooManyFds, "more file descriptors came than messages may carry"),
        (
            SessionError::Closed { awaited: Some(Awaited::Hello), unfinished: 0 },
            "the server closed the connection: waiting for the reply to Hello",
        ),
        (
            SessionError::Closed { awaited: None, unfinished: 0 },
            "the other side closed the connection",
        ),
        (
            SessionError::Closed { awaited: None, unfinished: 7 },
            "the other side closed the connection 7 bytes into a message",
        ),
    ] {
        assert_eq!(error.to_string(), text);
        assert_eq!(SendError::Ended(Box::new(error)).to_string(), text);
    }
    assert_eq!(HandshakeAttempts::Both.to_string(), "tried in one go, then line by line");
}

#[test]
fn an_error_of_one_request_names_the_limit_that_it_broke() {
    let full = SendError::QueueFull { limit: 4096 };
    assert_eq!(full.to_string(), "the queue of messages to be sent has reached its 4096 bytes");
    assert_eq!(SendError::Monitor.to_string(), "a monitor must not send anything");
    let count = FdsError::Count { announced: 2, received: 1 };
    assert_eq!(count.to_string(), "2 file descriptors are announced and 1 came");
    assert_eq!(
        NoReply::Fds(count).to_string(),
        "the reply was refused: 2 file descriptors are announced and 1 came"
    );
    let many = "254 file descriptors are more than the 253 a message may carry";
    assert_eq!(FdsError::TooMany { announced: 254 }.to_string(), many);
    assert_eq!(SendError::TooManyFds { count: 254 }.to_string(), many);
}
