//! What a line says: a command of the server, or one of the client.

use crate::fault::{Fault, Rule};
use crate::guid::Guid;

/// Command and arguments, cut at the first space. The command is `[A-Z_]+`. Spec: Authentication Protocol.
fn split(line: &[u8]) -> Result<(&[u8], Option<&[u8]>), Fault> {
    let at = line.iter().position(|byte| !matches!(byte, b'A'..=b'Z' | b'_')).unwrap_or(line.len());
    match line.split_at_checked(at) {
        Some((command @ [_, ..], [])) => Ok((command, None)),
        Some((command @ [_, ..], [b' ', arguments @ ..])) => Ok((command, Some(arguments))),
        _ => Err(Fault { rule: Rule::MalformedCommand, at }),
    }
}

/// What is wrong with the arguments that end with the line.
fn fault(rule: Rule, line: &[u8], arguments: &[u8]) -> Fault {
    Fault { rule, at: line.len().saturating_sub(arguments.len()) }
}

/// No argument may follow.
fn bare(line: &[u8], arguments: Option<&[u8]>) -> Result<(), Fault> {
    match arguments {
        None => Ok(()),
        Some(arguments) => Err(fault(Rule::SurplusArgument, line, arguments)),
    }
}

/// The argument of a DATA or AUTH line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Data<'a> {
    Empty,
    /// Hex digits, an even number of them, at least two.
    Hex(&'a [u8]),
    /// An odd number of hex digits, or other bytes.
    Malformed,
}

impl<'a> Data<'a> {
    fn new(argument: Option<&'a [u8]>) -> Self {
        match argument {
            None | Some([]) => Self::Empty,
            Some(hex) if hex.len() % 2 == 0 && hex.iter().all(u8::is_ascii_hexdigit) => {
                Self::Hex(hex)
            }
            Some(_) => Self::Malformed,
        }
    }
}

/// A line of the server, as the client reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerCommand<'a> {
    Rejected(Names<'a>),
    Ok(Guid),
    /// DATA that says nothing: some servers send it with a space behind it.
    EmptyData,
    /// DATA with hex digits, or with something else: there is no answer to either.
    Data,
    Error,
    AgreeUnixFd,
    Unknown,
}

impl<'a> ServerCommand<'a> {
    // Not by patterns, which are compared byte by byte.
    #[inline(never)]
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, Fault> {
        let (command, arguments) = split(line)?;
        Ok(if command == b"REJECTED" {
            Self::Rejected(names(line, arguments)?)
        } else if command == b"OK" {
            let digits = arguments.unwrap_or_default();
            let guid = Guid::parse(digits);
            Self::Ok(guid.map_err(|_| fault(Rule::BadGuid, line, digits))?)
        } else if command == b"DATA" {
            if arguments.unwrap_or_default().is_empty() { Self::EmptyData } else { Self::Data }
        } else if command == b"ERROR" {
            Self::Error
        } else if command == b"AGREE_UNIX_FD" {
            bare(line, arguments)?;
            Self::AgreeUnixFd
        } else {
            Self::Unknown
        })
    }
}

/// The mechanisms' names behind REJECTED.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Names<'a> {
    /// Separated by spaces. Some servers name none.
    pub(crate) list: &'a [u8],
    pub(crate) external: bool,
    pub(crate) anonymous: bool,
}

fn names<'a>(line: &[u8], arguments: Option<&'a [u8]>) -> Result<Names<'a>, Fault> {
    let mut names =
        Names { list: arguments.unwrap_or_default(), external: false, anonymous: false };
    let mut rest = arguments;
    while let Some(list) = rest {
        let len = list.iter().position(|&byte| byte == b' ').unwrap_or(list.len());
        let (name, behind) = list.split_at_checked(len).unwrap_or_default();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return Err(fault(Rule::BadMechanismList, line, list));
        }
        names.external |= name == b"EXTERNAL";
        names.anonymous |= name == b"ANONYMOUS";
        rest = behind.get(1..);
    }
    Ok(names)
}

/// A line of the client, as the server reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientCommand<'a> {
    /// Mechanism and initial response; both empty when `AUTH` stands alone.
    Auth(&'a [u8], Data<'a>),
    Cancel,
    Begin,
    Data(Data<'a>),
    Error,
    NegotiateUnixFd,
    Unknown,
}

impl<'a> ClientCommand<'a> {
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, Fault> {
        let (command, arguments) = split(line)?;
        Ok(match command {
            b"AUTH" => {
                let mut parts = arguments.unwrap_or_default().splitn(2, |&byte| byte == b' ');
                let mechanism = parts.next().unwrap_or_default();
                Self::Auth(mechanism, Data::new(parts.next()))
            }
            b"CANCEL" => {
                bare(line, arguments)?;
                Self::Cancel
            }
            b"BEGIN" => {
                bare(line, arguments)?;
                Self::Begin
            }
            b"DATA" => Self::Data(Data::new(arguments)),
            b"ERROR" => Self::Error,
            b"NEGOTIATE_UNIX_FD" => {
                bare(line, arguments)?;
                Self::NegotiateUnixFd
            }
            _ => Self::Unknown,
        })
    }
}
