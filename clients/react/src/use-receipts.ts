"use client";

// Shows how far the users of a room have got.

import type { Joinable, Problem, ReceiptsSnapshot } from "@tautline/client";
import { useMemo } from "react";
import { useProvidedClient } from "./context.js";
import { besideMembership, noMembership } from "./membership.js";
import { type IsEqual, type Selector, useStore } from "./use-store.js";

const NONE: ReceiptsSnapshot = Object.freeze({});
const NO_ROOM = noMembership(NONE);

/**
 * Joins a room while the component is mounted, and shows how far its users have got, by subject: the
 * number of the last event that has arrived at one of their clients, and of the last that they have read.
 * `useRead` says how far the user is.
 *
 * With a `selector` the component renders again only when its selection changes (by `Object.is`, or by
 * `isEqual`). `undefined` for `params` joins nothing.
 */
export function useReceipts<Params, State, Failure extends Problem>(
  room: Joinable<Params, State, Failure>,
  params: Params | undefined,
): ReceiptsSnapshot;
export function useReceipts<Params, State, Failure extends Problem, Selection>(
  room: Joinable<Params, State, Failure>,
  params: Params | undefined,
  selector: Selector<ReceiptsSnapshot, Selection>,
  isEqual?: IsEqual<Selection>,
): Selection;
export function useReceipts<Params, State, Failure extends Problem>(
  room: Joinable<Params, State, Failure>,
  params: Params | undefined,
  selector: Selector<ReceiptsSnapshot, unknown> = identity,
  isEqual?: IsEqual<unknown>,
): unknown {
  const client = useProvidedClient("useReceipts");
  const name = params === undefined ? undefined : room.name(params);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `name` stands for `params`.
  const store = useMemo(
    () =>
      params === undefined
        ? NO_ROOM
        : besideMembership(client.receipts(room, params), () => client.join(room, params), NONE),
    [client, room, name],
  );
  return useStore<ReceiptsSnapshot, unknown>(store, selector, isEqual);
}

function identity<T>(value: T): T {
  return value;
}
