// A message that the server has not confirmed, and one that it did not take.

import { Button, Group, Text } from "@mantine/core";
import type { Problem } from "@tautline/react";
import { useSubject } from "../identity/identity-context.js";
import { Who } from "../parts/who.js";
import { fieldWords } from "../problems/field-problems.js";
import type { Outgoing } from "../state/outgoing.js";
import { clockWords, nameOf } from "../state/words.js";
import { MessageBody } from "./message-body.js";
import { StatusTick } from "./status-tick.js";
import { draftKey, useDraft } from "./use-draft.js";
import { useOutgoingActions } from "./use-send.js";

/** Shown where it will be, once it is sent. */
export function OutgoingItem({ outgoing }: { outgoing: Outgoing }) {
  const subject = useSubject();
  const { retry, discard } = useOutgoingActions();
  const { message, status, problem, writtenAt } = outgoing;
  const name = nameOf(subject);
  const [, setDraft] = useDraft(draftKey(message.sessionId, message.thread));
  return (
    <article
      className="message message-own message-waiting"
      aria-label={`${name}, ${status === "failed" ? "not sent" : "waiting to be sent"}`}
    >
      <div className="message-gutter">
        <Who subject={subject} />
      </div>
      <div className="message-content">
        <div className="message-head">
          <Text fw={650} size="sm" component="span">
            {name}
          </Text>
          <span className="message-time">{clockWords(writtenAt)}</span>
        </div>
        <div className="message-body">
          <MessageBody body={message.body} />
        </div>
        {status === "failed" && (
          <div role="alert">
            <Text size="xs" c="red" mt={2}>
              {problem ? words(problem) : "This was not sent."}
            </Text>
            <Group gap={4} mt={4}>
              <Button size="compact-xs" variant="light" color="red" onClick={() => retry(outgoing)}>
                Retry
              </Button>
              {message.body.type === "text" && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  onClick={() => {
                    if (message.body.type === "text") setDraft(message.body.text);
                    discard(outgoing);
                  }}
                >
                  Edit
                </Button>
              )}
              <Button
                size="compact-xs"
                variant="subtle"
                color="gray"
                onClick={() => discard(outgoing)}
              >
                Discard
              </Button>
            </Group>
          </div>
        )}
      </div>
      <StatusTick status={status} />
    </article>
  );
}

/** What is wrong, and where: the rule that was broken says more than a hint that there is one. */
function words(problem: Problem): string {
  const { fields, rest } = fieldWords(problem, { "body.text": "text" });
  const details = fields["text"] ?? rest.join(" ");
  return `${problem.message} ${details || problem.recovery.hint}`;
}
