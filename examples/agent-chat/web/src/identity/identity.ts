// Who is signed in, in this tab. The page keeps the token in `sessionStorage`: a reload stays signed in, another
// tab may be somebody else.

import type { Store } from "@tautline/react";

/** What a sign-in gives. */
export interface Identity {
  readonly token: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  /** When the token ends, as RFC 3339. */
  readonly expiresAt: string;
}

/** Who is signed in, and how that changes. */
export interface IdentityStore extends Store<Identity | undefined> {
  set(identity: Identity): void;
  clear(): void;
}

const KEY = "agent-chat.identity";

/** Makes the store over a place that keeps strings: `sessionStorage`. */
export function createIdentityStore(place: Pick<Storage, "getItem" | "setItem" | "removeItem">) {
  const listeners = new Set<() => void>();
  let current = read(place.getItem(KEY));

  function change(next: Identity | undefined): void {
    current = next;
    if (next) place.setItem(KEY, JSON.stringify(next));
    else place.removeItem(KEY);
    for (const listener of [...listeners]) listener();
  }

  const store: IdentityStore = {
    getSnapshot: () => current,
    subscribe(listener) {
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    set: change,
    clear: () => change(undefined),
  };
  return store;
}

function read(text: string | null): Identity | undefined {
  if (text === null) return undefined;
  try {
    const value = JSON.parse(text) as Partial<Identity> | null;
    if (typeof value?.token !== "string" || typeof value.subject !== "string") return undefined;
    const { token, subject, scopes = [], expiresAt = "" } = value;
    return { token, subject, scopes, expiresAt };
  } catch {
    // Not ours, or of an older page: whoever it was signs in again.
    return undefined;
  }
}
