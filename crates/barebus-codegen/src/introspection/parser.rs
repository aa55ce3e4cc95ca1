//! Parses the XML in one pass, without recursion.
//!
//! The text is untrusted. Entities that the document declares are never expanded: using one is a problem. Attributes are not compared with each
//! other. Memory use is a small multiple of the length of the text, which is bounded.

mod check;

use std::borrow::Cow;
use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::element::{Attributes, is_documentation, is_inline, member_kind};
use super::position::{Position, excerpt};
use super::text::{Paragraphs, append, paragraphs};
use super::{
    Access, Annotation, Argument, DEPRECATED, DEPTH_MAX, DOC_STRING, Document, EMITS, Interface,
    LEN_MAX, Member, MemberKind, NO_REPLY, Node, Problem, ProblemKind, emits_word, plain,
};
use barebus_wire::InterfaceName;

/// Reads introspection data. Problems that leave the rest usable are listed in [`Document::problems`].
///
/// # Errors
/// The text is not well-formed XML, is longer than [`LEN_MAX`], or is not introspection data.
pub fn read(xml: &str) -> Result<Document, Problem> {
    read_parts(xml, Parts::All)
}

/// Reads only the names of the objects below, as [`read`] does. Interfaces are skipped, and problems inside of them are not noticed.
///
/// ```
/// use barebus_codegen::introspection::read_children;
///
/// let node = read_children(r#"<node><interface name="a.b"/><node name="eth0"/></node>"#)?.node;
/// assert_eq!((node.interfaces.len(), &*node.children[0].name), (0, "eth0"));
/// # Ok::<(), barebus_codegen::introspection::Problem>(())
/// ```
///
/// # Errors
/// As [`read`].
pub fn read_children(xml: &str) -> Result<Document, Problem> {
    read_parts(xml, Parts::Children)
}

/// What of a document is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Parts {
    #[default]
    All,
    /// Nodes without their interfaces.
    Children,
}

fn read_parts(xml: &str, parts: Parts) -> Result<Document, Problem> {
    let mut at = Position::start(xml);
    // Checked before any work per byte.
    if xml.len() > LEN_MAX {
        return Err(at.problem(ProblemKind::TooLong(xml.len())));
    }
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut parser = Parser { parts, ..Parser::default() };
    loop {
        at.advance(reader.buffer_position());
        match reader.read_event() {
            Ok(Event::Eof) => return parser.finish().map_err(|kind| at.problem(kind)),
            Ok(event) => parser.take(&event, &at).map_err(|kind| at.problem(kind))?,
            Err(error) => {
                at.advance(reader.error_position());
                return Err(at.problem(ProblemKind::NotXml(excerpt(&error.to_string()))));
            }
        }
    }
}

/// An open element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Node,
    Interface,
    Member,
    Argument,
    Annotation,
    /// Documentation, whose text is collected.
    Documentation,
    /// Any other element. Its contents are ignored.
    Other,
}

#[derive(Debug, Default)]
struct Parser {
    parts: Parts,
    /// Open elements; at most [`DEPTH_MAX`].
    open: Vec<Open>,
    /// Number of further open elements.
    too_deep: usize,
    /// Open nodes, the outermost first.
    nodes: Vec<Node>,
    /// The open interface of the innermost node.
    interface: Option<Interface>,
    member: Option<Member>,
    argument: Option<Argument>,
    /// Names of the interface's members so far.
    seen: BTreeSet<(MemberKind, String)>,
    documentation: Paragraphs,
    /// The last comment, if no element has followed it.
    comment: String,
    document: Option<Node>,
    problems: Vec<Problem>,
    more_problems: usize,
}

impl Parser {
    fn take(&mut self, event: &Event<'_>, at: &Position<'_>) -> Result<(), ProblemKind> {
        let is_outside = self.open.is_empty() && self.too_deep == 0;
        match event {
            Event::Start(element) => return self.begin(element, at),
            Event::End(element) => self.end(element.name().as_ref()),
            Event::Text(text) if is_outside && !text.trim_ascii().is_empty() => {
                return Err(ProblemKind::TextOutside);
            }
            Event::CData(_) | Event::GeneralRef(_) if is_outside => {
                return Err(ProblemKind::TextOutside);
            }
            Event::Text(text) if self.is_documenting() => {
                self.documentation.push(&String::from_utf8_lossy(text));
            }
            Event::CData(text) if self.is_documenting() => {
                self.documentation.push(&String::from_utf8_lossy(text));
            }
            Event::GeneralRef(entity) => self.entity(entity, at),
            Event::Comment(text) if self.parts == Parts::All => {
                self.comment = String::from_utf8_lossy(text).into_owned();
            }
            _ => {}
        }
        Ok(())
    }

    fn is_documenting(&self) -> bool {
        self.open.contains(&Open::Documentation)
    }

