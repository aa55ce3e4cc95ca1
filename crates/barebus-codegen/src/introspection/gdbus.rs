//! Introspection data as `gdbus introspect` prints it.

use std::collections::HashMap;
use std::fmt::Write;

use barebus_wire::limits;

use super::{Access, Annotation, Argument, Interface, Member, MemberKind, Node};

/// Values of properties as text, by interface and name.
pub type Values = HashMap<(String, String), String>;

/// An object as it is printed.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// The path; empty if only the node's name is known.
    pub path: String,
    /// Its introspection data.
    pub node: Node,
    /// Values of properties in GVariant's text format without their types.
    pub values: Values,
    /// The objects below, if they were introspected too. `None`: they are printed as `node` describes them.
    pub below: Option<Vec<Object>>,
}

/// Prints an object, as `gdbus introspect` does where its output is no terminal.
///
/// The text is not escaped: its names and values are those of the document.
pub fn print(object: &Object, only_properties: bool) -> String {
    let mut printer = Printer { out: String::new(), only_properties };
    printer.object(object, 0);
    printer.out
}

struct Printer {
    out: String,
    only_properties: bool,
}

/// How much deeper the contents of a node or an interface stand.
const STEP: usize = 2;

impl Printer {
    fn line(&mut self, indent: usize, line: std::fmt::Arguments<'_>) {
        // Writing to a String does not fail.
        let _ = writeln!(self.out, "{:indent$}{line}", "");
    }

    fn object(&mut self, object: &Object, indent: usize) {
        let Object { path, node, values, below } = object;
        self.begin(node, path, values, indent);
        match below {
            Some(below) => below.iter().for_each(|object| self.object(object, indent + STEP)),
            None => node.children.iter().for_each(|child| self.child(child, indent + STEP)),
        }
        self.line(indent, format_args!("}};"));
    }

    /// A node within another document. They are nested no deeper than the parser's limit.
    fn child(&mut self, node: &Node, indent: usize) {
        self.begin(node, "", &HashMap::new(), indent);
        node.children.iter().for_each(|child| self.child(child, indent + STEP));
        self.line(indent, format_args!("}};"));
    }

    /// An object up to those below it.
    fn begin(&mut self, node: &Node, path: &str, values: &Values, indent: usize) {
        self.annotations(&node.annotations, indent);
        let name = [&*node.name, path].into_iter().find(|name| !name.is_empty());
        self.line(indent, format_args!("node {} {{", name.unwrap_or("(not set)")));
        for interface in &node.interfaces {
            let value = |property: &Member| {
                values.get(&(interface.name.clone(), property.name.clone())).map(String::as_str)
            };
            if !self.only_properties || interface.members_of(MemberKind::Property).next().is_some()
            {
                self.interface(interface, indent + STEP, &value);
            }
        }
    }

