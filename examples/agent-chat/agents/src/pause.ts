// Time as an agent takes it, so that a test can take it away.

import { setTimeout as sleep } from "node:timers/promises";

/** Resolves after `ms`. Rejects when `signal` is aborted before. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** Waits by the clock on the wall. */
export const pause: Pause = (ms, signal) => sleep(ms, undefined, { signal });
