//! sd-bus, of libsystemd.
//!
//! It has no public function that parses bytes. They come to it through a socket pair, after an authentication that is written in advance.
//! It checks a body while it is read.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io::{self, Read, Write};
use std::os::fd::IntoRawFd;
use std::os::unix::net::UnixStream;
use std::ptr::{from_mut, null, null_mut};

use barebus_gen::Value;

use super::text;
use crate::content::{Content, FLAGS, Verdict};

/// Calls a function of sd-bus. Its negative result is an error.
macro_rules! sd {
    ($function:ident $arguments:tt) => {
        // SAFETY: every pointer comes from sd-bus, or points to what the function's manual page asks for. What it points to lives as long
        // as the call or, if the function keeps it, as the bus.
        outcome(stringify!($function), unsafe { ffi::$function $arguments })
    };
}

fn outcome(function: &str, result: c_int) -> Result<c_int, String> {
    let error = || format!("{function}: {}", io::Error::from_raw_os_error(-result));
    if result < 0 { Err(error()) } else { Ok(result) }
}

/// The member of the signal that is sent after the bytes: it arrives if the bytes were taken for a message and dropped.
const SENTINEL: &CStr = c"BarebusSentinel";

/// Judges bytes as a message.
pub(super) fn judge(bytes: &[u8]) -> Verdict {
    if bytes.is_empty() {
        return Verdict::Incomplete;
    }
    let mut seen = Seen::default();
    let mut bus = Bus::new(&mut seen).expect("a bus over a socket pair");
    match bus.receive(bytes) {
        Err(error) => return Verdict::Invalid(error),
        Ok(()) => {
            if let Some(content) = bus.seen().content.take() {
                return content.map_or_else(Verdict::Invalid, |it| Verdict::Valid(Box::new(it)));
            }
        }
    }
    // An error is one of the sentinel's bytes, which ended a message.
    let _ = bus.receive(&sentinel());
    if bus.seen().has_sentinel { Verdict::Invalid("dropped".into()) } else { Verdict::Incomplete }
}

fn sentinel() -> Vec<u8> {
    use barebus_wire::{Header, InterfaceName, MemberName, ObjectPath, Serial};
    let interface = InterfaceName::from_static("a.b");
    let member = MemberName::parse(SENTINEL.to_str().expect("ASCII")).expect("a member name");
    let header = Header::signal(Serial::FIRST, ObjectPath::from_static("/"), interface, member);
    let mut message = barebus_wire::MessageBuf::new();
    message.push(&header, &()).expect("a signal");
    message.as_slice().to_vec()
}

/// What the filter saw.
#[derive(Default)]
struct Seen {
    content: Option<Result<Content, String>>,
    has_sentinel: bool,
}

/// A connection without a bus, and its other end.
struct Bus {
    bus: ffi::Bus,
    other: UnixStream,
    seen: *mut Seen,
}

impl Bus {
    /// `seen` outlives the bus.
    fn new(seen: *mut Seen) -> Result<Self, String> {
        let (end, mut other) = UnixStream::pair().map_err(|error| error.to_string())?;
        let (mut bus, fd) = (null_mut(), end.into_raw_fd());
        sd!(sd_bus_new(&mut bus))?;
        sd!(sd_bus_set_fd(bus, fd, fd))?;
        sd!(sd_bus_add_filter(bus, null_mut(), filter, seen.cast()))?;
        sd!(sd_bus_start(bus))?;
        let mut it =
            Self { bus, other: other.try_clone().map_err(|error| error.to_string())?, seen };
        assert!(other.read(&mut [0; 512]).is_ok_and(|len| len > 0), "sd-bus authenticates first");
        other.set_nonblocking(true).map_err(|error| error.to_string())?;
        it.receive(b"DATA\r\nOK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n")?;
        Ok(it)
    }

    fn seen(&mut self) -> &mut Seen {
        // SAFETY: it outlives the bus; only the filter uses it otherwise, which runs inside of sd_bus_process only.
        unsafe { &mut *self.seen }
    }

    /// Lets bytes arrive, and does all that can be done with them.
    fn receive(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        loop {
            let written = if bytes.is_empty() { 0 } else { self.other.write(bytes).unwrap_or(0) };
            bytes = &bytes[written..];
            let goes_on = sd!(sd_bus_process(self.bus, null_mut()))?;
            if goes_on == 0 && bytes.is_empty() {
                return Ok(());
            }
        }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { ffi::sd_bus_close_unref(self.bus) };
    }
}

