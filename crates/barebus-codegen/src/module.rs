//! Generates the text of a module.

use std::collections::BTreeSet;

use barebus_wire::Signature;
use barebus_wire::definition::Emits;

use crate::Options;
use crate::error::{Error, ErrorKind};
use crate::introspection::{
    Access, Annotation, DEPRECATED, DOC_STRING, EMITS, MemberKind, NO_REPLY,
};
use crate::kinds::{COMPLEXITY_MAX, Ty};
use crate::layout::{Layout, spaces};
use crate::markdown::{code, prose};
use crate::merge::{Merged, MergedMember};
use crate::naming::Scope;

/// The definitions of one interface, as a Rust module.
///
/// ```
/// use barebus_codegen::{Options, Source, generate};
///
/// let xml = r#"<node><interface name="org.example.Lamp"><signal name="Broken"/></interface></node>"#;
/// let module = generate(&[Source::new("lamp.xml", xml)], &Options::default())?.remove(0);
/// assert_eq!(module.interface(), "org.example.Lamp");
/// assert_eq!(module.name(), "lamp");
/// assert!(module.to_file().contains("BROKEN"));
/// # Ok::<(), barebus_codegen::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    name: String,
    interface: String,
    options: Options,
    documentation: Vec<String>,
    object: Option<(String, String)>,
    groups: Vec<Group>,
}

/// The members of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    kind: MemberKind,
    constants: Vec<Constant>,
}

/// A member's constant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Constant {
    name: String,
    documentation: Vec<String>,
    deprecated: Option<&'static str>,
    ty: Ty,
    arguments: Vec<String>,
}

/// Maximum width of documentation in columns, without its indentation of up to 12.
const PROSE_WIDTH: usize = 88;

impl Module {
    pub(crate) fn new(name: String, merged: &Merged, options: &Options) -> Result<Self, Error> {
        let made_by = format!("Made by {}; do not edit.", code(&options.made_by));
        let mut documentation =
            vec![format!("{}, in {}.", code(&merged.name), names(&merged.sources)), made_by];
        documentation.extend(paragraphs(&merged.interface.documentation));
        documentation.extend(annotations(&merged.interface.annotations));
        let mut groups = Vec::new();
        for kind in [MemberKind::Method, MemberKind::Property, MemberKind::Signal] {
            let mut scope = Scope::new(&["INTERFACE"]);
            let members = merged.members.iter().filter(|member| member.member.kind == kind);
            let constants = members
                .map(|member| Constant::new(member, merged, &mut scope))
                .collect::<Result<Vec<_>, Error>>()?;
            if !constants.is_empty() {
                groups.push(Group { kind, constants });
            }
        }
        Ok(Self {
            name,
            interface: merged.name.clone(),
            options: options.clone(),
            documentation,
            object: merged.object.clone(),
            groups,
        })
    }

    /// Name of the module: usually the last element of the interface, in lower case.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The interface's name.
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// Names of the constants in the order of the module. Each is in the nested module of its kind: `method`, `property` or `signal`.
    pub fn constants(&self) -> impl Iterator<Item = (MemberKind, &str)> {
        self.groups
            .iter()
            .flat_map(|group| group.constants.iter().map(|constant| (group.kind, &*constant.name)))
    }

    /// Returns the module as a file, to be declared with `mod`.
    pub fn to_file(&self) -> String {
        let mut text = comments("//!", 0, &self.documentation);
        text.push('\n');
        text.push_str(&self.allow("#![allow", 0));
        text.push('\n');
        self.write_items(0, &mut text);
        text
    }

    /// Returns the module as an item, `pub mod NAME { … }`, for `include!`.
    pub fn to_item(&self) -> String {
        let mut text = comments("///", 0, &self.documentation);
        text.push_str(&self.allow("#[allow", 0));
        text.push_str(&format!("pub mod {} {{\n", self.name));
        self.write_items(4, &mut text);
        text.push_str("}\n");
        text
    }

    /// The attribute that allows lints which generated code cannot avoid.
    fn allow(&self, begin: &str, indent: usize) -> String {
        let is_complex = |constant: &Constant| constant.ty.complexity(1) > COMPLEXITY_MAX;
        let mut lints = Vec::new();
        if self.groups.iter().flat_map(|group| &group.constants).any(is_complex) {
            lints.push("clippy::type_complexity");
        }
        lints.extend(["dead_code", "unreachable_pub"]);
        let (indent, inner) = (spaces(indent), spaces(indent + 4));
        let lines: String = lints.iter().map(|lint| format!("{inner}{lint},\n")).collect();
        let reason = "a program uses some of the definitions, from wherever the module is";
        format!("{indent}{begin}(\n{lines}{inner}reason = \"{reason}\"\n{indent})]\n")
    }

