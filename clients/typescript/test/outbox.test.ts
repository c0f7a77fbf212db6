// The outbox across lives of the page: what is written before it is sent, what comes back after a
// reload, whose it is, and what is told when it cannot be sent.

import { expect, test } from "vitest";
import { keptIn } from "../src/outbox-keeping.js";
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

test("what one person wrote waits while another one is signed in, unseen and unsent", async () => {
  const { open, server, board, crash, settled } = outboxWorld();
  server.welcome = { subject: "ann" };
  const ann = open();
  ann.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  ann.add("from ann");
  await settled();
  crash();

  server.isReachable = true;
  server.welcome = { subject: "ben" };
  const ben = open();
  ben.client.connect();
  await settled();
  const seen = ben.shown();
  ben.add("from ben");
  await settled();
  crash();
  server.welcome = { subject: "ann" };
  const back = open();
  back.client.connect();
  await settled();

  expect(seen).toEqual([]);
  expect(ben.problems).toEqual([]);
  expect(board.ran).toEqual([
    { subject: "ben", text: "from ben" },
    { subject: "ann", text: "from ann" },
  ]);
});

test("in one life of the page, too, nothing is sent as somebody else", async () => {
  const { client, server, connected, pass, sent } = stage();
  server.welcome = { subject: "ann" };
  server.handle("add_card", () => ({ id: "c" }));
  await connected();
  server.isReachable = false;
  server.cut();
  const answer = client.run(Board.commands.addCard, { boardId: "b", text: "from ann" });

  server.isReachable = true;
  server.welcome = { subject: "ben" };
  await pass(30_000);
  const asBen = { sent: sent(), seen: client.outbox.getSnapshot().entries };
  server.welcome = { subject: "ann" };
  server.cut();
  await pass(1_000);

  expect(asBen).toEqual({ sent: [], seen: [] });
  await expect(answer).resolves.toMatchObject({ ok: true });
});

test("what is written before anybody is welcomed belongs to who is welcomed then", async () => {
  const { open, server, board, crash, settled, disk } = outboxWorld();
  server.welcome = { subject: "ann" };
  open().client.connect();
  await settled();
  crash();
  server.welcome = { subject: "ben" };
  server.isReachable = false;
  const ben = open();
  ben.client.connect();
  ben.add("from ben");
  await settled();
  const before = [...disk.rows.values()].map(({ subject }) => subject);

  server.isReachable = true;
  ben.client.connect();
  await settled();

  expect(before).toEqual([undefined]);
  expect(board.ran).toEqual([{ subject: "ben", text: "from ben" }]);
});

test("what was written offline in a life without a welcome is theirs whom the token names", async () => {
  const { open, server, board, crash, settled } = outboxWorld();
  server.isReachable = false;
  const offline = open({ auth: () => tokenOf("ann") });
  offline.client.connect();
  await settled();
  offline.add("milk");
  await settled();
  crash();

  server.isReachable = true;
  server.welcome = { subject: "ben" };
  open({ auth: () => tokenOf("ben") }).client.connect();
  await settled();
  const asBen = [...board.ran];
  crash();
  server.welcome = { subject: "ann" };
  open().client.connect();
  await settled();

  expect(asBen).toEqual([]);
  expect(board.ran).toEqual([{ subject: "ann", text: "milk" }]);
});

test("what waits is shown before there is a connection to whom the token names, and to nobody else", async () => {
  const { open, server, crash, settled } = outboxWorld();
  server.isReachable = false;
  const first = open({ auth: () => tokenOf("änne") });
  first.client.connect();
  await settled();
  first.add("milk");
  await settled();
  crash();

  const other = open({ auth: () => tokenOf("ben") });
  other.client.connect();
  await settled();
  const seen = other.shown();
  crash();
  const second = open({ auth: () => tokenOf("änne") });
  second.client.connect();
  await settled();

  expect(seen).toEqual([]);
  expect(second.shown()).toEqual(["milk: queued"]);
});

