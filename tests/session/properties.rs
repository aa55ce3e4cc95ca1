//! Properties of every session after any operations.

use barebus_tests::sample::sample_size;
use barebus_tests::session::{chunker, session};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: sample_size("a property of sessions", 500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_session_keeps_its_promises(data in prop::collection::vec(any::<u8>(), 0..600)) {
        session(&data);
    }

    #[test]
    fn pieces_make_no_difference(data in prop::collection::vec(any::<u8>(), 0..300)) {
        chunker(&data);
    }
}
