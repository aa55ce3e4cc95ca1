//! Settings and the properties that they become. That systemd takes them so is shown by `tests/live`.

use std::collections::HashSet;

use barebus::wire::OwnedBody;

use super::*;

/// The property's names, signatures and values, in Rust's notation.
fn translated(kind: UnitKind, assignment: &str) -> Vec<(String, String, OwnedValue)> {
    let mut properties = Properties::new(kind);
    properties.assign(assignment).unwrap_or_else(|error| panic!("{error}"));
    let parts = |(name, value): (&str, &OwnedValue)| {
        (name.to_owned(), value.signature().unwrap().to_string(), value.clone())
    };
    properties.iter().map(parts).collect()
}

/// That a setting becomes one property of a service.
fn is<T: Encode>(assignment: &str, property: &str, value: T) {
    let translated = translated(UnitKind::Service, assignment);
    let expected = owned(value).unwrap();
    let signature = expected.signature().unwrap().to_string();
    assert_eq!(translated, [(property.to_owned(), signature, expected)], "{assignment}");
}

fn refusal(kind: UnitKind, assignment: &str) -> SettingErrorKind {
    let mut properties = Properties::new(kind);
    let error = properties.assign(assignment).unwrap_err();
    assert!(properties.is_empty(), "{assignment}");
    error.kind
}

#[test]
fn names_types_and_units_are_those_of_the_bus() {
    is("TimeoutStopSec=90", "TimeoutStopUSec", 90_000_000_u64);
    is("RuntimeMaxSec=infinity", "RuntimeMaxUSec", u64::MAX);
    is("CPUQuota=50%", "CPUQuotaPerSecUSec", 500_000_u64);
    is("CPUQuota=", "CPUQuotaPerSecUSec", u64::MAX);
    is("MemoryMax=64M", "MemoryMax", 64_u64 << 20);
    is("MemoryMax=50%", "MemoryMaxScale", 2_147_483_648_u32);
    is("MemoryMax=infinity", "MemoryMax", u64::MAX);
    is("MemoryMax=", "MemoryMax", u64::MAX);
    is("MemoryLow=", "MemoryLow", 0_u64);
    is("TasksMax=10", "TasksMax", 10_u64);
    is("CPUWeight=idle", "CPUWeight", 0_u64);
    is("IOWeight=", "IOWeight", u64::MAX);
    is("Description=a b", "Description", "a b");
    is("RemainAfterExit=yes", "RemainAfterExit", true);
    is("Nice=-5", "Nice", -5_i32);
    is("UMask=0077", "UMask", 0o77_u32);
    is("TimerSlackNSec=5us", "TimerSlackNSec", 5000_u64);
    is("KillSignal=RTMIN+3", "KillSignal", 37_i32);
    is("KillSignal=HUP", "KillSignal", 1_i32);
    is("KillSignal=SIGRTMAX-4", "KillSignal", 60_i32);
    is("SystemCallErrorNumber=EPERM", "SystemCallErrorNumber", 1_i32);
    is("SystemCallErrorNumber=kill", "SystemCallErrorNumber", i32::MAX - 1);
    is("SuccessActionExitStatus=", "SuccessActionExitStatus", -1_i32);
    is("Delegate=yes", "Delegate", true);
    is("Delegate=cpu memory", "DelegateControllers", vec!["cpu", "memory"]);
    is("LogLevelMax=notice", "LogLevelMax", 5_i32);
    is("SyslogFacility=local1", "SyslogFacility", 17_i32);
    is("SecureBits=noroot keep-caps-locked", "SecureBits", 33_i32);
    is("RestrictNamespaces=no", "RestrictNamespaces", 0x7e02_0000_u64);
    is("RestrictNamespaces=yes", "RestrictNamespaces", 0_u64);
    is("RestrictNamespaces=~net", "RestrictNamespaces", 0x3e02_0000_u64);
    is("CapabilityBoundingSet=CAP_CHOWN cap_kill 10", "CapabilityBoundingSet", 0x421_u64);
    is("CapabilityBoundingSet=~CAP_CHOWN", "CapabilityBoundingSet", !1_u64);
    is("CoredumpFilter=default 0x4", "CoredumpFilter", 0x37_u64);
    is("MountFlags=slave", "MountFlags", 0x8_0000_u64);
}

