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
  | {
      readonly ok: unknown;
      readonly at?: readonly RoomPosition[];
      readonly replayed?: true;
      readonly questions?: readonly WireQuestion[];
      readonly error?: undefined;
    }
  | { readonly error: Problem };

/** A question that is open when a room is joined or resumed. */
export interface WireQuestion {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly room: string;
  readonly expiresAt: number;
}

/** What comes with an event. */
export interface WireMeta {
  readonly room?: string;
  readonly epoch?: string;
  readonly seq?: number;
  readonly ts?: number;
  readonly cause?: string;
  readonly question?: { readonly id: string; readonly expiresAt: number };
}

/** An event of a room, as resume brings it. */
export interface WireEvent {
  readonly name: string;
  readonly payload: unknown;
  readonly meta: WireMeta;
}

/** The verdict over one room after a cut. */
export interface RoomResumed {
  readonly room: string;
  readonly recovered: boolean;
  readonly reason?: string;
  readonly at?: Position;
  readonly events?: readonly WireEvent[];
  /** A page ended: there is more after the last event. */
  readonly more?: boolean;
  readonly questions?: readonly WireQuestion[];
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
  heads: "tautline:heads",
  problem: "tautline:problem",
  roomClosed: "tautline:room_closed",
  settled: "tautline:settled",
  notice: "tautline:notice",
} as const;
