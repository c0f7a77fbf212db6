// Commands over a fake server: answers, refusals, and what a lost link does to each delivery.

import { expect, test } from "vitest";
import { createCommandQueue } from "../src/command-queue.js";
import { newCommandState, type QueuedCommand } from "../src/command-state.js";
import { ProblemError } from "../src/index.js";
import { positioned, refuse } from "../src/testing.js";
import { Board, Desk } from "./board.js";
import { problem, stage } from "./stage.js";

test("a typed call resolves to the answer", async () => {
  const { client, server, connected } = stage();
  server.handle("add_card", () => positioned({ id: "c1" }, "board:b", { epoch: "e", seq: 1 }));
  await connected();

  await expect(client.use(Board).addCard({ boardId: "b", text: "hi" })).resolves.toEqual({
    id: "c1",
  });
});

test("a refusal arrives as a typed problem", async () => {
  const { client, server, connected } = stage();
  server.handle("add_card", () =>
    refuse(problem("board.full", "ask_user", { params: { most: 3 } })),
  );
  await connected();

  const call = client.use(Board).addCard({ boardId: "b", text: "hi" });

  await expect(call).rejects.toBeInstanceOf(ProblemError);
  await expect(call).rejects.toMatchObject({
    problem: { code: "board.full", params: { most: 3 } },
  });
});

test("a command without a payload travels as an empty object", async () => {
  const { client, server, connected } = stage();
  server.handle("ping", () => "pong");
  await connected();

  await expect(client.use(Board).ping()).resolves.toBe("pong");
  expect(server.calls[0]?.payload).toEqual({});
});

test("a call before the first welcome waits for it", async () => {
  const { client, server } = stage();
  server.handle("ping", () => "pong");

  const call = client.use(Board).ping();
  client.connect();

  await expect(call).resolves.toBe("pong");
});

test("commands of one lane name the one before that is not settled", async () => {
  const { client, server, connected } = stage();
  server.handle("add_card", () => ({ id: "c" }));
  await connected();
  const board = client.use(Board);

  await Promise.all([
    board.addCard({ boardId: "b", text: "1" }),
    board.addCard({ boardId: "b", text: "2" }),
    board.addCard({ boardId: "other", text: "3" }),
  ]);
  await board.addCard({ boardId: "b", text: "4" });

  const metas = server.calls.map(({ meta }) => meta);
  expect(metas.map((meta) => meta?.["after"])).toEqual([
    undefined,
    metas[0]?.["id"],
    undefined,
    undefined,
  ]);
});

test("no more than 32 commands are unanswered at once", async () => {
  const { client, server, connected } = stage();
  const answers: ((ack: unknown) => void)[] = [];
  server.handle("add_card", (_, { answer }) => void (answer && answers.push(answer)));
  await connected();
  const board = client.use(Board);

  const calls = Array.from({ length: 40 }, (_, n) => board.addCard({ boardId: `b${n}`, text: "" }));
  await server.settled();
  const before = server.calls.length;
  for (const answer of answers.splice(0)) answer({ ok: { id: "c" } });
  await server.settled();
  for (const answer of answers.splice(0)) answer({ ok: { id: "c" } });

  expect(before).toBe(32);
  await expect(Promise.all(calls)).resolves.toHaveLength(40);
});

test("an idempotent command that was in flight at a cut is sent again with the same id", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("add_card", () => undefined);
  await connected();
  const call = client.use(Board).addCard({ boardId: "b", text: "hi" });
  await pass(100);
  server.handle("add_card", () => ({ id: "c1" }));

  server.cut();
  await pass(500);

  await expect(call).resolves.toEqual({ id: "c1" });
  const [first, second] = server.calls;
  expect(second?.meta).toEqual({
    id: first?.meta?.["id"],
    resent: { ledger: "ledger-1", ageMs: 600 },
  });
});

test("the age of a resent command is the server's affair, whatever is done to the clock here", async () => {
  const { client, server, clock, connected, pass } = stage();
  server.handle("add_card", () => undefined);
  await connected();
  const call = client.use(Board).addCard({ boardId: "b", text: "hi" });
  await pass(100);
  server.handle("add_card", () => ({ id: "c1" }));

  clock.jump(-3_600_000);
  server.welcome = { serverTime: clock.now() + 3_600_000 + 500 };
  server.cut();
  await pass(500);

  await expect(call).resolves.toEqual({ id: "c1" });
  expect(server.calls[1]?.meta).toMatchObject({ resent: { ageMs: 600 } });
});

