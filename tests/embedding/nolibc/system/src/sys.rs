//! System calls, the first instructions, and the memory functions that the compiler calls.

use core::arch::{asm, global_asm};

const WRITE: usize = 1;
const POLL: usize = 7;
const SOCKET: usize = 41;
const CONNECT: usize = 42;
const SENDTO: usize = 44;
const RECVFROM: usize = 45;
const SETSOCKOPT: usize = 54;
const GETEUID: usize = 107;
const CLOCK_GETTIME: usize = 228;
const EXIT_GROUP: usize = 231;

/// A system call with up to five arguments. It returns what the kernel does: a number from 0 on, or an error, negated.
///
/// # Safety
/// What the call reads and writes through its arguments is valid for it.
#[inline(never)]
unsafe fn call(number: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    let result;
    // SAFETY: the kernel changes rax, rcx and r11, which are named here, and the memory that the caller vouches for.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number => result,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") 0,
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// EAGAIN, negated: there is nothing to read.
pub const WOULD_BLOCK: isize = -11;

/// recv(2) without waiting.
pub fn read_now(socket: isize, place: &mut [u8]) -> isize {
    const MSG_DONTWAIT: usize = 0x40;
    let start = place.as_mut_ptr() as usize;
    // SAFETY: the kernel writes at most as many bytes as the slice has. It is not asked for an address.
    unsafe { call(RECVFROM, socket as usize, start, place.len(), MSG_DONTWAIT, 0) }
}

/// write(2)
pub fn write(descriptor: isize, bytes: &[u8]) -> isize {
    // SAFETY: the kernel reads the bytes of the slice.
    unsafe { call(WRITE, descriptor as usize, bytes.as_ptr() as usize, bytes.len(), 0, 0) }
}

/// send(2) without SIGPIPE.
pub fn send(socket: isize, bytes: &[u8]) -> isize {
    const MSG_NOSIGNAL: usize = 0x4000;
    let start = bytes.as_ptr() as usize;
    // SAFETY: the kernel reads the bytes of the slice. There is no address.
    unsafe { call(SENDTO, socket as usize, start, bytes.len(), MSG_NOSIGNAL, 0) }
}

/// socket(2): a Unix stream socket.
pub fn unix_socket() -> isize {
    const AF_UNIX: usize = 1;
    const SOCK_STREAM_CLOEXEC: usize = 1 | 0o2_000_000;
    // SAFETY: the call takes no memory.
    unsafe { call(SOCKET, AF_UNIX, SOCK_STREAM_CLOEXEC, 0, 0, 0) }
}

/// Limits the time that connect(2) and send(2) may take (SO_SNDTIMEO).
pub fn limit_sending(socket: isize, seconds: u64) {
    const SOL_SOCKET: usize = 1;
    const SO_SNDTIMEO: usize = 21;
    let time = [seconds, 0];
    let (place, len) = (time.as_ptr() as usize, size_of_val(&time));
    // SAFETY: the kernel reads a `struct timeval`: seconds and microseconds, both 64 bits.
    unsafe { call(SETSOCKOPT, socket as usize, SOL_SOCKET, SO_SNDTIMEO, place, len) };
}

/// connect(2) to a Unix socket. Of `path`, the first 107 bytes count.
pub fn connect(socket: isize, path: &str) -> isize {
    const AF_UNIX: u8 = 1;
    // `struct sockaddr_un`: the family in the machine's byte order, and a path that ends with NUL.
    let mut address = [0; 2 + 108];
    let [family, _, place @ .., _] = &mut address;
    *family = AF_UNIX;
    for (to, from) in place.iter_mut().zip(path.bytes()) {
        *to = from;
    }
    let start = address.as_ptr() as usize;
    // SAFETY: the kernel reads the bytes of `address`.
    unsafe { call(CONNECT, socket as usize, start, address.len(), 0, 0) }
}

/// poll(2): waits for at most `milliseconds` until there is something to read.
pub fn wait_readable(descriptor: isize, milliseconds: u64) {
    #[repr(C)]
    struct PollFd {
        descriptor: i32,
        events: i16,
        revents: i16,
    }
    const POLLIN: i16 = 1;
    let mut asked = PollFd { descriptor: descriptor as i32, events: POLLIN, revents: 0 };
    let time = milliseconds.min(i32::MAX as u64) as usize;
    // SAFETY: the kernel reads and writes one `struct pollfd`.
    unsafe { call(POLL, &raw mut asked as usize, 1, time, 0, 0) };
}

/// geteuid(2)
pub fn uid() -> u32 {
    // SAFETY: the call takes no memory.
    unsafe { call(GETEUID, 0, 0, 0, 0, 0) as u32 }
}

/// Milliseconds since the machine started (CLOCK_MONOTONIC).
pub fn now() -> u64 {
    const CLOCK_MONOTONIC: usize = 1;
    let mut time = [0_u64; 2];
    // SAFETY: the kernel writes a `struct timespec`: seconds and nanoseconds, both 64 bits.
    unsafe { call(CLOCK_GETTIME, CLOCK_MONOTONIC, time.as_mut_ptr() as usize, 0, 0, 0) };
    let [seconds, nanoseconds] = time;
    seconds.wrapping_mul(1000).wrapping_add(nanoseconds / 1_000_000)
}

/// exit_group(2)
pub fn exit(status: u8) -> ! {
    // SAFETY: the call takes no memory.
    unsafe { call(EXIT_GROUP, status.into(), 0, 0, 0, 0) };
    loop {
        core::hint::spin_loop();
    }
}

/// The program's arguments, its name first.
pub struct Arguments {
    /// argv: pointers to texts that end with NUL, then a null pointer.
    next: *const *const u8,
}

impl Arguments {
    /// # Safety
    /// `stack` is what the stack pointer was when the kernel started the program. It is called once.
    pub unsafe fn new(stack: *const usize) -> Self {
        // SAFETY: the kernel puts argc there, and argv after it.
        Self { next: unsafe { stack.add(1) }.cast() }
    }
}

impl Iterator for Arguments {
    type Item = &'static [u8];

    fn next(&mut self) -> Option<&'static [u8]> {
        // SAFETY: the iterator does not pass the null pointer that ends argv.
        let argument = unsafe { *self.next };
        if argument.is_null() {
            return None;
        }
        // SAFETY: as above; this pointer is not the null pointer.
        self.next = unsafe { self.next.add(1) };
        // SAFETY: the kernel puts texts that end with NUL there, and nothing changes them.
        Some(unsafe { core::ffi::CStr::from_ptr(argument.cast()) }.to_bytes())
    }
}

