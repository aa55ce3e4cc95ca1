//! zbus: `Message::method_call` and `method_return` with `build`; `Message::from_bytes` and `Body::deserialize`, which borrow.
//!
//! Names and paths to be written are checked before, as its types allow; text is text by its type.

use core::fmt;
use core::hint::black_box;
use core::marker::PhantomData;
use core::num::{NonZeroU32, NonZeroUsize};
use std::collections::HashMap;

use barebus_benches::peers::call::Call;
use barebus_benches::workload::{
    self, CALL, PROPERTIES, Property, UNIT, bytes, integers, strings, units,
};
use barebus_benches::{Operation, Sample, compare};
use barebus_wire::{Endian, MethodCall};
use futures_util::StreamExt as _;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_bytes::Bytes;
use zbus::as_variant::Serialize as AsVariant;
use zbus::names::{BusName, InterfaceName, MemberName, UniqueName};
use zbus::wire::serialized::{Context, Data};
use zbus::wire::{BE, DynamicType, LE, Type};
use zbus::{
    Connection, Message, MessageStream, ObjectPath, Signature, Variant, connection, message,
};

use crate::codec::Way;
use crate::conversation::texts;
use crate::seen::{Leaves, Sink};

macro_rules! nested {
    ($inner:expr;) => { $inner };
    ($inner:expr; + $($more:tt)*) => { nested!(vec![$inner]; $($more)*) };
    ($sink:ident $inner:ty;) => { $inner };
    ($sink:ident $inner:ty; + $($more:tt)*) => { nested!($sink Each<$inner, $sink>; $($more)*) };
}

pub(crate) fn operation<S: Sink>(sample: Sample, way: Way) -> Option<Operation> {
    macro_rules! read {
        ($body:ty) => {
            decode(sample, |message| S::value(message.body().deserialize::<$body>().unwrap()))
        };
    }
    use Sample::{
        Arrays, Bytes as OfBytes, ForeignNumbers, ForeignUnits, Numbers, Strings, Units, Variants,
    };
    Some(match (way, sample) {
        (Way::Encode, Sample::Call) => {
            let callee = Callee::of(&CALL);
            Box::new(move || {
                let builder = callee.builder().serial(NonZeroU32::MIN);
                S::message(&[builder.build(black_box(&UNIT)).unwrap().data()]);
            })
        }
        (Way::Encode, Units | ForeignUnits) => {
            reply::<S>(sample, units(400).into_iter().map(unit).collect::<Vec<_>>())
        }
        (Way::Encode, Sample::Properties) => reply::<S>(sample, Properties),
        (Way::Encode, OfBytes) => reply::<S>(sample, Bytes::new(bytes().leak())),
        (Way::Encode, Numbers | ForeignNumbers) => reply::<S>(sample, integers()),
        (Way::Encode, Strings) => reply::<S>(sample, strings()),
        (Way::Encode, Arrays) => {
            reply::<S>(sample, nested!(7_u32; + + + + + + + + + + + + + + + +))
        }
        (Way::Encode, Variants) => {
            let wrap = |held, _| Variant::Variant(Box::new(held));
            reply::<S>(sample, (0..31).fold(Variant::U32(7), wrap))
        }
        (Way::Decode, Sample::Call) => read!(&str),
        (Way::Decode, Units | ForeignUnits) => read!(Each<Unit, S>),
        (Way::Decode, Sample::Properties) => read!(Pairs<S>),
        (Way::Decode, OfBytes) => read!(&Bytes),
        (Way::Decode, Strings) => read!(Each<&str, S>),
        (Way::Decode, Arrays) => read!(nested!(S u32; + + + + + + + + + + + + + + + +)),
        (Way::Decode, Variants) => read!(Variant),
        (Way::Map, _) => read!(HashMap<&str, Variant>),
        (Way::Copy, _) => read!(Vec<u64>),
        // It has no way to leave numbers where they are.
        (Way::Decode, Numbers | ForeignNumbers) => return None,
    })
}

