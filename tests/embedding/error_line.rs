//! What a program prints whose `main` returns `barebus::Error`.

use crate::cargo;

#[test]
fn a_program_that_fails_prints_one_line() {
    let mut program = cargo();
    program.args(["run", "--locked", "--quiet", "-p", "barebus", "--example", "unit_state"]);
    let output = program.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/dev/null").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "Error: cannot connect to unix:path=/dev/null: Connection refused (os error 111)\n"
    );
}
