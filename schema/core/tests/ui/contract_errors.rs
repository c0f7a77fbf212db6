//! Enums of refusals.
use tautline::contract_error;

#[contract_error]
pub enum Unsaid {
    Silent,
    #[problem(category = not_found)]
    HalfSaid,
    #[problem]
    Empty,
    #[problem(category = not_found, message = "a", hint = "")]
    #[problem(category = not_found, message = "a", hint = "")]
    Twice,
}

#[contract_error]
pub enum Unknown {
    #[problem(category = notfound, severity = fatal, recovery = retri, message = "a", hint = "", helf = "x")]
    Words,
    #[problem(category = "not_found", severity = 3, recovery = [], message = 1, hint = b, help = no)]
    Kinds,
    #[problem(category = timeout, category = internal, message = "", hint = "")]
    Doubled,
}

#[contract_error]
pub enum Recovery {
    #[problem(category = timeout, recovery = give_up(after = "2s"), message = "a", hint = "")]
    AtOnce,
    #[problem(category = timeout, recovery = retry(after = wait_ms, max = 0), message = "a", hint = "")]
    NoField { retry_after_ms: u32 },
    #[problem(category = timeout, recovery = retry(after = "2 s", max = "x", often = 3), message = "a", hint = "")]
    NoDuration,
}

#[contract_error]
pub enum Sentences {
    #[problem(category = timeout, message = "{agnet} is busy", hint = "{")]
    Field { agent: String },
    #[problem(category = timeout, message = "{agent} is busy", hint = "")]
    NoFields,
}

#[contract_error]
pub enum Shapes {
    #[problem(category = timeout, message = "a", hint = "")]
    Tuple(String),
    #[problem(category = timeout, message = "a", hint = "")]
    Wide { at: usize },
    #[problem(category = timeout, message = "a", hint = "")]
    not_pascal,
}

#[contract_error]
pub enum Error {
    #[problem(category = timeout, message = "a", hint = "")]
    A,
}

#[contract_error(prefix = "Chat.x", prefx = "a")]
pub enum Prefixed {
    #[problem(category = timeout, message = "a", hint = "")]
    A,
}

#[contract_error]
pub enum Nothing {}

#[contract_error]
pub struct Struct {}

/// `after` wants milliseconds, and a sentence what can be printed.
#[contract_error]
pub enum Typed {
    #[problem(category = timeout, recovery = retry(after = wait), message = "a", hint = "")]
    Text { wait: String },
    #[problem(category = timeout, message = "{wait}", hint = "")]
    Unprintable { wait: Option<u32> },
}

fn main() {}
