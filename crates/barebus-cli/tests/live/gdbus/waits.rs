//! `gdbus wait`.

use super::Comparison;
use crate::service::INTERFACE;

#[test]
fn names_are_waited_for_as_by_gdbus() {
    let compared = Comparison::default();
    let (text, is_done) = compared.same("wait", &[INTERFACE], &["wait", "--name", INTERFACE]);
    assert_eq!((&*text, is_done), ("", true));
    let ours = ["wait", "--name", INTERFACE, "--activate"];
    compared.same("wait", &["--activate", INTERFACE], &ours);
    let activate = format!("--activate={INTERFACE}");
    let ours = ["wait", "--name", INTERFACE, &activate];
    compared.same("wait", &[&activate, INTERFACE], &ours);
    // Nobody takes this name.
    let ours = ["--timeout", "1s", "wait", "--name", "org.example.Nobody"];
    let (_, is_done) = compared.same("wait", &["--timeout", "1", "org.example.Nobody"], &ours);
    assert!(!is_done);
    compared.same("wait", &[":1.7"], &["wait", "--name", ":1.7"]);
    compared.same("wait", &["no name"], &["wait", "--name", "no name"]);
    compared.at_least(6);
}
