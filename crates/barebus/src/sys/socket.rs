//! Sockets: reading and writing bytes together with file descriptors.

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::MsgFlags;

use super::Descriptor;

/// Buffer for the control data of one read or write: CMSG_SPACE(253 * 4) in words of 8 bytes, aligned for its header. Only the part that
/// was written is read.
type Control = MaybeUninit<[u64; CONTROL_WORDS]>;

const CONTROL_WORDS: usize = 129;

/// Most descriptors that the kernel passes at a time (SCM_MAX_FD).
const MOST_FDS: usize = 253;

/// Creates a stream socket for `address`, which begins with its family.
pub(crate) fn stream_socket(address: &[u8]) -> nix::Result<OwnedFd> {
    let family = match address {
        [first, second, ..] => libc::sa_family_t::from_ne_bytes([*first, *second]),
        _ => return Err(Errno::EINVAL),
    };
    // SAFETY: socket(2) accepts any numbers.
    let number = unsafe { libc::socket(family.into(), libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0) };
    // SAFETY: the descriptor is new, so it has no other owner.
    Errno::result(number).map(|number| unsafe { OwnedFd::from_raw_fd(number) })
}

/// Connects to `address`, a `sockaddr` of its family.
pub(crate) fn connect(socket: &OwnedFd, address: &[u8]) -> nix::Result<()> {
    // SAFETY: the pointer is valid for the given length, and connect(2) copies the bytes without requiring an alignment.
    let code = unsafe {
        libc::connect(socket.as_raw_fd(), address.as_ptr().cast(), length(address.len()))
    };
    Errno::result(code).map(|_| ())
}

/// Result of one read.
#[derive(Debug)]
pub(crate) struct Read {
    /// Number of bytes; 0 at end of file.
    pub(crate) count: usize,
    pub(crate) fds: Vec<Descriptor>,
    /// Whether the kernel could not deliver all descriptors.
    pub(crate) truncated: bool,
}

/// Reads into `room`. `flags` are those of recvmsg(2); MSG_CMSG_CLOEXEC is added.
///
/// nix's wrapper returns no descriptors if the control data was truncated, which would leak those that arrived.
pub(crate) fn receive(
    socket: BorrowedFd<'_>,
    room: &mut [u8],
    flags: libc::c_int,
) -> nix::Result<Read> {
    let mut control = Control::uninit();
    let mut slice = libc::iovec { iov_base: room.as_mut_ptr().cast(), iov_len: room.len() };
    // SAFETY: msghdr is a C struct of integers and pointers, for which all bits zero are valid.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = &raw mut slice;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    header.msg_controllen = length(size_of_val(&control));
    // SAFETY: `header` points to `room` and to `control` with their lengths in bytes. Both are exclusively borrowed until this function
    // returns, and the kernel writes no further than those lengths.
    let count = unsafe {
        libc::recvmsg(socket.as_raw_fd(), &raw mut header, flags | libc::MSG_CMSG_CLOEXEC)
    };
    let count = usize::try_from(count).map_err(|_| Errno::last())?;
    let mut read =
        Read { count, fds: Vec::new(), truncated: header.msg_flags & libc::MSG_CTRUNC != 0 };
    if header.msg_controllen != 0 {
        take_fds(&header, &mut read);
    }
    Ok(read)
}

/// Shuts down reading. Returns whether nothing is left to read.
pub(crate) fn end_reading(socket: BorrowedFd<'_>) -> bool {
    let mut left: libc::c_int = 0;
    // SAFETY: shutdown(2) accepts any numbers; FIONREAD writes an int, and `left` is one.
    unsafe {
        libc::syscall(libc::SYS_shutdown, socket.as_raw_fd(), libc::SHUT_RD) == 0
            && libc::syscall(libc::SYS_ioctl, socket.as_raw_fd(), libc::FIONREAD, &raw mut left)
                == 0
            && left == 0
    }
}

