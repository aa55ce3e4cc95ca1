//! Resolves hosts and ports to socket addresses.

use std::ffi::CStr;
#[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
#[cfg(not(all(target_env = "gnu", target_feature = "crt-static")))]
use std::ptr;
use std::slice;

use nix::libc;
#[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
use nix::sys::socket::{SockaddrLike, SockaddrStorage};

/// Returns the address of `host` and `port`, both numbers, as a `sockaddr`. `family` is AF_UNSPEC for any. The error is the reason.
///
/// A static program does not resolve names: glibc's resolver would be two thirds of the program and needs shared libraries anyway.
#[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
pub(crate) fn resolve(
    host: &CStr,
    port: &CStr,
    family: libc::c_int,
) -> Result<Vec<Box<[u8]>>, &'static str> {
    let number = match host.to_str() {
        Ok("localhost") if family == libc::AF_INET6 => Some(Ipv6Addr::LOCALHOST.into()),
        Ok("localhost") => Some(Ipv4Addr::LOCALHOST.into()),
        Ok(host) => host.parse::<IpAddr>().ok(),
        Err(_) => None,
    };
    let Some(number) = number else {
        return Err("is a name: a static program cannot resolve names");
    };
    if family == if number.is_ipv4() { libc::AF_INET6 } else { libc::AF_INET } {
        return Err("is not an address of the requested family");
    }
    let port = port.to_str().ok().and_then(|port| port.parse().ok()).unwrap_or_default();
    let address = SockaddrStorage::from(SocketAddr::new(number, port));
    // SAFETY: `address` outlives the copy and has this many initialised bytes.
    let bytes = unsafe { slice::from_raw_parts(address.as_ptr().cast(), address.len() as usize) };
    Ok(vec![bytes.into()])
}

/// Returns the addresses of `host` (an address or a name) and `port` (a number), each as a `sockaddr`, in the order to try them.
/// `family` is AF_UNSPEC for any. The system's resolver resolves names. The error is the reason.
#[cfg(not(all(target_env = "gnu", target_feature = "crt-static")))]
pub(crate) fn resolve(
    host: &CStr,
    port: &CStr,
    family: libc::c_int,
) -> Result<Vec<Box<[u8]>>, &'static str> {
    // SAFETY: addrinfo is a C struct of integers and pointers, for which all bits zero are valid.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = family;
    hints.ai_socktype = libc::SOCK_STREAM;
    hints.ai_flags = libc::AI_NUMERICSERV;
    let mut list = ptr::null_mut();
    /// Specific to glibc: the host has addresses of the other family only.
    const EAI_ADDRFAMILY: libc::c_int = -9;
    // SAFETY: both strings end with a NUL, `hints` is initialised, and `list` is valid for a write.
    let code =
        unsafe { libc::getaddrinfo(host.as_ptr(), port.as_ptr(), &raw const hints, &raw mut list) };
    if code != 0 {
        return Err(match code {
            libc::EAI_NONAME => "is not known",
            libc::EAI_AGAIN => "cannot be looked up now",
            EAI_ADDRFAMILY => "has no address of the requested family",
            _ => "cannot be looked up",
        });
    }
    let mut places = Vec::new();
    let mut next = list;
    // SAFETY: getaddrinfo has set `list` to a linked list of addrinfo, which is valid until freeaddrinfo.
    while let Some(info) = unsafe { next.as_ref() } {
        // SAFETY: `ai_addr` points to `ai_addrlen` initialised bytes.
        let bytes: &[u8] =
            unsafe { slice::from_raw_parts(info.ai_addr.cast(), info.ai_addrlen as usize) };
        places.push(bytes.into());
        next = info.ai_next;
    }
    // SAFETY: `list` is from getaddrinfo and freed once; the addresses were copied.
    unsafe { libc::freeaddrinfo(list) };
    Ok(places)
}
