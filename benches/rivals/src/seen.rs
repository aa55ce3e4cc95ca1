//! What becomes of the values that a rival reads and of the messages that it writes.

use core::cell::RefCell;
use core::hint::black_box;
use core::mem;
use std::collections::HashMap;

use barebus_benches::workload::PROPERTIES;
use barebus_wire::{Basic, CursorEvent, Message};

/// Where rivals leave what they have read or written.
pub(crate) trait Sink: 'static {
    /// Whether anything is kept.
    const KEEPS: bool;

    /// Takes a value that was read.
    fn value(value: impl Leaves);

    /// Takes a message that was written, in one piece or more.
    fn message(pieces: &[&[u8]]);
}

/// Nothing is kept, but the optimizer does not know that.
pub(crate) enum Measured {}

impl Sink for Measured {
    const KEEPS: bool = false;

    fn value(value: impl Leaves) {
        black_box(&value);
    }

    fn message(pieces: &[&[u8]]) {
        black_box(pieces);
    }
}

/// Everything is kept, to be compared.
pub(crate) enum Checked {}

impl Sink for Checked {
    const KEEPS: bool = true;

    fn value(value: impl Leaves) {
        SEEN.with_borrow_mut(|seen| value.leaves(seen));
    }

    fn message(pieces: &[&[u8]]) {
        SEEN.set(pieces.concat());
    }
}

thread_local! {
    static SEEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What has been kept since this was asked last.
pub(crate) fn seen() -> Vec<u8> {
    SEEN.with_borrow_mut(mem::take)
}

/// What [`seen`] must be when all values of `message` have been read.
pub(crate) fn leaves_of(message: &Message<'_>) -> Vec<u8> {
    let mut leaves = Vec::new();
    let mut cursor = message.cursor();
    while let Some(event) = cursor.next().unwrap() {
        let CursorEvent::Basic(value) = event else { continue };
        match value {
            Basic::Byte(value) => value.leaves(&mut leaves),
            Basic::Boolean(value) => value.leaves(&mut leaves),
            Basic::Int32(value) => value.leaves(&mut leaves),
            Basic::Uint32(value) => value.leaves(&mut leaves),
            Basic::Uint64(value) => value.leaves(&mut leaves),
            Basic::String(value) => value.leaves(&mut leaves),
            Basic::ObjectPath(value) => value.as_str().leaves(&mut leaves),
            other => unreachable!("no message holds {other:?}"),
        }
    }
    leaves
}

/// A value as the values of basic types in it, one after the other.
pub(crate) trait Leaves {
    fn leaves(&self, leaves: &mut Vec<u8>);
}

impl Leaves for u8 {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        leaves.push(*self);
    }
}

impl Leaves for str {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        leaves.extend(self.as_bytes());
        // Not in UTF-8.
        leaves.push(0xff);
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Leaves for $number {
            fn leaves(&self, leaves: &mut Vec<u8>) {
                leaves.extend((*self as u64).to_le_bytes());
            }
        }
    )*};
}

numbers! { bool i32 u32 u64 }

impl<T: Leaves> Leaves for [T] {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        self.iter().for_each(|element| element.leaves(leaves));
    }
}

impl<T: Leaves> Leaves for Vec<T> {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        self.as_slice().leaves(leaves);
    }
}

impl<T: Leaves + ?Sized> Leaves for &T {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        (**self).leaves(leaves);
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        impl<$($name: Leaves),*> Leaves for ($($name,)*) {
            #[allow(non_snake_case, reason = "a type's name names the value, too")]
            fn leaves(&self, leaves: &mut Vec<u8>) {
                let ($($name,)*) = self;
                $($name.leaves(leaves);)*
            }
        }
    )*};
}

tuples! { A B; A B C D; A B C D E; A B C D E F G H I J; }

/// The properties in their order, whatever the map's is.
impl<V: Leaves> Leaves for HashMap<&str, V> {
    fn leaves(&self, leaves: &mut Vec<u8>) {
        assert_eq!(self.len(), PROPERTIES.len());
        PROPERTIES.iter().for_each(|(name, _)| (*name, &self[name]).leaves(leaves));
    }
}
