//! libdbus, the reference implementation.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};

use barebus_gen::Value;

use super::text;
use crate::content::{Content, Verdict};

#[repr(C)]
struct DBusError {
    name: *const c_char,
    message: *const c_char,
    flags: c_uint,
    padding: *mut c_void,
}

#[link(name = "dbus-1")]
unsafe extern "C" {
    fn dbus_error_init(error: *mut DBusError);
    fn dbus_error_free(error: *mut DBusError);
    fn dbus_message_demarshal(
        bytes: *const c_char,
        len: c_int,
        error: *mut DBusError,
    ) -> *mut c_void;
    fn dbus_message_unref(message: *mut c_void);
    fn dbus_free(memory: *mut c_void);
    fn dbus_message_get_type(message: *mut c_void) -> c_int;
    fn dbus_message_get_no_reply(message: *mut c_void) -> c_uint;
    fn dbus_message_get_auto_start(message: *mut c_void) -> c_uint;
    fn dbus_message_get_allow_interactive_authorization(message: *mut c_void) -> c_uint;
    fn dbus_message_get_serial(message: *mut c_void) -> u32;
    fn dbus_message_get_reply_serial(message: *mut c_void) -> u32;
    fn dbus_message_get_path(message: *mut c_void) -> *const c_char;
    fn dbus_message_get_interface(message: *mut c_void) -> *const c_char;
    fn dbus_message_get_member(message: *mut c_void) -> *const c_char;
    fn dbus_message_get_error_name(message: *mut c_void) -> *const c_char;
    fn dbus_message_get_destination(message: *mut c_void) -> *const c_char;
    fn dbus_message_get_sender(message: *mut c_void) -> *const c_char;
    fn dbus_message_get_signature(message: *mut c_void) -> *const c_char;
    fn dbus_message_iter_init(message: *mut c_void, iter: *mut Iter) -> c_uint;
    fn dbus_message_iter_get_arg_type(iter: *mut Iter) -> c_int;
    fn dbus_message_iter_next(iter: *mut Iter) -> c_uint;
    fn dbus_message_iter_recurse(iter: *mut Iter, inner: *mut Iter);
    fn dbus_message_iter_get_signature(iter: *mut Iter) -> *mut c_char;
    fn dbus_message_iter_get_basic(iter: *mut Iter, value: *mut c_void);
    fn dbus_signature_validate(signature: *const c_char, error: *mut DBusError) -> c_uint;
}

impl DBusError {
    fn new() -> Self {
        let mut error = Self {
            name: std::ptr::null(),
            message: std::ptr::null(),
            flags: 0,
            padding: std::ptr::null_mut(),
        };
        // SAFETY: `error` has the layout of libdbus's public struct, and lives across the call.
        unsafe { dbus_error_init(&mut error) };
        error
    }

    fn text(&self, which: *const c_char) -> String {
        if which.is_null() {
            return String::new();
        }
        // SAFETY: libdbus set the pointer to a string that lives until `dbus_error_free`.
        unsafe { CStr::from_ptr(which) }.to_string_lossy().into_owned()
    }
}

impl Drop for DBusError {
    fn drop(&mut self) {
        // SAFETY: the error was initialised by `dbus_error_init`.
        unsafe { dbus_error_free(self) };
    }
}

/// Judges bytes as a message.
pub(super) fn judge(bytes: &[u8]) -> Verdict {
    let mut error = DBusError::new();
    let len = c_int::try_from(bytes.len()).expect("fewer than 2 GiB");
    // SAFETY: libdbus reads `len` bytes and keeps none of them; the error is initialised.
    let message = unsafe { dbus_message_demarshal(bytes.as_ptr().cast(), len, &mut error) };
    if !message.is_null() {
        return Verdict::Valid(Box::new(Message(message).content()));
    }
    // Where nothing is wrong yet it has no message to give, and puts that down to memory.
    match error.text(error.name).as_str() {
        "org.freedesktop.DBus.Error.NoMemory" => Verdict::Incomplete,
        _ => Verdict::Invalid(error.text(error.message)),
    }
}

/// A message that is ours.
struct Message(*mut c_void);

impl Drop for Message {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { dbus_message_unref(self.0) };
    }
}

