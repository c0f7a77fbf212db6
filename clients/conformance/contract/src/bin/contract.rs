//! `cargo contract -p tautline-conformance write | check | print`.
fn main() -> std::process::ExitCode {
    tautline_codegen::cli(tautline_conformance::contract())
}
