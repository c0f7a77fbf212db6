// Gives out a task.

import { Group, Modal, MultiSelect, Select, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { type Priority, type SessionId, Tasks } from "@tautline/agent-chat";
import { useCommand } from "@tautline/react";
import { fieldWords } from "../problems/field-problems.js";
import { ProblemForm } from "../problems/problem-form.js";
import { useSessions } from "../state/sessions-context.js";
import { useAgentsByName } from "../state/use-agents.js";
import { PRIORITY_WORDS } from "../state/words.js";

interface NewTaskProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The conversation that it came up in. */
  readonly sessionId?: SessionId;
}

interface Values {
  title: string;
  description: string;
  priority: Priority;
  agents: string[];
  sessionId: string | null;
}

const FIELDS = {
  title: "title",
  description: "description",
  priority: "priority",
  agents: "agents",
  sessionId: "sessionId",
};

/** The form, over the page. */
export function NewTask({ opened, onClose, sessionId }: NewTaskProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New task" size="lg">
      <NewTaskForm onClose={onClose} {...(sessionId !== undefined && { sessionId })} />
    </Modal>
  );
}

function NewTaskForm({ onClose, sessionId }: Omit<NewTaskProps, "opened">) {
  const create = useCommand(Tasks.commands.createTask);
  const agents = useAgentsByName();
  const { sessions = [] } = useSessions();
  const form = useForm<Values>({
    initialValues: {
      title: "",
      description: "",
      priority: "medium",
      agents: [],
      sessionId: sessionId ?? null,
    },
    validate: { title: (title) => (title.trim() === "" ? "Say what is to be done." : null) },
  });
  const problem = create.last?.ok === false ? create.last.problem : undefined;

  async function submit({ sessionId, ...values }: Values) {
    const result = await create.run({ ...values, ...(sessionId && { sessionId }) });
    if (!result.ok) {
      form.setErrors(fieldWords(result.problem, FIELDS).fields);
      return;
    }
    notifications.show({ title: "Task created", message: result.value.title, color: "teal" });
    onClose();
  }

  return (
    <ProblemForm
      problem={problem}
      details={fieldWords(problem, FIELDS).rest}
      isBusy={create.inFlight > 0}
      verb="Create task"
      onSubmit={form.onSubmit((values) => void submit(values))}
      onCancel={onClose}
    >
      <TextInput
        label="Title"
        placeholder="Prepare the release notes"
        data-autofocus
        {...form.getInputProps("title")}
      />
      <Textarea
        label="Description"
        description="In Markdown"
        autosize
        minRows={3}
        maxRows={10}
        {...form.getInputProps("description")}
      />
      <Group grow align="flex-start">
        <Select
          label="Priority"
          allowDeselect={false}
          data={Object.entries(PRIORITY_WORDS).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps("priority")}
        />
        <MultiSelect
          label="Agents"
          placeholder={form.values.agents.length === 0 ? "Nobody yet" : ""}
          data={[...agents.values()].map(({ card }) => ({
            value: card.agentId,
            label: card.name,
          }))}
          clearable
          {...form.getInputProps("agents")}
        />
      </Group>
      <Select
        label="Conversation"
        description="Its members see how the task goes on, and are asked for approvals."
        placeholder="None"
        clearable
        searchable
        data={sessions
          .filter(({ archivedAt }) => !archivedAt)
          .map(({ sessionId, title }) => ({ value: sessionId, label: title }))}
        {...form.getInputProps("sessionId")}
      />
    </ProblemForm>
  );
}