    fn write_items(&self, indent: usize, text: &mut String) {
        let layout = Layout { call_width: self.options.call_width };
        let path = format!("{}::definition", self.options.crate_path);
        let mut names = vec!["InterfaceName"];
        if self.object.is_some() {
            names.push("Object");
        }
        text.push_str(&layout.import(indent, &path, &names));
        text.push_str(&format!("\n{}/// The interface's name.\n", spaces(indent)));
        let literal = |text: &str| format!("{text:?}");
        text.push_str(&layout.constant(
            indent,
            "INTERFACE",
            &Ty::Name("InterfaceName<'static>"),
            "InterfaceName::from_static",
            &[literal(&self.interface)],
        ));
        if let Some((destination, path)) = &self.object {
            text.push_str(&format!("\n{}/// The object that has it.\n", spaces(indent)));
            text.push_str(&layout.constant(
                indent,
                "OBJECT",
                &Ty::Name("Object<'static>"),
                "Object::from_static",
                &[literal(destination), literal(path)],
            ));
        }
        for group in &self.groups {
            text.push('\n');
            group.write(layout, indent, &path, text);
        }
    }
}

impl Group {
    fn write(&self, layout: Layout, indent: usize, path: &str, text: &mut String) {
        let (name, heading) = match self.kind {
            MemberKind::Method => ("Method", "Methods."),
            MemberKind::Property => ("Property", "Properties."),
            MemberKind::Signal => ("SignalKind", "Signals."),
        };
        let mut names = BTreeSet::from([name]);
        if self.kind == MemberKind::Property {
            names.insert("Emits");
        }
        self.constants.iter().for_each(|constant| constant.ty.names(&mut names));
        let names: Vec<&str> = names.into_iter().collect();
        let begin = spaces(indent);
        text.push_str(&format!("{begin}/// {heading}\n{begin}pub mod {} {{\n", self.kind.as_str()));
        text.push_str(&format!("{begin}    use super::INTERFACE;\n"));
        text.push_str(&layout.import(indent + 4, path, &names));
        let function = format!("{name}::new");
        for constant in &self.constants {
            text.push('\n');
            text.push_str(&comments("///", indent + 4, &constant.documentation));
            if let Some(deprecated) = constant.deprecated {
                text.push_str(&format!("{begin}    {deprecated}\n"));
            }
            text.push_str(&layout.constant(
                indent + 4,
                &constant.name,
                &constant.ty,
                &function,
                &constant.arguments,
            ));
        }
        text.push_str(&format!("{begin}}}\n"));
    }
}

impl Constant {
    fn new(merged: &MergedMember, whole: &Merged, scope: &mut Scope) -> Result<Self, Error> {
        let member = &merged.member;
        let too_many = |count| Error {
            source: merged.sources.last().cloned().unwrap_or_default(),
            kind: ErrorKind::TooManyTypes {
                interface: whole.name.clone(),
                member: member.name.clone(),
                line: member.line,
                count,
            },
        };
        let tuple = |text: &str| Ty::tuple(signature(text)).map_err(too_many);
        let mut arguments = vec!["INTERFACE".to_owned(), format!("{:?}", member.name)];
        let ty = match member.kind {
            MemberKind::Method => {
                let kinds = vec![tuple(&member.signature())?, tuple(&member.result())?];
                Ty::Generic("Method", kinds)
            }
            MemberKind::Property => {
                arguments.push(format!("Emits::{:?}", merged.emits));
                let kind = Ty::of(signature(&member.property_type)).map_err(too_many)?;
                Ty::Generic("Property", vec![kind])
            }
            MemberKind::Signal => Ty::Generic("SignalKind", vec![tuple(&member.signature())?]),
        };
        let deprecated = match merged.is_deprecated {
            false => None,
            true if member.is_deprecated() => Some("#[deprecated]"),
            true => Some("#[deprecated(note = \"the interface is deprecated\")]"),
        };
        let documentation = describe(merged, &whole.sources);
        Ok(Self { name: scope.constant(&member.name), documentation, deprecated, ty, arguments })
    }
}

