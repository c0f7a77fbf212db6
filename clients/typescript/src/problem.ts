// What went wrong, in the shape that both ends share. Problems that the client itself makes live
// in `local-problems.ts`.

/** What kind of thing went wrong. A closed list: a new code never brings a new category. */
export type ProblemCategory =
  | "connection"
  | "unauthenticated"
  | "permission_denied"
  | "invalid"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "capacity"
  | "unavailable"
  | "timeout"
  | "protocol"
  | "internal"
  | "cancelled";

/** How much it matters to the person in front of the screen. */
export type Severity = "info" | "warning" | "error" | "critical";

/** The next move. The client makes the moves that it can make; the app sees what is left. */
export type RecoveryAction =
  | "none"
  | "retry"
  | "reauthenticate"
  | "rejoin"
  | "resync"
  | "reconnect"
  | "upgrade_client"
  | "fix_input"
  | "ask_user"
  | "contact_support"
  | "give_up";

/** Whether the command took effect. `unknown` is said when nobody can know. */
export type Outcome = "not_executed" | "executed" | "unknown";

/** What to do about a problem. */
export interface RecoveryHint {
  readonly action: RecoveryAction;
  /** Words for a person. */
  readonly hint: string;
  /** Not before this many milliseconds have passed. */
  readonly afterMs?: number;
  readonly maxAttempts?: number;
}

/** One constraint that a payload broke. */
export interface FieldProblem {
  /** Where, as a path from the payload's root: `items[2].title`. */
  readonly path: string;
  /** Which rule: `length`, `range`, `pattern`, … */
  readonly rule: string;
  /** The rule's bound in words, such as `1..=80`. */
  readonly limit?: string;
}

/** Everything of a problem that does not depend on its code. */
export interface ProblemFacts {
  readonly category: ProblemCategory;
  readonly severity: Severity;
  /** Words for a person, safe to show. */
  readonly message: string;
  readonly recovery: RecoveryHint;
  readonly outcome: Outcome;
  readonly fields?: readonly FieldProblem[];
  /** A page that says more. */
  readonly help?: string;
  /** Finds the cause in the server's log. Empty for a problem that never reached a server. */
  readonly traceId: string;
}

/** A refusal or a failure, as it travels. */
export interface Problem extends ProblemFacts {
  readonly code: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A problem with a known code and, where the code brings some, typed parameters. */
export type ProblemOf<Code extends string, Params = undefined> = ProblemFacts & {
  readonly code: Code;
} & ([Params] extends [undefined]
    ? { readonly params?: Readonly<Record<string, unknown>> }
    : { readonly params: Params });

/** The codes of the library, sent by a server or made by this client. */
export type LibraryCode = ServerCode | ClientCode;

/** Codes that any Tautline server may send, whatever the contract. */
export type ServerCode =
  | "unauthenticated"
  | "token_invalid"
  | "token_expired"
  | "token_revoked"
  | "permission_denied"
  | "room_denied"
  | "namespace_denied"
  | "origin_denied"
  | "invalid_payload"
  | "payload_too_large"
  | "invalid_meta"
  | "unknown_event"
  | "unknown_namespace"
  | "unknown_room"
  | "not_joined"
  | "epoch_changed"
  | "too_many_rooms"
  | "conflicting_resend"
  | "outcome_unknown"
  | "predecessor_unsettled"
  | "rate_limited"
  | "banned"
  | "capacity"
  | "timed_out"
  | "journal_unavailable"
  | "internal"
  | "shutting_down"
  | "upgrade_client"
  | "protocol_error"
  | "question_settled"
  | "question_expired"
  | "cancelled";

/** Codes that only a client makes. */
export type ClientCode =
  | "connection_failed"
  | "connection_timed_out"
  | "connection_rejected"
  | "connection_closed"
  | "offline"
  | "disposed"
  | "outbox_full"
  | "outbox_unavailable"
  | "entry_unusable";

/** A problem of the library itself: every acknowledged command may end in one of these. */
export type LibraryProblem = { readonly [Code in LibraryCode]: ProblemOf<Code> }[LibraryCode];

/** What a typed call throws. Its `problem` says what happened and what to do. */
export class ProblemError<P extends Problem = Problem> extends Error {
  override readonly name = "ProblemError";
  readonly problem: P;

  constructor(problem: P) {
    super(`${problem.code}: ${problem.message}`);
    this.problem = problem;
  }
}

/** Whether `error` carries a problem. Also true for one from another copy of this package. */
export function isProblemError(error: unknown): error is ProblemError {
  return error instanceof Error && error.name === "ProblemError" && "problem" in error;
}
