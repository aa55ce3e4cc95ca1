//! Settings of transient units give the same properties through barebus and through systemd-run.

mod groups;
mod known;
mod others;
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use barebus::definition::standard::GET_ALL;
use barebus::wire::OwnedValue;
use barebus::{CallError, Connection};
use barebus_box::SystemdBox;
use barebus_systemd::interface::manager;
use barebus_systemd::interface::manager::method::START_TRANSIENT_UNIT;
use barebus_systemd::setting::{self, Properties};
use barebus_systemd::{UnitKind, UnitName};

use crate::boxes::{PATIENCE, connect};

/// A unit that never gets started: jobs that are ordered after its own wait, so that no program is run and every unit is kept.
const BLOCKER: &str = "blocker.service";

/// Description of every unit, unless a setting changes it.
const DESCRIPTION: &str = "a unit of a test";

/// A box of these tests' own: they leave hundreds of jobs behind.
fn the_box() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| {
        let booted = SystemdBox::builder()
            .timeout(PATIENCE)
            .unit(BLOCKER, "[Service]\nType=oneshot\nTimeoutStartSec=infinity\nExecStart=/bin/sleep infinity\n")
            .boot();
        let booted = booted.unwrap_or_else(|error| panic!("the tests of settings cannot run: {error}"));
        let mut start = booted.command("systemctl");
        assert!(start.args(["start", "--no-block", BLOCKER]).status().unwrap().success());
        booted
    })
}

/// Does something with every item, on as many threads as systemd-run can use.
fn on_threads<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some((index, item)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    items.get(index).map(|item| (index, item))
                } {
                    let result = work(index, item);
                    results.lock().unwrap().insert(index, result);
                }
            });
        }
    });
    results.into_inner().unwrap().into_values().collect()
}

/// One setting of a unit of a type.
#[derive(Debug)]
struct Case {
    kind: UnitKind,
    setting: &'static str,
    text: &'static str,
}

impl Case {
    fn unit(&self, whose: &str, index: usize) -> String {
        match self.kind {
            // With a `-` it would be within another slice.
            UnitKind::Slice => format!("{whose}{index}.slice"),
            kind => format!("{whose}-{index}.{kind}"),
        }
    }

    /// The text, in which `UNIT` is the unit's name without its type.
    fn text(&self, unit: &str) -> String {
        self.text.replace("UNIT", unit.split('.').next().unwrap())
    }

    /// Creates the unit with systemd-run. The error is its output.
    fn theirs(&self, index: usize) -> Result<(), String> {
        let name = self.unit("theirs", index);
        let property = option(self.kind);
        let mut run = the_box().command("systemd-run");
        let stem = name.split('.').next().unwrap();
        run.args(["--no-block", "--quiet", "--description", DESCRIPTION, "--unit", stem]);
        for assignment in basis(self.kind, &name) {
            run.args([property, &assignment]);
        }
        run.args([property, &format!("{}={}", self.setting, self.text(&name))]);
        let Output { status, stderr, .. } = run.arg("/bin/true").output().unwrap();
        let said = String::from_utf8_lossy(&stderr);
        // A unit that fails to start exists anyway, and systemd-run reports nothing.
        match status.success() || said.is_empty() {
            true => Ok(()),
            false => Err(said.into_owned()),
        }
    }

    /// Our translation, or why there is none.
    fn ours(&self, index: usize) -> Result<Properties, String> {
        let mut properties = Properties::new(self.kind);
        let mut set = |setting: &str, text: &str| {
            properties.set(setting, text).map(|_| ()).map_err(|error| error.to_string())
        };
        set("Description", DESCRIPTION)?;
        let name = self.unit("ours", index);
        for assignment in basis(self.kind, &name) {
            let (setting, text) = assignment.split_once('=').unwrap();
            set(setting, text)?;
        }
        set(self.setting, &self.text(&name))?;
        // systemd-run ends with these.
        match self.kind {
            UnitKind::Service => set("ExecStart", "/bin/true")?,
            UnitKind::Timer => set("RemainAfterElapse", "no")?,
            _ => {}
        }
        Ok(properties)
    }
}

/// The option of systemd-run that sets a property of a unit of that type.
fn option(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Service => "--property",
        UnitKind::Timer => "--timer-property",
        UnitKind::Socket => "--socket-property",
        UnitKind::Path => "--path-property",
        kind => panic!("systemd-run makes no {kind}"),
    }
}

