// Changes the words of a message.

import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { Chat, type Message } from "@tautline/agent-chat";
import { useCommand } from "@tautline/react";
import { type KeyboardEvent, useState } from "react";
import { fieldWords } from "../problems/field-problems.js";
import { ProblemAlert } from "../problems/problem-alert.js";

/** In place of the message, until it is saved or given up. */
export function EditForm({ message, onDone }: { message: Message; onDone: () => void }) {
  const edit = useCommand(Chat.commands.editMessage);
  const [text, setText] = useState(message.body.type === "text" ? message.body.text : "");
  const problem = edit.last?.ok === false ? edit.last.problem : undefined;
  const { sessionId, messageId, revision } = message;

  async function save() {
    const result = await edit.run({ sessionId, messageId, revision, text: text.trim() });
    if (result.ok) onDone();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") onDone();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void save();
    }
  }

  return (
    <Stack gap={6} py={4}>
      {problem && <ProblemAlert problem={problem} />}
      <Textarea
        aria-label="Edit message"
        autosize
        minRows={1}
        maxRows={10}
        autoFocus
        value={text}
        error={fieldWords(problem, { text: "text" }).fields["text"]}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Group gap="xs">
        <Button
          size="compact-sm"
          loading={edit.inFlight > 0}
          disabled={text.trim() === ""}
          onClick={() => void save()}
        >
          Save
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Text size="xs" c="dimmed" visibleFrom="sm">
          Enter saves, Escape gives up
        </Text>
      </Group>
    </Stack>
  );
}
