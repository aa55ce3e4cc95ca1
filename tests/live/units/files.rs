//! Unit files.

use std::sync::OnceLock;

use barebus_box::{Bus, SystemdBox};
use barebus_systemd::Systemd;
use barebus_systemd::unit::{FileChanges, FileDependency, FileOptions};
use barebus_systemd::word::{FileChangeKind, PresetMode, UnitFileState};

use super::{boot, in_all_places, instance};
use crate::places::{Place, everywhere};

/// That systemd and systemctl say the same of a file.
fn is(systemd: &Systemd, place: &Place, unit: &str, expected: UnitFileState) {
    assert_eq!(systemd.unit_file_state(unit).unwrap(), expected, "{unit}");
    assert_eq!(place.printed("systemctl", &["is-enabled", unit]).trim(), expected.as_str());
}

/// The kinds of changes, and the last parts of the paths.
fn kinds(changes: &FileChanges) -> Vec<(&str, &str)> {
    let name = |path: &'_ str| path.rfind('/').map_or(0, |at| at + 1);
    let changes = changes.changes.iter();
    changes.map(|change| (change.kind.as_str(), &change.path[name(&change.path)..])).collect()
}

#[test]
fn they_are_enabled_masked_and_so_on_as_systemctl_does() {
    const TEST: &str = "units::files::they_are_enabled_masked_and_so_on_as_systemctl_does";
    in_all_places(TEST, |systemd, place| {
        let unit = &*instance(super::LONG, place, "files");
        let plain = FileOptions::new();

        let changes = systemd.enable_unit_files(&[unit], plain).unwrap();
        assert_eq!(kinds(&changes), [("symlink", unit)]);
        assert_eq!(changes.carries_install_info, Some(true));
        assert!(changes.changes[0].source.ends_with("/units-long@.service"), "{changes:?}");
        is(systemd, place, unit, UnitFileState::Enabled);
        // It is so already.
        assert_eq!(kinds(&systemd.enable_unit_files(&[unit], plain).unwrap()), []);
        assert!(systemd.unit_file_links(unit, false).unwrap()[0].ends_with(unit));

        let changes = systemd.reenable_unit_files(&[unit], plain).unwrap();
        assert_eq!(kinds(&changes), [("unlink", unit), ("symlink", unit)]);

        let changes = systemd.disable_unit_files(&[unit], plain).unwrap();
        assert_eq!(kinds(&changes), [("unlink", unit)]);
        is(systemd, place, unit, UnitFileState::Disabled);

        systemd.enable_unit_files(&[unit], plain.runtime()).unwrap();
        is(systemd, place, unit, UnitFileState::EnabledRuntime);
        systemd.disable_unit_files(&[unit], plain.runtime()).unwrap();

        systemd.mask_unit_files(&[unit], plain).unwrap();
        is(systemd, place, unit, UnitFileState::Masked);
        let changes = systemd.unmask_unit_files(&[unit], plain).unwrap();
        assert_eq!(kinds(&changes), [("unlink", unit)]);
        systemd.mask_unit_files(&[unit], plain.runtime()).unwrap();
        is(systemd, place, unit, UnitFileState::MaskedRuntime);
        systemd.unmask_unit_files(&[unit], plain.runtime()).unwrap();
        is(systemd, place, unit, UnitFileState::Disabled);

        let target = "graphical.target";
        for (dependency, property) in
            [(FileDependency::Wants, "Wants"), (FileDependency::Requires, "Requires")]
        {
            systemd.add_dependency_unit_files(&[unit], target, dependency, plain).unwrap();
            assert!(place.shown(target, property).contains(unit));
            systemd.disable_unit_files(&[unit], plain).unwrap();
        }
        // Without the presets of the box's machine it could be either.
        systemd.preset_unit_files(&[unit], PresetMode::EnableOnly, plain).unwrap();
        systemd.preset_unit_files(&[unit], PresetMode::DisableOnly, plain).unwrap();
        systemd.disable_unit_files(&[unit], plain).unwrap();
    });
}

/// The presets of the box say nothing of the units of other tests but that they are enabled, and nothing is enabled here.
#[test]
fn the_presets_of_all_files_are_applied() {
    in_all_places("units::files::the_presets_of_all_files_are_applied", |systemd, place| {
        let unit = if place.is_direct() { "preset-inside.service" } else { "preset.service" };
        let script = "mkdir -p /etc/systemd/system-preset && \
            printf 'disable preset*.service\nenable *\n' > /etc/systemd/system-preset/00-units.preset && \
            printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' > /etc/systemd/system/$0";
        place.run("sh", &["-c", script, unit]);
        systemd.enable_unit_files(&[unit], FileOptions::new()).unwrap();
        is(systemd, place, unit, UnitFileState::Enabled);
        let presets = systemd.preset_all_unit_files(PresetMode::DisableOnly, FileOptions::new());
        assert_eq!(kinds(&presets.unwrap()), [("unlink", unit)]);
        is(systemd, place, unit, UnitFileState::Disabled);
    });
}