    fn entity(&mut self, entity: &BytesRef<'_>, at: &Position<'_>) {
        let name = String::from_utf8_lossy(entity).into_owned();
        let text = match entity.resolve_char_ref() {
            Ok(Some(character)) => Some(Cow::Owned(character.to_string())),
            Ok(None) => quick_xml::escape::resolve_predefined_entity(&name).map(Cow::Borrowed),
            Err(_) => None,
        };
        match text {
            Some(text) if self.is_documenting() => self.documentation.push(&text),
            Some(_) => {}
            None => self.problem(at, ProblemKind::UnknownEntity(excerpt(&name))),
        }
    }

    fn begin(&mut self, element: &BytesStart<'_>, at: &Position<'_>) -> Result<(), ProblemKind> {
        let comment = std::mem::take(&mut self.comment);
        if self.too_deep > 0 || self.open.len() == DEPTH_MAX {
            if self.too_deep == 0 {
                self.problem(at, ProblemKind::TooDeep);
            }
            self.too_deep += 1;
            return Ok(());
        }
        let attributes = match self.open.last() {
            // Other elements' attributes may use entities that the document declares.
            Some(Open::Documentation | Open::Other | Open::Annotation) => Attributes::default(),
            _ => Attributes::of(element)?,
        };
        let name = element.name();
        let open = match (self.open.last(), name.as_ref()) {
            (None, _) if self.document.is_some() => return Err(ProblemKind::SecondElement),
            (None, b"node") => self.begin_node(attributes.name),
            (None, name) => {
                return Err(ProblemKind::NotNode(excerpt(&String::from_utf8_lossy(name))));
            }
            (Some(Open::Documentation), name) => {
                if !is_inline(name) {
                    self.documentation.end_paragraph();
                }
                Open::Documentation
            }
            (Some(Open::Other | Open::Annotation), _) => Open::Other,
            (Some(Open::Node), b"node") => {
                self.require(at, "name", &attributes.name);
                self.begin_node(attributes.name)
            }
            (Some(Open::Node), b"interface") if self.parts == Parts::Children => Open::Other,
            (Some(Open::Node), b"interface") => self.begin_interface(attributes, &comment, at),
            (Some(Open::Interface), name) if member_kind(name).is_some() => {
                let kind = member_kind(name).unwrap_or(MemberKind::Method);
                self.begin_member(kind, attributes, &comment, at)
            }
            (Some(Open::Member), b"arg") => self.begin_argument(attributes, &comment, at),
            (Some(_), b"annotation") => self.annotate(attributes, at),
            (Some(Open::Interface | Open::Member | Open::Argument), name)
                if is_documentation(name) =>
            {
                self.documentation = Paragraphs::default();
                Open::Documentation
            }
            (Some(_), name) => {
                // Elements of other namespaces are allowed.
                if !name.contains(&b':') && !is_documentation(name) {
                    let name = excerpt(&String::from_utf8_lossy(name));
                    self.problem(at, ProblemKind::UnknownElement(name));
                }
                Open::Other
            }
        };
        self.open.push(open);
        Ok(())
    }

    fn begin_node(&mut self, name: String) -> Open {
        self.nodes.push(Node { name, ..Node::default() });
        Open::Node
    }

    fn begin_interface(
        &mut self,
        attributes: Attributes,
        comment: &str,
        at: &Position<'_>,
    ) -> Open {
        let name = attributes.name;
        self.interface = Some(Interface {
            name: name.clone(),
            documentation: paragraphs(comment),
            line: at.line(),
            ..Interface::default()
        });
        self.seen.clear();
        if self.require(at, "name", &name) {
            if let Err(error) = InterfaceName::parse(&name) {
                self.problem(at, ProblemKind::InterfaceName(excerpt(&name), error));
            }
        }
        let others = self.nodes.last().map_or(&[][..], |node| &node.interfaces);
        // Objects have few interfaces, but a hostile document may have many.
        if others.len() < INTERFACES_COMPARED && others.iter().any(|other| other.name == name) {
            self.problem(at, ProblemKind::DuplicateInterface);
        }
        Open::Interface
    }

    fn begin_member(
        &mut self,
        kind: MemberKind,
        attributes: Attributes,
        comment: &str,
        at: &Position<'_>,
    ) -> Open {
        let is_property = kind == MemberKind::Property;
        let name = attributes.name;
        self.member = Some(Member {
            kind,
            name: name.clone(),
            property_type: if is_property { attributes.signature.clone() } else { String::new() },
            access: Access::default(),
            arguments: Vec::new(),
            annotations: Vec::new(),
            documentation: paragraphs(comment),
            line: at.line(),
        });
        if self.require(at, "name", &name) {
            self.check_member_name(kind, &name, at);
        }
        if is_property {
            if self.require(at, "type", &attributes.signature) {
                self.check_type(&attributes.signature, at);
            }
            let access = self.access(&attributes.access, at);
            if let Some(member) = &mut self.member {
                member.access = access;
            }
        }
        if !self.seen.insert((kind, name)) {
            self.problem(at, ProblemKind::DuplicateMember);
        }
        Open::Member
    }

