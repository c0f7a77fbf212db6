// A client that stops reading is let go: in time, out of all its rooms, and once.

import { expect, it } from "vitest";
import { okOf, stock } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { connectionOf, counted, countedUntil } from "../../harness/work.js";

const STALL_MS = 1_000;
const server = serverForFile({ stallMs: STALL_MS });
const MIB = 1024 * 1024;

/** More than the sockets on the way can hold. */
const FLOOD = { count: 600, bytes: 32 * 1024 };

it.each(["flood_live", "flood_durable"])(
  "a client that takes nothing of a %s is gone in time",
  async (flood) => {
    const deskId = unique("desk");
    const proxy = await faultProxy(server.url);
    const [staller, worker] = [await stock(proxy.url, "/work"), await stock(server.url, "/work")];
    const connection = await connectionOf(staller);
    await staller.call("join_desk", { deskId });

    const members = async () => okOf(await worker.call("members", { deskId }));
    expect(await members()).toEqual({ connections: [connection] });

    await proxy.halfOpen({ way: "down" });
    const before = await counted(worker);
    await worker.call(flood, { deskId, ...FLOOD });
    const flooded = performance.now();
    const after = await countedUntil(worker, ({ present }) => !present.includes(connection));
    const took = performance.now() - flooded;

    expect(took).toBeLessThan(4 * STALL_MS);
    expect(after.memory - before.memory).toBeLessThan(64 * MIB);
    expect(await members()).toEqual({ connections: [] });
    const visits = after.visits.filter((visit) => visit.connection === connection);
    expect(visits).toEqual([{ connection, departures: 1, reason: "stalled" }]);
  },
);

it("a client that only takes its time is kept", async () => {
  const deskId = unique("desk");
  const proxy = await faultProxy(server.url);
  const [slow, worker] = [await stock(proxy.url, "/work"), await stock(server.url, "/work")];
  const connection = await connectionOf(slow);
  await slow.call("join_desk", { deskId });
  await worker.call("join_desk", { deskId });

  await proxy.halfOpen({ way: "down" });
  await worker.call("flood_durable", { deskId, count: 20, bytes: 1024 });
  await proxy.goOn();

  for (let number = 0; number < 20; number += 1) {
    expect((await slow.next("durable_part"))[0]).toMatchObject({ number });
  }
  expect((await counted(worker)).present).toContain(connection);
});
