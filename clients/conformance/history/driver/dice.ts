// Randomness from a seed.

/** A seeded source of random numbers. */
export interface Dice {
  /** A number from 0 up to, and without, the bound. */
  below(bound: number): number;
  pick<T>(choices: readonly T[]): T;
  /** A UUID of version 7, as far as its form goes. */
  uuid(): string;
}

/** The dice of a seed: mulberry32, which is small and good enough for choices. */
export function createDice(seed: number): Dice {
  let state = seed;

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return (bits ^ (bits >>> 14)) >>> 0;
  }

  const below = (bound: number) => next() % Math.max(bound, 1);
  const hex = (digits: number) => next().toString(16).padStart(8, "0").slice(0, digits);
  return {
    below,
    pick: <T>(choices: readonly T[]) => choices[below(choices.length)] as T,
    uuid: () => `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(8)}${hex(4)}`,
  };
}
