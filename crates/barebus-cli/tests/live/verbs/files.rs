//! Verbs that change unit files.

use super::{done, ours, property, shared, systemctl};
use crate::support::text;

#[test]
fn files_are_enabled_disabled_and_masked() {
    let the_box = shared();
    let state = |name: &str| text(ours(the_box, &["state", name]).stdout);
    let unit = "installs@files.service";
    let link = "/etc/systemd/system/multi-user.target.wants/installs@files.service";
    let file = "/etc/systemd/system/installs@.service";
    assert_eq!(done(the_box, &["enable", "installs@files"]), format!("symlink {link} -> {file}\n"));
    assert_eq!(state(unit), "enabled\n");
    // Everything is as it is to be.
    assert_eq!(done(the_box, &["enable", unit]), "");
    let again = format!("unlink {link}\nsymlink {link} -> {file}\n");
    assert_eq!(done(the_box, &["reenable", unit]), again);
    assert_eq!(done(the_box, &["disable", unit]), format!("unlink {link}\n"));
    assert_eq!(state(unit), "disabled\n");
    let mask = "/run/systemd/system/installs@files.service";
    assert_eq!(
        done(the_box, &["mask", "--runtime", unit]),
        format!("symlink {mask} -> /dev/null\n")
    );
    assert_eq!(state(unit), "masked-runtime\n");
    assert_eq!(done(the_box, &["unmask", "--runtime", unit]), format!("unlink {mask}\n"));
    assert_eq!(state(unit), "disabled\n");
}

#[test]
fn now_starts_and_stops_what_was_changed() {
    let the_box = shared();
    let printed = done(the_box, &["enable", "--now", "installs@now"]);
    assert!(printed.ends_with("\ndone\n"), "{printed}");
    assert_eq!(property(the_box, "installs@now", "ActiveState"), "active");
    let printed = done(the_box, &["disable", "--now", "installs@now"]);
    assert!(printed.ends_with("\ndone\n"), "{printed}");
    assert_eq!(property(the_box, "installs@now", "ActiveState"), "inactive");
}

#[test]
fn a_file_without_an_install_section_is_told() {
    let the_box = shared();
    let output = ours(the_box, &["enable", "plain"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(output.stdout), "");
    let warning =
        "barebus: warning: nothing was enabled: the unit files have no [Install] section\n";
    assert_eq!(text(output.stderr), warning);
}

#[test]
fn files_from_elsewhere_are_linked_by_their_paths() {
    let the_box = shared();
    let write = "mkdir -p /opt/units && printf '[Service]\\nExecStart=/bin/true\\n' > /opt/units/linked.service";
    assert!(the_box.command("sh").args(["-c", write]).status().unwrap().success());
    let link = "/etc/systemd/system/linked.service";
    let printed = done(the_box, &["link", "/opt/units/linked.service"]);
    assert_eq!(printed, format!("symlink {link} -> /opt/units/linked.service\n"));
    let output = ours(the_box, &["state", "linked"]);
    assert_eq!((text(output.stdout), output.status.code()), ("linked\n".into(), Some(1)));
    assert_eq!(done(the_box, &["revert", "linked"]), "");
    assert_eq!(done(the_box, &["disable", "linked"]), format!("unlink {link}\n"));
}

#[test]
fn the_default_target_is_set_and_told() {
    let the_box = super::boot("/");
    let before = systemctl(&the_box, &["get-default"]);
    assert_eq!(done(&the_box, &["get-default"]), before);
    let printed = done(&the_box, &["set-default", "rescue"]);
    assert!(
        printed
            .lines()
            .last()
            .unwrap()
            .starts_with("symlink /etc/systemd/system/default.target -> ")
    );
    assert_eq!(systemctl(&the_box, &["get-default"]), "rescue.target\n");
    done(&the_box, &["set-default", "multi-user.target"]);
    assert_eq!(done(&the_box, &["get-default"]), "multi-user.target\n");
}

#[test]
fn presets_are_followed() {
    let the_box = shared();
    let write = "mkdir -p /etc/systemd/system-preset && \
        printf 'enable installs@preset.service\\n' > /etc/systemd/system-preset/00-verbs.preset; \
        printf 'disable installs@other.service\\n' >> /etc/systemd/system-preset/00-verbs.preset";
    assert!(the_box.command("sh").args(["-c", write]).status().unwrap().success());
    systemctl(the_box, &["enable", "installs@other"]);
    let printed = done(the_box, &["preset", "installs@preset", "installs@other"]);
    assert!(
        printed.contains("symlink /etc/systemd/system/multi-user.target.wants/installs@preset")
    );
    assert!(printed.contains("unlink /etc/systemd/system/multi-user.target.wants/installs@other"));
    let only = ["preset", "--preset-mode=disable-only", "installs@preset"];
    assert_eq!(done(the_box, &only), "");
}
