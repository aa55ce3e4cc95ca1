//! libdbus, by libdbus-sys: `dbus_message_iter_append_basic`, `append_fixed_array`, `open_container` and `dbus_message_marshal`;
//! `dbus_message_demarshal`, which validates all of the message, then iterators. `marshal` and `demarshal` copy it.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::hint::black_box;
use core::mem::zeroed;
use core::ptr::{from_mut, null, null_mut};
use core::slice;
use std::ffi::CString;

use barebus_benches::peers::call::Call;
use barebus_benches::workload::PAYLOAD_LEN;
use barebus_benches::{Operation, Sample, compare};
use barebus_wire::Serial;
use libdbus_sys::*;

use crate::c::{Names, Put, Text, Tree, call_of};
use crate::codec::Way;
use crate::seen::{Measured, Sink};

/// What a function of libdbus gives.
macro_rules! c {
    ($function:ident $arguments:tt) => {
        // SAFETY: every pointer that is handed in comes from libdbus or points to what the function's documentation asks for,
        // and what it points to lives as long as the call.
        unsafe { $function $arguments }
    };
}

pub(crate) fn operation<S: Sink>(sample: Sample, way: Way) -> Option<Operation> {
    Some(match way {
        // It writes the machine's byte order only.
        Way::Encode if matches!(sample, Sample::ForeignNumbers | Sample::ForeignUnits) => {
            return None;
        }
        Way::Encode => encode::<S>(sample),
        Way::Decode => decode(sample, any::<S>),
        Way::Copy => {
            let mut place = vec![0_u64; PAYLOAD_LEN / 8];
            decode(sample, move |iter| {
                place.copy_from_slice(numbers(iter));
                S::value(place.as_slice());
            })
        }
        Way::Map => return None,
    })
}

fn encode<S: Sink>(sample: Sample) -> Operation {
    let expected = sample.message();
    let names = Names::of(expected.header());
    let tree = Tree::of(&expected);
    // Whoever sent the call is whom the answer goes to.
    let call = Message::parse(&call_of(expected.header().destination));
    Box::new(move || {
        let message = match sample {
            Sample::Call => Message::call(&names),
            _ => Message::answer(&call, &names),
        };
        c!(dbus_message_set_serial(message.0, 1));
        black_box(&tree).put(&mut message.append());
        let (mut bytes, mut len) = (null_mut(), 0);
        ok(c!(dbus_message_marshal(message.0, &mut bytes, &mut len)));
        // SAFETY: so many bytes are there.
        S::message(&[unsafe { slice::from_raw_parts(bytes.cast(), len as usize) }]);
        c!(dbus_free(bytes.cast()));
    })
}

fn decode(sample: Sample, mut read: impl FnMut(&mut DBusMessageIter) + 'static) -> Operation {
    let bytes = sample.message().as_bytes();
    Box::new(move || {
        let message = Message::parse(black_box(bytes));
        read(&mut message.iter());
    })
}

/// Whatever there is.
fn any<S: Sink>(iter: &mut DBusMessageIter) {
    loop {
        match c!(dbus_message_iter_get_arg_type(iter)) as u8 {
            0 => return,
            b's' | b'o' => {
                let mut text: *const c_char = null();
                c!(dbus_message_iter_get_basic(iter, from_mut(&mut text).cast()));
                S::value(Text(text));
            }
            b't' => S::value(number::<u64>(iter)),
            b'i' => S::value(number::<i32>(iter)),
            // A BOOLEAN is a C `unsigned int`.
            b'b' | b'u' => S::value(number::<u32>(iter)),
            b'a' => match c!(dbus_message_iter_get_element_type(iter)) as u8 {
                b'y' => S::value(numbers::<u8>(iter)),
                b't' => S::value(numbers::<u64>(iter)),
                _ => any::<S>(&mut inside(iter)),
            },
            _ => any::<S>(&mut inside(iter)),
        }
        if c!(dbus_message_iter_next(iter)) == 0 {
            return;
        }
    }
}

fn number<T: Default>(iter: &mut DBusMessageIter) -> T {
    let mut number = T::default();
    c!(dbus_message_iter_get_basic(iter, from_mut(&mut number).cast()));
    number
}

fn numbers<T>(iter: &mut DBusMessageIter) -> &[T] {
    let (mut start, mut count) = (null(), 0);
    let place: *mut *const T = &mut start;
    c!(dbus_message_iter_get_fixed_array(&mut inside(iter), place.cast(), &mut count));
    // SAFETY: so many numbers are there, as long as the message lives, which outlives its iterators.
    unsafe { slice::from_raw_parts(start, count as usize) }
}

fn inside(iter: &mut DBusMessageIter) -> DBusMessageIter {
    let mut inner = empty();
    c!(dbus_message_iter_recurse(iter, &mut inner));
    inner
}

