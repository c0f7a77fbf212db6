// Streams over a fake server: their text, their end, and how a missing part comes back.

import { expect, test } from "vitest";
import { roomState } from "../src/index.js";
import { positioned, refuse, type Standing, type WireMeta } from "../src/testing.js";
import { Board, type Card } from "./board.js";
import { at, numbered, problem, stage } from "./stage.js";

const { summary } = Board.streams;
const result: Card = { boardId: "b", text: "all of it" };

const boardState = roomState(Board.rooms.board, Board, {
  cardAdded: (state, card) => ({ cards: [...state.cards, card.text] }),
  summary: {
    started: (state, { title }, meta) => ({
      cards: [...state.cards, `${meta.stream?.id} begins: ${title}`],
    }),
    ended: (state, end) => ({
      cards: [...state.cards, `${end.id} ${end.status}: ${end.answer?.text ?? end.problem?.code}`],
    }),
  },
});

/** A stream that is open, as an answer brings it. */
function open(id: string, number: number, text: string, boardId = "b") {
  const payload = { boardId, title: id };
  return { id, name: "summary", payload, room: `board:${boardId}`, number, text };
}

/** A client in the board `b` at position 1, with what stands in it. */
async function joined(standing: Standing = {}) {
  const set = stage({ roomStates: [boardState] });
  set.server.handle("join_board", ({ boardId }: { boardId: string }) =>
    positioned({ cards: [] }, `board:${boardId}`, at(1), standing),
  );
  const room = set.client.join(boardState, { boardId: "b" });
  const store = set.client.streams(summary);
  let changes = 0;
  store.subscribe(() => {
    changes += 1;
  });
  await set.connected();
  let seq = 1;
  const meta = (facts: Partial<WireMeta> = {}): WireMeta => {
    seq += 1;
    return { ...numbered(seq), ...facts };
  };
  const { emit } = set.server;
  return {
    ...set,
    room,
    store,
    /** How often the store has told of a change. */
    changes: () => changes,
    start: (id: string) =>
      emit("/board", "summary", { boardId: "b", title: id }, meta({ stream: { id, leaseMs: 1 } })),
    part: (stream: string, number: number, text: string, room = "board:b") =>
      emit("/board", "tautline:append", { room, stream, number, text }),
    end: (stream: string, words: object) =>
      emit("/board", "tautline:ended", { stream, name: "summary", ...words }, meta()),
    seen: () => store.getSnapshot().map(({ id, text, status }) => [id, text, status]),
  };
}

test("a stream grows part by part and ends with its answer", async () => {
  const { server, store, start, part, end } = await joined();

  start("s1");
  part("s1", 1, "all ");
  part("s1", 2, "of it");
  await server.settled();
  const growing = store.getSnapshot();
  end("s1", { outcome: "finished", answer: result });
  await server.settled();

  const facts = {
    id: "s1",
    payload: { boardId: "b", title: "s1" },
    room: "board:b",
    text: "all of it",
    number: 2,
  };
  expect(growing).toMatchObject([{ ...facts, status: "open" }]);
  expect(store.getSnapshot()).toMatchObject([{ ...facts, status: "finished", answer: result }]);
});

test("a failed stream says why, a cancelled one that it is cancelled", async () => {
  const { server, store, start, end } = await joined();
  const failure = problem("summary.too_long", "give_up", { params: { words: 9 } });

  start("s1");
  start("s2");
  end("s1", { outcome: "failed", problem: failure });
  end("s2", { outcome: "cancelled" });
  await server.settled();

  const [failed, cancelled] = store.getSnapshot();
  expect(failed).toMatchObject({ status: "failed", problem: failure });
  expect(cancelled).toMatchObject({ status: "cancelled" });
});

test("each frame tells of one change, and a stream that did not change keeps its identity", async () => {
  const { server, store, start, part, changes } = await joined();
  start("s1");
  start("s2");
  await server.settled();
  const [, quiet] = store.getSnapshot();
  const before = changes();

  part("s1", 1, "a");
  part("s1", 2, "b");
  part("s1", 2, "b");
  await server.settled();

  expect(changes() - before).toBe(2);
  expect(store.getSnapshot()[1]).toBe(quiet);
});

