//! The corpus that grows: named seeds belong to the tree, files that the fuzzer names by their hash do not.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::run::Failure;

/// Whether a fuzzer gave the file its name: 40 hexadecimal digits.
fn is_found(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Replaces what the fuzzer found in `corpus` by the files of `merged`, but for those that are seeds. Returns how many there are then.
///
/// # Errors
/// A file cannot be read, written or removed.
pub(super) fn replace_found(
    corpus: &Path,
    merged: &Path,
    shared: Option<&Path>,
) -> Result<usize, Failure> {
    let mut seeds = HashSet::new();
    for folder in [Some(corpus), shared].into_iter().flatten() {
        for (name, bytes) in files(folder)? {
            if !is_found(&name) {
                seeds.insert(bytes);
            } else if folder == corpus {
                fs::remove_file(folder.join(name))?;
            }
        }
    }
    let mut count = 0;
    for (name, bytes) in files(merged)? {
        if !seeds.contains(&bytes) {
            fs::write(corpus.join(name), bytes)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Name and content of each file in a folder.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.push((name, fs::read(entry.path())?));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_stay_and_found_files_are_replaced_by_the_merged_ones() {
        let folder = std::env::temp_dir().join(format!("xtask-corpus-{}", std::process::id()));
        let [corpus, merged, shared] = ["corpus", "merged", "shared"].map(|it| folder.join(it));
        for each in [&corpus, &merged, &shared] {
            fs::create_dir_all(each).unwrap();
        }
        let found = |digit: char| digit.to_string().repeat(40);
        fs::write(corpus.join("seed"), "a").unwrap();
        fs::write(corpus.join(found('0')), "old").unwrap();
        fs::write(shared.join("theirs"), "b").unwrap();
        fs::write(shared.join(found('1')), "c").unwrap();
        for (name, content) in [('2', "a"), ('3', "b"), ('1', "c"), ('4', "new")] {
            fs::write(merged.join(found(name)), content).unwrap();
        }
        assert_eq!(replace_found(&corpus, &merged, Some(&shared)).unwrap(), 2);
        let mut names: Vec<_> = files(&corpus).unwrap().into_iter().map(|it| it.0).collect();
        names.sort();
        assert_eq!(names, [found('1'), found('4'), "seed".into()]);
        assert_eq!(files(&shared).unwrap().len(), 2);
        fs::remove_dir_all(folder).unwrap();
    }
}
