//! On a real systemd, and a session bus of our own, with dbus-daemon.

use barebus::{
    BusName, CallError, InterfaceName, MatchRuleBuf, MemberName, MethodCall, NoReply, ObjectPath,
    Options, OwnedObjectPath,
};
use barebus_tests::calls::of_bus;
use barebus_tokio::Connection;

use crate::boxes::{FAILING, LONG, SessionBus, daemon};
use crate::scene::{SHORT, runtime, stage, staged};
use barebus_tests::peer::PATIENCE;

const SYSTEMD: BusName<'static> = BusName::from_static("org.freedesktop.systemd1");
const MANAGER: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.systemd1.Manager");

fn manager(member: &'static str) -> MethodCall<'static> {
    MethodCall::checked(
        ObjectPath::from_static("/org/freedesktop/systemd1"),
        MemberName::from_static(member),
    )
    .interface(MANAGER)
    .destination(SYSTEMD)
}

fn in_runtime<F: Future>(scene: F) -> F::Output {
    runtime()
        .block_on(async { tokio::time::timeout(PATIENCE, scene).await.expect("it ends in time") })
}

/// A scene on the box's bus.
fn in_the_box<F: Future>(scene: impl FnOnce(&'static str) -> F) -> F::Output {
    let address = {
        // The files of the box itself do not count.
        let _stage = stage();
        daemon().system_bus_address()
    };
    staged(|| in_runtime(scene(address)))
}

#[test]
fn definitions_are_asked_for_and_read() {
    use barebus_systemd::interface::manager::OBJECT;
    use barebus_systemd::interface::manager::method::{LIST_UNITS, RESTART_UNIT, SUBSCRIBE};
    use barebus_systemd::interface::manager::{property::VERSION, signal::JOB_REMOVED};

    in_the_box(|address| async move {
        let (bus, driver) = Connection::open(address).unwrap();
        let driver = tokio::spawn(driver);
        let (version, units) = tokio::join!(
            bus.request(VERSION.get(OBJECT)),
            bus.request(LIST_UNITS.call(OBJECT, ()))
        );
        let (version, units) = (version.unwrap(), units.unwrap());
        assert!(!VERSION.value(&version).unwrap().is_empty());
        let (units,) = LIST_UNITS.answer(&units).unwrap();
        assert!(units.map(Result::unwrap).any(|(name, ..)| name == "dbus.service"));

        let rule = JOB_REMOVED.rule(OBJECT);
        let mut jobs = bus.subscribe(&rule.rule().unwrap()).await.unwrap();
        bus.request(SUBSCRIBE.call(OBJECT, ())).await.unwrap();
        let started = bus.request(RESTART_UNIT.call(OBJECT, (LONG, "replace"))).await.unwrap();
        let (job,) = RESTART_UNIT.answer(&started).unwrap();
        let result = loop {
            let signal = jobs.next().await.unwrap().unwrap();
            let (_, path, _, result) = JOB_REMOVED.read(&signal).unwrap();
            if path == job {
                break result.to_owned();
            }
        };
        assert_eq!(result, "done");
        drop((jobs, bus));
        driver.await.unwrap().unwrap();
    });
}

#[test]
fn many_tasks_ask_systemd_at_the_same_time() {
    in_the_box(|address| async move {
        let (bus, driver) = Connection::open(address).unwrap();
        let driver = tokio::spawn(driver);
        let tasks: Vec<_> = (0..16)
            .map(|task| {
                let bus = bus.clone();
                tokio::spawn(async move {
                    for _ in 0..25 {
                        let (unit, expected) =
                            if task % 2 == 0 { (LONG, "disabled") } else { (FAILING, "static") };
                        let reply = bus.call(&manager("GetUnitFileState"), &(unit,)).await.unwrap();
                        assert_eq!(reply.body::<(&str,)>().unwrap(), (expected,));
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let unknown = bus.call(&manager("GetUnit"), &("nowhere.service",)).await.unwrap_err();
        assert_eq!(unknown.remote_name(), Some("org.freedesktop.systemd1.NoSuchUnit"));
        assert_eq!((bus.outstanding(), bus.dropped()), (0, 0));
        drop(bus);
        driver.await.unwrap().unwrap();
    });
}

#[test]
fn the_end_of_a_job_comes_as_a_signal_while_others_call() {
    in_the_box(|address| async move {
        let (bus, driver) = Connection::open(address).unwrap();
        tokio::spawn(driver);
        let rule = MatchRuleBuf::signals()
            .sender(SYSTEMD)
            .interface(MANAGER)
            .member(MemberName::from_static("JobRemoved"));
        let mut jobs = bus.subscribe(&rule.rule().unwrap()).await.unwrap();
        bus.call(&manager("Subscribe"), &()).await.unwrap();
        let asking = bus.clone();
        let asking = tokio::spawn(async move {
            loop {
                asking.call(&manager("ListUnits"), &()).await.unwrap();
            }
        });
        for (unit, expected) in [(LONG, "done"), (FAILING, "failed")] {
            let reply = bus.call(&manager("RestartUnit"), &(unit, "replace")).await.unwrap();
            let (job,): (OwnedObjectPath,) = reply.body().unwrap();
            loop {
                let signal = jobs.next().await.unwrap().unwrap();
                let (_, path, _, result): (u32, ObjectPath<'_>, &str, &str) =
                    signal.body().unwrap();
                if path == job.borrow() {
                    assert_eq!(result, expected);
                    break;
                }
            }
        }
        asking.abort();
        assert_eq!(jobs.dropped(), 0);
    });
}

#[test]
fn calls_that_are_given_up_leave_nothing_behind() {
    in_the_box(|address| async move {
        let (bus, driver) = Connection::open(address).unwrap();
        tokio::spawn(driver);
        let mut given_up = 0;
        for round in 0..300 {
            // At every stage: not yet sent, on its way, with half of the reply there. Counted in turns, not in time, of which tokio's
            // timer knows only milliseconds.
            let patience = async {
                for _ in 0..round * 4 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                _ = bus.call(&manager("ListUnits"), &()) => {}
                () = patience => given_up += 1,
            }
        }
        assert!(given_up > 0);
        assert_eq!(
            bus.call(&of_bus("GetId"), &()).await.unwrap().body::<(&str,)>().unwrap().0.len(),
            32
        );
        assert_eq!(bus.outstanding(), 0);
    });
}

#[test]
fn whoever_does_not_answer_is_waited_for_no_longer_than_was_said() {
    staged(|| {
        let session = SessionBus::start();
        // Its owner never reads from it.
        let mut mute = barebus::Connection::open(&session.address).unwrap();
        mute.establish().unwrap();
        let options = Options::bus().handshake_timeout(PATIENCE);
        in_runtime(async {
            let (bus, driver) = Connection::new(options.open(&session.address).unwrap());
            tokio::spawn(driver);
            let call = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Anything"))
                .destination(BusName::parse(mute.unique_name().unwrap()).unwrap());
            bus.set_call_timeout(Some(SHORT));
            let end = bus.call(&call, &()).await;
            assert!(matches!(end, Err(CallError::NoReply(NoReply::TimedOut))), "{end:?}");
            bus.set_call_timeout(Some(PATIENCE));
            assert!(bus.call(&of_bus("GetId"), &()).await.is_ok());
        });
    });
}

#[test]
fn when_the_bus_goes_everybody_is_told() {
    staged(|| {
        let session = SessionBus::start();
        let mut mute = barebus::Connection::open(&session.address).unwrap();
        mute.establish().unwrap();
        in_runtime(async {
            let (bus, driver) = Connection::open(&session.address).unwrap();
            let driver = tokio::spawn(driver);
            let rule = MatchRuleBuf::signals();
            let mut signals = bus.subscribe(&rule.rule().unwrap()).await.unwrap();
            let call = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Anything"))
                .destination(BusName::parse(mute.unique_name().unwrap()).unwrap());
            let calls: Vec<_> = (0..10).map(|_| tokio::spawn(bus.call(&call, &()))).collect();
            bus.call(&of_bus("GetId"), &()).await.unwrap();
            drop(session);
            for call in calls {
                let end = call.await.unwrap();
                assert!(matches!(end, Err(CallError::Connection(_))), "{end:?}");
            }
            while let Some(Ok(_)) = signals.next().await {}
            assert!(signals.next().await.is_none());
            assert!(driver.await.unwrap().is_err());
        });
    });
}

#[test]
fn peers_call_one_another() {
    staged(|| {
        let session = SessionBus::start();
        in_runtime(async {
            let served = Options::bus().serve_calls().open(&session.address).unwrap();
            let (serving, driver) = Connection::new(served);
            tokio::spawn(driver);
            let mut incoming = serving.incoming().unwrap();
            serving.call(&of_bus("RequestName"), &("org.example.Sum", 4_u32)).await.unwrap();
            tokio::spawn(async move {
                while let Some(Ok(call)) = incoming.next().await {
                    let (a, b): (i32, i32) = call.body().unwrap();
                    call.reply(&(a + b,), Vec::new()).unwrap();
                }
            });
            let (bus, driver) = Connection::open(&session.address).unwrap();
            tokio::spawn(driver);
            let call = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Add"))
                .interface(InterfaceName::from_static("org.example.Sum"))
                .destination(BusName::from_static("org.example.Sum"));
            for (a, b) in [(2, 3), (-7, 7)] {
                let reply = bus.call(&call, &(a, b)).await.unwrap();
                assert_eq!(reply.body::<(i32,)>().unwrap(), (a + b,));
            }
        });
    });
}

#[test]
fn changes_of_properties_are_streamed() {
    let path = "/org/freedesktop/systemd1/unit/live_2dlong_2eservice";
    in_the_box(|address| async move {
        let (bus, driver) = Connection::open(address).unwrap();
        tokio::spawn(driver);
        let rule = MatchRuleBuf::signals()
            .sender(SYSTEMD)
            .path(ObjectPath::parse(path).unwrap())
            .member(MemberName::from_static("PropertiesChanged"));
        let mut changes = bus.subscribe(&rule.rule().unwrap()).await.unwrap();
        bus.call(&manager("Subscribe"), &()).await.unwrap();
        bus.call(&manager("RestartUnit"), &(LONG, "replace")).await.unwrap();
        loop {
            let signal = changes.next().await.unwrap().unwrap();
            let change = signal.properties_changed().unwrap();
            let state = change.changed.find(&"ActiveState").unwrap();
            if state.is_some_and(|state| state.get::<&str>() == Ok("active")) {
                break;
            }
        }
    });
}
