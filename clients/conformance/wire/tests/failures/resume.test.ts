// When a room cannot be resumed: the server says why, and never brings a part.

import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { okOf, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import type { StockClient } from "../../stock/client.js";

const server = serverForFile();
expectBystanderUntouched(server);

/** A position of a room. */
interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** Resumes one room by hand, and gives the verdict on it. */
async function resume(client: StockClient, room: string, since?: Position): Promise<unknown> {
  const answer = await client.call("tautline:resume", {
    rooms: [{ room, ...(since && { since }) }],
  });
  return okOf<{ rooms: unknown[] }>(answer).rooms[0];
}

/** A table with some entries, and where it was before them. */
async function table(entries: number) {
  const tableId = unique("table");
  const client = await stock(server.url, "/tables");
  const joined = (await client.call("join_table", { tableId })) as { at: [Position] };
  await client.call("tautline:unsubscribe", { room: `table:${tableId}` });
  const [{ epoch, seq }] = joined.at;
  for (let entry = 0; entry < entries; entry += 1) {
    await client.call("write_from_outside", { tableId, text: `entry ${entry}` });
  }
  return { client, room: `table:${tableId}`, since: { epoch, seq } };
}

it("a position that the room has left behind is `trimmed`", async () => {
  const { client, room, since } = await table(60);

  const verdict = await resume(client, room, since);

  expect(verdict).toMatchObject({
    recovered: false,
    reason: "trimmed",
    events: [],
    at: { epoch: since.epoch, seq: 60 },
  });
});

it("a position of another numbering is `epoch_changed`", async () => {
  const { client, room } = await table(1);

  const verdict = await resume(client, room, { epoch: randomUUID(), seq: 0 });

  expect(verdict).toMatchObject({ recovered: false, reason: "epoch_changed", events: [] });
});

it("a position that the room has not reached is `ahead`", async () => {
  const { client, room, since } = await table(1);

  const verdict = await resume(client, room, { epoch: since.epoch, seq: 2 });

  expect(verdict).toMatchObject({ recovered: false, reason: "ahead", events: [] });
});

it("no position at all is `no_position`", async () => {
  const { client, room } = await table(1);

  const verdict = await resume(client, room);

  expect(verdict).toMatchObject({ recovered: false, reason: "no_position", at: { seq: 1 } });
});

it("more than 300 events behind is `too_far`", async () => {
  const deskId = unique("desk");
  const client = await stock(server.url, "/work");
  const joined = (await client.call("join_desk", { deskId })) as { at: [Position] };
  const [{ epoch, seq }] = joined.at;
  await client.call("flood_durable", { deskId, count: 301, bytes: 1 });

  const verdict = await resume(client, `desk:${deskId}`, { epoch, seq });

  expect(verdict).toMatchObject({ recovered: false, reason: "too_far", at: { epoch, seq: 301 } });
});

it("a refusal of one room leaves the others their verdict", async () => {
  const { client, room, since } = await table(1);
  const rooms = [{ room: "table:closed-3" }, { room: "nonsense" }, { room, since }];

  const answer = await client.call("tautline:resume", { rooms });

  expect(okOf(answer)).toMatchObject({
    rooms: [
      { room: "table:closed-3", recovered: false, problem: { code: "table.closed" } },
      { room: "nonsense", recovered: false, reason: "unknown_room" },
      { room, recovered: true, events: [{ meta: { seq: 1 } }] },
    ],
  });
});

it("who resumed is a live member, also where the position was lost", async () => {
  const { client, room } = await table(1);

  await resume(client, room, { epoch: randomUUID(), seq: 0 });
  await client.call("write_from_outside", { tableId: room.replace("table:", ""), text: "news" });

  expect((await client.next("entry_written"))[0]).toMatchObject({ text: "news" });
});
