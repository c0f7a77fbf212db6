//! The service under test, and the way to look into it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use tautline::{Answer, DisconnectReason, Failure, NoRefusal, Outcome};
use tautline_server::journal::{Journal, Memory};
use tautline_server::testing::{TestClient, TestSocket};
use tautline_server::{
    AuthError, Authentication, Authenticator, Builder, Context, Credentials, Identity, Limits,
    Server, Settings,
};
use tokio::sync::{Notify, Semaphore};

use super::contract::*;

/// What the service did and what it waits for.
#[derive(Clone, Default)]
pub(crate) struct Lab(Arc<Inner>);

#[derive(Default)]
struct Inner {
    log: Mutex<Vec<String>>,
    logged: Notify,
    gates: Mutex<HashMap<String, Arc<Semaphore>>>,
    locked: Mutex<Vec<String>>,
}

impl Lab {
    pub(crate) fn write(&self, line: impl Into<String>) {
        self.0.log.lock().unwrap().push(line.into());
        self.0.logged.notify_waiters();
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.0.log.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, line: &str) -> usize {
        self.log().iter().filter(|other| *other == line).count()
    }

    /// Waits until the log has this line.
    pub(crate) async fn saw(&self, line: &str) {
        loop {
            let logged = self.0.logged.notified();
            if self.count(line) > 0 {
                return;
            }
            logged.await;
        }
    }

    fn gate(&self, name: &str) -> Arc<Semaphore> {
        let mut gates = self.0.gates.lock().unwrap();
        Arc::clone(gates.entry(name.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(0))))
    }

    pub(crate) fn open(&self, name: &str) {
        self.gate(name).add_permits(1);
    }

    /// Waits for [`Lab::open`] if the name asks for it.
    async fn pass(&self, name: &str) {
        if name.starts_with("gated") {
            self.write(format!("at {name}"));
            self.gate(name).acquire().await.unwrap().forget();
        }
    }

    pub(crate) fn lock(&self, desk: &str) {
        self.0.locked.lock().unwrap().push(desk.to_owned());
    }

    pub(crate) fn server(&self) -> Server {
        self.server_with(Memory::new())
    }

    pub(crate) fn server_with(&self, journal: impl Journal) -> Server {
        self.builder(Settings::default()).journal(journal).build().unwrap()
    }

    pub(crate) fn server_within(&self, limits: Limits) -> Server {
        self.builder(Settings { limits, ..Settings::default() }).build().unwrap()
    }

    pub(crate) fn builder(&self, settings: Settings) -> Builder {
        Server::builder(contract())
            .authenticator(Trusting)
            .settings(settings)
            .namespace::<Desks>(self.clone())
    }
}

/// Takes everybody for who they say they are: `name` or `name+scope`.
pub(crate) struct Trusting;

impl Authenticator for Trusting {
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> Authentication<'a> {
        Box::pin(async move {
            let token = credentials.token.ok_or(AuthError::Missing)?;
            match token {
                "a forged token" => {
                    return Err(AuthError::Invalid(tautline::Cause::new("it is forged")));
                }
                "an expired token" => return Err(AuthError::Expired),
                _ => {}
            }
            let (subject, scope) = token.split_once('+').unwrap_or((token, ""));
            Ok(Identity {
                subject: subject.to_owned(),
                scopes: vec![scope.to_owned()],
                guest: false,
                expires_at: None,
                claims: Map::new(),
            })
        })
    }
}

/// A client of this name, in the namespace.
pub(crate) async fn enter(server: &Server, name: &str) -> (TestClient, TestSocket) {
    let client = TestClient::connect(server.router()).await.unwrap();
    let socket = client.enter("/desks", &json!({ "token": name })).await.unwrap();
    (client, socket)
}

/// Likewise, at a desk.
pub(crate) async fn join(server: &Server, name: &str, desk: &str) -> (TestClient, TestSocket) {
    let (client, socket) = enter(server, name).await;
    let state: DeskState = socket.call("join_desk", &json!({ "desk": desk })).await.unwrap();
    let _ = state;
    (client, socket)
}

pub(crate) fn task(desk: &str, name: &str, ending: &str) -> Value {
    json!({ "desk": desk, "name": name, "ending": ending })
}

/// `… said executed`: the outcome that a note's text asks for.
fn outcome_in(text: &str, verb: &str) -> Option<Outcome> {
    let outcome = text.split_once(verb)?.1.trim();
    Outcome::ALL.iter().copied().find(|known| known.as_str() == outcome)
}

fn note(task: &Task) -> Note {
    Note { desk: task.desk.clone(), text: task.name.clone(), number: 0 }
}

impl DesksServer for Lab {
    type Context = Context<Desks>;

    async fn connected(&self, cx: &Self::Context) -> Answer<(), NoRefusal> {
        let subject = cx.identity().subject.clone();
        self.pass(&subject).await;
        self.write(format!("connected {subject}"));
        Ok(())
    }

    async fn disconnected(&self, cx: &Self::Context, reason: DisconnectReason) {
        self.write(format!("disconnected {} {}", cx.identity().subject, reason.as_str()));
    }

    async fn authorize_desk(&self, _: &Self::Context, room: &Desk) -> Answer<(), DeskError> {
        self.pass(&room.desk).await;
        if self.0.locked.lock().unwrap().contains(&room.desk) {
            return Err(DeskError::Locked)?;
        }
        Ok(())
    }

