// Presence over a fake server: who is there, what is shown of us, and both after a cut.

import { expect, test } from "vitest";
import { positioned, refuse, type Standing } from "../src/testing.js";
import { Board } from "./board.js";
import { at, problem, stage } from "./stage.js";

const here = { boardId: "b" };
const me = { subject: "someone", since: 10 };
const bo = { subject: "bo", since: 20, state: { x: 1, y: 1 } };

/** A client in the board `b`, where it and `bo` are. */
async function joined(presence: Standing["presence"] = { version: 7, members: [me, bo] }) {
  const set = stage();
  set.server.handle("join_board", () =>
    positioned({ cards: [] }, "board:b", at(1), { ...(presence && { presence }) }),
  );
  const room = set.client.join(Board.rooms.board, here);
  const store = set.client.presence(Board.rooms.board, here);
  await set.connected();
  return {
    ...set,
    room,
    store,
    /** The server says who came and who left. */
    change: (version: number, present: object[], absent: string[] = []) =>
      set.server.emit("/board", "tautline:presence", { room: "board:b", version, present, absent }),
    /** The states that the server got. */
    shown: () =>
      set.server.calls
        .filter(({ name }) => name === "tautline:present")
        .map(({ payload }) => payload),
    subjects: () => store.getSnapshot().members.map(({ subject }) => subject),
  };
}

/** What the server answers to a resume or subscription in which no event was missed. */
function verdict(presence: Standing["presence"]) {
  return { room: "board:b", recovered: true, at: at(1), events: [], more: false, presence };
}

test("a join tells who is there, and we are among them", async () => {
  const { store } = await joined();

  expect(store.getSnapshot()).toEqual({ members: [me, bo], self: me, isLive: true });
});

test("changes come, change and go, and a change that was seen changes nothing", async () => {
  const { server, store, change } = await joined();
  const moved = { ...bo, state: { x: 2, y: 2 } };

  change(8, [moved]);
  change(9, [{ subject: "cy", since: 30 }], ["someone"]);
  await server.settled();
  const after = store.getSnapshot();
  change(8, [bo]);
  await server.settled();

  expect(after.members).toEqual([moved, { subject: "cy", since: 30 }]);
  expect(after.self).toBeUndefined();
  expect(store.getSnapshot()).toBe(after);
});

test("a gap asks once, quietly, and the answer says how it is", async () => {
  const { server, room, change, subjects, sent } = await joined();
  server.handle("tautline:subscribe", () => verdict({ version: 10, members: [me] }));

  change(9, []);
  change(10, [], ["bo"]);
  await server.settled();
  change(11, [{ subject: "cy", since: 30 }]);
  await server.settled();

  expect(sent()).toEqual(["join_board", "tautline:subscribe"]);
  expect(subjects()).toEqual(["someone", "cy"]);
  expect(room.getSnapshot()).toEqual({ status: "joined" });
});

test("a gap of presence and a gap of a stream are one question", async () => {
  const { server, change, sent } = await joined();
  server.handle("tautline:subscribe", () => verdict({ version: 9, members: [me] }));

  change(9, []);
  server.emit("/board", "tautline:append", { room: "board:b", stream: "s", number: 4, text: "" });
  await server.settled();

  expect(sent()).toEqual(["join_board", "tautline:subscribe"]);
});

test("during a cut the last that were known stay, and are not live", async () => {
  const { server, store, pass } = await joined();
  server.handle("tautline:resume", () => ({ rooms: [verdict({ version: 1, members: [me] })] }));

  server.cut();
  const during = store.getSnapshot();
  await pass(500);

  expect(during).toEqual({ members: [me, bo], self: me, isLive: false });
  expect(store.getSnapshot()).toEqual({ members: [me], self: me, isLive: true });
});

test("a state is shown and taken back, each with its answer", async () => {
  const { room, shown } = await joined();

  const first = await room.present({ x: 1, y: 2 });
  const second = await room.present(undefined);

  expect([first, second]).toEqual([
    { ok: true, value: undefined },
    { ok: true, value: undefined },
  ]);
  expect(shown()).toEqual([{ room: "board:b", state: { x: 1, y: 2 } }, { room: "board:b" }]);
});

