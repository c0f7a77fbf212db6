// The one kind of observable value that the client has.

import type { Store } from "./api.js";

/** A value that its owner may replace. */
export interface Cell<T> extends Store<T> {
  set(value: T): void;
  /** Whether anybody listens. */
  isWatched(): boolean;
}

/** Makes a cell. Setting the same value again tells nobody. */
export function cell<T>(value: T): Cell<T> {
  let current = value;
  const listeners = new Set<() => void>();
  return {
    getSnapshot: () => current,
    subscribe(listener) {
      // A wrapper of its own: the same function may subscribe twice.
      const entry = () => listener();
      listeners.add(entry);
      return () => {
        listeners.delete(entry);
      };
    },
    set(next) {
      if (Object.is(next, current)) return;
      current = next;
      for (const listener of [...listeners]) listener();
    },
    isWatched: () => listeners.size > 0,
  };
}
