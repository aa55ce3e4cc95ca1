//! The few functions of libdbus that judge, declared by hand.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};

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
    fn dbus_signature_validate(signature: *const c_char, error: *mut DBusError) -> c_uint;
}

/// What libdbus says of bytes that should be one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It took a message from the beginning of the bytes.
    Valid,
    /// It waits for more bytes.
    Incomplete,
    /// It names the broken rule in words.
    Invalid(String),
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
pub fn judge(bytes: &[u8]) -> Verdict {
    let mut error = DBusError::new();
    let len = c_int::try_from(bytes.len()).expect("fewer than 2 GiB");
    // SAFETY: libdbus reads `len` bytes and keeps none of them; the error is initialised.
    let message = unsafe { dbus_message_demarshal(bytes.as_ptr().cast(), len, &mut error) };
    if !message.is_null() {
        // SAFETY: the message was just given to us and is used nowhere else.
        unsafe { dbus_message_unref(message) };
        return Verdict::Valid;
    }
    // Where nothing is wrong yet it has no message to give, and puts that down to memory.
    match error.text(error.name).as_str() {
        "org.freedesktop.DBus.Error.NoMemory" => Verdict::Incomplete,
        _ => Verdict::Invalid(error.text(error.message)),
    }
}

/// Whether `text`, which holds no NUL, is a signature.
pub fn signature_is_valid(text: &CString) -> bool {
    let mut error = DBusError::new();
    // SAFETY: the text ends with a NUL, the error is initialised, both live across the call.
    unsafe { dbus_signature_validate(text.as_ptr(), &mut error) != 0 }
}
