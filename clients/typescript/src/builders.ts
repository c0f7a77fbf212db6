// The builders that generated code calls. They add what a literal cannot carry: the kind, the
// types, and in each part the path of its namespace.

import type {
  Command,
  CommandFacts,
  EventFacts,
  Joinable,
  JoinableFacts,
  NamespaceParts,
  Question,
  QuestionFacts,
  ServerEvent,
  ServerStream,
  StreamFacts,
} from "./descriptors.js";
import type { Problem } from "./problem.js";
import { streams } from "./streams.js";

/** A command. Its namespace is filled in by `namespace`, as for all parts. */
export function command<Payload, Answer, Failure extends Problem = never>(
  facts: CommandFacts<Payload>,
): Command<Payload, Answer, Failure> {
  return { kind: "command", namespace: "", ...facts };
}

/** An event of the server. */
export function event<Payload>(facts: EventFacts<Payload>): ServerEvent<Payload> {
  return { kind: "event", namespace: "", ...facts };
}

/** A question of the server. */
export function question<Payload, Answer, Declined extends Problem = never>(
  facts: QuestionFacts<Payload>,
): Question<Payload, Answer, Declined> {
  return { kind: "question", namespace: "", ...facts };
}

/** A stream of the server. */
export function stream<Start, End, Failure extends Problem = never>(
  facts: StreamFacts<Start>,
): ServerStream<Start, End, Failure> {
  return { kind: "stream", namespace: "", "~feature": streams, ...facts };
}

/** A room that clients may enter. Without presence its members have nothing to show each other. */
export function joinable<Params, State, Failure extends Problem = never, Shown = undefined>(
  facts: JoinableFacts<Params>,
): Joinable<Params, State, Failure, Shown> {
  return { kind: "room", namespace: "", ...facts };
}

/** A namespace: its parts, each told where it lives. */
export function namespace<Parts extends NamespaceParts>(parts: Parts): Parts {
  const located: Record<string, unknown> = {};
  Object.assign(located, parts);
  for (const group of ["commands", "rooms", "events", "questions", "streams"] as const) {
    const members: Record<string, object> = parts[group] ?? {};
    located[group] = Object.fromEntries(
      Object.entries(members).map(([key, part]) => [key, { ...part, namespace: parts.path }]),
    );
  }
  return located as unknown as Parts;
}
