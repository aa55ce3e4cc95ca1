//! Settings of mounts and automounts, and of what services see mounted. systemd.mount(5), systemd.exec(5).

use super::basic::{boolean, dash, mode, seconds, text};
use super::error::Expected;
use super::parse::{Splitter, base64, hex};
use super::table::Rule;
use super::translation::{Outcome, Translation};

pub(super) const OF_MOUNTS: &[Rule] = &[
    (text, &["What", "Where", "Options", "Type"]),
    (seconds, &["TimeoutSec"]),
    (mode, &["DirectoryMode"]),
    (boolean, &["SloppyOptions", "LazyUnmount", "ForceUnmount", "ReadWriteOnly", "ReadwriteOnly"]),
];

pub(super) const OF_AUTOMOUNTS: &[Rule] = &[
    (text, &["Where", "ExtraOptions"]),
    (mode, &["DirectoryMode"]),
    (seconds, &["TimeoutIdleSec"]),
];

/// What bind mounts do with mounts below them: `MS_REC` of mount(2).
const RECURSIVE: u64 = 1 << 14;

/// Separators of [`bind_paths`].
const COLON_OR_SPACE: &[char] = &[':', ' ', '\t', '\n', '\r'];

const COLON: &[char] = &[':'];

pub(super) fn bind_paths(t: &mut Translation<'_>) -> Outcome {
    const EXPECTED: Expected = Expected::BindPaths;
    let mut list = Vec::new();
    let fields = |text| Splitter::new(text).separators(COLON_OR_SPACE).unquote().has_empty_words();
    let mut words = fields(t.text);
    if t.text.is_empty() {
        return t.same(list);
    }
    while let Some(source) = words.next() {
        let source = source.map_err(|()| EXPECTED)?;
        let (ignores_missing, source) = dash(&source);
        let mut destination = source.to_owned();
        let mut flags = RECURSIVE;
        if words.ended_by(':') {
            destination = words.next().ok_or(EXPECTED)?.map_err(|()| EXPECTED)?;
            if words.ended_by(':') {
                // Options have no colons, and end at spaces.
                let mut options = Splitter::new(words.rest().unwrap_or_default()).unquote();
                let option = options.next().transpose().map_err(|()| EXPECTED)?;
                flags = match option.as_deref() {
                    None | Some("" | "rbind") => RECURSIVE,
                    Some("norbind") => 0,
                    Some(_) => return Err(EXPECTED),
                };
                words = fields(options.rest().unwrap_or_default());
                list.push((source.to_owned(), destination, ignores_missing, flags));
                if options.rest().is_none() {
                    break;
                }
                continue;
            }
        }
        list.push((source.to_owned(), destination, ignores_missing, flags));
    }
    t.same(list)
}

/// A path and the options of each temporary file system.
pub(super) fn temporary(t: &mut Translation<'_>) -> Outcome {
    let mut list = Vec::new();
    for word in Splitter::new(t.text).unquote() {
        let word = word.map_err(|()| Expected::Words)?;
        let (path, options) = word.split_once(':').unwrap_or((&word, ""));
        list.push((path.to_owned(), options.to_owned()));
    }
    t.same(list)
}

/// Words with fields between colons; escapes are left for [`fields`].
fn groups(text: &str) -> Splitter<'_> {
    Splitter::new(text).unquote().keeps_escapes()
}

fn fields(group: &str) -> Splitter<'_> {
    Splitter::new(group).separators(COLON).escapes().escapes_separators()
}

/// Pairs of a partition and its options; options alone are the root's.
fn options(
    mut fields: Splitter<'_>,
    expected: Expected,
) -> Result<Vec<(String, String)>, Expected> {
    let mut list = Vec::new();
    while let Some(first) = fields.next() {
        let first = first.map_err(|()| expected)?;
        list.push(match fields.next() {
            Some(second) => (first, second.map_err(|()| expected)?),
            None => ("root".into(), first),
        });
    }
    Ok(list)
}

