// The library's own events are plain events: a stock client may adopt them one by one, by hand.

import { expect, it } from "vitest";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { describeEveryStockClient } from "../../stock/every-client.js";

describeEveryStockClient((connect) => {
  it("is welcomed with who it is and what the server takes", async () => {
    const client = await connect("/tables", sign({ sub: "alice", scope: "admin" }));

    const [welcome] = await client.next("tautline:welcome");

    expect(welcome).toMatchObject({
      subject: "alice",
      guest: false,
      scopes: ["admin"],
      connection: expect.any(String),
      serverTime: expect.any(Number),
      ledger: expect.any(String),
      contract: { name: "conformance", version: "1.0.0", hash: expect.any(String) },
      tokenExpiresAt: expect.any(Number),
      limits: {
        eventBytes: expect.any(Number),
        frameBytes: expect.any(Number),
        rooms: expect.any(Number),
        inFlight: expect.any(Number),
      },
    });
  });

  it("subscribes by hand, and gets what comes from then on", async () => {
    const tableId = unique("table");
    const room = `table:${tableId}`;
    const [ann, ben] = [await connect("/tables"), await connect("/tables")];

    const answer = await ann.call("tautline:subscribe", { room });
    await ben.call("write_from_outside", { tableId, text: "news" });

    expect(answer).toMatchObject({ ok: { room } });
    expect((await ann.next("entry_written"))[0]).toMatchObject({ text: "news" });
  });

  it("unsubscribes by hand, and hears no more", async () => {
    const [left, kept] = [unique("table"), unique("table")];
    const [ann, ben] = [await connect("/tables"), await connect("/tables")];
    await ann.call("join_table", { tableId: left });
    await ann.call("join_table", { tableId: kept });

    const answer = await ann.call("tautline:unsubscribe", { room: `table:${left}` });
    await ben.call("write_from_outside", { tableId: left, text: "unheard" });
    await ben.call("write_from_outside", { tableId: kept, text: "heard" });

    expect(answer).toEqual({ ok: null });
    expect((await ann.next("entry_written"))[0]).toMatchObject({ text: "heard" });
  });

  it("resumes by hand, and gets what it has missed, in order", async () => {
    const tableId = unique("table");
    const room = `table:${tableId}`;
    const ann = await connect("/tables");
    const joined = await ann.call("join_table", { tableId });
    const [since] = (joined as { at: [{ epoch: string; seq: number }] }).at;
    await ann.close();
    const ben = await connect("/tables");
    await ben.call("write_from_outside", { tableId, text: "first" });
    await ben.call("write_from_outside", { tableId, text: "second" });

    const again = await connect("/tables");
    const answer = await again.call("tautline:resume", {
      rooms: [{ room, since: { epoch: since.epoch, seq: since.seq } }],
    });

    expect(answer).toMatchObject({
      ok: {
        rooms: [
          {
            room,
            recovered: true,
            at: { epoch: since.epoch, seq: 2 },
            more: false,
            events: [
              { name: "entry_written", payload: { text: "first" }, meta: { room, seq: 1 } },
              { name: "entry_written", payload: { text: "second" }, meta: { room, seq: 2 } },
            ],
          },
        ],
      },
    });
  });

  it("answers a question by hand, and hears that it is settled", async () => {
    const tableId = unique("table");
    const [ann, ben] = [await connect("/tables"), await connect("/tables")];
    await ann.call("join_table", { tableId });

    const verdict = ben.call("ask_table", { tableId, question: "more tea?" });
    const [ballot, meta] = await ann.next("vote");
    const { id } = (meta as { question: { id: string } }).question;
    const answer = await ann.call("tautline:answer", {
      question: id,
      answer: { isInFavour: true },
    });

    expect(ballot).toEqual({ tableId, question: "more tea?" });
    expect(answer).toEqual({ ok: null });
    expect(await verdict).toEqual({ ok: { outcome: "answered", vote: { isInFavour: true } } });
    expect((await ann.next("tautline:settled"))[0]).toEqual({ question: id, outcome: "answered" });
  });

  it("renews its token in place", async () => {
    const client = await connect("/faults", sign({ sub: "alice" }));

    const answer = await client.call("tautline:refresh", {
      token: sign({ sub: "alice", scope: "admin" }),
    });

    expect(answer).toMatchObject({ ok: { tokenExpiresAt: expect.any(Number) } });
    expect(await client.call("who_am_i")).toMatchObject({ ok: { scopes: ["admin"] } });
  });
});
