//! Signals.

use core::marker::PhantomData;

use super::check::assert_same;
use super::{IntoMessage, Kinds, constant};
use crate::error::BodyError;
use crate::header::MessageType;
use crate::message::{DecodeBody, Message};
use crate::name::{InterfaceName, MemberName};

/// A signal that carries `K`, a tuple of [`Kind`](super::Kind)s or `()`.
///
/// ```
/// use barebus_wire::definition::{InterfaceName, SignalKind, Str};
/// use barebus_wire::{Header, MemberName, Message, MessageBuf, ObjectPath, Serial};
///
/// const LINK: InterfaceName<'static> = InterfaceName::from_static("org.example.Link");
/// const RENAMED: SignalKind<(Str, Str)> = SignalKind::new(LINK, "Renamed");
///
/// let path = ObjectPath::from_static("/links/eth0");
/// let header = Header::signal(Serial::FIRST, path, LINK, MemberName::from_static("Renamed"));
/// let mut buf = MessageBuf::new();
/// buf.push(&header, &("eth0", "lan"))?;
///
/// let message = Message::parse(buf.as_slice())?;
/// assert!(RENAMED.matches(&message));
/// assert_eq!(RENAMED.read(&message)?, ("eth0", "lan"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SignalKind<K> {
    interface: InterfaceName<'static>,
    member: MemberName<'static>,
    kinds: PhantomData<fn() -> K>,
}

constant!(SignalKind<K>, interface, member);

impl<K> SignalKind<K> {
    /// The interface.
    pub const fn interface(self) -> InterfaceName<'static> {
        self.interface
    }

    /// The signal's name.
    pub const fn name(self) -> MemberName<'static> {
        self.member
    }

    /// Whether `message` is this signal, of whatever object.
    pub fn matches(self, message: &Message<'_>) -> bool {
        let header = message.header();
        header.message_type == MessageType::Signal
            && header.member == Some(self.member)
            && header.interface == Some(self.interface)
    }

    /// The match rule for this signal of `object`. For a direct connection, whose signals have no sender, use
    /// [`Object::direct`](super::Object::direct).
    #[cfg(feature = "alloc")]
    pub fn rule(self, object: super::Object<'_>) -> crate::match_rule::MatchRuleBuf {
        let mut rule = crate::match_rule::MatchRuleBuf::signals();
        if let Some(sender) = object.destination {
            rule = rule.sender(sender);
        }
        rule.path(object.path).interface(self.interface).member(self.member)
    }
}

impl<K: Kinds> SignalKind<K> {
    /// The signal `member` of `interface`; an invalid name does not compile when used in a constant.
    ///
    /// # Panics
    /// When `member` is no valid member name. The message names it.
    #[track_caller]
    pub const fn new(interface: InterfaceName<'static>, member: &'static str) -> Self {
        Self { interface, member: MemberName::from_static(member), kinds: PhantomData }
    }

    /// What the signal carries, borrowed from it.
    ///
    /// # Errors
    /// `BodyError::Signature` when the signal has another signature than introspection promised; `BodyError::Decode` when a
    /// value is invalid.
    pub fn read<'a>(self, signal: impl IntoMessage<'a>) -> Result<K::Values<'a>, BodyError> {
        signal.into_message()?.body()
    }

    /// What the signal carries as Rust types of your own: a tuple with the signature of `K`. Another signature does not
    /// compile.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_as<'a, T: DecodeBody<'a>>(
        self,
        signal: impl IntoMessage<'a>,
    ) -> Result<T, BodyError> {
        const {
            let words = ("the signature of the type is", "the signal carries");
            assert_same(words.0, T::SIGNATURE, words.1, K::SIGNATURE);
        }
        signal.into_message()?.body()
    }
}
