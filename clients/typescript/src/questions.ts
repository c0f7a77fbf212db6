// The questions that wait for somebody's answer, and the handlers that give one.

import type { OpenQuestion, QuestionHandler, Result, Store } from "./api.js";
import type { Connection } from "./connection.js";
import type { Question } from "./descriptors.js";
import type { Logger } from "./logger.js";
import type { LibraryProblem, Problem } from "./problem.js";
import type { RoomEntry } from "./room-entry.js";
import type { RoomSide } from "./room-side.js";
import { type Cell, cell } from "./store.js";
import { CONTROL, type WireQuestion } from "./wire.js";

type Open = OpenQuestion<unknown, unknown, Problem>;
type Replied = Result<void, never>;
type Handler = QuestionHandler<unknown, unknown, Problem>;

interface Kind {
  readonly open: Cell<readonly Open[]>;
  readonly handlers: Set<Handler>;
}

/** The questions of all namespaces. */
export interface Questions {
  readonly side: RoomSide;
  /** The server asks. */
  asked(namespace: string, question: WireQuestion): void;
  /** Somebody answered, or time is up. */
  settled(namespace: string, id: string): void;
  store<Payload, Answer, Declined extends Problem>(
    question: Question<Payload, Answer, Declined>,
  ): Store<readonly OpenQuestion<Payload, Answer, Declined>[]>;
  answer<Payload, Answer, Declined extends Problem>(
    question: Question<Payload, Answer, Declined>,
    handler: QuestionHandler<Payload, Answer, Declined>,
  ): () => void;
}

/** Makes the questions of a client. */
export function createQuestions(connection: Connection, log: Logger): Questions {
  const kinds = new Map<string, Kind>();
  /** Questions that a handler has in hand. */
  const taken = new Set<string>();
  /** Rooms that we were cut from, each with the answers that wait until we are in it again: before that,
   * the server refuses them. */
  const away = new Map<string, (() => void)[]>();

  const keyOf = (namespace: string, name: string) => `${namespace} ${name}`;

  function kindOf(namespace: string, name: string): Kind {
    const key = keyOf(namespace, name);
    const kind = kinds.get(key) ?? { open: cell<readonly Open[]>([]), handlers: new Set() };
    kinds.set(key, kind);
    return kind;
  }

  function asked(namespace: string, wire: WireQuestion): void {
    const kind = kindOf(namespace, wire.name);
    const open = kind.open.getSnapshot();
    if (!open.some(({ id }) => id === wire.id)) kind.open.set([...open, toOpen(namespace, wire)]);
    offer(kind);
  }

  function toOpen(namespace: string, wire: WireQuestion): Open {
    const { id, payload, room, expiresAt } = wire;
    const reply = (words: object) =>
      new Promise<Replied>((resolve) => {
        const send = () =>
          connection.request(namespace, CONTROL.answer, { question: id, ...words }, ({ error }) => {
            if (!error) settled(namespace, id);
            // Answers are refused by the library alone: no contract names a failure for them.
            const problem = error as LibraryProblem | undefined;
            resolve(problem ? { ok: false, problem } : { ok: true, value: undefined });
          });
        // Connected, though perhaps not in this namespace yet: its welcome comes before the room.
        const isConnected = connection.store.getSnapshot().status === "connected";
        const waiting = isConnected && away.get(keyOf(namespace, room));
        if (waiting) waiting.push(send);
        else send();
      });
    return {
      id,
      payload,
      room,
      expiresAt,
      answer: (answer) => reply({ answer }),
      decline: (declined) => reply({ declined }),
    };
  }

  /** Gives open questions to a handler, each once. */
  function offer(kind: Kind): void {
    for (const open of kind.open.getSnapshot()) {
      if (taken.has(open.id) || kind.handlers.size === 0) continue;
      taken.add(open.id);
      // Later, and then whoever answers: a handler that React mounts twice is asked once.
      Promise.resolve()
        .then(() => handle(kind, open))
        .then((replied) => {
          if (!replied || replied.ok) return;
          const { problem } = replied;
          log("error", "question failed", { id: open.id, code: problem.code });
          // The link was cut before the server had the answer: ask again if it is still open then.
          if (problem.category === "connection") taken.delete(open.id);
        })
        .catch((error: unknown) => log("error", "question failed", { id: open.id, error }));
    }
  }

  async function handle(kind: Kind, open: Open): Promise<Replied | undefined> {
    const [handler] = kind.handlers;
    if (!handler) {
      taken.delete(open.id);
      return undefined;
    }
    const reply = await handler(open.payload, open);
    if (reply === undefined) return undefined;
    const isDeclined = typeof reply === "object" && reply !== null && "~declined" in reply;
    return isDeclined ? open.decline(reply["~declined"] as never) : open.answer(reply);
  }

  function keep(namespace: string, isKept: (open: Open) => boolean): void {
    for (const [key, { open }] of kinds) {
      if (!key.startsWith(`${namespace} `)) continue;
      const before = open.getSnapshot();
      const kept = before.filter(isKept);
      if (kept.length === before.length) continue;
      for (const gone of before) if (!kept.includes(gone)) taken.delete(gone.id);
      open.set(kept);
    }
  }

  function settled(namespace: string, id: string): void {
    keep(namespace, (open) => open.id !== id);
  }

  /** These are all that are open in the room. */
  function replace({ namespace, name }: RoomEntry, questions: readonly WireQuestion[]): void {
    const ids = new Set(questions.map(({ id }) => id));
    keep(namespace, (open) => open.room !== name || ids.has(open.id));
    for (const question of questions) asked(namespace, question);
  }

  /** Sends what has waited for this room: we are in it again, or shall not be. */
  function release({ namespace, name }: RoomEntry): void {
    const key = keyOf(namespace, name);
    const waiting = away.get(key) ?? [];
    away.delete(key);
    for (const send of waiting) send();
  }

  return {
    side: {
      stands(entry, { questions }, _at, isFresh) {
        if (questions || isFresh) replace(entry, questions ?? []);
        release(entry);
      },
      cut(entry) {
        release(entry);
        away.set(keyOf(entry.namespace, entry.name), []);
      },
      left(entry) {
        replace(entry, []);
        release(entry);
      },
    },
    asked,
    settled,
    store({ namespace, name }) {
      return kindOf(namespace, name).open as Store<readonly unknown[]> as Store<readonly never[]>;
    },
    answer({ namespace, name }, handler) {
      const kind = kindOf(namespace, name);
      const entry: Handler = (payload, open) => handler(payload as never, open as never);
      kind.handlers.add(entry);
      offer(kind);
      return () => void kind.handlers.delete(entry);
    },
  };
}
