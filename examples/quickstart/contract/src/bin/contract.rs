//! `cargo contract -p tautline-quickstart write | check | print`.
fn main() -> std::process::ExitCode {
    tautline_codegen::cli(tautline_quickstart::contract())
}