/// Writes a METHOD_RETURN.
fn reply<S: Sink>(sample: Sample, body: impl Serialize + DynamicType + 'static) -> Operation {
    let expected = *sample.message().header();
    let call = Message::method_call("/", "Get").serial(NonZeroU32::MIN).build(&()).unwrap();
    let call = Box::leak(Box::new(call)).header();
    let destination = expected.destination.map(|name| BusName::try_from(name.as_str()).unwrap());
    let sender = expected.sender.map(|name| UniqueName::try_from(name.as_str()).unwrap());
    Box::new(move || {
        let mut builder = Message::method_return(&call)
            .serial(NonZeroU32::MIN)
            .endian(if expected.endian == Endian::Little { LE } else { BE });
        if let (Some(destination), Some(sender)) = (&destination, &sender) {
            builder = builder.destination(destination).sender(sender);
        }
        S::message(&[builder.build(black_box(&body)).unwrap().data()]);
    })
}

fn decode(sample: Sample, read: impl Fn(&Message) + 'static) -> Operation {
    let message = sample.message();
    let endian = if message.header().endian == Endian::Little { LE } else { BE };
    let data = Data::new(message.as_bytes(), Context::new(endian, 0));
    // SAFETY: the bytes are a valid message.
    Box::new(move || read(&unsafe { Message::from_bytes(black_box(data.clone())) }.unwrap()))
}

type Unit<'a> = workload::Unit<'a, ObjectPath<'a>>;

fn unit((a, b, c, d, e, f, path, g, h, job): workload::Unit<'static>) -> Unit<'static> {
    let [path, job] = [path, job].map(|path| ObjectPath::try_from(path.as_str()).unwrap());
    (a, b, c, d, e, f, path, g, h, job)
}

/// The properties, in their order.
struct Properties;

impl Type for Properties {
    const SIGNATURE: &'static Signature = <HashMap<&str, Variant<'_>>>::SIGNATURE;
}

impl Serialize for Properties {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        let mut map = serializer.serialize_map(Some(PROPERTIES.len()))?;
        for (name, value) in PROPERTIES {
            match value {
                Property::Boolean(value) => map.serialize_entry(name, &AsVariant(value)),
                Property::Number32(value) => map.serialize_entry(name, &AsVariant(value)),
                Property::Number64(value) => map.serialize_entry(name, &AsVariant(value)),
                Property::Text(value) => map.serialize_entry(name, &AsVariant(value)),
                Property::Texts(value) => map.serialize_entry(name, &AsVariant(value)),
                Property::Bytes(value) => map.serialize_entry(name, &AsVariant(&Bytes::new(value))),
                Property::Job(id, path) => {
                    let path = ObjectPath::from_str_unchecked(path.as_str());
                    map.serialize_entry(name, &AsVariant(&(id, path)))
                }
                Property::LoadError(error, text) => {
                    map.serialize_entry(name, &AsVariant(&(error, text)))
                }
                Property::Conditions(value) => map.serialize_entry(name, &AsVariant(value)),
            }?;
        }
        map.end()
    }
}

/// An array whose elements go where they belong as they are read.
struct Each<T, S>(PhantomData<(T, S)>);

impl<T: Type, S> Type for Each<T, S> {
    const SIGNATURE: &'static Signature = <[T]>::SIGNATURE;
}

impl<'de, T: Deserialize<'de> + Leaves, S: Sink> Deserialize<'de> for Each<T, S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Self(PhantomData))
    }
}

impl<'de, T: Deserialize<'de> + Leaves, S: Sink> Visitor<'de> for Each<T, S> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self, A::Error> {
        while let Some(element) = elements.next_element::<T>()? {
            S::value(element);
        }
        Ok(self)
    }
}

/// A dictionary whose entries go where they belong as they are read.
struct Pairs<S>(PhantomData<S>);

impl<S> Type for Pairs<S> {
    const SIGNATURE: &'static Signature = Properties::SIGNATURE;
}

impl<'de, S: Sink> Deserialize<'de> for Pairs<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self(PhantomData))
    }
}

