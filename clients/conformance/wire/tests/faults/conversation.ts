// A conversation in which everything happens that recovery is for: it joins, asks, hears, is cut off, misses something, asks
// meanwhile, and comes back. A fault strikes it once. Whatever the fault, it must end as if there had been none.

import { roomState } from "@tautline/client";
import { expect } from "vitest";
import { okOf, ours, status, stock, until } from "../../harness/clients.js";
import { fastClock } from "../../harness/fast-clock.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { type Action, acks, commands, events, type Rule, type When } from "../../harness/faults.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { Tables } from "../../src/generated/index.js";

const book = roomState(Tables.rooms.table, Tables, {
  // A join's state and the events after it may overlap.
  entryWritten: (state, entry) =>
    state.entries.some(({ number }) => number === entry.number)
      ? state
      : { entries: [...state.entries, entry] },
});

/** The frames of the conversation that meet faults. Of some it is not the first. */
export const FRAMES: Readonly<Record<string, { readonly when: When; readonly nth?: number }>> = {
  "a CONNECT": { when: { direction: "up", kind: "connect" } },
  "the answer to a CONNECT": { when: { direction: "down", kind: "connect" } },
  "a welcome": { when: events("tautline:welcome") },
  "a join": { when: commands("join_table") },
  "the answer to a join": { when: acks("join_table") },
  "a command": { when: commands("write_entry"), nth: 2 },
  "the answer to a command": { when: acks("write_entry"), nth: 2 },
  "an event": { when: events("entry_written"), nth: 2 },
  "the welcome after a cut": { when: events("tautline:welcome"), nth: 2 },
  "a resume": { when: commands("tautline:resume") },
  "the answer to a resume": { when: acks("tautline:resume") },
};

/** What they meet. */
export const FAULTS: Readonly<Record<string, Action>> = {
  dropped: { type: "drop" },
  delayed: { type: "delay", ms: 30 },
  "sent three times": { type: "duplicate", copies: 2 },
  overtaken: { type: "reorder", behind: 1 },
  truncated: { type: "truncate", bytes: 24 },
  "cut off": { type: "cut" },
  "cut off, and the server does not notice": { type: "cut", half: "client" },
};

/** Holds the conversation with the server at `url`, with one frame of it meeting its fault. */
export async function expectNothingLost(
  url: string,
  fault: Rule,
  transport: "websocket" | "polling",
): Promise<void> {
  const proxy = await faultProxy(url);
  const rule = await proxy.add({ ...fault, times: 1 });
  const tableId = unique("table");
  const client = ours(proxy.url, {
    auth: () => sign({ sub: tableId }),
    clock: fastClock(20),
    roomStates: [book],
    transports: [transport],
  });
  const heard: number[] = [];
  client.on(Tables.events.entryWritten, ({ number }) => heard.push(number));
  const writer = await stock(url, "/tables");
  const write = (text: string) => client.run(Tables.commands.writeEntry, { tableId, text });
  const writeFromOutside = async (text: string) =>
    okOf(await writer.call("write_from_outside", { tableId, text }));

  client.connect();
  const room = client.join(book, { tableId });
  const first = ["a", "b", "c"].map(write);
  await Promise.all(first);
  await writeFromOutside("d");
  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");
  await writeFromOutside("e");
  const second = ["f", "g"].map(write);
  await proxy.admit();
  await Promise.all(second);
  await writeFromOutside("h");
  await until(room, ({ state }) => state?.entries.at(-1)?.text === "h");

  const answers = await Promise.all([...first, ...second]);
  const answered = answers.map((answer) => (answer.ok ? answer.value.text : answer.problem));
  expect(answered).toEqual([..."abcfg"]);
  const { status: shown, state } = room.getSnapshot();
  expect(state?.entries.map(({ text }) => text).join("")).toBe("abcdefgh");
  expect(heard).toEqual(state?.entries.map(({ number }) => number));
  expect(shown).toBe("joined");
  // The fault has struck: without it, this would be a test of nothing.
  expect(await proxy.find({ rule: rule.number })).toHaveLength(1);
}
