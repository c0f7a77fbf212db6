// What the fault proxy takes and tells, as TypeScript sees it. What the words mean is in its crate: `rule.rs`, `log.rs`.

/** From the client to the server, or back. */
export type Direction = "up" | "down";

/** What a frame is. `event` and `ack` include those with attachments; `link` is a client that comes. */
export type Kind =
  | "link"
  | "open"
  | "close"
  | "ping"
  | "pong"
  | "upgrade"
  | "noop"
  | "connect"
  | "disconnect"
  | "event"
  | "ack"
  | "connect_error"
  | "binary_event"
  | "binary_ack"
  | "unknown";

/** Which frames. What is absent does not matter. */
export interface When {
  readonly link?: number;
  readonly direction?: Direction;
  readonly kind?: Kind;
  readonly namespace?: string;
  /** Events of this name, and answers to them. */
  readonly event?: string;
}

/** Who notices a cut. */
export type Half = "both" | "client" | "server";

/** In which direction nothing is taken any more. */
export type Way = "both" | Direction;

/** What becomes of a frame. */
export type Action =
  | { readonly type: "pass" }
  | { readonly type: "drop" }
  | { readonly type: "delay"; readonly ms: number }
  | { readonly type: "duplicate"; readonly copies: number }
  | { readonly type: "reorder"; readonly behind: number }
  | { readonly type: "truncate"; readonly bytes: number }
  | { readonly type: "cut"; readonly half?: Half }
  | { readonly type: "half_open"; readonly way?: Way }
  | { readonly type: "refuse"; readonly message?: string };

/** A rule: it acts on what it is for, from the `nth` on, at most `times` times. */
export interface Rule {
  readonly when?: When;
  readonly nth?: number;
  readonly times?: number;
  /** From 0 to 1; drawn from the proxy's seed. */
  readonly chance?: number;
  readonly action: Action;
}

/** What happened to a frame, or to a link. */
export type Act =
  | "opened"
  | "passed"
  | "dropped"
  | "delayed"
  | "duplicated"
  | "held_back"
  | "truncated"
  | "cut"
  | "half_opened"
  | "went_on"
  | "refused"
  | "lost"
  | "closed";

/** One thing that happened. */
export interface Entry {
  readonly number: number;
  readonly atMs: number;
  readonly act: Act;
  readonly link: number;
  readonly direction: Direction;
  readonly kind: Kind;
  readonly namespace?: string;
  readonly event?: string;
  readonly id?: number;
  /** The round trip to which it belongs, counted by what could have caused what. */
  readonly trip: number;
  readonly bytes: number;
  /** The beginning of its text. */
  readonly text: string;
  readonly rule?: number;
}

/** A question to the log. */
export interface Search {
  readonly act?: Act;
  readonly when?: When;
  readonly rule?: number;
  /** After which entry. */
  readonly after?: number;
}

/** Commands of this name, on their way to the server. */
export const commands = (event: string): When => ({ direction: "up", kind: "event", event });

/** Events of this name, on their way to the client. */
export const events = (event: string): When => ({ direction: "down", kind: "event", event });

/** The server's answers to this event. */
export const acks = (event: string): When => ({ direction: "down", kind: "ack", event });
