// Carries commands to the server, turns answers into results, and does what a refusal asks for. Which
// may go out, and what is kept of them for a later life of the page, `outbox.ts` decides.

import type { CallOptions, Result } from "./api.js";
import { type Clock, elapsed } from "./clock.js";
import { type AnyTyped, type Entry, newEntry } from "./command-entry.js";
import { isQueueing, modeOf, sizeProblem } from "./command-policy.js";
import { aboutAllCopies, moveAfter } from "./command-recovery.js";
import type { Connection } from "./connection.js";
import type { AnyJoinable, Command, ContractDescriptor } from "./descriptors.js";
import { newId } from "./identifier.js";
import { localProblem } from "./local-problems.js";
import type { Logger } from "./logger.js";
import { createOutbox, isKept } from "./outbox.js";
import type { DurableOutbox, Keeping } from "./outbox-durable.js";
import { createOutboxFace } from "./outbox-face.js";
import type { Outbox, OutboxLimits } from "./outbox-types.js";
import { type Measured, measure } from "./payload-size.js";
import type { Problem } from "./problem.js";
import type { Ack, Welcome } from "./wire.js";

/** What commands need of the rest. */
export interface CommandParts {
  /** Tells this client's outbox from others of the same origin. */
  readonly name: string;
  readonly contract: ContractDescriptor;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly limits: OutboxLimits;
  /** Keeps what waits beyond the life of the page. */
  readonly durable: DurableOutbox | undefined;
  /** Whether the room has no verdict yet: its lane waits. */
  isPending(namespace: string, room: string): boolean;
  /** Joins a room again that the server says we are not in; false if it is none of ours. */
  rejoin(namespace: string, room: string): boolean;
  /** Stays in a room that we are in until the returned function is called. */
  hold(namespace: string, room: string): (() => void) | undefined;
  /** Enters a room until the returned function is called. */
  enter(room: AnyJoinable, params: unknown): () => void;
  /** Tells of a problem that has no caller. */
  report(problem: Problem, event: string): void;
}

/** The commands of all namespaces. */
export interface Commands {
  readonly outbox: Outbox;
  run<Payload, Answer, Failure extends Problem>(
    command: Command<Payload, Answer, Failure>,
    payload: Payload,
    options?: CallOptions,
  ): Promise<Result<Answer, Failure>>;
  /** What is waited for before the first connection: what makes a guest the same guest again. */
  prepare(): Promise<string | undefined> | undefined;
  /** A link is going to be made with this token. */
  authorized(token: string | undefined): void;
  welcomed(namespace: string, welcome: Welcome): void;
  /** Sends what may be sent now: after a welcome, a verdict or an answer. */
  pump(namespace: string): void;
  /** The namespace will not let us in. */
  refused(namespace: string, problem: Problem): void;
  /** The link is gone. `problem` is told to those who may not wait for another one. */
  cut(problem: Problem): void;
  /** The client is closed: nothing waits any more. */
  close(): void;
}

/** How many commands may be unanswered at once on one socket. */
const IN_FLIGHT = 32;

