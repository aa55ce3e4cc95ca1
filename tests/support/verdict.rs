//! The verdict on bytes that should be one message, and the corresponding names of libdbus.

use barebus_wire::{DecodeErrorKind as Kind, Message, SignatureErrorKind as Sig, frame_len};

/// The verdict on bytes that should be one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A valid message, header and body.
    Valid,
    /// The start of a message.
    Incomplete,
    /// Not a message, whatever follows.
    Invalid(Kind),
}

/// Frames, parses and validates the message at the start of `bytes`. Later bytes are ignored.
pub fn judge(bytes: &[u8]) -> Verdict {
    let frame = match frame_len(bytes) {
        Err(error) => return Verdict::Invalid(error.kind),
        Ok(len) => len.and_then(|len| bytes.get(..len)),
    };
    let Some(frame) = frame else { return Verdict::Incomplete };
    match Message::parse(frame).and_then(|message| message.validate()) {
        Ok(()) => Verdict::Valid,
        Err(error) => Verdict::Invalid(error.kind),
    }
}

/// Our kinds for a rule of libdbus, by its name.
pub fn kinds_of(rule: &str) -> &'static [Kind] {
    let name = rule.strip_prefix("INVALID_").unwrap_or(rule);
    RULES.iter().find(|(rule, _)| *rule == name).map_or(&[], |(_, kinds)| kinds)
}

