//! The mechanisms a client can ask for.

use core::fmt::{self, Write};

/// A way to prove who one is. Spec: Authentication Mechanisms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// The kernel tells the server who the client is; the client says who it wants to be.
    External(Identity),
    /// Nobody in particular; few servers let nobody in.
    Anonymous,
}

impl Mechanism {
    /// The name that the protocol gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::External(_) => "EXTERNAL",
            Self::Anonymous => "ANONYMOUS",
        }
    }
}

/// Who an EXTERNAL client asks to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// This user: its number in decimal digits, those in hex.
    Uid(u32),
    /// Whoever the kernel says. `AUTH EXTERNAL` bare, and an empty `DATA` to the server's challenge: right even where client and
    /// server number users differently, as in user namespaces.
    Empty,
}

/// Which mechanisms to try, in order. After REJECTED the next one that the server offers is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mechanisms {
    /// Tried first, without asking what the server offers.
    pub first: Mechanism,
    /// Tried after it, each once; `None` is passed over. Only for [`Pacing::StepByStep`](crate::Pacing::StepByStep).
    pub fallbacks: [Option<Mechanism>; 3],
}

impl Mechanisms {
    /// `mechanism` or nothing.
    pub const fn only(mechanism: Mechanism) -> Self {
        Self { first: mechanism, fallbacks: [None; 3] }
    }
}

impl From<Mechanism> for Mechanisms {
    fn from(mechanism: Mechanism) -> Self {
        Self::only(mechanism)
    }
}

/// The longest decimal u32, in bytes.
pub(crate) const MAX_UID_DIGITS: usize = 10;

/// A uid as an EXTERNAL identity: decimal digits, those in hex.
pub(crate) struct UidHex {
    digits: [u8; MAX_UID_DIGITS],
    len: usize,
    hex: [u8; 2 * MAX_UID_DIGITS],
}

impl UidHex {
    pub(crate) fn new(uid: u32) -> Self {
        let mut this = Self { digits: [0; MAX_UID_DIGITS], len: 0, hex: [0; 2 * MAX_UID_DIGITS] };
        // Neither can fail: a u32 has at most 10 digits, and `hex` has twice that room.
        let _ = write!(this, "{uid}");
        if let (Some(digits), Some(hex)) =
            (this.digits.get(..this.len), this.hex.get_mut(..2 * this.len))
        {
            let _ = hex::encode_to_slice(digits, hex);
        }
        this
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.hex.get(..2 * self.len).unwrap_or_default()
    }
}

impl Write for UidHex {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len.saturating_add(text.len());
        self.digits.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_its_decimal_digits_in_hex() {
        for (uid, hex) in [
            (0, "30"),
            (9, "39"),
            (10, "3130"),
            (1000, "31303030"),
            (4_294_967_294, "34323934393637323934"),
            (u32::MAX, "34323934393637323935"),
        ] {
            assert_eq!(UidHex::new(uid).as_bytes(), hex.as_bytes(), "{uid}");
        }
    }
}
