//! The programs of `tests/embedding/nolibc`: their size, and what they answer alone in their root directory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Output;

use barebus_box::SystemdBox;
use barebus_tests::peer::PATIENCE;

use crate::{cargo, printed};

/// A program, and the bytes that its whole file may have at the very most, with any compiler. docs/promises.md says how many it has.
const PROGRAMS: [(&str, u64); 2] = [("nolibc-codec", 20_000), ("nolibc-session", 36_864)];

/// Builds a program with the flags of its workspace.
fn build(name: &str) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("embedding/nolibc");
    let mut build = cargo();
    build
        .args(["build", "--quiet", "--locked", "--release", "-p", name])
        // The flags stand in its `.cargo/config.toml`, which is read only from there.
        .current_dir(&workspace)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    printed(&mut build);
    workspace.join("target/release").join(name)
}

#[test]
fn is_no_larger_than_promised_and_needs_no_library() {
    for (name, most) in PROGRAMS {
        let file = fs::read(build(name)).unwrap();
        assert!(file.len() as u64 <= most, "{name}: {} bytes, at most {most}", file.len());
        // ELF, 64 bits: no program header names an interpreter (PT_INTERP) or a dynamic section (PT_DYNAMIC).
        let types = (0..usize::from(file[56])).map(|index| file[64 + 56 * index]);
        assert!(types.clone().any(|kind| kind == 1), "{name}: nothing is loaded");
        assert!(types.clone().all(|kind| kind != 2 && kind != 3), "{name}: {types:?}");
    }
}

/// A box, with the programs in a directory that holds nothing else but the two sockets.
fn prepared() -> SystemdBox {
    let the_box = SystemdBox::builder()
        .timeout(PATIENCE)
        .unit(
            "nolibc-on.service",
            "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n",
        )
        .unit("nolibc-static.service", "[Service]\nExecStart=/bin/true\n")
        .boot();
    let the_box = match the_box {
        Ok(the_box) => the_box,
        Err(error) => panic!("the test cannot run: {error}"),
    };
    let enable = the_box.command("systemctl").args(["enable", "nolibc-on.service"]).output();
    assert!(enable.unwrap().status.success());
    let prepare = "mkdir -p /nolibc/run/dbus /nolibc/run/systemd && cd /nolibc/run && \
                   touch dbus/system_bus_socket systemd/private && \
                   mount --bind /run/dbus/system_bus_socket dbus/system_bus_socket && \
                   mount --bind /run/systemd/private systemd/private";
    printed(the_box.command("sh").args(["-c", prepare]));
    for (name, _) in PROGRAMS {
        let copy = format!("cat > /nolibc/{name} && chmod +x /nolibc/{name}");
        let program = File::open(build(name)).unwrap();
        printed(the_box.command("sh").args(["-c", &copy]).stdin(program));
    }
    the_box
}

/// Standard output, standard error and exit status.
fn said(output: &Output) -> (&str, &str, Option<i32>) {
    let text = |bytes| std::str::from_utf8(bytes).unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

#[test]
fn answers_as_systemctl_does_over_the_bus_and_over_the_private_socket() {
    let the_box = prepared();
    let run = |arguments: &[&str]| {
        the_box.command("chroot").arg("/nolibc").args(arguments).output().unwrap()
    };
    for (name, _) in PROGRAMS {
        let program = format!("/{name}");
        for unit in ["nolibc-on.service", "nolibc-static.service", "dbus.service"] {
            let systemctl = the_box.command("systemctl").args(["is-enabled", unit]).output();
            let expected = systemctl.unwrap().stdout;
            let expected = std::str::from_utf8(&expected).unwrap();
            for arguments in [&[&*program, unit][..], &[&*program, "--private", unit]] {
                assert_eq!(said(&run(arguments)), (expected, "", Some(0)), "{arguments:?}");
            }
        }
        // What systemd refuses.
        for arguments in [&[&*program, "no.service"][..], &[&*program, "--private", "no.service"]] {
            let output = run(arguments);
            let (out, error, code) = said(&output);
            assert_eq!((out, code), ("", Some(1)), "{arguments:?}");
            assert!(error.starts_with("org.freedesktop.DBus.Error."), "{error}");
            assert!(error.ends_with('\n') && error.lines().count() == 1, "{error}");
        }
        // What is no question.
        for arguments in [&[&*program][..], &[&*program, "a", "b"], &[&*program, "--private"]] {
            let usage = format!("usage: {name} [--private] UNIT\n");
            assert_eq!(said(&run(arguments)), ("", &*usage, Some(2)), "{arguments:?}");
        }
    }
    // Without the sockets.
    printed(
        the_box
            .command("umount")
            .args(["/nolibc/run/dbus/system_bus_socket", "/nolibc/run/systemd/private"]),
    );
    for (name, _) in PROGRAMS {
        let program = format!("/{name}");
        for (arguments, error) in [
            (&[&*program, "a"][..], "/run/dbus/system_bus_socket: cannot connect\n"),
            (&[&*program, "--private", "a"], "/run/systemd/private: cannot connect\n"),
        ] {
            assert_eq!(said(&run(arguments)), ("", error, Some(2)), "{arguments:?}");
        }
    }
}
