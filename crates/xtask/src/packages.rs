//! Programs and headers that a task needs. As root on Debian they are installed, otherwise the command that installs them is printed.

use std::process::Command;

use crate::run::{Failure, is_there, run};

/// Programs, or other files by their paths, and their Debian packages, separated by spaces.
const PACKAGES: &[(&str, &str)] = &[
    ("systemctl", "systemd"),
    ("busctl", "systemd"),
    ("systemd-stdio-bridge", "systemd"),
    ("machinectl", "systemd-container"),
    ("dbus-daemon", "dbus-daemon"),
    ("dbus-run-session", "dbus-daemon"),
    ("dbus-broker", "dbus-broker"),
    ("gdbus", "libglib2.0-bin"),
    ("cc", "gcc"),
    ("c++", "g++"),
    // A cross compiler does not bring the C library.
    ("i686-linux-gnu-gcc", "gcc-i686-linux-gnu libc6-dev-i386-cross"),
    ("s390x-linux-gnu-gcc", "gcc-s390x-linux-gnu libc6-dev-s390x-cross"),
    ("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf libc6-dev-armhf-cross"),
    ("qemu-i386", "qemu-user"),
    ("qemu-s390x", "qemu-user"),
    ("qemu-arm", "qemu-user"),
    ("cpio", "cpio"),
    ("apt-cache", "apt"),
    ("apt-get", "apt"),
    ("dpkg-deb", "dpkg"),
    ("ldd", "libc-bin"),
    ("timeout", "coreutils"),
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("nsenter", "util-linux"),
    ("setpriv", "util-linux"),
    ("unshare", "util-linux"),
    ("pgrep", "procps"),
    ("pkcheck", "polkitd"),
    ("ssh", "openssh-client"),
    ("ssh-keygen", "openssh-client"),
    ("sshd", "openssh-server"),
    ("afl-fuzz", "afl++"),
    ("/usr/include/dbus-1.0/dbus/dbus.h", "libdbus-1-dev"),
    ("/usr/include/systemd/sd-bus.h", "libsystemd-dev"),
    ("/usr/include/glib-2.0/gio/gdbusmessage.h", "libglib2.0-dev"),
    ("llvm-cov-22", "llvm-22"),
    ("setfacl", "acl"),
    ("strace", "strace"),
    ("valgrind", "valgrind"),
    ("dbus-send", "dbus-bin"),
    ("tshark", "tshark"),
    ("pkg-config", "pkg-config"),
    ("libsystemd", "libsystemd-dev"),
    ("dbus-1", "libdbus-1-dev"),
    ("xdg-dbus-proxy", "xdg-dbus-proxy"),
];

/// Installs those of `programs` that are missing.
///
/// # Errors
/// Programs are missing and cannot be installed.
pub(crate) fn need(programs: &[&str]) -> Result<(), Failure> {
    let missing = programs.iter().filter(|program| !is_there(program));
    install(missing.flat_map(|program| package(program).split(' ')).collect())
}

/// Installs those of `libraries`, named as pkg-config does, whose headers are missing.
///
/// # Errors
/// Libraries are missing and cannot be installed.
pub(crate) fn need_libraries(libraries: &[&str]) -> Result<(), Failure> {
    let mut missing = Vec::new();
    for library in libraries {
        let mut command = Command::new("pkg-config");
        if !command.args(["--exists", library]).status()?.success() {
            missing.push(package(library));
        }
    }
    install(missing)
}

fn install(mut missing: Vec<&str>) -> Result<(), Failure> {
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!("apt-get install --no-install-recommends -y {}", missing.join(" "));
    if !nix::unistd::geteuid().is_root() || !is_there("apt-get") {
        return Err(Failure(format!("missing: {}. Install with: {install}", missing.join(", "))));
    }
    println!("xtask: installing what is missing: {install}");
    let mut update = Command::new("apt-get");
    run(update.args(["update", "-qq"]))?;
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    run(command.args(["install", "--no-install-recommends", "-y", "-qq"]).args(missing))
}

/// The packages that bring `program`, separated by spaces; its own name if none is known.
pub(crate) fn package(program: &str) -> &str {
    PACKAGES.iter().find(|(name, _)| *name == program).map_or(program, |(_, package)| package)
}
