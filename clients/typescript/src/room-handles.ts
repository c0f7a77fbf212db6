// What an app gets of a room: a store to look at it, and a hold that keeps us in it.

import type { AnyRoomState, Room, Store } from "./api.js";
import type { AnyJoinable } from "./descriptors.js";
import { idleRoom, idleRoomState, type RoomEntry } from "./room-entry.js";
import type { Rooms } from "./rooms.js";

/** Makes what apps hold in their hands. */
export interface RoomHandles {
  /** Looks at a room without entering it. */
  look(target: AnyJoinable | AnyRoomState, params: unknown): Store<unknown>;
  /** Enters a room and holds it. */
  join(target: AnyJoinable | AnyRoomState, params: unknown): Room<unknown>;
}

/** One room, and what is looked at of it. */
interface Located {
  readonly name: string;
  readonly idle: unknown;
  find(): RoomEntry | undefined;
  make(): RoomEntry;
  storeOf(entry: RoomEntry): Store<unknown>;
}

/** Makes the handles of a client's rooms. */
export function createRoomHandles(rooms: Rooms, roomStates: readonly AnyRoomState[]): RoomHandles {
  function locate(target: AnyJoinable | AnyRoomState, params: unknown): Located {
    const isState = target.kind === "room_state";
    const room = isState ? target.room : target;
    if (isState && !roomStates.includes(target)) {
      throw new Error(
        `the state of room \`${room.pattern}\` is not registered: add it to \`createClient({ roomStates: [...] })\``,
      );
    }
    const name = room.name(params as never);
    return {
      name,
      find: () => rooms.find(room.namespace, name),
      make: () => rooms.entry(room, params),
      storeOf: (entry) => (isState ? entry.states.get(target) : undefined) ?? entry.status,
      idle: isState ? idleRoomState : idleRoom,
    };
  }

  function view({ find, make, storeOf, idle }: Located): Store<unknown> {
    return {
      getSnapshot() {
        const entry = find();
        return entry ? storeOf(entry).getSnapshot() : idle;
      },
      subscribe(listener) {
        const entry = make();
        const stop = storeOf(entry).subscribe(listener);
        return () => {
          stop();
          rooms.tidy(entry);
        };
      },
    };
  }

  return {
    look: (target, params) => view(locate(target, params)),
    join(target, params) {
      const located = locate(target, params);
      const entry = located.make();
      rooms.hold(entry);
      let isHeld = true;
      return {
        ...view(located),
        name: located.name,
        leave() {
          if (isHeld) rooms.release(entry);
          isHeld = false;
        },
      };
    },
  };
}
