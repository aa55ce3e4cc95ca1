//! The examples in documents that need a server: code blocks that are marked `no_run`.

use std::fs;
use std::path::{Path, PathBuf};

/// An example, as its reader gets it.
pub(super) struct Block {
    /// The file, and the line of the block's first line.
    pub(super) place: String,
    pub(super) code: String,
}

/// All of them: in README.md, the guides, the crates' README.md, and the documentation of the crates that connect.
pub(super) fn blocks(root: &Path) -> Vec<Block> {
    let mut files = vec![root.join("README.md"), root.join("docs/embedding.md")];
    for name in ["barebus", "barebus-systemd", "barebus-tokio"] {
        let folder = root.join("crates").join(name);
        // Those of barebus-systemd are whole programs, which `readme` runs.
        if name != "barebus-systemd" {
            files.push(folder.join("README.md"));
        }
        sources(&folder.join("src"), &mut files);
    }
    files.iter().flat_map(|file| blocks_of(root, file)).collect()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            sources(&entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
}

fn blocks_of(root: &Path, file: &Path) -> Vec<Block> {
    let is_source = file.extension().is_some_and(|extension| extension == "rs");
    let mut blocks = Vec::new();
    let mut open: Option<(bool, Block)> = None;
    for (number, line) in fs::read_to_string(file).unwrap().lines().enumerate() {
        let text = if is_source { documentation(line) } else { Some(line) };
        let Some(text) = text else {
            open = None;
            continue;
        };
        match (text.trim_start().strip_prefix("```"), open.take()) {
            (Some(_), Some((true, block))) => blocks.push(block),
            (Some(_), Some(_)) => {}
            (Some(kind), None) => {
                let place =
                    format!("{}:{}", file.strip_prefix(root).unwrap().display(), number + 2);
                open = Some((kind.contains("no_run"), Block { place, code: String::new() }));
            }
            (None, Some((is_wanted, mut block))) => {
                // What rustdoc hides is compiled, too.
                let text = match text.trim_start() {
                    "#" => "",
                    trimmed => trimmed.strip_prefix("# ").unwrap_or(text),
                };
                block.code.push_str(text);
                block.code.push('\n');
                open = Some((is_wanted, block));
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The text of a line of documentation.
fn documentation(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}
