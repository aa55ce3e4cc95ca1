//! Words go in and come out unchanged.

use super::*;

#[test]
fn words_are_kept_known_or_not() {
    for word in ["enabled", "masked-runtime", "not-yet-invented", ""] {
        assert_eq!(UnitFileState::from(word).as_str(), word);
        assert_eq!(UnitFileState::from(word), word);
    }
    assert_eq!(ActiveState::from("failed"), ActiveState::Failed);
    assert_eq!("hibernated".parse(), Ok(ActiveState::Other("hibernated".into())));
    assert_eq!(format!("{:>8}|", ActiveState::Active), "  active|");
}

#[test]
fn each_known_word_is_a_variant_of_its_own() {
    fn check<T: for<'a> From<&'a str> + std::fmt::Debug + std::fmt::Display>(words: &[&str]) {
        let mut seen = std::collections::HashSet::new();
        for word in words {
            let value = T::from(word);
            assert!(!format!("{value:?}").starts_with("Other"), "{word}");
            assert_eq!(value.to_string(), *word);
            assert!(seen.insert(word), "{word}");
        }
    }
    check::<LoadState>(LoadState::WORDS);
    check::<SubState>(SubState::WORDS);
    check::<UnitResult>(UnitResult::WORDS);
    check::<EmergencyAction>(EmergencyAction::WORDS);
    check::<crate::JobResult>(crate::JobResult::WORDS);
}

#[test]
fn words_are_strings_on_the_bus() {
    use barebus::Type;
    use barebus::wire::OwnedBody;

    assert_eq!(ActiveState::SIGNATURE, "s");
    let body = OwnedBody::new(&(KillWhom::MainFail, ActiveState::from("new"))).unwrap();
    assert_eq!(body.get::<(&str, &str)>().unwrap(), ("main-fail", "new"));
    let (whom, state) = body.get::<(KillWhom, ActiveState)>().unwrap();
    assert_eq!((whom, state.as_str()), (KillWhom::MainFail, "new"));
}

/// The states for which systemd 252 and 257 end `is-enabled` with 0.
#[test]
fn a_unit_file_is_enabled_as_systemctl_says() {
    use super::UnitFileState;

    let enabled =
        UnitFileState::WORDS.iter().filter(|word| UnitFileState::from(**word).is_enabled());
    let expected = ["enabled", "enabled-runtime", "alias", "static", "indirect", "generated"];
    assert_eq!(enabled.copied().collect::<Vec<_>>(), expected);
}
