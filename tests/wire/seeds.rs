//! The fuzz targets' seeds, replayed.

use std::fs;

use barebus_tests::fast;
use barebus_tests::seeds::{SESSION, TEXT, WIRE, folder, made, stored};

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
