// What must hold whatever happens: the pure parts against random worlds.

import fc from "fast-check";
import { expect, test } from "vitest";
import { BACKOFF, backoffMs } from "../src/backoff.js";
import { createCommandQueue } from "../src/command-queue.js";
import { newCommandState, type QueuedCommand } from "../src/command-state.js";
import {
  type ConnectionInput,
  connectionSnapshot,
  initialConnection,
  stepConnection,
} from "../src/connection-machine.js";
import { type CursorInput, freshCursor, type Numbered, stepCursor } from "../src/cursor.js";
import { newId } from "../src/identifier.js";
import { nobodyKnown, type PresenceInput, stepPresence } from "../src/presence-book.js";
import { noneKnown, type ReceiptInput, stepReceipts } from "../src/receipt-book.js";
import { freshBook, type StreamInput, stepStreams } from "../src/stream-book.js";
import type { WirePresent, WireReceipt } from "../src/wire.js";
import { problem } from "./stage.js";

test("a wait is never shorter or longer than its bounds", () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const ms = backoffMs(attempt, random);
      expect(ms).toBeGreaterThanOrEqual(BACKOFF.minMs);
      expect(ms).toBeLessThanOrEqual(BACKOFF.maxMs);
    }),
  );
});

test("ids are UUIDs of version 7 that sort by time", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 47 }), fc.nat({ max: 2 ** 47 }), (one, other) => {
      const [a, b] = [newId(one), newId(other)];
      expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      if (one !== other) expect(a < b).toBe(one < other);
    }),
  );
});

/** What the network does with the live event of a number: how often it arrives, and how late. */
interface Fate {
  readonly copies: number;
  readonly delay: number;
}

test("whatever is lost, doubled or late: every event is handed on once and in order", () => {
  const fate: fc.Arbitrary<Fate> = fc.record({ copies: fc.nat(2), delay: fc.nat(6) });
  const world = fc.record({
    fates: fc.array(fate, { minLength: 1, maxLength: 40 }),
    joinedAt: fc.nat(5),
    cuts: fc.array(fc.nat(40), { maxLength: 4 }),
    pageSize: fc.integer({ min: 1, max: 7 }),
  });
  fc.assert(
    fc.property(world, ({ fates, joinedAt, cuts, pageSize }) => {
      const last = joinedAt + fates.length;
      const event = (seq: number): Numbered => ({
        name: "e",
        payload: seq,
        meta: { room: "r", epoch: "e", seq },
      });
      const handedOn: number[] = [];
      let cursor = freshCursor;
      let head = joinedAt;

      function feed(input: CursorInput): void {
        const step = stepCursor(cursor, input);
        cursor = step.cursor;
        handedOn.push(...step.deliver.map(({ meta }) => meta.seq));
        expect(step.move).not.toBe("rejoin");
        if (step.move === "resume") resume();
      }
      /** The server's answer: a page of everything after the cursor. */
      function resume(): void {
        feed({ type: "ask" });
        const since = cursor.at?.seq ?? 0;
        const until = Math.min(head, since + pageSize);
        const events = [];
        for (let seq = since + 1; seq <= until; seq += 1) events.push(event(seq));
        feed({ type: "resumed", events, at: { epoch: "e", seq: head }, more: until < head });
      }

      feed({ type: "ask" });
      feed({ type: "joined", at: { epoch: "e", seq: joinedAt } });
      const arrivals = fates
        .flatMap(({ copies, delay }, index) =>
          Array.from({ length: copies }, (_, copy) => ({
            seq: joinedAt + 1 + index,
            time: index + delay * (copy + 1),
          })),
        )
        .sort((a, b) => a.time - b.time);
      for (const [index, { seq, time }] of arrivals.entries()) {
        head = Math.max(head, seq, Math.min(last, joinedAt + time));
        if (cuts.includes(index)) resume();
        feed({ type: "live", event: event(seq) });
      }
      head = last;
      feed({ type: "head", at: { epoch: "e", seq: last } });
      feed({ type: "patience" });

      expect(handedOn).toEqual(
        Array.from({ length: last - joinedAt }, (_, index) => joinedAt + 1 + index),
      );
    }),
  );
});

