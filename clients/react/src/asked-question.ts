// An open question as components need it: answering it from a click throws nothing.

import {
  type Decline,
  isProblemError,
  type LibraryProblem,
  type OpenQuestion,
  type Problem,
  type Result,
} from "@tautline/client";

/** How an answer arrived: the question is settled by it, or was settled or unreachable before. */
export type Answered = Result<void, never>;

/** A question that waits for an answer, in a component. */
export interface AskedQuestion<Payload, Answer, Declined extends Problem = never>
  extends Omit<OpenQuestion<Payload, Answer, Declined>, "answer" | "decline"> {
  /** Answers it. Never throws: when somebody was faster, that is a problem in the result. */
  answer(answer: Answer): Promise<Answered>;
  /** Declines it for a reason that the contract names. Never throws either. */
  decline(reason: Decline<Declined>): Promise<Answered>;
}

/** The same question, with results instead of exceptions. */
export function askedQuestion<Payload, Answer, Declined extends Problem>(
  open: OpenQuestion<Payload, Answer, Declined>,
): AskedQuestion<Payload, Answer, Declined> {
  return {
    ...open,
    answer: (answer) => settled(open.answer(answer)),
    decline: (reason) => settled(open.decline(reason)),
  };
}

async function settled(reply: Promise<void>): Promise<Answered> {
  try {
    return { ok: true, value: await reply };
  } catch (error) {
    if (!isProblemError(error)) throw error;
    // Answers are refused by the library alone: no contract names a failure for them.
    return { ok: false, problem: error.problem as LibraryProblem };
  }
}
