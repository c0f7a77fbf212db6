//! Something to see from the beginning: two sessions, what was said in them, and a task of every status.
//! Made once; whoever changed it since finds it as it was left.

use chrono::TimeDelta;
use tautline::{DateTime, Utc, Uuid};
use tautline_agent_chat::agents::{AgentCard, Capability};
use tautline_agent_chat::chat::{Body, Extent, Message, MessageStatus, Session, SharedContext};
use tautline_agent_chat::ids::{AgentId, ContextId, MessageId, SessionId, TaskId, UserId};
use tautline_agent_chat::tasks::{Priority, Task, TaskResult, TaskStatus, TaskStep};
use tautline_server::Position;

use crate::service::now;
use crate::store::{Db, Registered, Result};

/// The session in which everybody is.
const WELCOME: SessionId = SessionId(id(1));

/// The session about a release.
const RELEASE: SessionId = SessionId(id(2));

/// Makes it, unless it is there.
pub(crate) fn seed(db: Db<'_>) -> Result<()> {
    if db.session(WELCOME)?.is_some() {
        return Ok(());
    }
    let seeding = Seeding { db, from: now() - TimeDelta::hours(3) };
    seeding.agents()?;
    seeding.welcome()?;
    seeding.release()?;
    seeding.tasks()
}

/// Writes rows, all of them so many minutes after the same moment.
struct Seeding<'a> {
    db: Db<'a>,
    from: DateTime<Utc>,
}

