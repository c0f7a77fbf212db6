// The commands that are not settled: which may go out now, in which order, and what becomes of them at
// a cut. Pure bookkeeping: the caller brings the time and does the sending.

import type { CommandDelivery } from "./descriptors.js";
import type { Problem } from "./problem.js";

/** A command that waits for its final answer. */
export interface QueuedCommand {
  readonly id: string;
  /** Each namespace has an order and a window of its own. */
  readonly namespace: string;
  /** Commands of one lane keep their order; `null` runs free. */
  readonly lane: string | null;
  readonly delivery: CommandDelivery;
  /** Whether it may wait for a connection. */
  readonly mayQueue: boolean;
  /** After how long without an answer an idempotent command is sent again on a live link. */
  readonly resendMs: number;
  /** For how long it is of use. */
  readonly lifetimeMs: number;
  readonly state: CommandState;
}

/** When a command was sent first, by the server's clock, and to which memory of past commands. */
export interface Sent {
  readonly at: number;
  readonly ledger: string;
}

/**
 * What is on disk of a command that is kept there. It goes out only when it is `marked`: a page that
 * finds it after a reload must know that it may have been sent. `held` is one that cannot be marked
 * any more: the next life of the page sends it.
 */
export type Keeping = "storing" | "stored" | "marking" | "marked" | "held";

/** The part of a queued command that changes. Owned by the queue. */
export interface CommandState {
  /** It went out on this link and is not answered. */
  isInFlight: boolean;
  /** The server refused to run it before its predecessor: it goes out alone. */
  isAlone: boolean;
  /** It is not sent before this time. By a clock that nobody can set, as all times but two. */
  notBefore: number;
  /** When it is sent again if no answer came. */
  deadline: number;
  /** How often it was refused with a request to try again. */
  refusals: number;
  /** How often it was sent. */
  attempts: number;
  /** Copies that the server has not answered, on this link or an earlier one. */
  unanswered: number;
  /** When it is of no use any more, by the wall clock. */
  expiresAt: number;
  /** By the server's clock. */
  first?: Sent;
  /** As whom it may be sent; `undefined`: as whoever is welcomed next. */
  subject?: string;
  /** Why it has failed for good: then it is in no queue any more. */
  problem?: Problem;
  /** `undefined`: it is kept in memory alone. */
  keeping?: Keeping | undefined;
}

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
  /** Puts a command that was not executed back into its place, for a later attempt. */
  postpone(id: string, notBefore: number): void;
  /** Puts a command back that the server would not run before its predecessor. */
  putBehind(id: string): void;
  /** Whatever was written as nobody, or as `formerly`, is this person's. Gives what is new. */
  bind(subject: string, formerly?: string): readonly C[];
  /** What may go out now, in order, noted as sent; and what must be marked on disk before. */
  take(window: SendWindow): Taken<C>;
  /** The link is gone: what may not wait for the next one falls out. */
  cut(): Fallen<C>;
  /** What is out of time, by the wall clock: its time goes on while a computer sleeps. */
  expire(wall: number): Fallen<C>;
  /** Everything, as at the end of the client, or everything of one namespace. */
  drain(namespace?: string): Fallen<C>;
  /** In how many milliseconds `take` or `expire` has something new to say, if nothing else happens. */
  wakeIn(now: number, wall: number): number | undefined;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The state of a command that was just made. */
export function newCommandState(expiresAt = NEVER): CommandState {
  return {
    isInFlight: false,
    isAlone: false,
    notBefore: 0,
    deadline: NEVER,
    refusals: 0,
    attempts: 0,
    unanswered: 0,
    expiresAt,
  };
}

