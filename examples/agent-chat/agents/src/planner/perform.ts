// Works on one task: its steps, the leave of people before the tool, and its end.

import { Agents, Chat, type Task, Tasks } from "@tautline/agent-chat";
import type { Problem, Result } from "@tautline/client";
import type { Agent } from "../agent.js";
import { patiently } from "../patience.js";
import { type Plan, percentAfter, planOf } from "./plan.js";

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
    const asked = await patiently(waiting, () => ask(agent, plan, signal));
    if (!asked.ok) return asked.problem;
    if (asked.value !== undefined) {
      const failed = await client.run(Tasks.commands.failTask, { taskId, reason: asked.value });
      return failed.ok ? { declined: asked.value } : failed.problem;
    }
    const published = await publish(agent, task, plan, signal);
    if (!published.ok) return published.problem;
    const told = await report(plan.steps.length + 1, "Published the report");
    if (!told.ok) return told.problem;
  }
  const data = { steps: plan.steps.length, published: plan.tool !== undefined };
  const end = { taskId, summary: plan.report, data };
  const completed = await client.run(Tasks.commands.completeTask, end, { signal });
  return completed.ok ? "completed" : completed.problem;
}

/** Asks the people of the session for leave. The value is why not; nothing if they agree. */
async function ask(
  { client }: Agent,
  { tool }: Plan,
  signal: AbortSignal,
): Promise<Result<string | undefined, Problem>> {
  if (!tool) return { ok: true, value: undefined };
  const asked = await client.run(Agents.commands.requestApproval, tool, { signal });
  if (!asked.ok) return asked;
  const { decision, reason } = asked.value;
  return { ok: true, value: decision ? undefined : (reason ?? "Nobody approved it.") };
}

/** The tool: the report goes into the conversation, for people and for other agents. */
async function publish(agent: Agent, task: Task, plan: Plan, signal: AbortSignal) {
  const { client, sessions } = agent;
  const sessionId = plan.tool?.sessionId ?? "";
  await sessions.enter(sessionId, signal);
  const body = {
    type: "agent" as const,
    intent: "task_response" as const,
    to: [],
    text: plan.report,
    data: { taskId: task.taskId },
  };
  return client.run(Chat.commands.sendMessage, { sessionId, body }, { signal });
}
