// The rooms of a client: entered once however many hold them, resumed after a cut, left when nobody
// holds them any more. How a room gets its events is told in `room-membership.ts`.

import type { AnyRoomState } from "./api.js";
import { freshCursor, type Numbered } from "./cursor.js";
import type { AnyJoinable } from "./descriptors.js";
import type { Problem } from "./problem.js";
import {
  isMember,
  isWatched,
  newRoomEntry,
  type RoomEntry,
  showRoom,
  statusOf,
  stopTimers,
} from "./room-entry.js";
import { createMembership, type MembershipParts } from "./room-membership.js";
import { roomName } from "./room-name.js";
import { CONTROL, type Position, type Welcome, type WireEvent } from "./wire.js";

/** What rooms need of the rest. */
export interface RoomParts extends MembershipParts {
  readonly lingerMs: number;
  readonly roomStates: readonly AnyRoomState[];
  /** Namespaces in which the caller has a room of their own. */
  readonly personal: ReadonlySet<string>;
}

/** The rooms of all namespaces. */
export interface Rooms {
  /** The room of that name, made when somebody first looks at it. */
  entry(room: AnyJoinable, params: unknown): RoomEntry;
  /** The room if anybody holds it or looks at it. */
  find(namespace: string, name: string): RoomEntry | undefined;
  /** The room if its events are ours. */
  member(namespace: string, name: string): RoomEntry | undefined;
  hold(entry: RoomEntry): void;
  release(entry: RoomEntry): void;
  /** Somebody looks away: forgets the room if they were the last. */
  tidy(entry: RoomEntry): void;
  isPending(namespace: string, name: string): boolean;
  rejoin(namespace: string, name: string, reason: string): boolean;
  /** Asks what stands in a room in which something is missing. */
  refresh(entry: RoomEntry): void;
  welcomed(namespace: string, welcome: Welcome): void;
  refused(namespace: string, problem: Problem): void;
  /** A numbered event arrived. */
  live(namespace: string, event: Numbered): void;
  /** An event without a number arrived, for these rooms. */
  passing(namespace: string, names: readonly string[], event: WireEvent): void;
  heads(namespace: string, heads: Readonly<Record<string, Position>>): void;
  closed(namespace: string, name: string, problem: Problem): void;
  /** The link is gone. */
  cut(): void;
}

