// What every client does with commands that outlive its page, and what servers make of them: the cases
// that are written down as data, run against this client and the server that its tests rely on.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Entry, newEntry } from "../src/command-entry.js";
import type { SendMeta } from "../src/command-queue.js";
import { type AnyCommand, type Command, command, namespace } from "../src/index.js";
import { createOutbox, type OutboxBook } from "../src/outbox.js";
import type { KeptCommand } from "../src/outbox-storage.js";
import type { OutboxLimits } from "../src/outbox-types.js";
import type { Problem } from "../src/problem.js";
import { descriptorOf, returnedEntry } from "../src/returned-entry.js";
import { judge, type Resent, type Verdict } from "./remembering-server.js";
import { problem } from "./stage.js";

function cases<Case extends { name: string }>(file: string, check: (it: Case) => void): void {
  const url = new URL(`../../conformance/cases/${file}.json`, import.meta.url);
  const { cases } = JSON.parse(readFileSync(url, "utf8")) as { cases: Case[] };
  describe(file, () => {
    for (const it of cases) test(it.name, () => check(it));
  });
}

interface LedgerCase {
  readonly name: string;
  readonly found: "same" | "other" | null;
  readonly resent?: Resent;
  readonly ledger: string;
  readonly windowMs: number;
  readonly verdict: Verdict;
}

// The server that other tests here rely on decides as the real one does.
cases<LedgerCase>("ledger", ({ found, resent, ledger, windowMs, verdict }) =>
  expect(judge(found, resent, { ledger, windowMs })).toBe(verdict),
);

interface Fallen {
  readonly unsent: readonly string[];
  readonly unknown: readonly string[];
}

interface Added {
  readonly id: string;
  readonly lane: string | null;
  readonly name?: string;
  readonly delivery?: "at_most_once";
  readonly bytes?: number;
  readonly now?: true;
  readonly full?: true;
}

interface OutboxCase {
  readonly name: string;
  readonly steps: readonly {
    readonly add?: Added;
    readonly write?: "done" | "refused" | "one";
    readonly disk?: Readonly<Record<string, "unsent" | "sent" | "failed">>;
    readonly welcome?: string;
    readonly take?: readonly SendMeta[];
    readonly settle?: string;
    readonly fail?: string;
    readonly retry?: string;
    readonly reload?: string | null;
    readonly build?: readonly string[];
    readonly limits?: Pick<OutboxLimits, "entries" | "bytes">;
    readonly lose?: "kept" | "erased";
    readonly entries?: Readonly<Record<string, string>>;
    readonly window?: number;
    readonly now?: number;
    readonly jump?: number;
    readonly ledger?: string;
    readonly cut?: Fallen;
    readonly expire?: Fallen;
  }[];
}

const NAMESPACE = "/notes";
const LIFETIME_MS = 60_000;

