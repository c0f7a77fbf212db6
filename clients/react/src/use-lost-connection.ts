"use client";

// Shows a lost connection to a person: not the short blips, which mend themselves.

import type { ConnectionSnapshot } from "@tautline/client";
import { useEffect, useState } from "react";
import { useConnection } from "./use-connection.js";

/** Options of `useLostConnection`. */
export interface LostConnectionOptions {
  /** How long the connection may be missing before anybody is told. 2 seconds unless told. */
  readonly patienceMs?: number;
}

/**
 * The connection while something is wrong with it that a person should know; `undefined` otherwise.
 *
 * A link that is cut and made again within `patienceMs` is never seen, and neither is a first connection
 * that is made in that time. A connection that has failed for good is shown at once: waiting would not
 * help. One that nobody has asked for, or that the app has closed, is not lost.
 */
export function useLostConnection({
  patienceMs = 2_000,
}: LostConnectionOptions = {}): ConnectionSnapshot | undefined {
  const connection = useConnection();
  const isMissing = connection.status === "connecting" || connection.status === "reconnecting";
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    if (!isMissing) return;
    // Patience is the page's own: the connection itself is being mended from the first moment.
    const timer = setTimeout(() => setIsLong(true), patienceMs);
    return () => {
      clearTimeout(timer);
      setIsLong(false);
    };
  }, [isMissing, patienceMs]);

  if (connection.status === "failed") return connection;
  return isMissing && isLong ? connection : undefined;
}
