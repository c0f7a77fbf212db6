// What a client does by itself about a command that was refused.

import { backoffMs } from "./backoff.js";
import type { Problem, ProblemCategory } from "./problem.js";

/** What is known of the refused command. */
export interface Refused {
  /** How often it was refused with a request to try again, this time included. */
  readonly refusals: number;
  /** Whether it is of the outbox: nobody expects its answer at once. */
  readonly isKept: boolean;
  /** For how long its caller will go on waiting, in milliseconds. */
  readonly patienceMs: number;
  /** In [0, 1). */
  readonly random: number;
}

/** The next move. `undefined`: the caller has to know. */
export type Move =
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "rejoin" }
  | { readonly type: "reauthenticate" }
  | undefined;

/** How often a refusal with a request to try again is followed, when it does not say. */
const ATTEMPTS = 3;

/** Troubles of the server that pass. What is in the outbox outlasts them. */
const PASSING: readonly ProblemCategory[] = ["unavailable", "capacity", "rate_limited"];

/** Chooses the next move after a refusal that asks for one. */
export function moveAfter(problem: Problem, refused: Refused): Move {
  if (problem.outcome !== "not_executed") return undefined;
  const { refusals, isKept, patienceMs } = refused;
  const { action, afterMs, maxAttempts } = problem.recovery;
  const ms = afterMs ?? backoffMs(refusals - 1, refused.random);
  switch (action) {
    case "retry": {
      const outlasts = isKept && (afterMs !== undefined || PASSING.includes(problem.category));
      // Not past the time in which a caller expects an answer: they would rather know.
      const isInTime = isKept || ms <= patienceMs;
      const most = maxAttempts ?? (outlasts ? Number.POSITIVE_INFINITY : ATTEMPTS);
      return isInTime && refusals < most ? { type: "wait", ms } : undefined;
    }
    case "rejoin":
      return refusals > 1 ? undefined : { type: "rejoin" };
    case "reconnect":
      return isKept ? { type: "wait", ms } : undefined;
    case "reauthenticate":
      return isKept && refusals === 1 ? { type: "reauthenticate" } : undefined;
    default:
      return undefined;
  }
}

/**
 * What a refusal says about the command and not only about its last copy. An earlier copy that was
 * never answered may have taken effect; only a refusal by a handler, whose codes have a dot, comes
 * from behind the server's memory of past commands.
 */
export function aboutAllCopies(problem: Problem, unanswered: number): Problem {
  const isUnsure = unanswered > 1 && problem.outcome === "not_executed";
  return isUnsure && !problem.code.includes(".") ? { ...problem, outcome: "unknown" } : problem;
}
