//! Names that stand for numbers of the kernel and the C library.

use std::str::FromStr;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::parse::integer;

/// Names and their numbers.
pub(crate) type Names = [(&'static str, i32)];

/// The number of a name.
pub(super) fn find(names: &[(&str, i32)], name: &str) -> Option<i32> {
    names.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
}

/// The name of a number.
pub(crate) fn name_of(names: &Names, number: i32) -> Option<&'static str> {
    names.iter().find(|(_, known)| *known == number).map(|(name, _)| *name)
}

/// The number of a name, or a number up to `most`.
pub(super) fn find_or_number(names: &Names, text: &str, most: i32) -> Option<i32> {
    let number = || integer::<i32>(text).filter(|number| (0..=most).contains(number));
    find(names, text).or_else(number)
}

/// Levels of log messages. syslog(3).
pub(super) static LOG_LEVELS: &Names = &[
    ("emerg", 0),
    ("alert", 1),
    ("crit", 2),
    ("err", 3),
    ("warning", 4),
    ("notice", 5),
    ("info", 6),
    ("debug", 7),
];

/// Facilities of syslog. syslog(3).
pub(super) static LOG_FACILITIES: &Names = &[
    ("kern", 0),
    ("user", 1),
    ("mail", 2),
    ("daemon", 3),
    ("auth", 4),
    ("syslog", 5),
    ("lpr", 6),
    ("news", 7),
    ("uucp", 8),
    ("cron", 9),
    ("authpriv", 10),
    ("ftp", 11),
    ("local0", 16),
    ("local1", 17),
    ("local2", 18),
    ("local3", 19),
    ("local4", 20),
    ("local5", 21),
    ("local6", 22),
    ("local7", 23),
];

/// Policies of sched(7).
pub(super) static SCHEDULING_POLICIES: &Names =
    &[("other", 0), ("fifo", 1), ("rr", 2), ("batch", 3), ("idle", 5)];

/// Classes of ioprio_set(2).
pub(super) static IO_CLASSES: &Names =
    &[("none", 0), ("realtime", 1), ("best-effort", 2), ("idle", 3)];

/// Policies of set_mempolicy(2).
pub(crate) static NUMA_POLICIES: &Names =
    &[("default", 0), ("preferred", 1), ("bind", 2), ("interleave", 3), ("local", 4)];

/// Types of service of ip(7).
pub(super) static IP_TOS: &Names =
    &[("low-delay", 16), ("throughput", 8), ("reliability", 4), ("low-cost", 2)];

/// Bits of `SECBIT_…`, capabilities(7).
pub(super) static SECURE_BITS: &Names = &[
    ("noroot", 1),
    ("noroot-locked", 2),
    ("no-setuid-fixup", 4),
    ("no-setuid-fixup-locked", 8),
    ("keep-caps", 16),
    ("keep-caps-locked", 32),
];

/// Bits of `MS_…`, mount(2).
pub(crate) static PROPAGATION: &Names =
    &[("", 0), ("private", 1 << 18), ("slave", 1 << 19), ("shared", 1 << 20)];

/// Bits of `CLONE_NEW…`, clone(2). `yes` and `no` of RestrictNamespaces mean all but `time`.
pub(crate) static NAMESPACES: &Names = &[
    ("time", 0x80),
    ("mnt", 0x2_0000),
    ("cgroup", 0x200_0000),
    ("uts", 0x400_0000),
    ("ipc", 0x800_0000),
    ("user", 0x1000_0000),
    ("pid", 0x2000_0000),
    ("net", 0x4000_0000),
];

/// Bits of a core dump's filter, core(5).
pub(super) static COREDUMP_FILTER: &Names = &[
    ("private-anonymous", 1),
    ("shared-anonymous", 1 << 1),
    ("private-file-backed", 1 << 2),
    ("shared-file-backed", 1 << 3),
    ("elf-headers", 1 << 4),
    ("private-huge", 1 << 5),
    ("shared-huge", 1 << 6),
    ("private-dax", 1 << 7),
    ("shared-dax", 1 << 8),
    // What the kernel takes where nothing was set.
    ("default", 0x33),
];

/// Protocols as sockets are opened with them: `IPPROTO_…`.
pub(super) static IP_PROTOCOLS: &Names = &[
    ("ip", 0),
    ("icmp", 1),
    ("igmp", 2),
    ("ipip", 4),
    ("tcp", 6),
    ("egp", 8),
    ("pup", 12),
    ("udp", 17),
    ("idp", 22),
    ("tp", 29),
    ("dccp", 33),
    ("ipv6", 41),
    ("rsvp", 46),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("icmpv6", 58),
    ("mtp", 92),
    ("beetph", 94),
    ("encap", 98),
    ("pim", 103),
    ("comp", 108),
    ("l2tp", 115),
    ("sctp", 132),
    ("udplite", 136),
    ("mpls", 137),
    ("ethernet", 143),
    ("raw", 255),
    ("mptcp", 262),
];

/// Names of capabilities(7) without `CAP_`, by their numbers.
static CAPABILITIES: &[&str] = &[
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];

/// A capability's name without `CAP_`.
pub(crate) fn capability_name(number: u32) -> Option<&'static str> {
    CAPABILITIES.get(usize::try_from(number).ok()?).copied()
}

