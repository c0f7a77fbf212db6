// What stands in a room beside its events, through the whole client: whatever is lost or cut, in the end
// the client knows what the server knows, and the server what the client has said.

import fc from "fast-check";
import { expect, test } from "vitest";
import { positioned, type WireMeta } from "../src/testing.js";
import type { WirePresent, WireReceipt, WireStream } from "../src/wire.js";
import { Board, type Pointer } from "./board.js";
import { stage } from "./stage.js";

const ROOM = "board:b";
const here = { boardId: "b" };

/** What may happen at one step. */
const STEPS = [
  "start",
  "write",
  "write",
  "write",
  "end",
  "come",
  "go",
  "read elsewhere",
  "read",
  "show",
  "lose a live one",
  "lose a numbered one",
  "lose an answer",
  "forget",
  "cut",
  "time",
  "remount",
] as const;

/** A server that keeps its promises, over the fake one, whose next frame may get lost. */
function keptServer(server: ReturnType<typeof stage>["server"]) {
  const journal: { name: string; payload: unknown; meta: WireMeta }[] = [];
  const streams = new Map<string, WireStream>();
  const ends = new Map<string, string>();
  const members = new Map<string, WirePresent>();
  const receipts = new Map<string, WireReceipt>();
  const loses = { live: false, numbered: false, answer: false, journal: false };
  let version = 0;
  let epoch = 0;

  const at = () => ({ epoch: `e${epoch}`, seq: journal.length });
  const standing = () => ({
    streams: [...streams.values()],
    presence: { version, members: [...members.values()] },
    receipts: Object.fromEntries(receipts),
  });

  function publish(name: string, payload: object, facts: Partial<WireMeta> = {}): void {
    const meta = { room: ROOM, epoch: `e${epoch}`, seq: journal.length + 1, ts: 0, ...facts };
    journal.push({ name, payload, meta });
    if (!loses.numbered) server.emit("/board", name, payload, meta);
    loses.numbered = false;
  }
  function live(name: string, payload: object): void {
    if (!loses.live) server.emit("/board", name, { room: ROOM, ...payload });
    loses.live = false;
  }
  function further(subject: string, { delivered, read }: WireReceipt): void {
    const known = receipts.get(subject) ?? { delivered: 0, read: 0 };
    const next = {
      delivered: Math.max(known.delivered, delivered),
      read: Math.max(known.read, read),
    };
    receipts.set(subject, next);
    live("tautline:receipts", { receipts: { [subject]: next } });
  }
  function come(subject: string, state?: Pointer): void {
    version += 1;
    const since = members.get(subject)?.since ?? version;
    const member = { subject, since, ...(state && { state }) };
    members.set(subject, member);
    live("tautline:presence", { version, present: [member], absent: [] });
  }
  function answered<T>(answer: T): T | undefined {
    const isLost = loses.answer;
    loses.answer = false;
    return isLost ? undefined : answer;
  }
  function verdict(since: { epoch: string; seq: number } | undefined) {
    const facts = { room: ROOM, at: at(), more: false, ...standing() };
    if (since?.epoch !== `e${epoch}`) {
      return { ...facts, recovered: false, reason: "epoch_changed", events: [] };
    }
    return { ...facts, recovered: true, events: journal.slice(since.seq) };
  }

  server.handle("join_board", () => {
    if (!members.has("someone")) come("someone");
    return answered(positioned({ cards: [] }, ROOM, at(), standing()));
  });
  server.handle("tautline:subscribe", ({ since }: { since?: ReturnType<typeof at> }) =>
    answered(verdict(since)),
  );
  server.handle("tautline:resume", ({ rooms }: { rooms: { since?: ReturnType<typeof at> }[] }) =>
    answered({ rooms: rooms.map(({ since }) => verdict(since)) }),
  );
  server.handle("tautline:present", ({ state }: { state?: Pointer }) => {
    come("someone", state);
    return answered(null);
  });
  server.handle("tautline:receipt", (receipt: WireReceipt & { epoch: string }) => {
    if (receipt.epoch === `e${epoch}`) further("someone", receipt);
    return answered(null);
  });

  return {
    loses,
    streams,
    ends,
    members,
    receipts,
    come,
    go(subject: string) {
      if (!members.delete(subject)) return;
      version += 1;
      live("tautline:presence", { version, present: [], absent: [subject] });
    },
    readElsewhere: (subject: string) =>
      further(subject, { delivered: journal.length, read: journal.length }),
    start(id: string) {
      const payload = { ...here, title: id };
      streams.set(id, { id, name: "summary", payload, room: ROOM, number: 0, text: "" });
      publish("summary", payload, { stream: { id, leaseMs: 1 } });
    },
    write(id: string) {
      const stream = streams.get(id);
      if (!stream) return;
      const number = stream.number + 1;
      const text = `${id}.${number} `;
      streams.set(id, { ...stream, number, text: stream.text + text });
      live("tautline:append", { stream: id, number, text });
    },
    end(id: string) {
      const stream = streams.get(id);
      if (!stream) return;
      streams.delete(id);
      ends.set(id, stream.text);
      const answer = { boardId: "b", text: stream.text };
      publish("tautline:ended", { stream: id, name: "summary", outcome: "finished", answer });
    },
    /** The server starts anew with another numbering. Streams go on; nobody is there any more. */
    forget() {
      epoch += 1;
      journal.length = 0;
      receipts.clear();
      members.clear();
      version = 0;
      server.cut();
    },
    head: at,
  };
}