impl Seeding<'_> {
    fn agents(&self) -> Result<()> {
        let cards = [
            (
                "scribe",
                "Scribe",
                "Answers questions and writes texts.",
                "#2563eb",
                "pen-line",
                "write",
            ),
            (
                "planner",
                "Planner",
                "Works on tasks, step by step.",
                "#b45309",
                "list-checks",
                "plan",
            ),
        ];
        cards.into_iter().try_for_each(|(id, name, description, color, icon, capability)| {
            let capability =
                Capability { name: capability.to_owned(), description: description.to_owned() };
            let card = AgentCard {
                agent_id: agent(id),
                name: name.to_owned(),
                description: description.to_owned(),
                color: color.to_owned(),
                icon: icon.to_owned(),
                capabilities: vec![capability],
                version: None,
            };
            self.db.put_agent(&Registered { card, owner: user(id), registered_at: self.from })
        })
    }

    fn welcome(&self) -> Result<()> {
        self.session(WELCOME, "Welcome", &["ann", "ben", "scribe", "planner"])?;
        let hello =
            self.text(10, 1, "ann", "Good morning! Does anybody know what the agents can do?")?;
        self.say(11, 3, "scribe", text(SCRIBE), Some(hello), None)?;
        let plan =
            self.text(12, 6, "ben", "Then let us collect what is left for the release here.")?;
        self.say(13, 8, "ann", text("The notes are mine."), Some(plan), Some(plan))?;
        self.say(14, 9, "ben", text("And I look at the open questions."), Some(plan), Some(plan))?;
        let content = "- faster start\n- dark mode\n- a new export, still behind a flag".to_owned();
        let (title, extent) = ("The merged changes".to_owned(), Extent::Summary);
        let body = Body::Context {
            title: title.clone(),
            extent,
            content: content.clone(),
            agents: Vec::new(),
            expires_in: None,
        };
        let message_id = self.say(15, 12, "ann", body, None, None)?;
        let (context_id, agents) = (ContextId(id(16)), Vec::new());
        let shared = SharedContext {
            context_id,
            message_id,
            title,
            extent,
            content,
            agents,
            expires_at: None,
        };
        self.db.insert_context(WELCOME, &shared)
    }

    fn release(&self) -> Result<()> {
        self.session(RELEASE, "Spring release", &["ann", "ben", "planner"])?;
        for (number, minute, author, words) in [
            (30, 20, "ben", "I would freeze on Thursday."),
            (31, 22, "ann", "Thursday is fine, if the export is in by then."),
        ] {
            self.say_in(RELEASE, (number, minute), author, text(words), None, None)?;
        }
        Ok(())
    }

    fn tasks(&self) -> Result<()> {
        let done = "Twelve changes, three of them breaking.".to_owned();
        let failed = "The merge log of March cannot be read.".to_owned();
        for (number, title, status, priority, agents, result) in [
            (50, "Write the release notes", TaskStatus::Pending, Priority::High, vec![], None),
            (
                51,
                "Shorten the guide for beginners",
                TaskStatus::InProgress,
                Priority::Medium,
                vec![agent("scribe")],
                None,
            ),
            (
                52,
                "Collect the merged changes",
                TaskStatus::Completed,
                Priority::Critical,
                vec![agent("planner")],
                Some(TaskResult::Done { summary: done, data: None }),
            ),
            (
                53,
                "Compare with last year's release",
                TaskStatus::Failed,
                Priority::Low,
                vec![agent("planner")],
                Some(TaskResult::Failed { reason: failed }),
            ),
            (54, "Translate the notes", TaskStatus::Cancelled, Priority::Low, vec![], None),
        ] {
            let at = self.at(i64::from(number));
            let steps =
                if agents.is_empty() { Vec::new() } else { steps(number, &agents[0], status) };
            let task = Task {
                task_id: TaskId(id(number)),
                owner: user("ann"),
                session_id: Some(WELCOME),
                title: title.to_owned(),
                description: String::new(),
                priority,
                status,
                agents,
                context: None,
                steps,
                result,
                created_at: at,
                updated_at: at + TimeDelta::minutes(5),
            };
            self.db.put_task(&task)?;
            task.steps.iter().try_for_each(|step| self.db.insert_step(step))?;
            let body = Body::Task { task_id: task.task_id, title: task.title, priority };
            self.say(number + 20, number, "ann", body, None, None)?;
        }
        Ok(())
    }

    fn session(&self, session_id: SessionId, title: &str, members: &[&str]) -> Result<()> {
        self.db.insert_session(&Session {
            session_id,
            title: title.to_owned(),
            members: members.iter().copied().map(user).collect(),
            created_at: self.from,
            active_at: self.from,
            archived_at: None,
        })
    }

    fn text(&self, number: u32, minute: u32, author: &str, words: &str) -> Result<MessageId> {
        self.say(number, minute, author, text(words), None, None)
    }

    fn say(
        &self,
        number: u32,
        minute: u32,
        author: &str,
        body: Body,
        reply_to: Option<MessageId>,
        thread: Option<MessageId>,
    ) -> Result<MessageId> {
        self.say_in(WELCOME, (number, minute), author, body, reply_to, thread)
    }

    fn say_in(
        &self,
        session_id: SessionId,
        (number, minute): (u32, u32),
        author: &str,
        body: Body,
        reply_to: Option<MessageId>,
        thread: Option<MessageId>,
    ) -> Result<MessageId> {
        let message = Message {
            message_id: MessageId(id(number)),
            session_id,
            author: user(author),
            body,
            reply_to,
            thread,
            replies: 0,
            answer_id: None,
            seq: None,
            status: MessageStatus::Sent,
            revision: 0,
            created_at: self.at(i64::from(minute)),
            edited_at: None,
        };
        // Said before the room had a number: no receipt counts for it.
        let nowhere = Position { epoch: String::new(), seq: 0 };
        self.db.insert_message(&message, &nowhere)?;
        Ok(message.message_id)
    }

    fn at(&self, minute: i64) -> DateTime<Utc> {
        self.from + TimeDelta::minutes(minute)
    }
}

const SCRIBE: &str = "I answer what you ask in a session, word by word, and you can stop me at any \
    time. **Planner** works on tasks: give it one, and it asks you before it uses a tool.";

/// What was done of a task so far.
fn steps(number: u32, agent_id: &AgentId, status: TaskStatus) -> Vec<TaskStep> {
    let done = [("Read everything that is there", 30), ("Sorted it", 60), ("Wrote it down", 100)];
    let made = if status == TaskStatus::Completed { 3 } else { 2 };
    let step = |((text, percent), number_of_step): ((&str, u32), u32)| TaskStep {
        task_id: TaskId(id(number)),
        number: number_of_step,
        agent_id: agent_id.clone(),
        text: text.to_owned(),
        percent,
    };
    done.into_iter().zip(1..).take(made).map(step).collect()
}

const fn id(number: u32) -> Uuid {
    Uuid::from_u128(0x0197_0000_0000_7000_9000_0000_0000_0000 + number as u128)
}

fn user(name: &str) -> UserId {
    UserId(name.to_owned())
}

fn agent(name: &str) -> AgentId {
    AgentId(name.to_owned())
}

fn text(words: &str) -> Body {
    Body::Text { text: words.to_owned() }
}
