//! A systemd that is played: it queues job N for the unit `N.service`.

use std::sync::mpsc::{Sender, channel};

use barebus::ObjectPath;
use barebus_systemd::Systemd;
use barebus_tests::peer::{BUS, OWNER, Peer, Sent, message};

use crate::scene::{patient, play_owned};

/// A systemd behind a bus, or the peer of a direct connection.
pub(crate) struct Played<'p> {
    pub(crate) peer: &'p mut Peer,
    /// The sender of its messages; `None` without a bus.
    pub(crate) name: Option<&'static str>,
    /// Told of each call of systemd.
    pub(crate) calls: Sender<String>,
}

impl<'p> Played<'p> {
    pub(crate) fn on_bus(peer: &'p mut Peer, calls: Sender<String>) -> Self {
        assert!(peer.greet());
        Self { peer, name: Some(OWNER), calls }
    }

    pub(crate) fn direct(peer: &'p mut Peer, calls: Sender<String>) -> Self {
        assert!(peer.authenticate());
        Self { peer, name: None, calls }
    }

    /// The next call that is not about match rules, owners or `Subscribe`, which are answered.
    pub(crate) fn next(&mut self) -> Option<Sent> {
        loop {
            let sent = self.peer.receive()?;
            match sent.member() {
                "AddMatch" | "GetNameOwner" => self.peer.answer_as_bus(&sent),
                "RemoveMatch" => {
                    let reply = self.peer.reply(&sent, Some(BUS), &());
                    self.peer.write(&reply);
                }
                "Subscribe" | "Unsubscribe" => {
                    let _ = self.calls.send(sent.member().into());
                    self.reply(&sent, &());
                }
                member => {
                    let _ = self.calls.send(member.into());
                    return Some(sent);
                }
            }
        }
    }

    /// The next call, which must be of `member`.
    pub(crate) fn called(&mut self, member: &str) -> Sent {
        let sent = self.next().expect(member);
        assert_eq!(sent.member(), member);
        sent
    }

    pub(crate) fn reply(&mut self, sent: &Sent, body: &impl barebus::EncodeBody) {
        let reply = self.peer.reply(sent, self.name, body);
        self.peer.write(&reply);
    }

    pub(crate) fn error(&mut self, sent: &Sent, name: &str) {
        let reply = self.peer.error(sent, self.name, name, "no");
        self.peer.write(&reply);
    }

    /// Answers `StartUnit` with job N for `N.service`. Returns N.
    pub(crate) fn queue(&mut self) -> u32 {
        let sent = self.called("StartUnit");
        let job = job_of(&sent);
        self.reply(&sent, &(path(job).as_ref(),));
        job
    }

    /// Says that job N has ended.
    pub(crate) fn removed(&mut self, job: u32, result: &str) {
        let interface = "org.freedesktop.systemd1.Manager";
        let mut header = self.peer.signal_header(self.name, interface, "JobRemoved");
        header.path = Some(ObjectPath::from_static("/org/freedesktop/systemd1"));
        let path = path(job);
        let body = (job, path.as_ref(), format!("{job}.service"), result);
        let signal = message(&header, &body);
        self.peer.write(&signal);
    }

    /// Answers `ListJobs` with these jobs.
    pub(crate) fn list(&mut self, jobs: &[u32]) {
        let sent = self.called("ListJobs");
        let paths: Vec<_> = jobs.iter().map(|job| path(*job)).collect();
        let jobs = jobs.iter().zip(&paths).map(|(job, path)| {
            (*job, format!("{job}.service"), "start", "running", path.as_ref(), path.as_ref())
        });
        self.reply(&sent, &(jobs.collect::<Vec<_>>(),));
    }

    /// Answers the two questions about a unit: it is in this state.
    pub(crate) fn tell_state(&mut self, state: &str) {
        for properties in [vec![("ActiveState", barebus::AsVariant(state))], vec![]] {
            let sent = self.called("GetAll");
            self.reply(&sent, &(barebus::wire::Entries(&properties),));
        }
    }

    /// Until the client hangs up.
    pub(crate) fn drain(&mut self) {
        while self.next().is_some() {}
    }
}

pub(crate) struct Path(String);

impl Path {
    pub(crate) fn as_ref(&self) -> ObjectPath<'_> {
        ObjectPath::parse(&self.0).unwrap()
    }
}

pub(crate) fn path(job: u32) -> Path {
    Path(format!("/org/freedesktop/systemd1/job/{job}"))
}

pub(crate) fn job_of(sent: &Sent) -> u32 {
    let (unit, _) = sent.message().body::<(&str, &str)>().unwrap();
    unit.trim_end_matches(".service").parse().unwrap()
}

/// Plays systemd as `script` says, on a bus. Returns the calls.
pub(crate) fn play(
    script: impl FnOnce(&mut Played<'_>) + Send + 'static,
    act: impl FnOnce(&mut Systemd),
) -> Vec<String> {
    let (sender, calls) = channel();
    let played = move |peer: &mut Peer| {
        let mut played = Played::on_bus(peer, sender);
        script(&mut played);
        played.drain();
    };
    play_owned(&patient(), played, |bus| act(&mut Systemd::over(bus)));
    calls.iter().collect()
}
