// The whole client on a disk, against a server that remembers, with pages that vanish at any moment:
// what was on the disk takes effect once, in order, and as who wrote it.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Board } from "./board.js";
import { outboxWorld, tokenOf } from "./outbox-world.js";

/** What may happen at one step. */
type Step =
  | "write"
  | "reload"
  | "another person"
  | "cut"
  | "go offline"
  | "go online"
  | "time"
  | "lose answers"
  | "answer"
  | "slow disk"
  | "fast disk"
  | "full disk"
  | "settle";

const STEPS: readonly Step[] = [
  "write",
  "write",
  "write",
  "reload",
  "reload",
  "another person",
  "cut",
  "go offline",
  "go online",
  "go online",
  "time",
  "lose answers",
  "answer",
  "slow disk",
  "fast disk",
  "fast disk",
  "full disk",
  "settle",
  "settle",
];

test("whatever vanishes, what was kept takes effect once, in order, as who wrote it", async () => {
  const world = fc.record({
    steps: fc.array(fc.constantFrom(...STEPS), { maxLength: 50, size: "max" }),
    joins: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ steps, joins }) => {
      const { open, crash, server, board, disk, settled, pass } = outboxWorld();
      const writers = new Map<string, string>();
      const kept = new Set<string>();
      const done: string[] = [];
      const denied: string[] = [];
      let person = "ann";
      let page = openPage();

      function openPage() {
        server.welcome = { subject: person };
        const opened = open({ auth: () => tokenOf(person) });
        if (joins) opened.client.join(Board.rooms.board, { boardId: "b" });
        opened.client.connect();
        return opened;
      }
      function write(): void {
        const text = String(writers.size).padStart(3, "0");
        writers.set(text, person);
        page.add(text).then(({ ok, ...rest }) => {
          if (ok) done.push(text);
          else if ("problem" in rest && rest.problem.outcome === "not_executed") denied.push(text);
        });
      }
      function look(): void {
        for (const { payload, subject } of disk.rows.values()) {
          // What was written before the page knew by whom is nobody's in the next life.
          if (subject !== undefined) kept.add((payload as { text: string }).text);
        }
      }

      for (const step of steps) {
        switch (step) {
          case "write":
            write();
            break;
          case "another person":
            // The fake server knows one person at a time: what is on its way arrives as the one before.
            await server.settled();
            person = person === "ann" ? "ben" : "ann";
            crash();
            page = openPage();
            break;
          case "reload":
            crash();
            page = openPage();
            break;
          case "cut":
            server.cut();
            break;
          case "go offline":
            server.isReachable = false;
            server.cut();
            break;
          case "go online":
            server.isReachable = true;
            page.client.connect();
            break;
          case "time":
            await pass(300);
            break;
          case "lose answers":
            board.losesAnswers = true;
            break;
          case "answer":
            board.losesAnswers = false;
            break;
          case "slow disk":
            disk.isSlow = true;
            break;
          case "fast disk":
            disk.isSlow = false;
            disk.isFull = false;
            await disk.write();
            break;
          case "full disk":
            disk.isFull = true;
            break;
          case "settle":
            await settled();
        }
        look();
      }
      // From here on the world is kind.
      Object.assign(board, { losesAnswers: false });
      Object.assign(disk, { isSlow: false, isFull: false });
      server.isReachable = true;
      for (const next of [person, person === "ann" ? "ben" : "ann"]) {
        if (next !== person) {
          await settled();
          person = next;
          crash();
          page = openPage();
        }
        // What was answered by nobody is sent again on the next link.
        server.cut();
        page.client.connect();
        for (let turn = 0; turn < 4; turn += 1) await pass(1_000);
      }
      await settled();

      const ran = board.ran.map(({ text }) => text);
      expect([...ran].sort()).toEqual([...new Set(ran)].sort());
      for (const { subject, text } of board.ran) expect(subject).toBe(writers.get(text));
      for (const someone of ["ann", "ben"]) {
        const theirs = ran.filter((text) => writers.get(text) === someone);
        expect(theirs).toEqual([...theirs].sort());
      }
      expect([...kept, ...done].filter((text) => !ran.includes(text))).toEqual([]);
      expect(denied.filter((text) => ran.includes(text))).toEqual([]);
      expect([...disk.rows.values()].filter(({ subject }) => subject !== undefined)).toEqual([]);
    }),
    { numRuns: Number(process.env["RUNS"] ?? 60) },
  );
});
