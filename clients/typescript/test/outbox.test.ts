// The outbox across lives of the page: what is written before it is sent, what comes back after a
// reload, and what is told when it cannot be sent.

import { expect, test } from "vitest";
import { refuse } from "../src/testing.js";
import { Board, contract } from "./board.js";
import { outboxWorld } from "./outbox-world.js";
import { problem, stage } from "./stage.js";

test("a command is on disk before it is sent", async () => {
  const { open, disk, server, settled, sent } = outboxWorld();
  const { client, add, shown } = open();
  client.connect();
  await settled();
  disk.isSlow = true;

  const answer = add("milk");
  await settled();
  const before = { sent: sent().length, rows: disk.rows.size, shown: shown() };
  disk.isSlow = false;
  await disk.write();
  await server.settled();

  expect(before).toEqual({ sent: 0, rows: 0, shown: ["milk: storing"] });
  expect(sent()).toHaveLength(1);
  await expect(answer).resolves.toMatchObject({ ok: true });
  await settled();
  expect(disk.rows.size).toBe(0);
});

test("what was in flight at a reload is sent again, in order, and takes effect once", async () => {
  const { open, board, crash, settled, pass, sent, added } = outboxWorld();
  const first = open();
  first.client.connect();
  await settled();
  board.losesAnswers = true;
  for (const text of ["1", "2", "3"]) first.add(text);
  await pass(100);

  crash();
  board.losesAnswers = false;
  const second = open();
  second.client.connect();
  await settled();

  expect(added()).toEqual(["1", "2", "3"]);
  const [one, two, three, ...again] = sent();
  const resent = { ledger: "ledger-1", ageMs: 100 };
  expect(again).toEqual([
    { id: one?.["id"], resent },
    { id: two?.["id"], after: one?.["id"], resent },
    { id: three?.["id"], after: two?.["id"], resent },
  ]);
  expect(second.shown()).toEqual([]);
});

test("what was written offline goes out after a reload as new, in order", async () => {
  const { open, server, crash, settled, sent, added, disk } = outboxWorld();
  const first = open();
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  for (const text of ["1", "2", "3"]) first.add(text);
  await settled();
  crash();

  server.isReachable = true;
  const second = open();
  second.add("4");
  second.client.connect();
  await settled();

  expect(added()).toEqual(["1", "2", "3", "4"]);
  expect(sent().map((meta) => meta?.["resent"])).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(disk.rows.size).toBe(0);
});

test("what is new does not overtake what is still being read from the disk", async () => {
  const { open, server, disk, crash, settled, added } = outboxWorld();
  const first = open();
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("old");
  await settled();
  crash();
  let read = () => {};
  disk.readable = new Promise((resolve) => {
    read = resolve;
  });

  server.isReachable = true;
  const second = open();
  second.client.connect();
  await settled();
  second.add("new");
  await settled();
  const before = [...added()];
  read();
  await settled();

  expect(before).toEqual([]);
  expect(added()).toEqual(["old", "new"]);
});

test("nothing goes out before the disk knows that it may have been sent", async () => {
  const { open, server, disk, settled, pass } = outboxWorld();
  const { client, add } = open();
  client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  for (const text of ["1", "2"]) add(text);
  await settled();
  const marks: boolean[] = [];
  server.handle("add_card", () => {
    marks.push([...disk.rows.values()].every(({ sent }) => sent !== undefined));
    return { id: "c" };
  });
  const before = [...disk.rows.values()].map(({ sent }) => sent);

  server.isReachable = true;
  await pass(30_000);

  expect(before).toEqual([undefined, undefined]);
  expect(marks).toEqual([true, true]);
});

test("a crash between the mark and the frame is told as a resend, and runs once", async () => {
  const { open, server, disk, crash, settled, sent, added } = outboxWorld();
  const first = open();
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("1");
  await settled();
  const [row] = disk.rows.values();
  if (row) disk.rows.set(row.id, { ...row, sent: { at: 1, ledger: "ledger-1" } });
  crash();

  server.isReachable = true;
  server.welcome = { serverTime: 501 };
  open().client.connect();
  await settled();

  expect(sent()).toEqual([{ id: row?.id, resent: { ledger: "ledger-1", ageMs: 500 } }]);
  expect(added()).toEqual(["1"]);
});

test("what was never sent in its time fails as offline, and stays to be looked at", async () => {
  const { open, server, crash, settled, clock, added } = outboxWorld();
  const first = open();
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("milk");
  await settled();
  crash();
  clock.advance(60_000);

  server.isReachable = true;
  const second = open();
  second.client.connect();
  await settled();
  crash();
  const third = open();
  third.client.connect();
  await settled();

  const failed = { status: "failed", problem: { code: "offline", outcome: "not_executed" } };
  expect(second.client.outbox.getSnapshot().entries).toMatchObject([failed]);
  expect(second.problems).toMatchObject([{ code: "offline", event: "add_card" }]);
  expect(third.client.outbox.getSnapshot().entries).toMatchObject([failed]);
  expect(third.problems).toEqual([]);
  expect(added()).toEqual([]);
});

