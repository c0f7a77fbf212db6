// Where one writes.

import {
  ActionIcon,
  CloseButton,
  Combobox,
  Group,
  Text,
  Textarea,
  Tooltip,
  useCombobox,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilePlus, IconListDetails, IconSend2 } from "@tabler/icons-react";
import type { Message, MessageId, SessionId } from "@tautline/agent-chat";
import { type KeyboardEvent, useEffect } from "react";
import { NewTask } from "../dashboard/new-task.js";
import { DisplayName } from "../parts/display-name.js";
import { Who } from "../parts/who.js";
import { useAgentsByName } from "../state/use-agents.js";
import "./composer.css";
import { useConversation } from "./conversation-context.js";
import { Quote } from "./quote.js";
import { ShareContext } from "./share-context.js";
import { draftKey, useDraft } from "./use-draft.js";
import { completed, useMentions } from "./use-mentions.js";
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
  const mentions = useMentions(draft);
  const names = useCombobox({ onDropdownClose: () => names.resetSelectedOption() });
  const isOffering = mentions.length > 0 && names.dropdownOpened;
  const { selectFirstOption } = names;
  const offered = mentions.join(" ");
  useEffect(() => {
    // The options are there once they are rendered.
    if (offered !== "") selectFirstOption();
  }, [offered, selectFirstOption]);
  const agents = useAgentsByName();
  const agent = conversation?.session.members.find((it) => agents.has(it));
  const placeholder = thread
    ? "Reply in thread"
    : `Write a message${agent ? `, or ask @${agent}` : ""}`;
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
    // Enter also ends the writing of a character in some languages, and chooses a name that is offered.
    if (event.nativeEvent.isComposing || event.defaultPrevented) return;
    if (isOffering && event.key === "Enter") return;
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
        <Combobox
          store={names}
          position="top-start"
          width={240}
          onOptionSubmit={(name) => {
            setDraft(completed(draft, name));
            names.closeDropdown();
          }}
        >
          <Combobox.Target withKeyboardNavigation={isOffering} withAriaAttributes={isOffering}>
            <Textarea
              className="composer-field"
              variant="unstyled"
              autosize
              minRows={1}
              maxRows={8}
              autoFocus={!replyTo}
              aria-label={thread ? "Reply in thread" : "Message"}
              placeholder={placeholder}
              value={draft}
              onChange={(event) => {
                setDraft(event.currentTarget.value);
                if (event.currentTarget.value !== "") typing();
                names.openDropdown();
              }}
              onBlur={() => names.closeDropdown()}
              onKeyDown={onKeyDown}
            />
          </Combobox.Target>
          <Combobox.Dropdown hidden={!isOffering}>
            <Combobox.Options aria-label="People and agents">
              {mentions.map((name) => (
                <Combobox.Option key={name} value={name}>
                  <Group gap="xs" wrap="nowrap">
                    <Who subject={name} size={22} />
                    <DisplayName subject={name} />
                  </Group>
                </Combobox.Option>
              ))}
            </Combobox.Options>
          </Combobox.Dropdown>
        </Combobox>
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
