// What a client does by itself about a command that was refused. Pure: `commands.ts` carries it out.

import { backoffMs } from "./backoff.js";
import type { CommandDelivery } from "./descriptors.js";
import type { Problem, ProblemCategory } from "./problem.js";

/** What is known of the refused command. */
export interface Refused {
  readonly delivery: CommandDelivery;
  /** How often it was refused with a request to try again, this time included. */
  readonly refusals: number;
  /** Whether it is of the outbox: nobody expects its answer at once. */
  readonly isKept: boolean;
  /** For how long its caller will go on waiting, in milliseconds. */
  readonly patienceMs: number;
  /** How long it takes until the client may repeat anything. */
  readonly budgetMs: number;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * The next move. Of `retry`, `rejoin`, `reauthenticate` and `reconnect` the last step is to send the
 * command again; `resync` and `tell` end it.
 */
export type Move =
  | { readonly type: "retry" | "reconnect"; readonly ms: number }
  | { readonly type: "rejoin" | "resync" | "reauthenticate" | "tell" };

/** How often a refusal with a request to try again is followed, when it does not say. */
const ATTEMPTS = 3;

/** Troubles of the server that pass. What is in the outbox outlasts them. */
const PASSING: readonly ProblemCategory[] = ["unavailable", "capacity", "rate_limited"];

const TELL: Move = { type: "tell" };

/** Chooses the next move after a refusal. */
export function moveAfter(problem: Problem, refused: Refused): Move {
  const { delivery, refusals, isKept, patienceMs, budgetMs } = refused;
  const { action, afterMs, maxAttempts } = problem.recovery;
  if (delivery === "volatile") return TELL;
  // What it was written for has changed: the app looks at the fresh state first.
  if (action === "resync") return { type: "resync" };
  // What may have run is repeated only if the server knows it by its id.
  const isSafe =
    problem.outcome === "not_executed" ||
    (problem.outcome === "unknown" && delivery === "idempotent");
  // Not past the time in which a caller expects an answer: they would rather know.
  const ms = Math.max(afterMs ?? backoffMs(refusals - 1, refused.random), budgetMs);
  const isInTime = isKept || ms <= patienceMs;
  if (!isSafe) return TELL;
  switch (action) {
    case "retry": {
      const outlasts = isKept && (afterMs !== undefined || PASSING.includes(problem.category));
      const most = maxAttempts ?? (outlasts ? Number.POSITIVE_INFINITY : ATTEMPTS);
      return isInTime && refusals < most ? { type: "retry", ms } : TELL;
    }
    case "reconnect":
      return isKept ? { type: "reconnect", ms } : TELL;
    case "rejoin":
    case "reauthenticate":
      return refusals === 1 && budgetMs <= patienceMs ? { type: action } : TELL;
    default:
      return TELL;
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
