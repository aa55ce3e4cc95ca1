//! sd-bus, of libsystemd: `sd_bus_message_append_basic`, `append_array`, `open_container` and `seal`; `sd_bus_process`,
//! `sd_bus_message_read_basic`, `read_array` and `enter_container`.
//!
//! It has no public way to a message's bytes. What it reads comes to it through a socket pair, so that the counts hold what
//! `sd_bus_process` does in user space; what it writes is sealed, that is, ready to be sent, and sent only when it is checked.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::hint::black_box;
use core::mem::ManuallyDrop;
use core::ptr::{from_mut, null, null_mut};
use core::slice;
use std::ffi::CString;
use std::io::{Error, Read, Write};
use std::os::fd::IntoRawFd;
use std::os::unix::net::UnixStream;

use barebus_benches::peers::call::Call;
use barebus_benches::workload::PAYLOAD_LEN;
use barebus_benches::{Operation, Sample, compare};
use barebus_wire::{Serial, frame_len};

use crate::c::{Names, Put, Text, Tree, call_of};
use crate::codec::Way;
use crate::seen::{Leaves, Measured, Sink};

/// Whether a function of sd-bus has told something else than nothing; it must not have failed.
macro_rules! sd {
    ($function:ident $arguments:tt) => {
        // SAFETY: every pointer that is handed in comes from sd-bus or points to what the function's manual page asks for,
        // and what it points to lives as long as the call or, where the function keeps it, as long as the bus.
        has_told(stringify!($function), unsafe { ffi::$function $arguments })
    };
}

fn has_told(function: &str, result: c_int) -> bool {
    assert!(result >= 0, "{function}: {}", Error::from_raw_os_error(-result));
    result > 0
}

pub(crate) fn operation<S: Sink>(sample: Sample, way: Way) -> Option<Operation> {
    Some(match way {
        // It writes the machine's byte order only.
        Way::Encode if matches!(sample, Sample::ForeignNumbers | Sample::ForeignUnits) => {
            return None;
        }
        Way::Encode => encode::<S>(sample),
        Way::Decode => decode::<S>(sample),
        Way::Copy => copy::<S>(sample),
        Way::Map => return None,
    })
}

fn encode<S: Sink>(sample: Sample) -> Operation {
    let expected = sample.message();
    let names = Names::of(expected.header());
    let tree = Tree::of(&expected);
    let mut bus = Direct::new();
    // Whoever sent the call is whom the answer goes to.
    let call = bus.receive(&call_of(expected.header().destination));
    Box::new(move || {
        let mut message = match sample {
            Sample::Call => Message::call(bus.0, &names),
            _ => Message::answer(&call, &names),
        };
        black_box(&tree).put(&mut message);
        sd!(sd_bus_message_seal(message.0, 1, 0));
        if S::KEEPS {
            S::message(&[&bus.send(&message)]);
        }
    })
}

fn decode<S: Sink>(sample: Sample) -> Operation {
    let bytes = sample.message().as_bytes();
    let mut bus = Direct::new();
    Box::new(move || {
        let it = bus.receive(black_box(bytes));
        match sample {
            Sample::Call => _ = it.read_text::<S>(b's'),
            Sample::Units | Sample::ForeignUnits => it.each(c"(ssssssouso)", || {
                it.inside(b'r', c"ssssssouso", || {
                    b"ssssssouso".iter().for_each(|code| _ = it.basic::<S>(*code));
                })
            }),
            Sample::Properties => it.each(c"{sv}", || {
                it.inside(b'e', c"sv", || {
                    it.read_text::<S>(b's');
                    it.any::<S>();
                })
            }),
            Sample::Strings => it.each(c"s", || it.read_text::<S>(b's')),
            Sample::Bytes => S::value(it.read_numbers::<u8>(b'y')),
            Sample::Numbers => S::value(it.read_numbers::<u64>(b't')),
            Sample::Arrays => it.arrays::<S>(c"aaaaaaaaaaaaaaau"),
            Sample::Variants => it.any::<S>(),
            Sample::ForeignNumbers => unreachable!("they are only copied"),
        }
    })
}