    fn begin_argument(&mut self, attributes: Attributes, comment: &str, at: &Position<'_>) -> Open {
        let kind = self.member.as_ref().map(|member| member.kind);
        if kind == Some(MemberKind::Property) {
            self.problem(at, ProblemKind::UnknownElement("arg".to_owned()));
            return Open::Other;
        }
        if self.require(at, "type", &attributes.signature) {
            self.check_type(&attributes.signature, at);
        }
        let direction = &*attributes.direction;
        if !matches!(direction, "in" | "out" | "") {
            self.problem(at, ProblemKind::Direction(excerpt(direction)));
        }
        // The arguments of a signal have only one direction. Some services call it "in".
        let is_out = kind == Some(MemberKind::Method) && plain(direction) == "out";
        self.argument = Some(Argument {
            name: attributes.name,
            signature: attributes.signature,
            is_out,
            annotations: Vec::new(),
            documentation: paragraphs(comment),
        });
        Open::Argument
    }

    fn annotate(&mut self, attributes: Attributes, at: &Position<'_>) -> Open {
        self.require(at, "name", &attributes.name);
        let annotation = Annotation { name: attributes.name, value: attributes.value };
        let (name, value) = (&*annotation.name, &*annotation.value);
        let known = [DEPRECATED, NO_REPLY, EMITS].into_iter().find(|known| *known == name);
        let is_known = match name {
            EMITS => emits_word(value).is_some(),
            DEPRECATED | NO_REPLY => matches!(value, "true" | "false"),
            _ => true,
        };
        if let (Some(name), false) = (known, is_known) {
            self.problem(at, ProblemKind::AnnotationValue(name, excerpt(value)));
        }
        if name == DOC_STRING {
            let text = paragraphs(value);
            if let Some((_, documentation)) = self.documented() {
                append(documentation, &text);
            }
        }
        if let Some(annotations) = self.annotations() {
            annotations.push(annotation);
        }
        Open::Annotation
    }

    /// The annotations of the innermost open element that can have some.
    fn annotations(&mut self) -> Option<&mut Vec<Annotation>> {
        if self.interface.is_none() {
            return self.nodes.last_mut().map(|node| &mut node.annotations);
        }
        self.documented().map(|(annotations, _)| annotations)
    }

    /// The annotations and the documentation of the innermost open interface, member or argument.
    fn documented(&mut self) -> Option<(&mut Vec<Annotation>, &mut String)> {
        if let Some(argument) = &mut self.argument {
            return Some((&mut argument.annotations, &mut argument.documentation));
        }
        if let Some(member) = &mut self.member {
            return Some((&mut member.annotations, &mut member.documentation));
        }
        let interface = self.interface.as_mut()?;
        Some((&mut interface.annotations, &mut interface.documentation))
    }

    fn end(&mut self, name: &[u8]) {
        self.comment.clear();
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        match self.open.pop() {
            Some(Open::Documentation) => {
                if self.is_documenting() {
                    if !is_inline(name) {
                        self.documentation.end_paragraph();
                    }
                    return;
                }
                let text = std::mem::take(&mut self.documentation).into_text();
                if let Some((_, documentation)) = self.documented() {
                    append(documentation, &text);
                }
            }
            Some(Open::Argument) => {
                if let (Some(argument), Some(member)) = (self.argument.take(), &mut self.member) {
                    member.arguments.push(argument);
                }
            }
            Some(Open::Member) => {
                if let (Some(member), Some(interface)) = (self.member.take(), &mut self.interface) {
                    interface.members.push(member);
                }
            }
            Some(Open::Interface) => {
                if let (Some(interface), Some(node)) =
                    (self.interface.take(), self.nodes.last_mut())
                {
                    node.interfaces.push(interface);
                }
            }
            Some(Open::Node) => {
                if let Some(node) = self.nodes.pop() {
                    match self.nodes.last_mut() {
                        Some(parent) => parent.children.push(node),
                        None => self.document = Some(node),
                    }
                }
            }
            Some(Open::Annotation | Open::Other) | None => {}
        }
    }

    fn finish(self) -> Result<Document, ProblemKind> {
        match self.document {
            _ if !self.open.is_empty() => {
                Err(ProblemKind::Unclosed(self.open.len() + self.too_deep))
            }
            Some(node) => {
                Ok(Document { node, problems: self.problems, more_problems: self.more_problems })
            }
            None => Err(ProblemKind::Empty),
        }
    }
}

/// A repeated name is detected only among this many interfaces.
const INTERFACES_COMPARED: usize = 256;
