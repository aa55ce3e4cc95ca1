//! The latencies that `trace` tells, beside what caller and service measure.

use std::collections::HashMap;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use barebus::{Bus, Connection, Event, Message, MessageType, MethodCall, NameFlags, Options};
use barebus_tests::peer::PATIENCE;
use barebus_text::capture::Capture;

use super::{Watching, barebus, contains, lines};
use crate::session_bus::SessionBus;
use crate::support::{Folder, stdout};

const NAME: &str = "org.example.Delays";
const CALLS: u32 = 1000;

/// By how much a latency may be beside what was measured.
const TOLERANCE: Duration = Duration::from_millis(1);

/// A service whose only method takes a number and a delay in microseconds, and answers with the number after that delay. It tells how long
/// each answer really took it, in the order of the calls.
fn serve(bus: &SessionBus) -> Receiver<Duration> {
    let mut connection = Options::bus().serve_calls().open(&bus.address).unwrap();
    Bus::new(&mut connection).request_name(NAME, NameFlags::NONE).unwrap();
    let (send, measured) = mpsc::channel();
    std::thread::spawn(move || {
        while let Ok(Some(event)) = connection.next_event(None) {
            let begin = Instant::now();
            let Event::MethodCall { call, reply_to } = event else { continue };
            let (number, delay) = call.message.body::<(u32, u32)>().unwrap();
            std::thread::sleep(Duration::from_micros(delay.into()));
            let took = begin.elapsed();
            connection.start_reply(&reply_to, &(number,), Vec::new()).unwrap();
            if connection.flush().is_err() || send.send(took).is_err() {
                return;
            }
        }
    });
    measured
}

/// What is known about one call: the service needs at least so long, and the caller waits at most so long.
#[derive(Clone, Copy, Debug)]
struct Measured {
    service: Duration,
    caller: Duration,
}

impl Measured {
    fn is_near(&self, latency: Duration) -> bool {
        latency + TOLERANCE >= self.service && latency <= self.caller + TOLERANCE
    }
}

/// Calls with these numbers, each with a delay of its own between 0 and 4 ms.
fn script(
    connection: &mut Connection,
    service: &Receiver<Duration>,
    numbers: &[u32],
) -> HashMap<u32, Measured> {
    let wait = MethodCall::new(NAME, "/delays", NAME, "Wait").unwrap();
    let call = |number: &u32| {
        let begin = Instant::now();
        let delay = *number % 5 * 1000;
        let answer: (u32,) = connection.call(&wait, &(*number, delay)).unwrap().body().unwrap();
        assert_eq!(answer.0, *number);
        let caller = begin.elapsed();
        (*number, Measured { service: service.recv().unwrap(), caller })
    };
    numbers.iter().map(call).collect()
}

/// The number of the call in a line of JSON, and the latency.
fn of_line(line: &str) -> (u32, Duration) {
    assert!(line.contains("\"outcome\":\"return\""), "{line}");
    let number = |key: &str| -> u64 {
        let (_, rest) = line.split_once(key).expect(key);
        rest.split([',', '}', ']']).next().unwrap().parse().unwrap()
    };
    let call = number("\"arguments\":{\"type\":\"uu\",\"data\":[");
    (u32::try_from(call).unwrap(), Duration::from_nanos(number("\"latency_ns\":")))
}

/// The latencies by the times of a capture, read without `trace`.
fn of_capture(bytes: &[u8]) -> HashMap<u32, Duration> {
    let mut calls = HashMap::new();
    let mut latencies = HashMap::new();
    for packet in Capture::new(bytes).unwrap() {
        let packet = packet.unwrap();
        let message = Message::parse(&packet.bytes).unwrap();
        let (header, time) = (message.header(), packet.time.unwrap());
        match header.message_type {
            MessageType::MethodCall if header.member.is_some_and(|member| member == "Wait") => {
                let number = message.body::<(u32, u32)>().unwrap().0;
                calls.insert(header.serial, (number, time));
            }
            MessageType::MethodReturn => {
                if let Some((number, begin)) = calls.remove(&header.reply_serial.unwrap()) {
                    latencies.insert(number, time - begin);
                }
            }
            _ => {}
        }
    }
    latencies
}