fn empty() -> DBusMessageIter {
    // SAFETY: numbers and pointers, which may all be zero.
    unsafe { zeroed() }
}

impl Put for DBusMessageIter {
    fn text(&mut self, code: u8, text: &CStr) {
        let text = text.as_ptr();
        ok(c!(dbus_message_iter_append_basic(self, code.into(), (&raw const text).cast())));
    }

    fn number(&mut self, code: u8, value: *const c_void) {
        ok(c!(dbus_message_iter_append_basic(self, code.into(), value)));
    }

    fn numbers(&mut self, code: u8, start: *const c_void, count: usize) {
        self.container(b'a', if code == b'y' { c"y" } else { c"t" }, |inner| {
            let (start, count) = ((&raw const start).cast(), count as c_int);
            ok(c!(dbus_message_iter_append_fixed_array(inner, code.into(), start, count)));
        });
    }

    fn container(&mut self, code: u8, contents: &CStr, fill: impl FnOnce(&mut Self)) {
        let contents = if let b'r' | b'e' = code { null() } else { contents.as_ptr() };
        let mut inner = empty();
        ok(c!(dbus_message_iter_open_container(self, code.into(), contents, &mut inner)));
        fill(&mut inner);
        ok(c!(dbus_message_iter_close_container(self, &mut inner)));
    }
}

/// A message; it goes when this goes.
struct Message(*mut DBusMessage);

impl Message {
    fn parse(bytes: &[u8]) -> Self {
        let (start, len) = (bytes.as_ptr().cast(), bytes.len() as c_int);
        Self::received(c!(dbus_message_demarshal(start, len, null_mut())))
    }

    fn received(message: *mut DBusMessage) -> Self {
        assert!(!message.is_null(), "libdbus tells of an error");
        Self(message)
    }

    fn call(names: &Names) -> Self {
        let [destination, path, interface, member, _] = names.pointers();
        Self(c!(dbus_message_new_method_call(destination, path, interface, member)))
    }

    fn answer(call: &Self, names: &Names) -> Self {
        let it = Self(c!(dbus_message_new_method_return(call.0)));
        let [.., sender] = names.pointers();
        if !sender.is_null() {
            ok(c!(dbus_message_set_sender(it.0, sender)));
        }
        it
    }

    /// Reads the values; there must be some.
    fn iter(&self) -> DBusMessageIter {
        let mut iter = empty();
        ok(c!(dbus_message_iter_init(self.0, &mut iter)));
        iter
    }

    fn append(&self) -> DBusMessageIter {
        let mut iter = empty();
        c!(dbus_message_iter_init_append(self.0, &mut iter));
        iter
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        c!(dbus_message_unref(self.0));
    }
}

fn ok(result: u32) {
    assert_eq!(result, 1, "libdbus fails");
}

/// A connection to a bus.
pub(crate) struct Client {
    bus: *mut DBusConnection,
    names: Names,
    argument: CString,
}

impl Client {
    /// The next call, not sent.
    fn message(&self) -> Message {
        let message = Message::call(&self.names);
        message.append().text(b's', &self.argument);
        message
    }
}

impl compare::Client for Client {
    fn open(address: &str, call: Call) -> Self {
        let address = CString::new(address).unwrap();
        let bus = c!(dbus_connection_open_private(address.as_ptr(), null_mut()));
        assert!(!bus.is_null(), "libdbus does not connect");
        ok(c!(dbus_bus_register(bus, null_mut())));
        c!(dbus_connection_set_exit_on_disconnect(bus, 0));
        let names = Names::of(&call.method.header(Serial::FIRST));
        Self { bus, names, argument: CString::new(call.argument).unwrap() }
    }

    fn call(&mut self, count: u32) {
        for _ in 0..count {
            let (bus, message) = (self.bus, self.message());
            let reply =
                c!(dbus_connection_send_with_reply_and_block(bus, message.0, -1, null_mut()));
            any::<Measured>(&mut Message::received(reply).iter());
        }
    }

    fn call_at_once(&mut self, count: u32) {
        let start = |_| {
            let (message, mut call) = (self.message(), null_mut());
            ok(c!(dbus_connection_send_with_reply(self.bus, message.0, &mut call, -1)));
            call
        };
        for call in (0..count).map(start).collect::<Vec<_>>() {
            c!(dbus_pending_call_block(call));
            let reply = c!(dbus_pending_call_steal_reply(call));
            any::<Measured>(&mut Message::received(reply).iter());
            c!(dbus_pending_call_unref(call));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        c!(dbus_connection_close(self.bus));
        c!(dbus_connection_unref(self.bus));
    }
}

unsafe extern "C" {
    // libdbus-sys does not name it.
    fn dbus_pending_call_block(call: *mut DBusPendingCall);
}
