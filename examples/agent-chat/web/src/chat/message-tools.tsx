// What can be done with a message.

import { ActionIcon } from "@mantine/core";
import {
  IconCornerUpLeft,
  IconMessageReply,
  IconPencil,
  type IconProps,
  IconTrash,
} from "@tabler/icons-react";
import { Chat, type Message } from "@tautline/agent-chat";
import { useCommand } from "@tautline/react";
import type { ComponentType } from "react";
import { notifyProblem } from "../problems/notify-problem.js";

interface MessageToolsProps {
  readonly message: Message;
  readonly isOwn: boolean;
  readonly onReply?: ((message: Message) => void) | undefined;
  readonly onThread?: ((message: Message) => void) | undefined;
  readonly onEdit: () => void;
}

/** A bar of small buttons: by the pointer, the keyboard, or always where there is only a finger. */
export function MessageTools({ message, isOwn, onReply, onThread, onEdit }: MessageToolsProps) {
  const remove = useCommand(Chat.commands.deleteMessage);
  const { sessionId, messageId } = message;
  const canEdit = isOwn && message.body.type === "text";

  async function takeBack() {
    const result = await remove.run({ sessionId, messageId });
    if (!result.ok) notifyProblem(result.problem);
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div className="message-tools" role="group" aria-label="Message actions">
      {onReply && <Tool label="Reply" icon={IconCornerUpLeft} onClick={() => onReply(message)} />}
      {onThread && !message.thread && (
        <Tool label="Reply in thread" icon={IconMessageReply} onClick={() => onThread(message)} />
      )}
      {canEdit && <Tool label="Edit message" icon={IconPencil} onClick={onEdit} />}
      {isOwn && (
        <Tool
          label="Delete message"
          icon={IconTrash}
          isBusy={remove.inFlight > 0}
          onClick={() => void takeBack()}
        />
      )}
    </div>
  );
}

interface ToolProps {
  readonly label: string;
  readonly icon: ComponentType<IconProps>;
  readonly isBusy?: boolean;
  readonly onClick: () => void;
}

function Tool({ label, icon: Icon, isBusy = false, onClick }: ToolProps) {
  return (
    // The browser's own words: there are four of these on each message, and a floating box for each is slow.
    <ActionIcon size={28} aria-label={label} title={label} loading={isBusy} onClick={onClick}>
      <Icon size={16} aria-hidden />
    </ActionIcon>
  );
}