    async fn join_desk(&self, _: &Self::Context, _: &Desk) -> Answer<DeskState, DeskError> {
        Ok(DeskState { notes: 7 })
    }

    async fn authorize_shelf(&self, _: &Self::Context, _: &Shelf) -> Answer<(), DeskError> {
        Ok(())
    }

    async fn join_shelf(&self, _: &Self::Context, _: &Shelf) -> Answer<(), DeskError> {
        Ok(())
    }

    async fn write_note(&self, cx: &Self::Context, new: NewNote) -> Answer<Note, DeskError> {
        self.write(format!("write {}", new.text));
        self.pass(&new.text).await;
        if new.text == "busy" {
            return Err(DeskError::Busy { after_ms: 250 })?;
        }
        if let Some(outcome) = outcome_in(&new.text, "said") {
            cx.emit().noted(&Note { desk: new.desk, text: new.text, number: 0 });
            return Err(Failure::RefusedWith(DeskError::Busy { after_ms: 250 }, outcome));
        }
        let (lab, unless_stored) = (self.clone(), outcome_in(&new.text, "said unless stored"));
        let committed = cx.commit(move |tx| {
            if new.text == "refused in the step" {
                return Err(DeskError::Busy { after_ms: 3 })?;
            }
            if let Some(outcome) = outcome_in(&new.text, "said in the step") {
                tx.emit().noted(&Note { desk: new.desk, text: new.text, number: 0 });
                return Err(Failure::RefusedWith(DeskError::Busy { after_ms: 3 }, outcome));
            }
            let number = lab.log().len() as u32;
            let note = Note { desk: new.desk, text: new.text, number };
            tx.emit().noted(&note);
            Ok(note)
        });
        committed.await.map_err(|failure| match unless_stored {
            Some(outcome) => Failure::RefusedWith(DeskError::Locked, outcome),
            None => failure,
        })
    }

    async fn run_task(&self, cx: &Self::Context, task: Task) -> Answer<Note, DeskError> {
        self.write(format!("start {}", task.name));
        self.pass(&task.name).await;
        let done = note(&task);
        match task.ending {
            Ending::Done => {}
            Ending::Refused => return Err(DeskError::Busy { after_ms: 250 })?,
            Ending::Failed => return Err("no".parse::<u32>().unwrap_err())?,
            Ending::Panicked => panic!("the task panics"),
            Ending::Never => std::future::pending().await,
            Ending::RefusedAfterEmit => {
                cx.emit().noted(&done);
                cx.emit().working(&done);
                return Err(DeskError::Busy { after_ms: 1 })?;
            }
            Ending::FailedAfterCommit => {
                let (kept, note) = (done.clone(), done);
                cx.commit(move |tx| {
                    tx.emit().noted(&kept);
                    Ok::<_, Failure<DeskError>>(kept)
                })
                .await?;
                panic!("after the commit of {}", note.text);
            }
            Ending::CommittedTwice => {
                let first = done.clone();
                cx.commit::<_, DeskError, _>(move |_| Ok(first)).await?;
                return cx.commit(move |_| Ok(done)).await;
            }
            Ending::CommittedOtherType => {
                cx.commit::<_, DeskError, _>(move |_| Ok(7_u32)).await?;
            }
            Ending::CommitRefused => {
                return cx
                    .commit(move |tx| {
                        tx.emit().noted(&done);
                        Err(DeskError::Busy { after_ms: 2 })?
                    })
                    .await;
            }
            Ending::CommitPanicked => {
                return cx.commit(|_| panic!("the step panics")).await;
            }
            Ending::HungAfterCommit => {
                cx.commit::<_, DeskError, _>(move |_| Ok(done)).await?;
                std::future::pending::<()>().await;
                unreachable!();
            }
            Ending::EmittedAfterCommit => {
                let first = done.clone();
                let answer = cx.commit::<_, DeskError, _>(move |_| Ok(first)).await?;
                cx.emit().noted(&done);
                return Ok(answer);
            }
        }
        cx.emit().working(&done);
        self.write(format!("end {}", task.name));
        Ok(done)
    }

    async fn tick(&self, _: &Self::Context, tick: Tick) {
        self.write(format!("tick {}", tick.number));
    }

    async fn inquire(&self, cx: &Self::Context, inquiry: Inquiry) -> Answer<Decision, DeskError> {
        let answer = match inquiry.about.as_str() {
            "money" => cx.emit().approve(&inquiry).await,
            _ => cx.emit().decide(&inquiry).await,
        };
        match answer {
            Ok(decision) => Ok(decision),
            Err(tautline::Unanswered::Declined(error)) => Err(error)?,
            Err(other) => {
                self.write(format!("unanswered: {other}"));
                Ok(Decision { words: "none".to_owned() })
            }
        }
    }

    async fn ping(&self, cx: &Self::Context) -> Answer<(), DeskError> {
        cx.emit().told(&Decision { words: "pong".to_owned() });
        Ok(())
    }

    async fn nudge(&self, _: &Self::Context) -> Answer<(), DeskError> {
        self.write("nudged");
        Ok(())
    }

    async fn haul(&self, _: &Self::Context) -> Answer<(), DeskError> {
        Ok(())
    }

    async fn administer(&self, _: &Self::Context) -> Answer<(), DeskError> {
        Ok(())
    }

    async fn whisper(&self, _: &Self::Context, _: NewNote) -> Answer<(), DeskError> {
        Ok(())
    }
}
