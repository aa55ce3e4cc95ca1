//! Builds and runs the programs of `tests/proofs`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use barebus_tests::golden::{call_of, hex};
use barebus_tests::model::{Body, Model, pad};
use barebus_tests::seeds::folder;
use barebus_wire::Endian;

fn proofs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs")
}

fn build(binary: &str, features: &str) -> Output {
    Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--bin",
            binary,
            "--features",
            features,
        ])
        .current_dir(proofs())
        // The profile that is being tested must not meet this build's flags.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env(
            "CARGO_TARGET_DIR",
            proofs().join("target").join(if features.is_empty() { "sound" } else { features }),
        )
        .output()
        .unwrap()
}

fn built(binary: &str) -> PathBuf {
    let output = build(binary, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    proofs().join("target/sound/release").join(binary)
}

#[test]
fn links_because_no_path_to_a_panic_is_left() {
    let program = built("no_panic");
    let message = std::fs::File::open(folder("message").join("unit_list_little")).unwrap();
    assert_eq!(Command::new(&program).stdin(message).status().unwrap().code(), Some(0));
    // The check works: with an index out of bounds it fails.
    let output = build("no_panic", "broken");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("barebus_wire_can_panic"));
}

/// Maximum stack use in bytes at any depth. Stated in `docs/spec-map.md`.
const MOST_STACK: usize = 8 * 1024;

#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn uses_less_than_eight_kib_of_stack_at_any_depth() {
    let program = built("stack");
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
