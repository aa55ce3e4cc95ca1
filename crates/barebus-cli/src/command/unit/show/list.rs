//! Lists of structs: commands, timers, sockets, mounts, devices, addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barebus::wire::{OwnedArray, OwnedValue};
use barebus_systemd::ProcessEnd;

use super::number::signal;
use super::value::{Text, yes_no};
use crate::time::{span, timestamp};

use OwnedValue::{Array, Boolean, Bytes, Int32, String as Text_, Struct, Uint16, Uint32, Uint64};

/// The text of a list that is not one of strings or numbers. Those that systemctl does not know are unprintable.
pub(super) fn text(name: &str, array: &OwnedArray) -> Text {
    let elements = array.elements().iter();
    match (name, array.element().as_str()) {
        ("LogExtraFields", "ay") => joined(elements.filter_map(field)),
        ("IPAddressAllow" | "IPAddressDeny", "(iayu)") => joined(fields(array).filter_map(address)),
        ("BindPaths" | "BindReadOnlyPaths", "(ssbt)") => joined(fields(array).filter_map(bind)),
        ("TemporaryFileSystem", "(ss)") => joined(fields(array).filter_map(temporary)),
        ("MountImages", "(ssba(ss))") => joined(fields(array).filter_map(image)),
        ("ExtensionImages", "(sba(ss))") => joined(fields(array).filter_map(extension)),
        _ => lines(name, array),
    }
}

/// The fields of each struct.
fn fields(array: &OwnedArray) -> impl Iterator<Item = &[OwnedValue]> {
    array.elements().iter().filter_map(|element| match element {
        Struct(fields) => Some(&**fields),
        _ => None,
    })
}

fn joined(words: impl Iterator<Item = String>) -> Text {
    Text::Line(words.collect::<Vec<_>>().join(" "))
}

/// Lists of which each element is a line.
fn lines(name: &str, array: &OwnedArray) -> Text {
    let line: fn(&[OwnedValue]) -> Option<String> = match (name, array.element().as_str()) {
        ("EnvironmentFiles", "(sb)") => |fields| match fields {
            [Text_(path), Boolean(ignore)] => {
                Some(format!("{path} (ignore_errors={})", yes_no(*ignore)))
            }
            _ => None,
        },
        ("Paths" | "Listen", "(ss)") => |fields| match fields {
            [Text_(kind), Text_(path)] => Some(format!("{path} ({kind})")),
            _ => None,
        },
        ("DeviceAllow", "(ss)") => |fields| match fields {
            [Text_(path), Text_(access)] => Some(format!("{path} {access}")),
            _ => None,
        },
        ("BPFProgram", "(ss)") => |fields| match fields {
            [Text_(kind), Text_(path)] => Some(format!("{kind}:{path}")),
            _ => None,
        },
        ("RootImageOptions", "(ss)") => |fields| match fields {
            [Text_(partition), Text_(options)] => Some(format!("{partition}:{options}")),
            _ => None,
        },
        ("LogFilterPatterns", "(bs)") => |fields| match fields {
            [Boolean(allows), Text_(pattern)] => {
                let tilde = if *allows { "" } else { "~" };
                Some(format!("{tilde}{pattern}"))
            }
            _ => None,
        },
        (_, "(sst)") if name.ends_with("DirectorySymlink") => symlink,
        ("OpenFile", "(sst)") => open_file,
        ("TimersMonotonic", "(stt)") => |fields| match fields {
            [Text_(base), Uint64(value), Uint64(next)] => {
                let (value, next) = (span(*value, 0), span(*next, 0));
                Some(format!("{{ {base}={value} ; next_elapse={next} }}"))
            }
            _ => None,
        },
        ("TimersCalendar", "(sst)") => |fields| match fields {
            [Text_(base), Text_(spec), Uint64(next)] => {
                let next = timestamp(*next).unwrap_or_else(|| "(null)".into());
                Some(format!("{{ {base}={spec} ; next_elapse={next} }}"))
            }
            _ => None,
        },
        ("IODeviceLatencyTargetUSec", "(st)") => |fields| match fields {
            [Text_(path), Uint64(target)] => Some(format!("{path} {}", span(*target, 1))),
            _ => None,
        },
        (_, "(st)") if name.starts_with("IO") || name.starts_with("BlockIO") => {
            |fields| match fields {
                [Text_(path), Uint64(number)] => Some(format!("{path} {number}")),
                _ => None,
            }
        }
        ("SocketBindAllow" | "SocketBindDeny", "(iiqq)") => port,
        (_, "(sasbttttuii)" | "(sasasttttuii)") if name.starts_with("Exec") => command,
        _ => return Text::Unprintable,
    };
    Text::Lines(fields(array).filter_map(line).collect())
}

