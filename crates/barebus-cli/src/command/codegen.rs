//! `barebus codegen`.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use barebus::{BusName, InterfaceName, ObjectPath};
use barebus_codegen::introspection::{LEN_MAX, Node, read as read_xml};
use barebus_codegen::{Module, Options, Source, generate, items, mod_items};

use crate::args::{CodegenOptions, Globals, Target};
use crate::command::message::{destination, path};
use crate::command::open;
use crate::exit::{Exit, Failure, Failures};
use crate::input::{name, text};
use crate::introspection;

/// Maximum number of introspected objects.
const OBJECTS_MAX: usize = 10_000;

pub(crate) fn run(globals: &Globals, options: &CodegenOptions) -> Result<ExitCode, Failure> {
    let target = &globals.target;
    let mut failures = Failures::default();
    let sources =
        if options.is_live() { live(target, options, &mut failures)? } else { files(options)? };
    let settings = Options {
        interfaces: options.interface.clone(),
        crate_path: options.crate_path.clone(),
        call_width: options.fn_call_width,
        ..Options::default()
    };
    let modules =
        generate(&sources, &settings).map_err(|error| Failure::new(Exit::Refused, error))?;
    match &options.output {
        Some(directory) => write_files(Path::new(directory), &modules)?,
        None => io::stdout().write_all(text_of(&modules).as_bytes())?,
    }
    Ok(failures.code())
}

/// One interface is the file of a module, several are a file with modules.
pub(crate) fn text_of(modules: &[Module]) -> String {
    match modules {
        [module] => module.to_file(),
        modules => items(modules),
    }
}

fn write_files(directory: &Path, modules: &[Module]) -> Result<(), Failure> {
    let write = |name: &str, text: &str| {
        let file = directory.join(name);
        fs::write(&file, text).map_err(|error| unwritable(&file, &error))
    };
    fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
    for module in modules {
        write(&format!("{}.rs", module.name()), &module.to_file())?;
    }
    write("mod.rs", &format!("//! D-Bus definitions.\n\n{}", mod_items(modules)))
}

fn unwritable(file: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Files, format_args!("cannot write {}: {error}", file.display()))
}

/// Introspection data in files.
fn files(options: &CodegenOptions) -> Result<Vec<Source>, Failure> {
    let mut sources: Vec<Source> = Vec::with_capacity(options.files.len());
    let mut unnamed = HashSet::new();
    for argument in &options.files {
        let (label, file) = match argument.split_once('=') {
            Some((label, file)) if !Path::new(argument).exists() => (Some(label), file),
            _ => (None, &**argument),
        };
        let file = Path::new(file);
        let label = match label {
            Some(label) => label.to_owned(),
            // The directory of a file does not appear in the generated code.
            None => {
                let short =
                    file.file_name().map_or_else(|| name(file), |it| it.to_string_lossy().into());
                let short = if file == Path::new("-") { name(file) } else { short };
                if !unnamed.insert(short.clone()) {
                    return Err(Failure::usage(format_args!(
                        "cannot tell two files named '{short}' apart; name their versions, as in 1.0={argument}"
                    )));
                }
                short
            }
        };
        sources.push(Source::new(label, read(file)?));
    }
    Ok(sources)
}

fn read(file: &Path) -> Result<String, Failure> {
    // One byte more than allowed, so that the XML reader reports that it is too long.
    let text = text(file, u64::try_from(LEN_MAX).unwrap_or(u64::MAX).saturating_add(1));
    text.map_err(|mut failure| {
        // The other verbs take a service where this one takes a file.
        let is_service = |name: &str| !name.ends_with(".xml") && BusName::parse(name).is_ok();
        if !file.exists() && file.to_str().is_some_and(is_service) {
            failure.what += "; --destination introspects a service";
        }
        failure
    })
}

/// Introspection data of a service.
fn live(
    target: &Target,
    options: &CodegenOptions,
    failures: &mut Failures,
) -> Result<Vec<Source>, Failure> {
    let to = match (&options.destination, target.is_peer()) {
        (Some(name), false) => Some(destination(name)?),
        (_, true) => None,
        (None, false) => return Err(Failure::usage("--object needs --destination, or --peer")),
    };
    let mut objects = VecDeque::new();
    for object in &options.object {
        path(object)?;
        objects.push_back(object.clone());
    }
    if objects.is_empty() {
        objects.push_back("/".to_owned());
    }
    let mut connection = open(target)?;
    let label = to.map_or_else(|| "the peer".to_owned(), |to| to.to_string());
    let mut found = Found { label, ..Found::default() };
    let mut visited: HashSet<String> = objects.iter().cloned().collect();
    while let Some(object) = objects.pop_front() {
        let tried = format!("introspecting {object} of {}", found.label);
        let xml = match introspection::ask(&mut connection, to, path(&object)?) {
            Ok(xml) => xml,
            Err(error) => {
                let failure = Failure::call(&tried, &error).after(target.reply_timeout());
                // An object may have disappeared since it was found.
                if found.sources.is_empty() || !matches!(error, barebus::CallError::Remote { .. }) {
                    return Err(failure);
                }
                failures.tell(&failure);
                continue;
            }
        };
        let document = read_xml(&xml).map_err(|problem| {
            Failure::new(
                Exit::Refused,
                format_args!("{tried}: cannot use the introspection data: {problem}"),
            )
        })?;
        if options.recursive {
            for child in children(&object, &document.node) {
                if visited.len() >= OBJECTS_MAX {
                    let what = format!(
                        "cannot introspect more than {OBJECTS_MAX} objects of {}; name some with --object",
                        found.label
                    );
                    return Err(Failure::new(Exit::Refused, what));
                }
                if visited.insert(child.clone()) {
                    objects.push_back(child);
                }
            }
        }
        found.add(to, object, xml, &document.node);
    }
    Ok(found.into_sources())
}

/// Paths of the objects below. Names that do not form a path are ignored.
fn children<'a>(object: &'a str, node: &'a Node) -> impl Iterator<Item = String> + use<'a> {
    let above = object.trim_end_matches('/');
    let paths = node.children.iter().map(move |child| format!("{above}/{}", child.name));
    paths.filter(|path| ObjectPath::parse(path).is_ok())
}

/// Introspection data of many objects, each interface once.
#[derive(Default)]
struct Found {
    label: String,
    sources: Vec<Source>,
    seen: HashSet<String>,
    /// Interfaces of several objects.
    shared: BTreeSet<String>,
}

impl Found {
    fn add(&mut self, to: Option<BusName<'_>>, object: String, xml: String, node: &Node) {
        let mut is_new = self.sources.is_empty();
        for interface in &node.interfaces {
            if self.seen.insert(interface.name.clone()) {
                is_new = true;
            } else if InterfaceName::parse(&interface.name).is_ok() {
                self.shared.insert(interface.name.clone());
            }
        }
        if is_new {
            let mut source = Source::new(self.label.clone(), xml);
            source.destination = to.map(|to| to.to_string());
            source.path = Some(object);
            self.sources.push(source);
        }
    }

    /// Interfaces of several objects get no constant `OBJECT`.
    fn into_sources(mut self) -> Vec<Source> {
        let interfaces: String =
            self.shared.iter().map(|name| format!("<interface name='{name}'/>")).collect();
        if !interfaces.is_empty() {
            let xml = format!("<node>{interfaces}</node>");
            self.sources.insert(0, Source::new(self.label, xml));
        }
        self.sources
    }
}
