//! Bodies of any signature, made from a seed.
#![allow(
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    dead_code,
    unreachable_pub,
    reason = "random bits are cut on purpose, a test fails by panicking, and not every test needs every part"
)]

use barebus_wire::{Basic, EncodeError, Endian, FdIndex, ObjectPath, OwnedBody, Signature, Writer};

/// A pseudorandom generator (xorshift64*).
#[derive(Clone)]
pub struct Seed(pub u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.max(1);
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// A body of up to four values of random types.
pub fn body(seed: u64) -> OwnedBody {
    let mut seed = Seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bd1_e995);
    let mut signature = String::new();
    for _ in 0..seed.below(5) {
        push_type(&mut seed, 4, &mut signature);
    }
    let endian = seed.pick(&[Endian::Little, Endian::Big]);
    let types = Signature::parse(&signature).expect("the types are put together by the rules");
    OwnedBody::build(types, endian, |writer| {
        let mut seed = seed.clone();
        types.types().try_for_each(|value| put(&mut seed, 4, value, writer))
    })
    .expect("the values are small")
}

const BASIC: &[u8] = b"ybnqiuxtdsogh";

fn push_type(seed: &mut Seed, depth: usize, signature: &mut String) {
    match if depth == 0 { 0 } else { seed.below(9) } {
        5 => {
            signature.push('a');
            push_type(seed, depth - 1, signature);
        }
        6 => {
            signature.push_str("a{");
            signature.push(char::from(seed.pick(BASIC)));
            push_type(seed, depth - 1, signature);
            signature.push('}');
        }
        7 => {
            signature.push('(');
            for _ in 0..=seed.below(3) {
                push_type(seed, depth - 1, signature);
            }
            signature.push(')');
        }
        8 => signature.push('v'),
        _ => signature.push(char::from(seed.pick(BASIC))),
    }
}

fn put(
    seed: &mut Seed,
    depth: usize,
    signature: Signature<'_>,
    writer: &mut Writer<'_>,
) -> Result<(), EncodeError> {
    let Some(code) = signature.code() else { return Ok(()) };
    match code {
        b'a' => {
            let element = signature.element().expect("an array has elements");
            let array = writer.start_array(element.alignment())?;
            for _ in 0..seed.below(4) {
                put(seed, depth, element, writer)?;
            }
            writer.end_array(array)
        }
        b'(' | b'{' => {
            writer.enter_struct()?;
            for field in signature.fields().expect("a struct has fields").types() {
                put(seed, depth, field, writer)?;
            }
            writer.leave();
            Ok(())
        }
        b'v' => {
            let mut inner = String::new();
            push_type(seed, depth.saturating_sub(1), &mut inner);
            let inner = Signature::parse(&inner).expect("the type is put together by the rules");
            writer.enter_variant(inner)?;
            put(seed, depth.saturating_sub(1), inner, writer)?;
            writer.leave();
            Ok(())
        }
        _ => {
            let text = text(seed);
            writer.put_basic(basic(seed, code, &text))
        }
    }
}

fn basic<'a>(seed: &mut Seed, code: u8, text: &'a str) -> Basic<'a> {
    let bits = match seed.below(4) {
        0 => seed.pick(&[0, 1, u64::MAX, 1 << 63, u64::MAX >> 1, 1 << 31, 1 << 15, 1 << 7]),
        1 => seed.next() >> seed.below(64),
        2 => f64::to_bits(seed.pick(DOUBLES)),
        _ => seed.next(),
    };
    match code {
        b'y' => Basic::Byte(bits as u8),
        b'b' => Basic::Boolean(bits % 2 == 1),
        b'n' => Basic::Int16(bits as i16),
        b'q' => Basic::Uint16(bits as u16),
        b'i' => Basic::Int32(bits as i32),
        b'u' => Basic::Uint32(bits as u32),
        b'x' => Basic::Int64(bits as i64),
        b't' => Basic::Uint64(bits),
        b'd' => Basic::Double(f64::from_bits(bits)),
        b's' => Basic::String(text),
        b'o' => Basic::ObjectPath(
            ObjectPath::parse(seed.pick(&["/", "/a", "/org/freedesktop/DBus", "/_0/Z9"]))
                .expect("the path is valid"),
        ),
        b'g' => Basic::Signature(
            Signature::parse(seed.pick(&["", "s", "a{sv}(ii)", "av"])).expect("it is valid"),
        ),
        // An index that a message can have a descriptor for.
        _ => Basic::UnixFd(FdIndex((bits as u32).min(u32::MAX - 1))),
    }
}

const DOUBLES: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    1e16,
    1e17,
    1e300,
    5e-324,
    f64::MAX,
    f64::MIN_POSITIVE,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    -f64::NAN,
];

fn text(seed: &mut Seed) -> String {
    let len = seed.below(6);
    let mut text = String::new();
    for _ in 0..len {
        match seed.below(4) {
            0 => text.push(seed.pick(&[
                '"',
                '\'',
                '\\',
                '\n',
                '\t',
                '\u{1}',
                '\u{1b}',
                '\u{7f}',
                '\u{9b}',
                '\u{202e}',
                'ä',
                '€',
                '\u{1f600}',
                '\u{301}',
                '\u{2028}',
                '\u{feff}',
                '\u{10ffff}',
                '<',
                '/',
            ])),
            1 => {
                text.extend(
                    char::from_u32((seed.next() >> 40) as u32 % 0x11_0000).filter(|c| *c != '\0'),
                );
            }
            _ => text.push(char::from(b' ' + seed.below(95) as u8)),
        }
    }
    text
}
