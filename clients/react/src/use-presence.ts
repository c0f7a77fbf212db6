"use client";

// Shows who is in a room.

import type { AnyShown, Joinable, PresenceSnapshot, Problem } from "@tautline/client";
import { useMemo } from "react";
import { useProvidedClient } from "./context.js";
import { besideMembership, noMembership } from "./membership.js";
import { type IsEqual, type Selector, useStore } from "./use-store.js";

const NOBODY: PresenceSnapshot<never> = Object.freeze({
  members: Object.freeze([]) as readonly never[],
  self: undefined,
  isLive: false,
});
const NO_ROOM = noMembership(NOBODY);

/**
 * Joins a room while the component is mounted, and shows who is there: each user once, with what they
 * show. While the connection is lost the last that were known stay, and `isLive` is false.
 *
 * With a `selector` the component renders again only when its selection changes (by `Object.is`, or by
 * `isEqual`). `undefined` for `params` joins nothing: nobody is there.
 */
export function usePresence<Params, State, Failure extends Problem, Shown extends AnyShown>(
  room: Joinable<Params, State, Failure, Shown>,
  params: Params | undefined,
): PresenceSnapshot<Shown>;
export function usePresence<
  Params,
  State,
  Failure extends Problem,
  Shown extends AnyShown,
  Selection,
>(
  room: Joinable<Params, State, Failure, Shown>,
  params: Params | undefined,
  selector: Selector<PresenceSnapshot<Shown>, Selection>,
  isEqual?: IsEqual<Selection>,
): Selection;
export function usePresence<Params, State, Failure extends Problem, Shown extends AnyShown>(
  room: Joinable<Params, State, Failure, Shown>,
  params: Params | undefined,
  selector: Selector<PresenceSnapshot<Shown>, unknown> = identity,
  isEqual?: IsEqual<unknown>,
): unknown {
  const client = useProvidedClient("usePresence");
  const name = params === undefined ? undefined : room.name(params);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `name` stands for `params`.
  const store = useMemo(
    () =>
      params === undefined
        ? NO_ROOM
        : besideMembership<PresenceSnapshot<Shown>>(
            client.presence(room, params),
            () => client.join(room, params),
            NOBODY,
          ),
    [client, room, name],
  );
  return useStore<PresenceSnapshot<Shown>, unknown>(store, selector, isEqual);
}

function identity<T>(value: T): T {
  return value;
}
