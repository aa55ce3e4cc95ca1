//! A root directory of Debian 13, for the tests of systemd 257.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::run::{self, Failure, top};

/// What the boxes start in it, and what the tests run there. polkitd needs something that provides logind, which debootstrap does not look
/// for: libpam-systemd does.
const INCLUDED: [&str; 12] = [
    "systemd",
    "systemd-sysv",
    "systemd-container",
    "systemd-resolved",
    "dbus",
    "dbus-daemon",
    "dbus-broker",
    "polkitd",
    "libpam-systemd",
    "procps",
    "openssh-client",
    "openssh-server",
];
const RELEASE: &str = "trixie";

/// The directory, in the target directory. The first call makes it with debootstrap, which takes a few minutes.
///
/// # Errors
/// debootstrap is missing and cannot be installed, or fails.
pub(crate) fn debian_13() -> Result<PathBuf, Failure> {
    let root = top().join("target/debian-13");
    if root.join("usr/bin/systemctl").exists() {
        return Ok(root);
    }
    packages::need(&["debootstrap"])?;
    println!(
        "xtask: making a root directory of Debian 13 with debootstrap, which takes a few minutes"
    );
    // Only a whole one gets the name.
    let partial = root.with_extension("partial");
    let _ = std::fs::remove_dir_all(&partial);
    std::fs::create_dir_all(&partial)?;
    run::run(&mut debootstrap(&partial, mirror().as_deref())).map_err(|Failure(why)| {
        Failure(format!("systemd 257 cannot be tested, there is no Debian 13 for it: {why}"))
    })?;
    std::fs::rename(&partial, &root)?;
    Ok(root)
}

fn debootstrap(root: &Path, mirror: Option<&str>) -> Command {
    let mut command = Command::new("debootstrap");
    command.args(["--variant=minbase", &format!("--include={}", INCLUDED.join(",")), RELEASE]);
    command.arg(root);
    command.args(mirror);
    command
}

/// Where this machine's own packages come from. On other systems than Debian, debootstrap has a default.
pub(crate) fn mirror() -> Option<String> {
    let mut command = Command::new("apt-get");
    command.args(["indextargets", "--format", "$(REPO_URI)", "Identifier: Packages"]);
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let is_main = |line: &&str| line.trim_end_matches('/').ends_with("/debian");
    text.lines().find(is_main).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_comes_last_and_may_be_left_out() {
        let line = |mirror| run::line(&debootstrap(Path::new("/root"), mirror));
        assert!(line(None).ends_with("trixie /root"), "{}", line(None));
        assert!(line(Some("http://mirror/debian")).ends_with("/root http://mirror/debian"));
    }
}
