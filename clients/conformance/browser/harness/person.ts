// A person at a computer of their own: a browser profile, a network of their own, and pages in it.

import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import { atEnd } from "../../wire/harness/clients.js";
import { type FaultProxy, faultProxy } from "../../wire/harness/fault-proxy.js";
import { sign } from "../../wire/harness/token.js";

/** What a person wants to see. */
export interface Visit {
  /** Who is signed in on the page. */
  readonly as: string;
  /** The circle that the page shows. */
  readonly circle: string;
  /** Whether the page knows by itself who is signed in, as apps that have a login do. It does unless told. */
  readonly knowsWho?: boolean;
  /** How many bytes the page may keep, if there is a limit. */
  readonly quota?: number;
  /** Whether the browser lets the page keep anything. It does unless told. */
  readonly hasStorage?: boolean;
}

/** A person's computer. */
export interface Computer {
  /** The way to the server, which a test can break. */
  readonly network: FaultProxy;
  /** Opens a page in a tab of its own. */
  open(visit: Visit): Promise<Page>;
  /** The address of a page, for a tab that is open already. */
  address(visit: Visit): string;
  /** Pulls the cable: what is open ends, and nothing new goes through. Pages can still be loaded. */
  goOffline(): Promise<void>;
  /** Puts the cable back. */
  goOnline(): Promise<void>;
  /** Errors and warnings of the pages' consoles, and exceptions that nobody caught. */
  readonly complaints: readonly string[];
}

let browser: Promise<Browser> | undefined;

/** Sets up a computer in front of the server at `server`. It is gone when the test is over. */
export async function computer(server: string): Promise<Computer> {
  browser ??= chromium.connect(inject("browser"));
  const [network, context] = await Promise.all([
    faultProxy(server),
    browser.then((it) => it.newContext({ colorScheme: "light" })),
  ]);
  atEnd(() => context.close());
  context.setDefaultTimeout(15_000);
  await keepPagesReachable(context);
  const complaints: string[] = [];
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });

  const address = ({ as, circle, knowsWho = true, quota }: Visit) => {
    const query = new URLSearchParams({ server: network.url, token: sign({ sub: as }), circle });
    if (knowsWho) query.set("subject", as);
    if (quota !== undefined) query.set("quota", String(quota));
    return `${inject("page")}/?${query}`;
  };
  return {
    network,
    address,
    complaints,
    async open(visit) {
      const page = await context.newPage();
      if (visit.hasStorage === false) {
        await page.addInitScript(() => {
          Object.defineProperty(globalThis, "indexedDB", { value: undefined });
        });
      }
      await page.goto(address(visit));
      return page;
    },
    // The browser's own switch tells the page that it is offline and lets no new connection through, but it
    // leaves open websockets alone: those are cut on their way.
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

/** Ends a tab without a word to the page in it. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  // Nobody is left to answer.
  session.send("Page.crash").catch(() => {});
  await crashed;
}

/** Gives pages their files past the browser's network, which may be off: as a cache on the computer would. */
async function keepPagesReachable(context: BrowserContext): Promise<void> {
  // Such a page comes from nowhere, so that the browser asks whether it may connect to this machine.
  await context.grantPermissions(["local-network-access"]);
  await context.route(`${inject("page")}/**`, async (route) => {
    const response = await fetch(route.request().url());
    await route.fulfill({
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      body: Buffer.from(await response.arrayBuffer()),
    });
  });
}
