//! Introspection data as `gdbus introspect` prints it.

use barebus::{BusName, Connection, ObjectPath, Variant};
use barebus_codegen::introspection::gdbus::{Object, print};
use barebus_codegen::introspection::{Document, Node};
use barebus_text::{PrintError, gvariant};

use super::values::ValueReader;
use crate::args::{Introspect, Target};
use crate::command::property::CALLS_AT_ONCE;
use crate::command::tree::{OBJECTS_MAX, Room, is_below};
use crate::exit::{Exit, Failure, Failures};
use crate::introspection;
use crate::render::put;

/// Reads objects and their values.
pub(super) struct Reader<'c> {
    pub(super) connection: &'c mut Connection,
    pub(super) to: Option<BusName<'c>>,
    pub(super) target: &'c Target,
    pub(super) asked: &'c Introspect,
    pub(super) failures: &'c mut Failures,
    /// `objects <= OBJECTS_MAX`
    pub(super) objects: usize,
    pub(super) room: Room,
}

impl Reader<'_> {
    /// Prints an object whose introspection data has been read, and with `--recurse` those below it.
    pub(super) fn print(&mut self, path: &str, mut document: Document) -> Result<(), Failure> {
        if let Some(only) = &self.asked.interface {
            document.node.interfaces.retain(|interface| interface.name == *only);
        }
        let object = self.object(path, document, 0)?;
        put(&print(&object, self.asked.only_properties))?;
        Ok(())
    }

    fn object(&mut self, path: &str, document: Document, depth: usize) -> Result<Object, Failure> {
        let at = ObjectPath::parse(path).map_err(Failure::usage)?;
        let timeout = self.target.reply_timeout();
        let reader = ValueReader::new(self.connection, self.to, at, timeout, text);
        let values = reader.read(&document, None, self.failures).into_texts();
        let below = match self.asked.recurse {
            true => Some(self.children(path, &document.node, depth + 1)?),
            false => None,
        };
        Ok(Object { path: path.to_owned(), node: document.node, values, below })
    }

    /// The objects below that answer. All are asked at once.
    fn children(&mut self, path: &str, node: &Node, depth: usize) -> Result<Vec<Object>, Failure> {
        let mut objects = Vec::new();
        if depth > DEPTH_MAX {
            let what = format!("{path}: there are objects more than {DEPTH_MAX} levels below");
            self.failures.tell(&Failure::new(Exit::Refused, what));
            return Ok(objects);
        }
        let paths = node.children.iter().map(|child| self.room.path(path, &child.name));
        let paths: Vec<String> = paths.collect::<Option<_>>().ok_or_else(|| {
            let what = format!("{path}: the paths of the objects below are too long");
            Failure::new(Exit::Refused, what)
        })?;
        for paths in paths.chunks(CALLS_AT_ONCE) {
            for (path, answer) in paths.iter().zip(self.ask(path, paths)?) {
                let tried = self.tried(path);
                let document = answer.and_then(|xml| introspection::read(&tried, &xml));
                match document {
                    Ok(document) => {
                        introspection::warn_of_problems(&tried, &document);
                        objects.push(self.object(path, document, depth)?);
                    }
                    Err(failure) => {
                        self.failures.tell(&failure.after(self.target.reply_timeout()));
                    }
                }
            }
        }
        Ok(objects)
    }

    /// The introspection data of objects that are said to be below `above`.
    fn ask(
        &mut self,
        above: &str,
        paths: &[String],
    ) -> Result<Vec<Result<String, Failure>>, Failure> {
        let mut asked = Vec::with_capacity(paths.len());
        for path in paths {
            self.objects += 1;
            let tried = self.tried(path);
            let refused = |what: &str| Failure::new(Exit::Refused, format_args!("{tried}: {what}"));
            asked.push(match ObjectPath::parse(path) {
                _ if self.objects > OBJECTS_MAX => {
                    return Err(refused("there are too many objects"));
                }
                // Otherwise two objects could contain each other.
                Ok(_) if !is_below(path, above) || path == above => {
                    Err(refused(&format!("it is not below {above}")))
                }
                Ok(at) => introspection::start(self.connection, self.to, at)
                    .map_err(|error| Failure::call(&tried, &error)),
                Err(error) => Err(refused(&format!("it is not an object path: {error}"))),
            });
        }
        let mut answers = Vec::with_capacity(paths.len());
        for (path, asked) in paths.iter().zip(asked) {
            let answer = asked.and_then(|asked| {
                introspection::wait(self.connection, asked)
                    .map_err(|error| Failure::call(self.tried(path), &error))
            });
            match answer {
                Err(failure) if failure.exit == Exit::Connection => return Err(failure),
                answer => answers.push(answer),
            }
        }
        Ok(answers)
    }

    fn tried(&self, path: &str) -> String {
        let service = self.to.map_or("the peer", |to| to.as_str());
        format!("introspecting {path} of {service}")
    }
}

/// A service can invent objects without end.
const DEPTH_MAX: usize = 64;

/// Prints the value of a property, whose type stands before it.
pub(super) fn text(value: &Variant<'_>) -> Result<String, PrintError> {
    let mut text = String::new();
    gvariant::print_untyped_value(value, &mut text)?;
    Ok(text)
}
