//! W2: the reply of ListUnits, `a(ssssssouso)`.

use core::hint::black_box;

use barebus_wire::{Array, Decode, Encode, Endian, ObjectPath, Type};

use super::{
    FOREIGN, Operation, Target, Workload, decoder, delivered_reply, encoder, message, validator,
};

pub(super) const WORKLOADS: &[Workload] = &[
    Workload::new("w2-encode-400", Target::Instructions(500_000), || encode(400)),
    Workload::new("w2-encode-10000", Target::Linear("w2-encode-400", 25), || encode(10_000)),
    Workload::new("w2-decode-400", Target::Instructions(500_000), || decode(400, Endian::NATIVE)),
    Workload::new("w2-decode-foreign", Target::Instructions(500_000), || decode(400, FOREIGN)),
    Workload::new("w2-derived-encode-400", Target::Linear("w2-encode-400", 1), encode_derived),
    Workload::new("w2-derived-decode-400", Target::Linear("w2-decode-400", 1), decode_derived),
    Workload::new("w2-decode-10000", Target::Linear("w2-decode-400", 25), || {
        decode(10_000, Endian::NATIVE)
    }),
    Workload::new("w2-validate-400", Target::Instructions(900_000), || validate(400)),
    Workload::new("w2-validate-10000", Target::Linear("w2-validate-400", 25), || validate(10_000)),
];

/// Name, description, load, active and sub state, unit followed, path, job's id, type and path.
pub type Unit<'a, P = ObjectPath<'a>> =
    (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str, P, u32, &'a str, P);

fn encode(count: usize) -> Operation {
    encoder(delivered_reply(Endian::NATIVE), (units(count),))
}

fn decode(count: usize, endian: Endian) -> Operation {
    decoder(delivered_reply(endian), (units(count),), |message| {
        let (units,): (Array<Unit>,) = message.body().unwrap();
        for unit in units {
            black_box(&unit.unwrap());
        }
    })
}

/// A [`Unit`] as a struct.
#[derive(Type, Encode, Decode)]
struct DerivedUnit<'a> {
    name: &'a str,
    description: &'a str,
    load_state: &'a str,
    active_state: &'a str,
    sub_state: &'a str,
    following: &'a str,
    path: ObjectPath<'a>,
    job_id: u32,
    job_type: &'a str,
    job_path: ObjectPath<'a>,
}

impl<'a> From<Unit<'a>> for DerivedUnit<'a> {
    fn from(unit: Unit<'a>) -> Self {
        let (name, description, load_state, active_state, sub_state, ..) = unit;
        let (.., following, path, job_id, job_type, job_path) = unit;
        Self {
            name,
            description,
            load_state,
            active_state,
            sub_state,
            following,
            path,
            job_id,
            job_type,
            job_path,
        }
    }
}

fn encode_derived() -> Operation {
    let units: Vec<DerivedUnit<'_>> = units(400).into_iter().map(DerivedUnit::from).collect();
    encoder(delivered_reply(Endian::NATIVE), (units,))
}

fn decode_derived() -> Operation {
    decoder(delivered_reply(Endian::NATIVE), (units(400),), |message| {
        let (units,): (Array<DerivedUnit>,) = message.body().unwrap();
        for unit in units {
            black_box(&unit.unwrap());
        }
    })
}

fn validate(count: usize) -> Operation {
    validator(delivered_reply(Endian::NATIVE), (units(count),))
}

pub(super) fn sample(endian: Endian) -> &'static [u8] {
    message(delivered_reply(endian), (units(400),))
}

/// What a machine with many units answers: services and their instances, sockets, devices, mounts, slices.
pub fn units(count: usize) -> Vec<Unit<'static>> {
    (0..count).map(unit).collect()
}

fn unit(index: usize) -> Unit<'static> {
    let (name, description, sub) = match index % 8 {
        0 => (
            format!("backup-home-volume-{index}.service"),
            "Nightly backup of one home volume",
            "running",
        ),
        1 => (format!("serial-getty@ttyS{index}.service"), "Serial Getty on a terminal", "dead"),
        2 => (
            format!("dev-disk-by\\x2duuid-5f0c\\x2d4c1b\\x2d{index:04}.device"),
            "QEMU_HARDDISK primary disk",
            "plugged",
        ),
        3 => (format!("srv-volumes-archive-data{index}.mount"), "/srv/volumes/archive", "mounted"),
        4 => (
            format!("session-{index}-of-operator.scope"),
            "Session of User operator on seat0",
            "running",
        ),
        5 => (
            format!("system-container-{index}.slice"),
            "Slice of one container and its helpers",
            "active",
        ),
        6 => (
            format!("metrics-agent@{index}.socket"),
            "Metrics Agent Activation Socket",
            "listening",
        ),
        _ => (
            format!("rotate-application-logs-{index}.timer"),
            "Daily rotation of log files",
            "waiting",
        ),
    };
    let path = format!("/org/freedesktop/systemd1/unit/{}", escaped(&name));
    let active = if sub == "dead" { "inactive" } else { "active" };
    (
        name.leak(),
        description,
        "loaded",
        active,
        sub,
        "",
        ObjectPath::parse(path.leak()).unwrap(),
        0,
        "",
        ObjectPath::from_static("/"),
    )
}

/// A unit's name as an element of its object path: what is neither letter nor digit becomes `_` and two hex digits.
fn escaped(name: &str) -> String {
    name.bytes().fold(String::new(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("_{byte:02x}"));
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_about_217_bytes_long() {
        for count in [400, 10_000] {
            let len = message(delivered_reply(Endian::NATIVE), (units(count),)).len() / count;
            assert!((215..=219).contains(&len), "{len} bytes each for {count} units");
        }
    }
}
