// The outbox in IndexedDB: what a reload finds, which tab sends it, and what happens when the database
// is damaged, full, taken away or not there.

import { IDBDatabase, IDBObjectStore } from "fake-indexeddb";
import { afterEach, expect, test, vi } from "vitest";
import { createClient } from "../src/index.js";
import { indexedDbOutbox } from "../src/indexeddb.js";
import { fakeServer, manualClock } from "../src/testing.js";
import { Board, contract } from "./board.js";
import { quiet, tabWorld } from "./indexeddb-world.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("what was in flight at a reload is sent again, in order, and takes effect once", async () => {
  const { open, memory, added, rows } = tabWorld();
  const first = open();
  first.client.connect();
  await quiet();
  memory.losesAnswers = true;
  for (const text of ["1", "2", "3"]) first.add(text);
  await quiet();

  first.kill();
  memory.losesAnswers = false;
  const second = open();
  second.client.connect();
  await quiet();

  const ids = first.sent().map(({ meta }) => meta?.["id"]);
  const resent = { ledger: "ledger-1", ageMs: 0 };
  expect(added()).toEqual(["1", "2", "3"]);
  expect(second.sent().map(({ meta }) => meta)).toEqual([
    { id: ids[0], resent },
    { id: ids[1], after: ids[0], resent },
    { id: ids[2], after: ids[1], resent },
  ]);
  expect(await rows()).toEqual([]);
});

test("three messages that were written offline go out after a reload, once and in order", async () => {
  const { open, added } = tabWorld();
  const first = open();
  first.client.connect();
  await quiet();
  first.goOffline();
  for (const text of ["1", "2", "3"]) first.add(text);
  await quiet();

  first.kill();
  const second = open();
  second.client.connect();
  await quiet();
  second.kill();
  const third = open();
  third.client.connect();
  await quiet();

  expect(added()).toEqual(["1", "2", "3"]);
  expect(third.sent()).toEqual([]);
});

test("each write is strict: it survives a loss of power", async () => {
  const { open } = tabWorld();
  const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
  const page = open();
  page.add("1");
  await quiet();

  const writes = transaction.mock.calls.filter(([, mode]) => mode === "readwrite");

  expect(writes.length).toBeGreaterThan(0);
  expect(writes.map(([, , options]) => options)).toEqual(
    writes.map(() => ({ durability: "strict" })),
  );
});

test("commands of one turn share a transaction", async () => {
  const { open } = tabWorld();
  const page = open();
  page.add("first");
  await quiet();
  const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");

  for (let number = 0; number < 50; number += 1) page.add(String(number));
  await quiet();

  expect(transaction.mock.calls.length).toBe(1);
});

test("a tab leaves alone what a living one has, and takes it when that one dies", async () => {
  const { open, added } = tabWorld();
  const first = open();
  first.client.connect();
  await quiet();
  first.goOffline();
  for (const text of ["1", "2"]) first.add(text);
  await quiet();
  const second = open();
  second.client.connect();
  await quiet();
  const before = { added: added(), seen: second.texts() };

  first.kill();
  await quiet();

  expect(before).toEqual({ added: [], seen: [] });
  expect(added()).toEqual(["1", "2"]);
  expect(second.sent()).toHaveLength(2);
});

test("of several living tabs exactly one takes what a dead one has left", async () => {
  const { open, added } = tabWorld();
  const others = [open(), open(), open()];
  for (const { client } of others) client.connect();
  await quiet();
  const last = open();
  last.client.connect();
  await quiet();
  last.goOffline();
  for (const text of ["1", "2", "3"]) last.add(text);
  await quiet();

  last.kill();
  await quiet();

  expect(added()).toEqual(["1", "2", "3"]);
  expect(others.map(({ sent }) => sent().length).sort()).toEqual([0, 0, 3]);
});

test("what two dead tabs have left goes out in the order in which it was written", async () => {
  const { open, added } = tabWorld();
  const [one, two] = [open(), open()];
  for (const page of [one, two]) {
    page.client.connect();
    await quiet();
    page.goOffline();
  }
  for (const [page, text] of [
    [one, "1"],
    [two, "2"],
    [one, "3"],
  ] as const) {
    page.add(text);
    await quiet();
  }

  one.kill();
  two.kill();
  const third = open();
  third.client.connect();
  await quiet();

  expect(added()).toEqual(["1", "2", "3"]);
});

test("what one person left is not seen, sent or taken while another one is here", async () => {
  const { open, memory, rows } = tabWorld();
  const ann = open({ welcome: { subject: "ann" } });
  ann.client.connect();
  await quiet();
  ann.goOffline();
  ann.add("from ann");
  await quiet();
  ann.kill();

  const ben = open({ welcome: { subject: "ben" } });
  ben.client.connect();
  await quiet();
  const seen = ben.texts();
  await ben.add("from ben");
  await quiet();
  ben.kill();
  const left = (await rows()).length;
  const back = open({ welcome: { subject: "ann" } });
  back.client.connect();
  await quiet();

  expect([seen, left, ben.problems]).toEqual([[], 1, []]);
  expect(memory.ran).toEqual([
    { subject: "ben", text: "from ben" },
    { subject: "ann", text: "from ann" },
  ]);
});

