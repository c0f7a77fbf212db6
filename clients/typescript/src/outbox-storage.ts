// The seam to whatever keeps commands beyond the life of a page. `indexeddb.ts` is the one that comes
// with the package; without any, the outbox lives in memory.

import type { Clock } from "./clock.js";
import type { Sent } from "./command-state.js";
import type { Logger } from "./logger.js";
import type { LibraryProblem, Problem } from "./problem.js";

/** A command as it is kept. Plain data that survives a structured clone. */
export interface KeptCommand {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly payload: unknown;
  /** How large the payload is on the wire. */
  readonly bytes: number;
  /** Who wrote it; absent when no server had said so yet. */
  readonly subject?: string;
  /** The hash of the contract that it was written for. */
  readonly contract: string;
  /** In milliseconds of Unix time, as `expiresAt`. */
  readonly queuedAt: number;
  readonly expiresAt: number;
  /** Whether it was written by a member of its room: it is sent as one. */
  readonly inRoom: boolean;
  /** Since when it may have been sent, by the server's clock. Stored before it is sent. */
  readonly sent?: Sent;
  /** Why it is not tried any more. */
  readonly problem?: Problem;
}

/** Makes a place in which commands are kept. What `createClient` takes as `outbox`. */
export interface OutboxStorage {
  /** Opens it for one life of a client. Called when the client first connects or queues a command. */
  open(host: OutboxHost): OpenOutbox;
}

/** Who asks for a place, and is told what happens in it. */
export interface OutboxHost {
  /** A name that other contracts and servers on the same origin do not have. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** For how long something that nobody comes back for is kept, in milliseconds. */
  readonly maxAgeMs: number;
  /** Commands of a life that has just ended are this client's now, in their order. */
  adopt(commands: readonly KeptCommand[]): void;
  /** Something that was kept cannot be used. */
  damaged(problem: LibraryProblem): void;
  /** Another client has thrown away what this person wrote. */
  cleared(subject: string): void;
  /** Nothing can be kept any more. `isErased`: nothing of what was kept is there any more either. */
  failed(problem: LibraryProblem, isErased: boolean): void;
}

/** The guest of a browser. */
export interface KnownGuest {
  readonly subject: string;
  /** What makes it the same guest again. */
  readonly credential: string;
}

/** An open place. Its promises reject with a `ProblemError` of the code `outbox_unavailable`. */
export interface OpenOutbox {
  /** The guest that was here last, or that has left something behind. */
  readonly opened: Promise<KnownGuest | undefined>;
  /** A guest is here: for the next time. */
  remember(guest: KnownGuest): void;
  /**
   * Gives what this person left behind in lives that have ended, in order. It is this client's now.
   * `formerly` is who they were for a server that has forgotten them since.
   */
  load(subject: string, formerly: string | undefined): Promise<readonly KeptCommand[]>;
  /**
   * Resolves when the command survives the loss of the page and of the computer's power. Puts and
   * removals take effect in the order of the calls.
   */
  put(command: KeptCommand): Promise<void>;
  remove(id: string): void;
  /** Throws away everything of this person, whichever client has it. */
  clear(subject: string): Promise<void>;
  /** Gives everything up, to be found by another client or the next life of this one. */
  close(): void;
}
