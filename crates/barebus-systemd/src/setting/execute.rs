//! Settings of how programs are executed. systemd.exec(5).

use super::basic::{
    boolean, dash, escaped_words, int32, mode, nanosecond, one, one_text, seconds, text, uint32,
    words,
};
use super::cgroup::{cpu_set, parse_cpu_set};
use super::constant::{
    COREDUMP_FILTER, IO_CLASSES, LOG_FACILITIES, LOG_LEVELS, NAMESPACES, NUMA_POLICIES,
    PROPAGATION, SCHEDULING_POLICIES, SECURE_BITS, capability, errno, find, find_or_number,
};
use super::error::Expected;
use super::mount::{
    bind_paths, directories, extension_images, mount_images, root_hash, root_hash_signature,
    root_options, temporary,
};
use super::parse::{Splitter, base64, boolean as parse_boolean, integer, unescape};
use super::table::Rule;
use super::translation::{Outcome, Translation};

pub(super) const SETTINGS: &[Rule] = &[
    (
        text,
        &[
            "User",
            "Group",
            "UtmpIdentifier",
            "UtmpMode",
            "PAMName",
            "TTYPath",
            "WorkingDirectory",
            "RootDirectory",
            "SyslogIdentifier",
            "ProtectSystem",
            "ProtectHome",
            "PrivateTmpEx",
            "PrivateUsersEx",
            "ProtectControlGroupsEx",
            "SELinuxContext",
            "RootImage",
            "RootVerity",
            "RuntimeDirectoryPreserve",
            "Personality",
            "KeyringMode",
            "ProtectProc",
            "ProcSubset",
            "NetworkNamespacePath",
            "IPCNamespacePath",
            "LogNamespace",
            "RootImagePolicy",
            "MountImagePolicy",
            "ExtensionImagePolicy",
            "PrivatePIDs",
        ],
    ),
    (
        boolean,
        &[
            "IgnoreSIGPIPE",
            "TTYVHangup",
            "TTYReset",
            "TTYVTDisallocate",
            "PrivateTmp",
            "PrivateDevices",
            "PrivateNetwork",
            "PrivateUsers",
            "PrivateMounts",
            "PrivateIPC",
            "NoNewPrivileges",
            "SyslogLevelPrefix",
            "MemoryDenyWriteExecute",
            "RestrictRealtime",
            "DynamicUser",
            "RemoveIPC",
            "ProtectKernelTunables",
            "ProtectKernelModules",
            "ProtectKernelLogs",
            "ProtectClock",
            "ProtectControlGroups",
            "MountAPIVFS",
            "BindLogSockets",
            "CPUSchedulingResetOnFork",
            "LockPersonality",
            "ProtectHostname",
            "MemoryKSM",
            "RestrictSUIDSGID",
            "RootEphemeral",
            "SetLoginEnvironment",
        ],
    ),
    (
        words,
        &[
            "ReadWriteDirectories",
            "ReadOnlyDirectories",
            "InaccessibleDirectories",
            "ReadWritePaths",
            "ReadOnlyPaths",
            "InaccessiblePaths",
            "ExecPaths",
            "NoExecPaths",
            "ExecSearchPath",
            "ExtensionDirectories",
            "ConfigurationDirectory",
            "SupplementaryGroups",
            "SystemCallArchitectures",
        ],
    ),
    (escaped_words, &["Environment", "UnsetEnvironment", "PassEnvironment"]),
    (environment_file, &["EnvironmentFile"]),
    (log_level, &["SyslogLevel", "LogLevelMax"]),
    (log_facility, &["SyslogFacility"]),
    (secure_bits, &["SecureBits"]),
    (scheduling_policy, &["CPUSchedulingPolicy"]),
    (int32, &["CPUSchedulingPriority", "OOMScoreAdjust"]),
    (coredump_filter, &["CoredumpFilter"]),
    (nice, &["Nice"]),
    (error_number, &["SystemCallErrorNumber"]),
    (io_class, &["IOSchedulingClass"]),
    (io_priority, &["IOSchedulingPriority"]),
    (
        mode,
        &[
            "RuntimeDirectoryMode",
            "StateDirectoryMode",
            "CacheDirectoryMode",
            "LogsDirectoryMode",
            "ConfigurationDirectoryMode",
            "UMask",
        ],
    ),
    (nanosecond, &["TimerSlackNSec"]),
    (seconds, &["LogRateLimitIntervalSec"]),
    (uint32, &["LogRateLimitBurst", "TTYRows", "TTYColumns"]),
    (propagation, &["MountFlags"]),
    (credential, &["SetCredential"]),
    (encrypted_credential, &["SetCredentialEncrypted"]),
    (credential_file, &["LoadCredential", "LoadCredentialEncrypted"]),
    (one_text, &["ImportCredential"]),
    (log_field, &["LogExtraFields"]),
    (log_filter, &["LogFilterPatterns"]),
    (stream, &["StandardInput", "StandardOutput", "StandardError"]),
    (input_text, &["StandardInputText"]),
    (input_data, &["StandardInputData"]),
    (label, &["AppArmorProfile", "SmackProcessLabel"]),
    (capabilities, &["CapabilityBoundingSet", "AmbientCapabilities"]),
    (cpu_affinity, &["CPUAffinity"]),
    (numa_policy, &["NUMAPolicy"]),
    (numa_mask, &["NUMAMask"]),
    (
        list_or_rest,
        &[
            "RestrictAddressFamilies",
            "RestrictFileSystems",
            "SystemCallFilter",
            "SystemCallLog",
            "RestrictNetworkInterfaces",
        ],
    ),
    (namespaces, &["RestrictNamespaces"]),
    (bind_paths, &["BindPaths", "BindReadOnlyPaths"]),
    (temporary, &["TemporaryFileSystem"]),
    (root_hash, &["RootHash"]),
    (root_hash_signature, &["RootHashSignature"]),
    (root_options, &["RootImageOptions"]),
    (mount_images, &["MountImages"]),
    (extension_images, &["ExtensionImages"]),
    (directories, &["StateDirectory", "RuntimeDirectory", "CacheDirectory", "LogsDirectory"]),
];

