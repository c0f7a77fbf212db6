"use client";

// The context that carries the client from the provider to the hooks.

import type { Client } from "@tautline/client";
import { createContext, useContext } from "react";

/** Holds the client of the nearest `SocketProvider`. */
export const SocketContext = createContext<Client | undefined>(undefined);
SocketContext.displayName = "SocketContext";

/** The client of the nearest provider. `hook` names the caller in the error of a missing one. */
export function useProvidedClient(hook: string): Client {
  const client = useContext(SocketContext);
  if (client === undefined) {
    throw new Error(
      `\`${hook}\` is used outside of <SocketProvider>: ` +
        "wrap the root of the app in <SocketProvider client={client}>",
    );
  }
  return client;
}
