//! Traces a bus.

use std::fmt::Write;
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::{How, Tracing};
use crate::args::Globals;
use crate::command::monitor::tell;
use crate::command::open_to_watch;
use crate::exit::Failure;
use crate::trace::Filter;
use crate::trace::lines::Lines;
use crate::trace::processes::{Known, Processes};
use crate::watch::{Flow, Live, Narrow, Wanted, Woken, become_monitor, drain, end_of, ended, now};

pub(super) fn run<H: How>(
    globals: &Globals,
    mut filter: Filter,
    tracing: impl FnOnce(Filter) -> Tracing<H>,
) -> Result<ExitCode, Failure> {
    // Calls are filtered here: their replies must come in any case.
    let wanted = Wanted {
        services: &filter.services,
        rules: &[],
        narrow: &Narrow::default(),
        destination: None,
        only_signals: false,
    };
    let mut rules = wanted.rules()?;
    if !rules.is_empty() {
        rules.push(OWNERS.into());
    }
    let mut monitor = open_to_watch(&globals.target)?;
    monitor.establish().map_err(|error| ended(&error))?;
    let mut processes = Processes::new(open_to_watch(&globals.target)?)?;
    filter.ours.extend(monitor.unique_name().map(String::from));
    filter.ours.push(processes.unique_name().to_owned());
    let known = processes.owners(&filter.services)?;
    let mut tracing = tracing(filter);
    for (name, owner) in &known {
        tracing.tracer.owner(name, Some(owner));
    }
    become_monitor(&mut monitor, &rules)?;
    let live = Live::new()?;
    tell(globals, "Tracing bus message stream.");
    Tracking { tracing, processes, live, text: String::new() }.run(globals, &mut monitor)
}

/// Who owns which name matters for a service's calls, too.
const OWNERS: &str = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'";

struct Tracking<H: How> {
    tracing: Tracing<H>,
    processes: Processes,
    live: Live,
    text: String,
}

impl<H: How> Tracking<H> {
    fn run(
        mut self,
        globals: &Globals,
        monitor: &mut barebus::Connection,
    ) -> Result<ExitCode, Failure> {
        // What was seen before the connection ended is still shown.
        let watched = self.watch(globals, monitor);
        self.finish()?;
        watched.map(|()| ExitCode::SUCCESS)
    }

    fn watch(
        &mut self,
        globals: &Globals,
        monitor: &mut barebus::Connection,
    ) -> Result<(), Failure> {
        let end = end_of(globals);
        let every = self.tracing.every;
        let mut next = every.map(|every| Instant::now() + every);
        let mut time = now();
        loop {
            let flow = self.take(monitor, time)?;
            self.show()?;
            let is_late =
                |until: Option<Instant>| until.is_some_and(|until| Instant::now() >= until);
            if flow == Flow::End || is_late(end) {
                return Ok(());
            }
            if is_late(next) {
                self.repeat();
                next = every.map(|every| Instant::now() + every);
            }
            let until = [end, next].into_iter().flatten().min();
            let sources = [monitor.as_fd(), self.processes.as_fd()];
            if self.live.wait(&sources, until)? == Woken::Interrupted {
                return Ok(());
            }
            monitor.process().map_err(|error| ended(&error))?;
            time = now();
        }
    }

    /// Handles the messages that have arrived.
    fn take(&mut self, monitor: &mut barebus::Connection, time: Duration) -> Result<Flow, Failure> {
        let (tracing, processes) = (&mut self.tracing, &mut self.processes);
        drain(monitor, time, |seen| {
            let flow = tracing.message(seen.message, Some(seen.time));
            if tracing.how.needs_processes(&tracing.tracer.show) {
                processes.ask(Lines::sender(seen.message))?;
            }
            Ok(flow)
        })
    }

    /// Passes complete lines to the output.
    fn show(&mut self) -> Result<(), Failure> {
        self.processes.process()?;
        let processes = &self.processes;
        let Tracing { tracer, how, .. } = &mut self.tracing;
        how.print(&mut tracer.show, |name| processes.get(name), &mut self.text);
        self.flush();
        Ok(())
    }

    fn repeat(&mut self) {
        let processes = &self.processes;
        let Tracing { tracer, how, .. } = &mut self.tracing;
        how.repeat(&mut tracer.show, |name| settled(processes, name), &mut self.text);
        self.flush();
    }

    fn flush(&mut self) {
        // The output tells an error when it is written next.
        let _ = self.live.out.write_str(&self.text);
        self.text.clear();
    }

    fn finish(mut self) -> Result<(), Failure> {
        let processes = &self.processes;
        let how = self.tracing.how;
        let mut show = self.tracing.tracer.finish();
        how.print(&mut show, |name| settled(processes, name), &mut self.text);
        how.repeat(&mut show, |name| settled(processes, name), &mut self.text);
        self.live.finish(&self.text)
    }
}

/// Without waiting for an answer of the bus.
fn settled<'p>(processes: &'p Processes, name: &str) -> Known<'p> {
    match processes.get(name) {
        Known::Asked => Known::Nothing,
        known => known,
    }
}
