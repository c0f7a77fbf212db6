// Somebody without a page: our client in the test itself.

import type { Calls, Client } from "@tautline/client";
import { ours, status, until } from "../../wire/harness/clients.js";
import { sign } from "../../wire/harness/token.js";
import { Chat } from "../../wire/src/generated/index.js";

/** The host of a circle. */
export interface Host {
  readonly client: Client;
  /** What can be asked of the chat. */
  readonly chat: Calls<typeof Chat>;
}

/** Sits in a circle as `host`. */
export async function host(server: string, circleId: string): Promise<Host> {
  const client = ours(server, { auth: () => sign({ sub: "host" }) });
  client.connect();
  const room = client.join(Chat.rooms.circle, { circleId });
  await status(client, "connected");
  await until(room, (snapshot) => snapshot.status === "joined");
  return { client, chat: client.use(Chat) };
}
