//! Serials, flags, and what headers show.

extern crate std;
use super::*;
use std::format;
use std::string::ToString;

#[test]
fn a_serial_is_shown_as_its_number() {
    assert_eq!(Serial::new(70_000).unwrap().to_string(), "70000");
}

#[test]
fn flags_are_joined_and_each_is_asked_for_alone() {
    let each =
        [Flags::NO_REPLY_EXPECTED, Flags::NO_AUTO_START, Flags::ALLOW_INTERACTIVE_AUTHORIZATION];
    for flag in each {
        let others = each.iter().filter(|other| **other != flag);
        for &other in others {
            let both = flag.with(other);
            assert!(both.contains(flag) && both.contains(other));
            assert!(!flag.contains(both) && !flag.contains(other));
            assert_eq!(both.with(flag), both);
        }
    }
    assert!(Flags::NO_AUTO_START.contains(Flags::NONE));
}

#[test]
fn debug_shows_the_fields_that_are_present() {
    let header = Header::new(MessageType::MethodCall, Serial::new(7).unwrap());
    let text = format!("{header:?}");
    assert!(text.starts_with("Header {") && text.contains("serial: 7"), "{text}");
    assert!(!text.contains("sender") && !text.contains("unix_fds"), "{text}");
}