#[test]
fn the_vendors_file_comes_back() {
    in_all_places("units::files::the_vendors_file_comes_back", |systemd, place| {
        let unit = if place.is_direct() { "vendor-inside.service" } else { "vendor.service" };
        let script = format!(
            "printf '[Service]\\nExecStart=/bin/true\\n' > /usr/lib/systemd/system/{unit} && \
             mkdir -p /etc/systemd/system/{unit}.d && \
             printf '[Unit]\\nDescription=changed\\n' > /etc/systemd/system/{unit}.d/x.conf"
        );
        place.run("sh", &["-c", &script]);
        systemd.reload().unwrap();
        assert_eq!(systemd.status(unit).unwrap().description, "changed");
        let changes = systemd.revert_unit_files(&[unit], FileOptions::new()).unwrap();
        assert!(changes.changes.iter().all(|change| change.kind == FileChangeKind::Unlink));
        let status = systemd.status(unit).unwrap();
        assert_eq!((&*status.description, status.drop_ins), (unit, vec![]));
    });
}

#[test]
fn a_file_without_an_install_section_says_so() {
    const TEST: &str = "units::files::a_file_without_an_install_section_says_so";
    in_all_places(TEST, |systemd, _| {
        let changes = systemd.enable_unit_files(&["units-plain.service"], FileOptions::new());
        let changes = changes.unwrap();
        assert_eq!((kinds(&changes), changes.carries_install_info), (vec![], Some(false)));
    });
}

#[test]
fn what_is_not_there_is_told_apart() {
    in_all_places("units::files::what_is_not_there_is_told_apart", |systemd, _| {
        let error = systemd.enable_unit_files(&["nowhere.service"], FileOptions::new());
        let error = error.unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
        assert!(error.to_string().contains("nowhere.service"), "{error}");
        assert!(systemd.unit_file_state("nowhere.service").unwrap_err().is_no_such_unit());
    });
}

#[test]
fn a_file_from_elsewhere_is_linked() {
    in_all_places("units::files::a_file_from_elsewhere_is_linked", |systemd, place| {
        let name = if place.is_direct() { "linked-inside.service" } else { "linked.service" };
        let path = format!("/srv/{name}");
        let script = format!("printf '[Service]\\nExecStart=/bin/true\\n' > {path}");
        place.run("sh", &["-c", &script]);
        let changes = systemd.link_unit_files(&[&path], FileOptions::new()).unwrap();
        assert_eq!(changes.changes[0].kind, FileChangeKind::Symlink);
        is(systemd, place, name, UnitFileState::Linked);
    });
}

/// Boxes in which no other test reloads: meanwhile 257 may answer by what it had read before.
fn daemon() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Daemon))
}

fn broker() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Broker))
}

/// systemd answers a question about the unit by what it has read. Only after a reload does it know of the change.
#[test]
fn a_reload_follows_unless_told_otherwise() {
    const TEST: &str = "units::files::a_reload_follows_unless_told_otherwise";
    everywhere(TEST, [daemon, broker], |systemd, place| {
        let wants = |unit: &str| place.shown("multi-user.target", "Wants").contains(unit);
        let unit = &*instance(super::LONG, place, "reload");
        systemd.enable_unit_files(&[unit], FileOptions::new()).unwrap();
        assert!(wants(unit));
        systemd.disable_unit_files(&[unit], FileOptions::new()).unwrap();
        assert!(!wants(unit));
        systemd.enable_unit_files(&[unit], FileOptions::new().without_reload()).unwrap();
        systemd.reload().unwrap();
        assert!(wants(unit));
    });
}

#[test]
fn the_default_target_is_set_and_told() {
    in_all_places("units::files::the_default_target_is_set_and_told", |systemd, place| {
        for target in ["rescue.target", "multi-user.target"] {
            systemd.set_default_target(target, FileOptions::new().force()).unwrap();
            assert_eq!(place.printed("systemctl", &["get-default"]).trim(), target);
            assert_eq!(systemd.default_target().unwrap(), target);
        }
    });
}
