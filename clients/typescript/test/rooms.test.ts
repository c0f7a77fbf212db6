// Rooms over a fake server: counted holds, order, gaps, resuming, and states made by reducers.

import { expect, test } from "vitest";
import { createClient, roomState } from "../src/index.js";
import { refuse } from "../src/testing.js";
import { Board, type Card, contract, Desk } from "./board.js";
import { at, boardAt, numbered, problem, stage } from "./stage.js";

const boardState = roomState(Board.rooms.board, Board, {
  cardAdded: (state, card) => ({ cards: [...state.cards, card.text] }),
});

const card = (text: string): Card => ({ boardId: "b", text });

/** A connected client that is in the board `b` at position 1, and what it heard since. */
async function joined(cards: string[] = []) {
  const set = stage({ roomStates: [boardState] });
  set.server.handle("join_board", () => boardAt(1, cards));
  const heard: string[] = [];
  set.client.on(Board.events.cardAdded, ({ text }) => heard.push(text));
  const room = set.client.join(boardState, { boardId: "b" });
  await set.connected();
  return {
    ...set,
    room,
    heard,
    /** The server sends a card with this number. */
    add: (seq: number, epoch?: string) =>
      set.server.emit("/board", "card_added", card(`c${seq}`), numbered(seq, epoch)),
  };
}

/** A page of missed cards, as the answer to a resume. */
function page(from: number, to: number, facts: object = {}) {
  const events = [];
  for (let seq = from; seq <= to; seq += 1) {
    events.push({ name: "card_added", payload: card(`c${seq}`), meta: numbered(seq) });
  }
  return { room: "board:b", recovered: true, at: at(to), events, more: false, ...facts };
}

test("a room is joined once however many hold it, and left a moment after the last", async () => {
  const { client, server, connected, pass, sent } = stage();
  server.handle("join_board", () => boardAt(1));
  await connected();

  const first = client.join(Board.rooms.board, { boardId: "b" });
  const second = client.join(Board.rooms.board, { boardId: "b" });
  await server.settled();
  first.leave();
  first.leave();
  await pass(5_000);
  const held = sent();
  second.leave();
  await pass(1_000);

  expect(held).toEqual(["join_board"]);
  expect(sent()).toEqual(["join_board", "tautline:unsubscribe"]);
  expect(second.getSnapshot()).toEqual({ status: "idle" });
});

test("a hold within the linger keeps the room", async () => {
  const { client, server, connected, pass, sent } = stage();
  server.handle("join_board", () => boardAt(1));
  await connected();
  const room = client.join(Board.rooms.board, { boardId: "b" });
  await server.settled();

  room.leave();
  client.join(Board.rooms.board, { boardId: "b" });
  await pass(5_000);

  expect(sent()).toEqual(["join_board"]);
  expect(room.getSnapshot()).toEqual({ status: "joined" });
});

test("events of a room that lingers are not missed by whoever comes back", async () => {
  const { client, server, room, add, heard, sent, pass } = await joined(["c1"]);
  room.leave();
  add(2);
  await server.settled();

  const again = client.join(boardState, { boardId: "b" });
  add(3);
  await server.settled();
  await pass(5_000);

  expect(again.getSnapshot().state).toEqual({ cards: ["c1", "c2", "c3"] });
  expect(heard).toEqual(["c2", "c3"]);
  expect(sent()).toEqual(["join_board"]);
});

test("a room that is left and held again before a cut is joined after it", async () => {
  const { client, server, room, pass } = await joined();
  server.handle("tautline:unsubscribe", () => undefined);
  room.leave();
  await pass(1_000);
  const again = client.join(boardState, { boardId: "b" });

  server.cut();
  await pass(500);

  expect(again.getSnapshot().status).toBe("joined");
});

test("what still comes of a room that is being left is no part of the next state", async () => {
  const { server, client, room, add, pass } = await joined(["c1"]);
  server.handle("tautline:unsubscribe", () => undefined);
  server.handle("tautline:resume", () => ({ rooms: [page(3, 3)] }));
  room.leave();
  await pass(1_000);
  const again = client.join(boardState, { boardId: "b" });
  add(2);
  await server.settled();

  server.cut();
  await pass(500);

  // A resume from the event would leave it without a state for good.
  expect(again.getSnapshot()).toEqual({ status: "joined", state: { cards: ["c1"] } });
});

