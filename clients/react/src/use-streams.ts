"use client";

// Shows texts while they are written.

import type { Problem, ServerStream, StreamSnapshot } from "@tautline/client";
import { useMemo } from "react";
import { useProvidedClient } from "./context.js";
import { type IsEqual, type Selector, type Store, useStore } from "./use-store.js";

const NONE: readonly never[] = Object.freeze([]);

/**
 * The streams of one kind, oldest first, in the rooms that the page is in: those that are open, and for
 * a while those that have ended. With fields of what they start with, only those of the rooms that these
 * fields name: `useStreams(Chat.streams.answer, { sessionId })`. It joins no room: `useRoom` does.
 *
 * With a `selector` the component renders again only when its selection changes (by `Object.is`, or by
 * `isEqual`).
 */
export function useStreams<Start, End, Failure extends Problem>(
  stream: ServerStream<Start, End, Failure>,
  start?: Partial<Start>,
): readonly StreamSnapshot<Start, End, Failure>[];
export function useStreams<Start, End, Failure extends Problem, Selection>(
  stream: ServerStream<Start, End, Failure>,
  start: Partial<Start> | undefined,
  selector: Selector<readonly StreamSnapshot<Start, End, Failure>[], Selection>,
  isEqual?: IsEqual<Selection>,
): Selection;
export function useStreams<Start, End, Failure extends Problem>(
  stream: ServerStream<Start, End, Failure>,
  start?: Partial<Start>,
  selector: Selector<readonly StreamSnapshot<Start, End, Failure>[], unknown> = identity,
  isEqual?: IsEqual<unknown>,
): unknown {
  return useStore(useStreamStore("useStreams", stream, start), selector, isEqual);
}

/**
 * One stream by its id, for a component that renders when its own text grows and not when another's
 * does. `undefined` while there is none, and for no id.
 */
export function useStream<Start, End, Failure extends Problem>(
  stream: ServerStream<Start, End, Failure>,
  id: string | undefined,
): StreamSnapshot<Start, End, Failure> | undefined {
  const store = useStreamStore("useStream", stream, undefined);
  return useStore(store, (all) => all.find((it) => it.id === id));
}

function useStreamStore<Start, End, Failure extends Problem>(
  hook: string,
  stream: ServerStream<Start, End, Failure>,
  start: Partial<Start> | undefined,
): Store<readonly StreamSnapshot<Start, End, Failure>[]> {
  const client = useProvidedClient(hook);
  const names = start && stream.rooms?.map((of) => of(start as Start)).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `names` stand for `start`.
  return useMemo(() => {
    const { subscribe, getSnapshot } = client.streams(stream, start);
    return { subscribe, getSnapshot, getServerSnapshot: () => NONE };
  }, [client, stream, names]);
}

function identity<T>(value: T): T {
  return value;
}