extern "C" fn filter(message: ffi::Message, seen: *mut c_void, _: *mut c_void) -> c_int {
    // SAFETY: it is the `Seen` that `Bus::new` was given, which nobody else uses while sd_bus_process runs.
    let seen = unsafe { &mut *seen.cast::<Seen>() };
    let content = Message(message).content();
    let is_sentinel = |content: &Content| {
        content.member.as_deref().map(str::as_bytes) == Some(SENTINEL.to_bytes())
    };
    if content.as_ref().is_ok_and(is_sentinel) {
        seen.has_sentinel = true;
    } else {
        seen.content.get_or_insert(content);
    }
    1
}

/// A message that the bus holds.
struct Message(ffi::Message);

/// The value that `read_basic` stores.
macro_rules! basic {
    ($message:expr, $code:expr, $type:ty) => {{
        let mut value = <$type>::default();
        sd!(sd_bus_message_read_basic($message, $code as c_char, from_mut(&mut value).cast()))?;
        value
    }};
}

impl Message {
    fn content(&self) -> Result<Content, String> {
        let (mut code, mut serial, mut reply_serial) = (0, 0, 0);
        sd!(sd_bus_message_get_type(self.0, &mut code))?;
        sd!(sd_bus_message_get_cookie(self.0, &mut serial))?;
        let is_reply = sd!(sd_bus_message_get_reply_cookie(self.0, &mut reply_serial)).is_ok();
        let mut error_name = None;
        // SAFETY: the message lives, and the error with it; its name is NULL or a string.
        unsafe {
            let error = ffi::sd_bus_message_get_error(self.0);
            if !error.is_null() {
                error_name = text((*error).name);
            }
        }
        let mut body = Vec::new();
        self.values(&mut body)?;
        if sd!(sd_bus_message_at_end(self.0, 1))? == 0 {
            return Err("not at the end".into());
        }
        // SAFETY: the message lives, and its strings with it.
        unsafe {
            Ok(Content {
                message_type: code,
                flags: self.flags(code),
                serial: u32::try_from(serial).map_err(|error| error.to_string())?,
                path: text(ffi::sd_bus_message_get_path(self.0)),
                interface: text(ffi::sd_bus_message_get_interface(self.0)),
                member: text(ffi::sd_bus_message_get_member(self.0)),
                error_name,
                reply_serial: is_reply.then_some(reply_serial as u32),
                destination: text(ffi::sd_bus_message_get_destination(self.0)),
                sender: text(ffi::sd_bus_message_get_sender(self.0)),
                signature: text(ffi::sd_bus_message_get_signature(self.0, 1)).unwrap_or_default(),
                body,
                text: None,
            })
        }
    }

    /// NO_REPLY_EXPECTED is shown for calls only.
    fn flags(&self, code: u8) -> Option<u8> {
        // SAFETY: the message lives.
        let [expects, starts, allows] = unsafe {
            [
                ffi::sd_bus_message_get_expect_reply(self.0) > 0,
                ffi::sd_bus_message_get_auto_start(self.0) > 0,
                ffi::sd_bus_message_get_allow_interactive_authorization(self.0) > 0,
            ]
        };
        let flags = u8::from(!expects) | u8::from(!starts) << 1 | u8::from(allows) << 2;
        (code == 1).then_some(flags & FLAGS)
    }

    /// Reads what is left of the container, or of the body.
    fn values(&self, into: &mut Vec<Value>) -> Result<(), String> {
        loop {
            let (mut code, mut contents) = (0, null());
            if sd!(sd_bus_message_peek_type(self.0, &mut code, &mut contents))? == 0 {
                return Ok(());
            }
            let code = code as u8;
            if contents.is_null() {
                into.push(self.basic(code)?);
                continue;
            }
            // SAFETY: it ends with NUL, and lives until the next look at this container.
            let contents = unsafe { CStr::from_ptr(contents) };
            let contents = CString::from(contents);
            let mut inner = Vec::new();
            sd!(sd_bus_message_enter_container(self.0, code as c_char, contents.as_ptr()))?;
            self.values(&mut inner)?;
            sd!(sd_bus_message_exit_container(self.0))?;
            let contents = contents.into_string().map_err(|error| error.to_string())?;
            into.push(
                super::container(code, contents, inner).ok_or("a container of another shape")?,
            );
        }
    }

