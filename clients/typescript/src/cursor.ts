// Where one room stands in its numbered events: what to hand on, what to hold, what to drop, and when
// to ask the server. Pure: events and verdicts in, events and one next move out.

import type { Position, WireEvent } from "./wire.js";

/** A numbered event. */
export interface Numbered {
  readonly name: string;
  readonly payload: unknown;
  readonly meta: WireEvent["meta"] & Position;
}

/** The state of a room's numbering. */
export interface Cursor {
  /** The last event that was handed on, or the position of the state that the join gave. */
  readonly at?: Position;
  /** A join or resume is under way: live events wait for its verdict. */
  readonly isAwaiting: boolean;
  /** Events that came too early, by ascending number. */
  readonly held: readonly Numbered[];
  /** The head of the room, where the server has told of one that we have not reached. */
  readonly head?: Position;
}

/** What may happen. */
export type CursorInput =
  | { readonly type: "live"; readonly event: Numbered }
  /** A join or resume is asked for. */
  | { readonly type: "ask" }
  /** The join was answered: its state is as of this position. */
  | { readonly type: "joined"; readonly at?: Position }
  /** The resume was answered and nothing is missing up to `at`, or up to the page's end. */
  | {
      readonly type: "resumed";
      readonly events: readonly Numbered[];
      readonly at?: Position;
      readonly more: boolean;
    }
  /** The server tells how far the room is. */
  | { readonly type: "head"; readonly at: Position }
  /** The time to wait for late events is over. */
  | { readonly type: "patience" };

/** What to do next: wait a moment for late events, fetch what is missing, or join anew. */
export type CursorMove = "none" | "wait" | "resume" | "rejoin";

/** The next state, the events to hand on in order, and the next move. */
export interface CursorStep {
  readonly cursor: Cursor;
  readonly deliver: readonly Numbered[];
  readonly move: CursorMove;
}

/** The cursor of a room in which we are not. */
export const freshCursor: Cursor = { isAwaiting: false, held: [] };

/** Makes one step. */
export function stepCursor(cursor: Cursor, input: CursorInput): CursorStep {
  switch (input.type) {
    case "live":
      return live(cursor, input.event);
    case "ask":
      return { cursor: { ...cursor, isAwaiting: true }, deliver: [], move: "none" };
    case "joined": {
      const { at } = input;
      const held = cursor.held.filter(({ meta }) => !at || meta.epoch === at.epoch);
      // Not `at` itself: an answer's positions carry more than a cursor must send back.
      return merge({
        isAwaiting: false,
        held,
        ...(at && { at: { epoch: at.epoch, seq: at.seq } }),
      });
    }
    case "resumed":
      return resumed(cursor, input);
    case "head": {
      if (cursor.isAwaiting || !cursor.at) return still(cursor);
      const isNews = input.at.epoch !== cursor.at.epoch || input.at.seq > cursor.at.seq;
      return isNews ? still({ ...cursor, head: input.at }, "wait") : still(cursor);
    }
    case "patience":
      return !cursor.isAwaiting && isBehind(cursor) ? still(cursor, "resume") : still(cursor);
  }
}

function live(cursor: Cursor, event: Numbered): CursorStep {
  const next = hold(cursor, event);
  if (cursor.isAwaiting) return still(next);
  // Another numbering: the server alone knows what that means for us.
  if (cursor.at && event.meta.epoch !== cursor.at.epoch) return still(next, "resume");
  return merge(next);
}

function resumed(
  cursor: Cursor,
  { events, at, more }: Extract<CursorInput, { type: "resumed" }>,
): CursorStep {
  const page = [...events];
  let position = cursor.at;
  const deliver: Numbered[] = [];
  for (const event of page) {
    const { epoch, seq } = event.meta;
    position ??= { epoch, seq: seq - 1 };
    if (epoch === position.epoch && seq <= position.seq) continue;
    // A hole in what the server calls complete: never hand on a part.
    if (epoch !== position.epoch || seq !== position.seq + 1) {
      return { cursor: { ...cursor, ...(position && { at: position }) }, deliver, move: "rejoin" };
    }
    position = { epoch, seq };
    deliver.push(event);
  }
  position ??= at;
  const next: Cursor = { ...cursor, ...(position && { at: position }) };
  if (more) return { cursor: next, deliver, move: "resume" };
  if (at && position && (at.epoch !== position.epoch || at.seq > position.seq)) {
    return { cursor: next, deliver, move: "rejoin" };
  }
  const { head: _head, ...rest } = next;
  const merged = merge({
    ...rest,
    isAwaiting: false,
    held: rest.held.filter(({ meta }) => meta.epoch === position?.epoch),
  });
  return { ...merged, deliver: [...deliver, ...merged.deliver] };
}

/** Hands on what is next in line, drops what was handed on, and looks whether something is missing. */
function merge(cursor: Cursor): CursorStep {
  const deliver: Numbered[] = [];
  let { at } = cursor;
  let held = cursor.held;
  for (let event = held[0]; event; event = held[0]) {
    const { epoch, seq } = event.meta;
    at ??= { epoch, seq: seq - 1 };
    if (seq > at.seq + 1) break;
    if (seq === at.seq + 1) {
      at = { epoch, seq };
      deliver.push(event);
    }
    held = held.slice(1);
  }
  const next: Cursor = { ...cursor, held, ...(at && { at }) };
  if (isBehind(next)) return { cursor: next, deliver, move: "wait" };
  const { head: _head, ...reached } = next;
  return { cursor: reached, deliver, move: "none" };
}

function isBehind({ at, held, head }: Cursor): boolean {
  if (held.length > 0) return true;
  return head !== undefined && (head.epoch !== at?.epoch || head.seq > at.seq);
}

/** Puts an event in its place among the held ones, once. */
function hold(cursor: Cursor, event: Numbered): Cursor {
  const { epoch, seq } = event.meta;
  const isThere = cursor.held.some(({ meta }) => meta.seq === seq && meta.epoch === epoch);
  if (isThere) return cursor;
  const held = [...cursor.held, event].sort((a, b) => a.meta.seq - b.meta.seq);
  return { ...cursor, held };
}

function still(cursor: Cursor, move: CursorMove = "none"): CursorStep {
  return { cursor, deliver: [], move };
}
