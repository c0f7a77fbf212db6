// The tasks, the one that changed last first.

import { Button, Group, Progress, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconChecklist, IconFilterOff } from "@tabler/icons-react";
import type { Task, TaskStatus } from "@tautline/agent-chat";
import type { Problem } from "@tautline/react";
import { Link } from "react-router";
import { PriorityBadge, STATUS_LOOKS, StatusBadge } from "../parts/badges.js";
import { Empty } from "../parts/empty.js";
import { useNow } from "../parts/use-now.js";
import { Who } from "../parts/who.js";
import { ProblemAlert } from "../problems/problem-alert.js";
import { relativeWords, STATUS_WORDS } from "../state/words.js";

interface TaskListProps {
  readonly tasks: readonly Task[] | undefined;
  readonly problem: Problem | undefined;
  readonly filter: TaskStatus | undefined;
  readonly onNewTask: () => void;
}

/** All tasks, or those of one status. */
export function TaskList({ tasks, problem, filter, onNewTask }: TaskListProps) {
  const shown = filter ? tasks?.filter(({ status }) => status === filter) : tasks;
  return (
    <section className="panel" aria-labelledby="tasks">
      <div className="panel-head">
        <Title order={2} fz={15} id="tasks">
          {filter ? `Tasks: ${STATUS_WORDS[filter].toLowerCase()}` : "Tasks"}
        </Title>
        {shown && (
          <Text size="xs" c="dimmed">
            {shown.length}
          </Text>
        )}
      </div>
      {problem && problem.category !== "connection" && tasks === undefined ? (
        <div style={{ padding: 16 }}>
          <ProblemAlert problem={problem} />
        </div>
      ) : shown === undefined ? (
        <Stack p="md" gap="md" role="status" aria-label="Loading tasks">
          {[60, 45, 52].map((width) => (
            <Skeleton key={width} height={14} width={`${width}%`} radius="xl" />
          ))}
        </Stack>
      ) : shown.length === 0 && filter ? (
        <Empty icon={IconFilterOff} title="None of this kind" />
      ) : shown.length === 0 ? (
        <Empty
          icon={IconChecklist}
          title="No tasks yet"
          action={
            <Button mt="sm" size="xs" variant="light" onClick={onNewTask}>
              Give out the first one
            </Button>
          }
        >
          Agents work on tasks step by step, and ask before they do something that matters.
        </Empty>
      ) : (
        <ul style={{ listStyle: "none", margin: 0, padding: 0 }} aria-label="Tasks">
          {shown.map((task) => (
            <li key={task.taskId}>
              <TaskRow task={task} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function TaskRow({ task }: { task: Task }) {
  const { taskId, title, status, priority, agents, steps, updatedAt } = task;
  const now = useNow();
  const { color, Icon } = STATUS_LOOKS[status];
  const step = steps.at(-1);
  return (
    <Link to={`/tasks/${encodeURIComponent(taskId)}`} className="task-row">
      <Icon size={18} aria-hidden color={`var(--mantine-color-${color}-6)`} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={550} truncate>
          {title}
        </Text>
        <Group gap={8} mt={3}>
          <StatusBadge status={status} />
          <PriorityBadge priority={priority} />
          <Text size="xs" c="dimmed">
            {relativeWords(updatedAt, now)}
          </Text>
        </Group>
        {status === "in_progress" && step && (
          <Group gap={8} mt={6} wrap="nowrap">
            <Progress
              value={step.percent}
              size="sm"
              flex={1}
              maw={180}
              aria-label={`${title}: done`}
            />
            <Text size="xs" c="dimmed" truncate>
              {step.text}
            </Text>
          </Group>
        )}
      </div>
      <Group gap={4} wrap="nowrap">
        {agents.slice(0, 3).map((agent) => (
          <Who key={agent} subject={agent} size={26} />
        ))}
      </Group>
    </Link>
  );
}
