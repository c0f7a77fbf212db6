// Problems that this client makes, and the reading of those that a server sent.

import type { LibraryCode, LibraryProblem, Outcome, Problem, RecoveryAction } from "./problem.js";

type Row = readonly [
  category: Problem["category"],
  action: RecoveryAction,
  message: string,
  hint: string,
  outcome?: Outcome,
];

/** The words of the problems that the client itself makes; the same as the server's for shared codes. */
const rows = {
  connection_failed: [
    "connection",
    "reconnect",
    "The service cannot be reached.",
    "Check your network.",
  ],
  connection_timed_out: [
    "connection",
    "reconnect",
    "The service does not answer.",
    "Check your network.",
  ],
  connection_rejected: [
    "connection",
    "reconnect",
    "The service refused the connection.",
    "Try again later.",
  ],
  connection_closed: [
    "connection",
    "reconnect",
    "The connection was lost.",
    "It is made again by itself.",
  ],
  offline: ["connection", "reconnect", "You are offline.", "Try again when you are back online."],
  disposed: ["cancelled", "none", "The app has closed the connection.", ""],
  outcome_unknown: [
    "connection",
    "ask_user",
    "We cannot tell whether this was done.",
    "Look whether it is there before you repeat it.",
    "unknown",
  ],
  outbox_full: [
    "capacity",
    "retry",
    "Too much waits to be sent.",
    "Try again when some of it is sent.",
  ],
  outbox_unavailable: [
    "unavailable",
    "none",
    "What waits to be sent cannot be saved on this device.",
    "Keep this page open until it is sent.",
  ],
  entry_unusable: [
    "conflict",
    "ask_user",
    "Something that waited to be sent cannot be sent by this version of the app.",
    "Look at it, and write it again if it still matters.",
  ],
  timed_out: ["timeout", "retry", "The server took too long.", "Try again."],
  cancelled: ["cancelled", "none", "This was cancelled.", ""],
  payload_too_large: ["invalid", "fix_input", "This is too large to send.", "Make it smaller."],
  invalid_payload: [
    "invalid",
    "fix_input",
    "Something in the input is not right.",
    "Correct the marked fields.",
  ],
  unknown_namespace: [
    "protocol",
    "upgrade_client",
    "The app asked for a part of the service that does not exist.",
    "Reload the page.",
  ],
  protocol_error: [
    "protocol",
    "reconnect",
    "The app and the server lost step.",
    "Reload the page.",
  ],
} satisfies Partial<Record<LibraryCode, Row>>;

/** A code that the client makes problems of. */
export type LocalCode = keyof typeof rows;

/** A problem in the library's words. It never reached a server: there is no trace id. */
export function localProblem(code: LocalCode, facts?: Partial<Problem>): LibraryProblem {
  const [category, action, message, hint, outcome]: Row = rows[code];
  return {
    category,
    severity: category === "cancelled" ? "info" : "warning",
    message,
    recovery: { action, hint },
    outcome: outcome ?? "not_executed",
    traceId: "",
    ...facts,
    code,
  } as LibraryProblem;
}

/** What a client does that does not know the action, by category. The same as in the contract's core. */
const byCategory: Readonly<Record<string, RecoveryAction>> = {
  connection: "reconnect",
  unauthenticated: "reauthenticate",
  invalid: "fix_input",
  conflict: "ask_user",
  rate_limited: "retry",
  capacity: "retry",
  unavailable: "retry",
  timeout: "retry",
  protocol: "upgrade_client",
  internal: "contact_support",
  cancelled: "none",
} satisfies Partial<Record<Problem["category"], RecoveryAction>>;

const ACTIONS = [
  ...Object.values(byCategory),
  ...(["rejoin", "resync", "give_up"] satisfies RecoveryAction[]),
];

/**
 * Reads a problem from the wire. What is none becomes `protocol_error`. An action of a newer server
 * that this client does not know is taken for its category's.
 */
export function readProblem(value: unknown): Problem {
  const problem = value as Problem | null | undefined;
  const { code, category, recovery } = problem ?? {};
  if (!problem || typeof code !== "string" || !(recovery?.action ?? category)) {
    return localProblem("protocol_error", { params: { received: value } });
  }
  if (recovery && ACTIONS.includes(recovery.action)) return problem;
  const action = byCategory[category ?? ""] ?? "give_up";
  return { ...problem, recovery: { hint: "", ...recovery, action } };
}

/** Reads the words of a refused CONNECT: a problem as JSON, or the plain text of another server. */
export function readRefusal(message: string): Problem {
  // A fixed string of the Socket.IO protocol: the server had no say in it.
  if (message === "Invalid namespace") return localProblem("unknown_namespace");
  try {
    const problem = readProblem(JSON.parse(message));
    if (problem.code !== "protocol_error") return problem;
  } catch {
    // Not JSON: a server, or a proxy, that does not speak our dialect.
  }
  return localProblem("connection_rejected", { params: { message } });
}