/** An empty queue. */
export function createCommandQueue<C extends QueuedCommand>(): CommandQueue<C> {
  // A map keeps the order of insertion, which is the order of the lanes.
  let commands = new Map<string, C>();

  function remove(chosen: (command: C) => boolean): Fallen<C> {
    const fallen = [...commands.values()].filter(chosen);
    for (const { id } of fallen) commands.delete(id);
    return {
      unsent: fallen.filter(({ state }) => state.unanswered === 0),
      unknown: fallen.filter(({ state }) => state.unanswered > 0),
    };
  }

  /** Whether a command that is not sent comes before this one. */
  function predecessorWaits(after: string | undefined): boolean {
    return after !== undefined && !commands.get(after)?.state.isInFlight;
  }

  /** The server said that it did not run: it is as if it had not been sent. */
  function putBack(id: string, change: Partial<CommandState>): void {
    const command = commands.get(id);
    if (!command) return;
    if (command.state.isInFlight) command.state.unanswered -= 1;
    Object.assign(command.state, { isInFlight: false }, change);
    // An earlier copy of an idempotent one may still be on its way: that stays known.
    if (command.delivery !== "idempotent") delete command.state.first;
  }

  return {
    add: (command) => void commands.set(command.id, command),
    prepend(earlier) {
      commands = new Map([...earlier.map((it) => [it.id, it] as const), ...commands]);
    },
    get: (id) => commands.get(id),
    all: () => [...commands.values()],
    settle: (id) => void commands.delete(id),
    postpone: (id, notBefore) => putBack(id, { notBefore }),
    putBehind: (id) => putBack(id, { isAlone: true }),
    bind(subject, formerly) {
      const unbound = [...commands.values()].filter(
        ({ state }) => state.subject === undefined || state.subject === formerly,
      );
      for (const { state } of unbound) state.subject = subject;
      return unbound;
    },
    take(window) {
      const { namespace, now, serverNow, ledger, subject } = window;
      const here = [...commands.values()].filter((it) => it.namespace === namespace);
      const sendings: Sending<C>[] = [];
      const marks: C[] = [];
      const predecessors = new Map<string, string>();
      const stopped = new Set<string>();
      let free = window.size;
      for (const { state } of here) if (state.isInFlight) free -= 1;

      for (const command of here) {
        const { id, lane, state } = command;
        // Somebody else's: it has no place in this person's order.
        if ((state.subject ?? subject) !== subject) continue;
        state.subject = subject;
        const { first } = state;
        // Sent or not: who is not settled comes first.
        const after = lane === null ? undefined : predecessors.get(lane);
        if (lane !== null) predecessors.set(lane, id);

        if (state.isInFlight) {
          if (state.deadline > now) continue;
        } else if (
          free <= 0 ||
          state.notBefore > now ||
          state.keeping === "storing" ||
          state.keeping === "held" ||
          (lane !== null && (stopped.has(lane) || window.isBlocked(lane))) ||
          (state.isAlone && after !== undefined)
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
          if (state.keeping === "marking" || (lane !== null && predecessorWaits(after))) continue;
        }

        sendings.push({
          command,
          meta: {
            id,
            ...(after !== undefined && { after }),
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
      }
      return { sendings, marks };
    },
    cut() {
      const fallen = remove(({ delivery, mayQueue, state }) =>
        state.first ? delivery !== "idempotent" : !mayQueue,
      );
      for (const { state } of commands.values()) state.isInFlight = false;
      return fallen;
    },
    expire(wall) {
      for (const { state, lifetimeMs } of commands.values()) {
        // A wall clock that was set back must not make anything live longer than it may.
        state.expiresAt = Math.min(state.expiresAt, wall + lifetimeMs);
      }
      return remove(({ state }) => state.expiresAt <= wall);
    },
    drain: (namespace) => remove((it) => namespace === undefined || it.namespace === namespace),
    wakeIn(now, wall) {
      let ms = NEVER;
      for (const { state } of commands.values()) {
        const next = state.isInFlight ? state.deadline : state.notBefore;
        ms = Math.min(ms, state.expiresAt - wall, next > now ? next - now : NEVER);
      }
      return ms === NEVER ? undefined : ms;
    },
  };
}