/// Reads the numbers of a message that has come already: what its way through the socket takes says nothing.
fn copy<S: Sink>(sample: Sample) -> Operation {
    let message = Direct::new().receive(sample.message().as_bytes());
    let mut place = vec![0_u64; PAYLOAD_LEN / 8];
    Box::new(move || {
        sd!(sd_bus_message_rewind(black_box(&message).0, 1));
        if sample == Sample::ForeignNumbers {
            // `read_array` refuses the other byte order.
            message.inside(b'a', c"t", || {
                for place in &mut place {
                    sd!(sd_bus_message_read_basic(
                        message.0,
                        b't' as c_char,
                        from_mut(place).cast()
                    ));
                }
            });
        } else {
            place.copy_from_slice(message.read_numbers(b't'));
        }
        S::value(place.as_slice());
    })
}

/// A message; it goes when this goes.
struct Message(ffi::Message);

impl Drop for Message {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { ffi::sd_bus_message_unref(self.0) };
    }
}

impl Message {
    fn call(bus: ffi::Bus, names: &Names) -> Self {
        let mut it = Self(null_mut());
        let [to, path, interface, member, _] = names.pointers();
        sd!(sd_bus_message_new_method_call(bus, &mut it.0, to, path, interface, member));
        it
    }

    fn answer(call: &Self, names: &Names) -> Self {
        let mut it = Self(null_mut());
        let [.., sender] = names.pointers();
        sd!(sd_bus_message_new_method_return(call.0, &mut it.0));
        if !sender.is_null() {
            sd!(sd_bus_message_set_sender(it.0, sender));
        }
        it
    }

    /// Whether there was one more value of that basic type.
    fn basic<S: Sink>(&self, code: u8) -> bool {
        match code {
            b's' | b'o' => self.read_text::<S>(code),
            b't' => self.read_number::<u64, S>(code),
            b'i' => self.read_number::<i32, S>(code),
            // A BOOLEAN is a C `int`.
            _ => self.read_number::<u32, S>(code),
        }
    }

    fn read_text<S: Sink>(&self, code: u8) -> bool {
        let mut text: *const c_char = null();
        let more =
            sd!(sd_bus_message_read_basic(self.0, code as c_char, from_mut(&mut text).cast()));
        if more {
            S::value(Text(text));
        }
        more
    }

    fn read_number<T: Default + Leaves, S: Sink>(&self, code: u8) -> bool {
        let mut number = T::default();
        let more =
            sd!(sd_bus_message_read_basic(self.0, code as c_char, from_mut(&mut number).cast()));
        if more {
            S::value(number);
        }
        more
    }

    fn read_numbers<T>(&self, code: u8) -> &[T] {
        let (mut start, mut len) = (null(), 0);
        sd!(sd_bus_message_read_array(self.0, code as c_char, &mut start, &mut len));
        // SAFETY: so many bytes are there, aligned for their type, as long as the message lives.
        unsafe { slice::from_raw_parts(start.cast(), len / size_of::<T>()) }
    }

    /// Whether there was one more such container.
    fn inside(&self, code: u8, contents: &CStr, read: impl FnOnce()) -> bool {
        let more = sd!(sd_bus_message_enter_container(self.0, code as c_char, contents.as_ptr()));
        if more {
            read();
            sd!(sd_bus_message_exit_container(self.0));
        }
        more
    }

    /// Reads an array as long as there is one more element.
    fn each(&self, element: &CStr, mut read: impl FnMut() -> bool) {
        self.inside(b'a', element, || while read() {});
    }

    /// Arrays within one another.
    fn arrays<S: Sink>(&self, contents: &CStr) {
        self.inside(b'a', contents, || match contents.to_bytes() {
            [b'a', ..] => self.arrays::<S>(&contents[1..]),
            _ => _ = self.read_number::<u32, S>(b'u'),
        });
    }

    /// Whatever there is in the container.
    fn any<S: Sink>(&self) {
        let (mut code, mut contents) = (0, null());
        while sd!(sd_bus_message_peek_type(self.0, &mut code, &mut contents)) {
            let code = code as u8;
            if contents.is_null() {
                self.basic::<S>(code);
                continue;
            }
            // SAFETY: it ends with NUL, and lives until the next look at this container.
            let contents = unsafe { CStr::from_ptr(contents) };
            self.inside(code, contents, || match (code, contents.to_bytes()) {
                (b'v', [held]) if *held != b'v' => _ = self.basic::<S>(*held),
                (b'v', b"ay") => S::value(self.read_numbers::<u8>(b'y')),
                (b'v', b"as") => self.each(c"s", || self.read_text::<S>(b's')),
                _ => self.any::<S>(),
            });
        }
    }
}

