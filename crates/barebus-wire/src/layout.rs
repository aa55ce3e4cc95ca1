//! A signature met at run time, compiled once: to validate, skip, walk and marshal again many values of it.

use crate::cursor::Cursor;
use crate::error::{DecodeError, DecodeErrorKind as Kind, EncodeError};
use crate::limits;
use crate::node::Node;
use crate::reader::Reader;
use crate::signature::Signature;
use crate::type_code::is_basic;
use crate::writer::Writer;

/// A signature compiled to a table of its type codes, each knowing where its type ends: validating, skipping, walking, and by
/// that printing and marshalling again, look nothing up in the signature a second time. Variants bring signatures of their own,
/// each for one value, for which compiling would not pay.
///
/// About 0.8 KiB; validating with it takes another 2 KiB of stack, whatever the values' nesting. Compiling takes some hundred
/// instructions: whoever handles many messages of one signature keeps its layout.
///
/// ```
/// use barebus_wire::{Endian, Layout, Reader, Signature};
///
/// let layout = Layout::new(Signature::from_static("a(yu)"));
/// let mut reader = Reader::new(&[0; 8], Endian::Little);
/// layout.skip(&mut reader)?;
/// assert_eq!(reader.position(), 8);
/// # Ok::<(), barebus_wire::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Layout<'s> {
    signature: Signature<'s>,
    /// nodes[..signature.len()] are the signature's.
    nodes: [Node; limits::SIGNATURE_LEN],
}

/// An array that is being validated.
#[derive(Clone, Copy, Debug)]
struct OpenElements {
    /// Offset just after the last element.
    end: usize,
    /// Indices of the element's first node and of the one after it.
    element: u8,
    next: u8,
}

impl<'s> Layout<'s> {
    /// Compiles `signature`: any number of single complete types.
    pub fn new(signature: Signature<'s>) -> Self {
        const NOTHING: Node = Node { code: 0, next: 0, element: 0 };
        let mut nodes = [NOTHING; limits::SIGNATURE_LEN];
        // From the back, because where an array ends is where its element does, and a bracket where the one that closes it.
        let mut closed = [0; limits::TOTAL_DEPTH as usize];
        let mut open = 0;
        let mut behind = NOTHING;
        let codes = signature.as_str().bytes().enumerate();
        for (node, (index, code)) in nodes.iter_mut().zip(codes).rev() {
            // At most 255, which is how long signatures are.
            let mut next = u8::try_from(index + 1).unwrap_or(u8::MAX);
            match code {
                b')' | b'}' => {
                    if let Some(place) = closed.get_mut(open) {
                        *place = next;
                    }
                    open += 1;
                }
                b'(' | b'{' => {
                    open = open.saturating_sub(1);
                    next = closed.get(open).copied().unwrap_or(next);
                }
                b'a' => next = behind.next,
                _ => {}
            }
            let element = if code == b'a' && is_basic(behind.code) { behind.code } else { 0 };
            behind = Node { code, next, element };
            *node = behind;
        }
        Self { signature, nodes }
    }

