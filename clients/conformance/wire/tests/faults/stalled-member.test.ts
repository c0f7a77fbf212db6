// One member of a room of a hundred takes nothing any more. Nobody else notices, and it misses nothing once it is back.

import { expect, it } from "vitest";
import { okOf, ours, stock, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { counted, countedUntil } from "../../harness/work.js";
import { Work } from "../../src/generated/index.js";

const STALL_MS = 1_500;
const patient = serverForFile();
const strict = serverForFile({ stallMs: STALL_MS });

const OTHERS = 99;
const COMMANDS = 28;
/** Together fewer events than a resume brings, and more bytes than the way to the one that stalls holds. */
const FLOOD = { count: 10, bytes: 12 * 1024 };
const EVENTS = COMMANDS * FLOOD.count;
const MIB = 1024 * 1024;

const numbers = Array.from({ length: EVENTS }, (_, index) => index + 1);

/** A hundred members of a desk. One of them, ours, is behind a proxy. */
async function fullDesk(url: string) {
  const deskId = unique("desk");
  const proxy = await faultProxy(url);
  const client = ours(proxy.url);
  const heard: number[] = [];
  const statuses = new Set<string>();
  const hasHeardAll = new Promise<void>((resolve) => {
    client.on(Work.events.durablePart, (_, { seq = 0 }) => {
      if (heard.push(seq) === EVENTS) resolve();
    });
  });
  client.connect();
  const room = client.join(Work.rooms.desk, { deskId });
  await until(room, ({ status }) => status === "joined");
  const { connection = "" } = client.connection.getSnapshot();
  client.connection.subscribe(() => statuses.add(client.connection.getSnapshot().status));

  const others = await Promise.all(
    Array.from({ length: OTHERS }, async () => {
      const other = await stock(url, "/work");
      okOf(await other.call("join_desk", { deskId }));
      return other;
    }),
  );
  const worker = await stock(url, "/work");
  /** Lets the desk hear everything, and returns when all others have. */
  const flood = async () => {
    for (let number = 0; number < COMMANDS; number += 1) {
      okOf(await worker.call("flood_durable", { deskId, ...FLOOD }));
    }
    for (const other of others) {
      const seqs = [];
      while (seqs.length < EVENTS) seqs.push((await other.next("durable_part"))[1]);
      expect(seqs).toEqual(numbers.map((seq) => expect.objectContaining({ seq })));
      expect(other.arrived("durable_part")).toEqual([]);
    }
  };
  return { connection, flood, hasHeardAll, heard, proxy, room, statuses, worker };
}

it("a member that stalls for a while is not cut off, and fetches what was dropped for it", async () => {
  const desk = await fullDesk(patient.url);
  const before = await counted(desk.worker);

  await desk.proxy.halfOpen();
  await desk.flood();
  const after = await counted(desk.worker);
  const heardMeanwhile = desk.heard.length;
  await desk.proxy.goOn();
  await desk.hasHeardAll;

  expect(heardMeanwhile).toBeLessThan(EVENTS);
  expect(desk.heard).toEqual(numbers);
  expect(desk.statuses.has("reconnecting")).toBe(false);
  expect(await desk.proxy.find({ act: "passed", when: { event: "tautline:resume" } })).not.toEqual(
    [],
  );
  expect(after.memory - before.memory).toBeLessThan(64 * MIB);
});

it("a member that stalls for too long is cut off, comes back by itself, and misses nothing", async () => {
  const desk = await fullDesk(strict.url);
  const before = await counted(desk.worker);

  await desk.proxy.halfOpen();
  await desk.flood();
  // The server has given it up; it does not know yet.
  const after = await countedUntil(
    desk.worker,
    ({ present }) => !present.includes(desk.connection),
  );
  const statusMeanwhile = desk.room.getSnapshot().status;
  await desk.proxy.goOn();
  await desk.hasHeardAll;

  expect(statusMeanwhile).toBe("joined");
  expect(desk.heard).toEqual(numbers);
  expect(desk.statuses.has("reconnecting")).toBe(true);
  expect(await desk.proxy.find({ act: "opened" })).toHaveLength(2);
  expect(desk.room.getSnapshot().status).toBe("joined");
  expect(after.visits).toContainEqual({
    connection: desk.connection,
    departures: 1,
    reason: "stalled",
  });
  expect(after.memory - before.memory).toBeLessThan(64 * MIB);
});
