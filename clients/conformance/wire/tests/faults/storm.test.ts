// Several of our clients in one room, each behind a proxy in bad weather. Afterwards: each command ran once and was
// answered, and everybody has heard the same, once, in the same order. A seed that fails can be had again:
// `STORM=7 npx vitest run tests/faults/storm`.

import { expect, it } from "vitest";
import { okOf, ours, stock, until } from "../../harness/clients.js";
import { fastClock } from "../../harness/fast-clock.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { type Entry, Tables } from "../../src/generated/index.js";

const server = serverForFile({ headsMs: 200, pingMs: 300 });

const PEOPLE = ["ann", "ben", "cy"];
const ROUNDS = 8;
const COMMANDS = 5;
const ENTRIES = PEOPLE.length * ROUNDS * COMMANDS;

const given = process.env["STORM"];
const seeds = given ? [Number(given)] : [1, 2, 3];

/** One of our clients at a table, in weather of its own. */
async function inStorm(name: string, tableId: string, seed: number) {
  const proxy = await faultProxy(server.url, { seed });
  await proxy.storm(seed);
  const subject = unique(name);
  const client = ours(proxy.url, { auth: () => sign({ sub: subject }), clock: fastClock(20) });
  const heard: { readonly seq: number; readonly text: string }[] = [];
  const hasHeardAll = new Promise<void>((resolve) => {
    client.on(Tables.events.entryWritten, ({ text }, { seq = 0 }) => {
      if (heard.push({ seq, text }) === ENTRIES) resolve();
    });
  });
  client.connect();
  const room = client.join(Tables.rooms.table, { tableId });
  await until(room, ({ status }) => status === "joined");
  const write = (text: string) => client.run(Tables.commands.writeEntry, { tableId, text });
  return { hasHeardAll, heard, name, proxy, write };
}

it.each(seeds)("storm %i takes nothing with it", async (seed) => {
  const tableId = unique("table");
  const people = await Promise.all(
    PEOPLE.map((name, index) => inStorm(name, tableId, seed * PEOPLE.length + index)),
  );
  const textsOf = (name: string, round: number) =>
    Array.from({ length: COMMANDS }, (_, index) => `${name} ${round * COMMANDS + index}`);

  for (let round = 0; round < ROUNDS; round += 1) {
    const answers = await Promise.all(
      people.flatMap(({ name, write }) => textsOf(name, round).map(write)),
    );
    const answered = answers.map((answer) => (answer.ok ? answer.value.text : answer.problem));
    expect(answered).toEqual(PEOPLE.flatMap((name) => textsOf(name, round)));
  }
  await Promise.all(people.map(({ hasHeardAll }) => hasHeardAll));

  const reader = await stock(server.url, "/tables");
  const { entries } = okOf<{ entries: Entry[] }>(await reader.call("join_table", { tableId }));
  const written = PEOPLE.map((name) =>
    entries.map(({ text }) => text).filter((text) => text.startsWith(name)),
  );
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
  expect(written).toEqual(PEOPLE.map((name) => rounds.flatMap((round) => textsOf(name, round))));
  for (const { heard } of people) {
    expect(heard.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(heard).toEqual(people[0]?.heard);
  }
  // There was weather.
  const blows = await Promise.all(people.map(({ proxy }) => proxy.find()));
  expect(blows.flat().filter(({ rule }) => rule !== undefined)).not.toEqual([]);
});
