"use client";

// Shows the questions that the server asks, or answers them.

import type { OpenQuestion, Problem, Question, QuestionHandler } from "@tautline/client";
import { useMemo, useSyncExternalStore } from "react";
import { useProvidedClient } from "./context.js";
import { useLatest } from "./use-latest.js";
import { useSubscriptionEffect } from "./use-subscription-effect.js";

const NONE: readonly never[] = Object.freeze([]);

/**
 * The open questions of one kind, oldest first, each with `answer` and `decline`, which never throw.
 * A question leaves the list when it is settled, here or by somebody else.
 *
 * With a `handler`, each question is also given to it, and what it returns is the answer: an answer,
 * `decline(…)`, or `undefined` to leave it to a person. The newest handler is used, as in `useEvent`.
 */
export function useQuestion<Payload, Answer, Declined extends Problem>(
  question: Question<Payload, Answer, Declined>,
  handler?: QuestionHandler<Payload, Answer, Declined>,
): readonly OpenQuestion<Payload, Answer, Declined>[] {
  const client = useProvidedClient("useQuestion");
  const latest = useLatest(handler);
  const isHandled = handler !== undefined;
  useSubscriptionEffect(() => {
    if (!isHandled) return;
    return client.answer(question, (payload, open) => latest.current?.(payload, open));
  }, [client, question, isHandled, latest]);

  const store = useMemo(() => client.questions(question), [client, question]);
  const [subscribe, getSnapshot] = useMemo(
    () => [(onChange: () => void) => store.subscribe(onChange), () => store.getSnapshot()] as const,
    [store],
  );
  return useSyncExternalStore(subscribe, getSnapshot, () => NONE);
}