// The kernel starts a program with the arguments on the stack, aligned to 16. A function expects it 8 bytes lower: a call has
// pushed the return address.
global_asm!(".globl _start", "_start:", "xor ebp, ebp", "mov rdi, rsp", "call nolibc_start", "ud2",);

/// Makes `$main`, a `fn(Arguments) -> u8`, the program. It returns the exit status.
#[macro_export]
macro_rules! program {
    ($main:path) => {
        #[allow(unsafe_code, reason = "the stack that the kernel hands over")]
        mod start {
            /// What `_start` calls.
            ///
            /// # Safety
            /// `stack` is what the stack pointer was when the kernel started the program.
            #[unsafe(no_mangle)]
            unsafe extern "C" fn nolibc_start(stack: *const usize) -> ! {
                // SAFETY: as above; `_start` calls this once.
                let arguments = unsafe { $crate::sys::Arguments::new(stack) };
                $crate::sys::exit($main(arguments))
            }

            /// Without a text: what formats it takes more than the program.
            #[panic_handler]
            fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
                $crate::sys::exit(134)
            }
        }
    };
}

/// # Safety
/// As memcpy(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: the caller vouches for both places. The direction flag is clear in every function.
    unsafe {
        asm!(
            "rep movsb",
            inout("rcx") len => _, inout("rdi") to => _, inout("rsi") from => _,
            options(nostack, preserves_flags),
        );
    }
    to
}

/// # Safety
/// As memmove(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    if (to as usize).wrapping_sub(from as usize) >= len {
        // SAFETY: no byte of `from` is written before it is read.
        return unsafe { memcpy(to, from, len) };
    }
    // SAFETY: the caller vouches for both places. Backwards, no byte is written before it is read. The direction flag is cleared
    // again.
    unsafe {
        asm!(
            "std",
            "rep movsb",
            "cld",
            inout("rcx") len => _,
            inout("rdi") to.wrapping_add(len).wrapping_sub(1) => _,
            inout("rsi") from.wrapping_add(len).wrapping_sub(1) => _,
            options(nostack),
        );
    }
    to
}

/// # Safety
/// As memset(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, len: usize) -> *mut u8 {
    // SAFETY: the caller vouches for the place. The direction flag is clear in every function.
    unsafe {
        asm!(
            "rep stosb",
            inout("rcx") len => _, inout("rdi") to => _, in("al") byte as u8,
            options(nostack, preserves_flags),
        );
    }
    to
}

/// # Safety
/// As memcmp(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, len: usize) -> i32 {
    for at in 0..len {
        // SAFETY: the caller vouches for `len` bytes at both places.
        let (a, b) = unsafe { (a.add(at).read(), b.add(at).read()) };
        if a != b {
            return i32::from(a) - i32::from(b);
        }
    }
    0
}

/// # Safety
/// As bcmp(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, len: usize) -> i32 {
    // SAFETY: as `memcmp`.
    unsafe { memcmp(a, b, len) }
}

/// # Safety
/// As strlen(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const u8) -> usize {
    let mut len = 0;
    // SAFETY: the caller vouches for all bytes up to the NUL.
    while unsafe { text.add(len).read_volatile() } != 0 {
        len += 1;
    }
    len
}
