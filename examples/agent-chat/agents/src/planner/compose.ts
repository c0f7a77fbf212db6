// What the planner says to a prompt: it works on tasks, and says how to give it one.

import { type Material, questionOf } from "../answers/material.js";
import { shorten } from "../words.js";

/** Composes the answer. */
export function compose({ prompt }: Material): string {
  const title = shorten(questionOf(prompt), 80) || "What is to be done";
  return [
    `**${prompt.author}**, I work on tasks rather than talk about them.`,
    `Make one of it, for example *${title}*, and assign it to me. Write a line for each step that you have in mind.`,
    "You can follow each step, and I ask here before I publish what came of it.",
  ].join("\n\n");
}
