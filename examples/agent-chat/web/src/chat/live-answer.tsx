// An agent's answer while it is written.

import { Button, Group, Loader, Text } from "@mantine/core";
import { IconPlayerStopFilled } from "@tabler/icons-react";
import { Chat } from "@tautline/agent-chat";
import { useCommand, useStream } from "@tautline/react";
import { useDisplayName } from "../parts/display-name.js";
import { Markdown } from "../parts/markdown.js";
import { Who } from "../parts/who.js";
import { notifyProblem } from "../problems/notify-problem.js";
import { ProblemAlert } from "../problems/problem-alert.js";

/** One answer; it renders for its own text alone. */
export function LiveAnswer({ id }: { id: string }) {
  const answer = useStream(Chat.streams.answer, id);
  const name = useDisplayName(answer?.payload.agentId ?? "");
  const interrupt = useCommand(Chat.commands.interruptAnswer);
  if (answer === undefined) return null;
  const { sessionId, answerId, agentId, thread } = answer.payload;
  // The answer in a thread is shown there.
  if (thread) return null;
  const isOpen = answer.status === "open";

  async function stop() {
    const result = await interrupt.run({ sessionId, answerId });
    if (!result.ok) notifyProblem(result.problem);
  }

  return (
    <article className="message" aria-label={`${name}, ${LABEL[answer.status]}`} aria-busy={isOpen}>
      <div className="message-gutter">
        <Who subject={agentId} />
      </div>
      <div className="message-content">
        <div className="message-head">
          <Text fw={650} size="sm" component="span">
            {name}
          </Text>
          <Text size="xs" c="dimmed" component="span">
            {LABEL[answer.status]}
          </Text>
        </div>
        {answer.text === "" && isOpen ? (
          <Loader type="dots" size="sm" aria-hidden />
        ) : (
          <div className={isOpen ? "answer-caret" : undefined}>
            <Markdown text={answer.text} />
          </div>
        )}
        {isOpen && (
          <Group mt={6}>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlayerStopFilled size={13} aria-hidden />}
              loading={interrupt.inFlight > 0}
              onClick={() => void stop()}
            >
              Interrupt
            </Button>
          </Group>
        )}
        {answer.status === "failed" && answer.problem && <ProblemAlert problem={answer.problem} />}
      </div>
    </article>
  );
}

const LABEL = {
  open: "is answering",
  finished: "answered",
  cancelled: "was interrupted",
  failed: "could not finish",
} as const;
