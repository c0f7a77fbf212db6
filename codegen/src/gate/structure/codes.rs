//! Codes of refusals: what each means, and what helps.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Matched, came_or_went, matched};
use crate::gate::{facts::CodeFacts, finding::Finding, rules};

pub(super) fn compare(
    before: &BTreeMap<String, CodeFacts>,
    after: &BTreeMap<String, CodeFacts>,
    findings: &mut Vec<Finding>,
) {
    let Matched { both, gone, new } = matched(before, after);
    let plain = |finding: Finding| Finding { change: String::new(), ..finding };
    for code in gone {
        let at = format!("code {code}");
        findings.push(plain(came_or_went(&rules::CODE_REMOVED, at, code, false)));
    }
    for code in new {
        let at = format!("code {code}");
        findings.push(plain(came_or_went(&rules::CODE_ADDED, at, code, true)));
    }
    for (code, before, after) in both {
        let at = format!("code {code}");
        let mut tell = |rule, was: &dyn Fn(&CodeFacts) -> serde_json::Value| {
            let (was, is) = (was(before), was(after));
            if was != is {
                findings.push(Finding::new(rule, &at, &was, &is));
            }
        };
        tell(&rules::CODE_CATEGORY, &|code| json!(code.category));
        tell(&rules::CODE_SEVERITY, &|code| json!(code.severity));
        tell(&rules::CODE_RECOVERY, &|code| json!([code.action, code.after, code.max_attempts]));
    }
}
