"use client";

// Runs a function for each event of the server.

import type { EventMeta, ServerEvent } from "@tautline/client";
import { useProvidedClient } from "./context.js";
import { useLatest } from "./use-latest.js";
import { useSubscriptionEffect } from "./use-subscription-effect.js";

/**
 * Calls `listener` for every `event` while the component is mounted: for effects such as a sound or
 * a toast. It sees the newest props and state, and a new closure never subscribes anew.
 *
 * What is *shown* belongs into a room state (`useRoomState`): React may skip renders, never events.
 */
export function useEvent<Payload>(
  event: ServerEvent<Payload>,
  listener: (payload: Payload, meta: EventMeta) => void,
): void {
  const client = useProvidedClient("useEvent");
  const latest = useLatest(listener);
  useSubscriptionEffect(
    () => client.on(event, (payload, meta) => latest.current(payload, meta)),
    [client, event, latest],
  );
}
