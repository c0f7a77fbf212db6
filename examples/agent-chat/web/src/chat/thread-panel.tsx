// A thread beside its conversation: the first message, the replies, and where to write one.

import { ActionIcon, Box, Loader, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Chat, type Message } from "@tautline/agent-chat";
import { type Problem, useClient } from "@tautline/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { ProblemAlert } from "../problems/problem-alert.js";
import { joined } from "../state/timeline.js";
import { Composer } from "./composer.js";
import { useConversation } from "./conversation-context.js";
import { MessageItem } from "./message-item.js";
import { OutgoingItem } from "./outgoing-item.js";
import { useOutgoing } from "./use-send.js";
import { useStatuses } from "./use-statuses.js";

/** One thread; what is written into it meanwhile comes with the conversation. */
export function ThreadPanel({ root, onClose }: { root: Message; onClose: () => void }) {
  const client = useClient();
  const { sessionId, conversation } = useConversation();
  const statusOf = useStatuses();
  const isArchived = Boolean(conversation?.session.archivedAt);
  const outgoing = useOutgoing().filter(({ message }) => message.thread === root.messageId);
  const [loaded, setLoaded] = useState<readonly Message[]>();
  const [problem, setProblem] = useState<Problem>();

  const load = useCallback(async () => {
    const { messageId } = root;
    const result = await client.run(Chat.commands.listThread, { sessionId, messageId });
    setProblem(result.ok ? undefined : result.problem);
    if (result.ok) setLoaded(result.value.messages);
  }, [client, sessionId, root]);
  useEffect(() => {
    setLoaded(undefined);
    void load();
  }, [load]);

  const live = conversation?.messages;
  const first = live?.find(({ messageId }) => messageId === root.messageId) ?? root;
  const replies = useMemo(() => {
    const isReply = ({ thread, messageId }: Message) =>
      thread === root.messageId && messageId !== root.messageId;
    return joined((loaded ?? []).filter(isReply), (live ?? []).filter(isReply));
  }, [loaded, live, root.messageId]);

  return (
    <Box
      component="section"
      aria-label="Thread"
      style={{ display: "flex", flexDirection: "column", height: "100%" }}
    >
      <div className="side-head">
        <Title order={2} fz={15}>
          Thread
        </Title>
        <ActionIcon aria-label="Close thread" onClick={onClose}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </div>
      <div style={{ flex: 1, overflowY: "auto", paddingBlock: 12 }}>
        <MessageItem
          message={{ ...first, replies: 0 }}
          isFollowing={false}
          status={statusOf(first)}
          isArchived={isArchived}
        />
        {problem && <ProblemAlert problem={problem} onRetry={() => void load()} />}
        {loaded === undefined && !problem && (
          <Box ta="center" p="sm" role="status" aria-label="Loading thread">
            <Loader size="sm" />
          </Box>
        )}
        <div role="log" aria-label="Replies">
          {replies.map((message) => (
            <MessageItem
              key={message.messageId}
              message={message}
              isFollowing={false}
              status={statusOf(message)}
              isArchived={isArchived}
            />
          ))}
          {outgoing.map((it) => (
            <OutgoingItem key={it.id} outgoing={it} />
          ))}
        </div>
      </div>
      <Composer key={root.messageId} sessionId={sessionId} thread={root.messageId} />
    </Box>
  );
}
