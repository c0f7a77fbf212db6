// A server that remembers commands: a fake one with a ledger and lanes, as a real one has. What it does
// with a resend is held to the same cases as the real one, in `conformance.test.ts`.

import { type FakeServer, refuse } from "../src/testing.js";
import type { Card } from "./board.js";
import { problem } from "./stage.js";

/** What a client says about its first attempt. */
export interface Resent {
  readonly ledger: string;
  readonly ageMs: number;
}

/** What a server makes of a command. */
export type Verdict = "run" | "replay" | "conflicting_resend" | "outcome_unknown";

/** Decides by what is remembered under the id, and what the client says. */
export function judge(
  found: "same" | "other" | null,
  resent: Resent | undefined,
  server: { readonly ledger: string; readonly windowMs: number },
): Verdict {
  if (found) return found === "same" ? "replay" : "conflicting_resend";
  if (!resent) return "run";
  const mayBeForgotten = resent.ledger !== server.ledger || resent.ageMs > server.windowMs;
  return mayBeForgotten ? "outcome_unknown" : "run";
}

/** What it remembers, and what it did. */
export interface Remembering {
  readonly answers: Map<string, { readonly text: string; readonly answer: unknown }>;
  /** The cards that were added, by whom and in order. */
  readonly ran: { readonly subject: string; readonly text: string }[];
  /** Which memory it has: another one knows nothing. */
  ledger: string;
  /** Whether answers are lost on their way. */
  losesAnswers: boolean;
}

/** For how long it remembers. */
export const WINDOW_MS = 60_000;

/** The memory of a server that has just begun. */
export function freshMemory(): Remembering {
  return { answers: new Map(), ran: [], ledger: "ledger-1", losesAnswers: false };
}

/** Makes a fake server remember the cards that are added to its boards. Several may share a memory. */
export function remembering(server: FakeServer, it = freshMemory()): Remembering {
  const { answers } = it;

  server.handle("add_card", ({ text }: Card, { meta }) => {
    const { id, after, resent } = meta as { id: string; after?: string; resent?: Resent };
    const subject = server.welcome.subject ?? "someone";
    const keyOf = (of: string) => `${it.ledger} ${subject} ${of}`;
    if (after !== undefined && !answers.has(keyOf(after))) {
      return refuse(problem("predecessor_unsettled", "retry", { category: "conflict" }));
    }
    const known = answers.get(keyOf(id));
    const found = known ? (known.text === text ? "same" : "other") : null;
    const verdict = judge(found, resent, { ledger: it.ledger, windowMs: WINDOW_MS });
    switch (verdict) {
      case "run":
        it.ran.push({ subject, text });
        answers.set(keyOf(id), { text, answer: { id: text } });
        break;
      case "replay":
        break;
      case "conflicting_resend":
        return refuse(problem(verdict, "contact_support", { category: "conflict" }));
      case "outcome_unknown":
        return refuse(problem(verdict, "ask_user", { outcome: "unknown" }));
    }
    return it.losesAnswers ? undefined : answers.get(keyOf(id))?.answer;
  });
  return it;
}
