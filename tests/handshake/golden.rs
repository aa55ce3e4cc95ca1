//! Conversations as dbus-daemon, dbus-broker and sd-bus servers hold them with this client.

use barebus_sasl::{Client, Guid, Identity, Mechanism, Options, Outcome, Pacing, State};

const GUID: &str = "a70c1178e836ccc6d4251f226b04381d";

fn client(mechanism: Mechanism, negotiate_unix_fd: bool, pacing: Pacing) -> Client {
    Client::new(Options { mechanisms: mechanism.into(), negotiate_unix_fd, pacing })
}

/// Takes all that the client has to say.
fn said(client: &mut Client) -> String {
    let text = String::from_utf8(client.output().to_vec()).unwrap();
    client.advance_output(text.len());
    text
}

fn hears(client: &mut Client, text: &str) {
    assert_eq!(client.receive(text.as_bytes()), Ok(text.len()), "{text:?}");
}

fn done(unix_fd: bool) -> Option<Outcome> {
    Some(Outcome { guid: Guid::parse(GUID.as_bytes()).unwrap(), unix_fd })
}

#[test]
fn dbus_daemon_agrees_step_by_step() {
    let external = Mechanism::External(Identity::Uid(0));
    let mut client = client(external, true, Pacing::StepByStep);
    assert_eq!(said(&mut client), "\0AUTH EXTERNAL 30\r\n");
    assert_eq!(client.state(), State::WaitingForOk);
    hears(&mut client, "OK a70c1178e836ccc6d4251f226b04381d\r\n");
    assert_eq!(client.state(), State::WaitingForAgreeUnixFd);
    assert_eq!(said(&mut client), "NEGOTIATE_UNIX_FD\r\n");
    assert_eq!(client.outcome(), None);
    hears(&mut client, "AGREE_UNIX_FD\r\n");
    assert_eq!(said(&mut client), "BEGIN\r\n");
    assert_eq!(client.outcome(), done(true));
}

#[test]
fn dbus_broker_agrees_to_the_empty_identity_in_one_write() {
    let external = Mechanism::External(Identity::Empty);
    let mut client = client(external, true, Pacing::Pipelined);
    assert_eq!(said(&mut client), "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n");
    assert_eq!(client.state(), State::WaitingForData);
    hears(&mut client, "DATA\r\nOK a70c1178e836ccc6d4251f226b04381d\r\nAGREE_UNIX_FD\r\n");
    assert_eq!(client.outcome(), done(true));
    assert_eq!(said(&mut client), "");
}
