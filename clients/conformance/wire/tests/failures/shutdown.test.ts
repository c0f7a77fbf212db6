// A server on its way down: who is there hears it, and who comes is told to come again.

import { expect, it } from "vitest";
import { ours, status, stock, until } from "../../harness/clients.js";
import { startServer } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { countedUntil } from "../../harness/work.js";

it("who comes during a shutdown is told `shutting_down`, and tries again by itself", async () => {
  const [deskId, gate] = [unique("desk"), unique("gate")];
  const server = await startServer({ polling: true });
  // A handler that is not done keeps the server for a moment.
  const [worker, watcher] = [await stock(server.url, "/work"), await stock(server.url, "/work")];
  await worker.call("join_desk", { deskId });
  worker.emit("wait_at_desk", { deskId, gate });
  await countedUntil(watcher, (stats) => stats.waiting === 1);

  const ended = server.stop();
  const [notice] = await watcher.next("tautline:notice");
  const late = ours(server.url, { transports: ["polling"] });
  late.connect();
  const { problem } = await until(late.connection, (connection) => connection.attempt > 0);

  expect(notice).toMatchObject({ kind: "shutting_down" });
  expect(problem).toMatchObject({ code: "shutting_down", recovery: { action: "reconnect" } });
  expect((await ended).code).toBe(0);
});

it("our client hears of the shutdown, and says when it tries again", async () => {
  const server = await startServer();
  const client = ours(server.url);
  client.connect();
  await status(client, "connected");

  await server.stop();

  const { problem, retryAt } = await status(client, "reconnecting");
  expect(problem).toMatchObject({ category: "connection", recovery: { action: "reconnect" } });
  expect(retryAt).toEqual(expect.any(Number));
});
