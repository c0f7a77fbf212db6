// What a command's descriptor says, with the defaults of what it does not say.

import type { Connection } from "./connection.js";
import type { Command, OfflinePolicy } from "./descriptors.js";
import { localProblem } from "./local-problems.js";
import type { Problem } from "./problem.js";

type AnyTyped = Command<unknown, unknown, Problem>;

/** How long a handler may take when the contract does not say. */
const TIMEOUT_MS = 10_000;
/** The server's own deadline comes first, so that the caller learns the reason and not silence. */
export const GRACE_MS = 2_000;
/** For how long an idempotent command is worth sending again: as long as servers remember. */
const WINDOW_MS = 86_400_000;

/** For how long the caller expects to wait for the answer. */
export function timeoutOf({ timeoutMs = TIMEOUT_MS }: AnyTyped): number {
  return timeoutMs;
}

/** What becomes of a command while there is no connection. */
export function modeOf({ offline, delivery }: AnyTyped): OfflinePolicy["mode"] {
  if (offline) return offline.mode;
  return delivery === "idempotent" ? "queue" : delivery === "volatile" ? "drop" : "fail";
}

/** Whether a command is of the outbox: kept until its final answer, with or without a connection. */
export function isQueueing(command: AnyTyped): boolean {
  return command.ack && command.delivery === "idempotent" && modeOf(command) === "queue";
}

/** For how long it is worth sending. */
export function lifetimeOf({ offline, windowMs }: AnyTyped): number {
  return offline?.mode === "queue" ? offline.ttlMs : (windowMs ?? WINDOW_MS);
}

/** The lane in which it keeps its order; `null` runs free. */
export function laneOf(command: AnyTyped, payload: unknown): string | null {
  // What may be lost has no order to keep.
  if (command.delivery === "volatile") return null;
  // The namespace's own lane has no name that a room could have.
  return command.lane === null ? null : (command.lane?.(payload) ?? "");
}

/** The frame around a payload: brackets, the event's name, ids. */
const ENVELOPE_BYTES = 512;

/** Why a payload of this size cannot be sent, as far as is known of the server's limits. */
export function sizeProblem(
  connection: Connection,
  namespace: string,
  maxBytes: number | undefined,
  bytes: number,
): Problem | undefined {
  const limits = connection.welcome(namespace)?.limits;
  const event = maxBytes ?? limits?.eventBytes ?? Number.POSITIVE_INFINITY;
  const frame = (limits?.frameBytes ?? Number.POSITIVE_INFINITY) - ENVELOPE_BYTES;
  const limit = Math.min(event, frame);
  return bytes > limit
    ? localProblem("payload_too_large", { params: { bytes, limit } })
    : undefined;
}

/** Why a command can neither be sent nor wait. */
export function whyNotNow(connection: Connection, command: AnyTyped): Problem | undefined {
  const { namespace } = command;
  const refusal = connection.refusal(namespace);
  if (refusal || connection.welcome(namespace)) return refusal;
  const { status, problem } = connection.store.getSnapshot();
  const mode = modeOf(command);
  if (mode === "queue" && command.ack) return undefined;
  // The first connection is worth a wait; a lost one may not come back soon.
  const isStarting = status === "idle" || status === "connecting" || status === "connected";
  if (mode === "fail" && command.ack && isStarting) return undefined;
  return status === "failed" && problem ? problem : localProblem("offline");
}
