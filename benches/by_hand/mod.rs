//! A decoder written by hand for the messages of W1, W2, W3, W6 and W7: the yardstick for the time that decoding takes.
//!
//! It is what a specialist would write for these messages alone. Every type is known, values are borrowed, one pass reads and
//! validates, and the code is safe. It checks what the specification asks of a receiver: lengths, padding, UTF-8, NULs, booleans,
//! names, object paths, signatures, limits and depth. It does not say what is wrong, and it refuses header fields and variants of
//! types that these messages do not have. The tests below show that it accepts nothing that barebus refuses.

mod bytes;
mod names;
#[cfg(test)]
mod tests;

use bytes::Bytes;

/// A message's header.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the specification's names")]
pub struct Header<'a> {
    pub message_type: u8,
    pub flags: u8,
    pub serial: u32,
    pub path: Option<&'a str>,
    pub interface: Option<&'a str>,
    pub member: Option<&'a str>,
    pub reply_serial: Option<u32>,
    pub destination: Option<&'a str>,
    pub sender: Option<&'a str>,
    pub signature: &'a str,
}

/// Name, description, load, active and sub state, unit followed, path, job's id, type and path.
pub type Unit<'a> =
    (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str, &'a str, u32, &'a str, &'a str);

/// Condition, whether it is a trigger, whether it is negated, parameter, and whether it held.
pub type Condition<'a> = (&'a str, bool, bool, &'a str, i32);

/// A property's value, or one element of it where it is an array of strings or structs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "what they are called is what they hold")]
pub enum Property<'a> {
    Boolean(bool),
    Number32(u32),
    Number64(u64),
    Text(&'a str),
    Element(&'a str),
    Bytes(&'a [u8]),
    Job(u32, &'a str),
    LoadError(&'a str, &'a str),
    Condition(Condition<'a>),
}

/// Reads W1: the header and the only argument. `None` if the message is invalid, here and below.
pub fn call(message: &[u8]) -> Option<(Header<'_>, &str)> {
    let (header, mut body) = open(message, "s")?;
    let text = body.string()?;
    body.finish((header, text))
}

/// Reads W2: calls `found` for each unit.
pub fn units<'a>(message: &'a [u8], mut found: impl FnMut(&Unit<'a>)) -> Option<()> {
    let (_, mut body) = open(message, "a(ssssssouso)")?;
    let end = body.array(8)?;
    while body.pos < end {
        body.pad(8)?;
        found(&(
            body.string()?,
            body.string()?,
            body.string()?,
            body.string()?,
            body.string()?,
            body.string()?,
            body.path()?,
            body.number()?,
            body.string()?,
            body.path()?,
        ));
    }
    body.leave(end)?;
    body.finish(())
}

/// Reads W3: calls `found` with the name of each property and its value.
pub fn properties<'a>(
    message: &'a [u8],
    mut found: impl FnMut(&'a str, &Property<'a>),
) -> Option<()> {
    let (_, mut body) = open(message, "a{sv}")?;
    let end = body.array(8)?;
    while body.pos < end {
        body.pad(8)?;
        let name = body.string()?;
        body.property(|value| found(name, value))?;
    }
    body.leave(end)?;
    body.finish(())
}

/// Reads W6: calls `found` for each string.
pub fn strings<'a>(message: &'a [u8], mut found: impl FnMut(&'a str)) -> Option<()> {
    let (_, mut body) = open(message, "as")?;
    let end = body.array(4)?;
    while body.pos < end {
        found(body.string()?);
    }
    body.leave(end)?;
    body.finish(())
}

/// Reads W7, arrays: calls `found` for each number in the innermost ones.
pub fn arrays(message: &[u8], mut found: impl FnMut(u32)) -> Option<()> {
    let (_, mut body) = open(message, "aaaaaaaaaaaaaaaau")?;
    body.nested(16, &mut found)?;
    body.finish(())
}

/// Reads W7, variants: the number in the innermost one.
pub fn variants(message: &[u8]) -> Option<u32> {
    let (_, mut body) = open(message, "v")?;
    let mut value_type = body.variant_type()?;
    let mut depth = 1;
    while value_type == b"v" && depth < MAX_DEPTH {
        value_type = body.variant_type()?;
        depth += 1;
    }
    if value_type != b"u" {
        return None;
    }
    let number = body.number()?;
    body.finish(number)
}

/// Checks the header and that the body has the type `signature`. Returns the header and the body.
fn open<'a>(message: &'a [u8], signature: &str) -> Option<(Header<'a>, Bytes<'a>)> {
    let is_big = match message.first()? {
        b'l' => false,
        b'B' => true,
        _ => return None,
    };
    let mut bytes = Bytes { bytes: message, pos: 4, is_big, known: "", known_at: 0 };
    let &[_, message_type, flags, version, ..] = message else { return None };
    if message_type == 0 || version != 1 {
        return None;
    }
    let mut header = Header { message_type, flags: flags & 7, ..Header::default() };
    let body_len = bytes.number()? as usize;
    header.serial = bytes.number()?;
    let fields_end = bytes.array(8)?;
    if header.serial == 0 {
        return None;
    }
    while bytes.pos < fields_end {
        bytes.pad(8)?;
        bytes.field(&mut header)?;
    }
    bytes.leave(fields_end)?;
    bytes.pad(8)?;
    let is_complete = match message_type {
        1 => header.path.is_some() && header.member.is_some(),
        2 => header.reply_serial.is_some(),
        // These messages are calls and replies.
        _ => false,
    };
    let len = bytes.pos.checked_add(body_len)?;
    if !is_complete || len != message.len() || len > MAX_MESSAGE || header.signature != signature {
        return None;
    }
    Some((header, bytes))
}

const MAX_DEPTH: usize = 64;
const MAX_MESSAGE: usize = 1 << 27;
