// What is for one person reaches all their connections, and is not lost while they are away.

import { expect, it } from "vitest";
import { ours, status, stock } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { acks, events } from "../../harness/faults.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { Tables } from "../../src/generated/index.js";

const server = serverForFile();

/** Somebody with our client, who waits for so many whispers. */
function listener(url: string, subject: string, count: number) {
  const client = ours(url, { auth: () => sign({ sub: subject }) });
  const heard: string[] = [];
  const isComplete = new Promise<void>((resolve) => {
    client.on(Tables.events.whispered, ({ text }) => {
      if (heard.push(text) === count) resolve();
    });
  });
  return { client, heard, isComplete };
}

it("a stock client is in its own room, and nobody else is", async () => {
  const subject = unique("person");
  const token = sign({ sub: subject });
  const [phone, desktop] = [
    await stock(server.url, "/tables", { token }),
    await stock(server.url, "/tables", { token }),
  ];
  const other = await stock(server.url, "/tables", { token: sign({ sub: unique("person") }) });

  await other.call("whisper", { subject, text: "psst" });

  const heard = [await phone.next("whispered"), await desktop.next("whispered")];
  for (const [whisper, meta] of heard) {
    expect(whisper).toEqual({ subject, text: "psst" });
    expect(meta).toMatchObject({ room: `user:${encodeURIComponent(subject)}`, seq: 1 });
  }
  await other.call("who_am_i");
  expect(other.arrived("whispered")).toEqual([]);
  // Who comes now learns where the room stands before anything else comes.
  const [welcome] = await (await stock(server.url, "/tables", { token })).next("tautline:welcome");
  expect(welcome).toMatchObject({ subject, at: { epoch: expect.any(String), seq: 1 } });
});

it("our client hears what was whispered while it was away, in order", async () => {
  const subject = unique("person");
  const proxy = await faultProxy(server.url);
  const { client, heard, isComplete } = listener(proxy.url, subject, 4);
  client.connect();
  await status(client, "connected");
  const other = await stock(server.url, "/tables");
  await other.call("whisper", { subject, text: "one" });

  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");
  for (const text of ["two", "three"]) await other.call("whisper", { subject, text });
  await proxy.admit();
  await status(client, "connected");
  await other.call("whisper", { subject, text: "four" });

  await isComplete;
  expect(heard).toEqual(["one", "two", "three", "four"]);
});

it("what was whispered before our client could ask for anything is not lost with the connection", async () => {
  const subject = unique("person");
  const proxy = await faultProxy(server.url);
  await proxy.add({ when: acks("tautline:resume"), times: 1, action: { type: "drop" } });
  await proxy.add({ when: events("whispered"), times: 1, action: { type: "cut" } });
  const { client, heard, isComplete } = listener(proxy.url, subject, 2);
  client.connect();
  await status(client, "connected");
  await proxy.found({ act: "dropped" });
  const other = await stock(server.url, "/tables");

  for (const text of ["one", "two"]) await other.call("whisper", { subject, text });

  await isComplete;
  expect(heard).toEqual(["one", "two"]);
  expect(await proxy.find({ act: "cut" })).toHaveLength(1);
});
