"use client";

// Gives a client to the components below, and keeps its connection open while it is mounted.

import type { Client } from "@tautline/client";
import { type ReactNode, useContext, useEffect } from "react";
import { SocketContext } from "./context.js";
import { warnOfSecondProvider } from "./second-provider.js";

/** What `SocketProvider` takes. */
export interface SocketProviderProps {
  /** Made once, outside of any component: `export const client = createClient({ … })`. */
  readonly client: Client;
  readonly children?: ReactNode;
}

/**
 * Holds the connection of `client` while it is mounted.
 *
 * The hold is counted and the client waits a moment after the last one is given back: neither the
 * double mount of StrictMode nor a hot reload opens a second connection. On a server it does no I/O.
 */
export function SocketProvider({ client, children }: SocketProviderProps): ReactNode {
  const outer = useContext(SocketContext);
  useEffect(() => client.retain(), [client]);
  useEffect(() => warnOfSecondProvider(client, outer), [client, outer]);
  return <SocketContext.Provider value={client}>{children}</SocketContext.Provider>;
}