/// [`send`] or [`send_with_fds`].
pub(crate) type Send =
    fn(BorrowedFd<'_>, [&[u8]; 2], &[Descriptor], libc::c_int) -> nix::Result<usize>;

/// Writes `slices`, one after the other. `flags` are those of send(2). There must be no descriptors. Programs that never send descriptors
/// do not link [`send_with_fds`].
pub(crate) fn send(
    socket: BorrowedFd<'_>,
    slices: [&[u8]; 2],
    _: &[Descriptor],
    flags: libc::c_int,
) -> nix::Result<usize> {
    if let [bytes, []] | [[], bytes] = slices {
        // The usual case. send(2) is faster than sendmsg(2), whose header the kernel has to copy.
        let flags = MsgFlags::from_bits_retain(flags);
        return nix::sys::socket::send(socket.as_raw_fd(), bytes, flags);
    }
    send_slices(socket, slices, None, flags)
}

/// Writes `slices`, one after the other, and `fds` with the first byte. `flags` are those of send(2).
pub(crate) fn send_with_fds(
    socket: BorrowedFd<'_>,
    slices: [&[u8]; 2],
    fds: &[Descriptor],
    flags: libc::c_int,
) -> nix::Result<usize> {
    if fds.is_empty() {
        return send(socket, slices, fds, flags);
    }
    // Zeroed, because the kernel reads the padding between header and numbers.
    let mut control = [0; CONTROL_WORDS];
    let len = put_fds(fds, &mut control)?;
    send_slices(socket, slices, Some((&control, len)), flags)
}

/// Writes `slices`, with the first bytes of `control` as control data.
fn send_slices(
    socket: BorrowedFd<'_>,
    slices: [&[u8]; 2],
    control: Option<(&[u64; CONTROL_WORDS], usize)>,
    flags: libc::c_int,
) -> nix::Result<usize> {
    let mut slices = slices.map(|slice| libc::iovec {
        iov_base: slice.as_ptr().cast_mut().cast(),
        iov_len: slice.len(),
    });
    // SAFETY: msghdr is a C struct of integers and pointers, for which all bits zero are valid.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = slices.as_mut_ptr();
    header.msg_iovlen = length(slices.len());
    if let Some((control, len)) = control {
        header.msg_control = control.as_ptr().cast_mut().cast();
        header.msg_controllen = length(len.min(size_of_val(control)));
    }
    // SAFETY: `header` points to the slices and, if there is any, to the control data with its length in bytes. All outlive the call, and
    // sendmsg only reads them.
    let count = unsafe { libc::sendmsg(socket.as_raw_fd(), &raw const header, flags) };
    usize::try_from(count).map_err(|_| Errno::last())
}

/// Writes a control message with `fds` into `control`. Returns its length in bytes.
fn put_fds(fds: &[Descriptor], control: &mut [u64; CONTROL_WORDS]) -> nix::Result<usize> {
    if fds.len() > MOST_FDS {
        return Err(Errno::EINVAL);
    }
    let len = u32::try_from(fds.len() * size_of::<libc::c_int>()).unwrap_or(u32::MAX);
    let message = ptr::from_mut(control).cast::<libc::cmsghdr>();
    // SAFETY: CMSG_SPACE and CMSG_LEN only compute. A header and at most 253 numbers are written; `control` has room for them, is aligned
    // for a header, and is exclusively borrowed.
    unsafe {
        (*message).cmsg_len = length(libc::CMSG_LEN(len) as usize);
        (*message).cmsg_level = libc::SOL_SOCKET;
        (*message).cmsg_type = libc::SCM_RIGHTS;
        let numbers = libc::CMSG_DATA(message).cast::<libc::c_int>();
        for (index, fd) in fds.iter().enumerate() {
            ptr::write_unaligned(numbers.add(index), fd.as_raw_fd());
        }
        Ok(libc::CMSG_SPACE(len) as usize)
    }
}

/// Converts a length to the type of this C library's headers: size_t in glibc, socklen_t or int in musl. No length exceeds a few
/// kilobytes.
fn length<T: TryFrom<usize> + Default>(length: usize) -> T {
    T::try_from(length).unwrap_or_default()
}

/// Takes ownership of all descriptors in the control data that recvmsg has written.
#[cold]
fn take_fds(header: &libc::msghdr, read: &mut Read) {
    // SAFETY: recvmsg has set msg_control and msg_controllen to the control messages that it wrote into the aligned buffer.
    let mut message = unsafe { libc::CMSG_FIRSTHDR(header) };
    while !message.is_null() {
        // SAFETY: CMSG_FIRSTHDR and CMSG_NXTHDR return only pointers to whole headers inside the control data.
        let (level, kind, len) =
            unsafe { ((*message).cmsg_level, (*message).cmsg_type, (*message).cmsg_len) };
        if level == libc::SOL_SOCKET && kind == libc::SCM_RIGHTS {
            // SAFETY: CMSG_LEN only computes.
            let header_len = unsafe { libc::CMSG_LEN(0) } as usize;
            #[allow(clippy::unnecessary_cast, reason = "with musl it is a socklen_t")]
            let count = (len as usize).saturating_sub(header_len) / size_of::<libc::c_int>();
            for index in 0..count {
                // SAFETY: `len` counts the header and `count` descriptors, all inside the control data, possibly unaligned. The kernel
                // installed each of them for this call and the control data is not read again, so each gets exactly one owner.
                let fd = unsafe {
                    let number = libc::CMSG_DATA(message).cast::<libc::c_int>().add(index);
                    Descriptor::from_number(ptr::read_unaligned(number))
                };
                match fd.above_stdio() {
                    Ok(fd) => read.fds.push(fd),
                    // The process can open no more files.
                    Err(_) => read.truncated = true,
                }
            }
        }
        // SAFETY: as for CMSG_FIRSTHDR; `message` is one of its headers.
        message = unsafe { libc::CMSG_NXTHDR(header, message) };
    }
}
