//! What a test may order by a line of JSON.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tautline_fault_proxy::{FaultProxy, Half, LinkId, Rule, RuleId, Search, Way, storm};

/// The first order.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Start {
    /// Stands before a server.
    #[serde(rename_all = "camelCase")]
    Start {
        upstream: String,
        #[serde(default)]
        seed: u64,
        #[serde(default)]
        rtt_ms: u64,
    },
}

/// Any other.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Order {
    Add {
        rule: Rule,
    },
    Remove {
        rule: RuleId,
    },
    Clear,
    /// Adds the rules of a seed.
    Storm {
        seed: u64,
    },
    Cut {
        link: Option<LinkId>,
        #[serde(default)]
        half: Half,
    },
    HalfOpen {
        link: Option<LinkId>,
        #[serde(default)]
        way: Way,
    },
    GoOn {
        link: Option<LinkId>,
    },
    Latency {
        #[serde(rename = "rttMs")]
        rtt_ms: u64,
    },
    Links,
    Find {
        #[serde(default)]
        search: Search,
    },
    /// Is answered when so much has happened; the only one that waits.
    Found {
        #[serde(default)]
        search: Search,
        count: usize,
    },
}

/// Does what is ordered, and says what came of it.
pub(crate) fn carry_out(proxy: &FaultProxy, order: Order) -> serde_json::Result<Value> {
    Ok(match order {
        Order::Add { rule } => json!(proxy.add(rule)),
        Order::Remove { rule } => json!(proxy.remove(rule)),
        Order::Clear => json!(proxy.clear()),
        Order::Storm { seed } => {
            json!(storm(seed).into_iter().map(|rule| proxy.add(rule)).collect::<Vec<_>>())
        }
        Order::Cut { link, half } => json!(proxy.cut(link, half)),
        Order::HalfOpen { link, way } => json!(proxy.half_open(link, way)),
        Order::GoOn { link } => json!(proxy.go_on(link)),
        Order::Latency { rtt_ms } => json!(proxy.set_rtt(Duration::from_millis(rtt_ms))),
        Order::Links => json!(proxy.links()),
        // Whoever waits does so in a task of its own: what is there now is the answer here.
        Order::Find { search } | Order::Found { search, .. } => {
            serde_json::to_value(proxy.find(&search))?
        }
    })
}