test("of what is shown while a state is under way the last one counts, for everybody", async () => {
  const { room, server, shown } = await joined();
  const answers: ((ack: unknown) => void)[] = [];
  server.handle("tautline:present", (_, { answer }) => {
    if (answer) answers.push(answer);
    return undefined;
  });

  const results = Promise.all([1, 2, 3].map((x) => room.present({ x, y: 0 })));
  await server.settled();
  answers[0]?.({ ok: null });
  await server.settled();
  answers[1]?.({ ok: null });

  expect((await results).map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(shown()).toEqual([1, 3].map((x) => ({ room: "board:b", state: { x, y: 0 } })));
});

test("what is shown before the join is answered is sent behind it", async () => {
  const { client, server, connected, sent } = stage();
  server.handle("join_board", () => positioned({ cards: [] }, "board:b", at(1)));
  const room = client.join(Board.rooms.board, here);

  const result = room.present({ x: 1, y: 1 });
  await connected();

  expect(await result).toEqual({ ok: true, value: undefined });
  expect(sent()).toEqual(["join_board", "tautline:present"]);
});

test("after a cut it is shown again, and what was under way has its answer then", async () => {
  const { room, server, shown, pass } = await joined();
  server.handle("tautline:resume", () => ({ rooms: [verdict({ version: 1, members: [me] })] }));
  await room.present({ x: 1, y: 1 });
  server.cut();
  const offline = room.present({ x: 2, y: 2 });
  await pass(500);

  const result = await offline;
  server.cut();
  await pass(500);

  expect(result).toEqual({ ok: true, value: undefined });
  const states = shown().map((payload) => (payload as { state: { x: number } }).state.x);
  expect(states).toEqual([1, 2, 2]);
});

test("a state that is refused says why, and is not shown again", async () => {
  const { room, server, shown, pass } = await joined();
  const refusal = problem("invalid_payload", "fix_input", {
    fields: [{ path: "x", rule: "range" }],
  });
  server.handle("tautline:present", () => refuse(refusal));
  server.handle("tautline:resume", () => ({ rooms: [verdict({ version: 1, members: [] })] }));

  const result = await room.present({ x: -1, y: 0 });
  server.cut();
  await pass(500);

  expect(result).toEqual({ ok: false, problem: refusal });
  expect(shown()).toHaveLength(1);
});

test("a state that is not taken for now is shown again, the newest one", async () => {
  const { room, server, shown, pass, clock } = await joined();
  server.handle("tautline:present", () =>
    refuse(problem("rate_limited", "retry", { afterMs: 300 })),
  );
  const first = room.present({ x: 1, y: 0 });
  await server.settled();
  server.handle("tautline:present", () => null);

  await pass(299);
  const early = shown().length;
  await pass(1);
  const idle = clock.waiting;
  const second = await room.present({ x: 2, y: 0 });

  expect(early).toBe(1);
  expect([await first, second].map(({ ok }) => ok)).toEqual([true, true]);
  expect(shown()).toEqual([1, 1, 2].map((x) => ({ room: "board:b", state: { x, y: 0 } })));
  expect(clock.waiting).toBe(idle);
});

test("a state without an answer is shown again", async () => {
  const { room, server, shown, pass } = await joined();
  server.handle("tautline:present", () => undefined);
  const result = room.present({ x: 1, y: 0 });
  await pass(10_000);
  server.handle("tautline:present", () => null);

  await pass(1_000);

  expect(await result).toEqual({ ok: true, value: undefined });
  expect(shown()).toHaveLength(2);
});

test("a state that is too large for the server is not sent", async () => {
  const { room, shown } = await joined();

  const result = await room.present({ x: 0, y: 0, note: "x".repeat(70_000) } as never);

  expect(result).toMatchObject({ ok: false, problem: { code: "payload_too_large" } });
  expect(shown()).toEqual([]);
});

test("a state that turns out to be too large when there is a connection again is not sent", async () => {
  const { room, server, shown, pass } = await joined();
  server.handle("tautline:resume", () => ({ rooms: [verdict({ version: 1, members: [me] })] }));
  server.welcome = { limits: { eventBytes: 100, frameBytes: 1_000, rooms: 8, inFlight: 8 } };

  server.cut();
  const result = room.present({ x: 0, y: 0, note: "x".repeat(200) } as never);
  await pass(500);

  expect(await result).toMatchObject({ ok: false, problem: { code: "payload_too_large" } });
  expect(shown()).toEqual([]);
});

test("what one person shows is not shown for the next one who signs in", async () => {
  const { room, server, shown, pass } = await joined();
  server.handle("tautline:resume", () => ({ rooms: [verdict({ version: 1, members: [bo] })] }));
  await room.present({ x: 1, y: 1 });

  server.welcome = { subject: "bo" };
  server.cut();
  const waiting = room.present({ x: 2, y: 2 });
  await pass(500);

  expect(await waiting).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  expect(shown()).toHaveLength(1);
});

test("a room that is left shows nobody, and what waits to be shown is called off", async () => {
  const { room, server, store, pass } = await joined();
  server.handle("tautline:present", () => undefined);
  const under = room.present({ x: 1, y: 1 });
  const waiting = room.present({ x: 2, y: 2 });

  room.leave();
  await pass(1_000);

  expect(await waiting).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  expect(await room.present({ x: 3, y: 3 })).toMatchObject({ problem: { code: "cancelled" } });
  expect(store.getSnapshot()).toEqual({ members: [], self: undefined, isLive: false });
  server.cut();
  expect(await under).toMatchObject({ ok: false });
});

test("a room that denies us calls it off too", async () => {
  const { client, server, connected } = stage();
  server.handle("join_board", () => refuse(problem("board.not_found", "give_up")));
  const room = client.join(Board.rooms.board, here);
  const result = room.present({ x: 1, y: 1 });

  await connected();

  expect(await result).toMatchObject({ ok: false, problem: { code: "cancelled" } });
});

test("a room without presence is said by name", async () => {
  const { client, lines } = stage();
  client.presence(Board.rooms.shelf as never, { shelfId: "s" } as never);
  client.presence(Board.rooms.shelf as never, { shelfId: "t" } as never);

  expect(lines.map(({ message }) => message)).toEqual([
    'room "shelf:{shelf_id}" has no presence: add `presence = …` to its `#[room(…)]` and generate the contract anew',
  ]);
});
