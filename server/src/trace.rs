//! Trace ids: what a problem shows to a stranger and the log finds the cause by.

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tautline::Uuid;

/// The longest id that is taken over from a client.
const LONGEST: usize = 64;

/// One id for everything that belongs to a command.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum TraceId {
    /// Made here: a random half per process and a counter. Cheap, since every command gets one.
    Own(u64),
    /// Given by the client.
    Given(Box<str>),
}

/// The half that tells processes apart.
static PROCESS: LazyLock<u64> = LazyLock::new(|| Uuid::new_v4().as_u64_pair().1);

static NEXT: AtomicU64 = AtomicU64::new(1);

impl TraceId {
    /// A new id.
    pub(crate) fn new() -> Self {
        Self::Own(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The client's id if it is one that may stand in a log, a new one otherwise.
    pub(crate) fn given(id: Option<&str>) -> Self {
        match id {
            Some(id) if Self::is_fit(id) => Self::Given(id.into()),
            Some(_) | None => Self::new(),
        }
    }

    fn is_fit(id: &str) -> bool {
        (1..=LONGEST).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(number) => write!(f, "{:016x}{number:016x}", *PROCESS),
            Self::Given(id) => f.write_str(id),
        }
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_forge_a_log_line_is_replaced() {
        assert_eq!(TraceId::given(Some("abc-1")).to_string(), "abc-1");
        assert_ne!(TraceId::given(Some("a\nERROR")).to_string(), "a\nERROR");
        assert_eq!(TraceId::given(Some("")).to_string().len(), 32);
    }
}
