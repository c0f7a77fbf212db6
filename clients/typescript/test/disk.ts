// A place for the outbox that outlives the clients of a test: a map, with a hand on when it is written
// and whether it can be.

import { ProblemError } from "../src/index.js";
import { localProblem } from "../src/local-problems.js";
import type { KeptCommand, KnownGuest, OutboxHost, OutboxStorage } from "../src/outbox-storage.js";

/** A disk in a test's hand. */
export interface Disk {
  readonly storage: OutboxStorage;
  /** What is on it now, in the order in which it was first written. */
  readonly rows: Map<string, KeptCommand>;
  /** The guest that was here last. */
  guest: KnownGuest | undefined;
  /** Writes wait while it is true. */
  isSlow: boolean;
  /** What has to happen before something can be read from it. */
  readable: Promise<void>;
  /** Whether writes are refused, as on a full disk. */
  isFull: boolean;
  /** Whether it can be opened. */
  isThere: boolean;
  /** Lets the writes take effect that have waited. */
  write(): Promise<void>;
  /** The page is gone: of what it has not written nothing will be. */
  crash(): void;
  /** Tells the client that has it open. */
  host(): OutboxHost;
}

/** An empty disk. */
export function emptyDisk(): Disk {
  const rows = new Map<string, KeptCommand>();
  let waiting: (() => void)[] = [];
  let open: OutboxHost | undefined;
  let life = 0;

  function soon(task: () => void): void {
    waiting.push(task);
    if (!disk.isSlow) void disk.write();
  }

  const disk: Disk = {
    rows,
    guest: undefined,
    isSlow: false,
    readable: Promise.resolve(),
    isFull: false,
    isThere: true,
    async write() {
      for (const task of waiting.splice(0)) task();
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    },
    crash() {
      waiting = [];
      life += 1;
      open = undefined;
    },
    host() {
      if (!open) throw new Error("nobody has the disk open");
      return open;
    },
    storage: {
      open(host) {
        life += 1;
        const mine = life;
        open = host;
        const broken = (reason: string) =>
          new ProblemError(localProblem("outbox_unavailable", { params: { reason } }));
        return {
          opened: disk.isThere ? Promise.resolve(disk.guest) : Promise.reject(broken("blocked")),
          remember(guest) {
            disk.guest = guest;
          },
          async load(subject, formerly = subject) {
            await disk.readable;
            return [...rows.values()]
              .filter((row) => row.subject === subject || row.subject === formerly)
              .map((row) => ({ ...row, subject }));
          },
          put: (row) =>
            new Promise((resolve, reject) => {
              soon(() => {
                if (mine !== life) return;
                if (disk.isFull) return void reject(broken("quota"));
                rows.set(row.id, row);
                resolve();
              });
            }),
          remove: (id) => soon(() => void (mine === life && rows.delete(id))),
          clear: async (subject) => {
            for (const row of [...rows.values()]) if (row.subject === subject) rows.delete(row.id);
          },
          close() {
            open = undefined;
          },
        };
      },
    },
  };
  return disk;
}
