//! The conversations of libdbus's own tests.

use barebus_sasl::{
    Client, Identity, Mechanism, Mechanisms, Options, Pacing, SaslError, SaslErrorKind, Server,
    ServerOptions,
};
use barebus_tests::corpus::Corpus;
use barebus_tests::sasl::{GUID, Side, UID, guid, said};

/// DBUS_COOKIE_SHA1 is not implemented.
const FOREIGN: [&str; 2] = ["cookie-sha1-username.auth-script", "cookie-sha1.auth-script"];

#[test]
fn libdbus_conversations_end_as_libdbus_says() {
    let Some(corpus) = Corpus::find() else { return };
    let mut played = 0;
    for (name, script) in corpus.files("sasl") {
        if !FOREIGN.contains(&name.as_str()) {
            play(&name, core::str::from_utf8(&script).unwrap());
            played += 1;
        }
    }
    assert!(played >= 17, "only {played} conversations");
}

fn play(name: &str, script: &str) {
    let lines =
        || script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    if lines().any(|line| line == "CLIENT") {
        let external = |identity| Some(Mechanism::External(identity));
        let mut client = Player::new(Client::new(Options {
            mechanisms: Mechanisms {
                first: Mechanism::External(Identity::Uid(UID)),
                fallbacks: [external(Identity::Empty), Some(Mechanism::Anonymous), None],
            },
            negotiate_unix_fd: false,
            pacing: Pacing::StepByStep,
        }));
        assert_eq!(client.said.drain(..1).collect::<String>(), "\0");
        lines().for_each(|line| client.step(name, line, &|_| None));
    } else {
        let credentials = lines().find_map(|line| match line {
            "NO_CREDENTIALS" => Some(None),
            "ROOT_CREDENTIALS" => Some(Some(0)),
            "SILLY_CREDENTIALS" => Some(Some(UID - 1)),
            _ => None,
        });
        let peer_uid = credentials.unwrap_or(Some(UID));
        let options = ServerOptions {
            guid: guid(),
            external: true,
            anonymous: true,
            peer_uid,
            allow_unix_fd: true,
        };
        let mut server = Player::new(Server::new(options));
        assert_eq!(server.side.receive(b"\0"), Ok(1));
        lines().for_each(|line| server.step(name, line, &|server| server.uid()));
    }
}

/// One side of a script.
struct Player<S> {
    side: S,
    said: String,
    unused: Vec<u8>,
    failed: Option<SaslError>,
}

impl<S: Side> Player<S> {
    fn new(mut side: S) -> Self {
        let said = String::from_utf8(said(&mut side)).unwrap();
        Self { side, said, unused: Vec::new(), failed: None }
    }

    fn hear(&mut self, text: &str) {
        self.unused = format!("{text}\r\n").into_bytes();
        match self.side.receive(&self.unused) {
            Ok(taken) => drop(self.unused.drain(..taken)),
            Err(error) => self.failed = Some(error),
        }
        self.said += &String::from_utf8(said(&mut self.side)).unwrap();
    }

    fn step(&mut self, name: &str, line: &str, uid: &dyn Fn(&S) -> Option<u32>) {
        let (directive, argument) = line.split_once(' ').unwrap_or((line, ""));
        match directive {
            "CLIENT" | "SERVER" | "UNIX_ONLY" => {}
            "NO_CREDENTIALS" | "ROOT_CREDENTIALS" | "SILLY_CREDENTIALS" => {}
            "SEND" => {
                let text = argument.trim_matches('\'').replace("\\r\\n", "\r\n");
                let text = text
                    .replace("USERID_HEX", &hex::encode(UID.to_string()))
                    .replace("USERNAME_HEX", &hex::encode("nobody"));
                if text == "OK 1234deadbeef" {
                    // libdbus accepts any hexadecimal digits as a GUID, the specification requires 32.
                    let error = self.side.clone().receive(b"OK 1234deadbeef\r\n");
                    let kind = error.map_err(|error| error.kind);
                    assert_eq!(kind, Err(SaslErrorKind::BadGuid), "{name}");
                    return self.hear(&format!("OK {GUID}"));
                }
                self.hear(&text);
            }
            "EXPECT_COMMAND" => {
                let (said, rest) = self.said.split_once("\r\n").expect(name);
                assert_eq!(said.split(' ').next(), Some(argument), "{name}: {said}");
                self.said = rest.to_owned();
            }
            "EXPECT_UNUSED" => {
                let text = argument.trim_matches('\'').replace("\\r\\n", "\r\n");
                assert_eq!(core::mem::take(&mut self.unused), text.as_bytes(), "{name}");
            }
            "EXPECT_HAVE_NO_CREDENTIALS" => assert_eq!(uid(&self.side), None, "{name}"),
            "EXPECT_HAVE_SOME_CREDENTIALS" => assert_eq!(uid(&self.side), Some(UID), "{name}"),
            "EXPECT_STATE" => {
                let state = match (self.failed, self.side.outcome()) {
                    (Some(_), _) => "NEED_DISCONNECT",
                    (None, None) => "WAITING_FOR_INPUT",
                    (None, Some(_)) if self.unused.is_empty() => "AUTHENTICATED",
                    (None, Some(_)) => "AUTHENTICATED_WITH_UNUSED_BYTES",
                };
                assert_eq!(state, argument, "{name}: {:?}", self.failed);
                assert!(self.said.is_empty(), "{name}: also said {:?}", self.said);
            }
            _ => panic!("{name}: what is {line}?"),
        }
    }
}
