//! W5: `at` and `ad` of 131,072 elements, in the machine's byte order and in the other.

use core::hint::black_box;

use barebus_wire::{Endian, Number, Numbers};

use super::{FOREIGN, Operation, PAYLOAD_LEN, Target, Workload, decoder, encoder, message, reply};

pub(super) const WORKLOADS: &[Workload] = &[
    Workload::new("w5-encode-at", Target::Memcpy(1.10), || encode(integers(), Endian::NATIVE)),
    Workload::new("w5-encode-ad", Target::Memcpy(1.10), || encode(doubles(), Endian::NATIVE)),
    Workload::new("w5-encode-at-foreign", Target::Memcpy(2.6), || encode(integers(), FOREIGN)),
    Workload::new("w5-encode-ad-foreign", Target::Memcpy(2.6), || encode(doubles(), FOREIGN)),
    Workload::new("w5-view-at", Target::Instructions(890), || view(integers(), Endian::NATIVE)),
    Workload::new("w5-view-ad", Target::Instructions(890), || view(doubles(), Endian::NATIVE)),
    Workload::new("w5-view-at-foreign", Target::Instructions(890), || view(integers(), FOREIGN)),
    Workload::new("w5-copy-at", Target::Memcpy(1.15), || copy(integers(), Endian::NATIVE)),
    Workload::new("w5-copy-ad", Target::Memcpy(1.15), || copy(doubles(), Endian::NATIVE)),
    Workload::new("w5-copy-at-foreign", Target::Memcpy(2.6), || copy(integers(), FOREIGN)),
    Workload::new("w5-copy-ad-foreign", Target::Memcpy(2.6), || copy(doubles(), FOREIGN)),
];

const COUNT: u64 = PAYLOAD_LEN as u64 / 8;

pub(super) fn sample(endian: Endian) -> &'static [u8] {
    message(reply(endian), (integers(),))
}

/// 1 MiB of numbers.
pub fn integers() -> Vec<u64> {
    (0..COUNT).map(|index| index.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect()
}

fn doubles() -> Vec<f64> {
    (0..COUNT).map(|index| index as f64 / 7.0).collect()
}

fn encode<T: Number + 'static>(numbers: Vec<T>, endian: Endian) -> Operation {
    encoder(reply(endian), (numbers,))
}

/// A view of the numbers where they lie.
fn view<T: Number + 'static>(numbers: Vec<T>, endian: Endian) -> Operation {
    decoder(reply(endian), (numbers,), |message| {
        let (numbers,): (Numbers<T>,) = message.body().unwrap();
        black_box(numbers);
    })
}

/// The numbers in a vector that is used again.
fn copy<T: Number + 'static>(numbers: Vec<T>, endian: Endian) -> Operation {
    let mut place = numbers.clone();
    decoder(reply(endian), (numbers,), move |message| {
        let (numbers,): (Numbers<T>,) = message.body().unwrap();
        assert_eq!(numbers.copy_to(&mut place), place.len());
        black_box(&place);
    })
}
