// What the client does by itself about refusals, over a fake server: each action, under one budget,
// observable, and switched off where the caller wants it so.

import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { moveAfter } from "../src/command-recovery.js";
import type { AuthContext, Problem, RecoveryStep } from "../src/index.js";
import { BUDGET, createRetryBudget, TOKEN_MS } from "../src/retry-budget.js";
import { refuse } from "../src/testing.js";
import { Board } from "./board.js";
import { boardAt, problem, stage } from "./stage.js";

const busy = (afterMs?: number) =>
  problem("board.busy", "retry", afterMs === undefined ? {} : { afterMs });
const expired = problem("token_expired", "reauthenticate", { category: "unauthenticated" });

/** A connected client, with what it says that it does. */
async function watched(options: Parameters<typeof stage>[0] = {}) {
  const staged = stage(options);
  const steps: RecoveryStep[] = [];
  staged.client.onRecovery((step) => void steps.push(step));
  await staged.connected();
  return { ...staged, steps, moves: () => steps.map(({ move }) => move) };
}

/** Tokens that the app gives, one for each question. */
function tokens(...given: string[]) {
  const asked: AuthContext[] = [];
  return {
    asked,
    auth: (cx: AuthContext) => {
      asked.push(cx);
      return given.length > 1 ? given.shift() : given[0];
    },
  };
}

test("the table has every category, every action, and a move for each delivery and outcome", () => {
  const url = new URL("../../conformance/cases/recovery.json", import.meta.url);
  const { cases } = JSON.parse(readFileSync(url, "utf8"));
  const categories = {
    ...{ connection: 1, unauthenticated: 1, permission_denied: 1, invalid: 1, not_found: 1 },
    ...{ conflict: 1, rate_limited: 1, capacity: 1, unavailable: 1, timeout: 1, protocol: 1 },
    ...{ internal: 1, cancelled: 1 },
  } satisfies Record<Problem["category"], 1>;
  const actions = {
    ...{
      none: 1,
      retry: 1,
      reauthenticate: 1,
      rejoin: 1,
      resync: 1,
      reconnect: 1,
      upgrade_client: 1,
    },
    ...{ fix_input: 1, ask_user: 1, contact_support: 1, give_up: 1 },
  } satisfies Record<Problem["recovery"]["action"], 1>;

  const seen = (key: "category" | "action") =>
    [...new Set(cases.map((it: Record<string, string>) => it[key]))].sort();
  expect(seen("category")).toEqual(Object.keys(categories).sort());
  expect(seen("action")).toEqual(Object.keys(actions).sort());
  for (const { moves } of cases) {
    expect(Object.keys(moves).sort()).toEqual(["at_most_once", "idempotent", "volatile"]);
    for (const of of Object.values(moves)) expect(of).toHaveLength(3);
  }
});

const refused = {
  delivery: "idempotent" as const,
  refusals: 1,
  isKept: true,
  patienceMs: 10_000,
  budgetMs: 0,
  random: 0,
};

test("what somebody waits for is tried three times, what is kept as long as the trouble passes", () => {
  const move = (refusals: number, isKept: boolean, maxAttempts?: number) =>
    moveAfter(problem("any", "retry", maxAttempts === undefined ? {} : { maxAttempts }), {
      ...refused,
      ...{ refusals, isKept },
    }).type;

  expect([move(2, false), move(3, false)]).toEqual(["retry", "tell"]);
  expect([move(99, true), move(4, true, 5), move(5, true, 5)]).toEqual(["retry", "retry", "tell"]);
});

test("an empty budget makes what is kept wait, and what is waited for fail", () => {
  const waits = { ...refused, budgetMs: 30_000 };

  expect(moveAfter(busy(), waits)).toEqual({ type: "retry", ms: 30_000 });
  expect(moveAfter(busy(), { ...waits, isKept: false })).toEqual({ type: "tell" });
});

test("a bucket is full at first, fills up with time, and takes back what was not used", () => {
  const budget = createRetryBudget();
  for (let count = 0; count < BUDGET; count += 1) budget.take(0);

  const waits = [budget.take(0), budget.take(0), budget.take(TOKEN_MS * 10)];
  budget.giveBack();

  expect(waits).toEqual([TOKEN_MS, TOKEN_MS * 2, 0]);
  for (let count = 0; count < 8; count += 1) expect(budget.take(TOKEN_MS * 10)).toBe(0);
  expect(budget.take(TOKEN_MS * 10)).toBe(TOKEN_MS);
});

