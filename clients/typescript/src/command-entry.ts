// One command on its way: what its descriptor and its caller say of it.

import type { Result } from "./api.js";
import { GRACE_MS, laneOf, lifetimeOf, modeOf, timeoutOf } from "./command-policy.js";
import { newCommandState } from "./command-state.js";
import type { Command } from "./descriptors.js";
import type { OutboxCommand } from "./outbox.js";
import type { Problem } from "./problem.js";

/** Any command, typed loosely enough to be handled. */
export type AnyTyped = Command<unknown, unknown, Problem>;

/** A command on its way. */
export interface Entry extends OutboxCommand {
  /** By the clock that nobody can set. */
  readonly startedAt: number;
  readonly timeoutMs: number;
  readonly maxBytes: number | undefined;
  /** The caller wants to do what a refusal asks for. */
  readonly isLeftAlone?: boolean;
  /** The number of the token with which it was sent last. */
  tokenNumber?: number;
  /** Tells the caller. Absent: nobody of this life waits for it. */
  readonly settle?: (result: Result<unknown, Problem>) => void;
  /** Gives up the hold on the room that it was written in. */
  leave?: (() => void) | undefined;
}

/** What an entry is made of, beside its descriptor. */
export interface EntryFacts
  extends Pick<
    Entry,
    | "id"
    | "payload"
    | "bytes"
    | "contract"
    | "queuedAt"
    | "inRoom"
    | "startedAt"
    | "settle"
    | "leave"
    | "isLeftAlone"
  > {
  /** For how long the outbox keeps anything. */
  readonly ageMs: number;
}

/** Makes an entry. Throws what the contract's functions throw on a payload that is not theirs. */
export function newEntry(command: AnyTyped, { ageMs, ...facts }: EntryFacts): Entry {
  const { namespace, name, delivery, maxBytes } = command;
  const mayQueue = modeOf(command) === "queue";
  const timeoutMs = timeoutOf(command);
  const lifetimeMs =
    delivery === "idempotent"
      ? Math.min(lifetimeOf(command), mayQueue ? ageMs : Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY;
  return {
    ...facts,
    ...{ namespace, name, delivery, maxBytes, mayQueue, timeoutMs, lifetimeMs },
    lane: laneOf(command, facts.payload),
    resendMs: timeoutMs + GRACE_MS,
    state: newCommandState(facts.queuedAt + lifetimeMs),
  };
}
