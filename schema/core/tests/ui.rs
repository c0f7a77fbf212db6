//! The words of the macros: every refusal, as its author reads it.
//!
//! `TRYBUILD=overwrite cargo test -p tautline --test ui` writes them anew; read the difference.

#[test]
fn mistakes_are_refused_in_these_words() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