test("whoever joins in the middle has all of it", async () => {
  const { server, start, part, seen } = await joined({ streams: [open("s0", 3, "abc")] });

  part("s0", 3, "c");
  part("s0", 4, "d");
  start("s1");
  await server.settled();

  expect(seen()).toEqual([
    ["s0", "abcd", "open"],
    ["s1", "", "open"],
  ]);
});

test("a missing part is asked about once, quietly, and the text goes on behind the answer", async () => {
  const { server, room, start, part, seen, sent } = await joined();
  let answer: ((ack: unknown) => void) | undefined;
  server.handle("tautline:subscribe", (_, call) => {
    answer = call.answer;
    return undefined;
  });
  start("s1");
  part("s1", 1, "1");
  part("s1", 3, "3");
  part("s1", 4, "4");
  part("s1", 5, "5");
  await server.settled();
  const meanwhile = room.getSnapshot().status;
  const { payload } = server.calls.at(-1) ?? {};
  answer?.({
    ok: {
      room: "board:b",
      recovered: true,
      at: at(2),
      events: [],
      more: false,
      streams: [open("s1", 4, "1234")],
    },
  });
  part("s1", 6, "6");
  await server.settled();

  expect(payload).toEqual({ room: "board:b", since: at(2) });
  expect(seen()).toEqual([["s1", "123456", "open"]]);
  expect(sent()).toEqual(["join_board", "tautline:subscribe"]);
  expect(meanwhile).toBe("joined");
});

test("a question about a part that is not answered is asked again", async () => {
  const { server, start, part, seen, sent, pass } = await joined();
  server.handle("tautline:subscribe", () => refuse(problem("journal_unavailable", "retry")));
  server.handle("tautline:resume", () => ({
    rooms: [
      {
        room: "board:b",
        recovered: true,
        at: at(2),
        events: [],
        more: false,
        streams: [open("s1", 3, "123")],
      },
    ],
  }));

  start("s1");
  part("s1", 2, "2");
  await server.settled();
  part("s1", 3, "3");
  await server.settled();
  await pass(10_000);

  expect(sent()).toEqual(["join_board", "tautline:subscribe", "tautline:resume"]);
  expect(seen()).toEqual([["s1", "123", "open"]]);
});

test("after a cut the text is completed, and an end that was missed is there", async () => {
  const { client, server, start, part, seen, pass } = await joined();
  start("s1");
  part("s1", 1, "1");
  start("s2");
  part("s2", 1, "x");
  await server.settled();
  const ended = { stream: "s2", name: "summary", outcome: "finished", answer: result };
  server.handle("tautline:resume", () => ({
    rooms: [
      {
        room: "board:b",
        recovered: true,
        at: at(4),
        events: [{ name: "tautline:ended", payload: ended, meta: numbered(4) }],
        more: false,
        streams: [open("s1", 5, "12345")],
      },
    ],
  }));

  server.cut();
  const during = seen();
  await pass(500);

  expect(during).toEqual([
    ["s1", "1", "open"],
    ["s2", "x", "open"],
  ]);
  expect(seen()).toEqual([
    ["s1", "12345", "open"],
    ["s2", "x", "finished"],
  ]);
  expect(client.connection.getSnapshot().status).toBe("connected");
});

test("who was away when a stream was called off has all of its text", async () => {
  const { client, server, start, part, store, pass } = await joined();
  start("s1");
  part("s1", 1, "all ");
  await server.settled();
  const facts = { stream: "s1", name: "summary", number: 3, text: "all of it" };
  const ended = { ...facts, outcome: "cancelled" };
  server.handle("tautline:resume", () => ({
    rooms: [
      {
        room: "board:b",
        recovered: true,
        at: at(3),
        events: [{ name: "tautline:ended", payload: ended, meta: numbered(3) }],
        more: false,
        streams: [],
      },
    ],
  }));

  server.cut();
  await pass(500);

  expect(client.connection.getSnapshot().status).toBe("connected");
  expect(store.getSnapshot()).toMatchObject([
    { id: "s1", status: "cancelled", number: 3, text: "all of it" },
  ]);
});