#[test]
fn some_settings_become_two_properties() {
    let names = |assignment: &str| {
        let parts = translated(UnitKind::Service, assignment);
        parts.into_iter().map(|(name, _, value)| (name, value)).collect::<Vec<_>>()
    };
    let value = |number: u64| OwnedValue::Uint64(number);
    let two = |first: &str, a, second: &str, b| {
        vec![(first.to_owned(), value(a)), (second.to_owned(), value(b))]
    };
    assert_eq!(names("LimitNOFILE=1:2"), two("LimitNOFILE", 2, "LimitNOFILESoft", 1));
    assert_eq!(
        names("LimitNOFILE=infinity"),
        two("LimitNOFILE", u64::MAX, "LimitNOFILESoft", u64::MAX)
    );
    assert_eq!(names("LimitCPU=1500ms"), two("LimitCPU", 2, "LimitCPUSoft", 2));
    assert_eq!(names("LimitRTTIME=5ms:1s"), two("LimitRTTIME", 1_000_000, "LimitRTTIMESoft", 5000));
    assert_eq!(names("LimitNICE=+5:-5"), two("LimitNICE", 25, "LimitNICESoft", 15));
    assert_eq!(names("LimitCORE=1K:infinity"), two("LimitCORE", u64::MAX, "LimitCORESoft", 1024));
    assert_eq!(
        names("TimeoutSec=1min"),
        two("TimeoutStartUSec", 60_000_000, "TimeoutStopUSec", 60_000_000)
    );
    let directories = translated(UnitKind::Service, "StateDirectory=a//b c:d");
    assert_eq!(directories[0].2, owned(vec!["a/b"]).unwrap());
    assert_eq!((&*directories[1].0, &*directories[1].1), ("StateDirectorySymlink", "a(sst)"));
}

#[test]
fn commands_are_split_and_their_signs_taken() {
    is(
        "ExecStart=/bin/a b 'c d' \\x41",
        "ExecStart",
        vec![("/bin/a", vec!["/bin/a", "b", "c d", "A"], false)],
    );
    is("ExecStart=-/bin/a", "ExecStart", vec![("/bin/a", vec!["/bin/a"], true)]);
    is("ExecStart=@/bin/a b c", "ExecStart", vec![("/bin/a", vec!["b", "c"], false)]);
    is("ExecStart=", "ExecStart", Vec::<(&str, Vec<&str>, bool)>::new());
    let ex = |words: Vec<&'static str>| vec![("/bin/a", vec!["/bin/a"], words)];
    is("ExecStart=+/bin/a", "ExecStartEx", ex(vec!["privileged"]));
    is(
        "ExecStart=-:!!/bin/a",
        "ExecStartEx",
        ex(vec!["ignore-failure", "ambient", "no-env-expand"]),
    );
    is("ExecStopEx=/bin/a", "ExecStopEx", ex(vec![]));
    is("ExecStart=--/bin/a", "ExecStart", vec![("-/bin/a", vec!["-/bin/a"], true)]);
    assert_eq!(
        refusal(UnitKind::Service, "ExecStart=/bin/a 'b"),
        SettingErrorKind::Value(Expected::Words)
    );
}

