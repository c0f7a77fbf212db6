// A stream whose frames meet faults: its listener has all of the text, once, and its end.

import type { StreamSnapshot } from "@tautline/client";
import { describe, expect, it } from "vitest";
import { okOf, ours, stock, until } from "../../harness/clients.js";
import { fastClock } from "../../harness/fast-clock.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { events, type When } from "../../harness/faults.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import {
  type Poem,
  type Recital,
  type RecitalAt,
  type RecitalError,
  Recitals,
} from "../../src/generated/index.js";
import { FAULTS } from "./conversation.js";

/** The end of a stream is the last that is heard of it: lost, it is found by the head of the room. */
const server = serverForFile({ headsMs: 200 });

const PARTS = ["once ", "upon ", "a ", "time"];
const TEXT = PARTS.join("");

type Heard = StreamSnapshot<Recital, Poem, RecitalError>;

const FRAMES: Readonly<Record<string, { readonly when: When; readonly nth?: number }>> = {
  "the start": { when: events("recital") },
  "the first part": { when: events("tautline:append") },
  "a part": { when: events("tautline:append"), nth: 2 },
  "the end": { when: events("tautline:ended") },
};

/** A listener of ours behind a proxy, and a speaker who goes on when a witness has heard the part before. */
async function recital() {
  const stageId = unique("stage");
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url, { clock: fastClock(20) });
  client.connect();
  const room = client.join(Recitals.rooms.stage, { stageId });
  const recitals = client.streams(Recitals.streams.recital, { stageId });
  const heard = async (isWanted: (recital: Heard) => boolean) =>
    (await until(recitals, ([first]) => first !== undefined && isWanted(first)))[0] as Heard;
  await until(room, ({ status }) => status === "joined");

  const speaker = await stock(server.url, "/recitals");
  const witness = await stock(server.url, "/recitals");
  const ask = async (name: string, payload: object) =>
    okOf<RecitalAt>(await speaker.call(name, payload));
  okOf(await witness.call("join_stage", { stageId }));
  const begin = async () => (await ask("begin_recital", { stageId, title: "Tea" })).recital;
  const speak = async (recital: string, ...words: string[]) => {
    await ask("speak", { recital, words });
    await witness.next("tautline:append");
  };
  const finish = (recital: string) => ask("end_recital", { recital, ending: "finished" });
  return { begin, finish, heard, proxy, recitals, room, speak };
}

describe.each(Object.entries(FRAMES))("%s", (_, frame) => {
  it.each(Object.entries(FAULTS))("is %s", async (_, action) => {
    const { begin, finish, heard, proxy, recitals, room, speak } = await recital();
    const rule = await proxy.add({ ...frame, times: 1, action });
    const texts: string[] = [];
    recitals.subscribe(() => texts.push(recitals.getSnapshot()[0]?.text ?? ""));

    const id = await begin();
    for (const word of PARTS) await speak(id, word);
    await heard(({ text }) => text === TEXT);
    await finish(id);
    const end = await heard(({ status }) => status !== "open");

    expect(end).toMatchObject({ id, status: "finished", text: TEXT, answer: { text: TEXT } });
    expect(recitals.getSnapshot()).toHaveLength(1);
    // It only ever grew.
    expect(texts).toEqual([...texts].sort((a, b) => a.length - b.length));
    expect(texts.every((text) => TEXT.startsWith(text))).toBe(true);
    expect(room.getSnapshot().status).toBe("joined");
    expect(await proxy.find({ rule: rule.number })).toHaveLength(1);
  });
});

it("a last part that gets lost is in the answer, and the text is a beginning of it", async () => {
  const { begin, finish, heard, proxy, speak } = await recital();
  const nth = PARTS.length;
  await proxy.add({ when: events("tautline:append"), nth, action: { type: "drop" } });

  const id = await begin();
  for (const word of PARTS) await speak(id, word);
  await finish(id);
  const end = await heard(({ status }) => status !== "open");

  expect(end).toMatchObject({ status: "finished", answer: { text: TEXT } });
  expect(TEXT.startsWith(end.text)).toBe(true);
});
