// Shares something with the agents of a conversation.

import {
  Group,
  Modal,
  MultiSelect,
  SegmentedControl,
  Select,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { Chat, type Extent, type NewMessage, type SessionId } from "@tautline/agent-chat";
import { useCommand } from "@tautline/react";
import { fieldWords } from "../problems/field-problems.js";
import { ProblemForm } from "../problems/problem-form.js";
import { useFailedSends } from "../state/failed-sends-context.js";
import { useAgentsByName } from "../state/use-agents.js";
import { EXTENT_WORDS } from "../state/words.js";
import { useConversation } from "./conversation-context.js";

interface ShareContextProps {
  readonly sessionId: SessionId;
  readonly opened: boolean;
  readonly onClose: () => void;
}

interface Values {
  title: string;
  extent: Extent;
  content: string;
  agents: string[];
  expiresIn: string;
}

const FIELDS = {
  "body.title": "title",
  "body.extent": "extent",
  "body.content": "content",
  "body.agents": "agents",
  "body.expiresIn": "expiresIn",
};

const EXPIRIES = [
  { value: "", label: "Never" },
  { value: "600", label: "In 10 minutes" },
  { value: "3600", label: "In an hour" },
  { value: "86400", label: "In a day" },
];

/** The form, over the page. */
export function ShareContext({ sessionId, opened, onClose }: ShareContextProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Share context" size="lg">
      <ShareContextForm sessionId={sessionId} onClose={onClose} />
    </Modal>
  );
}

function ShareContextForm({ sessionId, onClose }: Omit<ShareContextProps, "opened">) {
  const share = useCommand(Chat.commands.sendMessage);
  const failures = useFailedSends();
  const { conversation } = useConversation();
  const agents = useAgentsByName();
  const problem = share.last?.ok === false ? share.last.problem : undefined;
  const form = useForm<Values>({
    initialValues: { title: "", extent: "full", content: "", agents: [], expiresIn: "" },
    validate: {
      title: (title) => (title.trim() === "" ? "Say what it is." : null),
      content: (content) => (content.trim() === "" ? "There is nothing to share yet." : null),
    },
  });
  const inSession = (conversation?.session.members ?? []).filter((it) => agents.has(it));

  async function submit({ expiresIn, ...values }: Values) {
    const writtenAt = Date.now();
    const message: NewMessage = {
      sessionId,
      body: {
        type: "context",
        ...values,
        ...(expiresIn !== "" && { expiresIn: Number(expiresIn) }),
      },
    };
    const result = await share.run(message);
    if (!result.ok && result.problem.category === "invalid") {
      form.setErrors(fieldWords(result.problem, FIELDS).fields);
      return;
    }
    // What cannot be mended here waits in the conversation, to be sent again.
    if (!result.ok) failures.add({ message, problem: result.problem, writtenAt });
    onClose();
  }

  return (
    <ProblemForm
      problem={problem}
      details={fieldWords(problem, FIELDS).rest}
      isBusy={share.inFlight > 0}
      verb="Share"
      onSubmit={form.onSubmit((values) => void submit(values))}
      onCancel={onClose}
    >
      <TextInput
        label="Title"
        placeholder="Release notes of 2.1"
        data-autofocus
        {...form.getInputProps("title")}
      />
      <div>
        <Text size="sm" fw={500} mb={4} id="extent">
          How much of it
        </Text>
        <SegmentedControl
          fullWidth
          aria-labelledby="extent"
          data={Object.entries(EXTENT_WORDS).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps("extent")}
        />
      </div>
      <Textarea
        label="Content"
        description="In Markdown"
        autosize
        minRows={4}
        maxRows={12}
        {...form.getInputProps("content")}
      />
      <Group grow align="flex-start">
        <MultiSelect
          label="For"
          placeholder={form.values.agents.length === 0 ? "Everybody" : ""}
          data={inSession}
          clearable
          {...form.getInputProps("agents")}
        />
        <Select
          label="Expires"
          allowDeselect={false}
          data={EXPIRIES}
          {...form.getInputProps("expiresIn")}
        />
      </Group>
    </ProblemForm>
  );
}
