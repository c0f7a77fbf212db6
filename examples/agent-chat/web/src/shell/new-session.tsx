// Starts a conversation.

import { Modal, TagsInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Chat } from "@tautline/agent-chat";
import { useCommand } from "@tautline/react";
import { useNavigate } from "react-router";
import { useSubject } from "../identity/identity-context.js";
import { fieldWords } from "../problems/field-problems.js";
import { ProblemForm } from "../problems/problem-form.js";
import { useSessions } from "../state/sessions-context.js";
import { useAgentsByName } from "../state/use-agents.js";

interface NewSessionProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

const FIELDS = { title: "title", members: "members" };

/** The form, over the page. */
export function NewSession({ opened, onClose }: NewSessionProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New conversation">
      <NewSessionForm onClose={onClose} />
    </Modal>
  );
}

function NewSessionForm({ onClose }: Pick<NewSessionProps, "onClose">) {
  const create = useCommand(Chat.commands.createSession);
  const { put } = useSessions();
  const navigate = useNavigate();
  const candidates = useCandidates();
  const form = useForm<{ title: string; members: string[] }>({
    initialValues: { title: "", members: [] },
    validate: { title: (title) => (title.trim() === "" ? "Say what it is about." : null) },
  });
  const problem = create.last?.ok === false ? create.last.problem : undefined;

  async function submit({ title, members }: { title: string; members: string[] }) {
    const result = await create.run({ title: title.trim(), members });
    if (!result.ok) {
      form.setErrors(fieldWords(result.problem, FIELDS).fields);
      return;
    }
    put(result.value);
    onClose();
    navigate(`/sessions/${encodeURIComponent(result.value.sessionId)}`);
  }

  return (
    <ProblemForm
      problem={problem}
      details={fieldWords(problem, FIELDS).rest}
      isBusy={create.inFlight > 0}
      verb="Start"
      onSubmit={form.onSubmit((values) => void submit(values))}
      onCancel={onClose}
    >
      <TextInput
        label="Title"
        placeholder="Release 2.1"
        data-autofocus
        maxLength={120}
        {...form.getInputProps("title")}
      />
      <TagsInput
        label="People and agents"
        description="Choose from the list, or write a name and press Enter."
        placeholder={form.values.members.length === 0 ? "ben, scribe" : ""}
        data={candidates}
        clearable
        {...form.getInputProps("members")}
        onChange={(members) =>
          form.setFieldValue(
            "members",
            members.map((it) => it.trim().toLowerCase()),
          )
        }
      />
    </ProblemForm>
  );
}

/** Agents, and everybody whom one has talked with. */
export function useCandidates(): { group: string; items: string[] }[] {
  const subject = useSubject();
  const agents = useAgentsByName();
  const { sessions = [] } = useSessions();
  const people = new Set(sessions.flatMap(({ members }) => members));
  people.delete(subject);
  for (const agent of agents.keys()) people.delete(agent);
  return [
    { group: "Agents", items: [...agents.keys()] },
    { group: "People", items: [...people].sort() },
  ];
}
