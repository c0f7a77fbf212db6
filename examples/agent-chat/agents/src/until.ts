// Waits for a store to become what is wanted.

import type { Store } from "@tautline/client";

/** Resolves with the first value of `store` that is wanted. Rejects when `signal` is aborted before. */
export function until<T, Wanted extends T>(
  store: Store<T>,
  isWanted: (value: T) => value is Wanted,
  signal: AbortSignal,
): Promise<Wanted> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      stop();
      signal.removeEventListener("abort", aborted);
      done();
    };
    const aborted = () => settle(() => reject(signal.reason));
    const look = () => {
      const value = store.getSnapshot();
      if (isWanted(value)) settle(() => resolve(value));
    };
    const stop = store.subscribe(look);
    signal.addEventListener("abort", aborted);
    if (signal.aborted) aborted();
    else look();
  });
}
