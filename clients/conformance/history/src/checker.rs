//! Holds a history against what is stored at its end. Pure: it knows neither clients nor servers, and
//! any run whose parts write histories can be checked.

mod courses;
mod effects;
mod lanes;
mod promptness;
mod views;

use crate::anomaly::Anomaly;
use crate::history::{Entry, Kept};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It had all the time that it needs without a fault: whatever is to come has come.
    Settled,
    /// It was stopped somewhere: some things may be on their way.
    Stopped,
}

/// Everything that is wrong with a history.
pub fn check(history: &[Entry], kept: &Kept, end: End) -> Vec<Anomaly> {
    let mut anomalies = effects::check(history, kept, end);
    anomalies.extend(lanes::check(history, kept));
    anomalies.extend(views::check(history, kept, end));
    anomalies.extend(promptness::check(history));
    anomalies.extend(courses::check(history, kept, end));
    anomalies
}
