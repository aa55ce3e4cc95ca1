//! Requests that are built and replies that are read, without a connection.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::standard::{GET_ALL, PROPERTIES_CHANGED};
use super::*;
use crate::{
    Array, AsVariant, Dict, EncodeBody, Entries, Header, MessageBuf, MessageType, ObjectPath,
    Serial, Signature, Type, Variant,
};

const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.example.Interface");
const OBJECT: Object<'static> = Object::from_static("org.example.Service", "/org/example");
#[allow(clippy::type_complexity, reason = "it is the method's signature, as generated code has it")]
const METHOD: Method<(Str, List<Str>, Any), (Path, List<u32>)> = Method::new(INTERFACE, "Method");
const PROPERTY: Property<(Str, Bytes)> = Property::new(INTERFACE, "Property", Emits::Never);
const SIGNAL: SignalKind<(u32, Path)> = SignalKind::new(INTERFACE, "Signal");

/// A message with `body`.
fn message(kind: MessageType, body: &dyn EncodeBody) -> MessageBuf {
    let mut header = Header::new(kind, Serial::FIRST);
    match kind {
        MessageType::Signal => {
            header = Header::signal(
                Serial::FIRST,
                OBJECT.path,
                INTERFACE,
                crate::MemberName::from_static("Signal"),
            );
        }
        _ => header.reply_serial = Some(Serial::FIRST),
    }
    let mut buf = MessageBuf::new();
    buf.push(&header, &body).unwrap();
    buf
}

fn reply(body: &dyn EncodeBody) -> MessageBuf {
    message(MessageType::MethodReturn, body)
}

#[test]
fn a_call_takes_whatever_rust_types_have_the_signature() {
    let request = METHOD.call(OBJECT, ("a", ["b", "c"], AsVariant(1_u32)));
    assert_eq!(request.call.path, "/org/example");
    assert_eq!(request.call.member, "Method");
    assert_eq!(request.call.interface.unwrap(), "org.example.Interface");
    assert_eq!(request.call.destination.unwrap(), "org.example.Service");
    assert_eq!(request.arguments.signature(), "sasv");

    let owned = (String::from("a"), alloc::vec![String::from("b")], AsVariant("c"));
    assert_eq!(METHOD.call(OBJECT, owned).arguments.signature(), "sasv");
    let cow = (Cow::Borrowed("a"), &["b"][..], AsVariant((1_u8,)));
    assert_eq!(METHOD.call(OBJECT, cow).arguments.signature(), "sasv");
}

#[test]
fn an_answer_is_borrowed_or_of_ones_own_types() {
    let path = ObjectPath::from_static("/a");
    let buf = reply(&(path, [1_u32, 2]));
    let reply = Message::parse(buf.as_slice()).unwrap();
    let (found, numbers) = METHOD.answer(&reply).unwrap();
    assert_eq!((found, numbers.to_vec()), (path, alloc::vec![1, 2]));
    let (found, numbers): (crate::name::OwnedObjectPath, Vec<u32>) =
        METHOD.answer_as(&reply).unwrap();
    assert_eq!((found.as_str(), numbers), ("/a", alloc::vec![1, 2]));
}

#[test]
fn an_answer_of_another_signature_is_an_error_that_names_both() {
    let buf = reply(&("a",));
    let error = METHOD.answer(&Message::parse(buf.as_slice()).unwrap()).unwrap_err();
    assert!(matches!(error, crate::BodyError::Signature { expected, .. } if expected == "oau"));
}

#[test]
fn a_property_is_asked_for_set_and_read() {
    let request = PROPERTY.get(OBJECT);
    assert_eq!(request.call.interface.unwrap(), "org.freedesktop.DBus.Properties");
    assert_eq!(request.call.member, "Get");
    assert_eq!(request.arguments.1, "Property");
    let request = PROPERTY.set(OBJECT, ("a", &b"b"[..]));
    assert_eq!(request.arguments.signature(), "ssv");

    let buf = reply(&(AsVariant(("a", &b"bc"[..])),));
    let message = Message::parse(buf.as_slice()).unwrap();
    assert_eq!(PROPERTY.value(&message).unwrap(), ("a", &b"bc"[..]));
    let owned: (String, Vec<u8>) = PROPERTY.value_as(&message).unwrap();
    assert_eq!(owned, ("a".into(), b"bc".to_vec()));

    let buf = reply(&(AsVariant(1_u32),));
    let error = PROPERTY.value(&Message::parse(buf.as_slice()).unwrap()).unwrap_err();
    assert!(matches!(error, crate::BodyError::Signature { expected, .. } if expected == "(say)"));
}

#[test]
fn a_value_among_all_properties_is_read_by_its_definition() {
    let all = [("Other", AsVariant(("", &b""[..]))), ("Property", AsVariant(("a", &b"b"[..])))];
    let buf = reply(&(Entries(&all),));
    let (all,) = GET_ALL.answer(&Message::parse(buf.as_slice()).unwrap()).unwrap();
    let value = all.find(&PROPERTY.name()).unwrap().unwrap();
    assert_eq!(PROPERTY.read(&value).unwrap(), ("a", &b"b"[..]));
    assert_eq!(PROPERTIES_CHANGED.name(), "PropertiesChanged");
}

