// The streams of one room, as they are told by events and by answers: which there are, and how far
// their text has got. Pure: what arrives goes in, what is there and whether to ask comes out.

import type { StreamOutcome } from "./wire.js";

/** A stream: what began it, its text so far, and its end once it has one. */
export interface BookedStream {
  readonly id: string;
  /** The event that began it. */
  readonly name: string;
  /** The room's name. */
  readonly room: string;
  readonly payload: unknown;
  readonly status: "open" | StreamOutcome;
  /** The number of the last part in `text`; 0 before the first. */
  readonly number: number;
  readonly text: string;
  readonly answer?: unknown;
  readonly problem?: unknown;
}

/** A part of a stream. */
export interface StreamPart {
  readonly stream: string;
  /** From 1, without a gap. */
  readonly number: number;
  readonly text: string;
}

/** A part that waits for the ones before it. */
export interface HeldPart extends StreamPart {
  /** It came before the question: the answer has it, or it is lost. */
  readonly isBefore?: true;
}

/** What began a stream. */
export type StreamBeginning = Pick<BookedStream, "id" | "name" | "room" | "payload">;
/** A stream that is open, as an answer brings it. */
export type StreamSoFar = StreamBeginning & Pick<BookedStream, "number" | "text">;

/** What is known of a room's streams. */
export interface StreamBook {
  /** In the order in which they appeared; of those that have ended only the newest. */
  readonly streams: readonly BookedStream[];
  /** Parts that came too early, and all that came since the room was asked about. */
  readonly parts: readonly HeldPart[];
  /** A join, subscribe or resume is under way: its answer brings every open stream. */
  readonly isAsking: boolean;
  /** The newest ids that have ended, so that nothing that comes late opens them again. */
  readonly over: readonly string[];
}

/** What may happen. */
export type StreamInput =
  | ({ readonly type: "started" } & StreamBeginning)
  | ({ readonly type: "part" } & StreamPart)
  | {
      readonly type: "ended";
      readonly stream: string;
      readonly outcome: StreamOutcome;
      /** The number of its last part. */
      readonly number: number;
      /** All its parts, if no answer says what it came to. */
      readonly text?: string;
      readonly answer?: unknown;
      readonly problem?: unknown;
    }
  | { readonly type: "asked" }
  /** The question was answered by a fresh state (`joined`) or by what was missed (`resumed`). */
  | { readonly type: "joined" | "resumed"; readonly streams: readonly StreamSoFar[] }
  | { readonly type: "unanswered" };

/** The next state, and whether the room has to be asked about since a part is missing. */
export interface StreamStep {
  readonly book: StreamBook;
  readonly ask: boolean;
}

/** How many streams are kept after their end, in one room. */
const KEPT = 16;
/** How many ids of ended streams are remembered. Much more than can be under way at once. */
const REMEMBERED = 256;

/** The book of a room of which nothing is known. */
export const freshBook: StreamBook = { streams: [], parts: [], isAsking: false, over: [] };

/** Makes one step. */
export function stepStreams(book: StreamBook, input: StreamInput): StreamStep {
  switch (input.type) {
    case "started": {
      const { type: _, ...beginning } = input;
      return { book: began(book, beginning), ask: false };
    }
    case "part":
      return part(book, { stream: input.stream, number: input.number, text: input.text });
    case "ended":
      return { book: ended(book, input), ask: false };
    case "asked": {
      const parts = book.parts.map((it) => ({ ...it, isBefore: true }) as const);
      return { book: { ...book, parts, isAsking: true }, ask: false };
    }
    case "unanswered":
      return { book: { ...book, isAsking: false }, ask: false };
    case "joined":
    case "resumed":
      return answered(book, input.streams, input.type === "joined");
  }
}

function began(book: StreamBook, beginning: StreamBeginning): StreamBook {
  const { id } = beginning;
  if (isOver(book, id) || book.streams.some((it) => it.id === id)) return book;
  const stream = goOn({ ...beginning, status: "open", number: 0, text: "" }, book.parts);
  return { ...book, streams: [...book.streams, stream], parts: stillAhead(book, stream) };
}

function part(book: StreamBook, next: StreamPart): StreamStep {
  const stream = book.streams.find(({ id }) => id === next.stream);
  const isOld = stream !== undefined && (stream.status !== "open" || next.number <= stream.number);
  if (isOld || isOver(book, next.stream)) return { book, ask: false };
  const parts = [...book.parts, next];
  if (stream === undefined || next.number > stream.number + 1) {
    return { book: { ...book, parts }, ask: !book.isAsking };
  }
  const grown = goOn(stream, parts);
  const after = { ...book, parts, streams: book.streams.map((it) => (it === stream ? grown : it)) };
  return { book: { ...after, parts: stillAhead(after, grown) }, ask: false };
}

function ended(
  book: StreamBook,
  { stream, outcome, number, text, answer, problem }: Extract<StreamInput, { type: "ended" }>,
): StreamBook {
  if (isOver(book, stream)) return book;
  // Who was away at its end has missed parts that nobody sends again.
  const whole = text === undefined ? {} : { number, text };
  const end = { status: outcome, answer, problem, ...whole };
  const streams = book.streams.map((it) => (it.id === stream ? { ...it, ...end } : it));
  return {
    ...book,
    streams: forgetOldest(streams),
    parts: book.parts.filter((it) => it.stream !== stream),
    over: [...book.over, stream].slice(-REMEMBERED),
  };
}

function answered(book: StreamBook, named: readonly StreamSoFar[], isFresh: boolean): StreamStep {
  const isNamed = (id: string) => named.some((it) => it.id === id);
  const since = book.parts.filter(({ isBefore }) => !isBefore);
  // A fresh state has passed over events: the end of what it does not name may be among them.
  const streams = book.streams.filter(
    ({ id, status }) => !isFresh || status !== "open" || isNamed(id),
  );
  for (const { id, name, room, payload, number, text } of named) {
    if (isOver(book, id)) continue;
    const index = streams.findIndex((it) => it.id === id);
    const known = streams[index];
    // What was missed completes the text, and only a fresh state may take some of it back.
    if (known && !isFresh && number <= known.number) continue;
    const stream = goOn({ id, name, room, payload, status: "open", number, text }, since);
    if (known) streams[index] = stream;
    else streams.push(stream);
  }
  const parts = since.filter((it) =>
    streams.some(
      ({ id, status, number }) => id === it.stream && status === "open" && it.number > number,
    ),
  );
  return { book: { ...book, streams, parts, isAsking: false }, ask: parts.length > 0 };
}

/** The stream with the parts that come next in line. */
function goOn(stream: BookedStream, parts: readonly StreamPart[]): BookedStream {
  let { number, text } = stream;
  const find = () => parts.find((it) => it.stream === stream.id && it.number === number + 1);
  for (let next = find(); next; next = find()) {
    number += 1;
    text += next.text;
  }
  return { ...stream, number, text };
}

/** The parts that are still of use. While an answer is under way it may need the newest again. */
function stillAhead(
  { parts, isAsking }: StreamBook,
  { id, number }: BookedStream,
): readonly HeldPart[] {
  return isAsking ? parts : parts.filter((it) => it.stream !== id || it.number > number);
}

function forgetOldest(streams: readonly BookedStream[]): readonly BookedStream[] {
  const past = streams.filter(({ status }) => status !== "open");
  const tooMany = new Set(past.slice(0, Math.max(0, past.length - KEPT)));
  return tooMany.size > 0 ? streams.filter((it) => !tooMany.has(it)) : streams;
}

function isOver({ over }: StreamBook, id: string): boolean {
  return over.includes(id);
}
