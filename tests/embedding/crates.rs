//! The crates of the client.

use std::collections::BTreeSet;
use std::fs;

use crate::{cargo, printed, top};

/// The crates from the registry that the client depends on, including the edges `edges`.
fn registry_crates(edges: &str) -> BTreeSet<String> {
    let mut tree = cargo();
    tree.args(["tree", "--locked", "-p", "barebus", "-e", edges, "--prefix", "none"]);
    let tree = printed(&mut tree);
    assert!(tree.lines().any(|line| line.starts_with("barebus-wire ")), "{tree}");
    // For crates of the workspace, cargo prints their directory.
    let lines =
        tree.lines().filter(|line| !line.is_empty() && !line.contains(top().to_str().unwrap()));
    lines.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_client_is_built_of_eight_crates_from_the_registry() {
    let expected = ["bitflags", "byteorder", "cfg-if", "hex", "libc", "memchr", "memoffset", "nix"];
    assert_eq!(registry_crates("normal"), set(&expected));
    // Crates that only run during the build.
    let building = ["autocfg", "cfg_aliases"];
    assert_eq!(registry_crates("normal,build"), set(&[&expected[..], &building].concat()));
}

#[test]
fn no_other_library_of_d_bus_is_in_the_lock_file() {
    let lock = fs::read_to_string(top().join("Cargo.lock")).unwrap();
    let names: Vec<&str> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .filter(|name| !name.starts_with("barebus"))
        .collect();
    assert!(names.contains(&"nix"), "{names:?}");
    let others = names.iter().filter(|name| {
        ["dbus", "zbus", "zvariant", "rustbus", "minidbus", "systemd"]
            .iter()
            .any(|other| name.contains(other))
    });
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&&str>::new());
}
