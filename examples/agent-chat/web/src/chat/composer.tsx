// Where one writes.

import { ActionIcon, CloseButton, Group, Menu, Text, Textarea, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFileText, IconListDetails, IconPlus, IconSend2 } from "@tabler/icons-react";
import type { Message, MessageId, SessionId } from "@tautline/agent-chat";
import type { Problem } from "@tautline/client";
import { type KeyboardEvent, useRef, useState } from "react";
import { NewTask } from "../dashboard/new-task.js";
import { fieldWords } from "../problems/field-problems.js";
import "./composer.css";
import { useConversation } from "./conversation-context.js";
import { Quote } from "./quote.js";
import { ShareContext } from "./share-context.js";
import { useDraft } from "./use-draft.js";
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
  const [draft, setDraft] = useDraft(thread ? `${sessionId} ${thread}` : sessionId);
  const [problem, setProblem] = useState<Problem>();
  const [isSharing, sharing] = useDisclosure();
  const [isTasking, tasking] = useDisclosure();
  const field = useRef<HTMLTextAreaElement>(null);
  const text = draft.trim();

  if (conversation?.session.archivedAt) {
    return (
      <Text className="composer-closed" size="sm" c="dimmed" role="status">
        This conversation is archived. Start a new one to go on.
      </Text>
    );
  }

  async function submit() {
    if (text === "") return;
    setDraft("");
    setProblem(undefined);
    onReplyDone?.();
    const refused = await send({
      sessionId,
      body: { type: "text", text },
      ...(replyTo && { replyTo: replyTo.messageId }),
      ...(thread && { thread }),
    });
    if (refused?.category !== "invalid") return;
    // What is wrong with it can be mended: it comes back, unless the next one is being written already.
    setDraft((now) => (now === "" ? text : now));
    setProblem(refused);
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    // Enter also ends the writing of a character in some languages.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void submit();
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
          <Menu position="top-start" width={220} withArrow>
            <Menu.Target>
              <ActionIcon size={34} radius="xl" aria-label="Add to the conversation">
                <IconPlus size={19} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconFileText size={16} aria-hidden />}
                onClick={sharing.open}
              >
                Share context
              </Menu.Item>
              <Menu.Item
                leftSection={<IconListDetails size={16} aria-hidden />}
                onClick={tasking.open}
              >
                Create a task
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
        <Textarea
          ref={field}
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
            onClick={() => void submit()}
          >
            <IconSend2 size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      {problem && <Refusal problem={problem} />}
      {!thread && (
        <>
          <ShareContext sessionId={sessionId} opened={isSharing} onClose={sharing.close} />
          <NewTask sessionId={sessionId} opened={isTasking} onClose={tasking.close} />
        </>
      )}
    </div>
  );
}

/** What is wrong with what was written, under the field. */
function Refusal({ problem }: { problem: Problem }) {
  const { fields, rest } = fieldWords(problem, { "body.text": "text", text: "text" });
  const details = [fields["text"], ...rest].filter(Boolean).join(" ");
  return (
    <Text size="xs" c="red" role="alert" mt={4} px={8}>
      {problem.message} {details || problem.recovery.hint}
    </Text>
  );
}
