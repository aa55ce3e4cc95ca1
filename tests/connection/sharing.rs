//! One connection in many threads.

use std::sync::{Mutex, PoisonError};
use std::thread;

use barebus::Connection;
use barebus_tests::peer::{OWNER, Peer};

use crate::scene::{method, patient, play};

/// Answers like [`Peer::serve_echo`], and checks that serials ascend.
fn serve_in_order(peer: &mut Peer) {
    assert!(peer.greet());
    let mut last = None;
    while let Some(sent) = peer.receive() {
        let serial = Some(sent.serial().get());
        assert!(serial > last, "{serial:?} after {last:?}");
        last = serial;
        if sent.member() == "Echo" {
            let reply = peer.echo(&sent, Some(OWNER));
            peer.write(&reply);
        } else {
            peer.answer_as_bus(&sent);
        }
    }
}

#[test]
fn threads_that_share_a_connection_get_their_own_replies_and_serials_ascend() {
    const fn is_send<T: Send>() {}
    const { is_send::<Connection>() };

    play(&patient(), serve_in_order, |connection| {
        let shared = Mutex::new(connection);
        thread::scope(|scope| {
            for number in 0..8 {
                let shared = &shared;
                scope.spawn(move || {
                    for round in 0..50 {
                        let text = format!("{number} {round}");
                        let mut connection = shared.lock().unwrap_or_else(PoisonError::into_inner);
                        let call = (&*text,);
                        // Calls of several threads are outstanding at the same time.
                        let id = connection.start_call(&method("Echo"), &call, Vec::new()).unwrap();
                        connection.flush().unwrap();
                        drop(connection);
                        thread::yield_now();
                        let mut connection = shared.lock().unwrap_or_else(PoisonError::into_inner);
                        let reply = connection.wait(id).unwrap();
                        assert_eq!(reply.body::<(&str,)>().unwrap(), call);
                    }
                });
            }
        });
    });
}
