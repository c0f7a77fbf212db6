// Our client where websockets are not let through: the same over polling.

import { expect, it } from "vitest";
import { ours, status, stock, until } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { Echo, Tables } from "../../src/generated/index.js";

const server = serverForFile({ polling: true });

it.each([
  ["polling", ["polling"]],
  ["polling, then websocket", ["polling", "websocket"]],
  ["websocket", ["websocket"]],
] as const)("over %s it connects, calls, joins and hears", async (_, transports) => {
  const tableId = unique("table");
  const client = ours(server.url, { transports });
  const heard = new Promise((resolve) => client.on(Tables.events.entryWritten, resolve));
  client.connect();
  await status(client, "connected");

  const blob = { name: "bytes", content: new Uint8Array([0, 255]), preview: new Uint8Array() };
  const answer = await client.use(Echo).echoBlob(blob);
  await until(client.join(Tables.rooms.table, { tableId }), (room) => room.status === "joined");
  const writer = await stock(server.url, "/tables");
  await writer.call("write_from_outside", { tableId, text: "hello" });

  expect(answer).toMatchObject({ content: Buffer.from([0, 255]), preview: Buffer.from([]) });
  expect(await heard).toMatchObject({ text: "hello" });
});

it("ends in words where the server does not let it poll", async () => {
  const client = ours(server.url, { transports: ["polling"], path: "/nowhere" });
  client.connect();

  const { problem } = await until(client.connection, ({ attempt }) => attempt > 0);

  expect(problem).toMatchObject({ category: "connection", recovery: { action: "reconnect" } });
});
