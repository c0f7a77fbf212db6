// What an answer is made of.

import type { Message } from "@tautline/agent-chat";
import type { Shared } from "../sessions.js";

/** What an agent knows when it answers. */
export interface Material {
  /** The message that is answered. */
  readonly prompt: Message;
  /** What was said before it, oldest first. */
  readonly before: readonly Message[];
  /** What is shared with the agent, oldest first. */
  readonly shared: readonly Shared[];
}

/**
 * Composes an answer, in Markdown. The same material makes the same text, so that an answer that was broken off can be
 * gone on with by another process.
 */
export type Compose = (material: Material) => string;

/** The words of a message; nothing if it has none. */
export function wordsOf({ body }: Message): string {
  switch (body.type) {
    case "text":
    case "agent":
      return body.text;
    case "context":
    case "task":
      return body.title;
    case "system":
    case "deleted":
      return "";
  }
}

/** What is asked: the words without the names of those whom they are for. */
export const questionOf = (prompt: Message): string =>
  wordsOf(prompt)
    .replace(/@[a-z][a-z0-9-]*/g, " ")
    .trim();
