// The last event of a room has no successor: when it gets lost, nothing shows the gap but what the server says of the
// room's head.

import { expect, it } from "vitest";
import { ours, stock, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { events } from "../../harness/faults.js";
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
  const passed = await proxy.find({ act: "passed", ...(drop && { after: drop.number }) });
  const order = passed.map(({ event, kind }) => `${kind} ${event}`);
  expect(heard).toEqual(["first", "last"]);
  // Told of by a head, fetched once: no other event showed the gap.
  expect(order).not.toContain("event entry_written");
  expect(order.filter((it) => it === "event tautline:resume")).toHaveLength(1);
  expect(order.indexOf("event tautline:heads")).toBeLessThan(
    order.indexOf("event tautline:resume"),
  );
});
