// Rooms that say no: to commands from outside, and to members that have to go.

import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { ours, stock, until } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { Tables } from "../../src/generated/index.js";

const server = serverForFile();
expectBystanderUntouched(server);

it("a signal from outside is told as an event that it was not passed on", async () => {
  const client = await stock(server.url, "/tables");

  client.emit("wave", { tableId: unique("table"), gesture: "hello" });

  const [told] = await client.next("tautline:problem");
  expect(told).toMatchObject({ event: "wave", problem: { code: "not_joined" } });
});

it("who is sent away hears why, and hears nothing of the room any more", async () => {
  const tableId = unique("table");
  const [ann, ben] = [await stock(server.url, "/tables"), await stock(server.url, "/tables")];
  await ann.call("join_table", { tableId });

  await ben.call("clear_table", { tableId });
  await ben.call("write_from_outside", { tableId, text: "unheard" });
  const [closed] = await ann.next("tautline:room_closed");
  await ann.call("join_table", { tableId });
  await ben.call("write_from_outside", { tableId, text: "heard" });

  expect(closed).toMatchObject({ room: `table:${tableId}`, problem: { code: "table.closed" } });
  expect((await ann.next("entry_written"))[0]).toMatchObject({ text: "heard" });
});

it("our client's room is denied when it is sent away, in the contract's words", async () => {
  const tableId = unique("table");
  const client = ours(server.url);
  client.connect();
  const room = client.join(Tables.rooms.table, { tableId });
  await until(room, ({ status }) => status === "joined");

  await client.use(Tables).clearTable({ tableId });

  const { problem } = await until(room, ({ status }) => status === "denied");
  expect(problem).toMatchObject({ code: "table.closed", params: { tableId } });
});
