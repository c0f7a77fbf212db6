// What an app gets as `client.outbox`: a view of what waits, and the few things to be done about it.

import type { Clock } from "./clock.js";
import type { Outbox, OutboxEntry, OutboxSnapshot } from "./outbox-types.js";
import type { LibraryProblem } from "./problem.js";

/**
 * A list of more entries than this is told of once per frame: when thousands of them are sent, a page
 * must not draw thousands of long lists.
 */
const LONG = 100;
const FRAME_MS = 16;

/** What the face needs of the outbox behind it. */
export interface OutboxFaceParts {
  readonly clock: Clock;
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
  /** What listeners were told of last. */
  let told = snapshot;
  let isWaiting = false;

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
  function tell(): void {
    isWaiting = false;
    const before = told;
    for (const check of [...flushes]) check();
    if (listeners.size === 0) return;
    told = look();
    if (told !== before) for (const listener of [...listeners]) listener();
  }

  return {
    outbox,
    changed() {
      isStale = true;
      if (isWaiting) return;
      if (snapshot.entries.length <= LONG) {
        tell();
        return;
      }
      isWaiting = true;
      parts.clock.after(FRAME_MS, tell);
    },
  };
}
