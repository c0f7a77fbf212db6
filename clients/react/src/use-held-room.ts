"use client";

// Holds a room for hooks that do something in it.

import type { Joinable, Problem, Room, RoomSnapshot } from "@tautline/client";
import { type RefObject, useRef } from "react";
import { useProvidedClient } from "./context.js";
import { useSubscriptionEffect } from "./use-subscription-effect.js";

type Held<Failure extends Problem, Shown> = Room<RoomSnapshot<Failure>, Shown> | undefined;

/**
 * Is in a room while the component is mounted. The reference holds the room from the layout effects on,
 * so that every effect and every handler of the page finds it there.
 */
export function useHeldRoom<Params, State, Failure extends Problem, Shown>(
  hook: string,
  room: Joinable<Params, State, Failure, Shown>,
  params: Params | undefined,
): Readonly<RefObject<Held<Failure, Shown>>> {
  const client = useProvidedClient(hook);
  const name = params === undefined ? undefined : room.name(params);
  const held = useRef<Held<Failure, Shown>>(undefined);
  useSubscriptionEffect(() => {
    if (params === undefined) return;
    const mine = client.join(room, params);
    held.current = mine;
    return () => {
      held.current = undefined;
      mine.leave();
    };
  }, [client, room, name]);
  return held;
}
