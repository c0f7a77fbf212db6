// The server is killed while something is recited, and started again over the same file.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { roomState } from "@tautline/client";
import { expect, it } from "vitest";
import { atEnd, okOf, ours, status, stock, until } from "../../harness/clients.js";
import { startServer } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { type RecitalAt, Recitals, Tables } from "../../src/generated/index.js";

const stage = roomState(Recitals.rooms.stage, Recitals, {
  poemRecited: (state, poem) => ({ poems: [...state.poems, poem] }),
});

/** A server that keeps what it has stored when it is killed. */
async function durableServer() {
  const folder = await mkdtemp(join(tmpdir(), "recitals-"));
  const server = await startServer({ journal: join(folder, "journal.db") });
  atEnd(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  return server;
}

/** Somebody before a stage, and what is heard there of the first recital. */
async function listener(url: string, stageId: string) {
  const client = ours(url, { roomStates: [stage] });
  client.connect();
  const room = client.join(stage, { stageId });
  await until(room, ({ status }) => status === "joined");
  const recitals = client.streams(Recitals.streams.recital, { stageId });
  const hears = async (text: string, status = "open") =>
    until(recitals, ([first]) => first?.text === text && first.status === status);
  return { client, hears };
}

/** What a test asks of a speaker, over a connection of its own. */
async function speaker(url: string) {
  const client = await stock(url, "/recitals");
  return async (command: string, payload: object) =>
    okOf<RecitalAt>(await client.call(command, payload));
}

it("a speaker who comes back after a crash goes on, and who listens has all of it once", async () => {
  const server = await durableServer();
  const stageId = unique("stage");
  const { client, hears } = await listener(server.url, stageId);
  const before = await speaker(server.url);
  const { recital } = await before("begin_recital", { stageId, title: "Tea" });
  await before("speak", { recital, words: ["Tea ", "for "] });
  await hears("Tea for ");

  await server.kill();
  await status(client, "reconnecting");
  await server.start();
  const after = await speaker(server.url);
  const found = await after("take_up_recital", { recital });
  await after("speak", { recital, words: ["two"] });
  await hears("Tea for two");
  await after("end_recital", { recital, ending: "finished" });
  const [heard] = await hears("Tea for two", "finished");

  expect(found).toMatchObject({ recital, text: "Tea for " });
  expect(heard?.answer).toEqual({ stageId, title: "Tea", text: "Tea for two", recital });
});

it("a recital whose speaker died with the server has failed one lease after its start", async () => {
  const server = await durableServer();
  const stageId = unique("stage");
  const { client, hears } = await listener(server.url, stageId);
  const before = await speaker(server.url);
  const { recital } = await before("begin_recital", { stageId, title: "Tea" });
  await before("speak", { recital, words: ["Tea ", "for "] });
  await hears("Tea for ");

  await server.kill();
  await status(client, "reconnecting");
  await server.start();
  const [failed] = await hears("Tea for ", "failed");

  expect(failed?.problem).toMatchObject({ code: "timed_out" });
});

it("a question that was open at a crash is open for nobody afterwards", async () => {
  const server = await durableServer();
  const tableId = unique("table");
  const client = ours(server.url);
  client.connect();
  const room = client.join(Tables.rooms.table, { tableId });
  await until(room, ({ status }) => status === "joined");
  const open = client.questions(Tables.questions.vote);
  const asker = await stock(server.url, "/tables");
  asker.emit("ask_table", { tableId, question: "tea?" });
  const [question] = await until(open, (questions) => questions.length === 1);

  await server.kill();
  await status(client, "reconnecting");
  await server.start();
  await until(open, (questions) => questions.length === 0);
  const guest = await stock(server.url, "/tables");
  await guest.call("join_table", { tableId });
  const late = await guest.call("tautline:answer", { question: question?.id });

  expect(late).toMatchObject({ error: { code: "cancelled" } });
});
