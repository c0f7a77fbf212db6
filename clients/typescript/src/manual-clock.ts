// A clock that stands still until a test moves it.

import type { Clock } from "./clock.js";

/** A clock in a test's hand. */
export interface ManualClock extends Clock {
  /** Moves time on, running what falls due in its order. */
  advance(ms: number): void;
  /** Sets the clock by so much, as a person does: no time passes, nothing falls due. */
  jump(ms: number): void;
  /** How many timers are waiting. */
  readonly waiting: number;
}

/** Makes a clock that starts at `now`. */
export function manualClock(now = 1_700_000_000_000): ManualClock {
  const timers = new Map<number, { readonly at: number; readonly task: () => void }>();
  let current = now;
  let skew = 0;
  let nextId = 0;

  function earliest(until: number): [number, () => void] | undefined {
    let found: [number, { at: number; task: () => void }] | undefined;
    for (const timer of timers) {
      if (timer[1].at <= until && (!found || timer[1].at < found[1].at)) found = timer;
    }
    if (!found) return undefined;
    current = Math.max(current, found[1].at);
    return [found[0], found[1].task];
  }

  return {
    now: () => current + skew,
    elapsed: () => current,
    after(ms, task) {
      const id = nextId;
      nextId += 1;
      timers.set(id, { at: current + Math.max(0, ms), task });
      return () => void timers.delete(id);
    },
    jump(ms) {
      skew += ms;
    },
    advance(ms) {
      const until = current + ms;
      for (let due = earliest(until); due; due = earliest(until)) {
        timers.delete(due[0]);
        due[1]();
      }
      current = until;
    },
    get waiting() {
      return timers.size;
    },
  };
}
