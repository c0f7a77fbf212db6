// What a team finds out about stock Socket.IO when a network fails, and what happens here. Of stock Socket.IO the table
// is printed, since it is not ours to hold it to anything; of ours it is asserted.

import { roomState } from "@tautline/client";
import { expect, it } from "vitest";
import { ours, status, stock, until } from "../../harness/clients.js";
import { comparison } from "../../harness/comparison.js";
import { type FaultProxy, faultProxy } from "../../harness/fault-proxy.js";
import { acks, commands } from "../../harness/faults.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { Faults, Tables } from "../../src/generated/index.js";
import { connected, stockClient, stockServer } from "../../stock/server.js";

const server = serverForFile();
const table = comparison("delivery");

const book = roomState(Tables.rooms.table, Tables, {
  entryWritten: (state, entry) => ({ entries: [...state.entries, entry] }),
});

const texts = (count: number) => Array.from({ length: count }, (_, index) => `entry ${index + 1}`);

/** Our client at a table, behind a proxy. */
async function atTable(proxy: FaultProxy) {
  const tableId = unique("table");
  const client = ours(proxy.url, { auth: () => sign({ sub: tableId }), roomStates: [book] });
  const heard: string[] = [];
  client.on(Tables.events.entryWritten, ({ text }) => heard.push(text));
  client.connect();
  const room = client.join(book, { tableId });
  await until(room, (snapshot) => snapshot.status === "joined");
  const write = (text: string) => client.run(Tables.commands.writeEntry, { tableId, text });
  return { client, heard, room, tableId, write };
}

/** How many round trips these commands took, from the first that left to the last that was answered. */
async function trips(proxy: FaultProxy, event: string, count: number): Promise<number> {
  const asked = await proxy.found({ act: "passed", when: commands(event) }, count);
  const answered = await proxy.found({ act: "passed", when: acks(event) }, count);
  return Math.max(...answered.map(({ trip }) => trip)) - Math.min(...asked.map(({ trip }) => trip));
}

it("a command whose answer was cut off runs once", async () => {
  const cutsTheAnswer = (event: string) =>
    ({ when: acks(event), times: 1, action: { type: "cut" } }) as const;

  const plain = await stockServer();
  let runs = 0;
  plain.io.on("connection", (socket) =>
    socket.on("count", (_, answer) => {
      runs += 1;
      answer();
    }),
  );
  const plainProxy = await faultProxy(plain.url);
  await plainProxy.add(cutsTheAnswer("count"));
  const socket = await stockClient(plainProxy.url, { retries: 3, ackTimeout: 5_000 });
  await new Promise((resolve) => socket.emit("count", {}, resolve));

  const proxy = await faultProxy(server.url);
  await proxy.add(cutsTheAnswer("count"));
  const subject = unique("person");
  const client = ours(proxy.url, { auth: () => sign({ sub: subject }) });
  const name = unique("counter");
  client.connect();
  const first = await client.run(Faults.commands.count, { name });
  const second = await client.run(Faults.commands.count, { name });

  const sent = await proxy.find({ act: "passed", when: commands("count") });
  table.row("a retried emit runs its handler", {
    stock: `${runs}×`,
    ours: first.ok ? `${first.value.runs}×` : first.problem.code,
  });
  expect(sent).toHaveLength(3);
  expect(first).toEqual({ ok: true, value: { runs: 1 } });
  expect(second).toEqual({ ok: true, value: { runs: 2 } });
});

it("of 50 commands with a cut among them, 50 run, in order", async () => {
  const cutsTheTwentyFirst = (event: string) =>
    ({ when: commands(event), nth: 21, times: 1, action: { type: "cut" } }) as const;

  const plain = await stockServer();
  const arrived: number[] = [];
  let ended = () => {};
  const isOver = new Promise<void>((resolve) => {
    ended = resolve;
  });
  plain.io.on("connection", (socket) => {
    socket.on("say", (number) => arrived.push(number));
    socket.on("end", ended);
  });
  const plainProxy = await faultProxy(plain.url);
  await plainProxy.add(cutsTheTwentyFirst("say"));
  const socket = await stockClient(plainProxy.url);
  const again = connected(socket);
  for (let number = 0; number < 50; number += 1) socket.emit("say", number);
  await again;
  socket.emit("end");
  await isOver;

  const proxy = await faultProxy(server.url);
  await proxy.add(cutsTheTwentyFirst("write_entry"));
  const { heard, room, write } = await atTable(proxy);
  const answers = await Promise.all(texts(50).map(write));

  await until(room, ({ state }) => state?.entries.length === 50);
  table.row("of 50 emits with a cut among them arrive", {
    stock: `${arrived.length}`,
    ours: `${heard.length}, in order`,
  });
  expect(await proxy.find({ act: "cut" })).toHaveLength(1);
  expect(answers.map((answer) => answer.ok && answer.value.text)).toEqual(texts(50));
  expect(room.getSnapshot().state?.entries.map(({ text }) => text)).toEqual(texts(50));
  expect(heard).toEqual(texts(50));
});

