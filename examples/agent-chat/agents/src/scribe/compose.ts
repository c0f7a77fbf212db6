// What the scribe says to a prompt, from the conversation and the shared context.

import type { Message } from "@tautline/agent-chat";
import { type Material, questionOf, wordsOf } from "../answers/material.js";
import type { Shared } from "../sessions.js";
import { keywords, mentions, sentences, shorten } from "../words.js";

/** Composes the answer. */
export function compose({ prompt, before, shared }: Material): string {
  const question = questionOf(prompt);
  const topics = keywords(question, 5);
  const sections = /\b(summar|recap|minutes|protocol|where (are|do) we)/i.test(question)
    ? [heading(prompt, "where we are"), said(before, []), unanswered(before), context(shared, [])]
    : [
        heading(prompt, "what I make of it"),
        context(shared, topics),
        said(before, topics),
        steps(topics),
        /\b(at length|in detail|long|thorough)/i.test(question) ? atLength(topics) : "",
        closing(topics, shared),
      ];
  return sections.filter((it) => it !== "").join("\n\n");
}

const heading = ({ author }: Message, what: string) => `**${author}**, here is ${what}.`;

/** Of what is shared: of a full text what it says to the topics, of a summary its beginning. */
function context(shared: readonly Shared[], topics: readonly string[]): string {
  const lines = shared.flatMap(({ title, extent, content }) => {
    const all = sentences(content);
    const fitting = all.filter((it) => mentions(it, topics));
    const chosen = extent === "summary" || fitting.length === 0 ? all.slice(0, 1) : fitting;
    return chosen.slice(0, 3).map((it) => `- *${title}*: ${shorten(it, 200)}`);
  });
  return lines.length === 0 ? "" : `From what was shared with me:\n${lines.join("\n")}`;
}

/** What people have said to the topics; with none, the last things that were said. */
function said(before: readonly Message[], topics: readonly string[]): string {
  const lines = before.flatMap((message) => {
    const first = sentences(wordsOf(message)).find(
      (it) => topics.length === 0 || mentions(it, topics),
    );
    const isAnswer = message.answerId != null;
    return first === undefined || isAnswer ? [] : [`- ${message.author}: ${shorten(first, 160)}`];
  });
  const last = lines.slice(topics.length === 0 ? -8 : -3);
  return last.length === 0 ? "" : `From the conversation:\n${last.join("\n")}`;
}

/** Questions that nobody has replied to. */
function unanswered(before: readonly Message[]): string {
  const replied = new Set(before.map(({ replyTo }) => replyTo));
  const open = before
    .filter(({ messageId }) => !replied.has(messageId))
    .flatMap((message) => sentences(wordsOf(message)).filter((it) => it.endsWith("?")))
    .map((it) => `- ${shorten(it, 160)}`);
  return open.length === 0 ? "Nothing is left open." : `Still open:\n${open.slice(-5).join("\n")}`;
}

function steps(topics: readonly string[]): string {
  const [first = "the question", second = "the rest", third = "the result"] = topics;
  return [
    "How I would go on:",
    `1. Write down what is certain about ${first}, and who knows it.`,
    `2. List what depends on ${second}, the largest part first.`,
    `3. Agree on what would show that ${third} is done.`,
  ].join("\n");
}

function atLength(topics: readonly string[]): string {
  const paragraph = (topic: string) =>
    `About ${topic}: begin with what can be seen, and keep apart what is known from what is guessed. ` +
    `Ask who has worked on ${topic} before, and what they would do differently. ` +
    `Then take the smallest part of it that helps somebody, finish it, and look again. ` +
    `What is left of ${topic} after that is usually less than it seemed.`;
  return (topics.length === 0 ? ["this"] : topics).map(paragraph).join("\n\n");
}

function closing(topics: readonly string[], shared: readonly Shared[]): string {
  const topic = topics.at(-1) ?? "this";
  return shared.length === 0
    ? `Share what you have about ${topic} with me, and I can be more precise.`
    : `Say which of it matters most, and I go into ${topic}.`;
}
