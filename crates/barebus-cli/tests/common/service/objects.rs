//! The objects of the service, and what they tell of themselves.

use std::fmt::Write;

use super::types::SAMPLES;

/// The main object.
pub(crate) const TYPES: &str = "/org/example/Types";
/// Its interface, and the service's name.
pub(crate) const INTERFACE: &str = "org.example.Types";
/// Its introspection data is no XML.
pub(crate) const BROKEN: &str = "/org/example/Broken";
/// Its introspection data is unusual: foreign elements and attributes, annotations everywhere, names twice, no names.
pub(crate) const ODD: &str = "/org/example/Odd";
/// Its interface says how changes of all its properties are reported.
pub(crate) const ANNOTATED: &str = "/org/example/Annotated";
/// It answers nothing.
pub(crate) const SILENT: &str = "/org/example/Silent";
/// It answers everything with an error.
pub(crate) const REFUSING: &str = "/org/example/Refusing";
/// The uppermost of objects below one another.
pub(crate) const DEEP: &str = "/org/example/Deep";
/// An object with many below it.
pub(crate) const WIDE: &str = "/org/example/Wide";

/// Objects below [`DEEP`], each below the one before.
const DEPTH: usize = 12;
/// Objects below [`WIDE`].
const WIDTH: usize = 40;

/// Introspection data of an object; `None`: there is no such object.
pub(crate) fn introspect(path: &str) -> Option<String> {
    let small = r#"<interface name="org.example.Small"><method name="Do"/></interface>"#;
    Some(match path {
        "/" => children(&["org"]),
        "/org" => children(&["example"]),
        "/org/example" => children(&["Types", "Deep", "Wide"]),
        TYPES => node(&main()),
        BROKEN => "<node><interface name=\"a.b\"".to_owned(),
        ODD => ODD_XML.to_owned(),
        ANNOTATED => node(
            r#"<interface name="org.example.Annotated"><property name="P" type="s" access="read"/>
<annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="invalidates"/></interface>"#,
        ),
        WIDE => {
            let mut below = small.to_owned();
            for index in 0..WIDTH {
                let _ = write!(below, "<node name=\"o{index}\"/>");
            }
            node(&below)
        }
        path => {
            if let Some(index) = path.strip_prefix(WIDE) {
                let index: usize = index.strip_prefix("/o")?.parse().ok()?;
                return (index < WIDTH).then(|| node(small));
            }
            let levels = path.strip_prefix(DEEP)?;
            let depth = levels.matches("/down").count();
            match levels.len() == depth * "/down".len() && depth <= DEPTH {
                true if depth < DEPTH => node(&format!("{small}<node name=\"down\"/>")),
                true => node(small),
                false => return None,
            }
        }
    })
}

fn children(names: &[&str]) -> String {
    node(&names.iter().map(|name| format!("<node name=\"{name}\"/>")).collect::<String>())
}

fn node(contents: &str) -> String {
    format!("{DOCTYPE}<node>\n{STANDARD}{contents}</node>\n")
}

const DOCTYPE: &str = "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n\
                       \"https://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n";

const STANDARD: &str = r#"<interface name="org.freedesktop.DBus.Introspectable">
<method name="Introspect"><arg name="xml" type="s" direction="out"/></method>
</interface>
<interface name="org.freedesktop.DBus.Properties">
<method name="Get"><arg name="interface" type="s" direction="in"/><arg name="property" type="s" direction="in"/><arg name="value" type="v" direction="out"/></method>
<method name="GetAll"><arg name="interface" type="s" direction="in"/><arg name="properties" type="a{sv}" direction="out"/></method>
<method name="Set"><arg name="interface" type="s" direction="in"/><arg name="property" type="s" direction="in"/><arg name="value" type="v" direction="in"/></method>
<signal name="PropertiesChanged"><arg name="interface" type="s"/><arg name="changed" type="a{sv}"/><arg name="invalidated" type="as"/></signal>
</interface>
"#;

/// Of every type: a method that gives its argument back, a property, a signal, and a method that emits it.
fn main() -> String {
    let mut xml = format!("<interface name=\"{INTERFACE}\">\n");
    for sample in SAMPLES {
        let (name, of) = (sample.name, sample.signature);
        let _ = write!(
            xml,
            "<method name=\"Echo{name}\"><arg name=\"value\" type=\"{of}\" direction=\"in\"/>\
             <arg name=\"same\" type=\"{of}\" direction=\"out\"/></method>\n\
             <method name=\"Emit{name}\"><arg type=\"{of}\" direction=\"in\"/></method>\n\
             <property name=\"P{name}\" type=\"{of}\" access=\"readwrite\"/>\n\
             <signal name=\"S{name}\"><arg name=\"value\" type=\"{of}\"/></signal>\n"
        );
    }
    xml + OTHERS + "</interface>\n"
}

const OTHERS: &str = r#"<method name="Nothing"/>
<method name="Several"><arg name="name" type="s" direction="in"/><arg name="options" type="a{sv}" direction="in"/><arg type="u" direction="in"/>
<arg name="same" type="s" direction="out"/><arg name="options" type="a{sv}" direction="out"/><arg type="u" direction="out"/></method>
<method name="EchoDescriptor"><arg name="file" type="h" direction="in"/><arg name="same" type="h" direction="out"/></method>
<method name="Fail"><arg name="name" type="s" direction="in"/><arg name="text" type="s" direction="in"/></method>
<method name="Old"><annotation name="org.freedesktop.DBus.Deprecated" value="true"/></method>
<method name="NoReply"><annotation name="org.freedesktop.DBus.Method.NoReply" value="true"/></method>
<method name="Annotated"><arg name="a" type="s" direction="in"><annotation name="org.example.Note" value="one"/></arg>
<arg name="b" type="s" direction="in"><annotation name="org.example.Note" value="two"/><annotation name="org.example.More" value="three"/></arg></method>
<property name="Const" type="s" access="read"><annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="const"/></property>
<property name="Invalidates" type="u" access="readwrite"><annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="invalidates"/></property>
<property name="Quiet" type="u" access="readwrite"><annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/></property>
<property name="WriteOnly" type="s" access="write"/>
<property name="Unreadable" type="s" access="read"/>
<signal name="Empty"/>
<signal name="Two"><arg type="s"/><arg name="count" type="u"/></signal>
<annotation name="org.example.Interface" value="&lt;yes&gt;"/>
"#;

const ODD_XML: &str = r#"<node xmlns:x="http://example.org/x" x:foreign="1">
<annotation name="org.example.Node" value="here"/>
<x:note>ignored</x:note>
<interface name="org.example.Odd" x:since="1">
<method name="Do" x:since="2"><arg type="s" name="in" direction="in" x:y="z"/></method>
<method name="Do"><arg type="u" direction="in"/></method>
<method name=""/>
<property name="P" type="s" access="read"/>
<x:extra/>
</interface>
<interface name="org.example.Odd"><signal name="S"/></interface>
<node/>
<node name="below"><interface name="org.example.Below"><method name="M"/></interface></node>
</node>
"#;