test("whatever is lost, in the end the client knows what stands in the room", async () => {
  const world = fc.array(fc.record({ it: fc.constantFrom(...STEPS), which: fc.nat(2) }), {
    minLength: 10,
    maxLength: 80,
    size: "max",
  });
  await fc.assert(
    fc.asyncProperty(world, async (steps) => {
      const { client, server, pass } = stage();
      const kept = keptServer(server);
      let room = client.join(Board.rooms.board, here);
      const streams = client.streams(Board.streams.summary, here);
      const presence = client.presence(Board.rooms.board, here);
      const receipts = client.receipts(Board.rooms.board, here);
      let shown: Pointer | undefined;
      const results: Promise<{ ok: boolean }>[] = [];
      client.connect();
      await server.settled();
      streams.subscribe(() => {
        for (const { id, text, status } of streams.getSnapshot()) {
          // At no time anything else than what was written.
          const whole = kept.streams.get(id)?.text ?? kept.ends.get(id) ?? "";
          expect(whole.startsWith(text)).toBe(true);
          if (status !== "open") expect(kept.ends.has(id)).toBe(true);
        }
      });

      for (const [number, { it, which }] of steps.entries()) {
        const id = `s${which}`;
        const who = ["ann", "bo", "cy"][which] as string;
        if (it === "start" && !kept.streams.has(id) && !kept.ends.has(id)) kept.start(id);
        if (it === "write") kept.write(id);
        if (it === "end") kept.end(id);
        if (it === "come") kept.come(who, { x: number, y: 0 });
        if (it === "go") kept.go(who);
        if (it === "read elsewhere") kept.readElsewhere(who);
        if (it === "read") room.read();
        if (it === "show") {
          shown = { x: number, y: 1 };
          results.push(room.present(shown));
        }
        if (it === "lose a live one") kept.loses.live = true;
        if (it === "lose a numbered one") kept.loses.numbered = true;
        if (it === "lose an answer") kept.loses.answer = true;
        if (it === "forget") kept.forget();
        if (it === "cut") server.cut();
        if (it === "time") await pass(700);
        if (it === "remount") {
          const next = client.join(Board.rooms.board, here);
          room.leave();
          room = next;
        }
        if (number % 3 === 0) await server.settled();
      }

      // The network calms down. Of each kind something arrives that shows what is missing before it.
      Object.assign(kept.loses, { live: false, numbered: false, answer: false });
      for (let turn = 0; turn < 20; turn += 1) await pass(12_000);
      server.emit("/board", "tautline:heads", { heads: { [ROOM]: kept.head() } });
      await server.settled();
      for (let turn = 0; turn < 4; turn += 1) await pass(1_000);
      for (const id of kept.streams.keys()) kept.write(id);
      kept.come("dan");
      for (const who of kept.receipts.keys()) kept.readElsewhere(who);
      room.read();
      await server.settled();
      for (let turn = 0; turn < 4; turn += 1) await pass(1_000);

      const open = streams.getSnapshot().filter(({ status }) => status === "open");
      const texts = (list: readonly { id: string; text: string }[]) =>
        Object.fromEntries(list.map(({ id, text }) => [id, text]));
      expect(texts(open)).toEqual(texts([...kept.streams.values()]));
      const byTime = (a: WirePresent, b: WirePresent) =>
        a.since - b.since || (a.subject < b.subject ? -1 : 1);
      const { members, self, isLive } = presence.getSnapshot();
      expect({ members, isLive }).toEqual({
        members: [...kept.members.values()].sort(byTime),
        isLive: true,
      });
      expect(self?.state).toEqual(shown);
      expect((await Promise.all(results)).every(({ ok }) => ok)).toBe(true);
      expect(receipts.getSnapshot()).toEqual(Object.fromEntries(kept.receipts));
      const { seq } = kept.head();
      if (seq > 0) expect(kept.receipts.get("someone")).toEqual({ delivered: seq, read: seq });
    }),
    { numRuns: 150 },
  );
});
