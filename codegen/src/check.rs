//! Compares what is on the disk with what would be generated, and shows the difference.

use std::{fmt::Write as _, fs, path::PathBuf};

use similar::{ChangeTag, TextDiff};

use crate::outputs::{Output, Outputs};

/// How many lines around a change are shown.
const CONTEXT: usize = 3;

/// A file that is not what the contract gives.
#[derive(Debug)]
pub(crate) struct Stale {
    /// The file.
    pub path: PathBuf,
    /// What is on the disk; nothing if the file is missing.
    pub before: Option<String>,
    /// What should be there; nothing if the file should be gone.
    pub after: Option<String>,
}

/// Finds the stale files.
pub(crate) fn stale(outputs: &Outputs) -> Vec<Stale> {
    let differs = |output: &Output| {
        let before = fs::read_to_string(&output.path).ok();
        let after = Some(output.text.clone());
        (before != after).then(|| Stale { path: output.path.clone(), before, after })
    };
    let gone = |path: &PathBuf| Stale {
        path: path.clone(),
        before: fs::read_to_string(path).ok(),
        after: None,
    };
    outputs.files.iter().filter_map(differs).chain(outputs.leftover.iter().map(gone)).collect()
}

impl Stale {
    /// What is wrong with the file, in two words.
    pub(crate) fn verdict(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "missing",
            (Some(_), Some(_)) => "stale",
            (Some(_), None) => "left over",
        }
    }

    /// The difference from the disk to the contract, line by line.
    pub(crate) fn diff(&self, colours: bool) -> String {
        let (before, after) =
            (self.before.as_deref().unwrap_or(""), self.after.as_deref().unwrap_or(""));
        let diff = TextDiff::from_lines(before, after);
        let mut text = String::new();
        for group in diff.grouped_ops(CONTEXT) {
            let start = group.first().map_or(0, |op| op.new_range().start);
            // Writing to a `String` cannot fail, here and below.
            let _ =
                writeln!(text, "{}", paint(&format!("@@ line {} @@", start + 1), "36", colours));
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let (sign, colour) = match change.tag() {
                    ChangeTag::Delete => ('-', "31"),
                    ChangeTag::Insert => ('+', "32"),
                    ChangeTag::Equal => (' ', ""),
                };
                let line = format!("{sign}{}", change.value().trim_end_matches('\n'));
                let _ = writeln!(text, "{}", paint(&line, colour, colours));
            }
        }
        text
    }
}

/// Puts a text into one of the terminal's colours.
pub(crate) fn paint(text: &str, colour: &str, colours: bool) -> String {
    if colours && !colour.is_empty() {
        format!("\u{1b}[{colour}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}