    /// The signature.
    pub const fn signature(&self) -> Signature<'s> {
        self.signature
    }

    /// Checks the values that `body` begins with, and that nothing follows them.
    pub(crate) fn validate_body(&self, mut body: Reader<'_>) -> Result<(), DecodeError> {
        self.skip(&mut body)?;
        body.finish()
    }

    /// Validates and passes values of the signature, one of each type.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn skip(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let codes = self.nodes.get(..self.signature.len()).unwrap_or(&self.nodes);
        let mut arrays =
            [OpenElements { end: 0, element: 0, next: u8::MAX }; limits::ARRAY_DEPTH as usize];
        let mut open = 0;
        // Index that ends the element of the innermost array; none is 256.
        let mut element_end = usize::MAX;
        let mut index = 0;
        loop {
            while index == element_end {
                let Some(array) = arrays.get(open - 1) else {
                    return Err(reader.fail(Kind::NestedTooDeeply, reader.position()));
                };
                if reader.position() < array.end {
                    index = usize::from(array.element);
                    break;
                }
                if reader.position() > array.end {
                    return Err(reader.fail(Kind::ArrayLengthIncorrect, array.end));
                }
                reader.leave();
                open -= 1;
                // The array itself may be the last of what encloses it.
                element_end = match open.checked_sub(1).and_then(|top| arrays.get(top)) {
                    Some(outer) => usize::from(outer.next),
                    None => usize::MAX,
                };
            }
            let Some(node) = codes.get(index) else {
                return reader.check();
            };
            index += 1;
            match node.code {
                b's' => drop(reader.read_str()?),
                b'(' | b'{' if codes.get(index).is_some_and(|first| first.code == b's') => {
                    reader.enter_unaligned()?;
                    reader.read_first_str()?;
                    index += 1;
                }
                b'(' | b'{' => reader.enter_struct()?,
                b')' | b'}' => reader.leave(),
                b'v' => reader.skip_variant()?,
                b'a' if node.element != 0 => {
                    reader.skip_array(node.element)?;
                    index = usize::from(node.next);
                }
                b'a' => {
                    let element = codes.get(index).map(|element| element.code);
                    let (start, end) = reader.read_array_bounds(element)?;
                    reader.enter()?;
                    if start == end {
                        reader.leave();
                        index = usize::from(node.next);
                        continue;
                    }
                    let Some(place) = arrays.get_mut(open) else {
                        return Err(reader.fail(Kind::NestedTooDeeply, reader.position()));
                    };
                    let element = u8::try_from(index).unwrap_or(u8::MAX);
                    *place = OpenElements { end, element, next: node.next };
                    open += 1;
                    element_end = usize::from(node.next);
                }
                code => reader.skip_basic(code)?,
            }
        }
    }

    /// Walks values of the signature that begin where `reader` stands: to print them, say.
    pub const fn cursor<'a>(&'a self, reader: Reader<'a>) -> Cursor<'a>
    where
        's: 'a,
    {
        Cursor::of_nodes(reader, self.signature, &self.nodes)
    }

    /// Marshals values of the signature, that begin where `reader` stands, again: in another byte order, at another offset.
    ///
    /// # Errors
    /// As [`Writer::put_values`].
    pub fn put(&self, reader: Reader<'_>, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.put_values(self.cursor(reader))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::type_end_of;
    use crate::{AsVariant, Endian, Entries};

    /// The values' bytes, and what becomes of each of them cut short or changed: as a cursor sees it.
    #[track_caller]
    fn agrees<B: crate::EncodeBody>(body: &B) {
        let mut buf = [0; 512];
        let mut writer = Writer::new(&mut buf, Endian::Little);
        body.encode_body(&mut writer).unwrap();
        let len = writer.finish().unwrap();
        let layout = Layout::new(body.signature());
        let check = |bytes: &[u8]| {
            let reader = Reader::new(bytes, Endian::Little);
            let mut walked = Cursor::new(reader.clone(), layout.signature());
            let (mut passed, mut by_table) = (reader.clone(), layout.cursor(reader));
            let mut step = walked.next();
            while let Ok(Some(event)) = step {
                assert_eq!(by_table.next(), Ok(Some(event)));
                step = walked.next();
            }
            let expected = step.map(drop);
            assert_eq!(by_table.next().map(drop), expected, "{} {bytes:?}", layout.signature());
            assert_eq!(layout.skip(&mut passed), expected, "{} {bytes:?}", layout.signature());
            if expected.is_ok() {
                assert_eq!(passed.position(), walked.position());
            }
            expected.is_ok()
        };
        assert!(check(&buf[..len]));
        for at in 0..len {
            check(&buf[..at]);
            let byte = buf[at];
            for changed in [0, 1, byte.wrapping_add(1), byte.wrapping_sub(1), 0xff] {
                buf[at] = changed;
                check(&buf[..len]);
            }
            buf[at] = byte;
        }
    }

    #[test]
    fn knows_where_every_type_ends() {
        let (entries, ends) = ("a{y".repeat(31), "}".repeat(31));
        for text in [
            "",
            "y",
            "a{sv}",
            "ssa(ss(uo)aas)a{ta{s(v)}}y",
            &alloc::format!("{}({}y{}x)", "a".repeat(32), "(".repeat(31), ")".repeat(31)),
            &alloc::format!("{entries}y{ends}{entries}(yv){ends}"),
            &"y".repeat(255),
        ] {
            let layout = Layout::new(Signature::parse(text).unwrap());
            for (index, code) in text.bytes().enumerate() {
                let expected = match code {
                    b')' | b'}' => index + 1,
                    _ => crate::signature::type_end(text.as_bytes(), index),
                };
                assert_eq!(type_end_of(&layout.nodes, index), expected, "{text} at {index}");
            }
        }
    }

    #[test]
    fn passes_and_refuses_what_a_cursor_does() {
        agrees(&());
        agrees(&(1_u8, "two", 3.0_f64, true));
        agrees(&(&[(1_u8, "a"), (2, "bc")][..], 7_u64));
        agrees(&(&[&[1_u16, 2][..], &[], &[3]][..],));
        agrees(&(&[&[(1_u8, &["x", "yz"][..])][..], &[]][..], "end"));
        agrees(&(Entries(&[("k", AsVariant(1_u32)), ("l", AsVariant(2))]),));
        agrees(&(AsVariant(AsVariant((1_u8, &["v"][..]))),));
        agrees(&(AsVariant((1_u8, "two", 3.0_f64)), AsVariant(&[(1_u8, "a"), (2, "bc")][..])));
        agrees(&(AsVariant(Entries(&[("k", 1_u32), ("l", 2)])), AsVariant(&["a", "bc"][..])));
        let (numbers, pairs): (&[u16], &[(u8, u64)]) = (&[], &[]);
        agrees(&(AsVariant(numbers), AsVariant(pairs), AsVariant("end")));
        let empty: &[(&str, &[u64])] = &[];
        agrees(&(empty, (("a", (1_u8,)), 2_u8)));
    }

    #[test]
    fn marshals_again_at_another_offset() {
        let (none, some): (&[u64], &[u64]) = (&[], &[8, 9]);
        let body = (&b"bytes"[..], none, some, &[true][..], &[1_u8][..], 7_u16);
        let (mut first, mut again) = ([0; 64], [0; 64]);
        let mut writer = Writer::new(&mut first, Endian::Little);
        crate::EncodeBody::encode_body(&body, &mut writer).unwrap();
        let len = writer.finish().unwrap();
        let layout = Layout::new(crate::EncodeBody::signature(&body));
        let mut writer = Writer::new(&mut again, Endian::Little);
        writer.put_u8(1);
        layout.put(Reader::new(&first[..len], Endian::Little), &mut writer).unwrap();
        let end = writer.finish().unwrap();
        let mut reader = Reader::new(&again[..end], Endian::Little);
        assert_eq!(reader.read_u8(), Ok(1));
        let mut walked = layout.cursor(reader);
        let mut expected = layout.cursor(Reader::new(&first[..len], Endian::Little));
        while let Some(event) = expected.next().unwrap() {
            assert_eq!(walked.next(), Ok(Some(event)));
        }
        assert_eq!(walked.next(), Ok(None));
    }

    #[test]
    fn marshals_again_in_the_other_byte_order() {
        let body = (&[(1_u32, "a"), (2, "bc")][..], &b"bytes"[..], 7_u64);
        let mut little = [0; 64];
        let mut writer = Writer::new(&mut little, Endian::Little);
        crate::EncodeBody::encode_body(&body, &mut writer).unwrap();
        let len = writer.finish().unwrap();
        let layout = Layout::new(crate::EncodeBody::signature(&body));
        let mut big = [0; 64];
        let mut writer = Writer::new(&mut big, Endian::Big);
        layout.put(Reader::new(&little[..len], Endian::Little), &mut writer).unwrap();
        let again = writer.finish().unwrap();
        let mut reader = Reader::new(&big[..again], Endian::Big);
        assert_eq!(again, len);
        assert_eq!(layout.skip(&mut reader), Ok(()));
        assert_ne!(little, big);
    }
}
