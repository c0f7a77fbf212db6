"use client";

// Shows where the connection stands.

import type { ConnectionSnapshot } from "@tautline/client";
import { useMemo } from "react";
import { useProvidedClient } from "./context.js";
import { type IsEqual, type Selector, useStore } from "./use-store.js";

/** What a server renders, and the first render in the browser with it. */
const BEFORE_HYDRATION: ConnectionSnapshot = Object.freeze({
  status: "idle",
  since: 0,
  attempt: 0,
});

/** The connection: its status, and while it is down what is wrong and when it is tried again. */
export function useConnection(): ConnectionSnapshot;
/** The part of the connection that `selector` picks; renders again only when that part changes. */
export function useConnection<Selection>(
  selector: Selector<ConnectionSnapshot, Selection>,
  isEqual?: IsEqual<Selection>,
): Selection;
export function useConnection(
  selector: Selector<ConnectionSnapshot, unknown> = identity,
  isEqual?: IsEqual<unknown>,
): unknown {
  const { connection } = useProvidedClient("useConnection");
  const store = useMemo(
    () => ({
      subscribe: (onChange: () => void) => connection.subscribe(onChange),
      getSnapshot: () => connection.getSnapshot(),
      getServerSnapshot: () => BEFORE_HYDRATION,
    }),
    [connection],
  );
  return useStore(store, selector, isEqual);
}

function identity<T>(value: T): T {
  return value;
}
