//! Boots a box, lists its units from inside, and prints how long it took.
//!
//! `sudo cargo run --example boot -- [--broker] [--root ROOT]`

use core::error::Error;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use barebus_box::{Bus, SystemdBox};

fn main() -> ExitCode {
    match boot() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("boot: {error}");
            ExitCode::FAILURE
        }
    }
}

fn boot() -> Result<(), Box<dyn Error>> {
    let mut builder = SystemdBox::builder();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--broker" => builder = builder.bus(Bus::Broker),
            "--root" => builder = builder.root(arguments.next().ok_or("--root takes a folder")?),
            _ => return Err(format!("unknown argument {argument}").into()),
        }
    }
    let the_box = builder.boot()?;
    let mut list = the_box.command("systemctl");
    let listed = list.args(["list-units", "--no-pager"]).stdin(Stdio::null()).output()?;
    for line in String::from_utf8_lossy(&listed.stdout).lines().take(15) {
        println!("{line}");
    }
    print!("{}{}", String::from_utf8_lossy(&listed.stderr), the_box.log());
    let boot_time = the_box.boot_time();
    let ending = Instant::now();
    drop(the_box);
    println!("booted in {boot_time:.0?}, gone in {:.0?}", ending.elapsed());
    Ok(())
}
