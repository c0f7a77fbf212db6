//! Something to see from the beginning.

use tautline_server::Server;

use crate::store::Store;

pub(crate) async fn seed(_: &Server, _: &Store) -> anyhow::Result<()> {
    Ok(())
}