/// A signature that was validated by the reader.
fn signature(text: &str) -> Signature<'_> {
    Signature::parse(text).unwrap_or_default()
}

/// A member's documentation: paragraphs of lines.
fn describe(merged: &MergedMember, all: &[String]) -> Vec<String> {
    let member = &merged.member;
    let mut first = match member.kind {
        MemberKind::Property => {
            let mut text = format!("{}: {}", code(&member.name), code(&member.property_type));
            text.push_str(match merged.emits {
                Emits::Value => ", emits its changes",
                Emits::Invalidates => ", emits that it changed, without the value",
                Emits::Const => ", constant",
                Emits::Never => ", does not emit its changes",
            });
            match (member.access, merged.writable.len()) {
                (Access::Write, _) => text.push_str(", write-only"),
                (_, 0) => {}
                (_, count) if count == merged.sources.len() => text.push_str(", writable"),
                _ => text.push_str(&format!(", writable in {}", names(&merged.writable))),
            }
            text + "."
        }
        _ => prototype(merged),
    };
    if member.is_without_reply() {
        first.push_str(" Sends no reply.");
    }
    if merged.sources.len() < all.len() {
        let others: Vec<String> =
            all.iter().filter(|name| !merged.sources.contains(name)).cloned().collect();
        first.push_str(&format!(" In {}, not in {}.", names(&merged.sources), names(&others)));
    }
    let mut documentation = vec![first];
    documentation.extend(paragraphs(&member.documentation));
    documentation.extend(argument_list(merged));
    documentation.extend(annotations(&member.annotations));
    documentation
}

/// `StartUnit(in s name, in s mode, out o job)`; arguments without a name are `arg0`, …
fn prototype(merged: &MergedMember) -> String {
    let member = &merged.member;
    let arguments = member.arguments.iter().enumerate().map(|(index, argument)| {
        let direction = match (member.kind, argument.is_out) {
            (MemberKind::Signal, _) => "",
            (_, true) => "out ",
            (_, false) => "in ",
        };
        format!("{direction}{} {}", argument.signature, argument_name(index, &argument.name))
    });
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    code(&format!("{}({arguments})", member.name)) + "."
}

fn argument_name(index: usize, name: &str) -> String {
    if name.is_empty() { format!("arg{index}") } else { name.to_owned() }
}

/// A list of the arguments that have documentation.
fn argument_list(merged: &MergedMember) -> Option<String> {
    let mut list = String::new();
    for (index, argument) in merged.member.arguments.iter().enumerate() {
        let text = argument.documentation.replace("\n\n", " ");
        let lines = prose(&text, PROSE_WIDTH - 2).into_iter().flatten().collect::<Vec<_>>();
        let notes = annotations(&argument.annotations);
        if lines.is_empty() && notes.is_empty() {
            continue;
        }
        let name = code(&argument_name(index, &argument.name));
        let lines: Vec<String> = [format!("- {name}:")]
            .into_iter()
            .chain(lines.into_iter().chain(notes).map(|line| format!("  {line}")))
            .collect();
        if !list.is_empty() {
            list.push('\n');
        }
        list.push_str(&lines.join("\n"));
    }
    (!list.is_empty()).then_some(list)
}

/// Untrusted text as paragraphs.
fn paragraphs(text: &str) -> Vec<String> {
    prose(text, PROSE_WIDTH).into_iter().map(|lines| lines.join("\n")).collect()
}

/// Annotations that the constant does not express.
fn annotations(annotations: &[Annotation]) -> Vec<String> {
    let said = [DEPRECATED, NO_REPLY, EMITS, DOC_STRING];
    annotations
        .iter()
        .filter(|annotation| !said.contains(&&*annotation.name))
        .map(|annotation| {
            format!("Annotation {}: {}.", code(&annotation.name), code(&annotation.value))
        })
        .collect()
}

/// `a, b and c`.
fn names(names: &[String]) -> String {
    let names: Vec<String> =
        names.iter().map(|name| prose(name, usize::MAX).concat().join(" ")).collect();
    match &*names {
        [] => String::new(),
        [name] => name.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Paragraphs as a comment.
fn comments(mark: &str, indent: usize, paragraphs: &[String]) -> String {
    let mut text = String::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            text.push_str(&format!("{}{mark}\n", spaces(indent)));
        }
        for line in paragraph.lines() {
            text.push_str(&format!("{}{mark} {line}\n", spaces(indent)));
        }
    }
    text
}
