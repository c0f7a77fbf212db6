// What a client offers, as types: the one file that a user of the package has to read.

import type { Clock } from "./clock.js";
import type {
  AnyCommand,
  AnyShown,
  Command,
  ContractDescriptor,
  Joinable,
  NamespaceParts,
  Question,
  ServerEvent,
  ServerStream,
} from "./descriptors.js";
import type { Logger } from "./logger.js";
import type { DurableOutbox } from "./outbox-durable.js";
import type { Outbox, OutboxLimits } from "./outbox-types.js";
import type { LibraryProblem, Problem } from "./problem.js";
import type { RoomState } from "./room-state.js";
import type { Transport } from "./transport.js";

/** A value that changes. Snapshots are immutable and keep their identity until they change. */
export interface Store<T> {
  getSnapshot(): T;
  /** Calls `listener` after each change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/** Where the connection stands, in the words of a status line. */
export type ConnectionStatus =
  /** Nobody has asked for a connection yet. */
  | "idle"
  /** The first connection is being made. */
  | "connecting"
  | "connected"
  /** The link is lost, or could not be made, and is tried again by itself. */
  | "reconnecting"
  /** Closed by the app. */
  | "disconnected"
  /** Trying again would not help; `problem` says what would. */
  | "failed";

/** The public face of the connection. */
export interface ConnectionSnapshot {
  readonly status: ConnectionStatus;
  /** When the status began, in milliseconds of Unix time. */
  readonly since: number;
  /** How many attempts have failed in a row. */
  readonly attempt: number;
  /** When the next attempt starts, while one is waited for. */
  readonly retryAt?: number;
  /** What went wrong last. Gone once connected. */
  readonly problem?: Problem;
  /** Who the server says we are, while connected. */
  readonly subject?: string;
  /** The public id of this connection, while connected. */
  readonly connection?: string;
}

/** Why a token is asked for. */
export interface AuthContext {
  readonly reason: "connect" | "reauthenticate" | "refresh";
  /** What was wrong with the last token. */
  readonly problem?: Problem;
}

/** Gives the token for a connection; `undefined` connects as a guest. */
export type Auth = (cx: AuthContext) => string | undefined | Promise<string | undefined>;

/** What `createClient` takes. Only `url` and `contract` are needed. */
export interface ClientOptions {
  /** The server's origin: `https://example.org`. In a browser `""` is the page's own. */
  readonly url: string;
  readonly contract: ContractDescriptor;
  /** Asked before every connection, once at a time, and again when the server wants a new token. */
  readonly auth?: Auth;
  /** The reducers of room states that are used with this client. */
  readonly roomStates?: readonly AnyRoomState[];
  /** Keeps queued commands beyond the life of the page. Absent: in memory alone. */
  readonly outbox?: DurableOutbox;
  /** How much may wait to be sent. 10,000 commands, 16 MiB and 7 days unless told. */
  readonly outboxLimits?: Partial<OutboxLimits>;
  /** Absent: the console in development, nothing in production. `false`: nothing. */
  readonly logger?: Logger | false;
  /** Name and version of the app, for the server's log. */
  readonly app?: { readonly name: string; readonly version: string };
  /** Websocket alone by default: polling needs sticky sessions. */
  readonly transports?: readonly ("websocket" | "polling")[];
  /** The path of the Socket.IO endpoint. */
  readonly path?: string;
  /** How long an attempt to connect may take. */
  readonly connectTimeoutMs?: number;
  /** How long the connection outlives the last `retain`, so that a remount does not cut it. */
  readonly lingerMs?: number;
  /** How long a room is kept after the last `leave`. */
  readonly roomLingerMs?: number;
  /** What carries the frames. Absent: `socket.io-client`. */
  readonly transport?: Transport;
  readonly clock?: Clock;
  /** Called once when the server needs a newer build of this app: the place to offer a reload. */
  readonly onUpgrade?: (problem: Problem) => void;
  /** A number in [0, 1), for jitter. */
  readonly random?: () => number;
}

/** What the client did by itself about a problem. */
export interface RecoveryStep {
  /**
   * `retry`: it is sent again after a while. `rejoin`, `reauthenticate`, `reconnect`: sent again after
   * that. `resync`: the room's state is read again, and the caller told. `tell`: the caller is told.
   */
  readonly move: "wait" | "retry" | "rejoin" | "resync" | "reauthenticate" | "reconnect" | "tell";
  readonly problem: Problem;
  /** The command that was refused. */
  readonly event?: string;
  /** Its id. */
  readonly id?: string;
  /** The room that we were not let into. Without this and a command it is the connection. */
  readonly room?: string;
  /** How long it waits first, in milliseconds. */
  readonly afterMs: number;
}

/** Options of one call. */
export interface CallOptions {
  /** Stops waiting. A command that was sent may still take effect: its outcome is `unknown`. */
  readonly signal?: AbortSignal;
  /** Stops waiting after so long, in whatever state the command is. */
  readonly timeoutMs?: number;
  /** `false`: nothing is done about a refusal, the caller is told at once. */
  readonly recover?: boolean;
}

/** How a call ended, without an exception. */
export type Result<Answer, Failure extends Problem> =
  | { readonly ok: true; readonly value: Answer }
  | { readonly ok: false; readonly problem: Failure | LibraryProblem };

/** One command as a function. */
export type Call<C> =
  C extends Command<infer Payload, infer Answer, infer _Failure>
    ? // biome-ignore lint/suspicious/noConfusingVoidType: contracts say `void` for no payload.
      [Payload] extends [void]
      ? (payload?: undefined, options?: CallOptions) => Promise<Answer>
      : (payload: Payload, options?: CallOptions) => Promise<Answer>
    : never;

/** The commands of a namespace as functions. They reject with a `ProblemError`. */
export type Calls<N extends NamespaceParts> =
  N["commands"] extends Readonly<Record<string, AnyCommand>>
    ? { readonly [Name in keyof N["commands"]]: Call<N["commands"][Name]> }
    : { readonly [Name in never]: never };

/** What comes with an event. Only durable events have a position. */
export interface EventMeta {
  readonly room?: string;
  readonly epoch?: string;
  readonly seq?: number;
  /** When the server stored it, in milliseconds of Unix time. */
  readonly ts?: number;
  /** The id of the command that it came from. */
  readonly cause?: string;
  /** Set where the event begins a stream. */
  readonly stream?: { readonly id: string };
}

/** Where a room stands. */
export type RoomStatus =
  /** Not joined. */
  | "idle"
  | "joining"
  /** A live member; nothing was missed. */
  | "joined"
  /** The connection was lost; what was missed is being fetched. */
  | "recovering"
  /** A live member again, with a fresh state: some events were missed for good. */
  | "resynced"
  /** The server said no; `problem` says why. */
  | "denied";

/** The public face of a room. */
export interface RoomSnapshot<Failure extends Problem = Problem> {
  readonly status: RoomStatus;
  readonly problem?: Failure | LibraryProblem;
  /** Why events were missed, while `resynced`. */
  readonly discontinuity?: string;
}

/** The public face of a room with a state. */
export interface RoomStateSnapshot<State, Failure extends Problem = Problem>
  extends RoomSnapshot<Failure> {
  /** The state after the last event; `undefined` until the first join is answered. */
  readonly state: State | undefined;
}

/** A room that this caller holds. `Shown` is what its members show each other. */
export interface Room<Snapshot, Shown = never> extends Store<Snapshot> {
  /** The room's name on the wire. */
  readonly name: string;
  /**
   * Says that the user has read the room's events up to this one, by its position or its number;
   * without either, all that have arrived: before the join is answered that is none. Never goes back,
   * and needs no answer: it is told within a second, and after a cut again. In a room that keeps
   * receipts; that an event has arrived is told by itself.
   */
  read(upTo?: number | EventMeta): void;
  /**
   * Shows this to the others in the room, until it is replaced, taken back with `undefined`, or the
   * room is left; after a cut it is shown again. In a room that has presence. Of what is called while
   * another state is under way the last one counts, and its result is everybody's.
   */
  present(state: Shown | undefined): Promise<Result<void, never>>;
  /** Gives this hold back. The room is left a moment after the last one. */
  leave(): void;
}

/** How far one user has got in a room, as numbers of its events; 0 before the first. */
export interface Receipt {
  /** The last event that has arrived at one of the user's clients. */
  readonly delivered: number;
  /** The last event that the user has read. */
  readonly read: number;
}

/** How far the users of a room have got, by subject. What we have read ourselves counts at once. */
export type ReceiptsSnapshot = Readonly<Record<string, Receipt>>;

/** One user who is in a room, with however many connections. */
export interface Member<Shown> {
  readonly subject: string;
  /** What the user shows, last set on any connection. */
  readonly state?: Shown;
  /** Since when, in milliseconds of the server's Unix time. */
  readonly since: number;
}

/** Who is in a room. */
export interface PresenceSnapshot<Shown> {
  /** Everybody, each user once, in the order in which they came. */
  readonly members: readonly Member<Shown>[];
  /** The caller among them: the room, and so the caller, hears of newcomers a moment after the join. */
  readonly self: Member<Shown> | undefined;
  /**
   * Whether this is how it is now. While the room is joined, and while a lost connection is made
   * again, it is not: then `members` are the last that were known.
   */
  readonly isLive: boolean;
}

/** A stream: what began it, its text so far, and how it ended. */
export type StreamSnapshot<Start, End, Failure extends Problem = never> = {
  readonly id: string;
  /** What it was started with. */
  readonly payload: Start;
  /** The name of the room in which it was heard. */
  readonly room: string;
  /** All that was written so far. */
  readonly text: string;
  /** The number of the last part of the text; 0 before the first. */
  readonly number: number;
} & (
  | { readonly status: "open"; readonly answer?: never; readonly problem?: never }
  | StreamEnd<End, Failure>
);

/** How a stream ended. */
export type StreamEnd<End, Failure extends Problem = never> =
  | { readonly status: "finished"; readonly answer: End; readonly problem?: never }
  | { readonly status: "cancelled"; readonly answer?: never; readonly problem?: never }
  | {
      readonly status: "failed";
      readonly answer?: never;
      readonly problem: Failure | LibraryProblem;
    };

/** A question that waits for an answer. */
export interface OpenQuestion<Payload, Answer, Declined extends Problem = never> {
  readonly id: string;
  readonly payload: Payload;
  readonly room: string;
  /** In milliseconds of the server's Unix time. */
  readonly expiresAt: number;
  /** Answers it. Never throws: when somebody was faster, that is a problem in the result. */
  answer(answer: Answer): Promise<Result<void, never>>;
  /** Declines it for a reason that the contract names. Never throws either. */
  decline(reason: Decline<Declined>): Promise<Result<void, never>>;
}

/** A reason to decline: a code of the question's failures and its parameters. */
export type Decline<Declined extends Problem> = Declined extends Problem
  ? Declined extends { readonly params: infer Params }
    ? { readonly code: Declined["code"]; readonly params: Params }
    : { readonly code: Declined["code"] }
  : never;

/** What a handler of questions may return: an answer, or `decline(reason)`. */
export type QuestionHandler<Payload, Answer, Declined extends Problem> = (
  payload: Payload,
  question: OpenQuestion<Payload, Answer, Declined>,
) => Reply<Answer, Declined> | Promise<Reply<Answer, Declined>>;

/**
 * An answer, or a refusal made by `decline`. `undefined` leaves the question open; a question whose
 * answer carries nothing is answered by `null`.
 */
export type Reply<Answer, Declined extends Problem> =
  | Answer
  | NothingToSay<Answer>
  | Declination<Declined>
  | undefined;

/** What stands for an answer without a content: `undefined` already means something else. */
// biome-ignore lint/suspicious/noConfusingVoidType: `void` is how a contract says "nothing".
type NothingToSay<Answer> = [Answer] extends [void] ? null : never;

/** What `decline` makes. */
export interface Declination<Declined extends Problem> {
  readonly "~declined": Decline<Declined>;
}

/** One connection for the whole app. */
export interface Client {
  readonly url: string;
  readonly connection: Store<ConnectionSnapshot>;
  /** Holds the connection open until `close`. Calling it again retries at once. */
  connect(): void;
  /** Closes the connection, whoever holds it. Waiting calls fail with `disposed`. */
  close(): void;
  /** Holds the connection open until the returned function is called. Safe to call in an effect. */
  retain(): () => void;
  /** The commands of a namespace, as functions. */
  use<N extends NamespaceParts>(namespace: N): Calls<N>;
  /** One command, as a result instead of an exception. */
  run<Payload, Answer, Failure extends Problem>(
    command: Command<Payload, Answer, Failure>,
    payload: Payload,
    options?: CallOptions,
  ): Promise<Result<Answer, Failure>>;
  /** The commands that wait to be sent, or for their final answer, and those that have failed. */
  readonly outbox: Outbox;
  /**
   * Calls `listener` for every `event`, until the returned function is called. An event of several
   * rooms comes once for each of them that we are in: `meta.room` says which.
   */
  on<Payload>(
    event: ServerEvent<Payload>,
    listener: (payload: Payload, meta: EventMeta) => void,
  ): () => void;
  /** Enters a room and holds it until `leave`. */
  join<Params, State, Failure extends Problem, Shown>(
    room: Joinable<Params, State, Failure, Shown>,
    params: Params,
  ): Room<RoomSnapshot<Failure>, Shown>;
  join<Params, State, Failure extends Problem, Shown>(
    room: RoomState<Params, State, Failure, Shown>,
    params: Params,
  ): Room<RoomStateSnapshot<State, Failure>, Shown>;
  /** Looks at a room without entering it. `idle` until somebody joins. Cheap: call it in a render. */
  room<Params, State, Failure extends Problem>(
    room: Joinable<Params, State, Failure>,
    params: Params,
  ): Store<RoomSnapshot<Failure>>;
  room<Params, State, Failure extends Problem>(
    room: RoomState<Params, State, Failure>,
    params: Params,
  ): Store<RoomStateSnapshot<State, Failure>>;
  /**
   * The streams of one kind, oldest first, in the rooms that somebody holds. With fields of what they
   * start with: those of the rooms that these fields name.
   *
   * A stream that has ended stays for a while, with its end: until its room is left, or sixteen others
   * have ended there. So its text can be shown until the message that came of it is there.
   */
  streams<Start, End, Failure extends Problem>(
    stream: ServerStream<Start, End, Failure>,
    start?: Partial<Start>,
  ): Store<readonly StreamSnapshot<Start, End, Failure>[]>;
  /** Who is in a room that has presence. Looks, as `room` does: somebody has to join it. */
  presence<Params, Shown extends AnyShown>(
    room: Joinable<Params, unknown, Problem, Shown>,
    params: Params,
  ): Store<PresenceSnapshot<Shown>>;
  /** How far the users of a room are that keeps receipts. Looks, as `room` does. */
  receipts<Params>(
    room: Joinable<Params, unknown, Problem>,
    params: Params,
  ): Store<ReceiptsSnapshot>;
  /** The open questions of one kind, oldest first. */
  questions<Payload, Answer, Declined extends Problem>(
    question: Question<Payload, Answer, Declined>,
  ): Store<readonly OpenQuestion<Payload, Answer, Declined>[]>;
  /** Answers every question of one kind, open ones included, until the returned function is called. */
  answer<Payload, Answer, Declined extends Problem>(
    question: Question<Payload, Answer, Declined>,
    handler: QuestionHandler<Payload, Answer, Declined>,
  ): () => void;
  /** Calls `listener` for problems that have no caller: of unacknowledged events, of the server's own. */
  onProblem(listener: (problem: Problem, event: string) => void): () => void;
  /** Calls `listener` for everything that the client does by itself about problems. */
  onRecovery(listener: (step: RecoveryStep) => void): () => void;
}

/** Any room state. */
export type AnyRoomState = RoomState<never, unknown, Problem>;
