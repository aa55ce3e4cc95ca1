#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| barebus_tests::sasl::client_takes_anything(bytes));
