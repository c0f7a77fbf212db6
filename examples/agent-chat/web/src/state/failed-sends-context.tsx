// Keeps what was refused beyond the page of one conversation.

import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from "react";
import { createFailedSends, type FailedSends } from "./failed-sends.js";
import type { FailedSend } from "./outgoing.js";

const FailedSendsContext = createContext<FailedSends | undefined>(undefined);

/** One list for the person who is signed in. */
export function FailedSendsProvider({ children }: { children: ReactNode }) {
  const [failures] = useState(createFailedSends);
  return <FailedSendsContext.Provider value={failures}>{children}</FailedSendsContext.Provider>;
}

/** The list itself. */
export function useFailedSends(): FailedSends {
  const failures = useContext(FailedSendsContext);
  if (failures === undefined) throw new Error("there is no <FailedSendsProvider> around this");
  return failures;
}

/** What is in it. */
export function useFailures(): readonly FailedSend[] {
  const failures = useFailedSends();
  return useSyncExternalStore(failures.subscribe, failures.getSnapshot);
}
