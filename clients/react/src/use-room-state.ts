"use client";

// Shows the state of a room, or a part of it.

import type { Problem, RoomState, RoomStateSnapshot } from "@tautline/client";
import { useMemo } from "react";
import { useProvidedClient } from "./context.js";
import { membership, noMembership } from "./membership.js";
import { type IsEqual, type Selector, useStore } from "./use-store.js";

const IDLE: RoomStateSnapshot<never, never> = Object.freeze({ status: "idle", state: undefined });
const JOINING: RoomStateSnapshot<never, never> = Object.freeze({
  status: "joining",
  state: undefined,
});
const NO_ROOM = noMembership(IDLE);

/**
 * Joins a room while the component is mounted, and shows its state: what the join answered, then
 * each event through the reducers. All components share one store per room.
 *
 * With a `selector` the component renders again only when its selection changes (by `Object.is`, or
 * by `isEqual`). `undefined` for `params` joins nothing: the room is `idle`.
 */
export function useRoomState<Params, State, Failure extends Problem>(
  roomState: RoomState<Params, State, Failure>,
  params: Params | undefined,
): RoomStateSnapshot<State, Failure>;
export function useRoomState<Params, State, Failure extends Problem, Selection>(
  roomState: RoomState<Params, State, Failure>,
  params: Params | undefined,
  selector: Selector<State, Selection>,
  isEqual?: IsEqual<Selection>,
): RoomStateSnapshot<Selection, Failure>;
export function useRoomState<Params, State, Failure extends Problem>(
  roomState: RoomState<Params, State, Failure>,
  params: Params | undefined,
  selector?: Selector<State, unknown>,
  isEqual: IsEqual<unknown> = Object.is,
): RoomStateSnapshot<unknown, Failure> {
  const client = useProvidedClient("useRoomState");
  const name = params === undefined ? undefined : roomState.room.name(params);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `name` stands for `params`.
  const store = useMemo(
    () =>
      params === undefined
        ? NO_ROOM
        : membership<RoomStateSnapshot<State, Failure>>({
            look: client.room(roomState, params),
            join: () => client.join(roomState, params),
            joining: JOINING,
          }),
    [client, roomState, name],
  );
  return useStore<RoomStateSnapshot<State, Failure>, RoomStateSnapshot<unknown, Failure>>(
    store,
    (snapshot) => select(snapshot, selector),
    (a, b) => looksEqual(a, b, isEqual),
  );
}

function select<State, Failure extends Problem>(
  snapshot: RoomStateSnapshot<State, Failure>,
  selector: Selector<State, unknown> | undefined,
): RoomStateSnapshot<unknown, Failure> {
  if (selector === undefined || snapshot.state === undefined) return snapshot;
  return { ...snapshot, state: selector(snapshot.state) };
}

function looksEqual(
  a: RoomStateSnapshot<unknown>,
  b: RoomStateSnapshot<unknown>,
  isEqual: IsEqual<unknown>,
): boolean {
  if (a.status !== b.status || a.problem !== b.problem || a.discontinuity !== b.discontinuity) {
    return false;
  }
  // The selector's `isEqual` is for selections alone: it is never shown a missing state.
  if (a.state === undefined || b.state === undefined) return a.state === b.state;
  return isEqual(a.state, b.state);
}
