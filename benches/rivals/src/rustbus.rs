//! rustbus: `MarshalledMessageBody::push_param` and `marshal` into buffers that are used again; `unmarshal_header`,
//! `unmarshal_dynamic_header`, and `Unmarshal` on the body where it lies.
//!
//! It checks names when they are written, but neither text for NUL nor lengths; it never writes SENDER.

use core::hint::black_box;
use core::marker::PhantomData;
use std::borrow::Cow;
use std::collections::HashMap;

use barebus_benches::peers::call::Call;
use barebus_benches::workload::{
    self, CALL, PROPERTIES, Property, UNIT, bytes, integers, strings, units,
};
use barebus_benches::{Operation, Sample, compare};
use barebus_wire::{Endian, MethodCall};
use nix::sys::socket::UnixAddr;
use rustbus::connection::Timeout;
use rustbus::message_builder::{MarshalledMessage, MessageBuilder};
use rustbus::signature::Type;
use rustbus::wire::ObjectPath;
use rustbus::wire::errors::{MarshalError, UnmarshalError};
use rustbus::wire::marshal::traits::SignatureBuffer;
use rustbus::wire::marshal::{MarshalContext, marshal};
use rustbus::wire::unmarshal::traits::Variant;
use rustbus::wire::unmarshal::{
    UnmarshalContext, UnmarshalResult, unmarshal_dynamic_header, unmarshal_header,
};
use rustbus::wire::util::insert_u32;
use rustbus::{ByteOrder, Marshal, MessageType, RpcConn, Signature, Unmarshal};

use crate::codec::Way;
use crate::conversation::texts;
use crate::seen::{Leaves, Sink};

macro_rules! nested {
    ($inner:expr;) => { $inner };
    ($inner:expr; + $($more:tt)*) => { nested!(vec![$inner]; $($more)*) };
    ($inner:expr; v $($more:tt)*) => { nested!(AsVariant($inner); $($more)*) };
    ($sink:ident $inner:ty;) => { $inner };
    ($sink:ident $inner:ty; + $($more:tt)*) => { nested!($sink Each<$inner, $sink>; $($more)*) };
}

pub(crate) fn operation<S: Sink>(sample: Sample, way: Way) -> Option<Operation> {
    use Sample::{
        Arrays, Bytes, Call, ForeignNumbers, ForeignUnits, Numbers, Strings, Units, Variants,
    };
    Some(match (way, sample) {
        (Way::Encode, Call) => encode::<S>(message_of(&CALL), UNIT),
        (Way::Encode, Units | ForeignUnits) => {
            reply::<S>(sample, units(400).into_iter().map(Unit::from).collect::<Vec<_>>())
        }
        (Way::Encode, Sample::Properties) => reply::<S>(sample, Properties),
        (Way::Encode, Bytes) => reply::<S>(sample, bytes()),
        (Way::Encode, Numbers | ForeignNumbers) => reply::<S>(sample, integers()),
        (Way::Encode, Strings) => reply::<S>(sample, strings()),
        (Way::Encode, Arrays) => {
            reply::<S>(sample, nested!(7_u32; + + + + + + + + + + + + + + + +))
        }
        (Way::Encode, Variants) => reply::<S>(
            sample,
            nested!(7_u32; v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v),
        ),
        (Way::Decode, Call) => decode::<&str, S>(sample),
        (Way::Decode, Units | ForeignUnits) => decode::<Each<Unit, S>, S>(sample),
        (Way::Decode, Sample::Properties) => decode::<Pairs<S>, S>(sample),
        (Way::Decode, Bytes) => decode::<&[u8], S>(sample),
        (Way::Decode, Numbers | ForeignNumbers) => decode::<Cow<[u64]>, S>(sample),
        (Way::Decode, Strings) => decode::<Each<&str, S>, S>(sample),
        (Way::Decode, Arrays) => {
            decode::<nested!(S u32; + + + + + + + + + + + + + + + +), S>(sample)
        }
        (Way::Decode, Variants) => decode::<Variant, S>(sample),
        (Way::Map, _) => decode::<HashMap<&str, Variant>, S>(sample),
        (Way::Copy, _) => decode::<Vec<u64>, S>(sample),
    })
}

/// Writes a METHOD_RETURN.
fn reply<S: Sink>(sample: Sample, body: impl Marshal + 'static) -> Operation {
    let expected = *sample.message().header();
    let mut message = MarshalledMessage::with_byteorder(match expected.endian {
        Endian::Little => ByteOrder::LittleEndian,
        Endian::Big => ByteOrder::BigEndian,
    });
    message.typ = MessageType::Reply;
    message.dynheader.response_serial = Some(1);
    message.dynheader.destination = expected.destination.map(|name| name.as_str().to_owned());
    encode::<S>(message, body)
}

fn encode<S: Sink>(mut message: MarshalledMessage, body: impl Marshal + 'static) -> Operation {
    let mut header = Vec::new();
    Box::new(move || {
        header.clear();
        message.body.reset();
        message.body.push_param(black_box(&body)).unwrap();
        marshal(&message, 1, &mut header).unwrap();
        S::message(&[&header, message.get_buf()]);
    })
}