test("an app whose tokens say nothing can say who uses it", async () => {
  const { open, server, disk, crash, settled } = outboxWorld();
  const outbox = keptIn(disk.storage, () => "ann");
  server.isReachable = false;
  const first = open({ outbox, auth: () => "opaque" });
  first.client.connect();
  first.add("milk");
  await settled();
  crash();

  const second = open({ outbox: keptIn(disk.storage, () => "ann"), auth: () => "opaque" });
  second.client.connect();
  await settled();

  expect([...disk.rows.values()].map(({ subject }) => subject)).toEqual(["ann"]);
  expect(second.shown()).toEqual(["milk: queued"]);
});

test("what is written while the token is another person's already is theirs", async () => {
  const { open, server, board, settled } = outboxWorld();
  let token = tokenOf("ann");
  server.welcome = { subject: "ann" };
  const { client, add } = open({ auth: () => token });
  client.connect();
  await settled();
  token = tokenOf("ben");
  server.isReachable = false;
  server.cut();
  client.connect();
  await settled();
  add("from ben");
  await settled();

  server.isReachable = true;
  server.welcome = { subject: "ann" };
  client.connect();
  await settled();
  const asAnn = [...board.ran];
  server.cut();
  server.welcome = { subject: "ben" };
  client.connect();
  await settled();

  expect(asAnn).toEqual([]);
  expect(board.ran).toEqual([{ subject: "ben", text: "from ben" }]);
});

test("a server that gives people other names than their tokens is believed", async () => {
  const { open, server, crash, settled, added } = outboxWorld();
  server.welcome = { subject: "user:ann" };
  const first = open({ auth: () => tokenOf("ann") });
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.client.connect();
  await settled();
  first.add("milk");
  await settled();
  crash();

  server.isReachable = true;
  open({ auth: () => tokenOf("ann") }).client.connect();
  await settled();

  expect(added()).toEqual(["milk"]);
});

test("a guest whom the server has forgotten goes on as the guest that it is now", async () => {
  const { open, server, board, crash, settled } = outboxWorld();
  const guest = (number: number) => ({
    subject: `guest-${number}`,
    guest: true,
    guestCredential: `secret-${number}`,
  });
  server.welcome = guest(1);
  const first = open();
  first.client.connect();
  await settled();
  board.losesAnswers = true;
  first.add("sent");
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("not sent");
  await settled();
  crash();

  // It was restarted, and its memory is another one.
  Object.assign(board, { losesAnswers: false, ledger: "ledger-2" });
  server.isReachable = true;
  server.welcome = { ...guest(2), ledger: "ledger-2" };
  const second = open();
  second.client.connect();
  await settled();

  expect(server.connects.at(-1)?.auth).toMatchObject({ guest: "secret-1" });
  expect(second.problems).toMatchObject([{ code: "outcome_unknown" }]);
  expect(board.ran).toEqual([
    { subject: "guest-1", text: "sent" },
    { subject: "guest-2", text: "not sent" },
  ]);
});

test("in one life of the page, too, a forgotten guest goes on as the next one", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("add_card", () => ({ id: "c" }));
  server.welcome = { subject: "guest-1", guest: true };
  await connected();
  server.isReachable = false;
  server.cut();
  const answer = client.run(Board.commands.addCard, { boardId: "b", text: "hi" });

  server.isReachable = true;
  server.welcome = { subject: "guest-2", guest: true };
  await pass(30_000);

  await expect(answer).resolves.toMatchObject({ ok: true });
});

test("a guest is the same guest in the next life, and what it wrote goes out", async () => {
  const { open, server, crash, settled, added } = outboxWorld();
  server.welcome = { subject: "guest-1", guest: true, guestCredential: "secret-1" };
  const first = open();
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("milk");
  await settled();
  crash();

  server.isReachable = true;
  open().client.connect();
  await settled();

  expect(server.connects.at(-1)?.auth).toMatchObject({ guest: "secret-1" });
  expect(added()).toEqual(["milk"]);
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

/** A token as most servers give them; nobody has signed it. */
function tokenOf(sub: string): string {
  return `e30.${Buffer.from(JSON.stringify({ sub })).toString("base64url")}.`;
}

function unavailable(reason: string) {
  return {
    ...problem("outbox_unavailable", "none"),
    code: "outbox_unavailable",
    params: { reason },
  } as const;
}
