// The connection as one pure state machine: state and input give the next state and what to do.
// No timer, socket or token is touched here; `connection.ts` carries the effects out.

import type { AuthContext, ConnectionSnapshot, ConnectionStatus } from "./api.js";
import { backoffMs } from "./backoff.js";
import type { Problem, RecoveryAction } from "./problem.js";

/** What the machine is busy with. */
export type ConnectionPhase =
  | "idle"
  /** The app is asked for a token. */
  | "authorizing"
  /** A link is being opened; the welcome is awaited. */
  | "opening"
  | "connected"
  /** The next attempt is awaited. */
  | "waiting"
  | "closed"
  | "failed";

/** Everything that the next step depends on. */
export interface ConnectionState {
  readonly phase: ConnectionPhase;
  /** When the public status began. */
  readonly since: number;
  /** When the phase began. */
  readonly entered: number;
  readonly attempt: number;
  readonly retryAt?: number;
  readonly problem?: Problem;
  /** A new token was asked for, and nothing since has shown that it is a good one. */
  readonly renewed: boolean;
  /** There was a connection before, or an attempt has failed. */
  readonly retrying: boolean;
}

/** What may happen. */
export type ConnectionInput =
  | { readonly type: "connect" }
  | { readonly type: "close" }
  /** Nobody holds the connection any more. */
  | { readonly type: "release" }
  | { readonly type: "authorized" }
  | { readonly type: "welcomed" }
  /** There is no token, or the link was refused, timed out or is gone. */
  | { readonly type: "lost"; readonly problem: Problem }
  /** The wait is over. */
  | { readonly type: "due" }
  | { readonly type: "online" }
  | { readonly type: "offline" };

/** What to do. */
export type ConnectionEffect =
  | { readonly type: "authorize"; readonly cx: AuthContext }
  | { readonly type: "open" }
  | { readonly type: "drop" }
  | { readonly type: "wait"; readonly ms: number };

/** What the machine may know of the world. */
export interface ConnectionWorld {
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
  /** Whether the app can give a new token. */
  readonly canRenew: boolean;
}

/** The next state, and what to do in order. */
export interface ConnectionStep {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/**
 * A connection that lived for so long was a good one: counters start anew. A shorter one may be
 * a server that lets us in only to throw us out, and must not be tried in a tight loop.
 */
export const STABLE_MS = 5_000;

/** Problems after which another attempt would end in the same way. */
const TERMINAL: readonly RecoveryAction[] = ["give_up", "upgrade_client", "ask_user"];

/** Whether trying again is pointless until a person or a new build changes something. */
export function isTerminal(problem: Problem): boolean {
  return TERMINAL.includes(problem.recovery.action);
}

/** The state before anything has happened. */
export function initialConnection(now: number): ConnectionState {
  return {
    phase: "idle",
    since: now,
    entered: now,
    attempt: 0,
    renewed: false,
    retrying: false,
  };
}

/** Makes one step. */
export function stepConnection(
  state: ConnectionState,
  input: ConnectionInput,
  world: ConnectionWorld,
): ConnectionStep {
  const { phase } = state;
  const isTrying = phase === "authorizing" || phase === "opening" || phase === "connected";
  switch (input.type) {
    case "connect":
      if (isTrying) return stay(state);
      return authorize(
        phase === "waiting" ? { ...state, attempt: 0 } : initialConnection(world.now),
        state,
        world,
      );
    case "close":
    case "release": {
      const next = input.type === "close" ? "closed" : "idle";
      // A connection that failed and is given back may be asked for again by the next mount.
      if (phase === next || (input.type === "release" && phase === "closed")) return stay(state);
      return enter({ ...initialConnection(state.since), phase: next }, state, world, [
        { type: "drop" },
      ]);
    }
    case "authorized":
      if (phase !== "authorizing") return stay(state);
      return enter({ ...state, phase: "opening" }, state, world, [{ type: "open" }]);
    case "welcomed": {
      if (phase !== "opening") return stay(state);
      const { problem: _problem, ...rest } = state;
      return enter({ ...rest, phase: "connected", retrying: true }, state, world, []);
    }
    case "lost":
      return isTrying ? lose(state, input.problem, world) : stay(state);
    case "due":
      return phase === "waiting" ? authorize(state, state, world) : stay(state);
    case "online":
      if (phase !== "waiting") return stay(state);
      return authorize({ ...state, attempt: 0 }, state, world);
    case "offline":
      // Not trusted: browsers say it of working networks. It only makes the next waits short.
      return { state: phase === "waiting" ? { ...state, attempt: 0 } : state, effects: [] };
  }
}

/** What the world sees of a state. */
export function connectionSnapshot(state: ConnectionState): ConnectionSnapshot {
  const { since, problem, retryAt } = state;
  return {
    status: statusOf(state),
    since,
    attempt: state.phase === "connected" ? 0 : state.attempt,
    ...(retryAt !== undefined && { retryAt }),
    ...(problem && { problem }),
  };
}

function lose(state: ConnectionState, problem: Problem, world: ConnectionWorld): ConnectionStep {
  const { action, afterMs = 0, maxAttempts = Number.POSITIVE_INFINITY } = problem.recovery;
  const wasStable = state.phase === "connected" && world.now - state.entered >= STABLE_MS;
  const attempt = wasStable ? 0 : state.attempt;
  const renewed = state.renewed && !wasStable;
  const base = { ...state, problem, attempt: attempt + 1, renewed, retrying: true };

  // Who was let in without a token of the app's has a cookie, which may be another one by now.
  const mayRenew = world.canRenew || state.phase === "connected";
  if (action === "reauthenticate" && mayRenew && !renewed) {
    return authorize({ ...base, attempt, renewed: true }, state, world, {
      reason: action,
      problem,
    });
  }
  if (isTerminal(problem) || action === "reauthenticate" || base.attempt >= maxAttempts) {
    return enter({ ...base, phase: "failed" }, state, world, [{ type: "drop" }]);
  }
  const ms = afterMs + backoffMs(attempt, world.random);
  return enter({ ...base, phase: "waiting", retryAt: world.now + ms }, state, world, [
    { type: "drop" },
    { type: "wait", ms },
  ]);
}

function authorize(
  next: ConnectionState,
  before: ConnectionState,
  world: ConnectionWorld,
  cx: AuthContext = { reason: "connect" },
): ConnectionStep {
  const { retryAt: _retryAt, ...rest } = next;
  return enter({ ...rest, phase: "authorizing" }, before, world, [
    { type: "drop" },
    { type: "authorize", cx },
  ]);
}

/** Enters a phase; `since` moves only when the public status does. */
function enter(
  next: ConnectionState,
  before: ConnectionState,
  world: ConnectionWorld,
  effects: readonly ConnectionEffect[],
): ConnectionStep {
  const since = statusOf(next) === statusOf(before) ? before.since : world.now;
  return { state: { ...next, since, entered: world.now }, effects };
}

function stay(state: ConnectionState): ConnectionStep {
  return { state, effects: [] };
}

function statusOf({ phase, retrying }: ConnectionState): ConnectionStatus {
  switch (phase) {
    case "authorizing":
    case "opening":
      return retrying ? "reconnecting" : "connecting";
    case "waiting":
      return "reconnecting";
    case "closed":
      return "disconnected";
    default:
      return phase;
  }
}