/** Makes the commands of a client. */
export function createCommands(parts: CommandParts): Commands {
  const { connection, clock, log, contract } = parts;
  const { ageMs } = parts.limits;
  const keeping: Keeping | undefined = parts.durable?.keep({
    ...parts,
    restore,
    giveUp,
    kept(row) {
      book.kept(row);
      pump(row.namespace);
    },
    notKept(row) {
      book.notKept(row, elapsed(clock));
      pump(row.namespace);
    },
    lost: (isErased) => book.lose(isErased),
    expect(subject) {
      if (book.subject !== subject) book.bind(subject);
      changed();
    },
    ready: pumpAll,
    cleared: throwAway,
  });
  const book = createOutbox<Entry>({
    limits: parts.limits,
    put: (row) => keeping?.put(row),
    remove: (id) => keeping?.remove(id),
  });
  book.isDurable = keeping !== undefined;
  const { outbox, changed } = createOutboxFace({
    clock,
    entries: () => book.entries(),
    isDurable: () => book.isDurable,
    problem: () => keeping?.problem(),
    isComplete: () => keeping?.isReady(book.subject) ?? true,
    retry,
    discard(id) {
      const entry = shown(id);
      if (entry) stopWaiting(entry, "cancelled");
    },
    hurry() {
      for (const entry of book.waiting()) hurry(entry);
      pumpAll();
    },
    async clear() {
      const { subject } = book;
      throwAway(subject);
      if (subject !== undefined) await keeping?.clear(subject);
    },
  });
  let stopWake: (() => void) | undefined;
  /** Which guest we were last. */
  let guest: string | undefined;

  function run(
    command: AnyTyped,
    input: unknown,
    { signal, timeoutMs }: CallOptions = {},
  ): Promise<Result<unknown, Problem>> {
    const { namespace, name } = command;
    connection.open(namespace);
    const problem = signal?.aborted ? localProblem("cancelled") : whyNotNow(command);
    if (problem) return Promise.resolve(unheard(command, problem));
    let measured: Measured;
    try {
      measured = measure(input ?? {});
    } catch (error) {
      const fields = [{ path: "", rule: "type", limit: String(error) }];
      return refusal(localProblem("invalid_payload", { fields }));
    }
    const { bytes, payload } = measured;
    const tooLarge = sizeProblem(connection, namespace, command.maxBytes, bytes);
    if (tooLarge) return refusal(tooLarge);
    if (!command.ack) {
      connection.send(namespace, name, [payload]);
      return Promise.resolve({ ok: true, value: undefined });
    }

    return new Promise((resolve) => {
      const queuedAt = clock.now();
      const leave = isQueueing(command) ? hold(command, payload) : undefined;
      const entry = newEntry(command, {
        id: newId(queuedAt),
        ...{ payload, bytes, queuedAt, leave, ageMs },
        contract: contract.hash,
        inRoom: leave !== undefined,
        startedAt: elapsed(clock),
        settle(result) {
          signal?.removeEventListener("abort", abort);
          stopTimeout?.();
          resolve(result);
        },
      });
      if (isKept(entry) && book.isFull(bytes)) {
        leave?.();
        resolve({
          ok: false,
          problem: localProblem("outbox_full", { params: { ...parts.limits } }),
        });
        return;
      }
      const abort = () => stopWaiting(entry, "cancelled");
      signal?.addEventListener("abort", abort);
      const stopTimeout =
        timeoutMs === undefined
          ? undefined
          : clock.after(timeoutMs, () => stopWaiting(entry, "timed_out"));
      add(entry);
    });
  }

  function add(entry: Entry): void {
    const { namespace, lane } = entry;
    const welcome = connection.welcome(namespace);
    const goesNow = welcome && !(lane !== null && parts.isPending(namespace, lane));
    const sent = { at: connection.serverNow(namespace), ledger: welcome?.ledger ?? "" };
    book.add(entry, goesNow ? sent : undefined);
    pump(namespace);
  }

  /** Commands on disk are this client's now. */
  function restore(entries: readonly Entry[], isEarlier: boolean): void {
    book.restore(entries, isEarlier);
    for (const { namespace, state } of entries) if (!state.problem) connection.open(namespace);
  }

  /** Why a command can neither be sent nor wait. */
  function whyNotNow(command: AnyTyped): Problem | undefined {
    const { namespace } = command;
    const refusal = connection.refusal(namespace);
    if (refusal || connection.welcome(namespace)) return refusal;
    const { status, problem } = connection.store.getSnapshot();
    const mode = modeOf(command);
    if (mode === "queue" && command.ack) return undefined;
    // The first connection is worth a wait; a lost one may not come back soon.
    const isStarting = status === "idle" || status === "connecting" || status === "connected";
    if (mode === "fail" && command.ack && isStarting) return undefined;
    return status === "failed" && problem ? problem : localProblem("offline");
  }

  /** Nobody listens for the failure of an unacknowledged command: it is logged instead. */
  function unheard({ ack, name }: AnyTyped, problem: Problem): Result<unknown, Problem> {
    if (ack) return { ok: false, problem };
    log("warn", "dropped", { event: name, code: problem.code });
    return { ok: true, value: undefined };
  }

  function pumpAll(): void {
    for (const { path } of Object.values(contract.namespaces)) pump(path);
    changed();
  }

  function pump(namespace: string): void {
    stopWake?.();
    const now = elapsed(clock);
    const wall = clock.now();
    const { unsent, unknown } = book.expire(wall);
    fall(unsent, localProblem("offline"));
    fall(unknown, localProblem("outcome_unknown"));

    const welcome = connection.welcome(namespace);
    if (welcome && (keeping?.isReady(welcome.subject) ?? true)) {
      const sendings = book.take({
        ...{ namespace, now, serverNow: connection.serverNow(namespace) },
        ...{ ledger: welcome.ledger, subject: welcome.subject },
        size: Math.min(IN_FLIGHT, welcome.limits.inFlight),
        isBlocked: (lane) => parts.isPending(namespace, lane),
      });
      for (const { command, meta } of sendings) {
        if (meta.resent) log("info", "retry", { event: command.name, id: meta.id });
        const tooLarge = sizeProblem(connection, namespace, command.maxBytes, command.bytes);
        if (tooLarge) finish(command, { ok: false, problem: tooLarge });
        else {
          connection.send(namespace, command.name, [command.payload, meta], (ack) =>
            answered(command, ack),
          );
        }
      }
    }
    const wakeIn = book.wakeIn(now, wall);
    if (wakeIn !== undefined) {
      // Timers are 32 bits wide: a far one is set again when it fires.
      stopWake = clock.after(Math.min(wakeIn, 2 ** 31 - 1), pumpAll);
    }
    changed();
  }

  function answered(entry: Entry, ack: Ack): void {
    // A second answer, to a command that was sent twice.
    if (!book.isWaiting(entry)) return;
    if (!ack.error) {
      finish(entry, { ok: true, value: ack.ok ?? undefined });
    } else if (recover(entry, ack.error)) {
      const { code, traceId } = ack.error;
      log("info", "retry", { event: entry.name, id: entry.id, code, traceId });
    } else {
      const problem = aboutAllCopies(ack.error, entry.state.unanswered);
      finish(entry, { ok: false, problem });
    }
    pump(entry.namespace);
  }

  /** Does what the problem asks for. False: the caller has to know. */
  function recover(entry: Entry, problem: Problem): boolean {
    const { id, namespace, lane, state } = entry;
    if (problem.code === "predecessor_unsettled" && problem.outcome === "not_executed") {
      book.putBehind(id);
      return true;
    }
    state.refusals += 1;
    const now = elapsed(clock);
    const move = moveAfter(problem, {
      refusals: state.refusals,
      isKept: isKept(entry),
      patienceMs: entry.startedAt + entry.timeoutMs - now,
      random: parts.random(),
    });
    if (!move) return false;
    if (move.type === "rejoin" && (lane === null || !parts.rejoin(namespace, lane))) return false;
    book.postpone(id, move.type === "wait" ? now + move.ms : now);
    if (move.type === "reauthenticate") connection.fail(problem);
    return true;
  }

  function finish(entry: Entry, result: Result<unknown, Problem>): void {
    if (result.ok || entry.settle || !book.entry(entry.id)) book.settle(entry);
    else giveUp(entry, result.problem);
    entry.leave?.();
    entry.settle?.(result);
  }

  /** Nobody waits for it in this life: it is kept for whoever looks. */
  function giveUp(entry: Entry, problem: Problem): void {
    const { id, name, state } = entry;
    const { code, traceId } = problem;
    log("warn", "given up", { event: name, id, code, traceId });
    book.fail(entry, problem);
    // Of what somebody else wrote, the person who is here hears nothing.
    if ((state.subject ?? book.subject) === book.subject) parts.report(problem, name);
  }

  function fall(entries: readonly Entry[], problem: Problem): void {
    for (const entry of entries) finish(entry, { ok: false, problem });
  }

  /** The caller, or a person, does not want it any more. */
  function stopWaiting(entry: Entry, code: "cancelled" | "timed_out"): void {
    const { unanswered, problem, keeping: row } = entry.state;
    const wasSent = unanswered > 0 && !problem;
    // What is on a disk that is gone for this life is found by the next one.
    const isOutOfReach = row !== undefined && !book.isDurable;
    // What was sent keeps its place until the server has answered: others are ordered after it.
    if (wasSent) book.forget(entry);
    else book.settle(entry);
    const outcome = wasSent || isOutOfReach ? "unknown" : "not_executed";
    entry.settle?.({ ok: false, problem: localProblem(code, { outcome }) });
    if (!wasSent) entry.leave?.();
    pump(entry.namespace);
  }

  /** An entry that the person who is here may see. */
  function shown(id: string): Entry | undefined {
    const isShown = book.entries().some((entry) => entry.id === id);
    return isShown ? book.entry(id) : undefined;
  }

  function throwAway(subject: string | undefined): void {
    for (const { id } of book.entries(subject)) {
      const entry = book.entry(id);
      if (entry) stopWaiting(entry, "cancelled");
    }
  }

  function retry(id: string): void {
    const failed = shown(id);
    if (!failed?.state.problem) {
      if (failed) hurry(failed);
      pumpAll();
      return;
    }
    // With the same id: if the server remembers it after all, it answers and runs nothing twice.
    const again = keeping?.again(failed);
    if (again) add(again);
  }

  /** Who leaves the page of a room has not taken back what they wrote there. */
  function hold({ namespace, room }: AnyTyped, payload: unknown): (() => void) | undefined {
    const name = room?.(payload);
    return name === undefined ? undefined : parts.hold(namespace, name);
  }

  function hurry({ id, state }: Entry): void {
    if (!state.isInFlight) book.postpone(id, 0);
  }

  return {
    outbox,
    run: run as Commands["run"],
    prepare: () => keeping?.prepare(),
    pump,
    authorized: (token) => keeping?.authorized(token),
    welcomed(namespace, welcome) {
      const { subject } = welcome;
      const isOther = book.subject !== subject;
      // A guest whom the server has forgotten, and with it all that it did, is now another one.
      const formerly = keeping ? keeping.welcomed(welcome) : welcome.guest ? guest : undefined;
      book.bind(subject, formerly);
      if (welcome.guest) guest = subject;
      if (isOther) pumpAll();
      pump(namespace);
    },
    refused(namespace, problem) {
      const { unsent, unknown } = book.drain(namespace);
      fall(unsent, problem);
      fall(unknown, localProblem("outcome_unknown"));
      changed();
    },
    cut(problem) {
      const { unsent, unknown } = book.cut();
      fall(unsent, problem);
      fall(unknown, localProblem("outcome_unknown"));
      changed();
    },
    close() {
      stopWake?.();
      const { unsent, unknown } = book.drain();
      for (const entry of [...unsent, ...unknown]) {
        entry.leave?.();
        const isLost = unsent.includes(entry) && !entry.state.keeping;
        // What is on disk goes out in a later life: nobody can say what becomes of it.
        const code = unknown.includes(entry) ? "outcome_unknown" : "disposed";
        const outcome = isLost ? "not_executed" : "unknown";
        entry.settle?.({ ok: false, problem: localProblem(code, { outcome }) });
      }
      book.reset();
      keeping?.close();
      book.isDurable = keeping !== undefined;
      changed();
    },
  };
}

function refusal(problem: Problem): Promise<Result<unknown, Problem>> {
  return Promise.resolve({ ok: false, problem });
}
