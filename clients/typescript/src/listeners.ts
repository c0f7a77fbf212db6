// Those who want to hear of something.

/** A set of listeners. */
export interface Listeners<Facts extends unknown[]> {
  tell(...facts: Facts): void;
  /** Adds one until the returned function is called. The same function may be added twice. */
  add(listener: (...facts: Facts) => void): () => void;
}

/** Nobody listens yet. */
export function createListeners<Facts extends unknown[]>(): Listeners<Facts> {
  const listeners = new Set<(...facts: Facts) => void>();
  return {
    tell(...facts) {
      for (const listener of [...listeners]) listener(...facts);
    },
    add(listener) {
      const entry: typeof listener = (...facts) => listener(...facts);
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
  };
}