/// A capability's number, by its name in any case or as a number.
pub(super) fn capability(word: &str) -> Option<u32> {
    let name = word.to_ascii_uppercase();
    let place = name
        .strip_prefix("CAP_")
        .and_then(|name| CAPABILITIES.iter().position(|known| *known == name));
    match place {
        Some(place) => u32::try_from(place).ok(),
        None => integer::<u32>(word).filter(|number| *number < 64),
    }
}

/// The lowest signal for programs and the highest one, as glibc counts them: systemd is built with glibc.
pub(crate) const RTMIN: i32 = 34;
pub(crate) const RTMAX: i32 = 64;

/// A signal's number: by its name with or without `SIG`, as a number, or counted from `RTMIN` or `RTMAX`.
pub(crate) fn signal(word: &str) -> Option<i32> {
    if let Some(number) = integer::<i32>(word) {
        return Some(number).filter(|number| (1..=RTMAX).contains(number));
    }
    let name = word.strip_prefix("SIG").unwrap_or(word);
    if let Ok(signal) = Signal::from_str(&["SIG", name].concat()) {
        return Some(signal as i32);
    }
    let number = if let Some(offset) = name.strip_prefix("RTMIN") {
        RTMIN + offset_after('+', offset)?
    } else {
        RTMAX - offset_after('-', name.strip_prefix("RTMAX")?)?
    };
    Some(number).filter(|number| (RTMIN..=RTMAX).contains(number))
}

/// A number after its sign, or nothing.
fn offset_after(sign: char, text: &str) -> Option<i32> {
    if text.is_empty() {
        return Some(0);
    }
    integer::<u8>(text.strip_prefix(sign)?).map(i32::from)
}

/// The highest number that an error of the system can have.
const MAX_ERRNO: i32 = 4095;

/// An error's number, by its name or as a number; 0 is none.
pub(super) fn errno(word: &str) -> Option<i32> {
    let of_name = match word {
        "EWOULDBLOCK" => Some(Errno::EWOULDBLOCK as i32),
        "EDEADLOCK" => Some(Errno::EDEADLOCK as i32),
        "ENOTSUP" => Some(Errno::ENOTSUP as i32),
        "UnknownErrno" => None,
        _ => (1..=MAX_ERRNO).find(|number| format!("{:?}", Errno::from_raw(*number)) == word),
    };
    of_name.or_else(|| integer::<i32>(word).filter(|number| (0..=MAX_ERRNO).contains(number)))
}

/// Exit codes with names. sysexits.h, the Linux Standard Base, and systemd.exec(5), "Process Exit Codes".
static EXIT_CODES: &Names = &[
    ("SUCCESS", 0),
    ("FAILURE", 1),
    ("INVALIDARGUMENT", 2),
    ("NOTIMPLEMENTED", 3),
    ("NOPERMISSION", 4),
    ("NOTINSTALLED", 5),
    ("NOTCONFIGURED", 6),
    ("NOTRUNNING", 7),
    ("USAGE", 64),
    ("DATAERR", 65),
    ("NOINPUT", 66),
    ("NOUSER", 67),
    ("NOHOST", 68),
    ("UNAVAILABLE", 69),
    ("SOFTWARE", 70),
    ("OSERR", 71),
    ("OSFILE", 72),
    ("CANTCREAT", 73),
    ("IOERR", 74),
    ("TEMPFAIL", 75),
    ("PROTOCOL", 76),
    ("NOPERM", 77),
    ("CONFIG", 78),
    ("CHDIR", 200),
    ("NICE", 201),
    ("FDS", 202),
    ("EXEC", 203),
    ("MEMORY", 204),
    ("LIMITS", 205),
    ("OOM_ADJUST", 206),
    ("SIGNAL_MASK", 207),
    ("STDIN", 208),
    ("STDOUT", 209),
    ("CHROOT", 210),
    ("IOPRIO", 211),
    ("TIMERSLACK", 212),
    ("SECUREBITS", 213),
    ("SETSCHEDULER", 214),
    ("CPUAFFINITY", 215),
    ("GROUP", 216),
    ("USER", 217),
    ("CAPABILITIES", 218),
    ("CGROUP", 219),
    ("SETSID", 220),
    ("CONFIRM", 221),
    ("STDERR", 222),
    ("PAM", 224),
    ("NETWORK", 225),
    ("NAMESPACE", 226),
    ("NO_NEW_PRIVILEGES", 227),
    ("SECCOMP", 228),
    ("SELINUX_CONTEXT", 229),
    ("PERSONALITY", 230),
    ("APPARMOR", 231),
    ("ADDRESS_FAMILIES", 232),
    ("RUNTIME_DIRECTORY", 233),
    ("CHOWN", 235),
    ("SMACK_PROCESS_LABEL", 236),
    ("KEYRING", 237),
    ("STATE_DIRECTORY", 238),
    ("CACHE_DIRECTORY", 239),
    ("LOGS_DIRECTORY", 240),
    ("CONFIGURATION_DIRECTORY", 241),
    ("NUMA_POLICY", 242),
    ("CREDENTIALS", 243),
    ("BPF", 245),
    ("EXCEPTION", 255),
];

/// An exit code, by its name or as a number.
pub(super) fn exit_code(word: &str) -> Option<i32> {
    find(EXIT_CODES, word).or_else(|| integer::<u8>(word).map(i32::from))
}