test("a resync rebuilds what is open", async () => {
  const { server, start, part, seen, pass } = await joined();
  start("s1");
  part("s1", 1, "1");
  await server.settled();
  server.handle("tautline:resume", () => ({
    rooms: [{ room: "board:b", recovered: false, reason: "trimmed", at: at(90), events: [] }],
  }));
  server.handle("join_board", () =>
    positioned({ cards: [] }, "board:b", at(90), { streams: [open("s7", 2, "xy")] }),
  );

  server.cut();
  await pass(500);

  expect(seen()).toEqual([["s7", "xy", "open"]]);
});

test("a room that is left takes its streams along", async () => {
  const { room, server, start, seen, pass, part } = await joined();
  start("s1");
  await server.settled();

  room.leave();
  await pass(1_000);
  part("s1", 1, "late");
  await server.settled();

  expect(seen()).toEqual([]);
});

test("of the streams that have ended sixteen stay in a room, and those that are open all", async () => {
  const { server, start, end, seen } = await joined();
  start("open");
  for (let n = 0; n < 20; n += 1) {
    start(`s${n}`);
    end(`s${n}`, { outcome: "cancelled" });
  }
  await server.settled();

  const ids = seen().map(([id]) => id);
  expect(ids).toHaveLength(17);
  expect(ids.slice(0, 2)).toEqual(["open", "s4"]);
});

test("the streams of one room are named by the fields that they start with", async () => {
  const { client, server, start, part } = await joined();
  server.handle("join_board", () =>
    positioned({ cards: [] }, "board:c", at(1), { streams: [open("other", 1, "o", "c")] }),
  );
  client.join(Board.rooms.board, { boardId: "c" });
  await server.settled();
  const here = client.streams(summary, { boardId: "b" });
  const there = client.streams(summary, { boardId: "c" });
  const before = there.getSnapshot();
  let changes = 0;
  there.subscribe(() => {
    changes += 1;
  });

  start("s1");
  part("s1", 1, "a");
  await server.settled();

  expect(here.getSnapshot().map(({ id }) => id)).toEqual(["s1"]);
  expect(there.getSnapshot()).toBe(before);
  expect(before.map(({ id }) => id)).toEqual(["other"]);
  expect(changes).toBe(0);
});

test("a stream of two rooms is in the list once", async () => {
  const { client, server, seen, part } = await joined({ streams: [open("s1", 1, "a")] });
  server.handle("join_board", () =>
    positioned({ cards: [] }, "board:c", at(1), { streams: [open("s1", 1, "a", "c")] }),
  );
  client.join(Board.rooms.board, { boardId: "c" });
  part("s1", 2, "b");
  await server.settled();
  part("s1", 2, "b", "board:c");
  await server.settled();

  expect(seen()).toEqual([["s1", "ab", "open"]]);
});

test("a room's state hears of a stream's beginning and end, also of one that it never saw begin", async () => {
  const { server, room, start, end } = await joined();
  const failure = problem("summary.too_long", "give_up");

  start("s1");
  end("s1", { outcome: "finished", answer: result });
  end("s0", { outcome: "failed", problem: failure });
  await server.settled();

  expect(room.getSnapshot().state).toEqual({
    cards: ["s1 begins: s1", "s1 finished: all of it", "s0 failed: summary.too_long"],
  });
});

test("parts for rooms that we are not in are not heard", async () => {
  const { server, part, seen, sent } = await joined();

  part("s1", 1, "a", "board:elsewhere");
  await server.settled();

  expect(seen()).toEqual([]);
  expect(sent()).toEqual(["join_board"]);
});
