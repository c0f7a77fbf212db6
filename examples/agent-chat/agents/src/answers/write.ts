// Writes one answer, part by part, until it is finished, interrupted or lost.

import { Agents, type AnswerBegun } from "@tautline/agent-chat";
import type { Problem } from "@tautline/client";
import { patiently, type Waiting } from "../patience.js";

/** How an answer ended. */
export type Written =
  | "finished"
  /** Somebody stopped it. */
  | "interrupted"
  /** The server does not take it any more. */
  | Problem;

/** What writing takes. Its signal is aborted when somebody interrupts the answer, or when the agent ends. */
export interface Writing extends Waiting {
  readonly answer: AnswerBegun;
  /** All parts of the answer, also those that are written. */
  readonly parts: readonly string[];
}

/** Writes what the answer lacks, and finishes it. */
export async function write(writing: Writing): Promise<Written> {
  const { client, answer, parts, paceMs, pause, signal } = writing;
  const { answerId } = answer;
  try {
    for (let number = answer.number + 1; number <= parts.length; ) {
      await pause(paceMs, signal);
      const part = { answerId, number, text: parts[number - 1] ?? "" };
      // Its number makes it safe to send again.
      const result = await patiently(writing, () =>
        client.run(Agents.commands.appendAnswer, part, { signal }),
      );
      if (result.ok) number += 1;
      else if (result.problem.code === "agents.part_missing")
        number = result.problem.params.expected;
      else return endOf(result.problem);
    }
    const finished = await client.run(Agents.commands.finishAnswer, { answerId }, { signal });
    return finished.ok ? "finished" : endOf(finished.problem);
  } catch (error) {
    if (signal.aborted) return "interrupted";
    throw error;
  }
}

function endOf(problem: Problem): Written {
  return problem.category === "cancelled" ? "interrupted" : problem;
}