cases<OutboxCase>("outbox", ({ steps }) => {
  const disk = new Map<string, KeptCommand>();
  let writes: { readonly row?: KeptCommand; readonly id: string }[] = [];
  let limits: OutboxLimits = { entries: 100, bytes: 1_000, ageMs: 1_000_000 };
  let build: readonly string[] = ["write", "draw"];
  let [now, skew, size, ledger] = [0, 0, 32, "l1"];
  /** Commands that have fallen out of the order, and wait to be settled or to fail. */
  let fallen: readonly Entry[] = [];
  let book = beginLife();

  function beginLife(): OutboxBook<Entry> {
    writes = [];
    const life = createOutbox<Entry>({
      get limits() {
        return limits;
      },
      put: (row) => void writes.push({ row, id: row.id }),
      remove: (id) => void writes.push({ id }),
    });
    life.isDurable = true;
    return life;
  }

  /** What this build knows. A payload is its lane. */
  function contract() {
    const made = build.map((name): [string, AnyCommand] => [
      name,
      command<{ lane: string | null }, void>({
        name,
        ack: true,
        delivery: "idempotent",
        lane: ({ lane }) => lane ?? "",
        offline: { mode: "queue", ttlMs: LIFETIME_MS },
      }) as AnyCommand,
    ]);
    const Notes = namespace({ path: NAMESPACE, commands: Object.fromEntries(made) });
    return { name: "notes", version: "1.0.0", hash: build.join(), namespaces: { Notes } };
  }

  function entry({ id, lane, name = "write", delivery, bytes = 10 }: Added): Entry {
    const descriptor = descriptorOf(contract(), { namespace: NAMESPACE, name });
    const facts = { id, payload: { lane }, bytes, contract: contract().hash, inRoom: false };
    const made = newEntry(descriptor as Command<unknown, unknown, Problem>, {
      ...facts,
      ...{ queuedAt: now + skew, startedAt: now, ageMs: limits.ageMs },
    });
    return { ...made, lane, resendMs: 1_000, ...(delivery && { delivery, mayQueue: false }) };
  }

  function welcome(subject: string): void {
    book.bind(subject);
    const rows = [...disk.values()].filter((row) => row.subject === subject);
    const world = { wall: now + skew, now, ageMs: limits.ageMs };
    book.restore(
      rows.map((row) => ({
        ...returnedEntry(row, descriptorOf(contract(), row), world),
        resendMs: 1_000,
      })),
      true,
    );
  }

  function write(outcome: "done" | "refused" | "one"): void {
    for (const { row, id } of writes.splice(0, outcome === "one" ? 1 : writes.length)) {
      if (outcome === "refused") {
        if (row) book.notKept(row, now);
        continue;
      }
      if (row) disk.set(id, row);
      else disk.delete(id);
      if (row) book.kept(row);
    }
  }

  function find(id: string): Entry {
    const found = book.entry(id) ?? fallen.find((it) => it.id === id);
    if (!found) throw new Error(`no command ${id}`);
    return found;
  }

  function take(): readonly SendMeta[] {
    const { subject = "nobody" } = book;
    const isBlocked = () => false;
    const window = { namespace: NAMESPACE, now, serverNow: now, ledger, subject, size, isBlocked };
    return book.take(window).map(({ meta }) => meta);
  }

  function ids(of: { unsent: readonly Entry[]; unknown: readonly Entry[] }): Fallen {
    fallen = [...of.unsent, ...of.unknown];
    return { unsent: of.unsent.map(({ id }) => id), unknown: of.unknown.map(({ id }) => id) };
  }

  for (const step of steps) {
    if (step.now !== undefined) now += step.now;
    if (step.jump !== undefined) skew += step.jump;
    if (step.window !== undefined) size = step.window;
    if (step.ledger !== undefined) ledger = step.ledger;
    if (step.build) build = step.build;
    if (step.limits) limits = { ...limits, ...step.limits };
    if (step.reload !== undefined) book = beginLife();
    if (step.reload) welcome(step.reload);
    if (step.welcome !== undefined) welcome(step.welcome);
    if (step.write) write(step.write);
    if (step.lose) {
      if (step.lose === "erased") disk.clear();
      book.lose(step.lose === "erased");
      writes = [];
    }
    if (step.settle !== undefined) book.settle(find(step.settle));
    if (step.fail !== undefined) book.fail(find(step.fail), problem("any", "none"));
    if (step.retry !== undefined) {
      const { id, lane, name } = find(step.retry);
      book.add(entry({ id, lane, name }));
    }
    if (step.add) {
      const { bytes = 10, full = false } = step.add;
      expect({ add: step.add, isFull: book.isFull(bytes) }).toEqual({
        add: step.add,
        isFull: full,
      });
      if (!full) book.add(entry(step.add), step.add.now && { at: now, ledger });
    }
    if (step.cut) expect(ids(book.cut())).toEqual(step.cut);
    if (step.expire) expect(ids(book.expire(now + skew))).toEqual(step.expire);
    if (step.take) expect(take()).toEqual(step.take);
    if (step.entries) {
      const seen = book.entries().map(({ id, status }) => [id, status]);
      expect(Object.fromEntries(seen)).toEqual(step.entries);
    }
    if (step.disk) {
      const rows = [...disk].map(([id, { sent, problem }]) => [
        id,
        problem ? "failed" : sent ? "sent" : "unsent",
      ]);
      expect(Object.fromEntries(rows)).toEqual(step.disk);
    }
  }
});
