//! Merges the interfaces of all sources.

use std::collections::BTreeMap;

use barebus_wire::definition::Emits;
use barebus_wire::{BusName, ObjectPath};

use crate::error::{Error, ErrorKind, TypesDiffer};
use crate::introspection::{self, Interface, Member, MemberKind, Node};
use crate::{Options, Source};

/// An interface of one or several sources.
#[derive(Debug)]
pub(crate) struct Merged {
    pub(crate) name: String,
    /// Names of the sources that have it, in their order.
    pub(crate) sources: Vec<String>,
    /// The interface of the last source, without its members.
    pub(crate) interface: Interface,
    pub(crate) members: Vec<MergedMember>,
    /// Destination and path, if only one object has the interface.
    pub(crate) object: Option<(String, String)>,
}

/// A member of one or several sources.
#[derive(Debug)]
pub(crate) struct MergedMember {
    /// The member of the last source that has it.
    pub(crate) member: Member,
    /// Names of the sources that have it.
    pub(crate) sources: Vec<String>,
    /// Whether the member or the interface is deprecated in the last source that has it.
    pub(crate) is_deprecated: bool,
    /// The change signal that holds in all sources, if it is a property.
    pub(crate) emits: Emits,
    /// Names of the sources in which it is writable.
    pub(crate) writable: Vec<String>,
}

/// An interface of one source.
struct Found {
    source: String,
    object: Option<(String, String)>,
    interface: Interface,
}

/// Reads all sources and merges their interfaces, sorted by name.
pub(crate) fn merge(sources: &[Source], options: &Options) -> Result<Vec<Merged>, Error> {
    let mut found: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for source in sources {
        let failed = |kind| Error { source: source.name.clone(), kind };
        let document = introspection::read(&source.xml)
            .map_err(|problem| failed(ErrorKind::Document(Box::new(problem))))?;
        if let Some(problem) = document.problems.into_iter().next() {
            return Err(failed(ErrorKind::Document(Box::new(problem))));
        }
        let path = source.path.clone().or_else(|| {
            let name = &document.node.name;
            name.starts_with('/').then(|| name.clone())
        });
        let object = object(source.destination.as_deref(), path.as_deref())
            .map_err(|what| failed(ErrorKind::Object(what)))?;
        collect(&source.name, document.node, object.as_ref(), options, &mut found);
    }
    if let Some(missing) = options.interfaces.iter().find(|name| !found.contains_key(*name)) {
        let kind = ErrorKind::NoInterface(missing.clone());
        return Err(Error { source: String::new(), kind });
    }
    found.into_iter().map(|(name, found)| merge_one(name, found)).collect()
}

/// The object that was introspected, if bus name and path are known.
fn object(
    destination: Option<&str>,
    path: Option<&str>,
) -> Result<Option<(String, String)>, String> {
    let (Some(destination), Some(path)) = (destination, path) else { return Ok(None) };
    if let Err(error) = BusName::parse(destination) {
        return Err(format!("'{destination}' is not a bus name: {error}"));
    }
    if let Err(error) = ObjectPath::parse(path) {
        return Err(format!("'{path}' is not an object path: {error}"));
    }
    Ok(Some((destination.to_owned(), path.to_owned())))
}

/// Adds the interfaces of a node and of those below it, at most [`introspection::DEPTH_MAX`] deep.
fn collect(
    source: &str,
    node: Node,
    object: Option<&(String, String)>,
    options: &Options,
    found: &mut BTreeMap<String, Vec<Found>>,
) {
    for interface in node.interfaces {
        let is_wanted = match &*options.interfaces {
            [] => !STANDARD.contains(&&*interface.name),
            names => names.contains(&interface.name),
        };
        if is_wanted {
            let object = object.cloned();
            let source = source.to_owned();
            let name = interface.name.clone();
            found.entry(name).or_default().push(Found { source, object, interface });
        }
    }
    for child in node.children {
        let object = object.and_then(|(destination, path)| {
            let path = format!("{}/{}", path.trim_end_matches('/'), child.name);
            ObjectPath::parse(&path).ok()?;
            Some((destination.clone(), path))
        });
        collect(source, child, object.as_ref(), options, found);
    }
}