/** Makes the rooms of a client. */
export function createRooms(parts: RoomParts): Rooms {
  const { connection, log } = parts;
  const membership = createMembership(parts);
  const entries = new Map<string, RoomEntry>();
  /** Who we were in each namespace when we were welcomed there last. */
  const people = new Map<string, string>();
  const keyOf = (namespace: string, name: string) => `${namespace} ${name}`;

  function make(namespace: string, name: string, room?: AnyJoinable, params?: unknown): RoomEntry {
    const key = keyOf(namespace, name);
    let entry = entries.get(key);
    if (!entry) {
      const states = parts.roomStates.filter(
        (it) => it.room.namespace === namespace && it.room.pattern === room?.pattern,
      );
      entry = newRoomEntry(namespace, name, room, params, states);
      entries.set(key, entry);
    }
    return entry;
  }

  function member(namespace: string, name: string): RoomEntry | undefined {
    const entry = entries.get(keyOf(namespace, name));
    return entry && isMember(entry) ? entry : undefined;
  }

  function enter(entry: RoomEntry): void {
    const refusal = connection.refusal(entry.namespace);
    showRoom(entry, refusal ? { status: "denied", problem: refusal } : { status: "joining" });
    if (connection.welcome(entry.namespace) && !entry.isLeaving) membership.join(entry);
  }

  function leave(entry: RoomEntry): void {
    const { namespace, name } = entry;
    const wasDenied = statusOf(entry) === "denied";
    membership.reset(entry);
    stopTimers(entry);
    for (const side of parts.sides) side.left?.(entry);
    showRoom(entry, { status: "idle" }, { state: undefined });
    if (wasDenied || !connection.welcome(namespace)) {
      tidy(entry);
      return;
    }
    log("info", "leave", { room: name });
    // A join that overtakes it would be undone by it: it waits for the answer.
    entry.isLeaving = true;
    connection.request(namespace, CONTROL.unsubscribe, { room: name }, () => {
      entry.isLeaving = false;
      if (entry.holds === 0) tidy(entry);
      else if (connection.welcome(namespace)) membership.join(entry);
    });
  }

  /** Forgets a room that nobody holds or looks at. */
  function tidy(entry: RoomEntry): void {
    const isUsed = entry.holds > 0 || entry.isLeaving || statusOf(entry) !== "idle";
    if (!isUsed && !isWatched(entry)) entries.delete(keyOf(entry.namespace, entry.name));
  }

  /** The caller's own room is held as long as they are who they are. */
  function keepPersonal(namespace: string, { subject, at }: Welcome): void {
    const own = make(namespace, roomName("user:{subject}", { subject }));
    for (const other of of(namespace)) {
      if (other.room || other === own) continue;
      other.holds = 0;
      leave(other);
    }
    if (own.holds === 0) {
      own.holds = 1;
      showRoom(own, { status: "joining" });
    }
    // What comes from here on is ours, also if we are cut off before we have asked for anything.
    if (at && !own.cursor.at) membership.step(own, { type: "joined", at });
  }

  /** We are somebody else now: what was shown to the one before is not for us, and theirs is no
   * position to go on from. */
  function forgetStates(namespace: string): void {
    for (const entry of of(namespace)) {
      if (!entry.cursor.at) continue;
      membership.reset(entry);
      for (const side of parts.sides) side.left?.(entry);
      showRoom(entry, { status: "joining" }, { state: undefined });
    }
  }

  function of(namespace: string): RoomEntry[] {
    return [...entries.values()].filter((entry) => entry.namespace === namespace);
  }

  return {
    entry: (room, params) => make(room.namespace, room.name(params as never), room, params),
    find: (namespace, name) => entries.get(keyOf(namespace, name)),
    member,
    hold(entry) {
      entries.set(keyOf(entry.namespace, entry.name), entry);
      entry.holds += 1;
      stopTimers(entry, "linger");
      connection.open(entry.namespace);
      const status = statusOf(entry);
      if (status === "idle" || (status === "denied" && entry.holds === 1)) enter(entry);
    },
    release(entry) {
      entry.holds -= 1;
      if (entry.holds > 0) return;
      membership.after(entry, "linger", parts.lingerMs, () => leave(entry));
    },
    tidy,
    isPending(namespace, name) {
      const entry = entries.get(keyOf(namespace, name));
      const status = entry && statusOf(entry);
      return status === "joining" || status === "recovering";
    },
    refresh: membership.refresh,
    rejoin(namespace, name, reason) {
      const entry = member(namespace, name);
      if (!entry) return false;
      if (!entry.cursor.isAwaiting) membership.missed(entry, reason);
      return true;
    },
    welcomed(namespace, welcome) {
      const { subject } = welcome;
      const before = people.get(namespace);
      people.set(namespace, subject);
      if (before !== undefined && before !== subject) forgetStates(namespace);
      if (parts.personal.has(namespace)) keepPersonal(namespace, welcome);
      const held = of(namespace).filter(({ holds }) => holds > 0);
      membership.resume(
        namespace,
        held.filter(({ cursor }) => cursor.at),
      );
      // Denied ones too: we may be somebody else than before.
      for (const entry of held) if (!entry.cursor.at) membership.join(entry);
    },
    refused(namespace, problem) {
      for (const entry of of(namespace)) if (isMember(entry)) membership.deny(entry, problem);
    },
    live(namespace, event) {
      const entry = member(namespace, event.meta.room ?? "");
      // None is a room that the server put us into, or one that we are just leaving. Also if somebody
      // holds that one again: its next state starts where the join after the leave says.
      if (entry && !entry.isLeaving) membership.step(entry, { type: "live", event });
      else parts.deliver(namespace, event);
    },
    passing(namespace, names, event) {
      for (const room of names) {
        const entry = entries.get(keyOf(namespace, room));
        if (entry) membership.reduce(entry, event);
      }
      parts.deliver(namespace, event);
    },
    heads(namespace, heads) {
      for (const [name, at] of Object.entries(heads)) {
        const entry = member(namespace, name);
        if (entry) membership.step(entry, { type: "head", at });
      }
    },
    closed(namespace, name, problem) {
      const entry = member(namespace, name);
      if (!entry) return;
      // The numbering goes on without us: what we know of it is of no use for a rejoin.
      membership.reset(entry);
      for (const side of parts.sides) side.cut?.(entry);
      showRoom(entry, { status: "recovering" });
      membership.failed(entry, problem);
    },
    cut() {
      for (const entry of entries.values()) {
        stopTimers(entry, "patience", "retry");
        entry.turn += 1;
        entry.isLeaving = false;
        entry.cursor = { ...freshCursor, ...(entry.cursor.at && { at: entry.cursor.at }) };
        if (!isMember(entry)) continue;
        for (const side of parts.sides) side.cut?.(entry);
        if (entry.holds > 0)
          showRoom(entry, { status: entry.cursor.at ? "recovering" : "joining" });
        // Nobody came back for it in time.
        else leave(entry);
      }
    },
  };
}
