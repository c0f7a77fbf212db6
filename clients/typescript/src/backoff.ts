// How long to wait before the next attempt.

/** The bounds of the wait, in milliseconds. */
export const BACKOFF = { minMs: 500, maxMs: 20_000 };

/**
 * Full jitter: a random share of an exponentially growing span, so that a thousand clients that
 * lost one server do not come back as one. `attempt` counts from 0; `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  const span = Math.min(BACKOFF.maxMs, BACKOFF.minMs * 2 ** Math.min(attempt, 16));
  return Math.round(Math.min(BACKOFF.maxMs, BACKOFF.minMs + random * span));
}
