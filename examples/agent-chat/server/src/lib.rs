//! The server of the agent chat.
//!
//! - `chat`, `agents` and `tasks`: the three namespaces of the contract, a file and a folder each.
//! - `store`: everything that is kept. The only place that knows a database.
//! - `post`: how a message gets into a session, whoever writes it.
//! - [`Config`], [`App`]: how it is put together.
//! - `sign_in`, `stats`: what there is beside the sockets.

#![forbid(unsafe_code)]

mod agents;
mod app;
mod chat;
mod config;
mod post;
mod seed;
mod service;
mod sign_in;
mod stats;
mod store;
mod tasks;

pub use app::App;
pub use config::{Config, ConfigError};
