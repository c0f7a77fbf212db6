// The messages that the server refused while the page was open. The outbox keeps what may still be sent; what was
// refused for good is kept here, so that nobody has to write it again.

import type { Store } from "@tautline/react";
import type { FailedSend } from "./outgoing.js";

/** The list, and what may become of its entries. */
export interface FailedSends extends Store<readonly FailedSend[]> {
  add(failure: Omit<FailedSend, "id">): void;
  remove(id: string): void;
}

/** Makes an empty list. */
export function createFailedSends(): FailedSends {
  const listeners = new Set<() => void>();
  let list: readonly FailedSend[] = [];
  let made = 0;

  function change(next: readonly FailedSend[]): void {
    list = next;
    for (const listener of [...listeners]) listener();
  }

  return {
    getSnapshot: () => list,
    subscribe(listener) {
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    add(failure) {
      made += 1;
      change([...list, { ...failure, id: `refused-${made}` }]);
    },
    remove: (id) => change(list.filter((it) => it.id !== id)),
  };
}
