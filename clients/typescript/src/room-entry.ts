// One room of the client: who holds it, where it stands, and what the world sees of it.

import type {
  AnyRoomState,
  PresenceSnapshot,
  ReceiptsSnapshot,
  RoomSnapshot,
  RoomStateSnapshot,
  RoomStatus,
} from "./api.js";
import { type Cursor, freshCursor } from "./cursor.js";
import type { AnyJoinable } from "./descriptors.js";
import { reducerKey } from "./room-state.js";
import { type Cell, cell } from "./store.js";
import type { WireEvent } from "./wire.js";

/** A room, whether joined or only looked at. */
export interface RoomEntry {
  readonly namespace: string;
  readonly name: string;
  /** How to join; `undefined` is a room that is only subscribed to. */
  readonly room: AnyJoinable | undefined;
  readonly params: unknown;
  holds: number;
  cursor: Cursor;
  /** Moves on when answers that are under way are of no use any more. */
  turn: number;
  /** The server was asked to let us out and has not answered. */
  isLeaving: boolean;
  /** The number of the token with which the server was asked last. */
  tokenNumber: number;
  /** How often joining has failed in a row. */
  attempts: number;
  /** Why events were missed, until the next state is there. */
  discontinuity: string | undefined;
  readonly status: Cell<RoomSnapshot>;
  /** One state per set of reducers. */
  readonly states: Map<AnyRoomState, Cell<RoomStateSnapshot<unknown>>>;
  readonly presence: Cell<PresenceSnapshot<unknown>>;
  readonly receipts: Cell<ReceiptsSnapshot>;
  /** Calls off the timer of each purpose. */
  readonly timers: Map<"linger" | "patience" | "retry", () => void>;
}

/** What a room looks like to those who do not hold it. */
export const idleRoom: RoomSnapshot = Object.freeze({ status: "idle" });
/** The same for a room with a state. */
export const idleRoomState: RoomStateSnapshot<never> = Object.freeze({
  status: "idle",
  state: undefined,
});

/** What is known of who is in a room that nobody holds. */
export const nobody: PresenceSnapshot<never> = Object.freeze({
  members: Object.freeze([]) as readonly never[],
  self: undefined,
  isLive: false,
});
/** What is known of how far users are in a room that nobody holds. */
export const noReceipts: ReceiptsSnapshot = Object.freeze({});

/** A room that nobody has entered. */
export function newRoomEntry(
  namespace: string,
  name: string,
  room: AnyJoinable | undefined,
  params: unknown,
  states: readonly AnyRoomState[],
): RoomEntry {
  return {
    namespace,
    name,
    room,
    params,
    holds: 0,
    cursor: freshCursor,
    turn: 0,
    isLeaving: false,
    tokenNumber: 0,
    attempts: 0,
    discontinuity: undefined,
    status: cell(idleRoom),
    states: new Map(states.map((it) => [it, cell<RoomStateSnapshot<unknown>>(idleRoomState)])),
    presence: cell<PresenceSnapshot<unknown>>(nobody),
    receipts: cell(noReceipts),
    timers: new Map(),
  };
}

/** Where the room stands. */
export function statusOf(entry: RoomEntry): RoomStatus {
  return entry.status.getSnapshot().status;
}

/** Whether the room's events are ours: also while it lingers after the last hold. */
export function isMember(entry: RoomEntry): boolean {
  const status = statusOf(entry);
  return status !== "idle" && status !== "denied";
}

/** Whether we are in the room, and its events come as they happen. */
export function isLive(entry: RoomEntry): boolean {
  const status = statusOf(entry);
  return status === "joined" || status === "resynced";
}

/** Whether anybody looks at the room. */
export function isWatched({ status, states, presence, receipts }: RoomEntry): boolean {
  return [status, presence, receipts, ...states.values()].some((it) => it.isWatched());
}

/** Calls off one timer, or all. */
export function stopTimers(entry: RoomEntry, ...purposes: ("linger" | "patience" | "retry")[]) {
  for (const purpose of purposes.length > 0 ? purposes : [...entry.timers.keys()]) {
    entry.timers.get(purpose)?.();
    entry.timers.delete(purpose);
  }
}

/** Shows a new status, and with it a new state where there is one. */
export function showRoom(entry: RoomEntry, next: RoomSnapshot, fresh?: { state: unknown }): void {
  // States first: who reacts to the status finds the state that belongs to it.
  for (const shown of entry.states.values()) {
    const { state } = fresh ?? shown.getSnapshot();
    shown.set({ ...next, state });
  }
  const { status, problem } = entry.status.getSnapshot();
  if (status !== next.status || problem !== next.problem || next.discontinuity) {
    entry.status.set(next);
  }
}

/** Applies an event to the room's states. Rooms without a first answer have nothing to change. */
export function reduceRoom(entry: RoomEntry, { name, payload, meta }: WireEvent): void {
  for (const [{ reducers }, shown] of entry.states) {
    const snapshot = shown.getSnapshot();
    const reducer = reducers.get(reducerKey(name, payload));
    if (!reducer || snapshot.state === undefined) continue;
    const state = reducer(snapshot.state, payload, meta);
    if (!Object.is(state, snapshot.state)) shown.set({ ...snapshot, state });
  }
}
