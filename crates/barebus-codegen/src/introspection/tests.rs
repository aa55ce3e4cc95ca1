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
    let document = read(&xml).unwrap();
    assert_eq!(document.problems.len(), PROBLEMS_MAX);
    assert_eq!(document.more_problems, 1000 - PROBLEMS_MAX);
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
    // A comment after a member is not the next one's, and an argument has its own.
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

#[test]
fn the_objects_below_are_read_without_what_the_interfaces_hold() {
    for xml in [
        "<node><interface name='a.b'><method name='M'/><node name='no'/></interface><node name='a'><node name='b'/></node></node>",
        "<node name='/x'><x/><node/><annotation name='n'/><node name='a'/></node>",
        "<node><doc><node name='no'/>&no;</doc><node name='&lt;'/></node>",
        &format!(
            "<node>{}<node name='n'>{}",
            "<node name='a'>".repeat(DEPTH_MAX),
            "</node>".repeat(DEPTH_MAX + 2)
        ),
        // Documents that cannot be read.
        "",
        "<nod/>",
        "<node><node name='a'></node>",
        "<node></x></node>",
        "<node/><node/>",
        "x<node/>",
        "<node><node name='&no;'/></node>",
    ] {
        let whole = read(xml).map(|mut document| {
            document.node.interfaces.clear();
            document.problems.retain(|problem| problem.interface.is_none());
            document
        });
        assert_eq!(read_children(xml), whole, "{xml}");
    }
    // A problem inside an interface is not noticed, and takes no object away.
    let xml = "<node>\n<interface name='a'><methode/><method a=/></interface>\n <x/><node name='a'/></node>";
    assert!(read(xml).is_err());
    let document = read_children(xml).unwrap();
    assert_eq!(document.node.children[0].name, "a");
    let [problem] = &*document.problems else { panic!("{document:?}") };
    assert_eq!((problem.line, problem.column), (3, 2));
}

/// Name, signature and result of the members of an interface, and the texts of its problems.
fn members(xml: &str) -> (Vec<[String; 3]>, Vec<String>) {
    let document = read(&format!("<node><interface name='a.b'>{xml}</interface></node>")).unwrap();
    let members = document.node.interfaces[0].members.iter();
    let members = members.map(|it| [it.name.clone(), it.signature(), it.result()]);
    (members.collect(), document.problems.iter().map(|it| it.kind.to_string()).collect())
}

#[test]
fn an_unknown_direction_is_read_as_far_as_possible() {
    let (members, problems) = members(
        "<method name='M'><arg type='i'/><arg type='u' direction='inout'/><arg type='s' direction=' OUT'/></method>
         <signal name='S'><arg type='s' direction='in'/><arg type='b'/><arg type='y' direction='?'/></signal>",
    );
    assert_eq!(members, [["M", "iu", "s"], ["S", "sby", ""]]);
    let expected = ["inout", " OUT", "?"]
        .map(|word| format!("the direction '{word}' is neither 'in' nor 'out'"));
    assert_eq!(problems, expected);
}

#[test]
fn an_unknown_access_is_read_as_far_as_possible() {
    for (word, access) in [
        ("Read/Write", Access::ReadWrite),
        ("rw", Access::Read),
        ("WRITE", Access::Write),
        (" read", Access::Read),
    ] {
        let xml = format!("<property name='P' type='s' access='{word}'/>");
        assert_eq!(member(&xml).access, access, "{word}");
        let (_, problems) = members(&xml);
        let expected = format!("the access '{word}' is not 'read', 'write' or 'readwrite'");
        assert_eq!(problems, [expected]);
    }
}

#[test]
fn an_unknown_value_of_an_annotation_is_read_as_far_as_possible() {
    let read_as = |name: &str, value: &str| {
        let member = format!(
            "<property name='P' type='s' access='read'>
               <annotation name='{name}' value='{value}'/></property>"
        );
        let expected = format!("the annotation {name} has no value '{value}'");
        assert_eq!(members(&member).1, [expected]);
        let interface = interface(&member);
        let member = &interface.members[0];
        (interface.emits(member), member.is_deprecated(), member.is_without_reply())
    };
    assert_eq!(read_as(EMITS, "Const"), (Emits::Const, false, false));
    assert_eq!(read_as(EMITS, "sometimes"), (Emits::Value, false, false));
    assert_eq!(read_as(DEPRECATED, "True"), (Emits::Value, true, false));
    assert_eq!(read_as(DEPRECATED, "maybe"), (Emits::Value, false, false));
    assert_eq!(read_as(NO_REPLY, " true"), (Emits::Value, false, true));
    assert_eq!(read_as(NO_REPLY, "1"), (Emits::Value, false, false));
    // Anybody may define annotations.
    let (_, problems) = members("<method name='M'><annotation name='a.b' value='h'/></method>");
    assert_eq!(problems, [""; 0]);
}

#[test]
fn an_object_has_annotations() {
    let deprecated = format!("<annotation name='{DEPRECATED}' value='true'/>");
    let document = read(&format!(
        "<node><node name='old'>{deprecated}<interface name='a.b'/></node><node name='new'>
           <interface name='a.b'>{deprecated}</interface></node></node>"
    ));
    let node = document.unwrap().node;
    let flags = node
        .children
        .iter()
        .map(|child| (&*child.name, child.is_deprecated(), child.interfaces[0].is_deprecated()));
    assert_eq!(flags.collect::<Vec<_>>(), [("old", true, false), ("new", false, true)]);
    assert!(!node.is_deprecated());
}
