// A room's state on the client: what the join answered, then one reducer per event.

import type { EventMeta, StreamEnd } from "./api.js";
import type {
  AnyEvent,
  AnyStream,
  Joinable,
  NamespaceParts,
  ServerEvent,
  ServerStream,
} from "./descriptors.js";
import type { Problem } from "./problem.js";
import { CONTROL, type WireEnded } from "./wire.js";

/**
 * One reducer per event of the namespace that changes the state, and two per stream. They return a new
 * state.
 */
export type Reducers<N extends NamespaceParts, State> = EventReducers<N["events"], State> &
  StreamReducers<N["streams"], State>;

type EventReducers<Events, State> =
  Events extends Readonly<Record<string, AnyEvent>>
    ? { readonly [Name in keyof Events]?: Reducer<Events[Name], State> }
    : Nothing;

type StreamReducers<Streams, State> =
  Streams extends Readonly<Record<string, AnyStream>>
    ? { readonly [Name in keyof Streams]?: StreamReducer<Streams[Name], State> }
    : Nothing;

type Nothing = Readonly<Record<never, never>>;

/** Makes the next state of an event. */
export type Reducer<E, State> =
  E extends ServerEvent<infer Payload>
    ? (state: State, payload: Payload, meta: EventMeta) => State
    : never;

/**
 * Makes the next state of a stream's beginning and of its end, which are numbered events like others.
 * Its parts are not: a text that grows is watched with `client.streams`, and what is left of it when
 * it has ended belongs into the state.
 */
export type StreamReducer<S, State> =
  S extends ServerStream<infer Start, infer End, infer Failure>
    ? {
        /** It began; `meta.stream` has its id. */
        readonly started?: (state: State, start: Start, meta: EventMeta) => State;
        readonly ended?: (state: State, end: EndedStream<End, Failure>, meta: EventMeta) => State;
      }
    : never;

/** The end of a stream, with the stream's id. */
export type EndedStream<End, Failure extends Problem = never> = { readonly id: string } & StreamEnd<
  End,
  Failure
>;

/** A room together with the way in which its events change its state. */
export interface RoomState<Params, State, Failure extends Problem = never, Shown = never> {
  readonly kind: "room_state";
  readonly room: Joinable<Params, State, Failure, Shown>;
  /** By what `reducerKey` says. */
  readonly reducers: ReadonlyMap<string, AnyReducer>;
}

/** A reducer whose types were checked where it was written. */
export type AnyReducer = (state: unknown, payload: unknown, meta: EventMeta) => unknown;

/**
 * Describes the state of a room: it begins as what the join answers, and each event makes the next.
 * Register the result with `createClient({ roomStates: [...] })`.
 *
 * A reducer may see an event whose effect the first state has already: the server takes the room's
 * position before it reads the state, so that nothing is missed. Replace by id instead of appending
 * blindly, and twice is the same as once.
 */
export function roomState<Params, State, Failure extends Problem, Shown, N extends NamespaceParts>(
  room: Joinable<Params, State, Failure, Shown>,
  namespace: N,
  reducers: Reducers<N, State>,
): RoomState<Params, State, Failure, Shown> {
  const { events = {}, streams = {} } = namespace;
  const byKey = new Map<string, AnyReducer>();
  for (const [key, written] of Object.entries(reducers as Readonly<Record<string, Written>>)) {
    const name = (events[key] ?? streams[key])?.name;
    if (name === undefined || !written) continue;
    if (typeof written === "function") byKey.set(name, written);
    else {
      const { started, ended } = written;
      if (started) byKey.set(name, started);
      if (ended) {
        byKey.set(endKey(name), (state, payload, meta) => ended(state, endOf(payload), meta));
      }
    }
  }
  return { kind: "room_state", room, reducers: byKey };
}

type Written = AnyReducer | { readonly started?: AnyReducer; readonly ended?: AnyReducer };

/** What the reducer of an event is kept under. All streams end by one event, which names theirs. */
export function reducerKey(name: string, payload: unknown): string {
  return name === CONTROL.ended ? endKey((payload as WireEnded).name) : name;
}

function endKey(name: string): string {
  return `${CONTROL.ended} ${name}`;
}

function endOf(payload: unknown): EndedStream<unknown, Problem> {
  const { stream, outcome, answer, problem } = payload as WireEnded;
  return { id: stream, status: outcome, answer, problem } as EndedStream<unknown, Problem>;
}
