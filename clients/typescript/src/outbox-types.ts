// What an app sees of the outbox: the commands that wait to be sent, and what it can do about them.

import type { Store } from "./api.js";
import type { LibraryProblem, Problem } from "./problem.js";

/** Where a command of the outbox stands. */
export type OutboxStatus =
  /** It is being written to disk, and is not safe yet. */
  | "storing"
  /** It waits for its turn, or for a connection. */
  | "queued"
  /** The server has it, and has not answered. */
  | "sent"
  /** It is not tried any more; `problem` says why. */
  | "failed";

/** A command in the outbox. */
export interface OutboxEntry {
  readonly id: string;
  /** The path of its namespace. */
  readonly namespace: string;
  /** Its name on the wire. */
  readonly name: string;
  readonly payload: unknown;
  /** In milliseconds of Unix time, as `expiresAt`. */
  readonly queuedAt: number;
  /** When it is given up. */
  readonly expiresAt: number;
  /** How often it was sent in this life of the page. */
  readonly attempts: number;
  readonly status: OutboxStatus;
  /** Whether it is on disk: it survives a reload of the page. */
  readonly isDurable: boolean;
  readonly problem?: Problem;
}

/** The public face of the outbox. */
export interface OutboxSnapshot {
  /** The commands of the person who is signed in, oldest first. */
  readonly entries: readonly OutboxEntry[];
  /** Whether entries survive a reload of the page. */
  readonly isDurable: boolean;
  /** Why they do not, although a storage was given. */
  readonly problem?: LibraryProblem;
}

/** The commands that wait for their final answer, and what can be done about them. */
export interface Outbox extends Store<OutboxSnapshot> {
  /** Tries a command again, as if it were new: a failed one too, whatever its problem said. */
  retry(id: string): void;
  /** Throws a command away. One that was sent may still take effect. */
  discard(id: string): void;
  /**
   * Sends what can be sent without further waits. Resolves when nothing is left but failures, of
   * earlier lives of the page either: while there is no connection it waits.
   */
  flush(): Promise<void>;
  /** Throws away everything of the person who is signed in, in every tab: for a sign-out. */
  clear(): Promise<void>;
}

/** How much may wait. */
export interface OutboxLimits {
  /** Commands, failed ones included. */
  readonly entries: number;
  /** The sum of their payloads, in bytes as they travel. */
  readonly bytes: number;
  /** For how long a command is kept, failed or not, whatever the contract says. */
  readonly ageMs: number;
}

/** The limits of an outbox that is given none: 10,000 commands, 16 MiB, 7 days. */
export const OUTBOX_LIMITS: OutboxLimits = {
  entries: 10_000,
  bytes: 16_777_216,
  ageMs: 604_800_000,
};
