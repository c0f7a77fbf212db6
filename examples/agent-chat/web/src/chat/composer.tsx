// Where one writes.

import { ActionIcon, CloseButton, Group, Text, Textarea, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilePlus, IconListDetails, IconSend2 } from "@tabler/icons-react";
import type { Message, MessageId, SessionId } from "@tautline/agent-chat";
import type { KeyboardEvent } from "react";
import { NewTask } from "../dashboard/new-task.js";
import "./composer.css";
import { useConversation } from "./conversation-context.js";
import { Quote } from "./quote.js";
import { ShareContext } from "./share-context.js";
import { draftKey, useDraft } from "./use-draft.js";
import { useSend } from "./use-send.js";
import { useTyping } from "./use-typing.js";

interface ComposerProps {
  readonly sessionId: SessionId;
  /** The message that is answered. */
  readonly replyTo?: Message | undefined;
  readonly onReplyDone?: () => void;
  /** The thread that is written into. */
  readonly thread?: MessageId;
}

/** The field, and what goes with a message. */
export function Composer({ sessionId, replyTo, onReplyDone, thread }: ComposerProps) {
  const { conversation } = useConversation();
  const send = useSend();
  const typing = useTyping(sessionId);
  const [draft, setDraft] = useDraft(draftKey(sessionId, thread));
  const [isSharing, sharing] = useDisclosure();
  const [isTasking, tasking] = useDisclosure();
  const text = draft.trim();

  if (conversation?.session.archivedAt) {
    return (
      <Text className="composer-closed" size="sm" c="dimmed" role="status">
        This conversation is archived. Start a new one to go on.
      </Text>
    );
  }

  function submit() {
    if (text === "") return;
    setDraft("");
    onReplyDone?.();
    send({
      sessionId,
      body: { type: "text", text },
      ...(replyTo && { replyTo: replyTo.messageId }),
      ...(thread && { thread }),
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    // Enter also ends the writing of a character in some languages.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && replyTo) onReplyDone?.();
  }

  return (
    <div className="composer">
      {replyTo && (
        <Group className="composer-reply" gap="xs" wrap="nowrap" justify="space-between">
          <Quote message={replyTo} />
          <CloseButton size="sm" aria-label="Cancel reply" onClick={onReplyDone} />
        </Group>
      )}
      <div className="composer-box">
        {!thread && (
          <>
            <Tooltip label="Share context">
              <ActionIcon size={34} radius="xl" aria-label="Share context" onClick={sharing.open}>
                <IconFilePlus size={19} aria-hidden />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Create a task">
              <ActionIcon size={34} radius="xl" aria-label="Create a task" onClick={tasking.open}>
                <IconListDetails size={19} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </>
        )}
        <Textarea
          className="composer-field"
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={8}
          autoFocus={!replyTo}
          aria-label={thread ? "Reply in thread" : "Message"}
          placeholder={thread ? "Reply in thread" : `Message ${conversation?.session.title ?? ""}`}
          value={draft}
          onChange={(event) => {
            setDraft(event.currentTarget.value);
            if (event.currentTarget.value !== "") typing();
          }}
          onKeyDown={onKeyDown}
        />
        <Tooltip label="Send (Enter)">
          <ActionIcon
            size={34}
            radius="xl"
            variant={text === "" ? "subtle" : "filled"}
            color={text === "" ? "gray" : "indigo"}
            disabled={text === ""}
            aria-label={thread ? "Send reply" : "Send"}
            onClick={() => submit()}
          >
            <IconSend2 size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      {!thread && (
        <>
          <ShareContext sessionId={sessionId} opened={isSharing} onClose={sharing.close} />
          <NewTask sessionId={sessionId} opened={isTasking} onClose={tasking.close} />
        </>
      )}
    </div>
  );
}
