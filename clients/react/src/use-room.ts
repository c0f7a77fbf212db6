"use client";

// Holds a room while a component is mounted.

import type { Joinable, Problem, RoomSnapshot } from "@tautline/client";
import { useMemo, useSyncExternalStore } from "react";
import { useProvidedClient } from "./context.js";
import { membership, noMembership } from "./membership.js";

/** Options of `useRoom`. */
export interface UseRoomOptions {
  /** Does not join, or leaves again. */
  readonly skip?: boolean;
}

const IDLE: RoomSnapshot<never> = Object.freeze({ status: "idle" });
const JOINING: RoomSnapshot<never> = Object.freeze({ status: "joining" });
const NO_ROOM = noMembership(IDLE);

/**
 * Joins a room while the component is mounted, and says where it stands.
 *
 * Rooms are counted: ten components that use one room join it once, and it is left a moment after
 * the last of them. `params` may be a new object in each render: a room is known by its name. While
 * there is nothing to join yet, give `undefined` or `skip`: the room is `idle`.
 */
export function useRoom<Params, State, Failure extends Problem>(
  room: Joinable<Params, State, Failure>,
  params: Params | undefined,
  { skip = false }: UseRoomOptions = {},
): RoomSnapshot<Failure> {
  const client = useProvidedClient("useRoom");
  const wanted = skip ? undefined : params;
  const name = wanted === undefined ? undefined : room.name(wanted);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `name` stands for `wanted`.
  const store = useMemo(
    () =>
      wanted === undefined
        ? NO_ROOM
        : membership<RoomSnapshot<Failure>>({
            look: client.room(room, wanted),
            join: () => client.join(room, wanted),
            joining: JOINING,
          }),
    [client, room, name],
  );
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}
