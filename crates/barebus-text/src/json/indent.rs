//! Lays JSON out over several lines.

use core::fmt;

/// Prints JSON that is on one line with a line per value, as `busctl --json=pretty` lays it out: a tab per level, spaces around colons.
///
/// `json` is valid JSON without white space between its tokens, as the functions of this module print it. No newline follows the value.
///
/// # Errors
/// Those of `out`.
pub fn indent(json: &str, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    let mut depth = 0usize;
    let mut rest = json;
    while let Some(c) = rest.chars().next() {
        let len = match c {
            '"' => string_len(rest),
            _ if rest.starts_with("[]") || rest.starts_with("{}") => 2,
            _ => c.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        rest = after;
        match token {
            "[" | "{" => {
                depth += 1;
                out.write_str(token)?;
                new_line(depth, out)?;
            }
            "]" | "}" => {
                depth = depth.saturating_sub(1);
                new_line(depth, out)?;
                out.write_str(token)?;
            }
            "," => {
                out.write_str(token)?;
                new_line(depth, out)?;
            }
            ":" => out.write_str(" : ")?,
            token => out.write_str(token)?,
        }
    }
    Ok(())
}

fn new_line(depth: usize, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    out.write_str("\n")?;
    (0..depth).try_for_each(|_| out.write_str("\t"))
}

/// Length in bytes of the string that `text` begins with, with its quotes.
fn string_len(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lays_out_as_busctl() {
        let mut text = String::new();
        indent(
            r#"{"type":"a{sv}as","data":[{"a:,\"{":{"type":"i","data":-1}},[]],"x":{}}"#,
            &mut text,
        )
        .unwrap();
        let expected = r#"{
	"type" : "a{sv}as",
	"data" : [
		{
			"a:,\"{" : {
				"type" : "i",
				"data" : -1
			}
		},
		[]
	],
	"x" : {}
}"#;
        assert_eq!(text, expected);
    }
}