/// A METHOD_CALL without its argument.
fn message_of(call: &MethodCall<'static>) -> MarshalledMessage {
    let [destination, path, interface, member] = texts(call);
    MessageBuilder::new().call(member).on(path).with_interface(interface).at(destination).build()
}

fn decode<T: Unmarshal<'static, 'static> + Leaves, S: Sink>(sample: Sample) -> Operation {
    let bytes = sample.message().as_bytes();
    Box::new(move || {
        let bytes = black_box(bytes);
        let (fixed_len, header) = unmarshal_header(bytes, 0).unwrap();
        let (fields_len, fields) = unmarshal_dynamic_header(&header, bytes, fixed_len).unwrap();
        assert!(T::has_sig(fields.signature.as_deref().unwrap()));
        let offset = (fixed_len + fields_len).next_multiple_of(8);
        let mut context = UnmarshalContext {
            fds: &[],
            buf: &bytes[offset..],
            byteorder: header.byteorder,
            offset: 0,
        };
        S::value(T::unmarshal(&mut context).unwrap().1);
        black_box(fields);
    })
}

#[derive(Marshal, Unmarshal, Signature)]
struct Unit<'a> {
    name: &'a str,
    description: &'a str,
    load: &'a str,
    active: &'a str,
    sub: &'a str,
    following: &'a str,
    path: ObjectPath<&'a str>,
    job: u32,
    job_type: &'a str,
    job_path: ObjectPath<&'a str>,
}

impl From<workload::Unit<'static>> for Unit<'static> {
    fn from(unit: workload::Unit<'static>) -> Self {
        let (name, description, load, active, sub, following, path, job, job_type, job_path) = unit;
        let [path, job_path] = [path, job_path].map(|path| ObjectPath::new(path.as_str()).unwrap());
        Self { name, description, load, active, sub, following, path, job, job_type, job_path }
    }
}

impl Leaves for Unit<'_> {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        let texts = [self.name, self.description, self.load, self.active, self.sub, self.following];
        texts.iter().for_each(|text| text.leaves(leaves));
        (self.path.as_ref(), self.job, self.job_type, self.job_path.as_ref()).leaves(leaves);
    }
}

/// rustbus reads tuples of four at most.
#[derive(Unmarshal, Signature)]
struct Condition<'a> {
    name: &'a str,
    triggers: bool,
    negated: bool,
    parameter: &'a str,
    state: i32,
}

/// A value, to be written as the VARIANT that holds it.
struct AsVariant<T>(T);

impl<T> Signature for AsVariant<T> {
    fn signature() -> Type {
        <Variant as Signature>::signature()
    }

    fn alignment() -> usize {
        1
    }

    fn sig_str(text: &mut SignatureBuffer) {
        text.push_static("v");
    }
}

impl<T: Marshal> Marshal for AsVariant<T> {
    fn marshal(&self, context: &mut MarshalContext) -> Result<(), MarshalError> {
        self.0.marshal_as_variant(context)
    }
}

/// The properties, in their order.
struct Properties;

impl Signature for Properties {
    fn signature() -> Type {
        <HashMap<&str, Variant>>::signature()
    }

    fn alignment() -> usize {
        4
    }

    fn sig_str(text: &mut SignatureBuffer) {
        text.push_static("a{sv}");
    }
}

impl Marshal for Properties {
    fn marshal(&self, context: &mut MarshalContext) -> Result<(), MarshalError> {
        context.align_to(4);
        let len_at = context.buf.len();
        0_u32.marshal(context)?;
        context.align_to(8);
        let start = context.buf.len();
        for (name, value) in PROPERTIES {
            context.align_to(8);
            name.marshal(context)?;
            match value {
                Property::Boolean(value) => value.marshal_as_variant(context),
                Property::Number32(value) => value.marshal_as_variant(context),
                Property::Number64(value) => value.marshal_as_variant(context),
                Property::Text(value) => value.marshal_as_variant(context),
                Property::Texts(value) => value.marshal_as_variant(context),
                Property::Bytes(value) => value.marshal_as_variant(context),
                Property::Job(id, path) => {
                    (*id, ObjectPath::new(path.as_str())?).marshal_as_variant(context)
                }
                Property::LoadError(name, text) => (*name, *text).marshal_as_variant(context),
                Property::Conditions(value) => value.marshal_as_variant(context),
            }?;
        }
        let len = (context.buf.len() - start) as u32;
        insert_u32(context.byteorder, len, &mut context.buf[len_at..len_at + 4]);
        Ok(())
    }
}

/// An array whose elements go where they belong as they are read.
struct Each<T, S>(PhantomData<(T, S)>);

impl<T: Signature, S> Signature for Each<T, S> {
    fn signature() -> Type {
        <[T]>::signature()
    }

    fn alignment() -> usize {
        4
    }

    fn has_sig(text: &str) -> bool {
        <[T]>::has_sig(text)
    }
}

