// What people can see of the outbox, and do about it.

import { expect, test } from "vitest";
import { Board } from "./board.js";
import { outboxWorld } from "./outbox-world.js";
import { stage } from "./stage.js";

test("a person may try a failed command again: with its id, as if it were new", async () => {
  const { open, board, server, crash, settled, sent, added, disk } = outboxWorld();
  const first = open();
  first.client.connect();
  await settled();
  board.losesAnswers = true;
  first.add("milk");
  await settled();
  crash();
  Object.assign(board, { losesAnswers: false, ledger: "ledger-2" });
  server.welcome = { ledger: "ledger-2" };
  const second = open();
  second.client.connect();
  await settled();
  const [failed] = second.client.outbox.getSnapshot().entries;

  second.client.outbox.retry(failed?.id ?? "");
  await settled();

  expect(sent().at(-1)).toEqual({ id: failed?.id });
  expect(added()).toEqual(["milk", "milk"]);
  expect(second.shown()).toEqual([]);
  expect(disk.rows.size).toBe(0);
});

test("a discarded command is gone, from the disk as well", async () => {
  const { open, disk, server, settled, added } = outboxWorld();
  const { client, add, shown } = open();
  client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  const answer = add("milk");
  await settled();
  const [entry] = client.outbox.getSnapshot().entries;

  client.outbox.discard(entry?.id ?? "");
  await settled();
  server.isReachable = true;
  client.connect();
  await settled();

  await expect(answer).resolves.toMatchObject({
    problem: { code: "cancelled", outcome: "not_executed" },
  });
  expect([shown(), disk.rows.size, added()]).toEqual([[], 0, []]);
});

test("signing out throws away everything of this person", async () => {
  const { open, disk, server, settled } = outboxWorld();
  server.welcome = { subject: "ann" };
  const { client, add, shown } = open();
  client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  const answers = [add("1"), add("2")];
  await settled();

  await client.outbox.clear();
  await settled();

  expect(await Promise.all(answers)).toMatchObject([
    { problem: { code: "cancelled" } },
    { problem: { code: "cancelled" } },
  ]);
  expect([shown(), disk.rows.size]).toEqual([[], 0]);
});

test("flush resolves when nothing waits any more", async () => {
  const { open, server, settled } = outboxWorld();
  const { client, add } = open();
  add("milk");
  let isFlushed = false;
  client.outbox.flush().then(() => {
    isFlushed = true;
  });
  await settled();
  const before = isFlushed;

  client.connect();
  await settled();

  expect([before, isFlushed]).toEqual([false, true]);
  expect(server.links).toBe(1);
});

test("flush waits for what an earlier life has left behind", async () => {
  const { open, server, crash, settled, added } = outboxWorld();
  const first = open();
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("milk");
  await settled();
  crash();
  server.isReachable = true;

  const second = open();
  let left = -1;
  second.client.outbox.flush().then(() => {
    left = 1 - added().length;
  });
  await settled();
  const before = left;
  second.client.connect();
  await settled();

  expect([before, left]).toEqual([-1, 0]);
});

test("a long list is told of once per frame, and is never behind when somebody looks", async () => {
  const { client, clock } = stage();
  const run = (number: number) =>
    client.run(Board.commands.addCard, { boardId: "b", text: String(number) });
  for (let number = 0; number < 200; number += 1) run(number);
  let told = 0;
  client.outbox.subscribe(() => {
    told += 1;
  });
  client.outbox.getSnapshot();

  for (let number = 0; number < 50; number += 1) run(number);
  const before = { told, shown: client.outbox.getSnapshot().entries.length };
  clock.advance(16);

  expect(before).toEqual({ told: 0, shown: 250 });
  expect(told).toBe(1);
});

test("what is shown keeps its identity until it changes", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("add_card", () => undefined);
  server.handle("ping", () => "pong");
  await connected();
  let changes = 0;
  client.outbox.subscribe(() => {
    changes += 1;
  });
  client.run(Board.commands.addCard, { boardId: "b", text: "hi" });
  await pass(10);
  const before = client.outbox.getSnapshot();
  const soFar = changes;

  await client.use(Board).ping();
  await pass(10);

  expect(client.outbox.getSnapshot()).toBe(before);
  expect(changes).toBe(soFar);
  expect(before.entries).toMatchObject([{ name: "add_card", status: "sent", attempts: 1 }]);
});
