//! No shortcuts, in a program built for size: nothing is taken, and everything is read the plain way. See `fast.rs`.
#![allow(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "as in fast.rs")]

use core::marker::PhantomData;

use super::Reader;
use crate::name::ObjectPath;
use crate::signature::Signature;

/// Whether the shortcuts are there.
pub(crate) const FAST: bool = false;

/// No text is remembered as UTF-8.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window<'a>(PhantomData<&'a str>);

impl<'a> Window<'a> {
    pub(crate) const EMPTY: Self = Self(PhantomData);

    pub(super) const fn of(_: &'a str, _: &[u8]) -> Self {
        Self::EMPTY
    }

    #[allow(clippy::unused_self, reason = "as in fast.rs")]
    pub(super) const fn text(&self) -> &'a str {
        ""
    }
}

impl<'a> Reader<'a> {
    pub(super) const fn take_padding(&mut self, _: usize) -> Option<()> {
        None
    }

    pub(super) const fn take_u32(&mut self) -> Option<u32> {
        None
    }

    pub(crate) const fn peek_u32(&self) -> Option<(u32, usize)> {
        None
    }

    pub(super) const fn take_u64(&mut self) -> Option<u64> {
        None
    }

    /// The `len` bytes at the cursor as text, when they are UTF-8.
    pub(super) fn text(&mut self, len: usize) -> Option<&'a str> {
        let bytes = self.bytes.get(self.pos..)?.get(..len)?;
        core::str::from_utf8(bytes).ok()
    }

    pub(crate) const fn take_nested_variants(&mut self) {}

    pub(super) const fn take_str(&mut self) -> Option<&'a str> {
        None
    }

    pub(super) const fn take_first_str(&mut self) -> Option<&'a str> {
        None
    }

    pub(super) const fn take_path(&mut self) -> Option<ObjectPath<'a>> {
        None
    }

    pub(super) const fn take_short_variant_signature(&mut self) -> Option<Signature<'a>> {
        None
    }
}
