// What a contract looks like to the client: one plain object per thing, made by the builders below.
// Generated code calls the builders; nothing here knows a connection.

import type { Problem } from "./problem.js";

/** How a command is delivered. */
export type CommandDelivery = "volatile" | "at_most_once" | "idempotent";

/** How an event of the server is delivered. */
export type EventDelivery = "volatile" | "live" | "durable";

/** What happens to a command while there is no connection. */
export type OfflinePolicy =
  | { readonly mode: "queue"; readonly ttlMs: number }
  | { readonly mode: "fail" }
  | { readonly mode: "drop" };

/** A constraint on a payload. The server enforces it; a form may show it. */
export interface Constraint {
  readonly path: string;
  readonly rule: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

/** Facts that every part of a contract may carry, for tools and for people. */
export interface CommonFacts {
  /** The name on the wire. */
  readonly name: string;
  /** The version of the contract that brought it. */
  readonly since?: string;
  /** Why it should no longer be used, and what replaces it. */
  readonly deprecated?: Deprecation;
  /** The feature flag that gates it. */
  readonly flag?: string;
  /** The one scope that the caller must hold. */
  readonly scope?: string;
  /** The scopes of which the caller must hold all. */
  readonly scopes?: readonly string[];
  /** Whether a guest may use it. */
  readonly guests?: boolean;
}

/** That something is on its way out. */
export interface Deprecation {
  readonly note: string;
  readonly replacement?: string;
}

/** So many calls in so long a time. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/** What the contract says about a command. */
export interface CommandFacts<Payload> extends CommonFacts {
  /** Whether the server answers. */
  readonly ack: boolean;
  readonly delivery: CommandDelivery;
  /** Commands of one lane keep their order. Absent: the namespace's lane. `null`: it runs free. */
  readonly lane?: ((payload: Payload) => string) | null;
  /** The room that the command speaks of. */
  readonly room?: (payload: Payload) => string;
  /** The largest payload that the server takes, in bytes of JSON. */
  readonly maxBytes?: number;
  /** How long to wait for the answer before it is asked for again, or given up. */
  readonly timeoutMs?: number;
  readonly offline?: OfflinePolicy;
  /** For how long the server remembers the answer of an idempotent command. */
  readonly windowMs?: number;
  readonly rate?: Rate;
  /** How much one call takes from what all events of a connection, and of a user, may cost. */
  readonly cost?: number;
  readonly constraints?: readonly Constraint[];
}

/** A command: what a client asks of the server. */
export interface Command<Payload, Answer, Failure extends Problem = never>
  extends CommandFacts<Payload> {
  readonly kind: "command";
  /** The path of its namespace. */
  readonly namespace: string;
  /** Types only; never there at run time. */
  readonly "~types"?: CommandTypes<Payload, Answer, Failure>;
}

/** The types that a command carries. */
export interface CommandTypes<Payload, Answer, Failure> {
  readonly payload: (payload: Payload) => void;
  readonly answer: Answer;
  readonly failure: Failure;
}

/** What the contract says about an event, a question or a stream of the server. */
export interface EventFacts<Payload> extends CommonFacts {
  readonly delivery?: EventDelivery;
  /** The names of the rooms that the event goes to. */
  readonly rooms?: readonly ((payload: Payload) => string)[];
  /** The same rooms as patterns. `user:{subject}` is the caller's own room. */
  readonly patterns?: readonly string[];
}

/** An event: what the server tells its clients. */
export interface ServerEvent<Payload> extends EventFacts<Payload> {
  readonly kind: "event";
  readonly namespace: string;
  readonly "~types"?: { readonly payload: (payload: Payload) => void };
}

/** What the contract says about a question. */
export interface QuestionFacts<Payload> extends EventFacts<Payload> {
  /** How long the server waits for an answer. */
  readonly expiresMs?: number;
}

/** A question: what the server asks the people of a room. The first valid answer counts. */
export interface Question<Payload, Answer, Declined extends Problem = never>
  extends QuestionFacts<Payload> {
  readonly kind: "question";
  readonly namespace: string;
  readonly "~types"?: {
    readonly payload: (payload: Payload) => void;
    readonly answer: (answer: Answer) => void;
    readonly declined: Declined;
  };
}

/** What the contract says about a stream. */
export interface StreamFacts<Payload> extends EventFacts<Payload> {
  /** How long its producer may be gone before the stream has failed. */
  readonly leaseMs?: number;
}

/** A stream: a text that grows while it is watched. */
export interface ServerStream<Start, End, Failure extends Problem = never>
  extends StreamFacts<Start> {
  readonly kind: "stream";
  readonly namespace: string;
  readonly "~feature": Feature;
  readonly "~types"?: {
    readonly start: (start: Start) => void;
    readonly end: End;
    readonly failure: Failure;
  };
}

/**
 * A part of the runtime that a descriptor brings along, since it needs it. What no descriptor brings is
 * not in the page's bundle.
 */
export interface Feature {
  readonly "~make": unknown;
}

/** What the contract says about a room that clients may enter. */
export interface JoinableFacts<Params> {
  /** The join command. Absent: a room without a state of its own, which is only subscribed to. */
  readonly join?: string;
  readonly pattern: string;
  /** The room's name for these parameters. */
  readonly name: (params: Params) => string;
  /** `presence`, if its members see each other. */
  readonly presence?: Feature;
  /** `receipts`, if it keeps how far each user has got. */
  readonly receipts?: Feature;
  readonly scope?: string;
  readonly scopes?: readonly string[];
  readonly guests?: boolean;
  readonly timeoutMs?: number;
  readonly flag?: string;
  readonly since?: string;
  readonly deprecated?: Deprecation;
}

/**
 * A room that clients may enter; `State` is what the server answers to the join, `Shown` what a member
 * shows the others: `undefined` if it has no presence. Left out, it stands for whatever it may be.
 */
export interface Joinable<Params, State, Failure extends Problem = never, Shown = never>
  extends JoinableFacts<Params> {
  readonly kind: "room";
  readonly namespace: string;
  readonly "~types"?: {
    readonly params: (params: Params) => void;
    readonly state: State;
    readonly failure: Failure;
    readonly shown: (shown: Shown) => void;
  };
}

/** Any command. */
export type AnyCommand = Command<never, unknown, Problem>;
/** Any event of the server. */
export type AnyEvent = ServerEvent<never>;
/** Any question. */
export type AnyQuestion = Question<never, never, Problem>;
/** Any stream. */
export type AnyStream = ServerStream<never, unknown, Problem>;
/** Whatever a room with presence shows: anything but nothing. */
export type AnyShown = NonNullable<unknown>;
/** Any room. */
export type AnyJoinable = Joinable<never, unknown, Problem>;

/** What `namespace` takes. */
export interface NamespaceParts {
  readonly path: string;
  readonly commands?: Readonly<Record<string, AnyCommand>>;
  readonly rooms?: Readonly<Record<string, AnyJoinable>>;
  readonly events?: Readonly<Record<string, AnyEvent>>;
  readonly questions?: Readonly<Record<string, AnyQuestion>>;
  readonly streams?: Readonly<Record<string, AnyStream>>;
}

/** A contract: its namespaces, and who it says it is when it connects. */
export interface ContractDescriptor {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly namespaces: Readonly<Record<string, NamespaceParts>>;
}
