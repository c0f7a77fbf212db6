// What every test begins with: a client, its server in memory, and a clock that stands still.

import { type Client, createClient } from "@tautline/client";
import { type ManualClock, manualClock } from "@tautline/client/testing";
import { cleanup } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach } from "vitest";
import { SocketProvider } from "../src/index.js";
import { boardState, contract } from "./board.js";
import { type BoardServer, boardServer } from "./board-server.js";

// Tells React that updates are wrapped in `act`, where testing-library finds no global `afterEach`.
declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
afterEach(cleanup);

/** A client and its world. */
export interface Stage {
  readonly client: Client;
  readonly server: BoardServer;
  readonly clock: ManualClock;
  /** Wraps a page in the provider. */
  readonly page: (content: ReactNode) => ReactNode;
}

/** Sets a stage. Each has a server, and unless `url` is given an address, of its own. */
export function stage(url = nextUrl()): Stage {
  const server = boardServer();
  const clock = manualClock();
  const client = createClient({
    url,
    contract,
    clock,
    roomStates: [boardState],
    transport: server.transport,
    random: () => 0.5,
    logger: false,
  });
  const page = (content: ReactNode) => <SocketProvider client={client}>{content}</SocketProvider>;
  return { client, server, clock, page };
}

let stages = 0;

function nextUrl(): string {
  stages += 1;
  return `https://${stages}.example.org`;
}
