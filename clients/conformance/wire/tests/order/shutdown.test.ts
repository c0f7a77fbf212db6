// A server that is told to end ends: everybody hears of it, `disconnected` runs once for each, and the code is 0.

import { expect, it } from "vitest";
import { ours, status, stock } from "../../harness/clients.js";
import { startServer } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { connectionOf, countedUntil } from "../../harness/work.js";
import { Work } from "../../src/generated/index.js";

it.each(["SIGINT", "SIGTERM"] as const)(
  "on %s everybody has left once, and the code is 0",
  async (signal) => {
    const server = await startServer();
    const clients = [];
    for (let client = 0; client < 20; client += 1) clients.push(await stock(server.url, "/work"));
    const connections = await Promise.all(clients.map(connectionOf));
    const told = Promise.all(clients.map((client) => client.next("tautline:notice")));

    const ended = await server.stop(signal);

    expect(ended.code).toBe(0);
    expect(ended.stats.visits).toHaveLength(connections.length);
    for (const connection of connections) {
      expect(ended.stats.visits).toContainEqual({
        connection,
        departures: 1,
        reason: "shutting_down",
      });
    }
    for (const [notice] of await told) expect(notice).toMatchObject({ kind: "shutting_down" });
    await Promise.all(clients.map((client) => client.lost));
  },
);

it("a handler that waits does not keep the server from ending, and its caller is told", async () => {
  const [deskId, gate] = [unique("desk"), unique("gate")];
  const server = await startServer();
  const [client, watcher] = [await stock(server.url, "/work"), await stock(server.url, "/work")];
  await client.call("join_desk", { deskId });
  client.emit("wait_at_desk", { deskId, gate });
  await countedUntil(watcher, (stats) => stats.waiting === 1);

  const { code } = await server.stop();

  expect(code).toBe(0);
});

it("our client's waiting command is answered or unknown, and the client comes back", async () => {
  const server = await startServer();
  const client = ours(server.url);
  client.connect();
  client.use(Work);
  await status(client, "connected");

  await server.stop();
  await status(client, "reconnecting");
  await server.start();

  const { problem } = await status(client, "connected");
  expect(problem).toBeUndefined();
  expect(await client.run(Work.commands.arrive, undefined)).toMatchObject({ ok: true });
  await server.stop();
});
