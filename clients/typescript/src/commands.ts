// Carries commands to the server: one queue per namespace, answers turned into results, and the
// recovery that a problem asks for, as far as a client can do it by itself.

import type { CallOptions, Result } from "./api.js";
import { backoffMs } from "./backoff.js";
import { type Clock, elapsed } from "./clock.js";
import { GRACE_MS, laneOf, lifetimeOf, modeOf, sizeProblem, timeoutOf } from "./command-policy.js";
import {
  type CommandQueue,
  createCommandQueue,
  newCommandState,
  type QueuedCommand,
} from "./command-queue.js";
import type { Connection } from "./connection.js";
import type { Command } from "./descriptors.js";
import { newId } from "./identifier.js";
import { localProblem } from "./local-problems.js";
import type { Logger } from "./logger.js";
import { type Measured, measure } from "./payload-size.js";
import type { Problem } from "./problem.js";
import type { Ack } from "./wire.js";

/** What commands need of the rest. */
export interface CommandParts {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Whether the room has no verdict yet: its lane waits. */
  isPending(namespace: string, room: string): boolean;
  /** Joins a room again that the server says we are not in; false if it is none of ours. */
  rejoin(namespace: string, room: string): boolean;
}

/** The commands of all namespaces. */
export interface Commands {
  run<Payload, Answer, Failure extends Problem>(
    command: Command<Payload, Answer, Failure>,
    payload: Payload,
    options?: CallOptions,
  ): Promise<Result<Answer, Failure>>;
  /** Sends what may be sent now: after a welcome, a verdict or an answer. */
  pump(namespace: string): void;
  /** The namespace will not let us in. */
  refused(namespace: string, problem: Problem): void;
  /** The link is gone. `problem` is told to those who may not wait for another one. */
  cut(problem: Problem): void;
  /** The client is closed: nothing waits any more. */
  close(): void;
}

interface Entry extends QueuedCommand {
  readonly name: string;
  readonly payload: unknown;
  readonly startedAt: number;
  readonly timeoutMs: number;
  readonly bytes: number;
  readonly maxBytes: number | undefined;
  settle(result: Result<unknown, Problem>): void;
}

interface Line {
  readonly queue: CommandQueue<Entry>;
  stopWake?: () => void;
}

/** How many commands may be unanswered at once on one socket. */
const IN_FLIGHT = 32;
/** How often a refusal with a request to try again is followed, when it does not say. */
const ATTEMPTS = 3;

