#![no_main]

use barebus_differential::{message, message_of_body};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| message_of_body(bytes)
    .iter()
    .for_each(|it| message(it)));
