//! Addresses that cannot be reached, each with its reason. Spec: Server Addresses, Transports.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use barebus::{AttemptError, OpenError, Options};

use crate::scene::{Scene, patient};

/// Why each server of an address was not reached.
fn refusals(address: &str) -> Vec<String> {
    match patient().open(address) {
        Err(OpenError::Unreachable(attempts)) => {
            attempts.iter().map(|attempt| attempt.error.to_string()).collect()
        }
        other => panic!("{address}: {other:?}"),
    }
}

#[test]
fn what_no_client_can_connect_to_is_refused_with_its_reason() {
    let scene = Scene::begin();
    let servers = |key| format!("the key '{key}' is for servers only");
    let port = "the key 'port' is not a port number from 1 to 65535";
    for (address, reason) in [
        ("autolaunch:", "autolaunch is not supported"),
        ("autolaunch:scope=*user", "autolaunch is not supported"),
        ("launchd:env=DBUS_LAUNCHD_SESSION_BUS_SOCKET", "launchd is not supported"),
        ("systemd:", "the transport is for servers only"),
        ("kdbus:path=/sys/fs/kdbus/0-system/bus", "the transport is unknown"),
        ("UNIX:path=/run/dbus/system_bus_socket", "the transport is unknown"),
        ("unix:dir=/tmp", &servers("dir")),
        ("unix:tmpdir=/tmp", &servers("tmpdir")),
        ("unix:runtime=yes", &servers("runtime")),
        ("unix:path=/tmp/bus,tmpdir=/tmp", &servers("tmpdir")),
        ("unix:", "the key 'path' is missing"),
        ("unix:path=", "the key 'path' is empty"),
        ("unix:abstract=", "the key 'abstract' is empty"),
        ("unix:path=/a,abstract=/a", "the key 'abstract' cannot be combined with 'path'"),
        ("unix:path=/a%00b", "the key 'path' contains a NUL"),
        ("unix:path=/a,guid=0", "the key 'guid' is not 32 hexadecimal digits"),
        ("tcp:host=a,port=1,guid=x", "the key 'guid' is not 32 hexadecimal digits"),
        ("unixexec:argv1=-x", "the key 'path' is missing"),
        ("tcp:port=1", "the key 'host' is missing"),
        ("tcp:host=127.0.0.1", "the key 'port' is missing"),
        ("tcp:host=127.0.0.1,port=0", port),
        ("tcp:host=127.0.0.1,port=-1", port),
        ("tcp:host=127.0.0.1,port=42x", port),
        ("tcp:host=127.0.0.1,port=65536", port),
        ("tcp:host=127.0.0.1,port=1,family=unix", "the key 'family' is neither ipv4 nor ipv6"),
        ("nonce-tcp:host=127.0.0.1,port=1", "the key 'noncefile' is missing"),
    ] {
        assert_eq!(refusals(address), [reason], "{address}");
    }
    scene.end();
}

#[test]
fn every_server_of_a_list_is_tried_in_order_and_named() {
    let scene = Scene::begin();
    let address = "kdbus:;unix:path=/no/such/bus;tcp:host=127.0.0.1;unix:abstract=/no/such/bus;";
    let Err(OpenError::Unreachable(attempts)) = Options::bus().open(address) else { panic!() };
    let named: Vec<_> = attempts.iter().map(|attempt| &*attempt.address).collect();
    let expected: Vec<_> = address.trim_end_matches(';').split(';').collect();
    assert_eq!(named, expected);
    assert!(matches!(attempts[1].error, AttemptError::Io(_)), "{attempts:?}");
    assert!(matches!(attempts[3].error, AttemptError::Io(_)), "{attempts:?}");
    assert!(matches!(Options::bus().open(""), Err(OpenError::NoAddress)));
    scene.end();
}

#[test]
fn what_is_no_list_of_addresses_is_refused_before_anything_is_tried() {
    let scene = Scene::begin();
    for address in ["unix", "unix:path=/run/dbus/system_bus_socket;;", ":path=/a", "unix:path=/a b"]
    {
        let result = Options::bus().open(address);
        assert!(matches!(result, Err(OpenError::Address { .. })), "{address}: {result:?}");
    }
    scene.end();
}

#[test]
fn a_path_of_107_bytes_is_connected_to_and_one_of_108_refused() {
    let scene = Scene::begin();
    let folder = std::env::temp_dir().join(format!("barebus-long-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let folder = folder.into_os_string().into_string().unwrap();
    let longest = format!("{folder}/{}", "x".repeat(107 - folder.len() - 1));
    let listener = UnixListener::bind(&longest).unwrap();
    let opened = Options::bus().open(&format!("unix:path={longest}"));
    let refused = refusals(&format!("unix:path={longest}x"));
    std::fs::remove_dir_all(folder).unwrap();
    opened.unwrap();
    assert_eq!(refused, ["the key 'path' is longer than 107 bytes"]);
    drop(listener);

    let longest = "x".repeat(107);
    let place = SocketAddr::from_abstract_name(&longest).unwrap();
    let listener = UnixListener::bind_addr(&place).unwrap();
    Options::bus().open(&format!("unix:abstract={longest}")).unwrap();
    assert_eq!(
        refusals(&format!("unix:abstract={longest}x")),
        ["the key 'abstract' is longer than 107 bytes"]
    );
    drop(listener);
    scene.end();
}
