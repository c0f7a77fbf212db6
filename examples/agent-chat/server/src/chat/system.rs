//! What the application itself has to say. From outside, only its operators may speak for it.

use tautline_agent_chat::errors::ChatError;
use tautline_server::Answer;

use super::body::{Draft, Follows, not_allowed};

pub(super) fn accept(draft: &Draft<'_>) -> Answer<Follows, ChatError> {
    if draft.author.is_admin { Ok(Follows::default()) } else { Err(not_allowed("system"))? }
}
