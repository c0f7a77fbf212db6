// A client that sends faster than its handlers work is made to wait: the server stops reading from it.

import { io } from "socket.io-client";
import { expect, it } from "vitest";
import { atEnd, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { counted, countedUntil } from "../../harness/work.js";

const server = serverForFile();
const BALLAST = "x".repeat(32 * 1024);
const COMMANDS = 3_000;
const MIB = 1024 * 1024;

/** What the stock client's websocket still holds, which the kernel did not take. */
interface Engine {
  readonly engine: { readonly transport: { readonly ws: { readonly bufferedAmount: number } } };
}

it("a flood waits in its sender, does not grow the server, and is answered in the end", async () => {
  const [deskId, gate] = [unique("desk"), unique("gate")];
  const watcher = await stock(server.url, "/work");
  const before = await counted(watcher);
  const flooder = io(`${server.url}/work`, { transports: ["websocket"], forceNew: true });
  atEnd(() => flooder.close());
  await flooder.emitWithAck("join_desk", { deskId });
  const held = () => (flooder.io as unknown as Engine).engine.transport.ws.bufferedAmount;

  const answers = Array.from({ length: COMMANDS }, () =>
    flooder.emitWithAck("wait_at_desk", { deskId, gate, ballast: BALLAST }),
  );
  await countedUntil(watcher, (stats) => stats.waiting === 1);
  await settled(held, () => counted(watcher));
  const during = await counted(watcher);
  const waiting = held();
  await watcher.call("open_gate", { gate });

  // Of nearly 94 MiB, what the sockets' buffers hold has left the sender.
  expect(waiting).toBeGreaterThan(60 * MIB);
  expect(during.memory - before.memory).toBeLessThan(32 * MIB);
  expect(await Promise.all(answers)).toEqual(Array(COMMANDS).fill({ ok: null }));
});

/** Waits until a number stays the same over many round trips of somebody else. */
async function settled(read: () => number, roundTrip: () => Promise<unknown>): Promise<void> {
  for (let same = 0, last = read(); same < 50; ) {
    await roundTrip();
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
  }
}
