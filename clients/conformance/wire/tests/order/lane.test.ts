// One lane keeps its order, however fast it is filled.

import { expect, it } from "vitest";
import { atEnd, okOf, ours, stock, until } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { Work } from "../../src/generated/index.js";
import type { StockClient } from "../../stock/client.js";
import { javascript } from "../../stock/javascript.js";

const server = serverForFile();
const polled = serverForFile({ polling: true });
const NUMBERS = Array.from({ length: 2_000 }, (_, index) => index);

it("2,000 commands of a stock client run and are told in order", async () => {
  const deskId = unique("desk");
  const [worker, watcher] = [await stock(server.url, "/work"), await stock(server.url, "/work")];
  await worker.call("join_desk", { deskId });
  await watcher.call("join_desk", { deskId });

  const answers = await Promise.all(
    NUMBERS.map((number) => worker.call("put_piece", { deskId, number })),
  );

  expect(answers.every((answer) => okOf(answer) === null)).toBe(true);
  expect(okOf(await worker.call("join_desk", { deskId }))).toEqual({ pieces: NUMBERS });
  // Behind everything that was for the watcher.
  await watcher.call("join_desk", { deskId });
  await expectTold(watcher, deskId, NUMBERS.length);
});

it.each([
  ["that store nothing", "check_piece"],
  ["that store what they tell", "put_piece"],
])("commands %s are answered in order", async (_, command) => {
  const deskId = unique("desk");
  const worker = await stock(server.url, "/work");
  await worker.call("join_desk", { deskId });
  const answered: number[] = [];

  await Promise.all(
    NUMBERS.map(async (number) => {
      await worker.call(command, { deskId, number });
      answered.push(number);
    }),
  );

  expect(answered).toEqual(NUMBERS);
});

it("500 commands over polling keep their order, and who cannot keep up is told how far it is", async () => {
  const deskId = unique("desk");
  const worker = await javascript({ url: polled.url, namespace: "/work", transport: "polling" });
  atEnd(() => worker.close());
  await worker.call("join_desk", { deskId });
  const numbers = NUMBERS.slice(0, 500);

  await Promise.all(numbers.map((number) => worker.call("put_piece", { deskId, number })));

  const joined = await worker.call("join_desk", { deskId });
  expect(joined).toMatchObject({ ok: { pieces: numbers }, at: [{ seq: 500 }] });
  await expectTold(worker, deskId, 500);
});

it("our client over polling hears all 500, in order", async () => {
  const deskId = unique("desk");
  const client = ours(polled.url, { transports: ["polling"] });
  client.connect();
  const room = client.join(Work.rooms.desk, { deskId });
  await until(room, ({ status }) => status === "joined");
  const told: number[] = [];
  const isComplete = new Promise<void>((resolve) => {
    client.on(Work.events.piecePut, ({ number }) => {
      if (told.push(number) === 500) resolve();
    });
  });
  const work = client.use(Work);

  const numbers = NUMBERS.slice(0, 500);
  await Promise.all(numbers.map((number) => work.putPiece({ deskId, number })));

  await isComplete;
  expect(told).toEqual(numbers);
});

it("2,000 commands of our client keep their order", async () => {
  const deskId = unique("desk");
  const client = ours(server.url);
  client.connect();
  const room = client.join(Work.rooms.desk, { deskId });
  await until(room, ({ status }) => status === "joined");
  const told: number[] = [];
  const isComplete = new Promise<void>((resolve) => {
    client.on(Work.events.piecePut, ({ number }) => {
      if (told.push(number) === NUMBERS.length) resolve();
    });
  });
  const work = client.use(Work);

  await Promise.all(NUMBERS.map((number) => work.putPiece({ deskId, number })));

  await isComplete;
  expect(told).toEqual(NUMBERS);
});

/**
 * Somebody has heard of so many pieces, in order. A client may be slower than the server, which drops some then, and
 * tells how far the desk is.
 */
async function expectTold(watcher: StockClient, deskId: string, count: number): Promise<void> {
  const told = watcher.arrived("piece_put") as [{ number: number }, { seq: number }][];
  const seqs = told.map(([, { seq }]) => seq);
  expect(seqs).toEqual(told.map(([{ number }]) => number + 1));
  expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other));
  for (let seq = told.length; seq < count; ) {
    const [heads] = (await watcher.next("tautline:heads")) as [
      { heads: Record<string, { seq: number }> },
    ];
    seq = heads.heads[`desk:${deskId}`]?.seq ?? 0;
  }
}