test("a join that follows a leave waits for it", async () => {
  const { client, server, connected, pass, sent } = stage();
  server.handle("join_board", () => boardAt(1));
  let letGo: ((ack: unknown) => void) | undefined;
  server.handle("tautline:unsubscribe", (_, { answer }) => {
    letGo = answer;
    return undefined;
  });
  await connected();
  client.join(Board.rooms.board, { boardId: "b" }).leave();
  await pass(1_000);
  const room = client.join(Board.rooms.board, { boardId: "b" });
  await server.settled();
  const before = sent();

  letGo?.({ ok: null });
  await server.settled();

  expect(before.at(-1)).toBe("tautline:unsubscribe");
  expect(sent().at(-1)).toBe("join_board");
  expect(room.getSnapshot().status).toBe("joined");
});

test("a room can be looked at without joining it", async () => {
  const { client, server, connected } = stage();
  server.handle("join_board", () => boardAt(1));
  await connected();
  const view = client.room(Board.rooms.board, { boardId: "b" });
  const seen: string[] = [];
  view.subscribe(() => seen.push(view.getSnapshot().status));
  expect(view.getSnapshot().status).toBe("idle");

  client.join(Board.rooms.board, { boardId: "b" });
  await server.settled();

  expect(seen).toEqual(["joining", "joined"]);
});

test("the state is what the join answered and what the events made of it", async () => {
  const { room, server, add, heard } = await joined(["c1"]);
  const before = room.getSnapshot();

  add(2);
  add(3);
  await server.settled();

  expect(before).toEqual({ status: "joined", state: { cards: ["c1"] } });
  expect(room.getSnapshot().state).toEqual({ cards: ["c1", "c2", "c3"] });
  expect(heard).toEqual(["c2", "c3"]);
  expect(room.getSnapshot()).toBe(room.getSnapshot());
});

test("events that arrive before the join is answered are merged after it", async () => {
  const set = stage({ roomStates: [boardState] });
  const { client, server, connected } = set;
  server.handle("join_board", (_, { answer }) => {
    for (const seq of [4, 5, 6]) {
      server.emit("/board", "card_added", card(`c${seq}`), numbered(seq));
    }
    // The state already has number 5.
    answer?.({
      ok: { cards: ["c4", "c5"] },
      at: [{ room: "board:b", ...at(5) }],
    });
    return undefined;
  });
  const room = client.join(boardState, { boardId: "b" });

  await connected();

  expect(room.getSnapshot().state).toEqual({ cards: ["c4", "c5", "c6"] });
});

test("a repeated event is dropped, and one that came too early is put in order", async () => {
  const { server, add, heard } = await joined();

  for (const seq of [2, 2, 1, 4, 3]) add(seq);
  await server.settled();

  expect(heard).toEqual(["c2", "c3", "c4"]);
});

test("a gap that does not close by itself is fetched", async () => {
  const { server, add, heard, pass } = await joined();
  server.handle("tautline:resume", () => ({ rooms: [page(2, 4)] }));

  add(4);
  await server.settled();
  await pass(99);
  const early = [...heard];
  await pass(1);

  expect(early).toEqual([]);
  expect(server.calls.at(-1)?.payload).toEqual({ rooms: [{ room: "board:b", since: at(1) }] });
  expect(heard).toEqual(["c2", "c3", "c4"]);
});

test("the loss of the last event shows in the heads", async () => {
  const { server, heard, pass } = await joined();
  server.handle("tautline:resume", () => ({ rooms: [page(2, 2)] }));

  server.emit("/board", "tautline:heads", { heads: { "board:b": at(2) } });
  await server.settled();
  await pass(100);

  expect(heard).toEqual(["c2"]);
});

test("heads that are no news fetch nothing", async () => {
  const { server, pass, sent } = await joined();

  server.emit("/board", "tautline:heads", { heads: { "board:b": at(1), "board:other": at(9) } });
  await server.settled();
  await pass(100);

  expect(sent()).toEqual(["join_board"]);
});

