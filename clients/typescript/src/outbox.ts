// The outbox: commands that are kept until the server has answered for good, on disk if there is one,
// beside those that only wait for their answer. Pure bookkeeping: it says what is to be written and
// what may be sent; somebody else writes and sends, and tells how it went.

import { createCommandQueue, type Fallen, type Sending, type SendWindow } from "./command-queue.js";
import type { CommandState, QueuedCommand, Sent } from "./command-state.js";
import type { KeptCommand } from "./outbox-storage.js";
import type { OutboxEntry, OutboxLimits, OutboxStatus } from "./outbox-types.js";
import type { Problem } from "./problem.js";

/** A command of the outbox, or one that only waits for its answer. */
export interface OutboxCommand extends QueuedCommand {
  readonly name: string;
  readonly payload: unknown;
  readonly bytes: number;
  /** The hash of the contract that it was written for. */
  readonly contract: string;
  /** By the wall clock. */
  readonly queuedAt: number;
  /** Whether it was written by a member of its room. */
  readonly inRoom: boolean;
  /** What was shown of it last. Owned by the outbox. */
  shown?: OutboxEntry;
}

/** What the outbox needs of the rest. */
export interface OutboxParts {
  readonly limits: OutboxLimits;
  /** Writes a command to disk as it is now. What became of it is told by `kept` or `notKept`. */
  put(command: KeptCommand): void;
  remove(id: string): void;
}

/** The commands of a client that are not settled, and those that have failed. */
export interface OutboxBook<C extends OutboxCommand> {
  /** Whether commands are written to disk before they are sent. */
  isDurable: boolean;
  /** Who we are, or were when the link was lost: new commands are theirs. */
  readonly subject: string | undefined;
  /** Whether one more command of this size has no room. */
  isFull(bytes: number): boolean;
  /** Takes a new command, or a failed one anew. `sent`: it goes out at once, so that it is marked as it is stored. */
  add(command: C, sent?: Sent): void;
  /** Takes commands that are on disk: of an earlier life before all others, of another one behind. */
  restore(commands: readonly C[], isEarlier: boolean): void;
  /** A command of the outbox, waiting or failed. */
  entry(id: string): C | undefined;
  /** Whether it still waits for an answer. */
  isWaiting(command: C): boolean;
  /**
   * Says who we are: what nobody was known to have written is ours, and what was written by who we
   * were `formerly`, for a server that has forgotten that one.
   */
  bind(subject: string | undefined, formerly?: string): void;
  /** Chooses what goes out, and lets what must be on disk before be written. */
  take(window: SendWindow): readonly Sending<C>[];
  kept(command: KeptCommand): void;
  /** It is not on disk as it was given. What could not be stored stays in memory. */
  notKept(command: KeptCommand, now: number): void;
  /** Nothing is written any more. `isErased`: nothing of what was written is there either. */
  lose(isErased: boolean): void;
  postpone(id: string, notBefore: number, isUnsure?: boolean): void;
  putBehind(id: string): void;
  /** Over: answered, given up or thrown away. */
  settle(command: C): void;
  /** Nobody wants it any more, but others are ordered after it: no later life is to send it. */
  forget(command: C): void;
  /** Over, and kept for somebody to look at. */
  fail(command: C, problem: Problem): void;
  cut(): Fallen<C>;
  /** What is out of time. It is to be settled, or to fail. */
  expire(wall: number): Fallen<C>;
  /** Ends all commands, or this person's in a namespace. They are to be settled, or to fail. */
  drain(namespace?: string): Fallen<C>;
  wakeIn(now: number, wall: number): number | undefined;
  /** The commands that wait for an answer, of whoever they are. */
  waiting(): readonly C[];
  /** What this person may see, in order; the one who is here unless told. */
  entries(of?: string): readonly OutboxEntry[];
  /** Forgets everything, as at the end of a life. What is on disk stays there. */
  reset(): void;
}

/** After how long it is tried again to mark a command on disk. */
const MARK_AGAIN_MS = 1_000;

/** Whether a command is of the outbox: it may wait for a connection, and be sent again after a cut. */
export function isKept({ mayQueue, delivery }: QueuedCommand): boolean {
  return mayQueue && delivery === "idempotent";
}

function statusOf({ problem, keeping, isInFlight }: CommandState): OutboxStatus {
  if (problem) return "failed";
  if (keeping === "storing") return "storing";
  return isInFlight ? "sent" : "queued";
}

