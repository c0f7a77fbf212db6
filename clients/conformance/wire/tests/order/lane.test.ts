// One lane keeps its order, however fast it is filled.

import { expect, it } from "vitest";
import { atEnd, okOf, ours, stock, until } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { Work } from "../../src/generated/index.js";
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

  const told: unknown[][] = [];
  while (told.length < NUMBERS.length) told.push(await watcher.next("piece_put"));
  expect(answers.every((answer) => okOf(answer) === null)).toBe(true);
  expect(okOf(await worker.call("join_desk", { deskId }))).toEqual({ pieces: NUMBERS });
  expect(told.map(([piece]) => (piece as { number: number }).number)).toEqual(NUMBERS);
  expect(told.map(([, meta]) => (meta as { seq: number }).seq)).toEqual(NUMBERS.map((n) => n + 1));
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
  const told = worker.arrived("piece_put").map(([piece]) => (piece as { number: number }).number);
  expect(joined).toMatchObject({ ok: { pieces: numbers }, at: [{ seq: 500 }] });
  expect(told).toEqual([...told].sort((a, b) => a - b));
  if (told.length < 500) {
    const [heads] = worker.arrived("tautline:heads").at(-1) ?? [];
    expect(heads).toMatchObject({ heads: { [`desk:${deskId}`]: { seq: 500 } } });
  }
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