test("after a cut all rooms of a namespace resume in one request, page by page", async () => {
  const { client, server, heard, pass, sent, room } = await joined();
  server.handle("join_board", () => boardAt(1, [], "e1", "board:other"));
  client.join(Board.rooms.board, { boardId: "other" });
  await server.settled();
  server.handle("tautline:resume", ({ rooms }: { rooms: { room: string }[] }) => {
    const isFirst = rooms.length === 2;
    return {
      rooms: rooms.map(({ room }) =>
        room === "board:b"
          ? isFirst
            ? page(2, 3, { more: true, at: at(5) })
            : page(4, 5)
          : { room, recovered: true, at: at(1), events: [], more: false },
      ),
    };
  });

  server.cut();
  const during = room.getSnapshot().status;
  await pass(500);

  const resumes = server.calls.filter(({ name }) => name === "tautline:resume");
  expect(during).toBe("recovering");
  expect(sent().slice(0, 3)).toEqual(["join_board", "join_board", "tautline:resume"]);
  expect(resumes.map(({ payload }) => payload)).toEqual([
    {
      rooms: [
        { room: "board:b", since: at(1) },
        { room: "board:other", since: at(1) },
      ],
    },
    { rooms: [{ room: "board:b", since: at(3) }] },
  ]);
  expect(heard).toEqual(["c2", "c3", "c4", "c5"]);
  expect(room.getSnapshot().status).toBe("joined");
});

test("live events wait for the verdict and are merged into it", async () => {
  const { server, heard, pass, add } = await joined();
  server.handle("tautline:resume", () => {
    add(3);
    add(4);
    return { rooms: [page(2, 3)] };
  });

  server.cut();
  await pass(500);

  expect(heard).toEqual(["c2", "c3", "c4"]);
});

test("what cannot be recovered is joined anew, and the app hears of it", async () => {
  const { server, pass, room, sent, lines } = await joined(["c1"]);
  server.handle("tautline:resume", () => ({
    rooms: [{ room: "board:b", recovered: false, reason: "trimmed", events: [], more: false }],
  }));
  server.handle("join_board", () => boardAt(7, ["fresh"], "e2"));

  server.cut();
  await pass(500);

  expect(sent()).toEqual(["join_board", "tautline:resume", "join_board"]);
  expect(room.getSnapshot()).toEqual({
    status: "resynced",
    discontinuity: "trimmed",
    state: { cards: ["fresh"] },
  });
  expect(lines.find(({ message }) => message === "discontinuity")?.facts).toEqual({
    room: "board:b",
    reason: "trimmed",
  });
});

test("an answer that leaves out events is not handed on in part", async () => {
  const { server, pass, room, heard } = await joined();
  server.handle("tautline:resume", () => ({
    rooms: [{ ...page(3, 4), at: at(4) }],
  }));
  server.handle("join_board", () => boardAt(4, ["fresh"]));

  const seen: string[] = [];
  room.subscribe(() => seen.push(room.getSnapshot().status));

  server.cut();
  await pass(500);

  expect(heard).toEqual([]);
  expect(seen.at(-2)).toBe("recovering");
  expect(room.getSnapshot()).toMatchObject({ status: "resynced", state: { cards: ["fresh"] } });
});

test("commands of a room wait for the verdict on it, others do not", async () => {
  const { client, server, pass, sent } = await joined();
  server.handle("add_card", () => ({ id: "c" }));
  let verdict: ((ack: unknown) => void) | undefined;
  server.handle("tautline:resume", (_, { answer }) => {
    verdict = answer;
    return undefined;
  });
  server.cut();
  const board = client.use(Board);
  const calls = [
    board.addCard({ boardId: "b", text: "mine" }),
    board.addCard({ boardId: "elsewhere", text: "free" }),
  ];

  await pass(500);
  const before = server.calls.slice(1).map(({ payload }) => payload);
  verdict?.({ ok: { rooms: [page(2, 1)] } });
  await Promise.all(calls);

  expect(before).toEqual([
    { rooms: [{ room: "board:b", since: at(1) }] },
    { boardId: "elsewhere", text: "free" },
  ]);
  expect(sent().at(-1)).toBe("add_card");
});

test("a room that the server denies says why", async () => {
  const { client, server, connected } = stage({ roomStates: [boardState] });
  const denial = problem("board.not_found", "give_up", { params: { boardId: "b" } });
  server.handle("join_board", () => refuse(denial));
  const room = client.join(boardState, { boardId: "b" });

  await connected();

  expect(room.getSnapshot()).toEqual({ status: "denied", problem: denial, state: undefined });
});

