// Which clients of one outbox are alive: each holds a lock of its own as long as it lives, and browsers
// release it when its page dies, however it dies. Whoever has the lock of a dead client, and only they,
// may take over what it left behind.

import { newId } from "./identifier.js";

/** This client among the living ones. */
export interface Life {
  /** A name that no other life has, of this client or another one. */
  readonly owner: string;
  /** Runs `task` while nobody else can, if that client is dead. Says whether it was. */
  ifDead(owner: string, task: () => Promise<void>): Promise<boolean>;
  /** Does the same when that client has died. Once, however often it is asked for. */
  whenDead(owner: string, task: () => Promise<void>): void;
  /** Which of the clients with an outbox of this name are alive. */
  living(): Promise<ReadonlySet<string>>;
  /** Tells the other living ones. */
  say(words: Words): void;
  /** Dies: what is left is for others. */
  end(): void;
}

/** What living clients tell each other. */
export type Words = { readonly cleared: string } | Hello;

interface Hello {
  readonly owner: string;
  /** Whether it knows nobody yet: it is greeted back. */
  readonly isNew: boolean;
}

/** Whom a life tells. */
export interface LifeEvents {
  /** Another client is alive. */
  met(owner: string): void;
  /** Another client has thrown away what this person wrote. */
  cleared(subject: string): void;
}

/** Begins a life. Rejects where there are no locks: then nobody can say who is alive. */
export async function beginLife(name: string, events: LifeEvents): Promise<Life> {
  const { locks } = navigator;
  const prefix = `tautline:${name}:`;
  const owner = newId(Date.now());
  const awaited = new Set<string>();
  const ended = new AbortController();
  const { signal } = ended;

  await new Promise<void>((begun, failed) => {
    const died = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    locks
      .request(prefix + owner, () => {
        begun();
        return died;
      })
      .catch(failed);
  });

  const channel = new BroadcastChannel(prefix);
  channel.onmessage = ({ data }: MessageEvent<Words>) => {
    if ("cleared" in data) {
      events.cleared(data.cleared);
      return;
    }
    if (data.isNew) channel.postMessage({ owner, isNew: false } satisfies Words);
    events.met(data.owner);
  };
  channel.postMessage({ owner, isNew: true } satisfies Words);

  return {
    owner,
    ifDead: (other, task) =>
      locks.request(prefix + other, { ifAvailable: true }, async (lock) => {
        if (lock) await task();
        return lock !== null;
      }),
    whenDead(other, task) {
      if (awaited.has(other) || other === owner) return;
      awaited.add(other);
      locks
        .request(prefix + other, { signal }, async () => {
          awaited.delete(other);
          if (!signal.aborted) await task();
        })
        // Only an end of this life rejects it: `task` sees to its own errors.
        .catch(() => {});
    },
    async living() {
      const { held = [] } = await locks.query();
      const names = held.map((lock) => lock.name ?? "").filter((it) => it.startsWith(prefix));
      return new Set(names.map((it) => it.slice(prefix.length)));
    },
    say: (words) => channel.postMessage(words),
    end() {
      channel.close();
      ended.abort();
    },
  };
}