/// Facilities have 7 bits.
const MOST_FACILITIES: i32 = 127;

/// What stands for `kill` among the numbers of errors.
const KILL: i32 = i32::MAX - 1;

fn environment_file(t: &mut Translation<'_>) -> Outcome {
    let (ignores_missing, path) = dash(t.text);
    t.put("EnvironmentFiles", one(t.text, (path, ignores_missing)))
}

fn log_level(t: &mut Translation<'_>) -> Outcome {
    t.some(find_or_number(LOG_LEVELS, t.text, 7), Expected::LogLevel)
}

fn log_facility(t: &mut Translation<'_>) -> Outcome {
    t.some(find_or_number(LOG_FACILITIES, t.text, MOST_FACILITIES), Expected::LogFacility)
}

fn scheduling_policy(t: &mut Translation<'_>) -> Outcome {
    let policy = find_or_number(SCHEDULING_POLICIES, t.text, i32::MAX);
    t.some(policy, Expected::SchedulingPolicy)
}

fn io_class(t: &mut Translation<'_>) -> Outcome {
    t.some(find_or_number(IO_CLASSES, t.text, 7), Expected::IoClass)
}

fn io_priority(t: &mut Translation<'_>) -> Outcome {
    t.some(find_or_number(&[], t.text, 7), Expected::IoPriority)
}

fn numa_policy(t: &mut Translation<'_>) -> Outcome {
    t.some(find(NUMA_POLICIES, t.text), Expected::NumaPolicy)
}

fn nice(t: &mut Translation<'_>) -> Outcome {
    let nice = integer::<i32>(t.text).filter(|nice| (-20..20).contains(nice));
    t.some(nice, Expected::Nice)
}

fn error_number(t: &mut Translation<'_>) -> Outcome {
    let number = if t.text == "kill" { Some(KILL) } else { errno(t.text) };
    t.some(number, Expected::ErrorNumber)
}

fn propagation(t: &mut Translation<'_>) -> Outcome {
    let flags = find(PROPAGATION, t.text).and_then(|flags| u64::try_from(flags).ok());
    t.some(flags, Expected::Propagation)
}

/// The bits of all words together.
fn bits(text: &str, bit: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    let words = Splitter::new(text).unquote().words()?;
    words.iter().try_fold(0, |bits, word| Some(bits | bit(word)?))
}

/// The bits of a word in a table.
fn named(names: &[(&str, i32)], word: &str) -> Option<u64> {
    u64::try_from(find(names, word)?).ok()
}

fn secure_bits(t: &mut Translation<'_>) -> Outcome {
    let bits = bits(t.text, |word| named(SECURE_BITS, word));
    t.some(bits.and_then(|bits| i32::try_from(bits).ok()), Expected::SecureBits)
}

