// Pages in tabs of one browser, each on a line of its own to servers that share one memory.

import { vi } from "vitest";
import { type ClientOptions, type Clock, createClient, type Problem } from "../src/index.js";
import { type IndexedDbOutboxOptions, indexedDbOutbox } from "../src/indexeddb.js";
import { type FakeServer, fakeServer, manualClock } from "../src/testing.js";
import type { Transport } from "../src/transport.js";
import type { Welcome } from "../src/wire.js";
import { Board, contract } from "./board.js";
import { freshMemory, remembering } from "./remembering-server.js";
import { browser } from "./tabs.js";

/** What a page may be opened with. */
export interface PageOptions extends Partial<ClientOptions> {
  /** What the server says to it. */
  readonly welcome?: Partial<Welcome>;
  readonly kept?: IndexedDbOutboxOptions;
}

/** A browser and its pages. */
export function tabWorld() {
  const clock = manualClock();
  const memory = freshMemory();
  const chromium = browser();

  /** Opens the app in a new tab. */
  function open({ welcome = {}, kept, ...options }: PageOptions = {}) {
    const tab = chromium.open();
    for (const [name, value] of Object.entries(tab.globals)) vi.stubGlobal(name, value);
    const server = fakeServer(clock);
    server.welcome = welcome;
    server.handle("join_board", () => ({ cards: [] }));
    remembering(server, memory);
    const life = { isOver: false };
    const problems: Problem[] = [];
    const client = createClient({
      url: "http://tabs",
      contract,
      transport: lineOf(server, life),
      clock: clockOf(clock, life),
      random: () => 0,
      logger: false,
      outbox: indexedDbOutbox({ name: "test", ...kept }),
      ...options,
    });
    client.onProblem((problem) => problems.push(problem));
    const texts = () =>
      client.outbox.getSnapshot().entries.map(({ payload }) => (payload as { text: string }).text);
    return {
      client,
      server,
      problems,
      texts,
      add: (text: string) => client.run(Board.commands.addCard, { boardId: "b", text }),
      /** Takes the network away. */
      goOffline() {
        server.isReachable = false;
        server.cut();
      },
      goOnline() {
        server.isReachable = true;
        client.connect();
      },
      /** The tab is closed, or reloaded, or crashes: nothing of the page runs any more. */
      kill() {
        life.isOver = true;
        tab.kill();
      },
      /** What arrived of it at the server. */
      sent: () => server.calls.filter(({ name }) => name === "add_card"),
    };
  }

  return {
    clock,
    memory,
    chromium,
    open,
    added: () => memory.ran.map(({ text }) => text),
    /** What lies in the database, in order. */
    async rows(): Promise<Record<string, unknown>[]> {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const opening = chromium.indexedDB.open("tautline:test");
        opening.onsuccess = () => resolve(opening.result as never);
      });
      const all = db.transaction("rows").objectStore("rows").getAll();
      const rows = await new Promise<Record<string, unknown>[]>((resolve) => {
        all.onsuccess = () => resolve(all.result);
      });
      db.close();
      return rows;
    },
    /** Changes the rows by hand, as a fault or an older version would have. */
    async meddle(change: (rows: IDBObjectStore) => void): Promise<void> {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const opening = chromium.indexedDB.open("tautline:test");
        opening.onsuccess = () => resolve(opening.result as never);
      });
      const tx = db.transaction("rows", "readwrite");
      change(tx.objectStore("rows"));
      await new Promise((resolve) => tx.addEventListener("complete", resolve));
      db.close();
    },
  };
}

/** Lets every transaction and every frame come to its end. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((done) => setImmediate(done));
}

/** A page that is gone has no timers. */
function clockOf(clock: Clock, life: { readonly isOver: boolean }): Clock {
  return { ...clock, after: (ms, task) => clock.after(ms, () => life.isOver || task()) };
}

/** A page that is gone neither sends nor hears. */
function lineOf({ transport }: FakeServer, life: { readonly isOver: boolean }): Transport {
  return {
    link(target, events) {
      const link = transport.link(target, {
        refused: (...args) => life.isOver || events.refused(...args),
        event: (...args) => life.isOver || events.event(...args),
        lost: (...args) => life.isOver || events.lost(...args),
      });
      return {
        close: link.close,
        open: (...args) => void (life.isOver || link.open(...args)),
        emit: (namespace, name, args, acked) =>
          void (
            life.isOver ||
            link.emit(namespace, name, args, acked && ((ack) => life.isOver || acked(ack)))
          ),
      };
    },
  };
}
