//! Headers that claim a length: the limits, one more, and numbers of which a sum of 32 bits is small.

use barebus_wire::{DecodeErrorKind as Kind, Endian, limits};

use crate::model::put_u32;

/// The lengths that a message's first 16 bytes claim.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Length of the array of header fields.
    pub fields: u32,
    /// Length of the body.
    pub body: u32,
    /// Why such a message is refused; `None`: the rest of it is waited for.
    pub refused: Option<Kind>,
}

const FIXED: u32 = 16;
const MESSAGE: u32 = limits::MESSAGE_LEN;
const FIELDS: u32 = limits::ARRAY_LEN;

/// What is judged when no more than 16 bytes have come.
pub const CLAIMS: &[Claim] = &[
    valid(0, MESSAGE - FIXED),
    refused(0, MESSAGE - FIXED + 1, Kind::MessageTooLong),
    refused(0, MESSAGE, Kind::MessageTooLong),
    refused(0, MESSAGE + 1, Kind::BodyTooLong),
    // Fields are padded to a multiple of 8.
    valid(9, MESSAGE - FIXED - 16),
    refused(9, MESSAGE - FIXED - 15, Kind::MessageTooLong),
    valid(FIELDS, 0),
    valid(FIELDS, MESSAGE - FIELDS - FIXED),
    refused(FIELDS, MESSAGE - FIELDS - FIXED + 1, Kind::MessageTooLong),
    refused(FIELDS + 1, 0, Kind::HeaderFieldsTooLong),
    refused(MESSAGE, 0, Kind::MessageTooLong),
    refused(MESSAGE + 1, 0, Kind::HeaderFieldsTooLong),
    refused(0, 1 << 31, Kind::BodyTooLong),
    refused(1 << 31, 0, Kind::HeaderFieldsTooLong),
    refused(1 << 31, 1 << 31, Kind::HeaderFieldsTooLong),
    refused(0, u32::MAX, Kind::BodyTooLong),
    refused(u32::MAX, 0, Kind::HeaderFieldsTooLong),
    refused(u32::MAX, u32::MAX, Kind::HeaderFieldsTooLong),
    // In 32 bits each of these messages would have 0 bytes, or just the first 16.
    refused(0, u32::MAX - FIXED + 1, Kind::BodyTooLong),
    refused(u32::MAX - FIXED + 1, 0, Kind::HeaderFieldsTooLong),
    refused(u32::MAX - 6, 0, Kind::HeaderFieldsTooLong),
    refused(FIELDS, u32::MAX - FIELDS - FIXED + 1, Kind::BodyTooLong),
    refused(FIELDS, u32::MAX - FIELDS + 1, Kind::BodyTooLong),
];

const fn valid(fields: u32, body: u32) -> Claim {
    Claim { fields, body, refused: None }
}

const fn refused(fields: u32, body: u32, kind: Kind) -> Claim {
    Claim { fields, body, refused: Some(kind) }
}

impl Claim {
    /// The first 16 bytes of a METHOD_CALL.
    pub fn fixed_header(self, endian: Endian) -> Vec<u8> {
        let mut bytes = vec![endian.mark(), 1, 0, 1];
        for number in [self.body, 1, self.fields] {
            put_u32(&mut bytes, endian, number);
        }
        bytes
    }

    /// Length of the whole message in bytes, if it is valid.
    pub fn message_len(self) -> usize {
        let len = u64::from(FIXED) + u64::from(self.fields);
        usize::try_from(len.next_multiple_of(8) + u64::from(self.body)).expect("a valid length")
    }
}
