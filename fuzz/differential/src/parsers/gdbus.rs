//! GDBus, of GLib.

use std::ffi::{CStr, c_char, c_uint, c_void};
use std::ptr::null_mut;
use std::sync::Once;

use barebus_gen::Value;

use super::text;
use crate::content::{Content, FLAGS, Verdict};

/// The least that `g_dbus_message_bytes_needed` takes.
const FIXED_HEADER: usize = 16;
const CAN_PASS_FDS: c_uint = 1;

/// Judges bytes as a message.
pub(super) fn judge(bytes: &[u8]) -> Verdict {
    quiet();
    if bytes.len() < FIXED_HEADER {
        return Verdict::Incomplete;
    }
    let mut bytes = bytes.to_vec();
    let mut error = null_mut();
    // SAFETY: GLib reads so many bytes, and changes none of them.
    let needed =
        unsafe { ffi::g_dbus_message_bytes_needed(bytes.as_mut_ptr(), bytes.len(), &mut error) };
    if !error.is_null() {
        return Verdict::Invalid(message_of(error));
    }
    let needed = usize::try_from(needed).expect("there is no error");
    if bytes.len() < needed {
        return Verdict::Incomplete;
    }
    // SAFETY: GLib reads so many bytes, and keeps none of them.
    let message = unsafe {
        ffi::g_dbus_message_new_from_blob(bytes.as_mut_ptr(), needed, CAN_PASS_FDS, &mut error)
    };
    if message.is_null() {
        return Verdict::Invalid(message_of(error));
    }
    Verdict::Valid(Box::new(Message(message).content()))
}

/// Keeps GLib from printing what it finds wrong in a message.
fn quiet() {
    static ONCE: Once = Once::new();
    extern "C" fn ignore(_: *const c_char, _: c_uint, _: *const c_char, _: *mut c_void) {}
    // SAFETY: the handler may be called from any thread.
    ONCE.call_once(|| unsafe {
        ffi::g_log_set_default_handler(ignore, null_mut());
    });
}

/// Takes an error that GLib has set.
fn message_of(error: *mut ffi::Error) -> String {
    if error.is_null() {
        return String::new();
    }
    // SAFETY: the error is ours, and is freed once.
    unsafe {
        let message = text((*error).message).unwrap_or_default();
        ffi::g_error_free(error);
        message
    }
}

/// A message that is ours.
struct Message(*mut c_void);

impl Drop for Message {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { ffi::g_object_unref(self.0) };
    }
}

impl Message {
    fn content(&self) -> Content {
        // SAFETY: the message lives, and with it its strings and its body.
        unsafe {
            let body = ffi::g_dbus_message_get_body(self.0);
            let (values, printed) = if body.is_null() {
                (Vec::new(), "()".into())
            } else {
                (children(body), print(body))
            };
            Content {
                message_type: ffi::g_dbus_message_get_message_type(self.0) as u8,
                flags: Some(ffi::g_dbus_message_get_flags(self.0) as u8 & FLAGS),
                serial: ffi::g_dbus_message_get_serial(self.0),
                path: text(ffi::g_dbus_message_get_path(self.0)),
                interface: text(ffi::g_dbus_message_get_interface(self.0)),
                member: text(ffi::g_dbus_message_get_member(self.0)),
                error_name: text(ffi::g_dbus_message_get_error_name(self.0)),
                reply_serial: Some(ffi::g_dbus_message_get_reply_serial(self.0))
                    .filter(|serial| *serial > 0),
                destination: text(ffi::g_dbus_message_get_destination(self.0)),
                sender: text(ffi::g_dbus_message_get_sender(self.0)),
                signature: text(ffi::g_dbus_message_get_signature(self.0)).unwrap_or_default(),
                body: values,
                text: Some(printed),
            }
        }
    }
}

type Variant = *mut c_void;

/// # Safety
/// The variant lives.
unsafe fn print(variant: Variant) -> String {
    // SAFETY: as the caller promises; the text is ours, and is freed once.
    unsafe {
        let pointer = ffi::g_variant_print(variant, 1);
        let printed = text(pointer).unwrap_or_default();
        ffi::g_free(pointer.cast());
        printed
    }
}

/// # Safety
/// The variant lives, and is a container.
unsafe fn children(variant: Variant) -> Vec<Value> {
    // SAFETY: as the caller promises; each child is ours, and is released once.
    unsafe {
        let count = ffi::g_variant_n_children(variant);
        let mut values = Vec::new();
        for index in 0..count {
            let child = ffi::g_variant_get_child_value(variant, index);
            values.push(value(child));
            ffi::g_variant_unref(child);
        }
        values
    }
}

