//! The command line that every contract crate has: `write`, `check`, `diff`, `print` and `rules`.

use std::{
    ffi::OsString,
    io::{self, IsTerminal as _, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use tautline::Contract;

use crate::{
    Described, Mistake,
    check::{paint, stale},
    gate::{self, command::Form},
    laws,
    outputs::Outputs,
    write::write,
};

/// Generates what follows from a contract.
#[derive(Debug, Parser)]
#[command(name = "contract", bin_name = "cargo contract -p <crate>", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The folder of the contract crate; `cargo run` knows it.
    #[arg(long, global = true, env = "CARGO_MANIFEST_DIR", hide_env = true)]
    crate_root: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the generated files that have changed.
    Write,
    /// Says which generated files are not what the contract gives, and ends with 1 if any.
    ///
    /// Tries, too, whether serde, the JSON Schemas and the TypeScript agree about the contract's
    /// types, and ends with 2 where they do not.
    Check {
        #[command(flatten)]
        tried: drift::Tried,
        /// A lock or a git revision: says besides whom the changes since then would hurt.
        #[arg(long, value_name = "LOCK OR REVISION")]
        against: Option<String>,
        #[command(flatten)]
        options: gate::command::Options,
    },
    /// Prints values of all payloads as a TypeScript module, for tests with real clients.
    Fixtures {
        /// The module of the generated types, as the printed one imports it.
        #[arg(long)]
        types: String,
        #[command(flatten)]
        tried: drift::Tried,
    },
    /// Says what has changed since a lock or a git revision, and ends with 1 if it hurts somebody.
    Diff {
        /// A lock such as `locks/1.0.0.json`, or a git revision such as `main`.
        #[arg(value_name = "LOCK OR REVISION")]
        against: String,
        #[command(flatten)]
        options: gate::command::Options,
    },
    /// Prints one generated file, such as `CATALOG.md` or `index.ts`.
    Print {
        /// The file's name.
        file: String,
    },
    /// Prints the reference of the rules by which `diff` judges.
    Rules,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// All is well.
    Done,
    /// A generated file is not what the contract gives, or a change would hurt somebody.
    Stale,
    /// It could not be done.
    Failed,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::from(0),
            Ending::Stale => Self::from(1),
            Ending::Failed => Self::from(2),
        }
    }
}

/// The command line of a contract crate: its whole `main`.
///
/// Ends with 0 when all is well, with 1 when `check` finds a stale file or the gate a change that
/// would hurt somebody, with 2 when it cannot do what was asked.
pub fn cli(contract: &'static Contract) -> ExitCode {
    let colours = wants_colours(io::stdout().is_terminal(), std::env::var_os("NO_COLOR"));
    let console = Console { out: &mut io::stdout(), err: &mut io::stderr(), colours };
    match run(contract, std::env::args_os().collect(), console) {
        Ok(ending) => ending.into(),
        // Somebody closed the pipe, as `| head` does: there is nobody left to tell.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ending::Done.into(),
        Err(_) => Ending::Failed.into(),
    }
}

/// Colours are for people at a terminal who did not refuse them (<https://no-color.org>).
fn wants_colours(is_terminal: bool, no_color: Option<OsString>) -> bool {
    is_terminal && no_color.is_none_or(|value| value.is_empty())
}

/// Where a run speaks.
pub(crate) struct Console<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    pub colours: bool,
}

/// Runs one command. Fails only when it cannot speak.
pub(crate) fn run(
    contract: &'static Contract,
    arguments: Vec<OsString>,
    console: Console<'_>,
) -> io::Result<Ending> {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let is_wrong = error.use_stderr();
            let text = error.render();
            let console = if is_wrong { console.err } else { console.out };
            write!(console, "{text}")?;
            return Ok(if is_wrong { Ending::Failed } else { Ending::Done });
        }
    };
    if let Command::Rules = arguments.command {
        write!(console.out, "{}", gate::reference())?;
        return Ok(Ending::Done);
    }
    let Some(crate_root) = arguments.crate_root else {
        writeln!(
            console.err,
            "cannot tell where the contract crate is: run it by cargo or give `--crate-root`"
        )?;
        return Ok(Ending::Failed);
    };
    let described = match read(contract, &crate_root) {
        Ok(described) => described,
        Err(mistakes) => {
            let mut console = console;
            return tell(contract, &mistakes, &mut console);
        }
    };
    let outputs = match Outputs::plan(&described) {
        Ok(outputs) => outputs,
        Err(error) => return failed(console, &error),
    };
    match arguments.command {
        Command::Write => run_write(&outputs, console),
        Command::Check { tried, against, options } => {
            let checks = Checks { tried: &tried, against: against.as_deref(), options: &options };
            run_checks(&described, &outputs, &checks, console)
        }
        Command::Fixtures { types, tried } => {
            write!(console.out, "{}", tried.fixtures(&described, &types))?;
            Ok(Ending::Done)
        }
        Command::Diff { against, options } => run_diff(&described, &against, &options, console),
        Command::Rules => unreachable!("the rules were printed without a contract"),
        Command::Print { file } => run_print(&outputs, &file, console),
    }
}

