// Rooms by plain events: a stock client joins, and sees and is seen.

import { expect, it } from "vitest";
import { unique } from "../../harness/unique.js";
import { describeEveryStockClient } from "../../stock/every-client.js";

describeEveryStockClient((connect) => {
  it("joins by an event, and gets the room's state and position", async () => {
    const tableId = unique("table");
    const client = await connect("/tables");

    const answer = await client.call("join_table", { tableId });

    expect(answer).toMatchObject({
      ok: { entries: [] },
      at: [{ room: `table:${tableId}`, epoch: expect.any(String), seq: 0 }],
    });
  });

  it("sees what others do in its room, and they see what it does", async () => {
    const tableId = unique("table");
    const [ann, ben] = [await connect("/tables"), await connect("/tables")];
    await ann.call("join_table", { tableId });
    await ben.call("join_table", { tableId });

    ann.emit("wave", { tableId, gesture: "hello" });
    const [seen] = await ben.next("waved");
    ben.emit("wave", { tableId, gesture: "hello yourself" });
    const waves = [await ann.next("waved"), await ann.next("waved")].map(([wave]) => wave);

    expect(seen).toEqual({ tableId, gesture: "hello" });
    expect(waves).toContainEqual({ tableId, gesture: "hello yourself" });
  });

  it("may ignore the second argument of a durable event", async () => {
    const tableId = unique("table");
    const [ann, ben] = [await connect("/tables"), await connect("/tables")];
    await ann.call("join_table", { tableId });
    await ben.call("join_table", { tableId });

    const answer = await ann.call("write_entry", { tableId, text: "good day" });

    const [entry, meta] = await ben.next("entry_written");
    expect(entry).toMatchObject({ tableId, number: 1, text: "good day" });
    expect(meta).toMatchObject({ room: `table:${tableId}`, seq: 1, ts: expect.any(Number) });
    expect(answer).toMatchObject({ ok: entry, at: [{ room: `table:${tableId}`, seq: 1 }] });
  });

  it("hears nothing of rooms in which it is not", async () => {
    const [here, there] = [unique("table"), unique("table")];
    const [ann, ben] = [await connect("/tables"), await connect("/tables")];
    await ann.call("join_table", { tableId: here });
    await ben.call("join_table", { tableId: here });
    await ben.call("join_table", { tableId: there });

    await ben.call("write_entry", { tableId: there, text: "elsewhere" });
    await ben.call("write_entry", { tableId: here, text: "here" });

    const [entry] = await ann.next("entry_written");
    expect(entry).toMatchObject({ text: "here" });
  });

  it("is refused in the contract's words", async () => {
    const client = await connect("/tables");

    const answer = await client.call("join_table", { tableId: "closed-1" });

    expect(answer).toMatchObject({
      error: { code: "table.closed", message: "Table closed-1 is closed." },
    });
  });
});
