//! Texts for settings: one or more for every setting that there is.

use barebus_systemd::setting::{Expected, Properties, SettingErrorKind};
use barebus_systemd::{UnitKind, setting};

/// Every setting of a type of unit, with texts to try. Settings of one form take the same texts, so one of them is tried with all,
/// and the others with the first. What the translator says that it expects tells the form.
pub(super) fn assignments(kind: UnitKind) -> Vec<(&'static str, &'static str)> {
    let mut assignments = Vec::new();
    let mut forms: Vec<&[&str]> = Vec::new();
    for name in setting::names(kind) {
        let texts = own(kind, name).or_else(|| by_form(kind, name));
        let mut texts = texts.unwrap_or_else(|| panic!("no text to try for {name} of a {kind}"));
        if forms.contains(&texts) {
            texts = texts.get(..1).unwrap_or(texts);
        } else {
            forms.push(texts);
        }
        assignments.extend(texts.iter().map(|text| (name, *text)));
    }
    assignments
}

/// Texts for what takes one of the forms that many settings share.
fn by_form(kind: UnitKind, name: &str) -> Option<&'static [&'static str]> {
    // No form takes this.
    let error = Properties::new(kind).set(name, "\\q\u{1}").err()?;
    let SettingErrorKind::Value(expected) = error.kind else { panic!("{error}") };
    Some(match expected {
        Expected::Boolean => &["yes", "off"],
        Expected::Span => {
            &["90", "1min 30.5s", "2w 3d 4h 5ms 6us", "infinity", "0", ".5", "soon", ""]
        }
        Expected::Size => &["64K", "1.5M", "4096", "x"],
        Expected::MemoryLimit => &["64M", "1.1G", "1G 5K", "50%", "12.34%", "infinity", "", "101%"],
        Expected::Mode => &["0755", "2750", "9"],
        Expected::Integer => &["5", "0x10", "010", "-1", "x"],
        Expected::Weight => &["1", "10000", "", "0"],
        Expected::CpuWeight => &["1", "10000", "idle", "", "10001"],
        Expected::CpuShares => &["2", "262144", "", "1"],
        Expected::BlockIoWeight => &["10", "1000", "", "9"],
        Expected::CpuSet => &["0", "0-1", "0 1,0", "", "x"],
        Expected::ResourceLimit => &["5", "5:10", "5:infinity", "infinity", "10:5", "x"],
        Expected::Signal => &["SIGUSR1", "15", "RTMIN+3", "RTMAX-2", "SIGRTMIN", "INT", "99"],
        Expected::ExitStatus => {
            &["1 2 TEMPFAIL SIGKILL 'USR1' 200", "CONFIG", "", "256", "EXCEPTION CHDIR"]
        }
        Expected::ExitCode => &["0", "255", "", "256"],
        Expected::LogLevel => &["emerg", "debug", "3", "warning", "8"],
        Expected::DeviceBandwidth => &["/dev/null 5M", "/dev/null infinity", "/dev/null", ""],
        Expected::DeviceWeight => &["/dev/null 200", "/dev/null x", ""],
        Expected::DeviceLatency => &["/dev/null 25ms", "/dev/null x"],
        Expected::Addresses => &[
            "any",
            "localhost",
            "link-local",
            "multicast",
            "10.0.0.0/8 192.168.1.1 ::1 fe80::/64",
            "127.0.0.1/33",
            "",
        ],
        Expected::SocketBind => {
            &["tcp:80", "ipv4:udp:1-100", "ipv6:any", "any", "5", "tcp", "tcp:0", ""]
        }
        _ => return None,
    })
}

