//! Where a message stands: what the receipts of its readers make of it.

use std::collections::BTreeMap;

use tautline_agent_chat::chat::{Message, MessageStatus};
use tautline_agent_chat::ids::UserId;
use tautline_server::journal::Receipt;

/// Those by whose receipts a session's messages are judged, and their receipts.
pub(super) struct Readers {
    readers: Vec<UserId>,
    receipts: BTreeMap<String, Receipt>,
}

impl Readers {
    /// People read; agents are asked. A session without people is judged by its agents.
    pub(super) fn new(
        members: Vec<UserId>,
        agents: &[UserId],
        receipts: BTreeMap<String, Receipt>,
    ) -> Self {
        let people: Vec<UserId> =
            members.iter().filter(|member| !agents.contains(member)).cloned().collect();
        Self { readers: if people.is_empty() { members } else { people }, receipts }
    }

    /// Says of each message where it stands.
    pub(super) fn judge(&self, messages: &mut [Message]) {
        for message in messages {
            message.status = self.status(message);
        }
    }

    fn status(&self, message: &Message) -> MessageStatus {
        let Some(seq) = message.seq else { return MessageStatus::Sent };
        let mut others = self.readers.iter().filter(|reader| **reader != message.author).peekable();
        if others.peek().is_none() {
            return MessageStatus::Sent;
        }
        let receipts =
            others.map(|reader| self.receipts.get(&reader.0).copied().unwrap_or_default());
        let furthest_of_all = receipts.reduce(|one, other| Receipt {
            delivered: one.delivered.min(other.delivered),
            read: one.read.min(other.read),
        });
        match furthest_of_all {
            Some(Receipt { read, .. }) if read >= seq.get() => MessageStatus::Read,
            Some(Receipt { delivered, .. }) if delivered >= seq.get() => MessageStatus::Delivered,
            Some(_) | None => MessageStatus::Sent,
        }
    }
}
