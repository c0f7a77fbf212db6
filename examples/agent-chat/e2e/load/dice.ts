// Chance from a seed: a run that shows something can be had again.

/** Chance in a test's hand. */
export interface Dice {
  /** A number in [0, 1). */
  (): number;
  /** One of these. */
  pick<T>(from: readonly T[]): T;
}

/** Makes the dice of a seed. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  // Mulberry32: small, and good enough to decide who speaks.
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return Object.assign(roll, {
    pick: <T>(from: readonly T[]) => {
      const one = from[Math.floor(roll() * from.length)];
      if (one === undefined) throw new Error("there is nothing to pick from");
      return one;
    },
  });
}
