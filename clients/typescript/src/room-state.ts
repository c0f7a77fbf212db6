// A room's state on the client: what the join answered, then one reducer per event.

import type { EventMeta } from "./api.js";
import type { AnyEvent, Joinable, NamespaceParts, ServerEvent } from "./descriptors.js";
import type { Problem } from "./problem.js";

/** One reducer per event of the namespace that changes the state. They return a new state. */
export type Reducers<N extends NamespaceParts, State> =
  N["events"] extends Readonly<Record<string, AnyEvent>>
    ? { readonly [Name in keyof N["events"]]?: Reducer<N["events"][Name], State> }
    : { readonly [Name in never]: never };

/** Makes the next state of an event. */
export type Reducer<E, State> =
  E extends ServerEvent<infer Payload>
    ? (state: State, payload: Payload, meta: EventMeta) => State
    : never;

/** A room together with the way in which its events change its state. */
export interface RoomState<Params, State, Failure extends Problem = never> {
  readonly kind: "room_state";
  readonly room: Joinable<Params, State, Failure>;
  /** By wire name. */
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
export function roomState<Params, State, Failure extends Problem, N extends NamespaceParts>(
  room: Joinable<Params, State, Failure>,
  namespace: N,
  reducers: Reducers<N, State>,
): RoomState<Params, State, Failure> {
  const events: Readonly<Record<string, AnyEvent>> = namespace.events ?? {};
  const written = Object.entries(reducers as Readonly<Record<string, AnyReducer | undefined>>);
  const byWireName = new Map<string, AnyReducer>();
  for (const [key, reducer] of written) {
    const event = events[key];
    if (event && reducer) byWireName.set(event.name, reducer);
  }
  return { kind: "room_state", room, reducers: byWireName };
}