test("all commands of a client share one budget", async () => {
  const { client, server, pass } = await watched();
  let calls = 0;
  server.handle("add_card", () => {
    calls += 1;
    return refuse(busy(10));
  });
  const cards = Array.from({ length: 30 }, (_, n) => ({ boardId: `b${n}`, text: "hi" }));

  const waiting = cards.map((card) => client.run(Board.commands.addCard, card));
  for (let second = 0; second < 10; second += 1) await pass(1_000);
  const repeated = calls - cards.length;
  client.close();
  await Promise.all(waiting);

  // Without the budget: ten seconds of thirty commands, each a hundred times a second.
  expect(repeated).toBeGreaterThan(BUDGET);
  expect(repeated).toBeLessThanOrEqual(BUDGET + 10_000 / TOKEN_MS);
});

test("a call that is refused for its token gets a new one in place, and follows", async () => {
  const { auth, asked } = tokens("old", "new");
  const { client, server, moves } = await watched({ auth });
  let isNew = false;
  server.handle("tautline:refresh", ({ token }: { token: string }) => {
    isNew = token === "new";
    return {};
  });
  server.handle("pay", () => (isNew ? { id: "p" } : refuse(expired)));

  const paid = await client.run(Board.commands.pay, { amount: 1 });

  expect(paid).toMatchObject({ ok: true });
  expect(asked.map(({ reason }) => reason)).toEqual(["connect", "reauthenticate"]);
  expect(server.links).toBe(1);
  expect(moves()).toEqual(["reauthenticate"]);
});

test("many refusals for one token ask the app once", async () => {
  const { auth, asked } = tokens("old", "new", "newer");
  const { client, server } = await watched({ auth });
  let isNew = false;
  server.handle("tautline:refresh", () => {
    isNew = true;
    return {};
  });
  const late: ((ack: unknown) => void)[] = [];
  server.handle("pay", (_, { answer }) => {
    if (isNew) return {};
    if (late.length < 1 && answer) late.push(answer);
    else return refuse(expired);
    return undefined;
  });

  const paid = [1, 2, 3].map((amount) => client.run(Board.commands.pay, { amount }));
  await expect(Promise.all(paid.slice(1))).resolves.toMatchObject([{ ok: true }, { ok: true }]);
  // Sent with the old token, and refused when there is a new one already.
  late[0]?.({ error: expired });

  await expect(paid[0]).resolves.toMatchObject({ ok: true });
  expect(asked).toHaveLength(2);
});

test("a token that the server has refused is not shown again", async () => {
  const { auth, asked } = tokens("dead");
  const { client, server, sent } = await watched({ auth });
  server.handle("pay", () => refuse(expired));

  const paid = await client.run(Board.commands.pay, { amount: 1 });

  expect(paid).toMatchObject({ ok: false, problem: { code: "token_expired" } });
  expect(asked).toHaveLength(2);
  expect(sent()).toEqual(["pay"]);
});

test("who is refused with a fresh token, too, is told", async () => {
  const { auth, asked } = tokens("one", "two", "three");
  const { client, server, sent } = await watched({ auth });
  server.handle("tautline:refresh", () => ({}));
  server.handle("pay", () => refuse(expired));

  const paid = await client.run(Board.commands.pay, { amount: 1 });

  expect(paid).toMatchObject({ ok: false, problem: { code: "token_expired" } });
  expect(asked).toHaveLength(2);
  expect(sent()).toEqual(["pay", "tautline:refresh", "pay"]);
});

test("a guest who must sign in comes back with a token", async () => {
  const given: (string | undefined)[] = [undefined, "mine"];
  const { client, server, pass } = await watched({ auth: () => given.shift() });
  server.handle("add_card", () =>
    server.connects.at(-1)?.auth["token"] === "mine"
      ? { id: "c" }
      : refuse(problem("unauthenticated", "reauthenticate", { category: "unauthenticated" })),
  );

  const card = client.run(Board.commands.addCard, { boardId: "b", text: "hi" });
  await pass(1_000);

  await expect(card).resolves.toMatchObject({ ok: true });
  expect(server.links).toBe(2);
});

