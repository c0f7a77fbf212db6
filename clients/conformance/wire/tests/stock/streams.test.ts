// Streams by hand: a durable event with an id, parts with numbers, and a durable end.

import { expect, it } from "vitest";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import type { StockClient } from "../../stock/client.js";
import { describeEveryStockClient } from "../../stock/every-client.js";

interface Part {
  readonly room: string;
  readonly stream: string;
  readonly number: number;
  readonly text: string;
}

/** Hears parts until their text is as long as this one. Their numbers have no gap. */
async function hear(client: StockClient, stream: string, after: number, text: string) {
  let [heard, number] = ["", after];
  while (heard.length < text.length) {
    const [part] = (await client.next("tautline:append")) as [Part];
    expect(part).toMatchObject({ stream, number: number + 1 });
    heard += part.text;
    number = part.number;
  }
  expect(heard).toBe(text);
  return number;
}

describeEveryStockClient((connect) => {
  const before = async (stageId: string) => {
    const client = await connect("/recitals", sign({ sub: unique("somebody") }));
    const joined = (await client.call("join_stage", { stageId })) as { streams: unknown[] };
    const begin = async () => {
      const answer = await client.call("begin_recital", { stageId, title: "Tea" });
      return (answer as { ok: { recital: string } }).ok.recital;
    };
    return { client, joined, begin };
  };

  it("hears a text while it is written, puts its parts together by number, and hears its end", async () => {
    const stageId = unique("stage");
    const { client, joined, begin } = await before(stageId);
    const recital = await begin();

    const [start, meta] = await client.next("recital");
    await client.call("speak", { recital, words: ["Tea ", "for ", "two"] });
    await hear(client, recital, 0, "Tea for two");
    await client.call("end_recital", { recital, ending: "finished" });
    const [poem] = await client.next("poem_recited");
    const [end, endMeta] = await client.next("tautline:ended");

    const room = `stage:${stageId}`;
    expect(joined.streams).toEqual([]);
    expect(start).toEqual({ stageId, title: "Tea" });
    expect(meta).toMatchObject({ room, seq: 1, stream: { id: recital, leaseMs: 2000 } });
    expect(poem).toEqual({ stageId, title: "Tea", text: "Tea for two", recital });
    // How many parts there were depends on how they were put together.
    const number = expect.any(Number);
    const outcome = "finished";
    expect(end).toEqual({ stream: recital, name: "recital", number, outcome, answer: poem });
    expect(endMeta).toMatchObject({ room, seq: 3 });
  });

  it("gets the text so far when it joins in the middle, and hears how a stream failed", async () => {
    const stageId = unique("stage");
    const speaker = await before(stageId);
    const recital = await speaker.begin();
    const line = (number: number, text: string) =>
      speaker.client.call("speak_line", { recital, number, text });
    await line(1, "Tea ");
    await line(2, "for ");
    await hear(speaker.client, recital, 0, "Tea for ");

    const late = await before(stageId);
    await line(2, "for ");
    await line(3, "two");
    await hear(late.client, recital, 2, "two");
    await speaker.client.call("end_recital", { recital, ending: "forgotten" });
    const [end] = await late.client.next("tautline:ended");

    expect(late.joined.streams).toEqual([
      {
        id: recital,
        name: "recital",
        payload: { stageId, title: "Tea" },
        room: `stage:${stageId}`,
        number: 2,
        text: "Tea for ",
      },
    ]);
    expect(end).toMatchObject({
      outcome: "failed",
      problem: { code: "recital.forgotten", params: { title: "Tea" } },
    });
  });
});
