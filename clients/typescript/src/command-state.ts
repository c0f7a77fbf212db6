// What is known of one command on its way: what it is, and how far it is.

import type { CommandDelivery } from "./descriptors.js";
import type { Problem } from "./problem.js";

/** A command that waits for its final answer. */
export interface QueuedCommand {
  readonly id: string;
  /** Each namespace has an order and a window of its own. */
  readonly namespace: string;
  /** Commands of one lane keep their order; `null` runs free. */
  readonly lane: string | null;
  readonly delivery: CommandDelivery;
  /** Whether it may wait for a connection. */
  readonly mayQueue: boolean;
  /** After how long without an answer an idempotent command is sent again on a live link. */
  readonly resendMs: number;
  /** For how long it is of use. */
  readonly lifetimeMs: number;
  readonly state: CommandState;
}

/** When a command was sent first, by the server's clock, and to which memory of past commands. */
export interface Sent {
  readonly at: number;
  readonly ledger: string;
}

/**
 * What is on disk of a command that is kept there. It goes out only when it is `marked`: a page that
 * finds it after a reload must know that it may have been sent. `held` is one that cannot be marked
 * any more: the next life of the page sends it.
 */
export type Keeping = "storing" | "stored" | "marking" | "marked" | "held";

/** The part of a queued command that changes. Owned by the queue. */
export interface CommandState {
  /** It went out on this link and is not answered. */
  isInFlight: boolean;
  /** The server refused to run it before its predecessor: it goes out alone. */
  isAlone: boolean;
  /** It is not sent before this time. By a clock that nobody can set, as all times but two. */
  notBefore: number;
  /** When it is sent again if no answer came. */
  deadline: number;
  /** How often it was refused with a request to try again. */
  refusals: number;
  /** How often it was sent. */
  attempts: number;
  /** Copies that the server has not answered, on this link or an earlier one. */
  unanswered: number;
  /** When it is of no use any more, by the wall clock. */
  expiresAt: number;
  /** By the server's clock. */
  first?: Sent;
  /** As whom it may be sent; `undefined`: as whoever is welcomed next. */
  subject?: string;
  /** Why it has failed for good: then it is in no queue any more. */
  problem?: Problem;
  /** `undefined`: it is kept in memory alone. */
  keeping?: Keeping | undefined;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The state of a command that was just made. */
export function newCommandState(expiresAt = NEVER): CommandState {
  return {
    isInFlight: false,
    isAlone: false,
    notBefore: 0,
    deadline: NEVER,
    refusals: 0,
    attempts: 0,
    unanswered: 0,
    expiresAt,
  };
}