test("an idempotent command without an answer is sent again on the same link", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("add_card", () => undefined);
  await connected();
  const call = client.use(Board).addCard({ boardId: "b", text: "hi" });
  await server.settled();
  server.handle("add_card", () => ({ id: "c1" }));

  await pass(12_000);

  await expect(call).resolves.toEqual({ id: "c1" });
  expect(server.links).toBe(1);
  expect(server.calls[1]?.meta).toMatchObject({ resent: { ageMs: 12_000 } });
});

test("an at_most_once command in flight at a cut ends with an unknown outcome, unsent again", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("pay", () => undefined);
  await connected();
  const call = client.use(Board).pay({ amount: 1 });
  const failure = expect(call).rejects.toMatchObject({
    problem: { code: "outcome_unknown", outcome: "unknown" },
  });
  await server.settled();

  server.cut();
  await failure;
  await pass(1_000);

  expect(server.calls.filter(({ name }) => name === "pay")).toHaveLength(1);
});

test("while offline one command waits, one fails at once, and one is forgotten", async () => {
  const { client, server, connected, pass, lines } = stage();
  server.handle("add_card", () => ({ id: "c1" }));
  await connected();
  const board = client.use(Board);
  server.isReachable = false;
  server.cut();
  await server.settled();

  const waits = board.addCard({ boardId: "b", text: "hi" });
  await expect(board.pay({ amount: 1 })).rejects.toMatchObject({ problem: { code: "offline" } });
  await expect(board.typing({ boardId: "b" })).resolves.toBeUndefined();
  expect(lines.at(-1)).toMatchObject({ message: "dropped", facts: { event: "typing" } });

  server.isReachable = true;
  await pass(30_000);
  await expect(waits).resolves.toEqual({ id: "c1" });
});

test("a queued command that outlives its time to live fails as offline", async () => {
  const { client, server, connected, pass } = stage();
  await connected();
  server.isReachable = false;
  server.cut();
  const call = client.use(Board).addCard({ boardId: "b", text: "hi" });
  const failure = expect(call).rejects.toMatchObject({
    problem: { code: "offline", outcome: "not_executed" },
  });

  await pass(60_000);

  await failure;
});

test("a payload over its limit is refused before it is sent", async () => {
  const { client, server, connected } = stage();
  await connected();

  const call = client.use(Board).addCard({ boardId: "b", text: "x".repeat(1_000) });

  await expect(call).rejects.toMatchObject({
    problem: { code: "payload_too_large", params: { limit: 1_000 } },
  });
  expect(server.calls).toEqual([]);
});

test("a payload over the server's limits is refused when the contract gives none", async () => {
  const { client, server, connected } = stage();
  server.welcome = {
    limits: { eventBytes: 10, frameBytes: 1_000_000, rooms: 1, inFlight: 32 },
  };
  await connected();

  await expect(client.use(Board).pay({ amount: 1_000 })).rejects.toMatchObject({
    problem: { code: "payload_too_large", params: { limit: 10 } },
  });
});

test("what cannot travel is refused with the reason", async () => {
  const { client, connected } = stage();
  await connected();

  const call = client.use(Board).pay({ amount: 1n as unknown as number });

  await expect(call).rejects.toMatchObject({ problem: { code: "invalid_payload" } });
});

test("a refusal that asks for a retry is retried in place, after the time it names", async () => {
  const { client, server, connected, pass, sent } = stage();
  server.handle("ping", () => refuse(problem("rate_limited", "retry", { afterMs: 300 })));
  await connected();
  const call = client.use(Board).ping();
  await server.settled();
  await pass(299);
  server.handle("ping", () => "pong");
  const before = sent().length;

  await pass(1);

  expect(before).toBe(1);
  await expect(call).resolves.toBe("pong");
});

test("a refusal that asks for a retry is handed on when the caller would wait too long", async () => {
  const { client, server, connected } = stage();
  server.handle("ping", () => refuse(problem("rate_limited", "retry", { afterMs: 60_000 })));
  await connected();

  await expect(client.use(Board).ping()).rejects.toMatchObject({
    problem: { code: "rate_limited" },
  });
});

