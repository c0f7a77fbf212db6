// Tells the server how far the caller has got in rooms that keep receipts, and shows how far everybody
// is. When there is something to tell is decided in `receipt-book.ts`.

import type { EventMeta } from "./api.js";
import { type FeatureParts, feature } from "./feature.js";
import {
  noneKnown,
  type ReceiptBook,
  type ReceiptInput,
  receiptOf,
  stepReceipts,
} from "./receipt-book.js";
import { noReceipts, type RoomEntry } from "./room-entry.js";
import type { RoomSide } from "./room-side.js";
import { CONTROL, type WireReceipts } from "./wire.js";

/** The receipts of all rooms. */
export interface Receipts {
  readonly side: RoomSide;
  /** The user has read everything, or everything up to an event. */
  read(entry: RoomEntry, upTo: number | EventMeta | undefined): void;
}

/** How far the users of one room are. */
interface Progress {
  book: ReceiptBook;
  readonly self: string;
  /** Whether the server hears us. */
  isIn: boolean;
  /** Calls off the second that runs. */
  stop?: () => void;
}

/** Marks of one second travel together: nobody sees the difference, and a busy room is spared. */
const PAUSE_MS = 1_000;

/** What the descriptor of a room brings along that keeps receipts. */
export const receipts = /* @__PURE__ */ feature(createReceipts);

/** Makes the receipts of a client. */
function createReceipts({ connection, clock, log }: FeatureParts): Receipts {
  /** Of the rooms that we are in. */
  const all = new Map<RoomEntry, Progress>();

  function update(entry: RoomEntry, progress: Progress, input: ReceiptInput): void {
    const before = progress.book;
    const { book, wait, send } = stepReceipts(before, progress.self, input);
    progress.book = book;
    if (book.known !== before.known || book.own.read !== before.own.read) show(entry, progress);
    if (wait && progress.isIn) {
      progress.stop = clock.after(PAUSE_MS, () => update(entry, progress, { type: "due" }));
    } else if (wait) {
      // The answer that lets us in again says what the server has, and starts the second then.
      update(entry, progress, { type: "cut" });
    }
    if (send) tell(entry, progress, { room: entry.name, ...send });
  }

  function tell(entry: RoomEntry, progress: Progress, payload: object): void {
    connection.request(entry.namespace, CONTROL.receipt, payload, ({ error }) => {
      // After a cut the next answer says what has arrived.
      if (all.get(entry) !== progress || error?.category === "connection") return;
      const isLasting = error && error.recovery.action !== "retry";
      if (isLasting) {
        const { code, traceId } = error;
        log("warn", "receipt refused", { room: entry.name, code, traceId });
      }
      // What would be refused again is not sent again.
      update(entry, progress, { type: error && !isLasting ? "failed" : "taken" });
    });
  }

  /** Whoever reads a room and leaves it within the second has read it all the same. */
  function sayGoodbye({ namespace, name }: RoomEntry, { book, self }: Progress): void {
    const { send } = stepReceipts(stepReceipts(book, self, { type: "cut" }).book, self, {
      type: "due",
    });
    if (send) connection.request(namespace, CONTROL.receipt, { room: name, ...send }, () => {});
  }

  /** What the user has read here is shown at once, however long the server takes to say it. */
  function show(entry: RoomEntry, { book: { known, own }, self }: Progress): void {
    const mine = receiptOf(known, self) ?? { delivered: 0, read: 0 };
    const isAhead = own.read > mine.read;
    const delivered = Math.max(mine.delivered, own.read);
    entry.receipts.set(isAhead ? { ...known, [self]: { delivered, read: own.read } } : known);
  }

  return {
    side: {
      stands(entry, { receipts }, at) {
        const self = connection.welcome(entry.namespace)?.subject;
        if (!receipts || !at || self === undefined) return;
        const known = all.get(entry);
        // Somebody else than before has read nothing yet.
        const progress = known?.self === self ? known : { book: noneKnown, self, isIn: true };
        progress.isIn = true;
        all.set(entry, progress);
        update(entry, progress, { type: "snapshot", epoch: at.epoch, receipts });
      },
      heard(entry, name, payload) {
        const progress = all.get(entry);
        if (name !== CONTROL.receipts || !progress) return;
        const { receipts } = payload as WireReceipts;
        update(entry, progress, { type: "change", receipts });
      },
      moved(entry, { epoch, seq }) {
        const progress = all.get(entry);
        if (progress?.book.epoch !== epoch) return;
        update(entry, progress, { type: "own", delivered: seq });
      },
      cut(entry) {
        const progress = all.get(entry);
        if (!progress) return;
        progress.stop?.();
        progress.isIn = false;
        update(entry, progress, { type: "cut" });
      },
      left(entry) {
        const progress = all.get(entry);
        progress?.stop?.();
        all.delete(entry);
        if (progress?.isIn) sayGoodbye(entry, progress);
        entry.receipts.set(noReceipts);
      },
    },
    read(entry, upTo) {
      const progress = all.get(entry);
      const { at } = entry.cursor;
      if (!progress || !at) return;
      const isMeta = typeof upTo === "object";
      if (isMeta && upTo.epoch !== undefined && upTo.epoch !== at.epoch) return;
      const seq = (isMeta ? upTo.seq : upTo) ?? (isMeta ? 0 : at.seq);
      // Nobody has read what has not arrived.
      update(entry, progress, { type: "own", read: Math.min(seq, at.seq) });
    },
  };
}
