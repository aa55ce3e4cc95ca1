//! What a host looks like.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Lines that describe the host, each of them telling one thing.
pub(crate) type Snapshot = BTreeSet<String>;

/// The host as it is now.
pub(crate) fn take() -> Snapshot {
    let mut lines = Snapshot::new();
    let mounts = fs::read_to_string("/proc/self/mountinfo").expect("mountinfo");
    lines.extend(mounts.lines().map(|line| format!("mount {line}")));
    lines.extend(processes().into_iter().map(|(pid, name)| format!("process {pid} {name}")));
    for folder in ["/tmp", "/run", "/dev/shm"] {
        walk(Path::new(folder), &mut lines);
    }
    for setting in SETTINGS {
        let value = fs::read_to_string(Path::new("/proc/sys").join(setting));
        let value = value.unwrap_or_else(|error| error.to_string());
        lines.insert(format!("setting {setting} {}", value.trim()));
    }
    for file in ["/etc/systemd/system", "/etc/tmpfiles.d", "/etc/machine-id", "/var/log/journal"] {
        walk(Path::new(file), &mut lines);
    }
    lines
}

/// What one has and the other has not.
pub(crate) fn difference(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let lost = before.difference(after).map(|line| format!("- {line}"));
    let gained = after.difference(before).map(|line| format!("+ {line}"));
    lost.chain(gained).collect()
}

/// Process ids with names.
pub(crate) fn processes() -> Vec<(i32, String)> {
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter_map(|pid| {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
        Some((pid, name.trim().to_owned()))
    })
    .collect()
}

fn walk(path: &Path, lines: &mut Snapshot) {
    let Ok(metadata) = path.symlink_metadata() else { return };
    // Of cgroups the folders tell enough.
    if metadata.is_file() && path.starts_with("/tmp/cgroup") {
        return;
    }
    let size = if metadata.is_file() { metadata.len() } else { 0 };
    lines.insert(format!("file {} {size}", path.display()));
    if metadata.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            walk(&entry.path(), lines);
        }
    }
}

/// Settings of the kernel's that systemd, or a unit it ships, writes when it boots.
const SETTINGS: [&str; 8] = [
    "fs/file-max",
    "fs/nr_open",
    "kernel/core_pattern",
    "kernel/hostname",
    "kernel/pid_max",
    "kernel/printk",
    "kernel/sysrq",
    "net/unix/max_dgram_qlen",
];
