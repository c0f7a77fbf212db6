// What every test of the page begins with: the whole page in a document, over the server in memory.

import { manualClock } from "@tautline/client/testing";
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, beforeEach, vi } from "vitest";
import { App } from "../src/app.js";
import { createAppClient } from "../src/client.js";
import {
  createIdentityStore,
  type Identity,
  type IdentityStore,
} from "../src/identity/identity.js";
import { type World, world } from "./world.js";

// Tells React that updates are wrapped in `act`, where testing-library finds no global `afterEach`.
declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

beforeEach(() => {
  window.sessionStorage.clear();
  window.history.replaceState(null, "", "/");
  Element.prototype.scrollTo = () => {};
  // Fields that grow with their text listen for fonts, which happy-dom has not.
  Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A page that somebody looks at. */
export interface Stage extends World {
  readonly identity: IdentityStore;
  /** Lets time pass, and everything that is on its way arrive. */
  pass(ms?: number): Promise<void>;
  press(name: string | RegExp): Promise<void>;
  /** Follows a link. */
  follow(name: string | RegExp): Promise<void>;
  /** Writes into a field. */
  write(label: string, text: string): void;
  /** Where the page is. */
  address(): string;
}

/** The token and all that is said beside it. */
export function identityOf(subject: string, token = `token of ${subject}`): Identity {
  return { token, subject, scopes: [], expiresAt: "2099-01-01T00:00:00Z" };
}

/** Opens the page at an address, as Ann unless nobody is to be signed in. */
export async function open(
  address = "/",
  {
    as = identityOf("ann"),
    prepare,
  }: { as?: Identity | "nobody"; prepare?: (it: World) => void } = {},
): Promise<Stage> {
  const it = world();
  prepare?.(it);
  const clock = manualClock();
  const identity = createIdentityStore(window.sessionStorage);
  if (as !== "nobody") identity.set(as);
  window.history.replaceState(null, "", address);
  const makeClient = () =>
    createAppClient(identity, {
      transport: it.server.transport,
      // Kept in memory: what IndexedDB does is tested where it is made.
      outbox: undefined as never,
      clock,
      random: () => 0.5,
      logger: false,
    });
  render(
    <StrictMode>
      <App identity={identity} makeClient={makeClient} env="test" />
    </StrictMode>,
  );
  const stage: Stage = {
    ...it,
    get messages() {
      return it.messages;
    },
    identity,
    async pass(ms = 0) {
      await act(it.server.settled);
      if (ms > 0) await act(async () => clock.advance(ms));
      await act(it.server.settled);
    },
    async press(name) {
      fireEvent.click(await screen.findByRole("button", { name }));
      await stage.pass();
    },
    async follow(name) {
      fireEvent.click(await screen.findByRole("link", { name }));
      await stage.pass();
    },
    write: (label, text) =>
      void fireEvent.change(screen.getByRole("textbox", { name: label }), {
        target: { value: text },
      }),
    address: () => window.location.pathname,
  };
  await stage.pass();
  await stage.pass();
  return stage;
}

/** What was said, as somebody reads it. */
export function said(): string[] {
  const log = screen.getByRole("log", { name: "Messages" });
  return within(log)
    .getAllByRole("article")
    .map((article) => article.querySelector(".message-body, .markdown")?.textContent?.trim() ?? "");
}
