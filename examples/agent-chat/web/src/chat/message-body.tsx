// What a message says, each kind in its own way.

import { Anchor, Badge, Code, Collapse, Group, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconAlertCircle,
  IconAlertTriangle,
  IconChevronDown,
  IconChevronRight,
  IconFileText,
  IconInfoCircle,
  IconListDetails,
} from "@tabler/icons-react";
import type { Body, Level, Message } from "@tautline/agent-chat";
import { useRoomState } from "@tautline/react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useSubject } from "../identity/identity-context.js";
import { PriorityBadge, StatusBadge } from "../parts/badges.js";
import { DisplayName } from "../parts/display-name.js";
import { Markdown } from "../parts/markdown.js";
import { useNow } from "../parts/use-now.js";
import { EXTENT_WORDS, intentWords, relativeWords } from "../state/words.js";
import { dashboardState } from "../state/work-states.js";

type Kind<Type extends Body["type"]> = Extract<Body, { type: Type }>;

/** The body of a message. */
export function MessageBody({
  body,
  message,
}: {
  body: Body;
  message?: Pick<Message, "createdAt">;
}) {
  switch (body.type) {
    case "text":
      return <Markdown text={body.text} />;
    case "context":
      return <ContextBody body={body} createdAt={message?.createdAt} />;
    case "task":
      return <TaskBody body={body} />;
    case "agent":
      return <AgentBody body={body} />;
    case "system":
      return <SystemBody body={body} />;
    case "deleted":
      return (
        <Text size="sm" c="dimmed" fs="italic">
          This message was deleted.
        </Text>
      );
    default:
      return body satisfies never;
  }
}

function ContextBody({ body, createdAt }: { body: Kind<"context">; createdAt?: string }) {
  const now = useNow();
  const endsAt =
    typeof body.expiresIn === "number" && createdAt !== undefined
      ? Date.parse(createdAt) + body.expiresIn * 1000
      : undefined;
  return (
    <div className="message-card">
      <Group gap="xs" mb={4}>
        <IconFileText size={16} aria-hidden />
        <Text size="sm" fw={600}>
          {body.title}
        </Text>
        <Badge size="sm" variant="light" tt="none">
          {EXTENT_WORDS[body.extent]}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed" mb={6}>
        Shared with {body.agents.length === 0 ? "everybody" : <Names subjects={body.agents} />}
        {endsAt !== undefined &&
          (endsAt > now ? ` · expires ${relativeWords(endsAt, now)}` : " · expired")}
      </Text>
      <Disclosure label="Content">
        <Markdown text={body.content} />
      </Disclosure>
    </div>
  );
}

function TaskBody({ body }: { body: Kind<"task"> }) {
  const owner = useSubject();
  // Only one's own tasks are known here; asking for each of the others would enter a room per message.
  const { state: status } = useRoomState(
    dashboardState,
    { owner },
    ({ tasks }) => tasks.find(({ taskId }) => taskId === body.taskId)?.status,
  );
  return (
    <div className="message-card">
      <Group gap="xs">
        <IconListDetails size={16} aria-hidden />
        <Anchor
          component={Link}
          to={`/tasks/${encodeURIComponent(body.taskId)}`}
          size="sm"
          fw={600}
        >
          {body.title}
        </Anchor>
        <PriorityBadge priority={body.priority} />
        {status && <StatusBadge status={status} />}
      </Group>
    </div>
  );
}

function AgentBody({ body }: { body: Kind<"agent"> }) {
  return (
    <>
      <Group gap={6} mb={4}>
        <Badge size="sm" variant="light" color="grape" tt="none">
          {intentWords(body.intent)}
        </Badge>
        <Text size="xs" c="dimmed">
          to {body.to.length === 0 ? "all agents" : <Names subjects={body.to} />}
        </Text>
      </Group>
      <Markdown text={body.text} />
      {body.data !== undefined && body.data !== null && (
        <Disclosure label="Data">
          <Code block>{JSON.stringify(body.data, undefined, 2)}</Code>
        </Disclosure>
      )}
    </>
  );
}

const LEVEL_ICONS: Readonly<Record<Level, typeof IconInfoCircle>> = {
  info: IconInfoCircle,
  warning: IconAlertTriangle,
  error: IconAlertCircle,
};

function SystemBody({ body }: { body: Kind<"system"> }) {
  const Icon = LEVEL_ICONS[body.level];
  return (
    <article className="system-line" data-level={body.level} aria-label={`System, ${body.level}`}>
      <Icon size={15} aria-hidden />
      <span>{body.text}</span>
    </article>
  );
}

function Names({ subjects }: { subjects: readonly string[] }) {
  return subjects.map((subject, index) => (
    <span key={subject}>
      {index > 0 && ", "}
      <DisplayName subject={subject} />
    </span>
  ));
}

/** Something long, folded away. */
export function Disclosure({ label, children }: { label: string; children: ReactNode }) {
  const [isOpen, { toggle }] = useDisclosure();
  const Icon = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <>
      <UnstyledButton onClick={toggle} aria-expanded={isOpen} fz="xs" c="dimmed" fw={550}>
        <Group gap={2}>
          <Icon size={14} aria-hidden />
          {label}
        </Group>
      </UnstyledButton>
      <Collapse expanded={isOpen} mt={6}>
        {children}
      </Collapse>
    </>
  );
}
