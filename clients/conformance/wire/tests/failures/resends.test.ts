// What clients say about their commands by `meta`, and what the server does not believe.

import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { okOf, problemOf, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";

const server = serverForFile();
expectBystanderUntouched(server);

it.each([
  ["an id that is no UUID", { id: "7" }],
  ["a predecessor that is no UUID", { id: randomUUID(), after: 7 }],
  ["a meta that is no object", "meta"],
  ["a resend without an age", { id: randomUUID(), resent: { ledger: "x" } }],
])("%s is refused", async (_, meta) => {
  const client = await stock(server.url, "/faults");

  const problem = problemOf(await client.call("count", { name: "never" }, meta));

  expect(problem).toMatchObject({ code: "invalid_meta", outcome: "not_executed" });
});

it("the same id with another payload is a conflict", async () => {
  const client = await stock(server.url, "/faults");
  const meta = { id: randomUUID() };
  await client.call("count", { name: unique("counter") }, meta);

  const problem = problemOf(await client.call("count", { name: unique("counter") }, meta));

  expect(problem).toMatchObject({ code: "conflicting_resend", category: "conflict" });
});

it("the same id with other bytes is a conflict, and with the same ones it is not", async () => {
  const client = await stock(server.url, "/tables");
  const tableId = unique("table");
  await client.call("join_table", { tableId });
  const attach = (byte: number, id: string) =>
    client.call("attach_page", { tableId, scan: Buffer.from([byte]) }, { id });
  const id = randomUUID();

  const answers = [await attach(1, id), await attach(1, id), await attach(2, id)];

  expect(answers.slice(0, 2)).toMatchObject([{ ok: null }, { ok: null, replayed: true }]);
  expect(problemOf(answers[2])).toMatchObject({ code: "conflicting_resend" });
  expect(client.arrived("page_attached")).toHaveLength(1);
});

it("somebody else's id is a conflict, shows no answer and runs nothing", async () => {
  const [ann, ben] = [await stock(server.url, "/faults"), await stock(server.url, "/faults")];
  const counter = { name: unique("counter") };
  const meta = { id: randomUUID() };

  const first = await ann.call("count", counter, meta);
  const second = await ben.call("count", counter, meta);

  expect(first).toEqual({ ok: { runs: 1 } });
  expect(problemOf(second)).toMatchObject({ code: "conflicting_resend", outcome: "not_executed" });
  expect(await ann.call("count", counter)).toEqual({ ok: { runs: 2 } });
});

it("a resend from another ledger that finds nothing is never run", async () => {
  const client = await stock(server.url, "/faults");
  const counter = { name: unique("counter") };
  const resent = { ledger: randomUUID(), ageMs: 10 };

  const problem = problemOf(await client.call("count", counter, { id: randomUUID(), resent }));

  expect(problem).toMatchObject({ code: "outcome_unknown", outcome: "unknown" });
  expect(await client.call("count", counter)).toEqual({ ok: { runs: 1 } });
});

it("a resend older than the window is never run", async () => {
  const client = await stock(server.url, "/faults");
  const [welcome] = await client.next("tautline:welcome");
  const { ledger } = welcome as { ledger: string };
  const resent = { ledger, ageMs: 2 * 3_600_000 };

  const answer = await client.call("count", { name: "never" }, { id: randomUUID(), resent });

  expect(problemOf(answer)).toMatchObject({ code: "outcome_unknown", outcome: "unknown" });
});

it("a resend from this ledger that finds nothing runs", async () => {
  const client = await stock(server.url, "/faults");
  const [welcome] = await client.next("tautline:welcome");
  const { ledger } = welcome as { ledger: string };
  const resent = { ledger, ageMs: 10 };

  const answer = await client.call(
    "count",
    { name: unique("counter") },
    { id: randomUUID(), resent },
  );

  expect(answer).toEqual({ ok: { runs: 1 } });
});

it("a command whose predecessor is not known waits for its client to send that one", async () => {
  const client = await stock(server.url, "/faults");
  const counter = { name: unique("counter") };
  const [first, second] = [randomUUID(), randomUUID()];

  const problem = problemOf(await client.call("count", counter, { id: second, after: first }));
  const answers = await Promise.all([
    client.call("count", counter, { id: first }),
    client.call("count", counter, { id: second, after: first }),
  ]);

  expect(problem).toMatchObject({ code: "predecessor_unsettled", outcome: "not_executed" });
  expect(answers).toEqual([{ ok: { runs: 1 } }, { ok: { runs: 2 } }]);
});

it("a command that is sent twice at once runs once, and both are answered", async () => {
  const client = await stock(server.url, "/faults");
  const counter = { name: unique("counter") };
  const meta = { id: randomUUID() };

  const answers = await Promise.all([
    client.call("count", counter, meta),
    client.call("count", counter, meta),
  ]);

  expect(answers.map((answer) => okOf(answer))).toEqual([{ runs: 1 }, { runs: 1 }]);
});

it("the same caller gets the first answer on another connection", async () => {
  const token = sign({ sub: unique("person") });
  const counter = { name: unique("counter") };
  const meta = { id: randomUUID() };
  const first = await stock(server.url, "/faults", { token });
  await first.call("count", counter, meta);
  await first.close();

  const second = await stock(server.url, "/faults", { token });
  const answer = await second.call("count", counter, meta);

  expect(answer).toEqual({ ok: { runs: 1 }, replayed: true });
});

it("a refusal is not remembered: the same id may try again", async () => {
  const tableId = unique("table");
  const client = await stock(server.url, "/tables");
  const entry = { tableId, text: "hello" };
  const meta = { id: randomUUID() };

  const outside = problemOf(await client.call("write_entry", entry, meta));
  await client.call("join_table", { tableId });
  const inside = await client.call("write_entry", entry, meta);

  expect(outside).toMatchObject({ code: "not_joined" });
  expect(inside).toMatchObject({ ok: { number: 1 } });
});
