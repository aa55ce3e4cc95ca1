//! Lengths of 4 GiB and of the limits, which machines of 32 bits must count right, too.

use barebus_tests::claims::CLAIMS;
use barebus_tests::memory;
use barebus_wire::{
    DecodeErrorKind as Kind, EncodeBody, EncodeError, Endian, Message, MessageBuf, MethodCall,
    PreparedCall, PreparedError, Serial, Signature, Writer, frame_len, limits,
};

#[test]
fn a_claimed_length_is_judged_at_once_and_takes_no_memory() {
    for claim in CLAIMS {
        for endian in [Endian::Little, Endian::Big] {
            let bytes = claim.fixed_header(endian);
            let (found, peak) = memory::peak(|| (frame_len(&bytes), Message::parse(&bytes)));
            let expected = match claim.refused {
                None => Ok(Some(claim.message_len())),
                Some(kind) => Err(kind),
            };
            assert_eq!(found.0.map_err(|error| error.kind), expected, "{claim:?}");
            let refused = claim.refused.unwrap_or(Kind::Incomplete);
            assert_eq!(found.1.unwrap_err().kind, refused, "{claim:?}");
            assert_eq!(peak, 0, "{claim:?}");
        }
    }
}

/// `count` times the same array of bytes, then a variant that holds a struct: on 32 bits alignment follows where the position has stopped
/// counting.
struct Repeated<'a> {
    part: &'a [u8],
    count: usize,
    signature: String,
}

impl<'a> Repeated<'a> {
    fn new(part: &'a [u8], count: usize) -> Self {
        Self { part, count, signature: format!("{}av", "ay".repeat(count)) }
    }
}

impl EncodeBody for Repeated<'_> {
    fn signature(&self) -> Signature<'_> {
        Signature::parse(&self.signature).unwrap()
    }

    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        for _ in 0..self.count {
            let array = writer.start_array(1)?;
            writer.put_bytes(self.part);
            writer.end_array(array)?;
        }
        let array = writer.start_array(1)?;
        writer.enter_variant(Signature::from_static("(y)"))?;
        writer.enter_struct()?;
        writer.put_u8(7);
        writer.leave();
        writer.leave();
        writer.end_array(array)
    }
}

const CALL: MethodCall<'static> = MethodCall::from_static("a.b", "/", "a.b", "M");

#[test]
fn what_has_more_than_4_gib_is_too_long_for_a_message() {
    let part = vec![0; limits::ARRAY_LEN as usize];
    let header = CALL.header(Serial::FIRST);
    for count in [2, 31, 32, 63, 64, 65, 120] {
        let body = Repeated::new(&part, count);
        let (refused, peak) = memory::peak(|| header.encode(&mut [], &body));
        assert_eq!((refused, peak), (Err(EncodeError::MessageTooLong), 0), "{count}");
        let mut buffer = MessageBuf::new();
        assert_eq!(buffer.push(&header, &body), Err(EncodeError::MessageTooLong), "{count}");
        let call = PreparedCall::new(&CALL, body.signature()).unwrap();
        let refused = buffer.push_prepared(&call, Serial::FIRST, &body);
        assert_eq!(refused, Err(PreparedError::Encode(EncodeError::MessageTooLong)), "{count}");
        assert!(buffer.is_empty());
    }
}

/// A writer that only counts gets to the end of the address space; here it begins there.
#[cfg(target_pointer_width = "32")]
#[test]
fn an_array_behind_the_end_of_the_address_space_belongs_to_a_message_that_is_too_long() {
    let body = Repeated::new(&[], 0);
    for behind in 0..16 {
        let mut writer = Writer::new(&mut [], Endian::Little).at(usize::MAX - behind);
        let refused = body.encode_body(&mut writer).and_then(|()| writer.finish());
        assert_eq!(refused, Err(EncodeError::MessageTooLong), "{behind}");
    }
}
