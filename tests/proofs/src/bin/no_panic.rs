//! Everything that `barebus-wire` does with external bytes, in a program whose panic handler calls a function that does not
//! exist: linking fails if the optimiser leaves a path to a panic. The program is built and run on a message.
//!
//! Functions that allocate are left out, because Rust panics when memory is exhausted. Functions that only use allocated memory
//! are included.
#![no_std]
#![no_main]

use core::alloc::{GlobalAlloc, Layout as MemoryLayout};
use core::fmt::Write as _;
use core::hint::black_box;

use barebus_wire::address::{Addresses, escape};
use barebus_wire::{
    Array, AsVariant, BusName, Cursor, CursorEvent, Decode, Dict, Encode, EncodeError, Endian,
    Entries, ErrorName, FdIndex, Header, HeaderCache, InterfaceName, Layout, MatchRule,
    MemberName, Message, MessageType, MethodCall, Numbers, ObjectPath, PreparedCall, RawBody,
    Reader, Serial, Signature, Value, Variant, Writer, frame_len,
};

#[cfg(not(feature = "show"))]
unsafe extern "C" {
    /// Defined nowhere.
    safe fn barebus_wire_can_panic() -> !;
}

#[cfg(feature = "show")]
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn barebus_wire_can_panic() -> ! {
    loop {
        core::hint::spin_loop();
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    barebus_wire_can_panic()
}

/// An allocator without memory. It is never used.
struct NoMemory;

// SAFETY: nothing is ever allocated, so nothing is freed.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: MemoryLayout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: MemoryLayout) {}
}

#[global_allocator]
static MEMORY: NoMemory = NoMemory;

#[link(name = "c")]
unsafe extern "C" {
    fn read(descriptor: i32, place: *mut u8, len: usize) -> isize;
}

static mut INPUT: [u8; 1 << 16] = [0; 1 << 16];
static mut OUTPUT: [u8; 1 << 16] = [0; 1 << 16];

/// Exit status 0: standard input was a valid message.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    // SAFETY: this program has one thread, and these are the only references to the two buffers.
    let (input, output) = unsafe { (&mut *(&raw mut INPUT), &mut *(&raw mut OUTPUT)) };
    // SAFETY: `read` writes at most as many bytes as the buffer has.
    let len = unsafe { read(0, input.as_mut_ptr(), input.len()) };
    let bytes = usize::try_from(len).ok().and_then(|len| input.get(..len)).unwrap_or_default();
    if cfg!(feature = "broken") && bytes[0] == 0 {
        return 2;
    }
    names(bytes);
    addresses(bytes);
    values(bytes, output);
    i32::from(message(bytes, output).is_none())
}

fn message(bytes: &[u8], output: &mut [u8]) -> Option<()> {
    black_box(frame_len(bytes)).ok()?;
    let message = black_box(Message::parse(bytes)).ok()?;
    black_box(message.body::<(&str, u32)>()).ok();
    black_box(message.body::<(Variant<'_>,)>()).ok();
    black_box(message.body::<(AsVariant<u32>,)>()).ok();
    black_box(message.body::<(Properties<'_>, Job<'_>, Kind, State)>()).ok();
    black_box(message.first_argument::<&str>()).ok();
    if let Ok(rule) = black_box(MatchRule::parse("sender='a.b',arg0path='/a/'")) {
        black_box(rule.matches(&message, |_, _| black_box(true)));
    }
    black_box(message.header().encode(output, &RawBody::of(&message))).ok();
    let again = Header { endian: Endian::Big, ..*message.header() };
    black_box(again.encode(output, &RawBody::of(&message))).ok();
    let layout = Layout::new(message.signature());
    black_box(layout.validate(&message)).ok();
    let mut writer = Writer::new(output, Endian::Big);
    black_box(layout.put(message.reader(), &mut writer)).ok();
    black_box(writer.finish()).ok();
    walk(layout.cursor(message.reader()));
    // It is empty, which the optimiser does not know.
    let cache = black_box(HeaderCache::default());
    black_box(cache.parse_without_update(bytes)).ok();
    call(output).ok();
    message.validate().ok()
}

fn call(output: &mut [u8]) -> Result<(), EncodeError> {
    const CALL: MethodCall<'static> =
        MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static("M"));
    const NAME: ErrorName<'static> = ErrorName::from_static("a.b");
    let call = black_box(CALL).header(black_box(Serial::FIRST).next());
    black_box(call.encode(output, &("text", black_box(7_u32), [1_u64, 2].as_slice())))?;
    let error = Header::error(Serial::FIRST, &call, NAME);
    black_box(error.encode(output, &(black_box("text"), Value::Int16(7))))?;
    black_box(Header::new(MessageType::Signal, Serial::FIRST).encode(output, &()))?;
    let entries = [("key", AsVariant(black_box(7_u32)))];
    black_box(call.encode(output, &(Entries(&entries),)))?;
    let (a, b) = (black_box("a"), black_box(None));
    black_box(call.encode(output, &(Properties { a, b }, Kind::Second, State::Other(7))))?;
    // There is none: making one allocates. The optimiser does not know.
    if let Some(prepared) = black_box(None::<&PreparedCall>) {
        black_box(prepared.encode(output, Serial::FIRST, &("text", 7_u32))).ok();
    }
    Ok(())
}

#[derive(barebus_derive::Type, barebus_derive::Encode, barebus_derive::Decode)]
struct Job<'a> {
    id: u32,
    path: ObjectPath<'a>,
}

