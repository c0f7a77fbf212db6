// What the conformance server tells about itself through `/work`.

import { vi } from "vitest";
import type { Stats } from "../src/generated/index.js";
import type { StockClient } from "../stock/client.js";
import { okOf } from "./clients.js";

/** What the server has counted. Memory is in bytes. */
export interface Counted extends Omit<Stats, "memory"> {
  readonly memory: number;
}

/** Asks for it. */
export async function counted(client: StockClient): Promise<Counted> {
  const stats = okOf<Stats>(await client.call("stats"));
  return { ...stats, memory: Number(stats.memory) };
}

/** Asks until it is as wanted. */
export async function countedUntil(
  client: StockClient,
  isWanted: (stats: Counted) => boolean,
  timeout = 20_000,
): Promise<Counted> {
  return vi.waitFor(
    async () => {
      const stats = await counted(client);
      if (!isWanted(stats)) throw new Error(`not yet: ${JSON.stringify(stats)}`);
      return stats;
    },
    { timeout, interval: 20 },
  );
}

/** The public id that the server gave a client. */
export async function connectionOf(client: StockClient): Promise<string> {
  const [welcome] = await client.next("tautline:welcome");
  return (welcome as { connection: string }).connection;
}
