// A person at a computer of their own: a browser profile, the way to the server, and the page.

import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import { atEnd } from "../../../../clients/conformance/wire/harness/clients.js";
import {
  type FaultProxy,
  faultProxy,
} from "../../../../clients/conformance/wire/harness/fault-proxy.js";

/** A person with the page open. */
export interface Person {
  readonly page: Page;
  /** How many WebSockets the page has opened so far. */
  readonly sockets: () => number;
  /** Errors and warnings of the page's console, and exceptions that nobody caught. */
  readonly complaints: readonly string[];
  /** Opens an address of the page. */
  go(path: string): Promise<void>;
  /** Changes the next command of this name on its way to the server, as a broken or hostile page would. */
  tamper(name: string, change: (command: Sent) => Sent): void;
}

/** A command on its way. */
export type Sent = readonly [name: string, payload: Record<string, unknown>, meta?: unknown];

/** A person whose cable can be pulled. */
export interface Traveller extends Person {
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
}

let browser: Promise<Browser> | undefined;

/** Sets up a computer with the first page of the chat. It is gone when the test is over. */
export async function person(url: string): Promise<Person> {
  const context = await newContext();
  const page = await context.newPage();
  let sockets = 0;
  page.on("websocket", () => {
    sockets += 1;
  });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  let tampering: { name: string; change: (command: Sent) => Sent } | undefined;
  await page.routeWebSocket(/\/socket\.io\//, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      const [, head = "", body = "null"] = /^(42[^[]*)(\[.*)$/s.exec(String(frame)) ?? [];
      const command: Sent | null = JSON.parse(body);
      if (tampering === undefined || command?.[0] !== tampering.name) {
        server.send(frame);
        return;
      }
      server.send(head + JSON.stringify(tampering.change(command)));
      tampering = undefined;
    });
  });
  await page.goto(url);
  return {
    page,
    tamper(name, change) {
      tampering = { name, change };
    },
    complaints,
    sockets: () => sockets,
    go: async (path) => {
      await page.goto(`${url}${path}`);
    },
  };
}

/** The same behind a network of their own. */
export async function traveller(url: string): Promise<Traveller> {
  const network: FaultProxy = await faultProxy(url);
  const somebody = await person(network.url);
  const context = somebody.page.context();
  return {
    ...somebody,
    // The browser's own switch tells the page that it is offline and lets no new connection through, but it leaves
    // open websockets alone: those are cut on their way.
    async goOffline() {
      await network.refuse();
      await context.setOffline(true);
      await network.cut();
    },
    async goOnline() {
      await network.admit();
      await context.setOffline(false);
    },
  };
}

async function newContext(): Promise<BrowserContext> {
  browser ??= chromium.connect(inject("browser"));
  const context = await (await browser).newContext({ colorScheme: "light" });
  atEnd(() => context.close());
  context.setDefaultTimeout(15_000);
  return context;
}
