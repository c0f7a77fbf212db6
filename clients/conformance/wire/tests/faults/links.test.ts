// Links that are refused, that die in silence, or that die for one side only.

import { expect, it } from "vitest";
import { ours, status, stock, until } from "../../harness/clients.js";
import { fastClock } from "../../harness/fast-clock.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { commands, type Half } from "../../harness/faults.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { counted, countedUntil } from "../../harness/work.js";
import { Tables, Work } from "../../src/generated/index.js";

const server = serverForFile();
const polled = serverForFile({ polling: true });
/** Looks often whether its clients are there. */
const watchful = serverForFile({ pingMs: 200 });

/** Our client at a desk, behind a proxy. Its deadlines come soon. */
async function atDesk(url: string) {
  const deskId = unique("desk");
  const proxy = await faultProxy(url);
  const client = ours(proxy.url, { auth: () => sign({ sub: deskId }), clock: fastClock(20) });
  client.connect();
  const room = client.join(Work.rooms.desk, { deskId });
  await until(room, (snapshot) => snapshot.status === "joined");
  const watcher = await stock(url, "/work");
  return { client, deskId, proxy, room, watcher };
}

it("a server that is not there is tried again until it is", async () => {
  const proxy = await faultProxy(server.url);
  await proxy.add({ when: { kind: "link" }, times: 3, action: { type: "refuse" } });
  const client = ours(proxy.url, { clock: fastClock(20) });

  client.connect();
  const { problem } = await until(client.connection, ({ attempt }) => attempt === 3);
  await status(client, "connected");

  expect(problem).toMatchObject({ code: "connection_failed", outcome: "not_executed" });
  expect(await proxy.find({ act: "refused" })).toHaveLength(3);
});

it.each([
  ["before the server hears of it", "websocket", "up"],
  ["although the server grants it", "websocket", "down"],
  ["although the server grants it", "polling", "down"],
] as const)(
  "a CONNECT that is refused in plain words, %s (%s), is tried again",
  async (_, transport, direction) => {
    const proxy = await faultProxy(polled.url);
    const action = { type: "refuse", message: "the house is full" } as const;
    await proxy.add({ when: { direction, kind: "connect" }, times: 2, action });
    const client = ours(proxy.url, { clock: fastClock(20), transports: [transport] });

    client.connect();
    const { problem } = await until(client.connection, ({ attempt }) => attempt === 2);
    await status(client, "connected");

    expect(problem).toMatchObject({ code: "connection_rejected", category: "connection" });
  },
);

it("a CONNECT that is refused for good closes one namespace, and leaves the other alone", async () => {
  const proxy = await faultProxy(server.url);
  const message = JSON.stringify({
    code: "permission_denied",
    category: "permission_denied",
    severity: "warning",
    message: "Not you.",
    recovery: { action: "give_up", hint: "" },
    outcome: "not_executed",
    traceId: "t-1",
  });
  const when = { direction: "up", kind: "connect", namespace: "/work" } as const;
  await proxy.add({ when, action: { type: "refuse", message } });
  const client = ours(proxy.url);

  client.connect();
  const table = client.join(Tables.rooms.table, { tableId: unique("table") });
  const desk = client.join(Work.rooms.desk, { deskId: unique("desk") });
  await until(table, (snapshot) => snapshot.status === "joined");
  const { problem } = await until(desk, (snapshot) => snapshot.status === "denied");

  expect(problem).toMatchObject({ code: "permission_denied", traceId: "t-1" });
  expect(client.connection.getSnapshot().status).toBe("connected");
});

const CUTS: readonly (readonly [string, readonly Half[]])[] = [
  ["on both sides", ["client", "server"]],
  ["for the client alone", ["client"]],
  ["for the server alone", ["server"]],
];

it.each(CUTS)("a command that runs while its link is cut %s runs once", async (_, halves) => {
  const { client, deskId, proxy, room, watcher } = await atDesk(watchful.url);
  const gate = unique("gate");
  const { arrivals, waiting } = await counted(watcher);
  const answer = client.run(Work.commands.waitOnce, { deskId, gate });
  await countedUntil(watcher, (stats) => stats.waiting === waiting + 1);

  for (const half of halves) await proxy.cut({ half });
  await status(client, "reconnecting");
  await until(room, (snapshot) => snapshot.status === "joined");
  // It was sent again, and waits for the first one.
  await proxy.found({ act: "passed", when: commands("wait_once") }, 2);
  await watcher.call("open_gate", { gate });

  expect(await answer).toMatchObject({ ok: true });
  expect((await counted(watcher)).arrivals - arrivals).toBe(1);
});

it.each(["both", "up", "down"] as const)(
  "a link that says nothing any more (%s) is given up by both, and nothing is lost",
  async (way) => {
    const { client, deskId, proxy, room, watcher } = await atDesk(watchful.url);
    const { present } = await counted(watcher);
    const { connection = "" } = client.connection.getSnapshot();
    const heard: number[] = [];
    const hasHeardBoth = new Promise<void>((resolve) => {
      client.on(Work.events.piecePut, ({ number }) => {
        if (heard.push(number) === 2) resolve();
      });
    });
    const gate = unique("gate");
    await watcher.call("open_gate", { gate });
    await watcher.call("join_desk", { deskId });

    await proxy.halfOpen({ way });
    const answer = client.run(Work.commands.waitOnce, { deskId, gate });
    await watcher.call("put_piece", { deskId, number: 1 });
    await status(client, "reconnecting");
    await countedUntil(watcher, (stats) => !stats.present.includes(connection));
    await watcher.call("put_piece", { deskId, number: 2 });
    await hasHeardBoth;

    expect(present).toContain(connection);
    expect(await answer).toMatchObject({ ok: true });
    expect(heard).toEqual([1, 2]);
    expect(room.getSnapshot().status).toBe("joined");
  },
);
