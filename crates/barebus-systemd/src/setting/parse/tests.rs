//! The text of settings, one form at a time.

use super::*;

#[test]
fn booleans_have_systemds_spellings() {
    for text in ["1", "yes", "Y", "True", "t", "ON"] {
        assert_eq!(boolean(text), Some(true), "{text}");
    }
    for text in ["0", "no", "n", "FALSE", "f", "off"] {
        assert_eq!(boolean(text), Some(false), "{text}");
    }
    assert_eq!((boolean(""), boolean("2"), boolean(" yes")), (None, None, None));
}

#[test]
fn integers_are_read_in_four_radices() {
    for (text, number) in [
        ("0", 0),
        ("10", 10),
        ("+7", 7),
        ("-7", -7),
        ("0x1f", 31),
        ("017", 15),
        ("0o17", 15),
        ("0b11", 3),
        (" 5", 5),
    ] {
        assert_eq!(integer::<i32>(text), Some(number), "{text}");
    }
    for text in ["", "a", "5 ", "08", "0x", "0b2", "+-5", "--5", "1.5", "18446744073709551616"] {
        assert_eq!(integer::<i128>(text), None, "{text}");
    }
    assert_eq!((integer::<u32>("-1"), integer::<u8>("256")), (None, None));
    assert_eq!(integer::<u64>("18446744073709551615"), Some(u64::MAX));
    assert_eq!(
        (octal("0755"), octal("755"), octal("7777")),
        (Some(0o755), Some(0o755), Some(0o7777))
    );
    assert_eq!((octal("8"), octal("17777"), octal("+7"), octal("")), (None, None, None, None));
}

#[test]
fn sizes_are_sums_of_falling_units() {
    for (text, base, bytes) in [
        ("0", 1024, 0),
        ("64M", 1024, 64 << 20),
        ("1.5G", 1024, 3 << 29),
        ("1G 512M", 1024, 3 << 29),
        ("1K1B", 1024, 1025),
        ("1K1", 1024, 1025),
        (" 10.M", 1024, 10 << 20),
        ("1 K", 1000, 1000),
        ("15E", 1024, 15 << 60),
        ("0.57K", 1000, 570),
        ("1B", 1000, 1),
    ] {
        assert_eq!(size(text, base), Some(bytes), "{text}");
    }
    for text in ["", "M", "1M 1G", "1MM", "1KB", "-1", "16E", "1 1", "1e3", ".5K", "1k", "1M "] {
        assert_eq!(size(text, 1024), None, "{text}");
    }
}

#[test]
fn percentages_have_at_most_two_places() {
    for (text, parts) in [
        ("50%", 5000),
        ("0.5%", 50),
        ("12.34%", 1234),
        ("1‰", 10),
        ("0.5‰", 5),
        ("7‱", 7),
        ("250%", 25_000),
    ] {
        assert_eq!(permyriad(text), Some(parts), "{text}");
    }
    for text in ["", "5", "%", "1.234%", "1.%", ".5%", "-1%", "1.25‰", "1.5‱", "30000000%", "1.+5%"]
    {
        assert_eq!(permyriad(text), None, "{text}");
    }
    assert_eq!(
        (scaled("100%"), scaled("50%"), scaled("0%"), scaled("101%")),
        (Some(u32::MAX), Some(2_147_483_648), Some(0), None)
    );
}

#[test]
fn spans_are_sums_of_numbers_with_units() {
    for (text, microseconds) in [
        ("90", 90_000_000),
        ("1min 30s", 90_000_000),
        ("1min30s", 90_000_000),
        ("5 m", 300_000_000),
        ("1.5s", 1_500_000),
        (".5s", 500_000),
        ("2 h", 7_200_000_000),
        ("1M", 2_629_800_000_000),
        ("1y", 31_557_600_000_000),
        ("3w 2d", 23 * 86_400_000_000),
        ("10ms 5us 1µs", 10_006),
        ("1 2", 3_000_000),
        ("0.1234567", 123_456),
        ("infinity", u64::MAX),
        (" infinity ", u64::MAX),
        ("0", 0),
    ] {
        assert_eq!(span(text), Some(microseconds), "{text}");
    }
    for text in [
        "",
        " ",
        "s",
        "-1",
        "-0",
        "1x",
        "1.",
        "1.s",
        "12.34.56",
        "infinityx",
        "1 infinity",
        "18446744073709551615",
        "1,5",
        "9999999999999999999y",
    ] {
        assert_eq!(span(text), None, "{text}");
    }
    assert_eq!(span_in("5", 1), Some(5));
    assert_eq!(
        (nanoseconds("5"), nanoseconds("5us 1ns"), nanoseconds("1s")),
        (Some(5), Some(5001), Some(1_000_000_000))
    );
}

