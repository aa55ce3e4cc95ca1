//! Methods.

use core::marker::PhantomData;

use super::check::assert_same;
use super::{Arguments, IntoMessage, Kinds, Object, Request, constant};
use crate::body::EncodeBody;
use crate::error::BodyError;
use crate::message::DecodeBody;
use crate::method_call::MethodCall;
use crate::name::{InterfaceName, MemberName};

/// A method that takes `In` and answers with `Out`, both tuples of [`Kind`](super::Kind)s or `()`.
///
/// ```
/// use barebus_wire::definition::{InterfaceName, Method, Object};
/// use barebus_wire::{Header, Message, MessageBuf, MessageType, Serial};
///
/// const CALCULATOR: InterfaceName<'static> = InterfaceName::from_static("org.example.Calculator");
/// const ADD: Method<(i32, i32), (i32,)> = Method::new(CALCULATOR, "Add");
///
/// let request = ADD.call(Object::from_static("org.example", "/"), (2, 3));
/// assert_eq!(request.call.member, "Add");
///
/// // The reply is read by the same definition.
/// let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
/// header.reply_serial = Some(Serial::FIRST);
/// let mut reply = MessageBuf::new();
/// reply.push(&header, &(5,))?;
/// assert_eq!(ADD.answer(&Message::parse(reply.as_slice())?)?, (5,));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Method<In, Out> {
    interface: InterfaceName<'static>,
    member: MemberName<'static>,
    kinds: PhantomData<fn() -> (In, Out)>,
}

constant!(Method<In, Out>, interface, member);

impl<In, Out> Method<In, Out> {
    /// The interface.
    pub const fn interface(self) -> InterfaceName<'static> {
        self.interface
    }

    /// The method's name.
    pub const fn name(self) -> MemberName<'static> {
        self.member
    }
}

impl<In: Kinds, Out: Kinds> Method<In, Out> {
    /// The method `member` of `interface`; an invalid name does not compile when used in a constant.
    ///
    /// # Panics
    /// When `member` is no valid member name. The message names it.
    #[track_caller]
    pub const fn new(interface: InterfaceName<'static>, member: &'static str) -> Self {
        Self { interface, member: MemberName::from_static(member), kinds: PhantomData }
    }

    /// A call of the method of `object`. Arguments are a tuple of any Rust types that have the signature of `In`: `&str`,
    /// `String`, slices, `Vec`, derived structs, … Other arguments do not compile.
    pub const fn call<'a, A: Arguments + EncodeBody>(
        self,
        object: Object<'a>,
        arguments: A,
    ) -> Request<'a, A, Out> {
        const {
            let words = ("the signature of the arguments is", "the method takes");
            assert_same(words.0, A::SIGNATURE, words.1, In::SIGNATURE);
        }
        let mut call = MethodCall::checked(object.path, self.member).interface(self.interface);
        call.destination = object.destination;
        Request::new(call, arguments)
    }

    /// The answer, borrowed from the reply.
    ///
    /// # Errors
    /// `BodyError::Signature` when the reply has another signature than introspection promised; `BodyError::Decode` when a value
    /// is invalid.
    pub fn answer<'a>(self, reply: impl IntoMessage<'a>) -> Result<Out::Values<'a>, BodyError> {
        reply.into_message()?.body()
    }

    /// The answer as Rust types of your own: a tuple with the signature of `Out`. Another signature does not compile.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn answer_as<'a, T: DecodeBody<'a>>(
        self,
        reply: impl IntoMessage<'a>,
    ) -> Result<T, BodyError> {
        const {
            let words = ("the signature of the type is", "the method answers with");
            assert_same(words.0, T::SIGNATURE, words.1, Out::SIGNATURE);
        }
        reply.into_message()?.body()
    }
}