/// What a unit of each type needs to be one. Services wait; the others start, and stay.
fn basis(kind: UnitKind, name: &str) -> Vec<String> {
    match kind {
        UnitKind::Service => vec!["Type=oneshot".into(), format!("After={BLOCKER}")],
        UnitKind::Timer => vec!["OnActiveSec=1h".into()],
        UnitKind::Socket => vec![format!("ListenStream=@{name}")],
        UnitKind::Path => vec!["PathExists=/nowhere".into()],
        kind => panic!("systemd-run makes no {kind}"),
    }
}

/// The service that a unit of another type activates.
fn auxiliary(name: &str) -> Vec<(String, Properties)> {
    let (stem, kind) = name.rsplit_once('.').unwrap();
    if kind == "service" {
        return Vec::new();
    }
    let mut service = Properties::new(UnitKind::Service);
    service.set("ExecStart", "/bin/true").unwrap();
    vec![(format!("{stem}.service"), service)]
}

/// Makes units of our properties, a hundred at a time: systemd keeps a rule for each job of a connection. The error is systemd's.
fn start(units: &[(String, Properties)]) -> Vec<Result<(), String>> {
    let mut results = Vec::new();
    for units in units.chunks(100) {
        let mut bus = connect(the_box());
        let calls: Vec<_> = units
            .iter()
            .map(|(name, properties)| {
                let arguments = (name.clone(), "fail", properties, auxiliary(name));
                bus.start_request(START_TRANSIENT_UNIT.call(manager::OBJECT, arguments)).unwrap()
            })
            .collect();
        for call in calls {
            results.push(match bus.wait(call) {
                Ok(_) => Ok(()),
                Err(error @ CallError::Remote { .. }) => Err(error.to_string()),
                Err(error) => panic!("{error}"),
            });
        }
    }
    results
}

/// All properties of each unit, as text, without what differs from unit to unit.
fn properties(units: &[String]) -> Vec<BTreeMap<String, String>> {
    let mut bus = connect(the_box());
    let mut all = Vec::new();
    for units in units.chunks(50) {
        let calls: Vec<_> = units.iter().map(|unit| ask_all(&mut bus, unit)).collect();
        for (unit, call) in units.iter().zip(calls) {
            let reply = bus.wait(call).unwrap_or_else(|error| panic!("{unit}: {error}"));
            let (properties,) = GET_ALL.answer(&reply).unwrap();
            let stem = unit.split('.').next().unwrap();
            let entry = |(name, value): (&str, barebus::Variant<'_>)| {
                let value = OwnedValue::try_from(&value).unwrap();
                (name.to_owned(), plain(name, &value, stem))
            };
            all.push(
                properties
                    .map(Result::unwrap)
                    .filter(|(name, _)| is_of_the_setting(name))
                    .map(entry)
                    .collect(),
            );
        }
    }
    all
}

fn ask_all(bus: &mut Connection, unit: &str) -> barebus_session::CallId {
    let path = UnitName::parse(unit).unwrap().object_path();
    // The empty name stands for all interfaces.
    bus.start_request(GET_ALL.call(manager::OBJECT.at(path.borrow()), ("",))).unwrap()
}

/// Whether the property tells how the unit was set up: not when, not as which one, and not how it is.
fn is_of_the_setting(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "ActiveState",
        "AssertResult",
        "CPUUsageNSec",
        "CanStart",
        "ConditionResult",
        "ControlGroup",
        "ControlGroupId",
        "DropInPaths",
        "InvocationID",
        "Job",
        "MemoryAvailable",
        "MemoryCurrent",
        "Result",
        "SubState",
        "TasksCurrent",
        "TimersMonotonic",
    ];
    // Counters of accounting: IPIngressBytes, IOReadOperations, …
    let is_counter = ["IPIngress", "IPEgress", "IORead", "IOWrite"].iter().any(|it| {
        let rest = name.strip_prefix(it).unwrap_or_default();
        matches!(rest, "Bytes" | "Packets" | "Operations")
    });
    !OTHERS.contains(&name)
        && !is_counter
        && !["Timestamp", "NextElapse", "LastTrigger"].iter().any(|time| name.contains(time))
}

