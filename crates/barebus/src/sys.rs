//! The only unsafe code: what the system tells in plain numbers, made safe at once.

#![allow(
    unsafe_code,
    reason = "descriptor numbers must become owned descriptors; this file holds the proofs"
)]

#[cfg(any(feature = "tcp", feature = "unixexec"))]
use std::ffi::CStr;
#[cfg(feature = "unixexec")]
use std::ffi::CString;
use std::mem::MaybeUninit;
#[cfg(all(feature = "tcp", target_env = "gnu", target_feature = "crt-static"))]
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::MsgFlags;
#[cfg(all(feature = "tcp", not(all(target_env = "gnu", target_feature = "crt-static"))))]
use nix::sys::socket::SockaddrLike;
#[cfg(feature = "tcp")]
use nix::sys::socket::SockaddrStorage;
#[cfg(feature = "unixexec")]
use nix::unistd::Pid;

/// Room for the control data of one read or write: CMSG_SPACE(253 * 4) in words of 8 bytes, aligned as its header needs it. Whoever
/// writes to it says how far; only so far is it read.
type Control = MaybeUninit<[u64; CONTROL_WORDS]>;

const CONTROL_WORDS: usize = 129;

/// So many descriptors the system passes at a time.
const MOST_FDS: usize = 253;

/// What one read brought.
#[derive(Debug)]
pub(crate) struct Read {
    /// Bytes; 0 at end of file.
    pub(crate) count: usize,
    pub(crate) fds: Vec<OwnedFd>,
    /// The system could not hand over all of the descriptors.
    pub(crate) truncated: bool,
}

