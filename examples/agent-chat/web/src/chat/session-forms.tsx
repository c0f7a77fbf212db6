// Changes of a conversation itself: its title, and who takes part.

import { Autocomplete, Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { Chat, type Session } from "@tautline/agent-chat";
import type { Problem } from "@tautline/client";
import { useCommand } from "@tautline/react";
import { type FormEvent, type ReactNode, useState } from "react";
import { fieldWords } from "../problems/field-problems.js";
import { ProblemAlert } from "../problems/problem-alert.js";
import { useCandidates } from "../shell/new-session.js";
import { useSessions } from "../state/sessions-context.js";

interface SessionFormProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly session: Session;
}

/** Gives a conversation another title. */
export function RenameSession({ opened, onClose, session }: SessionFormProps) {
  const rename = useCommand(Chat.commands.renameSession);
  const { put } = useSessions();
  const [title, setTitle] = useState(session.title);
  const problem = rename.last?.ok === false ? rename.last.problem : undefined;

  async function submit() {
    const result = await rename.run({ sessionId: session.sessionId, title: title.trim() });
    if (!result.ok) return;
    put(result.value);
    onClose();
  }

  return (
    <Modal opened={opened} onClose={onClose} title="Rename conversation">
      <Form
        problem={problem}
        busy={rename.inFlight > 0}
        verb="Rename"
        onSubmit={submit}
        onCancel={onClose}
      >
        <TextInput
          label="Title"
          data-autofocus
          maxLength={120}
          value={title}
          error={fieldWords(problem, { title: "title" }).fields["title"]}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
      </Form>
    </Modal>
  );
}

/** Takes somebody into a conversation. */
export function InviteMember({ opened, onClose, session }: SessionFormProps) {
  const invite = useCommand(Chat.commands.invite);
  const { put } = useSessions();
  const [member, setMember] = useState("");
  const problem = invite.last?.ok === false ? invite.last.problem : undefined;
  const candidates = useCandidates().map(({ group, items }) => ({
    group,
    items: items.filter((it) => !session.members.includes(it)),
  }));

  async function submit() {
    const name = member.trim().toLowerCase();
    const result = await invite.run({ sessionId: session.sessionId, member: name });
    if (!result.ok) return;
    put(result.value);
    setMember("");
    onClose();
  }

  return (
    <Modal opened={opened} onClose={onClose} title="Invite to this conversation">
      <Form
        problem={problem}
        busy={invite.inFlight > 0}
        verb="Invite"
        onSubmit={submit}
        onCancel={onClose}
      >
        <Autocomplete
          label="Person or agent"
          placeholder="planner"
          data-autofocus
          data={candidates}
          value={member}
          error={fieldWords(problem, { member: "member" }).fields["member"]}
          onChange={setMember}
        />
      </Form>
    </Modal>
  );
}

interface FormProps {
  readonly problem: Problem | undefined;
  readonly busy: boolean;
  readonly verb: string;
  readonly onSubmit: () => Promise<void>;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/** One field, what is wrong, and two buttons. */
function Form({ problem, busy, verb, onSubmit, onCancel, children }: FormProps) {
  return (
    <form
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void onSubmit();
      }}
    >
      <Stack gap="md">
        {problem && <ProblemAlert problem={problem} />}
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
