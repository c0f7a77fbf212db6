//! Words. Those of a person are for the agents that they name with an `@`; if they name nobody, for the
//! one whose message they answer; and otherwise for the first agent of the session, so that nobody
//! speaks into the void.

use tautline_agent_chat::chat::Message;
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::AgentId;
use tautline_server::Answer;

use super::body::{Draft, Follows};
use crate::service::as_user;
use crate::store::Db;

pub(super) fn accept(db: Db<'_>, draft: &Draft<'_>, text: &str) -> Answer<Follows, ChatError> {
    // Two agents that answer each other never stop.
    if draft.author.is_agent {
        return Ok(Follows::default());
    }
    let agents = db.agents_in(draft.session.session_id)?;
    Ok(Follows { prompts: meant(text, draft.replied, agents), shared: None })
}

/// The agents that are to answer.
fn meant(text: &str, replied: Option<&Message>, agents: Vec<AgentId>) -> Vec<AgentId> {
    let mentioned = mentions(text);
    if !mentioned.is_empty() {
        // Who names a person only does not ask an agent.
        return agents.into_iter().filter(|agent| mentioned.contains(&agent.0.as_str())).collect();
    }
    let author = replied.map(|message| &message.author);
    match author {
        Some(author) => agents.into_iter().filter(|agent| as_user(agent) == *author).collect(),
        None => agents.into_iter().take(1).collect(),
    }
}

/// The names behind an `@` that stands at the beginning of a word.
fn mentions(text: &str) -> Vec<&str> {
    let is_of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let words = text.split(|c: char| c.is_whitespace() || c == '(');
    let behind_at = words.filter_map(|word| word.strip_prefix('@'));
    behind_at
        .map(|rest| &rest[..rest.find(|c| !is_of_name(c)).unwrap_or(rest.len())])
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let agents = ["scribe", "planner"].map(|name| AgentId(name.to_owned())).to_vec();
        let meant = meant(text, None, agents);
        assert_eq!(meant.iter().map(|agent| &agent.0[..]).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn a_text_is_for_the_agents_that_it_names() {
        check("@planner, what is next?", &["planner"]);
        check("ask @scribe (or @planner)", &["scribe", "planner"]);
        check("@ben look at this", &[]);
        check("mail me at ann@planner.example", &["scribe"]);
        check("what changed?", &["scribe"]);
    }
}
