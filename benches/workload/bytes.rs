//! W4: `ay` of 1 MiB.

use core::hint::black_box;

use barebus_wire::{Endian, Header};

use super::{
    Operation, PAYLOAD_LEN, Target, Workload, decoder, delivered_reply, encoder, message, reply,
};

pub(super) const WORKLOADS: &[Workload] = &[
    Workload::new("w4-encode", Target::Memcpy(1.05), || encoder(reply(Endian::NATIVE), (bytes(),))),
    Workload::new("w4-decode", Target::Instructions(850), || decode(reply(Endian::NATIVE))),
    Workload::new("w4-decode-delivered", Target::Measured, || {
        decode(delivered_reply(Endian::NATIVE))
    }),
];

fn decode(header: Header<'static>) -> Operation {
    decoder(header, (bytes(),), |message| {
        let (bytes,): (&[u8],) = message.body().unwrap();
        black_box(bytes);
    })
}

pub(super) fn sample() -> &'static [u8] {
    message(reply(Endian::NATIVE), (bytes(),))
}

/// 1 MiB.
pub fn bytes() -> Vec<u8> {
    // 251 is prime, so that no two rows of a cache line's length are alike.
    (0..=250).cycle().take(PAYLOAD_LEN).collect()
}
