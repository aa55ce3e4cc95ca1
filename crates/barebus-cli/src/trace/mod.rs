//! `trace`: calls with their replies. Everything here but [`processes`] is pure: messages and times go in, text comes out.

pub(crate) mod counts;
mod filter;
pub(crate) mod latency;
pub(crate) mod lines;
pub(crate) mod pairing;
pub(crate) mod processes;

use std::time::Duration;

use barebus::{BusName, Flags, Message, MessageType};

pub(crate) use filter::Filter;
use pairing::{Call, Pairing};

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End<'a> {
    /// With a METHOD_RETURN.
    Return(&'a Message<'a>),
    /// With an ERROR.
    Error(&'a Message<'a>),
    /// Its caller left, or watching ended first.
    Never,
    /// Its caller wants no reply.
    NotExpected,
}

/// What is shown of calls and signals.
pub(crate) trait Show {
    /// What is kept of a call until it ends.
    type Context;

    /// A call. Returns what is kept of it, and how many bytes that takes.
    fn call(&mut self, message: &Message<'_>, time: Option<Duration>) -> (Self::Context, usize);

    /// The end of a call. `latency` is known if both times are.
    fn ended(&mut self, call: Call<Self::Context>, end: End<'_>, latency: Option<Duration>);

    fn signal(&mut self, message: &Message<'_>, time: Option<Duration>);
}

/// Follows the calls in a stream of messages.
#[derive(Debug)]
pub(crate) struct Tracer<S: Show> {
    pairing: Pairing<S::Context>,
    filter: Filter,
    pub(crate) show: S,
}

impl<S: Show> Tracer<S> {
    pub(crate) fn new(filter: Filter, show: S) -> Self {
        Self { pairing: Pairing::new(), filter, show }
    }

    /// Takes the next message. `time` is when it was received, since 1970-01-01, if that is known.
    pub(crate) fn message(&mut self, message: &Message<'_>, time: Option<Duration>) {
        let header = message.header();
        match header.message_type {
            MessageType::MethodCall if self.takes(message) => self.call(message, time),
            MessageType::MethodReturn | MessageType::Error => {
                if let Some(call) = self.pairing.reply(header) {
                    let end = match header.message_type {
                        MessageType::Error => End::Error(message),
                        _ => End::Return(message),
                    };
                    let latency = time.zip(call.time).map(|(end, begin)| end.saturating_sub(begin));
                    self.show.ended(call, end, latency);
                }
            }
            MessageType::Signal => {
                if self.takes(message) {
                    self.show.signal(message, time);
                }
                self.follow_owners(message);
            }
            _ => {}
        }
    }

    fn takes(&self, message: &Message<'_>) -> bool {
        self.filter.takes(message, |name| self.pairing.owner(name))
    }

    fn call(&mut self, message: &Message<'_>, time: Option<Duration>) {
        let header = message.header();
        let (context, cost) = self.show.call(message, time);
        if header.flags.contains(Flags::NO_REPLY_EXPECTED) {
            self.show.ended(Call { time, context }, End::NotExpected, None);
            return;
        }
        for call in self.pairing.call(header, time, context, cost) {
            self.show.ended(call, End::Never, None);
        }
    }

    /// `NameOwnerChanged` of the bus.
    fn follow_owners(&mut self, message: &Message<'_>) {
        let header = message.header();
        let is_of_bus = header.sender.map(BusName::as_str) == Some("org.freedesktop.DBus");
        if !is_of_bus || header.member.is_none_or(|member| member != "NameOwnerChanged") {
            return;
        }
        if let Ok((name, _, new)) = message.body::<(&str, &str, &str)>() {
            self.owner(name, Some(new).filter(|new| !new.is_empty()));
        }
    }

    /// Notes the owner of a name.
    pub(crate) fn owner(&mut self, name: &str, owner: Option<&str>) {
        for call in self.pairing.owner_changed(name, owner) {
            self.show.ended(call, End::Never, None);
        }
    }

    /// Watching has ended: what is outstanding was not answered.
    pub(crate) fn finish(self) -> S {
        let mut show = self.show;
        for call in self.pairing.finish() {
            show.ended(call, End::Never, None);
        }
        show
    }
}

#[cfg(test)]
mod tests;
