// What a room's members miss while they are away comes to them in order, once, or they are told that it will not.

import { roomState } from "@tautline/client";
import { expect, it } from "vitest";
import { ours, status, stock, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { Tables, Work } from "../../src/generated/index.js";

const server = serverForFile();

const book = roomState(Tables.rooms.table, Tables, {
  entryWritten: (state, entry) => ({ entries: [...state.entries, entry] }),
});

/** A member of a table behind a wire that can be cut, and somebody who writes. */
async function member() {
  const tableId = unique("table");
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url, { roomStates: [book] });
  const heard: string[] = [];
  client.on(Tables.events.entryWritten, ({ text }) => heard.push(text));
  client.connect();
  const room = client.join(book, { tableId });
  await until(room, (snapshot) => snapshot.status === "joined");
  const writer = await stock(server.url, "/tables");
  const write = (text: string) => writer.call("write_from_outside", { tableId, text });
  return { client, heard, proxy, room, write };
}

const texts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `entry ${from + index}`);

it("what was written during a cut is heard in order, once, and is in the state", async () => {
  const { client, heard, proxy, room, write } = await member();
  for (const text of texts(1, 5)) await write(text);
  await until(room, ({ state }) => state?.entries.length === 5);

  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");
  for (const text of texts(6, 25)) await write(text);
  await proxy.admit();

  const { state } = await until(room, (snapshot) => snapshot.state?.entries.length === 25);
  expect(state?.entries.map(({ text }) => text)).toEqual(texts(1, 25));
  expect(heard).toEqual(texts(1, 25));
  expect(room.getSnapshot().status).toBe("joined");
});

it("what is written right after the cut is heard after what was missed", async () => {
  const { client, heard, proxy, room, write } = await member();
  await write("entry 1");
  await until(room, ({ state }) => state?.entries.length === 1);

  await proxy.cut();
  await status(client, "reconnecting");
  for (const text of texts(2, 30)) await write(text);

  await until(room, ({ state }) => state?.entries.length === 30);
  expect(heard).toEqual(texts(1, 30));
});

it("more than the room keeps: the state is fresh, and the member is told", async () => {
  const { client, proxy, room, write } = await member();
  await write("entry 1");
  await until(room, ({ state }) => state?.entries.length === 1);

  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");
  for (const text of texts(2, 100)) await write(text);
  await proxy.admit();

  const snapshot = await until(room, ({ status }) => status === "resynced");
  expect(snapshot.state?.entries.map(({ text }) => text)).toEqual(texts(1, 100));
  expect(snapshot.discontinuity).toMatch(/trimmed|too_far/);
});

it("more than a page is fetched page by page", async () => {
  const { client, heard, proxy, room, write } = await member();
  await write("entry 1");
  await until(room, ({ state }) => state?.entries.length === 1);
  const long = Array.from({ length: 30 }, (_, index) => `${index} ${"x".repeat(24 * 1024)}`);

  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");
  for (const text of long) await write(text);
  await proxy.admit();

  await until(room, ({ state }) => state?.entries.length === 31);
  expect(heard).toEqual(["entry 1", ...long]);
  expect(room.getSnapshot().status).toBe("joined");
});

it("what a burst drops for a slow reader is fetched, without a gap and without a cut", async () => {
  const deskId = unique("desk");
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url);
  const statuses: string[] = [];
  client.connection.subscribe(() => statuses.push(client.connection.getSnapshot().status));
  const heard: number[] = [];
  const isComplete = new Promise<void>((resolve) => {
    client.on(Work.events.durablePart, ({ number }) => {
      if (heard.push(number) === 200) resolve();
    });
  });
  client.connect();
  await until(client.join(Work.rooms.desk, { deskId }), (room) => room.status === "joined");
  const worker = await stock(server.url, "/work");

  await proxy.halfOpen({ way: "down" });
  // More than the queues on the way hold, in frames and in bytes.
  await worker.call("flood_durable", { deskId, count: 200, bytes: 48 * 1024 });
  await proxy.goOn();

  await isComplete;
  expect(heard).toEqual(Array.from({ length: 200 }, (_, number) => number));
  expect(statuses.filter((each) => each === "reconnecting")).toEqual([]);
});
