//! `ping` and `bench`.

use super::barebus;
use crate::session_bus::SessionBus;
use crate::support::{refused, stdout, text};

#[test]
fn ping_tells_latencies_and_losses() {
    let bus = SessionBus::start("ping");
    let name = "org.freedesktop.DBus";
    for in_flight in ["1", "20"] {
        let mut command = barebus(&bus);
        let printed = stdout(command.args(["ping", "-n", "100", "--in-flight", in_flight, name]));
        let lines: Vec<&str> = printed.lines().collect();
        assert_eq!(lines.len(), 12, "{printed}");
        let first =
            format!("100 calls to {name} /, {in_flight} in flight: 100 answered, 0 errors, 0 lost");
        assert_eq!(lines[0], first);
        assert!(lines[1].starts_with("smallest ") && lines[1].contains(" ms, p50 "), "{printed}");
        let counts = lines[2..].iter().map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words[3].parse::<u32>().unwrap()
        });
        assert_eq!(counts.sum::<u32>(), 100, "{printed}");
    }
    let json =
        stdout(barebus(&bus).args(["-o", "json", "ping", "-n", "5", "--interval=1ms", name]));
    assert!(json.contains("\"calls\":5,\"answered\":5,\"errors\":0,\"lost\":0"), "{json}");
}

#[test]
fn a_name_that_is_not_there_and_one_that_is_mute_are_told() {
    let bus = SessionBus::start("ping-mute");
    let words = ["Ping of org.example.Nobody", "ServiceUnknown"];
    refused(barebus(&bus).args(["ping", "org.example.Nobody"]), 1, &words);
    let _mute = bus.mute("org.example.Mute");
    let mut command = barebus(&bus);
    command.args(["--timeout=200ms", "ping", "org.example.Mute"]);
    refused(&mut command, 4, &["Ping of org.example.Mute", "no reply", "0.2 s"]);
    let output = barebus(&bus).args(["ping", "-n", "0", "org.example.Mute"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(output.stderr));
}

#[test]
fn bench_compares_the_codec_with_memcpy_and_the_bus_with_a_raw_client() {
    let bus = SessionBus::start("bench");
    let json = stdout(barebus(&bus).args(["-o", "json", "bench"]));
    for key in ["\"processor\":", "\"kernel\":", "\"memcpy_ns\":", "\"raw_ns\":"] {
        assert!(json.contains(key), "{json}");
    }
    assert_eq!(json.matches("\"workload\":").count(), 18, "{json}");
    for workload in ["unmarshal 400 units", "GetId, 1000 in flight", "signals to ourselves, 1 MiB"]
    {
        assert!(json.contains(&format!("{{\"workload\":\"{workload}\",\"bytes\":")), "{json}");
    }
}
