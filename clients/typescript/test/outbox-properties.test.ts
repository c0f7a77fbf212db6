// What must hold whatever happens to pages, disks and servers: the outbox against random worlds.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type Entry, newEntry } from "../src/command-entry.js";
import { command, namespace } from "../src/index.js";
import { createOutbox, type OutboxBook } from "../src/outbox.js";
import type { KeptCommand } from "../src/outbox-storage.js";
import { returnedEntry } from "../src/returned-entry.js";
import { judge } from "./remembering-server.js";
import { problem } from "./stage.js";

const WINDOW_MS = 1_000;

const Notes = namespace({
  path: "/notes",
  commands: {
    write: command<{ lane: string }, void>({
      name: "write",
      ack: true,
      delivery: "idempotent",
      lane: ({ lane }) => lane,
      timeoutMs: 50,
      offline: { mode: "queue", ttlMs: WINDOW_MS },
      windowMs: WINDOW_MS,
    }),
  },
});
const { write } = Notes.commands;

/** What may happen at one step. */
const HAPPENINGS = [
  "write",
  "write",
  "disk",
  "disk",
  "disk refuses",
  "send",
  "send",
  "serve",
  "serve",
  "serve",
  "lose answer",
  "answer",
  "answer",
  "cut",
  "crash",
  "time",
  "change person",
  "clock back",
  "clock forward",
  "server forgets",
] as const;

interface Frame {
  readonly id: string;
  readonly lane: string;
  readonly subject: string;
  readonly after?: string;
  readonly resent?: { readonly ledger: string; readonly ageMs: number };
  /** The page and the link that sent it: others hear no answer. */
  readonly link: number;
}

