// Receipts whose frames meet faults: in the end everybody knows how far everybody is.

import { describe, expect, it } from "vitest";
import { ours, until } from "../../harness/clients.js";
import { fastClock } from "../../harness/fast-clock.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { type Action, acks, commands, events, type When } from "../../harness/faults.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { Chat } from "../../src/generated/index.js";

const server = serverForFile({ headsMs: 200 });

const FAULTS: Readonly<Record<string, Action>> = {
  dropped: { type: "drop" },
  "sent three times": { type: "duplicate", copies: 2 },
  overtaken: { type: "reorder", behind: 1 },
  "cut off": { type: "cut" },
};

const FRAMES: Readonly<Record<string, { readonly when: When; readonly nth?: number }>> = {
  "what brings how far they are": { when: acks("join_circle") },
  "what is told": { when: commands("tautline:receipt") },
  "its answer": { when: acks("tautline:receipt") },
  "what is heard of others": { when: events("tautline:receipts") },
};

/** Somebody in a circle, on the way that `url` leads. */
function person(circleId: string, sub: string, url: string) {
  const client = ours(url, { auth: () => sign({ sub }), clock: fastClock(20) });
  client.connect();
  const room = client.join(Chat.rooms.circle, { circleId });
  const receipts = client.receipts(Chat.rooms.circle, { circleId });
  return {
    room,
    say: (text: string) => client.run(Chat.commands.say, { circleId, text }),
    receipts,
    knows: (subject: string, delivered: number, read: number) =>
      until(receipts, ({ [subject]: it }) => it?.delivered === delivered && it.read === read),
  };
}

describe.each(Object.entries(FRAMES))("%s", (_, frame) => {
  it.each(Object.entries(FAULTS))("is %s", async (_, action) => {
    const circle = unique("circle");
    const proxy = await faultProxy(server.url);
    const rule = await proxy.add({ ...frame, times: 1, action });
    const bo = person(circle, "bo", server.url);
    const ann = person(circle, "ann", proxy.url);
    const marks: number[] = [];
    ann.receipts.subscribe(() => marks.push(ann.receipts.getSnapshot()["bo"]?.read ?? 0));

    await bo.say("one");
    await bo.knows("ann", 1, 0);
    await bo.say("two");
    bo.room.read();
    await until(ann.room, ({ status }) => status === "joined");
    ann.room.read(1);

    await Promise.all([bo.knows("ann", 2, 1), ann.knows("bo", 2, 2)]);
    // Nobody ever goes back.
    expect(marks).toEqual([...marks].sort((a, b) => a - b));
    expect(await proxy.find({ rule: rule.number })).toHaveLength(1);
  });
});
