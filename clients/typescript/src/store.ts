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

/** Some of the items of another store's list. Its snapshot stays the same while they do. */
export function part<Item>(
  whole: Store<readonly Item[]>,
  select: (items: readonly Item[]) => readonly Item[],
): Store<readonly Item[]> {
  let source: readonly Item[] | undefined;
  let shown: readonly Item[] = [];
  function getSnapshot(): readonly Item[] {
    const items = whole.getSnapshot();
    if (items === source) return shown;
    source = items;
    const next = select(items);
    const isSame = next.length === shown.length && next.every((item, at) => item === shown[at]);
    if (!isSame) shown = next;
    return shown;
  }
  return {
    getSnapshot,
    subscribe(listener) {
      let last = getSnapshot();
      return whole.subscribe(() => {
        const next = getSnapshot();
        if (next === last) return;
        last = next;
        listener();
      });
    },
  };
}
