//! UNIX_FD: an index below the number of descriptors of the message, at any position and in any way of reading.

use std::collections::BTreeMap;

use barebus_tests::model::Model;
use barebus_wire::{
    Array, AsVariant, BodyError, DecodeBody, DecodeErrorKind as Kind, Dict, EncodeBody, Endian,
    Entries, FdIndex, Header, HeaderCache, Layout, LayoutError, Message, MessageBuf, MessageType,
    OwnedBody, OwnedValue, Serial, Value, Variant,
};

/// A message with UNIX_FDS, unless `count` is 0, and `body`.
fn message(endian: Endian, count: u32, body: &impl EncodeBody) -> Vec<u8> {
    let mut header = Header::new(MessageType::Unknown(9), Serial::FIRST);
    header.endian = endian;
    header.unix_fds = count;
    let mut buf = MessageBuf::new();
    buf.push(&header, body).unwrap();
    buf.as_slice().to_vec()
}

/// Checks that the index in `body`, which is `index`, is refused in every way of reading, and accepted with one more descriptor.
#[track_caller]
fn refuses<B: EncodeBody>(
    index: u32,
    body: B,
    typed: impl Fn(&Message<'_>) -> Result<(), BodyError>,
) {
    for endian in [Endian::Little, Endian::Big] {
        let (few, enough) = (message(endian, index, &body), message(endian, index + 1, &body));
        let few = Message::parse(&few).unwrap().received();
        let enough = Message::parse(&enough).unwrap().received();
        let layout = Layout::new(body.signature());

        assert_eq!((enough.validate(), layout.validate(&enough)), (Ok(()), Ok(())));
        assert_eq!(typed(&enough), Ok(()));
        assert!(Model::read_all(&mut enough.cursor()).is_ok());
        assert!(OwnedBody::try_from(&enough).is_ok());

        let error = few.validate().unwrap_err();
        assert_eq!(error.kind, Kind::FdIndexOutOfBounds);
        let told = BodyError::FdIndex { index, count: index, error };
        assert_eq!(few.explain(error), told);
        assert_eq!(
            told.to_string(),
            format!(
                "descriptor {index} at byte {} is missing: {index} came with the message",
                error.at
            )
        );
        assert_eq!(typed(&few), Err(told));
        assert_eq!(layout.validate(&few), Err(LayoutError::Decode(error)));
        assert_eq!(Model::read_all(&mut few.cursor()), Err(error));
        assert_eq!(few.cursor().skip_all(), Err(error));
        let kept = OwnedBody::try_from(&few).unwrap_err();
        assert_eq!(kept.kind, Kind::FdIndexOutOfBounds);
    }
}

fn typed<T: for<'a> DecodeBody<'a>>(message: &Message<'_>) -> Result<(), BodyError> {
    message.body::<T>().map(drop)
}

#[test]
fn an_index_of_a_descriptor_that_did_not_come_is_refused_wherever_it_stands() {
    refuses(2, (FdIndex(2),), typed::<(FdIndex,)>);
    refuses(0, (FdIndex(0),), typed::<(FdIndex,)>);
    refuses(1, (&[FdIndex(0), FdIndex(1)][..],), typed::<(Vec<FdIndex>,)>);
    refuses(3, ("a", (FdIndex(3), 1_u8)), |message| {
        message.body::<(&str, (FdIndex, u8))>().map(drop)
    });
    refuses(1, (AsVariant(FdIndex(1)),), typed::<(AsVariant<FdIndex>,)>);
    refuses(1, (AsVariant(FdIndex(1)),), typed::<(OwnedValue,)>);
    refuses(1, (AsVariant(FdIndex(1)),), |message| message.body::<(Value<'_>,)>().map(drop));
    refuses(1, (AsVariant(FdIndex(1)),), |message| message.body::<(Variant<'_>,)>().map(drop));
    refuses(1, (AsVariant(&[FdIndex(1)][..]),), typed::<(OwnedValue,)>);
    refuses(1, (AsVariant(&[FdIndex(1)][..]),), |message| message.body::<(Value<'_>,)>().map(drop));
    refuses(1, (AsVariant(&[(1_u8, FdIndex(1))][..]),), |message| {
        message.body::<(Variant<'_>,)>().map(drop)
    });
    let entries = [("k", AsVariant(FdIndex(1)))];
    refuses(1, (Entries(&entries),), typed::<(BTreeMap<String, OwnedValue>,)>);
    refuses(1, (Entries(&entries),), |message| {
        let (mut dict,): (Dict<'_, &str, Value<'_>>,) = message.body()?;
        dict.try_for_each(|entry| entry.map(drop)).map_err(|error| dict.explain(error))
    });
    refuses(1, (&[FdIndex(0), FdIndex(1)][..],), |message| {
        let (mut array,): (Array<'_, FdIndex>,) = message.body()?;
        array.try_for_each(|index| index.map(drop)).map_err(|error| array.explain(error))
    });
}

#[test]
fn descriptors_that_the_body_does_not_name_are_taken() {
    let bytes = message(Endian::Little, 3, &("text", FdIndex(1)));
    let message = Message::parse(&bytes).unwrap().received();
    assert_eq!(message.validate(), Ok(()));
    assert_eq!(message.body::<(&str, FdIndex)>(), Ok(("text", FdIndex(1))));
}

/// Without UNIX_FDS the number of descriptors is unknown, for example for a message from a file.
#[test]
fn without_the_field_an_index_is_compared_only_where_the_message_was_received() {
    let bytes = message(Endian::Little, 0, &(FdIndex(7),));
    let parsed = Message::parse(&bytes).unwrap();
    assert_eq!((parsed.validate(), parsed.body()), (Ok(()), Ok((FdIndex(7),))));
    let kinds = |result: Result<(FdIndex,), BodyError>| result.unwrap_err().decode_error().unwrap();
    assert_eq!(kinds(parsed.received().body()).kind, Kind::FdIndexOutOfBounds);
    let mut known = HeaderCache::default();
    for _ in 0..2 {
        assert_eq!(kinds(known.parse(&bytes).unwrap().body()).kind, Kind::FdIndexOutOfBounds);
    }
    assert_eq!(
        kinds(known.parse_without_update(&bytes).unwrap().body()).kind,
        Kind::FdIndexOutOfBounds
    );
}
