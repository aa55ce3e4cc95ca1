//! The column FLAGS, in busctl's words.

use barebus::definition::Emits;
use barebus_codegen::introspection::{Interface, Member, MemberKind, Node};

/// Flags of an interface. Its properties inherit how changes are reported.
pub(super) fn of_interface(interface: &Interface) -> String {
    let emits = interface.emits_by_default();
    words(&[
        (interface.is_deprecated(), "deprecated"),
        (emits == Emits::Const, "const"),
        (emits == Emits::Invalidates, "emits-invalidation"),
    ])
}

/// Flags of an object.
pub(super) fn of_node(node: &Node) -> String {
    words(&[(node.is_deprecated(), "deprecated")])
}

/// Flags of a member, from its annotations and its access.
pub(super) fn of_member(interface: &Interface, member: &Member) -> String {
    let is_property = member.kind == MemberKind::Property;
    let emits = if is_property { interface.emits(member) } else { Emits::Never };
    words(&[
        (member.is_deprecated(), "deprecated"),
        (member.is_without_reply(), "no-reply"),
        (emits == Emits::Const, "const"),
        (emits == Emits::Value, "emits-change"),
        (emits == Emits::Invalidates, "emits-invalidation"),
        (member.is_writable(), "writable"),
    ])
}

fn words(flags: &[(bool, &str)]) -> String {
    let words = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, word)| *word);
    let words = words.collect::<Vec<_>>().join(" ");
    if words.is_empty() { "-".to_owned() } else { words }
}
