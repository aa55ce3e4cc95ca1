//! The client with the server, with all options of both.

use barebus_sasl::{
    Client, Identity, Mechanism, Mechanisms, Options, Outcome, Pacing, SaslErrorKind, Server,
    ServerOptions,
};
use barebus_tests::sasl::{UID, converse, guid};

const MECHANISMS: [Mechanism; 4] = [
    Mechanism::External(Identity::Uid(UID)),
    Mechanism::External(Identity::Uid(UID + 1)),
    Mechanism::External(Identity::Empty),
    Mechanism::Anonymous,
];

fn each_server(mut then: impl FnMut(ServerOptions)) {
    for bits in 0..16 {
        then(ServerOptions {
            guid: guid(),
            external: bits & 1 != 0,
            anonymous: bits & 2 != 0,
            allow_unix_fd: bits & 4 != 0,
            peer_uid: (bits & 8 != 0).then_some(UID),
        });
    }
}

fn each_client(mut then: impl FnMut(Options)) {
    for first in MECHANISMS {
        for fallback in [None].into_iter().chain(MECHANISMS.map(Some)) {
            for bits in 0..4 {
                let mechanisms = Mechanisms { first, fallbacks: [fallback, None, None] };
                let pacing = if bits & 1 == 0 { Pacing::StepByStep } else { Pacing::Pipelined };
                then(Options { mechanisms, negotiate_unix_fd: bits & 2 != 0, pacing });
            }
        }
    }
}

fn lets_in(server: &ServerOptions, mechanism: Mechanism) -> bool {
    match mechanism {
        Mechanism::Anonymous => server.anonymous,
        Mechanism::External(Identity::Empty) => server.external && server.peer_uid.is_some(),
        Mechanism::External(Identity::Uid(uid)) => server.external && server.peer_uid == Some(uid),
    }
}

#[test]
fn client_and_server_agree_whatever_their_options() {
    let (mut welcome, mut turned_away) = (0, 0);
    each_server(|theirs| {
        each_client(|ours| {
            for size in [1, 5, 1000] {
                let (mut client, mut server) = (Client::new(ours), Server::new(theirs));
                let failed = converse(&mut client, &mut server, size);
                let first = lets_in(&theirs, ours.mechanisms.first);
                let step_by_step = ours.pacing == Pacing::StepByStep;
                let fallback = ours.mechanisms.fallbacks[0].filter(|_| step_by_step);
                if first || fallback.is_some_and(|mechanism| lets_in(&theirs, mechanism)) {
                    let unix_fd = ours.negotiate_unix_fd && theirs.allow_unix_fd;
                    let outcome = Some(Outcome { guid: guid(), unix_fd });
                    assert_eq!(failed, [None, None], "{ours:?} {theirs:?}");
                    assert_eq!(client.outcome(), outcome, "{ours:?} {theirs:?}");
                    assert_eq!(server.outcome(), outcome, "{ours:?} {theirs:?}");
                    welcome += 1;
                } else {
                    let [client_failed, server_failed] =
                        failed.map(|error| error.map(|error| error.kind));
                    assert_eq!((client.outcome(), server.outcome()), (None, None));
                    if step_by_step {
                        assert!(matches!(client_failed, Some(SaslErrorKind::OutOfMechanisms(_))));
                        assert_eq!(server_failed, None);
                    } else {
                        assert!(matches!(client_failed, Some(SaslErrorKind::Rejected(_))));
                        // The pipelined BEGIN.
                        assert!(matches!(server_failed, Some(SaslErrorKind::Unexpected { .. })));
                    }
                    turned_away += 1;
                }
            }
        });
    });
    assert_eq!(welcome + turned_away, 16 * 80 * 3);
    assert!(welcome > 1000 && turned_away > 1000, "{welcome} {turned_away}");
}

#[test]
fn the_server_knows_whom_it_let_in() {
    for (mechanism, uid) in
        [(MECHANISMS[0], Some(UID)), (MECHANISMS[2], Some(UID)), (MECHANISMS[3], None)]
    {
        let mechanisms = mechanism.into();
        let pacing = Pacing::Pipelined;
        let mut client = Client::new(Options { mechanisms, negotiate_unix_fd: false, pacing });
        let mut server = Server::new(ServerOptions {
            guid: guid(),
            external: true,
            anonymous: true,
            peer_uid: Some(UID),
            allow_unix_fd: false,
        });
        assert_eq!(converse(&mut client, &mut server, 3), [None, None]);
        assert_eq!(server.uid(), uid);
    }
}
