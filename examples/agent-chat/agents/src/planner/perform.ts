// Works on one task: its steps, the leave of people before the tool, and its end.

import { Agents, type Task, Tasks, type ToolCall } from "@tautline/agent-chat";
import type { Problem } from "@tautline/client";
import type { Agent } from "../agent.js";
import { patiently, type Waiting } from "../patience.js";
import { percentAfter, planOf } from "./plan.js";

/** How a task ended for the planner. */
export type Performed =
  | "completed"
  /** People did not want it: the reason is theirs. */
  | { readonly declined: string }
  /** The server does not take it any more. */
  | Problem;

/** How many paces a step takes. */
const STEP = 10;

/** Works on a task from where it stands. Rejects when `signal` is aborted. */
export async function perform(agent: Agent, task: Task, signal: AbortSignal): Promise<Performed> {
  const { agentId, client, paceMs, pause } = agent;
  const { taskId } = task;
  const waiting = { ...agent, signal };
  const plan = planOf(task, agentId);
  if (task.status === "pending") {
    const started = await patiently(waiting, () =>
      client.run(Tasks.commands.startTask, { taskId }, { signal }),
    );
    if (!started.ok) return started.problem;
  }

  const report = (number: number, text: string) =>
    patiently(waiting, () =>
      client.run(
        Tasks.commands.reportStep,
        { taskId, number, agentId, text, percent: percentAfter(number, plan) },
        { signal },
      ),
    );
  for (let number = task.steps.length + 1; number <= plan.steps.length; number += 1) {
    await pause(STEP * paceMs, signal);
    const reported = await report(number, plan.steps[number - 1] ?? "");
    if (!reported.ok) return reported.problem;
  }

  if (plan.tool && task.steps.length <= plan.steps.length) {
    const declined = await leaveFor(plan.tool, waiting);
    if (declined !== undefined) {
      const failed = await client.run(Tasks.commands.failTask, { taskId, reason: declined });
      return failed.ok ? { declined } : failed.problem;
    }
    const told = await report(plan.steps.length + 1, "Was allowed to publish the report.");
    if (!told.ok) return told.problem;
  }
  // The tool: with its end the report goes into the conversation, for people and for other agents.
  const data = { steps: plan.steps.length };
  const end = { taskId, summary: plan.report, data };
  const completed = await client.run(Tasks.commands.completeTask, end, { signal });
  return completed.ok ? "completed" : completed.problem;
}

/** Asks the people of the session for leave. The answer is why not; nothing if they agree. */
async function leaveFor(tool: ToolCall, waiting: Waiting): Promise<string | undefined> {
  const { client, signal } = waiting;
  const asked = await patiently(waiting, () =>
    client.run(Agents.commands.requestApproval, tool, { signal }),
  );
  signal.throwIfAborted();
  if (!asked.ok) return asked.problem.message;
  const { decision, reason } = asked.value;
  return decision ? undefined : (reason ?? "Nobody approved it.");
}
