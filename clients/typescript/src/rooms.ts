// The rooms of a client: entered once however many hold them, resumed after a cut, left when nobody
// holds them any more. What may be handed on, and when, the cursor decides.

import type { AnyRoomState, RoomSnapshot, RoomStatus } from "./api.js";
import { backoffMs } from "./backoff.js";
import type { Clock } from "./clock.js";
import type { Connection } from "./connection.js";
import { type CursorInput, freshCursor, type Numbered, stepCursor } from "./cursor.js";
import type { AnyJoinable } from "./descriptors.js";
import { localProblem } from "./local-problems.js";
import type { Logger } from "./logger.js";
import type { Problem } from "./problem.js";
import { newRoomEntry, type RoomEntry, reduceRoom, showRoom, stopTimers } from "./room-entry.js";
import { roomName } from "./room-name.js";
import {
  type Ack,
  CONTROL,
  type Position,
  type RoomResumed,
  type Welcome,
  type WireEvent,
  type WireQuestion,
} from "./wire.js";

/** What rooms need of the rest. */
export interface RoomParts {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly lingerMs: number;
  readonly roomStates: readonly AnyRoomState[];
  /** Namespaces in which the caller has a room of their own. */
  readonly personal: ReadonlySet<string>;
  /** An event is in its turn. */
  deliver(namespace: string, event: WireEvent): void;
  /** The open questions of a room, all of them. */
  questions(namespace: string, room: string, questions: readonly WireQuestion[]): void;
  /** A room has its verdict: its lane may go on. */
  settled(namespace: string): void;
}

