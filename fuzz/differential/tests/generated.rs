//! What `barebus-gen` makes, judged by libdbus: its verdict is the expected one, but for the differences that `docs/fuzzing.md` lists.

use std::collections::BTreeMap;

use barebus_differential::{Verdicts, verdicts};
use barebus_gen::{Generated, Generator, Shape, is_large, rules};
use barebus_wire::DecodeErrorKind as Kind;

/// Rules for which libdbus waits for more bytes, or takes some messages that the specification forbids. `docs/fuzzing.md` says why.
const LENIENT: [&str; 3] = ["BadDestination", "BadSender", "HeaderFieldsTooLong"];

/// Messages of each rule.
const COUNT: u64 = 1000;

#[test]
fn libdbus_accepts_every_valid_message() {
    let generator = Generator::new(1, Shape::default());
    for number in 0..20 * COUNT {
        let Generated { bytes, .. } = generator.valid(number).unwrap();
        assert_eq!(verdicts(&bytes), Verdicts::BothValid, "message {number}");
    }
}

#[test]
fn libdbus_refuses_every_broken_message_but_for_the_differences_that_are_known() {
    let generator = Generator::new(1, Shape::default());
    let mut lenient = BTreeMap::<&str, u64>::new();
    for rule in rules().filter(|rule| !is_large(*rule)) {
        for number in 0..COUNT {
            let Generated { bytes, .. } = generator.broken(number, rule).unwrap();
            match (rule, verdicts(&bytes)) {
                // Nothing is broken yet, and nothing in the message itself.
                (Kind::Incomplete, Verdicts::BothIncomplete) => {}
                (Kind::SurplusBytes, Verdicts::BothValid) => {}
                (Kind::Incomplete | Kind::SurplusBytes, other) => panic!("{number}: {other:?}"),
                (_, Verdicts::BothInvalid) => {}
                (_, Verdicts::Known) => *lenient.entry(rule.name()).or_default() += 1,
                (_, other) => panic!("{} number {number}: {other:?}", rule.name()),
            }
        }
    }
    println!("libdbus does not refuse, of {COUNT} each: {lenient:#?}");
    assert_eq!(lenient.into_keys().collect::<Vec<_>>(), LENIENT);
}
