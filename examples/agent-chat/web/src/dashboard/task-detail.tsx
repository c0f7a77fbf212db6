// One task: what is to be done, what was done so far, what it waits for, and what came of it.

import {
  Alert,
  Anchor,
  Button,
  Code,
  Group,
  MultiSelect,
  Progress,
  Skeleton,
  Stack,
  Text,
  Timeline,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBan, IconCheck, IconCircleCheck, IconHash, IconUsers } from "@tabler/icons-react";
import { Chat, type Task, type TaskId, type TaskResult, Tasks } from "@tautline/agent-chat";
import { useCommand, useQuestion, useRoomState } from "@tautline/react";
import { useState } from "react";
import { Link } from "react-router";
import { ApprovalCard } from "../chat/approval-card.js";
import { Disclosure } from "../chat/message-body.js";
import { PriorityBadge, StatusBadge } from "../parts/badges.js";
import { DisplayName } from "../parts/display-name.js";
import { Markdown } from "../parts/markdown.js";
import { ProblemAlert } from "../problems/problem-alert.js";
import { useSessions } from "../state/sessions-context.js";
import { useAgentsByName } from "../state/use-agents.js";
import { momentWords } from "../state/words.js";
import { taskState } from "../state/work-states.js";

/** The task, as it goes on. */
export function TaskDetail({ taskId }: { taskId: TaskId }) {
  const { status, state: task, problem } = useRoomState(taskState, { taskId });
  const questions = useQuestion(Chat.questions.approveTool);
  if (status === "denied" && problem) return <ProblemAlert problem={problem} />;
  if (task === undefined) return <TaskSkeleton />;
  const percent = task.status === "completed" ? 100 : (task.steps.at(-1)?.percent ?? 0);
  const approvals = questions.filter(
    ({ payload }) => payload.sessionId === task.sessionId && task.agents.includes(payload.agentId),
  );
  return (
    <Stack gap="lg" component="article" aria-label={task.title}>
      <div>
        <Title order={2} fz={20}>
          {task.title}
        </Title>
        <Group gap="xs" mt="xs">
          <StatusBadge status={task.status} />
          <PriorityBadge priority={task.priority} />
          <SessionLink task={task} />
        </Group>
      </div>
      {task.description && <Markdown text={task.description} />}
      <TaskActions task={task} />
      {task.status === "in_progress" &&
        approvals.map((it) => <ApprovalCard key={it.id} question={it} />)}
      {task.result && <Result result={task.result} />}
      <section aria-labelledby="steps">
        <Group justify="space-between" mb="sm">
          <Title order={3} fz={14} id="steps">
            Steps
          </Title>
          <Text size="xs" c="dimmed">
            {percent} %
          </Text>
        </Group>
        <Progress
          value={percent}
          mb="md"
          color={task.status === "completed" ? "teal" : "indigo"}
          aria-label="Progress"
        />
        <Steps task={task} />
      </section>
      {task.context !== undefined && task.context !== null && (
        <Disclosure label="Context for the agents">
          <Code block>{JSON.stringify(task.context, undefined, 2)}</Code>
        </Disclosure>
      )}
      <Text size="xs" c="dimmed">
        Made {momentWords(task.createdAt)} · changed {momentWords(task.updatedAt)}
      </Text>
    </Stack>
  );
}

function SessionLink({ task }: { task: Task }) {
  const { sessions = [] } = useSessions();
  const session = sessions.find(({ sessionId }) => sessionId === task.sessionId);
  if (session === undefined) return null;
  return (
    <Anchor component={Link} to={`/sessions/${encodeURIComponent(session.sessionId)}`} size="xs">
      <IconHash size={12} aria-hidden style={{ verticalAlign: "-2px" }} />
      {session.title}
    </Anchor>
  );
}

function Steps({ task }: { task: Task }) {
  if (task.steps.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {task.status === "pending" ? "Nobody has begun yet." : "Nothing was done yet."}
      </Text>
    );
  }
  return (
    <Timeline
      active={task.steps.length - 1}
      bulletSize={18}
      lineWidth={2}
      role="list"
      aria-label="Steps"
    >
      {task.steps.map((step) => (
        <Timeline.Item
          key={step.number}
          role="listitem"
          bullet={<IconCheck size={11} stroke={3} aria-hidden />}
        >
          <Text size="sm">{step.text}</Text>
          <Text size="xs" c="dimmed">
            <DisplayName subject={step.agentId} /> · {step.percent} %
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Result({ result }: { result: TaskResult }) {
  const isDone = result.type === "done";
  return (
    <Alert
      role="region"
      aria-label="Result"
      variant="outline"
      color={isDone ? "teal" : "red"}
      icon={isDone ? <IconCircleCheck size={18} aria-hidden /> : <IconBan size={18} aria-hidden />}
      title={isDone ? "Result" : "There is no result"}
    >
      <Markdown text={isDone ? result.summary : result.reason} />
      {isDone && result.data !== undefined && result.data !== null && (
        <Disclosure label="Data">
          <Code block>{JSON.stringify(result.data, undefined, 2)}</Code>
        </Disclosure>
      )}
    </Alert>
  );
}

function TaskActions({ task }: { task: Task }) {
  const { taskId } = task;
  const cancel = useCommand(Tasks.commands.cancelTask);
  const assign = useCommand(Tasks.commands.assignTask);
  const agents = useAgentsByName();
  const [isAssigning, assigning] = useDisclosure();
  const [chosen, setChosen] = useState<string[]>([...task.agents]);
  const isOpen = task.status === "pending" || task.status === "in_progress";
  const failed = [cancel.last, assign.last].find((it) => it?.ok === false);
  const problem = failed?.ok === false ? failed.problem : undefined;

  async function save() {
    const result = await assign.run({ taskId, agents: chosen });
    if (result.ok) assigning.close();
  }

  return (
    <Stack gap="sm">
      <Group gap="xs">
        <IconUsers size={16} aria-hidden />
        <Text size="sm">
          {task.agents.length === 0
            ? "Nobody is assigned."
            : task.agents.map((agent, index) => (
                <span key={agent}>
                  {index > 0 && ", "}
                  <DisplayName subject={agent} />
                </span>
              ))}
        </Text>
        {isOpen && (
          <>
            <Button
              size="compact-xs"
              variant="subtle"
              aria-expanded={isAssigning}
              onClick={assigning.toggle}
            >
              Assign
            </Button>
            <Button
              size="compact-xs"
              variant="subtle"
              color="red"
              loading={cancel.inFlight > 0}
              onClick={() => void cancel.run({ taskId })}
            >
              Cancel task
            </Button>
          </>
        )}
      </Group>
      {isAssigning && isOpen && (
        <Group align="flex-end" gap="xs">
          <MultiSelect
            flex={1}
            label="Agents"
            data={[...agents.values()].map(({ card }) => ({
              value: card.agentId,
              label: card.name,
            }))}
            value={chosen}
            onChange={setChosen}
          />
          <Button
            loading={assign.inFlight > 0}
            disabled={chosen.length === 0}
            onClick={() => void save()}
          >
            Save
          </Button>
        </Group>
      )}
      {problem && <ProblemAlert problem={problem} />}
    </Stack>
  );
}

function TaskSkeleton() {
  return (
    <Stack role="status" aria-label="Loading the task">
      <Skeleton height={22} width="70%" />
      <Skeleton height={14} width="40%" />
      <Skeleton height={80} />
    </Stack>
  );
}
