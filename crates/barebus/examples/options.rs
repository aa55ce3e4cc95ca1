//! Calls a method that takes and returns `a{sv}`, and reads the answer into a struct.

use barebus::{Connection, Decode, Entries, OwnedValue, Proxy, Type};

#[derive(Type, Decode)]
#[barebus(dict, rename_all = "PascalCase")]
struct Link<'a> {
    name: &'a str,
    mtu: u32,
    up: Option<bool>,
}

fn main() -> Result<(), barebus::Error> {
    let mut bus = Connection::session()?;
    let mut links = Proxy::new(&mut bus, "org.example", "/org/example", "org.example.Links")?;
    let options = Entries([("Mtu", OwnedValue::from(1500_u32)), ("Name", "eth0".into())]);
    let (link,): (Link,) = links.call("Configure", &(options,))?.body()?;
    println!("{} {} {:?}", link.name, link.mtu, link.up);
    Ok(())
}
