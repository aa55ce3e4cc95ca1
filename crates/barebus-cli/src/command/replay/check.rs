//! Compares replies with the recorded ones.

use std::collections::HashMap;

use barebus::{Message, MessageType};
use barebus_text::json;

use crate::trace::pairing::Pairing;

/// The halves of pairs of replies that have been seen.
#[derive(Debug)]
pub(super) struct Check {
    /// Calls of the recording, by their numbers.
    pairing: Pairing<u64>,
    halves: HashMap<u64, Half>,
}

#[derive(Debug)]
enum Half {
    Recorded(String),
    Received { place: String, reply: String },
}

/// Two replies to the same call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) place: String,
    pub(super) recorded: String,
    pub(super) received: String,
}

impl Check {
    pub(super) fn new() -> Self {
        Self { pairing: Pairing::new(), halves: HashMap::new() }
    }

    /// A recorded call, which is sent as number `call`.
    pub(super) fn call(&mut self, message: &Message<'_>, call: u64) {
        for given_up in self.pairing.call(message.header(), None, call, 0) {
            self.halves.remove(&given_up.context);
        }
    }

    /// A recorded reply.
    pub(super) fn recorded(&mut self, message: &Message<'_>) -> Option<Pair> {
        let call = self.pairing.reply(message.header())?.context;
        let recorded = text(message);
        match self.halves.remove(&call) {
            Some(Half::Received { place, reply }) => {
                Some(Pair { place, recorded, received: reply })
            }
            _ => {
                self.halves.insert(call, Half::Recorded(recorded));
                None
            }
        }
    }

    /// The reply to call number `call`, which stands at `place`.
    pub(super) fn received(
        &mut self,
        call: u64,
        place: String,
        message: &Message<'_>,
    ) -> Option<Pair> {
        let reply = text(message);
        match self.halves.remove(&call) {
            Some(Half::Recorded(recorded)) => Some(Pair { place, recorded, received: reply }),
            _ => {
                self.halves.insert(call, Half::Received { place, reply });
                None
            }
        }
    }
}

/// What two equal replies have in common: the kind of reply and the values, whatever the byte order.
fn text(message: &Message<'_>) -> String {
    let header = message.header();
    let mut text = match (header.message_type, header.error_name) {
        (MessageType::Error, Some(name)) => format!("error {name} "),
        _ => "return ".into(),
    };
    let start = text.len();
    if let Err(error) = json::print(message, &mut text) {
        text.truncate(start);
        text.push_str(&error.to_string());
    }
    text
}