/** Makes the commands of a client. */
export function createCommands(parts: CommandParts): Commands {
  const { connection, clock, log } = parts;
  const lines = new Map<string, Line>();

  function lineOf(namespace: string): Line {
    const line = lines.get(namespace) ?? { queue: createCommandQueue<Entry>() };
    lines.set(namespace, line);
    return line;
  }

  function run(
    command: Command<unknown, unknown, Problem>,
    input: unknown,
    { signal, timeoutMs }: CallOptions = {},
  ): Promise<Result<unknown, Problem>> {
    const { namespace, name, delivery } = command;
    connection.open(namespace);
    const problem = signal?.aborted ? localProblem("cancelled") : whyNotNow(command);
    if (problem) return Promise.resolve(unheard(command, problem));
    let measured: Measured;
    try {
      measured = measure(input ?? {});
    } catch (error) {
      const fields = [{ path: "", rule: "type", limit: String(error) }];
      return Promise.resolve({ ok: false, problem: localProblem("invalid_payload", { fields }) });
    }
    const { bytes, payload } = measured;
    const tooLarge = sizeProblem(connection, namespace, command.maxBytes, bytes);
    if (tooLarge) return Promise.resolve({ ok: false, problem: tooLarge });
    if (!command.ack) {
      connection.send(namespace, name, [payload]);
      return Promise.resolve({ ok: true, value: undefined });
    }

    const now = clock.now();
    const { queue } = lineOf(namespace);
    const lifetimeMs = delivery === "idempotent" ? lifetimeOf(command) : Number.POSITIVE_INFINITY;
    return new Promise((resolve) => {
      const entry: Entry = {
        id: newId(now),
        name,
        payload,
        bytes,
        maxBytes: command.maxBytes,
        lane: laneOf(command, payload),
        delivery,
        mayQueue: modeOf(command) === "queue",
        startedAt: elapsed(clock),
        timeoutMs: timeoutOf(command),
        resendMs: timeoutOf(command) + GRACE_MS,
        lifetimeMs,
        state: newCommandState(now + lifetimeMs),
        settle(result) {
          signal?.removeEventListener("abort", abort);
          stopTimeout?.();
          resolve(result);
        },
      };
      const stopWaiting = (code: "cancelled" | "timed_out") => {
        const wasSent = entry.state.first !== undefined;
        // What was sent keeps its place until the server has answered: others are ordered after it.
        if (!wasSent) queue.settle(entry.id);
        const outcome = wasSent ? "unknown" : "not_executed";
        entry.settle({ ok: false, problem: localProblem(code, { outcome }) });
        pump(namespace);
      };
      const abort = () => stopWaiting("cancelled");
      signal?.addEventListener("abort", abort);
      const stopTimeout =
        timeoutMs === undefined
          ? undefined
          : clock.after(timeoutMs, () => stopWaiting("timed_out"));
      queue.add(entry);
      pump(namespace);
    });
  }

  /** Why a command can neither be sent nor wait. */
  function whyNotNow(command: Command<unknown, unknown, Problem>): Problem | undefined {
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
  function unheard(
    { ack, name }: Command<unknown, unknown, Problem>,
    problem: Problem,
  ): Result<unknown, Problem> {
    if (ack) return { ok: false, problem };
    log("warn", "dropped", { event: name, code: problem.code });
    return { ok: true, value: undefined };
  }

  function pump(namespace: string): void {
    const line = lineOf(namespace);
    const { queue } = line;
    line.stopWake?.();
    const now = elapsed(clock);
    const wall = clock.now();
    const { unsent, unknown } = queue.expire(wall);
    fall(unsent, localProblem("offline"));
    fall(unknown, localProblem("outcome_unknown"));

    const welcome = connection.welcome(namespace);
    if (welcome) {
      const { sendings } = queue.take({
        now,
        serverNow: connection.serverNow(namespace),
        ledger: welcome.ledger,
        subject: welcome.subject,
        size: Math.min(IN_FLIGHT, welcome.limits.inFlight),
        isBlocked: (lane) => parts.isPending(namespace, lane),
      });
      for (const { command, meta } of sendings) {
        if (meta.resent) log("info", "retry", { event: command.name, id: meta.id });
        const tooLarge = sizeProblem(connection, namespace, command.maxBytes, command.bytes);
        if (tooLarge) finish(namespace, command, { ok: false, problem: tooLarge });
        else {
          connection.send(namespace, command.name, [command.payload, meta], (ack) =>
            answered(namespace, command, ack),
          );
        }
      }
    }
    const wakeIn = queue.wakeIn(now, wall);
    if (wakeIn !== undefined) {
      // Timers are 32 bits wide: a far one is set again when it fires.
      line.stopWake = clock.after(Math.min(wakeIn, 2 ** 31 - 1), () => pump(namespace));
    }
  }

  function answered(namespace: string, entry: Entry, ack: Ack): void {
    const { queue } = lineOf(namespace);
    // A second answer, to a command that was sent twice.
    if (queue.get(entry.id) !== entry) return;
    if (!ack.error) {
      finish(namespace, entry, { ok: true, value: ack.ok ?? undefined });
    } else if (recover(namespace, entry, ack.error)) {
      const { code, traceId } = ack.error;
      log("info", "retry", { event: entry.name, id: entry.id, code, traceId });
      pump(namespace);
    } else {
      finish(namespace, entry, { ok: false, problem: ack.error });
    }
  }

  /** Does what the problem asks for. False: the caller has to know. */
  function recover(namespace: string, entry: Entry, problem: Problem): boolean {
    const { queue } = lineOf(namespace);
    const { id, lane, state } = entry;
    if (problem.outcome !== "not_executed") return false;
    if (problem.code === "predecessor_unsettled") {
      queue.putBehind(id);
      return true;
    }
    const { action, afterMs, maxAttempts = ATTEMPTS } = problem.recovery;
    state.refusals += 1;
    const now = elapsed(clock);
    const wait = afterMs ?? backoffMs(state.refusals - 1, parts.random());
    switch (action) {
      case "retry": {
        // Not past the time in which the caller expects an answer: they would rather know.
        const isInTime = now + wait <= entry.startedAt + entry.timeoutMs;
        if (!isInTime || state.refusals >= maxAttempts) return false;
        queue.postpone(id, now + wait);
        return true;
      }
      case "rejoin":
        if (lane === null || state.refusals > 1 || !parts.rejoin(namespace, lane)) return false;
        queue.postpone(id, now);
        return true;
      case "reconnect":
        if (!entry.mayQueue) return false;
        queue.postpone(id, now + wait);
        return true;
      case "reauthenticate":
        if (!entry.mayQueue || state.refusals > 1) return false;
        queue.postpone(id, now);
        connection.fail(problem);
        return true;
      default:
        return false;
    }
  }

  function finish(namespace: string, entry: Entry, result: Result<unknown, Problem>): void {
    lineOf(namespace).queue.settle(entry.id);
    entry.settle(result);
    pump(namespace);
  }

  function fall(entries: readonly Entry[], problem: Problem): void {
    for (const entry of entries) entry.settle({ ok: false, problem });
  }

  return {
    run: run as Commands["run"],
    pump,
    refused(namespace, problem) {
      fall(lineOf(namespace).queue.drain().unsent, problem);
    },
    cut(problem) {
      for (const { queue } of lines.values()) {
        const { unsent, unknown } = queue.cut();
        fall(unsent, problem);
        fall(unknown, localProblem("outcome_unknown"));
      }
    },
    close() {
      for (const { queue, stopWake } of lines.values()) {
        stopWake?.();
        const { unsent, unknown } = queue.drain();
        fall(unsent, localProblem("disposed"));
        fall(unknown, localProblem("outcome_unknown"));
      }
    },
  };
}
