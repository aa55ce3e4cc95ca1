//! Files below `/proc/PID`.

use std::fs::{self, File};
use std::io::{self, Read};

use super::capability;
use super::cgroup::{Cgroup, Roots};

/// The facts about a process that credentials hold. Those that the kernel does not tell are `None`.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) parent: Option<u32>,
    pub(crate) tty: Option<String>,
    /// Real, effective, saved and file system ID.
    pub(crate) uids: Option<[u32; 4]>,
    pub(crate) gids: Option<[u32; 4]>,
    pub(crate) groups: Option<Vec<u32>>,
    pub(crate) comm: Option<String>,
    /// The inner `None`: it has none, as a kernel thread.
    pub(crate) exe: Option<Option<String>>,
    pub(crate) command_line: Option<Vec<String>>,
    pub(crate) label: Option<String>,
    pub(crate) cgroup: Option<Cgroup>,
    pub(crate) login_uid: Option<u32>,
    pub(crate) audit_session: Option<u32>,
    pub(crate) effective: Option<Vec<String>>,
    pub(crate) permitted: Option<Vec<String>>,
    pub(crate) inheritable: Option<Vec<String>>,
    pub(crate) bounding: Option<Vec<String>>,
}

impl Facts {
    /// `None` if there is no such process.
    pub(crate) fn read(pid: u32) -> Option<Self> {
        let status = read(pid, "status")?;
        let status = String::from_utf8_lossy(&status);
        let field =
            |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let numbers = |name: &str| -> Option<Vec<u32>> {
            field(name)?.split_whitespace().map(|word| word.parse().ok()).collect()
        };
        let four = |name| numbers(name)?.try_into().ok();
        let set = |name: &str| {
            let set = u64::from_str_radix(field(name)?.trim(), 16).ok()?;
            Some(capability::names(set))
        };
        Some(Self {
            parent: field("PPid").and_then(|parent| parent.trim().parse().ok()),
            tty: terminal(pid),
            uids: four("Uid"),
            gids: four("Gid"),
            groups: numbers("Groups"),
            comm: comm(pid),
            exe: exe(pid),
            command_line: command_line(pid),
            label: label(pid),
            cgroup: Roots::new().of(pid),
            login_uid: number(pid, "loginuid"),
            audit_session: number(pid, "sessionid"),
            effective: set("CapEff"),
            permitted: set("CapPrm"),
            inheritable: set("CapInh"),
            bounding: set("CapBnd"),
        })
    }
}

/// The name of a process, at most 15 bytes.
pub(crate) fn comm(pid: u32) -> Option<String> {
    let name = read(pid, "comm")?;
    let name = name.strip_suffix(b"\n").unwrap_or(&name);
    Some(String::from_utf8_lossy(name).into_owned())
}

/// The words of the command line; `None` if there is none, as of a kernel thread.
fn command_line(pid: u32) -> Option<Vec<String>> {
    let bytes = read(pid, "cmdline").filter(|bytes| !bytes.is_empty())?;
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    let words = bytes.split(|byte| *byte == 0);
    Some(words.map(|word| String::from_utf8_lossy(word).into_owned()).collect())
}

/// The label of SELinux or another security module.
fn label(pid: u32) -> Option<String> {
    let label = read(pid, "attr/current")?;
    let label = label.strip_suffix(b"\0").unwrap_or(&label);
    let label = String::from_utf8_lossy(label.strip_suffix(b"\n").unwrap_or(label)).into_owned();
    // Without SELinux the file is another module's, whose labels are not told by busctl.
    let is_selinux = fs::metadata("/sys/fs/selinux/enforce").is_ok();
    Some(label).filter(|label| is_selinux && !label.is_empty())
}

/// The program; `None` if this process must not know it.
fn exe(pid: u32) -> Option<Option<String>> {
    match fs::read_link(format!("/proc/{pid}/exe")) {
        Ok(target) => Some(Some(target.to_string_lossy().into_owned())),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => None,
        Err(_) => Some(None),
    }
}

/// The controlling terminal, by its device number.
fn terminal(pid: u32) -> Option<String> {
    let stat = read(pid, "stat")?;
    let stat = String::from_utf8_lossy(&stat);
    // The name in parentheses can hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let number: u32 = rest.split_whitespace().nth(4)?.parse().ok().filter(|number| *number != 0)?;
    let (major, minor) = (number >> 8 & 0xfff, number & 0xff | number >> 12 & 0xfff00);
    if (136..144).contains(&major) {
        return Some(format!("/dev/pts/{}", (major - 136) << 20 | minor));
    }
    let link = fs::read_link(format!("/dev/char/{major}:{minor}")).ok()?;
    Some(format!("/dev/{}", link.to_string_lossy().trim_start_matches("../")))
}

/// A number in a file; `None` also for -1, which stands for none.
fn number(pid: u32, name: &str) -> Option<u32> {
    let text = read(pid, name)?;
    let number = std::str::from_utf8(&text).ok()?.trim().parse().ok()?;
    Some(number).filter(|number| *number != u32::MAX)
}

/// A file of a process; of a longer one the first [`READ_MAX`] bytes.
pub(super) fn read(pid: u32, name: &str) -> Option<Vec<u8>> {
    let mut file = File::open(format!("/proc/{pid}/{name}")).ok()?.take(READ_MAX);
    // Most of these files fit into one read; the next finds the end.
    let mut bytes = vec![0; READ_LEN];
    let mut len = 0;
    loop {
        let rest = bytes.get_mut(len..).filter(|rest| !rest.is_empty());
        let Some(rest) = rest else {
            bytes.resize(bytes.len() * 2, 0);
            continue;
        };
        let room = rest.len();
        let read = file.read(rest).ok()?;
        len += read;
        // The kernel fills the buffer as long as there is something.
        if read < room {
            bytes.truncate(len);
            return Some(bytes);
        }
    }
}

const READ_LEN: usize = 4096;

/// A process can have any part of its memory taken for its command line: prctl(2), PR_SET_MM.
const READ_MAX: u64 = 4 << 20;

/// A text that is the number of a process.
pub(crate) fn is_pid(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|pid| is_number && *pid > 0)
}
