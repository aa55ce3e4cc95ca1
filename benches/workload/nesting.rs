//! W7: 16 arrays within one another, and 32 variants.

use core::hint::black_box;

use barebus_wire::{Array, AsVariant, Decode, Endian, Value, Variant};

use super::{Target, Workload, decoder, encoder, message, reply};

pub(super) const WORKLOADS: &[Workload] = &[
    Workload::new("w7-encode-arrays", Target::Instructions(1_700), || {
        encoder(reply(Endian::NATIVE), (ARRAYS,))
    }),
    Workload::new("w7-decode-arrays", Target::Instructions(2_700), || {
        decoder(reply(Endian::NATIVE), (ARRAYS,), |message| {
            let (arrays,): (LazyArrays,) = message.body().unwrap();
            arrays.walk();
        })
    }),
    Workload::new("w7-encode-variants", Target::Instructions(1_200), || {
        encoder(reply(Endian::NATIVE), (VARIANTS,))
    }),
    Workload::new("w7-decode-variants", Target::Instructions(1_670), || {
        decoder(reply(Endian::NATIVE), (VARIANTS,), |message| {
            let (variant,): (Variant,) = message.body().unwrap();
            black_box(variant);
        })
    }),
    Workload::new("w7-decode-variants-typed", Target::Instructions(1_670), || {
        decoder(reply(Endian::NATIVE), (VARIANTS,), |message| {
            let (variants,): (Variants,) = message.body().unwrap();
            black_box(variants);
        })
    }),
    Workload::new("w7-decode-variants-walked", Target::Instructions(4_000), || {
        decoder(reply(Endian::NATIVE), (VARIANTS,), |message| {
            let (mut value,): (Value,) = message.body().unwrap();
            while let Value::Variant(inner) = &value {
                value = inner.value().unwrap();
            }
            black_box(value);
        })
    }),
];

/// `inner`, wrapped by `wrap` as often as there are marks.
macro_rules! nested {
    (array $inner:expr;) => { $inner };
    (array $inner:expr; + $($more:tt)*) => { nested!(array [$inner]; $($more)*) };
    (boxed $inner:expr;) => { $inner };
    (boxed $inner:expr; + $($more:tt)*) => { nested!(boxed AsVariant($inner); $($more)*) };
    (array type $inner:ty;) => { $inner };
    (array type $inner:ty; + $($more:tt)*) => { nested!(array type [$inner; 1]; $($more)*) };
    (lazy type $inner:ty;) => { $inner };
    (lazy type $inner:ty; + $($more:tt)*) => { nested!(lazy type Array<'static, $inner>; $($more)*) };
    (boxed type $inner:ty;) => { $inner };
    (boxed type $inner:ty; + $($more:tt)*) => { nested!(boxed type AsVariant<$inner>; $($more)*) };
}

const ARRAYS: nested!(array type u32; ++++++++++++++++) = nested!(array 7; ++++++++++++++++);
type LazyArrays = nested!(lazy type u32; ++++++++++++++++);

type Variants = nested!(boxed type u32; ++++++++++++++++++++++++++++++++);
const VARIANTS: Variants = nested!(boxed 7; ++++++++++++++++++++++++++++++++);

pub(super) fn sample_of_arrays() -> &'static [u8] {
    message(reply(Endian::NATIVE), (ARRAYS,))
}

pub(super) fn sample_of_variants() -> &'static [u8] {
    message(reply(Endian::NATIVE), (VARIANTS,))
}

/// Reaches the innermost value.
trait Walk {
    fn walk(self);
}

impl Walk for u32 {
    fn walk(self) {
        black_box(self);
    }
}

impl<'a, T: Decode<'a> + Walk> Walk for Array<'a, T> {
    fn walk(self) {
        for element in self {
            element.unwrap().walk();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barebus_wire::Type;

    #[test]
    fn arrays_are_16_deep_and_variants_32() {
        assert_eq!(<LazyArrays as Type>::SIGNATURE, "aaaaaaaaaaaaaaaau");
        let bytes = message(reply(Endian::NATIVE), (VARIANTS,));
        let marks = bytes.windows(3).filter(|window| window == b"\x01v\0").count();
        // One is the body's signature, one each variant's but the innermost's, which is `u`.
        assert_eq!(marks, 1 + 31);
    }
}
