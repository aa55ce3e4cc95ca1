//! Test data of other projects. It is outside of the tree.
//!
//! The corpus is the directory `shared/corpus` in a parent of the workspace, or the directory that `BAREBUS_CORPUS` names.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The corpus on this machine.
#[derive(Clone, Debug)]
pub struct Corpus {
    root: PathBuf,
}

/// A whole message with the verdict of libdbus.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The row's number, stable across samples.
    pub seq: u32,
    /// `VALID`, `INCOMPLETE`, or libdbus's name of the broken rule.
    pub verdict: String,
    /// The message.
    pub bytes: Vec<u8>,
}

impl Corpus {
    /// Finds the corpus. If there is none, prints a line on standard error and returns `None`.
    ///
    /// # Panics
    /// If `BAREBUS_CORPUS` names a directory that does not exist: whoever sets it wants these tests to run.
    pub fn find() -> Option<Self> {
        if let Some(root) = std::env::var_os("BAREBUS_CORPUS").map(PathBuf::from) {
            assert!(root.is_dir(), "BAREBUS_CORPUS is {}, which is no directory", root.display());
            return Some(Self { root });
        }
        let enclosing = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let root = enclosing.map(|dir| dir.join("shared/corpus")).find(|root| root.is_dir());
        if root.is_none() {
            // Not captured by the test harness: a skipped test must be visible.
            let _ = writeln!(std::io::stderr(), "SKIPPED: there is no corpus, see tests/README.md");
        }
        root.map(|root| Self { root })
    }

    /// The messages that libdbus judged.
    pub fn judged(&self) -> Vec<Judged> {
        let rows = self.rows("messages/verdicts.tsv").into_iter();
        rows.map(|row| Judged {
            seq: row[0].parse().expect("a row's number"),
            verdict: row[1].clone(),
            bytes: hex::decode(&row[2]).expect("a row's hex"),
        })
        .collect()
    }

    /// The fields of each row of a table: name, byte order, signature, hex, expected in the tables of `vectors`.
    pub fn rows(&self, table: &str) -> Vec<Vec<String>> {
        let text = fs::read_to_string(self.root.join(table)).expect("a table of the corpus");
        let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        rows.map(|line| line.split('\t').map(String::from).collect()).collect()
    }

    /// Name and content of each file in a folder.
    pub fn files(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.root.join(folder)).expect("a folder of the corpus");
        let mut files: Vec<_> = entries
            .map(|entry| {
                let path = entry.expect("a file of the corpus").path();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (name, fs::read(path).expect("a file of the corpus"))
            })
            .collect();
        files.sort();
        files
    }
}
