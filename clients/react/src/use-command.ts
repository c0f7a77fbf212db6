"use client";

// Runs a command from a component, and says how that goes.

import type { CallOptions, Command, Problem, Result } from "@tautline/client";
import { useCallback, useReducer, useRef } from "react";
import { useProvidedClient } from "./context.js";

/** A command as a function that never throws. */
export type Run<Payload, Answer, Failure extends Problem> = (
  // biome-ignore lint/suspicious/noConfusingVoidType: `void` says that there is no payload.
  ...args: [Payload] extends [void]
    ? [payload?: undefined, options?: CallOptions]
    : [payload: Payload, options?: CallOptions]
) => Promise<Result<Answer, Failure>>;

/** What `useCommand` gives. */
export interface CommandHandle<Payload, Answer, Failure extends Problem> {
  /** Runs the command. The same function in every render. */
  readonly run: Run<Payload, Answer, Failure>;
  /** How many runs of this component wait for their answer. */
  readonly inFlight: number;
  /** How the newest run that is settled ended. */
  readonly last: Result<Answer, Failure> | undefined;
  /** Forgets `last`, and that of the runs still in flight. It calls none of them off. */
  reset(): void;
}

interface State<Outcome> {
  readonly inFlight: number;
  readonly last: Outcome | undefined;
  /** The number of the run that `last` came from; older runs do not replace it. */
  readonly lastRun: number;
}

type Action<Outcome> =
  | { readonly type: "started" }
  | { readonly type: "settled"; readonly run: number; readonly outcome: Outcome | undefined }
  | { readonly type: "reset"; readonly run: number };

/**
 * One command for a button or a form: `run` resolves to `{ ok: true, value }` or
 * `{ ok: false, problem }`, and its runs may overlap. After an unmount `run` still resolves, only
 * nothing is shown any more.
 */
export function useCommand<Payload, Answer, Failure extends Problem>(
  command: Command<Payload, Answer, Failure>,
): CommandHandle<Payload, Answer, Failure> {
  type Outcome = Result<Answer, Failure>;
  const client = useProvidedClient("useCommand");
  const runs = useRef(0);
  const [{ inFlight, last }, dispatch] = useReducer(reduce<Outcome>, NOTHING_YET);

  const run = useCallback(
    async (payload: Payload, options?: CallOptions): Promise<Outcome> => {
      runs.current += 1;
      const number = runs.current;
      let outcome: Outcome | undefined;
      dispatch({ type: "started" });
      try {
        outcome = await client.run(command, payload, options);
        return outcome;
      } finally {
        dispatch({ type: "settled", run: number, outcome });
      }
    },
    [client, command],
  );
  const reset = useCallback(() => dispatch({ type: "reset", run: runs.current }), []);

  // The tuple of `Run` only makes the payload of a `void` command optional.
  return { run: run as Run<Payload, Answer, Failure>, inFlight, last, reset };
}

const NOTHING_YET: State<never> = { inFlight: 0, last: undefined, lastRun: 0 };

function reduce<Outcome>(state: State<Outcome>, action: Action<Outcome>): State<Outcome> {
  switch (action.type) {
    case "started":
      return { ...state, inFlight: state.inFlight + 1 };
    case "settled": {
      const inFlight = state.inFlight - 1;
      if (action.outcome === undefined || action.run <= state.lastRun)
        return { ...state, inFlight };
      return { inFlight, last: action.outcome, lastRun: action.run };
    }
    case "reset":
      return { ...state, last: undefined, lastRun: action.run };
    default:
      return action satisfies never;
  }
}