    fn interface<'v>(
        &mut self,
        interface: &Interface,
        indent: usize,
        value: &dyn Fn(&Member) -> Option<&'v str>,
    ) {
        self.annotations(&interface.annotations, indent);
        self.line(indent, format_args!("interface {} {{", interface.name));
        let inner = indent + 2 * STEP;
        for (title, kind) in [("methods", MemberKind::Method), ("signals", MemberKind::Signal)] {
            if !self.only_properties {
                self.line(indent + STEP, format_args!("{title}:"));
                interface.members_of(kind).for_each(|member| self.function(member, inner));
            }
        }
        self.line(indent + STEP, format_args!("properties:"));
        for property in interface.members_of(MemberKind::Property) {
            self.property(property, inner, value(property));
        }
        self.line(indent, format_args!("}};"));
    }

    /// A method or signal: first what goes in, then what comes out, an argument a line. Each stands after the name, but a document can have
    /// a name that is too long to be one, and any number of arguments.
    fn function(&mut self, member: &Member, indent: usize) {
        self.annotations(&member.annotations, indent);
        let _ = write!(self.out, "{:indent$}{}(", "", member.name);
        let is_method = member.kind == MemberKind::Method;
        let arguments = member.arguments.iter().enumerate();
        let (ins, outs): (Vec<_>, Vec<_>) = arguments.partition(|(_, argument)| !argument.is_out);
        for (at, (index, argument)) in ins.iter().chain(&outs).enumerate() {
            let direction = match (is_method, argument.is_out) {
                (false, _) => "",
                (true, false) => "in  ",
                (true, true) => "out ",
            };
            let separator = if at == 0 { "" } else { ",\n" };
            self.out.push_str(separator);
            let behind = indent + member.name.len().min(limits::NAME_LEN) + 1;
            self.argument(argument, *index, direction, behind, at == 0);
        }
        self.out.push_str(");\n");
    }

    /// The first argument stands after the parenthesis, so its first line is not indented.
    fn argument(
        &mut self,
        argument: &Argument,
        index: usize,
        direction: &str,
        indent: usize,
        is_first: bool,
    ) {
        let mut indents = [if is_first { 0 } else { indent }].into_iter();
        for annotation in &argument.annotations {
            let indent = indents.next().unwrap_or(indent);
            self.annotations(std::slice::from_ref(annotation), indent);
        }
        let indent = indents.next().unwrap_or(indent);
        let _ = write!(self.out, "{:indent$}{direction}{} ", "", argument.signature);
        let _ = match &*argument.name {
            "" => write!(self.out, "arg_{index}"),
            name => write!(self.out, "{name}"),
        };
    }

    fn property(&mut self, property: &Member, indent: usize, value: Option<&str>) {
        self.annotations(&property.annotations, indent);
        let access = match property.access {
            Access::Read => "readonly",
            Access::Write => "writeonly",
            Access::ReadWrite => "readwrite",
        };
        let Member { property_type, name, .. } = property;
        let (equals, value) = value.map_or(("", ""), |value| (" = ", value));
        self.line(indent, format_args!("{access} {property_type} {name}{equals}{value};"));
    }

    fn annotations(&mut self, annotations: &[Annotation], indent: usize) {
        for Annotation { name, value } in annotations {
            self.line(indent, format_args!("@{name}(\"{value}\")"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    /// The text that `gdbus introspect` of GLib 2.74 prints for this document.
    #[test]
    fn prints_what_gdbus_prints() {
        let xml = r#"<node>
          <interface name="a.b">
            <annotation name="x.y" value="1"/>
            <method name="Do">
              <arg name="a" type="s" direction="out"/>
              <arg type="u" direction="in"><annotation name="k" value="v"/></arg>
              <arg name="c" type="a{sv}" direction="in"/>
            </method>
            <method name="No"/>
            <signal name="Si"><arg type="s"/><arg name="n" type="i"/></signal>
            <property name="P" type="u" access="readwrite"/>
            <property name="W" type="s" access="write"><annotation name="k" value="v"/></property>
          </interface>
          <interface name="c.d"/>
          <node name="child"/>
        </node>"#;
        let mut object =
            Object { path: "/a".into(), node: read(xml).unwrap().node, ..Object::default() };
        object.values.insert(("a.b".into(), "P".into()), "7".into());
        let expected = r#"node /a {
  @x.y("1")
  interface a.b {
    methods:
      Do(@k("v")
         in  u arg_1,
         in  a{sv} c,
         out s a);
      No();
    signals:
      Si(s arg_0,
         i n);
    properties:
      readwrite u P = 7;
      @k("v")
      writeonly s W;
  };
  interface c.d {
    methods:
    signals:
    properties:
  };
  node child {
  };
};
"#;
        assert_eq!(print(&object, false), expected);
        let expected = r#"node /a {
  @x.y("1")
  interface a.b {
    properties:
      readwrite u P = 7;
      @k("v")
      writeonly s W;
  };
  node child {
  };
};
"#;
        assert_eq!(print(&object, true), expected);
    }

    #[test]
    fn a_name_of_any_length_is_printed_with_any_number_of_arguments() {
        let name = "x".repeat(100_000);
        let arguments = r#"<arg type="s"/>"#.repeat(1000);
        let xml = format!(
            r#"<node><interface name="a.b"><method name="{name}">{arguments}</method></interface></node>"#
        );
        let object = Object { node: read(&xml).unwrap().node, ..Object::default() };
        assert!(print(&object, false).len() < name.len() + 1000 * 300);
    }
}
