//! The contracts: each a module, named by what is special about it.

#![expect(dead_code, reason = "the contracts are described here, and never run")]

pub(crate) mod events;
pub(crate) mod rooms;
pub(crate) mod values;