test("an app that knows who it is shows what waits before there is a connection", async () => {
  const { open } = tabWorld();
  const kept = { subject: () => "ann" };
  const first = open({ kept });
  first.add("milk");
  await quiet();
  first.kill();

  const second = open({ kept });
  second.goOffline();
  second.client.connect();
  await quiet();

  expect(second.texts()).toEqual(["milk"]);
});

test("a guest that was forgotten takes along what it wrote, from a life that has ended", async () => {
  const { open, memory } = tabWorld();
  const guest = (number: number) => ({
    subject: `guest-${number}`,
    guest: true,
    guestCredential: `secret-${number}`,
  });
  const first = open({ welcome: guest(1) });
  first.client.connect();
  await quiet();
  first.goOffline();
  first.add("milk");
  await quiet();
  first.kill();

  const second = open({ welcome: guest(2) });
  second.client.connect();
  await quiet();

  expect(second.server.connects[0]?.auth).toMatchObject({ guest: "secret-1" });
  expect(memory.ran).toEqual([{ subject: "guest-2", text: "milk" }]);
});

test("a guest comes back as itself, in every tab", async () => {
  const { open, added } = tabWorld();
  const guest = (number: number) => ({
    subject: `guest-${number}`,
    guest: true,
    guestCredential: `secret-${number}`,
  });
  const [one, two] = [open({ welcome: guest(1) }), open({ welcome: guest(2) })];
  for (const page of [one, two]) {
    page.client.connect();
    await quiet();
    page.goOffline();
  }
  one.add("from one");
  await quiet();
  one.kill();
  two.kill();

  const back = open({ welcome: guest(1) });
  back.client.connect();
  await quiet();

  expect(back.server.connects[0]?.auth).toMatchObject({ guest: "secret-1" });
  expect(added()).toEqual(["from one"]);
});

test("damaged rows are told and taken away, and the others are sent", async () => {
  const { open, meddle, rows, added } = tabWorld();
  const first = open();
  first.client.connect();
  await quiet();
  first.goOffline();
  first.add("good");
  await quiet();
  const [good] = await rows();
  first.kill();
  await meddle((store) => {
    for (const row of [
      null,
      "text",
      { owner: "x" },
      { ...good, command: { id: 7 } },
      { ...good, command: { ...(good?.["command"] as object), id: "y", sent: { at: "soon" } } },
    ]) {
      store.add(row);
    }
  });

  const second = open();
  second.client.connect();
  await quiet();

  expect(added()).toEqual(["good"]);
  expect(second.problems.map(({ code, params }) => [code, params?.["reason"]])).toEqual(
    Array.from({ length: 5 }, () => ["entry_unusable", "damaged"]),
  );
  expect(await rows()).toEqual([]);
});

test("what nobody can say who wrote is shown to nobody, and told", async () => {
  const { open, rows, added } = tabWorld();
  const first = open();
  first.goOffline();
  first.client.connect();
  first.add("whose?");
  await quiet();
  first.kill();

  const second = open();
  second.client.connect();
  await quiet();

  expect([second.texts(), added(), await rows()]).toEqual([[], [], []]);
  expect(second.problems).toMatchObject([
    { code: "entry_unusable", params: { reason: "unowned" } },
  ]);
});

test("what nobody comes back for is thrown away in the end", async () => {
  const { open, rows, clock } = tabWorld();
  const ann = open({ welcome: { subject: "ann" } });
  ann.client.connect();
  await quiet();
  ann.goOffline();
  ann.add("from ann");
  await quiet();
  ann.kill();

  clock.advance(604_800_000);
  const early = open({ welcome: { subject: "ben" } });
  early.client.connect();
  await quiet();
  const kept = (await rows()).length;
  early.kill();
  clock.advance(60_001);
  open({ welcome: { subject: "ben" } }).client.connect();
  await quiet();

  expect([kept, (await rows()).length]).toEqual([1, 0]);
});

test("a database that is deleted underneath leaves everything in memory, and it is sent", async () => {
  const { open, chromium, added } = tabWorld();
  const page = open();
  page.client.connect();
  await quiet();
  page.goOffline();
  const answer = page.add("milk");
  await quiet();

  chromium.indexedDB.deleteDatabase("tautline:test");
  await quiet();
  page.goOnline();
  await quiet();

  expect(page.problems).toMatchObject([
    { code: "outbox_unavailable", params: { reason: "erased" } },
  ]);
  expect(page.client.outbox.getSnapshot().isDurable).toBe(false);
  await expect(answer).resolves.toMatchObject({ ok: true });
  expect(added()).toEqual(["milk"]);
});