/// Texts of settings that take what no other does, or text of any form.
fn own(kind: UnitKind, name: &str) -> Option<&'static [&'static str]> {
    // Both are names of conditions.
    let tested = name.strip_prefix("Condition").or_else(|| name.strip_prefix("Assert"));
    if tested.is_some() {
        return Some(&["/usr", "|/usr", "!/usr", "|!x y", ""]);
    }
    if name.starts_with("Exec") && !name.ends_with("Paths") && name != "ExecSearchPath" {
        return Some(&[
            "/bin/true a 'b c' \"d\"",
            "-/bin/true \\x41\\n",
            "@/bin/true other name",
            "+/bin/true",
            "!-/bin/true",
            ":!!/bin/true $X",
            "",
            "/bin/true 'a",
        ]);
    }
    let texts: &[&str] = match (kind, name) {
        (UnitKind::Mount, "Type") => &["tmpfs"],
        (_, "Type") => &["simple", "exec", "notify", "idle", "forking", "x"],
        (UnitKind::Scope, "OOMPolicy") => &["stop", "kill", "x"],
        _ => return of_name(name),
    };
    Some(texts)
}

fn of_name(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "Description" | "X" => &["some text", ""],
        "AppArmorProfile" | "SmackProcessLabel" | "SELinuxContext" => &["a", "-a"],
        "BPFProgram" => &["egress:/sys/fs/bpf/x", ""],
        "BindIPv6Only" => &["both", "ipv6-only", "x"],
        "BindToDevice" | "FileDescriptorName" | "SmackLabel" | "SmackLabelIPIn"
        | "SmackLabelIPOut" => &["lo", "b"],
        "BindPaths" | "BindReadOnlyPaths" => &[
            "/usr",
            "/usr:/mnt",
            "-/usr:/mnt:rbind /bin:/srv:norbind",
            "'/a b':/c",
            "",
            "/a:/b:x",
            "/a ",
        ],
        "StateDirectory" | "RuntimeDirectory" | "CacheDirectory" | "LogsDirectory" => {
            &["a", "a//b c", "a/b:c d", "a:b e:f", ""]
        }
        "BusName" => &["org.example.UNIT"],
        "CPUAffinity" => &["0", "0-1", "numa", ""],
        "CPUQuota" => &["50%", "200%", "12.34%", "5‰", "", "0%"],
        "CPUSchedulingPolicy" => &["other", "batch", "idle", "fifo", "rr", "2", "x"],
        "CPUSchedulingPriority" => &["0", "1", "x"],
        "CapabilityBoundingSet" | "AmbientCapabilities" => {
            &["CAP_CHOWN cap_sys_admin", "~CAP_BPF", "", "0 40"]
        }
        "CollectMode" => &["inactive", "inactive-or-failed", "x"],
        "ConfigurationDirectory" => &["a", "a b/c", ""],
        "CoredumpFilter" => &["default", "all", "private-anonymous shared-dax", "0x1f", "", "x"],
        "DelegateSubgroup" | "MemoryPressureWatch" | "UtmpIdentifier" | "SyslogIdentifier" => {
            &["auto"]
        }
        "Delegate" => &["yes", "no", "cpu memory", ""],
        "DeviceAllow" => &["/dev/null rw", "/dev/zero", "char-* rwm", ""],
        "DevicePolicy" => &["auto", "closed", "strict", "x"],
        "DisableControllers" => &["cpu io", ""],
        "Documentation" => &["man:systemd(1) https://example.org", ""],
        "Environment" => &["A=1 'B=2 3' C=\\x41\\u00e9", "A='1 2'", "", "A=\\q", "'A"],
        "UnsetEnvironment" | "PassEnvironment" => &["A B", ""],
        "EnvironmentFile" => &["/etc/x", "-/etc/x y", "", "relative"],
        "ExitType" => &["main", "cgroup", "x"],
        "ExtensionImages" => &["/a.raw", "-/a.raw:ro /b.raw:root:ro", ""],
        "MountImages" => &["/a.raw:/b", "-/a.raw:/b:ro /c\\:d.raw:/e:root:ro", "/a.raw"],
        "RootImageOptions" => &["ro", "root:ro home:nodev", "a:b:c"],
        "FailureAction" | "SuccessAction" | "StartLimitAction" | "JobTimeoutAction" => {
            &["none", "x"]
        }
        "Group" | "User" | "SocketUser" | "SocketGroup" => &["root", "0", "a:b"],
        "IOSchedulingClass" => &["none", "realtime", "best-effort", "idle", "2", "x"],
        "IOSchedulingPriority" => &["0", "7", "8"],
        "IPIngressFilterPath" | "IPEgressFilterPath" => &["/sys/fs/bpf/x", ""],
        "IPTOS" => &["low-delay", "throughput", "reliability", "low-cost", "7", "256"],
        "ImportCredential" | "LogNamespace" => &["a", ""],
        "KeyringMode" => &["inherit", "private", "shared", "x"],
        "KillMode" => &["control-group", "mixed", "process", "none", "x"],
        "LimitNICE" => &["+5", "-5", "30", "1:40", "-21", "41", "infinity"],
        "ListenStream"
        | "ListenDatagram"
        | "ListenSequentialPacket"
        | "ListenFIFO"
        | "ListenSpecial" => &["/run/x", "@UNIT-x", ""],
        "ListenMessageQueue" => &["/x"],
        "ListenNetlink" => &["route 1"],
        "ListenUSBFunction" => &["/run/x"],
        "LoadCredential" | "LoadCredentialEncrypted" => &["a:/etc/x", "b", "c:/d:e", ""],
        "SetCredential" => &["a:b", "a:\\x00\\xff:c", "a", ""],
        "SetCredentialEncrypted" => &["a:aGVsbG8=", "a:*", ""],
        "LogExtraFields" => &["A=b c"],
        "LogFilterPatterns" => &["a.*", "~b"],
        "ManagedOOMMemoryPressureLimit" => &["50%", "0.5%", "5"],
        "ManagedOOMMemoryPressure" | "ManagedOOMSwap" => &["auto", "kill", "x"],
        "ManagedOOMPreference" => &["none", "avoid", "omit", "x"],
        "Markers" => &["needs-restart"],
        "MountFlags" => &["shared", "slave", "private", "", "x"],
        "NUMAMask" => &["0", "0-1", "", "x"],
        "NUMAPolicy" => &["default", "bind", "local", "preferred", "interleave", "x"],
        "NetworkNamespacePath" | "IPCNamespacePath" => &["/proc/1/ns/net", ""],
        "Nice" => &["-20", "19", "0", "20"],
        "NotifyAccess" => &["none", "main", "exec", "all", "x"],
        "OOMPolicy" => &["continue", "stop", "kill", "x"],
        "OOMScoreAdjust" => &["-1000", "1000", "1001"],
        "OnCalendar" => &["daily", "Mon *-*-* 12:00:00", "x"],
        "OnFailureJobMode" | "OnSuccessJobMode" => &["replace", "fail", "x"],
        "OpenFile" => &["/etc/x", "/etc/x:name:read-only,graceful", "x"],
        "PAMName" => &["login"],
        "PIDFile" => &["/run/x.pid", "x.pid"],
        "PathExists" | "PathExistsGlob" | "PathChanged" | "PathModified" | "DirectoryNotEmpty" => {
            &["/run/x*", ""]
        }
        "Personality" => &["x86-64", "x86", "x"],
        "ProcSubset" => &["all", "pid", "x"],
        "ProtectHome" => &["yes", "no", "read-only", "tmpfs", "x"],
        "ProtectProc" => &["default", "noaccess", "invisible", "ptraceable", "x"],
        "ProtectSystem" => &["yes", "full", "strict", "no", "x"],
        "PrivatePIDs" | "PrivateTmpEx" | "PrivateUsersEx" | "ProtectControlGroupsEx" => &["no"],
        "RootImagePolicy" | "MountImagePolicy" | "ExtensionImagePolicy" => &["root=verity"],
        "RebootArgument" | "JobTimeoutRebootArgument" | "SourcePath" => &["/a", "x"],
        "Restart" => &["no", "always", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "x"],
        "RestartMode" => &["normal", "direct"],
        "RestrictAddressFamilies" => &["AF_UNIX AF_INET", "~AF_PACKET", "none", "", "AF_X"],
        "RestrictFileSystems" => &["ext4 tmpfs", "~proc", ""],
        "RestrictNamespaces" => &["yes", "no", "net mnt", "~user", "cgroup ipc pid uts", "", "x"],
        "RestrictNetworkInterfaces" => &["lo eth0", "~lo", ""],
        "RootDirectory" | "RootImage" | "RootVerity" | "WorkingDirectory" => {
            &["/", "/a", "-/a", "~", "", "x"]
        }
        "RootHash" => &["00112233445566778899aabbccddeeff", "/a.roothash", "00", ""],
        "RootHashSignature" => &["/a.p7s", "base64:aGVsbG8=", "x"],
        "RuntimeDirectoryPreserve" => &["yes", "no", "restart", "x"],
        "FileDescriptorStorePreserve" => &["yes"],
        "SecureBits" => &[
            "keep-caps no-setuid-fixup-locked",
            "noroot",
            "",
            "keep-caps-locked noroot-locked no-setuid-fixup",
        ],
        "Slice" => &["system.slice", "a-b.slice", "x"],
        "SocketProtocol" => &["udplite", "sctp", "136"],
        "StandardInput" => &["null", "tty", "data", "fd:x", "file:/a", "socket", "x"],
        "StandardOutput" | "StandardError" => {
            &["null", "journal", "inherit", "fd:x", "file:/a", "append:/a", "truncate:/a", "x"]
        }
        "StandardInputData" => &["aGVsbG8gd29ybGQ=", "*"],
        "StandardInputText" => &["a\\tb"],
        "SupplementaryGroups" => &["root daemon", ""],
        "Symlinks" => &["/run/a /run/b", ""],
        "SyslogFacility" => &["kern", "daemon", "local7", "authpriv", "cron", "23", "128", "x"],
        "SystemCallArchitectures" => &["native", "x86-64", ""],
        "SystemCallErrorNumber" => &["EPERM", "kill", "1", "EACCES", "ENOTSUP", "x"],
        "SystemCallFilter" | "SystemCallLog" => &["@system-service", "~@mount read", "", "write"],
        "TCPCongestion" => &["cubic"],
        "TTYPath" => &["/dev/tty1", "x"],
        "TasksMax" => &["10", "infinity", "50%", "", "x"],
        "TemporaryFileSystem" => &["/a", "/a:ro,size=1M /b:ro", "", "x"],
        "TimeoutStartFailureMode" | "TimeoutStopFailureMode" => {
            &["terminate", "abort", "kill", "x"]
        }
        "TimerSlackNSec" => &["5", "5us", "1ms 3", "infinity", "x"],
        "Timestamping" => &["off", "us", "ns", "x"],
        "USBFunctionDescriptors" | "USBFunctionStrings" => &["/a"],
        "Unit" => &["other.service"],
        "UtmpMode" => &["init", "login", "user", "x"],
        "What" | "Where" | "Options" | "ExtraOptions" => &["/a"],
        "RequiresMountsFor" | "WantsMountsFor" => &["/a /b", "x"],
        "Requires" | "Requisite" | "BindsTo" | "Wants" | "Upholds" => &["", "a b.service"],
        "JoinsNamespaceOf"
        | "PartOf"
        | "Conflicts"
        | "Before"
        | "After"
        | "OnSuccess"
        | "OnFailure"
        | "PropagatesReloadTo"
        | "ReloadPropagatedFrom"
        | "PropagatesStopTo"
        | "StopPropagatedFrom" => &["nowhere.service", "nowhere.service 'other.target'", "x"],
        "RequiredBy" | "RequisiteOf" | "WantedBy" | "BoundBy" | "UpheldBy" | "ConsistsOf"
        | "ConflictedBy" | "OnSuccessOf" | "OnFailureOf" | "Triggers" | "TriggeredBy"
        | "References" | "ReferencedBy" | "InSlice" | "SliceOf" => &["nowhere.service"],
        "ReadWriteDirectories"
        | "ReadOnlyDirectories"
        | "InaccessibleDirectories"
        | "ReadWritePaths"
        | "ReadOnlyPaths"
        | "InaccessiblePaths"
        | "ExecPaths"
        | "NoExecPaths"
        | "ExecSearchPath"
        | "ExtensionDirectories" => &["/a '-/b c'", "", "x", "/a 'b"],
        _ => return None,
    })
}
