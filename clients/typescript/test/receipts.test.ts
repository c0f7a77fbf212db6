// Receipts over a fake server: what is told, when, and what is known of others.

import { expect, test } from "vitest";
import { positioned, refuse, type Standing, type WireMeta } from "../src/testing.js";
import { Board } from "./board.js";
import { at, numbered, problem, stage } from "./stage.js";

/** A client in the board `b` at this position, which keeps receipts. */
async function joined(seq = 3, receipts: Standing["receipts"] = {}) {
  const set = stage();
  set.server.handle("join_board", () =>
    positioned({ cards: [] }, "board:b", at(seq), { receipts }),
  );
  const room = set.client.join(Board.rooms.board, { boardId: "b" });
  const store = set.client.receipts(Board.rooms.board, { boardId: "b" });
  await set.connected();
  return {
    ...set,
    room,
    store,
    add: (number: number) =>
      set.server.emit("/board", "card_added", { boardId: "b", text: "" }, numbered(number)),
    /** The receipts that the server got. */
    told: () =>
      set.server.calls
        .filter(({ name }) => name === "tautline:receipt")
        .map(({ payload }) => payload),
  };
}

/** What the server answers to a resume in which nothing was missed. */
function resumed(seq: number, receipts: Standing["receipts"] = {}) {
  const room = "board:b";
  return { rooms: [{ room, recovered: true, at: at(seq), events: [], more: false, receipts }] };
}

const receipt = (delivered: number, read: number) => ({
  room: "board:b",
  epoch: "e1",
  delivered,
  read,
});

test("that events have arrived is told by itself, once a second", async () => {
  const { add, told, pass, server } = await joined(3);

  await pass(999);
  const early = told();
  await pass(1);
  for (const seq of [4, 5, 6]) add(seq);
  await server.settled();
  await pass(1_000);
  await pass(10_000);

  expect(early).toEqual([]);
  expect(told()).toEqual([receipt(3, 0), receipt(6, 0)]);
});

test("what the server knows already is not told", async () => {
  const { told, pass } = await joined(3, { someone: { delivered: 3, read: 1 } });

  await pass(10_000);

  expect(told()).toEqual([]);
});

test("reading is told within the second, and is shown at once", async () => {
  const { room, store, told, pass } = await joined(3, { someone: { delivered: 3, read: 0 } });

  room.read(2);
  const shown = store.getSnapshot();
  await pass(1_000);

  expect(shown).toEqual({ someone: { delivered: 3, read: 2 } });
  expect(told()).toEqual([receipt(3, 2)]);
});

test("reading never goes back, nor past what has arrived", async () => {
  const { room, store, told, pass } = await joined(3, { someone: { delivered: 3, read: 0 } });
  const elsewhere: WireMeta = { room: "board:b", epoch: "e0", seq: 1, ts: 0 };

  room.read(2);
  room.read(1);
  room.read(elsewhere);
  await pass(1_000);
  room.read(90);
  const all = store.getSnapshot();
  await pass(1_000);

  expect(told()).toEqual([receipt(3, 2), receipt(3, 3)]);
  expect(all).toEqual({ someone: { delivered: 3, read: 3 } });
});

test("reading without a number is reading all, and an event's meta is its number", async () => {
  const { room, told, pass, client, add, server } = await joined(3);
  client.on(Board.events.cardAdded, (_, meta) => {
    if (meta.seq === 4) room.read(meta);
  });

  add(4);
  add(5);
  await server.settled();
  await pass(1_000);
  room.read();
  await pass(1_000);

  expect(told()).toEqual([receipt(5, 4), receipt(5, 5)]);
});

test("what others have read is merged, and nobody goes back", async () => {
  const { server, store } = await joined(3, { bo: { delivered: 2, read: 1 } });
  const before = store.getSnapshot();

  const tell = (receipts: object) =>
    server.emit("/board", "tautline:receipts", { room: "board:b", receipts });
  tell({ bo: { delivered: 3, read: 3 }, cy: { delivered: 1, read: 0 } });
  tell({ bo: { delivered: 3, read: 2 } });
  await server.settled();

  expect(before).toEqual({ bo: { delivered: 2, read: 1 } });
  expect(store.getSnapshot()).toEqual({
    bo: { delivered: 3, read: 3 },
    cy: { delivered: 1, read: 0 },
  });
});

