//! `cargo contract -p tautline-agent-chat write | check | print`.
fn main() -> std::process::ExitCode {
    tautline_codegen::cli(tautline_agent_chat::contract())
}