test("whatever is cut or lost: a server runs every idempotent command once, each lane in order", () => {
  const command = fc.record({ lane: fc.constantFrom("a", "b", null) });
  const happening = fc.constantFrom("send", "serve", "lose answer", "cut", "overdue");
  const world = fc.record({
    commands: fc.array(command, { minLength: 1, maxLength: 25 }),
    happenings: fc.array(happening, { maxLength: 80 }),
    size: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(world, ({ commands, happenings, size }) => {
      const queue = createCommandQueue<QueuedCommand>();
      const ran: QueuedCommand[] = [];
      const settled = new Set<string>();
      let wire: { command: QueuedCommand; after: string | undefined }[] = [];
      let now = 0;
      let next = 0;

      function send(): void {
        const { lane = null } = commands[next] ?? {};
        if (next >= commands.length) return;
        queue.add({
          id: String(next),
          namespace: "/n",
          lane,
          delivery: "idempotent",
          mayQueue: true,
          resendMs: 10,
          lifetimeMs: Number.POSITIVE_INFINITY,
          state: newCommandState(),
        });
        next += 1;
      }
      function pump(): void {
        const { sendings } = queue.take({
          namespace: "/n",
          now,
          serverNow: now,
          ledger: "l",
          subject: "s",
          size,
          isBlocked: () => false,
        });
        wire.push(...sendings.map(({ command, meta }) => ({ command, after: meta.after })));
        const inFlight = new Set(wire.map(({ command }) => command.id));
        expect([...inFlight].filter((id) => !settled.has(id)).length).toBeLessThanOrEqual(size);
      }
      /** The server takes the next frame: its ledger knows what ran, its lanes what comes first. */
      function serve(answers: boolean): void {
        const frame = wire.shift();
        if (!frame) return;
        const { command, after } = frame;
        const isReady = after === undefined || ran.some(({ id }) => id === after);
        if (isReady && !ran.includes(command)) ran.push(command);
        if (!answers) return;
        if (isReady) {
          settled.add(command.id);
          queue.settle(command.id);
        } else {
          queue.putBehind(command.id);
        }
      }

      for (const it of happenings) {
        if (it === "send") send();
        if (it === "serve") serve(true);
        if (it === "lose answer") serve(false);
        if (it === "overdue") now += 10;
        if (it === "cut") {
          wire = [];
          queue.cut();
        }
        pump();
      }
      while (next < commands.length) send();
      // From here on the world is kind: all that is left must get through.
      for (let turn = 0; turn < 1_000 && settled.size < commands.length; turn += 1) {
        now += 10;
        pump();
        serve(true);
      }

      expect(settled.size).toBe(commands.length);
      expect(ran).toHaveLength(commands.length);
      for (const lane of ["a", "b"]) {
        const order = ran.filter((it) => it.lane === lane).map(({ id }) => Number(id));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }
    }),
  );
});

test("whatever happens, the connection never opens a link that nobody asked for", () => {
  const action = fc.constantFrom(
    "retry",
    "reconnect",
    "reauthenticate",
    "give_up",
    "upgrade_client",
    "none",
  ) as fc.Arbitrary<Parameters<typeof problem>[1]>;
  const input: fc.Arbitrary<ConnectionInput> = fc.oneof(
    fc.constantFrom<ConnectionInput>(
      { type: "connect" },
      { type: "close" },
      { type: "release" },
      { type: "authorized" },
      { type: "welcomed" },
      { type: "due" },
      { type: "online" },
      { type: "offline" },
    ),
    action.map((it): ConnectionInput => ({ type: "lost", problem: problem("any", it) })),
  );
  const world = fc.record({
    inputs: fc.array(fc.tuple(input, fc.nat(10_000)), { maxLength: 60 }),
    canRenew: fc.boolean(),
  });
  fc.assert(
    fc.property(world, ({ inputs, canRenew }) => {
      let now = 0;
      let state = initialConnection(now);
      let hasLink = false;
      for (const [it, wait] of inputs) {
        now += wait;
        const before = state;
        const step = stepConnection(state, it, { now, random: 0.5, canRenew });
        state = step.state;
        for (const { type } of step.effects) {
          if (type === "drop") hasLink = false;
          if (type === "open") {
            // One link at a time, and only on the way from a token.
            expect(hasLink).toBe(false);
            expect(before.phase).toBe("authorizing");
            hasLink = true;
          }
        }
        const { status, since, retryAt } = connectionSnapshot(state);
        expect(hasLink).toBe(state.phase === "opening" || state.phase === "connected");
        expect(retryAt !== undefined).toBe(state.phase === "waiting");
        expect(since).toBeLessThanOrEqual(now);
        if (["idle", "disconnected", "failed"].includes(connectionSnapshot(before).status)) {
          expect(
            it.type === "connect" ||
              status === "idle" ||
              status === "disconnected" ||
              status === "failed",
          ).toBe(true);
        }
      }
    }),
  );
});

test("whatever parts are lost or late: a stream's text is a beginning of what was written, and in the end all of it", () => {
  const happening = fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constant("write"), stream: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("lose"), stream: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("repeat"), stream: fc.nat(2) }) },
    { weight: 6, arbitrary: fc.record({ type: fc.constant("arrive"), stream: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("end"), stream: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("cut"), stream: fc.nat(2) }) },
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 120, size: "max" }), (happenings) => {
      const beginning = (index: number) => ({ id: `s${index}`, name: "e", room: "r", payload: {} });
      const written = [0, 1, 2].map(() => ({ parts: [] as string[], isOver: false }));
      /** What is on its way, in order; questions are answered when they are sent. */
      let wire: StreamInput[] = [];
      let book = freshBook;
      let questions = 0;

      function feed(input: StreamInput): void {
        const step = stepStreams(book, input);
        book = step.book;
        for (const { id, number, text, status } of book.streams) {
          const parts = written[Number(id[1])]?.parts ?? [];
          expect(text).toBe(parts.slice(0, number).join(""));
          if (status !== "open") expect(written[Number(id[1])]?.isOver).toBe(true);
        }
        if (step.ask) ask("resumed");
      }
      function ask(type: "joined" | "resumed"): void {
        questions += 1;
        feed({ type: "asked" });
        const open = written.map(({ parts, isOver }, index) =>
          isOver ? [] : [{ ...beginning(index), number: parts.length, text: parts.join("") }],
        );
        wire.push({ type, streams: open.flat() });
      }
      function arrive(): void {
        const next = wire.shift();
        if (next) feed(next);
      }
      function write(index: number, fate: "send" | "lose" | "repeat" | "overtake"): void {
        const stream = written[index];
        if (!stream || stream.isOver) return;
        const text = `${index}.${stream.parts.length} `;
        stream.parts.push(text);
        const part = {
          type: "part",
          stream: `s${index}`,
          number: stream.parts.length,
          text,
        } as const;
        if (fate === "send" || fate === "repeat") wire.push(part);
        if (fate === "repeat") wire.push(part);
        if (fate === "overtake") wire.unshift(part);
      }

      ask("joined");
      for (const { type, stream } of happenings) {
        if (type === "write") write(stream, "send");
        if (type === "lose") write(stream, "lose");
        if (type === "repeat") write(stream, "repeat");
        if (type === "arrive") arrive();
        if (type === "cut") {
          wire = wire.filter((frame) => frame.type === "ended"); // Durable: the resume brings it.
          feed({ type: "unanswered" });
          ask("resumed");
        }
        const ending = written[stream];
        if (type === "end" && ending && !ending.isOver) {
          ending.isOver = true;
          const { parts } = ending;
          const end = { type: "ended", stream: `s${stream}`, number: parts.length } as const;
          // The first one has an answer, which says what it came to; the others bring their text.
          if (stream === 0) wire.push({ ...end, outcome: "finished" });
          else wire.push({ ...end, outcome: "cancelled", text: parts.join("") });
        }
      }
      // A last part that arrives shows what is missing before it, however early it comes.
      for (const index of [0, 1, 2]) write(index, "overtake");
      while (wire.length > 0) arrive();

      for (const { id, number, status } of book.streams) {
        const { parts, isOver } = written[Number(id[1])] ?? { parts: [], isOver: false };
        const isFinished = isOver && id === "s0";
        expect(status).toBe(isFinished ? "finished" : isOver ? "cancelled" : "open");
        if (!isFinished) expect(number).toBe(parts.length);
      }
      expect(book.streams.filter(({ status }) => status === "open")).toHaveLength(
        written.filter(({ isOver }) => !isOver).length,
      );
      expect(book.isAsking).toBe(false);
      expect(questions).toBeLessThan(happenings.length + 3);
    }),
  );
});