#[test]
fn lists_and_structs_have_their_types() {
    is("Environment='A=1 2' B=\\n", "Environment", vec!["A=1 2", "B=\n"]);
    is("Environment=", "Environment", Vec::<&str>::new());
    is("EnvironmentFile=-/a b", "EnvironmentFiles", vec![("/a b", true)]);
    is("StandardOutput=file:/a", "StandardOutputFile", "/a");
    is("StandardError=append:/a", "StandardErrorFileToAppend", "/a");
    is("StandardInput=null", "StandardInput", "null");
    is("StandardInputText=a\\tb", "StandardInputData", b"a\tb\n".to_vec());
    is("StandardInputData=aGk=", "StandardInputData", b"hi".to_vec());
    is("SuccessExitStatus=3 TEMPFAIL SIGUSR1", "SuccessExitStatus", (vec![3, 75], vec![10]));
    is("SystemCallFilter=~@mount", "SystemCallFilter", (false, vec!["@mount"]));
    is("AppArmorProfile=-x", "AppArmorProfile", (true, "x"));
    is("DeviceAllow=/dev/null rw", "DeviceAllow", vec![("/dev/null", "rw")]);
    is("IOReadBandwidthMax=/dev/sda 5M", "IOReadBandwidthMax", vec![("/dev/sda", 5_000_000_u64)]);
    is(
        "IODeviceLatencyTargetSec=/dev/sda 25ms",
        "IODeviceLatencyTargetUSec",
        vec![("/dev/sda", 25_000_u64)],
    );
    is("IPAddressDeny=10.0.0.0/8", "IPAddressDeny", vec![(2, vec![10_u8, 0, 0, 0], 8_u32)]);
    is(
        "IPAddressAllow=localhost",
        "IPAddressAllow",
        vec![(2, vec![127_u8, 0, 0, 0], 8_u32), (10, [vec![0; 15], vec![1]].concat(), 128)],
    );
    is("SocketBindAllow=ipv6:tcp:80-90", "SocketBindAllow", vec![(10, 6, 11_u16, 80_u16)]);
    is("SocketBindDeny=any", "SocketBindDeny", vec![(0, 0, 0_u16, 0_u16)]);
    is("CPUAffinity=0-3,9", "CPUAffinity", vec![15_u8, 2, 0, 0, 0, 0, 0, 0]);
    is("CPUAffinity=", "CPUAffinity", Vec::<u8>::new());
    is("CPUAffinity=numa", "CPUAffinityFromNUMA", true);
    is("SetCredential=a:b\\x00:c", "SetCredential", vec![("a", b"b\0:c".to_vec())]);
    is("LoadCredential=a", "LoadCredential", vec![("a", "a")]);
    is("LoadCredential=a:/b:c", "LoadCredential", vec![("a", "/b:c")]);
    is("LogExtraFields=A=\u{e9}", "LogExtraFields", vec!["A=\u{e9}".as_bytes()]);
    is(
        "BindPaths=/a -/b:/c /d:/e:norbind /f:/g:rbind",
        "BindPaths",
        vec![
            ("/a", "/a", false, 16_384_u64),
            ("/b", "/c", true, 16_384),
            ("/d", "/e", false, 0),
            ("/f", "/g", false, 16_384),
        ],
    );
    is(
        "TemporaryFileSystem=/a:ro,size=1M /b",
        "TemporaryFileSystem",
        vec![("/a", "ro,size=1M"), ("/b", "")],
    );
    is(
        "MountImages=-/a:/b:root:ro:home:nodev /c:/d:ro",
        "MountImages",
        vec![
            ("/a", "/b", true, vec![("root", "ro"), ("home", "nodev")]),
            ("/c", "/d", false, vec![("root", "ro")]),
        ],
    );
    is("ExtensionImages=/a", "ExtensionImages", vec![("/a", false, Vec::<(&str, &str)>::new())]);
    is("RootImageOptions=ro home:dev", "RootImageOptions", vec![("root", "ro"), ("home", "dev")]);
    is("RootHash=/a", "RootHashPath", "/a");
    is("ConditionPathExists=|!/a", "Conditions", vec![("ConditionPathExists", true, true, "/a")]);
    is("After=a.service b.service", "After", vec!["a.service", "b.service"]);
    is("OpenFile=/a/b::read-only,graceful", "OpenFile", vec![("/a/b", "b", 9_u64)]);
}