    fn basic(&self, code: u8) -> Result<Value, String> {
        Ok(match code {
            b'y' => Value::Byte(basic!(self.0, code, u8)),
            b'b' => Value::Boolean(basic!(self.0, code, c_int) != 0),
            b'n' => Value::Int16(basic!(self.0, code, i16)),
            b'q' => Value::Uint16(basic!(self.0, code, u16)),
            b'i' => Value::Int32(basic!(self.0, code, i32)),
            b'u' => Value::Uint32(basic!(self.0, code, u32)),
            b'x' => Value::Int64(basic!(self.0, code, i64)),
            b't' => Value::Uint64(basic!(self.0, code, u64)),
            b'd' => Value::Double(basic!(self.0, code, u64)),
            b'h' => {
                basic!(self.0, code, c_int);
                Value::UnixFd(0)
            }
            _ => {
                let mut pointer: *const c_char = null();
                sd!(sd_bus_message_read_basic(
                    self.0,
                    code as c_char,
                    from_mut(&mut pointer).cast()
                ))?;
                // SAFETY: the string lives as long as the message.
                let text = unsafe { text(pointer) }.ok_or("no text")?;
                super::textual(code, text).ok_or("an unknown type")?
            }
        })
    }
}

/// As in `systemd/sd-bus.h`.
mod ffi {
    use std::ffi::{c_char, c_int, c_void};

    pub(super) type Bus = *mut c_void;
    pub(super) type Message = *mut c_void;
    type Filter = extern "C" fn(Message, *mut c_void, *mut c_void) -> c_int;
    type Text = *const c_char;

    #[repr(C)]
    pub(super) struct Error {
        pub(super) name: Text,
        message: Text,
        needs_free: c_int,
    }

    #[rustfmt::skip]
    #[link(name = "systemd")]
    unsafe extern "C" {
        pub(super) fn sd_bus_new(bus: *mut Bus) -> c_int;
        pub(super) fn sd_bus_set_fd(bus: Bus, input: c_int, output: c_int) -> c_int;
        pub(super) fn sd_bus_add_filter(bus: Bus, slot: *mut *mut c_void, filter: Filter, data: *mut c_void) -> c_int;
        pub(super) fn sd_bus_start(bus: Bus) -> c_int;
        pub(super) fn sd_bus_process(bus: Bus, message: *mut Message) -> c_int;
        pub(super) fn sd_bus_close_unref(bus: Bus) -> Bus;
        pub(super) fn sd_bus_message_get_type(message: Message, code: *mut u8) -> c_int;
        pub(super) fn sd_bus_message_get_cookie(message: Message, cookie: *mut u64) -> c_int;
        pub(super) fn sd_bus_message_get_reply_cookie(message: Message, cookie: *mut u64) -> c_int;
        pub(super) fn sd_bus_message_get_error(message: Message) -> *const Error;
        pub(super) fn sd_bus_message_get_expect_reply(message: Message) -> c_int;
        pub(super) fn sd_bus_message_get_auto_start(message: Message) -> c_int;
        pub(super) fn sd_bus_message_get_allow_interactive_authorization(message: Message) -> c_int;
        pub(super) fn sd_bus_message_get_path(message: Message) -> Text;
        pub(super) fn sd_bus_message_get_interface(message: Message) -> Text;
        pub(super) fn sd_bus_message_get_member(message: Message) -> Text;
        pub(super) fn sd_bus_message_get_destination(message: Message) -> Text;
        pub(super) fn sd_bus_message_get_sender(message: Message) -> Text;
        pub(super) fn sd_bus_message_get_signature(message: Message, is_complete: c_int) -> Text;
        pub(super) fn sd_bus_message_at_end(message: Message, is_complete: c_int) -> c_int;
        pub(super) fn sd_bus_message_peek_type(message: Message, code: *mut c_char, contents: *mut Text) -> c_int;
        pub(super) fn sd_bus_message_read_basic(message: Message, code: c_char, value: *mut c_void) -> c_int;
        pub(super) fn sd_bus_message_enter_container(message: Message, code: c_char, contents: Text) -> c_int;
        pub(super) fn sd_bus_message_exit_container(message: Message) -> c_int;
    }
}
