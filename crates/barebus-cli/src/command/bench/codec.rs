//! The codec's workloads, each beside a copy of the same bytes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use barebus::wire::{Decode, MessageBuf, Serial};
use barebus::{
    Array, AsVariant, DecodeBody, Dict, EncodeBody, Entries, Message, MethodCall, ObjectPath,
    Variant,
};

use super::report::Row;

/// What a unit is in the reply to ListUnits of systemd.
type Unit<'a> = (
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    ObjectPath<'a>,
    u32,
    &'a str,
    ObjectPath<'a>,
);

const CALL: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

/// Marshals, then unmarshals each workload.
pub(super) fn measure() -> Vec<Row> {
    let mut rows = Vec::new();
    workload("call with a string", &("sshd.service",), &mut rows, text);
    let path = ObjectPath::from_static("/org/freedesktop/systemd1/unit/sshd_2eservice");
    let unit: Unit<'_> = (
        "sshd.service",
        "OpenBSD Secure Shell server",
        "loaded",
        "active",
        "running",
        "",
        path,
        0,
        "",
        ObjectPath::from_static("/"),
    );
    workload("400 units", &(vec![unit; 400],), &mut rows, units);
    let properties = Entries([
        ("Id", AsVariant("sshd.service")),
        ("ActiveState", AsVariant("active")),
        ("SubState", AsVariant("running")),
        ("Description", AsVariant("OpenBSD Secure Shell server")),
    ]);
    workload("4 properties", &(properties,), &mut rows, dictionary);
    workload("1 MiB of bytes", &(vec![7_u8; 1 << 20],), &mut rows, bytes);
    workload("65,536 numbers", &(vec![7_u64; 1 << 16],), &mut rows, numbers);
    workload("4,096 strings", &(vec!["a string of some length"; 4096],), &mut rows, strings);
    rows
}

fn text(message: &Message<'_>) {
    black_box(message.body::<(&str,)>().ok());
}

fn bytes(message: &Message<'_>) {
    black_box(message.body::<(&[u8],)>().ok());
}

fn dictionary(message: &Message<'_>) {
    if let Ok((entries,)) = message.body::<(Dict<'_, &str, Variant<'_>>,)>() {
        entries.for_each(|entry| {
            black_box(entry.ok());
        });
    }
}

fn units(message: &Message<'_>) {
    all::<Unit<'_>>(message);
}

fn numbers(message: &Message<'_>) {
    all::<u64>(message);
}

fn strings(message: &Message<'_>) {
    all::<&str>(message);
}

/// Reads each element of an array.
fn all<'a, T: Decode<'a>>(message: &Message<'a>)
where
    (Array<'a, T>,): DecodeBody<'a>,
{
    if let Ok((elements,)) = message.body::<(Array<'a, T>,)>() {
        elements.for_each(|element| {
            black_box(element.ok());
        });
    }
}

fn workload(
    name: &str,
    body: &dyn EncodeBody,
    rows: &mut Vec<Row>,
    read: for<'a> fn(&Message<'a>),
) {
    let header = CALL.header(Serial::FIRST);
    let mut buf = MessageBuf::new();
    // The values are valid, so marshalling them does not fail.
    let _ = buf.push(&header, body);
    let message = buf.as_slice().to_vec();
    let mut place = vec![0_u8; message.len()];
    let [encode, decode, copy] = fastest([
        &mut || {
            buf.clear();
            let _ = buf.push(black_box(&header), black_box(body));
            black_box(buf.as_slice());
        },
        &mut || {
            if let Ok(message) = Message::parse(black_box(&message)) {
                read(&message);
            }
        },
        &mut || {
            place.copy_from_slice(black_box(&message));
            black_box(&place);
        },
    ]);
    for (what, ours) in [("marshal", encode), ("unmarshal", decode)] {
        let name = format!("{what} {name}");
        rows.push(Row { name, bytes: message.len(), ours, other: copy });
    }
}

/// Turns that each operation gets, and how long one takes.
const TURNS: u32 = 5;
const TURN: Duration = Duration::from_millis(50);

/// The time of one run of each operation in nanoseconds: the fastest of several turns, which alternate.
fn fastest<const N: usize>(mut operations: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut times = [f64::MAX; N];
    for _ in 0..TURNS {
        for (operation, time) in operations.iter_mut().zip(&mut times) {
            let mut runs: u32 = 1;
            // Runs are timed together, because reading the clock takes as long as a short one.
            loop {
                let begin = Instant::now();
                (0..runs).for_each(|_| operation());
                let took = begin.elapsed();
                *time = (took.as_secs_f64() * 1e9 / f64::from(runs)).min(*time);
                if took >= TURN / 2 {
                    break;
                }
                runs = runs.saturating_mul(2);
            }
        }
    }
    times
}
