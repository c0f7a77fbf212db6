// How far the users of one room have got, and what of the caller's own progress the server has not
// heard yet. Pure: what arrives goes in, what is known and what to send comes out.

import type { WireReceipt } from "./wire.js";

/** How far users have got, by subject. */
export type Receipts = Readonly<Record<string, WireReceipt>>;

/** What is known of how far users have got. */
export interface ReceiptBook {
  /** The numbering that the numbers belong to; absent before the first snapshot. */
  readonly epoch?: string;
  readonly known: Receipts;
  /** How far the caller is. */
  readonly own: WireReceipt;
  /** What was sent and not acknowledged. */
  readonly underWay?: WireReceipt;
  /** What was acknowledged since the last snapshot. */
  readonly taken: WireReceipt;
  /** A second runs, and `due` is called at its end. */
  readonly isWaiting: boolean;
}

/** What may happen. */
export type ReceiptInput =
  | { readonly type: "snapshot"; readonly epoch: string; readonly receipts: Receipts }
  | { readonly type: "change"; readonly receipts: Receipts }
  | { readonly type: "own"; readonly delivered?: number; readonly read?: number }
  /** A second is over. */
  | { readonly type: "due" }
  /** What was sent last was acknowledged, or was not. */
  | { readonly type: "taken" | "failed" }
  /** The link is gone: no second runs, and nothing is under way. */
  | { readonly type: "cut" };

/** The next state, whether a second has to be waited for, and what to send now. */
export interface ReceiptStep {
  readonly book: ReceiptBook;
  readonly wait: boolean;
  readonly send?: WireReceipt & { readonly epoch: string };
}

const NOWHERE: WireReceipt = { delivered: 0, read: 0 };

/** The book of a room of which nothing is known. */
export const noneKnown: ReceiptBook = {
  known: {},
  own: NOWHERE,
  taken: NOWHERE,
  isWaiting: false,
};

/** Makes one step for the caller, who is `self`. */
export function stepReceipts(book: ReceiptBook, self: string, input: ReceiptInput): ReceiptStep {
  switch (input.type) {
    case "snapshot": {
      const { epoch, receipts } = input;
      const isOther = book.epoch !== undefined && book.epoch !== epoch;
      const known = isOther ? receipts : moveOn(book.known, receipts);
      const { underWay: _lost, ...rest } = book;
      // The snapshot is what the server has: whatever it lacks is sent again.
      const own = isOther ? NOWHERE : book.own;
      return wait({ ...rest, epoch, known, own, taken: NOWHERE }, self);
    }
    case "change":
      return { book: { ...book, known: moveOn(book.known, input.receipts) }, wait: false };
    case "own": {
      if (book.epoch === undefined) return { book, wait: false };
      const { delivered = 0, read = 0 } = input;
      return wait({ ...book, own: further(book.own, { delivered, read }) }, self);
    }
    case "due": {
      const next = { ...book, isWaiting: false };
      const { epoch, own, underWay } = next;
      const isNow = epoch !== undefined && !underWay && hasNews(next, self);
      if (!isNow) return { book: next, wait: false };
      // Both, whichever has moved: what is sent says all that there is to say.
      const send = { epoch, ...further(own, receiptOf(next.known, self) ?? NOWHERE) };
      return { book: { ...next, underWay: own }, wait: false, send };
    }
    case "taken":
    case "failed": {
      const { underWay = NOWHERE, ...rest } = book;
      const isTaken = input.type === "taken";
      return wait(isTaken ? { ...rest, taken: further(rest.taken, underWay) } : rest, self);
    }
    case "cut": {
      const { underWay: _lost, ...rest } = book;
      return { book: { ...rest, isWaiting: false }, wait: false };
    }
  }
}

/** The receipt of a subject. Subjects are anybody's text: one may be called as what objects inherit. */
export function receiptOf(receipts: Receipts, subject: string): WireReceipt | undefined {
  return Object.hasOwn(receipts, subject) ? receipts[subject] : undefined;
}

/** Starts a second if there is something to send and none runs. */
function wait(book: ReceiptBook, self: string): ReceiptStep {
  const isStarting = !book.isWaiting && hasNews(book, self);
  return { book: isStarting ? { ...book, isWaiting: true } : book, wait: isStarting };
}

/** Whether the caller is further than the server knows, or is being told. */
function hasNews({ known, own, taken, underWay = NOWHERE }: ReceiptBook, self: string): boolean {
  const heard = further(further(receiptOf(known, self) ?? NOWHERE, taken), underWay);
  return own.delivered > heard.delivered || own.read > heard.read;
}

/** The same object if nobody has moved. */
function moveOn(known: Receipts, moved: Receipts): Receipts {
  let next = known;
  for (const [subject, receipt] of Object.entries(moved)) {
    const before = receiptOf(next, subject);
    const after = before ? further(before, receipt) : receipt;
    if (after !== before) next = { ...next, [subject]: after };
  }
  return next;
}

/** The further of two, in each of both marks: nothing goes back, and what is read is delivered. */
function further(a: WireReceipt, b: WireReceipt): WireReceipt {
  const read = Math.max(a.read, b.read);
  const delivered = Math.max(a.delivered, b.delivered, read);
  return delivered === a.delivered && read === a.read ? a : { delivered, read };
}
