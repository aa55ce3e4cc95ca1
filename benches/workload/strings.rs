//! W6: `as` of 10,000 strings of about 24 bytes.

use core::hint::black_box;

use barebus_wire::{Array, Endian};

use super::{Target, Workload, decoder, encoder, message, reply};

pub(super) const WORKLOADS: &[Workload] = &[
    Workload::new("w6-encode", Target::Instructions(1_280_000), || {
        encoder(reply(Endian::NATIVE), (strings(),))
    }),
    Workload::new("w6-decode", Target::Instructions(1_150_000), || {
        decoder(reply(Endian::NATIVE), (strings(),), |message| {
            let (strings,): (Array<&str>,) = message.body().unwrap();
            for string in strings {
                black_box(string.unwrap());
            }
        })
    }),
];

pub(super) fn sample() -> &'static [u8] {
    message(reply(Endian::NATIVE), (strings(),))
}

/// Strings of 21 to 27 bytes.
pub fn strings() -> Vec<String> {
    (0..10_000)
        .map(|index| format!("{index:08}-{}", &"systemd-units-here"[..12 + index % 7]))
        .collect()
}