#[derive(barebus_derive::Type, barebus_derive::Encode, barebus_derive::Decode)]
#[barebus(dict)]
struct Properties<'a> {
    a: &'a str,
    b: Option<Job<'a>>,
}

#[derive(barebus_derive::Type, barebus_derive::Encode, barebus_derive::Decode)]
#[barebus(string)]
enum Kind {
    First,
    Second,
}

#[derive(barebus_derive::Type, barebus_derive::Encode, barebus_derive::Decode)]
#[repr(u32)]
enum State {
    Off,
    On = 4,
    #[barebus(other)]
    Other(u32),
}

/// The worst type that users can write: it claims a minimum length of 0, and fails after reading any number of bytes.
struct Unknown;

impl barebus_wire::Type for Unknown {
    const TEXT: barebus_wire::SignatureText = u32::TEXT;
    const MIN_LEN: usize = 0;
}

impl barebus_wire::BasicType for Unknown {}

impl Decode<'_> for Unknown {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, barebus_wire::DecodeError> {
        if black_box(true) {
            reader.read_u32()?;
        }
        Err(reader.fail(barebus_wire::DecodeErrorKind::UnknownValue, reader.position()))
    }
}

fn addresses(bytes: &[u8]) {
    let _ = write!(Sink, "{}", escape(bytes));
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let Ok(addresses) = Addresses::parse(text) else { return };
    for address in addresses {
        black_box((address.transport(), address.as_str()));
        for (key, value) in address.pairs() {
            black_box((key, value.bytes().last()));
        }
        black_box(address.get("path"));
    }
}

/// Discards text.
struct Sink;

impl core::fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        black_box(text);
        Ok(())
    }
}

fn names(bytes: &[u8]) {
    black_box(Signature::from_bytes(bytes)).ok();
    black_box(ObjectPath::from_bytes(bytes)).ok();
    black_box(InterfaceName::from_bytes(bytes)).ok();
    black_box(MemberName::from_bytes(bytes)).ok();
    black_box(ErrorName::from_bytes(bytes)).ok();
    black_box(BusName::from_bytes(bytes)).ok();
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    if let Ok(rule) = black_box(MatchRule::parse(text)) {
        black_box(rule.pairs().last());
    }
}

fn values(bytes: &[u8], output: &mut [u8]) {
    for endian in [Endian::Little, Endian::Big] {
        read_as::<bool>(bytes, endian, output);
        read_as::<&str>(bytes, endian, output);
        read_as::<ObjectPath<'_>>(bytes, endian, output);
        read_as::<Signature<'_>>(bytes, endian, output);
        read_as::<FdIndex>(bytes, endian, output);
        read_as::<(u8, u64, i16)>(bytes, endian, output);
        read_as::<&[u8]>(bytes, endian, output);
        read_as::<Numbers<'_, u16>>(bytes, endian, output);
        read_as::<Numbers<'_, f64>>(bytes, endian, output);
        read_as::<Variant<'_>>(bytes, endian, output);
        read_as::<Value<'_>>(bytes, endian, output);
        read_as::<AsVariant<Job<'_>>>(bytes, endian, output);
        if let Ok(array) = Array::<(u8, &str)>::decode(&mut Reader::new(bytes, endian)) {
            black_box(array.size_hint());
            black_box(array.last());
        }
        if let Ok(mut array) = Array::<Unknown>::decode(&mut Reader::new(bytes, endian)) {
            black_box(array.size_hint());
            if let Some(Err(error)) = black_box(array.next()) {
                black_box(array.explain(error));
            }
        }
        if let Ok(dict) = Dict::<&str, Variant<'_>>::decode(&mut Reader::new(bytes, endian)) {
            black_box(dict.size_hint());
            black_box(dict.find(&"key")).ok();
        }
        if let Ok(dict) = Dict::<Unknown, Unknown>::decode(&mut Reader::new(bytes, endian)) {
            black_box(dict.size_hint());
            black_box(dict.last());
        }
        if let Ok(numbers) = Numbers::<u32>::decode(&mut Reader::new(bytes, endian)) {
            let mut place = [0; 64];
            black_box(numbers.copy_to(&mut place));
            black_box(numbers.get(black_box(3)));
            black_box(numbers.iter().last());
        }
        let Ok(signature) = Signature::from_bytes(bytes.get(..40).unwrap_or_default()) else {
            continue;
        };
        walk(Cursor::new(Reader::new(bytes, endian), signature));
        black_box(Layout::new(signature).skip(&mut Reader::new(bytes, endian))).ok();
        let mut writer = Writer::new(output, endian);
        black_box(writer.put_values(Cursor::new(Reader::new(bytes, endian), signature))).ok();
        black_box(writer.finish()).ok();
        for single in signature.types() {
            black_box((single.element(), single.fields(), single.is_single()));
        }
    }
}

fn read_as<'a, T: Decode<'a> + Encode>(bytes: &'a [u8], endian: Endian, output: &mut [u8]) {
    if let Ok(value) = black_box(T::decode(&mut Reader::new(bytes, endian))) {
        let mut writer = Writer::new(output, endian);
        black_box(value.encode(&mut writer)).ok();
        black_box(writer.finish()).ok();
    }
}

fn walk(mut cursor: Cursor<'_>) {
    while let Ok(Some(event)) = cursor.next() {
        if matches!(black_box(event), CursorEvent::Array { .. }) {
            black_box(cursor.clone().skip_container()).ok();
        }
    }
}