/// The value as text, in which `UNIT` is the unit's own name; lists whose order says nothing are sorted.
fn plain(name: &str, value: &OwnedValue, unit: &str) -> String {
    match value {
        OwnedValue::Array(array)
            if matches!(name, "After" | "Before" | "Requires" | "Wants" | "Conflicts") =>
        {
            let elements = array.elements().iter().map(|element| plain("", element, unit));
            elements.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
        }
        _ => format!("{value:?}").replace(unit, "UNIT"),
    }
}

/// What systemd-run of 252 refuses or sends wrongly, and we do not, and why.
const ONLY_OURS: &[(&str, &str)] = &[
    // Sent under its own name, which systemd does not have.
    ("StandardInputText", "a\\tb"),
    // A list with an empty path instead of an empty list.
    ("BindPaths", ""),
    ("BindReadOnlyPaths", ""),
    // Known to systemd, but not to systemd-run.
    ("OnSuccessJobMode", "replace"),
    ("OnSuccessJobMode", "fail"),
];

#[test]
fn settings_give_the_properties_that_systemd_run_gives() {
    let kinds = [UnitKind::Service, UnitKind::Timer, UnitKind::Socket, UnitKind::Path];
    let cases: Vec<Case> = kinds
        .into_iter()
        .flat_map(|kind| {
            // What all units have is tried with services.
            samples::assignments(kind)
                .into_iter()
                .filter(move |(setting, _)| kind == UnitKind::Service || is_of(kind, setting))
                .map(move |(setting, text)| Case { kind, setting, text })
        })
        .collect();
    assert!(cases.len() > 800, "{}", cases.len());
    let theirs = on_threads(&cases, |index, case| case.theirs(index));
    let ours: Vec<Result<Properties, String>> =
        cases.iter().enumerate().map(|(index, case)| case.ours(index)).collect();

    let translated: Vec<(usize, (String, Properties))> = cases
        .iter()
        .zip(ours.iter())
        .enumerate()
        .filter_map(|(index, (case, ours))| {
            Some((index, (case.unit("ours", index), ours.as_ref().ok()?.clone())))
        })
        .collect();
    let units: Vec<(String, Properties)> =
        translated.iter().map(|(_, unit)| unit.clone()).collect();
    let mut started: Vec<Result<(), String>> =
        ours.iter().map(|ours| ours.as_ref().map(|_| ()).map_err(Clone::clone)).collect();
    for ((index, _), result) in translated.iter().zip(start(&units)) {
        started[*index] = result;
    }

    let wrong = differences(&cases, &theirs, &started);
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

/// What is accepted by only one of both, and the properties that differ where both accept a case.
fn differences(
    cases: &[Case],
    theirs: &[Result<(), String>],
    ours: &[Result<(), String>],
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut both = Vec::new();
    for (index, (case, (theirs, ours))) in cases.iter().zip(theirs.iter().zip(ours)).enumerate() {
        match (theirs, ours) {
            (Ok(()), Ok(())) => both.push(index),
            (Err(_), Err(_)) => {}
            (Err(_), Ok(())) if is_only_ours(case) => {}
            _ => wrong.push(format!("{case:?}: theirs {theirs:?}, ours {ours:?}")),
        }
    }
    let names =
        |whose| both.iter().map(|index| cases[*index].unit(whose, *index)).collect::<Vec<_>>();
    let pairs = properties(&names("theirs")).into_iter().zip(properties(&names("ours")));
    for (index, (theirs, ours)) in both.iter().zip(pairs) {
        for (name, theirs) in &theirs {
            if ours.get(name) != Some(theirs) {
                wrong.push(format!(
                    "{:?}: {name}: theirs {theirs}, ours {:?}",
                    cases[*index],
                    ours.get(name)
                ));
            }
        }
    }
    println!("{} cases, {} accepted", cases.len(), both.len());
    wrong
}

fn is_only_ours(case: &Case) -> bool {
    ONLY_OURS.contains(&(case.setting, case.text)) || case.setting == "ExecStopPre"
}

/// Whether a setting is one of this type of unit's own, which services do not have.
fn is_of(kind: UnitKind, setting: &str) -> bool {
    let of_services = Properties::new(UnitKind::Service).set(setting, "").is_ok()
        || setting::names(UnitKind::Service).any(|name| name == setting);
    !of_services || kind == UnitKind::Socket && setting == "TimeoutSec"
}
