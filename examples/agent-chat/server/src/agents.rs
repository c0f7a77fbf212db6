//! `/agents`: who the agents are, what they do, and how they are steered.

mod activities;
mod answers;
mod approval;
mod direct;
mod registry;
mod writing;

use tautline_agent_chat::agents::{
    Agent, AgentCard, AgentInbox, AgentRoster, AnswerBegun, AnswerEnd, AnswerPart, Approval,
    BeginAnswer, DirectMessage, DirectSent, InboxState, RosterState, SetActivity, ToolCall,
};
use tautline_agent_chat::chat::Message;
use tautline_agent_chat::errors::AgentsError;
use tautline_agent_chat::{Agents, AgentsServer};
use tautline_server::{Answer, Context, DisconnectReason};

pub(crate) use activities::Activities;
pub(crate) use answers::keep_partial;
pub(crate) use registry::run_by;
pub(crate) use writing::Writing;

use crate::service::{Caller, Service};

impl AgentsServer for Service {
    type Context = Context<Agents>;

    async fn disconnected(&self, cx: &Self::Context, _: DisconnectReason) {
        registry::gone(self, cx).await;
    }

    async fn authorize_agent_roster(&self, _: &Self::Context, _: &AgentRoster) -> Answer<()> {
        Ok(())
    }

    async fn join_agents(&self, _: &Self::Context, _: &AgentRoster) -> Answer<RosterState> {
        let agents = self.store.read(|db| db.agents()).await?;
        let agents = agents.into_iter().map(|agent| registry::shown(self, agent)).collect();
        Ok(RosterState { agents })
    }

    async fn authorize_agent_inbox(
        &self,
        cx: &Self::Context,
        room: &AgentInbox,
    ) -> Answer<(), AgentsError> {
        let (caller, agent_id) = (Caller::of(cx), room.agent_id.clone());
        self.store.read(move |db| Ok(run_by(db, &agent_id, &caller).map(drop))).await?
    }

    async fn join_agent_inbox(
        &self,
        cx: &Self::Context,
        room: &AgentInbox,
    ) -> Answer<InboxState, AgentsError> {
        registry::inbox(self, cx, room).await
    }

    async fn register_agent(
        &self,
        cx: &Self::Context,
        card: AgentCard,
    ) -> Answer<Agent, AgentsError> {
        registry::register(self, cx, card).await
    }

    async fn set_activity(
        &self,
        cx: &Self::Context,
        activity: SetActivity,
    ) -> Answer<(), AgentsError> {
        activities::set(self, cx, activity).await
    }

    async fn begin_answer(
        &self,
        cx: &Self::Context,
        answer: BeginAnswer,
    ) -> Answer<AnswerBegun, AgentsError> {
        answers::begin(self, cx, answer).await
    }

    async fn append_answer(&self, cx: &Self::Context, part: AnswerPart) -> Answer<(), AgentsError> {
        answers::append(self, cx, part).await
    }

    async fn finish_answer(
        &self,
        cx: &Self::Context,
        end: AnswerEnd,
    ) -> Answer<Message, AgentsError> {
        answers::finish(self, cx, end).await
    }

    async fn fail_answer(&self, cx: &Self::Context, end: AnswerEnd) -> Answer<(), AgentsError> {
        answers::fail(self, cx, end).await
    }

    async fn request_approval(
        &self,
        cx: &Self::Context,
        call: ToolCall,
    ) -> Answer<Approval, AgentsError> {
        approval::request(self, cx, call).await
    }

    async fn message_agents(
        &self,
        cx: &Self::Context,
        message: DirectMessage,
    ) -> Answer<DirectSent, AgentsError> {
        direct::send(cx, message).await
    }
}
