//! Formats generated code like rustfmt, so that rustfmt does not change it.

use crate::kinds::Ty;

const LINE_MAX: usize = 100;

/// Formats items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// rustfmt's `fn_call_width`.
    pub(crate) call_width: usize,
}

/// Spaces.
pub(crate) fn spaces(count: usize) -> String {
    " ".repeat(count)
}

/// Width of the last line.
fn last_width(text: &str) -> usize {
    text.rsplit('\n').next().unwrap_or(text).chars().count()
}

impl Layout {
    /// `pub const NAME: TYPE = FUNCTION(ARGUMENTS);` at an indentation.
    pub(crate) fn constant(
        self,
        indent: usize,
        name: &str,
        ty: &Ty,
        function: &str,
        arguments: &[String],
    ) -> String {
        let prefix = format!("{}pub const {name}: ", spaces(indent));
        let room = LINE_MAX.checked_sub(prefix.len() + " =".len());
        let Some(left) = room.and_then(|room| self.typed(&prefix, ty, indent, room)) else {
            // rustfmt does not change what it cannot fit.
            let (ty, arguments) = (one_line(ty), arguments.join(", "));
            return format!("{prefix}{ty} = {function}({arguments});\n");
        };
        let value = self.value(indent, last_width(&left), function, arguments);
        format!("{left}{value};\n")
    }

    /// What stands before the value: the type after `prefix` where `room` is left, or on a line of its own.
    fn typed(self, prefix: &str, ty: &Ty, indent: usize, room: usize) -> Option<String> {
        if let Some(ty) = self.ty(ty, indent, room) {
            return Some(format!("{prefix}{ty} ="));
        }
        let ty = self.ty(ty, indent + 4, LINE_MAX.checked_sub(indent + 4)?)?;
        Some(format!("{}\n{}{ty} =", prefix.trim_end(), spaces(indent + 4)))
    }

    /// Whether arguments or fields of this width fit on one line. A single one always does.
    const fn fits(self, width: usize, count: usize) -> bool {
        width <= self.call_width || count == 1
    }

    /// ` FUNCTION(ARGUMENTS)` after a line of `width`, or on a line of its own.
    fn value(self, indent: usize, width: usize, function: &str, arguments: &[String]) -> String {
        let flat = arguments.join(", ");
        let flat_width = flat.chars().count();
        let call_width = function.len() + "()".len() + flat_width;
        if self.fits(flat_width, arguments.len()) {
            if width + " ".len() + call_width + ";".len() <= LINE_MAX {
                return format!(" {function}({flat})");
            }
            // rustfmt does not count the semicolon if the previous line is full.
            let semicolon = usize::from(width + 1 < LINE_MAX);
            if indent + 4 + call_width + semicolon <= LINE_MAX {
                return format!("\n{}{function}({flat})", spaces(indent + 4));
            }
        }
        let (begin, indent) = if width + " ".len() + function.len() + "(".len() <= LINE_MAX {
            (" ".to_owned(), indent)
        } else {
            (format!("\n{}", spaces(indent + 4)), indent + 4)
        };
        let inner = spaces(indent + 4);
        let lines: String = arguments.iter().map(|it| format!("{inner}{it},\n")).collect();
        format!("{begin}{function}(\n{lines}{})", spaces(indent))
    }

    /// A type whose first line has `room` for it, what follows the type not counted.
    fn ty(self, ty: &Ty, indent: usize, room: usize) -> Option<String> {
        let flat = self.flat(ty).filter(|flat| lone_field_fits(ty, flat, indent));
        // Number of columns by which the type is too wide.
        let excess = flat.as_ref().map_or(usize::MAX, |flat| flat.len().saturating_sub(room));
        match (ty, flat) {
            (_, Some(flat)) if excess == 0 => Some(flat),
            (_, Some(flat)) if excess == 1 && is_given_a_column(ty) => Some(flat),
            (Ty::Name(_), _) => None,
            (Ty::Tuple(fields), _) => self.tuple(fields, indent, excess, room),
            (Ty::Generic(name, _), _) if name.len() > room => None,
            (Ty::Generic(name, inner), _) => match &**inner {
                [Ty::Tuple(fields)]
                    if shares_lines(fields, excess) && name.len() + "<()".len() <= room =>
                {
                    let room = room - name.len() - "<".len();
                    Some(format!("{name}<{}>", self.tuple(fields, indent, excess - 1, room)?))
                }
                _ => Some(format!("{name}<\n{}{}>", self.lines(inner, indent)?, spaces(indent))),
            },
        }
    }

