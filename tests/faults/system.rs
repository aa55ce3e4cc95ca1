//! Replacements of the C library's functions that the client calls. They override those of the shared library.
//! Each makes its system call, unless a client in a scene calls it and the plan has a fault for it. So does the allocator.

#![allow(
    unsafe_code,
    reason = "these are the C library's functions: they take its raw pointers, and make the system calls"
)]

use std::alloc::{GlobalAlloc, Layout};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use barebus_tests::memory::Counting;

use nix::errno::Errno;
use nix::libc::{
    self, SYS_close, SYS_connect, SYS_fcntl, SYS_getsockopt, SYS_ioctl, SYS_openat, SYS_ppoll,
    SYS_read, SYS_recvmsg, SYS_sendmsg, SYS_sendto, SYS_setsockopt, SYS_socket, SYS_socketpair,
    c_char, c_int, c_long, c_uint, c_ulong, c_void, iovec, mode_t, msghdr, pollfd, size_t,
    sockaddr, socklen_t, ssize_t, timespec, timeval,
};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

use crate::plan::{self, Call, Fault};

/// Makes a system call and returns its result like a C function: errors as -1, with errno set.
///
/// # Safety
/// As for the system call of that number with these arguments.
macro_rules! system {
    ($number:expr $(, $argument:expr)* $(,)?) => {
        libc::syscall($number $(, $argument as c_long)*)
    };
}

/// The failure of a call that can only fail.
fn error(call: Call) -> Option<c_int> {
    match plan::next(call, false)? {
        Fault::Error(errno) => Some(fail(errno)),
        // Plans say so of reading and writing only.
        Fault::Short(_) | Fault::EndOfFile | Fault::CutOff(_) => None,
    }
}

fn fail(errno: Errno) -> c_int {
    errno.set();
    -1
}

fn int(answer: c_long) -> c_int {
    c_int::try_from(answer).expect("the system answers with an int")
}

fn count(answer: c_long) -> ssize_t {
    ssize_t::try_from(answer).expect("as wide as a pointer")
}