test("whatever crashes: nothing runs twice, as somebody else or out of order, and every word about it is true", () => {
  const world = fc.record({
    steps: fc.array(
      fc.record({ it: fc.constantFrom(...HAPPENINGS), lane: fc.constantFrom("a", "b") }),
      { maxLength: 120, size: "max" },
    ),
    size: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(world, ({ steps, size }) => {
      const disk = new Map<string, KeptCommand>();
      /** Who wrote each command, in which lane. Numbers are ids, and grow. */
      const written = new Map<string, { readonly subject: string; readonly lane: string }>();
      const ran: { readonly id: string; readonly subject: string }[] = [];
      let ledger = { name: "l0", ids: new Set<string>() };
      const told = new Map<string, "done" | "not_executed" | "unknown">();
      const wire: Frame[] = [];
      const answers: { readonly frame: Frame; readonly verdict: string }[] = [];
      let writes: { readonly row?: KeptCommand; readonly id: string }[] = [];
      let [now, skew, link, next] = [0, 0, 0, 0];
      let subject = "anna";
      let book = open();

      function open(): OutboxBook<Entry> {
        writes = [];
        link += 1;
        const life = createOutbox<Entry>({
          limits: { entries: 1_000, bytes: 100_000, ageMs: 1_000_000 },
          put: (row) => void writes.push({ row, id: row.id }),
          remove: (id) => void writes.push({ id }),
        });
        life.isDurable = true;
        return life;
      }
      /** The server says who it is; what this person left behind is read. */
      function welcome(): void {
        book.bind(subject);
        const wall = { wall: now + skew, now, ageMs: 1_000_000 };
        const rows = [...disk.values()].filter((row) => row.subject === subject);
        book.restore(
          rows.map((row) => returnedEntry(row, write as never, wall)),
          true,
        );
      }
      function add(lane: string): void {
        const id = String(next).padStart(4, "0");
        next += 1;
        written.set(id, { subject, lane });
        const facts = { id, payload: { lane }, bytes: 1, contract: "c", inRoom: false };
        const at = { queuedAt: now + skew, startedAt: now, ageMs: 1_000_000 };
        const goesNow = next % 2 === 0;
        book.add(
          newEntry(write as never, { ...facts, ...at }),
          goesNow ? { at: now, ledger: ledger.name } : undefined,
        );
      }
      function store(works: boolean): void {
        for (const { row, id } of writes.splice(0)) {
          // A disk without room for more takes what makes nothing larger.
          if (!works && row && !row.problem) {
            book.notKept(row, now);
            continue;
          }
          if (row) disk.set(id, row);
          else disk.delete(id);
          if (row) book.kept(row);
        }
      }
      function send(): void {
        const sendings = book.take({
          ...{ namespace: "/notes", now, serverNow: now, ledger: ledger.name, subject, size },
          isBlocked: () => false,
        });
        for (const { command, meta } of sendings) {
          // It is on disk as one that may have been sent, unless it is on no disk at all.
          const row = disk.get(command.id);
          expect(row === undefined || row.sent !== undefined).toBe(true);
          wire.push({ ...meta, lane: command.lane ?? "", subject, link });
        }
      }
      function serve(answersIt: boolean): void {
        const frame = wire.shift();
        if (!frame) return;
        const { id, after, resent } = frame;
        const found = ledger.ids.has(id) ? ("same" as const) : null;
        let verdict: string = judge(found, resent, { ledger: ledger.name, windowMs: WINDOW_MS });
        if (verdict === "run" && after !== undefined && !ledger.ids.has(after))
          verdict = "unsettled";
        if (verdict === "run") {
          ran.push({ id, subject: frame.subject });
          ledger.ids.add(id);
        }
        if (answersIt) answers.push({ frame, verdict });
      }
      function hear(): void {
        const answer = answers.shift();
        if (!answer || answer.frame.link !== link) return;
        const { id } = answer.frame;
        const entry = book.entry(id);
        if (!entry || !book.isWaiting(entry)) return;
        if (answer.verdict === "unsettled") book.putBehind(id);
        else if (answer.verdict === "outcome_unknown") giveUp([entry], "unknown");
        else {
          told.set(id, "done");
          book.settle(entry);
        }
      }
      function giveUp(entries: readonly Entry[], outcome: "not_executed" | "unknown"): void {
        for (const entry of entries) {
          told.set(entry.id, outcome);
          book.fail(entry, { ...problem("any", "none"), outcome });
        }
      }
      function expire(): void {
        const { unsent, unknown } = book.expire(now + skew);
        giveUp(unsent, "not_executed");
        giveUp(unknown, "unknown");
      }
      function cut(): void {
        link += 1;
        expect(book.cut()).toEqual({ unsent: [], unknown: [] });
      }

      welcome();
      for (const { it, lane } of steps) {
        switch (it) {
          case "write":
            add(lane);
            break;
          case "disk":
            store(true);
            break;
          case "disk refuses":
            store(false);
            break;
          case "send":
            send();
            break;
          case "serve":
            serve(true);
            break;
          case "lose answer":
            serve(false);
            break;
          case "answer":
            hear();
            break;
          case "cut":
            cut();
            welcome();
            break;
          case "crash":
            // Of what was being written something may have reached the disk.
            for (const { row, id } of writes) {
              if (row && (row.problem || next % 3 === 0)) disk.set(id, row);
            }
            book = open();
            welcome();
            break;
          case "time":
            now += 60;
            expire();
            break;
          case "change person":
            cut();
            subject = subject === "anna" ? "ben" : "anna";
            welcome();
            break;
          case "clock back":
            skew -= 700;
            break;
          case "clock forward":
            skew += 300;
            break;
          case "server forgets":
            ledger = { name: `l${ran.length}-${next}`, ids: new Set() };
        }
      }
      // From here on the world is kind: everything that is kept comes to an end, in this life of the
      // page or in the next one.
      for (const [turn, person] of ["anna", "ben", "anna", "ben"].entries()) {
        cut();
        if (turn === 2) book = open();
        subject = person;
        welcome();
        const isOver = () => wire.length + answers.length + book.waiting().length === 0;
        for (let turn = 0; turn < 400 && !isOver(); turn += 1) {
          store(true);
          send();
          serve(true);
          hear();
          if (turn % 4 === 0) now += 60;
          expire();
        }
      }
      store(true);

      const waiting = [...disk.values()].filter((row) => !row.problem);
      expect(waiting).toEqual([]);
      const times = new Map<string, number>();
      for (const { id } of ran) times.set(id, (times.get(id) ?? 0) + 1);
      expect([...times.values()].filter((count) => count > 1)).toEqual([]);
      for (const { id, subject } of ran) expect(subject).toBe(written.get(id)?.subject);
      for (const person of ["anna", "ben"]) {
        for (const lane of ["a", "b"]) {
          const order = ran
            .map(({ id }) => id)
            .filter((id) => {
              const by = written.get(id);
              return by?.subject === person && by.lane === lane;
            });
          expect(order).toEqual([...order].sort());
        }
      }
      for (const [id, outcome] of told) {
        if (outcome === "done") expect(times.get(id)).toBe(1);
        if (outcome === "not_executed") expect(times.get(id)).toBeUndefined();
      }
    }),
    { numRuns: Number(process.env["RUNS"] ?? 300) },
  );
});