test("while there is no connection nothing is sent, and afterwards what did not arrive", async () => {
  const { room, server, told, pass, clock } = await joined(3, {
    someone: { delivered: 3, read: 0 },
  });
  server.handle("tautline:resume", () => resumed(3, { someone: { delivered: 3, read: 0 } }));
  server.isReachable = false;
  server.cut();
  const idle = clock.waiting;

  room.read(3);
  const waiting = clock.waiting;
  await pass(60_000);
  const offline = told();
  server.isReachable = true;
  await pass(60_000);
  await pass(1_000);

  expect(waiting).toBe(idle);
  expect(offline).toEqual([]);
  expect(told()).toEqual([receipt(3, 3)]);
});

test("a receipt whose answer was lost is told again unless the server has it", async () => {
  const { room, server, told, pass } = await joined(3, { someone: { delivered: 3, read: 0 } });
  server.handle("tautline:receipt", () => undefined);
  let known = { someone: { delivered: 3, read: 0 } };
  server.handle("tautline:resume", () => resumed(3, known));
  room.read(3);
  await pass(1_000);

  server.cut();
  await pass(500);
  await pass(1_000);
  known = { someone: { delivered: 3, read: 3 } };
  server.cut();
  await pass(500);
  await pass(60_000);

  expect(told()).toEqual([receipt(3, 3), receipt(3, 3)]);
});

test("a refusal that lasts is not asked for again, one that passes is", async () => {
  const { room, server, told, pass, lines } = await joined(3, {
    someone: { delivered: 3, read: 0 },
  });
  let code = "journal_unavailable";
  server.handle("tautline:receipt", () =>
    refuse(problem(code, code === "unknown_room" ? "give_up" : "retry")),
  );

  room.read(1);
  await pass(1_000);
  code = "unknown_room";
  await pass(1_000);
  await pass(60_000);

  expect(told()).toHaveLength(2);
  expect(lines.filter(({ message }) => message === "receipt refused")).toHaveLength(1);
});

test("whoever leaves has told what was read, tells nothing more and forgets", async () => {
  const { room, store, told, pass, sent } = await joined(3, { bo: { delivered: 1, read: 1 } });
  await pass(1_000);
  room.leave();
  await pass(500);

  room.read(2);
  await pass(500);
  room.read();
  await pass(60_000);

  expect(told()).toEqual([receipt(3, 0)]);
  expect(store.getSnapshot()).toEqual({});
  expect(sent().at(-1)).toBe("tautline:unsubscribe");
});

test("what was read right before the room is left is told before it is left", async () => {
  const { client, server, clock, connected, sent } = stage({ roomLingerMs: 10 });
  server.handle("join_board", () => positioned({ cards: [] }, "board:b", at(3), { receipts: {} }));
  const room = client.join(Board.rooms.board, { boardId: "b" });
  await connected();

  room.read(2);
  room.leave();
  clock.advance(10);
  await server.settled();

  expect(sent()).toEqual(["join_board", "tautline:receipt", "tautline:unsubscribe"]);
  expect(server.calls.at(-2)?.payload).toEqual(receipt(3, 2));
});

test("another numbering begins anew", async () => {
  const { room, server, store, told, pass } = await joined(3, { bo: { delivered: 9, read: 9 } });
  await pass(1_000);
  server.handle("tautline:resume", () => ({
    rooms: [{ room: "board:b", recovered: false, reason: "epoch_changed", events: [] }],
  }));
  server.handle("join_board", () =>
    positioned({ cards: [] }, "board:b", at(1, "e2"), {
      receipts: { bo: { delivered: 1, read: 0 } },
    }),
  );

  server.cut();
  await pass(500);
  room.read();
  await pass(1_000);

  expect(store.getSnapshot()).toMatchObject({ bo: { delivered: 1, read: 0 } });
  expect(told().at(-1)).toEqual({ room: "board:b", epoch: "e2", delivered: 1, read: 1 });
});

test("in a room without receipts nothing is told, and reading says why, once", async () => {
  const { client, server, connected, lines, pass, sent } = stage();
  server.handle("tautline:subscribe", () => ({
    room: "shelf:s",
    recovered: true,
    at: at(3),
    events: [],
    more: false,
  }));
  const room = client.join(Board.rooms.shelf, { shelfId: "s" });
  await connected();

  room.read();
  room.read();
  await pass(60_000);

  const warnings = lines.filter(({ level }) => level === "warn").map(({ message }) => message);
  expect(warnings).toEqual([
    'room "shelf:{shelf_id}" has no receipts: add `receipts` to its `#[room(…)]` and generate the contract anew',
  ]);
  expect(sent()).toEqual(["tautline:subscribe"]);
});