pub(super) fn root_options(t: &mut Translation<'_>) -> Outcome {
    const EXPECTED: Expected = Expected::MountOptions;
    let mut list = Vec::new();
    for group in groups(t.text) {
        let mut pairs = options(fields(&group.map_err(|()| EXPECTED)?), EXPECTED)?;
        // One pair a word.
        if pairs.len() > 1 {
            return Err(EXPECTED);
        }
        list.append(&mut pairs);
    }
    t.same(list)
}

pub(super) fn mount_images(t: &mut Translation<'_>) -> Outcome {
    const EXPECTED: Expected = Expected::MountImages;
    let mut list = Vec::new();
    for group in groups(t.text) {
        let group = group.map_err(|()| EXPECTED)?;
        let mut fields = fields(&group);
        let Some(source) = fields.next() else { continue };
        let source = source.map_err(|()| EXPECTED)?;
        let destination = fields.next().ok_or(EXPECTED)?.map_err(|()| EXPECTED)?;
        let (is_permissive, source) = dash(&source);
        list.push((source.to_owned(), destination, is_permissive, options(fields, EXPECTED)?));
    }
    t.same(list)
}

pub(super) fn extension_images(t: &mut Translation<'_>) -> Outcome {
    const EXPECTED: Expected = Expected::MountImages;
    let mut list = Vec::new();
    for group in groups(t.text) {
        let group = group.map_err(|()| EXPECTED)?;
        let mut fields = fields(&group);
        let Some(source) = fields.next() else { continue };
        let source = source.map_err(|()| EXPECTED)?;
        let (is_permissive, source) = dash(&source);
        list.push((source.to_owned(), is_permissive, options(fields, EXPECTED)?));
    }
    t.same(list)
}

/// What is a link is a property of its own, which came later.
pub(super) fn directories(t: &mut Translation<'_>) -> Outcome {
    /// Bit of directories that the service cannot write.
    const READ_ONLY: u64 = 2;
    let (mut directories, mut links) = (Vec::new(), Vec::new());
    for word in Splitter::new(t.text).unquote() {
        let word = word.map_err(|()| Expected::Words)?;
        let mut fields = word.splitn(3, ':');
        let mut field = || fields.next().unwrap_or_default();
        let (directory, link, option) = (simplify(field()), simplify(field()), field());
        let flags = match option {
            "" => 0,
            "ro" => READ_ONLY,
            _ => return Err(Expected::Directories),
        };
        if link.is_empty() && flags == 0 {
            directories.push(directory);
        } else {
            links.push((directory, link, flags));
        }
    }
    // No text empties the list, as in unit files.
    if !directories.is_empty() || links.is_empty() {
        t.same(directories)?;
    }
    if !links.is_empty() {
        t.suffixed("Symlink", links)?;
    }
    Ok(())
}

/// The path without repeated slashes, slashes at its end and elements `.`.
fn simplify(path: &str) -> String {
    let elements = path.split('/').filter(|element| !matches!(*element, "" | "."));
    let simple = elements.collect::<Vec<_>>().join("/");
    match path.starts_with('/') {
        true => ["/", &simple].concat(),
        false if simple.is_empty() && !path.is_empty() => ".".into(),
        false => simple,
    }
}

pub(super) fn root_hash(t: &mut Translation<'_>) -> Outcome {
    /// Fewest bytes.
    const LEN: usize = 16;
    if t.text.starts_with('/') {
        return t.suffixed("Path", t.text);
    }
    let hash = hex(t.text).filter(|hash| hash.len() >= LEN);
    t.some(hash, Expected::RootHash)
}

pub(super) fn root_hash_signature(t: &mut Translation<'_>) -> Outcome {
    if t.text.starts_with('/') {
        return t.suffixed("Path", t.text);
    }
    let signature = t.text.strip_prefix("base64:").and_then(base64);
    t.some(signature, Expected::RootHashSignature)
}
