// How one room gets its events: joined, resumed after a cut, or joined anew when events are lost.
// What may be handed on, and when, the cursor decides; who holds a room is told in `rooms.ts`.

import type { RecoveryStep, RoomSnapshot } from "./api.js";
import { backoffMs } from "./backoff.js";
import { type Clock, elapsed } from "./clock.js";
import { GRACE_MS } from "./command-policy.js";
import type { Connection } from "./connection.js";
import { type CursorInput, freshCursor, type Numbered, stepCursor } from "./cursor.js";
import { localProblem } from "./local-problems.js";
import type { Logger } from "./logger.js";
import type { Problem } from "./problem.js";
import type { RetryBudget } from "./retry-budget.js";
import {
  isLive,
  type RoomEntry,
  reduceRoom,
  showRoom,
  statusOf,
  stopTimers,
} from "./room-entry.js";
import type { RoomSide } from "./room-side.js";
import { type Ack, CONTROL, type RoomResumed, type WireEvent } from "./wire.js";

/** What a membership needs of the rest. */
export interface MembershipParts {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly budget: RetryBudget;
  /** Tells what is done about a refusal. */
  observe(step: RecoveryStep): void;
  /** An event is in its turn. */
  deliver(namespace: string, event: WireEvent): void;
  /** Who keeps what stands in a room beside its events. */
  readonly sides: readonly RoomSide[];
  /** A room has its verdict: its lane may go on. */
  settled(namespace: string): void;
}

/** What can be done about rooms that somebody holds. */
export interface Membership {
  /** Asks the server to let us in, and for the room's state. */
  join(entry: RoomEntry): void;
  /** Asks for what these rooms of one namespace have missed, in one request. */
  resume(namespace: string, rooms: readonly RoomEntry[]): void;
  /**
   * Asks what stands in the room, without a word to the app: something is missing that has no number
   * of its own among the events.
   */
  refresh(entry: RoomEntry): void;
  /** Events are lost for good: takes a fresh state and tells the app why. */
  missed(entry: RoomEntry, reason: string): void;
  /** The server said no, now or for good. */
  failed(entry: RoomEntry, problem: Problem): void;
  /** Shows that we are not let in. */
  deny(entry: RoomEntry, problem: Problem): void;
  /** Takes something that was heard about the room's numbering. */
  step(entry: RoomEntry, input: CursorInput): void;
  /** Lets an event change the room's states. */
  reduce(entry: RoomEntry, event: WireEvent): void;
  /** Forgets where the room stood. */
  reset(entry: RoomEntry): void;
  after(entry: RoomEntry, purpose: Purpose, ms: number, task: () => void): void;
}

type Purpose = "linger" | "patience" | "retry";

/** How long an early event waits for the ones before it: two nodes of a server may cross. */
const PATIENCE_MS = 100;

