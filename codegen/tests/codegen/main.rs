//! What is generated, over small contracts of one corner case each.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod cases;
mod check;

mod builds;
mod documents;
mod hash;
mod laws;
mod typescript;
