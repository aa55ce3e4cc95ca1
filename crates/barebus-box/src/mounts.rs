//! Determines which of the host's file systems the box shows.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// A line of `/proc/self/mountinfo`.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    point: PathBuf,
    kind: String,
}

/// The mount points below `root` whose file systems the box must show, relative to it, parents first. An overlay shows only the file system of
/// its lower directory.
pub(crate) fn carried(mountinfo: &[u8], root: &Path) -> Vec<PathBuf> {
    let mut carried: Vec<PathBuf> = mountinfo
        .split(|&byte| byte == b'\n')
        .filter_map(parse)
        .filter(|mount| !KERNEL_KINDS.contains(&mount.kind.as_str()))
        .filter_map(|mount| Some(mount.point.strip_prefix(root).ok()?.to_path_buf()))
        .filter(|point| !point.as_os_str().is_empty())
        .filter(|point| !OWN_FOLDERS.iter().any(|own| point.starts_with(own)))
        .collect();
    // Of several mounts on one mount point only the last is visible. Sorted, a directory comes before its contents.
    carried.sort();
    carried.dedup();
    carried
}

/// `36 35 98:0 /root /mnt/point rw,noatime master:1 - ext3 /dev/root rw`
fn parse(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|&byte| byte == b' ');
    let point = PathBuf::from(OsString::from_vec(unescape(fields.nth(4)?)));
    fields.find(|field| *field == b"-")?;
    Some(Mount { point, kind: String::from_utf8_lossy(fields.next()?).into_owned() })
}

/// Space, tab, newline and backslash are octal, as in `\040`.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'\\').then(|| after.first_chunk::<3>()).flatten().and_then(octal);
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    bytes
}

fn octal(digits: &[u8; 3]) -> Option<u8> {
    u8::from_str_radix(core::str::from_utf8(digits).ok()?, 8).ok()
}

/// Directories in which the box has its own file systems.
const OWN_FOLDERS: [&str; 4] = ["dev", "proc", "run", "sys"];

/// Types that show the kernel, not files. Accessing autofs would trigger a mount.
const KERNEL_KINDS: [&str; 20] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nsfs",
    "proc",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "sysfs",
    "tracefs",
];

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTINFO: &[u8] = b"\
22 27 0:21 / /proc rw,relatime - proc proc rw
24 27 0:6 / /dev rw shared:2 - devtmpfs devtmpfs rw
25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 27 254:3 / /home/ann rw - ext4 /dev/vdc rw
41 27 254:2 / /home rw,relatime shared:7 master:3 - ext4 /dev/vdb rw
42 27 0:50 / /run/user/1000 rw - tmpfs tmpfs rw
43 27 0:51 / /mnt/a\\040b\\134c rw - tmpfs tmpfs rw
44 27 0:52 / /misc rw - autofs systemd-1 rw
45 27 0:53 / /home rw - overlay overlay rw
46 27 0:54 / /srv/root/var rw - tmpfs tmpfs rw
";

    #[test]
    fn carries_file_systems_and_leaves_the_kernels() {
        let expected = ["home", "home/ann", "mnt/a b\\c", "srv/root/var"].map(PathBuf::from);
        assert_eq!(carried(MOUNTINFO, Path::new("/")), expected);
    }

    #[test]
    fn carries_only_what_lies_below_the_root() {
        assert_eq!(carried(MOUNTINFO, Path::new("/srv/root")), [PathBuf::from("var")]);
    }

    #[test]
    fn skips_lines_that_are_cut_off() {
        assert!(carried(b"22 27 0:21 / /home rw,relatime -", Path::new("/")).is_empty());
    }

    #[test]
    fn keeps_a_backslash_that_escapes_nothing() {
        assert_eq!(unescape(b"a\\b\\04"), b"a\\b\\04");
    }
}
