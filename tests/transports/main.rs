//! Programs that `unixexec:` starts: what they are given, and that they are gone with their connection.
//!
//! A program of its own, without a test harness, because it is the program that `unixexec:` starts, too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod exec;

use std::env;
use std::time::Duration;

use barebus::{AttemptError, Connection, MemberName, MethodCall, ObjectPath, OpenError, Options};

/// A test, named by what it shows.
type Test = (&'static str, fn());

const TESTS: [Test; 9] = [
    ("talks_to_a_program_with_its_arguments_and_our_environment", exec::talks),
    ("a_program_without_argv0_is_called_by_its_path", exec::is_called_by_its_path),
    ("a_program_inherits_nothing_that_is_ignored_blocked_or_open", exec::inherits_nothing),
    ("a_program_is_gone_with_its_connection", exec::is_gone),
    ("a_program_that_does_not_end_is_ended", exec::is_ended),
    ("a_program_that_is_not_there_is_named", exec::is_not_there),
    ("the_error_tells_what_a_program_said_and_how_it_ended", exec::is_reported),
    ("the_error_tells_which_signal_ended_a_program", exec::is_killed),
    ("a_program_that_prints_much_is_not_held_up", exec::prints_much),
];

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if arguments.get(1).is_some_and(|argument| argument == exec::PROGRAM) {
        return exec::serve(&arguments);
    }
    // As other tests: only those whose name contains the argument.
    let wanted = arguments.iter().skip(1).find(|argument| !argument.starts_with('-'));
    let wanted = wanted.map_or("", |name| name.as_str());
    let tests = TESTS.iter().filter(|(name, _)| name.contains(wanted));
    for (name, test) in tests {
        println!("test {name} ...");
        test();
    }
}

/// For servers that answer at once, and never for long where they do not.
fn options() -> Options {
    Options::direct()
        .handshake_timeout(Duration::from_secs(10))
        .call_timeout(Some(Duration::from_secs(10)))
}

/// A call of the scripted servers, which answer with strings.
pub(crate) const ASK: MethodCall<'static> =
    MethodCall::new(ObjectPath::ROOT, MemberName::from_static("Echo"));

/// What the server answers when asked `question`.
fn ask(connection: &mut Connection, question: &str) -> String {
    let reply = connection.call(&ASK, &(question,)).unwrap();
    let (answer,): (&str,) = reply.body().unwrap();
    answer.into()
}

/// Why the only server of `address` cannot be reached.
fn failure(address: &str) -> AttemptError {
    match options().open(address) {
        Err(OpenError::Unreachable(mut attempts)) if attempts.len() == 1 => {
            let attempt = attempts.remove(0);
            assert_eq!(attempt.address, address);
            attempt.error
        }
        other => panic!("{address}: {other:?}"),
    }
}

/// That the only server of `address` cannot be reached for what is wrong with `key`.
fn fails_for(address: &str, key: &str, reason: &str) {
    match failure(address) {
        AttemptError::Key { key: found, reason: why } => assert_eq!((found, why), (key, reason)),
        other => panic!("{address}: {other:?}"),
    }
}
