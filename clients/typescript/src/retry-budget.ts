// How much a client may repeat by itself: one bucket for all its commands and rooms, so that a server in
// trouble is not asked more often by those who could not be served.

/** A token is a repetition. */
export interface RetryBudget {
  /**
   * Takes a token, if need be one that is still to come. How many milliseconds it takes until it is
   * there: 0 while the bucket is not empty. By a clock that nobody can set.
   */
  take(now: number): number;
  /** Gives a token back: it was not used, or what was repeated has succeeded. */
  giveBack(): void;
}

/** What is in a full bucket. */
export const BUDGET = 100;
/** How long it takes until there is one more. */
export const TOKEN_MS = 200;

/** A full bucket. */
export function createRetryBudget(): RetryBudget {
  let tokens = BUDGET;
  let filledAt = 0;
  return {
    take(now) {
      tokens = Math.min(BUDGET, tokens + Math.max(0, now - filledAt) / TOKEN_MS) - 1;
      filledAt = now;
      return Math.ceil(Math.max(0, -tokens) * TOKEN_MS);
    },
    giveBack() {
      tokens = Math.min(BUDGET, tokens + 1);
    },
  };
}
