//! Settings of sockets, and of addresses and ports. systemd.socket(5).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::basic::{boolean, bytes, int32, int64, mode, one, seconds, text, uint32, words};
use super::constant::{IP_PROTOCOLS, IP_TOS, find};
use super::error::Expected;
use super::parse::{Splitter, integer};
use super::table::Rule;
use super::translation::{Outcome, Translation};

pub(super) const OF_SOCKETS: &[Rule] = &[
    (
        boolean,
        &[
            "Accept",
            "FlushPending",
            "Writable",
            "KeepAlive",
            "NoDelay",
            "FreeBind",
            "Transparent",
            "Broadcast",
            "PassCredentials",
            "PassFileDescriptorsToExec",
            "PassSecurity",
            "PassPacketInfo",
            "ReusePort",
            "RemoveOnStop",
            "SELinuxContextFromNet",
        ],
    ),
    (int32, &["Priority", "IPTTL", "Mark"]),
    (ip_tos, &["IPTOS"]),
    (
        uint32,
        &[
            "Backlog",
            "MaxConnections",
            "MaxConnectionsPerSource",
            "KeepAliveProbes",
            "TriggerLimitBurst",
            "PollLimitBurst",
        ],
    ),
    (mode, &["SocketMode", "DirectoryMode"]),
    (int64, &["MessageQueueMaxMessages", "MessageQueueMessageSize"]),
    (
        seconds,
        &[
            "TimeoutSec",
            "KeepAliveTimeSec",
            "KeepAliveIntervalSec",
            "DeferAcceptSec",
            "TriggerLimitIntervalSec",
            "PollLimitIntervalSec",
        ],
    ),
    (bytes, &["ReceiveBuffer", "SendBuffer", "PipeSize"]),
    (
        text,
        &[
            "SmackLabel",
            "SmackLabelIPIn",
            "SmackLabelIPOut",
            "TCPCongestion",
            "BindToDevice",
            "BindIPv6Only",
            "FileDescriptorName",
            "SocketUser",
            "SocketGroup",
            "Timestamping",
        ],
    ),
    (words, &["Symlinks"]),
    (ip_protocol, &["SocketProtocol"]),
    (
        listen,
        &[
            "ListenStream",
            "ListenDatagram",
            "ListenSequentialPacket",
            "ListenNetlink",
            "ListenSpecial",
            "ListenMessageQueue",
            "ListenFIFO",
            "ListenUSBFunction",
        ],
    ),
];

fn ip_tos(t: &mut Translation<'_>) -> Outcome {
    let number = || integer::<i32>(t.text).filter(|number| (0..=255).contains(number));
    t.some(find(IP_TOS, t.text).or_else(number), Expected::IpTos)
}

fn ip_protocol(t: &mut Translation<'_>) -> Outcome {
    let number = || integer::<i32>(t.text).filter(|number| *number >= 0);
    let name = t.text.to_ascii_lowercase();
    t.some(find(IP_PROTOCOLS, &name).or_else(number), Expected::IpProtocol)
}

/// All kinds of addresses are one property, whose first part tells the kind.
fn listen(t: &mut Translation<'_>) -> Outcome {
    let kind = t.name.strip_prefix("Listen").unwrap_or(t.name);
    t.put("Listen", one(t.text, (kind, t.text)))
}

/// Address families of Linux, as D-Bus properties have them.
const AF_INET: i32 = 2;
const AF_INET6: i32 = 10;

/// A family, an address and the length of its prefix in bits.
type Prefix = (i32, Vec<u8>, u32);

pub(super) fn addresses(t: &mut Translation<'_>) -> Outcome {
    let mut list: Vec<Prefix> = Vec::new();
    for word in Splitter::new(t.text) {
        let word = word.map_err(|()| Expected::Addresses)?;
        list.extend(prefixes(&word).ok_or(Expected::Addresses)?);
    }
    t.same(list)
}

fn ipv4(address: Ipv4Addr, len: u32) -> Prefix {
    (AF_INET, address.octets().to_vec(), len)
}

fn ipv6(address: Ipv6Addr, len: u32) -> Prefix {
    (AF_INET6, address.octets().to_vec(), len)
}

/// The addresses that a word stands for.
fn prefixes(word: &str) -> Option<Vec<Prefix>> {
    Some(match word {
        "any" => vec![ipv4(Ipv4Addr::UNSPECIFIED, 0), ipv6(Ipv6Addr::UNSPECIFIED, 0)],
        "link-local" => {
            let address = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0);
            vec![ipv4(Ipv4Addr::new(169, 254, 0, 0), 16), ipv6(address, 64)]
        }
        "multicast" => {
            let address = Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0);
            vec![ipv4(Ipv4Addr::new(224, 0, 0, 0), 4), ipv6(address, 8)]
        }
        _ if is_localhost(word) => {
            vec![ipv4(Ipv4Addr::new(127, 0, 0, 0), 8), ipv6(Ipv6Addr::LOCALHOST, 128)]
        }
        _ => vec![prefix(word)?],
    })
}

/// Names of this machine. RFC 6761, and `localdomain`.
fn is_localhost(word: &str) -> bool {
    let name = word.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    let name = name.strip_suffix(".localdomain").unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// An address with or without the length of its prefix.
fn prefix(word: &str) -> Option<Prefix> {
    let (address, len) = match word.split_once('/') {
        Some((address, len)) => (address, Some(integer::<u32>(len)?)),
        None => (word, None),
    };
    let prefix = match address.parse::<Ipv4Addr>() {
        Ok(address) => ipv4(address, len.unwrap_or(32)),
        Err(_) => ipv6(address.parse().ok()?, len.unwrap_or(128)),
    };
    let most = if prefix.0 == AF_INET { 32 } else { 128 };
    (prefix.2 <= most).then_some(prefix)
}

pub(super) fn socket_bind(t: &mut Translation<'_>) -> Outcome {
    let list = match t.text {
        "" => Vec::new(),
        text => vec![bind_item(text).ok_or(Expected::SocketBind)?],
    };
    t.same(list)
}

/// Family, protocol, count of ports and first port; 0 stands for all of each.
fn bind_item(text: &str) -> Option<(i32, i32, u16, u16)> {
    let mut tokens = text.split(':').peekable();
    let mut known = |names: &[(&str, i32)]| {
        let value = tokens.peek().and_then(|token| find(names, token));
        if value.is_some() {
            tokens.next();
        }
        value.unwrap_or(0)
    };
    let family = known(&[("ipv4", AF_INET), ("ipv6", AF_INET6)]);
    let protocol = known(&[("tcp", 6), ("udp", 17)]);
    let (count, first) = match tokens.next() {
        None | Some("any") => (0, 0),
        Some(ports) => {
            let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
            let (first, last) = (integer::<u16>(first)?, integer::<u16>(last)?);
            if first == 0 || last < first {
                return None;
            }
            (last - first + 1, first)
        }
    };
    tokens.next().is_none().then_some((family, protocol, count, first))
}
