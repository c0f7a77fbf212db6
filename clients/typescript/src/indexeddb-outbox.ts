// The outbox in IndexedDB. Each row belongs to one client, the only one that sends it; a client that
// dies leaves its rows to the next one of the same person.

import {
  type Database,
  explain,
  openDatabase,
  type Reason,
  resultOf,
  unavailable,
} from "./indexeddb-database.js";
import { judgeRow, ownerOf, type Row } from "./indexeddb-rows.js";
import { localProblem } from "./local-problems.js";
import type { KeptCommand, KnownGuest, OpenOutbox, OutboxHost } from "./outbox-storage.js";
import { ProblemError } from "./problem.js";
import { beginLife, type Life } from "./tab-lives.js";
import { groupedWrites } from "./write-groups.js";

/** Something to write. A row that is `undefined` is to be deleted. */
type Change =
  | { readonly type: "row"; readonly id: string; readonly command: KeptCommand | undefined }
  | { readonly type: "guest" };

interface Open {
  readonly database: Database;
  readonly life: Life;
}

/** How long opening and reading may take before the outbox goes on without the database. */
const PATIENCE_MS = 5_000;

/** Opens the outbox in the database of that name. */
export function openIndexedDbOutbox(name: string, host: OutboxHost): OpenOutbox {
  const { clock, log } = host;
  let life: Life | undefined;
  let isClosed = false;
  let guest: KnownGuest | undefined;
  /** Whose rows were asked for: what a client leaves that dies later is theirs as well. */
  let present: Person | undefined;
  /** Under which number each command of ours lies. */
  const keys = new Map<string, IDBValidKey>();

  const opening = within(start());
  const opened = within(opening.then(recall));
  const writes = groupedWrites(commit);

  async function start(): Promise<Open> {
    try {
      life = await beginLife(name, { met: waitFor, cleared: host.cleared });
      const database = await openDatabase(databaseName(name), (reason) => void lost(reason));
      if (!isClosed) return { database, life };
      // It took too long, and nobody waits for it any more.
      database.close();
      throw unavailable("timed_out");
    } catch (error) {
      life?.end();
      throw problemOf(error);
    }
  }

  async function recall({ database, life }: Open): Promise<KnownGuest | undefined> {
    const [rows, last] = await database.transact("readonly", async ({ rows, notes }) => [
      (await resultOf(rows.getAll())) as unknown[],
      (await resultOf(notes.get("guest"))) as KnownGuest | undefined,
    ]);
    // Two tabs that met the server at the same time are two guests. What is left of one waits for it.
    const living = await life.living();
    const left = rows.find((row) => guestOf(row) && !living.has(ownerOf(row)));
    guest = guestOf(left) ?? last;
    return guest;
  }

  async function commit(group: readonly Change[]): Promise<void> {
    const { database, life } = await opening;
    await opened;
    // Of one command only the last word counts.
    const last = new Map<string, KeptCommand | undefined>();
    for (const change of group) if (change.type === "row") last.set(change.id, change.command);
    const added: [string, IDBRequest<IDBValidKey>][] = [];
    // However long it takes: what goes on in memory and is on disk in the end would be sent twice.
    await database.transact("readwrite", ({ rows, notes }) => {
      for (const [id, command] of last) {
        const key = keys.get(id);
        if (command === undefined) {
          if (key !== undefined) rows.delete(key);
        } else if (key !== undefined) {
          rows.put(rowOf(life.owner, command), key);
        } else {
          added.push([id, rows.add(rowOf(life.owner, command))]);
        }
      }
      if (group.some(({ type }) => type === "guest")) notes.put(guest, "guest");
    });
    for (const [id, request] of added) keys.set(id, request.result);
    for (const [id, command] of last) if (command === undefined) keys.delete(id);
  }

  function rowOf(owner: string, command: KeptCommand): Row {
    return { owner, command, ...(guest && guest.subject === command.subject && { guest }) };
  }

  async function load(person: Person): Promise<readonly KeptCommand[]> {
    const { database, life } = await opening;
    await opened;
    present = person;
    const rows = await database.transact("readonly", ({ rows }) => resultOf(rows.getAll()));
    const found: Found[] = [];
    for (const owner of new Set(rows.map(ownerOf))) {
      if (owner === life.owner) continue;
      const wasDead = await life.ifDead(owner, async () => {
        found.push(...(await inherit(owner, person)));
      });
      if (!wasDead) waitFor(owner);
    }
    return inOrder(found);
  }

  /** Takes what a dead client has left of this person's. To be called while nobody else can. */
  async function inherit(owner: string, [subject, formerly]: Person): Promise<Found[]> {
    const { database, life } = await opening;
    const world = { now: clock.now(), maxAgeMs: host.maxAgeMs };
    const found: Found[] = [];
    const useless: [reason: "unowned" | "damaged" | "stale", row: unknown][] = [];
    await database.transact("readwrite", async ({ rows }) => {
      const all = (await resultOf(rows.getAll())) as unknown[];
      for (const [index, key] of (await resultOf(rows.getAllKeys())).entries()) {
        const row = all[index];
        if (ownerOf(row) !== owner) continue;
        const verdict = judgeRow(row, [subject, formerly], world);
        if (verdict === "ours") {
          const ours = rowOf(life.owner, { ...(row as Row).command, subject });
          rows.put(ours, key);
          found.push([key as number, ours.command]);
        } else if (verdict !== "another's") {
          rows.delete(key);
          useless.push([verdict, row]);
        }
      }
    });
    for (const [key, { id }] of found) keys.set(id, key);
    for (const [reason, row] of useless) {
      log("warn", "not restored", { reason, id: (row as Partial<Row>)?.command?.id });
      if (reason === "stale") continue;
      host.damaged(localProblem("entry_unusable", { params: { reason } }));
    }
    return found;
  }

  /** When that client dies, what it leaves is ours. */
  function waitFor(owner: string): void {
    life?.whenDead(owner, async () => {
      if (present === undefined || isClosed) return;
      try {
        host.adopt(inOrder(await inherit(owner, present)));
      } catch (error) {
        // It is still there for the next client that looks.
        log("warn", "not inherited", { owner, error });
      }
    });
  }

  /** The database was taken from us. */
  async function lost(reason: Reason): Promise<void> {
    let isErased = reason === "erased";
    if (reason === "closed") {
      // Closed by the browser: what was in it may be there, or be gone with the data of the site.
      isErased = await openDatabase(databaseName(name), () => {}).then(
        async (again) => {
          const count = await again.transact("readonly", ({ rows }) => resultOf(rows.count()));
          again.close();
          return count === 0;
        },
        () => false,
      );
    }
    host.failed(unavailable(isErased ? "erased" : reason).problem, isErased);
  }

  function within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = clock.after(PATIENCE_MS, () => reject(unavailable("timed_out")));
      work.then(resolve, (error: unknown) => reject(problemOf(error))).finally(stop);
    });
  }

  return {
    opened,
    remember(known) {
      if (guest?.credential === known.credential) return;
      guest = known;
      writes
        .write({ type: "guest" })
        .catch((error: unknown) => log("warn", "guest not noted", { error }));
    },
    load: (...person) => within(load(person)),
    put: (command) =>
      writes.write({ type: "row", id: command.id, command }).catch((error: unknown) => {
        throw problemOf(error);
      }),
    remove(id) {
      writes
        .write({ type: "row", id, command: undefined })
        .catch((error: unknown) => log("warn", "not removed", { id, error }));
    },
    async clear(subject) {
      await writes.idle();
      const { database, life } = await opening;
      if (guest?.subject === subject) guest = undefined;
      await within(
        database.transact("readwrite", async ({ rows, notes }) => {
          const all = (await resultOf(rows.getAll())) as Partial<Row>[];
          for (const [index, key] of (await resultOf(rows.getAllKeys())).entries()) {
            if (all[index]?.command?.subject === subject) rows.delete(key);
          }
          if (!guest) notes.delete("guest");
        }),
      );
      life.say({ cleared: subject });
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      // What was asked for before is written; then others may have it.
      const end = () => life?.end();
      opening
        .then(async ({ database }) => {
          await writes.idle();
          database.close();
        })
        .then(end, end);
    },
  };
}

/** Who asks, and who they were before the server forgot them. */
type Person = Parameters<OpenOutbox["load"]>;

type Found = [key: number, command: KeptCommand];

function inOrder(found: readonly Found[]): readonly KeptCommand[] {
  return [...found].sort(([a], [b]) => a - b).map(([, command]) => command);
}

function databaseName(name: string): string {
  return `tautline:${name}`;
}

function guestOf(row: unknown): KnownGuest | undefined {
  return (row as Partial<Row> | undefined)?.guest;
}

function problemOf(error: unknown): ProblemError {
  return error instanceof ProblemError ? error : explain(error);
}
