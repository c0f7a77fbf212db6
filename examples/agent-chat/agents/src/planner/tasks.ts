// The planner's work: which tasks it has, and when it lets go of one.

import { Agents, type InboxState, type Task, type TaskId } from "@tautline/agent-chat";
import { isProblemError } from "@tautline/client";
import { type Agent, complain, type Work } from "../agent.js";
import { perform } from "./perform.js";

/** Works on the tasks that the agent is given, beside each other: one may wait for people for long. */
export function planning(agent: Agent): Work {
  const { agentId, client, activity, signal, log } = agent;
  const working = new Map<TaskId, AbortController>();

  /** Takes what is known of a task now: begins to work on it, or lets go of it. */
  function look(task: Task): void {
    const isMine = task.agents.includes(agentId);
    const isOpen = task.status === "pending" || task.status === "in_progress";
    const current = working.get(task.taskId);
    if (isMine && isOpen) {
      if (!current) void work(task);
    } else current?.abort();
  }

  async function work(task: Task): Promise<void> {
    const { taskId, title, sessionId } = task;
    const letGo = new AbortController();
    working.set(taskId, letGo);
    const stop = activity.begin({ type: "thinking", ...(sessionId && { sessionId }) });
    try {
      const ended = await perform(agent, task, AbortSignal.any([signal, letGo.signal]));
      if (letGo.signal.aborted) log(`let go of “${title}”`);
      else if (ended === "completed") log(`completed “${title}”`);
      else if ("declined" in ended) log(`gave up “${title}”: ${ended.declined}`);
      else complain(`could not go on with “${title}”`, ended, log);
    } catch (error) {
      if (isProblemError(error)) complain(`could not go on with “${title}”`, error.problem, log);
      else if (letGo.signal.aborted) log(`let go of “${title}”`);
      else if (!signal.aborted) throw error;
    } finally {
      stop();
      working.delete(taskId);
    }
  }

  return {
    found({ tasks }: InboxState) {
      for (const task of tasks) look(task);
    },
    listen() {
      client.on(Agents.events.taskAssigned, ({ task }) => look(task));
    },
  };
}