#[test]
fn latencies_are_within_a_millisecond_of_those_that_caller_and_service_measure() {
    let bus = SessionBus::start("latencies");
    let service = serve(&bus);
    let watch = |words: &[&str], name: &str| {
        let mut command = barebus(&bus);
        Watching::start(
            {
                command.args(words).arg(NAME);
                command
            },
            name,
        )
    };
    let trace = watch(&["-o", "json", "trace", "--member=Wait"], "latencies-trace");
    let capture = watch(&["capture"], "latencies-capture");
    let mut caller = Connection::open(&bus.address).unwrap();
    let mut seen = 0;
    let end = Instant::now() + PATIENCE;
    // A program that the machine does not run at once tells a time that is too late. So such calls are made again, and what is wrong
    // by itself stays wrong.
    let mut numbers: Vec<u32> = (0..CALLS).collect();
    while !numbers.is_empty() {
        assert!(Instant::now() < end, "these are never right: {numbers:?}");
        let measured = script(&mut caller, &service, &numbers);
        let count = seen + numbers.len();
        trace.wait_for(|output| output.iter().filter(|byte| **byte == b'\n').count() == count);
        let told: HashMap<u32, Duration> =
            lines(trace.output())[seen..].iter().map(|line| of_line(line)).collect();
        // Each call has one reply.
        assert_eq!(told.len(), numbers.len());
        numbers.retain(|number| !measured[number].is_near(told[number]));
        println!("{} calls, {} are off by more than 1 ms", count - seen, numbers.len());
        seen = count;
    }
    assert!(trace.interrupt().0.success());

    let last = MethodCall::new(NAME, "/last", "org.freedesktop.DBus.Peer", "Ping").unwrap();
    caller.call(&last, &()).unwrap();
    capture.wait_for(|output| contains(output, b"/last"));
    let recorded = capture.interrupt().1;
    let folder = Folder::new("latencies-file");
    let file = folder.join("capture.pcapng");
    std::fs::write(&file, &recorded).unwrap();
    let traced = stdout(barebus(&bus).args(["-o", "json", "trace", "--member=Wait", &file]));
    // Later calls of the same number replace earlier ones here and there.
    let traced: HashMap<u32, Duration> = traced.lines().map(of_line).collect();
    assert_eq!(traced, of_capture(&recorded));
}

#[test]
fn calls_are_counted_by_sender_service_and_path() {
    let bus = SessionBus::start("trace-by");
    let service = serve(&bus);
    let counts = ["sender", "service", "path"].map(|by| {
        let mut command = barebus(&bus);
        command.args(["-o", "json", "trace", "-c", "-N9", "--member=Wait", "--by", by, NAME]);
        Watching::start(command, &format!("trace-by-{by}"))
    });
    let mut callers = [4, 5].map(|calls| {
        let mut caller = Connection::open(&bus.address).unwrap();
        script(&mut caller, &service, &vec![0; calls]);
        (caller, calls)
    });
    let pid = std::process::id();
    let name = std::fs::read_to_string("/proc/self/comm").unwrap();
    let name = name.trim_end();
    let callers = callers.each_mut().map(|(caller, calls)| {
        let sender = caller.unique_name().unwrap();
        format!("{{\"sender\":\"{sender}\",\"pid\":{pid},\"process\":\"{name}\",\"calls\":{calls},\"errors\":0,")
    });
    let service = format!("[{{\"service\":\"{NAME}\",\"calls\":9,\"errors\":0,\"unanswered\":0,");
    let path = "[{\"path\":\"/delays\",\"calls\":9,\"errors\":0,\"unanswered\":0,".to_owned();
    for (mut watching, expected) in counts.into_iter().zip([&callers[..], &[service], &[path]]) {
        // It ends by itself after nine calls.
        assert!(watching.child.wait().unwrap().success());
        let [line] = &*lines(watching.output()) else { panic!("it is one line") };
        for part in expected {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        assert_eq!(line.matches("\"calls\":").count(), expected.len(), "{line}");
    }
}

#[test]
fn counts_are_printed_again_and_again_and_lines_end_after_their_number() {
    let bus = SessionBus::start("trace-every");
    let service = serve(&bus);
    let watch = |words: &[&str], name: &str| {
        let mut command = barebus(&bus);
        command.arg("trace").args(words).args(["--member=Wait", NAME]);
        Watching::start(command, name)
    };
    let counts = watch(&["-c", "--every=20ms"], "trace-every-counts");
    let mut five = watch(&["-N5"], "trace-every-five");
    let mut caller = Connection::open(&bus.address).unwrap();
    script(&mut caller, &service, &[0; 8]);
    let row = format!(" {NAME}.Wait");
    let last = |output: &[u8]| {
        let text = String::from_utf8(output.to_vec()).unwrap();
        let rows = text.lines().filter(|line| line.ends_with(&row));
        rows.map(|row| row.split_whitespace().next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // The last table is that of all calls; it comes several times.
    counts.wait_for(|output| last(output).iter().filter(|calls| *calls == "8").count() >= 3);
    let (status, output) = counts.interrupt();
    assert!(status.success(), "{status}");
    let tables = lines(output);
    let heads = tables.iter().filter(|line| line.trim_start().starts_with("CALLS ")).count();
    assert!(heads >= 3 && tables.last().unwrap().trim_start().starts_with("8 "), "{tables:?}");
    assert!(five.child.wait().unwrap().success());
    assert_eq!(lines(five.output()).len(), 5);
}
