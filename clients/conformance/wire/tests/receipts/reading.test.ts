// Receipts through our client: what arrives is told by itself, what is read by the app, and a reload
// finds both.

import { expect, it } from "vitest";
import { ours, status, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { Chat } from "../../src/generated/index.js";

const server = serverForFile();

/** A page of somebody in a circle, behind a wire that can be cut. */
async function page(circleId: string, sub: string) {
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url, { auth: () => sign({ sub }) });
  client.connect();
  const room = client.join(Chat.rooms.circle, { circleId });
  const receipts = client.receipts(Chat.rooms.circle, { circleId });
  await until(room, (snapshot) => snapshot.status === "joined");
  const say = (text: string) => client.run(Chat.commands.say, { circleId, text });
  return {
    client,
    proxy,
    room,
    receipts,
    say,
    /** Waits until this user is there, and gives it. */
    knows: async (subject: string, delivered: number, read: number) => {
      const all = await until(receipts, ({ [subject]: it }) => {
        return (it?.delivered ?? 0) >= delivered && (it?.read ?? 0) >= read;
      });
      return all[subject];
    },
  };
}

it("that a message has arrived is told by itself, that it is read by the app", async () => {
  const circle = unique("circle");
  const ann = await page(circle, "ann");
  const bo = await page(circle, "bo");
  for (const text of ["one", "two", "three"]) await ann.say(text);

  const arrived = await ann.knows("bo", 3, 0);
  bo.room.read(2);
  const mine = bo.receipts.getSnapshot()["bo"];
  const read = await ann.knows("bo", 3, 2);

  expect(arrived).toEqual({ delivered: 3, read: 0 });
  expect(mine?.read).toBe(2);
  expect(read).toEqual({ delivered: 3, read: 2 });
});

it("a reload finds how far everybody is", async () => {
  const circle = unique("circle");
  const ann = await page(circle, "ann");
  const bo = await page(circle, "bo");
  await ann.say("one");
  await ann.say("two");
  await ann.knows("bo", 2, 0);
  bo.room.read();
  await ann.knows("bo", 2, 2);
  bo.client.close();

  const again = await page(circle, "bo");

  expect(again.receipts.getSnapshot()).toMatchObject({ bo: { delivered: 2, read: 2 } });
});

it("what was read right before the page is left is kept", async () => {
  const circle = unique("circle");
  const ann = await page(circle, "ann");
  const bo = await page(circle, "bo");
  await ann.say("one");
  await until(bo.receipts, () => bo.room.getSnapshot().status === "joined");
  await ann.knows("bo", 1, 0);

  bo.room.read();
  bo.room.leave();

  expect(await ann.knows("bo", 1, 1)).toEqual({ delivered: 1, read: 1 });
});

it("what is read during a cut is told after it", async () => {
  const circle = unique("circle");
  const ann = await page(circle, "ann");
  const bo = await page(circle, "bo");
  await ann.say("one");
  await ann.knows("bo", 1, 0);
  await bo.proxy.refuse();
  await bo.proxy.cut();
  await status(bo.client, "reconnecting");

  bo.room.read();
  const during = bo.receipts.getSnapshot()["bo"];
  await bo.proxy.admit();

  expect(during?.read).toBe(1);
  expect(await ann.knows("bo", 1, 1)).toEqual({ delivered: 1, read: 1 });
});

it("two pages of one user are as far as the one that is further", async () => {
  const circle = unique("circle");
  const ann = await page(circle, "ann");
  const [first, second] = await Promise.all([page(circle, "bo"), page(circle, "bo")]);
  for (const text of ["one", "two", "three"]) await ann.say(text);
  await ann.knows("bo", 3, 0);

  first.room.read(3);
  await ann.knows("bo", 3, 3);
  second.room.read(1);
  await second.knows("bo", 3, 3);

  expect(ann.receipts.getSnapshot()["bo"]).toEqual({ delivered: 3, read: 3 });
});
