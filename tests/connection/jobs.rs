//! Jobs of systemd: several at once over one connection, and the subscription that they share.

use std::sync::mpsc::{Sender, channel};

use barebus::{CallError, ObjectPath};
use barebus_systemd::{Job, JobEnd, JobResult, Mode, Systemd};
use barebus_tests::peer::{BUS, OWNER, Peer, message};

use crate::played;
use crate::scene::{patient, play_owned, works};

/// Plays systemd on a bus until the client hangs up, and sends what the client does about match rules. It queues job N for the unit
/// `N.service`. When it is asked for `2.service` it says that job 2 has failed, and then that job 1 is done.
fn systemd(rules: Sender<&'static str>) -> impl FnOnce(&mut Peer) + Send + 'static {
    move |peer| {
        assert!(peer.greet());
        let mut is_subscribed = false;
        while let Some(sent) = peer.receive() {
            let is_ours = |text: &str| text.contains("member='JobRemoved'");
            let rule = sent.message().body::<(&str,)>().is_ok_and(|(text,)| is_ours(text));
            match sent.member() {
                "AddMatch" if rule => rules.send("added").unwrap(),
                "RemoveMatch" if rule => rules.send("removed").unwrap(),
                _ => {}
            }
            let answer = match sent.member() {
                "Subscribe" if is_subscribed => {
                    let name = "org.freedesktop.systemd1.AlreadySubscribed";
                    peer.error(&sent, Some(OWNER), name, "")
                }
                "Subscribe" => peer.reply(&sent, Some(OWNER), &()),
                "StartUnit" => {
                    let (unit, _) = sent.message().body::<(&str, &str)>().unwrap();
                    let job = job_of(unit);
                    let mut said = peer.reply(&sent, Some(OWNER), &(path(&job),));
                    if unit == "2.service" {
                        said.extend(removed(peer, "2.service", "failed"));
                        said.extend(removed(peer, "1.service", "done"));
                    }
                    said
                }
                "Echo" => peer.echo(&sent, Some(OWNER)),
                "Unsubscribe" => peer.reply(&sent, Some(OWNER), &()),
                "RemoveMatch" => peer.reply(&sent, Some(BUS), &()),
                _ => {
                    peer.answer_as_bus(&sent);
                    continue;
                }
            };
            match sent.member() {
                "Subscribe" => is_subscribed = true,
                "Unsubscribe" => is_subscribed = false,
                _ => {}
            }
            peer.write(&answer);
        }
    }
}

fn job_of(unit: &str) -> String {
    format!("/org/freedesktop/systemd1/job/{}", unit.trim_end_matches(".service"))
}

fn path(text: &str) -> ObjectPath<'_> {
    ObjectPath::parse(text).unwrap()
}

/// JobRemoved of the unit's job.
fn removed(peer: &mut Peer, unit: &str, result: &str) -> Vec<u8> {
    let interface = "org.freedesktop.systemd1.Manager";
    let mut header = peer.signal_header(Some(OWNER), interface, "JobRemoved");
    header.path = Some(ObjectPath::from_static("/org/freedesktop/systemd1"));
    message(&header, &(1_u32, path(&job_of(unit)), unit, result))
}

/// What the client does about the rule for `JobRemoved` while `act` uses systemd.
fn rules_of(act: impl FnOnce(&mut Systemd)) -> Vec<&'static str> {
    let (sender, rules) = channel();
    play_owned(&patient(), systemd(sender), |bus| act(&mut Systemd::over(bus)));
    rules.iter().collect()
}

fn start(systemd: &Systemd, unit: &str) -> Job {
    systemd.start_unit(unit, Mode::Replace).unwrap()
}

fn wait(systemd: &Systemd, job: &Job) -> JobResult {
    systemd.wait(job).unwrap().result().unwrap().clone()
}

#[test]
fn two_jobs_at_once_are_waited_for_in_any_order_and_share_a_rule() {
    for first_is_first in [true, false] {
        let rules = rules_of(|systemd| {
            let first = start(systemd, "1.service");
            let second = start(systemd, "2.service");
            if first_is_first {
                assert_eq!(wait(systemd, &first), JobResult::Done);
                assert_eq!(wait(systemd, &second), JobResult::Failed);
            } else {
                assert_eq!(wait(systemd, &second), JobResult::Failed);
                assert_eq!(wait(systemd, &first), JobResult::Done);
            }
            works(systemd.connection());
            assert!(systemd.connection().poll_event().unwrap().is_none());
        });
        assert_eq!(rules, ["added", "removed"]);
    }
}

