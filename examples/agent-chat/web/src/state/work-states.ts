// What the page knows of agents and tasks.

import {
  type Agent,
  type AgentRoster,
  Agents,
  type DashboardState,
  type Task,
  type TaskCounts,
  type TaskStatus,
  Tasks,
} from "@tautline/agent-chat";
import { roomState } from "@tautline/react";

/** All agents, each with what it is doing. */
export const rosterState = roomState(Agents.rooms.agentRoster, Agents, {
  agentRegistered: (state, agent) => ({
    agents: [...state.agents.filter((it) => it.card.agentId !== agent.card.agentId), agent].sort(
      (a, b) => a.card.name.localeCompare(b.card.name),
    ),
  }),
  activityChanged: (state, { agentId, activity }) => ({
    agents: state.agents.map((it: Agent) =>
      it.card.agentId === agentId ? { ...it, activity } : it,
    ),
  }),
});

/** All tasks of one person, the one that changed last first. */
export const dashboardState = roomState(Tasks.rooms.dashboard, Tasks, {
  taskChanged: (state, task) => withTask(state, task),
});

/** One task, step by step. */
export const taskState = roomState(Tasks.rooms.taskRoom, Tasks, {
  taskChanged: (state, task) => (task.taskId === state.taskId ? task : state),
  taskStepped: (state, step) => ({
    ...state,
    steps: [...state.steps.filter(({ number }) => number !== step.number), step].sort(
      (a, b) => a.number - b.number,
    ),
  }),
});

/** Which count a status belongs to. */
export const COUNT_OF: Readonly<Record<TaskStatus, keyof TaskCounts>> = {
  pending: "pending",
  in_progress: "inProgress",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
};

/** The dashboard after a task changed. The counts hold more tasks than the list may. */
export function withTask(state: DashboardState, task: Task): DashboardState {
  const before = state.tasks.find(({ taskId }) => taskId === task.taskId);
  const counts = { ...state.counts };
  if (before) counts[COUNT_OF[before.status]] -= 1;
  counts[COUNT_OF[task.status]] += 1;
  const others = state.tasks.filter(({ taskId }) => taskId !== task.taskId);
  return { tasks: [task, ...others], counts };
}

/** The room of all agents has no parameters. */
export const ROSTER: AgentRoster = {};
