//! Agents: introduced, there or away, and what waits for them when they come.

use semver::Version;
use tautline::Namespace;
use tautline_agent_chat::Agents;
use tautline_agent_chat::agents::{Agent, AgentCard, AgentInbox, AnswerBegun, InboxState, Prompt};
use tautline_agent_chat::errors::AgentsError;
use tautline_agent_chat::ids::AgentId;
use tautline_server::{Answer, Context};

use crate::service::{Caller, Service, now};
use crate::store::{Db, Registered};

/// Agents before this version do not know that an answer may be interrupted.
const OLDEST: Version = Version::new(1, 0, 0);

pub(super) async fn register(
    service: &Service,
    cx: &Context<Agents>,
    card: AgentCard,
) -> Answer<Agent, AgentsError> {
    let version = card.version.as_deref().map(Version::parse);
    // One that says nothing, or something else than a version, is taken at its word.
    if let Some(Ok(version)) = version
        && version < OLDEST
    {
        return Err(AgentsError::AgentTooOld { needs: OLDEST.to_string() })?;
    }
    let owner = Caller::of(cx).user;
    let activity = service.activities.of(&card.agent_id);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let known = db.agent(&card.agent_id)?;
        if known.as_ref().is_some_and(|known| known.owner != owner) {
            return Err(AgentsError::NameTaken { agent_id: card.agent_id })?;
        }
        let registered_at = known.map_or_else(now, |known| known.registered_at);
        let agent = Registered { card, owner, registered_at };
        db.put_agent(&agent)?;
        let Registered { card, owner, registered_at } = agent;
        let agent = Agent { card, owner, activity, registered_at };
        tx.emit().agent_registered(&agent);
        Ok(agent)
    })
    .await
}

pub(super) async fn inbox(
    service: &Service,
    cx: &Context<Agents>,
    room: &AgentInbox,
) -> Answer<InboxState, AgentsError> {
    let agent_id = room.agent_id.clone();
    let known = service
        .store
        .read(move |db| {
            let Some(agent) = db.agent(&agent_id)? else { return Ok(None) };
            let waiting = (db.prompts(&agent_id)?, db.tasks_for(&agent_id)?);
            Ok(Some((agent, db.open_answers(&agent_id)?, waiting)))
        })
        .await?;
    let missing = || AgentsError::AgentNotFound { agent_id: room.agent_id.clone() };
    let (agent, open, (prompts, tasks)) = known.ok_or_else(missing)?;
    let mut unfinished = Vec::new();
    for answer in open {
        if let Some(number) = service.writing.number(cx, &answer).await? {
            let (answer_id, session_id) = (answer.answer_id, answer.session_id);
            unfinished.push(AnswerBegun { answer_id, session_id, number });
        }
    }
    let prompt = |message| Prompt { agent_id: room.agent_id.clone(), message };
    let prompts = prompts.into_iter().map(prompt).collect();
    Ok(InboxState { agent: shown(service, agent), unfinished, prompts, tasks })
}

/// A connection has ended. Agents that are in no inbox any more do nothing any more.
pub(super) async fn gone(service: &Service, cx: &Context<Agents>) {
    let owner = cx.identity().subject.clone();
    match service.store.read(move |db| db.agents_of(&owner)).await {
        Ok(agents) => {
            for agent in agents.iter().filter(|agent| !is_there(cx, agent)) {
                service.activities.idle(cx, agent);
            }
        }
        Err(error) => tracing::error!(%error, "the agents of who left are not read"),
    }
}

/// Whether somebody works as this agent at the moment.
pub(crate) fn is_there<N: Namespace>(cx: &Context<N>, agent: &AgentId) -> bool {
    let inbox = AgentInbox { agent_id: agent.clone() };
    !cx.room::<Agents>(&inbox).members().is_empty()
}

/// The agent, if it is the caller's to speak for.
pub(crate) fn run_by(
    db: Db<'_>,
    agent_id: &AgentId,
    caller: &Caller,
) -> Answer<Registered, AgentsError> {
    match db.agent(agent_id)? {
        None => Err(AgentsError::AgentNotFound { agent_id: agent_id.clone() })?,
        Some(agent) if agent.owner == caller.user => Ok(agent),
        Some(_) => Err(AgentsError::NotYourAgent { agent_id: agent_id.clone() })?,
    }
}

/// An agent with what it does.
pub(super) fn shown(service: &Service, agent: Registered) -> Agent {
    let Registered { card, owner, registered_at } = agent;
    let activity = service.activities.of(&card.agent_id);
    Agent { card, owner, activity, registered_at }
}