test("a room that wants another token is entered with it, and denied the second time", async () => {
  const { auth, asked } = tokens("one", "two", "three");
  const { client, server, pass, moves } = await watched({ auth });
  server.handle("tautline:refresh", () => ({}));
  server.handle("join_board", () => refuse(expired));
  const first = client.join(Board.rooms.board, { boardId: "b" });
  await pass(0);
  const denied = first.getSnapshot();
  first.leave();
  server.handle("join_board", () => boardAt(1));

  const second = client.join(Board.rooms.board, { boardId: "c" });
  await pass(0);

  expect(denied).toMatchObject({ status: "denied", problem: { code: "token_expired" } });
  expect(asked).toHaveLength(3);
  expect(moves()).toEqual(["reauthenticate", "reauthenticate"]);
  expect(second.getSnapshot().status).toBe("joined");
  expect(server.links).toBe(1);
});

test("a command that asks for a resync has its room read again, and its caller told", async () => {
  const { client, server, pass, moves, sent } = await watched();
  server.handle("join_board", () => boardAt(1));
  client.join(Board.rooms.board, { boardId: "b" });
  await pass(0);
  server.handle("add_card", () => refuse(problem("board.moved", "resync")));

  const card = await client.run(Board.commands.addCard, { boardId: "b", text: "hi" });
  await pass(0);

  expect(card).toMatchObject({ ok: false, problem: { code: "board.moved" } });
  expect(moves()).toEqual(["resync"]);
  expect(sent()).toEqual(["join_board", "add_card", "join_board"]);
});

test("a command that asks for a new connection gets one, and is sent again over it", async () => {
  const { client, server, pass, moves } = await watched();
  server.handle("add_card", () =>
    server.links > 1
      ? { id: "c" }
      : refuse(problem("protocol_error", "reconnect", { category: "protocol" })),
  );

  const card = client.run(Board.commands.addCard, { boardId: "b", text: "hi" });
  await pass(0);
  await pass(1_000);

  await expect(card).resolves.toMatchObject({ ok: true });
  expect(moves()).toEqual(["reconnect", "reconnect"]);
});

test("an unknown outcome is looked up with the same id, where the server remembers ids", async () => {
  const { client, server, pass } = await watched();
  const unsure = problem("store.unsure", "retry", { outcome: "unknown", afterMs: 100 });
  server.handle("add_card", (_, { meta }) => (meta?.["resent"] ? { id: "c" } : refuse(unsure)));
  server.handle("pay", () => refuse(unsure));

  const card = client.run(Board.commands.addCard, { boardId: "b", text: "hi" });
  const paid = client.run(Board.commands.pay, { amount: 1 });
  await pass(0);
  await pass(100);

  await expect(card).resolves.toMatchObject({ ok: true });
  await expect(paid).resolves.toMatchObject({ ok: false, problem: { outcome: "unknown" } });
});

test("a client that is too old says so once and does not come back by itself", async () => {
  const onUpgrade = vi.fn();
  const old = problem("upgrade_client", "upgrade_client", { category: "protocol" });
  const { client, server, clock, connected } = stage({ onUpgrade });
  server.onConnect = () => old;

  await connected();
  client.connect();
  await server.settled();

  expect(client.connection.getSnapshot()).toMatchObject({ status: "failed", problem: old });
  expect(onUpgrade).toHaveBeenCalledExactlyOnceWith(old);
  expect(clock.waiting).toBe(0);
});

test("a caller who wants no help is told at once", async () => {
  const { auth, asked } = tokens("one", "two");
  const { client, server, steps, sent } = await watched({ auth });
  server.handle("add_card", () => refuse(busy(10)));
  server.handle("pay", () => refuse(expired));

  const options = { recover: false };
  const card = await client.run(Board.commands.addCard, { boardId: "b", text: "hi" }, options);
  const paid = await client.run(Board.commands.pay, { amount: 1 }, options);

  expect([card.ok, paid.ok]).toEqual([false, false]);
  expect(sent()).toEqual(["add_card", "pay"]);
  expect([steps, asked.length]).toEqual([[], 1]);
});

test("each step says what it is about, and when it goes on", async () => {
  const { client, server, pass, steps } = await watched();
  server.handle("join_board", () => refuse(busy(700)));
  server.handle("ping", () => refuse(busy(300)));
  void client.run(Board.commands.ping, undefined);
  client.join(Board.rooms.board, { boardId: "b" });
  await pass(0);
  server.cut();
  await pass(0);

  const seen = steps.map(({ move, event, room, afterMs, problem: { code } }) => ({
    ...{ move, code, afterMs },
    of: event ?? room ?? "connection",
  }));
  expect(seen).toEqual([
    { move: "retry", code: "board.busy", afterMs: 300, of: "ping" },
    { move: "retry", code: "board.busy", afterMs: 1_200, of: "board:b" },
    { move: "reconnect", code: "connection_closed", afterMs: 500, of: "connection" },
  ]);
});
