// The streams of all rooms as lists that an app can watch, one per kind. What becomes of a stream is
// decided in `stream-book.ts`.

import type { Store, StreamSnapshot } from "./api.js";
import type { ServerStream } from "./descriptors.js";
import { type FeatureParts, feature } from "./feature.js";
import type { Problem } from "./problem.js";
import type { RoomEntry } from "./room-entry.js";
import type { RoomSide } from "./room-side.js";
import { type Cell, cell, part } from "./store.js";
import {
  type BookedStream,
  freshBook,
  type StreamBook,
  type StreamInput,
  stepStreams,
} from "./stream-book.js";
import { CONTROL, type WireAppend, type WireEnded } from "./wire.js";

type List = readonly BookedStream[];

/** The streams of all namespaces. */
export interface Streams {
  readonly side: RoomSide;
  /** The streams of one kind: of all rooms, or of those that the fields of `start` name. */
  store<Start, End, Failure extends Problem>(
    stream: ServerStream<Start, End, Failure>,
    start?: Partial<Start>,
  ): Store<readonly StreamSnapshot<Start, End, Failure>[]>;
}

/** What a stream's descriptor brings along. */
export const streams = /* @__PURE__ */ feature(createStreams);

/** Makes the streams of a client. */
function createStreams({ refresh }: FeatureParts): Streams {
  const books = new Map<RoomEntry, StreamBook>();
  const kinds = new Map<string, Cell<List>>();

  function update(entry: RoomEntry, input: StreamInput): void {
    const before = books.get(entry) ?? freshBook;
    const { book, ask } = stepStreams(before, input);
    books.set(entry, book);
    publish(entry.namespace, before.streams, book.streams);
    if (ask) refresh(entry);
  }

  /** Shows each kind of which a stream has changed, once. */
  function publish(namespace: string, before: List, after: List): void {
    if (before === after) return;
    const isNews = (other: List) => (stream: BookedStream) => !other.includes(stream);
    const changed = [...before.filter(isNews(after)), ...after.filter(isNews(before))];
    for (const name of new Set(changed.map((stream) => stream.name))) {
      kinds.get(keyOf(namespace, name))?.set(listOf(namespace, name));
    }
  }

  /** A stream of several rooms is in the books of each that we are in, and in the list once. */
  function listOf(namespace: string, name: string): List {
    const all = [...books].flatMap(([entry, { streams }]) =>
      entry.namespace === namespace ? streams.filter((stream) => stream.name === name) : [],
    );
    const byId = new Map(all.reverse().map((stream) => [stream.id, stream]));
    return [...byId.values()].reverse();
  }

  return {
    side: {
      asked: (entry) => update(entry, { type: "asked" }),
      stands(entry, { streams = [] }, _at, isFresh) {
        update(entry, { type: isFresh ? "joined" : "resumed", streams });
      },
      delivered(entry, { name, payload, meta }) {
        if (meta.stream) {
          const { id } = meta.stream;
          update(entry, { type: "started", id, name, room: entry.name, payload });
        } else if (name === CONTROL.ended) {
          const { name: _, ...end } = payload as WireEnded;
          update(entry, { type: "ended", ...end });
        }
      },
      heard(entry, name, payload) {
        if (name !== CONTROL.append) return;
        const { stream, number, text } = payload as WireAppend;
        update(entry, { type: "part", stream, number, text });
      },
      unanswered: (entry) => update(entry, { type: "unanswered" }),
      cut: (entry) => update(entry, { type: "unanswered" }),
      left(entry) {
        const before = books.get(entry)?.streams ?? [];
        books.delete(entry);
        publish(entry.namespace, before, []);
      },
    },
    store({ namespace, name, rooms = [] }, start) {
      const key = keyOf(namespace, name);
      const kind = kinds.get(key) ?? cell(listOf(namespace, name));
      kinds.set(key, kind);
      const names = start && rooms.map((of) => of(start as never));
      const store = names
        ? part(kind, (list) => list.filter((it) => names.includes(it.room)))
        : kind;
      return store as Store<List> as Store<readonly never[]>;
    },
  };
}

function keyOf(namespace: string, name: string): string {
  return `${namespace} ${name}`;
}
