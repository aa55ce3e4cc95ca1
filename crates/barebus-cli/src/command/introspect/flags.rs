//! The column FLAGS, in busctl's words.

use barebus::definition::Emits;
use barebus_codegen::introspection::{Interface, Member, MemberKind};

/// Flags of an object or an interface.
pub(super) fn deprecated(is_deprecated: bool) -> String {
    words(&[(is_deprecated, "deprecated")])
}

/// Flags of a member, from its annotations and its access.
pub(super) fn of_member(interface: &Interface, member: &Member) -> String {
    let is_property = member.kind == MemberKind::Property;
    let emits = if is_property { interface.emits(member) } else { Emits::Never };
    words(&[
        (member.is_deprecated(), "deprecated"),
        (member.is_without_reply(), "no-reply"),
        (emits == Emits::Const, "const"),
        (emits == Emits::Invalidates, "emits-invalidation"),
        (emits == Emits::Value, "emits-change"),
        (member.is_writable(), "writable"),
    ])
}

fn words(flags: &[(bool, &str)]) -> String {
    let words = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, word)| *word);
    let words = words.collect::<Vec<_>>().join(" ");
    if words.is_empty() { "-".to_owned() } else { words }
}
