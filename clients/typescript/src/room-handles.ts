// What an app gets of a room: a store to look at it, and a hold that keeps us in it.

import type { AnyRoomState, Room, RoomSnapshot, Store } from "./api.js";
import type { AnyJoinable } from "./descriptors.js";
import type { RoomFact } from "./development.js";
import { localProblem } from "./local-problems.js";
import type { Presence } from "./presence.js";
import type { Receipts } from "./receipts.js";
import {
  idleRoom,
  idleRoomState,
  isMember,
  nobody,
  noReceipts,
  type RoomEntry,
} from "./room-entry.js";
import type { Rooms } from "./rooms.js";

/** Makes what apps hold in their hands. */
export interface RoomHandles {
  /** Looks at a room without entering it. */
  look(target: AnyJoinable | AnyRoomState, params: unknown): Store<unknown>;
  /** Enters a room and holds it. */
  join(target: AnyJoinable | AnyRoomState, params: unknown): Room<unknown>;
  /** Looks at who is in a room. */
  presence(room: AnyJoinable, params: unknown): Store<unknown>;
  /** Looks at how far the users of a room are. */
  receipts(room: AnyJoinable, params: unknown): Store<unknown>;
}

/** What handles need of the rest. */
export interface HandleParts {
  readonly rooms: Rooms;
  readonly roomStates: readonly AnyRoomState[];
  readonly presence: Presence | undefined;
  readonly receipts: Receipts | undefined;
  /** Says so when a room is used for what its contract does not give it. */
  expect(room: AnyJoinable, fact: RoomFact): void;
}

/** One room. */
interface Located {
  readonly name: string;
  readonly room: AnyJoinable;
  find(): RoomEntry | undefined;
  make(): RoomEntry;
}

/** Makes the handles of a client's rooms. */
export function createRoomHandles(parts: HandleParts): RoomHandles {
  const { rooms, roomStates, presence, receipts } = parts;

  function locate(room: AnyJoinable, params: unknown): Located {
    const name = room.name(params as never);
    return {
      name,
      room,
      find: () => rooms.find(room.namespace, name),
      make: () => rooms.entry(room, params),
    };
  }

  function view<T>(
    { find, make }: Located,
    idle: T,
    storeOf: (entry: RoomEntry) => Store<T>,
  ): Store<T> {
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

  /** A room, or a room's state, as it is shown. */
  function show(target: AnyJoinable | AnyRoomState, params: unknown): [Located, Store<unknown>] {
    if (target.kind === "room") {
      const located = locate(target, params);
      return [located, view(located, idleRoom, ({ status }) => status)];
    }
    const { room } = target;
    if (!roomStates.includes(target)) {
      throw new Error(
        `the state of room \`${room.pattern}\` is not registered: add it to \`createClient({ roomStates: [...] })\``,
      );
    }
    const located = locate(room, params);
    const stateOf = ({ states, status }: RoomEntry) => states.get(target) ?? status;
    return [located, view<RoomSnapshot>(located, idleRoomState, stateOf)];
  }

  return {
    look: (target, params) => show(target, params)[1],
    join(target, params) {
      const [{ name, room, make }, store] = show(target, params);
      const entry = make();
      rooms.hold(entry);
      let isHeld = true;
      return {
        ...store,
        name,
        read(upTo) {
          parts.expect(room, "receipts");
          if (isHeld) receipts?.read(entry, upTo);
        },
        async present(state: unknown) {
          parts.expect(room, "presence");
          // Nobody sees it: the room is left, or shows nobody.
          const nobody = { ok: false, problem: localProblem("cancelled") } as const;
          return isHeld && isMember(entry) ? (presence?.show(entry, state) ?? nobody) : nobody;
        },
        leave() {
          if (isHeld) rooms.release(entry);
          isHeld = false;
        },
      };
    },
    presence(room, params) {
      parts.expect(room, "presence");
      return view(locate(room, params), nobody, (entry) => entry.presence);
    },
    receipts(room, params) {
      parts.expect(room, "receipts");
      return view(locate(room, params), noReceipts, (entry) => entry.receipts);
    },
  };
}