#[test]
fn types_of_units_have_their_own_settings() {
    let one = |kind, assignment: &str| {
        let mut parts = translated(kind, assignment);
        assert_eq!(parts.len(), 1);
        let (name, signature, value) = parts.remove(0);
        (name, signature, value)
    };
    let expect = |kind, assignment: &str, property: &str, value: OwnedValue| {
        let (name, _, found) = one(kind, assignment);
        assert_eq!((&*name, found), (property, value), "{assignment}");
    };
    expect(UnitKind::Socket, "TimeoutSec=5", "TimeoutUSec", 5_000_000_u64.into());
    expect(UnitKind::Mount, "Type=ext4", "Type", "ext4".into());
    expect(UnitKind::Socket, "ListenStream=/a", "Listen", owned(vec![("Stream", "/a")]).unwrap());
    expect(
        UnitKind::Timer,
        "OnBootSec=1min",
        "TimersMonotonic",
        owned(vec![("OnBootSec", 60_000_000_u64)]).unwrap(),
    );
    expect(
        UnitKind::Timer,
        "OnCalendar=daily",
        "TimersCalendar",
        owned(vec![("OnCalendar", "daily")]).unwrap(),
    );
    expect(UnitKind::Path, "PathChanged=/a", "Paths", owned(vec![("PathChanged", "/a")]).unwrap());
    expect(UnitKind::Scope, "RuntimeMaxSec=1", "RuntimeMaxUSec", 1_000_000_u64.into());
    expect(UnitKind::Slice, "CPUQuota=1%", "CPUQuotaPerSecUSec", 10_000_u64.into());
}

#[test]
fn an_unknown_setting_is_refused_by_its_name() {
    assert_eq!(refusal(UnitKind::Service, "Memorymax=1"), SettingErrorKind::Unknown);
    assert_eq!(
        refusal(UnitKind::Timer, "ExecStart=/a"),
        SettingErrorKind::OtherUnit(UnitKind::Service)
    );
    assert_eq!(refusal(UnitKind::Service, "MemoryMax"), SettingErrorKind::NoAssignment);
    let text = |assignment: &str| {
        Properties::new(UnitKind::Service).assign(assignment).unwrap_err().to_string()
    };
    assert_eq!(
        text("Memorymax=1"),
        "cannot set 'Memorymax' of a service to '1': there is no such setting"
    );
    assert_eq!(
        text("OnBootSec=1"),
        "cannot set 'OnBootSec' of a service to '1': a timer has that setting"
    );
    assert_eq!(text("a\nb"), r"cannot set 'a\nb': it has no '='; write it as 'MemoryMax=64M'");
    assert_eq!(
        text("Nice=20"),
        "cannot set 'Nice' of a service to '20': expected a number from -20 to 19"
    );
}

