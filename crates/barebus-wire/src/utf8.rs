//! stub
pub enum Utf8Fault {
    Nul(usize),
    NotUtf8(usize),
}
pub fn find_nul(b: &[u8]) -> Option<usize> {
    memchr::memchr(0, b)
}
pub fn check_str(b: &[u8]) -> Result<&str, Utf8Fault> {
    if let Some(n) = find_nul(b) {
        return Err(Utf8Fault::Nul(n));
    }
    core::str::from_utf8(b).map_err(|e| Utf8Fault::NotUtf8(e.valid_up_to()))
}
