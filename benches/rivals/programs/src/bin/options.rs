//! Calls a method that takes and returns `a{sv}`, and reads the answer into a struct.

use std::collections::HashMap;

use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{DeserializeDict, Type, Value};

#[derive(Debug, DeserializeDict, Type)]
#[zvariant(signature = "dict")]
struct Link {
    #[zvariant(rename = "Name")]
    name: String,
    #[zvariant(rename = "Mtu")]
    mtu: u32,
    #[zvariant(rename = "Up")]
    up: Option<bool>,
}

fn main() -> zbus::Result<()> {
    let bus = Connection::session()?;
    let proxy = Proxy::new(&bus, "org.example", "/org/example", "org.example.Links")?;
    let options = HashMap::from([("Mtu", Value::from(1500_u32)), ("Name", Value::from("eth0"))]);
    let link: Link = proxy.call("Configure", &(options,))?;
    println!("{} {} {:?}", link.name, link.mtu, link.up);
    Ok(())
}
