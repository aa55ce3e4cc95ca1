//! What objects say of themselves, in all the forms that the specification has for it.

use std::collections::BTreeMap;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::thread;

use barebus::wire::OwnedValue;
use barebus_tests::peer::Peer;

use crate::common::{BAREBUS, Folder, refused, stdout};

/// Answers `Introspect` with `xml`, and any `GetAll` with one property.
fn introspected(name: &str, xml: &'static str) -> (Command, thread::JoinHandle<()>, Folder) {
    let folder = Folder::new(name);
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    let server = thread::spawn(move || {
        let mut peer = Peer::new(listener.accept().unwrap().0);
        assert!(peer.authenticate());
        while let Some(call) = peer.receive() {
            let reply = match call.member() {
                "Introspect" => peer.reply(&call, None, &(xml,)),
                _ => {
                    let all = BTreeMap::from([("Own", OwnedValue::Byte(7))]);
                    peer.reply(&call, None, &(all,))
                }
            };
            peer.write(&reply);
        }
    });
    let mut command = Command::new(BAREBUS);
    command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);
    command.args(["introspect", "org.example.Any", "/org/example"]);
    (command, server, folder)
}

#[test]
fn defaults_are_those_of_the_specification_and_annotations_are_inherited() {
    let (mut command, server, _folder) = introspected(
        "introspected",
        r#"<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
            "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
        <node name="/org/example">
          <interface name="org.example.Sample">
            <method name="Frobate">
              <arg name="foo" type="i"/>
              <arg type="as" direction="out"/>
              <arg type="a{us}" direction="in"/>
              <annotation name="org.freedesktop.DBus.Deprecated" value="true"/>
              <annotation name="org.freedesktop.DBus.GLib.CSymbol" value="frobate"/>
            </method>
            <method name="Nudge">
              <annotation name="org.freedesktop.DBus.Method.NoReply" value="true"/>
            </method>
            <method name="Ask"><annotation name="org.freedesktop.DBus.Deprecated" value="false"/></method>
            <signal name="Changed"><arg name="to" type="b"/><arg type="s" direction="out"/></signal>
            <property name="Own" type="y" access="readwrite"/>
            <property name="Told" type="u" access="write">
              <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="true"/>
            </property>
            <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="invalidates"/>
          </interface>
          <interface name="org.example.Plain">
            <property name="Plain" type="s" access="read"/>
            <property name="Quiet" type="s" access="read">
              <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>
            </property>
            <property name="Fixed" type="s" access="read">
              <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="const"/>
            </property>
          </interface>
          <node name="below"/>
          <node name="beside"><interface name="org.example.NotOurs"><method name="M"/></interface></node>
        </node>"#,
    );
    let table = stdout(&mut command);
    let rows: Vec<Vec<_>> =
        table.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    let expected: [&[&str]; 13] = [
        &["org.example.Sample", "interface", "-", "-", "-"],
        &[".Frobate", "method", "ia{us}", "deprecated", "as"],
        &[".Nudge", "method", "-", "no-reply", "-"],
        &[".Ask", "method", "-", "-", "-"],
        &[".Own", "property", "y", "emits-invalidation", "writable", "7"],
        &[".Told", "property", "u", "emits-change", "writable", "-"],
        &[".Changed", "signal", "bs", "-", "-"],
        &["org.example.Plain", "interface", "-", "-", "-"],
        &[".Plain", "property", "s", "emits-change", "-"],
        &[".Quiet", "property", "s", "-", "-"],
        &[".Fixed", "property", "s", "const", "-"],
        &["below", "node", "-", "-", "-"],
        &["beside", "node", "-", "-", "-"],
    ];
    assert_eq!(rows, expected, "{table}");
    server.join().unwrap();
}

#[test]
fn what_is_no_xml_is_told_and_cannot_steer_a_terminal() {
    let (mut command, server, _folder) = introspected("no-xml", "<node><\u{1b}[2J");
    let words = ["introspecting /org/example of org.example.Any: the answer cannot be read"];
    let line = refused(&mut command, 1, &words);
    assert!(!line.trim_end().contains(char::is_control), "{line:?}");
    server.join().unwrap();
}
