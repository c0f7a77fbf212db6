//! What an application may not do through the connection that a step lends it: end the transaction
//! that it shares with other commands, or change the journal's own tables.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// The savepoint of the command that is at the writer.
pub(super) const SAVEPOINT: &str = "tautline_command";

/// Pragmas that ask about a table, and take its name as their value.
const QUESTIONS: [&str; 6] =
    ["foreign_key_list", "index_info", "index_list", "index_xinfo", "table_info", "table_xinfo"];

/// Says whether the connection is lent at the moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard(Arc<AtomicBool>);

impl Guard {
    /// Watches what is asked of the connection while it is lent. SQLite asks when a statement is
    /// prepared, so that it costs nothing when one runs.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn install(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let is_lent = Arc::clone(&self.0);
        connection.authorizer(Some(move |asked: AuthContext<'_>| {
            if is_lent.load(Ordering::Relaxed) && is_forbidden(&asked) {
                return Authorization::Deny;
            }
            Authorization::Allow
        }))
    }

    /// Lends the connection, or takes it back.
    pub(super) fn set(&self, is_lent: bool) {
        self.0.store(is_lent, Ordering::Relaxed);
    }
}

fn is_forbidden(asked: &AuthContext<'_>) -> bool {
    match asked.action {
        AuthAction::Transaction { .. } | AuthAction::Attach { .. } | AuthAction::Detach { .. } => {
            true
        }
        AuthAction::Savepoint { savepoint_name, .. } => is_ours(savepoint_name),
        AuthAction::Pragma { pragma_name, pragma_value } => {
            pragma_value.is_some()
                && !QUESTIONS.iter().any(|known| known.eq_ignore_ascii_case(pragma_name))
        }
        AuthAction::Insert { table_name }
        | AuthAction::Delete { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::DropTable { table_name }
        | AuthAction::AlterTable { table_name, .. }
        | AuthAction::CreateTable { table_name }
        | AuthAction::CreateTrigger { table_name, .. }
        | AuthAction::CreateTempTrigger { table_name, .. }
        | AuthAction::CreateIndex { table_name, .. }
        | AuthAction::DropIndex { table_name, .. } => is_ours(table_name),
        // Reading is free, and so is everything that concerns the application's tables alone. The
        // list of actions is SQLite's and grows with it.
        _ => false,
    }
}

fn is_ours(name: &str) -> bool {
    name.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("tautline_"))
}