test("a join that may succeed later is tried again", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("join_board", () => refuse(problem("journal_unavailable", "retry")));
  const room = client.join(Board.rooms.board, { boardId: "b" });
  await connected();
  const before = room.getSnapshot();
  server.handle("join_board", () => boardAt(1));

  await pass(500);

  expect(before).toMatchObject({ status: "joining", problem: { code: "journal_unavailable" } });
  expect(room.getSnapshot()).toEqual({ status: "joined" });
});

test("a room that the server closes is denied with its problem, and its state is gone", async () => {
  const { server, room } = await joined(["c1"]);
  const closing = problem("room_denied", "give_up");

  server.emit("/board", "tautline:room_closed", { room: "board:b", problem: closing });
  await server.settled();

  expect(room.getSnapshot()).toEqual({ status: "denied", problem: closing, state: undefined });
});

test("a denied room can be entered again by whoever comes next", async () => {
  const { client, server, room, pass } = await joined();
  server.emit("/board", "tautline:room_closed", {
    room: "board:b",
    problem: problem("room_denied", "give_up"),
  });
  await server.settled();
  room.leave();
  await pass(1_000);

  const again = client.join(boardState, { boardId: "b" });
  await server.settled();

  expect(again.getSnapshot().status).toBe("joined");
});

test("a denied room that is still held is asked for again after a reconnect", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("join_board", () => refuse(problem("room_denied", "give_up")));
  const room = client.join(Board.rooms.board, { boardId: "b" });
  await connected();
  server.handle("join_board", () => boardAt(1));

  server.cut();
  await pass(500);

  expect(room.getSnapshot().status).toBe("joined");
});

test("who signs in as somebody else enters the rooms anew and sees nothing of before", async () => {
  const { client, server, room, add, pass, sent } = await joined(["ann's"]);
  add(2);
  await server.settled();
  const seen: unknown[] = [];
  room.subscribe(() => seen.push(room.getSnapshot().state?.cards));
  server.handle("join_board", () => boardAt(7, ["ben's"]));

  server.welcome = { subject: "ben" };
  server.cut();
  await pass(500);

  expect(client.connection.getSnapshot().subject).toBe("ben");
  expect(sent()).toEqual(["join_board", "join_board"]);
  expect(room.getSnapshot()).toMatchObject({ status: "joined", state: { cards: ["ben's"] } });
  expect(seen).toContain(undefined);
  expect(room.getSnapshot().discontinuity).toBeUndefined();
});

test("a cut is no failed join", async () => {
  const { client, server, connected, pass, lines } = stage();
  server.handle("join_board", () => undefined);
  const room = client.join(Board.rooms.board, { boardId: "b" });
  await connected();
  const seen: unknown[] = [];
  room.subscribe(() => seen.push(room.getSnapshot()));
  server.handle("join_board", () => boardAt(1));

  server.cut();
  await pass(500);

  expect(seen).toEqual([{ status: "joined" }]);
  expect(lines.filter(({ message }) => message === "join failed")).toEqual([]);
});

test("a room that was let go during an outage is not resumed", async () => {
  const { server, pass, room, sent } = await joined();
  room.leave();

  server.cut();
  await pass(5_000);

  expect(sent()).toEqual(["join_board"]);
  expect(room.getSnapshot().status).toBe("idle");
});

test("a command that finds us outside its room enters it again and follows", async () => {
  const { client, server, room, sent } = await joined();
  let isMember = false;
  server.handle("join_board", () => {
    isMember = true;
    return boardAt(9);
  });
  server.handle("add_card", () =>
    isMember ? { id: "c" } : refuse(problem("not_joined", "rejoin", { category: "conflict" })),
  );

  await expect(client.use(Board).addCard({ boardId: "b", text: "x" })).resolves.toEqual({
    id: "c",
  });
  expect(sent().slice(1)).toEqual(["add_card", "join_board", "add_card"]);
  expect(room.getSnapshot()).toMatchObject({ status: "resynced", discontinuity: "not_joined" });
});

/** A personal event with its number as its text. */
const paged = (room: string, seq: number) => ({
  name: "paged",
  payload: { text: String(seq) },
  meta: { room, ...at(seq), ts: 0 },
});

