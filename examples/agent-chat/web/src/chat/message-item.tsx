// One message: who wrote it, what it says, how far it has got, and what can be done with it.

import { Button, Text } from "@mantine/core";
import { IconMessageReply } from "@tabler/icons-react";
import type { Message, MessageStatus } from "@tautline/agent-chat";
import { memo, useState } from "react";
import { useSubject } from "../identity/identity-context.js";
import { useDisplayName } from "../parts/display-name.js";
import { Who } from "../parts/who.js";
import { clockWords, momentWords } from "../state/words.js";
import { EditForm } from "./edit-form.js";
import { MessageBody } from "./message-body.js";
import { MessageTools } from "./message-tools.js";
import { Quote } from "./quote.js";
import { StatusTick } from "./status-tick.js";

interface MessageItemProps {
  readonly message: Message;
  /** Whether it belongs to the group of the one before, whose head it shares. */
  readonly isFollowing: boolean;
  /** What it answers, if that is known. */
  readonly answered?: Message | undefined;
  /** How far it has got, if it is one's own. */
  readonly status: MessageStatus | undefined;
  /** Whether anything can be done with it. */
  readonly isArchived: boolean;
  readonly onReply?: (message: Message) => void;
  readonly onThread?: (message: Message) => void;
}

/** A stored message. It takes all that it shows, so that a message renders when it changes and not when others come. */
export const MessageItem = memo(function MessageItem(props: MessageItemProps) {
  const { message, isFollowing, answered, status, isArchived, onReply, onThread } = props;
  const subject = useSubject();
  const name = useDisplayName(message.author);
  const [isEditing, setIsEditing] = useState(false);

  if (message.body.type === "system") return <MessageBody body={message.body} />;
  const isOwn = message.author === subject;
  const isDeleted = message.body.type === "deleted";

  return (
    <article
      className={isOwn ? "message message-own" : "message"}
      data-following={isFollowing || undefined}
      tabIndex={-1}
      aria-label={`${name}, ${clockWords(message.createdAt)}`}
    >
      <div className="message-gutter">
        {isFollowing ? (
          <time className="message-gutter-time" dateTime={message.createdAt} aria-hidden>
            {clockWords(message.createdAt)}
          </time>
        ) : (
          <Who subject={message.author} />
        )}
      </div>
      <div className="message-content">
        {message.replyTo && <Quote message={answered} />}
        {!isFollowing && (
          <div className="message-head">
            <Text fw={650} size="sm" component="span">
              {name}
            </Text>
            <time
              className="message-time"
              dateTime={message.createdAt}
              title={momentWords(message.createdAt)}
            >
              {clockWords(message.createdAt)}
            </time>
          </div>
        )}
        {isEditing ? (
          <EditForm message={message} onDone={() => setIsEditing(false)} />
        ) : (
          <div className="message-body">
            <MessageBody body={message.body} message={message} />
            {message.editedAt && !isDeleted && (
              <Text component="span" size="xs" c="dimmed" title={momentWords(message.editedAt)}>
                (edited)
              </Text>
            )}
          </div>
        )}
        {message.replies > 0 && onThread && (
          <Button
            size="compact-xs"
            variant="light"
            mt={4}
            leftSection={<IconMessageReply size={13} aria-hidden />}
            onClick={() => onThread(message)}
          >
            {message.replies} {message.replies === 1 ? "reply" : "replies"}
          </Button>
        )}
        {!isDeleted && !isArchived && !isEditing && (
          <MessageTools
            message={message}
            isOwn={isOwn}
            onReply={onReply}
            onThread={onThread}
            onEdit={() => setIsEditing(true)}
          />
        )}
      </div>
      {status && !isDeleted && !isEditing && <StatusTick status={status} />}
    </article>
  );
});
