//! W1: the call of GetUnitFileState, 201 bytes.

use core::hint::black_box;

use barebus_wire::{
    BusName, InterfaceName, MemberName, MessageBuf, MethodCall, ObjectPath, PreparedCall, Serial,
};

use super::{Operation, Target, Workload, decoder, encoder, message};

pub(super) const WORKLOADS: &[Workload] = &[
    Workload::new("w1-encode", Target::Instructions(1_200), || encoder(CALL.header(SERIAL), BODY)),
    Workload::new("w1-encode-prepared", Target::Instructions(450), encode_prepared),
    Workload::new("w1-decode", Target::Instructions(2_150), || {
        decoder(CALL.header(SERIAL), BODY, |message| {
            black_box(message.header());
            let (unit,): (&str,) = message.body().unwrap();
            black_box(unit);
        })
    }),
];

/// Whom and what.
pub const CALL: MethodCall<'static> = MethodCall::checked(
    ObjectPath::from_static("/org/freedesktop/systemd1"),
    MemberName::from_static("GetUnitFileState"),
)
.interface(InterfaceName::from_static("org.freedesktop.systemd1.Manager"))
.destination(BusName::from_static("org.freedesktop.systemd1"));

const SERIAL: Serial = Serial::FIRST;
const BODY: (&str,) = (UNIT,);

/// The argument.
pub const UNIT: &str = "sshd.service";

pub(super) fn sample() -> &'static [u8] {
    message(CALL.header(SERIAL), BODY)
}

fn encode_prepared() -> Operation {
    let call = PreparedCall::new(&CALL, barebus_wire::EncodeBody::signature(&BODY)).unwrap();
    let mut buf = MessageBuf::new();
    let mut serial = SERIAL;
    Box::new(move || {
        buf.clear();
        buf.push_prepared(black_box(&call), serial, black_box(&BODY)).unwrap();
        serial = serial.next();
        black_box(buf.as_slice());
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_takes_201_bytes_prepared_or_not() {
        let mut buf = MessageBuf::new();
        assert_eq!(buf.push(&CALL.header(SERIAL), &BODY), Ok(201));
        let call = PreparedCall::new(&CALL, barebus_wire::EncodeBody::signature(&BODY)).unwrap();
        assert_eq!(buf.push_prepared(&call, SERIAL, &BODY), Ok(201));
        let (first, second) = buf.as_slice().split_at(201);
        assert_eq!(first, second);
    }
}
