// The last event of a room has no successor: when it gets lost, nothing shows the gap but what the server says of the
// room's head.

import { expect, it } from "vitest";
import { ours, stock, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { commands, events } from "../../harness/faults.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { Tables } from "../../src/generated/index.js";

const server = serverForFile({ headsMs: 200 });

it.each([
  ["arrives", 0],
  ["arrives three times", 2],
])("a last event that gets lost is fetched when the room's head %s", async (_, copies) => {
  const tableId = unique("table");
  const proxy = await faultProxy(server.url);
  const lost = await proxy.add({
    when: events("entry_written"),
    nth: 2,
    times: 1,
    action: { type: "drop" },
  });
  await proxy.add({
    when: events("tautline:heads"),
    action: copies === 0 ? { type: "pass" } : { type: "duplicate", copies },
  });
  const client = ours(proxy.url);
  const heard: string[] = [];
  const hasHeardBoth = new Promise<void>((resolve) => {
    client.on(Tables.events.entryWritten, ({ text }) => {
      if (heard.push(text) === 2) resolve();
    });
  });
  client.connect();
  await until(client.join(Tables.rooms.table, { tableId }), (room) => room.status === "joined");
  const writer = await stock(server.url, "/tables");

  await writer.call("write_from_outside", { tableId, text: "first" });
  await writer.call("write_from_outside", { tableId, text: "last" });
  await hasHeardBoth;

  const [drop] = await proxy.find({ rule: lost.number });
  const after = drop === undefined ? {} : { after: drop.number };
  // A frame that passes is logged when it is written, which may be after the one behind it was dropped.
  const written = await proxy.find({ act: "passed", when: events("entry_written") });
  const heads = await proxy.find({ when: events("tautline:heads"), ...after });
  const resumes = await proxy.find({ act: "passed", when: commands("tautline:resume"), ...after });
  expect(heard).toEqual(["first", "last"]);
  // Told of by a head, fetched once: no other event showed the gap.
  expect(drop).toMatchObject({ act: "dropped" });
  expect(written).toHaveLength(1);
  expect(resumes).toHaveLength(1);
  expect(heads[0]).toMatchObject({ act: copies === 0 ? "passed" : "duplicated" });
  expect(heads[0]?.number).toBeLessThan(resumes[0]?.number ?? 0);
});
