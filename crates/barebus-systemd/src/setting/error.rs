//! Why a setting is refused before anything is sent.

use std::fmt;

use crate::name::{Quoted, UnitKind};

/// A setting, or the text for it, that units of a type cannot have.
///
/// ```
/// use barebus_systemd::UnitKind;
/// use barebus_systemd::setting::Properties;
///
/// let error = Properties::new(UnitKind::Service).set("MemoryMux", "1G").unwrap_err();
/// assert_eq!(&*error.setting, "MemoryMux");
/// println!("{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// Name of the setting, as given.
    pub setting: Box<str>,
    /// The text that it was to be set to.
    pub text: Box<str>,
    /// Type of the unit.
    pub unit: UnitKind,
    /// The cause.
    pub kind: SettingErrorKind,
}

/// Why a setting is refused.
///
/// ```
/// use barebus_systemd::UnitKind;
/// use barebus_systemd::setting::{Properties, SettingErrorKind};
///
/// let mut properties = Properties::new(UnitKind::Service);
/// assert_eq!(properties.set("Nice!", "1").unwrap_err().kind, SettingErrorKind::Unknown);
/// assert_eq!(properties.assign("Nice").unwrap_err().kind, SettingErrorKind::NoAssignment);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SettingErrorKind {
    /// No type of unit has a setting of that name.
    Unknown,
    /// Units of another type have it, as this one.
    OtherUnit(UnitKind),
    /// The text has no `=` between name and text.
    NoAssignment,
    /// The text is not what the setting takes.
    Value(Expected),
}

impl SettingError {
    pub(super) fn new(setting: &str, text: &str, unit: UnitKind, kind: SettingErrorKind) -> Self {
        Self { setting: setting.into(), text: text.into(), unit, kind }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setting = Quoted(&self.setting);
        if self.kind == SettingErrorKind::NoAssignment {
            return write!(f, "cannot set {setting}: it has no '='; write it as 'MemoryMax=64M'");
        }
        write!(f, "cannot set {setting} of a {}", self.unit)?;
        if !self.text.is_empty() || matches!(self.kind, SettingErrorKind::Value(_)) {
            write!(f, " to {}", Quoted(&self.text))?;
        }
        f.write_str(": ")?;
        match self.kind {
            SettingErrorKind::Unknown => f.write_str("there is no such setting"),
            SettingErrorKind::OtherUnit(kind) => write!(f, "a {kind} has that setting"),
            SettingErrorKind::Value(expected) => write!(f, "expected {expected}"),
            SettingErrorKind::NoAssignment => Ok(()),
        }
    }
}

impl std::error::Error for SettingError {}

macro_rules! expected {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// What a setting takes.
        ///
        /// ```
        /// use barebus_systemd::UnitKind;
        /// use barebus_systemd::setting::{Properties, SettingErrorKind};
        ///
        /// let error = Properties::new(UnitKind::Service).set("MemoryMax", "much").unwrap_err();
        /// let SettingErrorKind::Value(expected) = error.kind else { panic!("{error}") };
        /// println!("MemoryMax takes {expected}");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Expected {
            $($(#[$doc])* $name,)*
        }

        impl fmt::Display for Expected {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $text,)*
                })
            }
        }
    };
}

