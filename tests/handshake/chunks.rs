//! Any bytes, in any chunks.

use std::fs;

use barebus_tests::sample::sample_size;
use barebus_tests::sasl::{client_takes_anything, server_takes_anything};
use proptest::prelude::*;

/// Lines, some valid and some malformed.
fn conversation(lines: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        20 => prop::sample::select(lines).prop_map(|line| format!("{line}\r\n").into_bytes()),
        1 => prop::sample::select(lines).prop_map(|line| format!("{line}\n").into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
        1 => "[A-Z_]{1,9} [ -~]{0,80}\r\n".prop_map(String::into_bytes),
    ];
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

const SERVER: &[&str] = &[
    "OK a70c1178e836ccc6d4251f226b04381d",
    "OK a70c1178e836ccc6d4251f226b04381d",
    "AGREE_UNIX_FD",
    "DATA",
    "DATA 30",
    "ERROR",
    "REJECTED",
    "REJECTED EXTERNAL ANONYMOUS",
    "REJECTED DBUS_COOKIE_SHA1",
    "EXTENSION_X",
];

const CLIENT: &[&str] = &[
    "AUTH EXTERNAL",
    "AUTH EXTERNAL 31303030",
    "AUTH EXTERNAL 30",
    "AUTH ANONYMOUS",
    "AUTH",
    "DATA",
    "DATA 31303030",
    "CANCEL",
    "ERROR why",
    "NEGOTIATE_UNIX_FD",
    "BEGIN",
    "EXTENSION_X",
];

/// 2000 cases, or as many as `PROPTEST_CASES` says; fewer in a sample.
fn config() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    let all = if is_set { default.cases } else { 2000 };
    ProptestConfig { cases: sample_size("a property of the handshake", all), ..default }
}

#[test]
fn the_fuzzers_seeds_are_taken() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus");
    for (target, takes_anything) in [
        ("sasl_client", client_takes_anything as fn(&[u8])),
        ("sasl_server", server_takes_anything),
    ] {
        let seeds = fs::read_dir(format!("{corpus}/{target}")).unwrap();
        let seeds: Vec<_> = seeds.map(|seed| fs::read(seed.unwrap().path()).unwrap()).collect();
        assert!(seeds.len() >= 2, "{target} has {} seeds", seeds.len());
        seeds.iter().for_each(|seed| takes_anything(seed));
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_client_hears_the_same_however_it_is_cut(
        choice in any::<[u8; 3]>(),
        bytes in conversation(SERVER),
    ) {
        client_takes_anything(&[&choice[..], &bytes].concat());
    }

    #[test]
    fn a_server_hears_the_same_however_it_is_cut(
        choice in any::<[u8; 3]>(),
        bytes in conversation(CLIENT),
    ) {
        server_takes_anything(&[&choice[..], b"\0", &bytes].concat());
    }

    #[test]
    fn noise_is_no_conversation(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        client_takes_anything(&bytes);
        server_takes_anything(&bytes);
    }
}
