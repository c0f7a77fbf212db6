// The outbox as commands use it: what is in it, where it is kept, and what people may do about it, put
// together.

import { type Clock, elapsed } from "./clock.js";
import type { Entry } from "./command-entry.js";
import type { Connection } from "./connection.js";
import type { AnyJoinable, ContractDescriptor } from "./descriptors.js";
import type { Logger } from "./logger.js";
import { createOutbox, isKept, type OutboxBook } from "./outbox.js";
import type { DurableOutbox, Keeping } from "./outbox-durable.js";
import { createOutboxFace } from "./outbox-face.js";
import type { Outbox, OutboxLimits } from "./outbox-types.js";
import type { Problem } from "./problem.js";

/** What the outbox needs of the client. */
export interface OutboxWorld {
  /** Tells this client's outbox from others of the same origin. */
  readonly name: string;
  readonly contract: ContractDescriptor;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: OutboxLimits;
  /** Keeps what waits beyond the life of the page. */
  readonly durable: DurableOutbox | undefined;
  /** Enters a room until the returned function is called. */
  enter(room: AnyJoinable, params: unknown): () => void;
  /** Tells of a problem that has no caller. */
  report(problem: Problem, event: string): void;
}

/** What it needs of the commands. */
export interface CommandOutboxParts extends OutboxWorld {
  pump(namespace: string): void;
  pumpAll(): void;
  add(entry: Entry): void;
  giveUp(entry: Entry, problem: Problem): void;
  stopWaiting(entry: Entry, code: "cancelled"): void;
}

/** The outbox, from all sides. */
export interface CommandOutbox {
  readonly book: OutboxBook<Entry>;
  /** Absent: it is in memory alone. */
  readonly keeping: Keeping | undefined;
  /** What the app gets. */
  readonly outbox: Outbox;
  /** Tells those who look at it. */
  changed(): void;
}

/** Makes the outbox of a client. Nothing is opened yet. */
export function createCommandOutbox(parts: CommandOutboxParts): CommandOutbox {
  const { clock, connection, pump, pumpAll } = parts;
  const keeping: Keeping | undefined = parts.durable?.keep({
    ...parts,
    restore(entries, isEarlier) {
      book.restore(entries, isEarlier);
      for (const { namespace, state } of entries) if (!state.problem) connection.open(namespace);
    },
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
      if (entry) parts.stopWaiting(entry, "cancelled");
    },
    hurry() {
      for (const entry of book.waiting()) if (isKept(entry)) hurry(entry);
      pumpAll();
    },
    async clear() {
      const { subject } = book;
      throwAway(subject);
      if (subject !== undefined) await keeping?.clear(subject);
    },
  });

  /** An entry that the person who is here may see. */
  function shown(id: string): Entry | undefined {
    const entry = book.entry(id);
    return entry && (entry.state.subject ?? book.subject) === book.subject ? entry : undefined;
  }

  function retry(id: string): void {
    const entry = shown(id);
    if (!entry) return;
    if (!entry.state.problem) {
      hurry(entry);
      pump(entry.namespace);
      return;
    }
    // With the same id: if the server remembers it after all, it answers and runs nothing twice.
    const again = keeping?.again(entry);
    if (again) parts.add(again);
  }

  function hurry({ id, state }: Entry): void {
    if (!state.isInFlight) book.postpone(id, 0);
  }

  function throwAway(subject: string | undefined): void {
    for (const { id } of book.entries(subject)) {
      const entry = book.entry(id);
      if (entry) parts.stopWaiting(entry, "cancelled");
    }
  }

  return { book, keeping, outbox, changed };
}
