//! Sends recorded bytes as they are.

use std::collections::HashSet;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use barebus::wire::frame_len;
use barebus::{Connection, Direction, Flags, Message, MessageType};
use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, send};
use std::os::fd::AsRawFd;

use super::paced::Pace;
use super::report::Report;
use super::{Stop, WRITE_AGAIN};
use crate::args::{Globals, Only, Replay};
use crate::command::open;
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::recorded::{Recorded, Recording};
use crate::watch::{Live, Woken, ended};

/// Serials of the calls that replies have been received to.
type Answers = Arc<Mutex<Vec<u32>>>;

pub(super) fn run(globals: &Globals, asked: &Replay) -> Result<(Report, Live), Failure> {
    let mut connection = open(&globals.target)?;
    let answers = Answers::default();
    let seen = Arc::clone(&answers);
    // The session knows nothing about what is sent past it, so it drops the replies.
    let observed = connection.observe(move |observed| {
        let Ok(message) = observed.message() else { return };
        let serial = message.header().reply_serial.map(|serial| serial.get());
        if let (Direction::Received, Some(serial)) = (observed.direction, serial) {
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(serial);
        }
    });
    observed.map_err(|error| Failure::new(Exit::Connection, error))?;
    connection.establish().map_err(|error| ended(&error))?;
    answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    let mut sending = Sending {
        asked,
        connection,
        live: Live::new()?,
        answers,
        outstanding: HashSet::new(),
        pace: Pace::new(asked.speed),
        timeout: globals.target.reply_timeout(),
        report: Report::default(),
        last: "nothing".into(),
    };
    let out = Output::new();
    let stopped = asked.files.iter().try_for_each(|file| match Recording::open_raw(file, &out) {
        Ok(recording) => recording.into_iter().try_for_each(|recorded| match recorded {
            Ok(recorded) => sending.message(&recorded),
            Err(failure) => {
                sending.report.unreadable(&failure);
                Ok(())
            }
        }),
        Err(failure) => {
            sending.report.unreadable(&failure);
            Ok(())
        }
    });
    let stopped = stopped.and_then(|()| sending.settle(0));
    Ok((sending.report.ended(stopped, sending.last)?, sending.live))
}

struct Sending<'a> {
    asked: &'a Replay,
    connection: Connection,
    live: Live,
    answers: Answers,
    /// Serials of calls without a reply so far.
    outstanding: HashSet<u32>,
    pace: Pace,
    timeout: Option<Duration>,
    report: Report,
    last: String,
}

impl Sending<'_> {
    fn message(&mut self, recorded: &Recorded) -> Result<(), Stop> {
        let Recorded { place, time, bytes, .. } = recorded;
        let message = Message::parse(bytes).ok();
        let kind = message.as_ref().map(|message| message.header().message_type);
        let is_wanted = match self.asked.only {
            None => true,
            Some(Only::Call) => kind == Some(MessageType::MethodCall),
            Some(Only::Signal) => kind == Some(MessageType::Signal),
        };
        if !is_wanted {
            self.report.skipped += 1;
            return Ok(());
        }
        let due = self.pace.due(*time, Instant::now());
        while due.is_some_and(|due| Instant::now() < due) {
            self.pause(due)?;
        }
        self.settle((self.asked.in_flight as usize).saturating_sub(1))?;
        self.write(bytes, place, kind)?;
        if let Some(message) = message.filter(|_| is_whole(bytes)) {
            let header = message.header();
            let is_call = header.message_type == MessageType::MethodCall;
            if is_call && !header.flags.contains(Flags::NO_REPLY_EXPECTED) {
                self.outstanding.insert(header.serial.get());
            }
        }
        self.receive()
    }

    /// Writes a message past the session. It counts as sent with its first byte: that may be what the other side hangs up for.
    fn write(&mut self, bytes: &[u8], place: &str, kind: Option<MessageType>) -> Result<(), Stop> {
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
        let mut written = 0;
        while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
            match send(self.connection.as_fd().as_raw_fd(), rest, flags) {
                Ok(count) => {
                    if written == 0 {
                        place.clone_into(&mut self.last);
                        *match kind {
                            Some(MessageType::MethodCall) => &mut self.report.calls,
                            Some(MessageType::Signal) => &mut self.report.signals,
                            _ => &mut self.report.others,
                        } += 1;
                    }
                    written += count;
                }
                Err(Errno::EINTR) => {}
                // The other side may have to be read first.
                Err(Errno::EAGAIN) => self.pause(Some(Instant::now() + WRITE_AGAIN))?,
                Err(error) => {
                    // What it has sent before it hung up tells more.
                    self.receive()?;
                    return Err(Stop::HungUp(error.to_string()));
                }
            }
        }
        Ok(())
    }

    fn receive(&mut self) -> Result<(), Stop> {
        let mut hung_up = None;
        if let Err(error) = self.connection.process() {
            hung_up = Some(error.to_string());
        }
        loop {
            match self.connection.poll_event() {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    hung_up = Some(error.to_string());
                    break;
                }
            }
        }
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        for serial in answers.drain(..) {
            self.report.answered += u64::from(self.outstanding.remove(&serial));
        }
        hung_up.map_or(Ok(()), |why| Err(Stop::HungUp(why)))
    }

    /// Waits until at most `count` calls are outstanding, for as long as a call may take.
    fn settle(&mut self, count: usize) -> Result<(), Stop> {
        self.receive()?;
        let until = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        while self.outstanding.len() > count {
            if until.is_some_and(|until| Instant::now() >= until) {
                self.report.failed += self.outstanding.len() as u64;
                self.outstanding.clear();
            } else {
                self.pause(until)?;
            }
        }
        Ok(())
    }

    fn pause(&mut self, until: Option<Instant>) -> Result<(), Stop> {
        let woken = self.live.wait(&[self.connection.as_fd()], until)?;
        if woken == Woken::Interrupted {
            return Err(Stop::Interrupted);
        }
        self.receive()
    }
}

/// Whether the bytes are exactly one message: otherwise nobody knows what the other side takes them for.
fn is_whole(bytes: &[u8]) -> bool {
    frame_len(bytes).is_ok_and(|len| len == Some(bytes.len()))
}