fn coredump_filter(t: &mut Translation<'_>) -> Outcome {
    let hexadecimal = |word: &str| {
        let digits = word.strip_prefix("0x").unwrap_or(word);
        u64::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))
    };
    let bit = |word: &str| match word {
        "all" => Some(u64::from(u32::MAX)),
        _ => named(COREDUMP_FILTER, word).or_else(|| hexadecimal(word)),
    };
    t.some(bits(t.text, bit), Expected::CoredumpFilter)
}

fn capabilities(t: &mut Translation<'_>) -> Outcome {
    let (inverts, words) = tilde(t.text);
    let bits = bits(words, |word| Some(1 << capability(word)?));
    t.some(bits.map(|bits| if inverts { !bits } else { bits }), Expected::Capabilities)
}

fn namespaces(t: &mut Translation<'_>) -> Outcome {
    // `time` came later than the setting, and is no part of `all`.
    let all = NAMESPACES.iter().filter(|(name, _)| *name != "time");
    let all = all.filter_map(|(_, flag)| u64::try_from(*flag).ok()).fold(0, |all, flag| all | flag);
    let flags = match parse_boolean(t.text) {
        Some(restricts) => Some(if restricts { 0 } else { all }),
        None => {
            let (inverts, words) = tilde(t.text);
            let flags = bits(words, |word| named(NAMESPACES, word));
            flags.map(|flags| if inverts { !flags & all } else { flags })
        }
    };
    t.some(flags, Expected::Namespaces)
}

/// Whether the list says what is not meant, and the list.
fn tilde(text: &str) -> (bool, &str) {
    text.strip_prefix('~').map_or((false, text), |text| (true, text))
}

/// Whether these are what is allowed, and the words.
fn list_or_rest(t: &mut Translation<'_>) -> Outcome {
    let (inverts, words) = tilde(t.text);
    let words = Splitter::new(words).unquote().words().ok_or(Expected::Words)?;
    t.same((!inverts, words))
}

fn cpu_affinity(t: &mut Translation<'_>) -> Outcome {
    match t.text {
        "numa" => t.put("CPUAffinityFromNUMA", true),
        _ => cpu_set(t),
    }
}

fn numa_mask(t: &mut Translation<'_>) -> Outcome {
    t.some(parse_cpu_set(t.text), Expected::NumaMask)
}

/// Whether a label that is not there is no error, and the label.
fn label(t: &mut Translation<'_>) -> Outcome {
    t.same(dash(t.text))
}

/// A name and bytes, with escapes as in C.
fn credential(t: &mut Translation<'_>) -> Outcome {
    credential_of(t, |value| unescape(value, true), Expected::Credential)
}

fn encrypted_credential(t: &mut Translation<'_>) -> Outcome {
    credential_of(t, base64, Expected::Base64)
}

fn credential_of(
    t: &mut Translation<'_>,
    decode: impl Fn(&str) -> Option<Vec<u8>>,
    expected: Expected,
) -> Outcome {
    let list = match t.text {
        "" => Vec::new(),
        text => {
            let (name, value) = text.split_once(':').ok_or(Expected::Credential)?;
            vec![(name, decode(value).ok_or(expected)?)]
        }
    };
    t.same(list)
}

/// A name and a path; a name alone is both.
fn credential_file(t: &mut Translation<'_>) -> Outcome {
    let (name, path) = t.text.split_once(':').unwrap_or((t.text, ""));
    t.same(one(t.text, (name, if path.is_empty() { t.text } else { path })))
}

/// One field, in bytes.
fn log_field(t: &mut Translation<'_>) -> Outcome {
    t.same(vec![t.text.as_bytes()])
}

/// Whether messages are kept that match, and the pattern.
fn log_filter(t: &mut Translation<'_>) -> Outcome {
    let (inverts, pattern) = tilde(t.text);
    t.same(vec![(!inverts, pattern)])
}

/// What a stream is, or in a property of its own where it leads.
fn stream(t: &mut Translation<'_>) -> Outcome {
    let kinds = [
        ("fd:", "FileDescriptorName"),
        ("file:", "File"),
        ("append:", "FileToAppend"),
        ("truncate:", "FileToTruncate"),
    ];
    for (prefix, suffix) in kinds {
        if let Some(target) = t.text.strip_prefix(prefix) {
            return t.suffixed(suffix, target);
        }
    }
    t.same(t.text)
}

/// A line, with escapes as in C.
fn input_text(t: &mut Translation<'_>) -> Outcome {
    let mut line = unescape(t.text, false).ok_or(Expected::Escapes)?;
    line.push(b'\n');
    t.put("StandardInputData", line)
}

fn input_data(t: &mut Translation<'_>) -> Outcome {
    t.some(base64(t.text), Expected::Base64)
}
