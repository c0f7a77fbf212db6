// Time, as something that a test can hold in its hand.

/** What the client asks of time. */
export interface Clock {
  /** Milliseconds of Unix time. May jump: people and networks set clocks. */
  now(): number;
  /** Milliseconds since some moment, which no setting of the clock changes. Absent: `now`. */
  elapsed?(): number;
  /** Runs `task` once after `ms`; the returned function calls it off. */
  after(ms: number, task: () => void): () => void;
}

/** Milliseconds since some moment, for everything that lasts. */
export function elapsed(clock: Clock): number {
  return (clock.elapsed ?? clock.now)();
}

/** The clock on the wall. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};
