//! Values as trees with a naive marshaller, from `barebus-gen`: it shares no code with `barebus-wire`, so that the two agree only where both are
//! right.

pub use barebus_gen::{Body, Value as Model};
use barebus_wire::Endian;

/// Zeros up to the next multiple of `alignment`.
pub fn pad(out: &mut Vec<u8>, alignment: usize) {
    while out.len() % alignment != 0 {
        out.push(0);
    }
}

/// A UINT32, aligned.
pub fn put_u32(out: &mut Vec<u8>, endian: Endian, value: u32) {
    Model::Uint32(value).marshal(out, endian);
}

/// A SIGNATURE.
pub fn put_signature(out: &mut Vec<u8>, text: &str) {
    Model::Signature(text.into()).marshal(out, Endian::Little);
}
