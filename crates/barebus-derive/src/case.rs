//! Converts Rust identifiers to names on the wire.

/// How words are joined into a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
}

impl Case {
    /// Every case with its name in `rename_all`.
    pub(crate) const NAMES: [(&'static str, Self); 6] = [
        ("lowercase", Self::Lower),
        ("PascalCase", Self::Pascal),
        ("camelCase", Self::Camel),
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
    ];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, case)| *case)
    }

    /// `identifier`, a field's or a variant's, in this case.
    pub(crate) fn apply(self, identifier: &str) -> String {
        let words = words(identifier);
        match self {
            Self::Lower => words.concat(),
            Self::Snake => words.join("_"),
            Self::Kebab => words.join("-"),
            Self::ScreamingSnake => words.join("_").to_ascii_uppercase(),
            Self::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Self::Camel => match words.split_first() {
                Some((first, rest)) => {
                    rest.iter().fold(first.clone(), |name, word| name + &capitalized(word))
                }
                None => String::new(),
            },
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The words of `snake_case` and of `PascalCase`, in lower case. A run of capitals is one word: `GetUUIDOf` is `get uuid of`.
fn words(identifier: &str) -> Vec<String> {
    let letters: Vec<char> = identifier.chars().collect();
    let mut words = vec![String::new()];
    let mut previous = '_';
    for (index, letter) in letters.iter().copied().enumerate() {
        let next_is_lower = letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        let starts = letter.is_uppercase() && (!previous.is_uppercase() || next_is_lower);
        if starts || letter == '_' {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), letter != '_') {
            word.extend(letter.to_lowercase());
        }
        previous = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_variants_give_the_same_names() {
        for identifier in ["on_failure_job2", "OnFailureJob2"] {
            for (case, name) in [
                (Case::Lower, "onfailurejob2"),
                (Case::Pascal, "OnFailureJob2"),
                (Case::Camel, "onFailureJob2"),
                (Case::Snake, "on_failure_job2"),
                (Case::ScreamingSnake, "ON_FAILURE_JOB2"),
                (Case::Kebab, "on-failure-job2"),
            ] {
                assert_eq!(case.apply(identifier), name, "{identifier}");
            }
        }
    }

    #[test]
    fn runs_of_capitals_are_one_word() {
        assert_eq!(Case::Kebab.apply("GetUUIDOf"), "get-uuid-of");
        assert_eq!(Case::Kebab.apply("A"), "a");
        assert_eq!(Case::Kebab.apply("PID"), "pid");
    }

    #[test]
    fn every_case_is_found_under_its_name() {
        for (name, case) in Case::NAMES {
            assert_eq!(Case::parse(name), Some(case));
        }
        assert_eq!(Case::parse("Title Case"), None);
    }
}
