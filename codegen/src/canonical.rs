//! Canonical JSON (RFC 8785): one text for one value, so that a hash over it means something.
//!
//! It sorts keys and writes numbers itself: the features `preserve_order` and `arbitrary_precision`
//! of serde_json, which any crate of a build may turn on, change nothing here.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

/// The canonical text of a value.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &Layout::Compact, 0, &mut text);
    text
}

/// The canonical text with line breaks and indentation, for files that people compare.
pub fn readable(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &Layout::Lines, 0, &mut text);
    text.push('\n');
    text
}

/// SHA-256 over the canonical text, in hexadecimal.
pub fn hash(value: &Value) -> String {
    Sha256::digest(canonical(value)).iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

enum Layout {
    Compact,
    Lines,
}

fn write_value(value: &Value, layout: &Layout, depth: usize, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number_text(number)),
        Value::String(string) => text.push_str(&string_text(string)),
        Value::Array(items) => {
            let write =
                |item: &&Value, text: &mut String| write_value(item, layout, depth + 1, text);
            write_members('[', ']', &items.iter().collect::<Vec<_>>(), layout, depth, text, write);
        }
        Value::Object(map) => {
            let separator = match layout {
                Layout::Compact => ":",
                Layout::Lines => ": ",
            };
            let write = |(key, value): &(&String, &Value), text: &mut String| {
                text.push_str(&string_text(key));
                text.push_str(separator);
                write_value(value, layout, depth + 1, text);
            };
            write_members('{', '}', &sorted(map), layout, depth, text, write);
        }
    }
}

fn write_members<T>(
    open: char,
    close: char,
    members: &[T],
    layout: &Layout,
    depth: usize,
    text: &mut String,
    write: impl Fn(&T, &mut String),
) {
    let line = |depth: usize, text: &mut String| {
        if matches!(layout, Layout::Lines) {
            text.push('\n');
            text.extend(std::iter::repeat_n("  ", depth));
        }
    };
    text.push(open);
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        line(depth + 1, text);
        write(member, text);
    }
    if !members.is_empty() {
        line(depth, text);
    }
    text.push(close);
}

/// The entries in the order of their keys' UTF-16 code units, as the RFC asks.
pub(crate) fn sorted(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = map.iter().collect();
    // Bytes have the same order as long as nothing lies beyond the basic plane.
    if entries.iter().all(|(key, _)| key.is_ascii()) {
        entries.sort_by_key(|(key, _)| key.as_str());
    } else {
        entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    }
    entries
}

/// A string as JavaScript's `JSON.stringify` writes it. Serde's escapes are the same ones.
pub(crate) fn string_text(string: &str) -> String {
    // Most texts have nothing to escape, and a large contract has a million.
    if string.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        return format!("\"{string}\"");
    }
    serde_json::Value::from(string).to_string()
}

/// A number as JavaScript prints it: shortest digits that read back, exponent from 1e21 and 1e-7.
fn number_text(number: &Number) -> String {
    /// Up to here floats hold every integer, and print it without an exponent.
    const EXACT: u64 = 1 << 53;
    if let Some(integer) = number.as_u64().filter(|integer| *integer <= EXACT) {
        return integer.to_string();
    }
    let Some(value) = number.as_f64() else {
        // Only with `arbitrary_precision`: a number beyond any float. Its own text is all there is.
        return number.to_string();
    };
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:e}", value.abs());
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = digits.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", place_point(&digits, exponent))
}

/// Places the decimal point in `d.ddd × 10^exponent` by the rules of ECMAScript's `Number::toString`.
fn place_point(digits: &str, exponent: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let split = |at: i32| digits.split_at(usize::try_from(at).unwrap_or(0));
    match exponent {
        0..=20 if count <= exponent + 1 => format!("{digits}{}", zeros(exponent + 1 - count)),
        0..=20 => {
            let (whole, fraction) = split(exponent + 1);
            format!("{whole}.{fraction}")
        }
        -6..=-1 => format!("0.{}{digits}", zeros(-exponent - 1)),
        _ => {
            let (first, rest) = split(1);
            let point = if rest.is_empty() { "" } else { "." };
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{first}{point}{rest}e{sign}{}", exponent.abs())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_example_of_the_rfc_has_the_text_of_the_rfc() {
        // The numbers are Rust's own: serde_json reads some of them one bit off.
        let value = json!({
            "numbers": [333_333_333.333_333_3_f64, 1e30, 4.50, 2e-3, 0.000_000_000_000_000_000_000_000_001],
            "string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/",
            "literals": [null, true, false],
        });

        let text = canonical(&value);

        assert_eq!(
            text,
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
    }

    #[test]
    fn keys_are_sorted_by_utf16() {
        let value: Value = serde_json::from_str(
            r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
                "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"o"}"#,
        )
        .unwrap();
        let Value::Object(map) = &value else { unreachable!("an object was parsed") };

        let keys: Vec<&str> = sorted(map).into_iter().map(|(key, _)| key.as_str()).collect();

        assert_eq!(keys, ["\r", "1", "\u{80}", "ö", "€", "😀", "\u{fb33}"]);
    }

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        let written = |text: &str| canonical(&serde_json::from_str::<Value>(text).unwrap());

        assert_eq!(written("-0.0"), "0");
        assert_eq!(written("9007199254740991"), "9007199254740991");
        assert_eq!(written("1e20"), "100000000000000000000");
        assert_eq!(written("1e21"), "1e+21");
        assert_eq!(written("-1.25e-7"), "-1.25e-7");
        assert_eq!(written("0.000001"), "0.000001");
        assert_eq!(written("123.456"), "123.456");
    }
}