/** The rooms of all namespaces. */
export interface Rooms {
  /** The room of that name, made when somebody first looks at it. */
  entry(room: AnyJoinable, params: unknown): RoomEntry;
  /** The room if anybody holds it or looks at it. */
  find(namespace: string, name: string): RoomEntry | undefined;
  hold(entry: RoomEntry): void;
  release(entry: RoomEntry): void;
  isPending(namespace: string, name: string): boolean;
  rejoin(namespace: string, name: string): boolean;
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

/** How long an early event waits for the ones before it: two nodes of a server may cross. */
const PATIENCE_MS = 100;
/** The server's own deadline comes first, so that the reason is known and not only the silence. */
const GRACE_MS = 2_000;

/** Makes the rooms of a client. */
export function createRooms(parts: RoomParts): Rooms {
  const { connection, clock, log } = parts;
  const entries = new Map<string, RoomEntry>();
  const keyOf = (namespace: string, name: string) => `${namespace} ${name}`;
  const statusOf = (entry: RoomEntry): RoomStatus => entry.status.getSnapshot().status;

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

  function show(entry: RoomEntry, status: RoomStatus, facts?: Partial<RoomSnapshot>): void {
    showRoom(entry, { status, ...facts });
  }

  function after(
    entry: RoomEntry,
    purpose: "linger" | "patience" | "retry",
    ms: number,
    task: () => void,
  ) {
    stopTimers(entry, purpose);
    entry.timers.set(
      purpose,
      clock.after(ms, () => {
        entry.timers.delete(purpose);
        task();
      }),
    );
  }

  // Entering -------------------------------------------------------------------------------------

  function enter(entry: RoomEntry): void {
    const refusal = connection.refusal(entry.namespace);
    show(entry, refusal ? "denied" : "joining", refusal && { problem: refusal });
    if (connection.welcome(entry.namespace) && !entry.isLeaving) join(entry);
  }

  function join(entry: RoomEntry): void {
    const { namespace, name, room, params } = entry;
    const byCommand = room?.join;
    step(entry, { type: "ask" });
    ask(
      entry,
      byCommand ?? CONTROL.subscribe,
      byCommand ? (params ?? {}) : { room: name },
      room?.timeoutMs && room.timeoutMs + GRACE_MS,
      (ack) => {
        const resumed = byCommand ? undefined : (ack.ok as RoomResumed);
        if (resumed?.problem) return failed(entry, resumed.problem);
        const at = resumed ? resumed.at : ack.at?.find((it) => it.room === name);
        const state = byCommand ? ack.ok : undefined;
        log("info", "join", { room: name, ...(entry.discontinuity && { resynced: true }) });
        joined(entry, { state });
        parts.questions(namespace, name, resumed?.questions ?? ack.questions ?? []);
        step(entry, { type: "joined", ...(at && { at }) });
        parts.settled(namespace);
      },
    );
  }

  function joined(entry: RoomEntry, fresh?: { state: unknown }): void {
    const { discontinuity } = entry;
    entry.attempts = 0;
    entry.discontinuity = undefined;
    const next: RoomSnapshot = discontinuity
      ? { status: "resynced", discontinuity }
      : { status: "joined" };
    showRoom(entry, next, fresh);
  }

  function failed(entry: RoomEntry, problem: Problem): void {
    const { namespace, name } = entry;
    const { action, afterMs = 0 } = problem.recovery;
    log("warn", "join failed", { room: name, code: problem.code, traceId: problem.traceId });
    switch (action) {
      case "retry":
      case "reconnect":
      case "rejoin":
      case "resync": {
        show(entry, statusOf(entry), { problem });
        const ms = afterMs + backoffMs(entry.attempts, parts.random());
        entry.attempts += 1;
        after(entry, "retry", ms, () => {
          if (!connection.welcome(namespace)) return;
          if (entry.cursor.at) resume(namespace, [entry]);
          else join(entry);
        });
        break;
      }
      case "reauthenticate":
        show(entry, statusOf(entry), { problem });
        connection.fail(problem);
        break;
      default:
        deny(entry, problem);
    }
  }

  function deny(entry: RoomEntry, problem: Problem): void {
    reset(entry);
    showRoom(entry, { status: "denied", problem }, { state: undefined });
    parts.questions(entry.namespace, entry.name, []);
    parts.settled(entry.namespace);
  }

  /** Asks the server about a room; what it says after the room moved on is not heard. */
  function ask(
    entry: RoomEntry,
    event: string,
    payload: unknown,
    timeoutMs: number | undefined,
    done: (ack: Exclude<Ack, { error: Problem }>) => void,
  ): void {
    entry.turn += 1;
    const { turn } = entry;
    connection.request(
      entry.namespace,
      event,
      payload,
      (ack) => {
        // After a cut the next welcome decides, not this.
        if (turn !== entry.turn || !connection.welcome(entry.namespace)) return;
        if (ack.error) failed(entry, ack.error);
        else done(ack);
      },
      timeoutMs,
    );
  }

  // Resuming -------------------------------------------------------------------------------------

  /** One request for all rooms of a namespace, however many there are. */
  function resume(namespace: string, rooms: readonly RoomEntry[]): void {
    if (rooms.length === 0) return;
    const turns = rooms.map((entry) => {
      if (statusOf(entry) !== "recovering") show(entry, "recovering");
      step(entry, { type: "ask" });
      entry.turn += 1;
      return entry.turn;
    });
    const payload = { rooms: rooms.map(({ name, cursor }) => ({ room: name, since: cursor.at })) };
    connection.request(namespace, CONTROL.resume, payload, (ack) => {
      if (!connection.welcome(namespace)) return;
      const verdicts = ack.error ? [] : ((ack.ok as { rooms: readonly RoomResumed[] }).rooms ?? []);
      for (const [index, entry] of rooms.entries()) {
        if (entry.turn !== turns[index]) continue;
        const verdict = verdicts.find(({ room }) => room === entry.name);
        if (verdict) resumed(entry, verdict);
        else failed(entry, ack.error ?? localProblem("protocol_error"));
      }
      parts.settled(namespace);
    });
  }

  function resumed(entry: RoomEntry, verdict: RoomResumed): void {
    const { recovered, reason, problem, at, events = [], more = false, questions } = verdict;
    if (problem || !recovered) {
      if (problem) failed(entry, problem);
      else missed(entry, reason ?? "unknown");
      return;
    }
    if (!more) {
      log("info", "resumed", { room: entry.name, events: events.length });
      joined(entry);
      if (questions) parts.questions(entry.namespace, entry.name, questions);
    }
    step(entry, {
      type: "resumed",
      events: events as readonly Numbered[],
      more,
      ...(at && { at }),
    });
  }

  /** Events are lost for good: the room's state is fetched afresh, and the app is told. */
  function missed(entry: RoomEntry, reason: string): void {
    log("warn", "discontinuity", { room: entry.name, reason });
    entry.discontinuity = reason;
    entry.cursor = { ...freshCursor, held: entry.cursor.held };
    join(entry);
  }

  function step(entry: RoomEntry, input: CursorInput): void {
    const { cursor, deliver, move } = stepCursor(entry.cursor, input);
    entry.cursor = cursor;
    for (const event of deliver) {
      reduce(entry, event);
      parts.deliver(entry.namespace, event);
    }
    switch (move) {
      case "none":
        stopTimers(entry, "patience");
        break;
      case "wait":
        if (entry.timers.has("patience")) break;
        after(entry, "patience", PATIENCE_MS, () => step(entry, { type: "patience" }));
        break;
      case "resume":
        resume(entry.namespace, [entry]);
        break;
      case "rejoin":
        missed(entry, "incomplete");
    }
  }

  function reduce(entry: RoomEntry, event: WireEvent): void {
    try {
      reduceRoom(entry, event);
    } catch (error) {
      log("error", "reducer failed", { room: entry.name, event: event.name, error });
    }
  }

  // Leaving --------------------------------------------------------------------------------------

  function reset(entry: RoomEntry): void {
    stopTimers(entry);
    entry.turn += 1;
    entry.cursor = freshCursor;
    entry.attempts = 0;
    entry.discontinuity = undefined;
  }

  function leave(entry: RoomEntry): void {
    const { namespace, name } = entry;
    const wasDenied = statusOf(entry) === "denied";
    reset(entry);
    showRoom(entry, { status: "idle" }, { state: undefined });
    parts.questions(namespace, name, []);
    entries.delete(keyOf(namespace, name));
    // Somebody may look at the room still: they keep this entry, and find it again here.
    const isWatched = [entry.status, ...entry.states.values()].some((it) => it.isWatched());
    if (isWatched) entries.set(keyOf(namespace, name), entry);
    if (wasDenied || !connection.welcome(namespace)) return;
    log("info", "leave", { room: name });
    entry.isLeaving = true;
    // Kept until the server has answered: a join that overtakes it would be undone by it.
    entries.set(keyOf(namespace, name), entry);
    connection.request(namespace, CONTROL.unsubscribe, { room: name }, () => {
      entry.isLeaving = false;
      if (entry.holds > 0 && connection.welcome(namespace)) join(entry);
      else if (!isWatched) entries.delete(keyOf(namespace, name));
    });
  }

  /** The caller's own room is held as long as they are who they are. */
  function keepPersonal(namespace: string, subject: string): void {
    const own = make(namespace, roomName("user:{subject}", { subject }));
    for (const other of of(namespace)) {
      if (other.room || other === own) continue;
      other.holds = 0;
      leave(other);
    }
    if (own.holds > 0) return;
    own.holds = 1;
    show(own, "joining");
  }

  function of(namespace: string): RoomEntry[] {
    return [...entries.values()].filter((entry) => entry.namespace === namespace);
  }

  function isMember(entry: RoomEntry): boolean {
    return entry.holds > 0 && statusOf(entry) !== "denied";
  }

  return {
    entry: (room, params) => make(room.namespace, room.name(params as never), room, params),
    find: (namespace, name) => entries.get(keyOf(namespace, name)),
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
      after(entry, "linger", parts.lingerMs, () => leave(entry));
    },
    isPending(namespace, name) {
      const entry = entries.get(keyOf(namespace, name));
      const status = entry && isMember(entry) && statusOf(entry);
      return status === "joining" || status === "recovering";
    },
    rejoin(namespace, name) {
      const entry = entries.get(keyOf(namespace, name));
      if (!entry || !isMember(entry)) return false;
      if (!entry.cursor.isAwaiting) {
        show(entry, "recovering");
        missed(entry, "not_joined");
      }
      return true;
    },
    welcomed(namespace, { subject }) {
      if (parts.personal.has(namespace)) keepPersonal(namespace, subject);
      const held = of(namespace).filter(({ holds }) => holds > 0);
      resume(
        namespace,
        held.filter(({ cursor }) => cursor.at),
      );
      // Denied ones too: we may be somebody else than before.
      for (const entry of held) if (!entry.cursor.at) join(entry);
    },
    refused(namespace, problem) {
      for (const entry of of(namespace)) if (isMember(entry)) deny(entry, problem);
    },
    live(namespace, event) {
      const entry = entries.get(keyOf(namespace, event.meta.room ?? ""));
      // A room that the server put us into, or one that we are just leaving.
      if (entry && isMember(entry)) step(entry, { type: "live", event });
      else parts.deliver(namespace, event);
    },
    passing(namespace, names, event) {
      for (const room of names) {
        const entry = entries.get(keyOf(namespace, room));
        if (entry) reduce(entry, event);
      }
      parts.deliver(namespace, event);
    },
    heads(namespace, heads) {
      for (const [name, at] of Object.entries(heads)) {
        const entry = entries.get(keyOf(namespace, name));
        if (entry && isMember(entry)) step(entry, { type: "head", at });
      }
    },
    closed(namespace, name, problem) {
      const entry = entries.get(keyOf(namespace, name));
      if (!entry || !isMember(entry)) return;
      // The numbering goes on without us: what we know of it is of no use for a rejoin.
      reset(entry);
      show(entry, "recovering");
      failed(entry, problem);
    },
    cut() {
      for (const entry of entries.values()) {
        stopTimers(entry, "patience", "retry");
        entry.turn += 1;
        entry.isLeaving = false;
        entry.cursor = { ...freshCursor, ...(entry.cursor.at && { at: entry.cursor.at }) };
        if (isMember(entry)) show(entry, entry.cursor.at ? "recovering" : "joining");
        // Nobody came back for it in time.
        else if (entry.holds === 0 && statusOf(entry) !== "idle") leave(entry);
      }
    },
  };
}
