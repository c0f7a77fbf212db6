//! Runs one command from its turn in its lane to its acknowledgement.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tautline::{Encoded, LibraryCode, Outcome, Problem, Reply};

use crate::commit::{self, CommitError, Committed, Work};
use crate::core::Core;
use crate::encode::{self, Settled};
use crate::failpoint::Failpoint;
use crate::frame_out::{Class, Frame};
use crate::gate::{Admitted, Gate, admit};
use crate::journal::{LedgerEntry, RoomKey};
use crate::ledger::Ending;
use crate::link::panic_message;
use crate::membership;
use crate::observe::Fact;
use crate::problems::Trouble;
use crate::settlement::Stage;
use crate::stage::{self, Target, live};

/// Runs a command: `run` is its handler.
pub(crate) async fn execute(
    core: Arc<Core>,
    gate: Gate,
    ack: Option<i64>,
    run: impl Future<Output = Reply>,
) {
    core.set_ack(ack);
    let turn = Turn { _running: core.runtime.tasks.enter(), core };
    let core = &turn.core;
    let ended = match admit(core, gate).await {
        Ok(Admitted::Run) => {
            core.runtime.failpoints.hit(Failpoint::Handler);
            let ended = supervise(core, run).await;
            match end(core, ended).await {
                End::Settled(ended) => ended,
                End::Unstored(work, refusal) => return turn.store(work, refusal),
            }
        }
        Ok(Admitted::Replay(entry)) => replay(core, entry),
        Err(trouble) => Err(trouble),
    };
    settle(core, ended);
}

/// The command holds its place: in its lane, in its connection's count, and in a room that it is
/// entering. However it ends, also by a fault of ours, these are given back.
struct Turn {
    core: Arc<Core>,
    _running: crate::tasks::Running,
}

impl Turn {
    /// Stores what the command has left, and settles it where that is known: the commands of a lane are
    /// answered in their order then, and none needs a task to wait on.
    fn store(self, work: Work, refusal: Option<Box<Problem>>) {
        let core = Arc::clone(&self.core);
        core.session.commit_started();
        let settled = commit::Reply::new(move |stored| {
            settle(&self.core, of_stored(&self.core, stored, refusal));
            self.core.session.commit_ended();
        });
        core.runtime.writer.submit(work, settled);
        staged(&core);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        withdraw(&self.core);
        self.core.close();
        self.core.settlement.reach(Stage::Failed);
        self.core.release_lane();
        self.core.session.settled();
    }
}

/// What a command was answered when it ran.
fn replay(core: &Core, entry: LedgerEntry) -> Result<Settled, Trouble> {
    let LedgerEntry { answer, is_refusal, at, .. } = entry;
    if !is_refusal {
        return Ok(Settled { answer, at, replayed: true, standing: None });
    }
    Err(serde_json::from_str(&answer.json).map_or_else(
        |error| {
            tracing::error!(trace_id = %core.trace, event = core.name, %error, "a kept refusal cannot be read");
            LibraryCode::OutcomeUnknown.into()
        },
        Trouble::Told,
    ))
}

/// Runs a handler to its end, its panic or its deadline.
pub(crate) async fn supervise<T>(
    core: &Core,
    run: impl Future<Output = Result<T, tautline::Refusal>>,
) -> Result<T, Trouble> {
    let mut run = pin!(run);
    let mut passed = pin!(None);
    std::future::poll_fn(|cx| {
        match catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(cx))) {
            Ok(Poll::Ready(reply)) => return Poll::Ready(reply.map_err(Trouble::from)),
            Ok(Poll::Pending) => {}
            Err(panic) => {
                let message = panic_message(&*panic).to_owned();
                return Poll::Ready(Err(Trouble::Panicked(message)));
            }
        }
        // Only a handler that waits costs a timer.
        if passed.is_none() {
            passed.set(Some(core.deadline.passed()));
        }
        match passed.as_mut().as_pin_mut().map(|passed| passed.poll(cx)) {
            Some(Poll::Ready(())) => {
                // What the writer has already is waited for, and counts.
                core.close_commit();
                Poll::Ready(Err(Trouble::TimedOut))
            }
            Some(Poll::Pending) | None => Poll::Pending,
        }
    })
    .await
}