/// Reads into `room`. `flags` are those of recvmsg(2); MSG_CMSG_CLOEXEC is added.
///
/// nix's own wrapper gives no descriptors when some were cut off, so that those which came would stay open for ever.
pub(crate) fn receive(
    socket: BorrowedFd<'_>,
    room: &mut [u8],
    flags: libc::c_int,
) -> nix::Result<Read> {
    let mut control = Control::uninit();
    let mut slice = libc::iovec { iov_base: room.as_mut_ptr().cast(), iov_len: room.len() };
    // SAFETY: msghdr is a plain C struct of integers and pointers, for which all bits zero are valid.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = &raw mut slice;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    header.msg_controllen = length(size_of_val(&control));
    // SAFETY: `header` points at one slice, which is `room`, and at `control` with its length in bytes; both are exclusively
    // ours until this function returns, and the kernel writes no further than those lengths.
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

/// Writes `slices`, one behind the other, and with their first byte `fds`. `flags` are those of send(2).
pub(crate) fn send(
    socket: BorrowedFd<'_>,
    slices: [&[u8]; 2],
    fds: &[OwnedFd],
    flags: libc::c_int,
) -> nix::Result<usize> {
    if let ([bytes, []] | [[], bytes], []) = (slices, fds) {
        // As a rule. It takes the system less time than a header that it has to copy.
        let flags = MsgFlags::from_bits_retain(flags);
        return nix::sys::socket::send(socket.as_raw_fd(), bytes, flags);
    }
    let mut slices = slices.map(|slice| libc::iovec {
        iov_base: slice.as_ptr().cast_mut().cast(),
        iov_len: slice.len(),
    });
    // SAFETY: msghdr is a plain C struct of integers and pointers, for which all bits zero are valid.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = slices.as_mut_ptr();
    header.msg_iovlen = length(slices.len());
    let mut control = Control::uninit();
    if !fds.is_empty() {
        give_fds(fds, &mut control, &mut header)?;
    }
    // SAFETY: `header` points at the slices and, if at anything else, at the control data that was just written, with its length
    // in bytes; all live until this function returns, and sendmsg only reads them.
    let count = unsafe { libc::sendmsg(socket.as_raw_fd(), &raw const header, flags) };
    usize::try_from(count).map_err(|_| Errno::last())
}

/// Writes a control message with `fds`, for `header` to point at.
#[cold]
fn give_fds(fds: &[OwnedFd], control: &mut Control, header: &mut libc::msghdr) -> nix::Result<()> {
    let len = u32::try_from(size_of_val(fds)).unwrap_or(u32::MAX);
    if fds.len() > MOST_FDS {
        return Err(Errno::EINVAL);
    }
    // Between headers and numbers there is padding, which the kernel gets to see.
    header.msg_control = ptr::from_mut(control.write([0; CONTROL_WORDS])).cast();
    // SAFETY: CMSG_SPACE and CMSG_LEN only compute; an OwnedFd is as large as the number that it holds. What is written is a
    // header and at most 253 numbers, for which `control` has the room, aligned as a header must be, and exclusively borrowed.
    unsafe {
        header.msg_controllen = length(libc::CMSG_SPACE(len) as usize);
        let message = header.msg_control.cast::<libc::cmsghdr>();
        (*message).cmsg_len = length(libc::CMSG_LEN(len) as usize);
        (*message).cmsg_level = libc::SOL_SOCKET;
        (*message).cmsg_type = libc::SCM_RIGHTS;
        let numbers = libc::CMSG_DATA(message).cast::<libc::c_int>();
        for (index, fd) in fds.iter().enumerate() {
            ptr::write_unaligned(numbers.add(index), fd.as_raw_fd());
        }
    }
    Ok(())
}

/// A length in the type that this C library's headers have for it: size_t with GNU's, socklen_t or int with musl's. None is
/// greater than a few kilobytes.
fn length<T: TryFrom<usize> + Default>(length: usize) -> T {
    T::try_from(length).unwrap_or_default()
}

/// Takes ownership of every descriptor in the control data that recvmsg has just written.
#[cold]
fn take_fds(header: &libc::msghdr, read: &mut Read) {
    // SAFETY: recvmsg has set msg_control and msg_controllen to the control messages that it wrote into the aligned buffer.
    let mut message = unsafe { libc::CMSG_FIRSTHDR(header) };
    while !message.is_null() {
        // SAFETY: CMSG_FIRSTHDR and CMSG_NXTHDR give only pointers to whole headers inside the control data.
        let (level, kind, len) =
            unsafe { ((*message).cmsg_level, (*message).cmsg_type, (*message).cmsg_len) };
        if level == libc::SOL_SOCKET && kind == libc::SCM_RIGHTS {
            // SAFETY: CMSG_LEN only computes.
            let header_len = unsafe { libc::CMSG_LEN(0) } as usize;
            #[allow(clippy::unnecessary_cast, reason = "with musl it is a socklen_t")]
            let count = (len as usize).saturating_sub(header_len) / size_of::<libc::c_int>();
            for index in 0..count {
                // SAFETY: the message's `len` counts its header and `count` descriptors, all inside the control data; they
                // may lie unaligned. The kernel has just installed each for this call, nobody else knows its number, and the
                // control data is not read again: so each gets exactly one owner.
                let fd = unsafe {
                    let number = libc::CMSG_DATA(message).cast::<libc::c_int>().add(index);
                    OwnedFd::from_raw_fd(ptr::read_unaligned(number))
                };
                match above_stdio(fd) {
                    Ok(fd) => read.fds.push(fd),
                    // The process may open no more.
                    Err(_) => read.truncated = true,
                }
            }
        }
        // SAFETY: as for CMSG_FIRSTHDR; `message` is one of its headers.
        message = unsafe { libc::CMSG_NXTHDR(header, message) };
    }
}

/// The same file by a number that is not standard input's, output's or error's. Those are free in programs that have closed
/// them, and what such a program prints must not get into the stream, or into a received file.
pub(crate) fn above_stdio(fd: OwnedFd) -> nix::Result<OwnedFd> {
    // A clone's number is none of the three.
    if fd.as_raw_fd() > libc::STDERR_FILENO {
        return Ok(fd);
    }
    fd.try_clone().map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EMFILE)))
}

