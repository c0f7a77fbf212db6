// Questions over a fake server: found, answered, declined, settled by others.

import { expect, test, vi } from "vitest";
import { decline } from "../src/index.js";
import { refuse } from "../src/testing.js";
import { Board, Desk } from "./board.js";
import { boardAt, numbered, problem, stage } from "./stage.js";

const { approve } = Board.questions;

test("who watches for questions is in their namespace", async () => {
  const { client, server, connected } = stage();
  client.use(Desk);
  await connected();
  expect(server.connects.map(({ namespace }) => namespace)).toEqual(["/desk"]);

  client.questions(approve).subscribe(() => {});
  await server.settled();

  expect(server.connects.map(({ namespace }) => namespace)).toEqual(["/desk", "/board"]);
});

/** A client in the board `b`, where the server may ask. */
async function asked() {
  const set = stage();
  set.server.handle("join_board", () => boardAt(1));
  set.server.handle("tautline:answer", () => null);
  const room = set.client.join(Board.rooms.board, { boardId: "b" });
  await set.connected();
  return {
    ...set,
    room,
    ask(id: string, seq: number, tool = "rm") {
      const meta = { ...numbered(seq), question: { id, expiresAt: 9 } };
      set.server.emit("/board", "approve", { tool }, meta);
      return set.server.settled();
    },
    open: () => set.client.questions(approve).getSnapshot(),
    replies: () =>
      set.server.calls.filter(({ name }) => name === "tautline:answer").map((it) => it.payload),
  };
}

test("a question is open until it is answered here", async () => {
  const { ask, open, replies } = await asked();
  await ask("q1", 2);
  const before = open();

  await before[0]?.answer({ yes: true });

  expect(before).toMatchObject([
    { id: "q1", payload: { tool: "rm" }, room: "board:b", expiresAt: 9 },
  ]);
  expect(replies()).toEqual([{ question: "q1", answer: { yes: true } }]);
  expect(open()).toEqual([]);
});

test("a question that somebody else settles is gone", async () => {
  const { ask, open, server } = await asked();
  await ask("q1", 2);

  server.emit("/board", "tautline:settled", { question: "q1", outcome: "answered" }, numbered(3));
  await server.settled();

  expect(open()).toEqual([]);
});

test("an answer that comes too late is a problem", async () => {
  const { ask, open, server } = await asked();
  server.handle("tautline:answer", () => refuse(problem("question_settled", "none")));
  await ask("q1", 2);

  const late = open()[0]?.answer({ yes: true });

  expect(await late).toMatchObject({ ok: false, problem: { code: "question_settled" } });
});

test("a handler answers open questions and later ones, each once", async () => {
  const { client, ask, replies, server } = await asked();
  await ask("q1", 2, "ls");
  client.answer(approve, async ({ tool }) => ({ yes: tool === "ls" }));
  await server.settled();

  await ask("q2", 3, "rm");

  expect(replies()).toEqual([
    { question: "q1", answer: { yes: true } },
    { question: "q2", answer: { yes: false } },
  ]);
});

test("a handler may decline, or leave the question to a person", async () => {
  const { client, ask, replies, open } = await asked();
  client.answer(approve, ({ tool }) =>
    tool === "rm" ? decline({ code: "declined.other", params: { why: "no" } }) : undefined,
  );

  await ask("q1", 2, "rm");
  await ask("q2", 3, "ask somebody");

  expect(replies()).toEqual([
    { question: "q1", declined: { code: "declined.other", params: { why: "no" } } },
  ]);
  expect(open().map(({ id }) => id)).toEqual(["q2"]);
});

test("a handler that is mounted, unmounted and mounted is asked once", async () => {
  const { client, ask, server } = await asked();
  await ask("q1", 2);
  const handler = vi.fn(() => ({ yes: true }));

  client.answer(approve, handler)();
  client.answer(approve, handler);
  await server.settled();

  expect(handler).toHaveBeenCalledTimes(1);
});