impl Put for Message {
    fn text(&mut self, code: u8, text: &CStr) {
        sd!(sd_bus_message_append_basic(self.0, code as c_char, text.as_ptr().cast()));
    }

    fn number(&mut self, code: u8, value: *const c_void) {
        sd!(sd_bus_message_append_basic(self.0, code as c_char, value));
    }

    fn numbers(&mut self, code: u8, start: *const c_void, count: usize) {
        let len = if code == b'y' { count } else { 8 * count };
        sd!(sd_bus_message_append_array(self.0, code as c_char, start, len));
    }

    fn container(&mut self, code: u8, contents: &CStr, fill: impl FnOnce(&mut Self)) {
        sd!(sd_bus_message_open_container(self.0, code as c_char, contents.as_ptr()));
        fill(self);
        sd!(sd_bus_message_close_container(self.0));
    }
}

/// A connection without a bus, and its other end.
struct Direct(ffi::Bus, UnixStream);

impl Direct {
    fn new() -> Self {
        let (end, mut other) = UnixStream::pair().unwrap();
        let (mut bus, fd) = (null_mut(), end.into_raw_fd());
        sd!(sd_bus_new(&mut bus));
        sd!(sd_bus_set_fd(bus, fd, fd));
        sd!(sd_bus_start(bus));
        assert!(other.read(&mut [0; 512]).unwrap() > 0);
        let authenticated = b"DATA\r\nOK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n";
        other.write_all(authenticated).unwrap();
        other.set_nonblocking(true).unwrap();
        Self(bus, other)
    }

    /// Lets `bytes` come.
    fn receive(&mut self, mut bytes: &[u8]) -> Message {
        let mut message = Message(null_mut());
        while message.0.is_null() {
            if let Ok(count) = self.1.write(bytes) {
                bytes = &bytes[count..];
            }
            sd!(sd_bus_process(self.0, &mut message.0));
        }
        message
    }

    /// What goes out when `message` is sent.
    fn send(&mut self, message: &Message) -> Vec<u8> {
        sd!(sd_bus_send(self.0, message.0, null_mut()));
        let mut sent = Vec::new();
        while frame_len(&sent).unwrap() != Some(sent.len()) {
            let _ = self.1.read_to_end(&mut sent);
            sd!(sd_bus_process(self.0, null_mut()));
        }
        sent
    }
}

impl Drop for Direct {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { ffi::sd_bus_close_unref(self.0) };
    }
}

/// A connection to a bus.
pub(crate) struct Client {
    bus: ffi::Bus,
    names: Names,
    argument: CString,
}

impl Client {
    /// The next call, not sent.
    fn message(&self) -> Message {
        let mut message = Message::call(self.bus, &self.names);
        message.text(b's', &self.argument);
        message
    }
}

impl compare::Client for Client {
    fn open(address: &str, call: Call) -> Self {
        let (mut bus, mut name) = (null_mut(), null());
        let address = CString::new(address).unwrap();
        sd!(sd_bus_new(&mut bus));
        sd!(sd_bus_set_address(bus, address.as_ptr()));
        sd!(sd_bus_set_bus_client(bus, 1));
        sd!(sd_bus_start(bus));
        // Waits for the answer to `Hello`.
        sd!(sd_bus_get_unique_name(bus, &mut name));
        let names = Names::of(&call.method.header(Serial::FIRST));
        Self { bus, names, argument: CString::new(call.argument).unwrap() }
    }

    fn call(&mut self, count: u32) {
        for _ in 0..count {
            let message = self.message();
            let mut reply = Message(null_mut());
            sd!(sd_bus_call(self.bus, message.0, 0, null_mut(), &mut reply.0));
            reply.read_text::<Measured>(b's');
        }
    }

