// Every stock client over every transport: what the table of ARCHITECTURE.md promises holds for all of them.

import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { startServer, type TestServer } from "../harness/server.js";
import type { StockClient, StockDriver, StockTransport } from "./client.js";
import { javascript } from "./javascript.js";
import { endPython, python } from "./python.js";

/** Connects a client to a namespace of the server under test. It is closed when the test is over. */
export type Connect = (namespace: string, token?: string) => Promise<StockClient>;

const DRIVERS: readonly (readonly [string, StockDriver])[] = [
  ["socket.io-client", javascript],
  ["python-socketio", python],
];
const TRANSPORTS: readonly StockTransport[] = ["websocket", "polling"];

/** Declares the same tests for each of them, against one server that lets clients poll. */
export function describeEveryStockClient(tests: (connect: Connect) => void): void {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ polling: true });
  });
  afterAll(async () => {
    await Promise.all([endPython(), server.stop()]);
  });

  for (const [name, driver] of DRIVERS) {
    for (const transport of TRANSPORTS) {
      describe(`${name} over ${transport}`, () => {
        const clients: StockClient[] = [];
        afterEach(async () => {
          await Promise.all(clients.splice(0).map((client) => client.close()));
        });

        tests(async (namespace, token) => {
          const auth = token === undefined ? {} : { auth: { token } };
          const client = await driver({ url: server.url, namespace, transport, ...auth });
          clients.push(client);
          return client;
        });
      });
    }
  }
}
