"use client";

// Says how far the user has read a room.

import type { EventMeta, Joinable, Problem } from "@tautline/client";
import { useCallback } from "react";
import { useHeldRoom } from "./use-held-room.js";

/** Says that the user has read up to this event, or, without one, all that has arrived. */
export type Read = (upTo?: number | EventMeta) => void;

/**
 * Joins a room while the component is mounted, and gives the function that says how far the user has
 * read: the same one in every render. It never goes back, needs no answer, and may be called as often as
 * something is scrolled into view. The component does not render for it; `useReceipts` shows the result.
 */
export function useRead<Params, State, Failure extends Problem>(
  room: Joinable<Params, State, Failure>,
  params: Params | undefined,
): Read {
  const held = useHeldRoom("useRead", room, params);
  return useCallback((upTo) => held.current?.read(upTo), [held]);
}
