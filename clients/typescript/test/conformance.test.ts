// The cases that every client must pass, run against this one.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { backoffMs } from "../src/backoff.js";
import { createCommandQueue, type SendMeta } from "../src/command-queue.js";
import { moveAfter } from "../src/command-recovery.js";
import { newCommandState, type QueuedCommand } from "../src/command-state.js";
import {
  type ConnectionEffect,
  type ConnectionInput,
  connectionSnapshot,
  initialConnection,
  stepConnection,
} from "../src/connection-machine.js";
import { type CursorInput, freshCursor, type Numbered, stepCursor } from "../src/cursor.js";
import type { CommandDelivery } from "../src/descriptors.js";
import { readRefusal } from "../src/local-problems.js";
import { nobodyKnown, type PresenceInput, stepPresence } from "../src/presence-book.js";
import type { Outcome, Problem, RecoveryHint } from "../src/problem.js";
import { noneKnown, type ReceiptInput, stepReceipts } from "../src/receipt-book.js";
import { roomName } from "../src/room-name.js";
import { freshBook, type StreamInput, stepStreams } from "../src/stream-book.js";
import { problem } from "./stage.js";

function cases<Case extends { name: string }>(file: string, check: (it: Case) => void): void {
  const url = new URL(`../../conformance/cases/${file}.json`, import.meta.url);
  const { cases } = JSON.parse(readFileSync(url, "utf8")) as { cases: Case[] };
  describe(file, () => {
    for (const it of cases) test(it.name, () => check(it));
  });
}

cases<{ name: string; pattern: string; fields: Record<string, string>; expected: string }>(
  "room-names",
  ({ pattern, fields, expected }) => expect(roomName(pattern, fields)).toBe(expected),
);

cases<{ name: string; attempt: number; random: number; ms: number }>(
  "backoff",
  ({ attempt, random, ms }) => expect(backoffMs(attempt, random)).toBe(ms),
);

cases<{ name: string; message: string; code: string; action: string }>(
  "refusals",
  ({ message, code, action }) => {
    const read = readRefusal(message);
    expect({ code: read.code, action: read.recovery.action }).toEqual({ code, action });
  },
);

interface RecoveryCase {
  name: string;
  category: Problem["category"];
  action: Problem["recovery"]["action"];
  moves: Record<CommandDelivery, string[]>;
}

cases<RecoveryCase>("recovery", ({ category, action, moves }) => {
  const refused = { refusals: 1, patienceMs: 10_000, budgetMs: 0, random: 0 };
  const outcomes: Outcome[] = ["not_executed", "executed", "unknown"];
  for (const [delivery, expected] of Object.entries(moves) as [CommandDelivery, string[]][]) {
    const isKept = delivery === "idempotent";
    const chosen = outcomes.map(
      (outcome) =>
        moveAfter(problem("any", action, { category, outcome }), { ...refused, delivery, isKept })
          .type,
    );
    expect({ delivery, moves: chosen }).toEqual({ delivery, moves: expected });
  }
});

type Place = [epoch: string, seq: number];

interface CursorCase {
  name: string;
  steps: {
    input: { type: string; event?: Place; events?: Place[]; at?: Place | null; more?: boolean };
    deliver: number[];
    move: string;
  }[];
}

cases<CursorCase>("cursor", ({ steps }) => {
  const position = ([epoch, seq]: Place) => ({ epoch, seq });
  const event = (place: Place): Numbered => ({
    name: "e",
    payload: {},
    meta: { room: "r", ...position(place) },
  });
  let cursor = freshCursor;
  for (const { input, deliver, move } of steps) {
    const step = stepCursor(cursor, {
      ...input,
      ...(input.event && { event: event(input.event) }),
      ...(input.events && { events: input.events.map(event) }),
      at: input.at ? position(input.at) : undefined,
    } as CursorInput);
    cursor = step.cursor;
    const numbers = step.deliver.map(({ meta }) => meta.seq);
    expect({ input, deliver: numbers, move: step.move }).toEqual({ input, deliver, move });
  }
});

type OpenText = [id: string, number: number, text: string];

interface StreamCase {
  name: string;
  steps: {
    input: { type: string; stream?: string; streams?: OpenText[] };
    streams: [...OpenText, status: string][];
    ask: boolean;
  }[];
}

cases<StreamCase>("streams", ({ steps }) => {
  const beginning = (id: string) => ({ id, name: "e", room: "r", payload: {} });
  let book = freshBook;
  for (const { input, streams, ask } of steps) {
    const step = stepStreams(book, {
      ...input,
      ...(input.type === "started" && beginning(input.stream ?? "")),
      ...(input.streams && {
        streams: input.streams.map(([id, number, text]) => ({ ...beginning(id), number, text })),
      }),
    } as StreamInput);
    book = step.book;
    const seen = book.streams.map(({ id, number, text, status }) => [id, number, text, status]);
    expect({ input, streams: seen, ask: step.ask }).toEqual({ input, streams, ask });
  }
});

