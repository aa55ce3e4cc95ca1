//! stub
#[derive(Clone, Copy, Debug)]
pub struct NameError {
    pub at: u32,
}
macro_rules! n { ($($t:ident)*) => {$(
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct $t<'a>(&'a str);
impl<'a> $t<'a> {
 pub const fn as_str(self) -> &'a str { self.0 }
 pub fn parse(t: &'a str) -> Result<Self, NameError> { Ok(Self(t)) }
 pub fn from_bytes(t: &'a [u8]) -> Result<Self, NameError> { core::str::from_utf8(t).map(Self).map_err(|_| NameError{at:0}) }
 pub const fn from_static(t: &'static str) -> $t<'static> { $t(t) }
}
)*}}
n!(ObjectPath InterfaceName MemberName ErrorName BusName);
