// The rules around the table, over the whole stack: one question for many refusals, no token twice, no storm, and
// words of a newer server.

import { expect, it } from "vitest";
import { ours, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { acks, commands } from "../../harness/faults.js";
import { otherWords } from "../../harness/other-words.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { trial } from "../../harness/trial.js";
import { unique } from "../../harness/unique.js";
import {
  Faults,
  Recovery,
  type TroubleKind,
  type TroubleOutcome,
} from "../../src/generated/index.js";

const server = serverForFile();
const { tryOnce, tryForSure } = Recovery.commands;

const attempt = (
  trialId: string,
  trouble: TroubleKind,
  refusals: number,
  outcome: TroubleOutcome = "not_executed",
) => ({ trialId, trouble, refusals, outcome });

it("a retry waits as long as the server asks for, and stops when its caller has had enough", async () => {
  const { client, trialId, moves, tried } = await trial(server.url);

  const result = await client.run(tryOnce, attempt(trialId, "unavailable_retry", 99));

  expect(result).toMatchObject({ ok: false, problem: { recovery: { action: "retry" } } });
  expect(moves("try_once")).toEqual(["retry", "retry", "tell"]);
  expect(await tried()).toMatchObject({ runs: 3 });
});

it("what is kept outlasts a trouble that passes", async () => {
  const { client, trialId, tried } = await trial(server.url);

  const result = await client.run(tryForSure, attempt(trialId, "unavailable_retry", 12));

  expect(result).toMatchObject({ ok: true, value: { runs: 13 } });
  expect(await tried()).toMatchObject({ runs: 13 });
});

it.each([
  ["executed", 1, ["tell"]],
  ["unknown", 4, ["retry", "retry", "tell"]],
] as const)(
  "a refusal that says %s and is lost on its way, and the runs: %i",
  async (outcome, runs, done) => {
    const proxy = await faultProxy(server.url);
    const { client, trialId, moves, tried } = await trial(proxy.url);
    const lost = { when: acks("try_for_sure"), times: 1, action: { type: "cut" } } as const;
    const { number } = await proxy.add(lost);

    const result = await client.run(tryForSure, attempt(trialId, "timeout_retry", 99, outcome));

    expect(result).toMatchObject({ ok: false, problem: { category: "timeout", outcome } });
    expect(moves("try_for_sure")).toEqual(done);
    expect(await tried()).toMatchObject({ runs });
    expect(await proxy.find({ rule: number })).toHaveLength(1);
  },
);

it("many refusals for one token ask the app once, and show the new one once", async () => {
  const proxy = await faultProxy(server.url);
  const { client, trialId, asked } = await trial(proxy.url);
  const links = await proxy.links();
  // Each in a lane of its own: they are refused side by side.
  const trials = [trialId, ...[2, 3, 4].map(() => unique("trial"))];
  const rooms = trials.map((id) => client.join(Recovery.rooms.trial, { trialId: id }));
  await Promise.all(rooms.map((room) => until(room, ({ status }) => status === "joined")));

  const results = await Promise.all(
    trials.map((id) => client.run(tryOnce, attempt(id, "unauthenticated_reauthenticate", 1))),
  );

  expect(results.map(({ ok }) => ok)).toEqual([true, true, true, true]);
  expect(asked.map(({ reason }) => reason)).toEqual(["connect", "reauthenticate"]);
  const shown = await proxy.find({ when: commands("tautline:refresh") });
  // Once in each namespace that the client has entered.
  expect(new Set(shown.map(({ namespace }) => namespace)).size).toBe(shown.length);
  expect(await proxy.links()).toEqual(links);
});

it("who is refused with the new token, too, is told", async () => {
  const { client, trialId, asked, tried } = await trial(server.url);

  const result = await client.run(tryOnce, attempt(trialId, "unauthenticated_reauthenticate", 9));

  expect(result).toMatchObject({ ok: false, problem: { category: "unauthenticated" } });
  expect(asked).toHaveLength(2);
  expect(await tried()).toMatchObject({ runs: 2 });
});

it("a token that is known to be dead is not shown again", async () => {
  const dead = sign({ sub: "alice" });
  const proxy = await faultProxy(server.url);
  const { client, trialId, tried } = await trial(proxy.url, { auth: () => dead });

  const result = await client.run(tryOnce, attempt(trialId, "unauthenticated_reauthenticate", 1));

  expect(result).toMatchObject({ ok: false, problem: { category: "unauthenticated" } });
  expect(await tried()).toMatchObject({ runs: 1 });
  expect(await proxy.find({ when: commands("tautline:refresh") })).toEqual([]);
});

it("a client that is too old hears so once, and stays where it is", async () => {
  const proxy = await faultProxy(server.url);
  const outdated: string[] = [];
  const { client, trialId } = await trial(proxy.url, {
    onUpgrade: ({ category }) => outdated.push(category),
  });
  const links = await proxy.links();
  const refused = attempt(trialId, "protocol_upgrade_client", 3);

  const results = await Promise.all([1, 2, 3].map(() => client.run(tryOnce, refused)));

  expect(results.map(({ ok }) => ok)).toEqual([false, false, false]);
  expect(outdated).toEqual(["protocol"]);
  expect(client.connection.getSnapshot().status).toBe("connected");
  expect(await proxy.links()).toEqual(links);
});

it("what has to be corrected comes with its fields", async () => {
  const client = ours(server.url, { auth: () => sign({ sub: "alice" }) });
  client.connect();
  const wrong = { text: "x", number: 1, word: "fine", list: [{ title: "" }], even: 3 };

  const result = await client.run(Faults.commands.check, wrong);

  if (result.ok) return expect.unreachable("not refused");
  const { recovery, fields = [] } = result.problem;
  expect(recovery.action).toBe("fix_input");
  expect(fields.map(({ path, rule }) => `${path}: ${rule}`)).toEqual([
    "text: length",
    "list[0].title: length",
    "even: even",
  ]);
});

it.each([
  ["ask_user", "conflict_ask_user", "Look at it, and decide."],
  ["contact_support", "internal_contact_support", "Call us."],
  ["give_up", "not_found_give_up", "Look for another one."],
] as const)("%s reaches the app in words", async (action, trouble, hint) => {
  const { client, trialId } = await trial(server.url);

  const result = await client.run(tryOnce, attempt(trialId, trouble, 1));

  if (result.ok) return expect.unreachable("not refused");
  const { message, recovery, traceId } = result.problem;
  expect(recovery).toEqual({ action, hint });
  expect([message, traceId]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/./)]);
});

