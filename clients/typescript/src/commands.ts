// Carries commands to the server, turns answers into results, and does what a refusal asks for. Which
// may go out, and what is kept of them for a later life of the page, `outbox.ts` decides.

import type { CallOptions, RecoveryStep, Result } from "./api.js";
import { elapsed } from "./clock.js";
import { type AnyTyped, type Entry, newEntry } from "./command-entry.js";
import { createCommandOutbox, type OutboxWorld } from "./command-outbox.js";
import { isQueueing, sizeProblem, whyNotNow } from "./command-policy.js";
import { aboutAllCopies, moveAfter } from "./command-recovery.js";
import type { Command } from "./descriptors.js";
import { newId } from "./identifier.js";
import { localProblem } from "./local-problems.js";
import { isKept } from "./outbox.js";
import type { Outbox } from "./outbox-types.js";
import { type Measured, measure } from "./payload-size.js";
import type { Problem } from "./problem.js";
import type { RetryBudget } from "./retry-budget.js";
import type { Ack, Welcome } from "./wire.js";

/** What commands need of the rest. */
export interface CommandParts extends OutboxWorld {
  readonly random: () => number;
  readonly budget: RetryBudget;
  /** Tells what is done about a refusal. */
  observe(step: RecoveryStep): void;
  /** Whether the room has no verdict yet: its lane waits. */
  isPending(namespace: string, room: string): boolean;
  /** Joins a room again, for this reason; false if it is none of ours. */
  rejoin(namespace: string, room: string, reason: string): boolean;
  /** Stays in a room that we are in until the returned function is called. */
  hold(namespace: string, room: string): (() => void) | undefined;
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
  const { book, keeping, outbox, changed } = createCommandOutbox({
    ...parts,
    ...{ pump, pumpAll, add, giveUp, stopWaiting },
  });
  let stopWake: (() => void) | undefined;
  /** Which guest we were last. */
  let guest: string | undefined;

  function run(
    command: AnyTyped,
    input: unknown,
    { signal, timeoutMs, recover = true }: CallOptions = {},
  ): Promise<Result<unknown, Problem>> {
    const { namespace, name } = command;
    connection.open(namespace);
    const problem = signal?.aborted ? localProblem("cancelled") : whyNotNow(connection, command);
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
        isLeftAlone: !recover,
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
          command.tokenNumber = connection.tokenNumber();
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
      if (entry.state.refusals > 0) parts.budget.giveBack();
      finish(entry, { ok: true, value: ack.ok ?? undefined });
    } else if (!recover(entry, ack.error)) {
      const problem = aboutAllCopies(ack.error, entry.state.unanswered);
      finish(entry, { ok: false, problem });
    }
    pump(entry.namespace);
  }

  /** Does what the problem asks for. False: the caller has to know. */
  function recover(entry: Entry, problem: Problem): boolean {
    const { id, name, namespace, lane, state } = entry;
    if (problem.code === "predecessor_unsettled" && problem.outcome === "not_executed") {
      book.putBehind(id);
      return true;
    }
    if (entry.isLeftAlone) return false;
    state.refusals += 1;
    const now = elapsed(clock);
    const move = moveAfter(problem, {
      delivery: entry.delivery,
      refusals: state.refusals,
      isKept: isKept(entry),
      patienceMs: entry.startedAt + entry.timeoutMs - now,
      budgetMs: parts.budget.take(now),
      random: parts.random(),
    });
    let { type } = move;
    const isAboutRoom = type === "rejoin" || type === "resync";
    if (isAboutRoom && (lane === null || !parts.rejoin(namespace, lane, problem.code))) {
      type = "tell";
    }
    const { code, traceId } = problem;
    const afterMs = "ms" in move ? move.ms : 0;
    log("info", type, { event: name, id, code, traceId });
    parts.observe({ move: type, problem, event: name, id, afterMs });
    if (type === "tell" || type === "resync") {
      parts.budget.giveBack();
      return false;
    }
    const again = (ms: number) => book.postpone(id, ms, problem.outcome === "unknown");
    again(type === "reauthenticate" ? Number.POSITIVE_INFINITY : now + afterMs);
    if (type === "reauthenticate") {
      connection.renew(problem, entry.tokenNumber ?? 0, (isRenewed) => {
        if (!book.isWaiting(entry)) return;
        // Without a link nobody has refused the new one.
        if (isRenewed || !connection.welcome(namespace)) again(elapsed(clock));
        else finish(entry, { ok: false, problem });
        pump(namespace);
      });
    } else if (type === "reconnect" && problem.category !== "unavailable") {
      // A server that goes down closes by itself, and answers what it can before.
      connection.fail(problem);
    }
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

  /** Who leaves the page of a room has not taken back what they wrote there. */
  function hold({ namespace, room }: AnyTyped, payload: unknown): (() => void) | undefined {
    const name = room?.(payload);
    return name === undefined ? undefined : parts.hold(namespace, name);
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