/** The answer to a resume of one room: these events, and nothing behind them. */
const resumedBy = (...events: ReturnType<typeof paged>[]) => ({
  rooms: events.slice(-1).map(({ meta: { room, epoch, seq } }) => ({
    room,
    recovered: true,
    at: { epoch, seq },
    more: false,
    questions: [],
    events,
  })),
});

test("the caller's own room is subscribed to where the welcome does not say where it stands", async () => {
  const { client, server, connected, pass } = stage();
  server.welcome = { subject: "ann lee" };
  const room = "user:ann%20lee";
  server.handle("tautline:subscribe", () => ({
    room,
    recovered: false,
    reason: "no_position",
    at: at(3),
    events: [],
    more: false,
    questions: [],
  }));
  server.handle("tautline:resume", () => resumedBy(paged(room, 4)));
  const heard: string[] = [];
  client.on(Desk.events.paged, ({ text }) => heard.push(text));
  await connected();

  server.cut();
  await pass(500);

  expect(server.calls.map(({ payload }) => payload)).toEqual([
    { room },
    { rooms: [{ room, since: at(3) }] },
  ]);
  expect(heard).toEqual(["4"]);
});

test("what comes for the caller before anything was asked for is not lost with the connection", async () => {
  const { client, server, connected, pass } = stage();
  const room = "user:ann";
  server.welcome = { subject: "ann", at: at(2) };
  // The first question is never answered.
  server.handle("tautline:resume", () => undefined);
  const heard: string[] = [];
  client.on(Desk.events.paged, ({ text }) => heard.push(text));
  await connected();

  server.cut();
  server.welcome = { subject: "ann", at: at(4) };
  server.handle("tautline:resume", () => resumedBy(paged(room, 3), paged(room, 4)));
  await pass(500);
  server.emit("/desk", "paged", { text: "5" }, paged(room, 5).meta);
  await server.settled();

  const since = { rooms: [{ room, since: at(2) }] };
  expect(server.calls.map(({ payload }) => payload)).toEqual([since, since]);
  expect(heard).toEqual(["3", "4", "5"]);
});

test("an event without a number reaches its listeners and the room's reducers", async () => {
  const typists = roomState(Board.rooms.board, Board, {
    typed: (state) => ({ cards: [...state.cards, "typed"] }),
  });
  const { client, server, connected } = stage({ roomStates: [typists] });
  server.handle("join_board", () => boardAt(1));
  const room = client.join(typists, { boardId: "b" });
  const heard: unknown[] = [];
  client.on(Board.events.typed, (payload, meta) => heard.push([payload, meta]));
  await connected();

  server.emit("/board", "typed", { boardId: "b" });
  await server.settled();

  expect(heard).toEqual([[{ boardId: "b" }, {}]]);
  expect(room.getSnapshot().state).toEqual({ cards: ["typed"] });
});

test("a listener that throws is logged and harms nobody", async () => {
  const { client, server, add, heard, lines } = await joined();
  client.on(Board.events.cardAdded, () => {
    throw new Error("mine");
  });

  add(2);
  add(3);
  await server.settled();

  expect(heard).toEqual(["c2", "c3"]);
  expect(lines.filter(({ message }) => message === "listener failed")).toHaveLength(2);
});

test("a reducer that throws is logged, and the event still reaches its listeners", async () => {
  const broken = roomState(Board.rooms.board, Board, {
    cardAdded: () => {
      throw new Error("mine");
    },
  });
  const { client, server, connected, lines } = stage({ roomStates: [broken] });
  server.handle("join_board", () => boardAt(1, ["c1"]));
  const room = client.join(broken, { boardId: "b" });
  const heard: string[] = [];
  client.on(Board.events.cardAdded, ({ text }) => heard.push(text));
  await connected();

  server.emit("/board", "card_added", card("c2"), numbered(2));
  await server.settled();

  expect(room.getSnapshot().state).toEqual({ cards: ["c1"] });
  expect(heard).toEqual(["c2"]);
  expect(lines.map(({ message }) => message)).toContain("reducer failed");
});

test("an unregistered room state is refused with what to do", () => {
  const client = createClient({ url: "http://x", contract });

  expect(() => client.join(boardState, { boardId: "b" })).toThrow(
    "the state of room `board:{board_id}` is not registered: add it to `createClient({ roomStates: [...] })`",
  );
});
