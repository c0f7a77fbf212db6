// Tabs of one browser: what they share is IndexedDB, locks and channels. A tab can die at any moment.

import { IDBFactory } from "fake-indexeddb";

/** A tab: what a page finds in it. */
export interface Tab {
  readonly globals: Readonly<Record<"indexedDB" | "navigator" | "BroadcastChannel", unknown>>;
  /** It is gone: its locks are free, its channels silent. */
  kill(): void;
}

interface LockRequest {
  readonly tab: number;
  grant(): void;
}

interface Options {
  readonly ifAvailable?: boolean;
  readonly signal?: AbortSignal;
}

type Callback = (lock: { readonly name: string } | null) => unknown;

/** A browser without tabs. */
export function browser() {
  const indexedDB = new IDBFactory();
  const held = new Map<string, LockRequest>();
  const queues = new Map<string, LockRequest[]>();
  const channels = new Map<string, Set<{ tab: number; onmessage?: (event: object) => void }>>();
  let tabs = 0;

  function next(name: string): void {
    if (held.has(name)) return;
    const request = queues.get(name)?.shift();
    if (!request) return;
    held.set(name, request);
    queueMicrotask(() => held.get(name) === request && request.grant());
  }

  function release(name: string, request: LockRequest): void {
    if (held.get(name) !== request) return;
    held.delete(name);
    next(name);
  }

  function open(): Tab {
    tabs += 1;
    const tab = tabs;

    const request = (name: string, first: Options | Callback, second?: Callback) =>
      new Promise((resolve, reject) => {
        const options = typeof first === "function" ? {} : first;
        const callback = (typeof first === "function" ? first : second) as Callback;
        const queue = queues.get(name) ?? [];
        queues.set(name, queue);
        const mine: LockRequest = {
          tab,
          grant: () => {
            const done = Promise.resolve({ name }).then(callback);
            done.then(resolve, reject).finally(() => release(name, mine));
          },
        };
        if (options.ifAvailable && (held.has(name) || queue.length > 0)) {
          Promise.resolve(null).then(callback).then(resolve, reject);
          return;
        }
        options.signal?.addEventListener("abort", () => {
          if (!queue.includes(mine)) return;
          queue.splice(queue.indexOf(mine), 1);
          reject(new DOMException("aborted", "AbortError"));
        });
        queue.push(mine);
        next(name);
      });

    class Channel {
      readonly tab = tab;
      onmessage?: (event: object) => void;
      readonly #name: string;
      constructor(name: string) {
        this.#name = name;
        channels.set(name, (channels.get(name) ?? new Set()).add(this));
      }
      postMessage(data: unknown): void {
        for (const other of channels.get(this.#name) ?? []) {
          if (other !== this) queueMicrotask(() => other.onmessage?.({ data }));
        }
      }
      close(): void {
        channels.get(this.#name)?.delete(this);
      }
    }

    const query = async () => ({ held: [...held.keys()].map((name) => ({ name })) });
    const databases: { close(): void }[] = [];
    const open = (...args: Parameters<IDBFactory["open"]>) => {
      const opening = indexedDB.open(...args);
      opening.addEventListener("success", () => databases.push(opening.result));
      return opening;
    };
    return {
      globals: {
        indexedDB: { open },
        navigator: { locks: { request, query } },
        BroadcastChannel: Channel,
      },
      kill() {
        for (const database of databases) database.close();
        for (const queue of queues.values()) {
          queue.splice(0, queue.length, ...queue.filter((it) => it.tab !== tab));
        }
        for (const set of channels.values()) {
          for (const channel of set) if (channel.tab === tab) set.delete(channel);
        }
        for (const [name, lock] of [...held]) if (lock.tab === tab) release(name, lock);
      },
    };
  }

  return { open, indexedDB };
}
