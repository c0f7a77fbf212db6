// The messages of a conversation, oldest first, with what is being written and what waits at the end.

import { Button, Group, Loader, Skeleton, Stack, Text } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { Chat, type Message } from "@tautline/agent-chat";
import { useRead, useStreams } from "@tautline/react";
import { type ReactNode, useEffect, useMemo } from "react";
import { ProblemAlert } from "../problems/problem-alert.js";
import { joined, rowsOf } from "../state/timeline.js";
import { dayWords } from "../state/words.js";
import { useConversation } from "./conversation-context.js";
import { LiveAnswer } from "./live-answer.js";
import { MessageItem } from "./message-item.js";
import { OutgoingItem } from "./outgoing-item.js";
import "./timeline.css";
import { useOlderMessages } from "./use-older-messages.js";
import { useScroll } from "./use-scroll.js";
import { useOutgoing } from "./use-send.js";
import { useStatuses } from "./use-statuses.js";

interface TimelineProps {
  readonly onReply: (message: Message) => void;
  readonly onThread: (message: Message) => void;
  readonly empty: ReactNode;
}

/** The conversation itself. */
export function Timeline({ onReply, onThread, empty }: TimelineProps) {
  const { sessionId, conversation } = useConversation();
  const older = useOlderMessages(sessionId, conversation);
  const outgoing = useOutgoing().filter(({ message }) => !message.thread);
  const answers = useLiveAnswers();
  const statusOf = useStatuses();
  const isArchived = Boolean(conversation?.session.archivedAt);
  const messages = useMemo(
    () => joined(older.messages, conversation?.messages ?? []),
    [older.messages, conversation?.messages],
  );
  const rows = useMemo(() => rowsOf(messages), [messages]);
  const byId = useMemo(() => new Map(messages.map((it) => [it.messageId, it])), [messages]);
  const scroll = useScroll({
    end: [rows.length, ...outgoing.map(({ id, status }) => id + status), ...answers].join(),
    first: rows[0]?.key,
    onBeginning: () => older.more && !older.problem && older.loadMore(),
  });
  useReadingMark(scroll.isAtEnd);

  if (conversation === undefined && outgoing.length === 0) return <TimelineSkeleton />;
  const isEmpty = rows.length + outgoing.length + answers.length === 0;
  return (
    <div className="timeline-frame">
      <div
        className="timeline"
        ref={scroll.box}
        onScroll={scroll.onScroll}
        role="log"
        aria-label="Messages"
        aria-live="polite"
        // Whoever uses a keyboard scrolls it by the arrow keys.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reached.
        tabIndex={0}
      >
        <div className="timeline-rows">
          <Beginning {...older} hasMessages={rows.length > 0} />
          {isEmpty && <div className="timeline-empty">{empty}</div>}
          {rows.map((row) =>
            row.type === "day" ? (
              <Day key={row.key} at={row.at} />
            ) : (
              <MessageItem
                key={row.key}
                message={row.message}
                isFollowing={row.isFollowing}
                answered={row.message.replyTo ? byId.get(row.message.replyTo) : undefined}
                status={statusOf(row.message)}
                isArchived={isArchived}
                onReply={onReply}
                onThread={onThread}
              />
            ),
          )}
          {answers.map((id) => (
            <LiveAnswer key={id} id={id} />
          ))}
          {outgoing.map((it) => (
            <OutgoingItem key={it.id} outgoing={it} />
          ))}
        </div>
      </div>
      {!scroll.isAtEnd && (
        <Button
          className="timeline-latest"
          size="xs"
          radius="xl"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={scroll.toEnd}
        >
          Jump to the latest
        </Button>
      )}
    </div>
  );
}

/** The answers that are being written, and those whose message has not come (yet). */
function useLiveAnswers(): readonly string[] {
  const { sessionId, conversation } = useConversation();
  const streams = useStreams(
    Chat.streams.answer,
    { sessionId },
    (all) => all.map(({ id, payload, status }) => ({ id, answerId: payload.answerId, status })),
    (a, b) =>
      a.length === b.length &&
      a.every((it, index) => it.id === b[index]?.id && it.status === b[index]?.status),
  );
  return useMemo(() => {
    const stored = new Set(conversation?.messages.map(({ answerId }) => answerId));
    return streams
      .filter(({ id, answerId }) => !stored.has(answerId) && !stored.has(id))
      .map(({ id }) => id);
  }, [streams, conversation?.messages]);
}

/** Says how far one has read, while the page is looked at and its end is in view. */
function useReadingMark(isAtEnd: boolean): void {
  const { sessionId, conversation } = useConversation();
  const read = useRead(Chat.rooms.chatSession, { sessionId });
  const last = conversation?.messages.at(-1)?.messageId;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each last message is another thing to have read.
  useEffect(() => {
    if (!isAtEnd || conversation === undefined) return;
    const mark = () => document.visibilityState === "visible" && read();
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [isAtEnd, last, read, conversation === undefined]);
}

interface BeginningProps {
  readonly more: boolean;
  readonly isLoading: boolean;
  readonly problem: ReturnType<typeof useOlderMessages>["problem"];
  readonly hasMessages: boolean;
  loadMore(): void;
}

function Beginning({ more, isLoading, problem, hasMessages, loadMore }: BeginningProps) {
  if (problem) return <ProblemAlert problem={problem} onRetry={loadMore} />;
  if (isLoading) {
    return (
      <Group justify="center" p="sm" role="status" aria-label="Loading older messages">
        <Loader size="sm" />
      </Group>
    );
  }
  if (more) {
    return (
      <Group justify="center" p="xs">
        <Button size="compact-sm" variant="subtle" color="gray" onClick={loadMore}>
          Show older messages
        </Button>
      </Group>
    );
  }
  if (!hasMessages) return null;
  return (
    <Text size="xs" c="dimmed" ta="center" py="md">
      This is where the conversation begins.
    </Text>
  );
}

function Day({ at }: { at: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot carry the day's name.
    <div className="timeline-day" role="separator" aria-label={dayWords(at)}>
      <span aria-hidden>{dayWords(at)}</span>
    </div>
  );
}

function TimelineSkeleton() {
  return (
    <Stack className="timeline-frame" p="lg" gap="lg" role="status" aria-label="Loading messages">
      {[62, 44, 70, 38].map((width) => (
        <Group key={width} wrap="nowrap" align="flex-start">
          <Skeleton circle height={36} width={36} />
          <Stack gap={8} flex={1}>
            <Skeleton height={10} width={120} radius="xl" />
            <Skeleton height={12} width={`${width}%`} radius="xl" />
          </Stack>
        </Group>
      ))}
    </Stack>
  );
}
