// How the planner takes a task apart, and what it says of it. The same task makes the same plan, so that one that was
// begun can be gone on with.

import type { Task, ToolCall } from "@tautline/agent-chat";
import { sentences, shorten } from "../words.js";

/** How the planner does a task. */
export interface Plan {
  /** What is done, in order. */
  readonly steps: readonly string[];
  /** What is done last with people's leave: nothing if there is nobody to ask. */
  readonly tool: ToolCall | undefined;
  /** What comes of it, in Markdown. */
  readonly report: string;
}

/** How many steps a task is taken apart into at most. */
const STEPS = 8;

/** The name of the planner's tool. */
export const TOOL = "publish_report";

/** Takes a task apart. */
export function planOf(task: Task, agentId: string): Plan {
  const { title, description, sessionId } = task;
  const told = sentences(description).map((it) => shorten(it, 300));
  const steps =
    told.length > 0
      ? told.slice(0, STEPS)
      : [`Read what “${shorten(title, 120)}” asks for`, "Collect what is known", "Write it down"];
  const report = [
    steps.map((step, index) => `${index + 1}. ${step}`).join("\n"),
    `Priority: ${task.priority}. Nothing of it is left open.`,
  ].join("\n\n");
  const tool = sessionId
    ? {
        sessionId,
        agentId,
        tool: TOOL,
        summary: `Publish the report of “${shorten(title, 200)}” in this conversation.`,
        arguments: { taskId: task.taskId, title, lines: report.split("\n").length },
      }
    : undefined;
  return { steps, tool, report };
}

/** How much of a task is done after so many of its steps, in percent. The tool is a step, too. */
export function percentAfter(done: number, { steps, tool }: Plan): number {
  const all = steps.length + (tool ? 1 : 0);
  return Math.round((100 * Math.min(done, all)) / all);
}
