"use client";

// Reads a part of an external store, and renders again only when that part has changed.

import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";

/** What a hook needs of a store: immutable snapshots, the same object until something changes. */
export interface Store<Snapshot> {
  /** Calls `onChange` after each change until the returned function is called. */
  subscribe(onChange: () => void): () => void;
  /** The state now. */
  getSnapshot(): Snapshot;
  /** The state that server and first client render agree on. */
  getServerSnapshot(): Snapshot;
}

/** Picks what a component shows. */
export type Selector<Snapshot, Selection> = (snapshot: Snapshot) => Selection;

/** Says whether two selections look the same to a component. */
export type IsEqual<Selection> = (a: Selection, b: Selection) => boolean;

/**
 * `useSyncExternalStore` with a selector.
 *
 * A selector may be written inline and may build a new object each time: with an `isEqual` that
 * finds it equal, the component keeps the object that it has, and does not render again.
 */
export function useStore<Snapshot, Selection>(
  store: Store<Snapshot>,
  selector: Selector<Snapshot, Selection>,
  isEqual: IsEqual<Selection> = Object.is,
): Selection {
  const shown = useRef<{ selection: Selection } | undefined>(undefined);
  const select = useMemo(() => cachedSelector(selector, isEqual, shown), [selector, isEqual]);
  const selection = useSyncExternalStore(
    store.subscribe,
    () => select(store.getSnapshot()),
    () => select(store.getServerSnapshot()),
  );
  useEffect(() => {
    shown.current = { selection };
  }, [selection]);
  return selection;
}

/** A selector that runs once per snapshot and gives back what is shown while that is equal. */
function cachedSelector<Snapshot, Selection>(
  selector: Selector<Snapshot, Selection>,
  isEqual: IsEqual<Selection>,
  shown: { readonly current: { selection: Selection } | undefined },
): Selector<Snapshot, Selection> {
  let cached: { snapshot: Snapshot; selection: Selection } | undefined;
  return (snapshot) => {
    if (cached !== undefined && Object.is(cached.snapshot, snapshot)) return cached.selection;
    const known = cached ?? shown.current;
    const next = selector(snapshot);
    const selection =
      known !== undefined && isEqual(known.selection, next) ? known.selection : next;
    cached = { snapshot, selection };
    return selection;
  };
}
