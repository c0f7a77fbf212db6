"use client";

// The way out of the hooks: the client itself.

import type { Client } from "@tautline/client";
import { useProvidedClient } from "./context.js";

/** The client of the nearest `SocketProvider`, for what no hook does. */
export function useClient(): Client {
  return useProvidedClient("useClient");
}
