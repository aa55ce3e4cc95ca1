//! What objects say of themselves, in all the forms that the specification has for it.

use std::collections::BTreeMap;
use std::os::unix::net::UnixListener;
use std::process::{Command, Output};
use std::thread;

use barebus::wire::OwnedValue;
use barebus_tests::peer::Peer;

use crate::common::{BAREBUS, Folder, refused, stdout, text};

/// A service that describes itself with `xml`.
struct Service {
    server: thread::JoinHandle<usize>,
    folder: Folder,
}

impl Service {
    /// Whose properties `Own` and so many of `P0`, `P1`, … have values, whatever interface it is asked for; none, when it does not
    /// answer at all.
    fn start(name: &str, xml: impl Into<String>, values: Option<usize>) -> Self {
        let folder = Folder::new(name);
        let listener = UnixListener::bind(folder.join("socket")).unwrap();
        let xml = xml.into();
        let server = thread::spawn(move || {
            let mut peer = Peer::new(listener.accept().unwrap().0);
            assert!(peer.authenticate());
            let mut asked = 0;
            while let Some(call) = peer.receive() {
                asked += 1;
                let reply = match call.member() {
                    "Introspect" => peer.reply(&call, None, &(&*xml,)),
                    _ => {
                        let Some(count) = values else { continue };
                        let names = (0..count).map(|number| format!("P{number}"));
                        let names = names.chain(["Own".to_owned()]);
                        let all = names.map(|name| (name, OwnedValue::Byte(7)));
                        peer.reply(&call, None, &(all.collect::<BTreeMap<_, _>>(),))
                    }
                };
                peer.write(&reply);
            }
            asked
        });
        Self { server, folder }
    }

    /// The program that asks it, and that is stopped when it uses more memory than that, or hangs.
    fn asked_with(&self, memory_kib: usize) -> Command {
        let mut command = Command::new("sh");
        let script = format!("ulimit -v {memory_kib}; exec timeout 600 \"$0\" \"$@\"");
        command.args(["-c", &script, BAREBUS]);
        command.args(["--peer", &format!("unix:path={}", self.folder.join("socket"))]);
        command.args(["introspect", "org.example.Any", "/org/example"]);
        command
    }

    fn asked(&self) -> Command {
        self.asked_with(1 << 20)
    }

    /// How many questions it has got.
    fn end(self) -> usize {
        self.server.join().unwrap()
    }
}

#[test]
fn defaults_are_those_of_the_specification_and_annotations_are_inherited() {
    let service = Service::start(
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
        Some(0),
    );
    let table = stdout(&mut service.asked());
    let rows: Vec<Vec<_>> =
        table.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    // In busctl's order.
    let expected: [&[&str]; 11] = [
        &["org.example.Plain", "interface", "-", "-", "-"],
        &[".Fixed", "property", "s", "-", "const"],
        &[".Plain", "property", "s", "-", "emits-change"],
        &[".Quiet", "property", "s", "-", "-"],
        &["org.example.Sample", "interface", "-", "-", "emits-invalidation"],
        &[".Ask", "method", "-", "-", "-"],
        &[".Frobate", "method", "ia{us}", "as", "deprecated"],
        &[".Nudge", "method", "-", "-", "no-reply"],
        &[".Own", "property", "y", "7", "emits-invalidation", "writable"],
        &[".Told", "property", "u", "-", "emits-change", "writable"],
        &[".Changed", "signal", "bs", "-", "-"],
    ];
    assert_eq!(rows, expected, "{table}");
    assert_eq!(service.end(), 3);
}

#[test]
fn what_is_no_xml_is_told_and_cannot_steer_a_terminal() {
    for (xml, words) in [
        ("<node><\u{1b}[2J", "line 1, column 7: syntax error: tag not closed"),
        ("", "line 1, column 1: the document has no element"),
        ("Sorry.\u{1b}[2J", "line 1, column 1: there is text outside of any element"),
        (
            "<!DOCTYPE html>\n<html/>",
            "line 2, column 1: the outermost element is 'html', not 'node'",
        ),
    ] {
        let service = Service::start("no-xml", xml, Some(0));
        let tried = "introspecting /org/example of org.example.Any: the answer cannot be read: ";
        let line = refused(&mut service.asked(), 1, &[tried, words]);
        assert!(!line.trim_end().contains(char::is_control), "{line:?}");
        service.end();
    }
}

