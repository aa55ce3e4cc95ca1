//! The workloads W1 to W7, and what they share.

use core::hint::black_box;

use barebus_wire::{
    BusName, EncodeBody, Endian, Flags, Header, Message, MessageBuf, MessageType, Serial,
};

mod bytes;
mod call;
mod nesting;
mod numbers;
mod properties;
mod strings;
mod units;

pub use bytes::bytes;
pub use call::{CALL, UNIT};
pub use numbers::integers;
pub use properties::{PROPERTIES, Property};
pub use strings::strings;
pub use units::{Unit, units};

/// One run of a workload: marshals one message into a buffer that is used again, or unmarshals one.
pub type Operation = Box<dyn FnMut()>;

/// What an operation may cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// At most so many instructions.
    Instructions(u64),
    /// At most so many times the instructions of the workload of that name, give or take 2 %.
    Linear(&'static str, u64),
    /// At most so many times as long as copying the payload.
    Memcpy(f64),
    /// Measured, but nothing is promised.
    Measured,
}

/// Something to be measured.
pub struct Workload {
    /// Name, as the command line takes it.
    pub name: &'static str,
    /// What it may cost.
    pub target: Target,
    /// Makes what the operation needs, which is not measured.
    pub prepare: fn() -> Operation,
}

impl Workload {
    const fn new(name: &'static str, target: Target, prepare: fn() -> Operation) -> Self {
        Self { name, target, prepare }
    }

    /// Every workload, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let groups: [&[Self]; 7] = [
            call::WORKLOADS,
            units::WORKLOADS,
            properties::WORKLOADS,
            bytes::WORKLOADS,
            numbers::WORKLOADS,
            strings::WORKLOADS,
            nesting::WORKLOADS,
        ];
        groups.into_iter().flatten()
    }

    /// The workload called `name`.
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::all().find(|workload| workload.name == name)
    }
}

/// A message that workloads are about, for whoever marshals and unmarshals it in another way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sample {
    /// W1.
    Call,
    /// W2, with 400 units.
    Units,
    /// W2, with 400 units, in the byte order that this machine has not.
    ForeignUnits,
    /// W3.
    Properties,
    /// W4.
    Bytes,
    /// W5, UINT64.
    Numbers,
    /// W5, UINT64 in the byte order that this machine has not.
    ForeignNumbers,
    /// W6.
    Strings,
    /// W7, arrays.
    Arrays,
    /// W7, variants.
    Variants,
}

impl Sample {
    /// The message, as barebus marshals it.
    pub fn message(self) -> Message<'static> {
        let bytes = match self {
            Self::Call => call::sample(),
            Self::Units => units::sample(Endian::NATIVE),
            Self::ForeignUnits => units::sample(FOREIGN),
            Self::Properties => properties::sample(),
            Self::Bytes => bytes::sample(),
            Self::Numbers => numbers::sample(Endian::NATIVE),
            Self::ForeignNumbers => numbers::sample(FOREIGN),
            Self::Strings => strings::sample(),
            Self::Arrays => nesting::sample_of_arrays(),
            Self::Variants => nesting::sample_of_variants(),
        };
        Message::parse(bytes).unwrap()
    }
}

/// Bytes of the payload in the workloads that are compared with copying it: 1 MiB.
pub const PAYLOAD_LEN: usize = 1 << 20;

/// The other byte order than this machine's.
const FOREIGN: Endian = match Endian::NATIVE {
    Endian::Little => Endian::Big,
    Endian::Big => Endian::Little,
};

/// The header of a METHOD_RETURN on a direct connection, with no more than it needs.
const fn reply(endian: Endian) -> Header<'static> {
    let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
    header.endian = endian;
    header.flags = Flags::NO_REPLY_EXPECTED;
    header.reply_serial = Some(Serial::FIRST);
    header
}

/// The header of a METHOD_RETURN as a bus delivers it, with DESTINATION and SENDER.
const fn delivered_reply(endian: Endian) -> Header<'static> {
    let mut header = reply(endian);
    header.destination = Some(BusName::from_static(":1.42"));
    header.sender = Some(BusName::from_static(":1.1"));
    header
}

/// Marshals `header` and `body` into a buffer that is used again.
fn encoder(header: Header<'static>, body: impl EncodeBody + 'static) -> Operation {
    let mut buf = MessageBuf::new();
    Box::new(move || {
        buf.clear();
        buf.push(black_box(&header), black_box(&body)).unwrap();
        black_box(buf.as_slice());
    })
}

/// Parses the message that `header` and `body` make, and reads its body.
fn decoder(
    header: Header<'static>,
    body: impl EncodeBody,
    mut read: impl FnMut(&Message<'static>) + 'static,
) -> Operation {
    let bytes = message(header, body);
    Box::new(move || read(&Message::parse(black_box(bytes)).unwrap()))
}

/// Parses the message that `header` and `body` make, and validates its body against the signature met at run time.
fn validator(header: Header<'static>, body: impl EncodeBody) -> Operation {
    decoder(header, body, |message| message.validate().unwrap())
}

/// The message's bytes, which live as long as the program, so that what is read out of them may be kept from one run to
/// the next.
fn message(header: Header<'_>, body: impl EncodeBody) -> &'static [u8] {
    let mut buf = MessageBuf::new();
    buf.push(&header, &body).unwrap();
    Vec::leak(buf.as_slice().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_runs_and_has_a_name_of_its_own() {
        let mut names = std::collections::HashSet::new();
        for workload in Workload::all() {
            assert!(names.insert(workload.name), "{} stands twice", workload.name);
            let mut operation = (workload.prepare)();
            operation();
            operation();
        }
    }

    #[test]
    fn every_linear_target_names_a_workload() {
        for workload in Workload::all() {
            if let Target::Linear(name, _) = workload.target {
                assert!(Workload::find(name).is_some(), "{name}");
            }
        }
    }
}
