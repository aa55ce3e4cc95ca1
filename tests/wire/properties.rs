//! The properties, for generated values and bytes.

use barebus_tests::generators::{self, any_body, any_message, any_signature};
use barebus_tests::properties;
use barebus_tests::sample::sample_size;
use barebus_wire::{EncodeBody, Endian};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: sample_size("a property of messages", 512), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages_survive_marshalling_in_both_byte_orders(parts in any_message()) {
        properties::round_trip_of(&parts);
    }

    #[test]
    fn messages_with_one_byte_changed_never_make_paths_disagree(
        parts in any_message(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = generators::encode(&parts);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        properties::message(&bytes);
    }

    #[test]
    fn messages_cut_short_and_joined_never_make_paths_disagree(
        parts in any_message(),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let mut bytes = generators::encode(&parts);
        let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
        bytes.drain(from.min(to)..from.max(to));
        properties::message(&bytes);
    }

    #[test]
    fn messages_survive_being_text(parts in any_message()) {
        properties::text(&generators::encode(&parts));
    }

    #[test]
    fn messages_with_one_byte_changed_are_text_or_refused(
        parts in any_message(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = generators::encode(&parts);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        properties::text(&bytes);
        properties::capture(&bytes);
    }

    #[test]
    fn header_fields_are_what_a_cursor_sees(bytes in any::<Vec<u8>>()) {
        properties::header(&bytes);
    }

    #[test]
    fn signatures_follow_the_naive_grammar(text in any_signature(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        properties::signature(text.as_bytes());
        let mut bytes = text.into_bytes();
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            properties::signature(&bytes);
        }
    }

    #[test]
    fn short_signatures_follow_the_naive_grammar(text in "[yvsa(){}]{0,12}") {
        properties::signature(text.as_bytes());
    }

    #[test]
    fn values_are_walked_skipped_and_marshalled_alike(body in any_body(), big in any::<bool>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let endian = if big { Endian::Big } else { Endian::Little };
        let text = body.signature();
        let mut bytes = vec![u8::try_from(text.len()).unwrap()];
        bytes.extend(text.as_str().bytes());
        bytes.push(u8::from(big));
        bytes.extend(body.marshal(endian));
        properties::dynamic(&bytes);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        properties::dynamic(&bytes);
    }

    #[test]
    fn typed_and_dynamic_reading_agree(body in any_body(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = body.marshal(Endian::Little);
        properties::typed(&bytes);
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            properties::typed(&bytes);
        }
    }

    #[test]
    fn words_are_arguments_or_refused(
        types in any_signature(),
        words in prop::collection::vec("[ -~]{0,12}|[0-9]{1,3}|'[a-z]*'|\\[\\]|\\{\\}", 0..5),
    ) {
        let lines: Vec<String> = std::iter::once(types).chain(words).collect();
        properties::arguments(lines.join("\n").as_bytes());
    }

    #[test]
    fn introspection_data_is_read_or_refused(
        pieces in prop::collection::vec(
            prop::sample::select(&[
                "<node>", "<node/>", "</node>", "<interface name=\"a.b\">", "</interface>", "<method name=\"M\">", "</method>",
                "<arg type=\"s\"/>", "<arg type=\"u\" direction=\"out\"/>", "<property name=\"P\" type=\"s\" access=\"read\"/>",
                "<signal name=\"S\"/>", "<annotation name=\"k\" value=\"v\"/>", "<!-- x -->", "&amp;", "text", "<x:y/>",
            ][..]),
            0..24,
        ),
    ) {
        properties::introspection(format!("<node>{}</node>", pieces.concat()).as_bytes());
    }
}
