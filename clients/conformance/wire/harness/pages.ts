// Pages of people that talk, in tabs of one browser: what they keep outlives them.

import type { Client } from "@tautline/client";
import { indexedDbOutbox } from "@tautline/client/indexeddb";
import { vi } from "vitest";
import { browser as emptyBrowser } from "../../../typescript/test/tabs.js";
import { Chat } from "../src/generated/index.js";
import { ours, status, until } from "./clients.js";
import { type FaultProxy, faultProxy } from "./fault-proxy.js";
import { sign } from "./token.js";

/** A page that is open. */
export interface Page {
  readonly client: Client;
  /** Its way to the server. */
  readonly proxy: FaultProxy;
  /** Says something, and resolves when that is safe on this computer. */
  say(text: string): Promise<void>;
  /** Enters the circle, as somebody who looks at it. */
  enter(): Promise<void>;
  /** Takes the network away. */
  goOffline(): Promise<void>;
  /** The page is gone, as in a reload: it hears nothing more, and others may have what it kept. */
  vanish(): Promise<void>;
}

/** A computer with a browser. */
export interface Computer {
  /** Opens the page of a circle as somebody. */
  open(who: string): Promise<Page>;
}

/** Sets up a computer whose pages talk to this server. */
export function computer(server: { readonly url: string }, circleId: string): Computer {
  const shared = emptyBrowser();
  return {
    async open(who) {
      const tab = shared.open();
      for (const [name, value] of Object.entries(tab.globals)) vi.stubGlobal(name, value);
      const proxy = await faultProxy(server.url);
      const outbox = indexedDbOutbox({ name: circleId });
      const client = ours(proxy.url, { auth: () => sign({ sub: who }), outbox });
      client.connect();
      const entryOf = (text: string) => {
        const { entries } = client.outbox.getSnapshot();
        return entries.find(({ payload }) => (payload as { text: string }).text === text);
      };
      return {
        client,
        proxy,
        async say(text) {
          void client.run(Chat.commands.say, { circleId, text });
          await until(client.outbox, () => entryOf(text)?.status !== "storing");
        },
        async enter() {
          const room = client.join(Chat.rooms.circle, { circleId });
          await until(room, ({ status }) => status === "joined" || status === "resynced");
        },
        async goOffline() {
          await proxy.refuse();
          await proxy.cut();
          await status(client, "reconnecting");
        },
        async vanish() {
          await proxy.refuse();
          await proxy.cut();
          tab.kill();
        },
      };
    },
  };
}
