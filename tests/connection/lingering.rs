//! Descriptors whose close(2) blocks: none of them delays the client.

use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};

use barebus::{CallError, Connection, MatchRule, NoReply};
use barebus_tests::peer::{OWNER, Peer, Sent, message};
use nix::sys::socket::sockopt::{Linger, RcvBuf};
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg, setsockopt};

use crate::scene::{Scene, method, patient, play, works};

/// In seconds. A scene that takes this long has failed.
const LINGERS: i32 = 120;

/// A TCP socket whose close blocks until the other end reads, and the other end, which does not read. Dropping the other end unblocks it.
fn lingering() -> (OwnedFd, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // The accepted socket inherits it, so little data leaves the buffer of the other.
    setsockopt(&listener, RcvBuf, &2048).unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (far, _) = listener.accept().unwrap();
    near.set_nonblocking(true).unwrap();
    while std::io::Write::write(&mut &near, &[0; 65536]).is_ok() {}
    near.set_nonblocking(false).unwrap();
    setsockopt(&near, Linger, &nix::libc::linger { l_onoff: 1, l_linger: LINGERS }).unwrap();
    (near.into(), far)
}

/// A Unix socket with a lingering one in its buffer, which is closed when it can no longer be received.
fn lingering_within() -> (OwnedFd, TcpStream) {
    let (inner, far) = lingering();
    let (outer, other) = UnixStream::pair().unwrap();
    let bytes = [std::io::IoSlice::new(b"x")];
    let fds = [inner.as_raw_fd()];
    let rights = [ControlMessage::ScmRights(&fds)];
    sendmsg::<()>(other.as_raw_fd(), &bytes, &rights, MsgFlags::empty(), None).unwrap();
    (outer.into(), far)
}

type Make = fn() -> (OwnedFd, TcpStream);

const KINDS: [Make; 2] = [lingering, lingering_within];

/// Sends `bytes` with a file whose last owner is then the client, and lets the client read.
fn hand_over(peer: &mut Peer, make: Make, bytes: &[u8], sent: &Sender<TcpStream>) {
    let (fd, far) = make();
    peer.write_with(bytes, &[fd.as_raw_fd()]);
    drop(fd);
    // The client may have ended already.
    let _ = sent.send(far);
}

/// When `Give` is called, sends the result of `bytes` with such a file, then the reply to `Give` if `replies`, and then echoes.
fn script(
    make: Make,
    sent: Sender<TcpStream>,
    bytes: fn(&mut Peer, &Sent) -> Vec<u8>,
    replies: bool,
) -> impl FnOnce(&mut Peer) + Send {
    move |peer| {
        assert!(peer.greet());
        let call = peer.called("Give").unwrap();
        let bytes = bytes(peer, &call);
        hand_over(peer, make, &bytes, &sent);
        if replies {
            let reply = peer.reply(&call, Some(OWNER), &());
            peer.write(&reply);
        }
        while let Some(call) = peer.called("Echo") {
            let reply = peer.echo(&call, Some(OWNER));
            peer.write(&reply);
        }
    }
}

/// Plays that with each kind of file. `act` gets the connection after `Give` was sent and the file was passed.
fn scenes(
    bytes: fn(&mut Peer, &Sent) -> Vec<u8>,
    replies: bool,
    act: fn(&mut Connection, barebus::CallId),
) {
    for make in KINDS {
        let (sent, handed_over) = channel();
        play(&patient(), script(make, sent, bytes, replies), |connection| {
            connection.establish().unwrap();
            let id = connection.start_call(&method("Give"), &(), Vec::new()).unwrap();
            connection.flush().unwrap();
            let far: TcpStream = handed_over.recv().unwrap();
            act(connection, id);
            drop(far);
        });
    }
}

fn noise(peer: &mut Peer, _: &Sent) -> Vec<u8> {
    let mut header = peer.signal_header(Some(OWNER), "org.example.Interface", "Noise");
    header.unix_fds = 1;
    message(&header, &())
}

fn reply_with(peer: &mut Peer, call: &Sent, announced: u32) -> Vec<u8> {
    message(&peer.reply_header(call, Some(OWNER), announced), &())
}

#[test]
fn of_an_ignored_signal() {
    scenes(noise, true, |connection, id| {
        connection.wait(id).unwrap();
        works(connection);
    });
}

#[test]
fn of_a_signal_that_is_not_taken() {
    scenes(noise, true, |connection, id| {
        connection.wait(id).unwrap();
        // Once it is kept, once it arrived before the subscription.
        let rule = MatchRule::parse("type='signal',member='Noise'").unwrap();
        let subscription = connection.subscribe(&rule).unwrap();
        connection.unsubscribe(subscription).unwrap();
        works(connection);
    });
}

#[test]
fn of_a_reply_whose_descriptors_are_not_taken() {
    scenes(
        |peer, call| reply_with(peer, call, 1),
        false,
        |connection, id| {
            drop(connection.wait(id).unwrap());
            works(connection);
        },
    );
}

#[test]
fn of_a_reply_that_nobody_waits_for() {
    scenes(
        |peer, call| reply_with(peer, call, 1),
        false,
        |connection, id| {
            connection.forget(id);
            works(connection);
        },
    );
}

#[test]
fn of_a_refused_message() {
    scenes(
        |peer, call| reply_with(peer, call, 2),
        false,
        |connection, id| {
            let refused = connection.wait(id);
            assert!(matches!(refused, Err(CallError::NoReply(NoReply::Fds(_)))), "{refused:?}");
            works(connection);
        },
    );
}

#[test]
fn of_an_invalid_message_that_ends_the_connection() {
    let invalid = |peer: &mut Peer, call: &Sent| {
        let mut bytes = noise(peer, call);
        bytes[1] = 0;
        bytes
    };
    scenes(invalid, false, |connection, id| assert!(connection.wait(id).is_err()));
}

#[test]
fn of_an_event_loop() {
    scenes(noise, true, |connection, id| {
        while connection.poll_reply(id).unwrap().is_none() {
            connection.process().unwrap();
        }
        works(connection);
    });
}

/// The kernel closes unread descriptors together with the stream.
#[test]
fn that_were_not_read_when_the_connection_is_dropped() {
    for make in KINDS {
        let scene = Scene::begin();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (sent, handed_over): (_, Receiver<TcpStream>) = channel();
        let server = std::thread::spawn(move || {
            let mut peer = Peer::new(theirs);
            script(make, sent, noise, false)(&mut peer);
        });
        let mut connection = patient().over(ours).unwrap();
        connection.establish().unwrap();
        connection.start_call(&method("Give"), &(), Vec::new()).unwrap();
        connection.flush().unwrap();
        let far = handed_over.recv().unwrap();
        drop(connection);
        drop(far);
        server.join().unwrap();
        scene.end();
    }
}