#[test]
fn words_are_split_unquoted_and_unescaped() {
    let words = |splitter: Splitter<'_>| splitter.words().map(|words| words.join("|"));
    let is = |words: Option<String>, expected: &str| assert_eq!(words.as_deref(), Some(expected));
    is(words(Splitter::new("  a b\t c\n")), "a|b|c");
    is(words(Splitter::new(r"a\ b 'c d'")), "a b|'c|d'");
    is(words(Splitter::new(r#"'a b' "c d"e f''"#).unquote()), "a b|c de|f");
    is(words(Splitter::new("a '' b").unquote()), "a||b");
    is(
        words(Splitter::new(r"a\sb \x41\u00e9\U0001F600\101 \n").unquote().escapes()),
        "a b|A\u{e9}\u{1f600}A|\n",
    );
    is(
        words(Splitter::new(r#"\a\b\f\n\r\t\v\\ '\"' "\'""#).unquote().escapes()),
        "\u{7}\u{8}\u{c}\n\r\t\u{b}\\|\"|'",
    );
    is(words(Splitter::new("a::b:").separators(&[':']).has_empty_words()), "a||b|");
    is(words(Splitter::new("::a::b::").separators(&[':'])), "a|b");
    is(words(Splitter::new(r"a\:b:c\\").separators(&[':']).escapes_separators()), r"a:b|c\");
    is(words(Splitter::new(r"'a\' b'").unquote()), "a' b");
    is(words(Splitter::new(r"'a\' b").unquote().keeps_escapes()), r"a\|b");
    for text in ["'a", "\"", r"a\", r"'a\'"] {
        assert_eq!(words(Splitter::new(text).unquote()), None, "{text}");
    }
    for text in [r"\q", r"\x0", r"\x00", r"\u12", r"\ud800", r"\400", r"\xff", r"\000"] {
        assert_eq!(words(Splitter::new(text).unquote().escapes()), None, "{text}");
    }
    assert_eq!(words(Splitter::new("")), Some(String::new()));

    let mut splitter = Splitter::new("name:a:b").separators(&[':']).has_empty_words();
    assert_eq!(splitter.next(), Some(Ok("name".into())));
    assert_eq!((splitter.ended_by(':'), splitter.rest()), (true, Some("a:b")));
    let mut splitter = Splitter::new("name").separators(&[':']).has_empty_words();
    assert_eq!(splitter.next(), Some(Ok("name".into())));
    assert_eq!((splitter.ended_by(':'), splitter.rest()), (false, None));
}

#[test]
fn bytes_are_unescaped_and_decoded() {
    assert_eq!(unescape(r"a\xff\x00\n", true).as_deref(), Some(&b"a\xff\0\n"[..]));
    assert_eq!((unescape(r"\x00", false), unescape("\\", true)), (None, None));
    assert_eq!(hex("00 fF1").as_deref(), None);
    assert_eq!(hex("00 fF").as_deref(), Some(&[0, 255][..]));
    for (text, bytes) in [
        ("", &b""[..]),
        ("aGVsbG8=", b"hello"),
        ("aGk=", b"hi"),
        ("YQ==", b"a"),
        ("YWJj\nZGVm", b"abcdef"),
        ("+/+/", b"\xfb\xff\xbf"),
    ] {
        assert_eq!(base64(text).as_deref(), Some(bytes), "{text}");
    }
    for text in ["a", "YQ=", "YQ", "YR==", "aGl=", "YQ==YQ==", "====", "Y===", "YQ=a", "a*bc"] {
        assert_eq!(base64(text), None, "{text}");
    }
}
