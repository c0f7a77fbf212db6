//! `diff`, and `--against` of `check`.

use std::io;

use clap::{Args, ValueEnum};

use super::{Lock, Party, acknowledged::Acknowledged, compare, report::Report, source};
use crate::{
    Described,
    cli::{Console, Ending},
    lock,
};

/// What `diff` and `check --against` have in common.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How to tell what was found.
    #[arg(long, value_enum, default_value_t = Form::People)]
    pub format: Form,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Ends with 1, too, where new clients would be hurt by an old server.
    #[arg(long)]
    pub both: bool,
}

/// How findings are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// In sentences.
    People,
    /// As one JSON document.
    Json,
    /// As annotations of a GitHub workflow.
    Github,
}

impl Options {
    /// Which form was asked for.
    pub(crate) fn form(&self) -> Form {
        if self.json { Form::Json } else { self.format }
    }
}

/// Compares the contract with an older state of it, and tells what was found.
pub(crate) fn run(
    described: &Described,
    against: &str,
    options: &Options,
    console: &mut Console<'_>,
) -> io::Result<Result<Ending, String>> {
    let (before, findings) = match found(described, against) {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    let protected = if options.both { &Party::ALL[..] } else { &[Party::OldClients] };
    let report = Report {
        against,
        before: &before.version,
        contract: described.contract,
        findings: &findings,
        protected,
    };
    let text = match options.form() {
        Form::People => report.people(console.colours),
        Form::Json => report.json(),
        Form::Github => report.github(),
    };
    write!(console.out, "{text}")?;
    Ok(Ok(if report.stops() { Ending::Stale } else { Ending::Done }))
}

fn found(described: &Described, against: &str) -> Result<(Lock, Vec<super::Finding>), String> {
    let before = source::read(&described.crate_root, against)?;
    let acknowledged = Acknowledged::read(&described.crate_root)?;
    let findings = since(described, &before, &acknowledged)?;
    Ok((before, findings))
}

/// What has changed since an older state, with what was acknowledged of it.
pub(super) fn since(
    described: &Described,
    before: &Lock,
    acknowledged: &Acknowledged,
) -> Result<Vec<super::Finding>, String> {
    let after = Lock::parse("the contract", &lock::text(described))?;
    let mut findings = compare(before, &after)?;
    acknowledged.apply(&mut findings);
    Ok(findings)
}
