// `disconnected` runs once for everybody, however they leave.

import { expect, it } from "vitest";
import { ours, status, stock } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { connectionOf, countedUntil } from "../../harness/work.js";
import { Work } from "../../src/generated/index.js";

const server = serverForFile();

it("a client that leaves is said to have left", async () => {
  const [leaver, watcher] = [await stock(server.url, "/work"), await stock(server.url, "/work")];
  const connection = await connectionOf(leaver);

  await leaver.close();

  const { visits } = await countedUntil(watcher, ({ present }) => !present.includes(connection));
  expect(visits.filter((visit) => visit.connection === connection)).toEqual([
    { connection, departures: 1, reason: expect.stringMatching(/client_left|connection_lost/) },
  ]);
});

it("a client that is cut off is said to be lost", async () => {
  const proxy = await faultProxy(server.url);
  const [cut, watcher] = [await stock(proxy.url, "/work"), await stock(server.url, "/work")];
  const connection = await connectionOf(cut);

  await proxy.cut();

  const { visits } = await countedUntil(watcher, ({ present }) => !present.includes(connection));
  expect(visits.filter((visit) => visit.connection === connection)).toEqual([
    { connection, departures: 1, reason: "connection_lost" },
  ]);
});

it("our client leaves when it is closed", async () => {
  const watcher = await stock(server.url, "/work");
  const client = ours(server.url);
  client.use(Work);
  client.connect();
  const { connection = "" } = await status(client, "connected");

  client.close();

  const { visits } = await countedUntil(watcher, ({ present }) => !present.includes(connection));
  expect(visits.filter((visit) => visit.connection === connection)).toMatchObject([
    { departures: 1 },
  ]);
});
