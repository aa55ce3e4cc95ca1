//! Signatures that break a rule: of SIGNATURE values and of variants.

use barebus_wire::{DecodeErrorKind as Kind, SignatureErrorKind as Sig, limits};

use super::Beyond;
use crate::marshal::Marshaller;
use crate::signature::{basic_type, signature as random_signature};
use crate::source::Source;
use crate::value::Value;

/// A SIGNATURE.
pub(crate) fn signature(marshaller: &mut Marshaller, text: &str) {
    let at = marshaller.at();
    let mut text = text.to_owned();
    if let Some(Kind::Signature(rule)) = marshaller.fault.rule() {
        if marshaller.fault.breaks(Kind::Signature(rule), at) {
            let (wrong, offset) = bad_signature(marshaller.fault.choices(), rule);
            text = wrong;
            marshaller.fault.at(at + 1 + offset);
        }
    }
    let rules = (Kind::SignatureOutOfBounds, Kind::SignatureMissingNul);
    put(marshaller, &text, Some(rules));
}

/// The signature of a variant that holds `value`. Says whether the value is to follow.
pub(crate) fn start_variant(marshaller: &mut Marshaller, single: &str, value: &Value) -> bool {
    let at = marshaller.at();
    let fault = &mut marshaller.fault;
    if fault.breaks(Kind::VariantSignatureEmpty, at) {
        fault.at(at);
        marshaller.bytes(&[0, 0]);
        return false;
    }
    // At the type's end another one follows.
    if single.len() < limits::SIGNATURE_LEN && fault.breaks(Kind::VariantSignatureMultiple, at) {
        fault.at(at + 1);
        let byte = fault.choices().byte();
        let text = format!("{single}y");
        put(marshaller, &text, None);
        marshaller.value(value);
        marshaller.bytes(&[byte]);
        return false;
    }
    if fault.breaks(Kind::VariantSignatureBad, at) {
        let rule = RULES.get(fault.below(RULES.len())).copied().unwrap_or(Sig::UnknownTypeCode);
        let (text, offset) = bad_signature(fault.choices(), rule);
        fault.at(at + 1 + offset);
        put(marshaller, &text, None);
        marshaller.value(value);
        return false;
    }
    let rules = (Kind::VariantSignatureOutOfBounds, Kind::VariantSignatureMissingNul);
    put(marshaller, single, Some(rules));
    true
}

/// Length, text and NUL. `rules` are those of a length that is too large and of a NUL that is missing.
fn put(marshaller: &mut Marshaller, text: &str, rules: Option<(Kind, Kind)>) {
    let breaks = |marshaller: &mut Marshaller, rule: Option<Kind>| {
        let at = marshaller.at();
        rule.is_some_and(|rule| marshaller.fault.breaks(rule, at))
    };
    if breaks(marshaller, rules.map(|rules| rules.0)) {
        let at = marshaller.at();
        marshaller.fault.beyond(Beyond { at, width: 1, most: u8::MAX.into() });
    }
    marshaller.byte(u8::try_from(text.len()).unwrap_or(u8::MAX));
    marshaller.bytes(text.as_bytes());
    let mut end = 0;
    if breaks(marshaller, rules.map(|rules| rules.1)) {
        let at = marshaller.at();
        marshaller.fault.at(at);
        end = marshaller.fault.not_zero();
    }
    marshaller.bytes(&[end]);
}

/// The rules of signatures that a message can break. A length of one byte cannot tell of more than 255 bytes, so `TooLong` is none of them.
pub(crate) const RULES: [Sig; 14] = [
    Sig::UnknownTypeCode,
    Sig::MissingElementType,
    Sig::ArrayTooDeep,
    Sig::StructTooDeep,
    Sig::StructNotStarted,
    Sig::StructNotEnded,
    Sig::StructEmpty,
    Sig::EntryNotStarted,
    Sig::EntryNotEnded,
    Sig::EntryOutsideArray,
    Sig::EntryEmpty,
    Sig::EntryOneField,
    Sig::EntryTooManyFields,
    Sig::EntryKeyNotBasic,
];

/// A signature that breaks `rule`, of at most 255 bytes, and the offset of what breaks it.
fn bad_signature(source: &mut Source<'_>, rule: Sig) -> (String, usize) {
    /// No letter of ASCII that is a type code.
    const UNKNOWN: &[u8] = b"remczjklpw*?@&^0 \x7fAS-";
    let key = basic_type(source);
    let value = basic_type(source);
    // The wrong part, the offset in it, and whether it ends the signature.
    let (wrong, offset, is_last) = match rule {
        Sig::MissingElementType => match source.below(3) {
            0 => ("a".into(), 1, true),
            1 => (format!("({value}a)"), 3, false),
            _ => ("aa".into(), 2, true),
        },
        Sig::ArrayTooDeep => (format!("{}y", "a".repeat(33)), 32, false),
        Sig::StructTooDeep => (format!("{}y{}", "(".repeat(33), ")".repeat(33)), 32, false),
        Sig::StructNotStarted => (")".into(), 0, false),
        Sig::StructNotEnded => (format!("({value}"), 2, true),
        Sig::StructEmpty => ("()".into(), 1, false),
        Sig::EntryNotStarted => match source.below(2) {
            0 => ("}".into(), 0, false),
            _ => (format!("({value}}}"), 2, false),
        },
        Sig::EntryNotEnded => (format!("a{{{key}{value}"), 4, true),
        Sig::EntryOutsideArray => match source.below(2) {
            0 => (format!("{{{key}{value}}}"), 0, false),
            _ => (format!("({{{key}{value}}})"), 1, false),
        },
        Sig::EntryEmpty => ("a{}".into(), 2, false),
        Sig::EntryOneField => (format!("a{{{key}}}"), 3, false),
        Sig::EntryTooManyFields => (format!("a{{{key}{value}{value}}}"), 4, false),
        Sig::EntryKeyNotBasic => {
            let key = ["v", "(y)", "as"].get(source.below(3)).copied().unwrap_or("v");
            (format!("a{{{key}{value}}}"), 2, false)
        }
        _ => {
            let code = source.pick(UNKNOWN).copied().unwrap_or(b'z');
            (char::from(code).to_string(), 0, false)
        }
    };
    let mut before = random_signature(source);
    let mut after = if is_last { String::new() } else { random_signature(source) };
    if wrong.len() + before.len() > limits::SIGNATURE_LEN {
        before.clear();
    }
    if wrong.len() + before.len() + after.len() > limits::SIGNATURE_LEN {
        after.clear();
    }
    let offset = before.len() + offset;
    (before + &wrong + &after, offset)
}