#[test]
fn a_text_that_the_setting_does_not_take_is_refused() {
    for (assignment, expected) in [
        ("RemainAfterExit=maybe", Expected::Boolean),
        ("TimeoutStopSec=", Expected::Span),
        ("TimeoutStopSec=soon", Expected::Span),
        ("MemoryMax=64X", Expected::MemoryLimit),
        ("MemoryMax=101%", Expected::MemoryLimit),
        ("TasksMax=1K", Expected::TasksLimit),
        ("CPUQuota=0%", Expected::Quota),
        ("CPUWeight=0", Expected::CpuWeight),
        ("IOWeight=10001", Expected::Weight),
        ("CPUShares=1", Expected::CpuShares),
        ("BlockIOWeight=9", Expected::BlockIoWeight),
        ("LimitNOFILE=2:1", Expected::ResourceLimit),
        ("LimitNICE=+20", Expected::ResourceLimit),
        ("LimitNOFILE=", Expected::ResourceLimit),
        ("UMask=rwx", Expected::Mode),
        ("KillSignal=SIGNONE", Expected::Signal),
        ("KillSignal=65", Expected::Signal),
        ("KillSignal=RTMIN+31", Expected::Signal),
        ("SuccessExitStatus=256", Expected::ExitStatus),
        ("SuccessActionExitStatus=256", Expected::ExitCode),
        ("SystemCallErrorNumber=ENOTHING", Expected::ErrorNumber),
        ("LogLevelMax=8", Expected::LogLevel),
        ("SyslogFacility=x", Expected::LogFacility),
        ("SecureBits=x", Expected::SecureBits),
        ("AmbientCapabilities=CAP_X", Expected::Capabilities),
        ("CPUSchedulingPolicy=x", Expected::SchedulingPolicy),
        ("IOSchedulingClass=x", Expected::IoClass),
        ("IOSchedulingPriority=8", Expected::IoPriority),
        ("CPUAffinity=8192", Expected::CpuSet),
        ("CPUAffinity=0-18446744073709551615", Expected::CpuSet),
        ("NUMAPolicy=x", Expected::NumaPolicy),
        ("NUMAMask=all", Expected::NumaMask),
        ("CoredumpFilter=x", Expected::CoredumpFilter),
        ("MountFlags=x", Expected::Propagation),
        ("RestrictNamespaces=x", Expected::Namespaces),
        ("BindPaths=/a:/b:x", Expected::BindPaths),
        ("MountImages=/a", Expected::MountImages),
        ("RootImageOptions=a:b:c", Expected::MountOptions),
        ("StateDirectory=a:b:c", Expected::Directories),
        ("IODeviceWeight=/dev/sda", Expected::DeviceWeight),
        ("IOReadBandwidthMax=/dev/sda x", Expected::DeviceBandwidth),
        ("IODeviceLatencyTargetSec=/dev/sda x", Expected::DeviceLatency),
        ("IPAddressAllow=10.0.0.0/33", Expected::Addresses),
        ("IPAddressAllow=1.2.3", Expected::Addresses),
        ("SocketBindAllow=tcp:0", Expected::SocketBind),
        ("SocketBindAllow=tcp:ipv4:1", Expected::SocketBind),
        ("SetCredential=a", Expected::Credential),
        ("SetCredentialEncrypted=a:*", Expected::Base64),
        ("BPFProgram=a", Expected::BpfProgram),
        ("OpenFile=a", Expected::OpenFile),
        ("RootHash=00", Expected::RootHash),
        ("RootHashSignature=00", Expected::RootHashSignature),
        ("ManagedOOMMemoryPressureLimit=5", Expected::Percentage),
        ("StandardInputText=\\q", Expected::Escapes),
        ("Environment='a", Expected::Words),
        ("Description=a\0b", Expected::Text),
        ("LogRateLimitBurst=-1", Expected::Integer),
    ] {
        let kind = refusal(UnitKind::Service, assignment);
        assert_eq!(kind, SettingErrorKind::Value(expected), "{assignment}");
    }
    for (assignment, expected) in [
        ("SocketProtocol=x", Expected::IpProtocol),
        ("IPTOS=256", Expected::IpTos),
        ("PipeSize=x", Expected::Size),
    ] {
        let kind = refusal(UnitKind::Socket, assignment);
        assert_eq!(kind, SettingErrorKind::Value(expected), "{assignment}");
    }
}

#[test]
fn a_refused_text_leaves_what_was_set_before() {
    let mut properties = Properties::new(UnitKind::Service);
    properties.set("Description", "x").unwrap();
    // The first of its two properties would be valid.
    properties.set("TimeoutSec", "x").unwrap_err();
    properties.set("StateDirectory", "a b:c:d").unwrap_err();
    assert_eq!(properties.len(), 1);
}

#[test]
fn anything_can_be_a_property() {
    let mut properties = Properties::new(UnitKind::Scope);
    properties.property("PIDs", vec![1_u32, 2]).unwrap();
    properties.push("X", OwnedValue::Boolean(true));
    assert!(properties.property("X", "\0").is_err());
    let (body, expected) = (OwnedBody::new(&(&properties,)).unwrap(), "a(sv)");
    assert_eq!(body.signature(), expected);
    type Sent<'a> = Vec<(&'a str, OwnedValue)>;
    let (sent,): (Sent<'_>,) = body.get().unwrap();
    assert_eq!(sent[0], ("PIDs", OwnedValue::Uint32s([1, 2].into())));
    assert_eq!(sent[1], ("X", OwnedValue::Boolean(true)));
    assert_eq!(format!("{properties:?}"), r#"{"PIDs": [uint32 1, 2], "X": true}"#);
}

#[test]
fn every_name_is_in_one_rule_of_a_type() {
    for kind in UnitKind::ALL {
        let mut seen = HashSet::new();
        for name in names(*kind) {
            // Those that two groups share are the same in both.
            assert!(seen.insert(name), "{kind}: {name}");
            assert!(table::find(*kind, name).is_some());
        }
        assert!(seen.len() > 100, "{kind}");
    }
    assert!(names(UnitKind::Service).count() > 400);
}