expected! {
    /// Text that D-Bus can carry.
    Text "text without a NUL, and less than 64 MiB",
    /// A boolean.
    Boolean "'yes' or 'no'",
    /// An integer, in a range that the setting has.
    Integer "an integer in the range of the setting",
    /// A nice level.
    Nice "a number from -20 to 19",
    /// An exit code.
    ExitCode "a number from 0 to 255",
    /// The mode of a file.
    Mode "the mode of a file in octal digits, such as '0755'",
    /// A span of time.
    Span "a span of time, such as '90', '1min 30s' or 'infinity'",
    /// A size in bytes.
    Size "a size in bytes, such as '64M'",
    /// A limit in bytes, or a part of the memory.
    MemoryLimit "a size in bytes, such as '64M', a percentage up to '100%', or 'infinity'",
    /// A number of tasks, or a part of them.
    TasksLimit "a number of tasks, a percentage up to '100%', or 'infinity'",
    /// A percentage.
    Percentage "a percentage up to '100%'",
    /// A percentage of one CPU.
    Quota "a percentage of one CPU, such as '50%' or '200%'",
    /// A weight.
    Weight "a weight from 1 to 10000",
    /// A weight of CPU time.
    CpuWeight "a weight from 1 to 10000, or 'idle'",
    /// CPU shares.
    CpuShares "shares from 2 to 262144",
    /// A block I/O weight.
    BlockIoWeight "a weight from 10 to 1000",
    /// A resource limit.
    ResourceLimit "a limit, 'infinity', or a soft and a hard limit, such as '1024:4096'",
    /// Words.
    Words "words with balanced quotes and valid escapes",
    /// Escapes as in C.
    Escapes "text with valid escapes, such as '\\n' or '\\x20'",
    /// Base64.
    Base64 "Base64",
    /// A root hash.
    RootHash "an absolute path, or 32 hexadecimal digits or more",
    /// A signature of a root hash.
    RootHashSignature "an absolute path, or 'base64:' and Base64",
    /// A signal.
    Signal "a signal, such as 'SIGTERM', '15' or 'RTMIN+3'",
    /// Exit codes and signals.
    ExitStatus "exit codes and signals, such as '2 TEMPFAIL SIGKILL'",
    /// An error of the system, or `kill`.
    ErrorNumber "the name or number of a system error, such as 'EPERM', or 'kill'",
    /// A level of log messages.
    LogLevel "a log level, such as 'info' or '6'",
    /// A facility of syslog.
    LogFacility "a syslog facility, such as 'daemon' or '3'",
    /// Securebits.
    SecureBits "words of 'keep-caps', 'no-setuid-fixup', 'noroot', each with or without '-locked'",
    /// Capabilities.
    Capabilities "capabilities, such as 'CAP_NET_ADMIN', with '~' before the first to take all others",
    /// A CPU scheduling policy.
    SchedulingPolicy "'other', 'batch', 'idle', 'fifo' or 'rr'",
    /// An I/O scheduling class.
    IoClass "'none', 'realtime', 'best-effort' or 'idle'",
    /// An I/O scheduling priority.
    IoPriority "a number from 0 to 7",
    /// A set of CPUs or memory nodes.
    CpuSet "numbers below 8192 and ranges of them, such as '0-3,5'",
    /// A NUMA policy.
    NumaPolicy "'default', 'preferred', 'bind', 'interleave' or 'local'",
    /// A set of memory nodes.
    NumaMask "numbers of nodes and ranges of them, such as '0-3' (not 'all': the nodes of that machine are not known here)",
    /// A filter of what a core dump has.
    CoredumpFilter "words as 'private-anonymous', 'default', 'all', or a hexadecimal mask",
    /// How mounts propagate.
    Propagation "'shared', 'slave', 'private' or nothing",
    /// Types of namespaces.
    Namespaces "'yes', 'no', or types of namespaces, such as 'net mnt'",
    /// Paths that are mounted elsewhere.
    BindPaths "paths as '[-]SOURCE[:DESTINATION[:rbind|norbind]]'",
    /// Images that are mounted.
    MountImages "images as '[-]SOURCE:DESTINATION[:[PARTITION:]OPTIONS]'",
    /// Options of mounts.
    MountOptions "options as '[PARTITION:]OPTIONS'",
    /// Directories, and links to them.
    Directories "directories as 'DIRECTORY[:LINK[:ro]]'",
    /// A device and a number.
    DeviceWeight "a path and a weight, such as '/dev/sda 200'",
    /// A device and a bandwidth.
    DeviceBandwidth "a path and a size, such as '/dev/sda 5M'",
    /// A device and a span of time.
    DeviceLatency "a path and a span of time, such as '/dev/sda 25ms'",
    /// Addresses of the Internet.
    Addresses "addresses as '10.0.0.0/8' or '::1', or 'any', 'localhost', 'link-local', 'multicast'",
    /// Ports that may be bound.
    SocketBind "'[ipv4:|ipv6:][tcp:|udp:]PORT', a range of ports, or 'any'",
    /// A protocol of the Internet.
    IpProtocol "the name or number of an IP protocol, such as 'udplite'",
    /// A type of service.
    IpTos "'low-delay', 'throughput', 'reliability', 'low-cost', or a number up to 255",
    /// A credential.
    Credential "a name, ':' and its value",
    /// A program and its kind.
    BpfProgram "a type, ':' and a path",
    /// A file that is opened.
    OpenFile "'PATH[:NAME[:OPTIONS]]' with the options 'read-only', 'append', 'truncate', 'graceful'",
}