#[unsafe(no_mangle)]
unsafe extern "C" fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int {
    // SAFETY: socket(2) takes any numbers.
    error(Call::Socket)
        .unwrap_or_else(|| int(unsafe { system!(SYS_socket, domain, kind, protocol) }))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn socketpair(
    domain: c_int,
    kind: c_int,
    protocol: c_int,
    pair: *mut c_int,
) -> c_int {
    error(Call::SocketPair).unwrap_or_else(|| {
        // SAFETY: the caller gives room for two numbers, as socketpair(3) asks.
        int(unsafe { system!(SYS_socketpair, domain, kind, protocol, pair) })
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn connect(fd: c_int, address: *const sockaddr, len: socklen_t) -> c_int {
    error(Call::Connect).unwrap_or_else(|| {
        // SAFETY: the caller gives an address of `len` bytes, as connect(3) asks.
        int(unsafe { system!(SYS_connect, fd, address, len) })
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn setsockopt(
    fd: c_int,
    level: c_int,
    name: c_int,
    value: *const c_void,
    len: socklen_t,
) -> c_int {
    error(Call::SetSockOpt).unwrap_or_else(|| {
        // SAFETY: the caller gives a value of `len` bytes, as setsockopt(3) asks.
        int(unsafe { system!(SYS_setsockopt, fd, level, name, value, len) })
    })
}

/// In C it is variadic. The argument is a number or a pointer, in the register of a third argument.
#[unsafe(no_mangle)]
unsafe extern "C" fn fcntl(fd: c_int, command: c_int, argument: c_long) -> c_int {
    error(Call::Fcntl).unwrap_or_else(|| {
        // SAFETY: the caller gives what the command takes, as fcntl(3) asks; commands without argument ignore it.
        int(unsafe { system!(SYS_fcntl, fd, command, argument) })
    })
}

/// As [`fcntl`].
#[unsafe(no_mangle)]
unsafe extern "C" fn ioctl(fd: c_int, request: c_ulong, argument: c_long) -> c_int {
    error(Call::Ioctl).unwrap_or_else(|| {
        // SAFETY: the caller gives what the request takes, as ioctl(3) asks.
        int(unsafe { system!(SYS_ioctl, fd, request, argument) })
    })
}

/// As [`fcntl`]: the mode is passed when the flags create a file.
#[unsafe(no_mangle)]
unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    error(Call::Open).unwrap_or_else(|| {
        // SAFETY: the caller gives a path that ends with NUL, as open(3) asks.
        int(unsafe { system!(SYS_openat, libc::AT_FDCWD, path, flags, mode) })
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: where files are as long as they like, both are the same.
    unsafe { open64(path, flags, mode) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn close(fd: c_int) -> c_int {
    let failed = error(Call::Close);
    // SAFETY: the caller owns the descriptor, as close(3) asks.
    let closed = int(unsafe { system!(SYS_close, fd) });
    match failed {
        Some(failed) if closed == 0 => failed,
        _ => closed,
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn read(fd: c_int, room: *mut c_void, len: size_t) -> ssize_t {
    let len = match plan::next(Call::Read, false) {
        Some(Fault::Error(errno)) => return fail(errno) as ssize_t,
        Some(Fault::EndOfFile) => return 0,
        Some(Fault::Short(most)) => len.min(most),
        Some(Fault::CutOff(_)) | None => len,
    };
    // SAFETY: the caller gives room of `len` bytes, as read(3) asks; less of it is used at most.
    count(unsafe { system!(SYS_read, fd, room, len) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn send(fd: c_int, bytes: *const c_void, len: size_t, flags: c_int) -> ssize_t {
    let len = match plan::next(Call::Send, false) {
        Some(Fault::Error(errno)) => return fail(errno) as ssize_t,
        Some(Fault::Short(most)) => len.min(most),
        _ => len,
    };
    // SAFETY: the caller gives `len` bytes, as send(3) asks; less of them is read at most.
    count(unsafe { system!(SYS_sendto, fd, bytes, len, flags, 0, 0) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sendmsg(fd: c_int, message: *const msghdr, flags: c_int) -> ssize_t {
    // SAFETY: the caller gives a valid header, as sendmsg(3) asks.
    let mut header = unsafe { *message };
    let mut first;
    match plan::next(Call::Send, header.msg_controllen != 0) {
        Some(Fault::Error(errno)) => return fail(errno) as ssize_t,
        Some(Fault::Short(most)) if header.msg_iovlen != 0 => {
            // SAFETY: the header has at least one slice.
            first = unsafe { *header.msg_iov };
            first.iov_len = first.iov_len.min(most);
            header.msg_iov = &raw mut first;
            header.msg_iovlen = 1;
        }
        _ => {}
    }
    // SAFETY: the header is the caller's, or differs from it in having only the beginning of its first slice.
    count(unsafe { system!(SYS_sendmsg, fd, &raw const header, flags) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn recvmsg(fd: c_int, message: *mut msghdr, flags: c_int) -> ssize_t {
    // SAFETY: the caller gives a valid header and keeps it to itself meanwhile, as recvmsg(3) asks.
    let message = unsafe { &mut *message };
    let mut header = *message;
    let mut first: iovec;
    match plan::next(Call::Recvmsg, false) {
        Some(Fault::Error(errno)) => return fail(errno) as ssize_t,
        Some(Fault::EndOfFile) => {
            message.msg_controllen = 0;
            message.msg_flags = 0;
            return 0;
        }
        Some(Fault::Short(most)) if header.msg_iovlen != 0 => {
            // SAFETY: the header has at least one slice.
            first = unsafe { *header.msg_iov };
            first.iov_len = first.iov_len.min(most);
            header.msg_iov = &raw mut first;
            header.msg_iovlen = 1;
        }
        Some(Fault::CutOff(fds)) => {
            let room = c_uint::try_from(fds * size_of::<c_int>()).expect("few");
            // SAFETY: CMSG_SPACE only computes.
            let room = if fds == 0 { 0 } else { unsafe { libc::CMSG_LEN(room) } };
            header.msg_controllen = header.msg_controllen.min(room as size_t);
        }
        _ => {}
    }
    // SAFETY: the header is the caller's, or differs from it in giving less room.
    let read = count(waiting(fd, flags, |flags| unsafe {
        system!(SYS_recvmsg, fd, &raw mut header, flags)
    }));
    message.msg_namelen = header.msg_namelen;
    message.msg_controllen = header.msg_controllen;
    message.msg_flags = header.msg_flags;
    read
}

/// Reads as the client in a scene. When it would block, the server acts.
fn waiting(fd: c_int, flags: c_int, mut read: impl FnMut(c_int) -> c_long) -> c_long {
    if !plan::is_client() || flags & libc::MSG_DONTWAIT != 0 {
        let answer = read(flags);
        note_interruption(answer);
        return answer;
    }
    let mut read = || {
        let read = read(flags | libc::MSG_DONTWAIT);
        let nothing = read < 0 && Errno::last() == Errno::EAGAIN;
        (read, nothing)
    };
    // SAFETY: F_GETFL takes no argument.
    let is_nonblocking =
        unsafe { system!(SYS_fcntl, fd, libc::F_GETFL) } & c_long::from(libc::O_NONBLOCK) != 0;
    match read() {
        (_, true) if !is_nonblocking => {}
        (read, _) => return read,
    }
    plan::meanwhile();
    let (mut read, nothing) = read();
    if nothing {
        plan::wait(patience(fd));
        read = c_long::from(fail(Errno::EAGAIN));
    }
    read
}

/// Time limit of a read of the socket; `None`: no limit.
fn patience(fd: c_int) -> Option<Duration> {
    let mut time = timeval { tv_sec: 0, tv_usec: 0 };
    let mut len = size_of_val(&time);
    // SAFETY: the option's value is a timeval, and `len` its length.
    unsafe {
        system!(
            SYS_getsockopt,
            fd,
            libc::SOL_SOCKET,
            libc::SO_RCVTIMEO,
            &raw mut time,
            &raw mut len,
        )
    };
    let time = Duration::from_secs(time.tv_sec.unsigned_abs())
        + Duration::from_micros(time.tv_usec.unsigned_abs());
    (time != Duration::ZERO).then_some(time)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn poll(fds: *mut pollfd, count: c_ulong, millis: c_int) -> c_int {
    let look = |time: Option<Duration>| {
        let time = time.map(|time| timespec {
            tv_sec: time.as_secs().try_into().expect("an int of milliseconds"),
            tv_nsec: time.subsec_nanos().into(),
        });
        let time = time.as_ref().map_or(ptr::null(), ptr::from_ref);
        let none = ptr::null::<c_void>();
        // SAFETY: the caller gives `count` entries, as poll(3) asks; the time is one, or none; no signal is masked.
        int(unsafe { system!(SYS_ppoll, fds, count, time, none, 0) })
    };
    let time = u64::try_from(millis).ok().map(Duration::from_millis);
    if let Some(failed) = error(Call::Poll) {
        return failed;
    }
    if !plan::is_client() {
        let ready = look(time);
        note_interruption(ready.into());
        return ready;
    }
    let ready = look(Some(Duration::ZERO));
    if ready != 0 || millis == 0 {
        return ready;
    }
    plan::meanwhile();
    let ready = look(Some(Duration::ZERO));
    if ready == 0 {
        plan::wait(time);
    }
    ready
}

#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut timespec) -> c_int {
    let now = (clock == libc::CLOCK_MONOTONIC).then(plan::now).flatten();
    match now {
        Some(now) => {
            let now = timespec {
                tv_sec: now.as_secs().try_into().expect("within an age"),
                tv_nsec: now.subsec_nanos().into(),
            };
            // SAFETY: the caller gives room for a time, as clock_gettime(3) asks.
            unsafe { time.write(now) };
            0
        }
        // SAFETY: the caller gives room for a time, as clock_gettime(3) asks.
        None => int(unsafe { system!(libc::SYS_clock_gettime, clock, time) }),
    }
}

// Signals.

/// Waits that signals have interrupted, of all threads.
static INTERRUPTED: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn interrupted() -> usize {
    INTERRUPTED.load(Ordering::Relaxed)
}

fn note_interruption(answer: c_long) {
    if answer < 0 && Errno::last() == Errno::EINTR {
        INTERRUPTED.fetch_add(1, Ordering::Relaxed);
    }
}

extern "C" fn do_nothing(_: c_int) {}

/// Handles the signal with a handler that does nothing. It only interrupts system calls (no SA_RESTART).
pub(crate) fn handle(signal: Signal) {
    let action = SigAction::new(SigHandler::Handler(do_nothing), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler does nothing, which is safe whatever it interrupts.
    unsafe { sigaction(signal, &action) }.expect("a handler");
}

/// Restores the default action of the signal.
pub(crate) fn reset(signal: Signal) {
    let action = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: no handler is installed.
    unsafe { sigaction(signal, &action) }.expect("no handler");
}

// Memory.

/// An allocator that counts, and fails as the scene plans.
pub(crate) struct Allocator;

// SAFETY: every call is passed unchanged to the counting allocator, or fails with a null pointer.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if plan::refuses() {
            return ptr::null_mut();
        }
        // SAFETY: the caller upholds the same contract.
        unsafe { Counting.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if plan::refuses() {
            return ptr::null_mut();
        }
        // SAFETY: the caller upholds the same contract.
        unsafe { Counting.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller upholds the same contract.
        unsafe { Counting.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if plan::refuses() {
            return ptr::null_mut();
        }
        // SAFETY: the caller upholds the same contract.
        unsafe { Counting.realloc(pointer, layout, size) }
    }
}