/// The address of `host`, a number, with `port`, a number: of `family` (AF_UNSPEC: of either). The error is the reason.
///
/// A static program does not look names up: GNU's resolver would be two thirds of it, and needs shared libraries all the same.
#[cfg(all(feature = "tcp", target_env = "gnu", target_feature = "crt-static"))]
pub(crate) fn resolve(
    host: &CStr,
    port: &CStr,
    family: libc::c_int,
) -> Result<Vec<SockaddrStorage>, &'static str> {
    let number = match host.to_str() {
        Ok("localhost") if family == libc::AF_INET6 => Some(Ipv6Addr::LOCALHOST.into()),
        Ok("localhost") => Some(Ipv4Addr::LOCALHOST.into()),
        Ok(host) => host.parse::<IpAddr>().ok(),
        Err(_) => None,
    };
    let Some(number) = number else {
        return Err("is a name: a static program looks none up");
    };
    if family == if number.is_ipv4() { libc::AF_INET6 } else { libc::AF_INET } {
        return Err("is no number of the family asked for");
    }
    let port = port.to_str().ok().and_then(|port| port.parse().ok()).unwrap_or_default();
    Ok(vec![SocketAddr::new(number, port).into()])
}

/// The addresses of `host`, a number or a name, with `port`, a number: of `family` (AF_UNSPEC: of any), in the order in which they
/// should be tried. Numbers need no look-up; a name is looked up by the system's resolver. The error is the reason.
#[cfg(all(feature = "tcp", not(all(target_env = "gnu", target_feature = "crt-static"))))]
pub(crate) fn resolve(
    host: &CStr,
    port: &CStr,
    family: libc::c_int,
) -> Result<Vec<SockaddrStorage>, &'static str> {
    // SAFETY: addrinfo is a plain C struct of integers and pointers, for which all bits zero are valid; as hints they mean
    // that nothing is asked for.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = family;
    hints.ai_socktype = libc::SOCK_STREAM;
    hints.ai_flags = libc::AI_NUMERICSERV;
    let mut list = ptr::null_mut();
    /// GNU's own: the host has addresses, but of the other family.
    const EAI_ADDRFAMILY: libc::c_int = -9;
    // SAFETY: both texts end with a NUL, `hints` is an addrinfo, and `list` is a place for the pointer to be written to.
    let code =
        unsafe { libc::getaddrinfo(host.as_ptr(), port.as_ptr(), &raw const hints, &raw mut list) };
    if code != 0 {
        return Err(match code {
            libc::EAI_NONAME => "is not known",
            libc::EAI_AGAIN => "cannot be looked up now",
            EAI_ADDRFAMILY => "has no address of the family asked for",
            _ => "cannot be looked up",
        });
    }
    let mut places = Vec::new();
    let mut next = list;
    // SAFETY: getaddrinfo has set `list` to the first of a list of addrinfo, each of which points at the next or is the last;
    // they live until freeaddrinfo.
    while let Some(info) = unsafe { next.as_ref() } {
        // SAFETY: `ai_addr` points at `ai_addrlen` bytes of address.
        places.extend(unsafe { SockaddrStorage::from_raw(info.ai_addr, Some(info.ai_addrlen)) });
        next = info.ai_next;
    }
    // SAFETY: `list` came from getaddrinfo, is freed once, and the addresses were copied.
    unsafe { libc::freeaddrinfo(list) };
    Ok(places)
}

