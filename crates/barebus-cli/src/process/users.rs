//! Names of users. They are read from `/etc/passwd` as a file: a name service can block, and is not in every static program.

use std::collections::HashMap;
use std::fs;

/// The names of users, and their groups.
#[derive(Debug, Default)]
pub(crate) struct Users {
    names: HashMap<u32, String>,
    ids: HashMap<String, (u32, u32)>,
}

impl Users {
    pub(crate) fn read() -> Self {
        Self::parse(&fs::read("/etc/passwd").unwrap_or_default())
    }

    fn parse(file: &[u8]) -> Self {
        let mut users = Self::default();
        for line in file.split(|byte| *byte == b'\n') {
            let mut fields = line.split(|byte| *byte == b':');
            let mut field = || fields.next().and_then(|field| std::str::from_utf8(field).ok());
            let (Some(name), Some(_), Some(uid), Some(gid)) = (field(), field(), field(), field())
            else {
                continue;
            };
            if let (false, Ok(uid), Ok(gid)) = (name.is_empty(), uid.parse(), gid.parse()) {
                // The first line about a user counts, as in the C library.
                users.names.entry(uid).or_insert_with(|| name.to_owned());
                users.ids.entry(name.to_owned()).or_insert((uid, gid));
            }
        }
        users
    }

    /// The names of all users, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = self.ids.keys().map(String::as_str).collect();
        names.sort_unstable();
        names.into_iter()
    }

    /// The name of a user, or the number if there is no name.
    pub(crate) fn name(&self, uid: u32) -> String {
        self.names.get(&uid).cloned().unwrap_or_else(|| uid.to_string())
    }

    /// User and group ID of a user, by name or number.
    pub(crate) fn find(&self, user: &str) -> Option<(u32, u32)> {
        if let Some(known) = self.ids.get(user) {
            return Some(*known);
        }
        let uid: u32 = user.parse().ok()?;
        let known = self.names.get(&uid).and_then(|name| self.ids.get(name));
        Some(known.copied().unwrap_or((uid, uid)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_about_a_user_counts_and_others_are_numbers() {
        let file = b"root:x:0:0:root:/root:/bin/sh\nbroken\n:x:5:5::\ntoor:x:0:1::/:\nme:x:1000:100::/:/bin/sh";
        let users = Users::parse(file);
        assert_eq!([0, 5, 1000].map(|uid| users.name(uid)), ["root", "5", "me"]);
        assert_eq!(users.find("me"), Some((1000, 100)));
        assert_eq!(users.find("1000"), Some((1000, 100)));
        assert_eq!(users.find("1234"), Some((1234, 1234)));
        assert_eq!(users.find("nobody"), None);
    }
}
