//! Trees as text. The text of a tree is that of the value as it is marshalled.

use core::fmt;

use super::fixed::{self, match_fixed};
use super::{OwnedArray, OwnedDict, OwnedValue};
use crate::print::{Container, Printer};
use crate::signature::Signature;

/// Recurses at most as deeply as the printer has room for containers.
fn put(printer: &mut Printer<'_>, value: &OwnedValue) -> fmt::Result {
    if printer.is_full() {
        return printer.elide();
    }
    match_fixed!(value,
        array => {
            let element = fixed::signature(array).element().unwrap_or(Signature::EMPTY);
            printer.open_array(element, array.is_empty())?;
            array.iter().try_for_each(|number| printer.basic((*number).into()))?;
            printer.close()
        },
        OwnedValue::Array(array) => put_array(printer, array),
        OwnedValue::Dict(dict) => put_dict(printer, dict),
        OwnedValue::Struct(fields) => {
            printer.open(Container::Tuple)?;
            fields.iter().try_for_each(|field| put(printer, field))?;
            printer.close()
        }
        OwnedValue::Variant(value) => {
            printer.open(Container::Variant)?;
            put(printer, value)?;
            printer.close()
        }
        basic => basic.as_basic().map_or(Ok(()), |value| printer.basic(value)),
    )
}

fn put_array(printer: &mut Printer<'_>, array: &OwnedArray) -> fmt::Result {
    printer.open_array(array.element(), array.elements().is_empty())?;
    array.elements().iter().try_for_each(|element| put(printer, element))?;
    printer.close()
}

fn put_dict(printer: &mut Printer<'_>, dict: &OwnedDict) -> fmt::Result {
    printer.open_array(dict.entry_type(), dict.entries().is_empty())?;
    for (key, value) in dict.entries() {
        printer.open(Container::Entry)?;
        put(printer, key)?;
        put(printer, value)?;
        printer.close()?;
    }
    printer.close()
}

macro_rules! print {
    ($($type:ty, $put:path;)*) => {$(
        /// In GVariant's text form: `{'Mtu': <uint32 1500>}`. Containers nested more deeply than any that can be marshalled are left out: `…`.
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $put(&mut Printer::new(f), self)
            }
        }

        /// As the value's `Display`.
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

print! {
    OwnedValue, put;
    OwnedArray, put_array;
    OwnedDict, put_dict;
}
