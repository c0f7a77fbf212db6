//! How long to wait before the next attempt.

const MIN_MS: f64 = 500.0;
const MAX_MS: f64 = 20_000.0;

/// Full jitter: a random share of a growing span. `attempt` counts from 0, `random` is in [0, 1).
pub fn backoff_ms(attempt: u32, random: f64) -> u64 {
    let span = MAX_MS.min(MIN_MS * 2_f64.powi(i32::try_from(attempt.min(16)).unwrap_or(16)));
    MAX_MS.min(MIN_MS + random * span).round() as u64
}
