// The frames of the library itself, as TypeScript sees them. What they mean is in the contract.

import type { Problem } from "./problem.js";

/** A position in a room: which numbering, and how far. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** A position together with its room. */
export interface RoomPosition extends Position {
  readonly room: string;
}

/** `tautline:welcome`, the first frame of every namespace. */
export interface Welcome {
  readonly subject: string;
  readonly connection: string;
  readonly serverTime: number;
  readonly limits: Limits;
  /** Which memory of past commands the server has; another one knows nothing of ours. */
  readonly ledger: string;
  readonly contract: { readonly name: string; readonly version: string; readonly hash: string };
  readonly tokenExpiresAt?: number;
  readonly guest?: boolean;
  /** What makes a guest the same guest again. */
  readonly guestCredential?: string;
  readonly scopes?: readonly string[];
  /** Where the caller's own room stood just before they were in it. */
  readonly at?: Position;
}

/** What the server takes from one connection. */
export interface Limits {
  readonly eventBytes: number;
  readonly frameBytes: number;
  readonly rooms: number;
  readonly inFlight: number;
}

/** The one argument of an acknowledgement. */
export type Ack =
  | ({
      readonly ok: unknown;
      readonly at?: readonly RoomPosition[];
      readonly replayed?: true;
      readonly error?: undefined;
    } & Standing)
  | { readonly error: Problem };

/** What stands in a room beside its events, as a join and a resume bring it. */
export interface Standing {
  readonly questions?: readonly WireQuestion[];
  readonly streams?: readonly WireStream[];
  /** If the room keeps receipts. */
  readonly receipts?: Readonly<Record<string, WireReceipt>>;
  /** If the room has presence. */
  readonly presence?: { readonly version: number; readonly members: readonly WirePresent[] };
}

/** A question that is open when a room is joined or resumed. */
export interface WireQuestion {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly room: string;
  readonly expiresAt: number;
}

/** A stream that is open when a room is joined or resumed. */
export interface WireStream {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly room: string;
  readonly number: number;
  readonly text: string;
}

/** `tautline:append`, the next part of a stream. */
export interface WireAppend {
  readonly room: string;
  readonly stream: string;
  readonly number: number;
  readonly text: string;
}

/** How a stream ended. */
export type StreamOutcome = "finished" | "cancelled" | "failed";

/** `tautline:ended`, the end of a stream. */
export interface WireEnded {
  readonly stream: string;
  /** The stream's event. */
  readonly name: string;
  readonly outcome: StreamOutcome;
  /** The number of its last part; 0 if there is none. */
  readonly number: number;
  /** All its parts, if no answer says what it came to. */
  readonly text?: string;
  readonly answer?: unknown;
  readonly problem?: Problem;
}

/** How far one user has got. */
export interface WireReceipt {
  readonly delivered: number;
  readonly read: number;
}

/** `tautline:receipts`, how far those users are who got further. */
export interface WireReceipts {
  readonly room: string;
  readonly receipts: Readonly<Record<string, WireReceipt>>;
}

/** One user who is in a room. */
export interface WirePresent {
  readonly subject: string;
  readonly state?: unknown;
  readonly since: number;
}

/** `tautline:presence`, a change of who is in a room. */
export interface WirePresenceChange {
  readonly room: string;
  readonly version: number;
  readonly present: readonly WirePresent[];
  readonly absent: readonly string[];
}

/** What comes with an event. */
export interface WireMeta {
  readonly room?: string;
  readonly epoch?: string;
  readonly seq?: number;
  readonly ts?: number;
  readonly cause?: string;
  readonly question?: { readonly id: string; readonly expiresAt: number };
  readonly stream?: { readonly id: string; readonly leaseMs: number };
}

/** An event of a room, as resume brings it. */
export interface WireEvent {
  readonly name: string;
  readonly payload: unknown;
  readonly meta: WireMeta;
}

/** The verdict over one room after a cut. */
export interface RoomResumed extends Standing {
  readonly room: string;
  readonly recovered: boolean;
  readonly reason?: string;
  readonly at?: Position;
  readonly events?: readonly WireEvent[];
  /** A page ended: there is more after the last event. */
  readonly more?: boolean;
  readonly problem?: Problem;
}

/** The library's own events. */
export const CONTROL = {
  welcome: "tautline:welcome",
  subscribe: "tautline:subscribe",
  unsubscribe: "tautline:unsubscribe",
  resume: "tautline:resume",
  refresh: "tautline:refresh",
  answer: "tautline:answer",
  receipt: "tautline:receipt",
  present: "tautline:present",
  heads: "tautline:heads",
  problem: "tautline:problem",
  roomClosed: "tautline:room_closed",
  settled: "tautline:settled",
  append: "tautline:append",
  ended: "tautline:ended",
  receipts: "tautline:receipts",
  presence: "tautline:presence",
  notice: "tautline:notice",
} as const;