/** An empty outbox. */
export function createOutbox<C extends OutboxCommand>(parts: OutboxParts): OutboxBook<C> {
  const queue = createCommandQueue<C>();
  /** The commands of the outbox, failed ones too. */
  let kept = new Map<string, C>();
  let bytesKept = 0;
  /** What was written of each command last: what is said about an earlier version does not count. */
  const written = new WeakMap<C, KeptCommand>();
  let subject: string | undefined;

  function put(command: C, sent = command.state.first): void {
    const { id, namespace, name, payload, bytes, contract, queuedAt, inRoom, state } = command;
    const { problem } = state;
    const row: KeptCommand = {
      ...{ id, namespace, name, payload, bytes, contract, queuedAt, inRoom },
      expiresAt: state.expiresAt,
      ...(state.subject !== undefined && { subject: state.subject }),
      ...(sent && { sent }),
      ...(problem && { problem }),
    };
    written.set(command, row);
    parts.put(row);
  }

  /** Of whom the last word about the disk is this one. */
  function lastWritten(row: KeptCommand): C | undefined {
    const command = kept.get(row.id);
    return command && written.get(command) === row ? command : undefined;
  }

  function erase(command: C): void {
    if (command.state.keeping) parts.remove(command.id);
    command.state.keeping = undefined;
  }

  function keep(command: C): void {
    if (!isKept(command)) return;
    bytesKept += command.bytes - (kept.get(command.id)?.bytes ?? 0);
    kept.set(command.id, command);
  }

  /** The same object while nothing has changed: lists of a page compare them. */
  function show(command: C): OutboxEntry {
    const { state, shown } = command;
    const { attempts, expiresAt, problem } = state;
    const status = statusOf(state);
    const isDurable = state.keeping !== undefined && state.keeping !== "storing";
    if (
      shown?.status === status &&
      shown.isDurable === isDurable &&
      shown.attempts === attempts &&
      shown.expiresAt === expiresAt &&
      shown.problem === problem
    ) {
      return shown;
    }
    const { id, namespace, name, payload, queuedAt } = command;
    const facts = { id, namespace, name, payload, queuedAt };
    const entry = { ...facts, expiresAt, attempts, status, isDurable };
    command.shown = problem ? { ...entry, problem } : entry;
    return command.shown;
  }

  const book: OutboxBook<C> = {
    isDurable: false,
    get subject() {
      return subject;
    },
    isFull: (bytes) => kept.size >= parts.limits.entries || bytesKept + bytes > parts.limits.bytes,
    add(command, sent) {
      const { state } = command;
      queue.add(command);
      keep(command);
      if (!book.isDurable || !isKept(command)) return;
      state.keeping = "storing";
      put(command, sent);
    },
    restore(commands, isEarlier) {
      const fresh = commands.filter(({ id }) => !kept.has(id));
      const waiting = fresh.filter((it) => !it.state.problem);
      const others = kept;
      if (isEarlier) {
        queue.prepend(waiting);
        kept = new Map();
      } else {
        for (const command of waiting) queue.add(command);
      }
      for (const command of fresh) keep(command);
      if (isEarlier) for (const [id, command] of others) kept.set(id, command);
    },
    entry: (id) => kept.get(id),
    isWaiting: (command) => queue.get(command.id) === command,
    bind(next, formerly) {
      subject = next;
      for (const command of queue.bind(next, formerly)) {
        // On disk it is still nobody's, or the other one's.
        if (command.state.keeping) put(command);
      }
    },
    take(window) {
      const { sendings, marks } = queue.take(window);
      for (const command of marks) put(command, { at: window.serverNow, ledger: window.ledger });
      return sendings;
    },
    kept(row) {
      const state = lastWritten(row)?.state;
      if (state?.keeping) state.keeping = row.sent ? "marked" : "stored";
    },
    notKept(row, now) {
      const command = lastWritten(row);
      const state = command?.state;
      if (command && row.problem) {
        // On disk it still waits, and would be sent although it was told to have failed.
        erase(command);
      } else if (state?.keeping === "storing") {
        state.keeping = undefined;
      } else if (state?.keeping === "marking") {
        state.keeping = "stored";
        queue.postpone(row.id, now + MARK_AGAIN_MS);
      }
    },
    lose(isErased) {
      book.isDurable = false;
      for (const { state } of queue.all()) {
        const isInMemory = isErased || state.keeping === "storing";
        if (isInMemory) state.keeping = undefined;
        else if (state.keeping && state.keeping !== "marked") state.keeping = "held";
      }
    },
    postpone: queue.postpone,
    putBehind: queue.putBehind,
    settle(command) {
      if (queue.get(command.id) === command) queue.settle(command.id);
      if (kept.delete(command.id)) bytesKept -= command.bytes;
      erase(command);
    },
    forget(command) {
      if (kept.delete(command.id)) bytesKept -= command.bytes;
      erase(command);
    },
    fail(command, problem) {
      queue.settle(command.id);
      command.state.problem = problem;
      if (command.state.keeping) put(command);
    },
    cut: queue.cut,
    expire: queue.expire,
    drain: queue.drain,
    wakeIn: queue.wakeIn,
    waiting: queue.all,
    entries: (of = subject) =>
      [...kept.values()].filter(({ state }) => (state.subject ?? subject) === of).map(show),
    reset() {
      queue.drain();
      kept.clear();
      bytesKept = 0;
      book.bind(undefined);
    },
  };
  return book;
}