test("whatever changes are lost: who is there is what the server says, once a change arrives", () => {
  const subject = fc.constantFrom("ann", "bo", "cy", "constructor");
  const happening = fc.oneof(
    fc.record({
      type: fc.constantFrom("come" as const, "go" as const),
      subject,
      isLost: fc.boolean(),
    }),
    fc.record({ type: fc.constantFrom("arrive" as const, "cut" as const) }),
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 80, size: "max" }), (happenings) => {
      const there = new Map<string, WirePresent>();
      let version = 0;
      let wire: PresenceInput[] = [];
      let book = nobodyKnown;
      const members = () =>
        [...there.values()].sort((a, b) => a.since - b.since || (a.subject < b.subject ? -1 : 1));

      function feed(input: PresenceInput): void {
        const step = stepPresence(book, input);
        book = step.book;
        if (step.move === "resync") answer();
      }
      function answer(): void {
        wire.push({ type: "snapshot", version, members: members().reverse() });
      }
      function change(name: string, isComing: boolean, isLost: boolean): void {
        version += 1;
        const state = { version };
        const member = { subject: name, state, since: there.get(name)?.since ?? version };
        if (isComing) there.set(name, member);
        else there.delete(name);
        const present = isComing ? [member] : [];
        const absent = isComing ? [] : [name];
        if (!isLost) wire.push({ type: "change", version, present, absent });
      }

      feed({ type: "ask" });
      answer();
      for (const it of happenings) {
        if (it.type === "come" || it.type === "go")
          change(it.subject, it.type === "come", it.isLost);
        if (it.type === "arrive") wire.splice(0, 1).forEach(feed);
        if (it.type === "cut") {
          wire = [];
          feed({ type: "ask" });
          answer();
        }
      }
      change("dan", true, false);
      while (wire.length > 0) wire.splice(0, 1).forEach(feed);

      expect(book.members).toEqual(members());
      expect(book.version).toBe(version);
    }),
  );
});

