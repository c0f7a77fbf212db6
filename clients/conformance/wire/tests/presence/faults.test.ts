// Presence whose frames meet faults: in the end everybody sees everybody as they are.

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
  "what brings who is there": { when: acks("join_circle") },
  "the first change": { when: events("tautline:presence") },
  "a later change": { when: events("tautline:presence"), nth: 2 },
  "what is shown": { when: commands("tautline:present") },
  "the answer to what is shown": { when: acks("tautline:present") },
};

/** Somebody in a circle, on the way that `url` leads. */
function person(circleId: string, sub: string, url: string) {
  const client = ours(url, { auth: () => sign({ sub }), clock: fastClock(20) });
  client.connect();
  const room = client.join(Chat.rooms.circle, { circleId });
  const presence = client.presence(Chat.rooms.circle, { circleId });
  /** Waits until everybody is there, each in this state. */
  const sees = (people: Readonly<Record<string, boolean | undefined>>) =>
    until(presence, ({ members, isLive }) => {
      const writing = members.map(({ subject, state }) => [subject, state?.isWriting]);
      const wanted = Object.entries(people);
      return isLive && JSON.stringify(writing.sort()) === JSON.stringify(wanted.sort());
    });
  return { client, room, presence, sees };
}

describe.each(Object.entries(FRAMES))("%s", (_, frame) => {
  it.each(Object.entries(FAULTS))("is %s", async (_, action) => {
    const circle = unique("circle");
    const proxy = await faultProxy(server.url);
    const rule = await proxy.add({ ...frame, times: 1, action });
    const bo = person(circle, "bo", server.url);
    await bo.sees({ bo: undefined });
    const ann = person(circle, "ann", proxy.url);

    await bo.sees({ ann: undefined, bo: undefined });
    const shown = ann.room.present({ isWriting: false });
    await bo.sees({ ann: false, bo: undefined });
    await bo.room.present({ isWriting: false });
    await bo.sees({ ann: false, bo: false });
    await bo.room.present({ isWriting: true });
    await bo.sees({ ann: false, bo: true });

    await ann.sees({ ann: false, bo: true });
    expect(await shown).toEqual({ ok: true, value: undefined });
    expect(await proxy.find({ rule: rule.number })).toHaveLength(1);
  });
});