    fn call_at_once(&mut self, count: u32) {
        extern "C" fn answered(
            reply: ffi::Message,
            waited_for: *mut c_void,
            _: *mut c_void,
        ) -> c_int {
            // The reference is the bus's.
            let reply = ManuallyDrop::new(Message(reply));
            assert!(reply.read_text::<Measured>(b's'));
            // SAFETY: the number lives as long as answers are waited for.
            unsafe { *waited_for.cast::<u32>() -= 1 };
            0
        }
        let mut number = count;
        let waited_for = &raw mut number;
        for _ in 0..count {
            let message = self.message();
            let data = waited_for.cast();
            sd!(sd_bus_call_async(self.bus, null_mut(), message.0, answered, data, 0));
        }
        // SAFETY: as above.
        while unsafe { waited_for.read() } > 0 {
            if !sd!(sd_bus_process(self.bus, null_mut())) {
                sd!(sd_bus_wait(self.bus, u64::MAX));
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { ffi::sd_bus_close_unref(self.bus) };
    }
}

/// As in `systemd/sd-bus.h`.
mod ffi {
    use core::ffi::{c_char, c_int, c_void};

    pub(super) type Bus = *mut c_void;
    pub(super) type Message = *mut c_void;
    type Answered = extern "C" fn(Message, *mut c_void, *mut c_void) -> c_int;
    type Text = *const c_char;

    #[rustfmt::skip]
    #[link(name = "systemd")]
    unsafe extern "C" {
        pub(super) fn sd_bus_new(bus: *mut Bus) -> c_int;
        pub(super) fn sd_bus_set_fd(bus: Bus, input: c_int, output: c_int) -> c_int;
        pub(super) fn sd_bus_set_address(bus: Bus, address: Text) -> c_int;
        pub(super) fn sd_bus_set_bus_client(bus: Bus, is_client: c_int) -> c_int;
        pub(super) fn sd_bus_start(bus: Bus) -> c_int;
        pub(super) fn sd_bus_get_unique_name(bus: Bus, name: *mut Text) -> c_int;
        pub(super) fn sd_bus_process(bus: Bus, message: *mut Message) -> c_int;
        pub(super) fn sd_bus_wait(bus: Bus, timeout: u64) -> c_int;
        pub(super) fn sd_bus_send(bus: Bus, message: Message, cookie: *mut u64) -> c_int;
        pub(super) fn sd_bus_call(bus: Bus, call: Message, timeout: u64, error: *mut c_void, reply: *mut Message) -> c_int;
        pub(super) fn sd_bus_call_async(bus: Bus, slot: *mut *mut c_void, call: Message, answered: Answered, data: *mut c_void, timeout: u64) -> c_int;
        pub(super) fn sd_bus_close_unref(bus: Bus) -> Bus;
        pub(super) fn sd_bus_message_new_method_call(bus: Bus, message: *mut Message, destination: Text, path: Text, interface: Text, member: Text) -> c_int;
        pub(super) fn sd_bus_message_new_method_return(call: Message, message: *mut Message) -> c_int;
        pub(super) fn sd_bus_message_set_sender(message: Message, sender: Text) -> c_int;
        pub(super) fn sd_bus_message_append_basic(message: Message, code: c_char, value: *const c_void) -> c_int;
        pub(super) fn sd_bus_message_append_array(message: Message, code: c_char, start: *const c_void, len: usize) -> c_int;
        pub(super) fn sd_bus_message_open_container(message: Message, code: c_char, contents: Text) -> c_int;
        pub(super) fn sd_bus_message_close_container(message: Message) -> c_int;
        pub(super) fn sd_bus_message_seal(message: Message, cookie: u64, timeout: u64) -> c_int;
        pub(super) fn sd_bus_message_rewind(message: Message, complete: c_int) -> c_int;
        pub(super) fn sd_bus_message_peek_type(message: Message, code: *mut c_char, contents: *mut Text) -> c_int;
        pub(super) fn sd_bus_message_read_basic(message: Message, code: c_char, value: *mut c_void) -> c_int;
        pub(super) fn sd_bus_message_read_array(message: Message, code: c_char, start: *mut *const c_void, len: *mut usize) -> c_int;
        pub(super) fn sd_bus_message_enter_container(message: Message, code: c_char, contents: Text) -> c_int;
        pub(super) fn sd_bus_message_exit_container(message: Message) -> c_int;
        pub(super) fn sd_bus_message_unref(message: Message) -> Message;
    }
}
