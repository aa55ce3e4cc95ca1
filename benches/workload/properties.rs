//! W3: a reply `a{sv}` of 100 properties, as systemd answers GetAll for a service.

use core::hint::black_box;
use std::collections::HashMap;

use barebus_wire::{
    Array, AsVariant, Decode, Dict, Encode, EncodeError, Endian, Entries, ObjectPath,
    SignatureText, Type, Value, Variant, Writer,
};

use super::{Operation, Target, Workload, decoder, delivered_reply, encoder, message, validator};

pub(super) const WORKLOADS: &[Workload] = &[
    Workload::new("w3-encode", Target::Instructions(29_000), || {
        encoder(delivered_reply(Endian::NATIVE), (Entries(PROPERTIES),))
    }),
    Workload::new("w3-decode", Target::Instructions(29_000), || {
        decoder(delivered_reply(Endian::NATIVE), (Entries(PROPERTIES),), |message| {
            let (properties,): (Dict<&str, Value>,) = message.body().unwrap();
            for property in properties {
                black_box(&property.unwrap());
            }
        })
    }),
    Workload::new("w3-decode-get", Target::Instructions(30_000), decode_and_get),
    Workload::new("w3-decode-map", Target::Instructions(131_500), decode_into_map),
    Workload::new("w3-validate", Target::Instructions(60_000), || {
        validator(delivered_reply(Endian::NATIVE), (Entries(PROPERTIES),))
    }),
];

/// As a reader that knows the properties' types.
fn decode_and_get() -> Operation {
    decoder(delivered_reply(Endian::NATIVE), (Entries(PROPERTIES),), |message| {
        let (properties,): (Dict<&str, Value>,) = message.body().unwrap();
        let mut known = PROPERTIES.iter();
        for property in properties {
            match (&property.unwrap().1, &known.next().unwrap().1) {
                (Value::Array(array), Texts(_)) => read_elements::<&str>(array),
                (Value::Array(array), Conditions(_)) => read_elements::<Condition<'_>>(array),
                (Value::Array(array), _) => {
                    black_box(array.get::<&[u8]>().unwrap());
                }
                (Value::Struct(fields), Job(..)) => {
                    black_box(fields.get::<(u32, ObjectPath<'_>)>().unwrap());
                }
                (Value::Struct(fields), _) => {
                    black_box(fields.get::<(&str, &str)>().unwrap());
                }
                (other, _) => {
                    black_box(other);
                }
            }
        }
    })
}

fn read_elements<'a, T: Decode<'a>>(array: &Variant<'a>) {
    for element in array.get::<Array<'a, T>>().unwrap() {
        black_box(&element.unwrap());
    }
}

fn decode_into_map() -> Operation {
    let mut map: HashMap<&str, Value> = HashMap::new();
    decoder(delivered_reply(Endian::NATIVE), (Entries(PROPERTIES),), move |message| {
        let (properties,): (Dict<&'static str, Value<'static>>,) = message.body().unwrap();
        map.clear();
        for property in properties {
            let (name, value) = property.unwrap();
            map.insert(name, value);
        }
        black_box(&map);
    })
}

pub(super) fn sample() -> &'static [u8] {
    message(delivered_reply(Endian::NATIVE), (Entries(PROPERTIES),))
}

/// A property's value, marshalled as the VARIANT that holds it.
#[allow(missing_docs, reason = "what they are called is what they hold")]
pub enum Property {
    Boolean(bool),
    Number32(u32),
    Number64(u64),
    Text(&'static str),
    Texts(&'static [&'static str]),
    Bytes(&'static [u8]),
    Job(u32, ObjectPath<'static>),
    LoadError(&'static str, &'static str),
    Conditions(&'static [Condition<'static>]),
}

/// Condition, whether it is a trigger, whether it is negated, parameter, and whether it held.
type Condition<'a> = (&'a str, bool, bool, &'a str, i32);

impl Type for Property {
    const TEXT: SignatureText = SignatureText::literal("v");
}

impl Encode for Property {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Boolean(value) => AsVariant(value).encode(writer),
            Self::Number32(value) => AsVariant(value).encode(writer),
            Self::Number64(value) => AsVariant(value).encode(writer),
            Self::Text(value) => AsVariant(value).encode(writer),
            Self::Texts(value) => AsVariant(value).encode(writer),
            Self::Bytes(value) => AsVariant(value).encode(writer),
            Self::Job(id, path) => AsVariant((id, path)).encode(writer),
            Self::LoadError(name, message) => AsVariant((name, message)).encode(writer),
            Self::Conditions(value) => AsVariant(value).encode(writer),
        }
    }
}

use Property::{Boolean, Bytes, Conditions, Job, LoadError, Number32, Number64, Text, Texts};

