// Presence and receipts by hand: plain events, which a stock client sends and hears like any other.

import { expect, it } from "vitest";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import type { StockClient } from "../../stock/client.js";
import { describeEveryStockClient } from "../../stock/every-client.js";

interface Joined {
  readonly at: readonly [{ readonly epoch: string; readonly seq: number }];
  readonly presence: { readonly version: number; readonly members: readonly Member[] };
  readonly receipts: Readonly<Record<string, unknown>>;
}

interface Member {
  readonly subject: string;
  readonly state?: unknown;
  readonly since: number;
}

interface Change {
  readonly version: number;
  readonly present: readonly Member[];
  readonly absent: readonly string[];
}

/** Takes changes until one of them says this. Their versions have no gap. */
async function until(client: StockClient, after: number, says: (change: Change) => boolean) {
  for (let version = after + 1; ; version += 1) {
    const [change] = (await client.next("tautline:presence")) as [Change];
    expect(change.version).toBe(version);
    if (says(change)) return change;
  }
}

describeEveryStockClient((connect) => {
  const join = async (circleId: string, sub: string) => {
    const client = await connect("/chat", sign({ sub }));
    const joined = (await client.call("join_circle", { circleId })) as Joined;
    return { client, joined };
  };

  it("sees who is in a room and what they show, and shows itself", async () => {
    const circleId = unique("circle");
    const room = `circle:${circleId}`;
    const ann = await join(circleId, "ann");
    await until(ann.client, ann.joined.presence.version, ({ present }) =>
      present.some(({ subject }) => subject === "ann"),
    );
    const ben = await join(circleId, "ben");

    const shown = await ben.client.call("tautline:present", { room, state: { isWriting: true } });
    const writes = await until(ann.client, ben.joined.presence.version, ({ present }) =>
      present.some(({ state }) => state !== undefined),
    );
    const left = await ben.client.call("tautline:unsubscribe", { room });
    const gone = await until(ann.client, writes.version, ({ absent }) => absent.length > 0);

    expect([shown, left]).toEqual([{ ok: null }, { ok: null }]);
    expect(ben.joined.presence.members).toEqual([{ subject: "ann", since: expect.any(Number) }]);
    expect(writes.present).toMatchObject([{ subject: "ben", state: { isWriting: true } }]);
    expect(gone).toMatchObject({ present: [], absent: ["ben"] });
  });

  it("says how far it has read, and hears how far the others are", async () => {
    const circleId = unique("circle");
    const room = `circle:${circleId}`;
    const ann = await join(circleId, "ann");
    const ben = await join(circleId, "ben");
    await ann.client.call("say", { circleId, text: "hello" });
    const [, meta] = (await ben.client.next("said")) as [unknown, { epoch: string; seq: number }];

    const given = { room, epoch: meta.epoch, read: meta.seq };
    const answer = await ben.client.call("tautline:receipt", given);
    const [heard] = await ann.client.next("tautline:receipts");
    const late = await join(circleId, "cleo");

    const receipts = { ben: { delivered: 1, read: 1 } };
    expect(answer).toEqual({ ok: null });
    expect(heard).toEqual({ room, receipts });
    expect(late.joined.receipts).toEqual(receipts);
  });

  it("learns what is wrong with what it shows, or with what it says to have read", async () => {
    const circleId = unique("circle");
    const room = `circle:${circleId}`;
    const { client, joined } = await join(circleId, "ann");
    const [{ epoch }] = joined.at;
    const code = async (event: string, payload: object) => {
      const answer = (await client.call(event, payload)) as { error: { code: string } };
      return answer.error;
    };

    expect(await code("tautline:present", { room, state: { isWriting: 1 } })).toMatchObject({
      code: "invalid_payload",
      fields: [{ path: "state.isWriting", rule: "type" }],
    });
    expect(await code("tautline:receipt", { room, epoch, read: 9 })).toMatchObject({
      code: "invalid_payload",
      fields: [{ path: "read", rule: "range", limit: "..=0" }],
    });
    expect(await code("tautline:receipt", { room, epoch: "another", read: 0 })).toMatchObject({
      code: "epoch_changed",
      recovery: { action: "resync" },
    });
    expect(await code("tautline:present", { room: "circle:elsewhere" })).toMatchObject({
      code: "not_joined",
    });
  });
});
