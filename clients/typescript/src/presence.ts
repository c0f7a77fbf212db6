// Shows the caller's state to rooms that have presence, and who else is there. What changes mean is
// decided in `presence-book.ts`.

import type { Result } from "./api.js";
import { sizeProblem } from "./command-policy.js";
import { type FeatureParts, feature } from "./feature.js";
import { localProblem } from "./local-problems.js";
import { type Measured, measure } from "./payload-size.js";
import {
  nobodyKnown,
  type PresenceBook,
  type PresenceInput,
  stepPresence,
} from "./presence-book.js";
import type { LibraryProblem, Problem } from "./problem.js";
import { nobody, type RoomEntry } from "./room-entry.js";
import type { RoomSide } from "./room-side.js";
import { CONTROL, type WirePresenceChange } from "./wire.js";

/** How long a state that could not be taken waits for its next try, when the server does not say. */
const PAUSE_MS = 1_000;

/** How showing a state ended. */
type Shown = Result<void, never>;

/** The presence of all rooms. */
export interface Presence {
  readonly side: RoomSide;
  /** Shows this to the room, now or as soon as we are in it; `undefined` takes it back. */
  show(entry: RoomEntry, state: unknown): Promise<Shown>;
}

/** One room: who is there, and what we show. */
interface Stay {
  book: PresenceBook;
  self: string | undefined;
  /** Whether the server has us as a member. */
  isIn: boolean;
  /** What the app wants the others to see. */
  wanted?: { readonly state?: unknown; readonly bytes: number } | undefined;
  /** What of it is under way, or was taken on this connection. */
  sent?: Stay["wanted"];
  isSending: boolean;
  /** Calls off another try. */
  stop?: () => void;
  /** Who waits to hear that what they want is seen. */
  waiting: ((shown: Shown) => void)[];
}

/** What the descriptor of a room brings along whose members see each other. */
export const presence = /* @__PURE__ */ feature(createPresence);

/** Makes the presence of a client. */
function createPresence({ connection, clock, refresh }: FeatureParts): Presence {
  const stays = new Map<RoomEntry, Stay>();

  function stayIn(entry: RoomEntry): Stay {
    const stay = stays.get(entry) ?? {
      book: nobodyKnown,
      self: undefined,
      isIn: false,
      isSending: false,
      waiting: [],
    };
    stays.set(entry, stay);
    return stay;
  }

  function update(entry: RoomEntry, stay: Stay, input: PresenceInput): void {
    const { book, move } = stepPresence(stay.book, input);
    stay.book = book;
    publish(entry, stay);
    if (move === "resync") refresh(entry);
  }

  function publish(
    entry: RoomEntry,
    { book: { members, version }, self: subject, isIn }: Stay,
  ): void {
    if (version === undefined) return;
    const self = members.find((member) => member.subject === subject);
    const shown = entry.presence.getSnapshot();
    const isSame = members === shown.members && self === shown.self && isIn === shown.isLive;
    if (!isSame) entry.presence.set({ members, self, isLive: isIn });
  }

  /** Sends what is wanted, one at a time: the newest, when the one before is answered. */
  function send(entry: RoomEntry, stay: Stay): void {
    const { wanted } = stay;
    if (!wanted || !stay.isIn || stay.isSending || wanted === stay.sent) return;
    stay.stop?.();
    const waiting = stay.waiting.splice(0);
    const { state, bytes } = wanted;
    const tooLarge = sizeProblem(connection, entry.namespace, undefined, bytes);
    if (tooLarge) {
      stay.wanted = undefined;
      settle(waiting, tooLarge);
      return;
    }
    stay.sent = wanted;
    stay.isSending = true;
    const payload = { room: entry.name, ...(state !== undefined && { state }) };
    connection.request(entry.namespace, CONTROL.present, payload, ({ error }) => {
      stay.isSending = false;
      if (error?.category === "connection" && stays.get(entry) === stay) {
        // It is sent again with the next connection, on which nothing was sent yet.
        stay.sent = undefined;
        stay.waiting.unshift(...waiting);
        return;
      }
      if (error?.recovery.action === "retry" && stays.get(entry) === stay) {
        stay.sent = undefined;
        stay.waiting.unshift(...waiting);
        stay.stop = clock.after(error.recovery.afterMs ?? PAUSE_MS, () => send(entry, stay));
        return;
      }
      // What was refused for good would be refused again.
      if (error && stay.wanted === wanted) stay.wanted = undefined;
      settle(waiting, error);
      send(entry, stay);
    });
  }

  return {
    side: {
      asked(entry) {
        const stay = stays.get(entry);
        if (stay || entry.room?.presence) update(entry, stay ?? stayIn(entry), { type: "ask" });
      },
      stands(entry, { presence }) {
        const stay = presence ? stayIn(entry) : stays.get(entry);
        if (!stay) return;
        if (!stay.isIn) stay.sent = undefined;
        const self = connection.welcome(entry.namespace)?.subject;
        // Somebody else than before shows nothing yet.
        if (stay.self !== undefined && stay.self !== self) takeBack(stay);
        stay.self = self;
        stay.isIn = true;
        if (presence) update(entry, stay, { type: "snapshot", ...presence });
        send(entry, stay);
      },
      heard(entry, name, payload) {
        const stay = stays.get(entry);
        if (name !== CONTROL.presence || !stay) return;
        update(entry, stay, { type: "change", ...(payload as WirePresenceChange) });
      },
      cut(entry) {
        const stay = stays.get(entry);
        if (!stay) return;
        stay.isIn = false;
        stay.stop?.();
        publish(entry, stay);
      },
      left(entry) {
        const stay = stays.get(entry);
        stays.delete(entry);
        if (stay) {
          stay.isIn = false;
          stay.stop?.();
          takeBack(stay);
        }
        entry.presence.set(nobody);
      },
    },
    show(entry, state) {
      let measured: Measured;
      try {
        measured = measure({ state });
      } catch (error) {
        const fields = [{ path: "", rule: "type", limit: String(error) }];
        const problem = localProblem("invalid_payload", { fields });
        return Promise.resolve({ ok: false, problem });
      }
      const stay = stayIn(entry);
      stay.wanted = { ...(measured.payload as { state?: unknown }), bytes: measured.bytes };
      return new Promise((resolve) => {
        stay.waiting.push(resolve);
        send(entry, stay);
      });
    },
  };
}

/** Nothing is shown any more, nor waited for. */
function takeBack(stay: Stay): void {
  stay.wanted = undefined;
  settle(stay.waiting.splice(0), localProblem("cancelled"));
}

function settle(waiting: readonly ((shown: Shown) => void)[], problem: Problem | undefined): void {
  for (const resolve of waiting) {
    resolve(
      problem ? { ok: false, problem: problem as LibraryProblem } : { ok: true, value: undefined },
    );
  }
}
