//! The specification's limits, one place for all.

/// Longest message in bytes, header and body together: 2^27. Spec: Message Format.
pub const MESSAGE_LEN: u32 = 1 << 27;

/// Longest array payload in bytes, without the padding before its first element: 2^26. Spec: Marshaling, array.
pub const ARRAY_LEN: u32 = 1 << 26;

/// Longest signature in bytes, without its length byte and NUL. Spec: Valid Signatures.
pub const SIGNATURE_LEN: usize = 255;

/// Most arrays that may enclose one another in one signature. Spec: Valid Signatures.
pub const ARRAY_DEPTH: u8 = 32;

/// Most structs that may enclose one another in one signature. Spec: Valid Signatures.
pub const STRUCT_DEPTH: u8 = 32;

/// Most containers of any kind that may enclose a value, counted through variants. Spec: Valid Signatures.
pub const TOTAL_DEPTH: u8 = 64;

/// Longest interface, member, error or bus name in bytes. Spec: Valid Names.
pub const NAME_LEN: usize = 255;

/// Bytes of the fixed part of a header, the length of the header fields included: after them a frame's size is known.
pub const FIXED_HEADER_LEN: usize = 16;

/// Longest match rule in bytes that buses take. The specification gives no number, the reference implementations do.
pub const MATCH_RULE_LEN: usize = 1024;

/// Highest number of an argument that a match rule can look at. Spec: Match Rules.
pub const MATCH_ARGUMENT: u8 = 63;
