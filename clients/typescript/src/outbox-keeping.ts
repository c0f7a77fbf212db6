// Between the outbox and the place in which it is kept: opens it when it is first needed, brings back
// what an earlier life left there, and goes on in memory when it fails. Not part of a page whose
// outbox is in memory alone: it comes with the storage.

import { elapsed } from "./clock.js";
import { type Entry, newEntry } from "./command-entry.js";
import { localProblem } from "./local-problems.js";
import type { DurableOutbox, Keeping, KeepingParts } from "./outbox-durable.js";
import type {
  KeptCommand,
  KnownGuest,
  OpenOutbox,
  OutboxHost,
  OutboxStorage,
} from "./outbox-storage.js";
import { isProblemError, type LibraryProblem } from "./problem.js";
import { descriptorOf, returnedEntry, roomOf } from "./returned-entry.js";
import { subjectOf } from "./token-subject.js";

/** Keeps the outbox in a storage. `knownSubject` is who uses the app, if the app knows it by itself. */
export function keptIn(
  storage: OutboxStorage,
  knownSubject: () => string | undefined = () => undefined,
): DurableOutbox {
  return { keep: (parts) => createKeeping(storage, knownSubject, parts) };
}

function createKeeping(
  storage: OutboxStorage,
  knownSubject: () => string | undefined,
  parts: KeepingParts,
): Keeping {
  const { contract, clock, log } = parts;
  const { ageMs } = parts.limits;
  let place: OpenOutbox | undefined;
  let problem: LibraryProblem | undefined;
  let opening: Promise<string | undefined> | undefined;
  /** Whose commands are here, and whose are asked for. */
  let loaded: string | undefined;
  let loading: string | undefined;
  let guest: KnownGuest | undefined;
  /** Whom the token names, which is who the server says we are. It has once said something else: */
  let named: string | undefined;
  let isMisnamed = false;

  function open(): OpenOutbox | undefined {
    if (place || problem) return place;
    const isMine = () => place === mine;
    const host: OutboxHost = {
      ...{ name: parts.name, clock, log, maxAgeMs: ageMs },
      adopt: (rows) => isMine() && adopt(rows, false),
      damaged: (it) => isMine() && parts.report(it, ""),
      cleared: (subject) => isMine() && parts.cleared(subject),
      failed: (it, isErased) => isMine() && fail(it, isErased),
    };
    const mine = storage.open(host);
    place = mine;
    opening = mine.opened.then(
      (known) => {
        if (!isMine()) return undefined;
        guest = known;
        expect(knownSubject());
        return known?.credential;
      },
      (error: unknown) => {
        if (isMine()) fail(unavailable(error), false);
        return undefined;
      },
    );
    return mine;
  }

  function fail(why: LibraryProblem, isErased: boolean): void {
    place?.close();
    place = undefined;
    problem = why;
    log("error", "outbox unavailable", { reason: why.params?.["reason"], isErased });
    parts.lost(isErased);
    parts.report(why, "");
    parts.ready();
  }

  function expect(subject: string | undefined): void {
    if (subject === undefined) return;
    parts.expect(subject);
    load(subject);
  }

  function load(subject: string, formerly?: string): void {
    const mine = open();
    if (!mine || (loading === subject && formerly === undefined)) return;
    loading = subject;
    mine.load(subject, formerly).then(
      (rows) => {
        if (place !== mine || loading !== subject) return;
        loaded = subject;
        adopt(rows, true);
      },
      (error: unknown) => {
        if (place === mine) fail(unavailable(error), false);
      },
    );
  }

  /** Commands on disk are ours now: of an earlier life, or of one beside ours that has ended. */
  function adopt(rows: readonly KeptCommand[], isEarlier: boolean): void {
    const world = { wall: clock.now(), now: elapsed(clock), ageMs };
    const failed: Entry[] = [];
    const entries = rows.map((row): Entry => {
      const command = descriptorOf(contract, row);
      const entry = returnedEntry(row, command, world);
      if (!command || entry.state.problem) {
        if (!row.problem) failed.push(entry);
        return entry;
      }
      return { ...entry, leave: enter(entry) };
    });
    if (rows.length > 0) log("info", "outbox restored", { entries: rows.length });
    parts.restore(entries, isEarlier);
    for (const entry of failed) {
      if (entry.state.problem) parts.giveUp(entry, entry.state.problem);
    }
    parts.ready();
  }

  /** Goes back into the room that it was written in: its page may not be open in this life. */
  function enter(entry: Pick<Entry, "namespace" | "name" | "payload" | "inRoom">) {
    const command = descriptorOf(contract, entry);
    const found = entry.inRoom && command ? roomOf(contract, command, entry.payload) : undefined;
    return found && parts.enter(found.room, found.params);
  }

  return {
    problem: () => problem,
    prepare: () => (open() ? opening : undefined),
    authorized(token) {
      named = isMisnamed ? undefined : subjectOf(token ?? guest?.credential);
      expect(knownSubject() ?? named);
    },
    welcomed({ subject, guest: isGuest, guestCredential: credential }) {
      let formerly: string | undefined;
      if (isGuest) {
        // A guest whom the server has forgotten, and with it all that it did, is now another one.
        if (guest && guest.subject !== subject) formerly = guest.subject;
        guest = credential === undefined ? undefined : { subject, credential };
        if (guest) open()?.remember(guest);
      } else if (named !== undefined && named !== subject) {
        isMisnamed = true;
      }
      load(subject, formerly);
      return formerly;
    },
    isReady: (subject) => problem !== undefined || (subject !== undefined && loaded === subject),
    put(row) {
      const mine = open();
      mine?.put(row).then(
        () => {
          if (place === mine) parts.kept(row);
        },
        (error: unknown) => {
          if (place !== mine) return;
          const why = unavailable(error);
          log("error", "not kept", { id: row.id, reason: why.params?.["reason"] });
          parts.report(why, row.name);
          parts.notKept(row);
        },
      );
    },
    remove: (id) => place?.remove(id),
    clear: async (subject) => place?.clear(subject),
    again(entry) {
      const command = descriptorOf(contract, entry);
      if (!command) return undefined;
      const { id, payload, bytes, inRoom } = entry;
      return newEntry(command, {
        ...{ id, payload, bytes, inRoom, ageMs, leave: enter(entry) },
        contract: contract.hash,
        queuedAt: clock.now(),
        startedAt: elapsed(clock),
      });
    },
    close() {
      place?.close();
      place = undefined;
      problem = undefined;
      opening = undefined;
      loaded = undefined;
      loading = undefined;
      guest = undefined;
    },
  };
}

function unavailable(error: unknown): LibraryProblem {
  return isProblemError(error) && error.problem.code === "outbox_unavailable"
    ? (error.problem as LibraryProblem)
    : localProblem("outbox_unavailable", { params: { reason: "failed" } });
}
