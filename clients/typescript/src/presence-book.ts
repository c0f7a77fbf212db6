// Who is in one room, as snapshots and numbered changes tell it. Pure: what arrives goes in, who is
// there and whether to ask comes out.

import type { WirePresenceChange, WirePresent } from "./wire.js";

/** A change of who is there. */
export type NumberedChange = Pick<WirePresenceChange, "version" | "present" | "absent">;

/** What is known of who is in a room. */
export interface PresenceBook {
  /** The number of the last change in `members`; absent before the first snapshot. */
  readonly version?: number;
  /** By `since`, then by `subject`. */
  readonly members: readonly WirePresent[];
  /** A join, subscribe or resume is under way: its answer brings a snapshot. */
  readonly isAsking: boolean;
  /** The changes that came since then. */
  readonly kept: readonly NumberedChange[];
}

/** What may happen. */
export type PresenceInput =
  | { readonly type: "ask" }
  | {
      readonly type: "snapshot";
      readonly version: number;
      readonly members: readonly WirePresent[];
    }
  | ({ readonly type: "change" } & NumberedChange);

/** The next state, and whether the room has to be asked about since a change is missing. */
export interface PresenceStep {
  readonly book: PresenceBook;
  readonly move: "none" | "resync";
}

/** The book of a room of which nothing is known. */
export const nobodyKnown: PresenceBook = { members: [], isAsking: false, kept: [] };

/** Makes one step. */
export function stepPresence(book: PresenceBook, input: PresenceInput): PresenceStep {
  switch (input.type) {
    case "ask":
      return { book: asking(book), move: "none" };
    case "snapshot": {
      const { version, members } = input;
      let next: PresenceBook = { version, members: inOrder(members), isAsking: false, kept: [] };
      const later = book.kept.filter((it) => it.version > version);
      for (const change of later.sort((a, b) => a.version - b.version)) {
        if (change.version === (next.version ?? 0) + 1) next = changed(next, change);
      }
      const isBehind = later.some((it) => it.version > (next.version ?? 0));
      return isBehind ? { book: asking(next), move: "resync" } : { book: next, move: "none" };
    }
    case "change": {
      const { version, present, absent } = input;
      if (book.isAsking) {
        const kept = [...book.kept, { version, present, absent }];
        return { book: { ...book, kept }, move: "none" };
      }
      if (book.version === undefined || version <= book.version) return { book, move: "none" };
      if (version > book.version + 1) return { book: asking(book), move: "resync" };
      return { book: changed(book, input), move: "none" };
    }
  }
}

/** What came before the question is in its answer. */
function asking(book: PresenceBook): PresenceBook {
  return { ...book, isAsking: true, kept: [] };
}

function changed(book: PresenceBook, { version, present, absent }: NumberedChange): PresenceBook {
  const moved = new Set([...absent, ...present.map(({ subject }) => subject)]);
  const others = book.members.filter(({ subject }) => !moved.has(subject));
  const isSame = others.length === book.members.length && present.length === 0;
  return { ...book, version, members: isSame ? book.members : inOrder([...others, ...present]) };
}

function inOrder(members: readonly WirePresent[]): readonly WirePresent[] {
  return [...members].sort(
    (a, b) => a.since - b.since || (a.subject < b.subject ? -1 : Number(a.subject > b.subject)),
  );
}