/// What is left to do when a handler has ended.
#[expect(
    clippy::large_enum_variant,
    reason = "it lives for one call, and a box for each would not"
)]
enum End {
    /// Nothing but to say so.
    Settled(Result<Settled, Trouble>),
    /// To store what it answered and emitted, or its refusal.
    Unstored(Work, Option<Box<Problem>>),
}

/// Makes of a hook's end what it comes to: stores, publishes, or takes everything back.
pub(crate) async fn conclude(
    core: &Arc<Core>,
    ended: Result<Encoded, Trouble>,
) -> Result<Settled, Trouble> {
    match end(core, ended).await {
        End::Settled(ended) => ended,
        End::Unstored(work, refusal) => {
            core.session.commit_started();
            let stored = core.runtime.writer.store(work);
            staged(core);
            let stored = stored.await;
            core.session.commit_ended();
            of_stored(core, stored, refusal)
        }
    }
}

/// Looks what came of a commit of the handler's own, and of its answer.
async fn end(core: &Arc<Core>, ended: Result<Encoded, Trouble>) -> End {
    End::Settled(match (core.outcome().await, ended) {
        (Some(Ok(committed)), ended) => {
            match ended {
                Ok(_) => emit_late(core),
                Err(trouble) => {
                    // Its effects are there for everybody, and its answer for every resend.
                    let problem = trouble.into_problem(&core.trace, core.name);
                    tracing::error!(
                        trace_id = %core.trace,
                        event = core.name,
                        code = problem.code,
                        "a handler failed after its commit: the committed answer counts"
                    );
                }
            }
            let (answer, at) = (committed.answer.clone(), committed.at.clone());
            Ok(Settled { answer, at, ..Settled::default() })
        }
        (Some(Err(CommitError::Answered(entry))), _) => replay(core, entry.clone()),
        (Some(Err(CommitError::Step)) | None, Err(trouble)) => return give_up(core, trouble),
        (Some(Err(CommitError::Step)) | None, Ok(answer)) => return keep(core, answer),
        // The journal knows of what it was given alone, and the handler did more than that.
        (Some(Err(_)), Err(trouble)) if trouble.outcome() != Outcome::NotExecuted => {
            return give_up(core, trouble);
        }
        (Some(Err(error)), _) => Err(Trouble::Commit(error.clone())),
    })
}

/// What a handler without a commit of its own answered and emitted.
fn keep(core: &Arc<Core>, answer: Encoded) -> End {
    let staged = match core.take_staged() {
        Ok(staged) => staged,
        Err(error) => return End::Settled(Err(Trouble::Internal(tautline::Cause::new(error)))),
    };
    let is_stored = core.is_remembered() || staged.iter().any(stage::Staged::is_durable);
    // What goes out at once must not overtake what an earlier command has at the writer.
    if !is_stored && (staged.is_empty() || !core.session.has_commits()) {
        send(core, staged);
        return End::Settled(Ok(Settled { answer, ..Settled::default() }));
    }
    let mut work = core.work();
    work.effects.staged = staged;
    work.answer = answer;
    End::Unstored(work, None)
}

/// What is left of a handler that did not answer: nothing, unless it did what cannot be taken back. Then
/// its refusal is kept as an answer is, so that a resend gets it and does nothing a second time.
fn give_up(core: &Arc<Core>, trouble: Trouble) -> End {
    if !core.is_remembered() || trouble.outcome() != Outcome::Executed {
        return End::Settled(Err(trouble));
    }
    let problem = trouble.into_problem(&core.trace, core.name);
    let mut work = core.work();
    // What was emitted goes with a value.
    work.effects.staged.clear();
    // It is done, whatever becomes of the command before it.
    work.after = None;
    work.answer = Encoded { json: encode::json(&*problem), attachments: Vec::new() };
    work.is_refusal = true;
    End::Unstored(work, Some(problem))
}

/// The writer has it: the next command of the lane may start.
fn staged(core: &Core) {
    core.settlement.reach(Stage::Staged);
    core.runtime.failpoints.hit(Failpoint::Staged);
    if core.may_stage_early() {
        core.release_lane();
    }
}

