//! What may stand in a single place of a value: JSON that no number, and no text, of any contract is,
//! and what stands at the edge of one, of which serde and the schema must think the same.

use serde_json::{Value, json};

/// An infinity of each sign, and what is no number.
const NO_NUMBERS: &[&str] = &["1e999", "-1e999", "NaN", "Infinity", "01", "0x1"];

/// Halves of a pair of UTF-16 units, and what no text of JSON holds.
const NO_TEXTS: &[&str] = &[
    "\"\\ud800\"",
    "\"\\udc00 before\"",
    "\"after \\ud83d\"",
    "\"\\ud83d\\u0041\"",
    "\"\\x\"",
    "\"\t\"",
];

/// Texts of numbers: the first and the last of 64 bits, those beside them, and other ways to write one.
const DECIMALS: &[&str] = &[
    "",
    "0",
    "-0",
    "00",
    "01",
    "-01",
    "+1",
    " 1",
    "1\n",
    "1.0",
    "1e3",
    "٣",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "-9999999999999999999",
    "100000000000000000000",
];

/// The first and the last number of each size, and those beside them.
const NUMBERS: &[i64] = &[
    0,
    1,
    -1,
    -128,
    -129,
    127,
    128,
    255,
    256,
    -32_768,
    -32_769,
    32_767,
    32_768,
    65_535,
    65_536,
    -2_147_483_648,
    -2_147_483_649,
    2_147_483_647,
    2_147_483_648,
    4_294_967_295,
    4_294_967_296,
    9_007_199_254_740_991,
    9_007_199_254_740_992,
    -9_007_199_254_740_991,
];

/// What is written into a value where something else is to go.
const MARK: &str = "the place of what nobody takes";

/// The place of a number or of a text in a value.
pub(super) struct Place<'a> {
    root: &'a Value,
    path: String,
    is_text: bool,
}

/// All places of a value; of a list those of its first item, since the others are like it.
pub(super) fn places(root: &Value) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    walk(root, String::new(), root, &mut found);
    found
}

fn walk<'a>(root: &'a Value, path: String, here: &Value, found: &mut Vec<Place<'a>>) {
    if let Some(first) = here.as_array().and_then(|items| items.first()) {
        walk(root, format!("{path}/0"), first, found);
    }
    for (name, entry) in here.as_object().into_iter().flatten() {
        let name = name.replace('~', "~0").replace('/', "~1");
        walk(root, format!("{path}/{name}"), entry, found);
    }
    let is_text = here.is_string();
    if is_text || here.is_number() {
        found.push(Place { root, path, is_text });
    }
}

impl Place<'_> {
    /// The value as texts that nobody takes.
    ///
    /// Where any JSON goes, `arbitrary_precision` of serde_json keeps a number that no float holds: of
    /// such a place, say so by `is_any`.
    pub(super) fn with_what_nobody_takes(&self, is_any: bool) -> impl Iterator<Item = String> {
        let marked = self.with(json!(MARK)).to_string();
        let wrong = if self.is_text { NO_TEXTS } else { NO_NUMBERS };
        wrong
            .iter()
            .filter(move |wrong| !is_any || serde_json::from_str::<Value>(wrong).is_err())
            .map(move |wrong| marked.replace(&format!("\"{MARK}\""), wrong))
    }

    /// The value with another kind of JSON in the place, which only those take that take any.
    pub(super) fn with_another_kind(&self) -> Value {
        self.with(json!([{ "": [null] }]))
    }

    /// The value with what some take and others do not.
    pub(super) fn with_what_is_at_an_edge(&self) -> Vec<Value> {
        if self.is_text {
            DECIMALS.iter().map(|text| self.with(json!(text))).collect()
        } else {
            NUMBERS.iter().map(|number| self.with(json!(number))).collect()
        }
    }

    fn with(&self, other: Value) -> Value {
        let mut root = self.root.clone();
        if let Some(place) = root.pointer_mut(&self.path) {
            *place = other;
        }
        root
    }
}
