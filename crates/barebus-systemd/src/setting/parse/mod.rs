//! The text of settings, read as systemd reads it. `None` is text that systemd refuses.

mod bytes;
mod number;
mod span;
mod word;

pub(super) use bytes::{base64, hex};
pub(super) use number::{boolean, integer, octal, permyriad, scaled, size};
pub(super) use span::{nanoseconds, span, span_in};
pub(super) use word::{SPACES, Splitter, unescape};

#[cfg(test)]
mod tests;
