use super::*;

#[track_caller]
fn refused(xml: &str, line: usize, column: usize, word: &str) {
    let error = parse(xml).unwrap_err();
    assert_eq!((error.line, error.column), (line, column), "{error}");
    assert!(error.what.contains(word), "{error}");
    assert!(error.what.chars().count() <= WHAT_LEN + 1);
}

#[test]
fn says_what_is_wrong_where() {
    refused("", 1, 1, "no element");
    refused("<!-- nothing -->\n", 2, 1, "no element");
    refused("words", 1, 1, "text outside");
    refused("<html/>", 1, 1, "'html'");
    refused("<node>\n  <interface name='a'></node>", 2, 23, "</interface>");
    refused("<node><interface", 1, 7, "not closed");
    refused("<node>\n<interface>", 2, 12, "inside 2 elements");
    refused("<node/>\n<node/>", 2, 1, "second");
    refused("<node/> words", 1, 8, "text outside");
    refused("<node><node name=x/></node>", 1, 7, "position");
    refused("<node><node name='&x;'/></node>", 1, 7, "`x`");
    refused("<node></node></node>", 1, 14, "</node>");
    refused(&format!("<{}>", "x".repeat(1000)), 1, 1, "xxx");
    refused(&" ".repeat(LEN_MAX + 1), 1, 1, "16777217 bytes");
}

#[test]
fn what_stands_elsewhere_is_passed_over() {
    let object = parse(
        "<?xml version='1.0'?><!DOCTYPE node [<!ENTITY x 'y'>]><!-- - --><node name='/'>
           <doc><interface name='no'/><node name='no'/></doc>
           <node name='below'><interface name='no'><method name='no'/></interface><node name='no'/></node>
           <interface name='a&amp;b'>words<doc><method name='no'/></doc>
             <method name='M'><doc><arg type='no'/></doc><arg type='i'><arg type='no'/></arg></method>
             <property name='P' type='s' access='read'><arg type='no'/></property>
           </interface>
         </node>",
    );
    let object = object.unwrap();
    let children: Vec<_> = object.children.iter().map(|child| &*child.name).collect();
    assert_eq!(children, ["below"]);
    let [interface] = &object.interfaces[..] else { panic!("{object:?}") };
    assert_eq!(interface.name, "a&b");
    let members: Vec<_> = interface.members.iter().map(|it| (&*it.name, &*it.signature)).collect();
    assert_eq!(members, [("M", "i"), ("P", "s")]);
    assert_eq!(object.warnings.first, []);
}

/// The members of an interface with this inside: name, signature, result and flags. And the warnings.
fn members(xml: &str) -> (Vec<[String; 4]>, Vec<String>) {
    let object = parse(&format!("<node><interface name='a.b'>{xml}</interface></node>")).unwrap();
    let [interface] = &object.interfaces[..] else { panic!("{object:?}") };
    let members = interface.members.iter().map(|member| {
        let flags = interface.member_flags(member);
        [member.name.clone(), member.signature.clone(), member.result.clone(), flags]
    });
    let warnings = object.warnings.first.iter().map(|problem| problem.what.clone());
    (members.collect(), warnings.collect())
}

#[test]
fn directions_are_understood_as_far_as_possible() {
    let (members, warnings) = members(
        "<method name='M'><arg type='i'/><arg type='u' direction='inout'/><arg type='s' direction=' OUT'/></method>
         <signal name='S'><arg type='s' direction='in'/><arg type='b'/><arg type='y' direction='?'/></signal>",
    );
    assert_eq!(members, [["M", "iu", "s", ""], ["S", "sby", "", ""]]);
    let expected = [
        "unknown direction 'inout' of an argument of M, read as 'in'",
        "unknown direction ' OUT' of an argument of M, read as 'out'",
        "unknown direction 'in' of an argument of S, read as 'out'",
        "unknown direction '?' of an argument of S, read as 'out'",
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn access_and_annotations_are_understood_as_far_as_possible() {
    let annotation = |name: &str, value: &str| {
        format!("<annotation name='org.freedesktop.DBus.{name}' value='{value}'/>")
    };
    let emits = |value| annotation("Property.EmitsChangedSignal", value);
    let xml = [
        "<property name='A' access='Read/Write'/><property name='B' access='rw'/>".to_owned(),
        format!("<property name='C' access='WRITE'>{}</property>", emits("Const")),
        format!("<property name='D' access='read'>{}</property>", emits("sometimes")),
        format!("<method name='E'>{}</method>", annotation("Deprecated", "True")),
        format!("<method name='F'>{}</method>", annotation("Deprecated", "maybe")),
        format!("<method name='G'>{}</method>", annotation("Method.NoReply", "1")),
        format!("<method name='H'>{}</method>", annotation("GLib.CSymbol", "h")),
    ];
    let (members, warnings) = members(&xml.concat());
    let flags: Vec<_> = members.iter().map(|[.., flags]| &**flags).collect();
    let change = "emits-change";
    let expected =
        ["emits-change writable", change, "const writable", change, "deprecated", "", "", ""];
    assert_eq!(flags, expected);
    let expected = [
        "unknown access 'Read/Write' of A, read as 'readwrite'",
        "unknown access 'rw' of B, read as 'read'",
        "unknown access 'WRITE' of C, read as 'write'",
        "unknown value 'Const' of org.freedesktop.DBus.Property.EmitsChangedSignal, read as 'const'",
        "unknown value 'sometimes' of org.freedesktop.DBus.Property.EmitsChangedSignal, read as 'true'",
        "unknown value 'True' of org.freedesktop.DBus.Deprecated, read as 'true'",
        "unknown value 'maybe' of org.freedesktop.DBus.Deprecated, read as 'false'",
        "unknown value '1' of org.freedesktop.DBus.Method.NoReply, read as 'false'",
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn warnings_are_counted_beyond_the_first() {
    let arguments = "<arg type='s' direction='in'/>".repeat(1000);
    let xml = format!(
        "<node><interface name='a'>\n<signal name='S'>{arguments}</signal></interface></node>"
    );
    let warnings = parse(&xml).unwrap().warnings;
    assert_eq!((warnings.first.len(), warnings.more), (WARNINGS_MAX, 1000 - WARNINGS_MAX));
    assert_eq!((warnings.first[1].line, warnings.first[1].column), (2, 48));
}