/// What systemd tells of a service: names and values.
pub const PROPERTIES: &[(&str, Property)] = &[
    ("Id", Text("sshd.service")),
    ("Names", Texts(&["sshd.service", "ssh.service"])),
    ("Following", Text("")),
    ("Requires", Texts(&["system.slice", "sysinit.target"])),
    ("Requisite", Texts(&[])),
    ("Wants", Texts(&["network-online.target"])),
    ("BindsTo", Texts(&[])),
    ("PartOf", Texts(&[])),
    ("Upholds", Texts(&[])),
    ("RequiredBy", Texts(&[])),
    ("RequisiteOf", Texts(&[])),
    ("WantedBy", Texts(&["multi-user.target"])),
    ("BoundBy", Texts(&[])),
    ("UpheldBy", Texts(&[])),
    ("ConsistsOf", Texts(&[])),
    ("Conflicts", Texts(&["shutdown.target"])),
    ("ConflictedBy", Texts(&[])),
    ("Before", Texts(&["multi-user.target", "shutdown.target"])),
    ("After", Texts(&["basic.target", "network.target", "system.slice", "sysinit.target"])),
    ("OnSuccess", Texts(&[])),
    ("OnSuccessOf", Texts(&[])),
    ("OnFailure", Texts(&[])),
    ("OnFailureOf", Texts(&[])),
    ("Triggers", Texts(&[])),
    ("TriggeredBy", Texts(&[])),
    ("PropagatesReloadTo", Texts(&[])),
    ("ReloadPropagatedFrom", Texts(&[])),
    ("PropagatesStopTo", Texts(&[])),
    ("StopPropagatedFrom", Texts(&[])),
    ("JoinsNamespaceOf", Texts(&[])),
    ("SliceOf", Texts(&[])),
    ("RequiresMountsFor", Texts(&["/var/tmp"])),
    ("Documentation", Texts(&["man:sshd(8)", "man:sshd_config(5)"])),
    ("Description", Text("OpenBSD Secure Shell server")),
    ("LoadState", Text("loaded")),
    ("ActiveState", Text("active")),
    ("FreezerState", Text("running")),
    ("SubState", Text("running")),
    ("FragmentPath", Text("/usr/lib/systemd/system/ssh.service")),
    ("SourcePath", Text("")),
    ("DropInPaths", Texts(&["/etc/systemd/system/ssh.service.d/limits.conf"])),
    ("UnitFileState", Text("enabled")),
    ("UnitFilePreset", Text("enabled")),
    ("StateChangeTimestamp", Number64(1_700_000_000_123_456)),
    ("StateChangeTimestampMonotonic", Number64(7_123_456)),
    ("InactiveExitTimestamp", Number64(1_700_000_000_023_456)),
    ("InactiveExitTimestampMonotonic", Number64(7_023_456)),
    ("ActiveEnterTimestamp", Number64(1_700_000_000_123_456)),
    ("ActiveEnterTimestampMonotonic", Number64(7_123_456)),
    ("ActiveExitTimestamp", Number64(0)),
    ("ActiveExitTimestampMonotonic", Number64(0)),
    ("InactiveEnterTimestamp", Number64(0)),
    ("InactiveEnterTimestampMonotonic", Number64(0)),
    ("CanStart", Boolean(true)),
    ("CanStop", Boolean(true)),
    ("CanReload", Boolean(true)),
    ("CanIsolate", Boolean(false)),
    ("CanClean", Texts(&["runtime"])),
    ("CanFreeze", Boolean(true)),
    ("Job", Job(0, ObjectPath::from_static("/"))),
    ("StopWhenUnneeded", Boolean(false)),
    ("RefuseManualStart", Boolean(false)),
    ("RefuseManualStop", Boolean(false)),
    ("AllowIsolate", Boolean(false)),
    ("DefaultDependencies", Boolean(true)),
    ("OnSuccessJobMode", Text("fail")),
    ("OnFailureJobMode", Text("replace")),
    ("IgnoreOnIsolate", Boolean(false)),
    ("NeedDaemonReload", Boolean(false)),
    ("Markers", Texts(&[])),
    ("JobTimeoutUSec", Number64(u64::MAX)),
    ("JobRunningTimeoutUSec", Number64(u64::MAX)),
    ("JobTimeoutAction", Text("none")),
    ("JobTimeoutRebootArgument", Text("")),
    ("ConditionResult", Boolean(true)),
    ("AssertResult", Boolean(true)),
    ("ConditionTimestamp", Number64(1_700_000_000_022_222)),
    ("ConditionTimestampMonotonic", Number64(7_022_222)),
    ("AssertTimestamp", Number64(1_700_000_000_022_223)),
    ("AssertTimestampMonotonic", Number64(7_022_223)),
    (
        "Conditions",
        Conditions(&[("ConditionPathExists", false, true, "/etc/ssh/sshd_not_to_be_run", 1)]),
    ),
    ("Asserts", Conditions(&[])),
    ("LoadError", LoadError("", "")),
    ("Transient", Boolean(false)),
    ("Perpetual", Boolean(false)),
    ("StartLimitIntervalUSec", Number64(10_000_000)),
    ("StartLimitBurst", Number32(5)),
    ("StartLimitAction", Text("none")),
    ("FailureAction", Text("none")),
    ("SuccessAction", Text("none")),
    ("RebootArgument", Text("")),
    ("InvocationID", Bytes(b"\x4f\x1d\x9b\x60\x1e\x2c\x4a\x31\x8e\x55\x03\x77\xa9\xc2\xd4\xe6")),
    ("CollectMode", Text("inactive")),
    ("Refs", Texts(&[])),
    ("Type", Text("notify")),
    ("ExitType", Text("main")),
    ("Restart", Text("on-failure")),
    ("MainPID", Number32(812)),
    ("ControlPID", Number32(0)),
    ("StatusText", Text("Server listening on :: port 22.")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_100_properties() {
        assert_eq!(PROPERTIES.len(), 100);
    }
}