/// Interfaces that every object has. Their definitions are in [`barebus_wire::definition::standard`], or callers do not need them.
const STANDARD: [&str; 4] = [
    "org.freedesktop.DBus.Introspectable",
    "org.freedesktop.DBus.ObjectManager",
    "org.freedesktop.DBus.Peer",
    "org.freedesktop.DBus.Properties",
];

fn merge_one(name: String, found: Vec<Found>) -> Result<Merged, Error> {
    let mut sources = Vec::new();
    let mut objects: Vec<Option<(String, String)>> = Vec::new();
    let mut members: Vec<MergedMember> = Vec::new();
    let mut last = Interface::default();
    // The last source is usually the newest, so its order and documentation count.
    for Found { source, object, interface } in found.into_iter().rev() {
        insert(&mut sources, &source);
        if !objects.contains(&object) {
            objects.push(object);
        }
        for member in &interface.members {
            let same = |other: &&mut MergedMember| {
                other.member.kind == member.kind && other.member.name == member.name
            };
            match members.iter_mut().find(same) {
                Some(other) => other.add(&name, member, &interface, &source)?,
                None => members.push(MergedMember::new(member, &interface, &source)),
            }
        }
        if last.name.is_empty() {
            last = Interface { members: Vec::new(), ..interface };
        } else if last.documentation.is_empty() {
            last.documentation = interface.documentation;
        }
    }
    let object = match &*objects {
        [Some(object)] => Some(object.clone()),
        _ => None,
    };
    Ok(Merged { name, sources, interface: last, members, object })
}

/// Sources are processed from last to first.
fn insert(sources: &mut Vec<String>, source: &str) {
    if !sources.iter().any(|other| other == source) {
        sources.insert(0, source.to_owned());
    }
}

impl MergedMember {
    fn new(member: &Member, interface: &Interface, source: &str) -> Self {
        let sources = vec![source.to_owned()];
        Self {
            is_deprecated: member.is_deprecated() || interface.is_deprecated(),
            emits: interface.emits(member),
            writable: if member.is_writable() { sources.clone() } else { Vec::new() },
            member: member.clone(),
            sources,
        }
    }

    /// Adds the member of an earlier source.
    fn add(
        &mut self,
        interface_name: &str,
        member: &Member,
        interface: &Interface,
        source: &str,
    ) -> Result<(), Error> {
        let (types, other_types) = (types(member), types(&self.member));
        if types != other_types {
            return Err(Error {
                source: source.to_owned(),
                kind: ErrorKind::Types(Box::new(TypesDiffer {
                    interface: interface_name.to_owned(),
                    kind: member.kind,
                    member: member.name.clone(),
                    line: member.line,
                    types,
                    other: self.sources.first().cloned().unwrap_or_default(),
                    other_line: self.member.line,
                    other_types,
                })),
            });
        }
        insert(&mut self.sources, source);
        if member.is_writable() {
            insert(&mut self.writable, source);
        }
        self.emits = least(self.emits, interface.emits(member));
        if self.member.documentation.is_empty() {
            self.member.documentation.clone_from(&member.documentation);
        }
        Ok(())
    }
}

/// The weaker of two change signals: code that relies on it works with all sources.
fn least(a: Emits, b: Emits) -> Emits {
    [Emits::Never, Emits::Invalidates, Emits::Value]
        .into_iter()
        .find(|emits| *emits == a || *emits == b)
        .unwrap_or(Emits::Const)
}

/// The types of a member as text: `ss -> o`.
fn types(member: &Member) -> String {
    match member.kind {
        MemberKind::Method => format!("{} -> {}", member.signature(), member.result()),
        _ => member.signature(),
    }
}
