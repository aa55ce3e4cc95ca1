//! Settings of versions of systemd later than the one that boxes boot: they become properties that systemd 257 has.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use barebus_codegen::introspection::{MemberKind, read};
use barebus_systemd::UnitKind;
use barebus_systemd::setting::Properties;

/// The type of a property of systemd 257.
fn property_type(kind: UnitKind, property: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("introspection/257");
    let xml = std::fs::read_to_string(folder.join(format!("{kind}.xml"))).unwrap();
    let interfaces = read(&xml).unwrap().node.interfaces;
    let mut properties =
        interfaces.iter().flat_map(|interface| interface.members_of(MemberKind::Property));
    properties.find(|member| member.name == property).map(|member| member.property_type.to_string())
}

#[test]
fn later_settings_become_properties_that_systemd_257_has() {
    let service = [
        "BindLogSockets=yes",
        "CoredumpReceive=yes",
        "DelegateSubgroup=a",
        "ExtensionImagePolicy=root=verity",
        "FileDescriptorStorePreserve=yes",
        "ImportCredential=a*",
        "LogFilterPatterns=~a",
        "MemoryKSM=yes",
        "MemoryPressureThresholdSec=1s",
        "MemoryPressureWatch=auto",
        "MemoryZSwapMax=1G",
        "MemoryZSwapWriteback=no",
        "ManagedOOMMemoryPressureDurationSec=5s",
        "MountImagePolicy=root=verity",
        "OpenFile=/a:b:read-only",
        "PrivatePIDs=yes",
        "PrivateTmpEx=disconnected",
        "PrivateUsersEx=self",
        "ProtectControlGroupsEx=strict",
        "ReloadSignal=SIGHUP",
        "RestartMaxDelaySec=1min",
        "RestartMode=direct",
        "RestartSteps=5",
        "RootEphemeral=yes",
        "RootImagePolicy=root=verity",
        "SetLoginEnvironment=yes",
        "StartupMemoryHigh=1G",
        "StartupMemoryLow=1G",
        "StartupMemoryMax=1G",
        "StartupMemorySwapMax=1G",
        "StartupMemoryZSwapMax=1G",
        "DefaultStartupMemoryLow=1G",
        "StateDirectory=a:b:ro",
        "SurviveFinalKillSignal=yes",
        "WantsMountsFor=/a",
    ];
    let socket = ["PassFileDescriptorsToExec=yes", "PollLimitBurst=5", "PollLimitIntervalSec=5"];
    let timer = ["DeferReactivation=yes"];
    let all = [
        (UnitKind::Service, &service[..]),
        (UnitKind::Socket, &socket[..]),
        (UnitKind::Timer, &timer[..]),
    ];
    for (kind, assignments) in all {
        for assignment in assignments {
            let mut properties = Properties::new(kind);
            properties.assign(assignment).unwrap_or_else(|error| panic!("{error}"));
            for (name, value) in properties.iter() {
                let expected = property_type(kind, name);
                let found = value.signature().unwrap().to_string();
                assert_eq!(expected, Some(found), "{assignment}: {name}");
            }
        }
    }
}
