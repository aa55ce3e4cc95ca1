//! Parses values of options.

use barebus_systemd::setting;

/// A boolean in systemd's spellings.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    setting::boolean(text).ok_or_else(|| "neither yes nor no".to_owned())
}

/// A number of bytes: `4096`, `64K`, `1M`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    setting::size(text)
        .ok_or_else(|| "not a number of bytes; write it as 4096, 64K or 1M".to_owned())
}
