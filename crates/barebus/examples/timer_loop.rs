//! One loop for signals and a timer: prints the bus's names as they change, and ticks once a second.

use std::time::{Duration, Instant};

use barebus::{Bus, Connection};

fn main() -> Result<(), barebus::Error> {
    let mut bus = Connection::system()?;
    let mut changes = Bus::new(&mut bus).proxy().signals("NameOwnerChanged")?;
    let mut tick = Instant::now();
    loop {
        let left = tick.saturating_duration_since(Instant::now());
        match changes.next_body::<(&str, &str, &str)>(&mut bus, Some(left))? {
            Some((name, ..)) => println!("{name}"),
            None => {
                println!("tick");
                tick += Duration::from_secs(1);
            }
        }
    }
}
