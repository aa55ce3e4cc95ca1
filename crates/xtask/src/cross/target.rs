//! The other machines, and how cargo compiles and runs for them.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::toolchain;
use crate::run::{cargo, top};

/// A machine that is not this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// 32 bits, little-endian; 64-bit integers are aligned to 4
    I686,
    /// 64 bits, big-endian
    S390x,
    /// 32 bits, little-endian
    Armv7,
}

/// With the C library inside, a program needs no other file of the machine. The `cfg` is for `tests/Cargo.toml`.
const FLAGS: &str = "-Ctarget-feature=+crt-static --cfg barebus_without_io";

/// Of the cases of an exhaustive test, every one in so many is tested where qemu translates the program. Prime, so that it shares no factor
/// with the number of letters of an alphabet.
const SAMPLE: &str = "97";

/// Cases that the properties are tested with there which say no number of their own.
const PROPERTY_CASES: &str = "32";

impl Target {
    /// What rustc calls it.
    pub(super) const fn triple(self) -> &'static str {
        match self {
            Self::I686 => "i686-unknown-linux-gnu",
            Self::S390x => "s390x-unknown-linux-gnu",
            Self::Armv7 => "armv7-unknown-linux-gnueabihf",
        }
    }

    /// What Debian calls it.
    pub(super) const fn architecture(self) -> &'static str {
        match self {
            Self::I686 => "i386",
            Self::S390x => "s390x",
            Self::Armv7 => "armhf",
        }
    }

    /// Its C compiler, which links.
    pub(super) const fn linker(self) -> &'static str {
        match self {
            Self::I686 => "i686-linux-gnu-gcc",
            Self::S390x => "s390x-linux-gnu-gcc",
            Self::Armv7 => "arm-linux-gnueabihf-gcc",
        }
    }

    pub(super) const fn qemu(self) -> &'static str {
        match self {
            Self::I686 => "qemu-i386",
            Self::S390x => "qemu-s390x",
            Self::Armv7 => "qemu-arm",
        }
    }

    /// `cargo`, for this machine.
    pub(super) fn cargo(self, arguments: &[&str]) -> Command {
        let mut command = cargo();
        command.args(arguments).args(["--target", self.triple()]);
        command.env("RUSTC", toolchain::path()).env("CARGO_TARGET_DIR", build());
        command.env("CARGO_INCREMENTAL", "0");
        // Slow machines: a little optimisation of what is tested saves more time than it costs.
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
        command.args(["--config", "profile.dev.package.'*'.opt-level=0"]);
        let variable = |name: &str| {
            let triple = self.triple().to_uppercase().replace('-', "_");
            format!("CARGO_TARGET_{triple}_{name}")
        };
        command.env(variable("LINKER"), self.linker());
        command.env(variable("RUSTFLAGS"), FLAGS);
        if let Some(qemu) = self.runner() {
            command.env(variable("RUNNER"), qemu);
            command.env("BAREBUS_TEST_SAMPLE", SAMPLE).env("PROPTEST_CASES", PROPERTY_CASES);
        }
        command
    }

    /// qemu, unless this machine's kernel and processor run the programs themselves.
    pub(super) fn runner(self) -> Option<&'static str> {
        (self != Self::I686 || !is_i686_native()).then(|| self.qemu())
    }

    /// How its tests run, for people.
    pub(super) fn how(self) -> String {
        self.runner().map_or_else(
            || "by this kernel".into(),
            |qemu| {
                format!("by {qemu}, one case in {SAMPLE}, {PROPERTY_CASES} cases of each property")
            },
        )
    }

    /// The program `barebus` for this machine, once it was built.
    pub(super) fn program(self) -> PathBuf {
        build().join(self.triple()).join("debug/barebus")
    }
}

/// Where cargo builds for other machines.
fn build() -> PathBuf {
    top().join("target/cross/build")
}

/// Whether the kernel runs programs of 32 bits. The C library for the linker brings one.
fn is_i686_native() -> bool {
    let mut loader = Command::new("/usr/i686-linux-gnu/lib/ld-linux.so.2");
    let status = loader.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.to_possible_value();
        f.write_str(name.as_ref().map_or("", PossibleValue::get_name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::package;

    #[test]
    fn a_package_is_known_for_all_that_a_machine_needs() {
        for target in Target::value_variants() {
            for program in [target.linker(), target.qemu()] {
                assert_ne!(package(program), program);
            }
        }
    }

    #[test]
    fn sizes_of_samples_are_numbers() {
        assert!(SAMPLE.parse::<u32>().is_ok_and(|one_in| (2..one_in).all(|n| one_in % n != 0)));
        assert!(PROPERTY_CASES.parse::<u32>().is_ok_and(|cases| cases > 0));
    }
}