impl<'buf, 'fds, T: Unmarshal<'buf, 'fds> + Leaves, S: Sink> Unmarshal<'buf, 'fds> for Each<T, S> {
    fn unmarshal(context: &mut UnmarshalContext<'fds, 'buf>) -> UnmarshalResult<Self> {
        each(context, T::alignment(), |context| {
            S::value(T::unmarshal(context)?.1);
            Ok(())
        })?;
        Ok((0, Self(PhantomData)))
    }
}

/// A dictionary whose entries go where they belong as they are read.
struct Pairs<S>(PhantomData<S>);

impl<S> Signature for Pairs<S> {
    fn signature() -> Type {
        Properties::signature()
    }

    fn alignment() -> usize {
        4
    }

    fn has_sig(text: &str) -> bool {
        text == "a{sv}"
    }
}

impl<'buf, 'fds, S: Sink> Unmarshal<'buf, 'fds> for Pairs<S> {
    fn unmarshal(context: &mut UnmarshalContext<'fds, 'buf>) -> UnmarshalResult<Self> {
        each(context, 8, |context| {
            let name = <&str>::unmarshal(context)?.1;
            S::value((name, Variant::unmarshal(context)?.1));
            Ok(())
        })?;
        Ok((0, Self(PhantomData)))
    }
}

/// Reads an array's elements, as rustbus does it for vectors.
fn each<'fds, 'buf>(
    context: &mut UnmarshalContext<'fds, 'buf>,
    alignment: usize,
    mut read: impl FnMut(&mut UnmarshalContext<'fds, 'buf>) -> Result<(), UnmarshalError>,
) -> Result<(), UnmarshalError> {
    let (_, len) = u32::unmarshal(context)?;
    context.align_to(alignment)?;
    let end = context.offset + len as usize;
    while context.offset < end {
        context.align_to(alignment)?;
        read(context)?;
    }
    Ok(())
}

impl<T, S> Leaves for Each<T, S> {
    fn leaves(&self, _: &mut Vec<u8>) {}
}

impl<S> Leaves for Pairs<S> {
    fn leaves(&self, _: &mut Vec<u8>) {}
}

impl<T: Leaves> Leaves for Cow<'_, [T]>
where
    [T]: ToOwned,
{
    fn leaves(&self, leaves: &mut Vec<u8>) {
        self.as_ref().leaves(leaves);
    }
}

impl Leaves for Variant<'_, '_> {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        let mut text = String::new();
        self.get_value_sig().to_str(&mut text);
        match text.as_str() {
            "b" => self.get::<bool>().unwrap().leaves(leaves),
            "u" => self.get::<u32>().unwrap().leaves(leaves),
            "t" => self.get::<u64>().unwrap().leaves(leaves),
            "s" => self.get::<&str>().unwrap().leaves(leaves),
            "v" => self.get::<Variant>().unwrap().leaves(leaves),
            "as" => self.get::<Vec<&str>>().unwrap().leaves(leaves),
            "ay" => self.get::<&[u8]>().unwrap().leaves(leaves),
            "(ss)" => self.get::<(&str, &str)>().unwrap().leaves(leaves),
            "(uo)" => {
                let (id, path) = self.get::<(u32, ObjectPath<&str>)>().unwrap();
                (id, path.as_ref()).leaves(leaves);
            }
            "a(sbbsi)" => {
                for it in self.get::<Vec<Condition>>().unwrap() {
                    (it.name, it.triggers, it.negated, it.parameter, it.state).leaves(leaves);
                }
            }
            other => unreachable!("no property is {other}"),
        }
    }
}

/// `RpcConn`, which waits for good.
pub(crate) struct Client {
    bus: RpcConn,
    message: MarshalledMessage,
    argument: &'static str,
}

impl Client {
    /// Gives the call's serial.
    fn send(&mut self) -> u32 {
        self.message.body.reset();
        self.message.body.push_param(self.argument).unwrap();
        self.bus.conn_mut().send.send_message_write_all(&self.message).unwrap()
    }

    fn read(&mut self, serial: u32) {
        let reply = self.bus.wait_response(serial, Timeout::Infinite).unwrap();
        black_box(reply.body.parser().get::<&str>().unwrap());
    }
}

impl compare::Client for Client {
    fn open(address: &str, call: Call) -> Self {
        let address = match address.split_once('=').unwrap() {
            ("unix:abstract", name) => UnixAddr::new_abstract(name.as_bytes()).unwrap(),
            (_, path) => UnixAddr::new(path).unwrap(),
        };
        Self {
            bus: RpcConn::connect_to_path(address, Timeout::Infinite).unwrap(),
            message: message_of(&call.method),
            argument: call.argument,
        }
    }

    fn call(&mut self, count: u32) {
        for _ in 0..count {
            let serial = self.send();
            self.read(serial);
        }
    }

    fn call_at_once(&mut self, count: u32) {
        let serials: Vec<u32> = (0..count).map(|_| self.send()).collect();
        serials.into_iter().for_each(|serial| self.read(serial));
    }
}
