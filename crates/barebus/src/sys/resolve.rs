//! Host names and numbers as socket addresses.

use std::ffi::CStr;
#[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
#[cfg(not(all(target_env = "gnu", target_feature = "crt-static")))]
use std::ptr;
use std::slice;

use nix::libc;
#[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
use nix::sys::socket::{SockaddrLike, SockaddrStorage};

/// The address of `host` and `port`, both numbers, as a `sockaddr`. `family` is AF_UNSPEC for either. The error is the reason.
///
/// A static program looks no names up: GNU's resolver would be two thirds of it, and needs shared libraries all the same.
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
        return Err("is a name: a static program looks none up");
    };
    if family == if number.is_ipv4() { libc::AF_INET6 } else { libc::AF_INET } {
        return Err("is no number of the family asked for");
    }
    let port = port.to_str().ok().and_then(|port| port.parse().ok()).unwrap_or_default();
    let address = SockaddrStorage::from(SocketAddr::new(number, port));
    // SAFETY: the address lives until the copy is made and has so many bytes, all of them written.
    let bytes = unsafe { slice::from_raw_parts(address.as_ptr().cast(), address.len() as usize) };
    Ok(vec![bytes.into()])
}

/// The addresses of `host`, a number or a name, and `port`, a number, each as a `sockaddr`, in the order in which they should be tried.
/// `family` is AF_UNSPEC for any. The system's resolver looks names up. The error is the reason.
#[cfg(not(all(target_env = "gnu", target_feature = "crt-static")))]
pub(crate) fn resolve(
    host: &CStr,
    port: &CStr,
    family: libc::c_int,
) -> Result<Vec<Box<[u8]>>, &'static str> {
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
        let bytes: &[u8] =
            unsafe { slice::from_raw_parts(info.ai_addr.cast(), info.ai_addrlen as usize) };
        places.push(bytes.into());
        next = info.ai_next;
    }
    // SAFETY: `list` came from getaddrinfo, is freed once, and the addresses were copied.
    unsafe { libc::freeaddrinfo(list) };
    Ok(places)
}