interface PresenceCase {
  name: string;
  steps: { input: PresenceInput; members: unknown[]; move: string }[];
}

cases<PresenceCase>("presence", ({ steps }) => {
  let book = nobodyKnown;
  for (const { input, members, move } of steps) {
    const step = stepPresence(book, input);
    book = step.book;
    expect({ input, members: book.members, move: step.move }).toEqual({ input, members, move });
  }
});

interface ReceiptCase {
  name: string;
  steps: { input: ReceiptInput; receipts: object; wait: boolean; send: object | null }[];
}

cases<ReceiptCase>("receipts", ({ steps }) => {
  let book = noneKnown;
  for (const { input, receipts, wait, send } of steps) {
    const step = stepReceipts(book, "anna", input);
    book = step.book;
    const seen = { receipts: book.known, wait: step.wait, send: step.send ?? null };
    expect({ input, ...seen }).toEqual({ input, receipts, wait, send });
  }
});

interface Fallen {
  unsent: string[];
  unknown: string[];
}

interface LaneCase {
  name: string;
  steps: {
    send?: Pick<QueuedCommand, "id" | "lane" | "delivery" | "mayQueue">;
    take?: SendMeta[];
    settle?: string;
    putBehind?: string;
    postpone?: { id: string; at: number };
    block?: string[];
    window?: number;
    now?: number;
    jump?: number;
    ledger?: string;
    subject?: string;
    cut?: Fallen;
    expire?: Fallen;
  }[];
}

cases<LaneCase>("lanes", ({ steps }) => {
  const queue = createCommandQueue<QueuedCommand>();
  const ids = ({ unsent, unknown }: Record<keyof Fallen, readonly QueuedCommand[]>) => ({
    unsent: unsent.map(({ id }) => id),
    unknown: unknown.map(({ id }) => id),
  });
  let now = 0;
  let size = 32;
  let ledger = "l1";
  let subject = "anna";
  let skew = 0;
  let blocked: string[] = [];
  for (const step of steps) {
    if (step.now !== undefined) now += step.now;
    if (step.window !== undefined) size = step.window;
    if (step.jump !== undefined) skew += step.jump;
    if (step.ledger !== undefined) ledger = step.ledger;
    if (step.subject !== undefined) {
      subject = step.subject;
      queue.bind(subject);
    }
    if (step.block) blocked = step.block;
    if (step.settle !== undefined) queue.settle(step.settle);
    if (step.putBehind !== undefined) queue.putBehind(step.putBehind);
    if (step.postpone) queue.postpone(step.postpone.id, step.postpone.at);
    if (step.cut) expect(ids(queue.cut())).toEqual(step.cut);
    if (step.expire) expect(ids(queue.expire(now + skew))).toEqual(step.expire);
    if (step.send) {
      const isIdempotent = step.send.delivery === "idempotent";
      const lifetimeMs = isIdempotent ? 60_000 : Number.POSITIVE_INFINITY;
      const state = newCommandState(now + skew + lifetimeMs);
      queue.add({ ...step.send, namespace: "/n", resendMs: 1_000, lifetimeMs, state });
    }
    if (step.take) {
      const { sendings } = queue.take({
        namespace: "/n",
        now,
        serverNow: now,
        ledger,
        subject,
        size,
        isBlocked: (lane) => blocked.includes(lane),
      });
      expect(sendings.map(({ meta }) => meta)).toEqual(step.take);
    }
  }
});

interface ConnectionCase {
  name: string;
  canRenew?: boolean;
  steps: {
    input: { type: string; recovery?: RecoveryHint };
    status: string;
    effects: string[];
    wait?: number;
  }[];
}

cases<ConnectionCase>("connection", ({ canRenew = true, steps }) => {
  let now = 0;
  let state = initialConnection(now);
  for (const { input, status, effects, wait = 0 } of steps) {
    now += wait;
    const { recovery } = input;
    const lost: Partial<Record<"problem", Problem>> = recovery
      ? { problem: { ...problem("any", recovery.action), recovery } }
      : {};
    const step = stepConnection(state, { ...input, ...lost } as ConnectionInput, {
      now,
      random: 0,
      canRenew,
    });
    state = step.state;
    const seen = { status: connectionSnapshot(state).status, effects: step.effects.map(inWords) };
    expect({ input, ...seen }).toEqual({ input, status, effects });
  }
});

function inWords(effect: ConnectionEffect): string {
  if (effect.type === "authorize") return `authorize ${effect.cx.reason}`;
  return effect.type === "wait" ? `wait ${effect.ms}` : effect.type;
}