test("a reload finds the open questions of a room", async () => {
  const set = stage();
  const wire = {
    id: "q0",
    name: "approve",
    payload: { tool: "ls" },
    room: "board:b",
    expiresAt: 1,
  };
  set.server.handle("join_board", (_, { answer }) => {
    answer?.({ ok: { cards: [] }, at: [], questions: [wire] });
    return undefined;
  });
  set.client.join(Board.rooms.board, { boardId: "b" });

  await set.connected();

  expect(set.client.questions(approve).getSnapshot()).toMatchObject([{ id: "q0" }]);
});

test("a question that was settled during an outage is gone after it", async () => {
  const { ask, open, server, pass } = await asked();
  await ask("q1", 2);
  server.handle("tautline:resume", () => ({
    rooms: [
      { room: "board:b", recovered: true, at: { epoch: "e1", seq: 2 }, events: [], questions: [] },
    ],
  }));

  server.cut();
  await pass(500);

  expect(open()).toEqual([]);
});

test("an answer that a cut swallowed is given again when the question is still open", async () => {
  const { client, ask, server, pass, replies } = await asked();
  server.handle("tautline:answer", () => undefined);
  const wire = {
    id: "q1",
    name: "approve",
    payload: { tool: "ls" },
    room: "board:b",
    expiresAt: 1,
  };
  server.handle("tautline:resume", () => ({
    rooms: [
      {
        room: "board:b",
        recovered: true,
        at: { epoch: "e1", seq: 2 },
        events: [],
        questions: [wire],
      },
    ],
  }));
  client.answer(approve, () => ({ yes: true }));
  await ask("q1", 2);

  server.cut();
  await pass(500);

  expect(replies()).toHaveLength(2);
});

/** A question that was answered between the welcome of a new connection and the end of the resume there. */
async function answeredTooEarly() {
  const set = await asked();
  const ask = { name: "approve", payload: { tool: "ls" }, room: "board:b", expiresAt: 1 };
  const at = { epoch: "e1", seq: 2 };
  const questions = [{ id: "q1", ...ask }];
  let resume = (): void => {};
  set.server.handle("tautline:resume", (_, { answer }) => {
    resume = () =>
      answer?.({
        ok: { rooms: [{ room: "board:b", recovered: true, at, events: [], questions }] },
      });
    return undefined;
  });
  await set.ask("q1", 2);
  set.server.cut();
  await set.pass(500);
  const [question] = set.open();
  const reply = question?.answer({ yes: true });
  await set.server.settled();
  return { ...set, reply, resume: () => resume() };
}

test("an answer waits until the server has us in the room again", async () => {
  const { replies, reply, resume, open } = await answeredTooEarly();
  const before = replies();

  resume();

  expect(await reply).toEqual({ ok: true, value: undefined });
  expect([before, replies()]).toEqual([[], [{ question: "q1", answer: { yes: true } }]]);
  expect(open()).toEqual([]);
});

test("an answer that waits for its room ends with the link, or with the room", async () => {
  const cut = await answeredTooEarly();
  const left = await answeredTooEarly();

  cut.server.isReachable = false;
  cut.server.cut();
  left.room.leave();
  await left.pass(10_000);

  expect(await cut.reply).toMatchObject({ ok: false, problem: { code: "connection_closed" } });
  expect(await left.reply).toEqual({ ok: true, value: undefined });
  expect([cut.replies().length, left.replies().length]).toEqual([0, 1]);
});

test("an answer without a connection is a problem at once", async () => {
  const { ask, open, server } = await asked();
  await ask("q1", 2);
  const [question] = open();
  server.isReachable = false;
  server.cut();

  const reply = await question?.answer({ yes: true });

  expect(reply).toMatchObject({ ok: false, problem: { code: "connection_closed" } });
});

test("leaving a room takes its questions along", async () => {
  const { ask, open, room, pass } = await asked();
  await ask("q1", 2);

  room.leave();
  await pass(1_000);

  expect(open()).toEqual([]);
});
