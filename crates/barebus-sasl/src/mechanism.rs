//! The mechanisms a client can ask for.

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
    hex: [u8; 2 * MAX_UID_DIGITS],
    /// Where it begins; it goes on to the end.
    start: usize,
}

impl UidHex {
    pub(crate) fn new(uid: u32) -> Self {
        let mut this = Self { hex: [0; 2 * MAX_UID_DIGITS], start: 2 * MAX_UID_DIGITS };
        let mut rest = uid;
        // From the last digit on, until none but zeros are left.
        for digit in this.hex.rchunks_exact_mut(2) {
            // ASCII digits are 0x30 to 0x39: in hex, a 3 before each.
            let ones = u8::try_from(rest % 10).unwrap_or_default();
            digit.copy_from_slice(&[b'3', b'0' + ones]);
            this.start -= 2;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        this
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.hex.get(self.start..).unwrap_or_default()
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
