// What an app gets as `client.outbox`: a view of what waits, and the few things to be done about it.

import type { Outbox, OutboxEntry, OutboxSnapshot } from "./outbox-types.js";
import type { LibraryProblem } from "./problem.js";

/** What the face needs of the outbox behind it. */
export interface OutboxFaceParts {
  entries(): readonly OutboxEntry[];
  isDurable(): boolean;
  problem(): LibraryProblem | undefined;
  /** Whether what earlier lives have left behind is among the entries. */
  isComplete(): boolean;
  retry(id: string): void;
  discard(id: string): void;
  /** Sends what waits for a time, now. */
  hurry(): void;
  /** Throws away everything of the person who is here. */
  clear(): Promise<void>;
}

/** The face, and how it is told that something has changed. */
export interface OutboxFace {
  readonly outbox: Outbox;
  changed(): void;
}

/** Makes it. A snapshot is made when somebody wants one, and is the same until something changes. */
export function createOutboxFace(parts: OutboxFaceParts): OutboxFace {
  const listeners = new Set<() => void>();
  const flushes = new Set<() => void>();
  let snapshot: OutboxSnapshot = { entries: [], isDurable: parts.isDurable() };
  let isStale = true;

  function look(): OutboxSnapshot {
    if (!isStale) return snapshot;
    isStale = false;
    const problem = parts.problem();
    const entries = parts.entries();
    const isDurable = parts.isDurable();
    const isSame =
      snapshot.isDurable === isDurable &&
      snapshot.problem === problem &&
      snapshot.entries.length === entries.length &&
      entries.every((entry, index) => entry === snapshot.entries[index]);
    if (!isSame) snapshot = { entries, isDurable, ...(problem && { problem }) };
    return snapshot;
  }

  const outbox: Outbox = {
    getSnapshot: look,
    subscribe(listener) {
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    retry: parts.retry,
    discard: parts.discard,
    flush: () =>
      new Promise((resolve) => {
        parts.hurry();
        const check = () => {
          if (!parts.isComplete()) return;
          if (look().entries.some(({ status }) => status !== "failed")) return;
          flushes.delete(check);
          resolve();
        };
        flushes.add(check);
        check();
      }),
    clear: parts.clear,
  };
  return {
    outbox,
    changed() {
      const before = snapshot;
      isStale = true;
      for (const check of [...flushes]) check();
      if (listeners.size > 0 && look() !== before)
        for (const listener of [...listeners]) listener();
    },
  };
}
