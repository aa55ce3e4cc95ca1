//! Documents that are read.

use super::*;

fn interface(xml: &str) -> Interface {
    let document = read(&format!("<node><interface name='a.b'>{xml}</interface></node>")).unwrap();
    document.node.interfaces.into_iter().next().unwrap()
}

fn member(xml: &str) -> Member {
    interface(xml).members.into_iter().next().unwrap()
}

#[test]
fn what_is_wrong_is_listed_and_the_rest_is_kept() {
    let document = read(
        "<node>
           <interface name='a.b'><methode/><method name='M'><arg type='zz'/><arg type='s'/></method></interface>
         </node>",
    )
    .unwrap();
    let problems: Vec<_> =
        document.problems.iter().map(|it| (it.line, it.member.as_deref(), &it.kind)).collect();
    assert!(
        matches!(
            &*problems,
            [(2, None, ProblemKind::UnknownElement(_)), (2, Some("M"), ProblemKind::Signature(..))]
        ),
        "{problems:?}"
    );
    let member = &document.node.interfaces[0].members[0];
    assert_eq!(member.signature(), "zzs");
}

#[test]
fn problems_are_kept_up_to_a_number() {
    let xml = format!("<node>{}</node>", "<x/>".repeat(1000));
    assert_eq!(read(&xml).unwrap().problems.len(), PROBLEMS_MAX);
    let long = "x".repeat(1000);
    let problems = read(&format!("<node><{long}/></node>")).unwrap().problems;
    assert!(problems[0].to_string().len() < 300);
    assert!(matches!(
        read(&" ".repeat(LEN_MAX + 1)).unwrap_err().kind,
        ProblemKind::TooLong(16_777_217)
    ));
}

#[test]
fn what_a_signal_carries_counts_whatever_its_direction_says() {
    let signal = member(
        "<signal name='S'><arg type='s' direction='in'/><arg type='u' direction='out'/></signal>",
    );
    assert_eq!((signal.signature(), signal.result()), ("su".into(), String::new()));
    let method = member(
        "<method name='M'><arg type='s'/><arg type='u' direction='out'/><arg type='b' direction='in'/></method>",
    );
    assert_eq!((method.signature(), method.result()), ("sb".into(), "u".into()));
}

#[test]
fn a_property_inherits_how_it_emits() {
    let annotation = |value: &str| format!("<annotation name='{EMITS}' value='{value}'/>");
    let property =
        |inside: &str| format!("<property name='P' type='s' access='read'>{inside}</property>");
    for (of_interface, of_property, expected) in [
        ("", "", Emits::Value),
        ("false", "", Emits::Never),
        ("false", "const", Emits::Const),
        ("const", "invalidates", Emits::Invalidates),
    ] {
        let text = |value: &str| if value.is_empty() { String::new() } else { annotation(value) };
        let interface =
            interface(&format!("{}{}", text(of_interface), property(&text(of_property))));
        assert_eq!(interface.emits(&interface.members[0]), expected);
    }
}

#[test]
fn documentation_is_found_where_people_write_it() {
    for xml in [
        "<!-- One\n two.\n\n Three. --><method name='M'/>",
        "<method name='M'><tp:docstring>One <b>two</b>.<p>Three.</p></tp:docstring></method>",
        "<method name='M'><doc:doc><doc:para>One two.</doc:para> <doc:para>Three.</doc:para></doc:doc></method>",
        "<method name='M'><annotation name='org.gtk.GDBus.DocString' value='One two.&#10;&#10;Three.'/></method>",
        "<method name='M'><doc>One t<![CDATA[w]]>&#111;.<p/>Three.</doc></method>",
    ] {
        assert_eq!(member(xml).documentation, "One two.\n\nThree.", "{xml}");
    }
    // A comment behind a member is not the next one's, and an argument has its own.
    let interface = interface(
        "<method name='M'><arg type='s'><doc>Argument.</doc></arg><!-- Behind. --></method><method name='N'/>",
    );
    assert_eq!(interface.members[0].documentation, "");
    assert_eq!(interface.members[0].arguments[0].documentation, "Argument.");
    assert_eq!(interface.members[1].documentation, "");
}

#[test]
fn what_stands_elsewhere_is_ignored() {
    let document = read(
        "<?xml version='1.0'?><!DOCTYPE node><!-- - --><node name='/'>
           <doc><interface name='no.no'/><node name='no'/></doc>
           <node name='below'><interface name='b.c'/></node>
           <interface name='a.b'>words<tp:enum><method name='No'/></tp:enum>
             <method name='M'><doc><arg type='no'/></doc><arg type='i'/></method>
           </interface>
         </node>",
    )
    .unwrap();
    assert_eq!(document.problems, []);
    assert_eq!(document.node.children[0].name, "below");
    assert_eq!(document.node.children[0].interfaces[0].name, "b.c");
    let [interface] = &*document.node.interfaces else { panic!("{document:?}") };
    let members: Vec<_> = interface.members.iter().map(|it| (&*it.name, it.signature())).collect();
    assert_eq!(members, [("M", "i".to_owned())]);
}
