// The commands that are not settled: which may go out now, in which order, and what becomes of them at
// a cut. Pure bookkeeping: the caller brings the time and does the sending.

import type { CommandState, QueuedCommand } from "./command-state.js";

/** A command's place in the order, as it travels. */
export interface SendMeta {
  readonly id: string;
  readonly after?: string;
  readonly resent?: { readonly ledger: string; readonly ageMs: number };
}

/** A command to send now. */
export interface Sending<C> {
  readonly command: C;
  readonly meta: SendMeta;
}

/** What `take` found. */
export interface Taken<C> {
  readonly sendings: readonly Sending<C>[];
  readonly marks: readonly C[];
}

/** What the queue must know to choose. */
export interface SendWindow {
  readonly namespace: string;
  /** By a clock that nobody can set. */
  readonly now: number;
  /** The same moment by the server's clock. */
  readonly serverNow: number;
  readonly ledger: string;
  /** Who we are on this link. */
  readonly subject: string;
  /** How many commands may be unanswered at once. */
  readonly size: number;
  /** Lanes whose room has no verdict yet. */
  isBlocked(lane: string): boolean;
}

/** Commands that are over without an answer. */
export interface Fallen<C> {
  /** Not executed: never sent, or every copy came back with a refusal. */
  readonly unsent: readonly C[];
  /** Sent, and nobody can say what became of them. */
  readonly unknown: readonly C[];
}

/** The order of commands. */
export interface CommandQueue<C extends QueuedCommand> {
  add(command: C): void;
  /** Puts commands of an earlier life before all others. */
  prepend(commands: readonly C[]): void;
  get(id: string): C | undefined;
  /** All of them, in order. */
  all(): readonly C[];
  /** Takes a settled command out. */
  settle(id: string): void;
  /**
   * Puts a command back into its place, for a later attempt. It was not executed, unless the answer
   * left that open.
   */
  postpone(id: string, notBefore: number, isUnsure?: boolean): void;
  /** Puts a command back that the server would not run before its predecessor. */
  putBehind(id: string): void;
  /**
   * Says who we are. Whatever was written as nobody, or as `formerly`, is this person's, and so is what
   * is added from now on. Gives what is new.
   */
  bind(subject: string | undefined, formerly?: string): readonly C[];
  /** What may go out now, in order, noted as sent; and what must be marked on disk before. */
  take(window: SendWindow): Taken<C>;
  /** The link is gone: what may not wait for the next one falls out. */
  cut(): Fallen<C>;
  /** What is out of time, by the wall clock: its time goes on while a computer sleeps. */
  expire(wall: number): Fallen<C>;
  /** Everything, as at the end of the client, or everything of this person in one namespace. */
  drain(namespace?: string): Fallen<C>;
  /** In how many milliseconds `take` or `expire` has something new to say, if nothing else happens. */
  wakeIn(now: number, wall: number): number | undefined;
}

const NEVER = Number.POSITIVE_INFINITY;

