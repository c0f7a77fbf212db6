//! Findings for people, for programs, and for the margin of a pull request.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tautline::{Contract, Source};

use super::{Finding, Party, acknowledged::FILE, finding::Verdict};
use crate::{
    canonical::{canonical, readable},
    check::paint,
    described::{errors, events_of, rooms},
};

/// A comparison with what it was made of.
#[derive(Debug)]
pub(super) struct Report<'a> {
    /// What people called the older state.
    pub against: &'a str,
    /// The older version.
    pub before: &'a str,
    /// The contract as it is.
    pub contract: &'a Contract,
    /// What was found.
    pub findings: &'a [Finding],
    /// Who must not be hurt.
    pub protected: &'a [Party],
}

impl Report<'_> {
    /// Whether this must not go out.
    pub(super) fn stops(&self) -> bool {
        self.findings.iter().any(|finding| self.stopping(finding))
    }

    fn stopping(&self, finding: &Finding) -> bool {
        self.protected.iter().any(|party| finding.stops(*party))
    }

    /// For people: what hurts whom first, then what is safe, then how to go on.
    pub(super) fn people(&self, colours: bool) -> String {
        let mut text = String::new();
        for party in Party::ALL {
            let hurt: Vec<&Finding> =
                self.findings.iter().filter(|it| it.verdict(party) >= Verdict::Unknown).collect();
            if !hurt.is_empty() {
                let title = format!("{} {}:", verb(party), party.words());
                let colour = if self.protected.contains(&party) { "1;31" } else { "1;33" };
                let _ = writeln!(text, "{}", paint(&title, colour, colours));
            }
            hurt.iter().for_each(|finding| self.paragraph(finding, &mut text, colours));
        }
        let at_most =
            |finding: &Finding| Party::ALL.map(|party| finding.verdict(party)).into_iter().max();
        for (verdict, title) in [(Verdict::Safe, "safe:"), (Verdict::Text, "text only:")] {
            let these: Vec<&Finding> =
                self.findings.iter().filter(|it| at_most(it) == Some(verdict)).collect();
            if !these.is_empty() {
                let _ = writeln!(text, "{}", paint(title, "1;32", colours));
            }
            for finding in these {
                let _ = writeln!(text, "  {}", headline(finding));
            }
        }
        text.push_str(&self.summary());
        text
    }

    fn paragraph(&self, finding: &Finding, text: &mut String, colours: bool) {
        let _ = writeln!(text, "  {}", paint(&headline(finding), "1", colours));
        let _ = writeln!(text, "      {}", finding.rule.says);
        if let Some(value) = &finding.counterexample {
            let _ = writeln!(text, "      for example {}", shortened(value));
        }
        if let Some(doubt) = &finding.doubt {
            let _ = writeln!(text, "      {doubt}");
        }
        match &finding.acknowledged {
            Some(reason) => {
                let _ = writeln!(text, "      acknowledged: {reason}");
            }
            None => {
                let _ = writeln!(text, "      instead: {}", finding.rule.instead);
                if self.stopping(finding) {
                    let fingerprint = &finding.fingerprint;
                    let _ = writeln!(text, "      or acknowledge `{fingerprint}` in {FILE}");
                }
            }
        }
    }

    /// One line, whatever was found.
    fn summary(&self) -> String {
        if self.findings.is_empty() {
            return format!("nothing has changed since {} ({})\n", self.against, self.before);
        }
        let counts = Party::ALL.map(|party| {
            let count = self.findings.iter().filter(|finding| finding.hurts(party)).count();
            format!("{count} hurt {}", party.words())
        });
        let changes = self.findings.len();
        let noun = if changes == 1 { "change" } else { "changes" };
        format!(
            "{changes} {noun} since {} ({}): {}\n",
            self.against,
            self.before,
            counts.join(", ")
        )
    }

    /// For programs.
    pub(super) fn json(&self) -> String {
        let finding = |it: &Finding| {
            json!({
                "rule": it.rule.id,
                "at": it.at,
                "change": it.change,
                "says": it.rule.says,
                "instead": it.rule.instead,
                "oldClients": it.verdict(Party::OldClients).as_str(),
                "newClients": it.verdict(Party::NewClients).as_str(),
                "counterexample": it.counterexample,
                "doubt": it.doubt,
                "fingerprint": it.fingerprint,
                "acknowledged": it.acknowledged,
            })
        };
        let count = |party| self.findings.iter().filter(|it| it.hurts(party)).count();
        readable(&json!({
            "contract": self.contract.name,
            "against": self.against,
            "versions": { "before": self.before, "after": self.contract.version },
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
            "hurt": { "oldClients": count(Party::OldClients), "newClients": count(Party::NewClients) },
            "stops": self.stops(),
        }))
    }

    /// For GitHub: one annotation per finding, on the line that wrote what changed.
    pub(super) fn github(&self) -> String {
        let annotation = |finding: &Finding| {
            let hurts = Party::ALL.into_iter().any(|party| finding.hurts(party));
            let level = match (self.stopping(finding), hurts) {
                (true, _) => "error",
                (false, true) => "warning",
                (false, false) => "notice",
            };
            let place = place(self.contract, &finding.at).map_or_else(String::new, |source| {
                format!("file={},line={},", property(source.file), source.line)
            });
            let mut message = format!("{}: {}", headline(finding), finding.rule.says);
            if let Some(value) = &finding.counterexample {
                let _ = write!(message, "\nfor example {}", shortened(value));
            }
            if !finding.rule.instead.is_empty() {
                let _ = write!(message, "\ninstead: {}", finding.rule.instead);
            }
            format!("::{level} {place}title={}::{}\n", finding.rule.id, escaped(&message))
        };
        self.findings.iter().map(annotation).collect()
    }
}

const fn verb(party: Party) -> &'static str {
    match party {
        Party::OldClients => "hurts",
        Party::NewClients => "hurts, until the server is rolled out,",
    }
}

fn headline(finding: &Finding) -> String {
    let change = &finding.change;
    let change = if change.is_empty() { String::new() } else { format!(" ({change})") };
    format!("{} [{}]{change}", finding.at, finding.rule.id)
}

/// A value on one line that a person will read.
fn shortened(value: &Value) -> String {
    const LONGEST: usize = 200;
    let text = canonical(value);
    if text.chars().count() <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}… ({} characters)", text.chars().count())
}

/// Where what a finding is about is written. What is gone has the place of its namespace.
fn place(contract: &Contract, at: &str) -> Option<Source> {
    let begins = |id: &str| at == id || at.strip_prefix(id).is_some_and(|it| it.starts_with(' '));
    for namespace in contract.namespaces {
        for (side, event) in events_of(namespace) {
            if begins(&crate::wire_facts::id(namespace, side, event)) {
                return Some(event.source);
            }
        }
        if begins(namespace.path) {
            return Some(namespace.source);
        }
    }
    let room = rooms(contract).into_iter().find(|it| begins(&format!("room {}", it.pattern)));
    let variants = errors(contract).into_iter().flat_map(|errors| errors.variants);
    let code = || variants.into_iter().find(|it| begins(&format!("code {}", it.code)));
    room.map(|room| room.source).or_else(|| code().map(|variant| variant.source))
}

/// A workflow command ends at a line break; `%` begins an escape.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property ends at `,` or `:` besides.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}
