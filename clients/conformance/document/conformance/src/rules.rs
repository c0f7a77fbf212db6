//! The rules of the contract's own, which its document names and cannot hold.

use tautline::Report;

/// Only every other number will do.
pub(crate) fn even(number: &u32, report: &mut Report) {
    if number % 2 == 1 {
        report.broken("even", None);
    }
}