test("what may have been sent and is out of time has an unknown outcome", async () => {
  const { open, board, crash, settled, clock, sent } = outboxWorld();
  const first = open();
  first.client.connect();
  await settled();
  board.losesAnswers = true;
  first.add("milk");
  await settled();
  crash();
  clock.advance(60_000);

  const second = open();
  second.client.connect();
  await settled();

  expect(sent()).toHaveLength(1);
  expect(second.problems).toMatchObject([
    { code: "outcome_unknown", problem: { outcome: "unknown" } },
  ]);
  expect(second.shown()).toEqual(["milk: failed"]);
});

test("another memory of the server is told truthfully, and nothing runs twice", async () => {
  const { open, board, server, crash, settled, added } = outboxWorld();
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

  expect(second.problems).toMatchObject([{ code: "outcome_unknown" }]);
  expect(added()).toEqual(["milk"]);
});

test("a clock that was set back between two lives makes no age smaller and no life longer", async () => {
  const { open, board, server, crash, settled, clock, sent } = outboxWorld();
  server.welcome = { serverTime: 1_000 };
  const first = open();
  first.client.connect();
  await settled();
  board.losesAnswers = true;
  first.add("milk");
  await settled();
  crash();

  clock.jump(-86_400_000);
  server.welcome = { serverTime: 31_000 };
  board.losesAnswers = false;
  server.handle("add_card", () => undefined);
  const second = open();
  second.client.connect();
  await settled();
  const [entry] = second.client.outbox.getSnapshot().entries;

  expect(sent().at(-1)).toMatchObject({ resent: { ageMs: 30_000 } });
  expect((entry?.expiresAt ?? 0) - clock.now()).toBe(60_000);
});

test("what an older build wrote is sent if this build knows it, and else stays to be looked at", async () => {
  const { open, disk, server, crash, settled, added } = outboxWorld();
  const old = open({ contract: { ...contract, hash: "older" } });
  old.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  old.add("milk");
  await settled();
  const [row] = disk.rows.values();
  if (!row) throw new Error("nothing was kept");
  disk.rows.set("2", { ...row, id: "2", name: "add_column" });
  disk.rows.set("3", { ...row, id: "3", name: "pay", payload: { amount: 1 } });
  crash();

  server.isReachable = true;
  const next = open();
  next.client.connect();
  await settled();

  expect(added()).toEqual(["milk"]);
  const unusable = { status: "failed", problem: { code: "entry_unusable" } };
  expect(next.client.outbox.getSnapshot().entries).toMatchObject([
    { name: "add_column", ...unusable },
    { name: "pay", ...unusable },
  ]);
  expect(next.problems.map(({ event }) => event)).toEqual(["add_column", "pay"]);
});

test("what was written in a room is sent in it, though the next life never opened it", async () => {
  const { open, server, crash, settled, added, pass } = outboxWorld();
  const first = open();
  first.client.join(Board.rooms.board, { boardId: "b" });
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("milk");
  await settled();
  crash();
  const isIn = () => server.calls.filter(({ name }) => name === "join_board").length === 2;
  const order: boolean[] = [];
  server.isReachable = true;

  const second = open();
  server.handle("join_board", () => {
    order.push(added().length === 0);
    return { cards: [] };
  });
  second.client.connect();
  await settled();
  await pass(1_000);

  expect(order).toEqual([true]);
  expect(isIn()).toBe(true);
  expect(added()).toEqual(["milk"]);
  expect(server.calls.at(-1)?.name).toBe("tautline:unsubscribe");
});

test("a client that is closed keeps what is on disk, and sends it when it connects again", async () => {
  const { open, server, settled, added } = outboxWorld();
  const { client, add } = open();
  client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  const answer = add("milk");
  await settled();

  client.close();
  const closed = client.outbox.getSnapshot().entries;
  server.isReachable = true;
  client.connect();
  await settled();

  await expect(answer).resolves.toMatchObject({
    problem: { code: "disposed", outcome: "unknown" },
  });
  expect(closed).toEqual([]);
  expect(added()).toEqual(["milk"]);
});

test("a backlog outlasts the server's rate, and loses nothing", async () => {
  const { open, server, settled, pass } = outboxWorld();
  const { client, add } = open();
  let allowed = 0;
  const ran: string[] = [];
  server.handle("add_card", ({ text }: { text: string }) => {
    if (allowed === 0) return refuse(problem("rate_limited", "retry", { afterMs: 10_000 }));
    allowed -= 1;
    ran.push(text);
    return { id: text };
  });
  const answers = ["1", "2", "3", "4", "5"].map(add);
  client.connect();
  await settled();

  for (let turn = 0; turn < 5; turn += 1) {
    allowed = 1;
    await pass(10_000);
  }

  expect(ran).toEqual(["1", "2", "3", "4", "5"]);
  expect(await Promise.all(answers)).toMatchObject(answers.map(() => ({ ok: true })));
});

test("a refusal of a second copy does not say what became of the first", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("add_card", () => undefined);
  await connected();
  const answer = client.run(Board.commands.addCard, { boardId: "b", text: "hi" });
  await pass(10);
  server.handle("add_card", () => refuse(problem("permission_denied", "give_up")));

  server.cut();
  await pass(500);

  await expect(answer).resolves.toMatchObject({
    problem: { code: "permission_denied", outcome: "unknown" },
  });
});