#[test]
fn a_signal_is_recognised_and_read() {
    let buf = message(MessageType::Signal, &(1_u32, OBJECT.path));
    let signal = Message::parse(buf.as_slice()).unwrap();
    assert!(SIGNAL.matches(&signal));
    assert_eq!(SIGNAL.read(&signal).unwrap(), (1, OBJECT.path));
    let (number, _): (u32, crate::name::OwnedObjectPath) = SIGNAL.read_as(&signal).unwrap();
    assert_eq!(number, 1);

    let other: SignalKind<()> = SignalKind::new(INTERFACE, "Other");
    assert!(!other.matches(&signal));
    let buf = reply(&(1_u32, OBJECT.path));
    assert!(!SIGNAL.matches(&Message::parse(buf.as_slice()).unwrap()));

    let rule = SIGNAL.rule(OBJECT);
    let expected = "type='signal',sender='org.example.Service',path='/org/example',\
                    interface='org.example.Interface',member='Signal'";
    assert_eq!(rule.as_str(), expected);
    let rule = SIGNAL.rule(Object::direct(OBJECT.path));
    assert!(!rule.as_str().contains("sender"));
}

/// That the kind, what borrows it, and an array of it have the signatures that they should.
fn agrees<'a, K: Kind>(signature: &str)
where
    K::Value<'a>: Type,
{
    let array = alloc::format!("a{signature}");
    assert_eq!(K::SIGNATURE, signature);
    assert_eq!(<K::Value<'a> as Type>::SIGNATURE, signature);
    assert_eq!(<K::Array<'a> as Type>::SIGNATURE, &*array);
    assert_eq!(List::<K>::SIGNATURE, &*array);
    assert_eq!(<<List<K> as Kind>::Value<'a> as Type>::SIGNATURE, &*array);
}

#[test]
fn what_borrows_a_kind_has_its_signature() {
    agrees::<Str>("s");
    agrees::<Path>("o");
    agrees::<Sig>("g");
    agrees::<Any>("v");
    agrees::<Fd>("h");
    agrees::<bool>("b");
    agrees::<u8>("y");
    agrees::<i16>("n");
    agrees::<u16>("q");
    agrees::<i32>("i");
    agrees::<u32>("u");
    agrees::<i64>("x");
    agrees::<u64>("t");
    agrees::<f64>("d");
    agrees::<Bytes>("ay");
    agrees::<List<List<u64>>>("aat");
    agrees::<Map<Str, Map<u32, Any>>>("a{sa{uv}}");
    agrees::<Map<bool, List<Map<Sig, Fd>>>>("a{baa{gh}}");
    agrees::<(Str, (u8,), List<(Path,)>)>("(s(y)a(o))");
}

#[test]
fn containers_are_borrowed_as_the_documentation_says() {
    fn is<'a, K: Kind<Value<'a> = T>, T>() {}
    is::<Bytes, &[u8]>();
    is::<List<i64>, crate::Numbers<'_, i64>>();
    is::<List<Str>, Array<'_, &str>>();
    is::<Map<Str, Any>, Dict<'_, &str, Variant<'_>>>();
    is::<(Str, Sig), (&str, Signature<'_>)>();
}

#[test]
fn the_first_argument_is_read_whatever_follows() {
    let buf = reply(&("a", 1_u32));
    let message = Message::parse(buf.as_slice()).unwrap();
    assert_eq!(message.first_argument::<&str>().unwrap(), "a");
    let error = message.first_argument::<u32>().unwrap_err();
    assert!(matches!(error, crate::BodyError::Signature { expected, .. } if expected == "u"));
}

#[test]
fn an_object_is_named_by_checked_text() {
    assert_eq!(Object::new("org.example.Service", "/org/example").unwrap(), OBJECT);
    assert_eq!(Object::from_static("org.example.Service", "/org/example"), OBJECT);
    let error = Object::new("org", "/").unwrap_err();
    assert_eq!((error.role, &*error.text), (crate::name::NameRole::Destination, "org"));
    assert_eq!(Object::new("a.b", "a").unwrap_err().role, crate::name::NameRole::Path);
    let path = String::from("/other");
    let other = OBJECT.at_path(&path).unwrap();
    assert_eq!(other, OBJECT.at(ObjectPath::from_static("/other")));
    assert_eq!((other.destination, other.path.as_str()), (OBJECT.destination, "/other"));
    assert!(OBJECT.at_path("/other/").is_err());
}

#[test]
fn a_definition_says_what_it_names() {
    let method: Method<(), ()> = Method::new(INTERFACE, "Method");
    assert_eq!((method.interface(), method.name().as_str()), (INTERFACE, "Method"));
    let property: Property<u32> = Property::new(INTERFACE, "Property", Emits::Invalidates);
    assert_eq!((property.interface(), property.name()), (INTERFACE, "Property"));
    assert_eq!(property.emits(), Emits::Invalidates);
    assert_eq!((SIGNAL.interface(), SIGNAL.name().as_str()), (INTERFACE, "Signal"));
    #[allow(clippy::clone_on_copy, reason = "it is what is tested")]
    let shown = alloc::format!("{:?}", method.clone());
    assert_eq!(shown, r#"Method { interface: "org.example.Interface", member: "Method" }"#);
}

#[test]
fn a_request_has_the_flags_that_are_asked_for() {
    let flags = crate::Flags::NO_AUTO_START;
    assert_eq!(PROPERTY.get(OBJECT).flags(flags).call.flags, flags);
    assert_eq!(PROPERTY.get(OBJECT).call.flags, crate::Flags::NONE);
}

#[test]
fn signatures_that_differ_are_both_named() {
    let check = |found: &'static str, wanted: &'static str| {
        let [found, wanted] = [found, wanted].map(Signature::from_static);
        check::assert_same("the arguments have", found, "the method takes", wanted);
    };
    for same in ["", "s", "a{sv}"] {
        check(same, same);
    }
    for (found, wanted) in [("su", "ss"), ("s", "ss"), ("ss", "s"), ("", "s")] {
        let panic = std::panic::catch_unwind(|| check(found, wanted)).unwrap_err();
        let text = panic.downcast_ref::<String>().unwrap();
        assert_eq!(
            *text,
            alloc::format!("the arguments have '{found}', the method takes '{wanted}'")
        );
    }
}
