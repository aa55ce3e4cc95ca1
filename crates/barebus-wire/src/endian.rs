//! The byte-order mark.

/// Byte order of one message, header and body alike. Spec: Message Format, the first byte.
///
/// ```
/// use barebus_wire::Endian;
///
/// assert_eq!(Endian::from_mark(b'l'), Some(Endian::Little));
/// assert_eq!(Endian::Big.mark(), b'B');
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endian {
    /// `l`: least significant byte first.
    Little,
    /// `B`: most significant byte first.
    Big,
}

impl Endian {
    /// The byte order of the machine this was compiled for.
    pub const NATIVE: Self = if cfg!(target_endian = "little") { Self::Little } else { Self::Big };

    /// The mark that stands in a message's first byte.
    pub const fn mark(self) -> u8 {
        match self {
            Self::Little => b'l',
            Self::Big => b'B',
        }
    }

    /// What a message's first byte says, if it says anything.
    pub const fn from_mark(mark: u8) -> Option<Self> {
        match mark {
            b'l' => Some(Self::Little),
            b'B' => Some(Self::Big),
            _ => None,
        }
    }
}
