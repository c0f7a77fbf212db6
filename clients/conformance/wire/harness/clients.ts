// Connects clients that end with the test that made them: stock ones, and ours.

import {
  type Client,
  type ClientOptions,
  createClient,
  type Problem,
  type Store,
} from "@tautline/client";
import { afterEach } from "vitest";
import { contract } from "../src/generated/index.js";
import type { StockClient } from "../stock/client.js";
import { javascript } from "../stock/javascript.js";

const toClose: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(toClose.splice(0).map((close) => close()));
});

/** Does something when the test is over. */
export function atEnd(close: () => unknown): void {
  toClose.push(close);
}

/** Connects the stock JavaScript client. */
export async function stock(
  url: string,
  namespace: string,
  auth: object = {},
  from?: string,
): Promise<StockClient> {
  const transport = "websocket";
  const client = await javascript({ url, namespace, transport, auth, ...(from && { from }) });
  atEnd(() => client.close());
  return client;
}

/** Makes our own client of the conformance contract. */
export function ours(url: string, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ url, contract, logger: false, ...options });
  atEnd(() => client.close());
  return client;
}

/** Waits until a store's value is as wanted, and gives it. */
export function until<T>(store: Store<T>, isWanted: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      const value = store.getSnapshot();
      if (!isWanted(value)) return;
      stop();
      resolve(value);
    };
    const stop = store.subscribe(look);
    queueMicrotask(look);
  });
}

/** Waits until our client stands so. */
export const status = (client: Client, wanted: string) =>
  until(client.connection, (connection) => connection.status === wanted);

/** The problem of an acknowledgement that has one. */
export function problemOf(answer: unknown): Problem {
  if (typeof answer === "object" && answer !== null && "error" in answer) {
    return answer.error as Problem;
  }
  throw new Error(`an answer instead of a problem: ${JSON.stringify(answer)}`);
}

/** The answer of an acknowledgement that has one. */
export function okOf<T>(answer: unknown): T {
  if (typeof answer === "object" && answer !== null && "ok" in answer) return answer.ok as T;
  throw new Error(`a problem instead of an answer: ${JSON.stringify(answer)}`);
}