impl Message {
    fn content(&self) -> Content {
        let mut iter = Iter::default();
        let mut body = Vec::new();
        // SAFETY: the message lives, and its strings with it.
        unsafe {
            dbus_message_iter_init(self.0, &mut iter);
            iter.values(&mut body);
            let flags = [
                dbus_message_get_no_reply(self.0) != 0,
                dbus_message_get_auto_start(self.0) == 0,
                dbus_message_get_allow_interactive_authorization(self.0) != 0,
            ];
            Content {
                message_type: dbus_message_get_type(self.0) as u8,
                flags: Some((0..).zip(flags).map(|(bit, is_set)| u8::from(is_set) << bit).sum()),
                serial: dbus_message_get_serial(self.0),
                path: text(dbus_message_get_path(self.0)),
                interface: text(dbus_message_get_interface(self.0)),
                member: text(dbus_message_get_member(self.0)),
                error_name: text(dbus_message_get_error_name(self.0)),
                reply_serial: Some(dbus_message_get_reply_serial(self.0)).filter(|it| *it > 0),
                destination: text(dbus_message_get_destination(self.0)),
                sender: text(dbus_message_get_sender(self.0)),
                signature: text(dbus_message_get_signature(self.0)).unwrap_or_default(),
                body,
                text: None,
            }
        }
    }
}

/// `DBusMessageIter`: at most 14 pointers and numbers.
#[repr(C)]
#[derive(Default)]
struct Iter([u64; 14]);

impl Iter {
    /// Reads what is left of the container.
    ///
    /// # Safety
    /// The iterator is initialised, and its message lives.
    unsafe fn values(&mut self, into: &mut Vec<Value>) {
        loop {
            // SAFETY: as the caller promises.
            let code = unsafe { dbus_message_iter_get_arg_type(self) } as u8;
            if code == 0 {
                return;
            }
            // SAFETY: as the caller promises; there is a value of this type.
            into.push(unsafe { self.value(code) });
            // SAFETY: as the caller promises.
            unsafe { dbus_message_iter_next(self) };
        }
    }

    /// # Safety
    /// As of `values`; the next value has the type `code`.
    unsafe fn value(&mut self, code: u8) -> Value {
        if !b"arve".contains(&code) {
            // SAFETY: as the caller promises.
            return unsafe { self.basic(code) };
        }
        let (mut inner, mut values) = (Self::default(), Vec::new());
        // SAFETY: the value is a container; the signature is libdbus's to free, and is freed once.
        let contents = unsafe {
            dbus_message_iter_recurse(self, &mut inner);
            inner.values(&mut values);
            let signature = dbus_message_iter_get_signature(self);
            let contents = text(signature).unwrap_or_default();
            dbus_free(signature.cast());
            contents
        };
        let contents = contents.strip_prefix('a').unwrap_or_default().to_owned();
        super::container(code, contents, values).expect("a container")
    }

    /// # Safety
    /// As of `value`; the type is basic.
    unsafe fn basic(&mut self, code: u8) -> Value {
        if code == b'h' {
            // libdbus would duplicate a descriptor.
            return Value::UnixFd(0);
        }
        let mut value = 0_u64;
        // SAFETY: a `DBusBasicValue` has eight bytes.
        unsafe { dbus_message_iter_get_basic(self, (&raw mut value).cast()) };
        match code {
            b'y' => Value::Byte(value as u8),
            b'b' => Value::Boolean(value as u32 != 0),
            b'n' => Value::Int16(value as i16),
            b'q' => Value::Uint16(value as u16),
            b'i' => Value::Int32(value as i32),
            b'u' => Value::Uint32(value as u32),
            b'x' => Value::Int64(value as i64),
            b't' => Value::Uint64(value),
            b'd' => Value::Double(value),
            _ => {
                let pointer = std::ptr::with_exposed_provenance(value as usize);
                // SAFETY: libdbus stored a pointer to a string that lives as long as the message.
                let text = unsafe { text(pointer) }.expect("a string");
                super::textual(code, text).expect("a type of text")
            }
        }
    }
}

/// Whether `text`, which holds no NUL, is a signature.
pub fn signature_is_valid(text: &CString) -> bool {
    let mut error = DBusError::new();
    // SAFETY: the text ends with a NUL, the error is initialised, both live across the call.
    unsafe { dbus_signature_validate(text.as_ptr(), &mut error) != 0 }
}
