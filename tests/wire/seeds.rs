//! The fuzz targets' seeds, replayed.

use std::fs;

use barebus_tests::seeds::{SESSION, TEXT, WIRE, folder, made, stored};
use barebus_tests::{dictionary, fast};

#[test]
fn seeds_keep_the_properties() {
    for (target, property) in WIRE.iter().chain(TEXT).chain(SESSION) {
        let seeds = stored(target);
        assert!(!seeds.is_empty(), "fuzz/corpus/{target} is empty");
        for (name, bytes) in seeds {
            println!("{target}/{name}");
            property(&bytes);
        }
    }
}

#[test]
fn seeds_keep_the_fast_properties() {
    for (target, shared, property) in fast::TARGETS {
        let seeds = stored(shared);
        assert!(!seeds.is_empty(), "fuzz/corpus/{shared} is empty");
        for (name, bytes) in seeds.into_iter().chain(stored(target)) {
            println!("{target}/{name}");
            property(&bytes);
        }
    }
}

#[test]
fn seeds_in_the_tree_are_those_that_are_made() {
    for (target, _) in WIRE.iter().chain(TEXT).chain(SESSION) {
        let made = made(target);
        if std::env::var_os("BAREBUS_WRITE_SEEDS").is_some() {
            fs::create_dir_all(folder(target)).unwrap();
            for (name, bytes) in &made {
                fs::write(folder(target).join(name), bytes).unwrap();
            }
        }
        // Inputs that once broke a property are kept with this prefix.
        let stored = stored(target).into_iter().filter(|(name, _)| !name.starts_with("found_"));
        assert!(stored.eq(made), "{target}: other seeds in the tree than those that are made");
    }
}

#[test]
fn the_dictionary_in_the_tree_is_the_one_that_is_made() {
    let made = dictionary::text();
    if std::env::var_os("BAREBUS_WRITE_SEEDS").is_some() {
        fs::write(dictionary::file(), &made).unwrap();
    }
    assert_eq!(fs::read_to_string(dictionary::file()).unwrap(), made);
    // Both fuzzers refuse a file with a line that they cannot read.
    for line in made.lines().filter(|line| !line.starts_with('#')) {
        let (name, word) = line.split_once("=\"").expect(line);
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{line}");
        assert!(word.len() > 1 && word.ends_with('"') && word.is_ascii(), "{line}");
    }
}
