//! Messages whose long byte arrays are written from where they are, not copied: for writev(2), sendmsg(2) and the like.

use crate::body::EncodeBody;
use crate::error::EncodeError;
use crate::header::Header;

pub use crate::holes::{GATHERED_LEN, Gather, Holes, MOST_HOLES};

/// A message in pieces.
#[derive(Clone, Debug)]
pub struct Pieces<'p> {
    bytes: &'p [u8],
    holes: &'p Holes<'p>,
    /// The next hole, and whether its own bytes are next or those before it.
    hole: usize,
    is_in_hole: bool,
    /// Offset in `bytes` of what was not yet given.
    given: usize,
}

impl<'p> Iterator for Pieces<'p> {
    type Item = &'p [u8];

    fn next(&mut self) -> Option<&'p [u8]> {
        if self.hole >= self.holes.places.used {
            let piece = self.bytes.get(self.given..).unwrap_or_default();
            self.given = self.bytes.len();
            return Some(piece).filter(|piece| !piece.is_empty());
        }
        if self.is_in_hole {
            self.is_in_hole = false;
            self.hole += 1;
            return self.holes.bytes.get(self.hole - 1).copied();
        }
        // Something is always before a hole: its array's length at least, or the rest of the array before.
        let at = self.holes.places.places.get(self.hole)?.0;
        let piece = self.bytes.get(self.given..at)?;
        self.given = at;
        self.is_in_hole = true;
        Some(piece)
    }
}

impl Header<'_> {
    /// Marshals a whole message as [`encode`](Header::encode) does, but for arrays of [`GATHERED_LEN`] bytes and more: they are
    /// left where they are. Gives the message in pieces, to be written one behind the other.
    ///
    /// # Errors
    /// As [`encode`](Header::encode); `BufferTooSmall` speaks of the bytes without those that are left out.
    pub fn encode_gathered<'p, B: EncodeBody + ?Sized>(
        &self,
        buf: &'p mut [u8],
        body: &'p B,
        holes: &'p mut Holes<'p>,
    ) -> Result<Pieces<'p>, EncodeError> {
        holes.places.used = 0;
        let mut len = self.encode_around(buf, body, Some(&mut holes.places))?;
        let mut gather = Gather::new(holes);
        body.gather(&mut gather);
        let (holes, is_complete) = gather.finish();
        if !is_complete {
            // A type that marshals long arrays and does not tell where they are: they are copied.
            holes.places.used = 0;
            len = self.encode_around(buf, body, None)?;
        }
        let bytes = buf.get(..len).unwrap_or_default();
        Ok(Pieces { bytes, holes, hole: 0, is_in_hole: false, given: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BusName, Encode, EncodeBody, MessageType, Serial, Type};
    use alloc::vec;
    use alloc::vec::Vec;

    fn header() -> Header<'static> {
        let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
        header.reply_serial = Some(Serial::FIRST);
        header.destination = Some(BusName::from_static(":1.1"));
        header
    }

    /// The pieces are the message; gives how many there are.
    #[track_caller]
    fn pieces_of<B: EncodeBody>(body: &B) -> usize {
        let mut whole = vec![0; 1 << 20];
        let len = header().encode(&mut whole, body).unwrap();
        let mut buf = vec![0xaa; 1 << 20];
        let mut holes = Holes::new();
        let pieces: Vec<&[u8]> =
            header().encode_gathered(&mut buf, body, &mut holes).unwrap().collect();
        assert!(pieces.iter().all(|piece| !piece.is_empty()));
        assert!(pieces.concat() == whole[..len], "{}", body.signature());
        pieces.len()
    }

    #[test]
    fn pieces_are_the_message_whatever_stands_around_the_arrays() {
        for extra in 0..9 {
            let bytes: Vec<u8> = (0_u8..=255).cycle().take(GATHERED_LEN + extra).collect();
            assert!(pieces_of(&(&*bytes,)) >= 2);
            assert_eq!(pieces_of(&(&*bytes, "behind", 7_u64)), 3);
            assert_eq!(pieces_of(&(1_u8, &[&*bytes, b"short", &*bytes][..], 7_u64)), 5);
            let many = [&*bytes; MOST_HOLES + 2];
            assert_eq!(pieces_of(&(1_u8, &many[..], 7_u64)), 2 * MOST_HOLES + 1);
            assert_eq!(pieces_of(&(1_u8, (2_u16, crate::AsVariant(&*bytes)), 7_u64)), 3);
        }
        assert_eq!(pieces_of(&(&b"short"[..],)), 1);
    }

    #[test]
    fn a_type_that_does_not_tell_where_its_bytes_are_is_copied() {
        struct Secret(Vec<u8>);
        impl Type for Secret {
            const TEXT: crate::SignatureText = <[u8] as Type>::TEXT;
        }
        impl Encode for Secret {
            fn encode(&self, writer: &mut crate::Writer<'_>) -> Result<(), EncodeError> {
                self.0.as_slice().encode(writer)
            }
        }
        assert_eq!(pieces_of(&(Secret(vec![7; 2 * GATHERED_LEN]), 1_u8)), 1);
    }

    #[test]
    fn arrays_that_are_too_long_are_refused_all_the_same() {
        let bytes = vec![0_u8; (1 << 26) + 1];
        let mut holes = Holes::new();
        let error = header().encode_gathered(&mut [0; 4096], &(&*bytes,), &mut holes).unwrap_err();
        assert_eq!(error, EncodeError::ArrayTooLong);
    }
}
