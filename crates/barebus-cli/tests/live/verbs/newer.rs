//! The same comparisons with systemd 257, where exit codes have no known differences.

use std::path::Path;

use super::{codes, running, showing};

/// A root of Debian 13 with systemd and dbus-daemon. `BAREBUS_TEST_ROOT` names it.
#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --all"]
fn systemd_257_is_answered_alike() {
    let root = std::env::var("BAREBUS_TEST_ROOT")
        .unwrap_or_else(|_| panic!("BAREBUS_TEST_ROOT names no root of Debian 13"));
    assert!(Path::new(&root).is_dir(), "{root} is no directory");
    let the_box = super::boot(&root);
    assert!(super::version(&the_box) >= 257);
    codes::compare(&the_box);
    showing::compare_all(&the_box);
    running::compare(&the_box);
}
