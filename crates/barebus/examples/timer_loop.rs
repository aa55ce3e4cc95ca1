//! One poll(2) loop for signals and a timer: prints the bus's names as they change, and ticks once a second.
//!
//! A loop that also makes calls watches more: see `poll.rs`.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use barebus::{Bus, Connection};
use nix::poll::{PollFd, PollFlags, poll};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut bus = Connection::system()?;
    let mut changes = Bus::new(&mut bus).proxy().signals("NameOwnerChanged")?;
    let mut tick = Instant::now();
    loop {
        let left = tick.saturating_duration_since(Instant::now()).as_millis();
        let mut sources = [PollFd::new(bus.as_fd(), PollFlags::POLLIN)];
        if poll(&mut sources, u16::try_from(left)?)? == 0 {
            println!("tick");
            tick += Duration::from_secs(1);
        }
        bus.process()?;
        while let Some(change) = changes.poll(&mut bus)? {
            println!("{}", change.body::<(&str, &str, &str)>()?.0);
        }
    }
}