    /// A tuple on several lines; on one it is too wide by `excess` columns.
    fn tuple(self, fields: &[Ty], indent: usize, excess: usize, room: usize) -> Option<String> {
        match fields {
            [Ty::Tuple(inner)] if shares_lines(inner, excess - 1) && room >= "(())".len() => {
                Some(format!("({},)", self.tuple(inner, indent, excess - 1, room - "()".len())?))
            }
            _ => Some(format!("(\n{}{})", self.lines(fields, indent)?, spaces(indent))),
        }
    }

    /// Types on lines of their own.
    fn lines(self, types: &[Ty], indent: usize) -> Option<String> {
        let indent = indent + 4;
        let room = LINE_MAX.checked_sub(indent + ",".len())?;
        let lines = types
            .iter()
            .map(|ty| self.ty(ty, indent, room).map(|text| format!("{}{text},\n", spaces(indent))));
        lines.collect()
    }

    /// A type on one line, unless one of its tuples is too wide for that.
    fn flat(self, ty: &Ty) -> Option<String> {
        let join = |types: &[Ty]| {
            let types: Option<Vec<String>> = types.iter().map(|ty| self.flat(ty)).collect();
            types.map(|types| types.join(", "))
        };
        match ty {
            Ty::Name(name) => Some((*name).to_owned()),
            Ty::Generic(name, inner) => join(inner).map(|inner| format!("{name}<{inner}>")),
            Ty::Tuple(fields) => {
                let inner = join(fields)?;
                self.fits(inner.len(), fields.len()).then(|| tuple(&inner, fields.len()))
            }
        }
    }

    /// `use PATH::{NAMES};`
    pub(crate) fn import(self, indent: usize, path: &str, names: &[&str]) -> String {
        let begin = spaces(indent);
        if let [name] = names {
            return format!("{begin}use {path}::{name};\n");
        }
        let flat = format!("{begin}use {path}::{{{}}};\n", names.join(", "));
        if flat.len() <= LINE_MAX + "\n".len() {
            return flat;
        }
        let mut text = format!("{begin}use {path}::{{\n");
        let mut line = spaces(indent + 4);
        for (index, name) in names.iter().enumerate() {
            let gap = if index == 0 || line.trim().is_empty() { "" } else { " " };
            if line.len() + gap.len() + name.len() + ",".len() > LINE_MAX {
                text.push_str(&line);
                text.push('\n');
                line = spaces(indent + 4);
                line.push_str(name);
            } else {
                line.push_str(gap);
                line.push_str(name);
            }
            line.push(',');
        }
        format!("{text}{line}\n{begin}}};\n")
    }
}

/// Whether rustfmt counts one column too few: it does not count the comma after the only field of a tuple, nor with `()` in brackets.
fn is_given_a_column(ty: &Ty) -> bool {
    match ty {
        Ty::Name(_) => false,
        Ty::Tuple(fields) => fields.len() == 1,
        Ty::Generic(_, inner) => matches!(&**inner, [Ty::Tuple(fields)] if fields.is_empty()),
    }
}

/// Whether the only field of a tuple would fit on a line of its own, without which rustfmt does not leave the tuple on one line.
fn lone_field_fits(ty: &Ty, flat: &str, indent: usize) -> bool {
    match ty {
        Ty::Tuple(fields) if matches!(&**fields, [Ty::Name(_) | Ty::Generic(..)]) => {
            indent + 4 + flat.len() - "(,)".len() + ",".len() <= LINE_MAX
        }
        _ => true,
    }
}

/// Whether a tuple that stands alone in brackets shares their lines. As one with a single field is given a column too many, it
/// is put on a line of its own when that would be enough.
const fn shares_lines(fields: &[Ty], excess: usize) -> bool {
    fields.len() > 1 || excess > 1 && !fields.is_empty()
}

/// A type on one line of any width.
fn one_line(ty: &Ty) -> String {
    let join = |types: &[Ty]| types.iter().map(one_line).collect::<Vec<_>>().join(", ");
    match ty {
        Ty::Name(name) => (*name).to_owned(),
        Ty::Generic(name, inner) => format!("{name}<{}>", join(inner)),
        Ty::Tuple(fields) => tuple(&join(fields), fields.len()),
    }
}

fn tuple(inner: &str, count: usize) -> String {
    let comma = if count == 1 { "," } else { "" };
    format!("({inner}{comma})")
}
