// Streams through our client: all of the text for whoever comes, an end for whoever is left alone.

import { roomState, type StreamSnapshot } from "@tautline/client";
import { expect, it } from "vitest";
import { okOf, ours, status, stock, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import {
  type Poem,
  type Recital,
  type RecitalAt,
  type RecitalError,
  Recitals,
} from "../../src/generated/index.js";

type Heard = StreamSnapshot<Recital, Poem, RecitalError>;

/** The lease of a recital, as the contract has it. */
const LEASE_MS = Recitals.streams.recital.leaseMs ?? 0;

const server = serverForFile();

const stage = roomState(Recitals.rooms.stage, Recitals, {
  poemRecited: (state, poem) => ({ poems: [...state.poems, poem] }),
});

/** Somebody before a stage, behind a wire that can be cut. */
async function listener(stageId: string) {
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url, { roomStates: [stage] });
  client.connect();
  const room = client.join(stage, { stageId });
  await until(room, (snapshot) => snapshot.status === "joined");
  const recitals = client.streams(Recitals.streams.recital, { stageId });
  const heard = async (isWanted: (recital: Heard) => boolean) =>
    (await until(recitals, ([recital]) => recital !== undefined && isWanted(recital)))[0] as Heard;
  return { client, proxy, room, recitals, heard };
}

/** A stage on which something is recited, and what a test asks of the speaker. */
async function recital() {
  const stageId = unique("stage");
  const speaker = await stock(server.url, "/recitals");
  const { recital } = okOf<RecitalAt>(
    await speaker.call("begin_recital", { stageId, title: "Tea" }),
  );
  const ask = async (name: string, words: object = {}) =>
    okOf<RecitalAt>(await speaker.call(name, { recital, ...words }));
  return { stageId, recital, ask, speak: (...words: string[]) => ask("speak", { words }) };
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `word${from + index} `);

it("whoever joins in the middle has all of it, and goes on with those who were there", async () => {
  const { stageId, recital: id, ask, speak } = await recital();
  const early = await listener(stageId);
  await speak(...numbered(1, 20));
  const speaking = ask("speak", { words: numbered(21, 60), pauseMs: 10 });

  const late = await listener(stageId);
  const [first] = late.recitals.getSnapshot();
  await speaking;
  await ask("end_recital", { ending: "finished" });
  const ends = await Promise.all(
    [early, late].map(({ heard }) => heard((it) => it.status === "finished")),
  );

  const text = numbered(1, 60).join("");
  expect(text.startsWith(first?.text ?? "?")).toBe(true);
  expect(first?.text).not.toBe("");
  for (const end of ends) {
    expect(end).toMatchObject({ id, text, payload: { stageId, title: "Tea" } });
    expect(end.answer).toEqual({ stageId, title: "Tea", text, recital: id });
  }
  expect(late.room.getSnapshot().state?.poems.map(({ recital }) => recital)).toEqual([id]);
});

it("what is spoken while a listener is away is there when it is back", async () => {
  const { stageId, speak, ask } = await recital();
  const { client, proxy, heard } = await listener(stageId);
  await speak(...numbered(1, 5));
  await heard(({ text }) => text === numbered(1, 5).join(""));

  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");
  await speak(...numbered(6, 30));
  await proxy.admit();
  await heard(({ text }) => text === numbered(1, 30).join(""));
  await speak("end");
  await ask("end_recital", { ending: "finished" });

  const end = await heard((it) => it.status === "finished");
  expect(end.text).toBe(`${numbered(1, 30).join("")}end`);
});

it("a stream that ends while a listener is away has its end when it is back", async () => {
  const { stageId, speak, ask } = await recital();
  const { client, proxy, heard } = await listener(stageId);
  await speak("once ");
  await heard(({ text }) => text === "once ");

  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");
  await speak("more");
  await ask("end_recital", { ending: "forgotten" });
  await proxy.admit();

  const end = await heard((it) => it.status !== "open");
  expect(end).toMatchObject({
    status: "failed",
    problem: { code: "recital.forgotten", params: { title: "Tea" } },
  });
});

it("a stream that is called off says so, and starts no other", async () => {
  const { stageId, speak, ask } = await recital();
  const { heard, recitals } = await listener(stageId);
  await speak("once");

  await ask("end_recital", { ending: "cancelled" });

  expect(await heard((it) => it.status !== "open")).toMatchObject({ status: "cancelled" });
  expect(recitals.getSnapshot()).toHaveLength(1);
});

it("a producer that leaves without a word has failed when its lease is over", async () => {
  const { stageId, speak, ask } = await recital();
  const { heard } = await listener(stageId);
  await speak("once upon");
  await heard(({ text }) => text === "once upon");
  const left = performance.now();

  await ask("leave_recital");
  const end = await heard((it) => it.status !== "open");

  const waited = performance.now() - left;
  expect(end).toMatchObject({
    status: "failed",
    text: "once upon",
    problem: { code: "timed_out", category: "timeout" },
  });
  // The lease began with the last word, a moment before the speaker left.
  expect(waited).toBeGreaterThan(LEASE_MS / 2);
  expect(waited).toBeLessThan(LEASE_MS * 3);
});

it("a producer that comes back goes on where it was", async () => {
  const { stageId, speak, ask } = await recital();
  const { heard, recitals } = await listener(stageId);
  await speak("once ");
  await ask("leave_recital");

  const back = await ask("take_up_recital");
  await speak("upon ");
  await speak("a time");
  await ask("end_recital", { ending: "finished" });
  const end = await heard((it) => it.status !== "open");

  expect(back).toMatchObject({ number: 1, text: "once " });
  expect(end).toMatchObject({ status: "finished", text: "once upon a time" });
  expect(recitals.getSnapshot()).toHaveLength(1);
});

it("words in quick succession come in few parts, and none is lost", async () => {
  const { stageId, speak } = await recital();
  const { heard } = await listener(stageId);
  const words = numbered(1, 500);

  await speak(...words);
  const all = await heard(({ text }) => text.length === words.join("").length);

  expect(all.text).toBe(words.join(""));
  expect(all.number).toBeLessThan(words.length / 2);
});

it("a stage that is left takes its streams along, and brings them back", async () => {
  const { stageId, speak } = await recital();
  const { client, room, recitals, heard } = await listener(stageId);
  await speak("once ");
  await heard(({ text }) => text === "once ");

  room.leave();
  await until(recitals, (list) => list.length === 0);
  await speak("upon");
  const again = client.join(stage, { stageId });
  await until(again, (snapshot) => snapshot.status === "joined");

  expect((await heard(({ text }) => text === "once upon")).status).toBe("open");
});