/// Says all that is wrong with a contract.
fn tell(
    contract: &Contract,
    mistakes: &[Mistake],
    console: &mut Console<'_>,
) -> io::Result<Ending> {
    for mistake in mistakes {
        writeln!(console.err, "{} {mistake}", paint("error:", "1;31", console.colours))?;
    }
    let noun = if mistakes.len() == 1 { "mistake" } else { "mistakes" };
    writeln!(console.err, "the contract `{}` has {} {noun}", contract.name, mistakes.len())?;
    Ok(Ending::Failed)
}

/// Describes a contract, or says all that is wrong with it.
///
/// # Errors
/// Every mistake of the contract, in the order of the source.
pub fn read(contract: &'static Contract, crate_root: &Path) -> Result<Described, Vec<Mistake>> {
    let (described, mut mistakes) = Described::read(contract, crate_root);
    mistakes.extend(laws::check(&described));
    if mistakes.is_empty() { Ok(described) } else { Err(mistakes) }
}

fn run_write(outputs: &Outputs, console: Console<'_>) -> io::Result<Ending> {
    let written = match write(outputs) {
        Ok(written) => written,
        Err(error) => return failed(console, &error),
    };
    for path in &written.changed {
        writeln!(console.out, "{} {}", paint("wrote", "32", console.colours), shown(path))?;
    }
    for path in &written.removed {
        writeln!(console.out, "{} {}", paint("removed", "31", console.colours), shown(path))?;
    }
    if written.changed.is_empty() && written.removed.is_empty() {
        writeln!(console.out, "all {} files were up to date", outputs.files.len())?;
    }
    Ok(Ending::Done)
}

/// What `check` looks at beside the generated files.
struct Checks<'a> {
    tried: &'a drift::Tried,
    against: Option<&'a str>,
    options: &'a gate::command::Options,
}

/// The generated files first, then the types, then the changes; the worst ending counts.
fn run_checks(
    described: &Described,
    outputs: &Outputs,
    checks: &Checks<'_>,
    console: Console<'_>,
) -> io::Result<Ending> {
    let Console { out, err, colours } = console;
    let mut nobody = io::sink();
    // What programs read must stay theirs alone.
    let is_for_people = checks.against.is_none() || checks.options.form() == Form::People;
    let told: &mut dyn Write = if is_for_people { &mut *out } else { &mut nobody };
    let checked = run_check(outputs, Console { out: told, err, colours })?;
    let tried = drift::run(described, checks.tried, &mut Console { out: told, err, colours })?;
    let compared = match checks.against {
        Some(against) => {
            run_diff(described, against, checks.options, Console { out, err, colours })?
        }
        None => Ending::Done,
    };
    Ok(checked.max(tried).max(compared))
}

fn run_diff(
    described: &Described,
    against: &str,
    options: &gate::command::Options,
    mut console: Console<'_>,
) -> io::Result<Ending> {
    match gate::command::run(described, against, options, &mut console)? {
        Ok(ending) => Ok(ending),
        Err(error) => failed(console, &error),
    }
}

fn run_check(outputs: &Outputs, console: Console<'_>) -> io::Result<Ending> {
    let stale = stale(outputs);
    for file in &stale {
        let title = format!("{}: {}", shown(&file.path), file.verdict());
        writeln!(console.out, "{}", paint(&title, "1", console.colours))?;
        write!(console.out, "{}", file.diff(console.colours))?;
    }
    if stale.is_empty() {
        writeln!(console.out, "all {} files are up to date", outputs.files.len())?;
        return Ok(Ending::Done);
    }
    writeln!(
        console.err,
        "{} of {} files are not up to date: run `write`",
        stale.len(),
        outputs.files.len()
    )?;
    Ok(Ending::Stale)
}

fn run_print(outputs: &Outputs, wanted: &str, console: Console<'_>) -> io::Result<Ending> {
    let found = outputs.files.iter().find(|output| output.path.ends_with(wanted));
    let Some(output) = found else {
        let name =
            |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let names: Vec<String> = outputs.files.iter().map(|output| name(&output.path)).collect();
        return failed(
            console,
            &format!("no generated file is called `{wanted}`: there are {}", names.join(", ")),
        );
    };
    write!(console.out, "{}", output.text)?;
    Ok(Ending::Done)
}

fn failed(console: Console<'_>, error: &str) -> io::Result<Ending> {
    writeln!(console.err, "{} {error}", paint("error:", "1;31", console.colours))?;
    Ok(Ending::Failed)
}

/// A path as people read it: from the folder in which they stand.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}

mod drift;

#[cfg(test)]
pub(crate) mod tests;
