// What a room has beside its numbered events, as those keep it who know about it: questions, streams,
// receipts, presence. A room's membership tells them what happens to it.

import type { RoomEntry } from "./room-entry.js";
import type { Position, Standing, WireEvent } from "./wire.js";

/** One thing that stands in rooms. Each call is about a room that somebody holds. */
export interface RoomSide {
  /** A join, subscribe or resume is sent: its answer tells what stands in the room. */
  asked?(entry: RoomEntry): void;
  /** The answer, which is as of `at`. A fresh one begins anew, another one completes what is known. */
  stands?(entry: RoomEntry, standing: Standing, at: Position | undefined, isFresh: boolean): void;
  /** There is no answer. */
  unanswered?(entry: RoomEntry): void;
  /** A numbered event of the room is in its turn. */
  delivered?(entry: RoomEntry, event: WireEvent): void;
  /** The library itself has sent something to the room that has no number there. */
  heard?(entry: RoomEntry, name: string, payload: unknown): void;
  /** The room's position has moved. */
  moved?(entry: RoomEntry, at: Position): void;
  /** We are not in the room any more, and mean to come back. */
  cut?(entry: RoomEntry): void;
  /** The room is left, or we are not let in. */
  left?(entry: RoomEntry): void;
}
