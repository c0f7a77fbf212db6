// Questions that cannot be answered any more, and answers that are none.

import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { ours, problemOf, stock, until } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { Tables } from "../../src/generated/index.js";

const server = serverForFile();
expectBystanderUntouched(server);

const idOf = (meta: unknown) => (meta as { question: { id: string } }).question.id;

it("the second answer to a question is told that it is settled", async () => {
  const tableId = unique("table");
  const [ann, ben] = [await stock(server.url, "/tables"), await stock(server.url, "/tables")];
  await ann.call("join_table", { tableId });
  const verdict = ben.call("ask_table", { tableId, question: "?" });
  const question = idOf((await ann.next("vote"))[1]);
  await ann.call("tautline:answer", { question, answer: { isInFavour: false } });

  const problem = problemOf(
    await ann.call("tautline:answer", { question, answer: { isInFavour: true } }),
  );

  expect(problem).toMatchObject({ code: "question_settled" });
  expect(await verdict).toMatchObject({ ok: { vote: { isInFavour: false } } });
});

it("an answer after its time is told that the question has expired", async () => {
  const tableId = unique("table");
  const [ann, ben] = [await stock(server.url, "/tables"), await stock(server.url, "/tables")];
  await ann.call("join_table", { tableId });
  const verdict = ben.call("ask_table_quickly", { tableId, question: "?" });
  const question = idOf((await ann.next("vote_quickly"))[1]);
  const [settled] = await ann.next("tautline:settled");

  const problem = problemOf(
    await ann.call("tautline:answer", { question, answer: { isInFavour: true } }),
  );

  expect(settled).toEqual({ question, outcome: "expired" });
  expect(problem).toMatchObject({ code: "question_expired" });
  expect(await verdict).toEqual({ ok: { outcome: "expired" } });
});

it("an answer of the wrong shape is refused, and the question stays open", async () => {
  const tableId = unique("table");
  const [ann, ben] = [await stock(server.url, "/tables"), await stock(server.url, "/tables")];
  await ann.call("join_table", { tableId });
  const verdict = ben.call("ask_table", { tableId, question: "?" });
  const question = idOf((await ann.next("vote"))[1]);

  const problem = problemOf(
    await ann.call("tautline:answer", { question, answer: { isInFavour: "yes" } }),
  );
  await ann.call("tautline:answer", { question, answer: { isInFavour: true } });

  expect(problem).toMatchObject({ code: "invalid_payload" });
  expect(await verdict).toMatchObject({ ok: { outcome: "answered" } });
});

it("who is not in the room may not answer", async () => {
  const tableId = unique("table");
  const [ann, ben] = [await stock(server.url, "/tables"), await stock(server.url, "/tables")];
  await ann.call("join_table", { tableId });
  const verdict = ben.call("ask_table", { tableId, question: "?" });
  const question = idOf((await ann.next("vote"))[1]);

  const problem = problemOf(
    await ben.call("tautline:answer", { question, answer: { isInFavour: true } }),
  );
  await ann.call("tautline:answer", {
    question,
    declined: { code: "abstention.undecided", params: { reason: "tired" } },
  });

  expect(problem.outcome).toBe("not_executed");
  expect(await verdict).toEqual({ ok: { outcome: "declined", reason: "tired" } });
});

it("our client is told when somebody was faster", async () => {
  const tableId = unique("table");
  const client = ours(server.url);
  client.connect();
  const room = client.join(Tables.rooms.table, { tableId });
  await until(room, ({ status }) => status === "joined");
  const ben = await stock(server.url, "/tables");
  await ben.call("join_table", { tableId });
  const verdict = ben.call("ask_table", { tableId, question: "?" });
  const [open] = await until(client.questions(Tables.questions.vote), (list) => list.length > 0);
  const question = idOf((await ben.next("vote"))[1]);
  await ben.call("tautline:answer", { question, answer: { isInFavour: true } });

  const late = open?.answer({ isInFavour: false });

  expect(await late).toMatchObject({ ok: false, problem: { code: "question_settled" } });
  expect(await verdict).toMatchObject({ ok: { vote: { isInFavour: true } } });
});

it("an answer to a question that was called off is told so", async () => {
  const [deskId, job] = [unique("desk"), unique("job")];
  const client = await stock(server.url, "/work");
  await client.call("join_desk", { deskId });
  const report = client.call("begin_job", { deskId, job });
  const question = idOf((await client.next("approve"))[1]);
  await client.call("call_off_job", { deskId, job });
  const [settled] = await client.next("tautline:settled");

  const answer = { question, answer: { name: "too late" } };
  const problem = problemOf(await client.call("tautline:answer", answer));

  expect(settled).toEqual({ question, outcome: "cancelled" });
  expect(problem).toMatchObject({ code: "cancelled", category: "cancelled" });
  expect(await report).toEqual({ ok: { end: "called_off" } });
});
