"use client";

// Problems in the app's languages. A door of its own: pages that show the server's words load none of it.

import type { Problem, RecoveryAction } from "@tautline/client";
import { type Spoken, speak, type Words } from "@tautline/client/words";
import { createContext, type ReactNode, useContext, useMemo } from "react";

/** Those of the nearest `WordsProvider`, first the one that is asked first. */
const WordsContext = createContext<readonly Words[]>([]);
WordsContext.displayName = "WordsContext";

/** What `WordsProvider` takes. */
export interface WordsProviderProps {
  /** The language of the components below. What it lacks is looked for in those further out. */
  readonly words: Words;
  readonly children?: ReactNode;
}

/** Gives the components below a language. Make `words` outside of any component. */
export function WordsProvider({ words, children }: WordsProviderProps): ReactNode {
  const outer = useContext(WordsContext);
  const all = useMemo(() => [words, ...outer], [words, outer]);
  return <WordsContext.Provider value={all}>{children}</WordsContext.Provider>;
}

/** A problem for people: what happened, what they can do, and which field is wrong. */
export interface ShownProblem extends Spoken {
  readonly code: string;
  /** What is left to do: the client has done what it can. */
  readonly action: RecoveryAction;
  /** What support asks for. Empty for a problem that never reached a server. */
  readonly traceId: string;
}

/**
 * A problem in the language of the nearest `WordsProvider`, or in the server's words without one:
 * `useProblem(last?.ok === false ? last.problem : undefined)`.
 */
export function useProblem(problem: Problem): ShownProblem;
export function useProblem(problem: Problem | undefined): ShownProblem | undefined;
export function useProblem(problem: Problem | undefined): ShownProblem | undefined {
  const languages = useContext(WordsContext);
  return useMemo(() => {
    if (problem === undefined) return undefined;
    const { code, recovery, traceId } = problem;
    return { ...speak(problem, ...languages), code, action: recovery.action, traceId };
  }, [problem, languages]);
}