test("whatever is lost: receipts never go back, and in the end the server has ours", () => {
  const happening = fc.oneof(
    fc.record({ type: fc.constantFrom("delivered" as const, "read" as const), upTo: fc.nat(20) }),
    fc.record({ type: fc.constant("other" as const), upTo: fc.nat(20) }),
    fc.record({
      type: fc.constantFrom("due" as const, "taken" as const, "lost" as const, "cut" as const),
    }),
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60, size: "max" }), (happenings) => {
      const server = { delivered: 0, read: 0 };
      const told: WireReceipt[] = [];
      let furthest: WireReceipt = { delivered: 0, read: 0 };
      let book = noneKnown;
      let onTheWay: WireReceipt | undefined;
      let isTimed = false;

      function feed(input: ReceiptInput): void {
        const before = book.known;
        const step = stepReceipts(book, "ann", input);
        book = step.book;
        for (const [subject, receipt] of Object.entries(before)) {
          expect(book.known[subject]?.read).toBeGreaterThanOrEqual(receipt.read);
          expect(book.known[subject]?.delivered).toBeGreaterThanOrEqual(receipt.delivered);
        }
        if (step.wait) {
          expect(isTimed).toBe(false);
          isTimed = true;
        }
        if (step.send) {
          expect(onTheWay).toBeUndefined();
          told.push(step.send);
          onTheWay = step.send;
        }
      }
      function arrive(): void {
        if (!onTheWay) return;
        server.delivered = Math.max(server.delivered, onTheWay.delivered);
        server.read = Math.max(server.read, onTheWay.read);
      }
      function snapshot(): void {
        feed({ type: "snapshot", epoch: "e", receipts: { ann: { ...server } } });
      }
      function due(): void {
        if (!isTimed) return;
        isTimed = false;
        feed({ type: "due" });
      }

      snapshot();
      for (const it of happenings) {
        if (it.type === "delivered" || it.type === "read") {
          feed({ type: "own", [it.type]: it.upTo });
          const read = it.type === "read" ? Math.max(furthest.read, it.upTo) : furthest.read;
          furthest = { read, delivered: Math.max(furthest.delivered, it.upTo) };
        }
        if (it.type === "other") {
          feed({ type: "change", receipts: { bo: { delivered: it.upTo, read: it.upTo } } });
        }
        if (it.type === "due") due();
        if (it.type === "taken" || it.type === "lost") {
          if (it.type === "taken") arrive();
          if (onTheWay) {
            onTheWay = undefined;
            feed({ type: it.type === "taken" ? "taken" : "failed" });
          }
        }
        if (it.type === "cut") {
          if (told.length % 2 === 0) arrive();
          onTheWay = undefined;
          isTimed = false;
          feed({ type: "cut" });
          snapshot();
        }
      }
      for (let round = 0; round < 3; round += 1) {
        arrive();
        if (onTheWay) {
          onTheWay = undefined;
          feed({ type: "taken" });
        }
        due();
      }

      expect(server).toEqual(furthest);
      expect(isTimed).toBe(false);
    }),
  );
});
