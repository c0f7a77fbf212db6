// What the outbox does when there is no room for more, on the disk or by its own limits.

import { expect, test } from "vitest";
import { outboxWorld } from "./outbox-world.js";
import { problem } from "./stage.js";

test("a full outbox refuses, and says how much it takes", async () => {
  const { open, server, settled } = outboxWorld();
  const { client, add } = open({ outboxLimits: { entries: 2 } });
  server.isReachable = false;
  client.connect();
  add("1");
  add("2");
  await settled();

  await expect(add("3")).resolves.toMatchObject({
    ok: false,
    problem: { code: "outbox_full", outcome: "not_executed", params: { entries: 2 } },
  });
});

test("bytes are limited, too, and free again when something is settled", async () => {
  const { open, settled } = outboxWorld();
  const { client, add } = open({ outboxLimits: { bytes: 80 } });

  const first = add("a".repeat(30));
  const refused = await add("b".repeat(30));
  client.connect();
  await settled();
  const taken = await add("c".repeat(30));

  expect(refused).toMatchObject({ problem: { code: "outbox_full" } });
  expect(await first).toMatchObject({ ok: true });
  expect(taken).toMatchObject({ ok: true });
});

test("nothing is kept longer than the outbox keeps anything", async () => {
  const { open, server, settled } = outboxWorld();
  const { client, add } = open({ outboxLimits: { ageMs: 5_000 } });
  server.isReachable = false;
  client.connect();
  add("1");
  await settled();

  const [entry] = client.outbox.getSnapshot().entries;

  expect((entry?.expiresAt ?? 0) - (entry?.queuedAt ?? 0)).toBe(5_000);
});

test("a disk that is full is told, and the command is sent from memory", async () => {
  const { open, disk, settled, added } = outboxWorld();
  const { client, add, problems } = open();
  client.connect();
  await settled();
  disk.isFull = true;

  const answer = add("milk");
  await settled();

  expect(problems).toMatchObject([{ code: "outbox_unavailable", event: "add_card" }]);
  expect(problems[0]?.problem.params).toEqual({ reason: "quota" });
  await expect(answer).resolves.toMatchObject({ ok: true });
  expect(added()).toEqual(["milk"]);
});

test("each entry says whether it is on disk", async () => {
  const { open, server, disk, settled } = outboxWorld();
  const { client, add } = open();
  client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  const durable = () => client.outbox.getSnapshot().entries.map(({ isDurable }) => isDurable);

  add("kept");
  const storing = durable();
  await settled();
  disk.isFull = true;
  add("in memory");
  await settled();

  expect(storing).toEqual([false]);
  expect(durable()).toEqual([true, false]);
});

test("a mark that cannot be written holds the command back until it can", async () => {
  const { open, disk, server, settled, pass, sent } = outboxWorld();
  const { client, add } = open();
  client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  const answer = add("milk");
  await settled();
  disk.isFull = true;
  server.isReachable = true;
  client.connect();
  await settled();
  const before = sent().length;

  disk.isFull = false;
  await pass(1_000);

  expect(before).toBe(0);
  await expect(answer).resolves.toMatchObject({ ok: true });
});

test("a disk that cannot be opened is told once, and the outbox goes on in memory", async () => {
  const { open, disk, settled, added } = outboxWorld();
  disk.isThere = false;
  const { client, add, problems } = open();
  const before = client.outbox.getSnapshot().isDurable;
  const early = add("1");
  client.connect();
  await settled();
  const late = add("2");
  await settled();

  expect(before).toBe(true);
  expect(client.outbox.getSnapshot()).toMatchObject({
    isDurable: false,
    problem: { code: "outbox_unavailable", params: { reason: "blocked" } },
  });
  expect(problems).toHaveLength(1);
  expect([await early, await late]).toMatchObject([{ ok: true }, { ok: true }]);
  expect(added()).toEqual(["1", "2"]);
});

test("a disk that is lost keeps back what it does not know to be sent, for the next life", async () => {
  const { open, disk, server, crash, settled, sent, added } = outboxWorld();
  const first = open();
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("on disk");
  await settled();

  disk.host().failed(unavailable("closed"), false);
  first.add("in memory");
  server.isReachable = true;
  first.client.connect();
  await settled();
  const inMemory = { sent: sent().length, added: [...added()] };
  crash();
  open().client.connect();
  await settled();

  expect(inMemory).toEqual({ sent: 0, added: [] });
  expect(added()).toEqual(["on disk"]);
});

test("a disk that was erased leaves everything in memory, and it is sent", async () => {
  const { open, disk, server, settled, added } = outboxWorld();
  const { client, add } = open();
  client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  const answer = add("milk");
  await settled();

  disk.rows.clear();
  disk.host().failed(unavailable("erased"), true);
  server.isReachable = true;
  client.connect();
  await settled();

  await expect(answer).resolves.toMatchObject({ ok: true });
  expect(added()).toEqual(["milk"]);
});

function unavailable(reason: string) {
  return {
    ...problem("outbox_unavailable", "none"),
    code: "outbox_unavailable",
    params: { reason },
  } as const;
}
