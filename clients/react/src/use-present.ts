"use client";

// Shows something of the user to a room.

import type { AnyShown, Joinable, LibraryProblem, Problem, Result } from "@tautline/client";
import { useCallback } from "react";
import { useHeldRoom } from "./use-held-room.js";

/** Shows this to the others in the room; `undefined` takes it back. Never throws. */
export type Present<Shown> = (state: Shown | undefined) => Promise<Result<void, never>>;

/** Why nobody can see it. */
const NOT_THERE: LibraryProblem = {
  code: "cancelled",
  category: "cancelled",
  severity: "info",
  message: "There is no room to show this to.",
  recovery: { action: "none", hint: "" },
  outcome: "not_executed",
  traceId: "",
};

/**
 * Joins a room while the component is mounted, and gives the function that shows the others something of
 * the user: the same one in every render. It may be called as often as something changes; after a cut the
 * last is shown again, and it goes when the room is left. The component does not render for it:
 * `usePresence` shows who is there.
 */
export function usePresent<Params, State, Failure extends Problem, Shown extends AnyShown>(
  room: Joinable<Params, State, Failure, Shown>,
  params: Params | undefined,
): Present<Shown> {
  const held = useHeldRoom("usePresent", room, params);
  return useCallback(
    async (state) => held.current?.present(state) ?? { ok: false, problem: NOT_THERE },
    [held],
  );
}