/** An empty queue. */
export function createCommandQueue<C extends QueuedCommand>(): CommandQueue<C> {
  // Maps keep the order of insertion, which is the order of the lanes.
  const commands = new Map<string, C>();
  /** The same by namespace. */
  const lines = new Map<string, Map<string, C>>();
  // What would otherwise be looked for among thousands each time that one is answered.
  const inFlight = new Set<C>();
  const postponed = new Set<C>();
  /** Nothing is out of time before, unless the clock is set back from where it was. */
  let earliest = NEVER;
  let lastWall = Number.NEGATIVE_INFINITY;
  let person: string | undefined;

  function lineOf(namespace: string): Map<string, C> {
    const line = lines.get(namespace) ?? new Map<string, C>();
    lines.set(namespace, line);
    return line;
  }

  function insert(command: C): void {
    commands.set(command.id, command);
    lineOf(command.namespace).set(command.id, command);
    const { state, lifetimeMs } = command;
    if (lifetimeMs !== NEVER) {
      earliest = Math.min(earliest, state.expiresAt);
      lastWall = Math.max(lastWall, state.expiresAt - lifetimeMs);
    }
    if (person !== undefined) state.subject ??= person;
  }

  function drop(command: C): void {
    commands.delete(command.id);
    lineOf(command.namespace).delete(command.id);
    inFlight.delete(command);
    postponed.delete(command);
  }

  function remove(chosen: (command: C) => boolean): Fallen<C> {
    const fallen = [...commands.values()].filter(chosen);
    for (const command of fallen) drop(command);
    return {
      unsent: fallen.filter(({ state }) => state.unanswered === 0),
      unknown: fallen.filter(({ state }) => state.unanswered > 0),
    };
  }

  function bind(subject: string | undefined, formerly?: string): readonly C[] {
    person = subject;
    if (subject === undefined) return [];
    const others = [...commands.values()].filter(
      ({ state }) => state.subject === undefined || state.subject === formerly,
    );
    for (const { state } of others) state.subject = subject;
    return others;
  }

  /** The server said that it did not run: it is as if it had not been sent. */
  function putBack(id: string, change: Partial<CommandState>, isUnsure = false): void {
    const command = commands.get(id);
    if (!command) return;
    const { state } = command;
    if (state.isInFlight && !isUnsure) state.unanswered -= 1;
    inFlight.delete(command);
    Object.assign(state, { isInFlight: false }, change);
    if (change.notBefore !== undefined) postponed.add(command);
    // An earlier copy of an idempotent one may still be on its way: that stays known.
    if (command.delivery !== "idempotent") delete state.first;
  }

  return {
    add: insert,
    prepend(earlier) {
      const later = [...commands.values()];
      commands.clear();
      lines.clear();
      for (const command of [...earlier, ...later]) insert(command);
    },
    get: (id) => commands.get(id),
    all: () => [...commands.values()],
    settle(id) {
      const command = commands.get(id);
      if (command) drop(command);
    },
    postpone: (id, notBefore, isUnsure) => putBack(id, { notBefore }, isUnsure),
    putBehind: (id) => putBack(id, { isAlone: true }),
    bind,
    take(window) {
      const { namespace, now, serverNow, ledger, subject } = window;
      if (subject !== person) bind(subject);
      const sendings: Sending<C>[] = [];
      const marks: C[] = [];
      const predecessors = new Map<string, C>();
      const stopped = new Set<string>();
      let flying = 0;
      for (const command of inFlight) if (command.namespace === namespace) flying += 1;
      let free = window.size - flying;

      for (const command of lineOf(namespace).values()) {
        // Nobody further back can go out, or has gone out and waits for an answer.
        if (free <= 0 && flying <= 0) break;
        const { id, lane, state } = command;
        // Somebody else's: it has no place in this person's order.
        if (state.subject !== subject) continue;
        const { first } = state;
        // Sent or not: who is not settled comes first.
        const before = lane === null ? undefined : predecessors.get(lane);
        if (lane !== null) predecessors.set(lane, command);

        if (state.isInFlight) {
          flying -= 1;
          if (state.deadline > now) continue;
        } else if (
          free <= 0 ||
          state.notBefore > now ||
          state.keeping === "storing" ||
          state.keeping === "held" ||
          (lane !== null && (stopped.has(lane) || window.isBlocked(lane))) ||
          (state.isAlone && before)
        ) {
          if (lane !== null) stopped.add(lane);
          continue;
        } else {
          free -= 1;
          if (state.keeping === "stored") {
            state.keeping = "marking";
            marks.push(command);
          }
          // The ones behind it are marked in the same go, but wait for it.
          if (state.keeping === "marking" || before?.state.isInFlight === false) continue;
        }

        sendings.push({
          command,
          meta: {
            id,
            ...(before && { after: before.id }),
            ...(first && {
              resent: {
                ledger: first.ledger,
                ageMs: Math.max(0, Math.floor(serverNow - first.at)),
              },
            }),
          },
        });
        state.first ??= { at: serverNow, ledger };
        state.isInFlight = true;
        state.attempts += 1;
        state.unanswered += 1;
        // What may run only once is never sent twice: the server answers, or the link is cut.
        state.deadline = command.delivery === "idempotent" ? now + command.resendMs : NEVER;
        inFlight.add(command);
      }
      return { sendings, marks };
    },
    cut() {
      const fallen = remove(({ delivery, mayQueue, state }) =>
        state.first ? delivery !== "idempotent" : !mayQueue,
      );
      for (const { state } of inFlight) state.isInFlight = false;
      inFlight.clear();
      return fallen;
    },
    expire(wall) {
      if (wall >= lastWall && wall < earliest) {
        lastWall = wall;
        return { unsent: [], unknown: [] };
      }
      for (const { state, lifetimeMs } of commands.values()) {
        // A wall clock that was set back must not make anything live longer than it may.
        state.expiresAt = Math.min(state.expiresAt, wall + lifetimeMs);
      }
      const fallen = remove(({ state }) => state.expiresAt <= wall);
      lastWall = wall;
      earliest = NEVER;
      for (const { state } of commands.values()) earliest = Math.min(earliest, state.expiresAt);
      return fallen;
    },
    drain: (namespace) =>
      remove(
        (it) =>
          namespace === undefined ||
          // Of what somebody else wrote, this person's refusal says nothing.
          (it.namespace === namespace && (it.state.subject ?? person) === person),
      ),
    wakeIn(now, wall) {
      let ms = earliest - wall;
      for (const { state } of inFlight) ms = Math.min(ms, state.deadline - now);
      for (const command of postponed) {
        if (command.state.notBefore <= now) postponed.delete(command);
        else ms = Math.min(ms, command.state.notBefore - now);
      }
      return ms === NEVER ? undefined : ms;
    },
  };
}
