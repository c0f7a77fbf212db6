// Bytes travel as Socket.IO attachments, both ways.

import { expect, it } from "vitest";
import { unique } from "../../harness/unique.js";
import { describeEveryStockClient } from "../../stock/every-client.js";

const CONTENT = Uint8Array.from({ length: 256 }, (_, index) => index);
const PREVIEW = new Uint8Array();

describeEveryStockClient((connect) => {
  it("gets bytes back in the answer and in an event", async () => {
    const client = await connect("/echo");

    const answer = await client.call("echo_blob", {
      name: "all of them",
      content: CONTENT,
      preview: PREVIEW,
    });

    const blob = {
      name: "all of them",
      content: Buffer.from(CONTENT),
      preview: Buffer.from(PREVIEW),
    };
    expect(answer).toEqual({ ok: blob });
    expect(await client.next("blob")).toEqual([blob]);
  });

  it("gets bytes from others, numbered in their room", async () => {
    const tableId = unique("table");
    const [ann, ben] = [await connect("/tables"), await connect("/tables")];
    await ann.call("join_table", { tableId });
    await ben.call("join_table", { tableId });

    await ann.call("attach_page", { tableId, scan: CONTENT });

    const [page, meta] = await ben.next("page_attached");
    expect(page).toEqual({ tableId, scan: Buffer.from(CONTENT) });
    expect(meta).toMatchObject({ seq: 1 });
  });

  it("gets missed bytes by resuming", async () => {
    const tableId = unique("table");
    const ann = await connect("/tables");
    const joined = await ann.call("join_table", { tableId });
    const [{ epoch, seq }] = (joined as { at: [{ epoch: string; seq: number }] }).at;
    const ben = await connect("/tables");
    await ben.call("join_table", { tableId });
    await ben.call("attach_page", { tableId, scan: CONTENT });

    const answer = await ann.call("tautline:resume", {
      rooms: [{ room: `table:${tableId}`, since: { epoch, seq } }],
    });

    const page = { tableId, scan: Buffer.from(CONTENT) };
    expect(answer).toMatchObject({ ok: { rooms: [{ events: [{ payload: page }] }] } });
  });
});