/// libdbus's names of rules, without the prefix `INVALID_`, with our kinds for each.
///
/// There are several kinds if libdbus has one name for two rules, and none if the bytes alone do not determine it.
pub const RULES: &[(&str, &[Kind])] = &[
    ("ALIGNMENT_PADDING_NOT_NUL", &[Kind::PaddingNotZero]),
    ("ARRAY_LENGTH_EXCEEDS_MAXIMUM", &[Kind::ArrayTooLong]),
    ("ARRAY_LENGTH_INCORRECT", &[Kind::ArrayLengthIncorrect]),
    ("BAD_BYTE_ORDER", &[Kind::UnknownByteOrder]),
    ("BAD_DESTINATION", &[Kind::BadDestination]),
    ("BAD_ERROR_NAME", &[Kind::BadErrorName]),
    ("BAD_INTERFACE", &[Kind::BadInterface]),
    ("BAD_MEMBER", &[Kind::BadMember]),
    ("BAD_MESSAGE_TYPE", &[Kind::MessageTypeZero]),
    ("BAD_PATH", &[Kind::BadPath]),
    ("BAD_PROTOCOL_VERSION", &[Kind::ProtocolVersion]),
    ("BAD_SENDER", &[Kind::BadSender]),
    // libdbus has one name for the serial and the reply serial.
    ("BAD_SERIAL", &[Kind::SerialZero, Kind::ReplySerialZero]),
    // libdbus has one name for text that is not UTF-8 and text that contains a NUL.
    ("BAD_UTF8_IN_STRING", &[Kind::NotUtf8, Kind::StringWithNul]),
    ("BOOLEAN_NOT_ZERO_OR_ONE", &[Kind::BadBoolean]),
    ("DICT_ENTRY_ENDED_BUT_NOT_STARTED", &[Kind::Signature(Sig::EntryNotStarted)]),
    ("DICT_ENTRY_HAS_NO_FIELDS", &[Kind::Signature(Sig::EntryEmpty)]),
    ("DICT_ENTRY_HAS_ONLY_ONE_FIELD", &[Kind::Signature(Sig::EntryOneField)]),
    ("DICT_ENTRY_HAS_TOO_MANY_FIELDS", &[Kind::Signature(Sig::EntryTooManyFields)]),
    ("DICT_ENTRY_NOT_INSIDE_ARRAY", &[Kind::Signature(Sig::EntryOutsideArray)]),
    ("DICT_ENTRY_STARTED_BUT_NOT_ENDED", &[Kind::Signature(Sig::EntryNotEnded)]),
    ("DICT_KEY_MUST_BE_BASIC_TYPE", &[Kind::Signature(Sig::EntryKeyNotBasic)]),
    ("EXCEEDED_MAXIMUM_ARRAY_RECURSION", &[Kind::Signature(Sig::ArrayTooDeep)]),
    // libdbus counts entries separately. Each is in an array, so the limit of arrays is reached first.
    ("EXCEEDED_MAXIMUM_DICT_ENTRY_RECURSION", &[Kind::Signature(Sig::ArrayTooDeep)]),
    ("EXCEEDED_MAXIMUM_STRUCT_RECURSION", &[Kind::Signature(Sig::StructTooDeep)]),
    ("HEADER_FIELD_APPEARS_TWICE", &[Kind::HeaderFieldTwice]),
    ("HEADER_FIELD_CODE", &[Kind::HeaderFieldZero]),
    ("HEADER_FIELD_HAS_WRONG_TYPE", &[Kind::HeaderFieldType]),
    ("INSANE_BODY_LENGTH", &[Kind::BodyTooLong]),
    ("INSANE_FIELDS_ARRAY_LENGTH", &[Kind::HeaderFieldsTooLong]),
    ("LENGTH_OUT_OF_BOUNDS", &[Kind::LengthOutOfBounds]),
    ("MESSAGE_TOO_LONG", &[Kind::MessageTooLong]),
    ("MISSING_ARRAY_ELEMENT_TYPE", &[Kind::Signature(Sig::MissingElementType)]),
    ("MISSING_ERROR_NAME", &[Kind::MissingErrorName]),
    ("MISSING_INTERFACE", &[Kind::MissingInterface]),
    ("MISSING_MEMBER", &[Kind::MissingMember]),
    ("MISSING_PATH", &[Kind::MissingPath]),
    ("MISSING_REPLY_SERIAL", &[Kind::MissingReplySerial]),
    // The receiver of the descriptors counts them.
    ("MISSING_UNIX_FDS", &[]),
    ("NESTED_TOO_DEEPLY", &[Kind::NestedTooDeeply]),
    ("NOT_ENOUGH_DATA", &[Kind::NotEnoughData]),
    ("SIGNATURE_LENGTH_OUT_OF_BOUNDS", &[Kind::SignatureOutOfBounds]),
    ("SIGNATURE_MISSING_NUL", &[Kind::SignatureMissingNul]),
    ("SIGNATURE_TOO_LONG", &[Kind::Signature(Sig::TooLong)]),
    ("STRING_MISSING_NUL", &[Kind::StringMissingNul]),
    ("STRUCT_ENDED_BUT_NOT_STARTED", &[Kind::Signature(Sig::StructNotStarted)]),
    ("STRUCT_HAS_NO_FIELDS", &[Kind::Signature(Sig::StructEmpty)]),
    ("STRUCT_STARTED_BUT_NOT_ENDED", &[Kind::Signature(Sig::StructNotEnded)]),
    ("TOO_MUCH_DATA", &[Kind::TooMuchData]),
    ("UNKNOWN_TYPECODE", &[Kind::Signature(Sig::UnknownTypeCode)]),
    ("USES_LOCAL_INTERFACE", &[Kind::LocalInterface]),
    ("USES_LOCAL_PATH", &[Kind::LocalPath]),
    ("VARIANT_SIGNATURE_BAD", &[Kind::VariantSignatureBad]),
    ("VARIANT_SIGNATURE_EMPTY", &[Kind::VariantSignatureEmpty]),
    ("VARIANT_SIGNATURE_LENGTH_OUT_OF_BOUNDS", &[Kind::VariantSignatureOutOfBounds]),
    ("VARIANT_SIGNATURE_MISSING_NUL", &[Kind::VariantSignatureMissingNul]),
    ("VARIANT_SIGNATURE_SPECIFIES_MULTIPLE_VALUES", &[Kind::VariantSignatureMultiple]),
];