/** Makes the membership of a client's rooms. */
export function createMembership(parts: MembershipParts): Membership {
  const { connection, clock, log, sides } = parts;

  function after(entry: RoomEntry, purpose: Purpose, ms: number, task: () => void) {
    stopTimers(entry, purpose);
    entry.timers.set(
      purpose,
      clock.after(ms, () => {
        entry.timers.delete(purpose);
        task();
      }),
    );
  }

  function join(entry: RoomEntry): void {
    const { namespace, name, room, params } = entry;
    const byCommand = room?.join;
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
        for (const side of sides) side.stands?.(entry, resumed ?? ack, at, true);
        joined(entry, { state });
        step(entry, { type: "joined", ...(at && { at }) });
        parts.settled(namespace);
      },
    );
  }

  function joined(entry: RoomEntry, fresh?: { state: unknown }): void {
    const { discontinuity } = entry;
    if (entry.attempts > 0) parts.budget.giveBack();
    entry.attempts = 0;
    entry.discontinuity = undefined;
    const next: RoomSnapshot = discontinuity
      ? { status: "resynced", discontinuity }
      : { status: "joined" };
    showRoom(entry, next, fresh);
  }

  function failed(entry: RoomEntry, problem: Problem): void {
    const { namespace, name } = entry;
    for (const side of sides) side.unanswered?.(entry);
    const { action, afterMs = 0 } = problem.recovery;
    log("warn", "join failed", { room: name, code: problem.code, traceId: problem.traceId });
    const observe = (move: RecoveryStep["move"], ms = 0) =>
      parts.observe({ move, problem, room: name, afterMs: ms });
    switch (action) {
      case "retry":
      case "reconnect":
      case "rejoin":
      case "resync": {
        showRoom(entry, { status: statusOf(entry), problem });
        const budgetMs = parts.budget.take(elapsed(clock));
        const ms = Math.max(afterMs + backoffMs(entry.attempts, parts.random()), budgetMs);
        entry.attempts += 1;
        observe(action, ms);
        after(entry, "retry", ms, () => {
          if (!connection.welcome(namespace)) return;
          if (entry.cursor.at) resume(namespace, [entry]);
          else join(entry);
        });
        break;
      }
      case "reauthenticate": {
        showRoom(entry, { status: statusOf(entry), problem });
        observe(action);
        const { turn, attempts } = entry;
        entry.attempts += 1;
        connection.renew(problem, entry.tokenNumber, (isRenewed) => {
          // After a cut the next welcome decides.
          if (turn !== entry.turn || !connection.welcome(namespace)) return;
          // Who is refused with a fresh token, too, is not asked for another one.
          if (isRenewed && attempts === 0) join(entry);
          else deny(entry, problem);
        });
        break;
      }
      default:
        observe("tell");
        deny(entry, problem);
    }
  }

  function deny(entry: RoomEntry, problem: Problem): void {
    reset(entry);
    for (const side of sides) side.left?.(entry);
    showRoom(entry, { status: "denied", problem }, { state: undefined });
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
    const turn = nextTurn(entry);
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

  /** From now on live events wait for the answer. */
  function nextTurn(entry: RoomEntry): number {
    step(entry, { type: "ask" });
    for (const side of sides) side.asked?.(entry);
    entry.turn += 1;
    entry.tokenNumber = connection.tokenNumber();
    return entry.turn;
  }

  /** One request for all rooms of a namespace, however many there are. */
  function resume(namespace: string, rooms: readonly RoomEntry[]): void {
    if (rooms.length === 0) return;
    const turns = rooms.map((entry) => {
      if (isLive(entry)) showRoom(entry, { status: "recovering" });
      return nextTurn(entry);
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

  function refresh(entry: RoomEntry): void {
    // Another question is under way or about to be asked: its answer tells the same.
    if (entry.cursor.isAwaiting || entry.timers.has("retry")) return;
    const { name, cursor } = entry;
    const payload = { room: name, ...(cursor.at && { since: cursor.at }) };
    ask(entry, CONTROL.subscribe, payload, undefined, ({ ok }) => {
      resumed(entry, ok as RoomResumed);
      parts.settled(entry.namespace);
    });
  }

  function resumed(entry: RoomEntry, verdict: RoomResumed): void {
    const { recovered, reason, problem, at, events = [], more = false } = verdict;
    if (problem || !recovered) {
      if (problem) failed(entry, problem);
      else missed(entry, reason ?? "unknown");
      return;
    }
    if (!more) {
      log("info", "resumed", { room: entry.name, events: events.length });
      // The caller's own room is not joined, but gone on in from the first welcome.
      const isFresh = statusOf(entry) === "joining";
      for (const side of sides) side.stands?.(entry, verdict, at ?? entry.cursor.at, isFresh);
      // A room that was only refreshed is where it was.
      if (!isLive(entry)) joined(entry);
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
    showRoom(entry, { status: "recovering" });
    entry.cursor = { ...freshCursor, held: entry.cursor.held };
    join(entry);
  }

  function step(entry: RoomEntry, input: CursorInput): void {
    const before = entry.cursor.at;
    const { cursor, deliver, move } = stepCursor(entry.cursor, input);
    entry.cursor = cursor;
    for (const event of deliver) {
      reduce(entry, event);
      parts.deliver(entry.namespace, event);
    }
    if (cursor.at && cursor.at !== before) {
      for (const side of sides) side.moved?.(entry, cursor.at);
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

  function reset(entry: RoomEntry): void {
    stopTimers(entry, "patience", "retry");
    entry.turn += 1;
    entry.cursor = freshCursor;
    entry.attempts = 0;
    entry.discontinuity = undefined;
  }

  return { join, resume, refresh, missed, failed, deny, step, reduce, reset, after };
}
