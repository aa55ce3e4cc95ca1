//! Waiting without a limit: the client sleeps in one system call until data arrives.

use std::cell::Cell;
use std::rc::Rc;

use barebus::Connection;

use crate::case::{TIMEOUT, acting, count, stage};
use crate::exchange::{Way, options, service};
use crate::plan::{Call, play};
use crate::server::Server;

/// A description of the wait, and the wait.
type Wait = (&'static str, fn(&mut Connection));

#[test]
fn a_wait_without_a_limit_is_one_system_call() {
    let waits: [Wait; 2] = [
        ("for an event", |connection| drop(connection.next_event(None))),
        ("for a reply", |connection| drop(connection.call(&service("Echo"), &("hello",)))),
    ];
    let _stage = stage();
    for (what, wait) in waits {
        let server = Server::listening(0);
        let address = server.borrow().address.clone();
        let is_silent = Rc::new(Cell::new(false));
        let (silent, mut act) = (Rc::clone(&is_silent), acting(&server));
        let meanwhile = Box::new(move || {
            if !silent.get() {
                act();
            }
        });
        let ((), seen) = play(&[], 1000, meanwhile, || {
            let options = options(Way::Waiting, TIMEOUT).call_timeout(None);
            let mut connection = options.open(&address).unwrap();
            connection.establish().unwrap();
            is_silent.set(true);
            wait(&mut connection);
        });
        // The scene ends with the first wait that has no end.
        assert_eq!(seen.stuck, Some("it waits for ever"), "{what}: {} calls", seen.calls.len());
        assert!(count(&seen.calls, Call::Poll) <= 2, "{what}: {:?}", seen.calls);
    }
}
