// Questions through our client: answered by a handler, found again after a cut, declined with a reason.

import { decline } from "@tautline/client";
import { expect, it } from "vitest";
import { okOf, ours, status, stock, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { Tables } from "../../src/generated/index.js";

const server = serverForFile();

async function guest(url = server.url) {
  const tableId = unique("table");
  const client = ours(url);
  client.connect();
  await until(client.join(Tables.rooms.table, { tableId }), (room) => room.status === "joined");
  const asker = await stock(server.url, "/tables");
  const ask = (question: string) => asker.call("ask_table", { tableId, question });
  return { client, ask };
}

it("a handler answers", async () => {
  const { client, ask } = await guest();
  client.answer(Tables.questions.vote, ({ question }) => ({ isInFavour: question === "tea?" }));

  const verdict = await ask("tea?");

  expect(okOf(verdict)).toEqual({ outcome: "answered", vote: { isInFavour: true } });
});

it("a handler declines with a reason that the contract names", async () => {
  const { client, ask } = await guest();
  client.answer(Tables.questions.vote, () =>
    decline({ code: "abstention.undecided", params: { reason: "too early" } }),
  );

  const verdict = await ask("tea?");

  expect(okOf(verdict)).toEqual({ outcome: "declined", reason: "too early" });
});

it("an open question is found again after a cut", async () => {
  const proxy = await faultProxy(server.url);
  const { client, ask } = await guest(proxy.url);
  const open = client.questions(Tables.questions.vote);
  const verdict = ask("still there?");
  await until(open, (questions) => questions.length === 1);

  const isCut = status(client, "reconnecting");
  await proxy.cut();
  await isCut;
  // The room may not be entered again yet: the answer waits for that by itself.
  await status(client, "connected");
  const [question] = await until(open, (questions) => questions.length === 1);
  await question?.answer({ isInFavour: true });

  expect(okOf(await verdict)).toMatchObject({ outcome: "answered" });
  await until(open, (questions) => questions.length === 0);
});

it("a question that came up during a cut is found", async () => {
  const proxy = await faultProxy(server.url);
  const { client, ask } = await guest(proxy.url);
  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");
  const verdict = ask("anybody there?");
  client.answer(Tables.questions.vote, () => ({ isInFavour: false }));
  await proxy.admit();

  expect(okOf(await verdict)).toEqual({ outcome: "answered", vote: { isInFavour: false } });
});
