// The seam between commands and what keeps them beyond the life of a page. All of that comes with
// the storage, so that a page whose outbox is in memory carries nothing of it.

import type { Clock } from "./clock.js";
import type { Entry } from "./command-entry.js";
import type { AnyJoinable, ContractDescriptor } from "./descriptors.js";
import type { Logger } from "./logger.js";
import type { KeptCommand } from "./outbox-storage.js";
import type { OutboxLimits } from "./outbox-types.js";
import type { LibraryProblem, Problem } from "./problem.js";
import type { Welcome } from "./wire.js";

/** Keeps the outbox beyond the life of the page. Made by `indexedDbOutbox`. */
export interface DurableOutbox {
  /** Called once per client. Nothing is opened yet. */
  keep(parts: KeepingParts): Keeping;
}

/** What keeping needs of the rest. */
export interface KeepingParts {
  /** Tells this client's outbox from others of the same origin. */
  readonly name: string;
  readonly contract: ContractDescriptor;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: OutboxLimits;
  /** These are waiting or have failed: of an earlier life, or of one beside ours that has ended. */
  restore(entries: readonly Entry[], isEarlier: boolean): void;
  /** One of them cannot be used. */
  giveUp(entry: Entry, problem: Problem): void;
  /** Enters a room until the returned function is called. */
  enter(room: AnyJoinable, params: unknown): () => void;
  kept(row: KeptCommand): void;
  notKept(row: KeptCommand): void;
  /** Nothing can be kept any more. */
  lost(isErased: boolean): void;
  /** Who we are, as far as is known before the server says it. */
  expect(subject: string): void;
  /** What this person left behind is here: their commands may go out. */
  ready(): void;
  /** This person has thrown everything away, in another tab. */
  cleared(subject: string): void;
  report(problem: Problem, event: string): void;
}

/** What can be asked of it. */
export interface Keeping {
  /** Why nothing is kept. */
  problem(): LibraryProblem | undefined;
  /** Opens the place. Resolves to what makes a guest the same guest again. */
  prepare(): Promise<string | undefined> | undefined;
  /** A link is going to be made with this token, or with a guest's credential. */
  authorized(token: string | undefined): void;
  /** The server says who we are. Gives who we were, if it has forgotten that guest. */
  welcomed(welcome: Welcome): string | undefined;
  /** Whether what this person left behind is here. */
  isReady(subject: string | undefined): boolean;
  put(row: KeptCommand): void;
  remove(id: string): void;
  clear(subject: string): Promise<void>;
  /** The same command as if it were new; `undefined` if this build does not know it. */
  again(entry: Entry): Entry | undefined;
  close(): void;
}
