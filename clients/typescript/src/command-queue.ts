// The commands of one namespace that are not settled: which may go out now, in which order, and what
// becomes of them at a cut. Pure bookkeeping: the caller brings the time and does the sending.

import type { CommandDelivery } from "./descriptors.js";

/** A command that waits for its final answer. */
export interface QueuedCommand {
  readonly id: string;
  /** Commands of one lane keep their order; `null` runs free. */
  readonly lane: string | null;
  readonly delivery: CommandDelivery;
  /** Whether it may wait for a connection. */
  readonly mayQueue: boolean;
  /** After how long without an answer an idempotent command is sent again on a live link. */
  readonly resendMs: number;
  /** When it is of no use any more. */
  readonly expiresAt: number;
  readonly state: CommandState;
}

/** The part of a queued command that changes. Owned by the queue. */
export interface CommandState {
  /** It went out on this link and is not answered. */
  isInFlight: boolean;
  /** The server refused to run it before its predecessor: it goes out alone. */
  isAlone: boolean;
  /** It is not sent before this time. */
  notBefore: number;
  /** When it is sent again if no answer came. */
  deadline: number;
  /** How often it was refused with a request to try again. */
  refusals: number;
  /** When it was sent first, and to which ledger. */
  first?: { readonly at: number; readonly ledger: string };
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

/** What the queue must know to choose. */
export interface SendWindow {
  readonly now: number;
  readonly ledger: string;
  /** How many commands may be unanswered at once. */
  readonly size: number;
  /** Lanes whose room has no verdict yet. */
  isBlocked(lane: string): boolean;
}

/** Commands that are over without an answer. */
export interface Fallen<C> {
  /** Never sent on any link. */
  readonly unsent: readonly C[];
  /** Sent, and nobody can say what became of them. */
  readonly unknown: readonly C[];
}

/** The order of one namespace's commands. */
export interface CommandQueue<C extends QueuedCommand> {
  add(command: C): void;
  get(id: string): C | undefined;
  /** Takes a settled command out. */
  settle(id: string): void;
  /** Puts a command that was not executed back into its place, for a later attempt. */
  postpone(id: string, notBefore: number): void;
  /** Puts a command back that the server would not run before its predecessor. */
  putBehind(id: string): void;
  /** Marks what may go out now as sent, and gives it in order. */
  take(window: SendWindow): readonly Sending<C>[];
  /** The link is gone: what may not wait for the next one falls out. */
  cut(): Fallen<C>;
  /** What is out of time. */
  expire(now: number): Fallen<C>;
  /** Everything, as at the end of the client. */
  drain(): Fallen<C>;
  /** When `take` or `expire` has something new to say, if nothing else happens. */
  wakeAt(now: number): number | undefined;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The state of a command that was just made. */
export function newCommandState(): CommandState {
  return { isInFlight: false, isAlone: false, notBefore: 0, deadline: NEVER, refusals: 0 };
}

/** An empty queue. */
export function createCommandQueue<C extends QueuedCommand>(): CommandQueue<C> {
  // A map keeps the order of insertion, which is the order of the lanes.
  const commands = new Map<string, C>();

  function remove(chosen: (command: C) => boolean): Fallen<C> {
    const fallen = [...commands.values()].filter(chosen);
    for (const { id } of fallen) commands.delete(id);
    return {
      unsent: fallen.filter(({ state }) => !state.first),
      unknown: fallen.filter(({ state }) => state.first),
    };
  }

  /** The server said that it did not run: it is as if it had not been sent. */
  function putBack(id: string, change: Partial<CommandState>): void {
    const command = commands.get(id);
    if (!command) return;
    Object.assign(command.state, { isInFlight: false }, change);
    // An earlier copy of an idempotent one may still be on its way: that stays known.
    if (command.delivery !== "idempotent") delete command.state.first;
  }

  return {
    add: (command) => void commands.set(command.id, command),
    get: (id) => commands.get(id),
    settle: (id) => void commands.delete(id),
    postpone: (id, notBefore) => putBack(id, { notBefore }),
    putBehind: (id) => putBack(id, { isAlone: true }),
    take(window) {
      const { now, ledger } = window;
      const sendings: Sending<C>[] = [];
      const predecessors = new Map<string, string>();
      const stopped = new Set<string>();
      let free = window.size;
      for (const { state } of commands.values()) if (state.isInFlight) free -= 1;

      for (const command of commands.values()) {
        const { id, lane, state } = command;
        const { first } = state;
        // Sent or not: who is not settled comes first.
        const after = lane === null ? undefined : predecessors.get(lane);
        if (lane !== null) predecessors.set(lane, id);

        if (state.isInFlight) {
          if (state.deadline > now) continue;
        } else if (
          free <= 0 ||
          state.notBefore > now ||
          (lane !== null && (stopped.has(lane) || window.isBlocked(lane))) ||
          (state.isAlone && after !== undefined)
        ) {
          if (lane !== null) stopped.add(lane);
          continue;
        } else {
          free -= 1;
        }

        sendings.push({
          command,
          meta: {
            id,
            ...(after !== undefined && { after }),
            ...(first && { resent: { ledger: first.ledger, ageMs: Math.max(0, now - first.at) } }),
          },
        });
        state.first ??= { at: now, ledger };
        state.isInFlight = true;
        // What may run only once is never sent twice: the server answers, or the link is cut.
        state.deadline = command.delivery === "idempotent" ? now + command.resendMs : NEVER;
      }
      return sendings;
    },
    cut() {
      const fallen = remove(({ delivery, mayQueue, state }) =>
        state.first ? delivery !== "idempotent" : !mayQueue,
      );
      for (const { state } of commands.values()) state.isInFlight = false;
      return fallen;
    },
    expire: (now) => remove(({ expiresAt }) => expiresAt <= now),
    drain: () => remove(() => true),
    wakeAt(now) {
      let at = NEVER;
      for (const { state, expiresAt } of commands.values()) {
        const next = state.isInFlight ? state.deadline : state.notBefore;
        at = Math.min(at, expiresAt, next > now ? next : NEVER);
      }
      return at === NEVER ? undefined : at;
    },
  };
}