#[test]
fn a_dropped_job_gives_the_rule_back_and_leaves_no_signals() {
    let rules = rules_of(|systemd| {
        drop(start(systemd, "2.service"));
        works(systemd.connection());
        assert!(systemd.connection().poll_event().unwrap().is_none());
    });
    assert_eq!(rules, ["added", "removed"]);
}

#[test]
fn a_dropped_job_leaves_the_rule_to_the_job_that_is_still_waited_for() {
    let rules = rules_of(|systemd| {
        let first = start(systemd, "1.service");
        drop(start(systemd, "2.service"));
        works(systemd.connection());
        assert_eq!(wait(systemd, &first), JobResult::Done);
        works(systemd.connection());
    });
    assert_eq!(rules, ["added", "removed"]);
}

#[test]
fn jobs_one_after_the_other_ask_the_bus_for_the_rule_once() {
    let rules = rules_of(|systemd| {
        for _ in 0..3 {
            drop(start(systemd, "1.service"));
            let second = start(systemd, "2.service");
            assert_eq!(wait(systemd, &second), JobResult::Failed);
        }
    });
    assert_eq!(rules, ["added"]);
}

#[test]
fn a_job_is_not_waited_for_over_another_connection() {
    let mut job = None;
    rules_of(|systemd| job = Some(start(systemd, "1.service")));
    rules_of(|other| {
        let _job = start(other, "1.service");
        let error = other.wait(&job.take().unwrap()).unwrap_err();
        assert!(matches!(error.call(), Some(CallError::OtherConnection)), "{error}");
    });
}

#[test]
fn jobs_that_were_marked_are_named_by_their_units_also_when_they_have_ended() {
    let script = |systemd: &mut played::Played<'_>| {
        let sent = systemd.called("EnqueueMarkedJobs");
        let paths = [played::path(1), played::path(2)];
        systemd.reply(&sent, &(paths.iter().map(played::Path::as_ref).collect::<Vec<_>>(),));
        let [first, second] = ["Get", "Get"].map(|member| systemd.called(member));
        systemd.removed(1, "done");
        systemd.error(&first, "org.freedesktop.DBus.Error.UnknownObject");
        let unit = ("2.service", played::path(2));
        systemd.reply(&second, &(barebus::AsVariant((unit.0, unit.1.as_ref())),));
        systemd.removed(2, "failed");
    };
    played::play(script, |systemd| {
        // Both count, though one call queued them.
        systemd.set_job_limit(2);
        let jobs = systemd.enqueue_marked_jobs().unwrap();
        let units: Vec<&str> = jobs.iter().map(|job| job.unit()).collect();
        assert_eq!(units, ["1.service", "2.service"]);
        assert_eq!(jobs[0].result(), Some(JobResult::Done));
        assert_eq!(systemd.wait(&jobs[1]).unwrap(), JobEnd::Result(JobResult::Failed));
    });
}

#[test]
fn a_job_of_any_request_is_waited_for() {
    use barebus_systemd::interface::manager::{OBJECT, method::RELOAD_OR_RESTART_UNIT};

    let script = |systemd: &mut played::Played<'_>| {
        let sent = systemd.called("ReloadOrRestartUnit");
        systemd.reply(&sent, &(played::path(1).as_ref(),));
        systemd.removed(1, "skipped");
        let sent = systemd.called("ReloadOrRestartUnit");
        systemd.error(&sent, "org.example.Refused");
    };
    played::play(script, |systemd| {
        let request = || RELOAD_OR_RESTART_UNIT.call(OBJECT, ("1.service", "replace"));
        let job = systemd.request_job("1.service", request()).unwrap();
        assert_eq!(systemd.wait(&job).unwrap(), JobEnd::Result(JobResult::Skipped));
        let error = systemd.request_job("1.service", request()).unwrap_err();
        assert_eq!(error.operation, "ReloadOrRestartUnit of 1.service");
    });
}