/// # Safety
/// The variant lives.
unsafe fn value(variant: Variant) -> Value {
    // SAFETY: as the caller promises; each function fits the variant's class.
    unsafe {
        let types = CStr::from_ptr(ffi::g_variant_get_type_string(variant)).to_bytes();
        match ffi::g_variant_classify(variant) as u8 {
            b'y' => Value::Byte(ffi::g_variant_get_byte(variant)),
            b'b' => Value::Boolean(ffi::g_variant_get_boolean(variant) != 0),
            b'n' => Value::Int16(ffi::g_variant_get_int16(variant)),
            b'q' => Value::Uint16(ffi::g_variant_get_uint16(variant)),
            b'i' => Value::Int32(ffi::g_variant_get_int32(variant)),
            b'u' => Value::Uint32(ffi::g_variant_get_uint32(variant)),
            b'x' => Value::Int64(ffi::g_variant_get_int64(variant)),
            b't' => Value::Uint64(ffi::g_variant_get_uint64(variant)),
            b'd' => Value::Double(ffi::g_variant_get_double(variant).to_bits()),
            b'h' => Value::UnixFd(0),
            code @ (b's' | b'o' | b'g') => {
                let string = text(ffi::g_variant_get_string(variant, null_mut()));
                super::textual(code, string.expect("a string")).expect("a type of text")
            }
            class => {
                let code = match class {
                    b'(' => b'r',
                    b'{' => b'e',
                    other => other,
                };
                let contents = types.strip_prefix(b"a").unwrap_or_default();
                let contents = String::from_utf8_lossy(contents).into_owned();
                super::container(code, contents, children(variant)).expect("a container")
            }
        }
    }
}

/// As in `gio/gdbusmessage.h` and `glib/gvariant.h`.
mod ffi {
    use std::ffi::{c_char, c_int, c_uint, c_void};

    use super::Variant;

    type Text = *const c_char;
    type Log = extern "C" fn(Text, c_uint, Text, *mut c_void);

    #[repr(C)]
    pub(super) struct Error {
        domain: u32,
        code: c_int,
        pub(super) message: Text,
    }

    #[rustfmt::skip]
    #[link(name = "gio-2.0")]
    #[link(name = "gobject-2.0")]
    #[link(name = "glib-2.0")]
    unsafe extern "C" {
        pub(super) fn g_log_set_default_handler(handler: Log, data: *mut c_void) -> *mut c_void;
        pub(super) fn g_error_free(error: *mut Error);
        pub(super) fn g_free(memory: *mut c_void);
        pub(super) fn g_object_unref(object: *mut c_void);
        pub(super) fn g_dbus_message_bytes_needed(blob: *mut u8, len: usize, error: *mut *mut Error) -> isize;
        pub(super) fn g_dbus_message_new_from_blob(blob: *mut u8, len: usize, capabilities: c_uint, error: *mut *mut Error) -> *mut c_void;
        pub(super) fn g_dbus_message_get_message_type(message: *mut c_void) -> c_uint;
        pub(super) fn g_dbus_message_get_flags(message: *mut c_void) -> c_uint;
        pub(super) fn g_dbus_message_get_serial(message: *mut c_void) -> u32;
        pub(super) fn g_dbus_message_get_reply_serial(message: *mut c_void) -> u32;
        pub(super) fn g_dbus_message_get_path(message: *mut c_void) -> Text;
        pub(super) fn g_dbus_message_get_interface(message: *mut c_void) -> Text;
        pub(super) fn g_dbus_message_get_member(message: *mut c_void) -> Text;
        pub(super) fn g_dbus_message_get_error_name(message: *mut c_void) -> Text;
        pub(super) fn g_dbus_message_get_destination(message: *mut c_void) -> Text;
        pub(super) fn g_dbus_message_get_sender(message: *mut c_void) -> Text;
        pub(super) fn g_dbus_message_get_signature(message: *mut c_void) -> Text;
        pub(super) fn g_dbus_message_get_body(message: *mut c_void) -> Variant;
        pub(super) fn g_variant_print(variant: Variant, annotates: c_int) -> *mut c_char;
        pub(super) fn g_variant_unref(variant: Variant);
        pub(super) fn g_variant_n_children(variant: Variant) -> usize;
        pub(super) fn g_variant_get_child_value(variant: Variant, index: usize) -> Variant;
        pub(super) fn g_variant_get_type_string(variant: Variant) -> Text;
        pub(super) fn g_variant_classify(variant: Variant) -> c_uint;
        pub(super) fn g_variant_get_byte(variant: Variant) -> u8;
        pub(super) fn g_variant_get_boolean(variant: Variant) -> c_int;
        pub(super) fn g_variant_get_int16(variant: Variant) -> i16;
        pub(super) fn g_variant_get_uint16(variant: Variant) -> u16;
        pub(super) fn g_variant_get_int32(variant: Variant) -> i32;
        pub(super) fn g_variant_get_uint32(variant: Variant) -> u32;
        pub(super) fn g_variant_get_int64(variant: Variant) -> i64;
        pub(super) fn g_variant_get_uint64(variant: Variant) -> u64;
        pub(super) fn g_variant_get_double(variant: Variant) -> f64;
        pub(super) fn g_variant_get_string(variant: Variant, len: *mut usize) -> Text;
    }
}
