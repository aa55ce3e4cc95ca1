//! One poll(2) loop for signals and a timer: prints the bus's names as they change, and ticks once a second.
//!
//! zbus has no file descriptor for poll(2), so a thread takes the signals and writes them to a pipe.

use std::io::{Read, Write, pipe, stdout};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, poll};
use zbus::blocking::{Connection, fdo::DBusProxy};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bus = Connection::system()?;
    let changes = DBusProxy::new(&bus)?.receive_name_owner_changed()?;
    let (mut names, mut writer) = pipe()?;
    std::thread::spawn(move || -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        for change in changes {
            writeln!(writer, "{}", change.args()?.name)?;
        }
        Ok(())
    });
    let mut tick = Instant::now();
    loop {
        let left = tick.saturating_duration_since(Instant::now()).as_millis();
        let mut sources = [PollFd::new(names.as_fd(), PollFlags::POLLIN)];
        if poll(&mut sources, u16::try_from(left)?)? == 0 {
            println!("tick");
            tick += Duration::from_secs(1);
        } else {
            let mut bytes = [0; 512];
            let len = names.read(&mut bytes)?;
            stdout().write_all(&bytes[..len])?;
        }
    }
}
