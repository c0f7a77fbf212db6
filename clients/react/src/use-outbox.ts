"use client";

// Shows what waits to be sent.

import type { OutboxSnapshot } from "@tautline/client";
import { useMemo } from "react";
import { useProvidedClient } from "./context.js";
import { type IsEqual, type Selector, useStore } from "./use-store.js";

/** What a server renders, and the first render in the browser with it. */
const BEFORE_HYDRATION: OutboxSnapshot = Object.freeze({
  entries: Object.freeze([]),
  isDurable: false,
});

/**
 * The outbox: the commands that wait to be sent or for their final answer, and those that have
 * failed. What can be done about them is on the client: `useClient().outbox.retry(id)`, `discard(id)`.
 */
export function useOutbox(): OutboxSnapshot;
/** The part of the outbox that `selector` picks; renders again only when that part changes. */
export function useOutbox<Selection>(
  selector: Selector<OutboxSnapshot, Selection>,
  isEqual?: IsEqual<Selection>,
): Selection;
export function useOutbox(
  selector: Selector<OutboxSnapshot, unknown> = identity,
  isEqual?: IsEqual<unknown>,
): unknown {
  const { outbox } = useProvidedClient("useOutbox");
  const store = useMemo(
    () => ({
      subscribe: (onChange: () => void) => outbox.subscribe(onChange),
      getSnapshot: () => outbox.getSnapshot(),
      getServerSnapshot: () => BEFORE_HYDRATION,
    }),
    [outbox],
  );
  return useStore(store, selector, isEqual);
}

function identity<T>(value: T): T {
  return value;
}
