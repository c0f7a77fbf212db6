// Gives who is signed in to the components below.

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Identity, IdentityStore } from "./identity.js";

const IdentityContext = createContext<IdentityStore | undefined>(undefined);

/** Around everything that asks who is signed in. */
export function IdentityProvider({
  store,
  children,
}: {
  store: IdentityStore;
  children: ReactNode;
}) {
  return <IdentityContext.Provider value={store}>{children}</IdentityContext.Provider>;
}

/** The store itself, for those who sign in and out. */
export function useIdentityStore(): IdentityStore {
  const store = useContext(IdentityContext);
  if (store === undefined) throw new Error("there is no <IdentityProvider> around this");
  return store;
}

/** Who is signed in; `undefined` is nobody. */
export function useIdentity(): Identity | undefined {
  const store = useIdentityStore();
  return useSyncExternalStore(store.subscribe, store.getSnapshot, () => undefined);
}

/** The subject of whoever is signed in. Only for components that are shown to nobody else. */
export function useSubject(): string {
  const subject = useIdentity()?.subject;
  if (subject === undefined) throw new Error("nobody is signed in");
  return subject;
}
