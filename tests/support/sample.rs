//! Samples of the tests that take many cases, for machines that are only emulated: `BAREBUS_TEST_SAMPLE=97` takes one case in 97.

use std::env;
use std::io::{Write, stderr};

const VARIABLE: &str = "BAREBUS_TEST_SAMPLE";

/// Cases that a sample of generated ones has at least.
const LEAST: u32 = 16;

/// All `cases` of the test `test`, or the sample.
pub fn sample<T>(test: &str, cases: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let stride = stride().map_or(1, |stride| {
        report(test, &format!("one case in {stride}"));
        stride
    });
    cases.step_by(stride as usize)
}

/// How many cases a property is tested with: `all`, or as many as the sample has.
pub fn sample_size(test: &str, all: u32) -> u32 {
    stride().map_or(all, |stride| {
        let some = (all / stride).max(LEAST).min(all);
        report(test, &format!("{some} cases instead of {all}"));
        some
    })
}

fn stride() -> Option<u32> {
    let text = env::var(VARIABLE).ok()?;
    Some(text.parse().ok().filter(|stride| *stride > 0).unwrap_or_else(|| {
        panic!("{VARIABLE}={text} is not the number of cases of which one is taken")
    }))
}

/// Not captured by the test harness: a test that is only sampled must be visible.
fn report(test: &str, taken: &str) {
    let _ = writeln!(stderr(), "SAMPLED: {test}: {taken} ({VARIABLE})");
}
