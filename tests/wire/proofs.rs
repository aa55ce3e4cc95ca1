//! Builds and runs the programs of `tests/proofs`.

use std::path::PathBuf;
use std::process::Command;

use barebus_tests::golden::{call_of, hex};
use barebus_tests::model::{Body, Model, pad};
use barebus_tests::proofs::{PROFILES, assert_panic_is_found, built};
use barebus_tests::seeds::folder;
use barebus_wire::Endian;

#[test]
fn links_because_no_path_to_a_panic_is_left() {
    for profile in PROFILES {
        let message = std::fs::File::open(folder("message").join("unit_list_little")).unwrap();
        let status = Command::new(built("no_panic", profile)).stdin(message).status().unwrap();
        assert_eq!(status.code(), Some(0), "{profile}");
    }
    assert_panic_is_found("no_panic", "barebus_wire_can_panic");
}

/// Maximum stack use in bytes at any depth. Stated in `docs/spec-map.md`.
const MOST_STACK: usize = 8 * 1024;

#[cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    ignore = "the program that measures knows no stack pointer of this machine"
)]
#[test]
fn uses_less_than_eight_kib_of_stack_at_any_depth() {
    let program = built("stack", "release");
    let folder = scratch_folder();
    let mut arguments = Vec::new();
    for (name, bytes) in deep_messages() {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        arguments.push(path);
    }
    let output = Command::new(program).args(&arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::remove_dir_all(&folder).unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let used: Vec<usize> =
        lines.lines().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
    assert!(used.len() >= 5 * arguments.len(), "{lines}");
    assert!(used.iter().all(|bytes| *bytes < MOST_STACK), "{lines}");
    assert!(used.iter().any(|bytes| *bytes > 512), "nothing was measured: {lines}");
    println!("{lines}");
}

fn scratch_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("barebus-stack-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Messages nested as deep as they may be, and deeper.
fn deep_messages() -> Vec<(&'static str, Vec<u8>)> {
    let variants = |depth: usize| {
        let mut value = b"\x01v\0".repeat(depth - 1);
        value.extend(b"\x01y\0\x07");
        call_of(Endian::Little, "v", &value)
    };
    let tower = format!("{}{}y{}", "a".repeat(32), "(".repeat(32), ")".repeat(32));
    let structs = (0..32).fold(Model::Byte(7), |value, _| Model::Struct(vec![value]));
    let arrays = (0..32).fold(structs, |value, _| Model::Array(value.signature(), vec![value]));
    let body = Body::new(vec![arrays]);
    vec![
        ("64_variants", variants(64)),
        ("65_variants", variants(65)),
        ("a_million_variants", variants(1_000_000)),
        ("32_arrays_of_32_structs", call_of(Endian::Big, &tower, &body.marshal(Endian::Big))),
        ("unknown_field_of_variants", unknown_field(&b"\x01v\0".repeat(1_000_000))),
        ("unknown_field_of_structs", unknown_field(&hex("07 28282879292929 00 000000000000 07"))),
    ]
}

/// A message of an unknown type with one field, of code 99.
fn unknown_field(value: &[u8]) -> Vec<u8> {
    let mut message = vec![b'l', 5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0];
    message.extend(u32::try_from(value.len() + 1).unwrap().to_le_bytes());
    message.push(99);
    message.extend(value);
    pad(&mut message, 8);
    message
}
