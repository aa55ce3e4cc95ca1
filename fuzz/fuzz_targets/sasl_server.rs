#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| barebus_tests::sasl::server_takes_anything(bytes));