fn of_stored(
    core: &Core,
    stored: Result<Committed, CommitError>,
    refusal: Option<Box<Problem>>,
) -> Result<Settled, Trouble> {
    match (stored, refusal) {
        (Err(CommitError::Answered(entry)), _) => replay(core, entry),
        (Ok(Committed { answer, at }), None) => Ok(Settled { answer, at, ..Settled::default() }),
        (Err(error), None) => Err(Trouble::Commit(error)),
        (Ok(_), Some(problem)) => Err(Trouble::Told(problem)),
        (Err(error), Some(problem)) => {
            // True all the same. Whoever does not hear it, and sends the command again, has it run again.
            tracing::error!(trace_id = %core.trace, event = core.name, ?error, "a refusal was not kept");
            Err(Trouble::Told(problem))
        }
    }
}

/// Sends what has no place in any room.
fn send(core: &Core, staged: Vec<stage::Staged>) {
    for emit in staged {
        match &emit.target {
            Target::Connection(link) => stage::send_to(link, emit.message()),
            Target::Rooms(_) => {
                for publication in live(&emit) {
                    core.runtime.publisher.publish(publication);
                }
            }
        }
    }
}

/// What was emitted after the commit: too late for its step, so it is stored by itself.
fn emit_late(core: &Arc<Core>) {
    match core.take_staged() {
        Ok(staged) if staged.is_empty() => {}
        Ok(staged) => {
            let mut work = Work::new();
            work.effects.staged = staged;
            work.cause = core.id;
            let (trace, event) = (core.trace.clone(), core.name);
            core.runtime.writer.submit(
                work,
                commit::Reply::new(move |result| {
                    if let Err(error) = result {
                        Trouble::Commit(error).into_problem(&trace, event);
                    }
                }),
            );
        }
        Err(error) => {
            tracing::error!(trace_id = %core.trace, event = core.name, %error, "an emit is lost");
        }
    }
}

/// Tells the caller, and everybody who waits for this command.
fn settle(core: &Arc<Core>, ended: Result<Settled, Trouble>) {
    let ended = ended.map_err(|trouble| trouble.into_problem(&core.trace, core.name));
    let has_effect = ended.as_ref().err().is_none_or(|it| it.outcome == Outcome::Executed);
    core.settlement.reach(if has_effect { Stage::Kept } else { Stage::Failed });
    core.runtime.observers.observe(&Fact::Ran {
        namespace: core.session.facts().path,
        event: core.name,
        took: core.came_at.elapsed(),
        code: ended.as_ref().err().map(|problem| problem.code.as_str()),
    });
    let ending: Ending = match ended {
        Ok(settled) => {
            accept(core, settled);
            Ok(())
        }
        Err(problem) => {
            refuse(core, &problem);
            Err(problem)
        }
    };
    if let Some(claim) = core.take_claim() {
        claim.end(&ending);
    }
}

/// Answers, unless that was done already.
fn accept(core: &Core, mut settled: Settled) {
    let mut joining = core.take_joining();
    for (room, at) in joining.iter_mut().filter_map(|joining| joining.at.take()) {
        let key = RoomKey { namespace: core.session.facts().path, room };
        let mut standing = Encoded::default();
        // Numbered behind the answer's own attachments.
        let before = settled.answer.attachments.len();
        standing.attachments.clone_from(&settled.answer.attachments);
        crate::standing::push(&core.runtime, &key, &mut standing);
        settled.answer.attachments.extend(standing.attachments.drain(before..));
        settled.standing = Some(standing.json);
        settled.at = vec![(key.room, at)];
    }
    if let Some(ack) = core.take_ack() {
        core.session.link.send(Class::Ack, Frame::Ack(ack, encode::ack_ok(settled)));
        core.runtime.failpoints.hit(Failpoint::Acked);
    }
    // After the acknowledgement, so that its receiver knows the position when held events come.
    for joining in joining {
        membership::admit(&core.runtime, &joining.entry, &core.session);
        let RoomKey { namespace, room } = &joining.entry.key;
        core.runtime.observers.observe(&Fact::Joined { namespace, room });
        tracing::info!(
            trace_id = %core.trace,
            connection = %core.session.link.id(),
            namespace,
            subject = core.identity.subject,
            room = room.as_str(),
            "joined"
        );
    }
}

fn withdraw(core: &Core) {
    for joining in core.take_joining() {
        membership::withdraw(&core.runtime, &joining.entry, &core.session);
    }
}

fn refuse(core: &Core, problem: &Problem) {
    withdraw(core);
    crate::refuse::tell(&core.session, core.name, core.id, core.take_ack(), problem);
}
