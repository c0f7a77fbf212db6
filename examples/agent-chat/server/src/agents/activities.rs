//! What agents do at the moment. Kept in memory: a server that starts anew knows of nobody who works.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tautline::Namespace;
use tautline_agent_chat::Agents;
use tautline_agent_chat::agents::{Activity, ActivityChanged, SetActivity};
use tautline_agent_chat::errors::AgentsError;
use tautline_agent_chat::ids::AgentId;
use tautline_server::{Answer, Context};

use super::registry::run_by;
use crate::service::{Caller, Service, now};

/// What each agent does. Who is not in it does nothing.
#[derive(Debug, Default)]
pub(crate) struct Activities(Mutex<HashMap<AgentId, Activity>>);

impl Activities {
    /// What an agent does.
    pub(crate) fn of(&self, agent: &AgentId) -> Activity {
        self.lock().get(agent).cloned().unwrap_or(Activity::Idle)
    }

    /// An agent does something else, and everybody who sees the agents hears so.
    pub(crate) fn begin<N: Namespace>(&self, cx: &Context<N>, agent: &AgentId, activity: Activity) {
        if self.of(agent) == activity {
            return;
        }
        self.lock().insert(agent.clone(), activity.clone());
        let changed = ActivityChanged { agent_id: agent.clone(), activity, since: now() };
        cx.emit_in::<Agents>().activity_changed(&changed);
    }

    /// An agent does nothing any more.
    pub(crate) fn idle<N: Namespace>(&self, cx: &Context<N>, agent: &AgentId) {
        self.begin(cx, agent, Activity::Idle);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<AgentId, Activity>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes what an agent says of itself. One that writes is still there, though it may have nothing to
/// say for a while.
pub(super) async fn set(
    service: &Service,
    cx: &Context<Agents>,
    set: SetActivity,
) -> Answer<(), AgentsError> {
    let SetActivity { agent_id, activity } = set;
    let (caller, agent) = (Caller::of(cx), agent_id.clone());
    service.store.read(move |db| Ok(run_by(db, &agent, &caller).map(drop))).await??;
    if let Activity::Responding { answer_id, .. } = &activity {
        service.writing.renew(*answer_id);
    }
    service.activities.begin(cx, &agent_id, activity);
    Ok(())
}
