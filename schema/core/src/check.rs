//! Constraints: each rule answers for one field, and the report collects all of them with their paths.

use std::collections::BTreeMap;
use std::fmt::Display;

use garde::rules::{length, pattern, range};
use regex::Regex;

use crate::{FieldProblem, Finite, Patch};

/// Collects what a payload breaks, with the path of each field.
#[derive(Debug, Default)]
pub struct Report {
    path: String,
    fields: Vec<FieldProblem>,
}

impl Report {
    /// An empty report at the payload's root.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `check` one field deeper.
    pub fn field(&mut self, name: &str, check: impl FnOnce(&mut Self)) {
        let depth = self.path.len();
        if depth > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        check(self);
        self.path.truncate(depth);
    }

    /// Runs `check` one list item deeper.
    pub fn index(&mut self, index: usize, check: impl FnOnce(&mut Self)) {
        use std::fmt::Write as _;
        let depth = self.path.len();
        // Writing to a `String` cannot fail.
        let _ = write!(self.path, "[{index}]");
        check(self);
        self.path.truncate(depth);
    }

    /// Says that the current field breaks `rule`. For a custom rule of a contract, too.
    pub fn broken(&mut self, rule: &str, limit: Option<String>) {
        self.fields.push(FieldProblem { path: self.path.clone(), rule: rule.to_owned(), limit });
    }

    /// What was found, in the order of the fields.
    pub fn into_fields(self) -> Vec<FieldProblem> {
        self.fields
    }
}

/// Text whose length can be counted in Unicode scalar values, as JSON Schema counts it.
#[diagnostic::on_unimplemented(
    message = "`length` and `pattern` are rules for text, and `{Self}` is not `String` or `Option<String>`",
    note = "count the entries of a list with `items(…)`, bound a number with `range(…)`"
)]
pub trait Text {
    /// The text, if there is one.
    fn text(&self) -> Option<&str>;
}

impl Text for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl<T: Text> Text for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref()?.text()
    }
}

impl<T: Text> Text for Patch<T> {
    fn text(&self) -> Option<&str> {
        self.value()?.text()
    }
}

/// A list or map whose entries can be counted.
#[diagnostic::on_unimplemented(
    message = "`items` is a rule for lists, and `{Self}` is not `Vec<…>` or `BTreeMap<String, …>`",
    note = "count the characters of a text with `length(…)`"
)]
pub trait Items {
    /// How many, if there is a list at all.
    fn items(&self) -> Option<usize>;
}

impl<T> Items for Vec<T> {
    fn items(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<T> Items for BTreeMap<String, T> {
    fn items(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<T: Items> Items for Patch<T> {
    fn items(&self) -> Option<usize> {
        self.value()?.items()
    }
}

impl<T: Items> Items for Option<T> {
    fn items(&self) -> Option<usize> {
        self.as_ref()?.items()
    }
}

/// A number with bounds.
#[diagnostic::on_unimplemented(
    message = "`range` is a rule for numbers, and `{Self}` is not one of the profile's",
    note = "bound a text with `length(…)`, a list with `items(…)`"
)]
pub trait Number {
    /// The type in which the bounds are written.
    type Bound: Display + Copy;
    /// Whether the number, if there is one, lies within.
    fn within(&self, min: Option<Self::Bound>, max: Option<Self::Bound>) -> bool;
}

macro_rules! numbers {
    ($($ty:ty),*) => {
        $(impl Number for $ty {
            type Bound = $ty;
            fn within(&self, min: Option<$ty>, max: Option<$ty>) -> bool {
                range::apply(self, (min, max)).is_ok()
            }
        })*
    };
}

numbers!(i8, i16, i32, u8, u16, u32);

impl Number for Finite {
    type Bound = f64;
    fn within(&self, min: Option<f64>, max: Option<f64>) -> bool {
        range::apply(&self.get(), (min, max)).is_ok()
    }
}

impl<T: Number> Number for Option<T> {
    type Bound = T::Bound;
    fn within(&self, min: Option<T::Bound>, max: Option<T::Bound>) -> bool {
        self.as_ref().is_none_or(|number| number.within(min, max))
    }
}

impl<T: Number> Number for Patch<T> {
    type Bound = T::Bound;
    fn within(&self, min: Option<T::Bound>, max: Option<T::Bound>) -> bool {
        self.value().is_none_or(|number| number.within(min, max))
    }
}

/// `#[field(length(min..=max))]`: the number of Unicode scalar values of a text.
pub fn length(value: &impl Text, min: usize, max: usize, report: &mut Report) {
    let Some(text) = value.text() else { return };
    if length::chars::apply(&text, (min, max)).is_err() {
        report.broken("length", Some(bounds(some_min(min), some_max(max))));
    }
}

/// `#[field(items(min..=max))]`: the number of entries of a list or map.
pub fn items(value: &impl Items, min: usize, max: usize, report: &mut Report) {
    let Some(count) = value.items() else { return };
    if !(min..=max).contains(&count) {
        report.broken("items", Some(bounds(some_min(min), some_max(max))));
    }
}

/// `#[field(range(min..=max))]`: the bounds of a number.
pub fn range<N: Number>(
    value: &N,
    min: Option<N::Bound>,
    max: Option<N::Bound>,
    report: &mut Report,
) {
    if !value.within(min, max) {
        report.broken("range", Some(bounds(min, max)));
    }
}

/// `#[field(pattern("…"))]`: a regular expression that the text matches somewhere; anchor it with
/// `^` and `$` where the whole text is meant. `written` is the expression as the contract has it,
/// `regex` the one that means the same in Rust.
pub fn pattern(value: &impl Text, regex: &Regex, written: &str, report: &mut Report) {
    let Some(text) = value.text() else { return };
    if pattern::apply(&text, (regex,)).is_err() {
        report.broken("pattern", Some(written.to_owned()));
    }
}

fn some_min(min: usize) -> Option<usize> {
    (min > 0).then_some(min)
}

fn some_max(max: usize) -> Option<usize> {
    (max < usize::MAX).then_some(max)
}

/// Writes the bounds as Rust writes an inclusive range.
fn bounds<B: Display>(min: Option<B>, max: Option<B>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min}..={max}"),
        (Some(min), None) => format!("{min}.."),
        (None, Some(max)) => format!("..={max}"),
        (None, None) => "..".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_held_to_the_rules_of_what_it_sets() {
        let broken = |title: Patch<String>| {
            let mut report = Report::new();
            length(&title, 1, 5, &mut report);
            report.into_fields().len()
        };

        assert_eq!(broken(Patch::Absent), 0);
        assert_eq!(broken(Patch::Null), 0);
        assert_eq!(broken(Patch::Value("milk".to_owned())), 0);
        assert_eq!(broken(Patch::Value(String::new())), 1);
    }
}
