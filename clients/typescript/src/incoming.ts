// Where the frames of the server go: to rooms first, which put numbered events in their order, and from
// there to questions, to what stands in rooms, and to the app's listeners.

import type { EventMeta } from "./api.js";
import type { Numbered } from "./cursor.js";
import type { AnyEvent, NamespaceParts } from "./descriptors.js";
import type { Logger } from "./logger.js";
import type { Problem } from "./problem.js";
import type { Questions } from "./questions.js";
import type { RoomSide } from "./room-side.js";
import type { Rooms } from "./rooms.js";
import { CONTROL, type Position, type WireEvent, type WireMeta } from "./wire.js";

type Listener = (payload: unknown, meta: EventMeta) => void;

/** What incoming frames need of the rest. */
export interface IncomingParts {
  readonly namespaces: readonly NamespaceParts[];
  readonly questions: Questions;
  readonly sides: readonly RoomSide[];
  readonly log: Logger;
  /** The rooms, which are made after this. */
  rooms(): Rooms;
  /** A problem that has no caller. */
  report(problem: Problem, event: string): void;
}

/** Takes the frames of all namespaces. */
export interface Incoming {
  /** Namespaces in which the caller has a room of their own. */
  readonly personal: ReadonlySet<string>;
  /** A frame has arrived. */
  received(namespace: string, name: string, args: readonly unknown[]): void;
  /** An event is in its turn. */
  deliver(namespace: string, event: WireEvent): void;
  /** Calls `listener` for each event of that name in its turn. */
  on(namespace: string, name: string, listener: Listener): () => void;
}

/** Makes the way in. */
export function createIncoming(parts: IncomingParts): Incoming {
  const { questions, sides, log } = parts;
  const descriptors = indexEvents(parts.namespaces);
  const listeners = new Map<string, Set<Listener>>();

  function received(namespace: string, name: string, args: readonly unknown[]): void {
    const [payload, meta = {}] = args as [never, WireMeta?];
    const rooms = parts.rooms();
    switch (name) {
      case CONTROL.heads:
        rooms.heads(namespace, (payload as { heads: Record<string, Position> }).heads);
        return;
      case CONTROL.roomClosed: {
        const { room, problem } = payload as { room: string; problem: Problem };
        rooms.closed(namespace, room, problem);
        return;
      }
      case CONTROL.append:
      case CONTROL.receipts:
      case CONTROL.presence: {
        const entry = rooms.member(namespace, (payload as { room: string }).room);
        if (entry) for (const side of sides) side.heard?.(entry, name, payload);
        return;
      }
      case CONTROL.problem: {
        const { event, problem } = payload as { event: string; problem: Problem };
        log("warn", "problem", { event, code: problem.code, traceId: problem.traceId });
        parts.report(problem, event);
        return;
      }
    }
    if (meta.room !== undefined && meta.epoch !== undefined && meta.seq !== undefined) {
      rooms.live(namespace, { name, payload, meta } as Numbered);
    } else {
      const names = descriptors.get(keyOf(namespace, name))?.rooms?.map((of) => of(payload));
      rooms.passing(namespace, names ?? [], { name, payload, meta });
    }
  }

  function deliver(namespace: string, event: WireEvent): void {
    const { name, payload, meta } = event;
    const entry = meta.room === undefined ? undefined : parts.rooms().member(namespace, meta.room);
    if (entry) for (const side of sides) side.delivered?.(entry, event);
    if (meta.question) {
      questions.asked(namespace, { ...meta.question, name, payload, room: meta.room ?? "" });
    }
    if (name === CONTROL.settled) {
      questions.settled(namespace, (payload as { question: string }).question);
    }
    for (const listener of [...(listeners.get(keyOf(namespace, name)) ?? [])]) {
      try {
        listener(payload, meta);
      } catch (error) {
        log("error", "listener failed", { event: name, error });
      }
    }
  }

  return {
    personal: new Set(
      [...descriptors.values()]
        .filter(({ patterns }) => patterns?.includes("user:{subject}"))
        .map(({ namespace }) => namespace),
    ),
    received,
    deliver,
    on(namespace, name, listener) {
      const key = keyOf(namespace, name);
      // A wrapper of its own: the same function may listen twice.
      const entry: Listener = (payload, meta) => listener(payload, meta);
      const known = listeners.get(key) ?? new Set();
      listeners.set(key, known.add(entry));
      return () => void known.delete(entry);
    },
  };
}

function keyOf(namespace: string, name: string): string {
  return `${namespace} ${name}`;
}

/** Everything that the server may send with a room, by namespace and wire name. */
function indexEvents(namespaces: readonly NamespaceParts[]): ReadonlyMap<string, AnyEvent> {
  const index = new Map<string, AnyEvent>();
  for (const { events, questions, streams } of namespaces) {
    for (const event of Object.values({ ...events, ...questions, ...streams })) {
      index.set(keyOf(event.namespace, event.name), event as AnyEvent);
    }
  }
  return index;
}