/// Starts `program`, which is looked for in `$PATH` unless it has a slash, with our environment and `socket` as its standard input
/// and output. `arguments` begin with the zeroth.
#[cfg(feature = "unixexec")]
pub(crate) fn spawn(
    program: &CStr,
    arguments: &[CString],
    socket: BorrowedFd<'_>,
) -> nix::Result<Pid> {
    #[allow(clippy::cast_possible_truncation, reason = "constants below 256")]
    const FLAGS: libc::c_short =
        (libc::POSIX_SPAWN_SETSIGDEF | libc::POSIX_SPAWN_SETSIGMASK) as libc::c_short;

    let socket = socket.as_raw_fd();
    let mut arguments: Vec<_> = arguments.iter().map(|text| text.as_ptr().cast_mut()).collect();
    arguments.push(ptr::null_mut());
    let mut pid = 0;
    // SAFETY: the structs are plain C, valid with all bits zero, and initialised by the first call that takes each. `program`, and
    // the texts that `arguments` point at up to its null pointer, end with a NUL, live until the call returns and are not written
    // to, though the type would allow it. `environ` is the C library's own list; that nobody changes it meanwhile is what
    // `std::env::set_var` demands of its callers.
    let code = unsafe {
        let mut files: libc::posix_spawn_file_actions_t = std::mem::zeroed();
        let mut attributes: libc::posix_spawnattr_t = std::mem::zeroed();
        let mut signals: libc::sigset_t = std::mem::zeroed();
        libc::posix_spawn_file_actions_init(&raw mut files);
        libc::posix_spawnattr_init(&raw mut attributes);
        // Programs do not expect to be started with signals blocked, as they may be in a thread of ours, or ignored, as SIGPIPE is
        // in programs of Rust's.
        libc::sigemptyset(&raw mut signals);
        libc::posix_spawnattr_setsigmask(&raw mut attributes, &raw const signals);
        libc::sigaddset(&raw mut signals, libc::SIGPIPE);
        libc::posix_spawnattr_setsigdefault(&raw mut attributes, &raw const signals);
        libc::posix_spawnattr_setflags(&raw mut attributes, FLAGS);
        // All of the above cannot fail; these can, for want of memory.
        let mut code = libc::posix_spawn_file_actions_adddup2(&raw mut files, socket, 0);
        if code == 0 {
            code = libc::posix_spawn_file_actions_adddup2(&raw mut files, socket, 1);
        }
        if code == 0 {
            code = libc::posix_spawnp(
                &raw mut pid,
                program.as_ptr(),
                &raw const files,
                &raw const attributes,
                arguments.as_ptr(),
                environ,
            );
        }
        libc::posix_spawnattr_destroy(&raw mut attributes);
        libc::posix_spawn_file_actions_destroy(&raw mut files);
        code
    };
    if code == 0 { Ok(Pid::from_raw(pid)) } else { Err(Errno::from_raw(code)) }
}

#[cfg(feature = "unixexec")]
unsafe extern "C" {
    /// The program's environment: pointers at texts, then a null pointer.
    static environ: *const *mut libc::c_char;
}

/// Whether the program runs with more rights than whoever started it (setuid, file capabilities): then the environment is
/// not to be believed.
pub(crate) fn is_privileged() -> bool {
    // SAFETY: getauxval looks into a table that the kernel made at exec; it takes any key and has no preconditions.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

/// Tells a process that fork(2) made from the one that made the mark: a page that the kernel empties in the child.
///
/// Asking for the process's number instead would cost a system call every time.
#[derive(Debug)]
pub(crate) struct ForkMark(ptr::NonNull<u8>);

// SAFETY: the page belongs to the mark alone, is written once before anybody shares it and only read afterwards.
unsafe impl Send for ForkMark {}
// SAFETY: as above: there are only reads.
unsafe impl Sync for ForkMark {}

impl ForkMark {
    /// Marks this process; `None` on kernels that cannot (before 4.14).
    pub(crate) fn new() -> Option<Self> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new anonymous mapping of one byte, rounded up to a page by the kernel, touches nothing that exists.
        let page = unsafe { libc::mmap(ptr::null_mut(), 1, protection, kind, -1, 0) };
        if page == libc::MAP_FAILED {
            return None;
        }
        let mark = Self(ptr::NonNull::new(page.cast())?);
        // SAFETY: `page` is the mapping that was just made, and nothing is in it yet.
        if unsafe { libc::madvise(page, 1, libc::MADV_WIPEONFORK) } != 0 {
            return None;
        }
        // SAFETY: the mapping is writable, at least one byte long, and nobody else has its address.
        unsafe { mark.0.write(1) };
        Some(mark)
    }

    /// Whether this process is a child of the one that was marked.
    #[inline]
    pub(crate) fn is_in_child(&self) -> bool {
        // SAFETY: the mapping lives as long as the mark. Volatile: the kernel changes it behind the compiler's back.
        unsafe { self.0.read_volatile() == 0 }
    }
}

impl Drop for ForkMark {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new` with this length, and nobody uses it after the mark.
        unsafe { libc::munmap(self.0.as_ptr().cast(), 1) };
    }
}
