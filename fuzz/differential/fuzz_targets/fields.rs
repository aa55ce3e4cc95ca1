#![no_main]

use barebus_differential::{message, message_of_fields};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| message_of_fields(bytes)
    .iter()
    .for_each(|it| message(it)));