/// A command, with what became of it.
fn command(fields: &[OwnedValue]) -> Option<String> {
    let [Text_(path), Array(arguments), how, times @ .., Uint32(pid), Int32(code), Int32(status)] =
        fields
    else {
        return None;
    };
    let [Uint64(began), _, Uint64(ended), _] = times else { return None };
    let texts = |array: &OwnedArray| {
        let texts = array.elements().iter().filter_map(OwnedValue::as_str);
        texts.collect::<Vec<_>>().join(" ")
    };
    let how = match how {
        Boolean(ignore) => format!("ignore_errors={}", yes_no(*ignore)),
        Array(flags) => format!("flags={}", texts(flags)),
        _ => return None,
    };
    let time = |time| timestamp(time).unwrap_or_else(|| "n/a".into());
    let end = match ProcessEnd::new(*code, *status) {
        Some(ProcessEnd::Exited(_)) => format!("code=exited ; status={status}"),
        Some(ProcessEnd::Killed(_)) => format!("code=killed ; status={status}/{}", signal(*status)),
        Some(ProcessEnd::Dumped(_)) => format!("code=dumped ; status={status}/{}", signal(*status)),
        None => format!("code=(null) ; status={status}/{}", signal(*status)),
    };
    Some(format!(
        "{{ path={path} ; argv[]={} ; {how} ; start_time=[{}] ; stop_time=[{}] ; pid={pid} ; {end} }}",
        texts(arguments),
        time(*began),
        time(*ended),
    ))
}

/// A field of log messages that is text: `NAME=value`.
fn field(value: &OwnedValue) -> Option<String> {
    let Bytes(bytes) = value else { return None };
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    (text.contains('=') && !text.contains('\0')).then_some(text)
}

/// Addresses and how many of their bits count.
fn address(fields: &[OwnedValue]) -> Option<String> {
    let [Int32(_), Bytes(bytes), Uint32(bits)] = fields else { return None };
    let v4 = |bytes: [u8; 4]| IpAddr::from(Ipv4Addr::from(bytes));
    let v6 = |bytes: [u8; 16]| IpAddr::from(Ipv6Addr::from(bytes));
    let bytes = &**bytes;
    let address = bytes.try_into().map(v4).or_else(|_| bytes.try_into().map(v6)).ok()?;
    Some(format!("{address}/{bits}"))
}

/// `MS_REC`, mount(2).
const RECURSIVE: u64 = 1 << 14;

fn bind(fields: &[OwnedValue]) -> Option<String> {
    let [Text_(source), Text_(destination), Boolean(ignore), Uint64(flags)] = fields else {
        return None;
    };
    let dash = if *ignore { "-" } else { "" };
    let to = if destination.is_empty() { String::new() } else { format!(":{destination}") };
    let recursive = if *flags == RECURSIVE { ":rbind" } else { "" };
    (!source.is_empty()).then(|| format!("{dash}{source}{to}{recursive}"))
}

fn temporary(fields: &[OwnedValue]) -> Option<String> {
    match fields {
        [Text_(path), _] if path.is_empty() => None,
        [Text_(path), Text_(options)] if options.is_empty() => Some(path.clone()),
        [Text_(path), Text_(options)] => Some(format!("{path}:{options}")),
        _ => None,
    }
}

fn image(fields: &[OwnedValue]) -> Option<String> {
    let [Text_(source), Text_(destination), Boolean(ignore), Array(options)] = fields else {
        return None;
    };
    let dash = if *ignore { "-" } else { "" };
    Some(format!("{dash}{source}:{destination}{}", mount_options(options)))
}

fn extension(fields: &[OwnedValue]) -> Option<String> {
    let [Text_(source), Boolean(ignore), Array(options)] = fields else { return None };
    let dash = if *ignore { "-" } else { "" };
    Some(format!("{dash}{source}{}", mount_options(options)))
}

/// `:PARTITION:OPTIONS` for each partition.
fn mount_options(options: &OwnedArray) -> String {
    let of_partition = |fields: &[OwnedValue]| match fields {
        [Text_(partition), Text_(options)] => Some(format!(":{partition}:{options}")),
        _ => None,
    };
    fields(options).filter_map(of_partition).collect()
}

fn symlink(fields: &[OwnedValue]) -> Option<String> {
    match fields {
        [Text_(source), Text_(destination), Uint64(_)] => Some(format!("{source}:{destination}")),
        _ => None,
    }
}

/// A file that a service gets opened, for example `/run/x:name:read-only`.
fn open_file(fields: &[OwnedValue]) -> Option<String> {
    let [Text_(path), Text_(name), Uint64(flags)] = fields else { return None };
    let flag = |(bit, word): (u64, &'static str)| (flags & bit != 0).then_some(word);
    let options = [(1, "read-only"), (2, "append"), (4, "truncate"), (8, "graceful")];
    let options: Vec<_> = options.into_iter().filter_map(flag).collect();
    // The name of the file is the default.
    let is_default = path.rsplit('/').next() == Some(name);
    let name = if is_default { "" } else { name };
    Some(match (name, &*options) {
        ("", []) => path.clone(),
        (name, []) => format!("{path}:{name}"),
        (name, options) => format!("{path}:{name}:{}", options.join(",")),
    })
}

/// Ports, for example `ipv4:tcp:1024-2047`.
fn port(fields: &[OwnedValue]) -> Option<String> {
    let [Int32(family), Int32(protocol), Uint16(count), Uint16(first)] = fields else {
        return None;
    };
    // AF_INET and AF_INET6, IPPROTO_TCP and IPPROTO_UDP.
    let family = match family {
        2 => "ipv4:",
        10 => "ipv6:",
        _ => "",
    };
    let protocol = match protocol {
        6 => "tcp",
        17 => "udp",
        _ => "",
    };
    Some(match count {
        0 => format!("{family}{protocol}any"),
        1 => format!("{family}{protocol}{first}"),
        count => format!("{family}{protocol}{first}-{}", first.saturating_add(count - 1)),
    })
}