#[test]
fn elements_may_be_nested_as_deep_as_they_like() {
    const DEPTH: usize = 100_000;
    let xml = format!(
        "<node><interface name='a.b'/>{}{}</node>",
        "<x>".repeat(DEPTH),
        "</x>".repeat(DEPTH)
    );
    let service = Service::start("deep", &*xml, Some(0));
    let table = stdout(&mut service.asked());
    assert_eq!(table.lines().count(), 2, "{table}");
    service.end();
    let service = Service::start("endless", "<node>".repeat(DEPTH), Some(0));
    refused(
        &mut service.asked(),
        1,
        &["line 1, column 600001: the document ends inside 100000 elements"],
    );
    service.end();
}

/// Comparing each with each, or looking through all for each, would take hours.
#[test]
fn there_may_be_as_many_attributes_elements_and_values_as_they_like() {
    const MANY: usize = 100_000;
    let many = |text: fn(usize) -> String| (0..MANY).map(text).collect::<String>();
    let attributes = many(|number| format!(" a{number}='1'"));
    let properties = many(|number| format!("<property name='P{number}' type='y'/>"));
    let children = many(|number| format!("<node name='n{number}'/>"));
    let xml = format!(
        "<node><interface name='a.b'><method name='M'{attributes}/>{properties}<property name='Own' type='y'/>
           <annotation name='org.freedesktop.DBus.Property.EmitsChangedSignal' value='const'/></interface>
         {children}</node>"
    );
    let service = Service::start("wide", xml, Some(MANY));
    let table = stdout(&mut service.asked());
    assert_eq!(table.lines().count(), MANY + 4);
    let count = |words: &str| table.lines().filter(|line| line.contains(words)).count();
    // The interface has the flag, too.
    assert_eq!((count(" const"), count(" 7  ")), (MANY + 2, MANY + 1));
    service.end();
}

#[test]
fn entities_are_not_expanded_and_files_not_read() {
    let laughs: String = (1..10)
        .map(|number| format!("<!ENTITY l{number} '{}'>", format!("&l{};", number - 1).repeat(10)))
        .collect();
    let declared = format!("<!DOCTYPE node [<!ENTITY l0 'lol'>{laughs}]>\n");
    let method = "<node><interface name='a.b'><method name='&l9;'/></interface></node>";
    let service = Service::start("laughs", declared.clone() + method, Some(0));
    refused(&mut service.asked(), 1, &["line 2, column 29: ", "the entity 'l9' is unknown"]);
    service.end();
    let long = format!("<!DOCTYPE node [<!ENTITY l9 '{}'>]>\n", "x".repeat(100_000));
    let service = Service::start("long", long + &method.repeat(1000), Some(0));
    refused(&mut service.asked(), 1, &["line 2, column 29: ", "the entity 'l9' is unknown"]);
    service.end();
    // Where nothing is read of it, it does no harm.
    let file = "<!DOCTYPE node [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><node>&x;<interface name='a.b'/></node>";
    let service = Service::start("file", file, Some(0));
    assert_eq!(stdout(&mut service.asked()).lines().count(), 2);
    service.end();
}

#[test]
fn an_answer_longer_than_any_service_has_is_refused() {
    let xml = format!("<node>{}</node>", " ".repeat(16 * 1024 * 1024));
    let service = Service::start("huge", xml, Some(0));
    refused(
        &mut service.asked(),
        1,
        &["line 1, column 1: the document has 16777229 bytes, more than"],
    );
    service.end();
    // What is read takes a few times its length.
    const METHODS: usize = 100_000;
    let methods = "<method name='a'/>".repeat(METHODS);
    let xml = format!("<node><interface name='a.b'>{methods}</interface></node>");
    let service = Service::start("large", xml, Some(0));
    let table = stdout(&mut service.asked_with(100 << 10));
    assert_eq!(table.lines().count(), METHODS + 2);
    service.end();
}

#[test]
fn who_does_not_tell_the_values_is_asked_once() {
    let interfaces: String = (0..1000)
        .map(|number| {
            format!("<interface name='a.b{number}'><property name='P' type='s' access='read'/></interface>")
        })
        .collect();
    let service = Service::start("mute", format!("<node>{interfaces}</node>"), None);
    let Output { status, stdout, stderr } =
        service.asked().args(["--timeout", "0.5"]).output().unwrap();
    assert_eq!(status.code(), Some(4));
    assert_eq!(
        text(stderr),
        "barebus: cannot read the properties of a.b0: no reply came in time (0.5 s)\n"
    );
    assert_eq!(text(stdout).lines().count(), 2001);
    // 32 questions are asked at once.
    assert_eq!(service.end(), 33);
}
