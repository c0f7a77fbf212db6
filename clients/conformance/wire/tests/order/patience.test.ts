// A handler that takes its time holds up its own lane and nothing else.

import { expect, it } from "vitest";
import { okOf, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { countedUntil } from "../../harness/work.js";

const server = serverForFile();

it("a handler that waits in one lane delays no other lane of its connection", async () => {
  const [slow, quick, gate] = [unique("desk"), unique("desk"), unique("gate")];
  const client = await stock(server.url, "/work");
  await client.call("join_desk", { deskId: slow });
  await client.call("join_desk", { deskId: quick });
  const finished: string[] = [];
  const waiting = client
    .call("wait_at_desk", { deskId: slow, gate })
    .then(() => finished.push("slow"));
  const behind = client
    .call("put_piece", { deskId: slow, number: 1 })
    .then(() => finished.push("behind"));

  for (const number of [1, 2, 3]) {
    expect(okOf(await client.call("put_piece", { deskId: quick, number }))).toBeNull();
  }
  expect(finished).toEqual([]);
  await client.call("open_gate", { gate });

  await Promise.all([waiting, behind]);
  expect(finished).toEqual(["slow", "behind"]);
});

it("a handler that waits for an answer is reached by a cancel of the same connection", async () => {
  const [deskId, job] = [unique("desk"), unique("job")];
  const client = await stock(server.url, "/work");
  await client.call("join_desk", { deskId });
  const report = client.call("begin_job", { deskId, job });
  const [asked] = await client.next("approve");

  await client.call("call_off_job", { deskId, job });

  expect(asked).toEqual({ deskId, job });
  expect(okOf(await report)).toEqual({ end: "called_off" });
});

it("a handler may be answered by the connection that called it", async () => {
  const [deskId, job] = [unique("desk"), unique("job")];
  const client = await stock(server.url, "/work");
  await client.call("join_desk", { deskId });
  const report = client.call("begin_job", { deskId, job });
  const [, meta] = await client.next("approve");

  const { id } = (meta as { question: { id: string } }).question;
  await client.call("tautline:answer", { question: id, answer: { name: "the same person" } });

  expect(okOf(await report)).toEqual({ end: "approved" });
});

it("handlers that wait on one connection delay no other connection", async () => {
  const [deskId, gate] = [unique("desk"), unique("gate")];
  const [ann, ben] = [await stock(server.url, "/work"), await stock(server.url, "/work")];
  await ann.call("join_desk", { deskId });
  await ben.call("join_desk", { deskId });
  const waiting = ann.call("wait_at_desk", { deskId, gate });
  await countedUntil(ben, (stats) => stats.waiting === 1);

  const answer = await ben.call("put_piece", { deskId, number: 1 });
  await ben.call("open_gate", { gate });

  expect(okOf(answer)).toBeNull();
  expect(okOf(await waiting)).toBeNull();
});
