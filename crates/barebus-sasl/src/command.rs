//! What a line says: a command of the server, or one of the client.

use crate::error::{Offered, SaslError};
use crate::guid::Guid;
use crate::line::Line;

/// Command and arguments, cut at the first space. The command is `[A-Z_]+`. Spec: Authentication Protocol.
fn split<'a>(line: Line<'a>) -> Result<(&'a [u8], Option<&'a [u8]>), SaslError> {
    let len = line
        .text
        .iter()
        .position(|byte| !matches!(byte, b'A'..=b'Z' | b'_'))
        .unwrap_or(line.text.len());
    let (command, rest) = line.text.split_at_checked(len).unwrap_or((line.text, &[]));
    match rest.split_first() {
        None if !command.is_empty() => Ok((command, None)),
        Some((b' ', arguments)) if !command.is_empty() => Ok((command, Some(arguments))),
        _ => Err(SaslError::MalformedCommand { at: line.at(len), line: line.excerpt() }),
    }
}

/// No argument may follow.
fn bare(line: Line<'_>, arguments: Option<&[u8]>) -> Result<(), SaslError> {
    let Some(arguments) = arguments else { return Ok(()) };
    let at = line.at(line.text.len().saturating_sub(arguments.len()));
    Err(SaslError::SurplusArgument { at, line: line.excerpt() })
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
            // Some servers send `DATA ` for the empty challenge: no digits after the space.
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
    Rejected(Offered),
    Ok(Guid),
    Data(Data<'a>),
    Error,
    AgreeUnixFd,
    Unknown,
}

impl<'a> ServerCommand<'a> {
    pub(crate) fn parse(line: Line<'a>) -> Result<Self, SaslError> {
        let (command, arguments) = split(line)?;
        Ok(match command {
            b"REJECTED" => Self::Rejected(mechanisms(line, arguments)?),
            b"OK" => {
                let digits = arguments.unwrap_or_default();
                let at = line.at(line.text.len().saturating_sub(digits.len()));
                let guid = Guid::parse(digits);
                Self::Ok(guid.map_err(|_| SaslError::BadGuid { at, line: line.excerpt() })?)
            }
            b"DATA" => Self::Data(Data::new(arguments)),
            b"ERROR" => Self::Error,
            b"AGREE_UNIX_FD" => {
                bare(line, arguments)?;
                Self::AgreeUnixFd
            }
            _ => Self::Unknown,
        })
    }
}

/// The names behind REJECTED. Some servers name none.
fn mechanisms(line: Line<'_>, arguments: Option<&[u8]>) -> Result<Offered, SaslError> {
    let Some(list) = arguments else { return Ok(Offered::new(&[])) };
    let mut at = line.text.len().saturating_sub(list.len());
    for name in list.split(|&byte| byte == b' ') {
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return Err(SaslError::BadMechanismList { at: line.at(at), line: line.excerpt() });
        }
        at = at.saturating_add(name.len()).saturating_add(1);
    }
    Ok(Offered::new(list))
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
    pub(crate) fn parse(line: Line<'a>) -> Result<Self, SaslError> {
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
