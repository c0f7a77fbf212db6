// A server on its way down: who is there hears it, and who comes is told to come again.

import { expect, it } from "vitest";
import { atEnd, ours, status, stock, until } from "../../harness/clients.js";
import { openProxy } from "../../harness/proxy.js";
import { startServer } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";

it("who comes during a shutdown is told `shutting_down`, and tries again by itself", async () => {
  const deskId = unique("desk");
  const server = await startServer({ polling: true });
  const proxy = await openProxy(server.url);
  atEnd(() => proxy.close());
  // Somebody who does not take the news keeps the server waiting for a moment.
  const [staller, watcher] = [await stock(proxy.url, "/work"), await stock(server.url, "/work")];
  await staller.call("join_desk", { deskId });
  proxy.stopReading();
  await watcher.call("flood_live", { deskId, count: 600, bytes: 32 * 1024 });

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