it("40 commands at 50 ms take two round trips", async () => {
  const plain = await stockServer();
  plain.io.on("connection", (socket) => socket.on("say", (_, answer) => answer()));
  const stockTook = [];
  for (const retries of [0, 3]) {
    const plainProxy = await faultProxy(plain.url, { rttMs: 50 });
    const socket = await stockClient(plainProxy.url, { retries, ackTimeout: 10_000 });
    const started = performance.now();
    const all = texts(40).map((text) => new Promise((done) => socket.emit("say", text, done)));
    await Promise.all(all);
    const ms = Math.round(performance.now() - started);
    stockTook.push(`${await trips(plainProxy, "say", 40)} with \`retries: ${retries}\` (${ms} ms)`);
  }

  const proxy = await faultProxy(server.url, { rttMs: 50 });
  const { write } = await atTable(proxy);
  const started = performance.now();
  const answers = await Promise.all(texts(40).map(write));
  const ms = Math.round(performance.now() - started);

  const took = await trips(proxy, "write_entry", 40);
  table.row("40 emits at a round trip of 50 ms take so many round trips", {
    stock: stockTook.join("; "),
    ours: `${took}, exactly once (${ms} ms)`,
  });
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(took).toBe(2);
});

/** What a stock client has of three messages, of which two were sent while it was away. */
async function stockRecovery(before: "a message" | "a message and a volatile one" | "nothing") {
  const plain = await stockServer({ connectionStateRecovery: {} });
  const proxy = await faultProxy(plain.url);
  const heard: number[] = [];
  const gone = new Promise<void>((resolve) => {
    plain.io.on("connection", (socket) => {
      socket.join("room");
      socket.on("disconnect", () => resolve());
      // Ordered after what the recovery brings.
      socket.on("all", (answer) => answer());
    });
  });
  const socket = await stockClient(proxy.url);
  socket.on("message", (number: number) => heard.push(number));
  if (before !== "nothing") plain.io.to("room").emit("message", 1);
  // The answer says that the message is through: a busy transport drops what is volatile.
  await socket.emitWithAck("all");
  if (before === "a message and a volatile one") {
    plain.io.to("room").volatile.emit("typing", "somebody");
  }
  await socket.emitWithAck("all");

  await proxy.refuse();
  await proxy.cut();
  await gone;
  plain.io.to("room").emit("message", 2);
  plain.io.to("room").emit("message", 3);
  const again = connected(socket);
  await proxy.admit();
  await again;
  await socket.emitWithAck("all");
  const missed = [2, 3].filter((number) => !heard.includes(number));
  return `recovered=${socket.recovered}, ${missed.length} of 2 missed`;
}

it.each(["a message", "a message and a volatile one", "nothing"] as const)(
  "recovery is full when %s came before the cut",
  async (before) => {
    const proxy = await faultProxy(server.url);
    const { client, heard, room, tableId } = await atTable(proxy);
    const writer = await stock(server.url, "/tables");
    const write = (text: string) => writer.call("write_from_outside", { tableId, text });
    if (before !== "nothing") await write("entry 1");
    if (before === "a message and a volatile one") {
      const waved = new Promise((resolve) => client.on(Tables.events.waved, resolve));
      await client.run(Tables.commands.wave, { tableId, gesture: "hello" });
      await waved;
    }

    await proxy.refuse();
    await proxy.cut();
    await status(client, "reconnecting");
    await write("entry 2");
    await write("entry 3");
    await proxy.admit();
    await until(room, ({ state }) => state?.entries.at(-1)?.text === "entry 3");

    const expected = texts(3).slice(before === "nothing" ? 1 : 0);
    table.row(`recovery, when ${before} came before the cut`, {
      stock: await stockRecovery(before),
      ours: `${room.getSnapshot().status}, ${expected.length - heard.length} missed`,
    });
    expect(heard).toEqual(expected);
    expect(room.getSnapshot().status).toBe("joined");
  },
);
