// Answers to prompts: which are given, in which order, and what becomes of each.

import {
  Agents,
  type AnswerBegun,
  type AnswerId,
  Chat,
  type InboxState,
  type Message,
  type MessageId,
  type Prompt,
  type SessionId,
  type SessionState,
} from "@tautline/agent-chat";
import { isProblemError } from "@tautline/client";
import { type Agent, complain, type Work } from "../agent.js";
import { patiently } from "../patience.js";
import { sharedWith } from "../sessions.js";
import type { Compose } from "./material.js";
import { partsOf } from "./parts.js";
import { write } from "./write.js";

/** Answers what an agent is asked: one prompt after the other in a session, all sessions beside each other. */
export function answering(agent: Agent, compose: Compose): Work {
  const { agentId, client, sessions, activity, signal, log } = agent;
  /** The prompts that are being answered, or wait for their turn, and the answers that are being written. */
  const taken = new Set<MessageId | AnswerId>();
  const writing = new Map<AnswerId, AbortController>();
  const queues = new Map<SessionId, Promise<void>>();

  /** Does something in a session when what was taken there before is done. */
  function take(id: string, sessionId: SessionId, job: () => Promise<void>): void {
    if (taken.has(id)) return;
    taken.add(id);
    const queue = (queues.get(sessionId) ?? Promise.resolve())
      .then(job)
      .catch((error: unknown) => {
        if (signal.aborted) return;
        if (!isProblemError(error)) throw error;
        complain("could not answer", error.problem, log);
      })
      .finally(() => {
        taken.delete(id);
        if (queues.get(sessionId) === queue) queues.delete(sessionId);
      });
    queues.set(sessionId, queue);
  }

  async function answer({ message }: Prompt): Promise<void> {
    const { sessionId, messageId } = message;
    const stopThinking = activity.begin({ type: "thinking", sessionId });
    try {
      const state = await sessions.enter(sessionId, signal);
      const parts = partsTo(message, state);
      const begin = { sessionId, agentId, replyTo: messageId };
      const begun = await patiently(agent, () =>
        client.run(Agents.commands.beginAnswer, begin, { signal }),
      );
      if (begun.ok) await finish(begun.value, parts);
      else complain("could not begin", begun.problem, log);
    } finally {
      stopThinking();
    }
  }

  /** Goes on with an answer of an earlier life, if what it rests on is still there. */
  async function resume(begun: AnswerBegun): Promise<void> {
    const { answerId, sessionId } = begun;
    const state = await sessions.enter(sessionId, signal);
    const stream = client
      .streams(Chat.streams.answer, { sessionId })
      .getSnapshot()
      .find(({ payload }) => payload.answerId === answerId);
    const prompt = state.messages.find(({ messageId }) => messageId === stream?.payload.replyTo);
    const parts = prompt ? partsTo(prompt, state) : [];
    const isTheSame = parts.slice(0, stream?.number).join("") === stream?.text;
    if (stream && isTheSame) await finish({ ...begun, number: stream.number }, parts);
    else {
      const reason = "What this answer rested on has changed.";
      await client.run(Agents.commands.failAnswer, { answerId, reason }, { signal });
    }
  }

  async function finish(begun: AnswerBegun, parts: readonly string[]): Promise<void> {
    const { answerId, sessionId } = begun;
    const interrupted = new AbortController();
    writing.set(answerId, interrupted);
    const stopResponding = activity.begin({ type: "responding", sessionId, answerId });
    const written = await write({
      ...agent,
      answer: begun,
      parts,
      signal: AbortSignal.any([signal, interrupted.signal]),
    });
    stopResponding();
    writing.delete(answerId);
    if (signal.aborted) return;
    if (typeof written === "string") log(`answer ${written}`);
    else complain("answer lost", written, log);
  }

  function partsTo(prompt: Message, state: SessionState): string[] {
    const before = state.messages.filter(({ createdAt }) => createdAt < prompt.createdAt);
    return partsOf(compose({ prompt, before, shared: sharedWith(agentId, state, prompt) }));
  }

  const begin = (prompt: Prompt) =>
    take(prompt.message.messageId, prompt.message.sessionId, () => answer(prompt));

  return {
    found({ unfinished, prompts }: InboxState) {
      for (const begun of unfinished) {
        if (writing.has(begun.answerId)) continue;
        take(begun.answerId, begun.sessionId, () => resume(begun));
      }
      for (const prompt of prompts) begin(prompt);
    },
    listen() {
      client.on(Agents.events.prompted, begin);
      client.on(Agents.events.interrupted, ({ answerId }) => writing.get(answerId)?.abort());
    },
  };
}
