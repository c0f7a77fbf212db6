// A room as a store: subscribing to it is joining it. Shared by the hooks that show a room.

import type { Store as ClientStore, Room, RoomSnapshot } from "@tautline/client";
import type { Store } from "./use-store.js";

/** How to look at a room, and how to enter it. */
export interface Door<Snapshot extends RoomSnapshot> {
  /** Looks without entering. */
  readonly look: ClientStore<Snapshot>;
  /** Enters; each call is one hold. */
  join(): Room<Snapshot>;
  /** What is shown until the effect of the first render has joined. */
  readonly joining: Snapshot;
}

/**
 * A store that holds the room while somebody subscribes to it.
 *
 * A room that is held already (by another component, or by the linger after an unmount) is shown as
 * it is in the very first render. Any other starts as `joining`, which is what the effect makes true
 * a moment later: a page never flashes `idle`, and server and browser agree.
 */
export function membership<Snapshot extends RoomSnapshot>(door: Door<Snapshot>): Store<Snapshot> {
  let holds = 0;
  return {
    subscribe: (onChange) => {
      const room = door.join();
      const unsubscribe = room.subscribe(onChange);
      holds += 1;
      return () => {
        holds -= 1;
        unsubscribe();
        room.leave();
      };
    },
    getSnapshot: () => {
      const snapshot = door.look.getSnapshot();
      return holds === 0 && snapshot.status === "idle" ? door.joining : snapshot;
    },
    getServerSnapshot: () => door.joining,
  };
}

/** A store of something that stands in a room, which is held while somebody subscribes. */
export function besideMembership<Snapshot>(
  look: ClientStore<Snapshot>,
  join: () => Pick<Room<unknown>, "leave">,
  nothing: Snapshot,
): Store<Snapshot> {
  return {
    subscribe: (onChange) => {
      const room = join();
      const unsubscribe = look.subscribe(onChange);
      return () => {
        unsubscribe();
        room.leave();
      };
    },
    getSnapshot: () => look.getSnapshot(),
    getServerSnapshot: () => nothing,
  };
}

/** The store of a room that is not asked for. */
export function noMembership<Snapshot>(idle: Snapshot): Store<Snapshot> {
  return {
    subscribe: () => () => {},
    getSnapshot: () => idle,
    getServerSnapshot: () => idle,
  };
}