test("a command that the server would not run before its predecessor follows it alone", async () => {
  const { client, server, connected } = stage();
  const unsettled = problem("predecessor_unsettled", "retry", { category: "conflict" });
  let answerFirst: ((ack: unknown) => void) | undefined;
  server.handle("add_card", ({ text }: { text: string }, { meta, answer }) => {
    if (text === "1") {
      answerFirst = answer;
      return undefined;
    }
    return meta?.["after"] ? refuse(unsettled) : { id: text };
  });
  await connected();
  const board = client.use(Board);
  const first = board.addCard({ boardId: "b", text: "1" });
  const second = board.addCard({ boardId: "b", text: "2" });
  await server.settled();
  const before = server.calls.length;

  answerFirst?.({ ok: { id: "1" } });

  await expect(first).resolves.toEqual({ id: "1" });
  await expect(second).resolves.toEqual({ id: "2" });
  expect([before, server.calls.length]).toEqual([2, 3]);
});

test("a signal stops the wait: not executed before it is sent, unknown after", async () => {
  const { client, server, connected } = stage();
  server.handle("add_card", () => undefined);
  const board = client.use(Board);
  const early = new AbortController();
  const late = new AbortController();

  const unsent = board.addCard({ boardId: "b", text: "1" }, { signal: early.signal });
  early.abort();
  await expect(unsent).rejects.toMatchObject({
    problem: { code: "cancelled", outcome: "not_executed" },
  });
  await connected();
  const sent = board.addCard({ boardId: "b", text: "2" }, { signal: late.signal });
  await server.settled();
  late.abort();
  await expect(sent).rejects.toMatchObject({ problem: { code: "cancelled", outcome: "unknown" } });
});

test("a time limit of the call ends the wait", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("ping", () => undefined);
  await connected();
  const failure = expect(
    client.use(Board).ping(undefined, { timeoutMs: 50 }),
  ).rejects.toMatchObject({
    problem: { code: "timed_out", outcome: "unknown" },
  });

  await pass(50);

  await failure;
});

test("close ends every waiting call", async () => {
  const { client, server, connected } = stage();
  server.handle("add_card", () => undefined);
  await connected();
  const sent = expect(client.use(Board).addCard({ boardId: "b", text: "1" })).rejects.toMatchObject(
    {
      problem: { code: "outcome_unknown" },
    },
  );
  await server.settled();

  client.close();

  await sent;
  await expect(client.run(Board.commands.ping, undefined)).resolves.toMatchObject({
    ok: false,
    problem: { code: "offline" },
  });
});

test("an answer makes the queue look at what may go out, and not at all that waits", () => {
  const queue = createCommandQueue<QueuedCommand>();
  const [count, size] = [2_000, 32];
  let looks = 0;
  for (let number = 0; number < count; number += 1) {
    queue.add({
      id: String(number),
      namespace: "/n",
      get lane() {
        looks += 1;
        return String(number % 7);
      },
      delivery: "idempotent",
      mayQueue: true,
      resendMs: 1,
      lifetimeMs: 1,
      state: newCommandState(1),
    });
  }
  const window = { namespace: "/n", now: 0, serverNow: 0, ledger: "l", subject: "s", size };

  for (let number = 0; number < count; number += 1) {
    queue.expire(0);
    queue.take({ ...window, isBlocked: () => false });
    queue.settle(String(number));
  }

  expect(looks).toBeLessThanOrEqual(count * (size + 1) * 2);
});

test("run gives a result and never throws", async () => {
  const { client, server, connected } = stage();
  server.handle("look", () => "here");
  await connected();

  const good = await client.run(Desk.commands.look, undefined);
  const bad = await client.run(Board.commands.pay, { amount: 1 });

  expect(good).toEqual({ ok: true, value: "here" });
  expect(bad).toMatchObject({ ok: false, problem: { code: "unknown_event" } });
});

test("a later change of the payload does not reach a queued command", async () => {
  const { client, server, connected } = stage();
  server.handle("add_card", () => ({ id: "c" }));
  const payload = { boardId: "b", text: "as it was" };

  const call = client.use(Board).addCard(payload);
  payload.text = "as it is";
  await connected();
  await call;

  expect(server.calls[0]?.payload).toEqual({ boardId: "b", text: "as it was" });
});