it.each([
  ["unavailable_retry", "retry", 2],
  ["unauthenticated_reauthenticate", "reauthenticate", 2],
  ["conflict_ask_user", "tell", 1],
] as const)(
  "a code and an action of a newer server fall back by category: %s",
  async (trouble, move, runs) => {
    const transport = otherWords(({ recovery, ...problem }) => ({
      ...problem,
      code: "trouble.of_next_year",
      recovery: { ...recovery, action: "ask_the_oracle" },
    }));
    const { client, trialId, moves, tried } = await trial(server.url, { transport });

    await client.run(tryOnce, attempt(trialId, trouble, 1));

    expect(moves("try_once")).toEqual([move]);
    expect(await tried()).toMatchObject({ runs });
  },
);

it("each step can be watched, and a call that wants no help gets none", async () => {
  const { client, trialId, moves, asked, tried } = await trial(server.url);
  const refused = attempt(trialId, "unauthenticated_reauthenticate", 9);

  const alone = await client.run(tryOnce, refused, { recover: false });
  const before = { moves: moves("try_once"), asked: asked.length, ...(await tried()) };
  await client.run(tryOnce, refused);

  expect(alone).toMatchObject({ ok: false, problem: { category: "unauthenticated" } });
  expect(before).toMatchObject({ moves: [], asked: 1, runs: 1 });
  expect(moves("try_once")).toEqual(["reauthenticate", "tell"]);
});