test("a newer version in another tab gets the database, and this one says so", async () => {
  const { open, chromium } = tabWorld();
  const page = open();
  page.client.connect();
  await quiet();

  const upgraded = await new Promise((resolve) => {
    const opening = chromium.indexedDB.open("tautline:test", 2);
    opening.onsuccess = () => resolve(opening.result.version);
  });
  await quiet();
  const late = open();
  late.client.connect();
  await quiet();

  const problem = { code: "outbox_unavailable", params: { reason: "newer_version" } };
  expect(upgraded).toBe(2);
  expect(page.problems).toMatchObject([problem]);
  expect(late.problems).toMatchObject([problem]);
  await expect(page.add("milk")).resolves.toMatchObject({ ok: true });
});

test("a device without room is told for each command, and all of them are sent", async () => {
  const { open, added } = tabWorld();
  const page = open();
  page.client.connect();
  await quiet();
  vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
    throw new DOMException("no room", "QuotaExceededError");
  });

  const answers = await Promise.all([page.add("1"), page.add("2")]);

  expect(answers).toMatchObject([{ ok: true }, { ok: true }]);
  expect(added()).toEqual(["1", "2"]);
  expect(page.problems).toMatchObject([
    { code: "outbox_unavailable", params: { reason: "quota" } },
    { code: "outbox_unavailable", params: { reason: "quota" } },
  ]);
});

test("one command that has no room is not the end of those beside it", async () => {
  const { open, rows } = tabWorld();
  const page = open();
  page.goOffline();
  page.client.connect();
  await quiet();
  const { add } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(function (
    this: typeof IDBObjectStore.prototype,
    row: unknown,
    key,
  ) {
    if (JSON.stringify(row).includes("large")) {
      throw new DOMException("no room", "QuotaExceededError");
    }
    return add.call(this, row, key);
  });

  for (const text of ["1", "large", "2"]) page.add(text);
  await quiet();

  expect(await rows()).toMatchObject([
    { command: { payload: { text: "1" } } },
    { command: { payload: { text: "2" } } },
  ]);
  expect(page.texts()).toEqual(["1", "large", "2"]);
});

test.each([
  ["IndexedDB", { indexedDB: undefined }],
  ["locks", { navigator: {} }],
  ["channels", { BroadcastChannel: undefined }],
])("a browser without %s keeps the outbox in memory, and says so", async (_, missing) => {
  const { open, added } = tabWorld();
  const page = open();
  for (const [name, value] of Object.entries(missing)) vi.stubGlobal(name, value);
  page.client.connect();
  await page.add("milk");

  expect(page.problems).toMatchObject([
    { code: "outbox_unavailable", params: { reason: "unsupported" } },
  ]);
  expect(added()).toEqual(["milk"]);
});

test("a database that does not answer is waited for a while, and no longer", async () => {
  const { open, clock, added } = tabWorld();
  const page = open();
  vi.stubGlobal("indexedDB", { open: () => ({}) });
  page.client.connect();
  const answer = page.add("milk");
  await quiet();
  const before = page.server.links;

  clock.advance(5_000);

  await expect(answer).resolves.toMatchObject({ ok: true });
  expect(before).toBe(0);
  expect(page.problems).toMatchObject([{ params: { reason: "timed_out" } }]);
  expect(added()).toEqual(["milk"]);
});

test("signing out in one tab throws away what the same person wrote in another one", async () => {
  const { open, rows } = tabWorld();
  const [one, two] = [open(), open()];
  for (const page of [one, two]) {
    page.client.connect();
    await quiet();
    page.goOffline();
    page.add("milk");
    await quiet();
  }

  await one.client.outbox.clear();
  await quiet();

  expect([one.texts(), two.texts(), await rows()]).toEqual([[], [], []]);
});

test("a client that is closed gives up what it has to the next one", async () => {
  const { open, added } = tabWorld();
  const page = open();
  page.client.connect();
  await quiet();
  page.goOffline();
  page.add("milk");
  page.client.close();
  await quiet();

  const next = open();
  next.client.connect();
  await quiet();

  expect(added()).toEqual(["milk"]);
});

test("making a client touches nothing that a server does not have", async () => {
  for (const name of ["indexedDB", "navigator", "BroadcastChannel"]) {
    vi.stubGlobal(name, undefined);
  }
  const clock = manualClock();
  const server = fakeServer(clock);

  const client = createClient({
    url: "",
    contract,
    clock,
    transport: server.transport,
    outbox: indexedDbOutbox(),
  });
  const stop = client.outbox.subscribe(() => {});
  client.use(Board);
  stop();

  expect(client.outbox.getSnapshot()).toEqual({ entries: [], isDurable: true });
  expect([server.links, clock.waiting]).toEqual([0, 0]);
});