impl<'de, S: Sink> Visitor<'de> for Pairs<S> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dictionary")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        while let Some(entry) = entries.next_entry::<&str, Variant<'de>>()? {
            S::value(entry);
        }
        Ok(self)
    }
}

/// What was in it has been seen.
impl<T, S> Leaves for Each<T, S> {
    fn leaves(&self, _: &mut Vec<u8>) {}
}

impl<S> Leaves for Pairs<S> {
    fn leaves(&self, _: &mut Vec<u8>) {}
}

impl Leaves for Bytes {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        self.as_ref().leaves(leaves);
    }
}

impl Leaves for ObjectPath<'_> {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        self.as_str().leaves(leaves);
    }
}

impl Leaves for Variant<'_> {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        match self {
            Self::U8(value) => value.leaves(leaves),
            Self::Bool(value) => value.leaves(leaves),
            Self::I32(value) => value.leaves(leaves),
            Self::U32(value) => value.leaves(leaves),
            Self::U64(value) => value.leaves(leaves),
            Self::Str(value) => value.as_str().leaves(leaves),
            Self::ObjectPath(value) => value.leaves(leaves),
            Self::Variant(value) => value.leaves(leaves),
            Self::Array(value) => value.iter().for_each(|value| value.leaves(leaves)),
            Self::Structure(value) => value.fields().iter().for_each(|value| value.leaves(leaves)),
            other => unreachable!("no message holds {other:?}"),
        }
    }
}

/// Whom and what is called.
struct Callee {
    destination: BusName<'static>,
    path: ObjectPath<'static>,
    interface: InterfaceName<'static>,
    member: MemberName<'static>,
}

impl Callee {
    fn of(call: &MethodCall<'static>) -> Self {
        let [destination, path, interface, member] = texts(call);
        Self {
            destination: destination.try_into().unwrap(),
            path: path.try_into().unwrap(),
            interface: interface.try_into().unwrap(),
            member: member.try_into().unwrap(),
        }
    }

    fn builder(&self) -> message::Builder<'_> {
        Message::method_call(&self.path, &self.member)
            .interface(&self.interface)
            .destination(&self.destination)
    }
}

/// zbus's connection on its own runtime, which runs on this thread while something is waited for.
pub(crate) struct Client {
    bus: Connection,
    callee: Callee,
    argument: &'static str,
}

impl Client {
    async fn connect(address: &str, call: Call) -> Self {
        let bus = connection::Builder::address(address).build().await.unwrap();
        Self { bus, callee: Callee::of(&call.method), argument: call.argument }
    }

    async fn ask(&self) {
        let Callee { destination, path, interface, member } = &self.callee;
        let (destination, interface) = (Some(destination), Some(interface));
        let reply = self.bus.call_method(destination, path, interface, member, &self.argument);
        black_box(reply.await.unwrap().body().deserialize::<&str>().unwrap());
    }
}

impl compare::Client for Client {
    fn open(address: &str, call: Call) -> Self {
        zbus::block_on(Self::connect(address, call))
    }

    fn call(&mut self, count: u32) {
        zbus::block_on(async {
            for _ in 0..count {
                self.ask().await;
            }
        });
    }

    fn call_at_once(&mut self, count: u32) {
        zbus::block_on(async {
            // Quicker than `call_method` so many times: all go out in a few writes.
            let mut replies = MessageStream::from(&self.bus);
            replies.set_max_queued(NonZeroUsize::MIN.saturating_add(2 * count as usize));
            let call = |_| self.callee.builder().build(&self.argument).unwrap();
            self.bus.send_all(&(0..count).map(call).collect::<Vec<_>>()).await.unwrap();
            let mut waited_for = count;
            while waited_for > 0 {
                let reply = replies.next().await.unwrap().unwrap();
                if reply.message_type() == message::Type::MethodReturn {
                    black_box(reply.body().deserialize::<&str>().unwrap());
                    waited_for -= 1;
                }
            }
        });
    }

    fn open_and_call(address: &str, call: Call) {
        zbus::block_on(async { Self::connect(address, call).await.ask().await });
    }
}
