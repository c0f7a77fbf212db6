// The one connection of the page.

import { contract } from "@tautline/agent-chat";
import { type Client, type ClientOptions, createClient } from "@tautline/react";
import { indexedDbOutbox } from "@tautline/react/indexeddb";
import type { IdentityStore } from "./identity/identity.js";
import { chatState } from "./state/chat-state.js";
import { dashboardState, rosterState, taskState } from "./state/work-states.js";

/**
 * How long a room is kept after the last component that shows it: somebody who looks at the dashboard and comes
 * back finds the conversation as it is now, without a join.
 */
const ROOM_LINGER_MS = 300_000;

/** Makes the client of the person who is signed in. Tests give it another transport and another outbox. */
export function createAppClient(
  identity: IdentityStore,
  options: Partial<ClientOptions> = {},
): Client {
  return createClient({
    url: "",
    contract,
    app: { name: "agent-chat-web", version: "1.0.0" },
    auth: () => identity.getSnapshot()?.token,
    roomStates: [chatState, dashboardState, rosterState, taskState],
    roomLingerMs: ROOM_LINGER_MS,
    outbox: indexedDbOutbox(),
    ...options,
  });
}
