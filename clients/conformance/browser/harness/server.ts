// The server under test, which takes our page, and ends with the test.

import { inject } from "vitest";
import { atEnd } from "../../wire/harness/clients.js";
import {
  type ServerOptions,
  startServer as start,
  type TestServer,
} from "../../wire/harness/server.js";

/** Starts a server that takes the page of these tests. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const server = await start({ origins: inject("page"), ...options });
  atEnd(() => server.kill());
  return server;
}
